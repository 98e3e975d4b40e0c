"""Equilibria of repeated negotiation in one state that is never come back to once it is left.

Row k yields the players ``yields[:, k]`` beside what follows in the same state, which happens with probability
``stays[k]``; what follows in other states is contained in it. ``joint_yields[k]`` is the same for all players
together. ``groups[i, k]`` is the first row that differs from row k in player i's own action alone.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Flags = NDArray[np.bool_]

SAME = 1_000.0
"""Multiple of rounding within which payoffs count as the same."""

MAX_STEPS = 1_000
"""Steps to the root of a piecewise linear function; each one passes a kink."""


@njit(cache=True)
def fill_candidates(
    joint_yields: Floats,
    yields: Floats,
    stays: Floats,
    groups: Ints,
    rates: tuple[float, float],
    beta: Floats,
    rounding: float,
    asked: float,
    plans: Ints,
    payoffs: Floats,
) -> int:
    """Write all plans whose payoffs agree with the incentives that they give.

    Parameters
    ----------
    rates : tuple of float
        delta and rho.
    beta : array, shape (n,)
        Bargaining weights.
    rounding : float
        Slack within which an incentive may be met or not.
    asked : float
        `rounding` to keep plans that depend on such an incentive being broken, `-rounding` to count it as met.
    plans : array of int, shape (most, 1 + n)
        Written over: the row played on the path and each player's best reply to the own punishment.
    payoffs : array, shape (most, n)
        Written over: the lowest payoff of each player.

    Returns
    -------
    int
        Number of plans, also of those that found no room.

    Notes
    -----
    A row played on the path for ever gives U = G / (1 - delta p). If player i is punished in group h, then
    v_i = max over h of (g_i + delta p rho beta_i T) / (1 - delta p) with the surplus T = U - v_1 - ... - v_n. The
    sum of T and these maxima rises in T, so that there is one T at most. A plan is left out if some row does not
    work that it plays, if some row is better that works, or if the truncated game has clearly other payoffs.
    """
    delta, rho = rates
    count, num_rows = groups.shape
    found = 0
    sizes = np.zeros(count, dtype=np.int64)
    listed = np.zeros((count, num_rows), dtype=np.int64)
    for i in range(count):
        for row in range(num_rows):
            if groups[i, row] == row:
                listed[i, sizes[i]] = row
                sizes[i] += 1
    combinations = 1
    for i in range(count):
        combinations *= sizes[i]
    replies = np.zeros(count, dtype=np.int64)
    values = np.zeros(count)
    chosen = np.zeros(count, dtype=np.int64)
    for target in range(num_rows):
        joint = joint_yields[target] / (1.0 - delta * stays[target])
        if np.any(joint_yields[:target] / (1.0 - delta * stays[:target]) == joint):
            continue
        for number in range(combinations):
            left = number
            for i in range(count):
                chosen[i] = listed[i, left % sizes[i]]
                left //= sizes[i]
            surplus = _surplus(yields, stays, groups, delta, rho, beta, joint, chosen, replies, values)
            if surplus < -rounding:
                continue
            row = _played(
                joint_yields, yields, stays, groups, rates, beta, rounding, joint, surplus, chosen, values
            )
            if row < 0:
                continue
            if not _may_come_back(
                joint_yields, yields, stays, groups, rates, beta, (rounding, asked), joint, surplus, values
            ):
                continue
            if found < len(plans):
                plans[found, 0] = row
                for i in range(count):
                    plans[found, 1 + i] = replies[i]
                    payoffs[found, i] = values[i]
            found += 1
    return found


@njit(cache=True)
def _surplus(
    yields: Floats,
    stays: Floats,
    groups: Ints,
    delta: float,
    rho: float,
    beta: Floats,
    joint: float,
    chosen: Ints,
    replies: Ints,
    values: Floats,
) -> float:
    """Return T, and write the players' best replies and payoffs; negative if there is no T of at least 0."""
    surplus = np.inf
    for step in range(MAX_STEPS):
        slope, total = 1.0, 0.0
        for i in range(len(chosen)):
            best, reply = -np.inf, -1
            for row in range(groups.shape[1]):
                if groups[i, row] == chosen[i]:
                    kept = 1.0 - delta * stays[row]
                    gained = 0.0 if step == 0 else delta * stays[row] * rho * beta[i] * surplus
                    value = (yields[i, row] + gained) / kept
                    if value > best:
                        best, reply = value, row
            values[i], replies[i] = best, reply
            total += best
            slope += delta * stays[reply] * rho * beta[i] / (1.0 - delta * stays[reply])
        if step == 0:
            surplus = joint - total
            if surplus < 0.0:
                return surplus
            continue
        excess = surplus + total - joint
        if excess <= 1e-15 * (abs(joint) + abs(surplus) + abs(total)):
            return surplus
        surplus -= excess / slope
    return surplus


