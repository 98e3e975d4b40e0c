"""Draws of the parameters of the truce, as points at which a sweep evaluates any function."""

import numpy as np

from negotiation.sweeps import Points
from negotiation.truce.dossier import dossier
from negotiation.truce.judge import DRAWS, SEED, draw
from negotiation.truce.truce import Truce


def plausible_points(truce: Truce, *, draws: int = DRAWS, seed: int = SEED) -> Points:
    """Draw the parameters of the truce from their plausible ranges, the same draws as in its verdict.

    Parameters
    ----------
    truce : Truce
        Its parameters are the modes of the draws.
    draws, seed : int
        As in `Truce.verdict`.

    Returns
    -------
    Points
        A table of the parameters that are drawn, with their units; `truce.vary` takes a row of it.

    Examples
    --------
    >>> points = plausible_points(Truce.central(), draws=1000)
    >>> len(points), points.units["tau_us"]
    (1000, 'points a year')
    """
    drawn = draw(truce.parameters, draws, seed, "plausible_points").as_mapping()
    columns = {name: values for name, values in drawn.items() if isinstance(values, np.ndarray)}
    return Points.draws(columns, units={name: dossier().parameter(name).quantity.unit for name in columns})
