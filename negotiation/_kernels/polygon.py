"""Convex polygons in the plane, compiled: hulls, cuts, distances.

A polygon is an array of vertices, shape (k, 2), counter-clockwise from the lexicographically smallest one, in
coordinates of the order of 1.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Points = NDArray[np.float64]
Indices = NDArray[np.int64]

GRID = 2.0**48
"""Points are compared after rounding to 1 / GRID, 4e-15: above the rounding error of a few operations."""
ROUNDING = 4e-15
"""What the rounding of floats can do to a coordinate in one step; no smaller difference means anything."""
SPLIT = 2.0**27 + 1
"""Veltkamp's constant: splits a float into two halves whose products are exact."""
FEW = 24
"""Number of points from which it pays to drop the inner ones before they are sorted."""
DIRECTIONS = np.array([(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)], dtype=np.float64)


@njit(cache=True)
def _product(a: float, b: float) -> tuple[float, float]:
    """Multiply exactly, as the sum of two floats (Dekker)."""
    high = a * b
    shifted = SPLIT * a
    a_high = shifted - (shifted - a)
    shifted = SPLIT * b
    b_high = shifted - (shifted - b)
    a_low, b_low = a - a_high, b - b_high
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low


@njit(cache=True)
def _turn(x: Points, y: Points, i: int, j: int, k: int) -> float:
    """Return a number with the exact sign of the turn at j on the way from i to k, for whole coordinates."""
    high, low = _product(x[j] - x[i], y[k] - y[j])
    other_high, other_low = _product(y[j] - y[i], x[k] - x[j])
    return (high - other_high) + (low - other_low)


@njit(cache=True)
def _outermost(points: Points) -> Indices:
    """Find the points that do not lie well inside the octagon of the extreme ones."""
    if len(points) < FEW:
        return np.arange(len(points))
    corners = np.empty(len(DIRECTIONS), dtype=np.int64)
    for d in range(len(DIRECTIONS)):
        best, far = 0, -np.inf
        for i in range(len(points)):
            along = DIRECTIONS[d, 0] * points[i, 0] + DIRECTIONS[d, 1] * points[i, 1]
            if along > far:
                best, far = i, along
        corners[d] = best
    kept = np.empty(len(points), dtype=np.int64)
    count = 0
    for i in range(len(points)):
        inside = True
        for d in range(len(corners)):
            x, y = points[corners[d]]
            run, rise = points[corners[(d + 1) % len(corners)]] - points[corners[d]]
            left = run * (points[i, 1] - y) - rise * (points[i, 0] - x)
            if (run != 0 or rise != 0) and left <= 4 * ROUNDING * (abs(run) + abs(rise)):
                inside = False
                break
        if not inside:
            kept[count] = i
            count += 1
    return kept[:count]


@njit(cache=True)
def _distinct(x: Points, y: Points) -> Indices:
    """Sort points by x, then y, and keep the first of equal ones."""
    order = np.argsort(y, kind="mergesort")
    order = order[np.argsort(x[order], kind="mergesort")]
    count = 0
    for i in order:
        if count == 0 or x[i] != x[order[count - 1]] or y[i] != y[order[count - 1]]:
            order[count] = i
            count += 1
    return order[:count]


@njit(cache=True)
def hull(points: Points) -> Indices:
    """Find which points, shape (m, 2), are the vertices of their convex hull: Andrew's chain, exact on the grid."""
    kept = _outermost(points)
    x, y = np.rint(points[kept, 0] * GRID), np.rint(points[kept, 1] * GRID)
    order = _distinct(x, y)
    count = len(order)
    if count < 3:
        return kept[order]
    stack = np.empty(2 * count, dtype=np.int64)
    size = 0
    for run in range(2):
        base = size
        for step in range(count):
            k = order[step] if run == 0 else order[count - 1 - step]
            while size > base + 1 and _turn(x, y, stack[size - 2], stack[size - 1], k) <= 0:
                size -= 1
            stack[size] = k
            size += 1
        size -= 1
    return kept[stack[:size]]


