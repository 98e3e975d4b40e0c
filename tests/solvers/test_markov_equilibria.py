from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StageGame
from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.components import components
from negotiation.solvers.markov_equilibria import markov_perfect
from negotiation.solvers.nash import pure_equilibria
from negotiation.solvers.solution import Status
from tests.strategies import refused

DELTAS = ["1/10", "1/2", "2/3", "9/10", "99/100"]


@st.composite
def stochastic_games(draw, highest=2):
    """Draw a game of at most three states with few payoffs, so that ties and groups of states abound."""
    num_states = draw(st.integers(1, 3))
    number = st.integers(0, highest)
    payoffs, transitions = [], []
    for _ in range(num_states):
        shape = draw(st.integers(1, 2)), draw(st.integers(1, 3 if num_states < 3 else 2))
        cells = [draw(number) for _ in range(2 * shape[0] * shape[1])]
        payoffs.append(np.reshape(cells, (*shape, 2)).tolist())
        rows = []
        for _ in range(shape[0] * shape[1]):
            weights = [draw(st.integers(0, 2)) for _ in range(num_states)]
            weights[draw(st.integers(0, num_states - 1))] += 1
            rows.append([Fraction(weight, sum(weights)) for weight in weights])
        transitions.append(np.array(rows, dtype=object).reshape(*shape, num_states))
    deltas = [Fraction(draw(st.sampled_from(DELTAS))) for _ in range(2)]
    return StochasticGame([f"s{k}" for k in range(num_states)], payoffs, transitions, deltas)


# Brute force in fractions: every pair of policies, its values by elimination, and every deviation of one period.


def eliminated(matrix, right):
    rows = [[*line, entry] for line, entry in zip(matrix, right, strict=True)]
    for c in range(len(rows)):
        pivot = next(k for k in range(c, len(rows)) if rows[k][c] != 0)
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [entry / rows[c][c] for entry in rows[c]]
        for k in range(len(rows)):
            if k != c:
                rows[k] = [x - rows[k][c] * y for x, y in zip(rows[k], rows[c], strict=True)]
    return [row[-1] for row in rows]


def brute_force(game):
    """All equilibria as a mapping from profiles, one a state, to the values of both players."""
    count, tables = game.num_states, [game.transitions.exact(s) for s in range(game.num_states)]
    found = {}
    for profiles in product(*(product(*map(range, shape)) for shape in game.shapes)):
        values = []
        for i, delta in enumerate(game.exact_deltas):
            moves = [tables[s][profile] for s, profile in enumerate(profiles)]
            matrix = [[int(s == t) - delta * moves[s][t] for t in range(count)] for s in range(count)]
            right = [(1 - delta) * game.exact_payoffs[s][profiles[s]][i] for s in range(count)]
            values.append(eliminated(matrix, right))
        if all(gain <= 0 for gain in gains(game, tables, profiles, values)):
            found[profiles] = list(zip(*values, strict=True))
    return found


def gains(game, tables, profiles, values):
    for s, profile in enumerate(profiles):
        for i, delta in enumerate(game.exact_deltas):
            for action in range(game.shapes[s][i]):
                left = (action, profile[1]) if i == 0 else (profile[0], action)
                now = (1 - delta) * game.exact_payoffs[s][left][i]
                yield now + delta * sum(tables[s][left] * values[i]) - values[i][s]


def same_list(found, expected):
    return {one.profiles: [tuple(pair) for pair in one.exact_values] for one in found} == expected


@given(stochastic_games())
@settings(max_examples=150, deadline=None)
def test_the_list_is_that_of_brute_force(game):
    found = markov_perfect(game)
    assert found.complete and found.status is Status.EXACT
    assert same_list(found, brute_force(game))


@given(stochastic_games(highest=9))
@settings(max_examples=50, deadline=None)
def test_losses_are_what_a_deviation_costs_and_ties_what_costs_nothing(game):
    tables = [game.transitions.exact(s) for s in range(game.num_states)]
    for one in markov_perfect(game):
        costs = [-gain for gain in gains(game, tables, one.profiles, one.exact_values.T.tolist())]
        assert sorted(cost for cost in costs if cost) == sorted(loss for loss in one.losses.values() if loss)
        assert len(one.ties) == sum(cost == 0 for cost in costs) - 2 * game.num_states
        assert one.is_strict == (not one.ties)


