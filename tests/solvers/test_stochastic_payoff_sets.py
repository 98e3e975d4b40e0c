import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from negotiation.games import RepeatedGame, StageGame
from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.markov_equilibria import markov_perfect
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.promises import split_promise
from negotiation.solvers.solution import Status
from negotiation.solvers.stochastic_payoff_sets import state_payoff_sets
from tests.strategies import refused

CASES = json.loads((Path(__file__).parents[1] / "cases" / "subgame_perfect.json").read_text("utf-8"))["cases"]
PRINTED = 2e-10  # the known vertices are given to ten decimals
CLOSE = 1e-7  # a fifty-millionth of the range of payoffs: far above rounding, far below a missing constraint
DILEMMA = np.array([[[1, 1], [-1, 2]], [[2, -1], [0, 0]]])


def two_state_dilemma(delta):
    """Both earn 2 more in the second state; play stays with chance 1/3 after equal actions, else with 1/2."""
    third, half = Fraction(1, 3), Fraction(1, 2)
    stay, leave = [third, 1 - third], [1 - third, third]
    first = [[stay, [half, half]], [[half, half], stay]]
    second = [[leave, [half, half]], [[half, half], leave]]
    actions = [[["cooperate", "defect"]] * 2] * 2
    return StochasticGame(["poor", "rich"], [DILEMMA, DILEMMA + 2], [first, second], delta, actions=actions)


def random_game(num_states, rows, columns, seed, deltas):
    """Draw a game with small whole payoffs and few, often equal transitions."""
    rng = np.random.default_rng(seed)
    payoffs = [rng.integers(0, 6, (rows, columns, 2)) for _ in range(num_states)]
    weights = rng.integers(0, 3, (num_states, rows, columns, num_states))
    weights[..., 0] += weights.sum(axis=-1) == 0
    transitions = weights / weights.sum(axis=-1, keepdims=True)
    names = [f"s{k}" for k in range(num_states)]
    return StochasticGame(names, [table.tolist() for table in payoffs], list(transitions), deltas)


sizes = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.integers(0, 2**32 - 1))
factors = st.sampled_from([0.1, 0.3, 0.5, 0.6, 2 / 3, 0.9])
pairs = st.tuples(factors, factors)


# An operator of its own: hulls of all sums of vertices, cuts of hulls of points, in numpy.


def slow_hull(points):
    ordered = np.unique(np.round(points, 15), axis=0).tolist()
    if len(ordered) < 3:
        return np.array(ordered).reshape(-1, 2)
    chains = []
    for run in (ordered, ordered[::-1]):
        chain = []
        for x, y in run:
            while len(chain) > 1:
                (x0, y0), (x1, y1) = chain[-2:]
                if (x1 - x0) * (y - y1) - (y1 - y0) * (x - x1) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        chains += chain[:-1]
    return np.array(chains)


def slow_cut(points, axis, least):
    above, below = points[points[:, axis] >= least], points[points[:, axis] < least]
    crossings = []
    for one in above:
        for other in below:
            share = (least - other[axis]) / (one[axis] - other[axis])
            crossings.append(other + share * (one - other))
            crossings[-1][axis] = least
    return slow_hull(np.concatenate([above, np.reshape(crossings, (-1, 2))]))


def slow_operator(game, sets, slack=1e-12):
    deltas, worst = game.deltas, np.array([part.min(axis=0, initial=np.inf) for part in sets])
    following = []
    for payoffs, transitions in zip(game.payoffs, game.transitions, strict=True):
        after = np.zeros(payoffs.shape)
        for place in np.ndindex(payoffs.shape[:2]):
            reached = transitions[place] > 0
            after[place] = transitions[place][reached] @ worst[reached]
        deviation = (1 - deltas) * payoffs + deltas * after
        best = np.stack(
            np.broadcast_arrays(deviation[..., 0].max(axis=0), deviation[..., 1].max(axis=1)[:, np.newaxis]), -1
        )
        parts = [np.empty((0, 2))]
        for place in np.ndindex(payoffs.shape[:2]):
            if np.isinf(best[place]).any():
                continue
            mean = np.zeros((1, 2))
            for weight, part in zip(transitions[place], sets, strict=True):
                if weight > 0:
                    mean = slow_hull((mean[:, np.newaxis] + weight * part).reshape(-1, 2))
            points = (1 - deltas) * payoffs[place] + deltas * mean
            parts.append(slow_cut(slow_cut(points, 0, best[place][0] - slack), 1, best[place][1] - slack))
        following.append(slow_hull(np.concatenate(parts)))
    return following


