"""The plane in whole numbers, for the judge of certificates: it shares nothing with the polygons of the solvers.

A point (x / d, y / d) is kept as three whole numbers (x, y, d), d > 0, and so is a half plane (a, b, c): the
points with a x + b y + c d >= 0. Turns, cuts and membership are then decided by products of whole numbers.
A polygon is a list of points, counter-clockwise; none, one and two are the empty set, a point, a segment.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm

from negotiation.solvers.certificate import Point

Triple = tuple[int, int, int]


def lifted(point: Point) -> Triple:
    """Return a point as three whole numbers."""
    scale = lcm(point[0].denominator, point[1].denominator)
    return int(point[0] * scale), int(point[1] * scale), scale


def dropped(point: Triple) -> Point:
    """Return a point as two fractions."""
    return Fraction(point[0], point[2]), Fraction(point[1], point[2])


def _joined(first: Triple, second: Triple) -> Triple:
    """Return the half plane to the left of the line from one point to another."""
    x, y, d = first
    p, q, e = second
    return y * e - d * q, d * p - x * e, x * q - y * p


def _level(half: Triple, point: Triple) -> int:
    return half[0] * point[0] + half[1] * point[1] + half[2] * point[2]


def inside(polygon: Sequence[Triple], point: Triple) -> bool:
    """Tell whether a point lies in a convex polygon, an edge, a single point or the empty set."""
    if len(polygon) < 3:
        spans = [sorted([dropped(vertex)[i] for vertex in polygon]) for i in range(2)]
        within = all(span and span[0] <= x <= span[-1] for span, x in zip(spans, dropped(point), strict=True))
        return within and _level(_joined(polygon[0], polygon[-1]), point) == 0
    return all(_level(_joined(polygon[k - 1], vertex), point) >= 0 for k, vertex in enumerate(polygon))


def is_polygon(polygon: Sequence[Triple]) -> bool:
    """Tell whether points are distinct, turn left at each of them, and go round once."""
    places = [dropped(point) for point in polygon]
    if len(places) < 3:
        return len(set(places)) == len(places)
    turns = all(_level(_joined(polygon[k - 2], polygon[k - 1]), point) > 0 for k, point in enumerate(polygon))
    lowest = [k for k, place in enumerate(places) if places[k - 1] > place < places[(k + 1) % len(places)]]
    return turns and len(lowest) == 1


def above(polygon: Sequence[Triple], least: Sequence[Fraction]) -> list[Triple]:
    """Cut a polygon down to the points whose coordinates are no less than `least`."""
    kept = list(polygon)
    for axis, bound in enumerate(least):
        half = (bound.denominator * (axis == 0), bound.denominator * (axis == 1), -bound.numerator)
        levels = [_level(half, point) for point in kept]
        cut = []
        for k, (point, level) in enumerate(zip(kept, levels, strict=True)):
            before, height = kept[k - 1], levels[k - 1]
            if min(level, height) < 0 < max(level, height):
                cut.append(_between(before, point, abs(level), abs(height)))
            if level >= 0:
                cut.append(point)
        kept = cut
    return kept


def _between(first: Triple, second: Triple, weight: int, other: int) -> Triple:
    x, y, d = (weight * a + other * b for a, b in zip(first, second, strict=True))
    return x, y, d


def hull(points: Sequence[Triple]) -> list[Triple]:
    """Return the convex hull of points."""
    ordered = [lifted(place) for place in sorted({dropped(point) for point in points})]
    if len(ordered) < 3:
        return ordered
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]


def _chain(ordered: Sequence[Triple]) -> list[Triple]:
    chain: list[Triple] = []
    for point in ordered:
        while len(chain) > 1 and _level(_joined(chain[-2], chain[-1]), point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def weighted_mean(polygons: Sequence[Sequence[Triple]], weights: Sequence[Fraction]) -> list[Triple]:
    """Return the polygon of all weighted means of points, one of each polygon: edges in order of direction."""
    corner, edges = (Fraction(0), Fraction(0)), []
    for polygon, weight in zip(polygons, weights, strict=True):
        if not polygon:
            return []
        places = [dropped(point) for point in polygon]
        lowest = min(places)
        corner = corner[0] + weight * lowest[0], corner[1] + weight * lowest[1]
        round_trip = pairwise((*places, places[0]))
        edges += [(weight * (b[0] - a[0]), weight * (b[1] - a[1])) for a, b in round_trip if a != b]
    corners = [corner]
    for run, rise in sorted(edges, key=_direction):
        corners.append((corners[-1][0] + run, corners[-1][1] + rise))
    return hull([lifted(point) for point in corners])


def _direction(edge: Point) -> tuple[int, Fraction]:
    """Return what orders edges as they turn left from straight down."""
    run, rise = edge
    if run == 0:
        return (1 if rise > 0 else 3), Fraction(0)
    return (0 if run > 0 else 2), rise / run
