"""Where an answer changes as one number moves: every change over a range, not only the first."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np

from negotiation._checks import check_count, check_number, refusal

OWNER = "switches"
MAX_POINTS = 1_000_000
"""Largest number of points of a scan."""


@final
@dataclass(frozen=True, eq=False)
class Switch:
    """One change of an answer.

    Parameters
    ----------
    low, high : float
        The answer is `before` at `low` and `after` at `high`.
    before, after
        The two answers.
    """

    low: float
    high: float
    before: Hashable
    after: Hashable

    @property
    def parameter(self) -> float:
        """The middle of the bracket."""
        return (self.low + self.high) / 2

    def __str__(self) -> str:
        return f"{self.before} -> {self.after} between {self.low:.12g} and {self.high:.12g}"


@final
@dataclass(frozen=True, eq=False)
class Switches:
    """All changes of an answer that a scan over a range can see.

    Parameters
    ----------
    low, high : float
        The range.
    spacing : float
        Distance of the points of the scan. A change that is undone within less can go unseen.
    changes : tuple of Switch
        In ascending order.
    evaluations : int
        How often the answer was computed.
    """

    low: float
    high: float
    spacing: float
    changes: tuple[Switch, ...]
    evaluations: int

    def __str__(self) -> str:
        seen = "\n".join(map(str, self.changes)) or "no change"
        return f"{seen}\n(looked at every {self.spacing:.3g} from {self.low:g} to {self.high:g})"


def switches(
    outcome: Callable[[float], Hashable],
    low: float,
    high: float,
    *,
    points: int = 101,
    tolerance: float = 1e-10,
) -> Switches:
    """Find every change of an answer as a number moves over a range.

    Parameters
    ----------
    outcome : callable
        Maps the number, a discount factor, a probability, a weight or a payoff, to a hashable answer: a verdict, a
        plan, the profiles of a state that work. Floats that rounding moves make poor answers.
    low, high : float
        The range; both ends are looked at.
    points : int, default 101
        Number of equidistant points of the scan, at least 2.
    tolerance : float, default 1e-10
        Largest width of a bracket, as far as floats allow.

    Returns
    -------
    Switches

    Raises
    ------
    ArgumentError
        If `low` is not below `high`, if there are fewer than 2 points, or if `tolerance` is not above 0.

    Notes
    -----
    Between two neighbouring points with different answers the bracket is halved. A third answer in between opens a
    bracket of its own, so that no change is passed over in silence. In games with states an answer may come and go
    more than once: nothing is assumed to be monotone.

    Examples
    --------
    >>> found = switches(lambda x: 1 / 4 <= x < 1 / 3, 0, 1, points=11)
    >>> [round(change.parameter, 9) for change in found.changes]
    [0.25, 0.333333333]
    """
    first, last = check_number("low", OWNER, low), check_number("high", OWNER, high)
    if not first < last:
        raise refusal("low", OWNER, f"be below 'high', {high}", low)
    count = check_count("points", OWNER, points, 2, most=MAX_POINTS)
    width = check_number("tolerance", OWNER, tolerance)
    if width <= 0:
        raise refusal("tolerance", OWNER, "be above 0", tolerance)
    scan = [float(x) for x in np.linspace(first, last, count)]
    answers = [(x, outcome(x)) for x in scan]
    evaluations = len(answers)
    brackets = [(left, right) for left, right in pairwise(answers) if left[1] != right[1]][::-1]
    found: list[Switch] = []
    while brackets:
        (left, before), (right, after) = brackets.pop()
        middle = (left + right) / 2
        if right - left <= width or not left < middle < right:
            found.append(Switch(left, right, before, after))
            continue
        between = (middle, outcome(middle))
        evaluations += 1
        if between[1] != after:
            brackets.append((between, (right, after)))
        if between[1] != before:
            brackets.append(((left, before), between))
    return Switches(first, last, (last - first) / (count - 1), tuple(found), evaluations)
