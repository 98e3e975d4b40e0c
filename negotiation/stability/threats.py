"""What follows a deviation: the payoffs with which a deviator is threatened."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.dominance import iterated_dominance
from negotiation.solvers.nash import nash_equilibria, pure_equilibria
from negotiation.solvers.payoff_sets import PayoffSet, payoff_set
from negotiation.stability.incentive_path import Amount

Punishment = Literal["grim", "optimal", "transfers"]
PUNISHMENTS = ("grim", "optimal", "transfers")


def threats(repeated: RepeatedGame, punishment: Literal["grim", "optimal"]) -> tuple[Amount, ...]:
    """Return the payoff that follows a deviation of each player, infinite if there is none."""
    worst = worst_equilibria(repeated.stage)
    return worst if punishment == "grim" else harsher(payoff_set(repeated), worst)


def worst_equilibria(stage: StageGame) -> tuple[Amount, ...]:
    """Return each player's worst equilibrium payoff in the stage game, infinite if there is no equilibrium."""
    if stage.num_players == 2:
        left = iterated_dominance(stage, by="pure").survivors
        return nash_equilibria(StageGame(stage.exact_payoffs[np.ix_(*left)].tolist())).worst()
    earned = [stage.exact_payoffs[profile] for profile in pure_equilibria(stage)]
    return tuple(min(own) for own in zip(*earned, strict=True)) or (math.inf,) * stage.num_players


def harsher(found: PayoffSet, worst: Sequence[Amount]) -> tuple[Amount, ...]:
    """Return what is worse for each player: the worst point of a payoff set or a stage equilibrium."""
    lowest = [math.inf] * len(worst) if found.threat is None else found.threat.tolist()
    return tuple(min(pair) for pair in zip(lowest, worst, strict=True))
