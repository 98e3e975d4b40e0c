"""Payoffs of a year of the truce, from its parameters.

Each side sets a pressure x from 0 (Hold) to 1 (Break). With c(x) = 1 - (1 - x)^2, concave in the own pressure,
and harm linear in the other side's, side i earns

    b_i (1 - max x) + (tau_i + l_i - r_i) c(x_i) - h_i x_j - zeta_i x_i x_j,

where the first term falls to nil once somebody breaks. Terms w a year flow from the United States to China as
long as neither breaks. Every function takes numbers or arrays of draws; sides stand on the last axis, the United
States first.
"""

import math
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_between, check_known, refusal
from negotiation.stability import (
    Bite,
    bite,
    net_factor,
    transfer_critical_discounts,
    worst_equilibrium_payoffs,
    yearly_rate,
)
from negotiation.truce.parameters import Number, Parameters

Array = NDArray[np.float64]

ACTIONS = ("Hold", "Squeeze", "Break")

FULL = 1 - 1e-12
"""Largest dependence; at 1 a lever with the CES bite would do boundless harm."""

DECIMALS = 12
"""Decimals to which payoffs are rounded: below any size of interest, above the error of floats, so that payoffs
which are equal as decimals tie."""


def pressure_gain(pressure: ArrayLike) -> Array:
    """Return the share of the full gain that a pressure in [0, 1] brings, c(x) = 1 - (1 - x)^2."""
    gain: Array = 1 - (1 - np.asarray(pressure, dtype=np.float64)) ** 2
    return gain


def gross_temptation(p: Parameters) -> Array:
    """Return tau + l - r, what a year of breaking brings before the value of calm is lost, shape (..., 2)."""
    return sides(p.tau_us + p.lobby_us - p.rep_us, p.tau_cn + p.lobby_cn - p.rep_cn)


def temptation(p: Parameters) -> Array:
    """Return the net gain of a year of breaking, tau + l - r - b, shape (..., 2)."""
    calm: Array = sides(p.b_us, p.b_cn).round(DECIMALS)
    return (gross_temptation(p).round(DECIMALS) - calm).round(DECIMALS)


def harm(p: Parameters, *, year: float = 0.0, annulled: bool = False, bite_kind: Bite = "linear") -> Array:
    """Return what each side suffers from a year of the other's break, shape (..., 2).

    Parameters
    ----------
    p : Parameters
        Numbers or draws.
    year : float, default 0
        Years from today: diversification has lowered the harm to the United States, new markets that to China.
    annulled : bool, default False
        Whether the court has annulled the tariff authority.
    bite_kind : {"linear", "ces"}
        How harm follows dependence, as in `stability.bite`.
    """
    check_between("year", "Truce", year, 0, math.inf)
    check_known("bite", "Truce", bite_kind, get_args(Bite))
    us = p.omega * p.h_cn
    if year:
        lasting = np.asarray(p.floor)
        left = p.d0 * (lasting + (1 - lasting) * erosion_factor(p) ** year)
        us = us * bite(np.minimum(left, FULL), p.d0, bite_kind)
    cn = p.h_cn * (1 - p.phi * annulled) * (1 - p.eta) ** year
    return sides(us, cn)


def deterrent(p: Parameters, harms: Array) -> Array:
    """Return what breaking costs from next year on compared with breaking unanswered, shape (..., 2).

    The answer to a break is each side's worst equilibrium of the 2x2 stage game.
    """
    return deterrent_in(stage_payoffs(p, (0.0, 1.0), harms))


def deterrent_in(table: Array) -> Array:
    """Return the `deterrent` in 2x2 games with the payoffs of `stage_payoffs`, shape (..., 2)."""
    unanswered = sides(table[..., 1, 0, 0], table[..., 0, 1, 1])
    worst: Array = unanswered - worst_equilibrium_payoffs(table)
    return worst.round(DECIMALS)


def transfers_patience(p: Parameters, harms: Array) -> Array:
    """Return the patience from which both sides hold if they may pay each other after every year, shape (...)."""
    return transfer_critical_discounts(stage_payoffs(p, (0.0, 1.0), harms))


