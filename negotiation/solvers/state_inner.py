"""Rational polygons of all states that generate themselves, from the floating-point answer of `state_payoff_sets`.

Each vertex tells a rule, `negotiation._kernels.state_rules`: what is played there, and where in the mean of the
polygons of the next states its promise lies. The rules are solved in many digits, by Newton's method with the
derivatives in floating point; coordinates that are fractions of moderate size are recognised; the others are irrational
or as good as that, and the equations are solved once more with a little lost at each of them, so that rounding
leaves sets that generate themselves. What the exact test refuses all the same loses its worst rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.state_rules import (
    BOTH,
    FIRST,
    HEAD,
    KIND,
    LOOSE,
    MOVER,
    ROW,
    follow,
    read_rules,
)
from negotiation.solvers.certificate import Point
from negotiation.solvers.exact_states import ExactStates, Threats
from negotiation.solvers.policy_values import Measured
from negotiation.solvers.rational_polygon import hull
from negotiation.solvers.stochastic_payoff_sets import StatePayoffSets, game_arrays

GRID = Fraction(1, 2**768)
"""The equations are solved in whole multiples of this."""
SOLVED = 2**10 * GRID
"""Largest error of a solution."""
PLAIN = 2**320
"""Largest denominator of a number that counts as recognised; two such numbers differ by 2^-640 at least."""
FOUND = Fraction(1, 2**704)
"""How near a number must be to the fraction that it is recognised as."""
LOSSES = tuple(Fraction(1, 2**k) for k in (40, 34, 27, 20))
"""What is lost at an unrecognised coordinate, in units of the payoff range; the first that works is taken."""
FINER = 2**16
"""Coordinates that lose something are rounded to this share of the loss."""
GIVEN_UP = 2.0**-10
"""Rules that fail by more than this share of the worst failure are given up together."""
PATIENCE = 6
"""Number of steps in a row that do not halve the error after which Newton's method is stopped."""
NEAR = 1e-8
"""Distance within which a promise is read as lying on a line; a wrong reading is refused by the exact test."""

Places = list[Point]
Numbers = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class InnerStates:
    """Polygons that generate themselves, in units of the payoff ranges; entries as in the certificate."""

    vertices: tuple[tuple[Point, ...], ...]
    rows: tuple[tuple[int, ...], ...]
    promises: tuple[tuple[tuple[Point, ...], ...], ...]


@final
@dataclass(frozen=True, eq=False)
class Rules:
    """Rules for vertices: their numbers as in the kernel, the places on edges of those that are loose, the ends."""

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


def inner_states(found: StatePayoffSets) -> InnerStates | None:
    """Find polygons near floating-point ones that generate themselves in exact arithmetic.

    Returns
    -------
    InnerStates or None
        None if every rule had to be given up.
    """
    measured = Measured(found.game)
    game, solver = ExactStates(measured), _Solver(found, measured)
    rules, places = solver.rules, solver.places
    while len(places):
        places = solver.solve(rules, places, [Known()] * len(places), Fraction(0))
        known = _recognise(rules, places)
        faults = np.zeros(len(places))
        for loss in (Fraction(0), *LOSSES):
            candidate = places
            if loss:
                candidate = solver.solve(rules, places, known, loss)
            grid = loss / FINER if loss else GRID
            candidate = [one.placed(place, grid) for one, place in zip(known, candidate, strict=True)]
            inner, faults = _tested(game, rules, candidate)
            if inner is not None:
                return inner
            if all(None not in one.numbers for one in known):
                break
        rules, places = _without(game, rules, places, faults > GIVEN_UP * faults.max())
    return None


