"""Convex polygons in the plane, compiled: hulls, cuts, distances.

A polygon is an array of vertices, shape (k, 2), counter-clockwise from the lexicographically smallest one, in
coordinates of the order of 1.

Plain loops stand here in place of array expressions: compiled, those bring along checks of shapes and their
messages, which take longer to load in a fresh process than all the rest.
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
SHORT = 32
"""Number of points up to which they are sorted by insertion."""
DIRECTIONS = np.array([(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)], dtype=np.float64)


@njit(cache=True, error_model="numpy")
def _product(a: float, b: float) -> tuple[float, float]:
    """Multiply exactly, as the sum of two floats (Dekker)."""
    high = a * b
    shifted = SPLIT * a
    a_high = shifted - (shifted - a)
    shifted = SPLIT * b
    b_high = shifted - (shifted - b)
    a_low, b_low = a - a_high, b - b_high
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low


@njit(cache=True, error_model="numpy")
def _turn(x: Points, y: Points, i: int, j: int, k: int) -> float:
    """Return a number with the exact sign of the turn at j on the way from i to k, for whole coordinates."""
    high, low = _product(x[j] - x[i], y[k] - y[j])
    other_high, other_low = _product(y[j] - y[i], x[k] - x[j])
    return (high - other_high) + (low - other_low)


@njit(cache=True, error_model="numpy")
def picked(rows: Points, kept: Indices) -> Points:
    """Return some rows of a table."""
    found = np.empty((len(kept), rows.shape[1]))
    for i in range(len(kept)):
        for column in range(rows.shape[1]):
            found[i, column] = rows[kept[i], column]
    return found


@njit(cache=True, error_model="numpy")
def octagon(points: Points, margin: float) -> Points:
    """List the edges of the octagon of the extreme points: run, rise and level of each; none if it is flat.

    Points (x, y) with run * y - rise * x above the level lie to the left of the edge by more than the margin.
    """
    return edges_of(points, _extremes(points), margin)


@njit(cache=True, error_model="numpy")
def edges_of(points: Points, corners: Indices, margin: float) -> Points:
    """List the edges of the polygon with the given corners, as in `octagon`; none if it is flat."""
    edges, count = np.empty((len(corners), 3)), 0
    for d in range(len(corners)):
        i, j = corners[d], corners[(d + 1) % len(corners)]
        run, rise = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
        if run != 0 or rise != 0:
            edges[count, 0], edges[count, 1] = run, rise
            edges[count, 2] = run * points[i, 1] - rise * points[i, 0] + margin * (abs(run) + abs(rise))
            count += 1
    return edges[: count if count > 2 else 0]


@njit(cache=True, error_model="numpy")
def within(edges: Points, x: float, y: float) -> bool:
    """Tell whether a point lies to the left of all edges by more than their margin."""
    for d in range(len(edges)):
        if edges[d, 0] * y - edges[d, 1] * x <= edges[d, 2]:
            return False
    return len(edges) > 0


@njit(cache=True, error_model="numpy")
def _outermost(points: Points) -> Indices:
    """Find the points that do not lie well inside the octagon of the extreme ones."""
    if len(points) < FEW:
        return np.arange(len(points))
    edges = octagon(points, 4 * ROUNDING)
    kept, count = np.empty(len(points), dtype=np.int64), 0
    for i in range(len(points)):
        if not within(edges, points[i, 0], points[i, 1]):
            kept[count] = i
            count += 1
    return kept[:count]


@njit(cache=True, error_model="numpy")
def _extremes(points: Points) -> Indices:
    """Find the points that lie farthest in each of eight directions, counter-clockwise."""
    corners, far = np.zeros(len(DIRECTIONS), dtype=np.int64), np.full(len(DIRECTIONS), -np.inf)
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        for d in range(len(DIRECTIONS)):
            along = DIRECTIONS[d, 0] * x + DIRECTIONS[d, 1] * y
            if along > far[d]:
                corners[d], far[d] = i, along
    return corners


@njit(cache=True, error_model="numpy")
def _sorted(x: Points, y: Points) -> Indices:
    """Sort points by x, then y, and leave equal ones in their order."""
    if len(x) > SHORT:
        order, along = np.argsort(y, kind="mergesort"), np.empty(len(x))
        for i in range(len(x)):
            along[i] = x[order[i]]
        second = np.argsort(along, kind="mergesort")
        for i in range(len(x)):
            second[i] = order[second[i]]
        return second
    order = np.arange(len(x))
    for i in range(1, len(x)):
        j = i
        while j > 0 and (x[order[j - 1]] > x[i] or (x[order[j - 1]] == x[i] and y[order[j - 1]] > y[i])):
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    return order


@njit(cache=True, error_model="numpy")
def _distinct(x: Points, y: Points) -> Indices:
    """Sort points by x, then y, and keep the first of equal ones."""
    order, count = _sorted(x, y), 0
    for i in order:
        if count == 0 or x[i] != x[order[count - 1]] or y[i] != y[order[count - 1]]:
            order[count] = i
            count += 1
    return order[:count]


@njit(cache=True, error_model="numpy")
def hull(points: Points) -> Indices:
    """Find which points, shape (m, 2), are the vertices of their convex hull: Andrew's chain."""
    kept = _outermost(points)
    x, y = np.empty(len(kept)), np.empty(len(kept))
    for i in range(len(kept)):
        x[i], y[i] = np.rint(points[kept[i], 0] * GRID), np.rint(points[kept[i], 1] * GRID)
    order = _distinct(x, y)
    count = len(order)
    stack, size = np.empty(2 * count, dtype=np.int64), 0
    for run in range(2 if count > 2 else 0):
        base = size
        for step in range(count):
            k = order[step] if run == 0 else order[count - 1 - step]
            while size > base + 1 and _turn(x, y, stack[size - 2], stack[size - 1], k) <= 0:
                size -= 1
            stack[size] = k
            size += 1
        size -= 1
    if count < 3:
        stack, size = order, count
    for i in range(size):
        stack[i] = kept[stack[i]]
    return stack[:size]


