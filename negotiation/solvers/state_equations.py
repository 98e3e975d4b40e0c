"""The rules of the vertices of all states as equations in fractions, and their solution in many digits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.state_polygons import needed_values
from negotiation._kernels.state_rules import (
    BOTH,
    FIRST,
    FREE,
    HEAD,
    KIND,
    LOOSE,
    MOVER,
    ROW,
    follow,
    prospects,
    read_rules,
)
from negotiation.solvers.certificate import Point
from negotiation.solvers.exact_states import ExactStates, Threats
from negotiation.solvers.policy_values import Measured
from negotiation.solvers.stochastic_payoff_sets import StatePayoffSets, game_arrays

GRID = Fraction(1, 2**768)
"""The equations are solved in whole multiples of this."""
SOLVED = 2**10 * GRID
"""Largest error of a solution."""
PATIENCE = 6
"""Number of steps in a row that do not halve the error after which Newton's method is stopped."""
NEAR = 1e-8
"""Distance within which a promise is read as lying on a line; a wrong reading is refused by the exact test."""

Places = list[Point]
Numbers = NDArray[np.int64]
Worths = Mapping[int, Point | None]


@final
@dataclass(frozen=True, eq=False)
class Rules:
    """Rules for vertices: as in the kernel, the places of loose ones on edges, and the ends of the states."""

    numbers: Numbers
    shares: tuple[Fraction, ...]
    ends: Numbers

    def states(self) -> range:
        """Return the numbers of the states."""
        return range(len(self.ends) - 1)

    def of(self, state: int) -> range:
        """Return the numbers of the vertices of a state."""
        return range(int(self.ends[state]), int(self.ends[state + 1]))


@final
@dataclass(frozen=True, eq=False)
class Line:
    """A line: the axis of the coordinate from which the other follows, the slope, and where the first is 0."""

    axis: int
    slope: Fraction
    start: Fraction


@final
@dataclass(frozen=True, eq=False)
class Known:
    """What is known exactly of a vertex.

    Parameters
    ----------
    numbers : (Fraction or None, Fraction or None)
        Its coordinates.
    line : Line or None
        A line on which it lies.
    inward : point or None
        The way to the next vertex on that line, or on the one of the coordinate that is known.
    """

    numbers: tuple[Fraction | None, Fraction | None] = (None, None)
    line: Line | None = None
    inward: Point | None = None

    def placed(self, place: Point, grid: Fraction) -> Point:
        """Replace what is known, and round the rest to a grid."""
        rounded = [round(x / grid) * grid for x in place]
        if self.line:
            rounded[1 - self.line.axis] = self.line.slope * rounded[self.line.axis] + self.line.start
        first, second = (x if number is None else number for x, number in zip(rounded, self.numbers, strict=True))
        return first, second


