"""In which order the states of a stochastic game can be solved one after the other."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from negotiation.games import StochasticGame


def follows(game: StochasticGame) -> csr_array:
    """Return which state can follow which in one period under some action profile, shape (S, S)."""
    transitions = game.transitions
    owners = np.repeat(np.arange(game.num_states), np.diff(transitions.starts[transitions.offsets]))
    pairs = np.unique(np.stack([owners, transitions.targets]), axis=1)
    return csr_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(game.num_states,) * 2)


def backward_order(game: StochasticGame) -> NDArray[np.int64] | None:
    """Return the states so that each comes after those that it leads to; None if a state can be come back to.

    A game in which a state that was left is never come back to is weakly directional.
    """
    graph = follows(game)
    if connected_components(graph, connection="strong")[0] < game.num_states:
        return None
    leads = graph.tocoo()
    away = leads.row != leads.col
    left = np.bincount(leads.row[away], minlength=game.num_states)
    order, ready = [], [int(state) for state in np.flatnonzero(left == 0)]
    before: list[list[int]] = [[] for _ in range(game.num_states)]
    for state, following in zip(leads.row[away].tolist(), leads.col[away].tolist(), strict=True):
        before[following].append(state)
    while ready:
        state = ready.pop()
        order.append(state)
        for earlier in before[state]:
            left[earlier] -= 1
            if left[earlier] == 0:
                ready.append(earlier)
    return np.array(order)
