"""Hulls and simpler polygons, compiled, for vertices with a third column that tells where they come from.

A polygon is an array of vertices, shape (k, 2 or more), counter-clockwise from the leftmost, lowest one, in
coordinates of the order of 1. No vertex is the empty set, one a point, two a segment.
"""

import numpy as np
from numba import njit

from negotiation._kernels.polygon import Indices, Points

FEW = 40
"""Number of points up to which they are sorted by insertion."""


@njit(cache=True, error_model="numpy")
def _order(points: Points) -> Indices:
    """Sort points by x, then y."""
    if len(points) > FEW:
        order = np.argsort(points[:, 1], kind="mergesort")
        return order[np.argsort(points[order, 0], kind="mergesort")]
    order = np.arange(len(points))
    for i in range(1, len(points)):
        j, k = i, order[i]
        while j > 0:
            last = order[j - 1]
            ahead = points[last, 0] < points[k, 0] or (
                points[last, 0] == points[k, 0] and points[last, 1] <= points[k, 1]
            )
            if ahead:
                break
            order[j] = last
            j -= 1
        order[j] = k
    return order


@njit(cache=True, error_model="numpy")
def hull(points: Points) -> Indices:
    """Find the vertices of the convex hull of points, shape (m, 2 or more): Andrew's monotone chain."""
    order, count = _order(points), 0
    for i in order:
        if count > 0:
            last = order[count - 1]
            if points[i, 0] == points[last, 0] and points[i, 1] == points[last, 1]:
                continue
        order[count] = i
        count += 1
    if count < 3:
        return order[:count]
    stack, size = np.empty(2 * count, dtype=np.int64), 0
    for run in range(2):
        bottom = size
        for step in range(count):
            k = order[step] if run == 0 else order[count - 1 - step]
            while size > bottom + 1:
                i, j = stack[size - 2], stack[size - 1]
                left = (points[j, 0] - points[i, 0]) * (points[k, 1] - points[j, 1])
                if left > (points[j, 1] - points[i, 1]) * (points[k, 0] - points[j, 0]):
                    break
                size -= 1
            stack[size] = k
            size += 1
        size -= 1
    return stack[:size]


@njit(cache=True, error_model="numpy")
def _near(points: Points, i: int, j: int, margin: float) -> bool:
    """Tell whether all vertices between two others lie within a margin of the segment that joins these."""
    m = len(points)
    run, rise = points[j % m, 0] - points[i, 0], points[j % m, 1] - points[i, 1]
    length = run * run + rise * rise
    for k in range(i + 1, j):
        across, up = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1]
        share = min(max((across * run + up * rise) / length, 0.0), 1.0) if length > 0 else 0.0
        off, over = across - share * run, up - share * rise
        if off * off + over * over > margin * margin:
            return False
    return True


@njit(cache=True, error_model="numpy")
def thin_out(points: Points, margin: float) -> Points:
    """Drop vertices so that none of them lies farther than a margin from what is left."""
    m, kept, count, i = len(points), np.empty(len(points), dtype=np.int64), 0, 0
    while i < m:
        kept[count] = i
        count += 1
        j = i + 1
        while j < m and _near(points, i, j + 1, margin):
            j += 1
        i = j
    return points[kept[:count]]


@njit(cache=True, error_model="numpy")
def round_out(points: Points, margin: float) -> Points:
    """Drop edges, but no two in a row, by lengthening their neighbours until they meet, within a margin."""
    m, count, last = len(points), 0, -2
    if m < 5:
        return points
    kept = np.empty_like(points)
    for i in range(m):
        a, b, c, d = points[i - 1], points[i], points[(i + 1) % m], points[(i + 2) % m]
        run, rise, other_run, other_rise = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
        turn = run * other_rise - rise * other_run
        if last == i - 1:
            continue
        kept[count] = b
        if turn > 0 and 0 < i < m - 2:
            beyond = ((c[0] - b[0]) * other_rise - (c[1] - b[1]) * other_run) / turn
            x, y = b[0] + beyond * run, b[1] + beyond * rise
            if max(abs(x - b[0]), abs(y - b[1])) <= margin or max(abs(x - c[0]), abs(y - c[1])) <= margin:
                kept[count, 0], kept[count, 1] = x, y
                last = i
        count += 1
    return kept[:count]
