"""Other systems as judges, on the games where they are right."""

import numpy as np
import pytest

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers import nash_equilibria, payoff_set

qe = pytest.importorskip("quantecon.game_theory", reason="the extra `peers` is not installed")

DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
ABREU_SANNIKOV = StageGame.from_matrices(
    [[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]]
)


def _as_peer(stage: StageGame) -> object:
    own_action_first = [stage.payoffs[..., 0], stage.payoffs[..., 1].T]
    return qe.NormalFormGame([qe.Player(payoffs) for payoffs in own_action_first])


@pytest.mark.parametrize(
    ("stage", "delta"), [(DILEMMA, 0.75), (DILEMMA, 0.3), (ABREU_SANNIKOV, 0.3), (ABREU_SANNIKOV, 0.4)]
)
def test_payoff_set_has_the_vertices_that_quantecon_finds(stage: StageGame, delta: float) -> None:
    hull = qe.RepeatedGame(_as_peer(stage), delta).equilibrium_payoffs()
    theirs = hull.points[hull.vertices]
    ours = payoff_set(RepeatedGame(stage, delta)).vertices
    assert len(ours) == len(theirs)
    for vertex in theirs:
        assert np.abs(ours - vertex).max(axis=1).min() < 1e-5


def test_equilibria_are_those_of_quantecon_on_random_games_without_ties() -> None:
    rng = np.random.default_rng(0)
    for _ in range(25):
        size = rng.integers(2, 5, 2)
        stage = StageGame(rng.integers(-1000, 1000, (*size, 2)).astype(float))
        ours = nash_equilibria(stage)
        if ours.degenerate:
            continue
        theirs = qe.vertex_enumeration(_as_peer(stage))
        found = sorted(tuple(np.concatenate([np.array(part, dtype=float) for part in pair])) for pair in ours)
        assert np.array(found) == pytest.approx(
            np.array(sorted(tuple(np.concatenate(pair)) for pair in theirs)), abs=1e-7
        )
