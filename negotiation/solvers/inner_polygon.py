"""A rational polygon that generates itself, from the floating-point answer of `payoff_set`.

Each vertex of the answer tells a rule: the profile played there, and where on the polygon of promises its
continuation lies. The rules are equations for the vertices. They are solved in many digits, by Newton's method
with floating-point derivatives; a coordinate that is a fraction of moderate size is recognised; the others are
irrational or as good as that, and the equations are solved once more with a little lost at each of them, so that
rounding leaves a set that generates itself. What the exact test refuses all the same loses its worst rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.solvers.certificate import Point, Profile
from negotiation.solvers.exact_game import ExactGame
from negotiation.solvers.payoff_sets import PayoffSet
from negotiation.solvers.polygon import distance_to
from negotiation.solvers.rational_polygon import contains, crossing, hull

GRID = Fraction(1, 2**256)
"""The equations are solved in whole multiples of this."""
SOLVED = 8 * GRID
"""Largest error of a solution."""
PLAIN = 2**96
"""Largest denominator of a number that counts as recognised; two such numbers differ by 2^-192 at least."""
FOUND = Fraction(1, 2**224)
"""How near a number must be to the fraction that it is recognised as."""
LOSSES = tuple(Fraction(1, 2**k) for k in (36, 26, 18))
"""What is lost at an unrecognised coordinate, in units of the payoff range; the first that works is taken."""
FINER = 2**10
"""Coordinates that lose something are rounded to this share of the loss."""
GIVEN_UP = 2.0**-10
"""Rules that fail by more than this share of the worst failure are given up together."""
LARGE = 100
"""Number of unknowns beyond which a linear system is solved by elimination."""
NEWTON_STEPS = 40
PATIENCE = 6
"""Number of steps after which a step that does not halve the error is the last."""
NEAR = 1e-7
"""Distance within which a promise is read as lying on a line; a wrong reading is refused by the exact test."""
LINES = (Fraction(NEAR), Fraction(1, 2**44), Fraction(1, 2**80), Fraction(1, 2**128))
"""The same in the steps of Newton's method, each of which adds about as many digits as a float has."""
ROUNDING = Fraction(1, 2**49)
"""Error of a promise as a share of the size of the payoffs: several roundings of a float."""

Places = list[Point]


