"""All extreme equilibria of many 2 x 2 games, from the signs of differences of payoffs."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST = 4
"""Largest number of extreme equilibria of a 2 x 2 game."""

FIRST, MIXED, SECOND = 0, 1, 2  # the candidates of either player: an action, both, the other action


@njit(cache=True)
def solve_all(
    payoffs: NDArray[np.float64],
    row: NDArray[np.float64],
    column: NDArray[np.float64],
    counts: NDArray[np.int64],
    degenerate: NDArray[np.bool],
) -> None:
    """Fill in the extreme equilibria of each game.

    Parameters
    ----------
    payoffs : array, shape (m, 2, 2, 2)
        The games.
    row, column : array, shape (m, MOST, 2)
        Probabilities, written over what is there; the rest is left alone.
    counts, degenerate : array, shape (m,)
        How many extreme equilibria there are, and whether a pure action has two best replies.

    Notes
    -----
    A player who mixes makes the other indifferent, which fixes the probability if the other's advantage of the
    first action changes its sign, and else leaves nothing but pure actions as corners. All decisions compare two
    payoffs; only the probabilities are rounded.
    """
    for k in range(len(payoffs)):
        game = payoffs[k]
        row_leads = (_sign(game[0, 0, 0], game[1, 0, 0]), _sign(game[0, 1, 0], game[1, 1, 0]))
        column_leads = (_sign(game[0, 0, 1], game[0, 1, 1]), _sign(game[1, 0, 1], game[1, 1, 1]))
        degenerate[k] = row_leads[0] * row_leads[1] * column_leads[0] * column_leads[1] == 0
        count = 0
        for x in (FIRST, MIXED, SECOND):
            for y in (FIRST, MIXED, SECOND):
                if _is_stable(x, row_leads, y) and _is_stable(y, column_leads, x):
                    _write(x, game[0, 0, 1], game[0, 1, 1], game[1, 0, 1], game[1, 1, 1], row[k, count])
                    _write(y, game[0, 0, 0], game[1, 0, 0], game[0, 1, 0], game[1, 1, 0], column[k, count])
                    count += 1
        counts[k] = count


@njit(cache=True)
def _sign(one: float, two: float) -> int:
    return int(one > two) - int(one < two)


@njit(cache=True)
def _is_stable(own: int, leads: tuple[int, int], other: int) -> bool:
    """Tell whether `own` is a best reply to `other`, and `other` a corner.

    Notes
    -----
    `leads` are the signs of the advantage of the first own action against either action of the other player. If
    the other mixes, both own actions are best replies, and the mixture is a corner if the leads differ in sign.
    """
    if other == MIXED:
        return leads[0] * leads[1] < 0
    lead = leads[0] if other == FIRST else leads[1]
    return lead == 0 or (own == FIRST and lead > 0) or (own == SECOND and lead < 0)


@njit(cache=True)
def _write(
    candidate: int, one: float, two: float, three: float, four: float, mixture: NDArray[np.float64]
) -> None:
    """Write a mixture; a mixed one makes `one` and `two` of the first action balance `three` and `four`."""
    first = 1.0 if candidate == FIRST else 0.0
    second = 1.0 - first
    if candidate == MIXED:
        scale = 0.25  # keeps the sum of two differences finite
        gap, other_gap = abs(scale * one - scale * two), abs(scale * three - scale * four)
        first, second = other_gap / (gap + other_gap), gap / (gap + other_gap)
    mixture[0], mixture[1] = first, second
