"""Convex polygons in the plane with rational vertices, for the making of certificates.

A polygon is a list of points, counter-clockwise; none, one and two vertices are the empty set, a point, a segment.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from negotiation.solvers.certificate import Point


def turn(first: Point, second: Point, third: Point) -> Fraction:
    """Return twice the area of a triangle, positive if the three points run counter-clockwise."""
    run, rise = second[0] - first[0], second[1] - first[1]
    return run * (third[1] - first[1]) - rise * (third[0] - first[0])


def hull(points: Iterable[Point]) -> list[Point]:
    """Return the convex hull of points, from the lexicographically smallest one on.

    Examples
    --------
    >>> hull([(0, 0), (2, 0), (1, 0), (0, 2), (1, 1)])
    [(0, 0), (2, 0), (0, 2)]
    """
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]


def _chain(ordered: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in ordered:
        while len(chain) > 1 and turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def contains(polygon: Sequence[Point], point: Point) -> bool:
    """Return whether a point lies in a polygon.

    Examples
    --------
    >>> contains([(0, 0), (2, 0)], (1, 0)), contains([(0, 0), (2, 0)], (3, 0)), contains([], (0, 0))
    (True, False, False)
    """
    if len(polygon) < 3:
        box = [sorted(vertex[i] for vertex in polygon) for i in range(2)]
        inside = all(ends and ends[0] <= x <= ends[-1] for ends, x in zip(box, point, strict=True))
        return inside and turn(polygon[0], polygon[-1], point) == 0
    return all(turn(polygon[k - 1], vertex, point) >= 0 for k, vertex in enumerate(polygon))


def above(polygon: Sequence[Point], least: Sequence[Fraction]) -> list[Point]:
    """Return the part of a polygon with coordinates no less than `least`.

    Examples
    --------
    >>> corners = [(Fraction(0), Fraction(0)), (Fraction(2), Fraction(0)), (Fraction(0), Fraction(2))]
    >>> [tuple(map(str, point)) for point in above(corners, (Fraction(1), Fraction(0)))]
    [('1', '0'), ('2', '0'), ('1', '1')]
    """
    kept = list(polygon)
    for axis, bound in enumerate(least):
        cut: list[Point] = []
        for k, there in enumerate(kept):
            here = kept[k - 1]
            if min(here[axis], there[axis]) < bound < max(here[axis], there[axis]):
                cut.append(crossing(here, there, axis, bound))
            if there[axis] >= bound:
                cut.append(there)
        kept = cut
    return kept


def crossing(first: Point, second: Point, axis: int, place: Fraction) -> Point:
    """Return where the line through two points meets the line on which the coordinate `axis` is `place`."""
    share = (place - first[axis]) / (second[axis] - first[axis])
    other = first[1 - axis] + share * (second[1 - axis] - first[1 - axis])
    return (place, other) if axis == 0 else (other, place)
