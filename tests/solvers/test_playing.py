"""Points of payoff sets are handed to the judge of strategies, which shares no code with their construction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers import one_shot, payoff_set
from tests.strategies import refused

DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(2, 4), st.integers(2, 4)),
    st.sampled_from([0.2, 1 / 3, 0.5, 0.7, 0.9, 0.97]),
    st.sampled_from([0, 0.1, 0.4]),
)
def test_any_point_of_a_random_game_is_played_by_an_equilibrium(seed, size, delta, impatience):
    rng = np.random.default_rng(seed)
    stage = StageGame(rng.integers(0, 6, (*size, 2)).tolist())
    found = payoff_set(RepeatedGame(stage, [delta, delta * (1 - impatience)]))
    if found.is_empty:
        return
    point = rng.dirichlet(np.ones(len(found.vertices))) @ found.vertices
    judgement = one_shot(found.repeated, found.automaton(point))
    assert judgement.is_equilibrium()
    assert judgement.start == pytest.approx(point, abs=1e-7)
    assert judgement.values == pytest.approx(found.vertices, abs=1e-7)


def test_a_deviator_is_sent_to_his_worst_vertex_and_nobody_else_is():
    found = payoff_set(RepeatedGame(DILEMMA, 0.25))
    automaton = found.automaton((6, 6))
    for phase, (row, column) in enumerate(found.profiles):
        by_first = automaton.lottery[automaton.transition[phase, 1 - row, column]]
        by_second = automaton.lottery[automaton.transition[phase, row, 1 - column]]
        assert by_first @ found.vertices == pytest.approx([3, 3])
        assert by_second @ found.vertices == pytest.approx([3, 3])
        both = automaton.lottery[automaton.transition[phase, 1 - row, 1 - column]]
        assert both @ found.vertices == pytest.approx(found.continuations[phase])


def test_lotteries_need_three_vertices_at_most():
    stage = StageGame(np.random.default_rng(4).integers(0, 100, (4, 4, 2)).tolist())
    found = payoff_set(RepeatedGame(stage, 0.9))
    automaton = found.automaton(found.vertices.mean(axis=0))
    assert len(found.vertices) > 4
    assert ((automaton.lottery > 0).sum(axis=1) <= 3).all()


def test_points_outside_and_sets_that_are_not_settled_are_refused():
    found = payoff_set(RepeatedGame(DILEMMA, 0.25))
    with refused("'point' of PayoffSet.automaton must lie in the set, got (9.5, 9)"):
        found.automaton((9.5, 9))
    cut = payoff_set(RepeatedGame(DILEMMA, 0.2475), max_iterations=2)
    with refused("'self' of PayoffSet.automaton must have converged, got stopped at the largest number"):
        cut.automaton((9, 9))
