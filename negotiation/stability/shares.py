"""Shares of random draws, and how sure they are."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike

from negotiation._checks import refusal

WILSON_Z = 1.959963984540054
"""97.5 percent point of the standard normal distribution."""


@final
@dataclass(frozen=True)
class Share:
    """A share of random draws, with its sampling error.

    Parameters
    ----------
    value : float
        Share of the draws for which the statement is true.
    low, high : float
        Ends of the 95 percent Wilson score interval.
    draws : int
        Number of draws.
    """

    value: float
    low: float
    high: float
    draws: int


def share_of(flags: ArrayLike) -> Share:
    """Count how often a statement is true over random draws.

    Parameters
    ----------
    flags : array_like of bool, shape (draws,)
        Whether the statement is true at each draw.

    Returns
    -------
    Share

    References
    ----------
    .. [Wil27] E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, Journal
       of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> share_of([True, True, True, False]).value
    0.75
    """
    outcome = np.asarray(flags)
    if outcome.dtype != np.bool_ or outcome.ndim != 1 or outcome.size == 0:
        raise refusal("flags", "share_of", "be a non-empty row of bools", f"{outcome.dtype}, {outcome.shape}")
    draws, share, z = outcome.size, float(outcome.mean()), WILSON_Z
    middle = (share + z * z / (2 * draws)) / (1 + z * z / draws)
    half = z / (1 + z * z / draws) * np.sqrt(share * (1 - share) / draws + (z / (2 * draws)) ** 2)
    return Share(share, max(float(middle - half), 0.0), min(float(middle + half), 1.0), draws)


@final
@dataclass(frozen=True)
class Change:
    """A change of a share between two verdicts on the same draws, with its sampling error.

    Parameters
    ----------
    value : float
        The second share less the first.
    low, high : float
        Ends of an interval of 95 percent.
    """

    value: float
    low: float
    high: float


def change_of(before: ArrayLike, after: ArrayLike) -> Change:
    """Compare how often two statements are true on the same draws.

    Parameters
    ----------
    before, after : array_like of bool, shape (draws,)
        Whether each statement is true at each draw.

    Returns
    -------
    Change

    Notes
    -----
    The interval is that of the normal approximation after half a draw is added to each of the four combinations
    [AM05]_: it keeps a width where no draw changes its verdict.

    References
    ----------
    .. [AM05] A. Agresti and Y. Min (2005), Simple improved confidence intervals for comparing matched
       proportions, Statistics in Medicine 24, 729-740.

    Examples
    --------
    >>> change_of([True, True, False, False], [True, False, False, False]).value
    -0.25
    """
    first, second = np.asarray(before), np.asarray(after)
    if (
        first.dtype != np.bool_
        or first.ndim != 1
        or not first.size
        or (first.shape, first.dtype)
        != (
            second.shape,
            second.dtype,
        )
    ):
        shown = f"{second.dtype}, {second.shape}"
        raise refusal("after", "change_of", "be a non-empty row of bools, as long as 'before'", shown)
    draws = first.size
    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    more, less, total = gained + 0.5, lost + 0.5, draws + 2
    middle = (more - less) / total
    half = WILSON_Z * np.sqrt((more + less) - (more - less) ** 2 / total) / total
    return Change((gained - lost) / draws, max(float(middle - half), -1.0), min(float(middle + half), 1.0))
