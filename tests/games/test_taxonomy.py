from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.games import GameClass, StageGame, game_class
from tests.strategies import refused, rescale, swap_players, two_by_twos

PD, CHICKEN, STAG, HARMONY, DEADLOCK, BOUNDARY = GameClass
FLIPPED = {PD: {HARMONY}, DEADLOCK: {HARMONY}, HARMONY: {PD, DEADLOCK, BOUNDARY}, CHICKEN: {CHICKEN}, STAG: {STAG}}


def both(row, column):
    """Build the game from each side's (R, S, T, P), the own action first."""
    first, second = (np.reshape(own, (2, 2)) for own in (row, column))
    return StageGame.from_matrices(first, second.T)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((3, 0, 5, 1), PD),
        ((3, 1, 4, 0), CHICKEN),
        ((0, 2, 4, 1), CHICKEN),
        ((4, 0, 3, 2), STAG),
        ((4, 1, 2, 0), HARMONY),
        ((1, 0, 5, 3), DEADLOCK),
        ((3, 0, 3, 1), BOUNDARY),
        ((3, 1, 5, 1), BOUNDARY),
        ((2, 0, 5, 2), BOUNDARY),
        ((0, 0, 0, 0), BOUNDARY),
        ((4, 1, 2, 4), STAG),
        ((2, 3, 4, 2), CHICKEN),
    ],
)
def test_each_class_is_named_on_either_side(own, expected):
    other = (3, 0, 5, 1)
    assert game_class(both(own, other)) == (expected, PD)
    assert game_class(both(other, own)) == (PD, expected)


def test_every_strict_order_of_the_payoffs_has_the_class_of_its_definition():
    counts = dict.fromkeys(GameClass, 0)
    for reward, sucker, temptation, penalty in product(range(4), repeat=4):
        if len({reward, sucker, temptation, penalty}) < 4:
            continue
        own = (reward, sucker, temptation, penalty)
        found = game_class(both(own, own))[0]
        counts[found] += 1
        assert (found is PD) == (temptation > reward > penalty > sucker)
        breaks_alone, breaks_in_answer = temptation > reward, penalty > sucker
        assert (found in {PD, DEADLOCK}) == (breaks_alone and breaks_in_answer)
        assert (found is HARMONY) == (not breaks_alone and not breaks_in_answer)
        assert (found is STAG) == (not breaks_alone and breaks_in_answer)
        assert (found is CHICKEN) == (breaks_alone and not breaks_in_answer)
    assert counts == {PD: 1, DEADLOCK: 5, HARMONY: 6, STAG: 6, CHICKEN: 6, BOUNDARY: 0}


@given(two_by_twos())
def test_players_who_change_seats_keep_their_class(stage):
    assert game_class(swap_players(stage)) == game_class(stage)[::-1]


@given(two_by_twos(), st.integers(1, 9), st.integers(-9, 9))
def test_unit_and_zero_of_the_payoffs_do_not_matter(stage, scale, shift):
    assert game_class(rescale(stage, scale, shift)) == game_class(stage)


@given(two_by_twos())
def test_renaming_both_actions_turns_dominant_breaking_into_harmony(stage):
    for before, after in zip(game_class(stage), game_class(StageGame(stage.payoffs[::-1, ::-1])), strict=True):
        assert before is BOUNDARY or after in FLIPPED[before]


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (1, 2), (2, 2, 2)])
def test_only_games_of_two_by_two_actions_have_a_class(shape):
    with refused(f"'stage' of game_class must have two players with two actions each, got {shape}."):
        game_class(StageGame(np.zeros((*shape, len(shape)))))
