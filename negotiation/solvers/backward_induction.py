"""Repeated negotiation for a limited number of periods, solved backwards."""

import math
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_between, check_class, check_count, check_known, refusal
from negotiation.games import StochasticGame
from negotiation.games.numbers import exact_number
from negotiation.solvers.exact_elimination import fits
from negotiation.solvers.negotiation_stage import After, ExactSteps, FloatSteps, Stage, first_stage
from negotiation.solvers.profile_rows import ProfileRows, profile_rows, read_only
from negotiation.solvers.solution import Status
from negotiation.solvers.truncated import bargaining_weights

OWNER = "backward_negotiation"
SETTLED = 1e-10
"""Change over one cycle, in the range of the payoffs, at which payoffs count as settled."""
WINDOW = 20
"""Fewest periods that the payoffs must have been settled for."""
MAX_PERIODS = 100_000
"""Largest number of periods."""
MAX_CYCLE = 200
"""Longest cycle that is looked for."""
MAX_RECORDED = 50_000_000
"""Largest number of payoffs that are recorded."""
MAX_EXACT_WORK = 4_000_000
"""Largest product of periods and probabilities that is gone through in fractions."""

Floats = NDArray[np.float64]


class Course(Enum):
    """What the payoffs of a state do as the number of periods with negotiations grows."""

    CONVERGED = "the payoffs have settled"
    CYCLES = "the payoffs repeat themselves"
    UNSETTLED = "the payoffs still move"
    NONE = "no equilibrium in pure actions"


@final
@dataclass(frozen=True, eq=False)
class BackwardNegotiation:
    """Payoffs when negotiations may still take place in a number of periods.

    Parameters
    ----------
    game : StochasticGame
        The game.
    rho : float
        Probability of a new negotiation in every period.
    beta : array, shape (n,)
        Bargaining weights.
    joint_payoffs : array, shape (T, S)
        Entry t - 1 holds the joint payoffs U with t periods to go, t = 1 with no more negotiation; nan where no
        equilibrium in pure actions exists.
    punishment_payoffs : array, shape (T, S, n)
        The lowest payoffs v_i, likewise.
    negotiated : array, shape (T, S, n)
        The payoffs r_i that a negotiation divides, likewise.
    courses : tuple of Course, one a state
        What the payoffs do in the last periods.
    cycle_lengths : array of int, shape (S,)
        1 where the payoffs have settled, 2 and more where they repeat themselves, 0 otherwise.
    changes : array, shape (S,)
        The largest change over one cycle, or over the last period where there is none, in the unit of the payoffs.
    status : Status
        `Status.EXACT` if every incentive is clear of rounding or was decided in fractions.
    """

    game: StochasticGame
    rho: float
    beta: Floats
    joint_payoffs: Floats
    punishment_payoffs: Floats
    negotiated: Floats
    courses: tuple[Course, ...]
    cycle_lengths: NDArray[np.int64]
    changes: Floats
    status: Status

    def __str__(self) -> str:
        lines = []
        for state, course in enumerate(self.courses):
            text = course.value
            if course is Course.CYCLES:
                text += f" every {self.cycle_lengths[state]} periods"
            payoffs = ", ".join(f"{payoff:.6g}" for payoff in self.negotiated[-1, state])
            lines.append(f"{self.game.states[state]}: negotiated payoffs {payoffs}; {text}")
        return "\n".join(lines)


