"""One step back in repeated negotiation, in floating point and in fractions."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.elimination import fill_temptations
from negotiation.games import StageGame
from negotiation.solvers.exact_elimination import ExactRows, fits, settle
from negotiation.solvers.policy_elimination import PATIENT, TOLERANCE
from negotiation.solvers.profile_rows import ProfileRows
from negotiation.solvers.transfers import transfer_schedule
from negotiation.solvers.truncated import common_delta, exact_base, solve_truncated

After = Literal["transfers", "frozen"]
Weights = tuple[Fraction, ...]


@final
@dataclass(frozen=True, eq=False)
class Stage:
    """Payoffs with a given number of periods to go.

    Parameters
    ----------
    joint : array, shape (S,)
        Joint payoffs U, floats or fractions.
    punishments : array, shape (n, S)
        Lowest payoffs v_i, likewise.
    exists : array of bool, shape (S,)
        States with an equilibrium in pure actions; elsewhere payoffs are 0.
    close : bool
        Whether rounding could have decided an incentive.
    """

    joint: NDArray[np.float64] | NDArray[np.object_]
    punishments: NDArray[np.float64] | NDArray[np.object_]
    exists: NDArray[np.bool_]
    close: bool

    def in_floats(self) -> "Stage":
        """Return the stage with its payoffs as floats."""
        return Stage(self.joint.astype(np.float64), self.punishments.astype(np.float64), self.exists, self.close)


def first_stage(rows: ProfileRows, rho: Fraction, weights: Weights, after: After) -> Stage:
    """Return the stage with one period to go, in fractions if the game is small enough."""
    if after == "frozen":
        return _frozen(rows, rho, weights)
    game = rows.game
    nothing = np.zeros((game.num_states, game.num_players), dtype=object)
    solved = solve_truncated(rows, Fraction(0), nothing)
    exists = solved.found.target >= 0
    if not fits(rows):
        return Stage(solved.found.joint, solved.found.punishments, exists, bool(solved.found.close.any()))
    exact = ExactRows(rows, exact_base(rows, Fraction(0), nothing), common_delta(game))
    settled = solved.settled or settle(exact, solved.found)
    joint, punishments = (np.array(each, dtype=object) for each in (settled.joint, settled.punishments))
    return Stage(joint, punishments, settled.target >= 0, False)


def _frozen(rows: ProfileRows, rho: Fraction, weights: Weights) -> Stage:
    """Return the payoffs if no state moves any more and negotiations go on.

    Notes
    -----
    A negotiation then divides the same surplus again and again. The punishment payoffs are w v + (1 - w) r with
    w = (1 - delta) / (1 - delta (1 - rho)), where v, r and the joint payoff are those of the repeated game with
    discount factor delta (1 - rho).
    """
    delta = common_delta(rows.game)
    own = (1 - delta) / (1 - delta * (1 - rho))
    count, num_states = rows.game.num_players, rows.game.num_states
    joint = np.full(num_states, Fraction(0), dtype=object)
    punishments = np.full((count, num_states), Fraction(0), dtype=object)
    exists = np.zeros(num_states, dtype=np.bool_)
    for state, stage in enumerate(rows.game.stages):
        plan = _best_plan(stage, delta * (1 - rho))
        if plan is not None:
            exists[state] = True
            joint[state] = plan[0] - sum(rows.shift)
            surplus = plan[0] - sum(plan[1])
            for i, lowest in enumerate(plan[1]):
                punishments[i, state] = lowest + (1 - own) * weights[i] * surplus - rows.shift[i]
    return Stage(joint, punishments, exists, False)


def _best_plan(stage: StageGame, delta: Fraction) -> tuple[Fraction, Weights] | None:
    schedule = transfer_schedule(stage)
    plan = schedule.at(delta) if delta else next((plan for plan in schedule.plans if plan.low == 0), None)
    return None if plan is None else (plan.joint_payoff, plan.punishment_payoffs)


@final
class FloatSteps:
    """Steps back in floating point.

    Parameters
    ----------
    rows : ProfileRows
        The action profiles.
    rho : Fraction
        Probability of a new negotiation.
    weights : tuple of Fraction
        Bargaining weights.
    """

    def __init__(self, rows: ProfileRows, rho: Fraction, weights: Weights) -> None:
        self.rows, self.rho = rows, float(rho)
        self.weights = np.array([float(weight) for weight in weights])[:, None]
        self.delta = rows.game.delta
        self.base = (1 - self.delta) * rows.payoffs
        self.rounding = max(TOLERANCE, PATIENT / (1 - self.delta)) * rows.scale

    def back(self, stage: Stage) -> Stage:
        """Return the stage with one period more to go."""
        rows, delta, first = self.rows, self.delta, self.rows.moves.offsets[:-1]
        joint, punishments = stage.joint.astype(np.float64), stage.punishments.astype(np.float64)
        surplus = np.maximum(joint - punishments.sum(axis=0), 0)
        continued = punishments + self.rho * self.weights * surplus
        exists = leads_on(rows, stage.exists)
        playing = np.where(exists, first, -1)
        gains = np.empty_like(self.base)
        for player, values in enumerate(continued):
            fill_temptations(
                rows.moves, delta, self.base[player], rows.groups[player], values, playing, gains[player]
            )
        shared = delta * (1 - self.rho) * rows.expected(surplus)
        slack = shared - np.maximum(gains, 0).sum(axis=0)
        worst = shared - np.maximum(gains + self.rounding, 0).sum(axis=0)
        works = exists[rows.owners] & (slack >= -self.rounding)
        exists &= np.logical_or.reduceat(works, first)
        values = self.base.sum(axis=0) + delta * rows.expected(joint)
        best = self.base + delta * rows.expected(continued) + np.maximum(gains, 0)
        highest = np.maximum.reduceat(np.where(works, values, -np.inf), first)
        lowest = np.minimum.reduceat(np.where(works, best, np.inf), first, axis=1)
        return Stage(
            np.where(exists, highest, 0.0),
            np.where(exists, lowest, 0.0),
            exists,
            bool((works & (worst < 0)).any()),
        )


def leads_on(rows: ProfileRows, exists: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the states from which every profile leads only to states with an equilibrium, shape (S,)."""
    lost = np.logical_or.reduceat(~exists[rows.moves.targets], rows.moves.starts[:-1])
    kept: NDArray[np.bool_] = ~np.logical_or.reduceat(lost, rows.moves.offsets[:-1])
    return kept


