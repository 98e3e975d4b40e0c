"""Payoff sets of games in other units, with other labels, and with a larger delta."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.payoff_sets import payoff_set
from tests.plain_operator import DELTAS, DILEMMA, THREE_BY_THREE, WEDGE, gap, random_game, small_games, solved


@settings(max_examples=60, deadline=None)
@given(
    small_games,
    st.tuples(st.integers(1, 9), st.integers(-20, 20)),
    st.tuples(st.integers(1, 9), st.integers(-20, 20)),
)
def test_payoff_set_follows_a_change_of_unit_and_origin_of_each_player(game, first, second):
    *size, delta = game
    table = random_game(*size)
    units, origins = np.array([first, second]).T
    moved = solved(table * units + origins, delta)
    assert gap((moved.vertices - origins) / units, solved(table, delta).vertices) < 1e-8


@pytest.mark.parametrize("game", [DILEMMA, WEDGE, THREE_BY_THREE])
@pytest.mark.parametrize("delta", [0.1, 0.2475, 0.25, 0.3, 0.6, 0.99])
@pytest.mark.parametrize(("unit", "origin"), [(1, 1e9), (1e-9, 0), (1e9, 0), (1e-9, 1), (1, -1e9)])
def test_payoff_set_survives_large_and_small_numbers(game, delta, unit, origin):
    exact = [[[Fraction(repr(unit)) * int(x) + int(origin) for x in cell] for cell in row] for row in game.payoffs]
    found, plain = payoff_set(RepeatedGame(StageGame(exact), delta)), payoff_set(RepeatedGame(game, delta))
    assert len(found.vertices) == len(plain.vertices)
    rounding = 4e-16 * abs(origin) / unit
    assert gap((found.vertices - origin) / unit, plain.vertices) < 1e-8 + rounding


@settings(max_examples=60, deadline=None)
@given(small_games, st.randoms(use_true_random=False))
def test_payoff_set_does_not_depend_on_the_order_of_actions(game, random):
    *size, delta = game
    table = random_game(*size)
    rows, columns = list(range(size[0])), list(range(size[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    assert gap(solved(table[rows][:, columns], delta).vertices, solved(table, delta).vertices) < 1e-8


@settings(max_examples=60, deadline=None)
@given(small_games)
def test_payoff_set_swaps_with_the_players(game):
    *size, delta = game
    table = random_game(*size)
    swapped = solved(table.swapaxes(0, 1)[..., ::-1], delta)
    assert gap(swapped.vertices[:, ::-1], solved(table, delta).vertices) < 1e-8


@settings(max_examples=40, deadline=None)
@given(small_games)
def test_payoff_set_grows_with_delta(game):
    *size, _ = game
    found = [solved(random_game(*size), delta) for delta in DELTAS]
    for smaller, larger in pairwise(found):
        assert all(larger.contains(vertex) for vertex in smaller.vertices)


@settings(max_examples=60, deadline=None)
@given(small_games)
def test_payoff_set_stays_above_minmax(game):
    *size, delta = game
    table = random_game(*size)
    minmax = [table[..., 0].max(axis=0).min(), table[..., 1].max(axis=1).min()]
    assert (solved(table, delta).vertices >= np.array(minmax) - 1e-9).all()