class _Solver:
    """Solves rules, with the derivatives at the floating-point answer."""

    def __init__(self, found: StatePayoffSets, measured: Measured) -> None:
        self._exact = ExactStates(measured)
        self._arrays = game_arrays(measured, 0.0)
        units = np.array(measured.low, dtype=object), np.array(measured.spread, dtype=object)
        exact = [(np.array([[Fraction(x) for x in row] for row in part.tolist()], dtype=object).reshape(-1, 2) - units[0]) / units[1] for part in found.vertices]
        self.places = [(x, y) for part in exact for x, y in part]
        ends = np.cumsum([0, *(len(part) for part in exact)])
        rows = [measured.row(s, profile) for s, played in enumerate(found.profiles) for profile in played]
        floats = _floats(self.places)
        points = np.column_stack([floats, rows]) if rows else np.empty((0, 3))
        worst = np.array([floats[a:b].min(axis=0, initial=np.inf) for a, b in zip(ends, ends[1:], strict=False)])
        numbers = read_rules(self._arrays, points, ends, worst, points, NEAR, NEAR)
        shares = tuple(self._share(rule, place) for rule, place in zip(numbers, self.places, strict=True))
        self.rules = Rules(numbers, shares, ends)

    def _share(self, rule: Numbers, place: Point) -> Fraction:
        """Return the place on an edge of a loose promise."""
        if rule[KIND] != LOOSE or rule[HEAD] < 0:
            return Fraction(0)
        promise, mover = self._exact.promised(int(rule[ROW]), place), int(rule[MOVER])
        tail, head, rest, chance = self.places[rule[FIRST + mover]], self.places[rule[HEAD]], list(promise), Fraction(1)
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
        while stuck < PATIENCE:
            threats = _threats(lows, places)
            moved = [self._made(rules, k, places, threats, known[k], loss) for k in range(len(places))]
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

    def _inverse(self, rules: Rules, places: Places, known: Sequence[Known]) -> NDArray[np.float64]:
        size, floats = 2 * len(places), _floats(places)
        numbers, shares = rules.numbers.copy(), np.full(len(places), np.nan)
        for k, rule in enumerate(numbers):
            if rule[KIND] == LOOSE:
                rule[KIND] = 0
        slopes, held = np.zeros((size, size)), np.full((len(rules.states()), 2), np.nan)
        follow(self._arrays, numbers, rules.ends, floats, shares, held, slopes)
        for k, one in enumerate(known):
            if one.line:
                slopes[2 * k + 1 - one.line.axis] = float(one.line.slope) * slopes[2 * k + one.line.axis]
            for i, number in enumerate(one.numbers):
                if number is not None:
                    slopes[2 * k + i] = 0
        return np.linalg.pinv(np.eye(size) - np.nan_to_num(slopes, posinf=0.0, neginf=0.0))

    def _made(
        self, rules: Rules, vertex: int, places: Places, threats: Threats, known: Known, loss: Fraction
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
            needed = game.needed(row, threats)
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

    def _corner(
        self, rules: Rules, rule: Numbers, places: Places, share: Fraction | None
    ) -> tuple[Point, Point]:
        """Promise a vertex in each next state, or a place on an edge of one; return also the middle of all promises."""
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


def _lows(rules: Rules, places: Places) -> list[tuple[int, int] | None]:
    """Find the vertices that are worst for either player in each state, the same ones as in the derivatives."""
    floats, lows = _floats(places), list[tuple[int, int] | None]()
    for s in rules.states():
        mine = rules.of(s)
        first, second = floats[mine].argmin(axis=0).tolist() if mine else (0, 0)
        lows.append((mine[first], mine[second]) if mine else None)
    return lows


def _threats(lows: Sequence[tuple[int, int] | None], places: Places) -> Threats:
    return [None if low is None else (places[low[0]][0], places[low[1]][1]) for low in lows]


def _recognise(rules: Rules, places: Places) -> list[Known]:
    known = []
    for s in rules.states():
        mine = [places[k] for k in rules.of(s)]
        for k, place in enumerate(mine):
            numbers, beside = (_plain(place[0]), _plain(place[1])), (mine[k - 1], mine[(k + 1) % len(mine)])
            lines: list[tuple[Line | None, Point]] = []
            if numbers == (None, None):
                lines = [(line, one) for one in beside if (line := _line(place, one))]
            elif None in numbers:
                axis = 1 - numbers.index(None)
                lines = [(None, one) for one in beside if one != place and _plain(one[axis]) == numbers[axis]]
            line, one = lines[0] if lines else (None, place)
            known.append(Known(numbers, line, (one[0] - place[0], one[1] - place[1]) if lines else None))
    return known


def _line(first: Point, second: Point) -> Line | None:
    """Recognise the line through two points."""
    axis = int(abs(second[1] - first[1]) > abs(second[0] - first[0]))
    if abs(second[axis] - first[axis]) < NEAR:
        return None
    slope = (second[1 - axis] - first[1 - axis]) / (second[axis] - first[axis])
    plain = slope.limit_denominator(PLAIN)
    start = _plain(first[1 - axis] - plain * first[axis])
    return Line(axis, plain, start) if abs(plain - slope) <= FOUND * 2**32 and start is not None else None


def _plain(number: Fraction) -> Fraction | None:
    plain = number.limit_denominator(PLAIN)
    return plain if abs(plain - number) <= FOUND else None


def _floats(places: Places) -> NDArray[np.float64]:
    return np.array(places, dtype=np.float64).reshape(-1, 2)


def _tested(game: ExactStates, rules: Rules, places: Places) -> tuple[InnerStates | None, NDArray[np.float64]]:
    """Test candidates exactly: the polygons that they make, or by how much each rule fails."""
    faults, played = np.zeros(len(places)), [int(row) for row in rules.numbers[:, ROW]]
    polygons = [hull(places[k] for k in rules.of(s)) for s in rules.states()]
    threats: list[Point | None] = [
        (min(x for x, _ in one), min(y for _, y in one)) if one else None for one in polygons
    ]
    kept: list[dict[Point, tuple[int, tuple[Point, ...]]]] = [{} for _ in polygons]
    for s in rules.states():
        corners = set(polygons[s])
        for k in rules.of(s):
            if places[k] not in corners or places[k] in kept[s]:
                continue
            needed = game.needed(played[k], threats)
            if needed is None:
                faults[k] = np.inf
                continue
            short = max(need - x for need, x in zip(needed, places[k], strict=True))
            promises = game.split(played[k], polygons, game.promised(played[k], places[k]))
            faults[k] = max(float(short), 0.0)
            if promises is None:
                faults[k] = max(faults[k], _outside(game, played[k], polygons, places[k]))
            elif short <= 0:
                kept[s][places[k]] = played[k], promises
    for s in rules.states():
        for k in rules.of(s):
            if places[k] in kept[s]:
                faults[k] = 0.0
    if faults.any() or any(len(one) < len(polygon) for one, polygon in zip(kept, polygons, strict=True)):
        return None, faults
    return (
        InnerStates(
            tuple(map(tuple, polygons)),
            tuple(tuple(one[v][0] for v in polygon) for one, polygon in zip(kept, polygons, strict=True)),
            tuple(tuple(one[v][1] for v in polygon) for one, polygon in zip(kept, polygons, strict=True)),
        ),
        faults,
    )


def _outside(game: ExactStates, row: int, polygons: Sequence[Sequence[Point]], place: Point) -> float:
    """Return about how far the promise after a row lies outside what the next states allow."""
    corners = [corner for corner, _ in game.mean(row, polygons)]
    x, y = game.promised(row, place)
    far = 0.0
    for k, there in enumerate(corners):
        run, rise = there[0] - corners[k - 1][0], there[1] - corners[k - 1][1]
        size = max(abs(run), abs(rise))
        if size:
            far = max(far, float((rise * (x - there[0]) - run * (y - there[1])) / size))
    nearest = min(float(max(abs(x - a), abs(y - b))) for a, b in corners) if len(corners) < 3 else 0.0
    return max(far, nearest if far == 0 else 0.0, float(np.finfo(float).tiny))


def _without(
    game: ExactStates, rules: Rules, places: Places, bad: NDArray[np.bool_]
) -> tuple[Rules, Places]:
    """Give up rules, and those that may lead to a state without any; promises move to the nearest vertex left."""
    gone = bad.copy()
    while True:
        empty = {s for s in rules.states() if all(gone[k] for k in rules.of(s))}
        lost = [
            k
            for k in range(len(places))
            if not gone[k] and empty & {t for i in range(2) for row in game.deviations(int(rules.numbers[k, ROW]), i) for t, _ in game.moves[row]}
        ]
        if not lost:
            break
        gone[lost] = True
    floats, position = _floats(places), np.cumsum(~gone) - 1
    target = np.full(len(places) + 1, -1)
    for s in rules.states():
        left = [k for k in rules.of(s) if not gone[k]]
        for k in rules.of(s) if left else ():
            target[k] = position[left[int(np.abs(floats[left] - floats[k]).max(axis=1).argmin())]]
    numbers = rules.numbers[~gone].copy()
    numbers[:, HEAD:] = target[numbers[:, HEAD:]]
    kept = np.flatnonzero(~gone).tolist()
    ends = np.concatenate([[0], np.cumsum(~gone)])[rules.ends]
    return Rules(numbers, tuple(rules.shares[k] for k in kept), ends), [places[k] for k in kept]
