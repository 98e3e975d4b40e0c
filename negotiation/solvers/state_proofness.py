"""Which policies of a stochastic game with transfers are renegotiation-proof: the three answers, by rows."""

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from negotiation.solvers.plan_values import (
    Flags,
    Ints,
    Numbers,
    PlanValues,
    any_by_state,
    closed,
    first_rows,
    following,
)
from negotiation.solvers.threat_search import Claims, Task, is_close, search


@final
@dataclass(frozen=True, eq=False)
class Ceiling:
    """What no equilibrium exceeds.

    Parameters
    ----------
    joint : array, shape (S,)
        Largest joint payoffs.
    lowest : array, shape (2, S)
        Lowest payoffs of the players.
    works : array of bool, shape (rows,)
        Rows that some equilibrium plays.
    target : array of int, shape (S,)
        A row that the best equilibrium plays; -1 in states without equilibrium.
    """

    joint: Numbers
    lowest: Numbers
    works: Flags
    target: Ints

    @property
    def alive(self) -> Flags:
        """States with an equilibrium."""
        return self.target >= 0


@final
@dataclass(frozen=True, eq=False)
class Plan:
    """Targets, and punishments that support them in some states.

    Parameters
    ----------
    task : Task
        The targets and their joint payoffs; `Task.alive` are the states of the plan.
    punishing : array of int, shape (2, S)
        The row that punishes each player.
    claims : Claims
        What is claimed at these punishments.
    """

    task: Task
    punishing: Ints
    claims: Claims


@final
@dataclass(frozen=True, eq=False)
class Finding:
    """What is known of a policy.

    Parameters
    ----------
    alive : array of bool, shape (S,)
        States with an equilibrium.
    plan : Plan or None
        Renegotiation-proof in its states; it plays what was asked for where `proven`.
    proven, blocked : arrays of bool, shape (S,)
        States from which the policy is, or is not, weakly renegotiation-proof.
    efficient, dominated : arrays of bool, shape (S,)
        States from which the plan is, or the policy cannot be, strongly renegotiation-proof.
    origin : array of int, shape (S,)
        The state on the path where too much is claimed; -1 where no single state rules the policy out.
    needed, path : arrays, shape (S,)
        What the players together need there at least, and what the policy gives them.
    close : bool
        Whether rounding could have decided the plan.
    complete : bool
        Whether no search was cut off.
    """

    alive: Flags
    plan: Plan | None
    proven: Flags
    blocked: Flags
    efficient: Flags
    dominated: Flags
    origin: Ints
    needed: Numbers
    path: Numbers
    close: bool
    complete: bool


def judge(
    values: PlanValues, ceiling: Ceiling, asked: Ints | None, before_actions: bool, max_branches: int
) -> Finding:
    """Judge a policy, or the best joint payoffs.

    Parameters
    ----------
    values : PlanValues
        Arithmetic of the game.
    ceiling : Ceiling
        What no equilibrium exceeds.
    asked : array of int, shape (S,), or None
        The row of each state; None for any that give the best joint payoffs.
    before_actions : bool
        Whether the players may renegotiate before actions as well.
    max_branches : int
        Bound on the work of proving, and again of ruling out.
    """
    options, path, needed, origin = _bounds(values, ceiling, asked, before_actions)
    blocked = ~any_by_state(values.rows, options)
    start = Task(values, ceiling.target, path, ceiling.joint, ceiling.alive, ceiling.alive, before_actions)
    plan, complete = _build(start, ceiling, options, max_branches)
    close = plan is not None and is_close(plan.task, plan.punishing, plan.claims)
    proven = np.zeros_like(blocked)
    if plan is not None:
        proven = _staying(values, plan.task.targets, plan.task.alive & options[plan.task.targets])
    excluded, finished = _excluded(start, ceiling, options, ~blocked & ~proven, max_branches)
    blocked, complete = blocked | excluded, complete and finished
    efficient = np.zeros_like(blocked) if plan is None else proven & _efficient(plan, ceiling)
    dominated = blocked
    if asked is not None and not (efficient | blocked).all():
        rival = judge(values, ceiling, None, before_actions, max_branches)
        close, complete = close or rival.close, complete and rival.complete
        if rival.plan is not None:
            dominated = blocked | _dominated(rival.plan, ceiling, asked, path)
    alive = ceiling.alive
    return Finding(alive, plan, proven, blocked, efficient, dominated, origin, needed, path, close, complete)


