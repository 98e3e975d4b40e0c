"""Values of plans with transfers in a two-player stochastic game, in floats or in fractions, by rows."""

from typing import Any, Protocol, final

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.elimination import (
    ALL_SWEEPS,
    best_deviations,
    best_joint,
    choose_rows,
    evaluate,
    fill_temptations,
    worst_punishment,
)
from negotiation.solvers import exact_elimination
from negotiation.solvers.exact_elimination import ExactRows
from negotiation.solvers.policy_elimination import PATIENT, SMALLEST_GAIN, TOLERANCE
from negotiation.solvers.profile_rows import ProfileRows
from negotiation.solvers.truncated import common_delta

Numbers = NDArray[Any]
"""Floats, or objects that are `Fraction`."""
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class PlanValues(Protocol):
    """What policies are worth; states without a row, -1, are worth 0.

    Attributes
    ----------
    rows : ProfileRows
        The action profiles.
    rounding : float or int
        Differences up to this one may be rounding; 0 in fractions.
    base : array, shape (2, rows)
        What a row yields beside continuations.
    """

    rows: ProfileRows
    rounding: float | int
    base: Numbers

    def later(self, values: Numbers) -> Numbers:
        """Return what the next state is worth at every row, discounted, of values of the states."""

    def joint(self, policy: Ints) -> Numbers:
        """Return the joint value of a policy, shape (S,)."""

    def best_joint(self, allowed: Flags, policy: Ints) -> tuple[Numbers, Ints]:
        """Maximise the joint value over the rows allowed, from a policy among them: values, policy."""

    def lowest(self, player: int, allowed: Flags, policy: Ints) -> Numbers:
        """Minimise over the rows allowed what a player can earn, from a policy among them."""

    def best(self, player: int, values: Numbers) -> Numbers:
        """Return the value of the best own deviation at every row, if `values` follow."""

    def repeated(self, player: int, values: Numbers) -> Numbers:
        """Return the value of the best own deviation if it is repeated until the state is left for `values`."""

    def temptations(self, player: int, values: Numbers) -> Numbers:
        """Return the gain by the best own deviation at every row; where it is none, any number up to 0."""


@final
class FloatValues:
    """Values in floats."""

    def __init__(self, rows: ProfileRows) -> None:
        delta = float(common_delta(rows.game))
        self.rows, self.kappa = rows, delta
        self.base = (1 - delta) * rows.payoffs
        self.rounding: float | int = max(TOLERANCE, PATIENT / (1 - delta)) * rows.scale
        self._gain = SMALLEST_GAIN * rows.scale
        self._all = np.zeros(rows.game.num_states, dtype=np.int64)

    def later(self, values: Numbers) -> Numbers:
        """Return what follows every row, discounted."""
        return self.kappa * self.rows.expected(values)

    def joint(self, policy: Ints) -> Numbers:
        """Return the joint value of a policy."""
        values = np.zeros(len(policy))
        evaluate(self.rows.moves, self.kappa, self.base.sum(axis=0), policy, values, ALL_SWEEPS)
        return values

    def best_joint(self, allowed: Flags, policy: Ints) -> tuple[Numbers, Ints]:
        """Return the largest joint value and a policy that gives it."""
        chosen, values = policy.copy(), np.zeros(len(policy))
        best_joint(self.rows.moves, self.kappa, self.base.sum(axis=0), allowed, self._gain, chosen, values)
        return values, chosen

    def lowest(self, player: int, allowed: Flags, policy: Ints) -> Numbers:
        """Return the least value to which a player can be held."""
        chosen, replies, values = policy.copy(), policy.copy(), np.zeros(len(policy))
        game = self.rows.moves, self.kappa, self.base[player], self.rows.groups[player]
        choose_rows(*game, allowed, values, chosen)
        worst_punishment(*game, allowed, self._gain, chosen, replies, values)
        return values

    def best(self, player: int, values: Numbers) -> Numbers:
        """Return the value of the best own deviation at every row."""
        payoffs, best = np.empty(self.rows.num_rows), np.empty(self.rows.num_rows)
        groups = self.rows.groups[player]
        best_deviations(self.rows.moves, self.kappa, self.base[player], groups, values, self._all, payoffs, best)
        highest: Numbers = best[groups]
        return highest

    def repeated(self, player: int, values: Numbers) -> Numbers:
        """Return the value of the best own deviation, repeated until the state is left."""
        chance = _chance_to_stay(self.rows, self.rows.moves.weights)
        return _repeated(self, player, values, self.kappa * chance)

    def temptations(self, player: int, values: Numbers) -> Numbers:
        """Return the gain by the best own deviation at every row."""
        filled = np.empty(self.rows.num_rows)
        groups = self.rows.groups[player]
        fill_temptations(self.rows.moves, self.kappa, self.base[player], groups, values, self._all, filled)
        return filled