@final
@dataclass(frozen=True, eq=False)
class Known:
    """What is known exactly of a vertex.

    Parameters
    ----------
    numbers : (Fraction or None, Fraction or None)
        Its coordinates.
    line : (int, Fraction, Fraction) or None
        A line on which the vertex, the payoffs of its profile and therefore its continuation lie: the axis of the
        coordinate from which the other one follows, the slope, and the place where the first coordinate is 0.
    """

    numbers: tuple[Fraction | None, Fraction | None] = (None, None)
    line: tuple[int, Fraction, Fraction] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether both coordinates are known."""
        return None not in self.numbers

    def lost(self, loss: Fraction) -> list[Fraction]:
        """Return what each coordinate loses."""
        return [loss if number is None else Fraction(0) for number in self.numbers]

    def placed(self, place: Point, grid: Fraction | None = None) -> Point:
        """Replace what is known, and round the rest to a grid if there is one."""
        rounded = [x if grid is None else round(x / grid) * grid for x in place]
        if self.line:
            axis, slope, start = self.line
            rounded[1 - axis] = slope * rounded[axis] + start
        first, second = (x if number is None else number for x, number in zip(rounded, self.numbers, strict=True))
        return first, second


UNKNOWN = Known()


@final
@dataclass(frozen=True, eq=False)
class Rule:
    """How a vertex is made.

    Parameters
    ----------
    profile : (int, int)
        What is played first.
    binding : tuple of int
        The players who are promised just enough: none, one or both.
    is_high : bool
        With one player promised just enough, whether the other one gets the most or the least of what the
        polygon then allows.
    edge : (int, int, Fraction)
        With nobody promised just enough, the promise lies at this share of the way between two vertices.
    """

    profile: Profile
    binding: tuple[int, ...]
    is_high: bool = True
    edge: tuple[int, int, Fraction] = (0, 0, Fraction(0))


@final
@dataclass(frozen=True, eq=False)
class InnerPolygon:
    """A polygon that generates itself, in units of the payoff ranges; `profiles` has one entry a vertex."""

    vertices: tuple[Point, ...]
    profiles: tuple[Profile, ...]

    @property
    def threat(self) -> Point:
        """The least that it gives each player."""
        first, second = (min(vertex[i] for vertex in self.vertices) for i in range(2))
        return first, second


def inner_polygon(game: ExactGame, found: PayoffSet) -> InnerPolygon | None:
    """Find a polygon near a floating-point payoff set that generates itself in exact arithmetic.

    Returns
    -------
    InnerPolygon or None
        None if every rule had to be given up.
    """
    places = [game.inward([Fraction(x) for x in row]) for row in found.vertices.tolist()]
    rules = _read_rules(game, found, places)
    while rules:
        places = _solve(game, rules, places, [UNKNOWN] * len(rules), Fraction(0))
        known = _recognise(game, rules, places)
        faults = np.zeros(len(rules))
        for loss in LOSSES:
            lossy = _solve(game, rules, places, known, loss)
            candidate = [k.placed(place, loss / FINER) for k, place in zip(known, lossy, strict=True)]
            faults = _faults(game, rules, candidate)
            if not faults.any():
                return _polygon(rules, candidate)
            if all(k.is_complete for k in known):
                break
        rules, places = _without(faults > GIVEN_UP * faults.max(), rules, places)
    return None


def _without(bad: NDArray[np.bool_], rules: Sequence[Rule], places: Places) -> tuple[list[Rule], Places]:
    """Give up rules; promises between their vertices and others move to the vertex before."""
    kept = np.flatnonzero(~bad).tolist()
    position = np.cumsum(~bad) - 1
    left = [
        replace(rule, edge=(int(position[rule.edge[0]]), int(position[rule.edge[1]]), rule.edge[2]))
        for rule, gone in zip(rules, bad, strict=True)
        if not gone
    ]
    return left, [places[k] for k in kept]


def _polygon(rules: Sequence[Rule], places: Places) -> InnerPolygon:
    played = {place: rule.profile for place, rule in zip(places, rules, strict=True)}
    vertices = hull(places)
    return InnerPolygon(tuple(vertices), tuple(played[vertex] for vertex in vertices))


def _faults(game: ExactGame, rules: Sequence[Rule], places: Places) -> NDArray[np.float64]:
    """Measure by how much each rule fails: the promise it needs lies outside, or is too small."""
    inner = _polygon(rules, places)
    corners, threat = np.array(inner.vertices, dtype=np.float64), inner.threat
    faults, vertices = np.zeros(len(rules)), set(inner.vertices)
    for k, (rule, place) in enumerate(zip(rules, places, strict=True)):
        if place not in vertices:
            continue
        promise = game.promised(rule.profile, place)
        if not contains(inner.vertices, promise):
            outside = distance_to(corners, np.array([promise], dtype=np.float64))[0]
            faults[k] = max(outside, np.finfo(float).tiny)
        short = max(need - w for need, w in zip(game.required(rule.profile, threat), promise, strict=True))
        faults[k] = max(faults[k], float(short))
    return faults


def _read_rules(game: ExactGame, found: PayoffSet, places: Places) -> list[Rule]:
    threat = tuple(min(place[i] for place in places) for i in range(2)) if places else ()
    promises = [game.inward([Fraction(x) for x in row]) for row in found.continuations.tolist()]
    return [
        _read_rule(game, places, k, profile, promise, game.required(profile, (threat[0], threat[1])))
        for k, (profile, promise) in enumerate(zip(found.profiles, promises, strict=True))
    ]


def _read_rule(
    game: ExactGame, places: Places, vertex: int, profile: Profile, promise: Point, needed: Point
) -> Rule:
    own, near = game.payoffs[profile], _near(game)
    if all(abs(x - y) <= near for x, y in zip(own, places[vertex], strict=True)):
        return Rule(profile, (), edge=(vertex, vertex, Fraction(0)))
    binding = tuple(i for i in range(2) if abs(promise[i] - needed[i]) <= near)
    if len(binding) == 1:
        [axis] = binding
        low, high = (_end(places, axis, needed[axis], is_high, near).place for is_high in (False, True))
        other = promise[1 - axis]
        return Rule(profile, binding, is_high=abs(other - high) <= abs(other - low))
    return Rule(profile, binding, edge=(0, 0, Fraction(0)) if binding else _nearest_edge(places, promise))


def _near(game: ExactGame) -> Fraction:
    """Return how near is near: more where payoffs are so large that floats tell few of them apart."""
    sizes = zip(game.low, game.spread, strict=True)
    return max(Fraction(NEAR), *((abs(low) + spread) / spread * ROUNDING for low, spread in sizes))


def _nearest_edge(places: Places, point: Point) -> tuple[int, int, Fraction]:
    best = None
    for k in range(len(places)):
        first, second = places[k - 1], places[k]
        run = (second[0] - first[0], second[1] - first[1])
        length = run[0] ** 2 + run[1] ** 2
        along = (point[0] - first[0]) * run[0] + (point[1] - first[1]) * run[1]
        share = min(max(along / length, Fraction(0)), Fraction(1)) if length else Fraction(0)
        share = Fraction(round(share * 2**30), 2**30)
        away = sum((p + share * r - x) ** 2 for p, r, x in zip(first, run, point, strict=True))
        if best is None or away < best[0]:
            best = (away, (k - 1) % len(places), k, share)
    assert best is not None
    return best[1:]


def _solve(
    game: ExactGame, rules: Sequence[Rule], start: Places, known: Sequence[Known], loss: Fraction
) -> Places:
    """Solve the equations of the rules, with a loss at each coordinate that is not known."""
    places = [k.placed(place) for k, place in zip(known, start, strict=True)]
    before = Fraction(1)
    for step in range(NEWTON_STEPS):
        line = LINES[min(step, len(LINES) - 1)]
        targets, slopes = _targets(game, rules, places, known, loss, line)
        sides = zip(targets, places, strict=True)
        gaps = [x - y for target, place in sides for x, y in zip(target, place, strict=True)]
        worst = max(map(abs, gaps))
        if worst <= SOLVED or (step > PATIENCE and worst > before / 2):
            break
        before = worst
        steps = _solved(np.eye(len(gaps)) - slopes, np.array(gaps, dtype=np.float64))
        moved = [
            (x + Fraction(p), y + Fraction(q)) for (x, y), (p, q) in zip(places, steps.reshape(-1, 2), strict=True)
        ]
        places = [k.placed(place, GRID) for k, place in zip(known, moved, strict=True)]
    return places


def _solved(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve a linear system: by least squares, which survives singular ones, unless that would take long."""
    if len(right) > LARGE:
        try:
            return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
        except np.linalg.LinAlgError:
            pass
    return np.asarray(np.linalg.lstsq(matrix, right)[0], dtype=np.float64)


