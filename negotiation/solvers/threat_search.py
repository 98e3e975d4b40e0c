"""Punishments that two players who may pay each other do not want to talk each other out of, state by state.

A policy is to be played. Player i who refuses to pay in state x is punished by one period of a row of x, worth his
best deviation there. The row must satisfy the player who punishes, and before actions it must be worth enough to
him, so that going on with the policy is not better for both. Lower punishment values make every condition easier.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from negotiation.solvers.plan_values import Flags, Ints, Numbers, PlanValues, any_by_state, first_rows


@final
@dataclass(frozen=True, eq=False)
class Task:
    """What punishments have to support.

    Parameters
    ----------
    values : PlanValues
        Arithmetic of the game.
    targets : array of int, shape (S,)
        The row to be played in each state, -1 where there is none.
    path : array, shape (S,)
        The sum of payoffs while the targets are played.
    later : array, shape (S,)
        The sum of payoffs that can follow a period of punishment.
    asked : array of bool, shape (S,)
        States where the targets must be supported; elsewhere only punishments are needed.
    alive : array of bool, shape (S,)
        States that count.
    before_actions : bool
        Whether the players may renegotiate before actions as well.
    """

    values: PlanValues
    targets: Ints
    path: Numbers
    later: Numbers
    asked: Flags
    alive: Flags
    before_actions: bool


@final
@dataclass(frozen=True, eq=False)
class Claims:
    """What incentives and renegotiation claim at given punishment values.

    Parameters
    ----------
    lowest : array, shape (2, S)
        Punishment values.
    support : array, shape (rows,)
        What is left to share after a period of the row less all temptations: negative where it cannot punish.
    shared : array, shape (S,)
        Joint payoff of the target less what each player gets by keeping to it and being punished later.
    claimed : array, shape (2, rows)
        What each player must get of `shared` if the row punishes him.
    best : array, shape (2, rows)
        Best-deviation values.
    """

    lowest: Numbers
    support: Numbers
    shared: Numbers
    claimed: Numbers
    best: Numbers


@final
@dataclass(frozen=True, eq=False)
class Threats:
    """The outcome of a search.

    Parameters
    ----------
    punishing : array of int, shape (2, S), or None
        The row that punishes each player in each state; None if none were found.
    claims : Claims or None
        At these punishments.
    failing : array of bool, shape (S,)
        Where punishments are missing.
    complete : bool
        Whether everything was looked at.
    branches : int
        How often rows were dropped until those left might punish.
    """

    punishing: Ints | None
    claims: Claims | None
    failing: Flags
    complete: bool
    branches: int


def search(task: Task, allowed: Flags, max_branches: int) -> Threats:
    """Find punishments for a task, or make sure that there are none.

    Parameters
    ----------
    task : Task
        What they have to support.
    allowed : array of bool, shape (2, rows)
        Rows that may punish each player.
    max_branches : int
        Bound on the work, at least 1.

    Notes
    -----
    Rows are dropped that cannot punish even at the least punishment values that the rows left can give; dropping
    raises these values, so that the order does not matter. If the rows with the least values fit together in every
    state they are the answer. If in some states they do not, one of the two players concedes there: only rows are
    kept that leave enough for that of the rival. First all states concede at once, the player for whom it costs
    less. If that leads nowhere, both cases, that a player concedes in a state and that he does not, so that the
    row of the rival is dropped, are gone through one state after the other.
    """
    left, claims, failing = _narrow(task, allowed)
    if claims is None:
        return Threats(None, None, failing, True, 1)
    found, branches = _dive(task, left, claims, max_branches // 2)
    if found is not None:
        return Threats(*found, failing, True, branches)
    failing, stack = _conflicts(task, _choose(task, left, claims), claims), _split(task, left, claims)
    while stack and branches < max_branches:
        branches += 1
        left, claims, _ = _narrow(task, stack.pop())
        if claims is not None:
            punishing = _choose(task, left, claims)
            if not _conflicts(task, punishing, claims).any():
                return Threats(punishing, claims, np.zeros_like(failing), True, branches)
            stack += _split(task, left, claims)
    return Threats(None, None, failing, not stack, branches)


def _dive(task: Task, left: Flags, claims: Claims | None, most: int) -> tuple[tuple[Ints, Claims] | None, int]:
    """Let players concede wherever punishments do not fit together; return those found and the number of steps."""
    branches = 1
    while claims is not None:
        punishing = _choose(task, left, claims)
        conflicts = _conflicts(task, punishing, claims)
        if not conflicts.any():
            return (punishing, claims), branches
        if branches >= most:
            break
        for state in np.flatnonzero(conflicts).tolist():
            left = left & ~_concession(task, left, punishing, claims, state)[0]
        left, claims, _ = _narrow(task, left)
        branches += 1
    return None, branches


def _split(task: Task, left: Flags, claims: Claims) -> list[Flags]:
    """Return what is left if a player concedes in a state, last, and if he does not."""
    punishing = _choose(task, left, claims)
    state = int(np.argmax(_conflicts(task, punishing, claims)))
    greedy, modest = _concession(task, left, punishing, claims, state)
    return [left & ~modest, left & ~greedy]


def _concession(task: Task, left: Flags, punishing: Ints, claims: Claims, state: int) -> tuple[Flags, Flags]:
    """Return the rows of the player who concedes at less cost that do not, and that do, leave the rival enough."""
    low, high = task.values.rows.moves.offsets[state : state + 2]
    costs, modest = [], []
    for i in range(2):
        room = claims.shared[state] - claims.claimed[1 - i][punishing[1 - i][state]]
        modest.append(left[i, low:high] & (claims.claimed[i, low:high] <= room + task.values.rounding))
        least = np.where(modest[i], claims.best[i, low:high], np.inf).min()
        costs.append(least - claims.lowest[i][state])
    player = int(costs[1] < costs[0])
    greedy, kept = np.zeros_like(left), np.zeros_like(left)
    kept[player, low:high] = modest[player]
    greedy[player, low:high] = left[player, low:high] & ~modest[player]
    return greedy, kept


def claims_at(task: Task, lowest: Numbers) -> Claims:
    """Compute what incentives and renegotiation claim at given punishment values."""
    values, rows = task.values, task.values.rows
    kept = [values.base[i] + values.later(lowest[i]) for i in range(2)]
    gains = [np.maximum(values.temptations(i, lowest[i]), 0) for i in range(2)]
    best = np.stack([kept[i] + gains[i] for i in range(2)])
    target = task.targets[rows.owners]
    claimed = np.stack([gains[i][target] for i in range(2)])
    if task.before_actions:
        joint = values.base.sum(axis=0) + values.later(task.later)
        loss = np.maximum(task.path[rows.owners] - joint, 0)
        own = np.arange(rows.num_rows) == target
        for i in range(2):
            claimed[i] = np.where(own, claimed[i], np.maximum(claimed[i], best[i] + loss - kept[i][target]))
    surplus = values.later(_rounded(task.later - lowest.sum(axis=0), values.rounding))
    shared = values.later(_rounded(task.path - lowest.sum(axis=0), values.rounding))[task.targets]
    return Claims(lowest, surplus - gains[0] - gains[1], shared, claimed, best)


def is_close(task: Task, punishing: Ints, claims: Claims) -> bool:
    """Return whether rounding could have decided that punishments support the targets."""
    rounding, states = task.values.rounding, np.flatnonzero(task.alive)
    if not rounding:
        return False
    used = np.concatenate([punishing[:, states].ravel(), task.targets[states]])
    worst = claims.support
    for i in range(2):
        gains = task.values.temptations(i, claims.lowest[i])
        worst = worst + np.maximum(gains, 0) - np.maximum(gains + rounding, 0)
    apart = (punishing != task.targets)[:, states].any(axis=0)
    room = claims.shared[states] - sum(claims.claimed[i][punishing[i][states]] for i in range(2))
    return bool((worst[used] < 0).any() or (task.before_actions & apart & (np.abs(room) <= 2 * rounding)).any())


def _narrow(task: Task, allowed: Flags) -> tuple[Flags, Claims | None, Flags]:
    """Drop the rows that cannot punish, until all rows left might, or a state is without."""
    values, rows = task.values, task.values.rows
    while True:
        empty = task.alive & ~any_by_state(rows, allowed).all(axis=0)
        if empty.any():
            return allowed, None, empty
        policies = [np.where(task.alive, first_rows(rows, one), -1) for one in allowed]
        lowest = np.stack([values.lowest(i, allowed[i], policies[i]) for i in range(2)])
        claims = claims_at(task, lowest)
        kept = allowed & (claims.support >= -values.rounding)
        least = np.minimum.reduceat(np.where(kept, claims.claimed, np.inf), rows.moves.offsets[:-1], axis=1)
        room = (claims.shared - least[::-1])[:, rows.owners]
        kept &= ~task.asked[rows.owners] | (claims.claimed <= room + values.rounding)
        kept |= allowed & ~task.alive[rows.owners]
        if (kept == allowed).all():
            return allowed, claims, empty
        allowed = kept


def _choose(task: Task, allowed: Flags, claims: Claims) -> Ints:
    """Pick, among the rows with the least values, one that claims least, and the target if it does so too."""
    rows = task.values.rows
    harsh = allowed & (claims.best <= claims.lowest[:, rows.owners] + task.values.rounding)
    claimed = np.where(harsh, claims.claimed, np.inf)
    chosen = np.full((2, len(task.alive)), -1)
    for state in np.flatnonzero(task.alive):
        low, high = rows.moves.offsets[state : state + 2]
        target = task.targets[state]
        for i in range(2):
            first = low + claimed[i, low:high].argmin()
            chosen[i, state] = target if target >= 0 and claimed[i, target] <= claimed[i, first] else first
    return chosen


def _conflicts(task: Task, punishing: Ints, claims: Claims) -> Flags:
    """Return the states where the punishments of both players together claim more than there is to share."""
    claimed = claims.claimed[0][punishing[0]] + claims.claimed[1][punishing[1]]
    over: Flags = task.asked & task.alive & (claimed > claims.shared + task.values.rounding)
    return over


def _rounded(gap: Numbers, rounding: float | int) -> Numbers:
    """Write what may be rounding as zero."""
    return np.where(np.abs(gap) <= rounding, 0 * gap, gap)