@given(stochastic_games(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_new_names_and_numbers_change_nothing(game, random):
    states, count = list(range(game.num_states)), game.num_states
    random.shuffle(states)
    swap = random.random() < 0.5
    players = [1, 0] if swap else [0, 1]
    payoffs = [game.exact_payoffs[s][..., players] for s in states]
    transitions = [game.transitions.exact(s)[..., states] for s in states]
    if swap:
        payoffs, transitions = ([table.swapaxes(0, 1) for table in tables] for tables in (payoffs, transitions))
    other = StochasticGame(
        [f"t{k}" for k in range(count)],
        [table.tolist() for table in payoffs],
        transitions,
        [game.exact_deltas[i] for i in players],
    )
    expected = {
        tuple(tuple(profiles[s][i] for i in players) for s in states): [
            tuple(values[s][i] for i in players) for s in states
        ]
        for profiles, values in brute_force(game).items()
    }
    assert same_list(markov_perfect(other), expected)


@given(stochastic_games(), st.fractions("1/1000", 1000), st.fractions(-1000, 1000))
@settings(max_examples=50, deadline=None)
def test_units_of_payoffs_change_values_alone(game, scale, shift):
    other = StochasticGame(
        game.states,
        [(table * [scale, 1] + [shift, 0]).tolist() for table in game.exact_payoffs],
        [game.transitions.exact(s) for s in range(game.num_states)],
        game.exact_deltas,
    )
    expected = {
        profiles: [(scale * first + shift, second) for first, second in values]
        for profiles, values in brute_force(game).items()
    }
    assert same_list(markov_perfect(other), expected)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1), st.sampled_from(DELTAS))
@settings(max_examples=50, deadline=None)
def test_with_one_state_they_are_the_equilibria_of_the_stage_game(rows, columns, seed, delta):
    table = np.random.default_rng(seed).integers(0, 4, (rows, columns, 2)).tolist()
    game = StochasticGame(["always"], [table], [np.ones((rows, columns, 1))], delta=Fraction(delta))
    found = markov_perfect(game)
    assert sorted(one.profiles[0] for one in found) == list(pure_equilibria(StageGame(table)))
    assert all((one.exact_values[0] == StageGame(table).exact_payoffs[one.profiles[0]]).all() for one in found)


def truce_with_reopening(benefit, temptation, collapse, cost, delta):
    """Keep or break a truce that may collapse; after that, reopening takes an offer of both sides."""
    b, g, k, c = (Fraction(x) for x in (benefit, temptation, collapse, cost))
    return StochasticGame(
        ["truce", "war"],
        [[[[b, b], [0, b + g]], [[b + g, 0], [0, 0]]], [[[-c, -c], [-c, 0]], [[0, -c], [0, 0]]]],
        [[[[1 - k, k], [0, 1]], [[0, 1], [0, 1]]], [[[1, 0], [0, 1]], [[0, 1], [0, 1]]]],
        Fraction(delta),
        actions=[[["renew", "break"]] * 2, [["offer", "hold"]] * 2],
    )


KEEP, FIGHT = (0, 0), (1, 1)


@pytest.mark.parametrize("collapse", ["0", "1/10", "1/4"])
@pytest.mark.parametrize("cost", ["0", "1/2", "3"])
@pytest.mark.parametrize("delta", ["3/10", "4/9", "1/2", "2/3", "9/10"])
def test_truce_meets_its_closed_forms(collapse, cost, delta):
    b, g, k, c, d = Fraction(2), Fraction(1), Fraction(collapse), Fraction(cost), Fraction(delta)
    found = {one.profiles: one for one in markov_perfect(truce_with_reopening(b, g, k, c, d))}
    assert (FIGHT, FIGHT) in found
    assert ((KEEP, FIGHT) in found) == (d * (1 - k) >= g / (b + g))
    step = (1 - d) * (b + c) / (1 + d * k)  # by how much truce is better than war when war is left at once
    reopening = (1 - d) * g <= d * (1 - k) * step and d * step >= (1 - d) * c
    assert ((KEEP, KEEP) in found) == reopening
    if c == 0 and b > k * (b + g):
        assert reopening == (d >= g / (b - k * (b + g)))
    if reopening:
        assert found[KEEP, KEEP].exact_values[0, 0] - found[KEEP, KEEP].exact_values[1, 0] == step


