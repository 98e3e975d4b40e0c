"""Discount factors at which no weakly renegotiation-proof equilibrium plays a target for ever.

Let W be the continuation payoffs of such an equilibrium, v those of the target, c_i best-deviation payoffs. For
each player i take the payoffs y in the closure of W that are worst for player i and, among these, best for the
rival j. None of W strictly dominates another, so that W lies where player i gets at least y_i and the rival at
most y_j. With a the profile played first at y, and w the average of W that follows, y is then
(1 - delta) g(a) + delta w, and

    c_i(a) <= y_i <= (v_i - (1 - delta) c_i(target)) / delta,    v_j <= y_j <= g_j(a).

What no y satisfies is ruled out. Exact arithmetic; every outer set is rounded outward.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from negotiation.solvers.certificate import Point, Polygon
from negotiation.solvers.half_planes import area, at_least, at_most, ceil_to, floor_to, half_planes, hull, loosened
from negotiation.solvers.penance import Aim, Profile

MAX_STEPS = 120
"""Largest number of times that the outer sets are narrowed."""
FINENESS = Fraction(1, 2**40)
"""Unit of outward rounding, as a share of the players' largest range of payoffs."""
SETTLED = Fraction(1, 2**22)
"""The outer sets are taken to have settled once a step narrows them by less than this share of the range."""

Line = tuple[Fraction, Fraction]
"""A linear function of z = 1 / delta: its constant and its slope."""


@final
@dataclass(frozen=True, eq=False)
class Obstacle:
    """Why a target cannot be played for ever in a weakly renegotiation-proof equilibrium.

    Parameters
    ----------
    player : int
        The player whom no profile can hold to what keeps him to the target.
    profile : tuple of int, or None
        The profile that comes nearest to it; None if no profile does at any discount factor.
    needed : Fraction or None
        The smallest discount factor at which this profile might do; None if there is none below 1.
    steps : int
        How many times promises had to be narrowed to see it; 0 if all feasible payoffs are ruled out as promises.
    """

    player: int
    profile: Profile | None
    needed: Fraction | None
    steps: int


def necessary_deltas(aim: Aim, player: int) -> dict[Profile, Fraction]:
    """Compute below which discount factors a profile cannot begin the worst continuation of a player.

    Returns
    -------
    dict from profile to Fraction
        For every profile that can at some discount factor below 1. Below the smallest of them the target is ruled
        out.

    Notes
    -----
    Any feasible payoffs that give no player less than his cheapest penance may be promised. A promise that meets
    the conditions of the module can be moved towards g(a) until y_i = c_i(a). Then all conditions are linear in
    z = 1 / delta, and those on the promise to the rival are eliminated by comparing each lower bound with each
    upper bound. If they hold at a discount factor they hold at all larger ones.
    """
    floors = [_floor(aim, i) for i in range(2)]
    sides = half_planes(hull(aim.payoffs.values()))
    found = {}
    for a in aim.candidates(player):
        most = _largest(_conditions(aim, a, player, floors[1 - player], sides))
        if most is None:
            found[a] = Fraction(0)
        elif most > 1:
            found[a] = 1 / most
    return found


def obstacle(aim: Aim, delta: Fraction, *, max_steps: int = MAX_STEPS) -> Obstacle | None:
    """Find what rules a target out at a discount factor, or None if nothing is found.

    Parameters
    ----------
    aim : Aim
        The target.
    delta : Fraction
        In (0, 1).
    max_steps : int, default 120
        How often outer sets of W are narrowed: by the operator of self-generation, to where the conditions of the
        module leave room.
    """
    for player in range(2):
        needed = necessary_deltas(aim, player)
        nearest = min(needed, key=needed.__getitem__, default=None)
        if nearest is None or needed[nearest] > delta:
            return Obstacle(player, nearest, None if nearest is None else needed[nearest], 0)
    return _narrowed(aim, delta, max_steps)


def _floor(aim: Aim, player: int) -> Fraction:
    """Return a lower bound on what a player gets after any history: what his cheapest penance leaves him."""
    return min((aim.best[a][player] for a in aim.candidates(player)), default=aim.value[player])


