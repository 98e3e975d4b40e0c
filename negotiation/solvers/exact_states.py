"""A two-player stochastic game in fractions, and how exact promises are kept, for the making of certificates.

Payoffs run from 0 to 1, as in `negotiation.solvers.policy_values.Measured`. Polygons are as in
`negotiation.solvers.rational_polygon`, one a state, each from its lexicographically smallest vertex on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import final

from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.certificate import Point, Profile
from negotiation.solvers.policy_values import Measured
from negotiation.solvers.rational_polygon import turn

Polygons = Sequence[Sequence[Point]]
Threats = Sequence[Point | None]


@final
@dataclass(frozen=True, eq=False)
class ExactStates:
    """A stochastic game of two players whose payoffs run from 0 to 1, in fractions; rows as in its transitions."""

    measured: Measured

    @property
    def game(self) -> StochasticGame:
        """The game in its own units."""
        return self.measured.game

    @cached_property
    def moves(self) -> list[list[tuple[int, Fraction]]]:
        """The next states of every row, in order, and their probabilities."""
        return [sorted(self.measured.moves(row)) for row in range(self.game.transitions.num_rows)]

    @cached_property
    def owners(self) -> list[int]:
        """The state of every row."""
        offsets = self.game.transitions.offsets.tolist()
        return [s for s, (low, high) in enumerate(pairwise(offsets)) for _ in range(low, high)]

    def profile(self, row: int) -> Profile:
        """Return the profile that is played at a row."""
        state = self.owners[row]
        first, second = divmod(row - int(self.game.transitions.offsets[state]), self.game.shapes[state][1])
        return first, second

    def deviations(self, row: int, player: int) -> list[int]:
        """List the rows that a player can choose at a row."""
        state, (a, b) = self.owners[row], self.profile(row)
        left = [(c, b) if player == 0 else (a, c) for c in range(self.game.shapes[state][player])]
        return [self.measured.row(state, profile) for profile in left]

    def worth(self, player: int, row: int, threats: Threats) -> Fraction | None:
        """Return what a row is worth to a player who is punished after it; None if a next state has no threats."""
        delta, later = self.game.exact_deltas[player], Fraction(0)
        for t, p in self.moves[row]:
            threat = threats[t]
            if threat is None:
                return None
            later += p * threat[player]
        return (1 - delta) * self.measured.payoffs[row][player] + delta * later

    def needed(self, row: int, threats: Threats) -> Point | None:
        """Return what the best deviation is worth to each player; None if one leads to a state without threats."""
        best = []
        for i in range(2):
            worths = [
                worth for left in self.deviations(row, i) if (worth := self.worth(i, left, threats)) is not None
            ]
            if len(worths) < len(self.deviations(row, i)):
                return None
            best.append(max(worths))
        return best[0], best[1]

    def averaged(self, row: int, promise: Point) -> Point:
        """Return the average payoffs of a row followed by an expected promise."""
        (own, other), (d, e) = self.measured.payoffs[row], self.game.exact_deltas
        return (1 - d) * own + d * promise[0], (1 - e) * other + e * promise[1]

    def promised(self, row: int, point: Point) -> Point:
        """Return the expected promise after a row that makes average payoffs."""
        (own, other), (d, e) = self.measured.payoffs[row], self.game.exact_deltas
        return (point[0] - (1 - d) * own) / d, (point[1] - (1 - e) * other) / e

    def inward(self, point: Point) -> Point:
        """Bring a point into these units."""
        (low, other), (spread, range_of_other) = self.measured.low, self.measured.spread
        return (point[0] - low) / spread, (point[1] - other) / range_of_other

    def outward(self, point: Point) -> Point:
        """Bring a point back into the unit of the payoffs."""
        return self.measured.outward(0, point[0]), self.measured.outward(1, point[1])

    def mean(self, row: int, polygons: Polygons) -> list[tuple[Point, tuple[int, ...]]]:
        """Walk round the expected promises after a row; return the corners, and the vertex of each next state."""
        moves = self.moves[row]
        if not all(polygons[t] for t, _ in moves):
            return []
        here, at = (Fraction(0), Fraction(0)), [0] * len(moves)
        edges = []
        for k, (t, p) in enumerate(moves):
            corners = polygons[t]
            here = here[0] + p * corners[0][0], here[1] + p * corners[0][1]
            for tail, head in pairwise((*corners, corners[0])) if len(corners) > 1 else ():
                edges.append((p * (head[0] - tail[0]), p * (head[1] - tail[1]), k))
        walked = [(here, tuple(at))]
        for run, rise, k in sorted(edges, key=_direction):
            here = here[0] + run, here[1] + rise
            at[k] = (at[k] + 1) % len(polygons[moves[k][0]])
            walked.append((here, tuple(at)))
        return walked[:-1] if len(walked) > 1 else walked

    def split(self, row: int, polygons: Polygons, promise: Point) -> tuple[Point, ...] | None:
        """Keep an expected promise by one point for each next state; None if it lies outside what is possible."""
        walked = self.mean(row, polygons)
        for weights in _shares([corner for corner, _ in walked], promise):
            points = []
            for k, (t, _) in enumerate(self.moves[row]):
                parts = [(share, polygons[t][walked[c][1][k]]) for c, share in weights]
                x, y = (sum((share * vertex[i] for share, vertex in parts), start=Fraction(0)) for i in range(2))
                points.append((x, y))
            return tuple(points)
        return None


def _direction(edge: tuple[Fraction, Fraction, int]) -> tuple[int, Fraction]:
    run, rise, _ = edge
    if run == 0:
        return (1 if rise > 0 else 3), Fraction(0)
    return (0 if run > 0 else 2), rise / run


def _shares(corners: list[Point], point: Point) -> list[list[tuple[int, Fraction]]]:
    """Write a point as a mean of at most three corners of a polygon; several corners may lie on one line."""
    if len(corners) == 1:
        return [[(0, Fraction(1))]] if corners[0] == point else []
    if len(corners) > 1 and any(turn(corners[k - 1], corner, point) < 0 for k, corner in enumerate(corners)):
        return []
    for k in range(1, len(corners)):
        second, third = corners[k], corners[(k + 1) % len(corners)]
        whole = turn(corners[0], second, third)
        if whole > 0:
            parts = turn(point, second, third), turn(corners[0], point, third), turn(corners[0], second, point)
            if min(parts) >= 0:
                return [[(c, part / whole) for c, part in zip((0, k, k + 1), parts, strict=True)]]
    far = max(range(len(corners)), key=lambda k: corners[k])
    axis = 0 if corners[far][0] != corners[0][0] else 1 if corners else 0
    if corners and corners[far] != corners[0] and turn(corners[0], corners[far], point) == 0:
        share = (point[axis] - corners[0][axis]) / (corners[far][axis] - corners[0][axis])
        if 0 <= share <= 1:
            return [[(0, 1 - share), (far, share)]]
    return []
