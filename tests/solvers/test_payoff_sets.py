import json
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.solution import Status

CASES = json.loads((Path(__file__).parents[1] / "cases" / "subgame_perfect.json").read_text("utf-8"))["cases"]
DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
WEDGE = StageGame.from_matrices([[1, 0], [1, 3]], [[1, 2], [3, 1]])
THREE_BY_THREE = StageGame.from_matrices(
    [[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]]
)
DELTAS = ["1/10", "1/5", "1/4", "1/3", "2/5", "1/2", "3/5", "2/3", "7/10"]
PRINTED = 2e-10  # the known vertices are given to ten decimals

small_games = st.tuples(st.integers(2, 3), st.integers(2, 3), st.integers(0, 2**32 - 1), st.sampled_from(DELTAS))


def random_game(rows, columns, seed, highest=5):
    return np.random.default_rng(seed).integers(0, highest + 1, (rows, columns, 2))


def solved(payoffs, delta, **options):
    deltas = [delta] if isinstance(delta, str | int | float | Fraction) else delta
    given = [float(Fraction(own)) for own in deltas]
    return payoff_set(
        RepeatedGame(StageGame(np.asarray(payoffs).tolist()), given if given[1:] else given[0]), **options
    )


def gap(first, second):
    """The Hausdorff distance of the hulls of two sets of points, by the directions that can decide it."""
    first, second = (np.asarray(points, dtype=float).reshape(-1, 2) for points in (first, second))
    if len(first) == 0 or len(second) == 0:
        return 0.0 if len(first) == len(second) else np.inf
    directions = normals(np.concatenate([first, second]))
    return float(np.abs((first @ directions).max(axis=0) - (second @ directions).max(axis=0)).max())


def normals(points):
    """Unit vectors along and across all lines through two of the points, shape (2, m)."""
    along = (points[:, np.newaxis] - points).reshape(-1, 2)
    along = np.concatenate([along[np.linalg.norm(along, axis=1) > 1e-12], np.eye(2), -np.eye(2)])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return np.concatenate([along, along[:, ::-1] * [1, -1]]).T


# An operator of its own for the tests: B itself, with its own hull and its own cuts, on a grid so fine that the
# slack given to incentives dwarfs all rounding, and with enough digits to compare places on the grid exactly.

DIGITS = 120
FINE = Decimal("1e-40")
SLACK = Decimal("1e-30")


def slow_cut(polygon, axis, least):
    kept = []
    for here, there in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if here[axis] >= least:
            kept.append(here)
        if (here[axis] - least) * (there[axis] - least) < 0:
            share = (least - here[axis]) / (there[axis] - here[axis])
            kept.append(tuple(p + share * (q - p) for p, q in zip(here, there, strict=True)))
    return kept


def slow_hull(points):
    ordered = sorted({tuple(x.quantize(FINE) for x in point) for point in points})
    if len(ordered) < 3:
        return ordered
    chains = []
    for run in (ordered, ordered[::-1]):
        chain = []
        for x, y in run:
            while len(chain) > 1:
                (x0, y0), (x1, y1) = chain[-2:]
                if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        chains += chain[:-1]
    return chains


def slow_operator(payoffs, deltas, W, least):
    rows, columns = range(len(payoffs)), range(len(payoffs[0]))
    generated = []
    for a, b in product(rows, columns):
        gain = (
            max(payoffs[k][b][0] for k in rows) - payoffs[a][b][0],
            max(payoffs[a][k][1] for k in columns) - payoffs[a][b][1],
        )
        part = W
        for i in range(2):
            part = slow_cut(part, i, least[i] + (1 - deltas[i]) / deltas[i] * gain[i] - SLACK)
        generated += [tuple((1 - deltas[i]) * payoffs[a][b][i] + deltas[i] * w[i] for i in range(2)) for w in part]
    return slow_hull(generated)


def slow_payoff_set(table, delta, steps=400):
    with localcontext() as context:
        context.prec = DIGITS
        payoffs = [[tuple(Decimal(int(x)) for x in cell) for cell in row] for row in table]
        pair = [delta] * 2 if isinstance(delta, str) else delta
        weights = [Decimal(Fraction(own).numerator) / Fraction(own).denominator for own in pair]
        minmax = (
            min(max(row[b][0] for row in payoffs) for b in range(len(payoffs[0]))),
            min(max(cell[1] for cell in row) for row in payoffs),
        )
        cells = [cell for row in payoffs for cell in row]
        W, least = slow_hull(list(product(*zip(*cells, strict=True)))), minmax
        for _ in range(steps):
            following = slow_operator(payoffs, weights, W, least)
            moved = gap(W, following)
            W = following
            if not W or moved < 1e-14:
                break
            least = tuple(min(point[i] for point in W) for i in range(2))
        return np.array(W, dtype=float).reshape(-1, 2)


