"""Equilibria against published cases, brute force over supports, nashpy, and the symmetries of the problem."""

import json
from fractions import Fraction
from itertools import combinations, permutations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import StageGame, to_nashpy
from negotiation.solvers.deviation import best_deviation_payoffs, exact_best_deviation_payoffs, regret
from negotiation.solvers.nash import nash_equilibria, pure_equilibria
from negotiation.solvers.solution import Status

CASES = json.loads((Path(__file__).parents[1] / "cases" / "one_shot.json").read_text())["cases"]


def random_games(seed, count, high, shapes):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = shapes[rng.integers(len(shapes))]
        yield StageGame(rng.integers(0, high, (*shape, 2)).tolist())


@st.composite
def small_games(draw):
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    cells = draw(st.lists(st.integers(-2, 2), min_size=2 * rows * columns, max_size=2 * rows * columns))
    return StageGame(np.array(cells).reshape(rows, columns, 2).tolist())


def supports(count):
    return [s for size in range(1, count + 1) for s in combinations(range(count), size)]


def eliminate(rows):
    """Solve a square system given as augmented rows of fractions, or return None."""
    rows = [list(row) for row in rows]
    for k in range(len(rows)):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k] != 0), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r in range(len(rows)):
            if r != k:
                rows[r] = [a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


def corners(other_payoffs):
    """Mixed actions z that are the only one on their support to make some set of rows equally good."""
    num_rows, dimension = other_payoffs.shape
    found = set()
    for support in supports(dimension):
        for tied in combinations(range(num_rows), len(support)):
            system = [[*(other_payoffs[k, j] for j in support), Fraction(-1), Fraction(0)] for k in tied]
            system.append([Fraction(1)] * len(support) + [Fraction(0), Fraction(1)])
            solved = eliminate(system)
            if solved is not None and min(solved[:-1]) >= 0:
                mixture = tuple(dict(zip(support, solved, strict=False)).get(j, 0) for j in range(dimension))
                if max(other_payoffs @ np.array(mixture, dtype=object)) == solved[-1]:
                    found.add(mixture)
    return found


def brute_force(stage):
    row, column = stage.exact_payoffs[..., 0], stage.exact_payoffs[..., 1]
    pairs = product(corners(column.T), corners(row))
    return {pair for pair in pairs if not any(regret(stage, pair))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published_cases_are_solved_exactly(case):
    found = nash_equilibria(StageGame.from_matrices(case["A"], case["B"]))
    expected = {
        tuple(tuple(map(Fraction, mixture)) for mixture in profile) for profile in case["extreme_equilibria"]
    }
    assert set(found) == expected
    assert len(found) == len(expected)
    assert found.degenerate == case["degenerate"]
    assert found.complete and found.status is Status.EXACT
    assert len(found.components) == case["n_components"]
    assert _as_sets(found.subsets) == _as_sets(
        [
            [[tuple(map(Fraction, mixture)) for mixture in side] for side in pair]
            for pair in case["maximal_nash_subsets"]
        ]
    )
    assert not found.regrets.any()


def _as_sets(subsets):
    return sorted(tuple(sorted(map(sorted, pair))) for pair in subsets)


def test_equilibria_are_those_of_brute_force_over_supports_with_frequent_ties():
    shapes = [(1, 3), (2, 2), (2, 3), (3, 2), (3, 3)]
    for stage in random_games(1, 120, 3, shapes):
        assert set(nash_equilibria(stage)) == brute_force(stage)


def test_equilibria_have_no_regret_and_their_payoffs_are_those_earned():
    for stage in random_games(2, 30, 10, [(4, 4), (5, 3)]):
        found = nash_equilibria(stage)
        for (x, y), payoffs in zip(found, found.payoffs, strict=True):
            assert not any(regret(stage, (x, y)))
            for player in range(2):
                assert np.array(x) @ stage.exact_payoffs[..., player] @ np.array(y) == payoffs[player]


def test_nashpy_finds_the_same_equilibria_of_games_that_are_not_degenerate():
    checked = 0
    for stage in random_games(3, 60, 20, [(2, 2), (3, 3), (2, 4), (4, 4)]):
        ours = nash_equilibria(stage)
        if ours.degenerate:
            continue
        theirs = list(to_nashpy(stage).vertex_enumeration())
        assert len(ours) % 2 == 1
        assert len(theirs) == len(ours)
        for pair in theirs:
            assert any(
                all(np.allclose(a, np.array(b, dtype=float)) for a, b in zip(pair, own, strict=True))
                for own in ours
            )
        checked += 1
    assert checked > 20


def test_payoffs_of_a_thousand_lose_no_equilibrium():
    rng = np.random.default_rng(7)
    for _ in range(10):
        found = nash_equilibria(StageGame(rng.integers(-1000, 1001, (5, 5, 2)).tolist()))
        assert found.degenerate or len(found) % 2 == 1


def changed(stage, scale, shift):
    return StageGame((stage.exact_payoffs * np.array(scale, dtype=object) + shift).tolist())


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 20), (20, 2), (5, 5), (7, 4), (8, 8)])
@pytest.mark.parametrize("high", [2, 4, 101, 1001])
def test_equilibria_of_larger_games_keep_their_symmetries(shape, high):
    rng = np.random.default_rng(high)
    stage = StageGame(rng.integers(0, high, (*shape, 2)).tolist())
    found = nash_equilibria(stage)
    assert found.complete and not found.regrets.any()
    assert found.degenerate or len(found) % 2 == 1
    for scale, shift in [((Fraction(1, 10**9), 1000), 10**9), ((Fraction(7, 3), 10**9), Fraction(-1, 3))]:
        assert list(nash_equilibria(changed(stage, scale, shift))) == list(found)
    swapped = StageGame(np.swapaxes(stage.exact_payoffs, 0, 1)[..., ::-1].tolist())
    assert {(y, x) for x, y in nash_equilibria(swapped)} == set(found)
    rows, columns = (rng.permutation(count) for count in shape)
    permuted = nash_equilibria(StageGame(stage.exact_payoffs[np.ix_(rows, columns)].tolist()))
    assert set(permuted) == {(tuple(x[a] for a in rows), tuple(y[a] for a in columns)) for x, y in found}
    assert len(permuted.subsets) == len(found.subsets)
    assert sorted(map(len, permuted.components)) == sorted(map(len, found.components))


