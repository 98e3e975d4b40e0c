"""The falling sets of Abreu and Sannikov (2014), compiled: which average payoffs promises from a set support.

Payoffs run from 0 to 1. A vertex is described by a row of five numbers, `SUPPORT`: the action profile; the way in
which it supports the vertex; the vertex that caps the promise to the player whose constraint binds, or -1; and
the ends of the edge on which the promise lies, -1 where the other player's constraint binds as well.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from negotiation._kernels.polygon import ROUNDING, Indices, Points, chains, extreme, hull, outside

SUPPORT = 5
PROFILE, WAY, CAP, LEFT, RIGHT = range(SUPPORT)
WAYS = 4
"""A profile that is not free supports at most four vertices: two ends of a cut for either constraint."""
PATIENCE = 2
"""Steps with the same supports after which the limit is solved for; doubled when that fails."""
NEWTON_STEPS = 20
SHORTCUTS = 16
"""How often the way to the limit is halved in the search for the place where the supports change."""
BENT = 0.5
"""Largest share by which the speed along the way to the limit may differ from that of a linear system."""


@njit(cache=True)
def measure(payoffs: Points) -> tuple[Points, Points, Points, Points, Points]:
    """Bring payoffs, shape (n0, n1, 2), to the range from 0 to 1; find temptations, minmax, lowest and range."""
    rows, columns = payoffs.shape[:2]
    low, spread, minmax = np.empty(2), np.empty(2), np.empty(2)
    best_row, best_column = np.full(columns, -np.inf), np.full(rows, -np.inf)
    shares, temptations = np.empty((rows * columns, 2)), np.empty((rows * columns, 2))
    for a in range(rows):
        for b in range(columns):
            best_row[b] = max(best_row[b], payoffs[a, b, 0])
            best_column[a] = max(best_column[a], payoffs[a, b, 1])
    for i in range(2):
        low[i] = payoffs[..., i].min()
        spread[i] = payoffs[..., i].max() - low[i]
        if spread[i] == 0:
            spread[i] = 1.0
    for a in range(rows):
        for b in range(columns):
            for i in range(2):
                best = best_row[b] if i == 0 else best_column[a]
                shares[a * columns + b, i] = (payoffs[a, b, i] - low[i]) / spread[i]
                temptations[a * columns + b, i] = (best - payoffs[a, b, i]) / spread[i]
    minmax[0] = (best_row.min() - low[0]) / spread[0]
    minmax[1] = (best_column.min() - low[1]) / spread[1]
    return shares, temptations, minmax, low, spread


@njit(cache=True)
def support(
    payoffs: Points, required: Points, active: Indices, polygon: Points, threat: Points, delta: float, margin: float
) -> tuple[Points, Points, Indices, Indices]:
    """Apply the operator once: vertices, promises, supports, and the profiles that can still be supported."""
    if len(polygon) == 0:
        return polygon, polygon, np.empty((0, SUPPORT), dtype=np.int64), active[:0]
    points, promises = np.empty((WAYS * len(active), 2)), np.empty((WAYS * len(active), 2))
    supports = np.empty((WAYS * len(active), SUPPORT), dtype=np.int64)
    sides = (chains(polygon, 0), chains(polygon, 1))
    tops = (polygon[:, 0].argmax(), polygon[:, 1].argmax())
    left, count = np.empty_like(active), 0
    alive = 0
    for a in active:
        before = count
        needed = threat + required[a]
        if payoffs[a, 0] >= needed[0] - margin and payoffs[a, 1] >= needed[1] - margin:
            promises[count] = payoffs[a]
            supports[count] = (a, 0, -1, -1, -1)
            count += 1
        else:
            for axis in range(2):
                top = tops[axis]
                at, cap = needed[axis], -1
                if at > polygon[top, axis] + margin:
                    continue
                if at > polygon[top, axis] + ROUNDING:
                    at, cap = polygon[top, axis], top
                high, i, j = extreme(polygon, sides[axis][1], axis, at, margin, 1)
                if needed[1 - axis] > high + margin:
                    continue
                promises[count, axis] = promises[count + 1, axis] = at
                promises[count, 1 - axis] = high
                supports[count] = (a, 2 + 2 * axis, cap, i, j)
                low, i, j = extreme(polygon, sides[axis][0], axis, at, margin, -1)
                if needed[1 - axis] > high:
                    count += 1
                    continue
                if needed[1 - axis] > low + ROUNDING:
                    low, i, j = needed[1 - axis], -1, -1
                promises[count + 1, 1 - axis] = low
                supports[count + 1] = (a, 1 + 2 * axis, cap, i, j)
                count += 2
        for n in range(before, count):
            points[n] = (1 - delta) * payoffs[a] + delta * promises[n]
        if count > before:
            left[alive] = a
            alive += 1
    corners = hull(points[:count])
    return points[corners], promises[corners], supports[corners], left[:alive]


@njit(cache=True)
def lowest(polygon: Points) -> tuple[int, int]:
    """Find the vertices that are worst for each player; the first of those that rounding may have parted."""
    worst = np.zeros(2, dtype=np.int64)
    for axis in range(2):
        least = polygon[:, axis].min() + ROUNDING
        while polygon[worst[axis], axis] > least:
            worst[axis] += 1
    return worst[0], worst[1]


@njit(cache=True)
def follow(
    payoffs: Points, required: Points, polygon: Points, supports: Indices, worst: tuple[int, int], delta: float
) -> tuple[Points, Points]:
    """Move each vertex by its own support: the new vertices, and their derivatives by the old coordinates."""
    k = len(polygon)
    moved, slopes = np.empty((k, 2)), np.zeros((2 * k, 2 * k))
    for j in range(k):
        a, way, cap, left, right = supports[j]
        if way == 0:
            moved[j] = payoffs[a]
            continue
        axis = (way - 1) // 2
        other = 1 - axis
        source = worst[axis] if cap < 0 else cap
        at = polygon[source, axis] + (required[a, axis] if cap < 0 else 0.0)
        across = np.zeros(2 * k)
        if left < 0:
            value = polygon[worst[other], other] + required[a, other]
            across[2 * worst[other] + other] = 1.0
        elif left == right:
            value = polygon[left, other]
            across[2 * left + other] = 1.0
        else:
            run, rise = polygon[right, axis] - polygon[left, axis], polygon[right, other] - polygon[left, other]
            if run == 0:
                run = ROUNDING
            share, slope = (at - polygon[left, axis]) / run, rise / run
            value = polygon[left, other] + share * rise
            across[2 * left + other] += 1 - share
            across[2 * right + other] += share
            across[2 * source + axis] += slope
            across[2 * left + axis] -= slope * (1 - share)
            across[2 * right + axis] -= slope * share
        moved[j, axis] = (1 - delta) * payoffs[a, axis] + delta * at
        moved[j, other] = (1 - delta) * payoffs[a, other] + delta * value
        slopes[2 * j + axis, 2 * source + axis] = delta
        slopes[2 * j + other] = delta * across
    return moved, slopes


@njit(cache=True)
def _eliminate(matrix: Points, right: Points) -> bool:
    """Solve a linear system in place by Gaussian elimination; return whether no pivot vanished."""
    n = len(right)
    for c in range(n):
        pivot = c
        for r in range(c + 1, n):
            if abs(matrix[r, c]) > abs(matrix[pivot, c]):
                pivot = r
        if abs(matrix[pivot, c]) < ROUNDING:
            return False
        if pivot != c:
            for q in range(c, n):
                matrix[c, q], matrix[pivot, q] = matrix[pivot, q], matrix[c, q]
            right[c], right[pivot] = right[pivot], right[c]
        for r in range(c + 1, n):
            share = matrix[r, c] / matrix[c, c]
            if share != 0:
                for q in range(c, n):
                    matrix[r, q] -= share * matrix[c, q]
                right[r] -= share * right[c]
    for c in range(n - 1, -1, -1):
        for q in range(c + 1, n):
            right[c] -= matrix[c, q] * right[q]
        right[c] /= matrix[c, c]
    return True


@njit(cache=True)
def _unknowns(supports: Indices) -> Indices:
    """List the coordinates, two a vertex, of the vertices that do not just repeat the payoffs of a profile."""
    places = np.empty(2 * len(supports), dtype=np.int64)
    count = 0
    for j in range(len(supports)):
        if supports[j, WAY] > 0:
            places[count], places[count + 1] = 2 * j, 2 * j + 1
            count += 2
    return places[:count]


@njit(cache=True)
def limit_of(
    payoffs: Points, required: Points, polygon: Points, supports: Indices, worst: tuple[int, int], delta: float
) -> tuple[Points, bool]:
    """Solve for the vertices that their supports reproduce, by Newton's method; tell whether it has succeeded."""
    at, places = polygon.copy(), _unknowns(supports)
    for j in range(len(at)):
        if supports[j, WAY] == 0:
            at[j] = payoffs[supports[j, PROFILE]]
    for _ in range(NEWTON_STEPS):
        moved, slopes = follow(payoffs, required, at, supports, worst, delta)
        step = (moved - at).reshape(-1)[places]
        matrix = np.empty((len(places), len(places)))
        for r in range(len(places)):
            for c in range(len(places)):
                matrix[r, c] = (1.0 if r == c else 0.0) - slopes[places[r], places[c]]
        if not _eliminate(matrix, step):
            return at, False
        for r in range(len(places)):
            at[places[r] // 2, places[r] % 2] += step[r]
        if len(step) == 0 or np.abs(step).max() <= ROUNDING:
            return at, True
        if not np.abs(step).max() <= 1:
            return at, False
    return at, bool(np.abs(step).max() <= ROUNDING / (1 - delta))


@njit(cache=True)
def _nearly_linear(
    payoffs: Points, required: Points, start: Points, end: Points, supports: Indices, worst: tuple[int, int], delta: float
) -> bool:
    """Tell whether vertices on the way from `start` to their limit move at a speed in proportion to what is left."""
    speed = follow(payoffs, required, start, supports, worst, delta)[0] - start
    size, left = np.abs(speed).max(), 1.0
    for _ in range(SHORTCUTS):
        left /= 2
        here = end + left * (start - end)
        bend = follow(payoffs, required, here, supports, worst, delta)[0] - here - left * speed
        if np.abs(bend).max() > BENT * left * size + ROUNDING:
            return False
    return True


@njit(cache=True)
def _cut_short(
    payoffs: Points,
    required: Points,
    active: Indices,
    start: Points,
    end: Points,
    supports: Indices,
    delta: float,
    margin: float,
) -> tuple[Points, bool]:
    """Go from `start` towards the limit as far as the supports stay the same; tell whether that is any way."""
    low, high = 0.0, 1.0
    for _ in range(SHORTCUTS):
        left = high / 4 if low == 0 else (low + high) / 2
        here = end + left * (start - end)
        i, j = lowest(here)
        threat = np.array([here[i, 0], here[j, 1]])
        found = support(payoffs, required, active, here, threat, delta, margin)[2]
        if len(found) == len(supports) and (found == supports).all():
            high = left
        else:
            low = left
    return end + high * (start - end), high < 1


@njit(cache=True)
def fall(
    payoffs: Points,
    required: Points,
    minmax: Points,
    delta: float,
    margin: float,
    step_tolerance: float,
    max_iterations: int,
) -> tuple[Points, Points, Indices, int, float]:
    """Let the sets fall from all feasible payoffs until a step moves them by no more than `step_tolerance`.

    Returned are the vertices, the promises and profiles that support them, the number of steps and the size of
    the last one.
    """
    polygon, threat, active = payoffs[hull(payoffs)], minmax, np.arange(len(payoffs))
    promises, supports = polygon, np.full((len(polygon), SUPPORT), -1)
    worst, settled, patience, residual, steps = (-1, -1), 0, PATIENCE, np.inf, 0
    while steps < max_iterations:
        steps += 1
        before, previous, old_worst = polygon, supports, worst
        polygon, promises, supports, active = support(payoffs, required, active, before, threat, delta, margin)
        if len(polygon) == 0:
            residual = 0.0 if len(before) == 0 else np.inf
            if len(before) == 0:
                break
            continue
        worst = lowest(polygon)
        threat = np.array([polygon[worst[0], 0], polygon[worst[1], 1]])
        same = len(supports) == len(previous) and worst == old_worst and (supports == previous).all()
        settled = settled + 1 if same else 0
        residual = np.abs(polygon - before).max() if same else outside(polygon, before)
        if residual <= ROUNDING or (residual <= step_tolerance and settled == 0):
            break
        if settled < patience and residual > step_tolerance:
            continue
        end, solved = limit_of(payoffs, required, polygon, supports, worst, delta)
        if solved and _nearly_linear(payoffs, required, polygon, end, supports, worst, delta):
            corners = end[hull(end)]
            i, j = lowest(corners)
            least = np.array([corners[i, 0], corners[j, 1]])
            found = support(payoffs, required, active, corners, least, delta, margin)
            apart = max(outside(found[0], corners), outside(corners, found[0]))
            if apart <= step_tolerance and outside(polygon, found[0]) <= margin:
                polygon, promises, supports, residual = found[0], found[1], found[2], apart
                break
            if residual > step_tolerance:
                polygon, gone = _cut_short(
                    payoffs, required, active, polygon, end, supports, delta, margin
                )
                worst = lowest(polygon)
                threat = np.array([polygon[worst[0], 0], polygon[worst[1], 1]])
                if gone:
                    settled = 0
                    continue
        if residual <= step_tolerance:
            break
        patience *= 2
    return polygon, promises, supports[:, PROFILE].copy(), steps, residual