def conflict_is_credible(p: Parameters) -> bool:
    """Return whether open conflict is an equilibrium of the year, so that terms leave the deterrent alone."""
    return bool(np.all(gross_temptation(p).round(DECIMALS) >= sides(p.zeta_us, p.zeta_cn)))


def check_conflict(p: Parameters, owner: str) -> None:
    """Refuse parameters at which open conflict is no equilibrium of the year."""
    if not conflict_is_credible(p):
        rule = "be at most what breaking brings (tau + lobby - rep) on both sides"
        way_out = "pooled_critical_patience says from which patience side payments keep the truce."
        raise refusal("zeta_us, zeta_cn", owner, rule, f"{p.zeta_us:g}, {p.zeta_cn:g}", way_out)


def erosion_factor(p: Parameters, *, use: float = 0.0) -> Array:
    """Return the yearly factor of dependence above its floor, given China's use of its lever in [0, 1]."""
    rate = erosion_rate(p, use=check_between("use", "Truce", use, 0, 1))
    if np.any(rate >= 1):
        names, rule = "half_life, gamma_truce, gamma_3, gamma_x", "leave the yearly erosion of dependence below 1"
        raise refusal(names, "Truce", rule, f"{np.max(rate):.3g}")
    return net_factor(rate, p.entrench)


def erosion_rate(p: Parameters, *, use: float = 0.0) -> Array:
    """Return the yearly erosion of US dependence before entrenchment."""
    rate: Array = yearly_rate(p.half_life) + p.gamma_truce + p.gamma_3 + p.gamma_x * use
    return rate


def lasting_patience(p: Parameters) -> Array:
    """Return the weight of next year's truce, delta (1 - ell)(1 - lambda)(1 - rho), while levers last."""
    weight: Array = np.asarray(p.delta * (1 - p.turnover) * (1 - p.shock) * (1 - p.rho))
    return weight


def patience(p: Parameters) -> Array:
    """Return the weight of next year's truce, with the chance p_div that the lever is gone by then."""
    weight: Array = lasting_patience(p) * (1 - p.p_div)
    return weight


def stage_payoffs(p: Parameters, pressures: tuple[Number, ...], harms: Array, *, terms: float = 0.0) -> Array:
    """Return the payoffs of one year.

    Parameters
    ----------
    p : Parameters
        Numbers or draws.
    pressures : tuple of float
        The pressure of each action, from 0 to 1; the same actions for both sides.
    harms : array, shape (..., 2)
        As from `harm`.
    terms : float, default 0
        Transfer from the United States to China in points a year, paid unless somebody breaks.

    Returns
    -------
    array, shape (..., k, k, 2)
        Indexed by the action of the United States, then of China; rounded to `DECIMALS`.
    """
    levels = np.stack(np.broadcast_arrays(*pressures), axis=-1)
    us, cn = levels[..., :, None], levels[..., None, :]
    calm, kept = 1 - np.maximum(us, cn), np.maximum(us, cn) < 1
    gains = gross_temptation(p)
    columns = []
    for i, (own, other, benefit, zeta, paid) in enumerate(
        [(us, cn, p.b_us, p.zeta_us, -terms), (cn, us, p.b_cn, p.zeta_cn, terms)]
    ):
        column = _cell(benefit) * calm + _cell(gains[..., i]) * pressure_gain(own) - _cell(harms[..., i]) * other
        if np.any(zeta):
            column = column - _cell(zeta) * own * other
        columns.append(column + paid * kept if terms else column)
    return sides(*columns).round(DECIMALS)


def sides(us: ArrayLike, cn: ArrayLike) -> Array:
    """Return the two sides' values side by side on a new last axis."""
    pair: Array = np.stack(np.broadcast_arrays(np.asarray(us, np.float64), np.asarray(cn, np.float64)), axis=-1)
    return pair


def _cell(value: ArrayLike) -> Array:
    return np.asarray(value, dtype=np.float64)[..., None, None]
