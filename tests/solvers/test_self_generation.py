import numpy as np
import pytest

from negotiation._checks import ArgumentError
from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.self_generation import generate, is_self_generating

DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])


def test_generate_of_one_equilibrium_point_adds_nothing_to_it():
    assert generate([[3, 3]], RepeatedGame(DILEMMA, 0.9)) == pytest.approx(np.array([[3, 3]]))


def test_generate_of_the_empty_set_is_empty():
    assert generate(np.empty((0, 2)), RepeatedGame(DILEMMA, 0.9)).shape == (0, 2)
    assert is_self_generating([], RepeatedGame(DILEMMA, 0.9))


def test_generate_meets_a_hand_computation():
    # delta = 1/2 and W the segment (3,3)-(9,9), so that u = (3, 3) and a promise must exceed it by h: mutual
    # cooperation asks for w >= 4, exploitation of player 1 for w_1 >= 5, defection for nothing.
    generated = generate([[3, 3], [9, 9]], RepeatedGame(DILEMMA, 0.5))
    assert generated == pytest.approx(np.array([[3, 3], [7.5, 3], [9.5, 5], [9, 9], [5, 9.5], [3, 7.5]]))


def test_each_player_is_threatened_with_its_own_worst_promise():
    # u = (3, 4): exploitation of player 1 asks for w_1 >= 6, which W gives from (5.4, 6) on
    generated = generate([[3, 4], [9, 9]], RepeatedGame(DILEMMA, 0.5))
    assert any(np.allclose(vertex, [0.5 * 10 + 0.5 * 5.4, 0.5 * 1 + 0.5 * 6]) for vertex in generated)


def test_generate_uses_each_players_own_discount_factor():
    generated = generate([[3, 3], [9, 9]], RepeatedGame(DILEMMA, [0.5, 0.25]))
    both = [0.5 * 9 + 0.5 * 9, 0.75 * 9 + 0.25 * 9]
    assert any(np.allclose(vertex, both) for vertex in generated)
    assert generated[:, 1].max() == pytest.approx(0.75 * 10 + 0.25 * 9)


def test_self_generation_fails_for_payoffs_that_need_more_patience():
    assert is_self_generating([[3, 3], [9, 9]], RepeatedGame(DILEMMA, 0.2))
    assert not is_self_generating([[3, 3], [9, 9]], RepeatedGame(DILEMMA, 0.14))
    assert not is_self_generating([[3, 3], [9, 9.01]], RepeatedGame(DILEMMA, 0.2))


def test_an_edge_that_rounding_tilts_still_supports_what_it_should():
    stage = StageGame([[[0, 0], [0, 0], [2, 1], [1, 1]], [[2, 1], [1, 2], [0, 3], [3, 1]]])
    W = [[1.0, 1.0], [2.0, 1.0], [1.9999999999999996, 5 / 3], [4 / 3, 19 / 9], [1.0, 2.0]]
    assert is_self_generating(W, RepeatedGame(stage, 2 / 3))


def test_refusals_name_the_argument():
    with pytest.raises(ArgumentError, match="'W' of generate must have shape"):
        generate([1, 2, 3], RepeatedGame(DILEMMA, 0.5))
    three = RepeatedGame(StageGame(np.zeros((2, 2, 2, 3))), 0.5)
    with pytest.raises(ArgumentError, match="must have two players"):
        is_self_generating([[0, 0]], three)
