"""A repeated game of two players in exact numbers, in units in which stage payoffs run from 0 to 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.games import RepeatedGame
from negotiation.solvers.certificate import Point, Profile
from negotiation.solvers.deviation import exact_best_deviation_payoffs
from negotiation.solvers.rational_polygon import above


@final
@dataclass(frozen=True, eq=False)
class ExactGame:
    """A two-player game in units in which each player's stage payoffs run from 0 to 1, in fractions.

    Parameters
    ----------
    payoffs : dict from profile to point
        Stage payoffs.
    best : dict from profile to point
        What each player earns by the best deviation in the stage game.
    deltas : pair of Fraction
        Discount factors.
    low, spread : points
        The lowest payoff of each player and the range, in the unit of the payoffs; the range counts as 1 where
        all payoffs are equal.
    """

    payoffs: dict[Profile, Point]
    best: dict[Profile, Point]
    deltas: tuple[Fraction, Fraction]
    low: Point
    spread: Point

    @property
    def minmax(self) -> Point:
        """The pure minmax payoffs."""
        first, second = zip(*self.best.values(), strict=True)
        return min(first), min(second)

    @property
    def is_common(self) -> bool:
        """Whether the players discount alike."""
        return self.deltas[0] == self.deltas[1]

    def required(self, profile: Profile, threat: Point) -> Point:
        """Return the least promises that keep both players from leaving a profile."""
        first, second = (
            u + (1 - delta) / delta * (best - own)
            for u, delta, best, own in zip(
                threat, self.deltas, self.best[profile], self.payoffs[profile], strict=True
            )
        )
        return first, second

    def averaged(self, profile: Profile, promise: Point) -> Point:
        """Return the average payoffs of one round of a profile followed by a promise."""
        (own, other), (d, e) = self.payoffs[profile], self.deltas
        return (1 - d) * own + d * promise[0], (1 - e) * other + e * promise[1]

    def promised(self, profile: Profile, point: Point) -> Point:
        """Return the promise after one round of a profile that makes average payoffs."""
        (own, other), (d, e) = self.payoffs[profile], self.deltas
        return (point[0] - (1 - d) * own) / d, (point[1] - (1 - e) * other) / e

    def meets(self, profile: Profile, promise: Point, threat: Point) -> bool:
        """Return whether a promise keeps both players from leaving a profile."""
        return all(w >= need for w, need in zip(promise, self.required(profile, threat), strict=True))

    def supported(self, profile: Profile, promises: Sequence[Point], threat: Point) -> list[Point]:
        """Return the average payoffs that a profile gives with promises from a polygon, as corners."""
        kept = above(promises, self.required(profile, threat))
        return [self.averaged(profile, promise) for promise in kept]

    def inward(self, point: Sequence[Fraction]) -> Point:
        """Bring a point into these units."""
        return (point[0] - self.low[0]) / self.spread[0], (point[1] - self.low[1]) / self.spread[1]

    def outward(self, point: Point) -> Point:
        """Bring a point back into the unit of the payoffs."""
        return self.low[0] + self.spread[0] * point[0], self.low[1] + self.spread[1] * point[1]


def exact_game(repeated: RepeatedGame) -> ExactGame:
    """Measure the payoffs of a two-player game exactly, in units of their range."""
    exact, best = repeated.stage.exact_payoffs, exact_best_deviation_payoffs(repeated.stage)
    low = exact.min(axis=(0, 1))
    spread = exact.max(axis=(0, 1)) - low
    spread[spread == 0] = Fraction(1)
    profiles = [(a, b) for a in range(exact.shape[0]) for b in range(exact.shape[1])]
    own, left = (
        {profile: _pair((table[profile] - low) / spread) for profile in profiles} for table in (exact, best)
    )
    return ExactGame(own, left, _pair(repeated.exact_deltas), _pair(low), _pair(spread))


def _pair(numbers: Sequence[Fraction] | NDArray[np.object_]) -> Point:
    first, second = numbers
    return first, second
