"""Convex polygons in the plane: hulls, cuts and distances.

A polygon is an array of vertices, shape (k, 2), counter-clockwise from the lexicographically smallest one. No
vertex is the empty set, one a point, two a segment; none of them needs a case of its own. Coordinates are
expected to be of the order of 1, as payoffs measured in their own range are.
"""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

GRID = 2.0**44
"""Points are compared after rounding to 1 / GRID, 6e-14: above the rounding error of a few operations."""


def hull_indices(points: Points) -> NDArray[np.int64]:
    """Find which points are the vertices of their convex hull.

    Parameters
    ----------
    points : array, shape (m, 2)
        Points in any order, repeated ones allowed.

    Returns
    -------
    array of int, shape (k,)
        Indices into `points`, counter-clockwise; the first of points that round to the same place.

    Notes
    -----
    Andrew's monotone chain [And79]_ on coordinates rounded to whole multiples of 1 / `GRID`, so that every turn
    is decided exactly, in Python integers. O(m log m).

    References
    ----------
    .. [And79] A. M. Andrew (1979), Another efficient algorithm for convex hulls in two dimensions, Information
       Processing Letters 9, 216-219.

    Examples
    --------
    >>> hull_indices(np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.0], [0.0, 1.0], [0.2, 0.2]])).tolist()
    [0, 1, 3]
    """
    first: dict[tuple[int, int], int] = {}
    for index, (x, y) in enumerate(np.rint(points * GRID).tolist()):
        first.setdefault((int(x), int(y)), index)
    ordered = sorted(first)
    if len(ordered) > 2:
        ordered = _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]
    return np.array([first[place] for place in ordered], dtype=np.int64)


def _chain(ordered: list[tuple[int, int]]) -> list[tuple[int, int]]:
    chain: list[tuple[int, int]] = []
    for x, y in ordered:
        while len(chain) > 1:
            (x0, y0), (x1, y1) = chain[-2:]
            if (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0):
                break
            chain.pop()
        chain.append((x, y))
    return chain


def convex_hull(points: Points) -> Points:
    """Return the convex hull of points, shape (m, 2), as a polygon."""
    return points[hull_indices(points)]


def clip(polygon: Points, axis: int, least: float, margin: float) -> Points:
    """Cut a polygon down to the points whose coordinate `axis` is at least `least`.

    Parameters
    ----------
    polygon : array, shape (k, 2)
        Vertices of a convex polygon, in order.
    axis : int
        0 or 1.
    least : float
        Where the cut runs.
    margin : float
        A vertex no farther than this from the cut is moved onto it, and kept.

    Returns
    -------
    array, shape (m, 2)
        Vertices in the same order; none when the whole polygon lies below the cut.

    Examples
    --------
    >>> clip(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), 0, 0.5, 1e-12).tolist()
    [[0.5, 0.0], [1.0, 0.0], [0.5, 0.5]]
    """
    moved = polygon.copy()
    moved[np.abs(polygon[:, axis] - least) <= margin, axis] = least
    kept: list[Points] = []
    for here, there in zip(moved, np.roll(moved, -1, axis=0), strict=True):
        if here[axis] >= least:
            kept.append(here)
        if min(here[axis], there[axis]) < least < max(here[axis], there[axis]):
            share = (least - here[axis]) / (there[axis] - here[axis])
            crossing = here + share * (there - here)
            crossing[axis] = least
            kept.append(crossing)
    return np.array(kept).reshape(-1, 2)