def _conditions(
    aim: Aim, profile: Profile, player: int, rival_floor: Fraction, sides: Sequence[tuple[Point, Fraction]]
) -> Iterator[Line]:
    """Yield what must not be negative for a profile to begin the worst continuation of a player."""
    rival, earned, best = 1 - player, aim.payoffs[profile], aim.best[profile]
    value, tempting, zero = aim.value, aim.best[aim.target][player], Fraction(0)
    yield tempting - best[player], value[player] - tempting
    own = (earned[player], best[player] - earned[player])
    lower = [
        (earned[rival], value[rival] - earned[rival]),
        (rival_floor - best[rival] + earned[rival], best[rival] - earned[rival]),
        (rival_floor, zero),
    ]
    upper = [(earned[rival], zero)]
    for normal, bound in sides:
        left = (bound - normal[player] * own[0], -normal[player] * own[1])
        if normal[rival] == 0:
            yield left
        else:
            limit = (left[0] / normal[rival], left[1] / normal[rival])
            (upper if normal[rival] > 0 else lower).append(limit)
    yield from ((high[0] - low[0], high[1] - low[1]) for low in lower for high in upper)


def _largest(conditions: Iterator[Line]) -> Fraction | None:
    """Return the largest z of at least 1 at which linear conditions hold, None if all do, 0 if there is none."""
    least, most = Fraction(1), None
    for constant, slope in conditions:
        if slope == 0:
            if constant < 0:
                return Fraction(0)
        elif slope > 0:
            least = max(least, -constant / slope)
        else:
            most = -constant / slope if most is None else min(most, -constant / slope)
    return Fraction(0) if most is not None and most < least else most


@dataclass(frozen=True)
class _Outer:
    """Outer sets: `promises` of the averages of W, `worst` of each player's worst payoff, `most` of his best."""

    promises: Polygon
    worst: tuple[Fraction, Fraction]
    most: tuple[Fraction, Fraction]


def _narrowed(aim: Aim, delta: Fraction, max_steps: int) -> Obstacle | None:
    ranges = [max(own) - min(own) for own in zip(*aim.payoffs.values(), strict=True)]
    unit, outer = FINENESS * max(*ranges, Fraction(0)), _first_outer(aim)
    for step in range(1, max_steps + 1):
        supported = {a: _supported(aim, a, delta, outer) for a in aim.payoffs}
        corners = [_corners(aim, supported, delta, player) for player in range(2)]
        for player, own in enumerate(corners):
            if not own:
                return Obstacle(player, None, None, step)
        following = _following(aim, supported, corners, unit)
        if _is_settled(outer, following, max(ranges)):
            return None
        outer = following
    return None


def _is_settled(before: _Outer, after: _Outer, spread: Fraction) -> bool:
    ends = zip((*before.worst, *before.most), (*after.worst, *after.most), strict=True)
    moved = max(abs(a - b) for a, b in ends)
    return moved <= SETTLED * spread and area(before.promises) - area(after.promises) <= SETTLED * spread**2


def _first_outer(aim: Aim) -> _Outer:
    floors = (_floor(aim, 0), _floor(aim, 1))
    feasible = hull(aim.payoffs.values())
    promises = at_least(at_least(feasible, 0, floors[0]), 1, floors[1])
    most = (max(one[0] for one in promises), max(one[1] for one in promises))
    return _Outer(promises, floors, most)


def _supported(aim: Aim, profile: Profile, delta: Fraction, outer: _Outer) -> Polygon:
    """Return (1 - delta) g(a) + delta w for the promises w that keep both players to the profile a."""
    earned, best, promises = aim.payoffs[profile], aim.best[profile], outer.promises
    for i in range(2):
        needed = outer.worst[i] + (1 - delta) / delta * (best[i] - earned[i])
        promises = at_least(promises, i, needed)
    return tuple(
        ((1 - delta) * earned[0] + delta * w[0], (1 - delta) * earned[1] + delta * w[1]) for w in promises
    )


def _corners(aim: Aim, supported: dict[Profile, Polygon], delta: Fraction, player: int) -> list[Point]:
    """Return vertices of the sets in which the worst payoffs for a player can lie."""
    rival = 1 - player
    found: list[Point] = []
    for a, payoffs in supported.items():
        kept = at_most(at_least(payoffs, player, aim.best[a][player]), player, aim.ceiling(player, delta))
        found += at_most(at_least(kept, rival, aim.value[rival]), rival, aim.payoffs[a][rival])
    return found


def _following(
    aim: Aim, supported: dict[Profile, Polygon], corners: Sequence[Sequence[Point]], unit: Fraction
) -> _Outer:
    worst = tuple(floor_to(min(one[i] for one in corners[i]), unit) for i in range(2))
    most = tuple(ceil_to(max(one[i] for one in corners[1 - i]), unit) for i in range(2))
    points = [aim.value]
    for payoffs in supported.values():
        boxed = payoffs
        for i in range(2):
            boxed = at_most(at_least(boxed, i, worst[i]), i, most[i])
        for i in range(2):
            points += at_least(at_most(boxed, i, aim.value[i]), 1 - i, aim.value[1 - i])
    return _Outer(loosened(hull(points), unit), (worst[0], worst[1]), (most[0], most[1]))
