"""How much the future must count for a path of play to be kept to.

A profile with payoffs g_i is sustained by the threat v_i at the discount factor delta iff no player i gains by
taking the best deviation payoff c_i once and v_i from then on: g_i >= (1 - delta) c_i + delta v_i. The smallest
such delta is (c_i - g_i) / (c_i - v_i) for player i, and the largest of these decides. A deviation by a player
whom the threat would reward is left unanswered instead: v_i counts as g_i if it lies above. Along a path the same
is asked in every round, with the payoffs of the rest of the path (`negotiation.stability.incentive_path`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_between, check_class, check_known
from negotiation.games import OutcomePath, RepeatedGame, StageGame, Target, outcome_path
from negotiation.solvers.minmax import pure_minmax
from negotiation.solvers.payoff_sets import PayoffSet, payoff_set
from negotiation.solvers.solution import Status
from negotiation.solvers.transfers import transfer_schedule
from negotiation.stability.incentive_path import Amount, Incentives
from negotiation.stability.threats import PUNISHMENTS, Punishment, harsher, worst_equilibria

OWNER = "critical_discount"

CEILING = 0.9999
"""Largest discount factor at which optimal punishments are tried; a monthly rate of 0.01 per cent."""
WIDTH = 1e-9
"""Default width of the bracket, ten times the tolerance of the payoff sets behind it."""
NARROWEST = 1e-12
"""Smallest width that may be asked for: below it the rounding of payoff sets decides."""


@final
@dataclass(frozen=True, eq=False)
class CriticalDiscount:
    """The smallest discount factor at which a path of play is kept to.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : OutcomePath
        The path; for a profile a cycle of length 1.
    punishment : {"grim", "optimal", "transfers"}
        What answers a deviation.
    low, high : float
        The critical discount factor lies in [low, high], and `high` sustains the target. 0 if every discount
        factor does; ``math.inf`` if none below 1 does. All larger ones sustain a profile; a longer path may fail
        again above, as `supports` tells.
    exact : Fraction or None
        The critical discount factor where it is known exactly; None where only the bracket is, or if there
        is none.
    by_player : array, shape (n,)
        What each player's own incentive asks for, given the threat at `high`; 0 for a player without
        temptation, infinite for one whom no patience holds. With transfers only the sum of the incentives
        counts, and all entries are the same. Where an optimal punishment itself breaks down below `high`, all
        entries lie below `high`.
    threat : array, shape (n,), or None
        The payoff that follows a deviation of each player; None with transfers, or if there is no threat.
    status : Status
        Whether the answer is exact, bracketed to the width asked for, or not settled.
    """

    stage: StageGame
    target: OutcomePath
    punishment: Punishment
    low: float
    high: float
    exact: Fraction | None
    by_player: NDArray[np.float64]
    threat: NDArray[np.float64] | None
    status: Status

    @property
    def value(self) -> float:
        """The smallest discount factor that is known to sustain the target, `high`."""
        return self.high

    @property
    def binding(self) -> tuple[str, ...]:
        """Names of the players whose own incentive asks for most; none if nobody is tempted."""
        most = self.by_player.max()
        return tuple(
            name
            for name, own in zip(self.stage.players, self.by_player, strict=True)
            if own > 0 and (own == most or most - own <= WIDTH)
        )

    def __str__(self) -> str:
        means = "with transfers" if self.punishment == "transfers" else f"under {self.punishment} punishment"
        return f"{self.target.describe(self.stage)} {means}: {self._verdict()}"

    def _verdict(self) -> str:
        holders = f", binding on {' and '.join(self.binding)}" if self.binding else ""
        if self.low == math.inf:
            return f"sustained by no delta below 1{holders}"
        if self.high == math.inf:
            return f"sustained by no delta up to {self.low:g}{holders}"
        if self.high == 0:
            return "sustained by every delta"
        number = f"{self.high:.9g}" if self.exact is None else f"{self.exact} = {self.high:.6g}"
        return f"sustained from delta = {number}{holders}"


def critical_discount(
    stage: StageGame, target: Target, *, punishment: Punishment = "grim", width: float = WIDTH
) -> CriticalDiscount:
    """Compute the smallest discount factor at which a profile, or a path of play, is kept to.

    Parameters
    ----------
    stage : StageGame
        The game of one round; all players discount alike.
    target : action profile, sequence of action profiles, OutcomePath or Automaton
        What is played while everybody obeys, as in `outcome_path`: a profile for ever, a cycle of profiles, a
        path, or that of an automaton. Actions by name or index.
    punishment : {"grim", "optimal", "transfers"}, default "grim"
        "grim" plays a deviator's worst equilibrium of the stage game for ever: in mixed actions too for two
        players, in pure actions for more. "optimal" gives a deviator the worst payoff of `payoff_set`, or the
        grim punishment where that is worse still; two players. "transfers" lets the players pay each other
        between rounds, and a deviator who does not pay a fine is punished.
    width : float, default 1e-9
        Largest width of the bracket under "optimal", at least 1e-12.

    Returns
    -------
    CriticalDiscount

    Raises
    ------
    ArgumentError
        If the target does not fit the game or the punishment is unknown, and as in `nash_equilibria` if
        a two-player game has too many actions after iterated dominance.

    Notes
    -----
    "grim" and "transfers" are exact for a profile. For a longer path the answer is the root of a polynomial, which
    is exact if it is rational and enclosed to 1e-12 if not. Under "optimal" the threats fall as delta rises, so
    that bisection is sound; it starts between the answers to the pure minmax payoffs and to grim punishment as
    threats, and is not needed where these agree. A trial at one delta also moves the other end of the bracket:
    what the threats found there ask for is too much above it and too little below. Where grim punishment never
    works, larger and larger factors up to `CEILING` are tried; if all fail, `low` is `CEILING`, `high` infinite
    and the status `Status.MAX_ITERATIONS`.

    References
    ----------
    .. [Fri71] J. W. Friedman (1971), A non-cooperative equilibrium for supergames, Review of Economic Studies
       38, 1-12.
    .. [Abr88] D. Abreu (1988), On the theory of infinitely repeated games with discounting, Econometrica 56,
       383-396.

    Examples
    --------
    >>> truce = StageGame.from_matrices([[4, -1], [6, 1]], [[3, "11/2"], [-2, 0]], ["A", "B"],
    ...                                 [["uphold", "defect"]] * 2)
    >>> print(critical_discount(truce, ("uphold", "uphold")))
    (uphold, uphold) under grim punishment: sustained from delta = 5/11 = 0.454545, binding on B
    >>> print(critical_discount(truce, [("uphold", "defect"), ("defect", "uphold")]))
    (uphold, defect) (defect, uphold) in turn under grim punishment: sustained from delta = 2/5 = 0.4, binding on A
    """
    check_class("stage", OWNER, stage, StageGame)
    check_known("punishment", OWNER, punishment, PUNISHMENTS)
    check_between("width", OWNER, width, NARROWEST, 1)
    path = outcome_path(stage, target)
    incentives = Incentives.of(stage, path)
    if punishment == "transfers":
        return _with_transfers(stage, path, incentives)
    worst = worst_equilibria(stage)
    grim = _under_grim(stage, path, incentives, worst)
    return grim if punishment == "grim" else _under_optimal(grim, incentives, worst, width)


def _under_grim(
    stage: StageGame, path: OutcomePath, incentives: Incentives, worst: Sequence[Amount]
) -> CriticalDiscount:
    threat = None if math.inf in worst else _read_only(worst)
    ends = incentives.first_delta(worst)
    return _enclosed(stage, path, "grim", ends, _by_player(incentives, worst), threat)


def _with_transfers(stage: StageGame, path: OutcomePath, incentives: Incentives) -> CriticalDiscount:
    joint = incentives.joint()
    tried = [
        joint.first_delta([sum(plan.punishment_payoffs)], plan.low) for plan in transfer_schedule(stage).plans
    ]
    ends = min(tried, key=lambda pair: pair[1], default=(math.inf, math.inf))
    return _enclosed(stage, path, "transfers", ends, _read_only([ends[1]] * stage.num_players), None)


def _enclosed(
    stage: StageGame,
    path: OutcomePath,
    punishment: Punishment,
    ends: tuple[Amount, Amount],
    by_player: NDArray[np.float64],
    threat: NDArray[np.float64] | None,
) -> CriticalDiscount:
    low, high = ends
    exact = high if isinstance(high, Fraction) and low == high else None
    status = Status.EXACT if low == high else Status.CONVERGED
    return CriticalDiscount(stage, path, punishment, float(low), float(high), exact, by_player, threat, status)


def _under_optimal(
    grim: CriticalDiscount, incentives: Incentives, worst: Sequence[Amount], width: float
) -> CriticalDiscount:
    stage = grim.stage

    sets: dict[float, PayoffSet] = {}

    def found(delta: float) -> PayoffSet:
        if delta not in sets:
            sets[delta] = payoff_set(RepeatedGame(stage, delta))
        return sets[delta]

    def asked(delta: float, start: float = 0.0) -> float:
        return float(incentives.first_delta(harsher(found(delta), worst), Fraction(start))[1])

    lowest = [min(pair) for pair in zip(pure_minmax(stage).exact_values, worst, strict=True)]
    low, high = float(incentives.first_delta(lowest)[0]), grim.high
    if low == grim.low:
        return replace(grim, punishment="optimal")
    if high == math.inf:
        low, high = _opened(asked, low)
    if high < math.inf:
        low, high = _bracket(asked, low, high, width)
        high = asked(high, high)
    threat = harsher(found(min(high, CEILING)), worst)
    settled = high - low <= width and all(one.status is Status.CONVERGED for one in sets.values())
    status = Status.CONVERGED if settled else Status.MAX_ITERATIONS
    by_player = _by_player(incentives, threat)
    return CriticalDiscount(stage, grim.target, "optimal", low, high, None, by_player, _read_only(threat), status)


def _by_player(incentives: Incentives, threats: Sequence[Amount]) -> NDArray[np.float64]:
    return _read_only(
        [incentives.of_player(player).first_delta([threat])[1] for player, threat in enumerate(threats)]
    )


def _opened(asked: Callable[[float], float], low: float) -> tuple[float, float]:
    """Find an upper end for `_bracket`, on the way to `CEILING`; infinite if there is none."""
    while low < CEILING:
        at = min((1 + low) / 2, CEILING)
        answer = asked(at)
        if answer < math.inf:
            return low, max(at, answer)
        low = at
    return low, math.inf


def _bracket(asked: Callable[[float], float], low: float, high: float, width: float) -> tuple[float, float]:
    """Enclose the point where a falling function `asked` meets the diagonal, which lies in [low, high]."""
    at, probing = low, False
    while high - low > width:
        answer = asked(at)
        moves_other_end = low < answer < high
        if answer <= at:
            low, high = min(max(low, answer), at), at
        else:
            low, high = at, min(high, answer)
        probing = moves_other_end and not probing
        at = answer if probing else (low + high) / 2
    return low, high


def _read_only(amounts: Sequence[Amount]) -> NDArray[np.float64]:
    array = np.array(amounts, dtype=np.float64)
    array.setflags(write=False)
    return array
