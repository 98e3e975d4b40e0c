"""What decides whether the truce holds and how long it lasts, as functions of its parameters.

Sides stand on the last axis, the United States first. Functions that say "numbers or draws" take arrays of draws.
"""

from dataclasses import replace

import numpy as np

from negotiation.stability import (
    Bite,
    Survival,
    crossing_year,
    dependence_at_bite,
    slack,
    survival,
)
from negotiation.truce import payoffs
from negotiation.truce.parameters import Number, Parameters
from negotiation.truce.payoffs import Array

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


def survival_curve(p: Parameters, num_rounds: int, *, rebargained: bool) -> Survival:
    """Return survival by review and what ends the truce; see `Truce.survival`."""
    harms = payoffs.harm(p)
    without_lever = harms * [float(p.floor), 1.0]
    return survival(
        {
            "turnover of leaders": p.turnover,
            "outside shock": p.shock,
            "unforgiven false alarm": p.eps0 * (1 - p.psi),
            "completed diversification": p.p_div * _ends(replace(p, p_div=0.0), without_lever, rebargained),
        },
        num_rounds,
        first_year={
            "incentive to break": _ends(p, harms, rebargained),
            "court ruling": float(p.p_court) * _ends(p, payoffs.harm(p, annulled=True), rebargained),
        },
    )


def _ends(p: Parameters, harms: Array, rebargained: bool) -> float:
    weight = payoffs.patience(p)
    if rebargained:
        return float(payoffs.transfers_patience(p, harms) > weight)
    return float(slack(payoffs.temptation(p), payoffs.deterrent(p, harms), weight).min() < 0)