def _bounds(
    values: PlanValues, ceiling: Ceiling, asked: Ints | None, before_actions: bool
) -> tuple[Flags, Numbers, Numbers, Ints]:
    """Drop the targets that no punishments can support; return those left, and what each state lacks."""
    rows, alive = values.rows, ceiling.alive
    joint = values.base.sum(axis=0) + values.later(ceiling.joint)
    if asked is None:
        path = ceiling.joint
        options = ceiling.works & (joint >= path[rows.owners] - values.rounding)
    else:
        path = values.joint(np.where(alive, asked, -1))
        options = np.zeros_like(ceiling.works)
        options[asked[alive]] = True
    lowest, starts, origin = ceiling.lowest, rows.moves.offsets[:-1], np.where(alive, np.arange(len(alive)), -1)
    loss = np.maximum(path[rows.owners] - joint, 0)
    gap = path - lowest.sum(axis=0)
    tempting = claimed = -values.later(np.where(np.abs(gap) <= values.rounding, 0 * gap, gap))
    for i in range(2):
        kept, best = values.base[i] + values.later(lowest[i]), values.best(i, lowest[i])
        least = np.minimum.reduceat(np.where(ceiling.works, best + loss, np.inf), starts)[rows.owners]
        tempting = tempting + (best - kept)
        claimed = claimed + ((np.maximum(best, least) if before_actions else best) - kept)
    lacking = np.where(ceiling.works, claimed, tempting)
    least = np.where(alive, np.minimum.reduceat(np.where(options, lacking, np.inf), starts), 0)
    options = _leading_on(values, options & ceiling.works, origin)
    options = _leading_on(values, options & (lacking <= values.rounding), origin)
    origin[any_by_state(rows, options)] = -1
    return options, path, path + least, origin


def _leading_on(values: PlanValues, options: Flags, origin: Ints) -> Flags:
    """Drop the targets that lead to states without any; write the state that is to blame into `origin`."""
    moves, rows = values.rows.moves, values.rows
    while True:
        lost = ~any_by_state(rows, options)
        leading = options & np.logical_or.reduceat(lost[moves.targets], moves.starts[:-1])
        if not leading.any():
            return options
        for row in np.flatnonzero(leading).tolist():
            entered = moves.targets[moves.starts[row] : moves.starts[row + 1]]
            origin[rows.owners[row]] = origin[entered[lost[entered]][0]]
        options = options & ~leading


def _build(start: Task, ceiling: Ceiling, options: Flags, max_branches: int) -> tuple[Plan | None, bool]:
    """Look for punishments that support targets among the options; replace targets where there are none."""
    values, rows, room = start.values, start.values.rows, max_branches
    without = ceiling.alive & ~any_by_state(rows, options)
    left, tried, target = options | (ceiling.works & without[rows.owners]), np.zeros_like(options), ceiling.target
    while room > 0:
        alive = closed(rows, any_by_state(rows, left))
        if not alive.any():
            return None, True
        left = left & alive[rows.owners]
        first = np.where(alive & left[target], target, first_rows(rows, left))
        joint, target = values.best_joint(left, first)
        task = replace(start, targets=target, path=joint, later=joint, asked=alive, alive=alive)
        threats = search(task, np.stack([ceiling.works & alive[rows.owners]] * 2), room)
        room -= threats.branches
        if threats.punishing is not None and threats.claims is not None:
            plan = Plan(task, threats.punishing, threats.claims)
            return _softened(plan, ceiling, room) or plan, True
        untried = ceiling.works & ~tried
        untried[target[alive]] = False
        spare = threats.failing & any_by_state(rows, untried)
        replaced = spare if spare.any() else threats.failing
        tried[target[replaced]] = True
        left &= ~tried
        without = replaced & ~any_by_state(rows, left)
        left |= untried & without[rows.owners]
    return None, False


