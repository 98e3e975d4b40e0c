import json
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.solution import Status
from tests.plain_operator import (
    DILEMMA,
    WEDGE,
    gap,
    is_slowly_self_generating,
    random_game,
    slow_payoff_set,
    small_games,
    solved,
)

CASES = json.loads((Path(__file__).parents[1] / "cases" / "subgame_perfect.json").read_text("utf-8"))["cases"]
PRINTED = 2e-10  # the known vertices are given to ten decimals


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_payoff_set_meets_the_known_answer(case):
    stage = StageGame.from_matrices(case["payoffs_row_player"], case["payoffs_column_player"])
    found = payoff_set(RepeatedGame(stage, float(Fraction(case["delta"]))))
    assert found.is_empty == case["empty"]
    assert found.dimension == (-1 if case["empty"] else case["dimension"])
    assert found.status is Status.CONVERGED
    expected = np.array(case["vertices"] or []).reshape(-1, 2)
    assert len(found.vertices) == len(expected)
    for vertex in expected:
        assert np.abs(found.vertices - vertex).max(axis=1).min() < PRINTED
    if case["threat"] is None:
        assert found.threat is None
    else:
        assert found.threat.tolist() == pytest.approx(case["threat"], abs=PRINTED)
    assert is_slowly_self_generating(found)


def test_the_table_of_the_cournot_case_is_what_its_generator_says():
    [case] = [case for case in CASES if case["generator"]]
    quantities = [Fraction(6 * k, 14) for k in range(15)]
    for (i, first), (j, second) in product(enumerate(quantities), repeat=2):
        margin = max(6 - first - second, 0) - Fraction(3, 5)
        assert Fraction(case["payoffs_row_player"][i][j]) == first * margin
        assert Fraction(case["payoffs_column_player"][i][j]) == second * margin


@settings(max_examples=60, deadline=None)
@given(small_games)
def test_payoff_set_agrees_with_the_plain_operator_in_forty_digits(game):
    *size, delta = game
    table = random_game(*size)
    assert gap(solved(table, delta).vertices, slow_payoff_set(table, delta)) < 1e-8


@pytest.mark.parametrize("seed", range(6))
def test_extrapolated_sets_near_delta_one_agree_with_the_plain_operator(seed):
    table = random_game(2, 3, 100 + seed)
    found = solved(table, "19/20")
    assert gap(found.vertices, slow_payoff_set(table, "19/20", steps=700)) < 1e-8
    assert found.iterations < 100


def test_no_point_of_a_grid_outside_the_set_survives_the_plain_operator():
    # brute force without any polygon: a point of a grid is kept while some profile and some kept point support it
    delta, step = 0.5, 0.5
    grid = np.array(list(product(np.arange(1, 10 + step / 2, step), repeat=2)))
    payoffs = DILEMMA.payoffs
    gains = np.stack([payoffs[..., i].max(axis=i, keepdims=True) - payoffs[..., i] for i in range(2)], axis=-1)
    kept, before = grid[(grid >= 3).all(axis=1)], 0
    while len(kept) != before:
        before = len(kept)
        supported = np.zeros(len(kept), dtype=bool)
        for profile in product(range(2), repeat=2):
            promise = (kept - (1 - delta) * payoffs[profile]) / delta
            enough = (promise >= kept.min(axis=0) + (1 - delta) / delta * gains[profile] - 1e-12).all(axis=1)
            near = np.abs(promise[:, np.newaxis] - kept).max(axis=2).min(axis=1) < 1e-9
            supported |= enough & near
        kept = kept[supported]
    found = solved(payoffs, delta)
    assert {(3.0, 3.0), (9.0, 9.0)} <= set(map(tuple, kept.tolist()))
    assert all(found.contains(point) for point in kept)


@settings(max_examples=100, deadline=None)
@given(small_games)
def test_each_vertex_follows_from_its_profile_and_a_promise_that_outweighs_temptation(game):
    *size, delta = game
    table, weight = random_game(*size), float(Fraction(delta))
    found = solved(table, delta)
    assert is_slowly_self_generating(found)
    assert len(found.profiles) == len(found.continuations) == len(found.vertices)
    for vertex, (a, b), promise in zip(found.vertices, found.profiles, found.continuations, strict=True):
        assert vertex == pytest.approx((1 - weight) * table[a, b] + weight * promise, abs=1e-8)
        gain = np.array([table[:, b, 0].max(), table[a, :, 1].max()]) - table[a, b]
        assert (promise >= found.threat + (1 - weight) / weight * gain - 1e-8).all()
        assert found.contains(promise)


