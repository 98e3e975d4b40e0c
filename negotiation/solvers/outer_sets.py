"""Falling rational sets that hold all equilibrium payoffs of a repeated game of two players.

Starting from what is feasible and no worse than pure minmax, each set holds what promises from the one before can
support. A profile whose own payoffs meet its incentive constraints adds these alone if the players discount alike:
what it supports beyond them is no corner of the payoff set (see `negotiation.solvers.verification.verify`).
Corners are rounded outward once their denominators have grown, so that the sets stay writable.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import ceil, floor

from negotiation.solvers.certificate import Point, Profile
from negotiation.solvers.exact_game import ExactGame
from negotiation.solvers.rational_polygon import above, contains, hull

GRID = 2**40
"""Corners are rounded to 1 / GRID of a player's payoff range."""
PLAIN = 2**48
"""Coordinates with denominators up to this are left as they are."""


def outer_sets(game: ExactGame) -> Iterator[list[Point]]:
    """Yield falling sets without end, each with the corners of a polygon, in units of the payoff ranges."""
    low, active = game.minmax, list(game.payoffs)
    cells = list(game.payoffs.values())
    if game.is_common:
        outer = hull(above(hull(cells), low))
    else:
        outer = hull(
            product(*((least, max(own)) for least, own in zip(low, zip(*cells, strict=True), strict=True)))
        )
    outer = _rounded_outward(outer)
    while True:
        yield outer
        threat = worst(game, outer)
        parts = {profile: supported(game, profile, outer, threat) for profile in active}
        active = [profile for profile in active if parts[profile]]
        outer = _rounded_outward(hull(point for part in parts.values() for point in part))


def worst(game: ExactGame, outer: list[Point]) -> Point:
    """Return what every equilibrium gives each player at least, if its payoffs lie in a set."""
    first, second = (
        max(least, min((corner[i] for corner in outer), default=least)) for i, least in enumerate(game.minmax)
    )
    return first, second


def supported(game: ExactGame, profile: Profile, outer: list[Point], threat: Point) -> list[Point]:
    """Return corners of what a profile adds to the next set."""
    if not outer:
        return []
    if game.is_common and game.meets(profile, game.payoffs[profile], threat):
        return [game.payoffs[profile]]
    return game.supported(profile, outer, threat)


def _rounded_outward(corners: list[Point]) -> list[Point]:
    """Return a polygon with small denominators that holds a polygon: corners move away from its middle."""
    if not corners:
        return corners
    middle = [sum(corner[i] for corner in corners) / len(corners) for i in range(2)]
    outward = hull(
        (_rounded(corner[0], corner[0] > middle[0]), _rounded(corner[1], corner[1] > middle[1]))
        for corner in corners
    )
    left_out = [corner for corner in corners if not contains(outward, corner)]
    if not left_out:
        return outward
    cells = (product(*([_rounded(x, False), _rounded(x, True)] for x in corner)) for corner in left_out)
    return hull([*outward, *((x, y) for cell in cells for x, y in cell)])


def _rounded(number: Fraction, up: bool) -> Fraction:
    if number.denominator <= PLAIN:
        return number
    return Fraction(ceil(number * GRID) if up else floor(number * GRID), GRID)
