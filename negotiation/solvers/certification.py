"""From an answer to a certificate of it: `certify` what was found, `support` and `exclude` what is asked about."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_count, refusal
from negotiation.games import Automaton, RepeatedGame, StageGame
from negotiation.solvers.certificate import (
    Certificate,
    ExclusionCertificate,
    NashCertificate,
    Payoffs,
    Point,
    Profile,
    SelfGenerationCertificate,
    StateSelfGenerationCertificate,
    StrategyCertificate,
)
from negotiation.solvers.claims import CertificationError, certified, exact_point
from negotiation.solvers.equilibria import Equilibria
from negotiation.solvers.exact_game import ExactGame, exact_game
from negotiation.solvers.exact_states import ExactStates
from negotiation.solvers.inner_polygon import InnerPolygon, inner_polygon
from negotiation.solvers.one_shot_deviations import Judgement
from negotiation.solvers.outer_sets import outer_sets, worst
from negotiation.solvers.payoff_sets import PayoffSet, payoff_set
from negotiation.solvers.policy_values import Measured
from negotiation.solvers.polygon import distance
from negotiation.solvers.rational_polygon import above, contains, hull
from negotiation.solvers.state_exclusion import exclude_from_states
from negotiation.solvers.state_inner import InnerStates, inner_states
from negotiation.solvers.stochastic_payoff_sets import StatePayoffSets

MAX_STEPS = 1000
SETTLED = 2.0**-38
"""Outer sets that move by less, four steps of their grid, count as settled."""
MAX_PHASES = 400
"""Largest automaton whose values are worked out as fractions, which grow by some digits a phase."""


@singledispatch
def certify(result: object) -> Certificate:
    """Make a certificate of an answer, which `verify` accepts.

    Parameters
    ----------
    result : PayoffSet, StatePayoffSets, Judgement or Equilibria
        What `payoff_set`, `state_payoff_sets`, `one_shot` or `nash_equilibria` has returned.

    Returns
    -------
    Certificate
        Of a payoff set: a rational polygon inside the true set and as near to the set found as exactness
        permits, `certified_gap` says how near; or, for the empty set, a proof that there is no equilibrium. Of the
        sets of a stochastic game: the same for all states, where empty sets are left out of the claim. Of a judged
        strategy: exact values and gains. Of Nash equilibria: exact payoffs.

    Raises
    ------
    ArgumentError
        If there is no certificate for such a result.
    CertificationError
        If the exact check refuses what was found, as for a strategy that is no equilibrium.

    Notes
    -----
    A payoff set found with a tolerance may hold points of which exact arithmetic shows that no equilibrium gives
    them; its certificate leaves them out. Coordinates of vertices are exact where they are fractions with
    denominators below 2^96 in units of the payoff range; others, mostly irrational ones, are rounded inward by
    some 2^-36 / (1 - delta) of that range. With states these numbers are 2^320 and 2^-40; if no rounding passes
    the exact test, more is lost, or vertices are given up: `certified_gap` tells.
    """
    known = "Certificates are made of a PayoffSet, StatePayoffSets, a Judgement or Equilibria."
    raise refusal("result", "certify", "be an answer that can be certified", type(result).__name__, known)


@certify.register
def _(result: PayoffSet) -> Certificate:
    if result.is_empty:
        return exclude(result.repeated)
    return certified(_self_generation(result, (), ()))


@certify.register
def _(result: Judgement) -> Certificate:
    repeated, automaton = result.repeated, result.automaton
    if len(automaton.output) > MAX_PHASES:
        raise refusal("result", "certify", f"have at most {MAX_PHASES} phases", len(automaton.output))
    if automaton.draws_lots:
        raise refusal("result", "certify", "be of an automaton without lotteries", "lotteries", "Use support.")
    values = _values(repeated, automaton)
    return certified(StrategyCertificate(repeated, automaton, values, _gains(repeated, automaton, values)))


@certify.register
def _(result: Equilibria) -> Certificate:
    if not result.profiles:
        raise CertificationError("There is no equilibrium in the list to certify.")
    return certified(NashCertificate(result.stage, tuple(result.profiles), tuple(result.payoffs)))


@certify.register
def _(result: StatePayoffSets) -> Certificate:
    if not any(map(len, result.vertices)):
        return exclude_from_states(result.game, states=range(result.game.num_states))
    inner = inner_states(result)
    if inner is None:
        raise CertificationError("No vertex of any state is supported in exact arithmetic.")
    return certified(_of_states(result, inner))


def support(
    repeated: RepeatedGame,
    *,
    points: Iterable[Sequence[object]] = (),
    forever: Iterable[Sequence[str | int]] = (),
) -> SelfGenerationCertificate:
    """Prove that equilibria of a repeated game give payoffs, or play profiles for ever.

    Parameters
    ----------
    repeated : RepeatedGame
        A game of two players.
    points : iterable of pairs of numbers
        Average payoffs, as int, float, `Fraction`, `Decimal` or text.
    forever : iterable of profiles
        Action profiles, by name or index.

    Returns
    -------
    SelfGenerationCertificate
        A polygon of equilibrium payoffs that shows all of it.

    Raises
    ------
    ArgumentError
        If `payoff_set` does not take the game, or a point or a profile does not fit it.
    CertificationError
        If one of them was not shown to be supported; it says which. `exclude` may prove the contrary.

    Examples
    --------
    >>> dilemma = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> print(support(RepeatedGame(dilemma, "1/7"), forever=[(0, 0)]))
    each point of {(3, 3), (9, 9)} is an equilibrium payoff at delta = 1/7; played for ever by an equilibrium: 0-0
    """
    check_class("repeated", "support", repeated, RepeatedGame)
    places = _points("support", points)
    profiles = _profiles(repeated.stage, forever)
    found = payoff_set(repeated)
    if found.is_empty:
        raise CertificationError("Nothing is supported: payoff_set has found no equilibrium.")
    return certified(_self_generation(found, places, profiles))


def exclude(
    repeated: RepeatedGame,
    *,
    points: Iterable[Sequence[object]] = (),
    profiles: Iterable[Sequence[str | int]] = (),
    forever: Iterable[Sequence[str | int]] = (),
    max_steps: int = MAX_STEPS,
) -> ExclusionCertificate:
    """Prove that no equilibrium of a repeated game gives payoffs, plays profiles, or exists.

    Parameters
    ----------
    repeated : RepeatedGame
        A game of two players, who may discount differently.
    points : iterable of pairs of numbers
        Average payoffs, as int, float, `Fraction`, `Decimal` or text.
    profiles : iterable of profiles
        Action profiles, by name or index, to be played after no history of any equilibrium.
    forever : iterable of profiles
        Action profiles that no equilibrium is to play for ever. With nothing named at all, the claim is that
        there is no equilibrium.
    max_steps : int, default 1000
        Largest number of outer sets.

    Returns
    -------
    ExclusionCertificate
        Outer sets that prove all of it.

    Raises
    ------
    ArgumentError
        If the game does not have two players, or a point or a profile does not fit it.
    CertificationError
        If one of them was not excluded; it says which, and why the search ended.

    Examples
    --------
    >>> dilemma = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> print(exclude(RepeatedGame(dilemma, "0.142857142"), forever=[(0, 0)]))
    by 1 outer set at delta = 71428571/500000000; played for ever by no equilibrium: 0-0
    """
    check_class("repeated", "exclude", repeated, RepeatedGame)
    if repeated.stage.num_players != 2:
        raise refusal("repeated", "exclude", "have two players", repeated.stage.num_players)
    bound = check_count("max_steps", "exclude", max_steps)
    claim = ExclusionCertificate(
        repeated,
        (),
        _points("exclude", points),
        _profiles(repeated.stage, profiles),
        _profiles(repeated.stage, forever),
    )
    game = exact_game(repeated)
    outer: list[list[Point]] = []
    for polygon in outer_sets(game):
        outer.append(polygon)
        left = _left(game, claim, polygon)
        if left is None:
            chain = tuple(tuple(map(game.outward, one)) for one in outer)
            return certified(replace(claim, outer=chain))
        if len(outer) == bound:
            raise CertificationError(f"Not excluded by {bound} outer sets, which still move: {left}.")
        if len(outer) > 1 and distance(_floats(outer[-2]), _floats(polygon)) <= SETTLED:
            raise CertificationError(f"Not excluded by {len(outer)} outer sets, which have settled: {left}.")
    raise AssertionError("the outer sets do not end")


def certified_gap(
    certificate: SelfGenerationCertificate | StateSelfGenerationCertificate, found: PayoffSet | StatePayoffSets
) -> float:
    """Measure how far the polygons of a certificate and of an answer are apart.

    Parameters
    ----------
    certificate : SelfGenerationCertificate or StateSelfGenerationCertificate
        Made of `found`.
    found : PayoffSet or StatePayoffSets
        The set, or one a state, in floating-point numbers.

    Returns
    -------
    float
        The Hausdorff distance, the largest of all states, as a share of each player's range of payoffs; infinite
        if the certificate says nothing of a state that has equilibria.

    Raises
    ------
    ArgumentError
        If the two are not of one kind.
    """
    match certificate, found:
        case SelfGenerationCertificate(), PayoffSet():
            inward: Callable[[Point], Point] = exact_game(found.repeated).inward
            pairs = [(certificate.vertices, found.vertices)]
        case StateSelfGenerationCertificate(), StatePayoffSets():
            inward = ExactStates(Measured(found.game)).inward
            pairs = list(zip(certificate.vertices, found.vertices, strict=True))
        case _:
            rule = f"be an answer that a {type(certificate).__name__} is made of"
            raise refusal("found", "certified_gap", rule, type(found).__name__)
    gaps = [0.0]
    for polygon, vertices in pairs:
        sides = polygon, [(Fraction(x), Fraction(y)) for x, y in vertices.tolist()]
        first, second = (_floats([inward(vertex) for vertex in one]) for one in sides)
        gaps.append(distance(first, second))
    return max(gaps)


def _floats(polygon: Sequence[Point]) -> NDArray[np.float64]:
    return np.array(polygon, dtype=np.float64).reshape(-1, 2)


def _self_generation(
    found: PayoffSet, points: tuple[Point, ...], forever: tuple[Profile, ...]
) -> SelfGenerationCertificate:
    game = exact_game(found.repeated)
    inner = inner_polygon(game, found)
    if inner is None:
        raise CertificationError("No vertex of the payoff set is supported in exact arithmetic.")
    for profile in forever:
        inner = _joined(game, inner, profile)
    steps = list(zip(inner.vertices, inner.profiles, strict=True))
    return SelfGenerationCertificate(
        found.repeated,
        tuple(game.outward(vertex) for vertex, _ in steps),
        inner.profiles,
        tuple(game.outward(game.promised(profile, vertex)) for vertex, profile in steps),
        game.outward(inner.threat),
        points,
        forever,
    )


def _of_states(found: StatePayoffSets, inner: InnerStates) -> StateSelfGenerationCertificate:
    game = ExactStates(Measured(found.game))
    vertices = tuple(tuple(map(game.outward, polygon)) for polygon in inner.vertices)
    return StateSelfGenerationCertificate(
        found.game,
        vertices,
        tuple(tuple(map(game.profile, rows)) for rows in inner.rows),
        tuple(tuple(tuple(map(game.outward, one)) for one in promises) for promises in inner.promises),
        tuple((min(x for x, _ in one), min(y for _, y in one)) if one else None for one in vertices),
    )


def _joined(game: ExactGame, inner: InnerPolygon, profile: Profile) -> InnerPolygon:
    """Add the payoffs of a profile that supports itself to a polygon that does not reach them."""
    own = game.payoffs[profile]
    if contains(inner.vertices, own) or not game.meets(profile, own, inner.threat):
        return inner
    played = {**dict(zip(inner.vertices, inner.profiles, strict=True)), own: profile}
    vertices = hull(played)
    return InnerPolygon(tuple(vertices), tuple(played[vertex] for vertex in vertices))


def _left(game: ExactGame, claim: ExclusionCertificate, polygon: list[Point]) -> str | None:
    """Name one claim that an outer set does not prove."""
    threat = worst(game, polygon)
    for point in claim.points:
        if contains(polygon, game.inward(point)):
            return f"the point ({', '.join(map(str, point))}) lies inside"
    for profile in claim.profiles:
        if above(polygon, game.required(profile, threat)):
            return f"the profile {profile} is supported by promises inside"
    for profile in claim.forever:
        own = game.payoffs[profile]
        if contains(polygon, own) and game.meets(profile, own, threat):
            return f"the profile {profile} played for ever lies inside and invites no deviation"
    if polygon and not (claim.points or claim.profiles or claim.forever):
        return "the last set is not empty"
    return None


def _points(owner: str, points: Iterable[Sequence[object]]) -> tuple[Point, ...]:
    return tuple(exact_point(f"points[{k}]", owner, point) for k, point in enumerate(points))


def _profiles(stage: StageGame, profiles: Iterable[Sequence[str | int]]) -> tuple[Profile, ...]:
    return tuple((row, column) for row, column in (stage.profile(*profile) for profile in profiles))


def _values(repeated: RepeatedGame, automaton: Automaton) -> tuple[Payoffs, ...]:
    """Work out the value of each phase: in closed form on a cycle, then backwards along the way to it."""
    payoffs, following = repeated.stage.exact_payoffs, automaton.next_phases().tolist()
    earned = [payoffs[tuple(profile)] for profile in automaton.output.tolist()]
    values: dict[int, list[Fraction]] = {}
    for phase in range(len(earned)):
        path = []
        while phase not in values and phase not in path:
            path.append(phase)
            phase = following[phase]
        if phase not in values:
            values[phase] = _on_cycle(repeated, [earned[k] for k in path[path.index(phase) :]])
        for k in reversed(path):
            if k not in values:
                values[k] = [
                    (1 - delta) * now + delta * later
                    for delta, now, later in zip(
                        repeated.exact_deltas, earned[k], values[following[k]], strict=True
                    )
                ]
    return tuple(tuple(values[phase]) for phase in range(len(earned)))


def _on_cycle(repeated: RepeatedGame, earned: list[Sequence[Fraction]]) -> list[Fraction]:
    totals = []
    for i, delta in enumerate(repeated.exact_deltas):
        total = sum((delta**t * now[i] for t, now in enumerate(earned)), start=Fraction(0))
        totals.append((1 - delta) * total / (1 - delta ** len(earned)))
    return totals


def _gains(
    repeated: RepeatedGame, automaton: Automaton, values: tuple[Payoffs, ...]
) -> tuple[tuple[Fraction | None, ...], ...]:
    payoffs, players = repeated.stage.exact_payoffs, range(repeated.stage.num_players)
    rows = []
    for phase, profile in enumerate(automaton.output.tolist()):
        row: list[Fraction | None] = []
        for i in players:
            delta, gains = repeated.exact_deltas[i], []
            for action in range(repeated.stage.shape[i]):
                if action != profile[i]:
                    left = (*profile[:i], action, *profile[i + 1 :])
                    later = values[automaton.transition[(phase, *left)]][i]
                    gains.append((1 - delta) * payoffs[left][i] + delta * later - values[phase][i])
            row.append(max(gains, default=None))
        rows.append(tuple(row))
    return tuple(rows)
