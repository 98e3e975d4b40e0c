"""Strategic risk: how sure a player must be that the other cooperates before cooperating itself.

In the repeated 2x2 game only two strategies are compared: the grim trigger and always breaking. The temptation
to break and the loss from being broken upon, relative to what cooperation is worth over mutual breaking, are
g = (T - R) / (R - P) and l = (P - S) / (R - P).
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_delta, refusal
from negotiation.games.stage import StageGame


@final
@dataclass(frozen=True, eq=False)
class StrategicRisk:
    """Strategic risk of cooperating in a repeated 2x2 game whose action 0 is to cooperate.

    Parameters
    ----------
    players : tuple of str
        Names of the players.
    gain, loss : array, shape (2,)
        g and l of each player.
    critical_delta : array, shape (2,)
        g / (1 + g): from here on the grim trigger is an equilibrium.
    risk_dominant_delta : array, shape (2,)
        (g + l) / (1 + g + l): from here on it is risk-dominant in the symmetric game with these numbers.
    size_bad : array, shape (2,)
        Smallest belief in the other's grim trigger at which a player joins it, the size of the basin of
        attraction of always breaking; 1 where the grim trigger is no equilibrium.
    cooperation_product, breaking_product : float
        Products of the two players' losses from leaving (grim, grim) and (break, break) alone, in average
        payoffs; the pair with the larger product risk-dominates.
    """

    players: tuple[str, ...]
    gain: NDArray[np.float64]
    loss: NDArray[np.float64]
    critical_delta: NDArray[np.float64]
    risk_dominant_delta: NDArray[np.float64]
    size_bad: NDArray[np.float64]
    cooperation_product: float
    breaking_product: float

    @property
    def is_risk_dominant(self) -> bool:
        """Whether the grim trigger risk-dominates always breaking."""
        return bool(np.all(self.size_bad < 1)) and self.cooperation_product > self.breaking_product


def strategic_risk(stage: StageGame, delta: float) -> StrategicRisk:
    """Measure the strategic risk of cooperating.

    Parameters
    ----------
    stage : StageGame, 2x2
        Action 0 of each player is to cooperate; a prisoner's dilemma: T > R > P > S for both.
    delta : float
        Discount factor per round, in (0, 1).

    Returns
    -------
    StrategicRisk

    Raises
    ------
    ArgumentError
        If the game is not a 2x2 prisoner's dilemma or delta lies outside (0, 1).

    Notes
    -----
    The thresholds and SizeBAD = (1 - delta) l / (1 - (1 - delta)(1 + g - l)) are those of [DF18]_; risk
    dominance by Nash products follows [BS15]_.

    References
    ----------
    .. [DF18] P. Dal Bo and G. Frechette (2018), On the determinants of cooperation in infinitely repeated games:
       a survey, Journal of Economic Literature 56, 60-114.
    .. [BS15] M. Blonski and G. Spagnolo (2015), Prisoners' other dilemma, International Journal of Game Theory
       44, 61-81.

    Examples
    --------
    >>> game = StageGame.from_matrices([[32, 12], [50, 25]], [[32, 50], [12, 25]])
    >>> risk = strategic_risk(game, 0.75)
    >>> risk.critical_delta[0].round(4), risk.risk_dominant_delta[0].round(4), risk.size_bad[0].round(4)
    (np.float64(0.72), np.float64(0.8158), np.float64(0.8125))
    """
    check_class("stage", "strategic_risk", stage, StageGame)
    delta = check_delta("strategic_risk", delta)
    if stage.shape != (2, 2):
        raise refusal("stage", "strategic_risk", "have two players with two actions each", stage.shape)
    own = np.stack([stage.payoffs[..., 0], stage.payoffs[..., 1].T])
    reward, sucker, temptation, penalty = own[:, 0, 0], own[:, 0, 1], own[:, 1, 0], own[:, 1, 1]
    if not np.all((temptation > reward) & (reward > penalty) & (penalty > sucker)):
        raise refusal("stage", "strategic_risk", "be a prisoner's dilemma, T > R > P > S for both", own.tolist())
    gain = (temptation - reward) / (reward - penalty)
    loss = (penalty - sucker) / (reward - penalty)
    leave_grim = reward - (1 - delta) * temptation - delta * penalty
    leave_breaking = (1 - delta) * (penalty - sucker)
    sure = np.ones_like(leave_grim)
    return StrategicRisk(
        players=stage.players,
        gain=gain,
        loss=loss,
        critical_delta=gain / (1 + gain),
        risk_dominant_delta=(gain + loss) / (1 + gain + loss),
        size_bad=np.divide(leave_breaking, leave_grim + leave_breaking, out=sure, where=leave_grim >= 0),
        cooperation_product=float(np.prod(np.maximum(leave_grim, 0))),
        breaking_product=float(np.prod(leave_breaking)),
    )
