"""How a verdict is reached: every number of the record in `verdict`, from one set of parameters."""

from dataclasses import replace
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count, refusal
from negotiation.games import StageGame, game_class
from negotiation.stability import (
    Survival,
    Tip,
    critical_discount,
    critical_patience,
    pooled_critical_patience,
    present_slack,
    robustness_radius,
    share_of,
    tipping_points,
    transfer_band,
    triangular_draws,
)
from negotiation.truce import measures, payoffs
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Number, Parameters
from negotiation.truce.verdict import Course, Ruling, Side, Verdict

NUM_REVIEWS = 5

MAX_DRAWS = 5_000_000

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
    if check_count("draws", "Truce.verdict", draws) > MAX_DRAWS:
        raise refusal("draws", "Truce.verdict", f"be at most {MAX_DRAWS:,}, which take about 2 GB", f"{draws:,}")
    check_count("seed", "Truce.verdict", seed, 0)
    gain, deterrent = payoffs.temptation(p), payoffs.deterrent(p, payoffs.harm(p))
    slacks = measures.slacks(p)
    drawn = measures.slacks(draw(p, draws, np.random.default_rng(seed)))
    return Verdict(
        reading=reading,
        version=version("negotiation"),
        parameters={name: float(value) for name, value in p.as_mapping().items()},
        draws=draws,
        seed=seed,
        patience=float(payoffs.patience(p)),
        sides=_sides(p, gain, deterrent, slacks),
        optimal_critical_patience=critical_discount(_year(p), (0, 0), punishment="optimal").value,
        pooled_critical_patience=float(pooled_critical_patience(gain, deterrent)),
        transfer_band=_pair(transfer_band(slacks)),
        share=share_of((drawn >= 0).all(axis=-1)),
        share_with_transfers=share_of(drawn.sum(axis=-1) >= 0),
        rebargained=_course(measures.survival_curve(p, NUM_REVIEWS, rebargained=True)),
        fixed=_course(measures.survival_curve(p, NUM_REVIEWS, rebargained=False)),
        ruling=_ruling(p),
        crossing_linear=float(measures.crossing(p, "linear")),
        crossing_ces=float(measures.crossing(p, "ces")),
        tips=_tips(p),
        rests_on=RESTS_ON,
    )


def draw(p: Parameters, draws: int, rng: np.random.Generator) -> Parameters:
    """Draw the parameters of the plausible box, triangular with their modes at the values of `p`.

    Parameters
    ----------
    p : Parameters
        Numbers; a value outside its plausible range widens that range up to itself.
    draws : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Parameters
        Arrays of shape (draws,) for the parameters of the box, numbers for the others.
    """
    return replace(p, **triangular_draws(plausible_box(p), draws, rng))


def plausible_box(p: Parameters) -> dict[str, tuple[float, float, float]]:
    """Return low, value and high of every parameter that is drawn; a value outside widens its range to itself."""
    values = {name: float(value) for name, value in p.as_mapping().items()}
    return {
        one.name: (
            min(one.quantity.low, values[one.name]),
            values[one.name],
            max(one.quantity.high, values[one.name]),
        )
        for one in dossier().parameters
        if one.drawn
    }


def _sides(
    p: Parameters, gain: NDArray[np.float64], deterrent: NDArray[np.float64], slacks: NDArray[np.float64]
) -> tuple[Side, Side]:
    weight = payoffs.patience(p)
    critical, present = critical_patience(gain, deterrent), present_slack(gain, deterrent, weight)
    radius = robustness_radius(gain, deterrent, weight)
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
    return StageGame(payoffs.stage_payoffs(p, (0.0, 1.0), payoffs.harm(p)).round(payoffs.DECIMALS))


def _course(curve: Survival) -> Course:
    ended = curve.ended_by[-1]
    worst = int(ended.argmax())
    survival = tuple(float(chance) for chance in curve.survival)
    cause = curve.causes[worst] if ended[worst] > 0 else "nothing"
    return Course(survival, curve.mean_life, cause, float(ended[worst]))


def _ruling(p: Parameters) -> Ruling:
    slacks = measures.slacks(p, annulled=True)
    fails = tuple(name for name, left in zip(dossier().parties, slacks, strict=True) if left < 0)
    return Ruling(float(p.p_court), fails, _pair(transfer_band(slacks)))


def _tips(p: Parameters) -> tuple[Tip, ...]:
    def smallest_slack(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: dict[str, Number] = {name: values}
        smallest: NDArray[np.float64] = measures.slacks(replace(p, **moved)).min(axis=-1)
        return smallest

    box = plausible_box(p)
    return tipping_points(smallest_slack, {name: box[name] for name in INCENTIVES if name in box})


def _pair(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = values.tolist()
    return low, high
