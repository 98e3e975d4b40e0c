"""Policy elimination in fractions, for incentives that rounding leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.solvers.exact import solve
from negotiation.solvers.policy_elimination import Elimination
from negotiation.solvers.profile_rows import ProfileRows

MAX_STATES = 40
"""Largest number of states whose linear systems are solved in fractions."""
MAX_ENTRIES = 20_000
"""Largest number of probabilities that are gone through in fractions."""

Values = list[Fraction]


@final
@dataclass(frozen=True, eq=False)
class ExactElimination:
    """What is left after elimination, as in `Elimination`, with values in fractions.

    Parameters
    ----------
    joint : list of Fraction, one a state
        Joint values U.
    punishments : list of lists of Fraction, a list a player
        Lowest values v_i.
    works : array of bool, shape (rows,)
        Rows that can be sustained.
    target : array of int, shape (S,)
        The row played on the path of play.
    punishing, replies : arrays of int, shape (n, S)
        The row that punishes each player, and the player's best reply to it.
    rounds : int
        How often the rows were gone through.
    """

    joint: Values
    punishments: list[Values]
    works: NDArray[np.bool_]
    target: NDArray[np.int64]
    punishing: NDArray[np.int64]
    replies: NDArray[np.int64]
    rounds: int


def fits(rows: ProfileRows) -> bool:
    """Return whether a game is small enough for fractions."""
    entries = len(rows.moves.targets) * rows.game.num_players
    return rows.game.num_states <= MAX_STATES and entries <= MAX_ENTRIES


def expected(moves: Sequence[tuple[int, Fraction]], values: Values) -> Fraction:
    """Return the expected value of the next state."""
    (state, chance), *others = moves
    total = values[state] if chance == 1 else chance * values[state]
    for state, chance in others:
        total += chance * values[state]
    return total


@final
class ExactRows:
    """The rows of a game in fractions, with what they yield beside continuations.

    Parameters
    ----------
    rows : ProfileRows
        The action profiles.
    base : sequence of sequences of Fraction, shape (n, rows)
        What a row yields beside continuations.
    kappa : Fraction
        Weight of continuations.
    """

    def __init__(self, rows: ProfileRows, base: Sequence[Sequence[Fraction]], kappa: Fraction) -> None:
        self.rows, self.base, self.kappa = rows, base, kappa
        self.moves, self.members = rows.exact_moves, rows.members
        self.joint_base = [sum(column, start=Fraction(0)) for column in zip(*base, strict=True)]

    def value(self, base: Sequence[Fraction], values: Values, row: int) -> Fraction:
        """Return what a row is worth if `values` follow."""
        return base[row] + self.kappa * expected(self.moves[row], values)

    def evaluate(self, base: Sequence[Fraction], policy: NDArray[np.int64]) -> Values:
        """Return the value of a policy in every state, 0 in states without a row."""
        matrix, right = [], []
        for state, row in enumerate(policy.tolist()):
            line = [Fraction(int(other == state)) for other in range(len(policy))]
            if row >= 0:
                for other, p in self.moves[row]:
                    line[other] -= self.kappa * p
            yielded = base[row] if row >= 0 else Fraction(0)
            scale = lcm(yielded.denominator, *(entry.denominator for entry in line))
            matrix.append([int(entry * scale) for entry in line])
            right.append(int(yielded * scale))
        solved = solve(matrix, right)
        if solved is None:
            raise ArithmeticError("a discounted policy has a value")
        return [Fraction(numerator, solved[1]) for numerator in solved[0]]

    def best_deviations(self, player: int, values: Values) -> Values:
        """Return the player's value at every row by the best reply, if `values` follow."""
        best = [self.value(self.base[player], values, row) for row in range(self.rows.num_rows)]
        for members in self.members[player].values():
            highest = max(best[row] for row in members)
            for row in members:
                best[row] = highest
        return best


