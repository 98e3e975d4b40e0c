"""What every iterative solver returns, and the one loop that they share."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar, final

Value = TypeVar("Value")


class Status(Enum):
    """How an answer was obtained; the text is the sentence that a user reads."""

    EXACT = "found by a finite computation"
    CONVERGED = "the last step moved the answer by no more than the tolerance"
    SETTLED = "the limit of all further steps, solved for and tested"
    WITHIN_ROUNDING = "found by a finite computation, in which incentives within rounding of zero count as met"
    MAX_ITERATIONS = "stopped at the largest number of iterations: the answer is not settled"
    CUT_OFF = "stopped at the bound on work: what is listed is right, but some may be missing"
    ROUNDED = "stopped where the steps that remain drown in the rounding of floats: the answer is not settled"


@final
@dataclass(frozen=True, eq=False)
class Solution(Generic[Value]):
    """An answer together with how it was obtained.

    Parameters
    ----------
    value
        The answer.
    status : Status
        Whether the answer is exact, has converged or was cut off.
    iterations : int
        Number of steps taken.
    residual : float
        Size of the last step, in the unit of the tolerance.
    """

    value: Value
    status: Status
    iterations: int
    residual: float


def iterate(
    step: Callable[[Value], Value],
    start: Value,
    *,
    distance: Callable[[Value, Value], float],
    tolerance: float,
    max_iterations: int,
) -> Solution[Value]:
    """Repeat `step` from `start` until two iterates are within `tolerance`, or `max_iterations` are spent.

    Parameters
    ----------
    step : callable
        Maps an iterate to the next one.
    start
        The first iterate.
    distance : callable
        Maps two iterates in a row to a number.
    tolerance : float
        Largest distance at which the iteration counts as settled.
    max_iterations : int
        Largest number of steps.

    Returns
    -------
    Solution
        The last iterate, with `Status.CONVERGED` or `Status.MAX_ITERATIONS`.
    """
    value, residual = start, float("inf")
    for iteration in range(1, max_iterations + 1):
        following = step(value)
        residual = distance(value, following)
        value = following
        if residual <= tolerance:
            return Solution(value, Status.CONVERGED, iteration, residual)
    return Solution(value, Status.MAX_ITERATIONS, max_iterations, residual)