@final
class Equations:
    """The rules of the vertices of a floating-point answer, and their solution.

    Parameters
    ----------
    found : StatePayoffSets
        The answer.
    measured : Measured
        Its game.
    """

    def __init__(self, found: StatePayoffSets, measured: Measured) -> None:
        self._exact, self._arrays = ExactStates(measured), game_arrays(measured, 0.0)
        parts = [[[Fraction(x) for x in row] for row in part.tolist()] for part in found.vertices]
        self.places = [self._exact.inward((x, y)) for part in parts for x, y in part]
        ends = np.cumsum([0, *map(len, parts)])
        rows = [measured.row(s, profile) for s, played in enumerate(found.profiles) for profile in played]
        at = floats(self.places)
        points = np.column_stack([at, np.array(rows, dtype=np.float64)])
        worst = np.array([at[a:b].min(axis=0, initial=np.inf) for a, b in pairwise(ends)])
        numbers = read_rules(self._arrays, points, ends, worst, points, NEAR, NEAR)
        shares = tuple(self._share(rule, place) for rule, place in zip(numbers, self.places, strict=True))
        self.rules = Rules(numbers, shares, ends)

    def _share(self, rule: Numbers, place: Point) -> Fraction:
        """Return the place on an edge of a loose promise."""
        if rule[KIND] != LOOSE or rule[HEAD] < 0:
            return Fraction(0)
        promise, mover = self._exact.promised(int(rule[ROW]), place), int(rule[MOVER])
        tail, head, rest, chance = (
            self.places[rule[FIRST + mover]],
            self.places[rule[HEAD]],
            list(promise),
            Fraction(1),
        )
        for t, p in self._exact.moves[int(rule[ROW])]:
            if t == mover:
                chance = p
            else:
                rest = [x - p * y for x, y in zip(rest, self.places[rule[FIRST + t]], strict=True)]
        run = [chance * (b - a) for a, b in zip(tail, head, strict=True)]
        away = [x - chance * a for x, a in zip(rest, tail, strict=True)]
        length = sum(x * x for x in run)
        share = sum(x * y for x, y in zip(run, away, strict=True)) / length if length else Fraction(0)
        return min(max(Fraction(round(share * 2**30), 2**30), Fraction(0)), Fraction(1))

    def solve(self, rules: Rules, start: Places, known: Sequence[Known], loss: Fraction) -> Places:
        """Solve the equations of the rules, with a loss at each coordinate that is not known."""
        places = [one.placed(place, GRID) for one, place in zip(known, start, strict=True)]
        inverse = self._inverse(rules, places, known)
        lows, least, best, stuck = _lows(rules, places), Fraction(2), places, 0
        leaving = None if loss else self._leaving(_threats(lows, places))
        while stuck < PATIENCE:
            threats = _threats(lows, places)
            needed = {int(row): self._needed(int(row), threats, leaving) for row in set(rules.numbers[:, ROW])}
            moved = [self._made(rules, k, places, needed, known[k], loss) for k in range(len(places))]
            sides = zip(moved, places, strict=True)
            gaps = [x - y for one, place in sides for x, y in zip(one, place, strict=True)]
            worst = max(map(abs, gaps))
            stuck = 0 if worst < least / 2 else stuck + 1
            if worst < least:
                least, best = worst, places
            if worst <= SOLVED:
                break
            scaled = np.array([float(gap / worst) for gap in gaps])
            steps = [worst * Fraction(x) for x in (inverse @ scaled).tolist()]
            places = [
                one.placed((x + dx, y + dy), GRID)
                for one, (x, y), dx, dy in zip(known, places, steps[::2], steps[1::2], strict=True)
            ]
        return best

    def _leaving(self, threats: Threats) -> Numbers:
        """Find the best deviation from every row: of several as good, the same ones as in the derivatives."""
        nobody = (np.inf, np.inf)
        game, worst = self._arrays, floats([nobody if one is None else one for one in threats])
        table = game.stage, game.lotteries, game.offsets, game.shapes
        return needed_values(*table, prospects(game, worst), game.deltas)[1]

    def _needed(self, row: int, threats: Threats, leaving: Numbers | None) -> Point | None:
        """Return what deviations from a row are worth: the given ones, or the best."""
        if leaving is None:
            return self._exact.needed(row, threats)
        first, second = (self._exact.worth(i, int(leaving[row, i]), threats) for i in range(2))
        return None if first is None or second is None else (first, second)

    def _inverse(self, rules: Rules, places: Places, known: Sequence[Known]) -> NDArray[np.float64]:
        size, at = 2 * len(places), floats(places)
        numbers, shares = rules.numbers.copy(), np.full(len(places), np.nan)
        numbers[numbers[:, KIND] == LOOSE, KIND] = FREE
        slopes = np.zeros((size, size))
        follow(self._arrays, numbers, rules.ends, at, shares, slopes)
        for k, one in enumerate(known):
            if one.line:
                slopes[2 * k + 1 - one.line.axis] = float(one.line.slope) * slopes[2 * k + one.line.axis]
            for i, number in enumerate(one.numbers):
                if number is not None:
                    slopes[2 * k + i] = 0
        steep = np.eye(size) - np.nan_to_num(slopes, posinf=0.0, neginf=0.0)
        inverse: NDArray[np.float64] = np.linalg.pinv(steep).astype(np.float64)
        return inverse

    def _made(
        self, rules: Rules, vertex: int, places: Places, worths: Worths, known: Known, loss: Fraction
    ) -> Point:
        """Make a vertex by its rule of those before."""
        rule, game = rules.numbers[vertex], self._exact
        row, kind = int(rule[ROW]), int(rule[KIND])
        lost = [loss if number is None else Fraction(0) for number in known.numbers]
        share = rules.shares[vertex] if kind == LOOSE else None
        promise, middle = self._corner(rules, rule, places, share)
        inward = known.inward or (middle[0] - promise[0], middle[1] - promise[1])
        promise = promise[0] + lost[0] * inward[0], promise[1] + lost[1] * inward[1]
        if kind in (1, 2, BOTH):
            needed = worths[row]
            assert needed is not None, "rules lead to states with vertices"
            just = game.promised(row, needed)
            if kind == BOTH:
                promise = (just[0] + lost[0], just[1] + lost[1])
            else:
                axis = kind - 1
                promise = self._on_edge(rule, places, axis, just[axis] + lost[axis], lost[1 - axis])
        made = list(game.averaged(row, promise))
        if known.line:
            made[1 - known.line.axis] = known.line.slope * made[known.line.axis] + known.line.start
        first, second = (x if number is None else number for x, number in zip(made, known.numbers, strict=True))
        return first, second

    def _corner(self, rules: Rules, rule: Numbers, places: Places, share: Fraction | None) -> tuple[Point, Point]:
        """Promise a vertex in each next state, or a place on an edge; return also the middle of all promises."""
        promise, middle = [Fraction(0), Fraction(0)], [Fraction(0), Fraction(0)]
        for t, p in self._exact.moves[int(rule[ROW])]:
            inside = rules.of(t)
            here = places[rule[FIRST + t]]
            if share and t == rule[MOVER]:
                head = places[rule[HEAD]]
                here = here[0] + share * (head[0] - here[0]), here[1] + share * (head[1] - here[1])
            for i in range(2):
                promise[i] += p * here[i]
                middle[i] += p * sum((places[k][i] for k in inside), start=Fraction(0)) / len(inside)
        return (promise[0], promise[1]), (middle[0], middle[1])

    def _on_edge(self, rule: Numbers, places: Places, axis: int, needed: Fraction, lost: Fraction) -> Point:
        """Promise one player what he needs, and the other what an edge then allows, less some."""
        mover, rest, across, chance = int(rule[MOVER]), needed, Fraction(0), Fraction(1)
        for t, p in self._exact.moves[int(rule[ROW])]:
            if t == mover:
                chance = p
            else:
                place = places[rule[FIRST + t]]
                rest, across = rest - p * place[axis], across + p * place[1 - axis]
        tail, head = places[rule[FIRST + mover]], places[rule[HEAD]]
        run = head[axis] - tail[axis]
        share = (rest / chance - tail[axis]) / run if run else Fraction(0)
        across += chance * (tail[1 - axis] + share * (head[1 - axis] - tail[1 - axis]))
        across += lost if (axis == 0) == (run > 0) else -lost
        return (needed, across) if axis == 0 else (across, needed)


def floats(places: Sequence[Sequence[Fraction | float]]) -> NDArray[np.float64]:
    """Return points as an array, shape (k, 2)."""
    return np.array(places, dtype=np.float64).reshape(-1, 2)


def _lows(rules: Rules, places: Places) -> list[tuple[int, int] | None]:
    """Find the vertices that are worst for either player in each state, the same ones as in the derivatives."""
    at, lows = floats(places), list[tuple[int, int] | None]()
    for s in rules.states():
        mine = rules.of(s)
        first, second = at[mine].argmin(axis=0).tolist() if mine else (0, 0)
        lows.append((mine[first], mine[second]) if mine else None)
    return lows


def _threats(lows: Sequence[tuple[int, int] | None], places: Places) -> Threats:
    return [None if low is None else (places[low[0]][0], places[low[1]][1]) for low in lows]
