"""Policy elimination for stochastic games with transfers: values of policies, best policies, incentives.

Rows are action profiles, state after state. The next states of row k are ``targets[starts[k]:starts[k + 1]]`` and
their probabilities ``weights[...]``. ``groups[i, k]`` numbers the rows that differ in player i's action alone.
Continuations count ``kappa`` times; what else a row yields stands in ``base``.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Moves(NamedTuple):
    """Where every row leads.

    Attributes
    ----------
    offsets : array of int, shape (S + 1,)
        The rows of state s are ``offsets[s]`` to ``offsets[s + 1] - 1``.
    starts : array of int, shape (rows + 1,)
        The entries of row k are ``starts[k]`` to ``starts[k + 1] - 1``.
    targets, weights : arrays, shape (entries,)
        Next states and their probabilities.
    """

    offsets: Ints
    starts: Ints
    targets: Ints
    weights: Floats


MAX_STEPS = 10_000
"""Improvements of one policy; a handful is usual, and rounding cannot make them go round for ever."""


FEW_SWEEPS = 20
"""Sweeps after which a policy is looked at again while it still changes."""

ALL_SWEEPS = 2**62
"""No bound on sweeps but the one that rounding sets."""

ROUNDING = 1e-16
"""Relative change below which a sweep counts as the last."""


@njit(cache=True)
def expected(moves: Moves, values: Floats, row: int) -> float:
    """Return the expected value of the next state at one row."""
    total = 0.0
    for entry in range(moves.starts[row], moves.starts[row + 1]):
        total += moves.weights[entry] * values[moves.targets[entry]]
    return total


@njit(cache=True)
def evaluate(moves: Moves, kappa: float, base: Floats, policy: Ints, values: Floats, most: int) -> None:
    """Write the value of a policy over `values`, which hold a first guess.

    Parameters
    ----------
    base : array, shape (rows,)
        What each row yields beside continuations.
    policy : array of int, shape (S,)
        The row of each state; -1 where there is none.
    values : array, shape (S,)
        Written over.
    most : int
        Sweeps over the states after which the value may be left as it is; the value is exact up to rounding if
        `most` is `ALL_SWEEPS`.
    """
    size, entries = len(policy), 0
    for state in range(size):
        if policy[state] >= 0:
            entries += moves.starts[policy[state] + 1] - moves.starts[policy[state]]
    sweeps = 2 if kappa == 0.0 else 2 + math.ceil(-40.0 / math.log(kappa))
    if size * size * size // 3 <= sweeps * entries:
        _solve(moves, kappa, base, policy, values)
        return
    for _ in range(min(sweeps, most)):
        change = 0.0
        size_of = 0.0
        for state in range(size):
            if policy[state] < 0:
                continue
            own, others = 0.0, 0.0
            for entry in range(moves.starts[policy[state]], moves.starts[policy[state] + 1]):
                if moves.targets[entry] == state:
                    own += moves.weights[entry]
                else:
                    others += moves.weights[entry] * values[moves.targets[entry]]
            value = (base[policy[state]] + kappa * others) / (1.0 - kappa * own)
            change = max(change, abs(value - values[state]))
            size_of = max(size_of, abs(value))
            values[state] = value
        if change <= ROUNDING * size_of:
            return


@njit(cache=True)
def _solve(moves: Moves, kappa: float, base: Floats, policy: Ints, values: Floats) -> None:
    size = len(policy)
    matrix = np.eye(size)
    right = np.zeros(size)
    for state in range(size):
        row = policy[state]
        if row >= 0:
            right[state] = base[row]
            for entry in range(moves.starts[row], moves.starts[row + 1]):
                matrix[state, moves.targets[entry]] -= kappa * moves.weights[entry]
    values[:] = np.linalg.solve(matrix, right)


@njit(cache=True)
def best_joint(
    moves: Moves,
    kappa: float,
    base: Floats,
    works: Flags,
    threshold: float,
    policy: Ints,
    values: Floats,
) -> None:
    """Maximise the value over the rows that work, by policy iteration.

    Parameters
    ----------
    base : array, shape (rows,)
        What each row yields to all players together beside continuations.
    works : array of bool, shape (rows,)
        Rows that may be played.
    threshold : float
        Smallest gain for which a policy is changed.
    policy : array of int, shape (S,)
        A first policy among the rows that work, -1 where there is none; written over.
    values : array, shape (S,)
        Written over.
    """
    most = FEW_SWEEPS
    for _ in range(MAX_STEPS):
        evaluate(moves, kappa, base, policy, values, most)
        changed = False
        for state in range(len(policy)):
            if policy[state] < 0:
                continue
            best = values[state] + threshold
            for row in range(moves.offsets[state], moves.offsets[state + 1]):
                if works[row]:
                    value = base[row] + kappa * expected(moves, values, row)
                    if value > best:
                        best, changed = value, changed or row != policy[state]
                        policy[state] = row
        if not changed and most == ALL_SWEEPS:
            return
        most = FEW_SWEEPS if changed else ALL_SWEEPS


@njit(cache=True)
def worst_punishment(
    moves: Moves,
    kappa: float,
    base: Floats,
    groups: Ints,
    works: Flags,
    threshold: float,
    punishment: Ints,
    replies: Ints,
    values: Floats,
) -> None:
    """Minimise over rows that work what one player can earn by own deviations.

    Parameters
    ----------
    base : array, shape (rows,)
        What each row yields to the player beside continuations.
    groups : array of int, shape (rows,)
        Rows that differ in the player's own action alone share a number.
    works, threshold
        As in `best_joint`.
    punishment : array of int, shape (S,)
        A first choice of rows that work, -1 where there is none; written over.
    replies : array of int, shape (S,)
        Written over: the player's best row of the same group.
    values : array, shape (S,)
        Written over.
    """
    replies[:] = punishment
    payoffs, best = np.empty(len(groups)), np.empty(len(groups))
    for _ in range(MAX_STEPS):
        most = FEW_SWEEPS
        for _ in range(MAX_STEPS):
            evaluate(moves, kappa, base, replies, values, most)
            better = _better_replies(moves, kappa, base, groups, threshold, punishment, replies, values)
            if not better and most == ALL_SWEEPS:
                break
            most = FEW_SWEEPS if better else ALL_SWEEPS
        best_deviations(moves, kappa, base, groups, values, punishment, payoffs, best)
        changed = False
        for state in range(len(punishment)):
            if punishment[state] < 0:
                continue
            least = values[state] - threshold
            for row in range(moves.offsets[state], moves.offsets[state + 1]):
                if works[row] and best[groups[row]] < least:
                    least, changed = best[groups[row]], True
                    punishment[state], replies[state] = row, row
        if not changed:
            return


@njit(cache=True)
def _better_replies(
    moves: Moves,
    kappa: float,
    base: Floats,
    groups: Ints,
    threshold: float,
    punishment: Ints,
    replies: Ints,
    values: Floats,
) -> bool:
    changed = False
    for state in range(len(punishment)):
        if punishment[state] < 0:
            continue
        best = values[state] + threshold
        for row in range(moves.offsets[state], moves.offsets[state + 1]):
            if groups[row] == groups[punishment[state]]:
                value = base[row] + kappa * expected(moves, values, row)
                if value > best:
                    best, changed = value, changed or row != replies[state]
                    replies[state] = row
    return changed


@njit(cache=True)
def best_deviations(
    moves: Moves,
    kappa: float,
    base: Floats,
    groups: Ints,
    values: Floats,
    playing: Ints,
    payoffs: Floats,
    best: Floats,
) -> None:
    """Write what a player earns at every row, and by the best row of every group.

    Parameters
    ----------
    base, groups
        As in `worst_punishment`.
    values : array, shape (S,)
        The player's continuation values.
    playing : array of int, shape (S,)
        States with -1 are passed over.
    payoffs, best : arrays, shape (rows,)
        Written over; `best` is indexed by group.
    """
    best[:] = -np.inf
    payoffs[:] = -np.inf
    for state in range(len(playing)):
        if playing[state] < 0:
            continue
        for row in range(moves.offsets[state], moves.offsets[state + 1]):
            payoffs[row] = base[row] + kappa * expected(moves, values, row)
            best[groups[row]] = max(best[groups[row]], payoffs[row])


@njit(cache=True)
def choose_rows(
    moves: Moves, kappa: float, base: Floats, groups: Ints, works: Flags, values: Floats, chosen: Ints
) -> None:
    """Write, for each state whose chosen row does not work, the row that works where the best deviation is least.

    Parameters
    ----------
    base, groups, works, values
        As in `worst_punishment`; a state without rows that work must be -1 in `chosen`.
    chosen : array of int, shape (S,)
        Written over.
    """
    payoffs, best = np.empty(len(groups)), np.empty(len(groups))
    best_deviations(moves, kappa, base, groups, values, chosen, payoffs, best)
    for state in range(len(chosen)):
        if chosen[state] < 0 or works[chosen[state]]:
            continue
        least = np.inf
        for row in range(moves.offsets[state], moves.offsets[state + 1]):
            if works[row] and best[groups[row]] < least:
                least = best[groups[row]]
                chosen[state] = row


@njit(cache=True)
def fill_temptations(
    moves: Moves, kappa: float, base: Floats, groups: Ints, values: Floats, playing: Ints, filled: Floats
) -> None:
    """Write what a player gains at every row by the best other action, negative where every other one loses.

    Parameters
    ----------
    base, groups
        As in `worst_punishment`.
    values : array, shape (S,)
        The player's continuation values.
    playing : array of int, shape (S,)
        States with -1 are passed over.
    filled : array, shape (rows,)
        Written over; minus infinity where the player has one action.
    """
    payoffs, best = np.empty(len(groups)), np.empty(len(groups))
    best_deviations(moves, kappa, base, groups, values, playing, payoffs, best)
    second = np.full(len(groups), -np.inf)
    top = np.full(len(groups), -1)
    for row in range(len(groups)):
        group = groups[row]
        if top[group] < 0 and payoffs[row] == best[group]:
            top[group] = row
        else:
            second[group] = max(second[group], payoffs[row])
    for row in range(len(groups)):
        group = groups[row]
        filled[row] = (second[group] if top[group] == row else best[group]) - payoffs[row]
