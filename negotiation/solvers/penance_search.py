"""Finding strategies of penance at a discount factor, and the discount factor from which a lottery suffices.

Write v for the payoffs of the target, a^i for the profile of player i's penance, c_i for best-deviation payoffs
and y^i for the average payoffs at the start of the penance. The strategies are equilibria iff for both players i,
with rival j,

    c_i(a^i) <= y^i_i <= (v_i - (1 - delta) c_i(target)) / delta,
    y^i_j >= (1 - delta) c_j(a^i) + delta y^j_j,

and no continuation payoff strictly dominates another if y^i_j >= v_j. After a round of penance play goes on with
an average of v, y^i and y^j.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from math import isqrt
from typing import NamedTuple

from negotiation.solvers.certificate import Point, Polygon
from negotiation.solvers.half_planes import hull, is_strictly_below
from negotiation.solvers.penance import ALWAYS, NEVER, Aim, Chances, Kind, Penance, Profile

MAX_LENGTH = 100
"""Longest penance of a fixed length that is tried; a lottery does what a longer one would."""
TRIED = (Fraction(0), Fraction(1, 2), Fraction(7, 8), Fraction(1023, 1024))
"""Where to look between the middle and the harshest alternating penance, as shares of the way."""
DIGITS = 10**12
"""Fineness of a square root that is rounded down."""


@dataclass(frozen=True)
class _Answer:
    """A profile that can begin the penance of a player, with the lottery that is best for all incentives.

    `payoffs` are those at the start of this lottery, and leave the deviator his best-deviation payoff. The rival,
    who carries the penance out, keeps to it iff his own penance leaves him no more than `deters`, or `deters_last`
    if the penance ends after a fixed number of rounds, the last of which is the hardest for him.
    """

    aim: Aim
    delta: Fraction
    player: int
    profile: Profile
    payoffs: Point
    deters: Fraction
    deters_last: Fraction

    @property
    def left(self) -> Fraction:
        return self.payoffs[self.player]


def penances(aim: Aim, delta: Fraction) -> Iterator[Penance]:
    """Yield strategies of penance that are equilibria at a discount factor, efficient ones first.

    Parameters
    ----------
    aim : Aim
        The target.
    delta : Fraction
        In (0, 1).

    Yields
    ------
    Penance
        At most one of each kind with efficient answers only, and at most one of each kind with any.

    Notes
    -----
    A penance of fixed length works only if a lottery does, but needs none; an alternating one works below what the
    others need if the penance costs the deviator too much to be made good by the target alone.
    """
    frontier = hull(aim.payoffs.values())
    answers = [_answers(aim, delta, player) for player in range(2)]
    efficient = [[one for one in own if _is_efficient(aim.value, one.payoffs, frontier)] for own in answers]
    for kept in (efficient, answers):
        yield from islice(_of_fixed_length(kept), 1)
        yield from islice(_by_lottery(kept), 1)
    yield from _alternating(aim, delta)


def is_efficient(penance: Penance, feasible: Polygon) -> bool:
    """Return whether no feasible payoffs strictly dominate a continuation payoff of a penance.

    The averages of continuation payoffs that are held before a draw count, too.
    """
    target = Aim.of(penance.stage, penance.target).value
    return all(_is_efficient(target, start, feasible) for start in penance.payoffs)


def lottery_threshold(aim: Aim) -> Fraction | None:
    """Compute the smallest discount factor from which a lottery penance keeps players to the target.

    Returns
    -------
    Fraction or None
        It works from there on; None if there is none below 1.

    Notes
    -----
    All conditions are linear in delta and hold from some delta on, so that the answer is the smallest, over pairs
    of profiles, of the largest of six thresholds.
    """
    own = [[(a, _own_threshold(aim, a, player)) for a in aim.candidates(player)] for player in range(2)]
    kept = [[(a, bound) for a, bound in one if bound is not None] for one in own]
    found: Fraction | None = None
    for (first, low), (second, other) in product(*kept):
        if found is not None and max(low, other) >= found:
            continue
        bounds = [_deterring(aim, first, second, 0), _deterring(aim, second, first, 1), low, other]
        if all(one is not None and one < 1 for one in bounds):
            most = max(one for one in bounds if one is not None)
            found = most if found is None else min(found, most)
    return found


def share_of_target(aim: Aim, profile: Profile, player: int) -> Fraction:
    """Return the weight on the target that leaves the deviator, in his penance, his best-deviation payoff."""
    earned = aim.payoffs[profile][player]
    if earned == aim.value[player]:
        return NEVER
    return (aim.best[profile][player] - earned) / (aim.value[player] - earned)


def first_delta(at_zero: Fraction, at_one: Fraction) -> Fraction | None:
    """Return the smallest delta from which a slack, linear in delta, is not negative; None if there is none."""
    if at_zero >= 0 <= at_one:
        return Fraction(0)
    return -at_zero / (at_one - at_zero) if at_one > 0 else None


def _own_threshold(aim: Aim, profile: Profile, player: int) -> Fraction | None:
    tempting, value, left = aim.best[aim.target][player], aim.value[player], aim.best[profile][player]
    kept = first_delta(value - tempting, value - left)
    return None if kept is None else max(kept, share_of_target(aim, profile, player))


def _deterring(aim: Aim, profile: Profile, rival_profile: Profile, player: int) -> Fraction | None:
    rival = 1 - player
    earned = _mixed(aim, profile, share_of_target(aim, profile, player))[rival]
    return first_delta(earned - aim.best[profile][rival], earned - aim.best[rival_profile][rival])


def _mixed(aim: Aim, profile: Profile, share: Fraction) -> Point:
    earned, value = aim.payoffs[profile], aim.value
    return earned[0] + share * (value[0] - earned[0]), earned[1] + share * (value[1] - earned[1])


def _is_efficient(value: Point, start: Point, feasible: Polygon) -> bool:
    middle = ((value[0] + start[0]) / 2, (value[1] + start[1]) / 2)
    return not any(is_strictly_below(point, feasible) for point in (value, start, middle))


def _answers(aim: Aim, delta: Fraction, player: int) -> list[_Answer]:
    rival, answers = 1 - player, []
    for a in aim.candidates(player):
        share = share_of_target(aim, a, player)
        if share > delta or aim.best[a][player] > aim.ceiling(player, delta):
            continue
        payoffs, tempting = _mixed(aim, a, share), (1 - delta) * aim.best[a][rival]
        deters, deters_last = ((one[rival] - tempting) / delta for one in (payoffs, _mixed(aim, a, delta)))
        answers.append(_Answer(aim, delta, player, a, payoffs, deters, deters_last))
    return answers


def _by_lottery(answers: Sequence[Sequence[_Answer]]) -> Iterator[Penance]:
    for first, second in product(*answers):
        if second.left <= first.deters and first.left <= second.deters:
            pair = (first, second)
            chances = [_lottery(one) for one in pair]
            payoffs = [one.payoffs for one in pair]
            yield _penance("lottery", pair, [_at_least_one(one) for one in pair], chances, payoffs)


def _of_fixed_length(answers: Sequence[Sequence[_Answer]]) -> Iterator[Penance]:
    for first, second in product(*answers):
        pair = (first, second)
        lengths = [_shortest(first, second.deters_last), _shortest(second, first.deters_last)]
        known = [length for length in lengths if length is not None]
        if len(known) == 2:
            payoffs = [_after(one, length) for one, length in zip(pair, known, strict=True)]
            yield _penance("rounds", pair, known, [(ALWAYS, NEVER, NEVER)] * 2, payoffs)


def _shortest(answer: _Answer, deterred: Fraction) -> int | None:
    """Return the fewest rounds that deter the player, if they leave him enough to obey."""
    needed = min(answer.aim.ceiling(answer.player, answer.delta), deterred)
    if answer.left > needed:
        return None
    lengths = range(_at_least_one(answer), MAX_LENGTH + 1)
    found = next((k for k in lengths if _after(answer, k)[answer.player] <= needed), None)
    return None if found is None or _after(answer, found)[answer.player] < answer.left else found


def _after(answer: _Answer, length: int) -> Point:
    return _mixed(answer.aim, answer.profile, answer.delta**length)


def _at_least_one(answer: _Answer) -> int:
    return int(answer.profile != answer.aim.target)


def _lottery(answer: _Answer) -> Chances:
    if answer.profile == answer.aim.target:
        return ALWAYS, NEVER, NEVER
    share, delta = share_of_target(answer.aim, answer.profile, answer.player), answer.delta
    back = share * (1 - delta) / (delta * (1 - share))
    return back, 1 - back, NEVER


def _penance(
    kind: Kind,
    pair: tuple[_Answer, _Answer],
    lengths: Sequence[int],
    chances: Sequence[Chances],
    payoffs: Sequence[Point],
) -> Penance:
    first, second = pair
    return Penance(
        first.aim.stage,
        first.aim.target,
        first.delta,
        kind,
        (first.profile, second.profile),
        (lengths[0], lengths[1]),
        (chances[0], chances[1]),
        (payoffs[0], payoffs[1]),
    )


class _Step(NamedTuple):
    """What one round of penance does to player i's rival j and to player i himself.

    `gain` is what the rival gains on the target in one round, `loss` how far the penance must bring the deviator
    down, `excess` by how much a round followed by the target brings him down too far.
    """

    profile: Profile
    gain: Fraction
    loss: Fraction
    excess: Fraction


def _alternating(aim: Aim, delta: Fraction) -> Iterator[Penance]:
    """Yield penances after a round of which the rival's penance may follow, so that the deviator is made good."""
    own = [[_step(aim, delta, a, i) for a in aim.candidates(i) if aim.tempted(i)] for i in range(2)]
    for first, second in product(*own):
        for chances in _draws(aim, delta, first, second):
            payoffs = _payoffs(aim, delta, (first.profile, second.profile), chances)
            if _is_kept(aim, delta, (first.profile, second.profile), payoffs):
                profiles = (first.profile, second.profile)
                yield Penance(aim.stage, aim.target, delta, "alternating", profiles, (1, 1), chances, payoffs)


