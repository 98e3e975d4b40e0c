"""Repeated games with perfect monitoring: a stage game every round, and the weight of the next round."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_delta, refusal
from negotiation.games.stage import StageGame


@final
@dataclass(frozen=True, eq=False, init=False)
class RepeatedGame:
    """A stage game repeated for ever, with perfect monitoring.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    delta : float or sequence of float
        Discount factor per round, in (0, 1); one for all players or one a player.

    Raises
    ------
    ArgumentError
        If a discount factor lies outside (0, 1) or their number is not the number of players.

    Notes
    -----
    Payoffs of the repeated game are average discounted payoffs, (1 - delta) sum_t delta^t g_t.
    """

    stage: StageGame
    deltas: NDArray[np.float64]

    def __init__(self, stage: StageGame, delta: float | Sequence[float] | NDArray[np.float64]) -> None:
        if not isinstance(stage, StageGame):
            raise refusal("stage", "RepeatedGame", "be a StageGame", type(stage).__name__)
        given = list(delta) if np.iterable(delta) and not isinstance(delta, str) else [delta] * stage.num_players
        if len(given) != stage.num_players:
            raise refusal(
                "delta",
                "RepeatedGame",
                f"be one number or hold {stage.num_players}, one a player",
                f"{len(given)}",
            )
        deltas = np.array([check_delta("RepeatedGame", value) for value in given])
        deltas.setflags(write=False)
        object.__setattr__(self, "stage", stage)
        object.__setattr__(self, "deltas", deltas)

    @property
    def delta(self) -> float:
        """The common discount factor.

        Raises
        ------
        ArgumentError
            If the players discount differently.
        """
        if np.ptp(self.deltas) > 0:
            raise refusal("delta", "RepeatedGame", "be common to all players here", self.deltas.tolist())
        return float(self.deltas[0])
