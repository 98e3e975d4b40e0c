"""Correlated equilibria against all vertices of their polytope, Nash equilibria, and textbook values."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import linprog

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from negotiation.solvers.correlated import coarse_correlated_equilibrium, correlated_equilibrium
from negotiation.solvers.nash import nash_equilibria
from negotiation.solvers.solution import Status

CHICKEN = StageGame.from_matrices([[6, 2], [7, 0]], [[6, 7], [2, 0]])
BOTH = [correlated_equilibrium, coarse_correlated_equilibrium]


def random_games(seed, count, shapes, high):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = shapes[rng.integers(len(shapes))]
        yield StageGame(rng.integers(0, high, (*shape, len(shape))).tolist())


def deviation_gains(stage, solve):
    """Average gains, profile by profile, straight from the definitions; rows of fractions."""
    profiles = list(product(*map(range, stage.shape)))
    rows = []
    for player, count in enumerate(stage.shape):
        for plan in product(range(count), repeat=count):
            one_change = sum(a != b for a, b in enumerate(plan)) == 1
            constant = len(set(plan)) == 1
            if one_change if solve is correlated_equilibrium else constant:
                moved = [(*p[:player], plan[p[player]], *p[player + 1 :]) for p in profiles]
                rows.append(
                    [
                        stage.exact_payoffs[(*q, player)] - stage.exact_payoffs[(*p, player)]
                        for p, q in zip(profiles, moved, strict=True)
                    ]
                )
    return rows


def unique_solution(rows):
    """Solve equations given as augmented rows of fractions; None unless there is exactly one solution."""
    rows, width = [list(row) for row in rows], len(rows[0]) - 1
    for k in range(width):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r in range(len(rows)):
            if r != k and rows[r][k]:
                rows[r] = [a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


def best_vertex_value(stage, solve, wanted):
    gains = deviation_gains(stage, solve)
    count = len(gains[0])
    zero = [[Fraction(int(j == k)) for k in range(count)] for j in range(count)]
    values = []
    for tight in combinations([*gains, *zero], count - 1):
        point = unique_solution([*([*row, Fraction(0)] for row in tight), [Fraction(1)] * (count + 1)])
        if point is None or min(point) < 0:
            continue
        if all(sum(a * p for a, p in zip(row, point, strict=True)) <= 0 for row in gains):
            values.append(sum(a * p for a, p in zip(wanted, point, strict=True)))
    return max(values)


@pytest.mark.parametrize("solve", BOTH)
@pytest.mark.parametrize("high", [3, 10])
def test_the_value_is_the_best_over_all_vertices_of_the_polytope(solve, high):
    for stage in random_games(high, 12, [(2, 2), (1, 3), (2, 3)], high):
        found = solve(stage, 0)
        assert found.status is Status.EXACT and found.residual == 0
        wanted = list(stage.exact_payoffs[..., 0].flat)
        assert found.exact_value == best_vertex_value(stage, solve, wanted)


@pytest.mark.parametrize("solve", BOTH)
def test_larger_games_reach_the_value_of_a_linear_programme_in_floats(solve):
    for stage in random_games(1, 12, [(4, 4), (2, 2, 2), (3, 2, 3), (2, 2, 2, 2), (6, 3)], 50):
        found = solve(stage)
        gains = np.array(deviation_gains(stage, solve), dtype=float)
        wanted = stage.payoffs.sum(axis=-1).ravel()
        ones = np.ones((1, len(wanted)))
        plain = linprog(-wanted, A_ub=gains, b_ub=np.zeros(len(gains)), A_eq=ones, b_eq=[1])
        assert found.status is Status.EXACT
        assert found.value == pytest.approx(-plain.fun, rel=1e-8)
        assert (gains @ found.distribution.ravel()).max() < 1e-9
        assert sum(found.exact_distribution.flat) == 1 and min(found.exact_distribution.flat) >= 0
        assert found.exact_value == sum(found.exact_payoffs)


def test_values_are_ordered_nash_correlated_coarse():
    for stage in random_games(2, 25, [(3, 3), (2, 4)], 8):
        nash = max(map(sum, nash_equilibria(stage).payoffs))
        correlated = correlated_equilibrium(stage).exact_value
        coarse = coarse_correlated_equilibrium(stage).exact_value
        assert nash <= correlated <= coarse <= stage.exact_payoffs.sum(axis=-1).max()


def test_with_two_actions_a_player_coarse_advice_adds_nothing():
    for stage in random_games(3, 25, [(2, 2), (2, 2, 2)], 6):
        assert correlated_equilibrium(stage).exact_value == coarse_correlated_equilibrium(stage).exact_value


def test_chicken_has_the_textbook_optimum_and_the_worst_mixture():
    found = correlated_equilibrium(CHICKEN)
    quarter = Fraction(1, 4)
    assert found.exact_distribution.tolist() == [[2 * quarter, quarter], [quarter, 0]]
    assert found.exact_payoffs == (Fraction(21, 4), Fraction(21, 4))
    assert correlated_equilibrium(CHICKEN, 1).exact_payoffs == (2, 7)
    worst = correlated_equilibrium(CHICKEN, -CHICKEN.payoffs.sum(axis=-1))
    assert -worst.exact_value == best_vertex_value_of_chicken()


def best_vertex_value_of_chicken():
    wanted = list((-CHICKEN.exact_payoffs.sum(axis=-1)).flat)
    return -best_vertex_value(CHICKEN, correlated_equilibrium, wanted)


@pytest.mark.parametrize("solve", BOTH)
def test_a_zero_sum_game_pays_its_value(solve):
    rng = np.random.default_rng(4)
    row = rng.integers(-9, 10, (3, 4))
    stage = StageGame.from_matrices(row.tolist(), (-row).tolist())
    (value, _), *_ = nash_equilibria(stage).payoffs
    assert solve(stage, 0).exact_value == value == -solve(stage, 1).exact_value


@pytest.mark.parametrize("solve", BOTH)
def test_scale_and_shift_of_payoffs_change_no_verdict(solve):
    for stage in random_games(5, 8, [(3, 3), (2, 2, 2)], 5):
        plain = solve(stage, 0)
        changed = StageGame((stage.exact_payoffs * Fraction(1, 10**9) + 10**9).tolist())
        assert solve(changed, 0).exact_value == plain.exact_value / 10**9 + 10**9
        assert solve(changed, 0).status is Status.EXACT


def test_floats_are_returned_with_their_residual_when_fractions_cost_too_much():
    (stage,) = random_games(6, 1, [(6, 6)], 100)
    exact, rough = correlated_equilibrium(stage), correlated_equilibrium(stage, max_work=1)
    assert exact.status is Status.EXACT and rough.status is Status.CONVERGED
    assert sum(rough.exact_distribution.flat) == 1
    assert 0 <= rough.residual < 1e-6
    assert rough.value == pytest.approx(exact.value, rel=1e-7)


def test_games_without_a_choice_have_one_equilibrium():
    for solve in BOTH:
        found = solve(StageGame([[[3, 4]]]))
        assert found.exact_distribution.tolist() == [[1]] and found.exact_value == 7


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        correlated_equilibrium(CHICKEN).exact_distribution[0, 0] = 1


@pytest.mark.parametrize("solve", BOTH)
@pytest.mark.parametrize("objective", ["wealth", [1, 2], [[1, 2]], None, True, "welfares"])
def test_an_objective_that_does_not_fit_is_refused(solve, objective):
    with pytest.raises(ArgumentError, match=r"'objective' of .* must be 'welfare', a player or an array of shape"):
        solve(CHICKEN, objective)
    with pytest.raises(ArgumentError, match="must name a player from 0 to 1, got 2"):
        solve(CHICKEN, 2)
