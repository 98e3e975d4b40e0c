"""Switches of stochastic games against closed forms and published numbers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.games import StochasticGame
from negotiation.solvers import repeated_negotiation, transfer_equilibrium
from negotiation.stability import switches
from tests.relational import game, plain_elimination, two_states
from tests.strategies import refused


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6, unique=True))
def test_all_jumps_farther_apart_than_the_spacing_are_found(jumps):
    jumps = sorted(jumps)
    kept = [x for k, x in enumerate(jumps) if k == 0 or x - jumps[k - 1] > 0.02]
    found = switches(lambda x: sum(x >= jump for jump in kept) % 2, 0, 1, points=101)
    assert [change.parameter for change in found.changes] == pytest.approx(kept, abs=1e-9)
    assert all(change.low < change.high and change.high - change.low <= 1e-10 for change in found.changes)


def test_a_third_answer_between_two_points_is_not_passed_over():
    found = switches(lambda x: (x > 0.41) + (x > 0.42), 0, 1, points=2)
    assert [change.parameter for change in found.changes] == pytest.approx([0.41, 0.42])
    assert [(change.before, change.after) for change in found.changes] == [(0, 1), (1, 2)]


def test_two_state_dilemma_switches_at_the_published_root():
    found = switches(lambda delta: transfer_equilibrium(two_states(delta)).targets, 0.05, 0.95, points=46)
    (only,) = found.changes
    assert only.parameter == pytest.approx((97**0.5 - 7) / 8, abs=1e-10)
    assert only.after == ((0, 0), (0, 0))


@pytest.mark.parametrize("delta", [0.5, 0.7])
def test_dilemma_with_negotiations_switches_in_rho(delta):
    drawn = game("pd_sym", delta)
    found = switches(
        lambda rho: repeated_negotiation(drawn, rho).equilibria[0].equilibrium.targets, 0.01, 0.99, points=9
    )
    assert [change.parameter for change in found.changes] == pytest.approx([1 - 0.375 / delta], abs=1e-9)


def test_hold_up_switches_in_rho():
    drawn = game("hold_up", 0.9)
    found = switches(
        lambda rho: repeated_negotiation(drawn, rho).equilibria[0].equilibrium.targets[0], 0.05, 0.1, points=3
    )
    assert [change.parameter for change in found.changes] == pytest.approx([2 / 27], abs=1e-9)


def test_vulnerability_pays_beyond_the_published_rho():
    def chosen(rho):
        exact = Fraction(repr(rho))
        drawn = game("vulnerability", Fraction(3, 10) / (1 - exact))
        return repeated_negotiation(drawn, exact).equilibria[0].equilibrium.targets[0]

    (only,) = switches(chosen, 0.45, 0.55, points=2, tolerance=1e-8).changes
    assert only.parameter == pytest.approx(0.489752650, abs=1e-8)


def test_a_payoff_switches_where_the_temptation_is_too_large():
    def verdict(temptation):
        stage = [[[1, 1], [-9, temptation]], [[temptation, -9], [0, 0]]]
        drawn = StochasticGame(["x"], [stage], [[[[1]] * 2] * 2], 0.5)
        return bool(transfer_equilibrium(drawn).works[0][0, 0])

    (only,) = switches(verdict, 1, 5, points=6).changes
    assert only.parameter == pytest.approx(2, abs=1e-9)
    assert (only.before, only.after) == (True, False)


def test_patience_can_undo_a_profile_and_bring_it_back():
    payoffs = [[[[-2, 4], [0, 1]], [[-3, 2], [1, -2]]], [[[-1, 3], [2, 4]], [[0, -1], [-2, 3]]]]
    leaves = [[[0, 1], [1, 1]], [[1, 1], [0, 1]]]
    moves = [[[[1 - p, p] for p in row] for row in state] for state in leaves]

    def works(delta):
        return bool(transfer_equilibrium(StochasticGame(["x", "y"], payoffs, moves, delta)).works[0][0, 0])

    found = switches(works, 0.05, 0.95, points=19)
    assert [change.after for change in found.changes] == [False, True]
    for change in found.changes:
        for delta, answer in ((change.low - 1e-6, change.before), (change.high + 1e-6, change.after)):
            assert plainly_works(payoffs, moves, delta) == answer


def plainly_works(payoffs, moves, delta):
    """Say whether (0, 0) works in the first state, by value iteration."""
    arrays, chances = [np.array(each, dtype=float) for each in payoffs], [np.array(each) for each in moves]
    joint, lowest = plain_elimination(arrays, chances, delta)
    best = sum(
        max(
            (1 - delta) * arrays[0][a][i] + delta * chances[0][a] @ lowest[:, i]
            for a in ((0, 0), (int(i == 0), int(i == 1)))
        )
        for i in range(2)
    )
    return (1 - delta) * arrays[0][0, 0].sum() + delta * chances[0][0, 0] @ joint >= best


def test_constant_answers_do_not_switch():
    found = switches(lambda x: "same", 0, 1)
    assert found.changes == ()
    assert found.evaluations == 101
    assert str(found).startswith("no change")


def test_arguments_are_checked():
    with refused("'low' of switches must be below 'high', 0, got 1"):
        switches(bool, 1, 0)
    with refused("'points' of switches must be a whole number of at least 2, got 1"):
        switches(bool, 0, 1, points=1)
    with refused("'tolerance' of switches must be above 0, got 0"):
        switches(bool, 0, 1, tolerance=0)
