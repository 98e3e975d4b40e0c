"""What a player can earn by leaving an action profile alone."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from negotiation.games import StageGame


def best_deviation_payoffs(stage: StageGame) -> NDArray[np.float64]:
    """Compute what each player earns by the best reply to the other players' actions.

    Returns
    -------
    array, shape (n0, n1, ..., n), in the unit of the payoffs
        ``[a0, a1, ..., i]`` is the largest payoff of player i when the other players keep to the profile
        (a0, a1, ...); it does not depend on player i's own action.

    Examples
    --------
    >>> game = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]])
    >>> best_deviation_payoffs(game)[0, 0]
    array([6., 6.])
    """
    best = np.empty_like(stage.payoffs)
    for player in range(stage.num_players):
        best[..., player] = stage.payoffs[..., player].max(axis=player, keepdims=True)
    return best


def exact_best_deviation_payoffs(stage: StageGame) -> NDArray[np.object_]:
    """Compute `best_deviation_payoffs` as `Fraction`, from the exact payoffs."""
    best = np.empty_like(stage.exact_payoffs)
    for player in range(stage.num_players):
        best[..., player] = stage.exact_payoffs[..., player].max(axis=player, keepdims=True)
    return best


def action_payoffs(
    stage: StageGame, mixed_profile: Sequence[Sequence[Fraction]], player: int
) -> NDArray[np.object_]:
    """Compute what each action of one player earns against the mixed actions of all others.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    mixed_profile : sequence of mixed actions, one a player
        The entry of `player` is not used.
    player : int
        Whose payoffs to compute.

    Returns
    -------
    array of Fraction, shape (number of actions of the player,), in the unit of the payoffs
    """
    payoffs = stage.exact_payoffs[..., player]
    for other in reversed(range(stage.num_players)):
        if other != player:
            weights = np.array(mixed_profile[other], dtype=object)
            payoffs = np.tensordot(payoffs, weights, axes=(other, 0))
    return payoffs