def test_a_tie_at_the_critical_discount_factor_is_reported():
    found = markov_perfect(truce_with_reopening(2, 1, 0, 1, Fraction(1, 3)))
    edge = next(one for one in found if one.profiles == (KEEP, FIGHT))
    assert (0, 0, 1) in edge.ties and (0, 1, 1) in edge.ties and not edge.is_strict
    below = markov_perfect(truce_with_reopening(2, 1, 0, 1, Fraction(333333333333333, 10**15)))
    assert (KEEP, FIGHT) not in [one.profiles for one in below]


def test_the_list_begins_with_the_highest_joint_payoff_and_says_that_it_is_complete():
    found = markov_perfect(truce_with_reopening(2, 1, "1/10", "1/2", "9/10"), start="truce")
    joint = [one.joint_payoff for one in found]
    assert joint == sorted(joint, reverse=True)
    assert found[0].profiles == (KEEP, KEEP) and found[0].is_strict and joint[-1] == 0
    assert joint[0] == sum(found[0].exact_values[0])
    assert str(found).startswith(f"{len(found)} pure Markov-perfect equilibria at delta = 0.9, all of them:\n")
    assert "truce: renew, renew (1.79358, 1.79358); war: offer, offer (1.56422, 1.56422); strict" in str(found)


def test_a_cut_list_says_so():
    indifferent = StochasticGame(
        ["a", "b"], [np.zeros((3, 3, 2)).tolist()] * 2, [np.full((3, 3, 2), 0.5)] * 2, delta=0.5
    )
    assert len(markov_perfect(indifferent)) == 81
    for bounds in ({"max_equilibria": 80}, {"max_pairs": 80}):
        cut = markov_perfect(indifferent, **bounds)
        assert not cut.complete and cut.status is Status.MAX_ITERATIONS and len(cut) == 80
        assert "perhaps not all" in str(cut)


def test_too_large_games_are_refused_before_any_work():
    game = StochasticGame(
        [f"s{k}" for k in range(40)], [np.ones((2, 3, 2)).tolist()] * 40, [np.full((2, 3, 40), 1 / 40)] * 40, 0.9
    )
    message = "'game' of markov_perfect must have at most max_pairs = 2,000,000 policies of the player with fewer,"
    with refused(message):
        markov_perfect(game)
    with refused("'state' of StochasticGame must be one of the 2 known names"):
        markov_perfect(truce_with_reopening(2, 1, 0, 0, "1/2"), start="peace")


def test_states_that_cannot_be_left_come_first():
    ladder = StochasticGame(
        ["low", "middle", "high"],
        [[[[0, 0]], [[1, 1]]], [[[0, 0]]], [[[0, 0]]]],
        [[[[0, 1, 0]], [[0, 0, 1]]], [[["1/2", "1/2", 0]]], [[[0, 0, 1]]]],
        delta=0.9,
    )
    assert components(ladder) == ((2,), (0, 1))


def test_a_ladder_of_many_states_is_solved_rung_by_rung():
    count = 60  # 2^60 policies a player, were they enumerated at once
    rungs = [
        np.array([[np.eye(count)[s], np.eye(count)[min(s + 1, count - 1)]]] * 2).swapaxes(0, 1)
        for s in range(count)
    ]
    payoffs = [[[[0, s], [1, 0]], [[0, 0], [2, 1]]] for s in range(count)]
    found = markov_perfect(StochasticGame([str(s) for s in range(count)], payoffs, rungs, delta=0.5))
    assert found.complete and len(found) > 0
    game, tables = found.game, [found.game.transitions.exact(s) for s in range(count)]
    for one in list(found)[:2]:
        assert all(gain <= 0 for gain in gains(game, tables, one.profiles, one.exact_values.T.tolist()))
