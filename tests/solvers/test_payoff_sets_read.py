"""What can be read off a payoff set, and what payoff_set refuses."""

import numpy as np
import pytest

from negotiation._checks import ArgumentError
from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.payoff_sets import payoff_set
from tests.plain_operator import DILEMMA, THREE_BY_THREE, solved


def test_best_and_pareto_frontier_read_the_polygon():
    found = payoff_set(RepeatedGame(THREE_BY_THREE, 0.4))
    assert found.best(0) == pytest.approx(20.125)
    assert found.best(1) == pytest.approx(12.0237910998)
    assert found.pareto_frontier() == pytest.approx(
        np.array([[20.125, 2.4], [16, 9], [6.1726789256, 12.0237910998]])
    )


def test_pareto_frontier_leaves_out_weakly_dominated_ends():
    # each player's payoff is the other's choice alone, and the set is the unit square
    found = solved([[[0, 0], [1, 0]], [[0, 1], [1, 1]]], "1/2")
    assert len(found.vertices) == 4
    assert found.pareto_frontier().tolist() == [[1, 1]]


def test_nash_point_of_the_dilemma_is_cooperation_and_moves_with_disagreement():
    found = payoff_set(RepeatedGame(DILEMMA, 0.3))
    assert found.nash_point() == pytest.approx([9, 9])
    assert found.nash_point([9.6, 3]) == pytest.approx([9.675, 4.8 - 0.3 - 0.9], abs=1)
    low = payoff_set(RepeatedGame(DILEMMA, 0.2))
    assert low.nash_point([0, 8]) == pytest.approx([9, 9])
    with pytest.raises(ArgumentError, match=r"'disagreement' of PayoffSet\.nash_point must leave a point"):
        found.nash_point([9.5, 9.5])
    with pytest.raises(ArgumentError, match="must hold two payoffs"):
        found.nash_point([1, 2, 3])
    with pytest.raises(ArgumentError, match="must hold a point, got the empty set"):
        solved([[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]], "1/20").nash_point()


def test_the_empty_set_is_an_ordinary_answer():
    found = solved([[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]], "1/20")
    assert found.is_empty
    assert found.threat is None
    assert found.best(0) == -np.inf
    assert found.pareto_frontier().shape == (0, 2)
    assert not found.contains((0, 0))
    assert "no pure-action equilibrium" in str(found)


def test_the_text_names_players_actions_and_promises():
    game = StageGame.from_matrices(
        [[9, 1], [10, 3]], [[9, 10], [1, 3]], ["US", "China"], [["keep", "break"], ["keep", "break"]]
    )
    text = str(payoff_set(RepeatedGame(game, 0.25)))
    assert text.splitlines()[0].startswith("Equilibrium payoffs at delta = 0.25: a polygon; ")
    assert text.splitlines()[1].split() == ["US", "China", "played", "first", "then", "on", "average"]
    assert text.splitlines()[4].split() == ["9", "9", "keep,", "keep", "9,", "9"]


def test_the_arrays_cannot_be_written_to():
    found = payoff_set(RepeatedGame(DILEMMA, 0.3))
    for array in (found.vertices, found.continuations, found.threat):
        assert not array.flags.writeable


def test_refusals_name_the_argument():
    three = RepeatedGame(StageGame(np.zeros((2, 2, 2, 3))), 0.5)
    with pytest.raises(ArgumentError, match="'repeated' of payoff_set must have two players, got 3"):
        payoff_set(three)
    with pytest.raises(ArgumentError, match="'tolerance' of payoff_set must be strictly between 0 and 0"):
        payoff_set(RepeatedGame(DILEMMA, 0.5), tolerance=0)
    with pytest.raises(ArgumentError, match="'max_iterations' of payoff_set"):
        payoff_set(RepeatedGame(DILEMMA, 0.5), max_iterations=0)
    with pytest.raises(ArgumentError, match="must hold two payoffs"):
        payoff_set(RepeatedGame(DILEMMA, 0.5)).contains([1, 2, 3])