def test_ties_a_trillionth_apart_are_told_apart():
    gap = Fraction(1, 10**12)
    stage = StageGame([[[1, 1], [0, 0], [2, 0]], [[1 + gap, 0], [3, 5], [0, 1]], [[1, 1], [2, 1 + gap], [1, 3]]])
    assert set(nash_equilibria(stage)) == brute_force(stage)
    rng = np.random.default_rng(17)
    for _ in range(15):
        exact = rng.integers(0, 3, (4, 4, 2)) + gap * rng.integers(-1, 2, (4, 4, 2)).astype(object)
        assert set(nash_equilibria(StageGame(exact.tolist()))) == brute_force(StageGame(exact.tolist()))


@given(small_games(), st.sampled_from([Fraction(10**9), Fraction(-7, 3)]))
@settings(max_examples=60, deadline=None)
def test_affine_changes_of_payoffs_change_no_equilibrium(stage, shift):
    scale = (Fraction(1, 10**9), Fraction(1000))
    assert list(nash_equilibria(changed(stage, scale, shift))) == list(nash_equilibria(stage))


def test_floats_shifted_by_a_billion_keep_their_equilibria():
    row, column = np.array([[3.5, -1.25], [5.0, 0.5]]), np.array([[3.5, 5.0], [-1.25, 0.5]])
    plain = nash_equilibria(StageGame.from_matrices(row, column))
    for matrices in ((row + 1e9, column + 1e9), (row * 1e-9, column * 1e-9)):
        assert list(nash_equilibria(StageGame.from_matrices(*matrices))) == list(plain)


