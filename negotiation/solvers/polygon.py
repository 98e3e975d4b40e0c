"""Convex polygons in the plane: hulls, cuts and distances.

A polygon is an array of vertices, shape (k, 2), counter-clockwise from the lexicographically smallest one. No
vertex is the empty set, one a point, two a segment; none of them needs a case of its own. Coordinates are
expected to be of the order of 1, as payoffs measured in their own range are.
"""

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.polygon import GRID, hull

Points = NDArray[np.float64]


def convex_hull(points: Points) -> Points:
    """Return the convex hull of points, shape (m, 2), as a polygon."""
    return points[hull(points)]


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
    ends = zip(above, np.roll(above, -1, axis=0), strict=True)
    points = np.concatenate([above, *(_best_between(start, end, corner) for start, end in ends)])
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