def slow_sets(game, steps):
    cells = np.concatenate([table.reshape(-1, 2) for table in game.payoffs])
    low, high = cells.min(axis=0), cells.max(axis=0) + (np.ptp(cells, axis=0) == 0)
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    sets = [slow_hull(corners)] * game.num_states
    for _ in range(steps):
        sets = slow_operator(game, sets)
    return sets


def reach(points, directions):
    return (np.asarray(points) @ directions).max(axis=0)


def gap(first, second):
    """How far two sets of points reach differently, in 720 directions and across the sides of both."""
    if len(first) == 0 or len(second) == 0:
        return 0.0 if len(first) == len(second) else np.inf
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    directions = np.stack([np.cos(angles), np.sin(angles)])
    return float(np.abs(reach(first, directions) - reach(second, directions)).max())


def beyond(polygon, point):
    """How far a point lies outside the hull of some points, by the normals of all lines through two of them."""
    polygon = np.asarray(polygon)
    along = np.concatenate([(polygon[:, np.newaxis] - polygon).reshape(-1, 2), np.eye(2)])
    along = along[np.linalg.norm(along, axis=1) > 1e-9]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    directions = np.concatenate([along, -along, along[:, ::-1] * [1, -1], along[:, ::-1] * [-1, 1]]).T
    return float((point @ directions - reach(polygon, directions)).max())


def worst_fault(found):
    """The largest violation of what makes the sets self-generating, at any vertex, read off the result alone."""
    game, worst = found.game, 0.0
    for s, vertices in enumerate(found.vertices):
        for k, vertex in enumerate(vertices):
            profile, moves = found.profiles[s][k], game.transitions[s]
            kept = found.promises(s, k)
            reached = moves[profile] > 0
            mean = moves[profile][reached] @ kept[reached]
            faults = [np.abs(mean - found.continuations[s][k]).max()]
            now = (1 - game.deltas) * game.payoffs[s][profile] + game.deltas * found.continuations[s][k]
            faults.append(np.abs(now - vertex).max())
            faults += [beyond(found.vertices[t], kept[t]) for t in np.flatnonzero(reached)]
            for i in range(2):
                for action in range(game.shapes[s][i]):
                    left = (action, profile[1]) if i == 0 else (profile[0], action)
                    possible = moves[left] > 0
                    punished = moves[left][possible] @ [
                        min(found.vertices[t][:, i], default=np.inf) for t in np.flatnonzero(possible)
                    ]
                    gained = (1 - game.deltas[i]) * game.payoffs[s][left][i] + game.deltas[i] * punished
                    faults.append(gained - vertex[i])
            worst = max(worst, *faults)
    return worst


def test_two_state_dilemma_has_its_known_sets():
    found = state_payoff_sets(two_state_dilemma(Fraction(2, 3)))
    low, high = 8 / 11, 19 / 11
    tilted, steep = (1.9833333333, 1.3333333333), (2.1772727273, low)
    expected = [(low, low), steep, tilted, (high, high), tilted[::-1], steep[::-1]]
    assert np.abs(found.of("poor") - expected).max() < PRINTED
    assert found.status is Status.SETTLED
    assert found.profiles[0][3] == (0, 0)
    assert worst_fault(found) < 1e-9