@final
class ExactSteps:
    """Steps back in fractions, with parameters as in `FloatSteps`."""

    def __init__(self, rows: ProfileRows, rho: Fraction, weights: Weights) -> None:
        delta = common_delta(rows.game)
        nothing = np.zeros((rows.game.num_states, rows.game.num_players), dtype=object)
        self.rows, self.rho, self.weights = rows, rho, weights
        self.exact = ExactRows(rows, exact_base(rows, Fraction(0), nothing), delta)

    def back(self, stage: Stage) -> Stage:
        """Return the stage with one period more to go."""
        rows, exact = self.rows, self.exact
        surplus = stage.joint - stage.punishments.sum(axis=0)
        continued = [
            (own + self.rho * weight * surplus).tolist()
            for own, weight in zip(stage.punishments, self.weights, strict=True)
        ]
        following, exists = stage.joint.tolist(), leads_on(rows, stage.exists)
        best = [exact.best_deviations(player, values) for player, values in enumerate(continued)]
        joint = np.full(len(exists), Fraction(0), dtype=object)
        punishments = np.full((len(best), len(exists)), Fraction(0), dtype=object)
        for state in np.flatnonzero(exists).tolist():
            among = range(rows.moves.offsets[state], rows.moves.offsets[state + 1])
            values = {row: exact.value(exact.joint_base, following, row) for row in among}
            works = [row for row in among if values[row] >= sum(each[row] for each in best)]
            exists[state] = bool(works)
            if works:
                joint[state] = max(values[row] for row in works)
                punishments[:, state] = [min(each[row] for row in works) for each in best]
        return Stage(joint, punishments, exists, False)
