"""The judge of certificates about stochastic games: every line is checked in exact arithmetic.

W_s are sets of average payoffs, one a state, and u_i(s) is the least that W_s gives player i. Profile a of state s
needs, over the actions b of player i,

    n_i(s, a) = max_b (1 - delta_i) g_i(s, b, a_-i) + delta_i sum_t p(t | s, b, a_-i) u_i(t):

what the best deviation is worth that is followed by the worst points of the next states. It supports the payoffs
(1 - delta_i) g_i(s, a) + delta_i sum_t p(t | s, a) w_i(t), with w(t) in W_t, that are no less than n_i(s, a).

Self-generation: if each vertex of each W_s is supported by some profile of s, then each point of W_s is an
equilibrium payoff from s on. Proof: draw vertices whose mean is the point, play the profile of the one drawn, and
go on from the promise w(t) in the state t that comes; after a deviation of one player from the vertex that is
worst for him in the state that comes. What is promised is what is earned, since the promises stay bounded and
delta_i < 1, and no deviation at one date pays by n_i, so that none pays at all. All states that one deviation can
lead to need a set that is not empty for that, and the check asks for it. Should both leave at once, any point of
the state that comes will do; a state without a set that only this can reach is left out of account.

Exclusion: all equilibrium payoffs lie between the lowest and the highest payoff of each player, hence in the first
sets. If those of all states lie in W, then what an equilibrium plays first is a profile that supports its payoffs
from W: a deviation is followed by an equilibrium, which gives player i at least u_i(t). So the hull of what all
profiles of s support from W holds the equilibrium payoffs from s on, and so does each next set, which holds that
hull. Where a set is empty there is no equilibrium, and a profile from which one deviation may lead there is never
played.

This file shares no code with the solvers whose answers it judges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from typing import final

from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.certificate import (
    Point,
    Polygon,
    Profile,
    StateExclusionCertificate,
    StateSelfGenerationCertificate,
)
from negotiation.solvers.exact_plane import Triple, above, dropped, inside, is_polygon, lifted, weighted_mean
from negotiation.solvers.lines import Line, must, pair, pairs, text, two_players

Threats = Sequence[Point | None]


def check_state_self_generation(certificate: StateSelfGenerationCertificate) -> Iterator[Line]:
    """Yield the lines of the check that the polygons of all states generate themselves."""
    yield from two_players(certificate.game.num_players)
    game, names = _Game(certificate.game), certificate.game.states
    yield from _form(certificate)
    polygons = [[lifted(vertex) for vertex in polygon] for polygon in certificate.vertices]
    yield must(any(polygons), "vertices", "none at all", "hold at least one point")
    for s, polygon in enumerate(polygons):
        where = f"vertices of {names[s]}"
        written = text(certificate.vertices[s])
        yield must(is_polygon(polygon), where, written, "run counter-clockwise round a polygon")
    for s, least in enumerate(_worst(certificate.vertices)):
        given = certificate.threats[s]
        yield must(given == least, f"threats of {names[s]}", _place(given), f"be {_place(least)}")
    for s, corners in enumerate(certificate.vertices):
        for k, vertex in enumerate(corners):
            lines = certificate.profiles[s][k], certificate.promises[s][k]
            yield from _vertex(game, polygons, certificate.threats, (s, k, vertex), *lines)


def _form(certificate: StateSelfGenerationCertificate) -> Iterator[Line]:
    game, names = certificate.game, certificate.game.states
    count = game.num_states
    parts = certificate.vertices, certificate.profiles, certificate.promises, certificate.threats
    for name, part in zip(("vertices", "profiles", "promises", "threats"), parts, strict=True):
        yield must(len(part) == count, name, len(part), f"hold {count} entries")
    for s in range(count):
        size = len(certificate.vertices[s])
        for name, listed in (("profiles", certificate.profiles[s]), ("promises", certificate.promises[s])):
            yield must(len(listed) == size, f"{name} of {names[s]}", len(listed), f"hold {size} entries")
        yield from pairs(f"vertices of {names[s]}", certificate.vertices[s])
        threat = certificate.threats[s]
        yield from pairs(f"threats of {names[s]}", [] if threat is None else [threat])
        for promised in certificate.promises[s]:
            yield from pairs(f"promises of {names[s]}", promised)
        for profile in certificate.profiles[s]:
            yield _playable(f"profiles of {names[s]}", profile, game.shapes[s])


def _vertex(
    game: "_Game",
    polygons: Sequence[Sequence[Triple]],
    threats: Threats,
    place: tuple[int, int, Point],
    profile: Profile,
    promises: Sequence[Point],
) -> Iterator[Line]:
    """Check one vertex: its promises lie in the sets, it is what they make of it, and nobody gains by leaving."""
    state, number, vertex = place
    where = f"vertex {number} of {game.names[state]}"
    following = game.following(state, profile)
    yield must(
        len(promises) == len(following), f"{where}: promises", len(promises), f"hold {len(following)} points"
    )
    for (after, _), promise in zip(following, promises, strict=True):
        yield must(
            inside(polygons[after], lifted(promise)),
            f"{where}: the promise in {game.names[after]}",
            text([promise]),
            "lie in its polygon",
        )
    given = game.averaged(state, profile, promises)
    yield must(vertex == given, where, text([vertex]), f"be {text([given])}")
    for i, action in game.deviations(state, profile):
        worth = game.worth(state, game.left(profile, i, action), i, threats)
        rule = "have an equilibrium after it" if worth is None else f"be at least {worth}"
        yield must(
            worth is not None and vertex[i] >= worth,
            f"{where}: the payoff of player {i} against action {action}",
            vertex[i],
            rule,
        )


def check_state_exclusion(certificate: StateExclusionCertificate) -> Iterator[Line]:
    """Yield the lines of the check that falling sets hold all equilibrium payoffs, and leave something out."""
    yield from two_players(certificate.game.num_players)
    game, outer, count = _Game(certificate.game), certificate.outer, certificate.game.num_states
    yield from _claims(certificate)
    yield must(len(outer) > 0, "outer", len(outer), "hold at least one list of sets")
    for k, sets in enumerate(outer):
        yield must(len(sets) == count, f"outer sets {k}", len(sets), f"hold {count} sets")
        for s, listed in enumerate(sets):
            yield from pairs(f"outer set {k} of {game.names[s]}", listed)
    needed = [[lifted(corner) for corner in game.box] for _ in range(count)]
    for k, sets in enumerate(outer):
        polygons = [[lifted(vertex) for vertex in listed] for listed in sets]
        for s, polygon in enumerate(polygons):
            where = f"outer set {k} of {game.names[s]}"
            yield must(is_polygon(polygon), where, text(sets[s]), "run counter-clockwise round a polygon")
            for point in needed[s]:
                missing = f"a set without {text([dropped(point)])}"
                yield must(inside(polygon, point), where, missing, "hold all that it has to")
        support = game.support(polygons, _worst(sets))
        if k + 1 < len(outer):
            needed = [[point for a in game.profiles(s) for point in support(s, a)] for s in range(count)]
    for s, given in certificate.points:
        where = f"the point of {game.names[s]}"
        yield must(not inside(polygons[s], lifted(given)), where, text([given]), "lie outside the last set")
    for s, profile in certificate.profiles:
        where, held = f"profile {profile} of {game.names[s]}", support(s, profile)
        yield must(not held, where, f"{len(held)} corners", "be supported by no promise of the last sets")
    for s in certificate.states:
        yield must(not polygons[s], f"the last set of {game.names[s]}", text(outer[-1][s]), "be empty")


def _claims(certificate: StateExclusionCertificate) -> Iterator[Line]:
    game = certificate.game
    claimed = [*certificate.points, *certificate.profiles, *((s, None) for s in certificate.states)]
    yield must(len(claimed) > 0, "the certificate", "nothing", "claim something")
    for s, _ in claimed:
        yield must(0 <= s < game.num_states, "a state", s, f"be below {game.num_states}")
    yield from pairs("points", [point for _, point in certificate.points])
    for s, profile in certificate.profiles:
        yield _playable(f"profiles of {game.states[s]}", profile, game.shapes[s])


def _playable(name: str, profile: Profile, shape: tuple[int, ...]) -> Line:
    fits = len(profile) == 2 and all(0 <= a < count for a, count in zip(profile, shape, strict=True))
    return must(fits, name, profile, f"be below {shape}")


def _worst(sets: Sequence[Polygon]) -> list[Point | None]:
    return [pair(min(vertex[i] for vertex in one) for i in range(2)) if one else None for one in sets]


def _place(point: Point | None) -> str:
    return "none" if point is None else text([point])


@final
@dataclass(frozen=True, eq=False)
class _Game:
    """The payoffs and the moves of a stochastic game of two players, and what they make of promises."""

    game: StochasticGame

    @property
    def names(self) -> tuple[str, ...]:
        return self.game.states

    @cached_property
    def box(self) -> list[Point]:
        """Corners that hold all average payoffs."""
        ends = [
            (min(table[..., i].min() for table in tables), max(table[..., i].max() for table in tables))
            for tables in [self.game.exact_payoffs]
            for i in range(2)
        ]
        return [(x, y) for x in ends[0] for y in ends[1]]

    def profiles(self, state: int) -> Iterator[Profile]:
        rows, columns = self.game.shapes[state]
        return product(range(rows), range(columns))

    @cached_property
    def chances(self) -> list[list[tuple[tuple[int, Fraction], ...]]]:
        """For each state and each of its profiles in order, the next states that have a chance, in order."""
        tables = [
            self.game.transitions.exact(s).reshape(-1, self.game.num_states) for s in range(self.game.num_states)
        ]
        return [[tuple((t, p) for t, p in enumerate(row) if p > 0) for row in table] for table in tables]

    def following(self, state: int, profile: Profile) -> tuple[tuple[int, Fraction], ...]:
        return self.chances[state][profile[0] * self.game.shapes[state][1] + profile[1]]

    def averaged(self, state: int, profile: Profile, promises: Sequence[Point]) -> Point:
        """Return what a profile pays that is followed by one promise for each next state that has a chance."""
        following = self.following(state, profile)
        later = [
            sum((p * w[i] for (_, p), w in zip(following, promises, strict=True)), start=Fraction(0))
            for i in range(2)
        ]
        parts = zip(self.game.exact_deltas, self.game.exact_payoffs[state][profile], later, strict=True)
        return pair((1 - delta) * now + delta * then for delta, now, then in parts)

    def deviations(self, state: int, profile: Profile) -> Iterator[tuple[int, int]]:
        """List what each player may do, the action of the profile among it, which bounds promises from below."""
        return ((i, action) for i in range(2) for action in range(self.game.shapes[state][i]))

    def left(self, profile: Profile, player: int, action: int) -> Profile:
        return (action, profile[1]) if player == 0 else (profile[0], action)

    def worth(self, state: int, profile: Profile, player: int, threats: Threats) -> Fraction | None:
        """Return what a profile pays a player who is punished after it; None if no equilibrium follows."""
        delta, later = self.game.exact_deltas[player], Fraction(0)
        for after, p in self.following(state, profile):
            threat = threats[after]
            if threat is None:
                return None
            later += p * threat[player]
        now: Fraction = self.game.exact_payoffs[state][profile][player]
        return (1 - delta) * now + delta * later

    def support(self, polygons: Sequence[list[Triple]], threats: Threats) -> "_Support":
        return _Support(self, polygons, threats)


@final
class _Support:
    """What the profiles of a game support with promises from sets of all states, as corners."""

    def __init__(self, game: _Game, polygons: Sequence[list[Triple]], threats: Threats) -> None:
        self._game, self._polygons, self._threats = game, polygons, threats
        self._mean = cache(self._uncached_mean)

    def __call__(self, state: int, profile: Profile) -> list[Triple]:
        game, needed = self._game, []
        for i in range(2):
            left = [game.left(profile, i, action) for action in range(game.game.shapes[state][i])]
            worths = [game.worth(state, other, i, self._threats) for other in left]
            if None in worths:
                return []
            needed.append(max(worth for worth in worths if worth is not None))
        deltas, now = game.game.exact_deltas, game.game.exact_payoffs[state][profile]
        supported = []
        for point in self._mean(game.following(state, profile)):
            place = dropped(point)
            supported.append(lifted(pair((1 - deltas[i]) * now[i] + deltas[i] * place[i] for i in range(2))))
        return above(supported, needed)

    def _uncached_mean(self, following: tuple[tuple[int, Fraction], ...]) -> list[Triple]:
        return weighted_mean([self._polygons[t] for t, _ in following], [p for _, p in following])
