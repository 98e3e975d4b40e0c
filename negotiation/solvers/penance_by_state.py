"""Penance in stochastic games without transfers: what answers a deviation depends on the state alone.

A policy is played for ever. A unilateral deviation of player i, wherever it happens, starts the penance of player
i: another policy, from which play returns to the first one with a fixed chance at the start of every period.
Deviations of both at once go unanswered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.games import StochasticGame
from negotiation.solvers.exact_elimination import ExactRows
from negotiation.solvers.plan_values import FloatValues, Ints
from negotiation.solvers.profile_rows import ProfileRows
from negotiation.solvers.truncated import common_delta

CHANCES = tuple(Fraction(k, 4) for k in (4, 3, 2, 1, 0))
"""Chances to return that are tried: after one period, after some on average, never."""
MAX_KEPT = 400
"""Penances of a player that are paired with those of the other, the harshest first."""
MAX_CONFIRMED = 50
"""Pairs that are looked at in fractions."""
MARGIN = 1e-9
"""How much a condition may fail in floats, on payoffs between 0 and 1, before it is not looked at in fractions."""

Profile = tuple[int, ...]


@final
@dataclass(frozen=True, eq=False)
class StatePenance:
    """Strategies that play a policy for ever and answer deviations by penance.

    Parameters
    ----------
    game : StochasticGame
        The game.
    targets : tuple of profiles, one a state
        What is played until somebody deviates.
    penances : tuple of two tuples of profiles, one a state
        What is played after a deviation of player 0, of player 1.
    chances : tuple of two Fraction
        The chance that the penance of each player ends, drawn in public at the start of every later period.
    values : array of Fraction, shape (3, S, 2)
        Average payoffs on the path, in the penance of player 0 and in that of player 1.
    """

    game: StochasticGame
    targets: tuple[Profile, ...]
    penances: tuple[tuple[Profile, ...], tuple[Profile, ...]]
    chances: tuple[Fraction, Fraction]
    values: NDArray[np.object_]

    def __str__(self) -> str:
        lines = []
        for state, name in enumerate(self.game.states):
            words = [self._name(state, policy[state]) for policy in (self.targets, *self.penances)]
            after = [
                f"{word} after a deviation of {player}"
                for player, word in zip(self.game.players, words[1:], strict=True)
                if word != words[0]
            ]
            lines.append("; ".join([f"{name}: {words[0]}", *after]))
        ends = [f"{chance} for {player}" for player, chance in zip(self.game.players, self.chances, strict=True)]
        return "\n".join([*lines, f"chance that penance ends in a period: {', '.join(ends)}"])

    def _name(self, state: int, profile: Profile) -> str:
        names = (self.game.actions[state][i][a] for i, a in enumerate(profile))
        return f"({', '.join(names)})"


@final
@dataclass(frozen=True, eq=False)
class Candidates:
    """Penances of a player that may do, in floats, the harshest first.

    Parameters
    ----------
    policies : array of int, shape (k, S)
        Rows.
    chances : array of int, shape (k,)
        Numbers in `CHANCES`.
    payoffs : array, shape (2, k, S)
        What both players get.
    left : array, shape (k, rows)
        What the player gets by the best other action at every row, if his penance follows.
    """

    policies: Ints
    chances: Ints
    payoffs: NDArray[np.float64]
    left: NDArray[np.float64]


def find_penance(
    rows: ProfileRows, targets: Ints, states: NDArray[np.bool_], max_policies: int
) -> tuple[StatePenance | None, bool]:
    """Look for penances that make a policy an equilibrium without dominated payoffs in some states.

    Parameters
    ----------
    rows : ProfileRows
        The action profiles.
    targets : array of int, shape (S,)
        The row of each state.
    states : array of bool, shape (S,)
        States that play can reach.
    max_policies : int
        If there are more policies, only the target itself is tried as penance.

    Returns
    -------
    tuple of (StatePenance or None, bool)
        The first one that is confirmed in fractions, and whether all were tried.
    """
    policies, complete = _policies(rows, targets, states, max_policies)
    numbers = FloatValues(rows)
    path = np.stack([_values(numbers, i, targets[None], 0.0, np.zeros(len(targets)))[0] for i in range(2)])
    kept = []
    for player in range(2):
        candidates, all_kept = _candidates(numbers, player, path, targets, states, policies)
        complete &= all_kept
        kept.append(candidates)
    for tried, (first, second) in enumerate(_pairs(numbers, kept[0], kept[1], states)):
        if tried == MAX_CONFIRMED:
            return None, False
        chances = (CHANCES[kept[0].chances[first]], CHANCES[kept[1].chances[second]])
        pair = np.stack([kept[0].policies[first], kept[1].policies[second]])
        found = confirm(rows, targets, pair, chances, states)
        if found is not None:
            return found, True
    return None, complete


def confirm(
    rows: ProfileRows,
    targets: Ints,
    penances: Ints,
    chances: tuple[Fraction, Fraction],
    states: NDArray[np.bool_],
) -> StatePenance | None:
    """Return the strategies if nobody gains by a deviation and no payoffs dominate others, in fractions."""
    delta = common_delta(rows.game)
    exact = ExactRows(rows, rows.exact_rewards, delta)
    values = [[exact.evaluate(base, targets) for base in exact.base]]
    for policy, chance in zip(penances, chances, strict=True):
        returning = [[delta * chance * one for one in path] for path in values[0]]
        rewards = [
            [base[row] + sum(p * one[t] for t, p in rows.exact_moves[row]) for row in range(rows.num_rows)]
            for base, one in zip(exact.base, returning, strict=True)
        ]
        staying = ExactRows(rows, rewards, delta * (1 - chance))
        values.append([staying.evaluate(base, policy) for base in staying.base])
    for state in np.flatnonzero(states).tolist():
        played = [int(policy[state]) for policy in (targets, *penances)]
        payoffs = [(one[0][state], one[1][state]) for one in values]
        if any(p[0] > q[0] and p[1] > q[1] for p, q in product(payoffs, repeat=2)):
            return None
        for (row, own), player in product(zip(played, payoffs, strict=True), range(2)):
            group = rows.members[player][int(rows.groups[player][row])]
            feared = values[1 + player][player]
            if any(
                exact.value(exact.base[player], feared, other) > own[player] for other in group if other != row
            ):
                return None
    return _worded(rows, targets, penances, chances, values)


def _worded(
    rows: ProfileRows,
    targets: Ints,
    penances: Ints,
    chances: tuple[Fraction, Fraction],
    values: Sequence[Sequence[Sequence[Fraction]]],
) -> StatePenance:
    def profiles(policy: Ints) -> tuple[Profile, ...]:
        return tuple(profile for row in policy if (profile := rows.profile(row)) is not None)

    table = np.array(values, dtype=object).swapaxes(1, 2) + np.array(rows.shift, dtype=object)
    table.setflags(write=False)
    return StatePenance(
        rows.game, profiles(targets), (profiles(penances[0]), profiles(penances[1])), chances, table
    )


def _policies(rows: ProfileRows, targets: Ints, states: NDArray[np.bool_], max_policies: int) -> tuple[Ints, bool]:
    """List all policies in some states, the targets elsewhere; the targets alone if they are too many."""
    offsets, count = rows.moves.offsets.tolist(), 1
    choices = [range(offsets[s], offsets[s + 1]) if states[s] else [row] for s, row in enumerate(targets.tolist())]
    for choice in choices:
        count *= len(choice)
    if count > max_policies:
        return targets[None], False
    return np.array(list(product(*choices)), dtype=np.int64), True


def _values(
    numbers: FloatValues, player: int, policies: Ints, chance: float, path: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what policies are worth that end with a chance, after which `path` follows, shape (k, S)."""
    rows, kappa = numbers.rows, numbers.kappa
    dense = np.zeros((rows.num_rows, len(path)))
    entries = np.repeat(np.arange(rows.num_rows), np.diff(rows.moves.starts))
    dense[entries, rows.moves.targets] = rows.moves.weights
    base = numbers.base[player] + kappa * chance * (dense @ path)
    matrices = np.eye(len(path)) - kappa * (1 - chance) * dense[policies]
    solved: NDArray[np.float64] = np.linalg.solve(matrices, base[policies][..., None])[..., 0]
    return solved


