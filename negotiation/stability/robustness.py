"""How sure a verdict is: the largest joint error it survives, and its share of the plausible parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_count, check_positive, check_shares, refusal

WILSON_Z = 1.959963984540054
"""97.5 percent point of the standard normal distribution."""


def robustness_radius(temptation: ArrayLike, harm: ArrayLike, patience: ArrayLike) -> NDArray[np.float64]:
    """Compute the largest common relative error, all of it adverse, that a side's holding survives.

    Parameters
    ----------
    temptation, harm, patience : array_like
        As in `slack`; patience above 0.

    Returns
    -------
    array
        The error e that solves patience (1 - e) harm (1 - e) = temptation (1 + e). Negative where the side does
        not hold: it would take so large a common error in its favour; -1 where there is no harm to fear, as only
        a temptation of nil would help. 1 where there is no temptation.

    Notes
    -----
    With a = patience * harm / temptation, e = (2 a + 1 - sqrt(8 a + 1)) / (2 a), which is computed as
    2 (a - 1) / (2 a + 1 + sqrt(8 a + 1)).

    Examples
    --------
    >>> robustness_radius([2.1, 2.6], [6.48, 10.8], 0.57358).round(3)
    array([0.183, 0.27 ])
    """
    owner = "robustness_radius"
    gain, loss = check_array("temptation", owner, temptation), check_array("harm", owner, harm)
    weight = check_positive("patience", owner, check_shares("patience", owner, patience))
    a = weight * np.maximum(loss, 0) / np.where(gain > 0, gain, 1.0)
    return np.where(gain > 0, 2 * (a - 1) / (2 * a + 1 + np.sqrt(8 * a + 1)), 1.0)


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


def triangular_draws(
    ranges: Mapping[str, tuple[float, float, float]], draws: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Draw parameters independently from triangular distributions.

    Parameters
    ----------
    ranges : mapping from str to (low, mode, high)
        low <= mode <= high; a range without width gives a constant.
    draws : int
        Number of draws, at least 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict from str to array, shape (draws,)
        In the order of `ranges`.

    Raises
    ------
    ArgumentError
        If a range is reversed or not finite.
    """
    count = check_count("draws", "triangular_draws", draws)
    sample = {}
    for name, bounds in ranges.items():
        low, mode, high = check_array(f"ranges[{name!r}]", "triangular_draws", bounds).tolist()
        if not low <= mode <= high:
            raise refusal(f"ranges[{name!r}]", "triangular_draws", "be low <= mode <= high", bounds)
        sample[name] = rng.triangular(low, mode, high, count) if low < high else np.full(count, mode)
    return sample
