"""Leverage that wears off: dependence, the harm it allows, and the year in which it no longer deters.

Dependence d falls by a yearly rate towards a floor. The harm that the other side can do with it shrinks in
proportion to a bite g(d), one today.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import (
    MAX_ROUNDS,
    check_array,
    check_between,
    check_count,
    check_known,
    check_positive,
    check_shares,
    refusal,
)

Bite = Literal["linear", "ces"]


def yearly_rate(half_life: ArrayLike) -> NDArray[np.float64]:
    """Compute the yearly rate of decline that halves a stock in `half_life` years (above 0).

    Examples
    --------
    >>> float(yearly_rate(5).round(4))
    0.1294
    """
    rate: NDArray[np.float64] = -np.expm1(-np.log(2) / check_positive("half_life", "yearly_rate", half_life))
    return rate


def net_factor(rate: ArrayLike, entrench: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Compute the yearly factor of dependence, (1 - rate)(1 + entrench).

    Parameters
    ----------
    rate : array_like
        Yearly rate of decline, below 1; negative where dependence grows.
    entrench : array_like, default 0
        Yearly rate at which the holder of the lever works against the decline, above -1.
    """
    decline = 1 - check_array("rate", "net_factor", rate)
    growth = 1 + check_array("entrench", "net_factor", entrench)
    if np.any(decline <= 0) or np.any(growth <= 0):
        raise refusal("rate", "net_factor", "be below 1, and 'entrench' above -1", f"{rate!r}, {entrench!r}")
    factor: NDArray[np.float64] = decline * growth
    return factor


def dependence_path(start: float, factor: float, num_rounds: int, *, floor: float = 0.0) -> NDArray[np.float64]:
    """Compute dependence at the start of years 0 to `num_rounds`.

    Parameters
    ----------
    start : float
        Dependence today, a share in [0, 1].
    factor : float
        Yearly factor of the part above the floor, as from `net_factor`.
    num_rounds : int
        Number of years, at most `MAX_ROUNDS`.
    floor : float, default 0
        Share of today's dependence that stays for ever, in [0, 1].

    Returns
    -------
    array, shape (num_rounds + 1,)
        Shares, at most 1.
    """
    owner = "dependence_path"
    first, stays = check_between("start", owner, start, 0, 1), check_between("floor", owner, floor, 0, 1)
    rounds = np.arange(check_count("num_rounds", owner, num_rounds, 0, most=MAX_ROUNDS) + 1)
    shrink = np.power(float(check_positive("factor", owner, factor)), rounds)
    return np.minimum(first * (stays + (1 - stays) * shrink), 1.0)


def bite(dependence: ArrayLike, today: ArrayLike, kind: Bite = "linear") -> NDArray[np.float64]:
    """Compute the harm that a dependence allows, relative to today.

    Parameters
    ----------
    dependence, today : array_like
        Shares in (0, 1); `dependence` may be 0.
    kind : {"linear", "ces"}
        ``linear``: d / d0. ``ces``: ln(1 - d) / ln(1 - d0), the loss from a cut-off when inputs are combined
        with constant elasticity, which falls much faster near full control.

    Returns
    -------
    array
        1 at today's dependence.

    References
    ----------
    .. [CMS24] C. Clayton, M. Maggiori and J. Schreger (2024), A theory of economic coercion and fragmentation,
       NBER Working Paper 33309. Its abstract finds power to rise disproportionately as control of an input
       becomes complete; the formula here is the loss of a CES bundle cut off from that input.
    """
    share, base = check_shares("dependence", "bite", dependence), check_shares("today", "bite", today)
    check_known("kind", "bite", kind, get_args(Bite))
    if np.any(base <= 0) or np.any(base >= 1) or np.any(share >= 1):
        raise refusal("dependence", "bite", "lie in [0, 1), and 'today' in (0, 1)", f"{dependence!r}, {today!r}")
    ratio: NDArray[np.float64] = share / base if kind == "linear" else np.log1p(-share) / np.log1p(-base)
    return ratio


def dependence_at_bite(relative: ArrayLike, today: ArrayLike, kind: Bite = "linear") -> NDArray[np.float64]:
    """Compute the dependence, relative to today, at which the bite has fallen to `relative` of today's.

    Parameters
    ----------
    relative : array_like
        Bite relative to today, at least 0.
    today : array_like
        Dependence today, in (0, 1).
    kind : {"linear", "ces"}
        As in `bite`.
    """
    owner = "dependence_at_bite"
    level, base = check_array("relative", owner, relative), check_shares("today", owner, today)
    check_known("kind", owner, kind, get_args(Bite))
    if np.any(level < 0):
        raise refusal("relative", owner, "be at least 0", relative)
    if np.any(base <= 0) or np.any(base >= 1):
        raise refusal("today", owner, "lie strictly between 0 and 1", today)
    share: NDArray[np.float64] = level if kind == "linear" else -np.expm1(level * np.log1p(-base)) / base
    return share


def crossing_year(remaining: ArrayLike, factor: ArrayLike, *, floor: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Compute when dependence has fallen to the level at which the harm no longer deters.

    Parameters
    ----------
    remaining : array_like
        That level, relative to today's dependence, as from `dependence_at_bite`.
    factor : array_like
        Yearly factor of the part of dependence above the floor, as from `net_factor`.
    floor : array_like, default 0
        Share of today's dependence that stays for ever.

    Returns
    -------
    array
        Years from today, in continuous time: 0 where the level is already reached, `inf` where it never is.
    """
    level, stays = (
        check_array("remaining", "crossing_year", remaining),
        check_shares("floor", "crossing_year", floor),
    )
    shrink = check_positive("factor", "crossing_year", factor)
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.log((level - stays) / (1 - stays)) / np.log(shrink)
    never = (level <= stays) | (shrink >= 1)
    reached: NDArray[np.float64] = np.where(level >= 1, 0.0, np.where(never, np.inf, years))
    return reached


def best_tightness(patience: float, rate: float, rate_per_use: float) -> float:
    """Compute the constant use of a lever that is worth most when its use speeds its own erosion.

    Parameters
    ----------
    patience : float
        Weight of the next year, in (0, 1).
    rate : float
        Yearly erosion without use, in [0, 1].
    rate_per_use : float
        Further yearly erosion at full use, in [0, 1].

    Returns
    -------
    float
        The use x in [0, 1] that maximises c(x) / (1 - patience (1 - rate - rate_per_use x)) with the gain
        c(x) = 1 - (1 - x)^2.

    Notes
    -----
    With K = (1 / patience - 1 + rate) / rate_per_use the first-order condition is x^2 + 2 K x - 2 K = 0, so
    x = sqrt(K^2 + 2 K) - K, which falls from 1 as the erosion per use rises from 0.

    Examples
    --------
    >>> [round(best_tightness(0.9, 0.1294, k), 2) for k in (0, 0.1, 0.25, 0.5, 1)]
    [1.0, 0.85, 0.73, 0.61, 0.49]
    """
    owner = "best_tightness"
    weight = check_between("patience", owner, patience, 0, 1, open_ends=True)
    slow = check_between("rate", owner, rate, 0, 1)
    fast = check_between("rate_per_use", owner, rate_per_use, 0, 1)
    if fast == 0:
        return 1.0
    k = (1 / weight - 1 + slow) / fast
    return float(2 * k / (np.sqrt(k * k + 2 * k) + k))