def _step(aim: Aim, delta: Fraction, profile: Profile, player: int) -> _Step:
    earned, value, rival = aim.payoffs[profile], aim.value, 1 - player
    loss = value[player] - aim.best[profile][player]
    gain, cost = (1 - delta) * (earned[rival] - value[rival]), (1 - delta) * (value[player] - earned[player])
    return _Step(profile, gain, loss, cost - loss)


def _draws(aim: Aim, delta: Fraction, first: _Step, second: _Step) -> Iterator[tuple[Chances, Chances]]:
    """Yield lotteries after a round of either penance that bring both players down to about the right payoffs."""
    if first.excess > 0 and second.excess > 0:
        for gains in _gains(first, second):
            chances = [one.excess / (delta * gain) for one, gain in zip((first, second), gains, strict=True)]
            if max(chances) <= 1:
                yield (1 - chances[0], NEVER, chances[0]), (1 - chances[1], NEVER, chances[1])
    elif first.excess > 0 or second.excess > 0:
        hard, mild, player = (first, second, 0) if first.excess > 0 else (second, first, 1)
        share = share_of_target(aim, mild.profile, 1 - player)
        gain = (1 - share) * mild.gain / (1 - delta)
        if gain * delta >= hard.excess:
            back, chance = share * (1 - delta) / (delta * (1 - share)), hard.excess / (delta * gain)
            drawn, ended = (1 - chance, NEVER, chance), (back, 1 - back, NEVER)
            yield (drawn, ended) if player == 0 else (ended, drawn)