def _targets(
    game: ExactGame, rules: Sequence[Rule], places: Places, known: Sequence[Known], loss: Fraction, line: Fraction
) -> tuple[Places, NDArray[np.float64]]:
    """Return where the rules put the vertices, and the derivatives by all coordinates, row by row."""
    slopes = np.zeros((len(places), 2, len(places), 2))
    middle = [sum((place[i] for place in places), start=Fraction(0)) / len(places) for i in range(2)]
    targets: Places = []
    for k, (rule, fixed) in enumerate(zip(rules, known, strict=True)):
        lost = fixed.lost(loss)
        if rule.binding:
            promise = _bound_promise(game, rule, places, lost, line, slopes[k])
        else:
            promise = _free_promise(rule, places, middle, lost, slopes[k])
        targets.append(fixed.placed(game.averaged(rule.profile, promise)))
        slopes[k] *= np.array(game.deltas, dtype=np.float64)[:, np.newaxis, np.newaxis]
        if fixed.line:
            axis, slope, _ = fixed.line
            slopes[k, 1 - axis] = float(slope) * slopes[k, axis]
        slopes[k, [number is not None for number in fixed.numbers]] = 0
    return targets, slopes.reshape(2 * len(places), 2 * len(places))


def _bound_promise(
    game: ExactGame,
    rule: Rule,
    places: Places,
    lost: Sequence[Fraction],
    line: Fraction,
    slopes: NDArray[np.float64],
) -> Point:
    """Find a promise that is just enough for one player or both, and write its derivatives into `slopes`."""
    least = [min(place[i] for place in places) for i in range(2)]
    lowest = [[place[i] for place in places].index(least[i]) for i in range(2)]
    needed = game.required(rule.profile, (least[0], least[1]))
    promise = [need + less for need, less in zip(needed, lost, strict=True)]
    for axis in rule.binding:
        slopes[axis, lowest[axis], axis] = 1
    if len(rule.binding) == 1:
        [axis] = rule.binding
        end = _end(places, axis, promise[axis], rule.is_high, line)
        promise[1 - axis] = end.place + (-lost[1 - axis] if rule.is_high else lost[1 - axis])
        slopes[1 - axis] = end.tilt * slopes[axis]
        for vertex, share in end.shares:
            slopes[1 - axis, vertex, 1 - axis] += share
            slopes[1 - axis, vertex, axis] -= end.tilt * share
    return promise[0], promise[1]


