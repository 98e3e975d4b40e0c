"""How much the future must count for an action profile to be played for ever.

A profile with payoffs g_i is sustained by the threat v_i at the discount factor delta iff no player i gains by
taking the best deviation payoff c_i once and v_i from then on: g_i >= (1 - delta) c_i + delta v_i. The
smallest such delta is (c_i - g_i) / (c_i - v_i) for player i, and the largest of these decides. A deviation by a
player whom the threat would reward is left unanswered instead: v_i counts as g_i if it lies above.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_between, check_known
from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.deviation import exact_best_deviation_payoffs
from negotiation.solvers.dominance import iterated_dominance
from negotiation.solvers.minmax import pure_minmax
from negotiation.solvers.nash import nash_equilibria, pure_equilibria
from negotiation.solvers.payoff_set import PayoffSet, payoff_set
from negotiation.solvers.solution import Status
from negotiation.solvers.transfers import transfer_critical_delta

OWNER = "critical_discount"
Punishment = Literal["grim", "optimal", "transfers"]
PUNISHMENTS = ("grim", "optimal", "transfers")
Amount = Fraction | float
Profile = Sequence[str | int]

CEILING = 0.9999
"""Largest discount factor at which optimal punishments are tried; a monthly rate of 0.01 per cent."""
WIDTH = 1e-9
"""Default width of the bracket, ten times the tolerance of the payoff sets behind it."""


@final
@dataclass(frozen=True, eq=False)
class CriticalDiscount:
    """The smallest discount factor at which a profile can be played for ever.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : tuple of int
        The profile.
    punishment : {"grim", "optimal", "transfers"}
        What answers a deviation.
    low, high : float
        The critical discount factor lies in [low, high], and `high` sustains the target. 0 if every discount
        factor does; ``math.inf`` if none below 1 does.
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
        Whether the answer is exact, bracketed to the width asked for, or open at the upper end.
    """

    stage: StageGame
    target: tuple[int, ...]
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
        names = ", ".join(names[a] for names, a in zip(self.stage.actions, self.target, strict=True))
        means = "with transfers" if self.punishment == "transfers" else f"under {self.punishment} punishment"
        return f"({names}) {means}: {self._verdict()}"

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
    stage: StageGame, target: Profile, *, punishment: Punishment = "grim", width: float = WIDTH
) -> CriticalDiscount:
    """Compute the smallest discount factor at which a profile can be played for ever.

    Parameters
    ----------
    stage : StageGame
        The game of one round; all players discount alike.
    target : sequence of str or int
        An action profile, by name or index.
    punishment : {"grim", "optimal", "transfers"}, default "grim"
        "grim" plays a deviator's worst equilibrium of the stage game for ever: in mixed actions too for two
        players, in pure actions for more. "optimal" gives a deviator the worst payoff of `payoff_set`, or the
        grim punishment where that is worse still; two players. "transfers" lets the players pay each other
        between rounds, and a deviator who does not pay a fine is punished.
    width : float, default 1e-9
        Largest width of the bracket under "optimal".

    Returns
    -------
    CriticalDiscount

    Raises
    ------
    ArgumentError
        If the target is not a profile of the game or the punishment is unknown, and as in `nash_equilibria` if
        a two-player game has too many actions after iterated dominance.

    Notes
    -----
    "grim" and "transfers" are exact. Under "optimal" the threats fall as delta rises, so that bisection is
    sound; it starts between the answers to the pure minmax payoffs and to grim punishment as threats, and is
    not needed where these agree. A trial at one delta also moves the other end of the bracket: what the
    threats found there ask for is too much above it and too little below. Where grim punishment never works,
    larger and larger factors up to `CEILING` are tried; if all fail, `low` is `CEILING`, `high` infinite and
    the status `Status.MAX_ITERATIONS`.

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
    """
    check_known("punishment", OWNER, punishment, PUNISHMENTS)
    check_between("width", OWNER, width, 0, 1)
    chosen = stage.profile(*target)
    if punishment == "transfers":
        return _with_transfers(stage, chosen)
    worst = _worst_equilibria(stage)
    grim = _under_grim(stage, chosen, worst)
    return grim if punishment == "grim" else _under_optimal(grim, worst, width)


def incentive_slack(
    stage: StageGame, target: Profile, delta: float, *, punishment: Literal["grim", "optimal"] = "grim"
) -> NDArray[np.float64]:
    """Compute by how much each player prefers to keep to a profile, on average a round.

    Parameters
    ----------
    stage, target
        As in `critical_discount`.
    delta : float
        Discount factor of all players.
    punishment : {"grim", "optimal"}, default "grim"
        As in `critical_discount`. With transfers the incentives of single players do not count.

    Returns
    -------
    array, shape (n,), in the unit of the payoffs
        g_i - (1 - delta) c_i - delta min(v_i, g_i); the target is sustained iff no entry is negative.
    """
    check_known("punishment", "incentive_slack", punishment, PUNISHMENTS[:2])
    repeated, chosen = RepeatedGame(stage, delta), stage.profile(*target)
    threat = np.array(_threat(repeated, punishment), dtype=np.float64)
    low = stage.payoffs.min(axis=tuple(range(stage.num_players)))
    best = exact_best_deviation_payoffs(stage)[chosen].astype(np.float64)
    kept, taken, punished = (amounts - low for amounts in (stage.payoffs[chosen], best, threat))
    later = np.minimum(punished, kept)
    slack: NDArray[np.float64] = kept - (1 - repeated.deltas) * taken - repeated.deltas * later
    return slack


def supports(repeated: RepeatedGame, target: Profile, *, punishment: Punishment = "grim") -> bool:
    """Return whether a profile can be played for ever at given discount factors.

    Parameters
    ----------
    repeated : RepeatedGame
        The game; under "grim" the players may discount differently.
    target, punishment
        As in `critical_discount`. A discount factor meets a critical one that rounds to it; under "optimal" it
        may fall short by `WIDTH`.
    """
    check_known("punishment", "supports", punishment, PUNISHMENTS)
    chosen = repeated.stage.profile(*target)
    if punishment == "transfers":
        exact = transfer_critical_delta(repeated.stage, chosen)
        return exact is not None and float(exact) <= repeated.delta
    margin = WIDTH if punishment == "optimal" else 0
    own = _all_critical(repeated.stage, chosen, _threat(repeated, punishment))
    return all(float(asked) <= delta + margin for asked, delta in zip(own, repeated.deltas, strict=True))


def _worst_equilibria(stage: StageGame) -> tuple[Amount, ...]:
    """Return each player's worst equilibrium payoff in the stage game, infinite if there is no equilibrium."""
    if stage.num_players == 2:
        left = iterated_dominance(stage, by="pure").survivors
        return nash_equilibria(StageGame(stage.exact_payoffs[np.ix_(*left)].tolist())).worst()
    earned = [stage.exact_payoffs[profile] for profile in pure_equilibria(stage)]
    return tuple(min(own) for own in zip(*earned, strict=True)) or (math.inf,) * stage.num_players


