"""Terms of a truce: the yearly transfers that both sides would rather keep than break.

A transfer w a year goes from the first side to the second for as long as both hold (negative: the other way).
Whoever breaks neither pays nor receives it that year. Arrays hold the two sides on their last axis.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_shares, refusal
from negotiation.stability.incentives import critical_patience


def transfer_band(slacks: ArrayLike) -> NDArray[np.float64]:
    """Compute the self-enforcing transfers from the first side to the second.

    Parameters
    ----------
    slacks : array_like, shape (..., 2)
        Incentive slack of each side without transfers, in payoff units a year.

    Returns
    -------
    array, shape (..., 2)
        Lowest and highest transfer a year; the band is empty where the lowest exceeds the highest. It is
        non-empty exactly where the slacks add up to at least 0.

    Examples
    --------
    >>> transfer_band([1.62, 3.59])
    array([-3.59,  1.62])
    """
    pair = _pairs("slacks", "transfer_band", slacks)
    return np.stack([-pair[..., 1], pair[..., 0]], axis=-1)


def pooled_critical_patience(temptation: ArrayLike, harm: ArrayLike) -> NDArray[np.float64]:
    """Compute the patience from which a truce holds when side payments may move slack between the sides.

    Parameters
    ----------
    temptation, harm : array_like, shape (..., 2)
        As in `critical_patience`.

    Returns
    -------
    array, shape (...)
        Sum of the temptations over sum of the harms, which lies between the two sides' own ratios; 0 and `inf`
        as in `critical_patience`.

    Notes
    -----
    It holds where open conflict is an equilibrium of the year; `transfer_critical_discounts` is general.
    """
    owner = "pooled_critical_patience"
    gains, losses = _pairs("temptation", owner, temptation), _pairs("harm", owner, harm)
    return critical_patience(gains.sum(axis=-1), losses.sum(axis=-1))


def nash_terms(surplus: ArrayLike, weight: ArrayLike = 0.5) -> NDArray[np.float64]:
    """Compute the transfer on which asymmetric Nash bargaining settles.

    Parameters
    ----------
    surplus : array_like, shape (..., 2)
        Yearly gain of each side from the truce over disagreement, that is, open conflict.
    weight : array_like, default 0.5
        Bargaining weight of the second side, in [0, 1].

    Returns
    -------
    array, shape (...)
        weight * (total surplus) - (surplus of the second side), paid by the first side a year.

    Notes
    -----
    The maximiser of (s0 - w)^(1 - weight) (s1 + w)^weight: each side ends with its weight of the total.

    Examples
    --------
    >>> float(nash_terms([4.38, 8.2]).round(2))
    -1.91
    """
    gains = _pairs("surplus", "nash_terms", surplus)
    terms: NDArray[np.float64] = check_shares("weight", "nash_terms", weight) * gains.sum(axis=-1) - gains[..., 1]
    return terms


def implied_weight(terms: ArrayLike, surplus: ArrayLike) -> NDArray[np.float64]:
    """Compute the bargaining weight of the second side that would explain the terms observed.

    Parameters
    ----------
    terms : array_like
        Transfer from the first side to the second, in payoff units a year.
    surplus : array_like, shape (..., 2)
        As in `nash_terms`, with a total that is not 0.

    Returns
    -------
    array
        The inverse of `nash_terms` in its weight; outside [0, 1] no split of the surplus explains the terms.
    """
    gains = _pairs("surplus", "implied_weight", surplus)
    total = gains.sum(axis=-1)
    if np.any(total == 0):
        raise refusal("surplus", "implied_weight", "have a total other than 0", gains.tolist())
    weight: NDArray[np.float64] = (check_array("terms", "implied_weight", terms) + gains[..., 1]) / total
    return weight


def alternating_offers(deltas: ArrayLike) -> NDArray[np.float64]:
    """Compute how two impatient players split a pie of 1 when they make offers in turn, the first side first.

    Parameters
    ----------
    deltas : array_like, shape (..., 2)
        Discount factor of each side per round of offers, strictly between 0 and 1.

    Returns
    -------
    array, shape (..., 2)
        Shares of the pie in the only subgame-perfect equilibrium, agreed at once: (1 - d1) / (1 - d0 d1) for the
        first side, the rest for the second.

    References
    ----------
    .. [Rub82] A. Rubinstein (1982), Perfect equilibrium in a bargaining model, Econometrica 50, 97-109.

    Examples
    --------
    >>> alternating_offers([0.9, 0.9]).round(6)
    array([0.526316, 0.473684])
    """
    pair = check_shares("deltas", "alternating_offers", _pairs("deltas", "alternating_offers", deltas))
    if np.any((pair <= 0) | (pair >= 1)):
        raise refusal("deltas", "alternating_offers", "lie strictly between 0 and 1", pair.tolist())
    first = (1 - pair[..., 1]) / (1 - pair[..., 0] * pair[..., 1])
    return np.stack([first, 1 - first], axis=-1)


def _pairs(name: str, owner: str, values: ArrayLike) -> NDArray[np.float64]:
    array = check_array(name, owner, values)
    if array.ndim == 0 or array.shape[-1] != 2:
        raise refusal(name, owner, "hold the two sides on its last axis", f"shape {array.shape}")
    return array
