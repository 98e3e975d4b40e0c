"""Minmax payoffs against enumeration, scipy's linear programmes and known games."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from negotiation.solvers.minmax import correlated_minmax, mixed_minmax, pure_minmax, pure_minmax_profiles
from negotiation.solvers.nash import nash_equilibria

PENNIES = StageGame.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], ["A", "B"], [["heads", "tails"]] * 2)


@pytest.mark.parametrize("shape", [(1, 1), (3, 4), (2, 3, 2), (2, 2, 2, 2)])
def test_pure_minmax_is_the_minimum_over_the_others_of_the_best_reply(shape):
    rng = np.random.default_rng(1)
    for _ in range(15):
        stage = StageGame(rng.integers(-5, 6, (*shape, len(shape))).tolist())
        found = pure_minmax(stage)
        for player, count in enumerate(shape):
            others = product(*(range(n) if j != player else [0] for j, n in enumerate(shape)))
            held = min(
                max(stage.payoffs[(*profile[:player], a, *profile[player + 1 :], player)] for a in range(count))
                for profile in others
            )
            assert found.values[player] == held


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 2)])
def test_pure_punishing_profiles_hold_players_to_their_minmax_payoff(shape):
    rng = np.random.default_rng(2)
    for _ in range(15):
        stage = StageGame(rng.integers(-5, 6, (*shape, len(shape))).tolist())
        found = pure_minmax(stage)
        for player, profile in enumerate(pure_minmax_profiles(stage)):
            replies = [
                stage.payoffs[(*profile[:player], a, *profile[player + 1 :], player)] for a in range(shape[player])
            ]
            assert max(replies) == replies[profile[player]] == found.values[player]
            assert [mixture.index(1) for mixture in found.profiles[player]] == list(profile)


def value_by_linprog(own_first):
    rows, columns = own_first.shape
    result = linprog(
        [*[0] * columns, 1],
        A_ub=np.hstack([own_first, -np.ones((rows, 1))]),
        b_ub=np.zeros(rows),
        A_eq=[[*[1] * columns, 0]],
        b_eq=[1],
        bounds=[*[(0, None)] * columns, (None, None)],
    )
    return result.fun


@pytest.mark.parametrize("high", [2, 3, 100])
def test_mixed_minmax_is_the_value_of_the_linear_programme(high):
    rng = np.random.default_rng(3)
    for _ in range(40):
        shape = tuple(rng.integers(1, 6, 2))
        stage = StageGame(rng.integers(-high, high, (*shape, 2)).tolist())
        found = mixed_minmax(stage)
        expected = [value_by_linprog(stage.payoffs[..., 0]), value_by_linprog(stage.payoffs[..., 1].T)]
        assert found.values == pytest.approx(expected, abs=1e-9)


def test_mixed_punishment_is_a_mixed_action_and_holds_the_player_to_the_value():
    rng = np.random.default_rng(4)
    for _ in range(40):
        stage = StageGame(rng.integers(0, 4, (3, 4, 2)).tolist())
        found = mixed_minmax(stage)
        (own, y), (x, other) = found.profiles
        for mixture in (own, x, y, other):
            assert sum(mixture) == 1 and min(mixture) >= 0
        earned = stage.exact_payoffs[..., 0] @ np.array(y)
        assert max(earned) == earned[own.index(1)] == found.exact_values[0]
        earned = np.array(x) @ stage.exact_payoffs[..., 1]
        assert max(earned) == earned[other.index(1)] == found.exact_values[1]


def test_mixed_minmax_lies_between_nothing_lower_and_the_pure_one():
    rng = np.random.default_rng(5)
    for _ in range(30):
        stage = StageGame(rng.integers(-9, 9, (3, 3, 2)).tolist())
        mixed, pure, worst = mixed_minmax(stage), pure_minmax(stage), nash_equilibria(stage).worst()
        for player in range(2):
            assert mixed.exact_values[player] <= pure.exact_values[player]
            assert mixed.exact_values[player] <= worst[player]


def test_matching_pennies_parts_the_two():
    assert pure_minmax(PENNIES).exact_values == (1, 1)
    assert mixed_minmax(PENNIES).exact_values == (0, 0)
    assert str(mixed_minmax(PENNIES)).splitlines() == [
        "A is held to 0 by A: heads; B: 1/2 heads + 1/2 tails",
        "B is held to 0 by A: 1/2 heads + 1/2 tails; B: heads",
    ]


def test_affine_changes_move_the_values_exactly():
    rng = np.random.default_rng(6)
    stage = StageGame(rng.integers(-5, 6, (4, 3, 2)).tolist())
    scale, shift = Fraction(1, 10**9), 10**9
    changed = StageGame((stage.exact_payoffs * scale + shift).tolist())
    for solver in (pure_minmax, mixed_minmax):
        assert solver(changed).exact_values == tuple(v * scale + shift for v in solver(stage).exact_values)


def test_duplicated_and_single_actions_are_ordinary():
    stage = StageGame(np.zeros((3, 1, 2)))
    assert list(mixed_minmax(stage).values) == list(pure_minmax(stage).values) == [0, 0]


def test_mixed_minmax_of_three_players_is_refused_with_the_way_out():
    with pytest.raises(ArgumentError, match=r"not convex, got 3\. pure_minmax bounds"):
        mixed_minmax(StageGame(np.zeros((2, 2, 2, 3))))


def test_correlated_minmax_of_two_players_is_the_mixed_one():
    rng = np.random.default_rng(21)
    for _ in range(15):
        stage = StageGame(rng.integers(0, 9, (*rng.integers(1, 5, 2), 2)).tolist())
        assert correlated_minmax(stage).exact_values == mixed_minmax(stage).exact_values


def test_correlated_minmax_is_the_value_of_the_linear_programme_and_below_the_pure_one():
    rng = np.random.default_rng(22)
    for shape in [(2, 2, 2), (3, 2, 2), (2, 3, 2, 2)]:
        stage = StageGame(rng.integers(0, 9, (*shape, len(shape))).tolist())
        found = correlated_minmax(stage)
        assert np.all(found.values <= pure_minmax(stage).values)
        for player, count in enumerate(shape):
            table = np.moveaxis(stage.payoffs[..., player], player, 0).reshape(count, -1)
            weights = found.punishments[player]
            assert weights.shape == tuple(n for k, n in enumerate(shape) if k != player)
            assert sum(weights.flat) == 1 and min(weights.flat) >= 0
            rows = np.hstack([table, -np.ones((count, 1))])
            last = np.eye(rows.shape[1])[-1]
            bounds = [(0, None)] * table.shape[1] + [(None, None)]
            solved = linprog(last, rows, np.zeros(count), (1 - last)[None], [1], bounds)
            assert found.values[player] == pytest.approx(solved.fun)


def test_joint_punishment_can_hold_a_player_lower_than_independent_mixtures():
    # The others win when they match and the third does not guess which way: matching needs a joint draw.
    payoffs = np.zeros((2, 2, 2, 3), dtype=int)
    for a, b, c in np.ndindex(2, 2, 2):
        payoffs[a, b, c, 2] = 0 if a == b != c else 1
    found = correlated_minmax(StageGame(payoffs.tolist()))
    assert found.exact_values[2] == Fraction(1, 2)
    assert list(found.punishments[2].flat) == [Fraction(1, 2), 0, 0, Fraction(1, 2)]
    grid = np.linspace(0, 1, 101)
    p, q = np.meshgrid(grid, grid)
    independent = np.maximum(1 - (1 - p) * (1 - q), 1 - p * q)
    assert independent.min() == pytest.approx(0.75)
