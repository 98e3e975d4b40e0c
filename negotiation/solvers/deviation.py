"""What a player can earn by leaving an action profile, pure or mixed, alone."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, refusal
from negotiation.games import StageGame
from negotiation.solvers.exact import MixedAction, normalised

ROUNDING = Fraction(1, 10**9)  # how far the sum of probabilities given as floats may be from 1


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


def regret(stage: StageGame, mixed_profile: Sequence[Sequence[object]]) -> NDArray[np.object_]:
    """Compute what each player could gain by leaving a mixed profile alone.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.
    mixed_profile : sequence of sequences of numbers, one a player
        Probabilities of the actions, as int, float, `Fraction`, `Decimal` or text such as ``"1/3"``. A float
        counts as the decimal that it prints as; probabilities are divided by their sum if rounding moved it
        from 1 by no more than 1e-9.

    Returns
    -------
    array of Fraction, shape (n,), in the unit of the payoffs
        All zero if and only if the profile is an equilibrium.

    Raises
    ------
    ArgumentError
        If the probabilities do not fit the game, are negative or do not add up to 1.

    Examples
    --------
    >>> game = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]])
    >>> [str(gain) for gain in regret(game, [[1, 0], ["1/2", "1/2"]])]
    ['2', '1']
    """
    check_class("stage", "regret", stage, StageGame)
    if len(mixed_profile) != stage.num_players:
        raise refusal("mixed_profile", "regret", f"hold {stage.num_players} mixed actions", len(mixed_profile))
    mixtures = [_mixture(player, given, stage) for player, given in enumerate(mixed_profile)]
    gains = np.empty(stage.num_players, dtype=object)
    for player, mixture in enumerate(mixtures):
        earned = action_payoffs(stage, mixtures, player)
        gains[player] = max(earned) - sum(p * payoff for p, payoff in zip(mixture, earned, strict=True))
    return gains


def _mixture(player: int, given: Sequence[object], stage: StageGame) -> MixedAction:
    name = f"mixed_profile[{player}]"
    weights = [_probability(f"{name}[{k}]", entry) for k, entry in enumerate(given)]
    if len(weights) != stage.shape[player]:
        raise refusal(name, "regret", f"hold {stage.shape[player]} probabilities", len(weights))
    total = sum(weights, start=Fraction(0))
    if abs(total - 1) > ROUNDING:
        raise refusal(name, "regret", "add up to 1", f"the sum {float(total):g}")
    return normalised(weights)


def _probability(name: str, entry: object) -> Fraction:
    try:
        number = entry.item() if isinstance(entry, np.generic) else entry
        if isinstance(number, int | float | Fraction | Decimal | str):
            weight = Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
            if weight >= 0:
                return weight
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    raise refusal(name, "regret", "be a probability", repr(entry))