@njit(cache=True, error_model="numpy")
def sides(polygon: Points) -> tuple[Points, Indices]:
    """Follow the four sides of a polygon: the lower, upper, left and right one, by rising coordinate.

    Returned are the coordinates along and across and the number of the vertex, shape (4, k, 3), and how many
    vertices each side has.
    """
    k = len(polygon)
    places, counts = np.empty((4, k, 3)), np.empty(4, dtype=np.int64)
    for axis in range(2):
        start, end = 0, 0
        for i in range(1, k):
            start = i if polygon[i, axis] < polygon[start, axis] else start
            end = i if polygon[i, axis] > polygon[end, axis] else end
        for turn in range(2):
            side, sign = 2 * axis + (turn + axis) % 2, 1 - 2 * turn
            counts[side] = (sign * (end - start)) % k + 1
            vertex = start
            for i in range(counts[side]):
                places[side, i, 0], places[side, i, 1] = polygon[vertex, axis], polygon[vertex, 1 - axis]
                places[side, i, 2] = vertex
                vertex = (vertex + sign) % k
    return places, counts


@njit(cache=True, error_model="numpy")
def extreme(places: Points, side: int, count: int, at: float, margin: float) -> tuple[float, float, float]:
    """Find where the line at coordinate `at` meets one of the `sides` of a polygon.

    A vertex no farther than `margin` from the line counts as on it; of several places the outermost one is
    taken. Returned are the coordinate across and the ends of the edge that is met; they are the same for a
    vertex, and -1 if the line misses the side.
    """
    first, behind, sign = 0, count, 2 * (side % 2) - 1
    while first < behind:
        middle = (first + behind) // 2
        if places[side, middle, 0] < at - margin:
            first = middle + 1
        else:
            behind = middle
    best, left, right = -np.inf, -1.0, -1.0
    last = first
    while last < count and places[side, last, 0] <= at + margin:
        value = sign * places[side, last, 1]
        if value > best:
            best, left, right = value, places[side, last, 2], places[side, last, 2]
        last += 1
    for edge in range(max(first - 1, 0), min(last, count - 1)):
        here, there = places[side, edge, 0], places[side, edge + 1, 0]
        if here < at < there:
            share = (at - here) / (there - here)
            value = sign * (places[side, edge, 1] + share * (places[side, edge + 1, 1] - places[side, edge, 1]))
            if value > best + ROUNDING:
                best, left, right = value, places[side, edge, 2], places[side, edge + 1, 2]
    return sign * best, left, right


@njit(cache=True, error_model="numpy")
def _gap(polygon: Points, x: float, y: float) -> float:
    """Return how far a point lies outside a polygon that has a vertex; 0 inside."""
    nearest, inside, k = np.inf, True, len(polygon)
    for i in range(k):
        j = i + 1 if i + 1 < k else 0
        run, rise = polygon[j, 0] - polygon[i, 0], polygon[j, 1] - polygon[i, 1]
        across, up = x - polygon[i, 0], y - polygon[i, 1]
        length = run * run + rise * rise
        share = 0.0
        if length > 0:
            share = min(max((across * run + up * rise) / length, 0.0), 1.0)
        if run * up - rise * across <= np.sqrt(length) * ROUNDING:
            inside = False
        off, over = across - share * run, up - share * rise
        nearest = min(nearest, off * off + over * over)
    return 0.0 if inside else np.sqrt(nearest)


@njit(cache=True, error_model="numpy")
def outside(polygon: Points, points: Points) -> float:
    """Return how far the farthest of some points lies outside a polygon; infinite from the empty set."""
    worst = 0.0
    for i in range(len(points)):
        worst = max(worst, _gap(polygon, points[i, 0], points[i, 1]) if len(polygon) else np.inf)
    return worst


@njit(cache=True, error_model="numpy")
def thin_out(polygon: Points, margin: float) -> Indices:
    """Find the vertices that are left when those within `margin` of their neighbours' segment go, least first."""
    count = len(polygon)
    kept, bulges, ends = np.arange(count), np.empty(count), np.empty((2, 2))
    for i in range(count):
        bulges[i] = _bulge(polygon, kept, count, i, ends)
    while count > 1:
        least = 0
        for i in range(1, count):
            least = i if bulges[i] < bulges[least] else least
        if bulges[least] > margin:
            break
        count -= 1
        for i in range(least, count):
            kept[i], bulges[i] = kept[i + 1], bulges[i + 1]
        for i in ((least - 1) % count, least % count):
            bulges[i] = _bulge(polygon, kept, count, i, ends)
    return kept[:count]


@njit(cache=True, error_model="numpy")
def _bulge(polygon: Points, kept: Indices, count: int, i: int, ends: Points) -> float:
    """Return how far one of the first vertices that are kept lies from its neighbours' segment, put in `ends`."""
    before, here, after = kept[(i - 1) % count], kept[i], kept[(i + 1) % count]
    for axis in range(2):
        ends[0, axis], ends[1, axis] = polygon[before, axis], polygon[after, axis]
    return _gap(ends, polygon[here, 0], polygon[here, 1])