def backward_negotiation(
    game: StochasticGame,
    rho: float | Fraction,
    beta: ArrayLike | None = None,
    *,
    periods: int = 500,
    after: After = "transfers",
) -> BackwardNegotiation:
    """Solve repeated negotiation backwards from the last period in which a negotiation may take place.

    Parameters
    ----------
    game : StochasticGame
        The game, with a common discount factor.
    rho : float or Fraction
        Probability from 0 to 1 of a new negotiation in every period.
    beta : array_like, shape (n,), optional
        Bargaining weights, at least 0, that add up to 1; equal ones when left out.
    periods : int, default 500
        Number T of periods: with T = 1 there is no more negotiation but the one at the start.
    after : {"transfers", "frozen"}, default "transfers"
        What follows the last period: the best equilibrium with transfers and without negotiation, or play in a
        state that no longer moves, with negotiations going on.

    Returns
    -------
    BackwardNegotiation
        With the payoffs of all periods, and for every state whether they have settled, repeat themselves or move.
        That they have settled does not make the limit an equilibrium: `repeated_negotiation` tests it.

    Raises
    ------
    ArgumentError
        If the players discount differently, or an argument lies outside its range.

    Notes
    -----
    The T-RNE of [GolKra22]_. With t + 1 periods to go a profile a works iff
    (1 - delta) G + delta E[U_t] >= sum over i of max over a_i' of (1 - delta) g_i + delta E[(1 - rho) v_t,i + rho
    r_t,i]; U is the largest left side and v_i the lowest best-deviation value of the profiles that work, and
    r_i = v_i + beta_i (U - v_1 - ... - v_n).

    If rounding could decide an incentive in any period, all periods are computed in fractions, should the game be
    small enough.

    References
    ----------
    .. [GolKra22] S. Goldluecke, S. Kranz (2022), Reconciling relational contracting and hold-up: a model of
       repeated negotiations, Journal of the European Economic Association.
    """
    check_class("game", OWNER, game, StochasticGame)
    check_between("rho", OWNER, float(rho), 0, 1)
    count = check_count("periods", OWNER, periods, most=MAX_PERIODS)
    check_known("after", OWNER, after, ("transfers", "frozen"))
    chance, weights = exact_number("rho", OWNER, rho), bargaining_weights(OWNER, game, beta)
    recorded = count * game.num_states * (1 + 2 * game.num_players)
    if recorded > MAX_RECORDED:
        raise refusal("periods", OWNER, f"leave at most {MAX_RECORDED:,} payoffs to record", f"{recorded:,}")
    rows = profile_rows(game)
    floats = FloatSteps(rows, chance, weights)
    first = first_stage(rows, chance, weights, after)
    stages, close = _run(floats, first.in_floats(), count)
    status = Status.EXACT
    if close and fits(rows) and count * len(rows.moves.targets) <= MAX_EXACT_WORK:
        stages, _ = _run(ExactSteps(rows, chance, weights), first, count)
    elif close:
        status = Status.WITHIN_ROUNDING
    return _report(rows, chance, weights, stages, status)


def _run(steps: FloatSteps | ExactSteps, stage: Stage, periods: int) -> tuple[list[Stage], bool]:
    """Step back `periods` - 1 times; also say whether rounding could have decided an incentive."""
    stages = [stage]
    for _ in range(periods - 1):
        stages.append(steps.back(stages[-1]))
    return stages, any(stage.close for stage in stages)


def _report(
    rows: ProfileRows, rho: Fraction, weights: tuple[Fraction, ...], stages: list[Stage], status: Status
) -> BackwardNegotiation:
    shift = np.array([float(each) for each in rows.shift])
    exists = np.array([stage.exists for stage in stages])
    joint = np.array([stage.joint for stage in stages], dtype=np.float64) + shift.sum()
    punishments = np.array([stage.punishments for stage in stages], dtype=np.float64).swapaxes(1, 2) + shift
    joint[~exists] = punishments[~exists] = np.nan
    beta = np.array([float(weight) for weight in weights])
    negotiated = punishments + (joint - punishments.sum(axis=2))[..., None] * beta
    recorded = np.concatenate([joint[..., None], punishments, negotiated], axis=2)
    found = [_course(recorded[:, state], rows.scale) for state in range(rows.game.num_states)]
    return BackwardNegotiation(
        rows.game,
        float(rho),
        read_only(beta),
        read_only(joint),
        read_only(punishments),
        read_only(negotiated),
        tuple(course for course, _, _ in found),
        read_only(np.array([length for _, length, _ in found], dtype=np.int64)),
        read_only(np.array([change for _, _, change in found])),
        status,
    )


def _course(recorded: Floats, scale: float) -> tuple[Course, int, float]:
    """Say what payoffs, shape (T, k), do at the end: their course, the length of the cycle and the change."""
    if np.isnan(recorded[-1]).any():
        return Course.NONE, 0, math.nan
    periods = len(recorded)
    for length in range(1, min(MAX_CYCLE, periods - WINDOW) + 1):
        window = max(WINDOW, length)
        if window + length > periods:
            break
        change = float(np.abs(recorded[-window:] - recorded[-window - length : -length]).max())
        if change <= SETTLED * scale:
            return (Course.CONVERGED if length == 1 else Course.CYCLES), length, change
    last = float(np.abs(recorded[-1] - recorded[-2]).max()) if periods > 1 else math.nan
    return Course.UNSETTLED, 0, last
