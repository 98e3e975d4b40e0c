"""The falling sets of Abreu and Sannikov (2014), compiled: which average payoffs promises from a set support.

Payoffs run from 0 to 1. A row of `stage`, shape (m, 4), holds the payoffs of an action profile and how far a
promise must lie above the worst one. A row of a layer, shape (k, `COLUMNS`), is a vertex and what supports it.
"""

import numpy as np
from numba import njit

from negotiation._kernels.polygon import (
    ROUNDING,
    Indices,
    Points,
    edges_of,
    extreme,
    hull,
    picked,
    sides,
    within,
)

COLUMNS = 9
"""The vertex and the promise, two columns each; then the numbers that name its support."""
PROMISE, PROFILE, WAY, CAP, LEFT, RIGHT = 2, 4, 5, 6, 7, 8
"""The profile played first; the way in which it supports the vertex; the vertex that caps the promise to the
player whose constraint binds, or -1; the ends of the edge that holds the promise, -1 where both bind."""
WAYS = 4
"""A profile that is not free supports at most four vertices: two ends of a cut for either constraint."""
BUCKETS = 64
"""Parts of the range of either coordinate in which the other one is bounded."""
FAR = 8.0
"""Payoffs farther from 0 than this many times their range lose digits when they are brought to it in floats."""
TINY, HUGE = 1e-290, 1e300
"""Ranges of payoffs between which floats keep all their digits."""


@njit(cache=True, error_model="numpy")
def measure(payoffs: Points, deltas: Points) -> tuple[Points, Points, Points, Points, bool]:
    """Bring payoffs, shape (n0, n1, 2), to the range from 0 to 1.

    Returned are the profiles, as above, the minmax payoffs, the lowest payoffs and the ranges in the unit of the
    payoffs, and whether floats have kept their digits.
    """
    rows, columns = payoffs.shape[:2]
    low, high, spread = np.full(2, np.inf), np.full(2, -np.inf), np.empty(2)
    best_row, best_column = np.full(columns, -np.inf), np.full(rows, -np.inf)
    stage = np.empty((rows * columns, 4))
    for a in range(rows):
        for b in range(columns):
            best_row[b] = max(best_row[b], payoffs[a, b, 0])
            best_column[a] = max(best_column[a], payoffs[a, b, 1])
            for i in range(2):
                low[i], high[i] = min(low[i], payoffs[a, b, i]), max(high[i], payoffs[a, b, i])
    sharp = True
    for i in range(2):
        spread[i] = high[i] - low[i]
        sharp = sharp and TINY < spread[i] < HUGE and max(-low[i], high[i]) <= FAR * spread[i]
    for a in range(rows):
        for b in range(columns):
            for i in range(2):
                best = best_row[b] if i == 0 else best_column[a]
                stage[a * columns + b, i] = (payoffs[a, b, i] - low[i]) / spread[i]
                stage[a * columns + b, 2 + i] = (
                    (1 - deltas[i]) / deltas[i] * ((best - payoffs[a, b, i]) / spread[i])
                )
    minmax = np.array([(best_row.min() - low[0]) / spread[0], (best_column.min() - low[1]) / spread[1]])
    return stage, minmax, low, spread, sharp


@njit(cache=True, error_model="numpy")
def _note(
    layer: Points, row: int, axis: int, at: float, across: float, way: int, cap: float, left: float, right: float
) -> None:
    layer[row, PROMISE + axis], layer[row, PROMISE + 1 - axis] = at, across
    layer[row, WAY], layer[row, CAP], layer[row, LEFT], layer[row, RIGHT] = way, cap, left, right


@njit(cache=True, error_model="numpy")
def _bind(
    places: Points,
    axis: int,
    count_low: int,
    count_high: int,
    at: float,
    least: float,
    margin: float,
    layer: Points,
    row: int,
) -> int:
    """Write the promises at which the constraint of player `axis` binds from a row on; return the row behind."""
    low, high, top, cap = 2 * axis, 2 * axis + 1, places[2 * axis, count_low - 1, 0], -1.0
    if at > top + ROUNDING:
        at, cap = top, places[low, count_low - 1, 2]
    value, i, j = extreme(places, high, count_high, at, margin)
    if least > value + margin:
        return row
    _note(layer, row, axis, at, value, 1 + high, cap, i, j)
    if least > value:
        return row + 1
    value, i, j = extreme(places, low, count_low, at, margin)
    if least > value + ROUNDING:
        value, i, j = least, -1.0, -1.0
    _note(layer, row + 1, axis, at, value, 1 + low, cap, i, j)
    return row + 2


@njit(cache=True, error_model="numpy")
def swallowed(
    edges: Points, stage: Points, a: int, first: float, second: float, tops: tuple[float, float], delta: float
) -> bool:
    """Tell whether all that a profile can support at a binding constraint lies inside a polygon.

    It lies on the two lower sides of a rectangle, whose three corners are compared with each edge at once.
    """
    x, y = (1 - delta) * stage[a, 0] + delta * first, (1 - delta) * stage[a, 1] + delta * second
    right, up = delta * (tops[0] - first), delta * (tops[1] - second)
    for d in range(len(edges)):
        run, rise = edges[d, 0], edges[d, 1]
        if run * y - rise * x + min(0.0, run * up, -rise * right) <= edges[d, 2]:
            return False
    return len(edges) > 0


