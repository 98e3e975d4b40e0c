"""Repeated games with transfers between the players, for all discount factors at once.

After every round the players may pay each other, or burn money. Then one number says how hard an action
profile a is to sustain, its liquidity requirement L(a) = C(a) - G(a), where G(a) is the sum of the players'
payoffs and C(a) the sum of their best-deviation payoffs c_i(a). Actions are pure, on and off the path of
play, and all players discount alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, product
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_delta
from negotiation.games import StageGame
from negotiation.solvers.deviation import exact_best_deviation_payoffs


@final
@dataclass(frozen=True, eq=False)
class TransferPlan:
    """The best equilibrium with transfers on a segment of discount factors.

    Parameters
    ----------
    low, high : Fraction
        It is an equilibrium from `low` on, and the best one for discount factors in [low, high).
    joint_payoff : Fraction
        The largest sum U of the players' payoffs.
    punishment_payoffs : tuple of Fraction
        The lowest payoff v_i of each player. The equilibrium payoffs are all u with u_i >= v_i and sum at
        most U.
    liquidity : Fraction
        The largest liquidity requirement of the profiles that the plan uses.
    target : tuple of int
        The profile played every round on the path of play.
    punishments : tuple of tuple of int
        For each player the profile played once after the player refused a payment.
    """

    low: Fraction
    high: Fraction
    joint_payoff: Fraction
    punishment_payoffs: tuple[Fraction, ...]
    liquidity: Fraction
    target: tuple[int, ...]
    punishments: tuple[tuple[int, ...], ...]


@final
@dataclass(frozen=True, eq=False)
class TransferSchedule:
    """The best equilibria with transfers at every discount factor.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    plans : tuple of TransferPlan
        In ascending order of discount factors, without gaps, the last one up to 1. The first begins at 0 if
        and only if the stage game has an equilibrium in pure actions. Below the first, or everywhere if there
        is no plan, no equilibrium in pure actions exists.
    """

    stage: StageGame
    plans: tuple[TransferPlan, ...]

    @property
    def lowest_delta(self) -> Fraction | None:
        """The smallest discount factor with an equilibrium in pure actions, 0 if all have one, or None."""
        return self.plans[0].low if self.plans else None

    def at(self, delta: float | Fraction) -> TransferPlan | None:
        """Return the best plan at a discount factor, or None where no equilibrium in pure actions exists.

        Parameters
        ----------
        delta : float or Fraction
            In (0, 1). A float meets an end of a segment that rounds to it: 1 / 3 counts as the end 1/3.

        Raises
        ------
        ArgumentError
            If `delta` lies outside (0, 1).
        """
        rounded = check_delta("TransferSchedule.at", delta)
        reached = [
            plan
            for plan in self.plans
            if (plan.low <= delta if isinstance(delta, Fraction) else float(plan.low) <= rounded)
        ]
        return reached[-1] if reached else None

    def __str__(self) -> str:
        if not self.plans:
            return "no equilibrium in pure actions at any delta"
        lines = [] if self.lowest_delta == 0 else [f"delta < {self.lowest_delta}: none in pure actions"]
        for plan in self.plans:
            punished = ", ".join(map(str, plan.punishment_payoffs))
            lines.append(
                f"{plan.low} <= delta < {plan.high}: play {self._name(plan.target)}, joint payoff "
                f"{plan.joint_payoff}, punishment payoffs {punished}"
            )
        return "\n".join(lines)

    def _name(self, profile: tuple[int, ...]) -> str:
        names = [actions[a] for actions, a in zip(self.stage.actions, profile, strict=True)]
        return f"({', '.join(names)})"


def transfer_schedule(stage: StageGame) -> TransferSchedule:
    """Compute the best equilibria with transfers at every discount factor, exactly.

    Parameters
    ----------
    stage : StageGame
        The game of one round, with any number of players.

    Returns
    -------
    TransferSchedule

    Notes
    -----
    The algorithm for perfect monitoring of [GolKra12]_. With U(L) the largest G(a) and v_i(L) the smallest
    c_i(a) among the profiles with L(a) <= L, and V(L) the sum of all v_i(L), requirements up to L can be met
    iff (1 - delta) L <= delta (U(L) - V(L)). U rises with L and V falls, so that the largest such L is best in
    all respects. At the end of a segment the requirement is met with equality, and the plan works. Sorting
    the profiles dominates the cost.

    References
    ----------
    .. [GolKra12] S. Goldluecke, S. Kranz (2012), Infinitely repeated games with public monitoring and monetary
       transfers, Journal of Economic Theory.

    Examples
    --------
    >>> game = StageGame.from_matrices([[2, -2], [5, 0]], [[2, 2.5], [-2, 0]], actions=[["C", "D"]] * 2)
    >>> print(transfer_schedule(game))
    0 <= delta < 2/5: play (D, D), joint payoff 0, punishment payoffs 0, 0
    2/5 <= delta < 7/15: play (D, C), joint payoff 3, punishment payoffs 0, 0
    7/15 <= delta < 1: play (C, C), joint payoff 4, punishment payoffs 0, 0
    """
    check_class("stage", "transfer_schedule", stage, StageGame)
    best = exact_best_deviation_payoffs(stage)
    plans: list[TransferPlan] = []
    high = Fraction(1)
    for liquidity, target, punishments in reversed(_records(stage, best)):
        joint = sum(stage.exact_payoffs[target], start=Fraction(0))
        payoffs = tuple(best[(*profile, player)] for player, profile in enumerate(punishments))
        low = _threshold(liquidity, joint - sum(payoffs))
        if low is not None and low < high:
            plans.append(TransferPlan(low, high, joint, payoffs, liquidity, target, punishments))
            high = low
    return TransferSchedule(stage, tuple(reversed(plans)))


def transfer_critical_delta(stage: StageGame, profile: Sequence[str | int]) -> Fraction | None:
    """Compute the smallest discount factor at which a profile can be played every round with transfers.

    Parameters
    ----------
    stage : StageGame
        The game of one round, with any number of players.
    profile : sequence of str or int
        An action profile, by name or index.

    Returns
    -------
    Fraction or None
        At this discount factor and all larger ones the profile can be played every round, below it it cannot.
        None if there is no such discount factor below 1.

    Raises
    ------
    ArgumentError
        If the profile does not name one action of each player.

    Notes
    -----
    The profile a can be played every round iff (1 - delta) L(a) <= delta (G(a) - V), where V is the sum of
    the lowest equilibrium payoffs at delta, those of `transfer_schedule`. After a deviation the players may go
    on to a better profile than a; an equilibrium that has to return to a may need a larger discount factor.

    Examples
    --------
    >>> game = StageGame.from_matrices([[2, -2], [5, 0]], [[2, 2.5], [-2, 0]], actions=[["C", "D"]] * 2)
    >>> print(transfer_critical_delta(game, ("C", "C")))
    7/15
    """
    check_class("stage", "transfer_critical_delta", stage, StageGame)
    chosen = stage.profile(*profile)
    joint = sum(stage.exact_payoffs[chosen], start=Fraction(0))
    liquidity = sum(exact_best_deviation_payoffs(stage)[chosen], start=Fraction(0)) - joint
    reached = []
    for plan in transfer_schedule(stage).plans:
        own = _threshold(liquidity, joint - sum(plan.punishment_payoffs))
        if own is not None:
            reached.append(max(own, plan.low))
    return min(reached, default=None)


def _records(
    stage: StageGame, best: NDArray[np.object_]
) -> list[tuple[Fraction, tuple[int, ...], tuple[tuple[int, ...], ...]]]:
    """List the liquidity requirements at which U or some v_i improves, with the profiles that attain them."""
    joint = stage.exact_payoffs.sum(axis=-1)
    liquidity = best.sum(axis=-1) - joint
    profiles = sorted(product(*map(range, stage.shape)), key=liquidity.__getitem__)
    target, punishments = profiles[0], (profiles[0],) * stage.num_players
    records: list[tuple[Fraction, tuple[int, ...], tuple[tuple[int, ...], ...]]] = []
    for limit, group in groupby(profiles, key=liquidity.__getitem__):
        added = list(group)
        target = max([target, *added], key=joint.__getitem__)
        punishments = tuple(
            min([punishment, *added], key=best[..., player].__getitem__)
            for player, punishment in enumerate(punishments)
        )
        if not records or records[-1][1:] != (target, punishments):
            records.append((limit, target, punishments))
    return records


def _threshold(liquidity: Fraction, surplus: Fraction) -> Fraction | None:
    """Return the smallest delta with (1 - delta) liquidity <= delta surplus, or None if it is not below 1."""
    if liquidity == 0:
        return Fraction(0)
    return liquidity / (liquidity + surplus) if surplus > 0 else None
