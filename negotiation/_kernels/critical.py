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
def fill_transfers(games: NDArray[np.float64], target: int, needed: NDArray[np.float64]) -> None:
    """Fill in the discount factor that one profile asks for if the players may pay each other.

    Parameters
    ----------
    games : array, shape (m, 2, 2, 2)
        Payoffs.
    target : int
        The profile, as 2 * row + column.
    needed : array, shape (m,)
        Written over.
    """
    joint, best, liquidity = np.empty(4), np.empty((2, 4)), np.empty(4)
    for k in range(len(games)):
        game = games[k]
        for a in range(4):
            row, column = a // 2, a % 2
            joint[a] = game[row, column, 0] + game[row, column, 1]
            best[0, a] = max(game[0, column, 0], game[1, column, 0])
            best[1, a] = max(game[row, 0, 1], game[row, 1, 1])
            liquidity[a] = best[0, a] + best[1, a] - joint[a]
        needed[k] = np.inf
        for plan in range(4):
            most, first, second = -np.inf, np.inf, np.inf
            for a in range(4):
                if liquidity[a] <= liquidity[plan]:
                    most = max(most, joint[a])
                    first, second = min(first, best[0, a]), min(second, best[1, a])
            punished = first + second
            works = _from(liquidity[plan], most - punished)
            needed[k] = min(needed[k], max(works, _from(liquidity[target], joint[target] - punished)))


@njit(cache=True)
def _from(liquidity: float, surplus: float) -> float:
    """Return the smallest delta with (1 - delta) liquidity <= delta surplus, infinite if it is not below 1."""
    if liquidity <= 0:
        return 0.0
    return liquidity / (liquidity + surplus) if surplus > 0 else np.inf


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
