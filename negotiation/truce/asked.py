"""The truce as a model that questions can be put to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negotiation.stability import Model, Range, Survival
from negotiation.stability.model import Law
from negotiation.truce import measures
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters
from negotiation.truce.verdict import ROBUST_RADIUS

NUM_REVIEWS = 5
"""Reviews through which the truce is followed."""

LIKELY = 0.5
"""Chance of standing from which on the truce counts as lasting."""

LEVELS = {"alone": 0.0, "with transfers": 0.0, "robust": ROBUST_RADIUS, "lasting": LIKELY}
"""The senses in which the truce holds: both sides on their own account, or with side payments; also after a joint
adverse error of a tenth in patience, deterrent and temptation; and more likely than not through five reviews."""


def truce_model(p: Parameters) -> Model:
    """Return the model of the truce around some parameters.

    Parameters
    ----------
    p : Parameters
        Numbers; they are the central values, and a value outside its plausible range widens that range to itself.

    Returns
    -------
    Model
        Its senses are those of `LEVELS`. Parameters that the evidence does not draw are fixed.
    """
    values = p.as_mapping()
    ranges = {}
    for one in dossier().parameters:
        law: Law = "triangular" if one.drawn else "fixed"
        quantity = one.quantity
        plausible = Range(quantity.low, quantity.central, quantity.high, quantity.unit, law)
        ranges[one.name] = plausible.moved(float(values[one.name]))
    return Model(ranges, holding, LEVELS, dossier(), course)


def holding(**parameters: Any) -> NDArray[np.float64]:
    """Measure the truce in every sense, shape (draws, 4); see `measures.holding`.

    Parameters on which no sense depends count among the draws as well.
    """
    found = measures.holding(Parameters(**parameters), NUM_REVIEWS)
    draws = np.broadcast_shapes(*map(np.shape, parameters.values()))
    return np.broadcast_to(found, (*draws, len(LEVELS)))


def course(**parameters: float) -> Survival:
    """Return survival through five reviews, with terms bargained anew."""
    return measures.survival_curve(Parameters(**parameters), NUM_REVIEWS, rebargained=True)