@given(small_games())
@settings(max_examples=60, deadline=None)
def test_swapping_the_players_swaps_the_equilibria(stage):
    swapped = StageGame(np.swapaxes(stage.exact_payoffs, 0, 1)[..., ::-1].tolist())
    assert {(y, x) for x, y in nash_equilibria(swapped)} == set(nash_equilibria(stage))


@given(small_games(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_permuting_actions_permutes_the_equilibria(stage, random):
    rows, columns = (random.choice(list(permutations(range(count)))) for count in stage.shape)
    permuted = StageGame(stage.exact_payoffs[np.ix_(rows, columns)].tolist())
    expected = {(tuple(x[a] for a in rows), tuple(y[a] for a in columns)) for x, y in nash_equilibria(stage)}
    assert set(nash_equilibria(permuted)) == expected


def test_players_with_one_action_leave_a_choice_to_the_other():
    found = nash_equilibria(StageGame([[[1, 2], [0, 3], [5, 3]]]))
    assert list(found) == [((1,), (0, 1, 0)), ((1,), (0, 0, 1))]
    assert found.degenerate
    assert list(nash_equilibria(StageGame([[[1, 2]]]))) == [((1,), (1,))]


def test_duplicated_actions_multiply_the_extreme_equilibria():
    stage = StageGame.from_matrices([[1, 0, 0], [0, 1, 1]], [[1, 0, 0], [0, 1, 1]])
    found = nash_equilibria(stage)
    assert found.degenerate
    assert set(found.pure) == {(0, 0), (1, 1), (1, 2)}
    half = Fraction(1, 2)
    assert ((half, half), (half, half, 0)) in list(found)
    assert ((half, half), (half, 0, half)) in list(found)
    assert len(found) == 5


def test_every_pair_of_pure_actions_is_extreme_when_all_payoffs_are_equal():
    found = nash_equilibria(StageGame(np.zeros((3, 2, 2))))
    assert set(found.pure) == set(product(range(3), range(2)))
    assert len(found) == 6


def test_worst_payoffs_are_taken_player_by_player():
    stage = StageGame.from_matrices([["1/3", 0], [0, 2]], [[5, 0], [0, 1]])
    assert nash_equilibria(stage).worst() == (Fraction(2, 7), Fraction(5, 6))


def test_equilibria_print_with_the_names_of_actions():
    stage = StageGame.from_matrices([[1, 1]], [[2, 2]], ["US", "China"], [["hold"], ["buy", "wait"]])
    assert str(nash_equilibria(stage)).splitlines() == [
        "2 extreme equilibria of a degenerate game, all of them:",
        "  US: hold; China: buy (payoffs 1, 2)",
        "  US: hold; China: wait (payoffs 1, 2)",
    ]


def test_three_players_are_refused_with_the_way_out():
    with pytest.raises(ArgumentError, match=r"two players, got 3\. pure_equilibria finds"):
        nash_equilibria(StageGame(np.zeros((2, 2, 2, 3))))


def test_a_search_cut_off_lists_equilibria_and_says_that_some_may_be_missing():
    stage = StageGame(np.random.default_rng(2).integers(0, 101, (8, 8, 2)).tolist())
    whole = nash_equilibria(stage)
    for max_work in (1, 4000, 8000):
        part = nash_equilibria(stage, max_work=max_work)
        assert not part.complete and part.status is Status.CUT_OFF
        assert set(part) <= set(whole)
        assert "not all of them" in str(part)
        with pytest.raises(ArgumentError, match=r"must be complete, got .* Raise max_work"):
            part.worst()


def test_large_games_end_at_the_bound_on_work():
    rng = np.random.default_rng(3)
    for shape, high in [((40, 40), 101), ((40, 40), 2), ((20, 20), 10**9)]:
        stage = StageGame(rng.integers(0, high, (*shape, 2)).tolist())
        found = nash_equilibria(stage, max_work=30_000)
        assert not found.complete


def test_the_bound_on_work_may_be_as_large_as_one_likes():
    stage = StageGame(np.random.default_rng(4).integers(0, 9, (6, 6, 2)).tolist())
    assert nash_equilibria(stage, max_work=10**40).complete


@pytest.mark.parametrize("max_work", [0, -1, 2.5, True])
def test_the_bound_on_work_is_a_positive_whole_number(max_work):
    with pytest.raises(ArgumentError, match="'max_work' of nash_equilibria must be a whole number of at least 1"):
        nash_equilibria(StageGame(np.zeros((2, 2, 2))), max_work=max_work)


@pytest.mark.parametrize("shape", [(3, 3), (1, 4), (2, 3, 2), (2, 2, 2, 2)])
def test_pure_equilibria_are_those_that_no_single_player_leaves(shape):
    rng = np.random.default_rng(11)
    for _ in range(20):
        stage = StageGame(rng.integers(0, 4, (*shape, len(shape))).tolist())
        expected = []
        for profile in product(*map(range, shape)):
            better = [
                (player, action)
                for player, count in enumerate(shape)
                for action in range(count)
                if stage.payoffs[(*profile[:player], action, *profile[player + 1 :], player)]
                > stage.payoffs[(*profile, player)]
            ]
            if not better:
                expected.append(profile)
        assert pure_equilibria(stage) == tuple(expected)


def test_pure_equilibria_tell_payoffs_apart_that_round_to_one_float():
    third = Fraction(1, 3)
    stage = StageGame([[[third, 0]], [[third + Fraction(1, 10**30), 0]]])
    assert pure_equilibria(stage) == ((1, 0),)


def test_pure_equilibria_agree_with_the_mixed_enumeration():
    for stage in random_games(5, 40, 3, [(3, 3), (2, 4)]):
        assert set(pure_equilibria(stage)) == set(nash_equilibria(stage).pure)


def test_regret_of_three_players_is_exact():
    payoffs = np.zeros((2, 2, 2, 3), dtype=int)
    payoffs[1, 0, 0] = 1
    payoffs[0, 1, 1] = 5
    found = regret(StageGame(payoffs.tolist()), [[0.5, 0.5], ["1/3", "2/3"], [1, 0]])
    # Player 1 earns 1/6 and would earn 1/2; player 2 earns 1/6 and would earn 5/3.
    assert list(found) == [Fraction(1, 6), Fraction(1, 3), Fraction(3, 2)]


def test_regret_divides_rounded_probabilities_by_their_sum():
    stage = StageGame.from_matrices([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    assert not any(regret(stage, [np.full(2, 0.5), [0.4999999999, 0.4999999999]]))


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ([[1, 0]], "must hold 2 mixed actions, got 1"),
        ([[1, 0], [1, 0, 0]], r"'mixed_profile\[1\]' of regret must hold 2 probabilities, got 3"),
        ([[1, 0], [0.5, 0.4]], r"must add up to 1, got the sum 0.9"),
        ([[1, 0], [1.5, -0.5]], r"'mixed_profile\[1\]\[1\]' of regret must be a probability, got -0.5"),
        ([[1, 0], [float("nan"), 1]], "must be a probability, got nan"),
        ([[1, 0], ["1/0", 1]], "must be a probability, got '1/0'"),
        ([[1, 0], [None, 1]], "must be a probability, got None"),
    ],
)
def test_regret_refuses_what_is_no_mixed_profile(profile, message):
    with pytest.raises(ArgumentError, match=message):
        regret(StageGame(np.zeros((2, 2, 2))), profile)


def test_best_deviation_payoffs_do_not_depend_on_the_own_action():
    rng = np.random.default_rng(13)
    stage = StageGame(rng.integers(0, 9, (2, 3, 4, 3)).tolist())
    best = best_deviation_payoffs(stage)
    for a, b, c in product(range(2), range(3), range(4)):
        expected = [
            max(stage.payoffs[k, b, c, 0] for k in range(2)),
            max(stage.payoffs[a, k, c, 1] for k in range(3)),
            max(stage.payoffs[a, b, k, 2] for k in range(4)),
        ]
        assert list(best[a, b, c]) == expected
    assert np.array_equal(best, exact_best_deviation_payoffs(stage).astype(float))