def is_slowly_self_generating(found):
    """Whether a polygon lies in B of itself grown by 1e-9."""
    stage = found.repeated.stage
    if found.is_empty:
        return True
    with localcontext() as context:
        context.prec = DIGITS
        payoffs = [[tuple(map(Decimal, cell)) for cell in row] for row in stage.payoffs.tolist()]
        room = Decimal(float(np.ptp(stage.payoffs))) * Decimal("1e-9")
        corners = [tuple(map(Decimal, vertex)) for vertex in found.vertices.tolist()]
        grown = slow_hull([(x + s * room, y + t * room) for x, y in corners for s in (-1, 1) for t in (-1, 1)])
        least = [min(corner[i] for corner in corners) - room for i in range(2)]
        generated = slow_operator(payoffs, list(map(Decimal, found.repeated.deltas.tolist())), grown, least)
    if not generated:
        return False
    directions = normals(np.concatenate([found.vertices, np.array(generated, dtype=float)]))
    beyond = (found.vertices @ directions).max(axis=0) - (np.array(generated, dtype=float) @ directions).max(
        axis=0
    )
    return bool(beyond.max() <= 4 * float(room))


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


def test_best_and_pareto_frontier_read_the_polygon():
    found = payoff_set(RepeatedGame(THREE_BY_THREE, 0.4))
    assert found.best(0) == pytest.approx(20.125)
    assert found.best(1) == pytest.approx(12.0237910998)
    assert found.pareto_frontier() == pytest.approx(
        np.array([[20.125, 2.4], [16, 9], [6.1726789256, 12.0237910998]])
    )


def test_pareto_frontier_leaves_out_weakly_dominated_ends():
    # each player's payoff is the other's choice alone, and the set is the unit square
    found = solved([[[0, 0], [1, 0]], [[0, 1], [1, 1]]], "1/2")
    assert len(found.vertices) == 4
    assert found.pareto_frontier().tolist() == [[1, 1]]


def test_nash_point_of_the_dilemma_is_cooperation_and_moves_with_disagreement():
    found = payoff_set(RepeatedGame(DILEMMA, 0.3))
    assert found.nash_point() == pytest.approx([9, 9])
    assert found.nash_point([9.6, 3]) == pytest.approx([9.675, 4.8 - 0.3 - 0.9], abs=1)
    low = payoff_set(RepeatedGame(DILEMMA, 0.2))
    assert low.nash_point([0, 8]) == pytest.approx([9, 9])
    with pytest.raises(ArgumentError, match=r"'disagreement' of PayoffSet\.nash_point must leave a point"):
        found.nash_point([9.5, 9.5])
    with pytest.raises(ArgumentError, match="must hold two payoffs"):
        found.nash_point([1, 2, 3])
    with pytest.raises(ArgumentError, match="must hold a point, got the empty set"):
        solved([[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]], "1/20").nash_point()


def test_the_empty_set_is_an_ordinary_answer():
    found = solved([[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]], "1/20")
    assert found.is_empty
    assert found.threat is None
    assert found.best(0) == -np.inf
    assert found.pareto_frontier().shape == (0, 2)
    assert not found.contains((0, 0))
    assert "no pure-action equilibrium" in str(found)


def test_the_text_names_players_actions_and_promises():
    game = StageGame.from_matrices(
        [[9, 1], [10, 3]], [[9, 10], [1, 3]], ["US", "China"], [["keep", "break"], ["keep", "break"]]
    )
    text = str(payoff_set(RepeatedGame(game, 0.25)))
    assert text.splitlines()[0].startswith("Equilibrium payoffs at delta = 0.25: a polygon; ")
    assert text.splitlines()[1].split() == ["US", "China", "played", "first", "then", "on", "average"]
    assert text.splitlines()[4].split() == ["9", "9", "keep,", "keep", "9,", "9"]


def test_the_arrays_cannot_be_written_to():
    found = payoff_set(RepeatedGame(DILEMMA, 0.3))
    for array in (found.vertices, found.continuations, found.threat):
        assert not array.flags.writeable


def test_refusals_name_the_argument():
    three = RepeatedGame(StageGame(np.zeros((2, 2, 2, 3))), 0.5)
    with pytest.raises(ArgumentError, match="'repeated' of payoff_set must have two players, got 3"):
        payoff_set(three)
    with pytest.raises(ArgumentError, match="'tolerance' of payoff_set must be strictly between 0 and 0"):
        payoff_set(RepeatedGame(DILEMMA, 0.5), tolerance=0)
    with pytest.raises(ArgumentError, match="'max_iterations' of payoff_set"):
        payoff_set(RepeatedGame(DILEMMA, 0.5), max_iterations=0)
    with pytest.raises(ArgumentError, match="must hold two payoffs"):
        payoff_set(RepeatedGame(DILEMMA, 0.5)).contains([1, 2, 3])