@final
class ExactValues:
    """Values in fractions."""

    def __init__(self, rows: ProfileRows) -> None:
        self.rows = rows
        self.rounding: float | int = 0
        self.base = np.array(rows.exact_rewards, dtype=object)
        self._exact = ExactRows(rows, rows.exact_rewards, common_delta(rows.game))

    def later(self, values: Numbers) -> Numbers:
        """Return what follows every row, discounted."""
        moves, listed = self.rows.exact_moves, values.tolist()
        kappa = self._exact.kappa
        return np.array([kappa * exact_elimination.expected(move, listed) for move in moves], dtype=object)

    def joint(self, policy: Ints) -> Numbers:
        """Return the joint value of a policy."""
        return np.array(self._exact.evaluate(self._exact.joint_base, policy), dtype=object)

    def best_joint(self, allowed: Flags, policy: Ints) -> tuple[Numbers, Ints]:
        """Return the largest joint value and a policy that gives it."""
        chosen = policy.copy()
        values = exact_elimination.largest_value(self._exact, self._exact.joint_base, allowed, chosen)
        return np.array(values, dtype=object), chosen

    def lowest(self, player: int, allowed: Flags, policy: Ints) -> Numbers:
        """Return the least value to which a player can be held."""
        chosen, replies = policy.copy(), policy.copy()
        found = exact_elimination.worst_punishment(self._exact, player, allowed, chosen, replies)
        return np.array(found, dtype=object)

    def best(self, player: int, values: Numbers) -> Numbers:
        """Return the value of the best own deviation at every row."""
        return np.array(self._exact.best_deviations(player, values.tolist()), dtype=object)

    def repeated(self, player: int, values: Numbers) -> Numbers:
        """Return the value of the best own deviation, repeated until the state is left."""
        chance = _chance_to_stay(self.rows, np.array(self.rows.game.transitions.exact_weights, dtype=object))
        return _repeated(self, player, values, self._exact.kappa * chance)

    def temptations(self, player: int, values: Numbers) -> Numbers:
        """Return the gain by the best own deviation at every row."""
        gains: Numbers = self.best(player, values) - self.base[player] - self.later(values)
        return gains


def _chance_to_stay(rows: ProfileRows, weights: Numbers) -> Numbers:
    owners = np.repeat(rows.owners, np.diff(rows.moves.starts))
    chances: Numbers = np.add.reduceat(
        np.where(rows.moves.targets == owners, weights, 0 * weights), rows.moves.starts[:-1]
    )
    return chances


def _repeated(numbers: PlanValues, player: int, values: Numbers, staying: Numbers) -> Numbers:
    rows = numbers.rows
    once = numbers.base[player] + numbers.later(values) - staying * values[rows.owners]
    payoffs = once / (1 - staying)
    best = payoffs.copy()
    np.maximum.at(best, rows.groups[player], payoffs)
    highest: Numbers = best[rows.groups[player]]
    return highest


def first_rows(rows: ProfileRows, allowed: Flags) -> Ints:
    """Return the first row allowed of every state, -1 where there is none."""
    offsets = rows.moves.offsets
    numbers = np.where(allowed, np.arange(rows.num_rows), rows.num_rows)
    first = np.minimum.reduceat(numbers, offsets[:-1])
    return np.where(first < rows.num_rows, first, -1)


def any_by_state(rows: ProfileRows, flags: Flags) -> Flags:
    """Return whether any row of a state is flagged, shape (..., S)."""
    found: Flags = np.logical_or.reduceat(flags, rows.moves.offsets[:-1], axis=-1)
    return found


def closed(rows: ProfileRows, states: Flags) -> Flags:
    """Return the states from which nothing that can be played leads out of `states`."""
    moves = rows.moves
    while True:
        leaving = np.logical_or.reduceat(~states[moves.targets], moves.starts[:-1])
        kept = states & ~any_by_state(rows, leaving)
        if (kept == states).all():
            return kept
        states = kept


def following(rows: ProfileRows, start: int, played: Flags) -> Flags:
    """Return the states that can be reached from a state, itself included, by the rows flagged."""
    moves, found = rows.moves, np.zeros(rows.game.num_states, dtype=np.bool_)
    entries = np.repeat(np.arange(rows.num_rows), np.diff(moves.starts))
    found[start] = True
    while True:
        reached = found.copy()
        reached[moves.targets[(played & found[rows.owners])[entries]]] = True
        if (reached == found).all():
            return found
        found = reached