def _own_critical(best: Amount, kept: Amount, threat: Amount) -> Amount:
    if best == kept:
        return Fraction(0)
    return math.inf if threat >= kept else (best - kept) / (best - threat)


def _all_critical(stage: StageGame, target: tuple[int, ...], threat: Sequence[Amount]) -> tuple[Amount, ...]:
    best, kept = exact_best_deviation_payoffs(stage)[target], stage.exact_payoffs[target]
    return tuple(_own_critical(*amounts) for amounts in zip(best, kept, threat, strict=True))


def _threat(repeated: RepeatedGame, punishment: str) -> tuple[Amount, ...]:
    worst = _worst_equilibria(repeated.stage)
    return worst if punishment == "grim" else _harsher(payoff_set(repeated), worst)


def _harsher(found: PayoffSet, worst: Sequence[Amount]) -> tuple[Amount, ...]:
    """Return what is worse for each player: the worst point of a payoff set or a stage equilibrium."""
    lowest = [math.inf] * len(worst) if found.threat is None else found.threat.tolist()
    return tuple(min(pair) for pair in zip(lowest, worst, strict=True))


def _under_grim(stage: StageGame, target: tuple[int, ...], worst: Sequence[Amount]) -> CriticalDiscount:
    own = _all_critical(stage, target, worst)
    value = max(own)
    exact = value if isinstance(value, Fraction) else None
    threat = None if math.inf in worst else _read_only(worst)
    at = float(value)
    return CriticalDiscount(stage, target, "grim", at, at, exact, _read_only(own), threat, Status.EXACT)


def _with_transfers(stage: StageGame, target: tuple[int, ...]) -> CriticalDiscount:
    exact = transfer_critical_delta(stage, target)
    at = math.inf if exact is None else float(exact)
    own = _read_only([at] * stage.num_players)
    return CriticalDiscount(stage, target, "transfers", at, at, exact, own, None, Status.EXACT)


def _under_optimal(grim: CriticalDiscount, worst: Sequence[Amount], width: float) -> CriticalDiscount:
    stage, target = grim.stage, grim.target

    @cache
    def trial(delta: float) -> tuple[float, PayoffSet]:
        found = payoff_set(RepeatedGame(stage, delta))
        return float(max(_all_critical(stage, target, _harsher(found, worst)))), found

    def asked(delta: float) -> float:
        return trial(delta)[0]

    lowest = [min(pair) for pair in zip(pure_minmax(stage).exact_values, worst, strict=True)]
    low, high = float(max(_all_critical(stage, target, lowest))), grim.high
    if low == high:
        return replace(grim, punishment="optimal")
    if high == math.inf:
        low, high = _opened(asked, low)
    if high < math.inf:
        low, high = _bracket(asked, low, high, width)
    found = trial(min(high, CEILING))[1]
    threat = _harsher(found, worst)
    own = _read_only(_all_critical(stage, target, threat))
    status = found.status if high < math.inf else Status.MAX_ITERATIONS
    return CriticalDiscount(stage, target, "optimal", low, high, None, own, _read_only(threat), status)


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
