"""Proofs that no equilibrium of a stochastic game gives payoffs, plays profiles, or exists, from a state on.

Falling rational sets, one a state, each of which holds what promises from the ones before can support; they start
from all payoffs between the lowest and the highest of each player. Corners are rounded outward, so that the sets
stay writable.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from negotiation._checks import check_class, check_count, refusal
from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.certificate import Point, Polygon, Profile, StateExclusionCertificate
from negotiation.solvers.claims import CertificationError, certified, exact_point
from negotiation.solvers.exact_states import ExactStates, Threats
from negotiation.solvers.half_planes import loosened
from negotiation.solvers.policy_values import Measured
from negotiation.solvers.rational_polygon import above, contains, hull

OWNER = "exclude_from_states"
MAX_STEPS = 200
UNIT = Fraction(1, 2**40)
"""Edges are moved outward by about this share of a player's payoff range."""
PLAIN = 2**48
"""Coordinates with denominators up to this are left as they are."""
SETTLED = Fraction(1, 2**36)
"""Sets none of whose corners moves by more count as settled."""


def exclude_from_states(
    game: StochasticGame,
    *,
    points: Iterable[tuple[str | int, Sequence[object]]] = (),
    profiles: Iterable[tuple[str | int, Sequence[str | int]]] = (),
    states: Iterable[str | int] = (),
    max_steps: int = MAX_STEPS,
) -> StateExclusionCertificate:
    """Prove that no equilibrium of a stochastic game gives payoffs, plays profiles, or exists, from states on.

    Parameters
    ----------
    game : StochasticGame
        A game of two players, who may discount differently.
    points : iterable of (state, pair of numbers)
        Average payoffs from a state on, as int, float, `Fraction`, `Decimal` or text.
    profiles : iterable of (state, profile)
        Action profiles, by name or index, to be played in a state after no history of any equilibrium.
    states : iterable of str or int
        States from which on there is to be no equilibrium. At least one claim is needed.
    max_steps : int, default 200
        Largest number of outer sets of a state.

    Returns
    -------
    StateExclusionCertificate
        Outer sets that prove all of it.

    Raises
    ------
    ArgumentError
        If the game does not have two players, nothing is claimed, or a claim does not fit the game.
    CertificationError
        If a claim was not proved; it says which, and why the search ended.

    Examples
    --------
    >>> game = StochasticGame(
    ...     ["truce", "war"],
    ...     payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
    ...     transitions=[[[[1, 0], [0, 1]], [[0, 1], [0, 1]]], [[["1/4", "3/4"]]]],
    ...     delta=0.33,
    ... )
    >>> print(exclude_from_states(game, profiles=[("truce", (0, 0))]))
    by 5 outer sets a state at delta = 33/100; played by no equilibrium: 0-0 in truce
    """
    check_class("game", OWNER, game, StochasticGame)
    if game.num_players != 2:
        raise refusal("game", OWNER, "have two players", game.num_players)
    bound = check_count("max_steps", OWNER, max_steps)
    claim = StateExclusionCertificate(
        game,
        (),
        tuple((game.state(s), exact_point(f"points[{k}]", OWNER, point)) for k, (s, point) in enumerate(points)),
        tuple((game.state(s), _profile(game, s, profile)) for s, profile in profiles),
        tuple(map(game.state, states)),
    )
    if not (claim.points or claim.profiles or claim.states):
        raise refusal("points", OWNER, "name something to exclude", "nothing", "Pass points, profiles or states.")
    exact = ExactStates(Measured(game))
    outer: list[list[Polygon]] = []
    for sets in _outer_sets(exact):
        outer.append(sets)
        left = _left(exact, claim, sets)
        if left is None:
            chain = tuple(tuple(tuple(map(exact.outward, one)) for one in step) for step in outer)
            return certified(StateExclusionCertificate(game, chain, claim.points, claim.profiles, claim.states))
        if len(outer) == bound:
            raise CertificationError(f"Not excluded by {bound} outer sets a state, which still move: {left}.")
        if len(outer) > 1 and _has_settled(*outer[-2:]):
            raise CertificationError(f"Not excluded by {len(outer)} outer sets, which have settled: {left}.")
    raise AssertionError("the outer sets do not end")


def _profile(game: StochasticGame, state: str | int, profile: Sequence[str | int]) -> Profile:
    first, second = game.stages[game.state(state)].profile(*profile)
    return first, second


def _outer_sets(game: ExactStates) -> Iterator[list[Polygon]]:
    """Yield falling sets without end, one polygon a state, in units of the payoff ranges."""
    pays = game.measured.payoffs
    ends = [(min(pay[i] for pay in pays), max(pay[i] for pay in pays)) for i in range(2)]
    box = tuple(hull((x, y) for x in ends[0] for y in ends[1]))
    sets: list[Polygon] = [box] * game.game.num_states
    offsets = game.game.transitions.offsets.tolist()
    while True:
        yield sets
        threats = _worst(sets)
        parts = [_supported(game, row, sets, threats) for row in range(len(game.owners))]
        sets = [
            _outward(hull(corner for row in range(offsets[s], offsets[s + 1]) for corner in parts[row]))
            for s in range(len(sets))
        ]


def _worst(sets: Sequence[Polygon]) -> Threats:
    return [(min(x for x, _ in one), min(y for _, y in one)) if one else None for one in sets]


def _supported(game: ExactStates, row: int, sets: Sequence[Polygon], threats: Threats) -> list[Point]:
    """Return corners of what a row supports with promises from sets."""
    needed = game.needed(row, threats)
    if needed is None:
        return []
    return above(hull(game.averaged(row, corner) for corner, _ in game.mean(row, sets)), needed)


def _outward(corners: Sequence[Point]) -> Polygon:
    if all(x.denominator <= PLAIN for corner in corners for x in corner):
        return tuple(corners)
    return tuple(hull(loosened(tuple(corners), UNIT)))


def _has_settled(before: Sequence[Polygon], after: Sequence[Polygon]) -> bool:
    return all(
        len(one) == len(other)
        and all(abs(x - y) <= SETTLED for a, b in zip(one, other, strict=True) for x, y in zip(a, b, strict=True))
        for one, other in zip(before, after, strict=True)
    )


def _left(game: ExactStates, claim: StateExclusionCertificate, sets: Sequence[Polygon]) -> str | None:
    """Name one claim that outer sets do not prove."""
    names, threats = game.game.states, _worst(sets)
    for s, point in claim.points:
        if contains(sets[s], game.inward(point)):
            return f"the point ({', '.join(map(str, point))}) of {names[s]} lies inside"
    for s, profile in claim.profiles:
        if _supported(game, game.measured.row(s, profile), sets, threats):
            return f"the profile {profile} of {names[s]} is supported by promises inside"
    for s in claim.states:
        if sets[s]:
            return f"the last set of {names[s]} is not empty"
    return None
