"""Groups of states that can be left for good: where play can go, whatever is played."""

from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from negotiation.games.stochastic import StochasticGame


def components(game: StochasticGame) -> tuple[tuple[int, ...], ...]:
    """Split the states into the largest groups whose members can reach each other, whatever is played.

    Returns
    -------
    tuple of tuples of int
        States in ascending order; a group comes after all groups that can be reached from it.

    Examples
    --------
    >>> game = StochasticGame(["pending", "settled"], [[[[0, 0]]], [[[1, 1]]]], [[[[0.5, 0.5]]], [[[0, 1]]]], 0.9)
    >>> components(game)
    ((1,), (0,))
    """
    from scipy.sparse import coo_array  # only here: it takes a while to load
    from scipy.sparse.csgraph import connected_components

    moves, count = game.transitions, game.num_states
    owners = np.repeat(np.arange(count), np.diff(moves.starts[moves.offsets]))
    edges = coo_array((np.ones(len(owners)), (owners, moves.targets)), shape=(count, count))
    number, labels = connected_components(edges, directed=True, connection="strong")
    later: dict[int, set[int]] = {group: set() for group in range(number)}
    for here, there in zip(labels[owners].tolist(), labels[moves.targets].tolist(), strict=True):
        if here != there:
            later[here].add(there)
    return tuple(
        tuple(np.flatnonzero(labels == group).tolist()) for group in TopologicalSorter(later).static_order()
    )


def backward_order(game: StochasticGame) -> NDArray[np.int64] | None:
    """Return the states so that each comes after those that it leads to; None if a state can be come back to.

    A game in which a state that was left is never come back to is weakly directional.
    """
    groups = components(game)
    return None if len(groups) < game.num_states else np.array([state for (state,) in groups])
