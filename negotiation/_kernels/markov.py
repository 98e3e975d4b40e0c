"""Pure stationary strategies that are best replies to each other, compiled: one player's policies in turn.

The leader is the player whose policies are enumerated, the rival the other one. Payoffs are of the order of 1. Of
every state the action profiles stand in a row, the leader's action first: row ``first[s] + a * rival[s] + b``.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

MAX_IMPROVEMENTS = 1000
"""Steps of policy iteration after which it counts as stuck; a handful is usual."""
SETTLED, FULL, STUCK = 0, 1, 2
"""How the search ended: all policies tried; more pairs than asked for; policy iteration was stuck."""


@njit(cache=True, error_model="numpy")
def _solve(matrix: Floats, right: Floats) -> None:
    """Solve a system whose rows are dominated by their diagonal, in place."""
    n = len(right)
    for c in range(n):
        for r in range(c + 1, n):
            share = matrix[r, c] / matrix[c, c]
            if share != 0:
                for q in range(c + 1, n):
                    matrix[r, q] -= share * matrix[c, q]
                right[r] -= share * right[c]
    for c in range(n - 1, -1, -1):
        for q in range(c + 1, n):
            right[c] -= matrix[c, q] * right[q]
        right[c] /= matrix[c, c]


@njit(cache=True, error_model="numpy")
def _evaluate(
    reward: Floats, transitions: Floats, delta: float, rows: Indices, matrix: Floats, values: Floats
) -> None:
    """Write the values of playing one row in every state."""
    n = len(rows)
    for s in range(n):
        for t in range(n):
            matrix[s, t] = -delta * transitions[rows[s], t]
        matrix[s, s] += 1.0
        values[s] = reward[rows[s]]
    _solve(matrix, values)


@njit(cache=True, error_model="numpy")
def _worth(reward: Floats, transitions: Floats, delta: float, row: int, values: Floats) -> float:
    """Return what a row pays that is followed by given values."""
    total = 0.0
    for t in range(len(values)):
        total += transitions[row, t] * values[t]
    return float(reward[row] + delta * total)


@njit(cache=True, error_model="numpy")
def _improve(
    reward: Floats,
    transitions: Floats,
    delta: float,
    base: Indices,
    count: Indices,
    reply: Indices,
    values: Floats,
    least: float,
) -> bool:
    """Let the rival change to actions that are better by more than `least`; return whether it has changed."""
    changed = False
    for s in range(len(base)):
        best, chosen = values[s] + least, reply[s]
        for b in range(count[s]):
            worth = _worth(reward, transitions, delta, base[s] + b, values)
            if worth > best:
                best, chosen = worth, b
        if chosen != reply[s]:
            reply[s], changed = chosen, True
    return changed


@njit(cache=True, error_model="numpy")
def _leader_stays(
    reward: Floats,
    transitions: Floats,
    delta: float,
    first: Indices,
    leads: Indices,
    rivals: Indices,
    reply: Indices,
    values: Floats,
    margin: float,
) -> bool:
    """Return whether no action pays the leader more than its values, by more than `margin`."""
    for s in range(len(first)):
        for a in range(leads[s]):
            row = first[s] + a * rivals[s] + reply[s]
            if _worth(reward, transitions, delta, row, values) > values[s] + margin:
                return False
    return True


@njit(cache=True, error_model="numpy")
def _next(policy: Indices, counts: Indices, rising: Indices) -> bool:
    """Move to the next policy of a reflected Gray code, in which one action changes a step; False at the end."""
    for s in range(len(policy)):
        moved = policy[s] + rising[s]
        if 0 <= moved < counts[s]:
            policy[s] = moved
            return True
        rising[s] = -rising[s]
    return False


@njit(cache=True, error_model="numpy")
def _tied(
    reward: Floats,
    transitions: Floats,
    delta: float,
    base: Indices,
    count: int,
    s: int,
    values: Floats,
    margin: float,
    tied: Indices,
) -> int:
    """Write the rival's best actions in a state, up to `margin`; return how many there are."""
    best = -np.inf
    for b in range(count):
        best = max(best, _worth(reward, transitions, delta, base[s] + b, values))
    kept = 0
    for b in range(count):
        if _worth(reward, transitions, delta, base[s] + b, values) >= best - margin:
            tied[kept] = b
            kept += 1
    return kept


@njit(cache=True, error_model="numpy")
def mutual_replies(
    rewards: Floats,
    transitions: Floats,
    deltas: Floats,
    first: Indices,
    leads: Indices,
    rivals: Indices,
    least: float,
    margin: float,
    room: int,
    most: int,
) -> tuple[Indices, int, int]:
    """Find all pairs of pure stationary policies that are best replies to each other, up to a margin.

    Parameters
    ----------
    rewards : array, shape (2, rows)
        What a row adds to the value of its state, the leader's first; payoffs are of the order of 1.
    transitions : array, shape (rows, S)
        Probabilities of the states; where they add up to less than 1, the rest is in the rewards.
    deltas : array, shape (2,)
        Discount factors, the leader's first.
    first, leads, rivals : arrays of int, shape (S,)
        The first row of every state, and the number of actions of either player.
    least : float
        Smallest gain for which the rival changes an action; above the rounding error of one value.
    margin : float
        How much worse than the best action an action may be. If it is at least 5 / (1 - delta) times `least`,
        no equilibrium is lost; pairs that are none can be among those found.
    room, most : int
        Largest number of pairs to look at, and to find.

    Returns
    -------
    pairs : array of int, shape (k, 2, S)
        Actions of the leader and of the rival.
    looked_at : int
        Number of pairs looked at.
    ending : int
        `SETTLED`, `FULL` or `STUCK`.
    """
    n = len(first)
    policy, reply = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    rising, base = np.ones(n, dtype=np.int64), first.copy()
    rows, matrix, values = np.empty(n, dtype=np.int64), np.empty((n, n)), np.empty(n)
    tied = np.empty((n, rivals.max()), dtype=np.int64)
    ties, turn, chosen = np.empty(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    pairs, found, looked_at = np.empty((16, 2, n), dtype=np.int64), 0, 0
    while True:
        for s in range(n):
            base[s] = first[s] + policy[s] * rivals[s]
        improved, steps = True, 0
        while improved:
            if steps == MAX_IMPROVEMENTS:
                return pairs[:found], looked_at, STUCK
            for s in range(n):
                rows[s] = base[s] + reply[s]
            _evaluate(rewards[1], transitions, deltas[1], rows, matrix, values)
            improved = _improve(rewards[1], transitions, deltas[1], base, rivals, reply, values, least)
            steps += 1
        for s in range(n):
            ties[s] = _tied(rewards[1], transitions, deltas[1], base, rivals[s], s, values, margin, tied[s])
            turn[s] = 0
        more = True
        while more:
            if looked_at == room or found == most:
                return pairs[:found], looked_at, FULL
            looked_at += 1
            for s in range(n):
                chosen[s] = tied[s, turn[s]]
                rows[s] = base[s] + chosen[s]
            _evaluate(rewards[0], transitions, deltas[0], rows, matrix, values)
            if _leader_stays(rewards[0], transitions, deltas[0], first, leads, rivals, chosen, values, margin):
                if found == len(pairs):
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                pairs[found, 0], pairs[found, 1] = policy, chosen
                found += 1
            more = False
            for s in range(n):
                turn[s] += 1
                if turn[s] < ties[s]:
                    more = True
                    break
                turn[s] = 0
        if not _next(policy, leads, rising):
            return pairs[:found], looked_at, SETTLED
