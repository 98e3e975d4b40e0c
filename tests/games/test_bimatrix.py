import nashpy
import numpy as np
import pytest
from hypothesis import given

from negotiation.games import StageGame, from_nashpy, to_nashpy
from tests.strategies import refused, two_by_twos


@given(two_by_twos())
def test_a_game_survives_the_way_to_nashpy_and_back(stage):
    back = from_nashpy(to_nashpy(stage))
    assert (back.payoffs == stage.payoffs).all()
    assert (back.exact_payoffs == stage.exact_payoffs).all()


def test_both_matrices_of_nashpy_are_row_player_by_column_player():
    stage = StageGame.from_matrices([[1, 2, 3], [4, 5, 6]], [[10, 20, 30], [40, 50, 60]])
    game = to_nashpy(stage)
    row, column = game.payoff_matrices
    assert (row[0, 2], column[0, 2]) == tuple(stage[0, 2])
    assert game[[1, 0], [0, 0, 1]].tolist() == stage[0, 2].tolist()


def test_a_zero_sum_game_of_nashpy_gets_the_payoffs_of_its_second_player():
    stage = from_nashpy(nashpy.Game(np.array([[1, -2], [0, 3]])))
    assert stage.payoffs.sum(axis=-1).tolist() == [[0, 0], [0, 0]]
    assert stage.players == ("player 0", "player 1")


@pytest.mark.parametrize("players", [3, 4])
def test_nashpy_takes_two_players_only(players):
    with refused(f"'stage' of to_nashpy must have two players, got {players}."):
        to_nashpy(StageGame(np.zeros((2,) * players + (players,))))
