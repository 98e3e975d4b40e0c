"""Worst equilibria and critical discount factors of many 2 x 2 games, one pass over the payoffs."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def fill_worst(games: NDArray[np.float64], worst: NDArray[np.float64]) -> None:
    """Fill in each player's worst equilibrium payoff.

    Parameters
    ----------
    games : array, shape (m, 2, 2, 2)
        Payoffs.
    worst : array, shape (m, 2)
        Written over.
    """
    for k in range(len(games)):
        game = games[k]
        for player in range(2):
            worst[k, player] = _worst(game, player)


@njit(cache=True)
def fill_critical(games: NDArray[np.float64], row: int, column: int, asked: NDArray[np.float64]) -> None:
    """Fill in what each player's own incentive asks for at one profile, under grim punishment.

    Parameters
    ----------
    games : array, shape (m, 2, 2, 2)
        Payoffs.
    row, column : int
        The profile.
    asked : array, shape (m, 2)
        Written over.
    """
    for k in range(len(games)):
        game = games[k]
        for player in range(2):
            kept = game[row, column, player]
            left = game[1 - row, column, 0] if player == 0 else game[row, 1 - column, 1]
            if left <= kept:
                asked[k, player] = 0.0
                continue
            worst = _worst(game, player)
            asked[k, player] = (left - kept) / (left - worst) if worst < kept else np.inf


@njit(cache=True)
def _worst(game: NDArray[np.float64], player: int) -> float:
    """Return a player's worst payoff in an equilibrium; `ab` is the payoff of own action a against b."""
    rival = 1 - player
    own00, own11, theirs00, theirs11 = game[0, 0, player], game[1, 1, player], game[0, 0, rival], game[1, 1, rival]
    if player == 0:
        own01, own10, theirs01, theirs10 = game[0, 1, 0], game[1, 0, 0], game[1, 0, 1], game[0, 1, 1]
    else:
        own01, own10, theirs01, theirs10 = game[1, 0, 1], game[0, 1, 1], game[0, 1, 0], game[1, 0, 0]
    worst = np.inf
    if (own00 >= own10 and theirs00 >= theirs10) or (own10 >= own00 and theirs01 >= theirs11):
        worst = max(own00, own10)
    if (own01 >= own11 and theirs10 >= theirs00) or (own11 >= own01 and theirs11 >= theirs01):
        worst = min(worst, max(own01, own11))
    crosses = (own10 < own00 and own11 > own01) or (own10 > own00 and own11 < own01)
    if crosses and (
        (theirs00 >= theirs10 and theirs11 >= theirs01) or (theirs10 >= theirs00 and theirs01 >= theirs11)
    ):
        gain, loss = own10 - own00, own01 - own11
        worst = min(worst, own00 + gain / (gain + loss) * (own01 - own00))
    return worst
