"""Repeated games with perfect monitoring: a stage game every round, and the weight of the next round."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, refusal
from negotiation.games.numbers import discount_factors
from negotiation.games.stage import StageGame

Delta = float | Fraction | Decimal | str


@final
@dataclass(frozen=True, eq=False, init=False)
class RepeatedGame:
    """A stage game repeated for ever, with perfect monitoring.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    delta : number or text, or a sequence of them
        Discount factor per round, in (0, 1); one for all players or one a player. Entries may be float,
        `Fraction`, `Decimal` or text such as ``"1/7"``; exact entries are kept exact in `exact_deltas`.

    Raises
    ------
    ArgumentError
        If a discount factor lies outside (0, 1) or their number is not the number of players.

    Attributes
    ----------
    deltas : array, shape (n,)
        The discount factor of each player, as floats.
    exact_deltas : tuple of Fraction
        The same without rounding; a float counts as the decimal that it prints as.

    Notes
    -----
    Payoffs of the repeated game are average discounted payoffs, (1 - delta) sum_t delta^t g_t.
    """

    stage: StageGame
    deltas: NDArray[np.float64]
    exact_deltas: tuple[Fraction, ...]

    def __init__(self, stage: StageGame, delta: Delta | Sequence[Delta] | NDArray[np.float64]) -> None:
        check_class("stage", "RepeatedGame", stage, StageGame)
        exact, deltas = discount_factors("RepeatedGame", delta, stage.num_players)
        object.__setattr__(self, "stage", stage)
        object.__setattr__(self, "deltas", deltas)
        object.__setattr__(self, "exact_deltas", exact)

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