def _candidates(
    numbers: FloatValues,
    player: int,
    path: NDArray[np.float64],
    targets: Ints,
    states: NDArray[np.bool_],
    policies: Ints,
) -> tuple[Candidates, bool]:
    """Keep the penances that hold a player to the path and to themselves, and are not ranked with the path."""
    margin, found = MARGIN * numbers.rows.scale, []
    for number, chance in enumerate(CHANCES):
        payoffs = np.stack([_values(numbers, i, policies, float(chance), path[i]) for i in range(2)])
        ahead, behind = payoffs - path[:, None] > margin, path[:, None] - payoffs > margin
        ranked = (np.logical_and.reduce(ahead) | np.logical_and.reduce(behind)) & states
        for k in np.flatnonzero(~ranked.any(axis=1)):
            own = payoffs[player, k]
            left = numbers.temptations(player, own) + numbers.base[player] + numbers.later(own)
            held = (left[targets] <= path[player] + margin) & (left[policies[k]] <= own + margin)
            if held[states].all():
                found.append((float(own[states].sum()), number, k, payoffs[:, k], left))
    found.sort(key=lambda one: one[:3])
    chosen = found[:MAX_KEPT]
    size = len(targets)
    return Candidates(
        policies[[one[2] for one in chosen]].reshape(-1, size),
        np.array([one[1] for one in chosen], dtype=np.int64),
        np.array([one[3] for one in chosen]).reshape(-1, 2, size).swapaxes(0, 1),
        np.array([one[4] for one in chosen]).reshape(-1, numbers.rows.num_rows),
    ), len(found) <= MAX_KEPT


def _pairs(
    numbers: FloatValues, first: Candidates, second: Candidates, states: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    """Pair penances so that the rival who punishes has no reason to deviate, and neither dominates the other."""
    margin = MARGIN * numbers.rows.scale
    for k, policy in enumerate(first.policies):
        fits = (second.left[:, policy] <= first.payoffs[1, k] + margin)[:, states].all(axis=1)
        back = first.left[k][second.policies] <= second.payoffs[0] + margin
        fits &= back[:, states].all(axis=1)
        ahead = second.payoffs - first.payoffs[:, k, None]
        ranked = (np.logical_and.reduce(ahead > margin) | np.logical_and.reduce(ahead < -margin)) & states
        for other in np.flatnonzero(fits & ~ranked.any(axis=1)).tolist():
            yield k, other