def _free_promise(
    rule: Rule,
    places: Places,
    middle: Sequence[Fraction],
    lost: Sequence[Fraction],
    slopes: NDArray[np.float64],
) -> Point:
    """Find a promise on a segment between two vertices, and write its derivatives into `slopes`."""
    first, second, share = rule.edge
    promise = []
    for i in range(2):
        whole = (1 - share) * places[first][i] + share * places[second][i]
        promise.append(whole + lost[i] * (middle[i] - whole))
        slopes[i, first, i] += float(1 - share)
        slopes[i, second, i] += float(share)
    return promise[0], promise[1]


@final
@dataclass(frozen=True, eq=False)
class _End:
    """The end of a cut through a polygon: its place, the shares of vertices in it, the slope of the edge there."""

    place: Fraction
    shares: tuple[tuple[int, float], ...]
    tilt: float


def _end(places: Places, axis: int, cut: Fraction, is_high: bool, line: Fraction) -> _End:
    """Find the end of a cut; vertices no farther than `line` from it count as on it."""
    other = 1 - axis
    at = min(max(cut, min(place[axis] for place in places)), max(place[axis] for place in places))
    ends = []
    for k, there in enumerate(places):
        here = places[k - 1]
        if abs(there[axis] - at) <= line:
            ends.append(_End(there[other], ((k, 1.0),), 0.0))
        if min(here[axis], there[axis]) < at - line and max(here[axis], there[axis]) > at + line:
            share = float((at - here[axis]) / (there[axis] - here[axis]))
            tilt = float((there[other] - here[other]) / (there[axis] - here[axis]))
            shares = (((k - 1) % len(places), 1 - share), (k, share))
            ends.append(_End(crossing(here, there, axis, at)[other], shares, tilt))
    return (max if is_high else min)(ends, key=lambda end: end.place)


def _recognise(game: ExactGame, rules: Sequence[Rule], places: Places) -> list[Known]:
    known = []
    for k, (rule, place) in enumerate(zip(rules, places, strict=True)):
        numbers = (_plain(place[0]), _plain(place[1]))
        lines = [
            _line(
                places[j % len(places)], place, game.payoffs[rule.profile], rule.binding[0] if rule.binding else 0
            )
            for j in (k - 1, k + 1)
            if numbers == (None, None)
        ]
        known.append(Known(numbers, next((line for line in lines if line), None)))
    return known


def _line(first: Point, second: Point, third: Point, axis: int) -> tuple[int, Fraction, Fraction] | None:
    """Recognise the line through two points if a third one, known exactly, lies on it."""
    if first[axis] == second[axis]:
        return None
    slope = _plain((second[1 - axis] - first[1 - axis]) / (second[axis] - first[axis]))
    if slope is None:
        return None
    start = third[1 - axis] - slope * third[axis]
    return (axis, slope, start) if abs(slope * second[axis] + start - second[1 - axis]) <= FOUND else None


def _plain(number: Fraction) -> Fraction | None:
    plain = number.limit_denominator(PLAIN)
    return plain if abs(plain - number) <= FOUND else None
