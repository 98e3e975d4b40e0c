"""Tipping points: how far one parameter may move before a verdict flips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final

from scipy.optimize import brentq

from negotiation._checks import check_number, refusal

SCAN = 64
"""Steps on each side of the current value in which sign changes are looked for."""


@final
@dataclass(frozen=True, eq=False)
class Tip:
    """The nearest value of one parameter at which a measure changes sign.

    Parameters
    ----------
    name : str
        The parameter.
    current, value : float
        Where it stands and where the measure is 0, in the unit of the parameter.
    distance : float
        |value - current| as a share of the plausible range, high - low.
    """

    name: str
    current: float
    value: float
    distance: float


def tipping_points(
    measure: Callable[[str, float], float], ranges: Mapping[str, tuple[float, float, float]]
) -> tuple[Tip, ...]:
    """Find, one parameter at a time, where a measure changes sign within the plausible range.

    Parameters
    ----------
    measure : callable
        `measure(name, value)` is the measure when the parameter `name` alone has another value.
    ranges : mapping from str to (low, current, high)
        Plausible range and current value of each parameter, low <= current <= high.

    Returns
    -------
    tuple of Tip
        Nearest first, in shares of the plausible range. A parameter with no sign change at any of 64 steps on
        either side is left out.

    Raises
    ------
    ArgumentError
        If a range is reversed or the measure is not finite.
    """
    tips = []
    for name, (low, current, high) in ranges.items():
        if not low <= current <= high:
            raise refusal(f"ranges[{name!r}]", "tipping_points", "be low <= current <= high", (low, current, high))
        roots = [root for end in (low, high) if (root := _first_root(measure, name, current, end)) is not None]
        if roots:
            value = min(roots, key=lambda root: abs(root - current))
            tips.append(Tip(name, current, value, abs(value - current) / (high - low)))
    return tuple(sorted(tips, key=lambda tip: tip.distance))


def _first_root(measure: Callable[[str, float], float], name: str, start: float, end: float) -> float | None:
    if start == end:
        return None
    at, here = start, check_number(f"measure({name!r})", "tipping_points", measure(name, start))
    for k in range(1, SCAN + 1):
        ahead = start + (end - start) * k / SCAN
        there = check_number(f"measure({name!r})", "tipping_points", measure(name, ahead))
        if (here >= 0) != (there >= 0):
            return float(brentq(lambda value: measure(name, value), at, ahead, xtol=1e-14, rtol=1e-14))
        at, here = ahead, there
    return None