@njit(cache=True)
def chains(polygon: Points, axis: int) -> tuple[Indices, Indices]:
    """List the vertices along either side of a polygon by rising coordinate: the lower side, then the upper."""
    k = len(polygon)
    start, end = polygon[:, axis].argmin(), polygon[:, axis].argmax()
    there = (end - start) % k + 1
    back = (start - end) % k + 1
    first, second = np.empty(there, dtype=np.int64), np.empty(back, dtype=np.int64)
    for i in range(there):
        first[i] = (start + i) % k
    for i in range(back):
        second[i] = (start - i) % k
    return (first, second) if axis == 0 else (second, first)


@njit(cache=True)
def extreme(
    polygon: Points, chain: Indices, axis: int, at: float, margin: float, sign: int
) -> tuple[float, int, int]:
    """Find where a line on which coordinate `axis` is `at` leaves one side of a polygon.

    A vertex no farther than `margin` from the line counts as on it. Returned are the other coordinate and the
    two ends of the edge that is crossed; they are the same for a vertex, and -1 if the line misses the side.
    """
    first, count = 0, len(chain)
    behind = count
    while first < behind:
        middle = (first + behind) // 2
        if polygon[chain[middle], axis] < at - margin:
            first = middle + 1
        else:
            behind = middle
    best, left, right = -np.inf, -1, -1
    last = first
    while last < count and polygon[chain[last], axis] <= at + margin:
        value = sign * polygon[chain[last], 1 - axis]
        if value > best:
            best, left, right = value, chain[last], chain[last]
        last += 1
    for edge in range(max(first - 1, 0), min(last, count - 1)):
        here, there = polygon[chain[edge]], polygon[chain[edge + 1]]
        if here[axis] < at < there[axis]:
            share = (at - here[axis]) / (there[axis] - here[axis])
            value = sign * (here[1 - axis] + share * (there[1 - axis] - here[1 - axis]))
            if value > best + ROUNDING:
                best, left, right = value, chain[edge], chain[edge + 1]
    return sign * best, left, right


@njit(cache=True)
def _gap(polygon: Points, x: float, y: float) -> float:
    """Return how far a point lies outside a polygon that has a vertex; 0 inside."""
    nearest, inside, k = np.inf, True, len(polygon)
    for i in range(k):
        run, rise = polygon[(i + 1) % k] - polygon[i]
        across, up = x - polygon[i, 0], y - polygon[i, 1]
        length = run * run + rise * rise
        share = 0.0
        if length > 0:
            share = min(max((across * run + up * rise) / length, 0.0), 1.0)
        if run * up - rise * across <= np.sqrt(length) * ROUNDING:
            inside = False
        nearest = min(nearest, np.hypot(across - share * run, up - share * rise))
    return 0.0 if inside else nearest


@njit(cache=True)
def outside(polygon: Points, points: Points) -> float:
    """Return how far the farthest of some points lies outside a polygon; infinite from the empty set."""
    worst = 0.0
    for i in range(len(points)):
        worst = max(worst, _gap(polygon, points[i, 0], points[i, 1]) if len(polygon) else np.inf)
    return worst


@njit(cache=True)
def thin_out(polygon: Points, margin: float) -> Indices:
    """Find the vertices that are left when those within `margin` of their neighbours' segment go, least first."""
    kept = np.arange(len(polygon))
    bulges = np.empty(len(polygon))
    for i in range(len(kept)):
        bulges[i] = _bulge(polygon, kept, i)
    while len(kept) > 1:
        least = bulges.argmin()
        if bulges[least] > margin:
            break
        kept, bulges = np.delete(kept, least), np.delete(bulges, least)
        for i in (least - 1, least % len(kept)):
            bulges[i] = _bulge(polygon, kept, i % len(kept))
    return kept


@njit(cache=True)
def _bulge(polygon: Points, kept: Indices, i: int) -> float:
    here = polygon[kept[i]]
    sides = polygon[np.array([kept[i - 1], kept[(i + 1) % len(kept)]])]
    return _gap(sides, here[0], here[1])
