"""How a verdict is reached: every number of the record in `verdict`, from one set of parameters."""

from dataclasses import replace
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count
from negotiation.games import StageGame, game_class
from negotiation.stability import (
    Survival,
    Tip,
    critical_discount,
    critical_patience,
    present_slack,
    random_points,
    relative_radius,
    share_of,
    tipping_points,
    transfer_band,
)
from negotiation.truce import measures, payoffs
from negotiation.truce.asked import NUM_REVIEWS, truce_model
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters
from negotiation.truce.verdict import Course, Ruling, Side, Verdict

DRAWS = 20_000
SEED = 2025
"""Random draws and their seed unless others are asked for."""

MAX_DRAWS = 5_000_000
"""Largest number of draws; they take about 2 GB."""

WIDTH = 1e-6
"""Width of the bracket around the patience needed under the harshest credible answer; it is shown to 3 digits."""

INCENTIVES = (
    "h_cn", "omega", "tau_us", "tau_cn", "lobby_us", "lobby_cn", "rep_us", "rep_cn", "b_us", "b_cn",
    "zeta_us", "zeta_cn", "delta", "turnover", "shock", "rho", "p_div",
)  # fmt: skip
"""Parameters that decide whether each side holds today."""

RESTS_ON = (
    *INCENTIVES,
    "eps0",
    "psi",
    "phi",
    "p_court",
    "floor",
    "d0",
    "half_life",
    "entrench",
    "gamma_3",
    "gamma_truce",
)
"""Parameters that move some number of a verdict."""


def judge(p: Parameters, reading: str, *, draws: int, seed: int) -> Verdict:
    """Compute the verdict on one set of parameters; see `Truce.verdict`.

    Parameters
    ----------
    p : Parameters
        Numbers.
    reading : str
        Name of the reading that they come from.
    draws, seed : int
        Number of random draws, at least 1, and their seed.

    Returns
    -------
    Verdict
    """
    drawn = draw(p, draws, seed, "Truce.verdict")
    gain, deterrent = payoffs.temptation(p), payoffs.deterrent(p, payoffs.harm(p))
    slacks = measures.slacks(p)
    return Verdict(
        reading=reading,
        version=version("negotiation"),
        parameters={name: float(value) for name, value in p.as_mapping().items()},
        draws=draws,
        seed=seed,
        patience=float(payoffs.patience(p)),
        sides=_sides(p, gain, deterrent, slacks),
        optimal_critical_patience=critical_discount(_year(p), (0, 0), punishment="optimal", width=WIDTH).value,
        pooled_critical_patience=float(payoffs.transfers_patience(p, payoffs.harm(p))),
        transfer_band=_band(p, slacks),
        share=share_of((measures.slacks(drawn) >= 0).all(axis=-1)),
        share_with_transfers=share_of(
            payoffs.transfers_patience(drawn, payoffs.harm(drawn)) <= payoffs.patience(drawn)
        ),
        rebargained=_course(measures.survival_curve(p, NUM_REVIEWS, rebargained=True)),
        fixed=_course(measures.survival_curve(p, NUM_REVIEWS, rebargained=False)),
        ruling=_ruling(p),
        crossing_linear=float(measures.crossing(p, "linear")),
        crossing_ces=float(measures.crossing(p, "ces")),
        tips=_tips(p),
        rests_on=RESTS_ON,
    )


def draw(p: Parameters, draws: int, seed: int, owner: str) -> Parameters:
    """Draw the parameters of the plausible box, triangular with their modes at the values of `p`.

    Parameters
    ----------
    p : Parameters
        Numbers; a value outside its plausible range widens that range up to itself.
    draws, seed : int
        Number of draws, from 1 to `MAX_DRAWS`, and their seed, at least 0.
    owner : str
        The function that an error names.

    Returns
    -------
    Parameters
        Arrays of shape (draws,) for the parameters that are drawn, numbers for the others.
    """
    count = check_count("draws", owner, draws, most=MAX_DRAWS)
    rng = np.random.default_rng(check_count("seed", owner, seed, 0))
    return replace(p, **random_points(truce_model(p).ranges, count, rng))


def sample(p: Parameters, *, draws: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return patience and the patience each side needs at random draws; see `Truce.sample`."""
    drawn = draw(p, draws, seed, "Truce.sample")
    deterrent = payoffs.deterrent(drawn, payoffs.harm(drawn))
    return payoffs.patience(drawn), critical_patience(payoffs.temptation(drawn), deterrent)


def _sides(
    p: Parameters, gain: NDArray[np.float64], deterrent: NDArray[np.float64], slacks: NDArray[np.float64]
) -> tuple[Side, Side]:
    weight = payoffs.patience(p)
    critical, present = critical_patience(gain, deterrent), present_slack(gain, deterrent, weight)
    radius = relative_radius(gain, deterrent, weight)
    classes = game_class(_year(p))
    us, cn = (
        Side(
            name=name,
            game_class=classes[i].value,
            temptation=float(gain[i]),
            deterrent=float(deterrent[i]),
            critical_patience=float(critical[i]),
            slack=float(slacks[i]),
            present_slack=float(present[i]),
            radius=float(radius[i]),
        )
        for i, name in enumerate(dossier().parties)
    )
    return us, cn


def _year(p: Parameters) -> StageGame:
    return StageGame(payoffs.stage_payoffs(p, (0.0, 1.0), payoffs.harm(p)))


def _course(curve: Survival) -> Course:
    ended = curve.ended_by[-1]
    worst = int(ended.argmax())
    survival = tuple(float(chance) for chance in curve.survival)
    cause = curve.causes[worst] if ended[worst] > 0 else "nothing"
    return Course(survival, curve.mean_life, cause, float(ended[worst]))


def _ruling(p: Parameters) -> Ruling:
    slacks = measures.slacks(p, annulled=True)
    fails = tuple(name for name, left in zip(dossier().parties, slacks, strict=True) if left < 0)
    kept = bool(payoffs.transfers_patience(p, payoffs.harm(p, annulled=True)) <= payoffs.patience(p))
    return Ruling(float(p.p_court), fails, kept, _band(p, slacks))


def _tips(p: Parameters) -> tuple[Tip, ...]:
    return tuple(one.nearest for one in tipping_points(truce_model(p), INCENTIVES) if one.nearest is not None)


def _band(p: Parameters, slacks: NDArray[np.float64]) -> tuple[float, float] | None:
    if not payoffs.conflict_is_credible(p):
        return None
    low, high = transfer_band(slacks).tolist()
    return low, high