@pytest.mark.parametrize("seed", range(200))
def test_payoff_set_of_a_random_game_converges(seed):
    rng = np.random.default_rng(seed)
    table = random_game(*rng.integers(2, 5, 2), seed, highest=int(rng.choice([1, 3, 9, 99])))
    found = solved(table, round(rng.uniform(0.05, 0.99), 2))
    assert found.status is Status.CONVERGED
    assert found.residual <= found.tolerance
    assert is_slowly_self_generating(found)
    assert str(found)


@pytest.mark.parametrize("delta", ["1/4", "1/7"])
def test_a_delta_that_is_exactly_critical_supports_what_a_smaller_one_does_not(delta):
    at, below = solved(DILEMMA.payoffs, delta), solved(DILEMMA.payoffs, Fraction(delta) - Fraction(1, 10**6))
    corner = {"1/4": (9.75, 3), "1/7": (9, 9)}[delta]
    assert at.contains(corner)
    assert not below.contains(corner)


def test_a_thin_wedge_ends_as_a_segment():
    found = payoff_set(RepeatedGame(WEDGE, 0.6))
    assert found.dimension == 1
    assert found.vertices == pytest.approx(np.array([[1, 2], [1, 3]]))


def test_a_sliver_that_shrinks_along_itself_is_followed_to_its_end():
    found = solved([[[2, 0], [5, 3], [4, 1]], [[1, 1], [2, 5], [0, 3]], [[2, 0], [5, 3], [3, 4]]], "1/2")
    assert found.vertices == pytest.approx(np.array([[4, 3.5], [5, 3]]))


def test_a_threat_that_is_worth_less_round_by_round_dies_near_delta_one():
    found = solved([[[2, 1], [0, 0]], [[1, 1], [0, 0]]], "9999/10000")
    assert found.vertices == pytest.approx(np.array([[2, 1]]))
    assert found.iterations < 100


def test_a_player_with_constant_payoffs_is_no_obstacle():
    found = solved([[[1, 5], [0, 5]], [[3, 5], [2, 5]]], "1/2")
    assert gap(found.vertices, slow_payoff_set([[[1, 5], [0, 5]], [[3, 5], [2, 5]]], "1/2")) < 1e-9


def test_constant_payoffs_or_one_action_a_player_make_one_point():
    assert solved(np.full((3, 2, 2), 7), "1/2").vertices.tolist() == [[7, 7]]
    assert solved([[[4, -2]]], "1/2").vertices.tolist() == [[4, -2]]


def test_cutting_the_iteration_off_is_a_status():
    found = payoff_set(RepeatedGame(DILEMMA, 0.2475), max_iterations=2)
    assert found.status is Status.MAX_ITERATIONS
    assert found.iterations == 2
    assert found.residual > found.tolerance
    assert "not settled" in str(found)


@pytest.mark.parametrize("excess", [0, 1e-3])
def test_near_delta_one_no_gain_is_forgiven_because_rounds_weigh_little(excess):
    # the target asks for delta >= (t - 1) / t: exactly .9999, or more, by 1e-11 of the range a round
    top = 10_000 + excess
    found = solved([[[1, 1], [-top, top]], [[top, -top], [0, 0]]], "9999/10000")
    assert found.status is Status.CONVERGED
    assert found.contains((1, 1)) == (excess == 0)


@pytest.mark.parametrize(
    ("delta", "tolerance"), [(1 - 1e-15, 1e-10), (1 - 1e-5, 1e-10), (0.9, 1e-14), (0.5, 5e-15)]
)
def test_where_rounding_hides_the_steps_nothing_is_called_converged(delta, tolerance):
    for deltas in (delta, [delta, delta / 2]):
        found = payoff_set(RepeatedGame(DILEMMA, deltas), tolerance=tolerance, max_iterations=100)
        assert found.status is Status.ROUNDED
        assert "rounding" in str(found)
    assert payoff_set(RepeatedGame(DILEMMA, delta), tolerance=9e-3, max_iterations=100).status is (
        Status.CONVERGED if 9e-3 * (1 - delta) > 1e-14 else Status.ROUNDED
    )


# Games in which a shortcut to the limit would pass a place where other constraints begin to bind.
SHORTCUTS = [
    ([[[0, 0], [3, 0], [2, 1], [0, 1], [3, 3]], [[0, 0], [1, 3], [0, 2], [2, 0], [0, 3]],
      [[0, 2], [2, 1], [2, 2], [1, 3], [0, 3]]], "977/1000", [[2, 3], [3, 3]]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "delta", "vertices"), SHORTCUTS)
def test_no_payoffs_are_lost_on_the_way_to_the_limit(table, delta, vertices):
    assert solved(table, delta).vertices == pytest.approx(np.array(vertices, dtype=float), abs=1e-8)
