"""How an average promise is kept: one promise for each next state that together amount to it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from negotiation.solvers.polygon import Points

Vector = NDArray[np.float64]

SAME = 1e-12
"""Vertices no farther than this from the farthest one along a direction count as on the same side."""


def split_promise(polygons: Sequence[Points], weights: Vector, target: Vector) -> Points:
    """Find points of polygons whose weighted mean is a given point.

    Parameters
    ----------
    polygons : sequence of arrays, shape (k, 2), k at least 1
        Vertices of each polygon, in units in which coordinates are of the order of 1.
    weights : array, shape (m,)
        Weight of each polygon, above 0.
    target : array, shape (2,)
        A point of the weighted mean of the polygons; one outside it is taken to its side nearby.

    Returns
    -------
    array, shape (m, 2)
        One point of each polygon.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> split_promise([square, square], np.array([0.5, 0.5]), np.array([1.0, 0.25])).tolist()
    [[1.0, 0.25], [1.0, 0.25]]
    """
    normals = _normals(polygons)
    reach = sum(p * (polygon @ normals).max(axis=0) for p, polygon in zip(weights, polygons, strict=True))
    room = reach - target @ normals
    side = int(np.argmin(room))
    if room[side] <= SAME:
        return _on_side(polygons, weights, normals[:, side], target)
    corner = _on_side(polygons, weights, normals[:, side], weights @ np.array([one[0] for one in polygons]))
    away = target - weights @ corner
    speed = away @ normals
    ahead = speed > SAME * np.abs(away).max()
    steps = (reach - weights @ corner @ normals)[ahead] / speed[ahead]
    stop = int(steps.argmin())
    end = weights @ corner + steps[stop] * away
    opposite = _on_side(polygons, weights, normals[:, np.flatnonzero(ahead)[stop]], end)
    split: Points = corner + (opposite - corner) / steps[stop]
    return split


def _normals(polygons: Sequence[Points]) -> Points:
    """List unit vectors, shape (2, n): across the sides of all polygons, along segments and along the axes."""
    along = [np.roll(polygon, -1, axis=0) - polygon for polygon in polygons]
    edges = np.concatenate([np.concatenate(along), np.eye(2), -np.eye(2)])
    across = np.stack([edges[:, 1], -edges[:, 0]], axis=1)
    vectors = np.concatenate([across, *(edge for edge in along if len(edge) == 2)])
    lengths = np.linalg.norm(vectors, axis=1)
    units: Points = (vectors[lengths > 0] / lengths[lengths > 0, np.newaxis]).T
    return units


def _on_side(polygons: Sequence[Points], weights: Vector, normal: Vector, target: Vector) -> Points:
    """Share a point of the side of the mean, in the direction of a normal, among the sides of the polygons."""
    tangent = np.array([-normal[1], normal[0]])
    starts, ends = np.empty((len(polygons), 2)), np.empty((len(polygons), 2))
    for k, polygon in enumerate(polygons):
        heights = polygon @ normal
        farthest = polygon[heights >= heights.max() - SAME]
        places = farthest @ tangent
        starts[k], ends[k] = farthest[places.argmin()], farthest[places.argmax()]
    start, end = weights @ starts @ tangent, weights @ ends @ tangent
    share = np.clip((target @ tangent - start) / (end - start), 0, 1) if end > start else 0.0
    shared: Points = starts + share * (ends - starts)
    return shared
