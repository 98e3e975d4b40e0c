"""What decides whether the truce holds and how long it lasts, as functions of its parameters.

Sides stand on the last axis, the United States first. Functions that say "numbers or draws" take arrays of draws.
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import MAX_ROUNDS, check_count, refusal
from negotiation.stability import (
    Bite,
    Survival,
    best_tightness,
    crossing_year,
    dependence_at_bite,
    dependence_path,
    relative_radius,
    slack,
    survival,
    transfer_critical_discounts,
)
from negotiation.truce import payoffs
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Number, Parameters
from negotiation.truce.payoffs import Array

Flag = bool | NDArray[np.bool_]

PERCENTAGE_POINTS = 10.0
"""Percentage points of tariff behind one point of payoff, by definition of the unit."""

LOST = 2.0
"""Harm, relative to today's, that stands for one out of reach: dependence at or above today's is no erosion."""

LEAST = 1e-9
"""Smallest part of the deterrent, in points a year, that counts as shrinking: payoffs carry 12 decimals."""


def slacks(p: Parameters, *, year: float | None = None, annulled: bool = False) -> Array:
    """Return patience * deterrent - temptation of each side, points a year, shape (..., 2); numbers or draws.

    Erosion counts once: as the chance `p_div` of losing the lever at a stroke if `year` is None, or as a decline
    followed to `year`, with the patience that leaves `p_div` out.
    """
    deterrent = payoffs.deterrent(p, payoffs.harm(p, year=year or 0.0, annulled=annulled))
    weight = payoffs.patience(p) if year is None else payoffs.lasting_patience(p)
    return slack(payoffs.temptation(p), deterrent, weight[..., None])


def surplus(p: Parameters, *, year: float = 0.0, annulled: bool = False) -> Array:
    """Return the yearly gain of each side from the truce over open conflict, shape (..., 2); numbers or draws."""
    harms = payoffs.harm(p, year=year, annulled=annulled)
    gained: Array = harms + payoffs.sides(p.zeta_us, p.zeta_cn) - payoffs.temptation(p)
    return gained


def expected_surplus(p: Parameters, *, year: float = 0.0, midterm: bool = False) -> Array:
    """Return the surplus expected before the court rules, shape (..., 2); `midterm` raises US pain by `mu`."""
    factor = payoffs.sides(p.mu if midterm else 1.0, 1 - p.p_court * p.phi)
    expected: Array = surplus(p, year=year) + payoffs.harm(p, year=year) * (factor - 1)
    return expected


def observed_terms(p: Parameters) -> Number:
    """Return the terms as reported, the tariff cut less the soybeans, shape (...); numbers or draws."""
    return p.tariff_cut / PERCENTAGE_POINTS - p.soy


def crossing(p: Parameters, bite: Bite = "linear") -> Array:
    """Return in how many years erosion has taken the deterrent from a US break, shape (...); numbers or draws.

    Erosion is followed year by year here, so that the patience without `p_div` counts. The deterrent is linear in
    the harm, a part that lasts and a part that shrinks with it, because neither the class of the year nor the
    worst equilibrium depends on the size of the harm. A side without temptation needs no deterrent.
    """
    harms, gain = payoffs.harm(p), payoffs.temptation(p)[..., 0]
    now, half = (payoffs.deterrent(p, harms * [part, 1.0])[..., 0] for part in (1.0, 0.5))
    shrinking = 2 * (now - half)
    missing = gain / payoffs.lasting_patience(p) - (now - shrinking)
    lost_at = np.divide(missing, shrinking, out=np.full_like(missing, LOST), where=shrinking > LEAST)
    remaining = dependence_at_bite(np.where((gain > 0) & (missing > 0), lost_at.clip(0, LOST), 0.0), p.d0, bite)
    return crossing_year(remaining, payoffs.erosion_factor(p), floor=p.floor)


def reversal_horizon(p: Parameters) -> Array:
    """Return when erosion has taken from China's Nash terms what the court is expected to add, shape (...).

    An expected cut p phi h_C of the harm to China moves the terms by 1 - beta of it; a fall of the harm to the
    United States moves them back by beta of it. China's own new markets (eta) are left out.
    """
    beta = np.asarray(p.beta_cn)
    gift, lever = (1 - beta) * p.p_court * p.phi * p.h_cn, beta * payoffs.harm(p)[..., 0]
    remaining = 1 - np.divide(gift, lever, out=np.ones_like(lever), where=lever > 0)
    return crossing_year(remaining, payoffs.erosion_factor(p), floor=p.floor)


def erosion(p: Parameters, num_rounds: int, *, tier: str, use: float) -> Array:
    """Return dependence on one tier of the chain, shape (num_rounds + 1,); see `Truce.erosion`."""
    found = dossier().tier(tier)
    start = p.d0 if tier == "chain" else found.share.central
    factor = 1 - p.gamma_res if tier == "reserves" else payoffs.erosion_factor(p, use=use)
    rounds = check_count("num_rounds", "Truce.erosion", num_rounds, 0, most=MAX_ROUNDS)
    return dependence_path(float(start), float(factor), rounds, floor=float(p.floor))


def tightness(p: Parameters) -> float:
    """Return the constant use of its lever that is worth most to China; see `Truce.best_tightness`."""
    rate = float(payoffs.erosion_rate(p))
    if rate < 0:
        rule = "leave the yearly erosion at 0 or above"
        raise refusal("gamma_truce", "Truce.best_tightness", rule, f"{rate:.3g}")
    return best_tightness(float(p.delta), rate, float(p.gamma_x))


def holding(p: Parameters, num_rounds: int) -> Array:
    """Return what decides whether the truce holds, sense by sense, shape (..., 4); numbers or draws.

    The smaller slack of the two sides; patience less what it takes with transfers; the smaller joint adverse error
    that a side survives; and the chance of standing through `num_rounds` reviews with terms bargained anew.
    """
    gain, weight, harms = payoffs.temptation(p), payoffs.patience(p), payoffs.harm(p)
    table = payoffs.stage_payoffs(p, (0.0, 1.0), harms)
    deterrent, needed = payoffs.deterrent_in(table), transfer_critical_discounts(table)
    lasting = _lasting(p, payoffs.transfers_patience(p, _without_lever(p)) > payoffs.lasting_patience(p))
    once = _once(p, needed > weight, payoffs.transfers_patience(p, payoffs.harm(p, annulled=True)) > weight)
    columns = [
        slack(gain, deterrent, weight[..., None]).min(axis=-1),
        weight - np.minimum(needed, 1.0),
        relative_radius(gain, deterrent, weight[..., None]).min(axis=-1),
        math.prod((1 - np.asarray(chance)) ** num_rounds for chance in lasting.values())
        * math.prod(1 - np.asarray(chance) for chance in once.values()),
    ]
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


def survival_curve(p: Parameters, num_rounds: int, *, rebargained: bool) -> Survival:
    """Return survival by review and what ends the truce; see `Truce.survival`."""
    lasting = _lasting(p, _ends(replace(p, p_div=0.0), _without_lever(p), rebargained))
    annulled = _ends(p, payoffs.harm(p, annulled=True), rebargained)
    once = _once(p, _ends(p, payoffs.harm(p), rebargained), annulled)
    return survival(lasting, num_rounds, first_year={cause: float(chance) for cause, chance in once.items()})


def _lasting(p: Parameters, ends_without_lever: Flag) -> dict[str, Any]:
    """Return the chances of an end in every year by cause; numbers or draws."""
    return {
        "turnover of leaders": p.turnover,
        "outside shock": p.shock,
        "unforgiven false alarm": p.eps0 * (1 - p.psi),
        "completed diversification": p.p_div * ends_without_lever,
    }


def _once(p: Parameters, ends_today: Flag, ends_annulled: Flag) -> dict[str, Any]:
    """Return the chances of an end in the first year only by cause; numbers or draws."""
    return {"incentive to break": 1.0 * ends_today, "court ruling": p.p_court * ends_annulled}


def _without_lever(p: Parameters) -> Array:
    return payoffs.harm(p) * payoffs.sides(p.floor, 1.0)


def _ends(p: Parameters, harms: Array, rebargained: bool) -> bool:
    weight = payoffs.patience(p)
    if rebargained:
        return bool(payoffs.transfers_patience(p, harms) > weight)
    return bool(slack(payoffs.temptation(p), payoffs.deterrent(p, harms), weight).min() < 0)