def _gains(first: _Step, second: _Step) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield gains (n0, n1) of the players in the rival's penance with which both penances can leave enough.

    They satisfy n1 = A1 - K0 / n0 or less and n0 = A0 - K1 / n1 or less, with A the gains of one round and K the
    excess of one penance times the loss of the other.
    """
    most = second.gain, first.gain
    missing = first.excess * second.loss, second.excess * first.loss
    middle = most[0] * most[1] + missing[0] - missing[1]
    square = middle**2 - 4 * most[0] * most[1] * missing[0]
    if min(most) <= 0 or middle <= 0 or square < 0:
        return
    for share in TRIED if square else TRIED[:1]:
        own = (middle + share * _root(square)) / (2 * most[1])
        yield own, (most[1] * own - missing[0] + missing[1]) / most[0]


def _root(square: Fraction) -> Fraction:
    fine = DIGITS * square.denominator
    return Fraction(isqrt(square.numerator * square.denominator * DIGITS**2), fine)


def _payoffs(
    aim: Aim, delta: Fraction, profiles: tuple[Profile, Profile], chances: tuple[Chances, Chances]
) -> tuple[Point, Point]:
    """Solve for the payoffs at the start of each penance, as differences from the target."""
    (_, again, across), (_, other_again, other_across) = chances
    stay, move = 1 - delta * again, delta * across
    other_stay, other_move = 1 - delta * other_again, delta * other_across
    size = stay * other_stay - move * other_move
    found: list[Point] = []
    steps = [[(1 - delta) * (aim.payoffs[a][i] - aim.value[i]) for a in profiles] for i in range(2)]
    found.append(_point(aim.value, [(other_stay * one[0] + move * one[1]) / size for one in steps]))
    found.append(_point(aim.value, [(stay * one[1] + other_move * one[0]) / size for one in steps]))
    return found[0], found[1]


def _point(value: Point, step: Sequence[Fraction]) -> Point:
    return value[0] + step[0], value[1] + step[1]


def _is_kept(aim: Aim, delta: Fraction, profiles: tuple[Profile, Profile], payoffs: tuple[Point, Point]) -> bool:
    for player, (profile, start) in enumerate(zip(profiles, payoffs, strict=True)):
        rival, best = 1 - player, aim.best[profile]
        obeys = best[player] <= start[player] <= aim.ceiling(player, delta)
        deterred = (1 - delta) * best[rival] + delta * payoffs[rival][rival]
        if not obeys or start[rival] < max(aim.value[rival], deterred):
            return False
    return True
