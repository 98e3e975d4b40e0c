"""The independent judge of certificates: every line is checked in exact arithmetic.

This file shares no code with the solvers whose answers it judges; it has its own polygons. A point (x / d, y / d)
of the plane is kept as three whole numbers (x, y, d), d > 0, and so is a half plane (a, b, c): the points with
a x + b y + c d >= 0. Turns, cuts and membership are then decided by products of whole numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm
from typing import final

from negotiation._checks import refusal
from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.certificate import (
    Certificate,
    ExclusionCertificate,
    NashCertificate,
    Point,
    Profile,
    SelfGenerationCertificate,
    StrategyCertificate,
)

Triple = tuple[int, int, int]
Line = str | None


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
        case _:
            raise refusal("certificate", "verify", "be a certificate", type(certificate).__name__)
    count = 0
    for count, fault in enumerate(found, 1):
        if fault is not None:
            return Verification(False, count, fault)
    return Verification(True, count, None)


def _strategy(certificate: StrategyCertificate) -> Iterator[Line]:
    repeated, automaton = certificate.repeated, certificate.automaton
    stage, moves = repeated.stage, automaton.transition
    phases, n = len(automaton.output), stage.num_players
    yield _must(moves.shape[1:] == stage.shape, "the automaton", moves.shape[1:], f"have the actions {stage.shape}")
    for name, table in (("values", certificate.values), ("gains", certificate.gains)):
        sizes = [len(row) for row in table]
        yield _must(sizes == [n] * phases, name, sizes, f"hold {n} numbers in each of {phases} phases")
    for k, i in product(range(phases), range(n)):
        delta, played = repeated.exact_deltas[i], _profile(automaton.output[k])
        earned = (1 - delta) * stage.exact_payoffs[played][i]
        obeying = earned + delta * certificate.values[int(moves[(k, *played)])][i]
        where = f"phase {k}, player {i}: "
        yield _must(certificate.values[k][i] == obeying, f"{where}the value", certificate.values[k][i], f"be {obeying}")
        gains = []
        for action in range(stage.shape[i]):
            left = (*played[:i], action, *played[i + 1 :])
            later = delta * certificate.values[int(moves[(k, *left)])][i]
            if action != played[i]:
                gains.append((1 - delta) * stage.exact_payoffs[left][i] + later - obeying)
        best = max(gains, default=None)
        yield _must(certificate.gains[k][i] == best, f"{where}the gain", certificate.gains[k][i], f"be {best}")
        yield _must(best is None or best <= 0, f"{where}the gain", best, "not be positive")


def _nash(certificate: NashCertificate) -> Iterator[Line]:
    stage, listed = certificate.stage, len(certificate.mixed_profiles)
    yield _must(listed > 0, "mixed_profiles", listed, "hold at least one profile")
    yield _must(len(certificate.payoffs) == listed, "payoffs", len(certificate.payoffs), f"hold {listed} entries")
    for k, (mixtures, payoffs) in enumerate(zip(certificate.mixed_profiles, certificate.payoffs, strict=True)):
        sizes = tuple(len(mixture) for mixture in mixtures)
        yield _must(sizes == stage.shape, f"profile {k}", sizes, f"have the actions {stage.shape}")
        yield _must(len(payoffs) == len(sizes), f"profile {k}: payoffs", len(payoffs), f"hold {len(sizes)}")
        for i, mixture in enumerate(mixtures):
            where = f"profile {k}, player {i}: "
            yield _must(min(mixture) >= 0, f"{where}a probability", min(mixture), "not be negative")
            yield _must(sum(mixture) == 1, f"{where}the sum of probabilities", sum(mixture), "be 1")
            earned = [Fraction(0)] * stage.shape[i]
            for profile in product(*map(range, stage.shape)):
                weight = Fraction(1)
                for j, a in enumerate(profile):
                    weight *= mixtures[j][a] if j != i else 1
                earned[profile[i]] += weight * stage.exact_payoffs[profile][i]
            average = sum((p * x for p, x in zip(mixture, earned, strict=True)), start=Fraction(0))
            yield _must(payoffs[i] == average, f"{where}the payoff", payoffs[i], f"be {average}")
            yield _must(max(earned) == average, f"{where}the best reply earns", max(earned), f"be {average}")


def _self_generation(certificate: SelfGenerationCertificate) -> Iterator[Line]:
    yield from _two_players(certificate.repeated)
    game, count = _Game(certificate.repeated), len(certificate.vertices)
    yield _must(count > 0, "vertices", count, "hold at least one point")
    for name, listed in (("profiles", certificate.profiles), ("continuations", certificate.continuations)):
        yield _must(len(listed) == count, name, len(listed), f"hold {count} entries")
    yield from _pairs("vertices", certificate.vertices)
    yield from _pairs("continuations", certificate.continuations)
    yield from _pairs("threat", [certificate.threat])
    yield from game.actions("profiles", certificate.profiles)
    yield from _pairs("points", certificate.points)
    yield from game.actions("forever", certificate.forever)
    polygon = [_lifted(vertex) for vertex in certificate.vertices]
    yield _must(_is_polygon(polygon), "vertices", _text(certificate.vertices), "run counter-clockwise round a polygon")
    least = tuple(min(vertex[i] for vertex in certificate.vertices) for i in range(2))
    yield _must(certificate.threat == least, "threat", _text([certificate.threat]), f"be {_text([least])}")
    lines = zip(certificate.vertices, certificate.profiles, certificate.continuations, strict=True)
    for k, (vertex, profile, promise) in enumerate(lines):
        given = game.averaged(profile, promise)
        yield _must(vertex == given, f"vertex {k}", _text([vertex]), f"be {_text([given])}")
        yield _must(_inside(polygon, _lifted(promise)), f"continuation {k}", _text([promise]), "lie in the polygon")
        yield from game.obeyed(f"vertex {k}", profile, vertex, least)
    for point in certificate.points:
        yield _must(_inside(polygon, _lifted(point)), "points", _text([point]), "lie in the polygon")
    for profile in certificate.forever:
        own = game.payoffs(profile)
        yield _must(_inside(polygon, _lifted(own)), f"forever {profile}", _text([own]), "lie in the polygon")
        yield from game.obeyed(f"forever {profile}", profile, own, least)


def _exclusion(certificate: ExclusionCertificate) -> Iterator[Line]:
    yield from _two_players(certificate.repeated)
    game, outer = _Game(certificate.repeated), certificate.outer
    yield _must(len(outer) > 0, "outer", len(outer), "hold at least one set")
    for k, listed in enumerate(outer):
        yield from _pairs(f"outer set {k}", listed)
    yield from _pairs("points", certificate.points)
    yield from game.actions("profiles", certificate.profiles)
    yield from game.actions("forever", certificate.forever)
    sets = [[_lifted(vertex) for vertex in listed] for listed in outer]
    for k, polygon in enumerate(sets):
        yield _must(_is_polygon(polygon), f"outer set {k}", _text(outer[k]), "run counter-clockwise round a polygon")
    needed = list(game.feasible())
    for k, polygon in enumerate(sets):
        for point in needed:
            yield _must(_inside(polygon, point), f"outer set {k}", "a set that leaves it out", f"hold {_text([_dropped(point)])}")
        least = game.worst(outer[k])
        needed = [point for profile in game.profiles for point in game.added(profile, polygon, least)]
    last = sets[-1]
    if not (certificate.points or certificate.profiles or certificate.forever):
        yield _must(not last, "the last outer set", _text(outer[-1]), "be empty")
    for point in certificate.points:
        yield _must(not _inside(last, _lifted(point)), "points", _text([point]), "lie outside the last set")
    for profile in certificate.profiles:
        cut = game.promises(profile, last, least)
        yield _must(not cut, f"profile {profile}", f"{len(cut)} promises", "be supported by no promise of the last set")
    for profile in certificate.forever:
        own = game.payoffs(profile)
        stays = _inside(last, _lifted(own)) and game.is_obeyed(profile, own, least)
        yield _must(not stays, f"forever {profile}", _text([own]), "lie outside the last set or invite a deviation")


@final
@dataclass(frozen=True, eq=False)
class _Game:
    """The payoffs of a repeated game of two players, and what they make of promises."""

    repeated: RepeatedGame

    @cached_property
    def profiles(self) -> list[Profile]:
        return list(product(*map(range, self.repeated.stage.shape)))

    @cached_property
    def best(self) -> dict[Profile, Point]:
        g, (rows, columns) = self.payoffs, self.repeated.stage.shape
        first = [max(g((a, b))[0] for a in range(rows)) for b in range(columns)]
        second = [max(g((a, b))[1] for b in range(columns)) for a in range(rows)]
        return {(a, b): (first[b], second[a]) for a, b in self.profiles}

    @cached_property
    def minmax(self) -> Point:
        return tuple(min(best[i] for best in self.best.values()) for i in range(2))

    @cached_property
    def common(self) -> bool:
        return len(set(self.repeated.exact_deltas)) == 1

    def payoffs(self, profile: Profile) -> Point:
        return tuple(self.repeated.stage.exact_payoffs[profile])

    def averaged(self, profile: Profile, promise: Point) -> Point:
        parts = zip(self.repeated.exact_deltas, self.payoffs(profile), promise, strict=True)
        return tuple((1 - delta) * now + delta * later for delta, now, later in parts)

    def least(self, profile: Profile, threat: Point) -> Point:
        """Return what each player earns by the best deviation from a profile."""
        parts = zip(self.repeated.exact_deltas, self.best[profile], threat, strict=True)
        return tuple((1 - delta) * now + delta * later for delta, now, later in parts)

    def is_obeyed(self, profile: Profile, earned: Point, threat: Point) -> bool:
        return all(x >= least for x, least in zip(earned, self.least(profile, threat), strict=True))

    def obeyed(self, where: str, profile: Profile, earned: Point, threat: Point) -> Iterator[Line]:
        for i, least in enumerate(self.least(profile, threat)):
            yield _must(earned[i] >= least, f"{where}: player {i} earns", earned[i], f"be at least {least}")

    def actions(self, name: str, listed: Sequence[Profile]) -> Iterator[Line]:
        for k, profile in enumerate(listed):
            yield _must(profile in self.best, f"{name} {k}", profile, f"be below {self.repeated.stage.shape}")

    def worst(self, polygon: Sequence[Point]) -> Point:
        """Return what every equilibrium gives at least, if all equilibrium payoffs lie in the polygon."""
        return tuple(
            max(self.minmax[i], min((vertex[i] for vertex in polygon), default=self.minmax[i])) for i in range(2)
        )

    def feasible(self) -> Iterator[Triple]:
        """List points whose hull holds all payoffs that are feasible and no worse than pure minmax."""
        earned = [self.payoffs(profile) for profile in self.profiles]
        if not self.common:
            ranges = [(low, max(own)) for low, own in zip(self.minmax, zip(*earned, strict=True), strict=True)]
            yield from map(_lifted, product(*ranges))
        else:
            yield from _above(_hull([_lifted(point) for point in earned]), self.minmax)

    def promises(self, profile: Profile, polygon: list[Triple], threat: Point) -> list[Triple]:
        """Return the promises that keep both players from deviating."""
        parts = zip(self.repeated.exact_deltas, self.payoffs(profile), self.best[profile], threat, strict=True)
        return _above(polygon, [u + (1 - delta) / delta * (best - own) for delta, own, best, u in parts])

    def added(self, profile: Profile, polygon: list[Triple], threat: Point) -> list[Triple]:
        """List points whose hull holds all equilibrium payoffs that need this profile first."""
        own = self.payoffs(profile)
        if not polygon:
            return []
        if self.common and self.is_obeyed(profile, own, threat):
            return [_lifted(own)]
        weights = self.repeated.exact_deltas
        now = [(1 - delta) * earned for delta, earned in zip(weights, own, strict=True)]
        scale = lcm(*(number.denominator for number in (*now, *weights)))
        (now_0, now_1), (later_0, later_1) = ([int(number * scale) for number in pair] for pair in (now, weights))
        return [
            (now_0 * d + later_0 * x, now_1 * d + later_1 * y, scale * d)
            for x, y, d in self.promises(profile, polygon, threat)
        ]


def _must(holds: bool, subject: str, value: object, rule: str) -> Line:
    return None if holds else f"{subject} must {rule}, got {value}"


def _two_players(repeated: RepeatedGame) -> Iterator[Line]:
    players = repeated.stage.num_players
    yield _must(players == 2, "the game", f"{players} players", "have two players")


def _pairs(name: str, points: Sequence[Point]) -> Iterator[Line]:
    sizes = {len(point) for point in points}
    yield _must(sizes <= {2}, name, f"points of {sorted(sizes)} numbers", "hold points of two numbers")


def _profile(row: Sequence[int]) -> Profile:
    return tuple(int(action) for action in row)


def _text(points: Sequence[Point]) -> str:
    return ", ".join(f"({', '.join(map(str, point))})" for point in points)


def _lifted(point: Point) -> Triple:
    scale = lcm(point[0].denominator, point[1].denominator)
    return int(point[0] * scale), int(point[1] * scale), scale


def _dropped(point: Triple) -> Point:
    return Fraction(point[0], point[2]), Fraction(point[1], point[2])


def _joined(first: Triple, second: Triple) -> Triple:
    """Return the half plane to the left of the line from one point to another."""
    x, y, d = first
    p, q, e = second
    return y * e - d * q, d * p - x * e, x * q - y * p


def _level(half: Triple, point: Triple) -> int:
    return half[0] * point[0] + half[1] * point[1] + half[2] * point[2]


def _inside(polygon: Sequence[Triple], point: Triple) -> bool:
    """Tell whether a point lies in a convex polygon, an edge, a single point or the empty set."""
    if len(polygon) < 3:
        spans = [sorted([_dropped(vertex)[i] for vertex in polygon]) for i in range(2)]
        within = all(span and span[0] <= x <= span[-1] for span, x in zip(spans, _dropped(point), strict=True))
        return within and _level(_joined(polygon[0], polygon[-1]), point) == 0
    return all(
        _level(_joined(polygon[k - 1], vertex), point) >= 0 for k, vertex in enumerate(polygon)
    )


def _is_polygon(polygon: Sequence[Triple]) -> bool:
    """Tell whether points are distinct, turn left at each of them, and go round once."""
    places = [_dropped(point) for point in polygon]
    if len(places) < 3:
        return len(set(places)) == len(places)
    turns = all(_level(_joined(polygon[k - 2], polygon[k - 1]), point) > 0 for k, point in enumerate(polygon))
    lowest = [k for k, place in enumerate(places) if places[k - 1] > place < places[(k + 1) % len(places)]]
    return turns and len(lowest) == 1


def _above(polygon: Sequence[Triple], least: Sequence[Fraction]) -> list[Triple]:
    """Cut a polygon down to the points whose coordinates are no less than `least`."""
    kept = list(polygon)
    for axis, bound in enumerate(least):
        half = (bound.denominator * (axis == 0), bound.denominator * (axis == 1), -bound.numerator)
        levels = [_level(half, point) for point in kept]
        cut = []
        for k, (point, level) in enumerate(zip(kept, levels, strict=True)):
            before, height = kept[k - 1], levels[k - 1]
            if min(level, height) < 0 < max(level, height):
                cut.append(_between(before, point, abs(level), abs(height)))
            if level >= 0:
                cut.append(point)
        kept = cut
    return kept


def _between(first: Triple, second: Triple, weight: int, other: int) -> Triple:
    x, y, d = (weight * a + other * b for a, b in zip(first, second, strict=True))
    return x, y, d


def _hull(points: Sequence[Triple]) -> list[Triple]:
    ordered = [_lifted(place) for place in sorted({_dropped(point) for point in points})]
    if len(ordered) < 3:
        return ordered
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]


def _chain(ordered: Sequence[Triple]) -> list[Triple]:
    chain: list[Triple] = []
    for point in ordered:
        while len(chain) > 1 and _level(_joined(chain[-2], chain[-1]), point) <= 0:
            chain.pop()
        chain.append(point)
    return chain
