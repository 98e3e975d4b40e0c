"""Lines of a check in exact arithmetic, and how the judges of certificates word them."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from negotiation.solvers.certificate import Point

Line = str | None
"""A line that holds is None, one that fails says what is wrong."""


def must(holds: bool, subject: str, value: object, rule: str) -> Line:
    """Return a line: that `subject`, which is `value`, satisfies a rule."""
    return None if holds else f"{subject} must {rule}, got {value}"


def two_players(count: int) -> Iterator[Line]:
    """Check that a game has two players."""
    yield must(count == 2, "the game", f"{count} players", "have two players")


def pairs(name: str, points: Sequence[Point]) -> Iterator[Line]:
    """Check that points are pairs."""
    sizes = {len(point) for point in points}
    yield must(sizes <= {2}, name, f"points of {sorted(sizes)} numbers", "hold points of two numbers")


def pair(numbers: Iterable[Fraction]) -> Point:
    """Return two numbers as a point."""
    first, second = numbers
    return first, second


def text(points: Sequence[Point]) -> str:
    """Return points as they are written in a line."""
    return ", ".join(f"({', '.join(map(str, point))})" for point in points)