def test_cooperation_in_both_states_needs_its_known_discount_factor():
    critical = (np.sqrt(13) - 2) / 3
    for delta, cooperates in ((critical - 1e-9, False), (critical, True), (critical + 1e-9, True)):
        found = state_payoff_sets(two_state_dilemma(delta))
        assert ((0, 0) in found.profiles[1]) == cooperates


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_with_one_state_known_payoff_sets_come_out(case):
    row, column = case["payoffs_row_player"], case["payoffs_column_player"]
    game = StageGame.from_matrices(row, column)
    found = state_payoff_sets(one_state(game, Fraction(case["delta"])))
    known = [] if case["empty"] else case["vertices"]
    assert gap(found.vertices[0], known) < PRINTED * np.ptp(game.payoffs)


def one_state(stage, delta):
    return StochasticGame(["always"], [stage.payoffs], [np.ones((*stage.shape, 1))], delta)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32 - 1), factors)
@settings(max_examples=60, deadline=None)
def test_with_one_state_they_are_the_payoff_set(rows, columns, seed, delta):
    stage = StageGame(np.random.default_rng(seed).integers(0, 6, (rows, columns, 2)).tolist())
    found = state_payoff_sets(one_state(stage, delta))
    assert gap(found.vertices[0], payoff_set(RepeatedGame(stage, delta)).vertices) < CLOSE


@given(sizes, st.one_of(factors, pairs), st.sampled_from([1, 2, 5, 9]))
@settings(max_examples=40, deadline=None)
def test_sets_that_are_cut_off_contain_those_of_another_operator(size, deltas, steps):
    game = random_game(*size, deltas)
    found = state_payoff_sets(game, max_iterations=steps)
    for part, slow in zip(found.vertices, slow_sets(game, found.iterations), strict=True):
        assert len(part) > 0 or len(slow) == 0
        assert all(beyond(part, point) < CLOSE for point in slow)
        assert steps > 1 or gap(part, slow) < CLOSE


@given(sizes, st.one_of(factors, pairs))
@example((3, 3, 1, 4644640), (0.9, 0.1))  # segments, with constraints that hold with equality
@settings(max_examples=40, deadline=None)
def test_another_operator_leaves_the_sets_as_they_are(size, deltas):
    game = random_game(*size, deltas)
    found = state_payoff_sets(game)
    again = slow_operator(game, found.vertices, slack=1e-10)  # above the error of the vertices that are put in
    for part, slow in zip(found.vertices, again, strict=True):
        assert gap(part, slow) < CLOSE


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.3, 0.4]))
@settings(max_examples=20, deadline=None)
def test_another_operator_falls_to_the_same_sets(rows, num_states, seed, delta):
    game = random_game(num_states, rows, 2, seed, delta)
    slow = slow_sets(game, 16)
    following = slow_operator(game, slow)
    left = max(gap(one, other) for one, other in zip(slow, following, strict=True))
    assume(left < np.inf)
    for part, other in zip(state_payoff_sets(game).vertices, following, strict=True):
        assert (
            gap(part, other) < CLOSE + 100 * left
        )  # the steps that are missing fall by at least a hundredth each


@given(sizes, st.sampled_from([0.3, 0.6, 0.9, 0.97]))
@settings(max_examples=60, deadline=None)
def test_every_vertex_is_supported_by_its_profile_and_promises(size, delta):
    assert worst_fault(state_payoff_sets(random_game(*size, delta))) < 1e-8


@given(sizes, st.sampled_from([0.3, 0.6, 0.9]))
@settings(max_examples=40, deadline=None)
def test_markov_perfect_payoffs_lie_inside(size, delta):
    game = random_game(*size, delta)
    found = state_payoff_sets(game)
    for one in markov_perfect(game):
        assert all(found.contains(s, values) for s, values in enumerate(one.values))


