"""Equilibria of many small games at once: arrays in, arrays out."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, refusal
from negotiation.games import StageGame
from negotiation.solvers.nash import nash_equilibria

OWNER = "batch_equilibria"


@final
@dataclass(frozen=True, eq=False)
class BatchEquilibria:
    """The extreme equilibria of m games of one shape, padded to the same number k.

    Parameters
    ----------
    row, column : array, shape (m, k, n0) and (m, k, n1)
        The mixed actions of the two players, in the order of `nash_equilibria`; NaN beyond `counts`.
    counts : array of int, shape (m,)
        How many extreme equilibria each game has.
    degenerate : array of bool, shape (m,)
        Whether some mixed action has more pure best replies than actions that it plays. Only then are there
        equilibria between the listed ones.
    complete : array of bool, shape (m,)
        Whether all extreme equilibria of the game are listed; for 2 x 2 games they always are.
    """

    row: NDArray[np.float64]
    column: NDArray[np.float64]
    counts: NDArray[np.int64]
    degenerate: NDArray[np.bool]
    complete: NDArray[np.bool]

    def __post_init__(self) -> None:
        for array in (self.row, self.column, self.counts, self.degenerate, self.complete):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.counts)


def batch_equilibria(payoffs: ArrayLike) -> BatchEquilibria:
    """Find all extreme equilibria of many two-player games.

    Parameters
    ----------
    payoffs : array_like, shape (m, n0, n1, 2)
        One game of n0 x n1 actions an entry, indexed as in `StageGame`.

    Returns
    -------
    BatchEquilibria
        For 2 x 2 games with k = 4, the largest number that such a game can have; for others with k the largest
        number found.

    Raises
    ------
    ArgumentError
        If the array does not have this shape or holds entries that are not finite.

    Notes
    -----
    2 x 2 games are solved by compiled code: which profiles are equilibria is decided by comparing payoffs, without
    arithmetic, so that it is exact for the floats as given; each probability is off by at most a few units in its
    last place (payoffs below 1e-307 apart), and may round to 0 or 1. Other games are passed one by one to
    `nash_equilibria`, whose fractions are rounded.

    Examples
    --------
    >>> found = batch_equilibria([[[[4, 4], [-1, 6]], [[6, -1], [1, 1]]], [[[0, 0], [6, 1]], [[1, 6], [4, 4]]]])
    >>> found.counts
    array([1, 3])
    >>> found.row[1, :3, 0].round(3)
    array([1.   , 0.667, 0.   ])
    """
    games = _finite(payoffs)
    if games.ndim != 4 or games.shape[-1] != 2 or 0 in games.shape[1:]:
        raise refusal("payoffs", OWNER, "have the shape (m, n0, n1, 2)", f"shape {games.shape}")
    return _two_by_two(games) if games.shape[1:3] == (2, 2) else _one_by_one(games)


def _finite(payoffs: ArrayLike) -> NDArray[np.float64]:
    if isinstance(payoffs, np.ndarray) and payoffs.dtype == np.float64 and np.isfinite(payoffs).all():
        return np.ascontiguousarray(payoffs)
    return check_array("payoffs", OWNER, payoffs)


def _two_by_two(games: NDArray[np.float64]) -> BatchEquilibria:
    from negotiation._kernels.two_by_two import MOST, solve_all  # only here: loading compiled code takes a while

    row, column = (np.full((len(games), MOST, 2), np.nan) for _ in range(2))
    counts, degenerate = np.empty(len(games), dtype=np.int64), np.empty(len(games), dtype=np.bool)
    solve_all(games, row, column, counts, degenerate)
    return BatchEquilibria(row, column, counts, degenerate, np.ones(len(games), dtype=np.bool))


def _one_by_one(games: NDArray[np.float64]) -> BatchEquilibria:
    solved = [nash_equilibria(StageGame(game)) for game in games]
    most = max(map(len, solved), default=0)
    row, column = (np.full((len(games), most, count), np.nan) for count in games.shape[1:3])
    for k, found in enumerate(solved):
        row[k, : len(found)] = [[float(weight) for weight in x] for x, _ in found]
        column[k, : len(found)] = [[float(weight) for weight in y] for _, y in found]
    return BatchEquilibria(
        row,
        column,
        counts=np.array([len(found) for found in solved], dtype=np.int64),
        degenerate=np.array([found.degenerate for found in solved], dtype=np.bool),
        complete=np.array([found.complete for found in solved], dtype=np.bool),
    )
