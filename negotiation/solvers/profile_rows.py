"""The action profiles of a stochastic game as rows of arrays, in the order of the states."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TypeVar, final

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.elimination import Moves
from negotiation.games import StochasticGame

Entry = TypeVar("Entry", np.float64, np.bool_, np.int64)

FAR_FROM_ZERO = 1e3
"""Payoffs that lie this many times their range away from zero are measured from their lowest instead."""


@final
@dataclass(frozen=True, eq=False)
class ProfileRows:
    """A row an action profile, the states in order and profiles of a state in the order of ``itertools.product``.

    Parameters
    ----------
    game : StochasticGame
        The game.
    moves : Moves
        Next states of every row.
    owners : array of int, shape (rows,)
        The state of each row.
    groups : array of int, shape (n, rows)
        Rows that differ in player i's own action alone share the number ``groups[i]``.
    payoffs : array, shape (n, rows)
        Payoffs less `shift`.
    shift : tuple of Fraction, one a player
        0 unless the payoffs lie far from zero.
    scale : float
        The range of the payoffs, all players together.
    """

    game: StochasticGame
    moves: Moves
    owners: NDArray[np.int64]
    groups: NDArray[np.int64]
    payoffs: NDArray[np.float64]
    shift: tuple[Fraction, ...]
    scale: float

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return len(self.owners)

    @cached_property
    def exact_payoffs(self) -> NDArray[np.object_]:
        """Payoffs less `shift` as `Fraction`, shape (n, rows)."""
        num_players = self.game.num_players
        flat = np.concatenate([exact.reshape(-1, num_players) for exact in self.game.exact_payoffs])
        moved: NDArray[np.object_] = flat.T - np.array(self.shift, dtype=object)[:, None]
        return moved

    @cached_property
    def exact_rewards(self) -> list[list[Fraction]]:
        """Payoffs less `shift` times 1 - delta as `Fraction`, shape (n, rows)."""
        rewards: list[list[Fraction]] = ((1 - self.game.exact_deltas[0]) * self.exact_payoffs).tolist()
        return rewards

    @cached_property
    def exact_moves(self) -> list[list[tuple[int, Fraction]]]:
        """For each row the next states and their probabilities as `Fraction`."""
        pairs = list(zip(self.moves.targets.tolist(), self.game.transitions.exact_weights, strict=True))
        return [pairs[low:high] for low, high in pairwise(self.moves.starts.tolist())]

    @cached_property
    def members(self) -> list[dict[int, list[int]]]:
        """For each player the rows of every group."""
        found: list[dict[int, list[int]]] = []
        for groups in self.groups:
            members: dict[int, list[int]] = {}
            for row, group in enumerate(groups.tolist()):
                members.setdefault(group, []).append(row)
            found.append(members)
        return found

    def expected(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what every row expects of values of the next state, shape (..., S), as shape (..., rows)."""
        parts = self.moves.weights * values[..., self.moves.targets]
        total: NDArray[np.float64] = np.add.reduceat(parts, self.moves.starts[:-1], axis=-1)
        return total

    def profile(self, row: int) -> tuple[int, ...] | None:
        """Return the action profile of a row, as indices, and None of the row -1, which stands for none."""
        if row < 0:
            return None
        state = self.owners[row]
        inside = np.unravel_index(row - self.moves.offsets[state], self.game.shapes[state])
        return tuple(int(action) for action in inside)

    def by_state(self, values: NDArray[Entry]) -> tuple[NDArray[Entry], ...]:
        """Return an array of shape (rows, ...) as one read-only array a state, shape (n0, n1, ..., ...)."""
        offsets, rest = self.moves.offsets, values.shape[1:]
        return tuple(
            read_only(values[offsets[state] : offsets[state + 1]].reshape(*shape, *rest))
            for state, shape in enumerate(self.game.shapes)
        )


def read_only(array: NDArray[Entry]) -> NDArray[Entry]:
    """Return the array, which can no longer be written to."""
    array.setflags(write=False)
    return array


def profile_rows(game: StochasticGame) -> ProfileRows:
    """Lay the action profiles of a game out as rows."""
    transitions, num_players = game.transitions, game.num_players
    moves = Moves(transitions.offsets, transitions.starts, transitions.targets, transitions.weights)
    owners = np.repeat(np.arange(game.num_states), np.diff(moves.offsets))
    payoffs = np.concatenate([array.reshape(-1, num_players) for array in game.payoffs]).T
    low, spread = payoffs.min(axis=1), np.ptp(payoffs, axis=1)
    far = np.abs(low) > FAR_FROM_ZERO * spread
    rows = ProfileRows(
        game,
        moves,
        owners,
        _groups(game, moves.offsets),
        np.ascontiguousarray(payoffs),
        tuple(Fraction(repr(float(at))) if away else Fraction(0) for at, away in zip(low, far, strict=True)),
        float(spread.sum()) or 1.0,
    )
    if not far.any():
        return rows
    moved = rows.exact_payoffs.astype(np.float64)
    return ProfileRows(game, moves, owners, rows.groups, moved, rows.shift, rows.scale)


def _groups(game: StochasticGame, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the rows by the first row that differs in the player's own action alone."""
    groups = np.empty((game.num_players, int(offsets[-1])), dtype=np.int64)
    for state, shape in enumerate(game.shapes):
        rows = np.arange(offsets[state], offsets[state + 1])
        for player, count in enumerate(shape):
            stride = math.prod(shape[player + 1 :])
            own = (rows - offsets[state]) // stride % count
            groups[player, rows] = rows - own * stride
    return groups
