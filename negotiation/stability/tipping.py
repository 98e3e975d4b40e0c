"""Tipping points: how far one parameter may move before a verdict flips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_array, refusal

Measure = Callable[[str, NDArray[np.float64]], NDArray[np.float64]]

SCAN = 64
"""Steps on each side of the current value in which a change of sign is looked for, and of each refinement."""

REFINEMENTS = 8
"""Rounds of refinement: with the first scan, 64^9 in all, which exceeds the 2^52 of a float's fraction."""


@final
@dataclass(frozen=True)
class Tip:
    """The nearest value of one parameter at which a measure changes sign.

    Parameters
    ----------
    name : str
        The parameter.
    current, value : float
        Where it stands and where the sign changes, in the unit of the parameter.
    distance : float
        |value - current| as a share of the plausible range, high - low.
    """

    name: str
    current: float
    value: float
    distance: float


def tipping_points(measure: Measure, ranges: Mapping[str, tuple[float, float, float]]) -> tuple[Tip, ...]:
    """Find, one parameter at a time, where a measure changes sign within the plausible range.

    Parameters
    ----------
    measure : callable
        `measure(name, values)` is the measure, shape (k,), when the parameter `name` alone takes the values,
        shape (k,). It counts as positive from 0 on.
    ranges : mapping from str to (low, current, high)
        Plausible range and current value of each parameter, low <= current <= high.

    Returns
    -------
    tuple of Tip
        Nearest first, in shares of the plausible range. A parameter whose sign changes at none of 64 steps on
        either side is left out.

    Raises
    ------
    ArgumentError
        If a range is reversed or the measure is not finite.

    Examples
    --------
    >>> tip, = tipping_points(lambda name, x: 2 - x**2, {"x": (0.0, 1.0, 2.0)})
    >>> round(tip.value, 12), round(tip.distance, 3)
    (1.414213562373, 0.207)
    """
    tips = []
    for name, bounds in ranges.items():
        low, current, high = check_array(f"ranges[{name!r}]", "tipping_points", bounds).tolist()
        if not low <= current <= high:
            raise refusal(f"ranges[{name!r}]", "tipping_points", "be low <= current <= high", (low, current, high))
        found = [at for end in (low, high) if (at := _first_change(measure, name, current, end)) is not None]
        if found:
            value = min(found, key=lambda at: abs(at - current))
            tips.append(Tip(name, current, value, abs(value - current) / (high - low)))
    return tuple(sorted(tips, key=lambda tip: tip.distance))


def _first_change(measure: Measure, name: str, start: float, end: float) -> float | None:
    for _ in range(1 + REFINEMENTS):
        steps = np.linspace(start, end, SCAN + 1)
        measured = check_array(f"measure({name!r})", "tipping_points", measure(name, steps))
        if measured.shape != steps.shape:
            rule = "return one number a value"
            raise refusal(f"measure({name!r})", "tipping_points", rule, f"shape {measured.shape}")
        holds = measured >= 0
        changes = np.flatnonzero(holds[1:] != holds[:-1])
        if not changes.size:
            return None
        start, end = float(steps[changes[0]]), float(steps[changes[0] + 1])
    return end
