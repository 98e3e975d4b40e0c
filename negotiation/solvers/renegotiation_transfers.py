"""Renegotiation-proofness of a profile played for ever by two players who may pay each other.

Every round begins with voluntary payments; then actions are chosen. Who refuses to pay is punished: i by one round
of a profile a^i, after which a fine leads back to the target. Counted before payments, all continuation payoffs
add up to those of the target, so that punishment costs nothing to both together. Counted before actions it may.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal, final

from negotiation._checks import check_class, check_known, refusal
from negotiation.games import StageGame
from negotiation.solvers.penance import Aim, Profile

OWNER = "transfer_renegotiation_critical"
TIMINGS = ("payments", "actions")
MAX_PROFILES = 256
"""Largest number of action profiles that is taken; time grows with its square."""

Line = tuple[Fraction, Fraction]
"""A slack that is linear in delta: its values at 0 and at 1."""


@final
@dataclass(frozen=True, eq=False)
class TransferRenegotiation:
    """From which discount factor on a profile is weakly renegotiation-proof with transfers.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : tuple of int
        The profile.
    before : {"payments", "actions"}
        When players may renegotiate: at the start of a round only, or again once payments are made.
    low : Fraction
        At every smaller discount factor the target is ruled out; 1 if it is ruled out everywhere.
    high : Fraction or None
        From here on the punishments prove it; None if none are known.
    punishments : tuple of profiles, one a player, or None
        What is played once after the player refused a payment, at `high`.
    """

    stage: StageGame
    target: Profile
    before: Literal["payments", "actions"]
    low: Fraction
    high: Fraction | None
    punishments: tuple[Profile, Profile] | None

    @property
    def exact(self) -> Fraction | None:
        """The critical discount factor where it is known exactly."""
        return self.high if self.low == self.high else None


def transfer_renegotiation_critical(
    stage: StageGame, target: Sequence[str | int], *, before: Literal["payments", "actions"] = "actions"
) -> TransferRenegotiation:
    """Bracket the discount factor from which a profile is weakly renegotiation-proof with transfers, exactly.

    Parameters
    ----------
    stage : StageGame
        A game of two players, with at most 256 action profiles.
    target : sequence of str or int
        The action profile, by name or index; no money is burnt while everybody obeys.
    before : {"payments", "actions"}, default "actions"
        Whether players may renegotiate at the start of a round only, before payments, or also once payments are
        made, before actions.

    Returns
    -------
    TransferRenegotiation
        Both ends are equal if no profile has a larger joint payoff than the target.

    Raises
    ------
    ArgumentError
        If the game is too large or does not have two players, or the target or timing is unknown.

    Notes
    -----
    All conditions are linear in delta and hold from some delta on. The payments are those of [GolKra12]_. The
    conditions and their proofs stand on the page Renegotiation of the documentation.

    References
    ----------
    .. [GolKra12] S. Goldluecke, S. Kranz (2012), Infinitely repeated games with public monitoring and monetary
       transfers, Journal of Economic Theory.

    Examples
    --------
    >>> dilemma = StageGame.from_matrices([[1, -0.8], [1.6, 0]], [[1, 1.6], [-0.8, 0]], actions=[["C", "D"]] * 2)
    >>> print(transfer_renegotiation_critical(dilemma, ("C", "C")).exact)
    3/8
    """
    check_class("stage", OWNER, stage, StageGame)
    check_known("before", OWNER, before, TIMINGS)
    if stage.num_players != 2:
        raise refusal("stage", OWNER, "have two players", stage.num_players)
    if stage.shape[0] * stage.shape[1] > MAX_PROFILES:
        raise refusal("stage", OWNER, f"have at most {MAX_PROFILES} profiles", stage.shape[0] * stage.shape[1])
    aim = Aim.of(stage, target)
    high, punishments = _smallest(aim, before, sum(aim.value, start=Fraction(0)))
    low, _ = _smallest(aim, before, max(sum(one, start=Fraction(0)) for one in aim.payoffs.values()))
    return TransferRenegotiation(stage, aim.target, before, Fraction(1) if low is None else low, high, punishments)


def _smallest(aim: Aim, before: str, joint: Fraction) -> tuple[Fraction | None, tuple[Profile, Profile] | None]:
    """Find the smallest threshold over all punishments, with `joint` to share after one round of punishment."""
    smallest, found = Fraction(1), None
    for pair in product(_cheapest(aim, 0), _cheapest(aim, 1)):
        needed = _needed(_slacks(aim, pair, before, joint), smallest)
        if needed is not None:
            smallest, found = needed, pair
    return (smallest, found) if found else (None, None)


def _needed(slacks: Iterator[Line], below: Fraction) -> Fraction | None:
    """Return the discount factor from which no slack is negative, or None if it is not below a bound."""
    most = Fraction(0)
    for at_zero, at_one in slacks:
        if at_zero < 0:
            if (1 - below) * at_zero + below * at_one <= 0:
                return None
            most = max(most, at_zero / (at_zero - at_one))
        elif at_one < 0:
            return None
    return most


def _cheapest(aim: Aim, player: int) -> list[Profile]:
    """List, for each best-deviation payoff of a player, the profiles with the largest margins for the rival."""
    groups: dict[Fraction, dict[Line, Profile]] = {}
    for a, best in aim.best.items():
        margins = (sum(aim.payoffs[a], start=Fraction(0)), -best[1 - player])
        groups.setdefault(best[player], {}).setdefault(margins, a)
    return [
        a
        for group in groups.values()
        for margins, a in group.items()
        if not any(other[0] >= margins[0] and other[1] >= margins[1] for other in group if other != margins)
    ]


def _slacks(aim: Aim, pair: tuple[Profile, Profile], before: str, joint: Fraction) -> Iterator[Line]:
    """Yield the slack of every condition at delta = 0 and at delta = 1."""
    own = sum(aim.value, start=Fraction(0))
    held = [aim.best[a][i] for i, a in enumerate(pair)]
    tempting, floor = aim.best[aim.target], sum(held)
    yield own - sum(tempting), own - floor
    most: list[Line] = []
    for i, a in enumerate(pair):
        left = (sum(aim.payoffs[a], start=Fraction(0)) - held[i], joint - held[i])
        yield left[0] - aim.best[a][1 - i], left[1] - held[1 - i]
        most.insert(0, left)
    if before == "actions":
        least = [(max(tempting[i], held[i]), held[i]) for i in range(2)]
        yield from ((high[0] - low[0], high[1] - low[1]) for low, high in zip(least, most, strict=True))
        yield own - least[0][0] - least[1][0], own - floor
        yield most[0][0] + most[1][0] - own, most[0][1] + most[1][1] - own
