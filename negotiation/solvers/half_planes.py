"""Convex polygons in exact arithmetic: cuts by half-planes, and outer polygons with short fractions.

A polygon is a tuple of points, counter-clockwise, without three of them on one line; no, one and two points are
the empty set, a point and a segment. A half-plane (n, k) holds all x with n[0] x[0] + n[1] x[1] <= k.
"""

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise, product

from negotiation.solvers import rational_polygon
from negotiation.solvers.certificate import Point, Polygon

HalfPlane = tuple[Point, Fraction]

FLAT = 2**16
"""A corner that sticks out by less than this many units is put up with where a polygon is loosened."""
ANGLE = Fraction(1, 2**32)
"""Fineness of the directions of edges where a polygon is loosened."""


def hull(points: Iterable[Point]) -> Polygon:
    """Return the convex hull of points."""
    return tuple(rational_polygon.hull(points))


def half_planes(polygon: Polygon) -> tuple[HalfPlane, ...]:
    """Return half-planes whose intersection is a polygon that is not empty.

    A segment is cut out by its line, from both sides, and by its two ends, a point by four half-planes.
    """
    if len(polygon) > 2:
        return tuple(_left_of(a, b) for a, b in pairwise((*polygon, polygon[0])))
    along = (polygon[-1][0] - polygon[0][0], polygon[-1][1] - polygon[0][1])
    if len(polygon) == 1:
        along = (Fraction(1), Fraction(0))
    across = (-along[1], along[0])
    return tuple(
        (normal, max(dot(normal, point) for point in polygon))
        for direction in (along, across)
        for normal in (direction, (-direction[0], -direction[1]))
    )


def cut(polygon: Polygon, normal: Point, bound: Fraction) -> Polygon:
    """Return the part of a polygon in the half-plane (normal, bound)."""
    excess = [dot(normal, point) - bound for point in polygon]
    if all(one <= 0 for one in excess):
        return polygon
    kept: list[Point] = []
    for k, (point, one) in enumerate(zip(polygon, excess, strict=True)):
        before, other = polygon[k - 1], excess[k - 1]
        if (one > 0 > other) or (one < 0 < other):
            share = other / (other - one)
            kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
        if one <= 0:
            kept.append(point)
    return tuple(dict.fromkeys(kept))


def area(polygon: Polygon) -> Fraction:
    """Return the area of a polygon."""
    turns = (a[0] * b[1] - a[1] * b[0] for a, b in pairwise((*polygon, *polygon[:1])))
    return sum(turns, start=Fraction(0)) / 2


def at_least(polygon: Polygon, axis: int, bound: Fraction) -> Polygon:
    """Return the part of a polygon in which one coordinate is at least `bound`."""
    return cut(polygon, _unit(axis, -1), -bound)


def at_most(polygon: Polygon, axis: int, bound: Fraction) -> Polygon:
    """Return the part of a polygon in which one coordinate is at most `bound`."""
    return cut(polygon, _unit(axis, 1), bound)


def is_strictly_below(point: Point, polygon: Polygon) -> bool:
    """Return whether some point of the polygon exceeds a point in both coordinates."""
    above = at_least(at_least(polygon, 0, point[0]), 1, point[1])
    return all(max((one[axis] for one in above), default=point[axis]) > point[axis] for axis in range(2))


def loosened(polygon: Polygon, unit: Fraction) -> Polygon:
    """Return a polygon around a polygon, with fewer edges and coordinates of bounded length.

    Parameters
    ----------
    polygon : Polygon
        Not empty.
    unit : Fraction
        Edges are moved outward by at most about `unit`; one that could be left out at the price of a corner that
        sticks out by less than `FLAT` units is left out.
    """
    ends = (_rounded_ends(polygon, axis, unit) for axis in range(2))
    outer = hull((a, b) for a, b in product(*ends))
    for normal, _ in _without_flat(half_planes(polygon), FLAT * unit):
        size = max(abs(normal[0]), abs(normal[1]))
        short = (floor_to(normal[0] / size, ANGLE), floor_to(normal[1] / size, ANGLE))
        outer = cut(outer, short, ceil_to(max(dot(short, point) for point in polygon), unit))
    return outer


def _without_flat(sides: tuple[HalfPlane, ...], height: Fraction) -> list[HalfPlane]:
    kept = [sides[0]]
    for k in range(1, len(sides)):
        (before, bound), (normal, own), (after, limit) = kept[-1], sides[k], sides[(k + 1) % len(sides)]
        size = before[0] * after[1] - before[1] * after[0]
        if size > 0:
            apex = ((bound * after[1] - limit * before[1]) / size, (limit * before[0] - bound * after[0]) / size)
            if dot(normal, apex) - own <= height * max(abs(normal[0]), abs(normal[1])):
                continue
        kept.append(sides[k])
    return kept


def floor_to(number: Fraction, unit: Fraction) -> Fraction:
    """Return the largest multiple of `unit` that is not above a number."""
    return number // unit * unit


def ceil_to(number: Fraction, unit: Fraction) -> Fraction:
    """Return the smallest multiple of `unit` that is not below a number."""
    return -(-number // unit) * unit


def dot(normal: Point, point: Point) -> Fraction:
    """Return the inner product."""
    return normal[0] * point[0] + normal[1] * point[1]


def _rounded_ends(polygon: Polygon, axis: int, unit: Fraction) -> tuple[Fraction, Fraction]:
    low, high = min(point[axis] for point in polygon), max(point[axis] for point in polygon)
    return floor_to(low, unit), ceil_to(high, unit)


def _unit(axis: int, sign: int) -> Point:
    return (Fraction(sign), Fraction(0)) if axis == 0 else (Fraction(0), Fraction(sign))


def _left_of(a: Point, b: Point) -> HalfPlane:
    normal = (b[1] - a[1], a[0] - b[0])
    return normal, dot(normal, a)
