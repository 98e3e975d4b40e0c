"""Strategies that play the points of a payoff set: one phase a vertex, lotteries between vertices."""

import numpy as np
from numpy.typing import NDArray

from negotiation.games.automaton import Automaton
from negotiation.games.stage import StageGame
from negotiation.solvers.polygon import Points


def vertex_automaton(
    stage: StageGame, vertices: Points, profiles: tuple[tuple[int, int], ...], promises: Points, point: Points
) -> Automaton:
    """Build the strategy that earns a point of a payoff set.

    Parameters
    ----------
    stage : StageGame
        The game of one round, of two players.
    vertices : array, shape (k, 2)
        Vertices of a set that generates itself, each coordinate measured in its range.
    profiles : tuple of (int, int)
        The profile that is played first at each vertex.
    promises : array, shape (k, 2)
        The point of the set that is promised at each vertex, in the unit of the vertices.
    point : array, shape (2,)
        Where to start, in the same unit.

    Returns
    -------
    Automaton
        A phase a vertex. Who obeys is led on by a lottery over vertices with the promise as its mean; who alone
        does not, to the vertex that is worst for that player.
    """
    lottery = np.array([_weights(vertices, target) for target in (*promises, point)])
    last = len(vertices)
    lottery = np.concatenate((lottery, np.eye(last)[vertices.argmin(axis=0)]))
    transition = np.empty((last, *stage.shape), dtype=np.int64)
    for phase, (row, column) in enumerate(profiles):
        transition[phase] = phase
        transition[phase, :, column] = last + 1
        transition[phase, row, :] = last + 2
        transition[phase, row, column] = phase
    names = [
        f"{phase}: {stage.actions[0][row]}, {stage.actions[1][column]}"
        for phase, (row, column) in enumerate(profiles)
    ]
    return Automaton(profiles, transition, last, phases=names, lottery=lottery)


def _weights(vertices: Points, target: Points) -> NDArray[np.float64]:
    """Find a lottery over vertices whose mean is nearest to a point; over three of them at most."""
    from scipy.optimize import nnls  # takes longer to import than most sets to solve

    rows = np.vstack((vertices.T, np.ones(len(vertices))))
    weights = nnls(rows, np.append(target, 1.0))[0]
    chances: NDArray[np.float64] = weights / weights.sum()
    return chances