def _softened(plan: Plan, ceiling: Ceiling, max_branches: int) -> Plan | None:
    """Support the targets of a plan by punishments that nobody would replace, in as many states as can be."""
    task, room = plan.task, max_branches
    soft, harsh = _unrivalled(task, ceiling), ceiling.works & task.alive[task.values.rows.owners]
    gentle = task.alive & (task.path >= ceiling.joint - task.values.rounding)
    while task.before_actions and gentle.any() and room > 0:
        threats = search(task, np.where(gentle[task.values.rows.owners], soft & harsh, harsh), room)
        room -= threats.branches
        if threats.punishing is not None and threats.claims is not None:
            return Plan(task, threats.punishing, threats.claims)
        if not (gentle & threats.failing).any():
            return None
        gentle = gentle & ~threats.failing
    return None


def _unrivalled(task: Task, ceiling: Ceiling) -> Flags:
    """Return the rows that cost nothing as punishments, or leave the rival most, shape (2, rows)."""
    values, rows = task.values, task.values.rows
    joint = values.base.sum(axis=0) + values.later(ceiling.joint)
    free = joint >= ceiling.joint[rows.owners] - values.rounding
    left, most = _left(values, ceiling, joint)
    found: Flags = free | (left >= most[:, rows.owners] - values.rounding)
    return found


def _left(values: PlanValues, ceiling: Ceiling, joint: Numbers) -> tuple[Numbers, Numbers]:
    """Return what each row leaves the rival at most if it punishes a player, and the most by state."""
    left = joint - np.stack([values.repeated(i, ceiling.lowest[i]) for i in range(2)])
    offsets = values.rows.moves.offsets
    return left, np.maximum.reduceat(np.where(ceiling.works, left, -np.inf), offsets[:-1], axis=1)


def _excluded(
    start: Task, ceiling: Ceiling, options: Flags, doubtful: Flags, max_branches: int
) -> tuple[Flags, bool]:
    """Return the states from which no punishments of all states together support the targets.

    Also returned is whether no search was cut off. A policy that leads to such a state is ruled out with it.
    """
    rows, room, tried = start.values.rows, max_branches, set()
    excluded, targets = np.zeros_like(doubtful), first_rows(rows, options)
    paths = {state: following(rows, state, options) for state in np.flatnonzero(doubtful).tolist()}
    for state, path in sorted(paths.items(), key=lambda one: int(one[1].sum())):
        reached = following(rows, state, np.ones_like(options))
        several = (options & path[rows.owners]).sum() > path.sum()
        if several or (path & excluded).any() or path.tobytes() + reached.tobytes() in tried:
            excluded[state] = not several and (path & excluded).any()
            continue
        if room <= 0:
            return excluded, False
        tried.add(path.tobytes() + reached.tobytes())
        task = replace(start, targets=targets, asked=path, alive=reached)
        threats = search(task, np.stack([ceiling.works & reached[rows.owners]] * 2), room)
        room -= threats.branches
        excluded[state] = threats.punishing is None and threats.complete
    return excluded, room > 0


def _staying(values: PlanValues, targets: Ints, states: Flags) -> Flags:
    """Return the states from which the targets never lead out of `states`."""
    moves, kept = values.rows.moves, states
    while True:
        leaving = np.logical_or.reduceat(~kept[moves.targets], moves.starts[:-1])
        still = kept & ~leaving[targets]
        if (still == kept).all():
            return kept
        kept = still


def _efficient(plan: Plan, ceiling: Ceiling) -> Flags:
    """Return the states from which no renegotiation-proof payoffs can dominate any of the plan."""
    task, values = plan.task, plan.task.values
    rows, rounding, alive = values.rows, values.rounding, task.alive
    fine = alive & (task.path >= ceiling.joint - rounding)
    if task.before_actions:
        joint = values.base.sum(axis=0) + values.later(ceiling.joint)
        _, most = _left(values, ceiling, joint)
        for i, played in enumerate(plan.punishing):
            free = (played == task.targets) | (joint[played] >= task.path - rounding)
            fine &= free | (joint[played] - plan.claims.lowest[i] >= most[i] - rounding)
    return closed(rows, fine)


def _dominated(rival: Plan, ceiling: Ceiling, asked: Ints, path: Numbers) -> Flags:
    """Return the states from which a policy leads to payoffs that a better plan dominates in any split."""
    low, held, rounding = ceiling.lowest, rival.claims.lowest, rival.task.values.rounding
    better = rival.task.alive.copy()
    for i in range(2):
        most = held[i] + np.maximum(path - low[i], held[1 - i])
        better &= most < rival.task.path - rounding
    return ~_staying(rival.task.values, asked, ~better)
