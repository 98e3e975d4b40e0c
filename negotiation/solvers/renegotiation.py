"""Renegotiation-proofness of a profile played for ever by two patient players, without transfers.

A subgame-perfect equilibrium is weakly renegotiation-proof if no continuation payoffs of it strictly dominate
others, and strongly so if, moreover, no continuation payoffs of any weakly renegotiation-proof equilibrium
strictly dominate one of its own. Actions are pure and observed; a public signal is drawn at the start of every
round, and payoffs are compared once it is known. What is proof at some discount factor is so at every larger one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import final

from negotiation._checks import check_between, check_class, check_delta, refusal
from negotiation.games import StageGame
from negotiation.solvers.half_planes import at_least, hull
from negotiation.solvers.penance import Aim, Penance, Profile
from negotiation.solvers.penance_search import is_efficient, lottery_threshold, penances
from negotiation.solvers.renegotiation_bounds import Obstacle, necessary_deltas, obstacle
from negotiation.solvers.solution import Status

MAX_PROFILES = 256
"""Largest number of action profiles that is taken; time grows with its square."""
WIDTH = 1e-6
"""Default width of the bracket of critical discount factors."""
STEPS = 24
"""How often promises are narrowed at each trial discount factor of a bracket."""
TRIALS = 8
"""How often the bracket is halved where promises have to be narrowed."""


class Proofness(Enum):
    """What is known about renegotiation; the text is the sentence that a user reads."""

    PROOF = "renegotiation-proof: a strategy proves it"
    NOT = "not renegotiation-proof: a constraint rules it out"
    UNDETERMINED = "undetermined: neither a strategy nor a constraint was found"


@final
@dataclass(frozen=True, eq=False)
class RenegotiationVerdict:
    """Whether a profile can be played for ever by an equilibrium that is renegotiation-proof.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : tuple of int
        The profile.
    delta : Fraction
        The discount factor.
    weak, strong : Proofness
        Whether some equilibrium that plays the target for ever is weakly, strongly renegotiation-proof.
    penance : Penance or None
        The strategies that prove `weak`, and `strong` if that is proven; None if neither is.
    obstacle : Obstacle or None
        What rules out `weak`; None unless it is ruled out.
    dominating : tuple of int, or None
        A profile that is itself weakly renegotiation-proof and pays both players more, which rules out `strong`.
    """

    stage: StageGame
    target: Profile
    delta: Fraction
    weak: Proofness
    strong: Proofness
    penance: Penance | None
    obstacle: Obstacle | None
    dominating: Profile | None

    def __str__(self) -> str:
        aim = Aim.of(self.stage, self.target)
        lines = [
            f"{aim.name(self.target)} at delta = {self.delta}",
            f"weakly {self.weak.value}",
            f"strongly {self.strong.value}",
        ]
        if self.penance is not None:
            lines.append(str(self.penance))
        if self.obstacle is not None:
            lines.append(_reason(aim, self.obstacle))
        if self.dominating is not None:
            lines.append(f"{aim.name(self.dominating)} is weakly proof and better for both")
        return "\n".join(lines)


@final
@dataclass(frozen=True, eq=False)
class RenegotiationCritical:
    """The discount factors from which a profile is weakly renegotiation-proof, as a bracket.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : tuple of int
        The profile.
    low : Fraction
        At every smaller discount factor the target is ruled out; 1 if it is ruled out everywhere.
    high : Fraction or None
        From here on strategies of penance prove it; None if none are known at any discount factor.
    lottery : Fraction or None
        From here on a lottery penance proves it, exactly; None if it never does.
    status : Status
        Exact if `low` is `high` or 1, converged if they differ by no more than the width asked for.
    """

    stage: StageGame
    target: Profile
    low: Fraction
    high: Fraction | None
    lottery: Fraction | None
    status: Status

    @property
    def exact(self) -> Fraction | None:
        """The critical discount factor where it is known exactly."""
        return self.high if self.low == self.high else None

    @property
    def patient(self) -> Proofness:
        """Whether the target is weakly renegotiation-proof for all discount factors close enough to 1."""
        if self.high is not None:
            return Proofness.PROOF
        return Proofness.NOT if self.low == 1 else Proofness.UNDETERMINED

    def __str__(self) -> str:
        name = Aim.of(self.stage, self.target).name(self.target)
        if self.low == 1:
            return f"{name} is weakly renegotiation-proof at no delta below 1"
        if self.exact is not None:
            return f"{name} is weakly renegotiation-proof from delta = {self.exact} = {float(self.exact):.6g} on"
        known = "nothing is known" if self.high is None else f"proven from delta = {float(self.high):.9g} on"
        return f"{name} is weakly renegotiation-proof at no delta below {float(self.low):.9g}; {known}"


def renegotiation_proof(
    stage: StageGame, target: Sequence[str | int], delta: float | Fraction
) -> RenegotiationVerdict:
    """Judge whether a profile can be played for ever by a renegotiation-proof equilibrium.

    Parameters
    ----------
    stage : StageGame
        A game of two players, with at most 256 action profiles.
    target : sequence of str or int
        The action profile, by name or index.
    delta : float or Fraction
        The common discount factor, in (0, 1); a float counts as the decimal that it prints as.

    Returns
    -------
    RenegotiationVerdict
        Proven by a strategy, ruled out by a constraint, or undetermined.

    Raises
    ------
    ArgumentError
        If the game is too large or does not have two players, or the target or `delta` does not fit.

    Notes
    -----
    The concepts of [FM89]_. The proofs of what is tried, and of what rules a target out, stand on the page
    Renegotiation of the documentation.

    References
    ----------
    .. [FM89] J. Farrell and E. Maskin (1989), Renegotiation in repeated games, Games and Economic Behavior 1,
       327-360.

    Examples
    --------
    >>> payoffs = [[1, -0.8], [1.6, 0]], [[1, 1.6], [-0.8, 0]]
    >>> dilemma = StageGame.from_matrices(*payoffs, ["A", "B"], [["C", "D"]] * 2)
    >>> print(renegotiation_proof(dilemma, ("C", "C"), 0.5))
    (C, C) at delta = 1/2
    weakly renegotiation-proof: a strategy proves it
    strongly renegotiation-proof: a strategy proves it
    play (C, C)
    after a deviation of A: (C, D) for 1 round
    after a deviation of B: (D, C) for 1 round
    """
    aim = _aim("renegotiation_proof", stage, target)
    at = exact_delta("renegotiation_proof", delta)
    floors = [min(one[i] for one in aim.best.values()) for i in range(2)]
    feasible = at_least(at_least(hull(aim.payoffs.values()), 0, floors[0]), 1, floors[1])
    found = list(penances(aim, at))
    if not found:
        blocked = obstacle(aim, at)
        weak = Proofness.NOT if blocked is not None else Proofness.UNDETERMINED
        return RenegotiationVerdict(stage, aim.target, at, weak, weak, None, blocked, None)
    proven = next((one for one in found if is_efficient(one, feasible)), None)
    if proven is not None:
        strong = Proofness.PROOF
        return RenegotiationVerdict(stage, aim.target, at, strong, strong, proven, None, None)
    better = _dominating(aim, at)
    strong = Proofness.UNDETERMINED if better is None else Proofness.NOT
    return RenegotiationVerdict(stage, aim.target, at, Proofness.PROOF, strong, found[0], None, better)


def renegotiation_critical(
    stage: StageGame, target: Sequence[str | int], *, width: float = WIDTH
) -> RenegotiationCritical:
    """Bracket the discount factor from which a profile is weakly renegotiation-proof.

    Parameters
    ----------
    stage : StageGame
        A game of two players, with at most 256 action profiles.
    target : sequence of str or int
        The action profile, by name or index.
    width : float, default 1e-6
        Where `high` is not exact, how far it may lie above the limit of what `renegotiation_proof` proves; at
        least 1e-9. `low` is refined by eight halvings of what is left.

    Returns
    -------
    RenegotiationCritical

    Raises
    ------
    ArgumentError
        If the game is too large or does not have two players, or the target does not fit.

    Notes
    -----
    The exact threshold of lottery penance from above and the exact necessary one from below; if they differ,
    alternating penance and narrowed promises are tried by bisection between them.

    Examples
    --------
    >>> dilemma = StageGame.from_matrices([[1, -0.2], [1.9, 0]], [[1, 1.9], [-0.2, 0]], actions=[["C", "D"]] * 2)
    >>> print(renegotiation_critical(dilemma, ("C", "C")))
    (C, C) is weakly renegotiation-proof from delta = 9/19 = 0.473684 on
    """
    aim = _aim("renegotiation_critical", stage, target)
    fineness = Fraction(check_between("width", "renegotiation_critical", width, 1e-9, 1))
    needed = [min(necessary_deltas(aim, player).values(), default=Fraction(1)) for player in range(2)]
    low, lottery = max(needed), lottery_threshold(aim)
    high = lottery
    if high is not None and low < high:
        high = _bisected(lambda at: any(True for _ in penances(aim, at)), low, high, fineness)[1]
        coarse = max(fineness, (high - low) / 2**TRIALS)
        low = _bisected(lambda at: obstacle(aim, at, max_steps=STEPS) is None, low, high, coarse)[0]
    exact = low in (high, 1)
    settled = high is not None and high - low <= fineness
    status = Status.EXACT if exact else Status.CONVERGED if settled else Status.MAX_ITERATIONS
    return RenegotiationCritical(stage, aim.target, low, high, lottery, status)


def exact_delta(owner: str, delta: float | Fraction) -> Fraction:
    """Return a discount factor as the fraction that it prints as, or refuse it."""
    number = check_delta(owner, delta)
    return delta if isinstance(delta, Fraction) else Fraction(repr(number))


def _aim(owner: str, stage: StageGame, target: Sequence[str | int]) -> Aim:
    check_class("stage", owner, stage, StageGame)
    if stage.num_players != 2:
        raise refusal("stage", owner, "have two players", stage.num_players)
    if stage.shape[0] * stage.shape[1] > MAX_PROFILES:
        raise refusal("stage", owner, f"have at most {MAX_PROFILES} profiles", stage.shape[0] * stage.shape[1])
    return Aim.of(stage, target)


def _dominating(aim: Aim, delta: Fraction) -> Profile | None:
    value = aim.value
    for a, earned in aim.payoffs.items():
        if earned[0] > value[0] and earned[1] > value[1]:
            rival = Aim(aim.stage, a, aim.payoffs, aim.best)
            if any(True for _ in penances(rival, delta)):
                return a
    return None


def _bisected(
    holds: Callable[[Fraction], bool], low: Fraction, high: Fraction, width: Fraction
) -> tuple[Fraction, Fraction]:
    """Narrow an interval at whose upper end something holds, down to a width."""
    while high - low > width:
        middle = ((low + high) / 2).limit_denominator(int(4 / (high - low)) + 1)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low, high


def _reason(aim: Aim, blocked: Obstacle) -> str:
    name, rival = aim.stage.players[blocked.player], aim.stage.players[1 - blocked.player]
    if blocked.steps:
        return f"after {blocked.steps} steps no promise is left that holds {name} to the target"
    if blocked.profile is None or blocked.needed is None:
        return f"no profile holds {name} below the target's payoff and gives {rival} no less than it"
    return f"{aim.name(blocked.profile)} cannot hold {name} to the target below delta = {blocked.needed}"
