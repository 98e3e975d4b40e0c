"""Many 2x2 games at once, against one exact game at a time."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from negotiation.solvers import nash_equilibria, transfer_critical_delta
from negotiation.stability import (
    critical_discount,
    critical_discounts,
    transfer_critical_discounts,
    worst_equilibrium_payoffs,
)

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=300, deadline=None)
@given(seeds, st.sampled_from([2, 3, 4, 7]))
def test_many_games_at_once_agree_with_one_at_a_time(seed, highest):
    rng = np.random.default_rng(seed)
    payoffs = rng.integers(0, highest, (2, 2, 2))
    for profile in product(range(2), repeat=2):
        expected = critical_discount(StageGame(payoffs.tolist()), profile).by_player
        assert critical_discounts(payoffs, profile) == pytest.approx(expected, rel=1e-14)


@settings(max_examples=300, deadline=None)
@given(seeds, st.sampled_from([2, 3, 4, 7]))
def test_many_games_with_transfers_agree_with_one_at_a_time(seed, highest):
    payoffs = np.random.default_rng(seed).integers(0, highest, (3, 2, 2, 2))
    for profile in product(range(2), repeat=2):
        exact = [transfer_critical_delta(StageGame(game.tolist()), profile) for game in payoffs]
        expected = [np.inf if one is None else float(one) for one in exact]
        assert transfer_critical_discounts(payoffs, profile) == pytest.approx(expected, rel=1e-14)


def test_many_games_keep_the_shape_of_the_sweep():
    payoffs = np.random.default_rng(3).normal(size=(5, 7, 2, 2, 2))
    assert transfer_critical_discounts(payoffs).shape == (5, 7)
    found = critical_discounts(payoffs, (1, 0))
    assert found.shape == (5, 7, 2)
    assert found[2, 3] == pytest.approx(critical_discount(StageGame(payoffs[2, 3]), (1, 0)).by_player)
    assert critical_discounts(payoffs[:0]).shape == (0, 7, 2)


def test_a_payoff_that_is_not_finite_is_refused_by_its_index():
    payoffs = np.zeros((4, 2, 2, 2))
    payoffs[3, 0, 1, 1] = np.nan
    with pytest.raises(
        ArgumentError, match=r"'payoffs\[3, 0, 1, 1\]' of critical_discounts must be finite, got nan"
    ):
        critical_discounts(payoffs)


@settings(max_examples=300, deadline=None)
@given(seeds, st.sampled_from([2, 3, 4, 7]))
def test_worst_payoffs_are_those_of_all_exact_equilibria(seed, highest):
    payoffs = np.random.default_rng(seed).integers(0, highest, (2, 2, 2))
    exact = nash_equilibria(StageGame(payoffs.tolist())).worst()
    assert worst_equilibrium_payoffs(payoffs) == pytest.approx([float(one) for one in exact], abs=1e-14)


def test_worst_payoffs_keep_the_shape_of_the_sweep():
    payoffs = np.random.default_rng(3).normal(size=(5, 7, 2, 2, 2))
    found = worst_equilibrium_payoffs(payoffs)
    assert found.shape == (5, 7, 2)
    exact = nash_equilibria(StageGame(payoffs[4, 6])).worst()
    assert found[4, 6] == pytest.approx([float(one) for one in exact])


@pytest.mark.parametrize("function", [critical_discounts, worst_equilibrium_payoffs, transfer_critical_discounts])
def test_a_wrong_shape_is_refused_by_name(function):
    with pytest.raises(ArgumentError, match=f"'payoffs' of {function.__name__} must have shape"):
        function(np.zeros((4, 2, 3, 2)))


def test_an_unknown_profile_is_refused():
    with pytest.raises(ArgumentError, match="'profile' of critical_discounts must be a pair of actions"):
        critical_discounts(np.zeros((2, 2, 2)), (0, 2))
    with pytest.raises(ArgumentError, match="'profile' of transfer_critical_discounts must be a pair of actions"):
        transfer_critical_discounts(np.zeros((2, 2, 2)), (0, 2))
