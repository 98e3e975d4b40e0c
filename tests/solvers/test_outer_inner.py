"""Bounds are held against the exact sets of two players and against closed forms of games with three."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from negotiation._kernels.levels import beyond
from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.outer_inner import payoff_bounds
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.polygon import distance, distance_to
from negotiation.solvers.self_generation import rescale
from negotiation.solvers.solution import Status
from tests.strategies import refused

DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
THREE_BY_THREE = StageGame.from_matrices(
    [[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]]
)


def public_good(num_players, worth):
    """Each contribution costs 1 and is worth `worth` in all, shared by everybody."""
    payoffs = np.empty((2,) * num_players + (num_players,))
    for given_by in product(range(2), repeat=num_players):
        payoffs[given_by] = worth / num_players * sum(given_by) - np.array(given_by)
    return StageGame(payoffs)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(2, 3), st.integers(2, 3)),
    st.sampled_from([(0.2, 0.2), (0.5, 0.5), (0.7, 0.7), (0.3, 0.6)]),
)
def test_the_outer_set_holds_the_exact_one_and_the_inner_set_lies_in_it(seed, size, deltas):
    stage = StageGame(np.random.default_rng(seed).integers(0, 6, (*size, 2)).tolist())
    exact, bounds = (
        payoff_set(RepeatedGame(stage, deltas)),
        payoff_bounds(RepeatedGame(stage, deltas), resolution=4),
    )
    assert not any(bounds.excludes(vertex) for vertex in exact.vertices)
    assert not (bounds.is_empty and not exact.is_empty)
    if len(bounds.inner):
        scale = rescale(exact.repeated)
        # an incentive that is violated by the tolerance moves payoffs by up to tolerance / (1 - delta)
        inward = scale.inward(exact.vertices), scale.inward(bounds.inner)
        assert distance_to(*inward).max() < 1e-5
        assert distance(*inward) <= bounds.gap + 1e-5
        assert bounds.level_gap <= bounds.gap
        assert all(bounds.contains(point) for point in bounds.inner)


@pytest.mark.parametrize("delta", [0.3, 0.4])
def test_the_gap_shrinks_with_the_number_of_directions(delta):
    gaps = [payoff_bounds(RepeatedGame(THREE_BY_THREE, delta), resolution=steps) for steps in (2, 8, 32)]
    assert [len(bounds.directions) for bounds in gaps] == [16, 64, 256]
    assert gaps[0].gap > 3 * gaps[1].gap > 9 * gaps[2].gap
    assert gaps[2].level_gap < 1e-2
    assert all(bounds.status is Status.CONVERGED for bounds in gaps)


@pytest.mark.parametrize(
    ("worth", "delta"), [(2, 0.24), (2, 0.26), (1.5, 0.49), (1.5, 0.51), (2.4, 0.12), (2.4, 0.14)]
)
def test_three_players_contribute_from_the_critical_discount_factor_on(worth, delta):
    # a contributor keeps 1 - worth / 3 by stopping, and loses worth - 1 less what the others' last gifts bring
    gain, loss = 1 - worth / 3, worth * 2 / 3
    critical = gain / loss
    bounds = payoff_bounds(RepeatedGame(public_good(3, worth), delta))
    everybody = np.full(3, worth - 1.0)
    assert bounds.excludes(everybody) == (delta < critical)
    assert bounds.contains(everybody) == (delta > critical)
    assert bounds.contains(np.zeros(3))


def test_below_every_critical_factor_stage_equilibrium_is_all_there_is():
    bounds = payoff_bounds(RepeatedGame(public_good(3, 2), 0.05))
    assert bounds.inner == pytest.approx(np.zeros((len(bounds.inner), 3)), abs=1e-6)
    assert bounds.gap < 1e-6
    assert set(bounds.profiles) == {(0, 0, 0)}


def test_four_players_and_unequal_factors_are_bounded_too():
    bounds = payoff_bounds(RepeatedGame(public_good(4, 2), [0.6, 0.7, 0.8, 0.9]), resolution=1)
    assert bounds.contains(np.ones(4))
    assert bounds.excludes([-0.01, 1, 1, 1])
    assert len(bounds.directions) == 80


def test_a_game_without_pure_equilibria_has_empty_bounds():
    bounds = payoff_bounds(RepeatedGame(StageGame([[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]]), 0.05))
    assert bounds.is_empty
    assert len(bounds.inner) == 0
    assert bounds.gap == 0
    assert bounds.excludes((0, 0))
    assert not bounds.contains((0, 0))


def test_cutting_the_iteration_off_is_a_status_and_the_bounds_still_hold():
    bounds = payoff_bounds(RepeatedGame(DILEMMA, 0.2), max_iterations=2)
    assert bounds.status is Status.MAX_ITERATIONS
    assert not bounds.excludes((9, 9))
    assert not bounds.excludes((3, 3))


@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.integers(1, 8))
def test_the_distance_from_a_hull_is_that_of_another_linear_programme(seed, n, count):
    rng = np.random.default_rng(seed)
    points, place = rng.integers(0, 4, (count, n)) / 3.0, rng.integers(-1, 5, n) / 3.0
    rows = np.vstack((np.hstack((points.T, np.eye(n), -np.eye(n))), [[1.0] * count + [0.0] * 2 * n]))
    other = linprog([0.0] * count + [1.0] * 2 * n, A_eq=rows, b_eq=[*place, 1])
    assert beyond(points, place) == pytest.approx(other.fun, abs=1e-9)


def test_refusals_name_the_argument():
    with refused("'resolution' of payoff_bounds must ask for at most 200,000 linear programmes a step"):
        payoff_bounds(RepeatedGame(public_good(4, 2), 0.5), resolution=20)
    with refused("'resolution' of payoff_bounds must be a whole number of at least 1, got 0"):
        payoff_bounds(RepeatedGame(DILEMMA, 0.5), resolution=0)
    with refused("'point' of PayoffBounds.contains must hold 2 payoffs, got (3,)"):
        payoff_bounds(RepeatedGame(DILEMMA, 0.5)).contains([1, 2, 3])
