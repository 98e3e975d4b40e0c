"""Points of a model and its measure at them: the one place where measures are called."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count, refusal
from negotiation.stability.model import Model, PerPoint, Points, Range, spelled
from negotiation.stability.spread import Spread
from negotiation.sweeps import Points as SweepPoints

CHUNK = 16_384
"""Points measured at a time: few enough for the arrays of a measure to stay in the cache."""

MAX_POINTS = 5_000_000
"""Largest number of points drawn in one go; they take about 2 GB."""


def evaluate(model: Model, points: Points) -> NDArray[np.float64]:
    """Measure a model at many points: in chunks, or by a sweep where the model is told so by `Model.on`.

    Parameters
    ----------
    model : Model
        The model.
    points : mapping from str to array, shape (draws,)
        Values of some parameters; the others stand at their central values.

    Returns
    -------
    array, shape (draws, senses)
        The measure less the level of each sense: the agreement holds in a sense from 0 on.

    Raises
    ------
    ArgumentError
        If the measure has another shape or is not finite at some draw, which is named with its parameters.
    SweepError
        The same of a model that is evaluated by sweeps.
    """
    if model.spread is not None:
        return _less_levels(model, _swept(model, model.spread, points))
    count = len(next(iter(points.values())))
    found = np.empty((count, len(model.levels)))
    for start in range(0, count, CHUNK):
        chunk = {name: values[start : start + CHUNK] for name, values in points.items()}
        found[start : start + CHUNK] = _measured(model, chunk, start)
    return found


def random_points(
    ranges: Mapping[str, Range], draws: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Draw the parameters independently, each by its law.

    Parameters
    ----------
    ranges : mapping from str to Range
        Parameters of the law "fixed" are left out; a range without width gives a constant.
    draws : int
        Number of draws, at least 1.
    rng : numpy.random.Generator
        Source of randomness. Every parameter takes one number a draw from it, whatever its range, so that draws
        from other ranges with the same seed differ by the ranges only.

    Returns
    -------
    dict from str to array, shape (draws,)
        In the order of `ranges`.
    """
    count = check_count("draws", "random_points", draws, most=MAX_POINTS)
    sample = {}
    for name, one in ranges.items():
        if one.law == "fixed":
            continue
        if one.law == "uniform" or not one.width:
            sample[name] = rng.uniform(one.low, one.high, count)
        else:
            sample[name] = rng.triangular(one.low, one.central, one.high, count)
    return sample


def _measured(model: Model, points: Points, start: int) -> NDArray[np.float64]:
    count = len(next(iter(points.values())))
    measured = np.asarray(model.measure(**(model.central | dict(points))), dtype=np.float64)
    shape = (count, len(model.levels))
    if measured.shape != shape and not (len(model.levels) == 1 and measured.shape == shape[:1]):
        rule = f"return an array of shape {shape} for {count} points and {len(model.levels)} senses"
        raise refusal("measure", "Model", rule, f"shape {measured.shape}")
    table = measured.reshape(shape)
    bad = np.argwhere(~np.isfinite(table))
    if bad.size:
        row, column = bad[0]
        point = spelled({name: values[row] for name, values in points.items()})
        rule = f"be finite in the sense {model.senses[column]!r}"
        raise refusal("measure", "Model", rule, table[row, column], f"At draw {start + row}: {point}.")
    return _less_levels(model, table)


def _swept(model: Model, spread: Spread, points: Points) -> NDArray[np.float64]:
    by_point = isinstance(model.measure, PerPoint)
    function = model.measure.function if isinstance(model.measure, PerPoint) else model.measure
    where = SweepPoints.draws(points, units={name: model.ranges[name].unit for name in points})
    fixed = {name: value for name, value in model.central.items() if name not in points}
    return spread.measured(function, where, fixed, model.senses, by_point=by_point)


def _less_levels(model: Model, table: NDArray[np.float64]) -> NDArray[np.float64]:
    margins: NDArray[np.float64] = table - np.array(list(model.levels.values()))
    return margins