def settle(exact: ExactRows, start: Elimination) -> ExactElimination:
    """Finish in fractions an elimination that rounding left open.

    Parameters
    ----------
    exact : ExactRows
        The rows.
    start : Elimination
        Holds all rows that can be sustained, and first policies.
    """
    works = start.works.copy()
    target, punishing, replies = start.target.copy(), start.punishing.copy(), start.replies.copy()
    rounds = start.rounds
    while True:
        joint = largest_value(exact, exact.joint_base, works, target)
        punishments = [
            worst_punishment(exact, player, works, punishing[player], replies[player])
            for player in range(len(punishing))
        ]
        best = [exact.best_deviations(player, values) for player, values in enumerate(punishments)]
        failing = [
            row
            for row in np.flatnonzero(works).tolist()
            if exact.value(exact.joint_base, joint, row) < sum(each[row] for each in best)
        ]
        if not failing:
            return ExactElimination(joint, punishments, works, target, punishing, replies, rounds)
        rounds += 1
        works[failing] = False
        _void(exact, works, target, punishing, replies)


def in_floats(settled: ExactElimination) -> Elimination:
    """Round the values of an elimination to floats; no row is close to failing any more."""
    return Elimination(
        np.array(settled.joint, dtype=np.float64),
        np.array(settled.punishments, dtype=np.float64),
        settled.works,
        np.zeros_like(settled.works),
        settled.target,
        settled.punishing,
        settled.replies,
        settled.rounds,
    )


def _void(exact: ExactRows, works: NDArray[np.bool_], *policies: NDArray[np.int64]) -> None:
    """Give up empty states and those that lead there; elsewhere move policies to rows that work."""
    moves, owners = exact.rows.moves, exact.rows.owners
    while True:
        empty = ~np.logical_or.reduceat(works, moves.offsets[:-1])
        leads = np.logical_or.reduceat(empty[moves.targets], moves.starts[:-1])
        lost = ~empty & np.logical_or.reduceat(leads, moves.offsets[:-1])
        if not lost.any():
            break
        works &= ~lost[owners]
    first = np.array([int(np.argmax(works[low:high])) + low for low, high in pairwise(moves.offsets)])
    target, punishing, replies = policies
    for policy, reply in zip((target, *punishing), (target, *replies), strict=True):
        lost = ~works[policy]
        policy[lost] = first[lost]
        reply[lost] = first[lost]
        policy[empty] = reply[empty] = -1


def largest_value(
    exact: ExactRows, base: Sequence[Fraction], works: NDArray[np.bool_], target: NDArray[np.int64]
) -> Values:
    """Maximise the value over the rows that work, from a first policy that is written over."""
    offsets = exact.rows.moves.offsets
    while True:
        values, changed = exact.evaluate(base, target), False
        for state, best in enumerate(values):
            for row in range(offsets[state], offsets[state + 1]):
                if target[state] >= 0 and works[row]:
                    value = exact.value(base, values, row)
                    if value > best:
                        target[state], best, changed = row, value, True
        if not changed:
            return values


def worst_punishment(
    exact: ExactRows,
    player: int,
    works: NDArray[np.bool_],
    punishing: NDArray[np.int64],
    replies: NDArray[np.int64],
) -> Values:
    """Minimise over the rows that work what a player can earn, from first policies that are written over."""
    offsets, base = exact.rows.moves.offsets, exact.base[player]
    groups, members = exact.rows.groups[player].tolist(), exact.members[player]
    while True:
        values = _best_replies(exact, player, punishing, replies)
        changed = False
        for state, least in enumerate(values):
            if punishing[state] < 0:
                continue
            rows = range(offsets[state], offsets[state + 1])
            by_group = {groups[row]: row for row in rows if works[row]}
            for group, row in by_group.items():
                best = max(exact.value(base, values, other) for other in members[group])
                if best < least:
                    punishing[state], replies[state], least, changed = row, row, best, True
        if not changed:
            return values


def _best_replies(
    exact: ExactRows, player: int, punishing: NDArray[np.int64], replies: NDArray[np.int64]
) -> Values:
    base, groups, members = exact.base[player], exact.rows.groups[player], exact.members[player]
    while True:
        values, changed = exact.evaluate(base, replies), False
        for state, best in enumerate(values):
            if punishing[state] < 0:
                continue
            for row in members[int(groups[punishing[state]])]:
                value = exact.value(base, values, row)
                if value > best:
                    replies[state], best, changed = row, value, True
        if not changed:
            return values
