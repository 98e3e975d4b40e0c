"""The closed forms of the separable truce, written out again from the model and from nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negotiation.truce import Truce


@dataclass(frozen=True)
class ClosedForm:
    patience: float
    critical: NDArray[np.float64]
    slack: NDArray[np.float64]
    conflict: NDArray[np.float64]


def closed_form(truce: Truce) -> ClosedForm:
    p = truce.parameters
    gross = np.array([p.tau_us + p.lobby_us - p.rep_us, p.tau_cn + p.lobby_cn - p.rep_cn])
    net = gross - [p.b_us, p.b_cn]
    harm = np.array([p.omega * p.h_cn, p.h_cn])
    patience = p.delta * (1 - p.turnover) * (1 - p.shock) * (1 - p.rho) * (1 - p.p_div)
    return ClosedForm(float(patience), net / harm, patience * harm - net, gross - harm)
