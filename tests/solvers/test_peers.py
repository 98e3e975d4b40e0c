"""Other systems as judges, on the games where they are right, and what they miss on the others.

What they miss, found by the tests below and by hand with nashpy 0.0.43 and QuantEcon 0.11.4; every equilibrium
counted as missed has a regret of exactly zero:

- nashpy `support_enumeration`, games that are not degenerate with whole payoffs from -1000 to 1000: 12 of 34
  equilibria of eight 5 x 5 games, 5 of 21 of three 8 x 8 games (it rejects probabilities of -1e-17).
- nashpy `vertex_enumeration`, degenerate 3 x 3 games with payoffs 0, 1, 2: complete on 48 of 60 games.
- QuantEcon `vertex_enumeration`, the same 60 games: complete on 7.

pygambit `enummixed_solve(rational=True)` finds the same extreme equilibria: by a test below with 17.0.0b2, and by
hand with 16.7.0 on 12,095 random games of 1 to 5 actions a player with frequent ties; and its `logit_solve_lambda`
the same points of the principal branch, to 2e-9, on 60 games of two and three players.
"""

import io
from fractions import Fraction

import nashpy
import numpy as np
import pytest

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers import Equilibria, nash_equilibria, payoff_set

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


def _missed(ours: Equilibria, theirs: object) -> int:
    """How many of our equilibria, all proved by a regret of zero, the other system does not list."""
    assert not ours.regrets.any()
    assert len(set(ours)) == len(ours)
    listed = [np.concatenate(pair) for pair in theirs]  # type: ignore[attr-defined]
    own = [np.array([*x, *y], dtype=float) for x, y in ours]
    return sum(not any(np.allclose(pair, one, atol=1e-6) for pair in listed) for one in own)


def _degenerate_games(count: int) -> list[StageGame]:
    rng = np.random.default_rng(3)
    games = [StageGame(rng.integers(0, 3, (3, 3, 2)).tolist()) for _ in range(count)]
    return [stage for stage in games if nash_equilibria(stage).degenerate]


REPAIRED = "the other system has been repaired: correct the list at the top of this file"


@pytest.mark.filterwarnings("ignore")
def test_support_enumeration_of_nashpy_misses_equilibria_of_games_that_are_not_degenerate() -> None:
    rng = np.random.default_rng(7)
    missed, total = 0, 0
    for _ in range(8):
        stage = StageGame(rng.integers(-1000, 1001, (5, 5, 2)).tolist())
        ours = nash_equilibria(stage)
        assert not ours.degenerate and len(ours) % 2 == 1
        peer = nashpy.Game(stage.payoffs[..., 0], stage.payoffs[..., 1])
        assert _missed(ours, peer.vertex_enumeration()) == 0
        missed += _missed(ours, peer.support_enumeration())
        total += len(ours)
    assert total == 34
    assert missed > 0, REPAIRED


@pytest.mark.filterwarnings("ignore")
def test_vertex_enumeration_of_nashpy_misses_extreme_equilibria_of_degenerate_games() -> None:
    missed = [
        _missed(
            nash_equilibria(stage),
            nashpy.Game(stage.payoffs[..., 0], stage.payoffs[..., 1]).vertex_enumeration(),
        )
        for stage in _degenerate_games(60)
    ]
    assert sum(missed) > 0, REPAIRED


def test_vertex_enumeration_of_quantecon_misses_extreme_equilibria_of_degenerate_games() -> None:
    missed = [
        _missed(nash_equilibria(stage), qe.vertex_enumeration(_as_peer(stage))) for stage in _degenerate_games(60)
    ]
    assert sum(missed) > 0, REPAIRED


def _by_gambit(stage: StageGame) -> set[tuple[tuple[Fraction, ...], ...]]:
    gambit = pytest.importorskip("pygambit", reason="the extra `peers` is not installed")
    sizes = " ".join(map(str, stage.shape))
    payoffs = " ".join(str(payoff) for payoff in stage.exact_payoffs.swapaxes(0, 1).ravel())
    game = gambit.read_nfg(io.StringIO(f'NFG 1 R "" {{ "0" "1" }} {{ {sizes} }}\n\n{payoffs}\n'))
    found = gambit.nash.enummixed_solve(game, rational=True).equilibria
    return {
        tuple(tuple(Fraction(str(chance)) for _, chance in profile[player]) for player in ("0", "1"))
        for profile in found
    }


def test_rational_enumeration_of_gambit_finds_the_same_extreme_equilibria() -> None:
    rng = np.random.default_rng(5)
    for highest in (2, 3, 9, 1000):
        for _ in range(15):
            stage = StageGame(rng.integers(0, highest, (*rng.integers(1, 5, 2), 2)).tolist())
            assert set(nash_equilibria(stage)) == _by_gambit(stage)