def section(
    polygon: Points, axis: int, places: NDArray[np.float64], margin: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut a polygon by lines on which the coordinate `axis` is constant.

    Parameters
    ----------
    polygon : array, shape (k, 2)
        Vertices of a convex polygon, in order, at least one.
    axis : int
        The coordinate that is constant.
    places : array, shape (m,)
        Its values.
    margin : float
        A vertex no farther than this from a line counts as on it, so that an edge along the line is met as a
        whole even if rounding tilts it.

    Returns
    -------
    low, high : arrays, shape (m,)
        Ends of each cut, in the other coordinate; infinities with low > high where a line misses the polygon.
    """
    here, there = polygon[:, axis], np.roll(polygon[:, axis], -1)
    other = polygon[:, 1 - axis]
    run, rise = there - here, np.roll(other, -1) - other
    at = places[:, np.newaxis]
    meets = (at >= np.minimum(here, there) - margin) & (at <= np.maximum(here, there) + margin)
    share = np.divide(at - here, run, out=np.zeros_like(at - here), where=run != 0).clip(0, 1)
    crossing = other + share * rise
    low = np.where(meets, crossing, np.inf).min(axis=1)
    high = np.where(meets, crossing, -np.inf).max(axis=1)
    return low, high


def distance_to(polygon: Points, points: Points) -> NDArray[np.float64]:
    """Measure how far points lie outside a polygon.

    Parameters
    ----------
    polygon : array, shape (k, 2)
        Vertices, counter-clockwise.
    points : array, shape (m, 2)
        Any points.

    Returns
    -------
    array, shape (m,)
        Euclidean distances, 0 inside; infinite from the empty set.
    """
    if len(polygon) == 0:
        return np.full(len(points), np.inf)
    edges = np.roll(polygon, -1, axis=0) - polygon
    offsets = points[:, np.newaxis] - polygon
    lengths = (edges**2).sum(axis=1)
    along = (offsets * edges).sum(axis=2)
    share = np.divide(along, lengths, out=np.zeros_like(along), where=lengths > 0).clip(0, 1)
    nearest: NDArray[np.float64] = np.linalg.norm(offsets - share[..., np.newaxis] * edges, axis=2).min(axis=1)
    left = edges[:, 0] * offsets[..., 1] - edges[:, 1] * offsets[..., 0]
    inside = (left > np.sqrt(lengths) / GRID).all(axis=1)
    return np.where(inside, 0.0, nearest)


def distance(first: Points, second: Points) -> float:
    """Return the Hausdorff distance of two polygons; 0 between empty sets, infinite if only one is empty."""
    outside = np.concatenate([distance_to(first, second), distance_to(second, first)])
    return float(outside.max(initial=0.0))


def thin_out(polygon: Points, margin: float) -> NDArray[np.int64]:
    """Find the vertices that are left when those that hardly matter are dropped, the least one first.

    Parameters
    ----------
    polygon : array, shape (k, 2)
        Vertices, counter-clockwise.
    margin : float
        A vertex goes if it lies no farther than this from the segment between its neighbours.

    Returns
    -------
    array of int, shape (m,)
        Indices into `polygon`, in the same order.
    """
    kept = list(range(len(polygon)))
    while len(kept) > 1:
        bulges = [_bulge(polygon[kept], k) for k in range(len(kept))]
        least = int(np.argmin(bulges))
        if bulges[least] > margin:
            break
        del kept[least]
    return np.array(kept, dtype=np.int64)


def _bulge(polygon: Points, vertex: int) -> float:
    neighbours = polygon[[vertex - 1, (vertex + 1) % len(polygon)]]
    return float(distance_to(neighbours, polygon[[vertex]])[0])


def nash_point(polygon: Points, corner: Points, margin: float) -> Points | None:
    """Find the point of a polygon at which the product of the gains over a corner is largest.

    Parameters
    ----------
    polygon : array, shape (k, 2)
        Vertices of a convex polygon, in order, at least one.
    corner : array, shape (2,)
        From where gains are measured.
    margin : float
        A loss no larger than this counts as none, and so does a gain.

    Returns
    -------
    array, shape (2,), or None
        None if every point is a loss to someone. Where only one coordinate can gain, it gains the most.
    """
    above = clip(clip(polygon, 0, corner[0], margin), 1, corner[1], margin)
    if len(above) == 0:
        return None
    points = np.concatenate([above, *(_best_between(*ends, corner) for ends in zip(above, np.roll(above, -1, 0)))])
    gains = points - corner
    if gains.max(axis=0).min() > margin:
        return np.asarray(points[gains.prod(axis=1).argmax()])
    return np.asarray(points[gains.sum(axis=1).argmax()])


def _best_between(start: Points, end: Points, corner: Points) -> Points:
    """Return the peak of the product of the gains inside an edge, shape (0 or 1, 2)."""
    gain, run = start - corner, end - start
    bend = -2 * run[0] * run[1]
    share = (gain @ run[::-1]) / bend if bend > 0 else 0.0
    return (start + share * run)[np.newaxis] if 0 < share < 1 else np.empty((0, 2))
