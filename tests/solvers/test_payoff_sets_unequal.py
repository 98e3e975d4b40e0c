"""Payoff sets of players who discount differently."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.solution import Status
from tests.plain_operator import (
    DELTAS,
    gap,
    is_slowly_self_generating,
    random_game,
    slow_payoff_set,
    small_games,
    solved,
)

unequal_games = st.tuples(
    st.integers(2, 3),
    st.integers(2, 3),
    st.integers(0, 2**32 - 1),
    st.permutations(DELTAS[:-2]).map(lambda d: d[:2]),
)


@settings(max_examples=40, deadline=None)
@given(unequal_games)
def test_unequal_factors_agree_with_the_plain_operator_in_forty_digits(game):
    *size, deltas = game
    table = random_game(*size)
    found = solved(table, deltas)
    assert found.status is Status.CONVERGED
    # where vertices pile up, a slack x moves the set by about x to the power log(larger) / log(smaller factor):
    # 1e-3 for the rounding of 4e-14 and the factors .6 and .1
    assert gap(found.vertices, slow_payoff_set(table, deltas)) < 1e-3
    assert is_slowly_self_generating(found)


@settings(max_examples=40, deadline=None)
@given(small_games)
def test_nearly_equal_factors_reproduce_the_common_answer(game):
    *size, delta = game
    table, own = random_game(*size), float(Fraction(delta))
    apart = payoff_set(RepeatedGame(StageGame(table.tolist()), [own, np.nextafter(own, 1)]))
    assert gap(apart.vertices, solved(table, delta).vertices) < 1e-8


@settings(max_examples=40, deadline=None)
@given(unequal_games)
def test_unequal_factors_swap_with_the_players(game):
    *size, deltas = game
    table = random_game(*size)
    swapped = solved(table.swapaxes(0, 1)[..., ::-1], deltas[::-1])
    assert gap(swapped.vertices[:, ::-1], solved(table, deltas).vertices) < 1e-8


def test_players_who_differ_in_patience_can_earn_more_than_the_stage_game_pays():
    # the impatient player is served first: k rounds of (2, 1), then (1, 2) for ever, stage equilibria all
    coordination = [[[2, 1], [0, 0]], [[0, 0], [1, 2]]]
    found = solved(coordination, ["1/2", "4/5"])
    for rounds in range(6):
        earned = (1 + 0.5**0 - 0.5**rounds, 2 - (1 - 0.8**rounds))
        assert found.contains(earned)
    assert (found.vertices.sum(axis=1).max()) > 3.2
    assert found.vertices[:, 0].max() == pytest.approx(2)
    assert str(found).startswith("Equilibrium payoffs at delta = 0.5, 0.8: a polygon")