@njit(cache=True, error_model="numpy")
def _ceilings(places: Points, counts: Indices) -> tuple[Points, Points]:
    """Bound one coordinate of a polygon where the other lies in one of `BUCKETS` equal parts of its range.

    Returned are the bounds, for either other coordinate, and where the parts start and how many go into 1.
    """
    tops, parts = np.full((2, BUCKETS), -np.inf), np.empty((2, 2))
    for axis in range(2):
        side, last = 2 * axis + 1, counts[2 * axis + 1] - 1
        bottom, top = places[side, 0, 0], places[side, last, 0]
        parts[axis, 0], parts[axis, 1] = bottom, BUCKETS / (top - bottom) if top > bottom else 0.0
        width = (top - bottom) / BUCKETS
        for i in range(max(last, 1)):
            here, across = places[side, i, 0], places[side, i, 1]
            run, rise = places[side, min(i + 1, last), 0] - here, places[side, min(i + 1, last), 1] - across
            first, end = _bucket(here, parts, axis), _bucket(here + run, parts, axis)
            start = 0.0
            for b in range(first, end + 1):
                stop = min(max((bottom + (b + 1) * width - here) / run, 0.0), 1.0) if b < end else 1.0
                tops[axis, b] = max(tops[axis, b], across + max(start * rise, stop * rise))
                start = stop
        if top <= bottom:
            other = 2 * (1 - axis)
            tops[axis, 0] = max(tops[axis, 0], places[other, counts[other] - 1, 0])
        before = -np.inf
        for b in range(BUCKETS):
            here = tops[axis, b]
            tops[axis, b] = max(before, here, tops[axis, min(b + 1, BUCKETS - 1)]) + ROUNDING
            before = here
    return tops, parts


@njit(cache=True, error_model="numpy")
def _bucket(at: float, parts: Points, axis: int) -> int:
    return min(max(int((at - parts[axis, 0]) * parts[axis, 1]), 0), BUCKETS - 1)


@njit(cache=True, error_model="numpy")
def support(
    stage: Points, active: Indices, likely: Points, polygon: Points, threat: Points, delta: float, margin: float
) -> tuple[Points, Indices]:
    """Apply the operator once: the next layer, and the profiles that can still be supported.

    The profiles of the layer `likely` come first; what the others support inside its polygon is left out.
    """
    if len(polygon) == 0:
        return np.empty((0, COLUMNS)), active[:0]
    layer = np.empty((WAYS * (2 * len(likely) + 8), COLUMNS))
    left, alive, count, done = np.empty_like(active), 0, 0, np.zeros(len(stage), dtype=np.bool_)
    corners, edges, sure = active[:0], np.empty((0, 3)), 0
    places, counts = sides(polygon)
    lower, upper, leftward, rightward = counts
    room = places[0, lower - 1, 0] - threat[0] + margin, places[2, leftward - 1, 0] - threat[1] + margin
    ceilings, parts = _ceilings(places, counts)
    for turn in range(len(likely) + len(active)):
        if turn == len(likely) and count > 2:
            corners, sure = hull(layer[:count]), count
            edges = edges_of(layer, corners, -ROUNDING)
        a = int(likely[turn, PROFILE]) if turn < len(likely) else active[turn - len(likely)]
        if done[a] or stage[a, 2] > room[0] or stage[a, 3] > room[1]:
            continue
        first, second = threat[0] + stage[a, 2], threat[1] + stage[a, 3]
        if count + WAYS > len(layer):
            layer = _longer(layer, count)
        tops = ceilings[1, _bucket(second, parts, 1)], ceilings[0, _bucket(first, parts, 0)]
        start, behind = count, count
        if stage[a, 0] >= first - margin and stage[a, 1] >= second - margin:
            _note(layer, count, 0, stage[a, 0], stage[a, 1], 0, -1.0, -1.0, -1.0)
            behind += 1
        elif not swallowed(edges, stage, a, first, second, tops, delta):
            behind = _bind(places, 0, lower, upper, first, second, margin, layer, behind)
            behind = _bind(places, 1, leftward, rightward, second, first, margin, layer, behind)
        for row in range(start, behind):
            x = (1 - delta) * stage[a, 0] + delta * layer[row, PROMISE]
            y = (1 - delta) * stage[a, 1] + delta * layer[row, PROMISE + 1]
            if within(edges, x, y):
                continue
            if count < row:
                for column in range(COLUMNS):
                    layer[count, column] = layer[row, column]
            layer[count, 0], layer[count, 1], layer[count, PROFILE] = x, y, a
            count += 1
        done[a] = behind > start or len(edges) > 0
    for a in active:
        if done[a]:
            left[alive] = a
            alive += 1
    return picked(layer, corners if count == sure else hull(layer[:count])), left[:alive]


@njit(cache=True, error_model="numpy")
def _longer(layer: Points, count: int) -> Points:
    """Copy the first rows of a layer to one that is twice as long."""
    longer = np.empty((2 * len(layer), COLUMNS))
    for row in range(count):
        for column in range(COLUMNS):
            longer[row, column] = layer[row, column]
    return longer


@njit(cache=True, error_model="numpy")
def lowest(polygon: Points) -> tuple[int, int]:
    """Find the vertices that are worst for each player; the first of those that rounding may have parted."""
    left, bottom, first, second = np.inf, np.inf, 0, 0
    for i in range(len(polygon)):
        left, bottom = min(left, polygon[i, 0]), min(bottom, polygon[i, 1])
    while polygon[first, 0] > left + ROUNDING:
        first += 1
    while polygon[second, 1] > bottom + ROUNDING:
        second += 1
    return first, second


@njit(cache=True, error_model="numpy")
def threat_of(polygon: Points) -> Points:
    """Return the payoffs of the `lowest` vertices."""
    (first, second), threat = lowest(polygon), np.empty(2)
    threat[0], threat[1] = polygon[first, 0], polygon[second, 1]
    return threat
