"""Rational polygons of all states that generate themselves, from the floating-point answer of `state_payoff_sets`.

Each vertex tells a rule, `negotiation._kernels.state_rules`: what is played there, and where in the mean of the
polygons of the next states its promise lies. The rules are solved in many digits, by Newton's method with the
derivatives in floating point; coordinates that are fractions of moderate size are recognised, and so are lines;
the other coordinates are irrational or as good as that, and the equations are solved once more with a little lost
at each of them, so that rounding leaves sets that generate themselves. What the exact test refuses all the same
loses its worst rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.state_rules import HEAD, ROW
from negotiation.solvers.certificate import Point
from negotiation.solvers.exact_states import ExactStates
from negotiation.solvers.policy_values import Measured
from negotiation.solvers.rational_polygon import hull
from negotiation.solvers.state_equations import GRID, NEAR, Equations, Known, Line, Places, Rules, floats
from negotiation.solvers.stochastic_payoff_sets import StatePayoffSets

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


@final
@dataclass(frozen=True, eq=False)
class InnerStates:
    """Polygons that generate themselves, in units of the payoff ranges; entries as in the certificate."""

    vertices: tuple[tuple[Point, ...], ...]
    rows: tuple[tuple[int, ...], ...]
    promises: tuple[tuple[tuple[Point, ...], ...], ...]


def inner_states(found: StatePayoffSets) -> InnerStates | None:
    """Find polygons near floating-point ones that generate themselves in exact arithmetic.

    Returns
    -------
    InnerStates or None
        None if every rule had to be given up.
    """
    measured = Measured(found.game)
    game, solver = ExactStates(measured), Equations(found, measured)
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


def _without(game: ExactStates, rules: Rules, places: Places, bad: NDArray[np.bool_]) -> tuple[Rules, Places]:
    """Give up rules, and those that may lead to a state without any; promises move to the nearest vertex left."""
    gone = bad.copy()
    while True:
        empty = {s for s in rules.states() if all(gone[k] for k in rules.of(s))}
        lost = [
            k
            for k in range(len(places))
            if not gone[k]
            and empty
            & {
                t
                for i in range(2)
                for row in game.deviations(int(rules.numbers[k, ROW]), i)
                for t, _ in game.moves[row]
            }
        ]
        if not lost:
            break
        gone[lost] = True
    at, position = floats(places), np.cumsum(~gone) - 1
    target = np.full(len(places) + 1, -1)
    for s in rules.states():
        left = [k for k in rules.of(s) if not gone[k]]
        for k in rules.of(s) if left else ():
            target[k] = position[left[int(np.abs(at[left] - at[k]).max(axis=1).argmin())]]
    numbers = rules.numbers[~gone].copy()
    numbers[:, HEAD:] = target[numbers[:, HEAD:]]
    kept = np.flatnonzero(~gone).tolist()
    ends = np.concatenate([[0], np.cumsum(~gone)])[rules.ends]
    return Rules(numbers, tuple(rules.shares[k] for k in kept), ends), [places[k] for k in kept]
