"""The independent judge of certificates: every line is checked in exact arithmetic.

This file shares no code with the solvers whose answers it judges; its polygons are in
`negotiation.solvers.exact_plane`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm, prod
from typing import final

from negotiation._checks import refusal
from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.certificate import (
    Certificate,
    ExclusionCertificate,
    NashCertificate,
    Payoffs,
    Point,
    Profile,
    SelfGenerationCertificate,
    StateExclusionCertificate,
    StateSelfGenerationCertificate,
    StrategyCertificate,
)
from negotiation.solvers.exact_plane import Triple, above, dropped, hull, inside, is_polygon, lifted
from negotiation.solvers.lines import Line, must, pair, pairs, text, two_players
from negotiation.solvers.state_verification import check_state_exclusion, check_state_self_generation


@final
@dataclass(frozen=True, eq=False)
class Verification:
    """What checking a certificate has found.

    Parameters
    ----------
    valid : bool
        Whether every line holds, so that the claim of the certificate is proved.
    lines : int
        Number of lines checked; the last one is the one that fails, if any.
    fault : str or None
        The line that fails, in words.
    """

    valid: bool
    lines: int
    fault: str | None

    def __str__(self) -> str:
        return f"valid: {self.lines} lines hold" if self.valid else f"refused at line {self.lines}: {self.fault}"


def verify(certificate: Certificate) -> Verification:
    """Check every line of a certificate in exact arithmetic, with code of its own.

    Parameters
    ----------
    certificate : Certificate
        A record of `negotiation.solvers.certificate`, made by `certify`, `support` or `exclude`, or read from a
        file.

    Returns
    -------
    Verification
        Whether the claim is proved, or else the first line that fails.

    Raises
    ------
    ArgumentError
        If `certificate` is no certificate.

    Notes
    -----
    Strategy: the values satisfy V_i(k) = (1 - delta_i) g_i + delta_i V_i(next phase), which has one solution, and
    by the one-shot deviation principle [Abr88]_ nobody can gain.

    Self-generation: a bounded set X inside B(X) holds equilibrium payoffs only [APS90]_. Each vertex is checked to
    lie in B(X): it is (1 - delta_i) g_i(a) + delta_i w_i with w in X, and no less than
    (1 - delta_i) c_i(a) + delta_i u_i, where c_i(a) is the best deviation payoff and u_i the least that X gives.

    Exclusion: all equilibrium payoffs V are feasible and no worse than pure minmax; hence they lie in the first
    set. If V lies in W and no equilibrium gives player i less than u_i, then V lies in the hull of the points
    (1 - delta_i) g_i(a) + delta_i w_i with w in W and no less than (1 - delta_i) c_i(a) + delta_i u_i. If the
    players discount alike, a profile with g(a) itself no less than this adds g(a) alone: otherwise an extreme
    point v of the hull of V and all that is added, not among what is added, would be an extreme point of V between
    g(a) and its continuation, two other points of that hull. So each set holds V because the one before does.

    Polygons of states: the same on one set a state, see `negotiation.solvers.state_verification`.

    References
    ----------
    .. [Abr88] D. Abreu (1988), On the theory of infinitely repeated games with discounting, Econometrica 56,
       383-396.
    .. [APS90] D. Abreu, D. Pearce and E. Stacchetti (1990), Toward a theory of discounted repeated games with
       imperfect monitoring, Econometrica 58, 1041-1063.
    """
    match certificate:
        case StrategyCertificate():
            found = _strategy(certificate)
        case SelfGenerationCertificate():
            found = _self_generation(certificate)
        case ExclusionCertificate():
            found = _exclusion(certificate)
        case NashCertificate():
            found = _nash(certificate)
        case StateSelfGenerationCertificate():
            found = check_state_self_generation(certificate)
        case StateExclusionCertificate():
            found = check_state_exclusion(certificate)
        case _:
            raise refusal("certificate", "verify", "be a certificate", type(certificate).__name__)
    count = 0
    for count, fault in enumerate(found, 1):
        if fault is not None:
            return Verification(False, count, fault)
    return Verification(True, count, None)


def _strategy(certificate: StrategyCertificate) -> Iterator[Line]:
    repeated, values = certificate.repeated, certificate.values
    phases, n = len(certificate.automaton.output), repeated.stage.num_players
    shape = certificate.automaton.transition.shape[1:]
    yield must(shape == repeated.stage.shape, "the automaton", shape, f"have the actions {repeated.stage.shape}")
    yield must(not certificate.automaton.draws_lots, "the automaton", "lotteries", "move from phase to phase")
    for name, table in (("values", values), ("gains", certificate.gains)):
        sizes = [len(row) for row in table]
        yield must(sizes == [n] * phases, name, sizes, f"hold {n} numbers in each of {phases} phases")
    for k, i in product(range(phases), range(n)):
        where, value, gain = f"phase {k}, player {i}: the", values[k][i], certificate.gains[k][i]
        own = int(certificate.automaton.output[k, i])
        earned = _by_action(certificate, k, i)
        yield must(value == earned[own], f"{where} value", value, f"be {earned[own]}")
        best = max((x - value for action, x in enumerate(earned) if action != own), default=None)
        yield must(gain == best, f"{where} gain", gain, f"be {best}")
        yield must(best is None or best <= 0, f"{where} gain", best, "not be positive")


def _by_action(certificate: StrategyCertificate, phase: int, player: int) -> list[Fraction]:
    """Return what each action of a player is worth in a phase, by the values of the phases that follow."""
    repeated, automaton = certificate.repeated, certificate.automaton
    delta, profile, worth = repeated.exact_deltas[player], automaton.output[phase].tolist(), []
    for action in range(repeated.stage.shape[player]):
        profile[player] = action
        later = certificate.values[int(automaton.transition[(phase, *profile)])][player]
        worth.append((1 - delta) * repeated.stage.exact_payoffs[(*profile, player)] + delta * later)
    return worth


def _nash(certificate: NashCertificate) -> Iterator[Line]:
    stage, listed = certificate.stage, len(certificate.mixed_profiles)
    yield must(listed > 0, "mixed_profiles", listed, "hold at least one profile")
    yield must(len(certificate.payoffs) == listed, "payoffs", len(certificate.payoffs), f"hold {listed} entries")
    for k, (mixtures, payoffs) in enumerate(zip(certificate.mixed_profiles, certificate.payoffs, strict=True)):
        sizes = tuple(len(mixture) for mixture in mixtures)
        yield must(sizes == stage.shape, f"profile {k}", sizes, f"have the actions {stage.shape}")
        yield must(len(payoffs) == len(sizes), f"profile {k}: payoffs", len(payoffs), f"hold {len(sizes)}")
        for i, mixture in enumerate(mixtures):
            where = f"profile {k}, player {i}: "
            yield must(min(mixture) >= 0, f"{where}a probability", min(mixture), "not be negative")
            yield must(sum(mixture) == 1, f"{where}the sum of probabilities", sum(mixture), "be 1")
            earned = _by_reply(stage, mixtures, i)
            average = sum((p * x for p, x in zip(mixture, earned, strict=True)), start=Fraction(0))
            yield must(payoffs[i] == average, f"{where}the payoff", payoffs[i], f"be {average}")
            yield must(
                max(earned) == average, f"{where}the payoff of the best reply", max(earned), f"be {average}"
            )


def _by_reply(stage: StageGame, mixtures: Sequence[Payoffs], player: int) -> list[Fraction]:
    """Return what each action of a player earns against the mixed actions of the others."""
    earned = [Fraction(0)] * stage.shape[player]
    for profile in product(*map(range, stage.shape)):
        weight = prod(mixtures[j][action] for j, action in enumerate(profile) if j != player)
        earned[profile[player]] += weight * stage.exact_payoffs[(*profile, player)]
    return earned


def _self_generation(certificate: SelfGenerationCertificate) -> Iterator[Line]:
    yield from two_players(certificate.repeated.stage.num_players)
    game, count = _Game(certificate.repeated), len(certificate.vertices)
    yield must(count > 0, "vertices", count, "hold at least one point")
    for name, listed in (("profiles", certificate.profiles), ("continuations", certificate.continuations)):
        yield must(len(listed) == count, name, len(listed), f"hold {count} entries")
    yield from pairs("vertices", certificate.vertices)
    yield from pairs("continuations", certificate.continuations)
    yield from pairs("threat", [certificate.threat])
    yield from game.actions("profiles", certificate.profiles)
    yield from pairs("points", certificate.points)
    yield from game.actions("forever", certificate.forever)
    polygon = [lifted(vertex) for vertex in certificate.vertices]
    yield must(
        is_polygon(polygon), "vertices", text(certificate.vertices), "run counter-clockwise round a polygon"
    )
    least = pair(min(vertex[i] for vertex in certificate.vertices) for i in range(2))
    yield must(certificate.threat == least, "threat", text([certificate.threat]), f"be {text([least])}")
    lines = zip(certificate.vertices, certificate.profiles, certificate.continuations, strict=True)
    for k, (vertex, profile, promise) in enumerate(lines):
        given = game.averaged(game.payoffs(profile), promise)
        yield must(vertex == given, f"vertex {k}", text([vertex]), f"be {text([given])}")
        yield must(inside(polygon, lifted(promise)), f"continuation {k}", text([promise]), "lie in the polygon")
        yield from game.obeyed(f"vertex {k}", profile, vertex, least)
    for point in certificate.points:
        yield must(inside(polygon, lifted(point)), "points", text([point]), "lie in the polygon")
    for profile in certificate.forever:
        own = game.payoffs(profile)
        yield must(inside(polygon, lifted(own)), f"forever {profile}", text([own]), "lie in the polygon")
        yield from game.obeyed(f"forever {profile}", profile, own, least)


def _exclusion(certificate: ExclusionCertificate) -> Iterator[Line]:
    yield from two_players(certificate.repeated.stage.num_players)
    game, outer = _Game(certificate.repeated), certificate.outer
    yield must(len(outer) > 0, "outer", len(outer), "hold at least one set")
    for k, listed in enumerate(outer):
        yield from pairs(f"outer set {k}", listed)
    yield from pairs("points", certificate.points)
    yield from game.actions("profiles", certificate.profiles)
    yield from game.actions("forever", certificate.forever)
    sets = [[lifted(vertex) for vertex in listed] for listed in outer]
    for k, polygon in enumerate(sets):
        yield must(is_polygon(polygon), f"outer set {k}", text(outer[k]), "run counter-clockwise round a polygon")
    needed = game.feasible()
    for k, polygon in enumerate(sets):
        for point in needed:
            missing = f"a set without ({', '.join(map(str, dropped(point)))})"
            yield must(inside(polygon, point), f"outer set {k}", missing, "hold all that it has to")
        least = game.worst(outer[k])
        needed = [point for profile in game.best for point in game.added(profile, polygon, least)]
    last = sets[-1]
    if not (certificate.points or certificate.profiles or certificate.forever):
        yield must(not last, "the last outer set", text(outer[-1]), "be empty")
    for given in certificate.points:
        yield must(not inside(last, lifted(given)), "points", text([given]), "lie outside the last set")
    for profile in certificate.profiles:
        cut = game.promises(profile, last, least)
        yield must(
            not cut, f"profile {profile}", f"{len(cut)} promises", "be supported by no promise of the last set"
        )
    for profile in certificate.forever:
        own = game.payoffs(profile)
        stays = inside(last, lifted(own)) and game.is_obeyed(profile, own, least)
        yield must(not stays, f"forever {profile}", text([own]), "lie outside the last set or invite a deviation")


@final
@dataclass(frozen=True, eq=False)
class _Game:
    """The payoffs of a repeated game of two players, and what they make of promises."""

    repeated: RepeatedGame

    @cached_property
    def best(self) -> dict[Profile, Point]:
        """What each player earns by the best deviation in the stage game, by profile."""
        g, (rows, columns) = self.repeated.stage.exact_payoffs, self.repeated.stage.shape
        first = [max(g[a, b, 0] for a in range(rows)) for b in range(columns)]
        second = [max(g[a, b, 1] for b in range(columns)) for a in range(rows)]
        return {(a, b): (first[b], second[a]) for a in range(rows) for b in range(columns)}

    @cached_property
    def minmax(self) -> Point:
        return pair(min(best[i] for best in self.best.values()) for i in range(2))

    @cached_property
    def is_common(self) -> bool:
        return len(set(self.repeated.exact_deltas)) == 1

    def payoffs(self, profile: Profile) -> Point:
        return pair(self.repeated.stage.exact_payoffs[profile])

    def averaged(self, now: Point, later: Point) -> Point:
        parts = zip(self.repeated.exact_deltas, now, later, strict=True)
        return pair((1 - delta) * x + delta * y for delta, x, y in parts)

    def least(self, profile: Profile, threat: Point) -> Point:
        """Return what each player earns by the best deviation from a profile."""
        return self.averaged(self.best[profile], threat)

    def is_obeyed(self, profile: Profile, earned: Point, threat: Point) -> bool:
        return all(x >= least for x, least in zip(earned, self.least(profile, threat), strict=True))

    def obeyed(self, where: str, profile: Profile, earned: Point, threat: Point) -> Iterator[Line]:
        for i, least in enumerate(self.least(profile, threat)):
            yield must(earned[i] >= least, f"{where}: the payoff of player {i}", earned[i], f"be at least {least}")

    def actions(self, name: str, listed: Sequence[Profile]) -> Iterator[Line]:
        for k, profile in enumerate(listed):
            yield must(profile in self.best, f"{name} {k}", profile, f"be below {self.repeated.stage.shape}")

    def worst(self, polygon: Sequence[Point]) -> Point:
        """Return what every equilibrium gives at least, if all equilibrium payoffs lie in the polygon."""
        return pair(
            max(low, min((vertex[i] for vertex in polygon), default=low)) for i, low in enumerate(self.minmax)
        )

    def feasible(self) -> list[Triple]:
        """List points whose hull holds all payoffs that are feasible and no worse than pure minmax."""
        cells = [self.payoffs(profile) for profile in self.best]
        if self.is_common:
            return above(hull([lifted(cell) for cell in cells]), self.minmax)
        high = [max(cell[i] for cell in cells) for i in range(2)]
        return [lifted((x, y)) for x in (self.minmax[0], high[0]) for y in (self.minmax[1], high[1])]

    def promises(self, profile: Profile, polygon: list[Triple], threat: Point) -> list[Triple]:
        """Return the promises that keep both players from deviating."""
        parts = zip(self.repeated.exact_deltas, self.payoffs(profile), self.best[profile], threat, strict=True)
        return above(polygon, [u + (1 - delta) / delta * (best - own) for delta, own, best, u in parts])

    def added(self, profile: Profile, polygon: list[Triple], threat: Point) -> list[Triple]:
        """List points whose hull holds all equilibrium payoffs that need this profile first."""
        own = self.payoffs(profile)
        if not polygon:
            return []
        if self.is_common and self.is_obeyed(profile, own, threat):
            return [lifted(own)]
        weights = self.repeated.exact_deltas
        now = [(1 - delta) * earned for delta, earned in zip(weights, own, strict=True)]
        scale = lcm(*(number.denominator for number in (*now, *weights)))
        (now_0, now_1), (later_0, later_1) = ([int(number * scale) for number in pair] for pair in (now, weights))
        return [
            (now_0 * d + later_0 * x, now_1 * d + later_1 * y, scale * d)
            for x, y, d in self.promises(profile, polygon, threat)
        ]
