from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from negotiation.games import RepeatedGame, StageGame
from tests.strategies import refused

PAIR, THREE = StageGame(np.zeros((2, 2, 2))), StageGame(np.zeros((2, 2, 2, 3)))
RULE = "'delta' of RepeatedGame must "


@pytest.mark.parametrize("delta", [0.25, Fraction(1, 4), Decimal("0.25"), np.float32(0.25), np.array(0.25)])
def test_one_discount_factor_holds_for_all_players(delta):
    assert RepeatedGame(PAIR, delta).deltas.tolist() == [0.25] * 2
    assert RepeatedGame(THREE, delta).deltas.tolist() == [0.25] * 3
    assert RepeatedGame(THREE, delta).delta == 0.25


@pytest.mark.parametrize(
    ("delta", "exact"),
    [
        (0.1, "1/10"),
        (Fraction(1, 7), "1/7"),
        (Decimal("0.30"), "3/10"),
        ("1/7", "1/7"),
        (" 0.25 ", "1/4"),
        ("1e-3", "1/1000"),
        (np.float32(0.5), "1/2"),
        (Fraction(1, 3) + Fraction(1, 10**30), Fraction(1, 3) + Fraction(1, 10**30)),
    ],
)
def test_discount_factors_are_kept_exactly(delta, exact):
    game = RepeatedGame(PAIR, delta)
    assert game.exact_deltas == (Fraction(exact),) * 2
    assert game.delta == float(Fraction(exact))
    assert RepeatedGame(PAIR, [delta, 0.9]).exact_deltas == (Fraction(exact), Fraction(9, 10))


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        ("1/0", "be a number, got '1/0'."),
        ("1/x", "be a number, got '1/x'."),
        ("7/5", "be strictly between 0 and 1, got 7/5."),
        ("nan", "be finite, got nan."),
        ("1e-999999999", "have at most 10,000 decimal places, got '1e-999999999'."),
        (Decimal("1e-99999"), "have at most 10,000 decimal places, got"),
    ],
)
def test_text_that_is_no_discount_factor_is_refused(delta, words):
    with refused(RULE + words):
        RepeatedGame(PAIR, delta)


@pytest.mark.parametrize("deltas", [[0.5, 0.75], (0.5, Fraction(3, 4)), np.array([0.5, 0.75])])
def test_each_player_may_have_a_discount_factor(deltas):
    game = RepeatedGame(PAIR, deltas)
    assert game.deltas.tolist() == [0.5, 0.75]
    with refused(RULE + "be common to all players here, got [0.5, 0.75]."):
        _ = game.delta
    assert RepeatedGame(PAIR, [0.5, 0.5]).delta == 0.5


def test_discount_factors_cannot_be_changed_from_outside():
    source = np.array([0.5, 0.75])
    game = RepeatedGame(PAIR, source)
    source[0] = 0.1
    assert game.deltas.tolist() == [0.5, 0.75]
    with pytest.raises(ValueError, match="read-only"):
        game.deltas[0] = 0.1


@pytest.mark.parametrize("delta", [0, 1, 1.2, -0.5, Fraction(3, 2)])
def test_discount_factors_outside_the_open_interval_are_refused(delta):
    for given in (delta, [0.5, delta], (delta, delta)):
        with refused(f"{RULE}be strictly between 0 and 1, got {delta}. A yearly discount rate r is passed as 1"):
            RepeatedGame(PAIR, given)


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (float("nan"), "be finite, got nan."),
        (float("inf"), "be finite, got inf."),
        ("x", "be a number, got 'x'."),
        (None, "be a number, got None."),
        (True, "be a number, got True."),
        (10**400, "fit into a float, got a number beyond 1.8e308."),
        ([0.5, "x"], "be a number, got 'x'."),
        ([0.5, None], "be a number, got None."),
        ([0.5, float("nan")], "be finite, got nan."),
        ([[0.5], [0.5]], "be a number, got [0.5]."),
    ],
)
def test_what_is_no_discount_factor_is_refused(delta, words):
    with refused(RULE + words):
        RepeatedGame(PAIR, delta)


@pytest.mark.parametrize("deltas", [[], [0.5], [0.5] * 3, np.full(4, 0.5)])
def test_the_number_of_discount_factors_is_the_number_of_players(deltas):
    with refused(RULE + f"be one number or hold 2, one a player, got {len(deltas)}."):
        RepeatedGame(PAIR, deltas)