@njit(cache=True)
def _played(
    joint_yields: Floats,
    yields: Floats,
    stays: Floats,
    groups: Ints,
    rates: tuple[float, float],
    beta: Floats,
    rounding: float,
    joint: float,
    surplus: float,
    chosen: Ints,
    values: Floats,
) -> int:
    """Return the row played on the path if the incentives that the payoffs give agree with the plan, else -1."""
    delta, rho = rates
    count, num_rows = groups.shape
    best = np.full((count, num_rows), -np.inf)
    for i in range(count):
        for row in range(num_rows):
            value = yields[i, row] + delta * stays[row] * (values[i] + rho * beta[i] * surplus)
            best[i, groups[i, row]] = max(best[i, groups[i, row]], value)
    target = -1
    punished = np.zeros(count, dtype=np.bool_)
    for row in range(num_rows):
        value = joint_yields[row] + delta * stays[row] * joint
        slack = value
        for i in range(count):
            slack -= best[i, groups[i, row]]
        if slack < -rounding:
            continue
        if abs(value - joint) <= rounding and target < 0:
            target = row
        if slack > rounding and value > joint + rounding:
            return -1
        for i in range(count):
            if groups[i, row] == chosen[i]:
                punished[i] = True
            if slack > rounding and best[i, groups[i, row]] < values[i] - rounding:
                return -1
    for i in range(count):
        if not punished[i]:
            return -1
    return target


@njit(cache=True)
def _may_come_back(
    joint_yields: Floats,
    yields: Floats,
    stays: Floats,
    groups: Ints,
    rates: tuple[float, float],
    beta: Floats,
    bounds: tuple[float, float],
    joint: float,
    surplus: float,
    values: Floats,
) -> bool:
    """Return whether the truncated game has these payoffs, or could have them were it not for rounding."""
    delta, rho = rates
    rounding, asked = bounds
    ended = np.empty(yields.shape)
    for i in range(len(values)):
        ended[i] = yields[i] + delta * rho * stays * (values[i] + beta[i] * surplus)
    ended_joint = joint_yields + delta * rho * stays * joint
    kappas = delta * (1.0 - rho) * stays
    lowest = np.empty(len(values))
    width = SAME * rounding
    if _best_values(ended_joint, ended, kappas, groups, -rounding, lowest) < joint - width:
        return False
    if np.any(lowest > values + width):
        return False
    best = _best_values(ended_joint, ended, kappas, groups, asked, lowest)
    return bool(best <= joint + width and np.all(lowest >= values - width))


@njit(cache=True)
def _best_values(
    joint_yields: Floats,
    yields: Floats,
    kappas: Floats,
    groups: Ints,
    asked: float,
    lowest: Floats,
) -> float:
    """Eliminate the rows of one state; return the joint value and write the lowest values.

    Parameters
    ----------
    asked : float
        `-rounding` to keep the rows that may work, `rounding` to keep those that work for sure.
    """
    count, num_rows = groups.shape
    works = np.ones(num_rows, dtype=np.bool_)
    while True:
        joint = -np.inf
        for row in range(num_rows):
            if works[row]:
                joint = max(joint, joint_yields[row] / (1.0 - kappas[row]))
        for i in range(count):
            lowest[i] = _lowest(yields[i], kappas, groups[i], works)
        if joint == -np.inf:
            return joint
        slack = np.maximum(joint_yields - yields.sum(axis=0) + kappas * (joint - lowest.sum()), 0.0)
        for i in range(count):
            slack -= np.maximum(_gains(yields[i] + kappas * lowest[i], groups[i]) + asked, 0.0)
        changed = False
        for row in range(num_rows):
            if works[row] and slack[row] < 0.0:
                works[row], changed = False, True
        if not changed:
            return joint


@njit(cache=True)
def _lowest(yields: Floats, kappas: Floats, groups: Ints, works: Flags) -> float:
    """Return the least over rows that work of what a player earns by the best action for ever."""
    best = np.full(len(groups), -np.inf)
    for row in range(len(groups)):
        best[groups[row]] = max(best[groups[row]], yields[row] / (1.0 - kappas[row]))
    least = np.inf
    for row in range(len(groups)):
        if works[row]:
            least = min(least, best[groups[row]])
    return least


@njit(cache=True)
def _gains(payoffs: Floats, groups: Ints) -> Floats:
    """Return what a player gains at every row by the best other action."""
    best, second = np.full(len(groups), -np.inf), np.full(len(groups), -np.inf)
    top = np.full(len(groups), -1)
    for row in range(len(groups)):
        group = groups[row]
        if payoffs[row] > best[group]:
            second[group] = best[group]
            best[group], top[group] = payoffs[row], row
        else:
            second[group] = max(second[group], payoffs[row])
    gains = np.empty(len(groups))
    for row in range(len(groups)):
        group = groups[row]
        gains[row] = (second[group] if top[group] == row else best[group]) - payoffs[row]
    return gains