@given(sizes, st.sampled_from([0.3, 0.6, 0.9]), st.integers(1, 1000), st.integers(-(10**6), 10**6))
@example((2, 1, 2, 82), 0.6, 1, 0)  # sides that are vertical up to rounding
@settings(max_examples=40, deadline=None)
def test_names_numbers_and_units_change_nothing_else(size, delta, scale, shift):
    game = random_game(*size, delta)
    order = list(range(game.num_states))[::-1]
    other = StochasticGame(
        game.states[::-1],
        [(scale * game.exact_payoffs[s] + shift).swapaxes(0, 1)[..., ::-1].tolist() for s in order],
        [game.transitions[s].swapaxes(0, 1)[..., order] for s in order],
        delta,
    )
    found, changed = state_payoff_sets(game), state_payoff_sets(other)
    for s, name in enumerate(game.states):
        assert gap((changed.of(name)[:, ::-1] - shift) / scale, found.vertices[s]) < CLOSE


def test_states_without_equilibrium_are_empty_and_so_is_what_may_lead_there():
    pennies = [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]
    quiet = [[[1, 1], [0, 0]]]
    game = StochasticGame(
        ["pennies", "safe", "edge"],
        [pennies, [[[5, 5]]], quiet],
        [np.tile([1, 0, 0], (2, 2, 1)), [[[0, 1, 0]]], [[[0, 1, 0], [1, 0, 0]]]],
        0.5,
    )
    found = state_payoff_sets(game)
    assert [found.dimension(s) for s in game.states] == [-1, 0, -1]
    assert found.vertices[1].round(9).tolist() == [[5, 5]]
    assert np.isinf(found.threats[[0, 2]]).all() and found.best("edge", 0) == -np.inf
    assert not found.contains("edge", [1, 1])
    assert "pennies: no payoffs: no pure-action equilibrium" in str(found)


def test_sets_that_are_cut_off_are_too_large_and_say_so():
    game = two_state_dilemma(0.9)
    cut, full = state_payoff_sets(game, max_iterations=5), state_payoff_sets(game)
    assert cut.status is Status.MAX_ITERATIONS and cut.iterations == 5
    assert all(beyond(cut.vertices[s], vertex) < 1e-9 for s in range(2) for vertex in full.vertices[s])


def test_the_answer_is_told_in_words():
    lines = str(state_payoff_sets(two_state_dilemma(Fraction(2, 3)))).splitlines()
    assert lines[0].startswith(
        "Equilibrium payoffs at delta = 0.666667; the limit of all further steps, solved for and tested ("
    )
    assert lines[1] == "poor: a polygon"
    assert lines[2] == "  0.727273, 0.727273: defect, defect, then 1.09091, 1.09091"


def test_bad_arguments_are_refused():
    game = two_state_dilemma(0.9)
    with refused("'tolerance' of state_payoff_sets must be positive, got 0"):
        state_payoff_sets(game, tolerance=0)
    with refused("'max_iterations' of state_payoff_sets must be a whole number"):
        state_payoff_sets(game, max_iterations=0)
    with refused("'point' of StatePayoffSets.contains must hold two payoffs"):
        state_payoff_sets(game).contains("poor", [1])
    three = StochasticGame(["one"], [np.zeros((1, 1, 1, 3))], [np.ones((1, 1, 1, 1))], 0.5)
    with refused("'game' of state_payoff_sets must have two players, got 3"):
        state_payoff_sets(three)


@given(st.integers(1, 3), st.integers(1, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_a_promise_is_split_into_points_of_the_sets(count, most, seed):
    rng = np.random.default_rng(seed)
    polygons = [slow_hull(rng.integers(0, 4, (rng.integers(1, most + 1), 2)) / 3) for _ in range(count)]
    weights = rng.dirichlet(np.ones(count))
    chosen = [rng.dirichlet(np.ones(len(polygon)) * rng.choice([0.1, 1])) @ polygon for polygon in polygons]
    target = weights @ np.array(chosen)
    split = split_promise(polygons, weights, target)
    assert np.abs(weights @ split - target).max() < 1e-11
    assert all(beyond(polygon, point) < 1e-11 for polygon, point in zip(polygons, split, strict=True))
