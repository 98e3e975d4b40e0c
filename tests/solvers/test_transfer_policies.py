"""Policy elimination against published numbers, brute force in fractions and a plain value iteration."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StageGame, StochasticGame
from negotiation.solvers import Status, transfer_equilibrium, transfer_schedule, truncated_equilibrium
from tests.relational import (
    CASES,
    TOLERANCE,
    expected,
    game,
    numbers,
    plain_elimination,
    random_game,
    results,
    two_states,
)
from tests.strategies import refused, small

HALVES = [Fraction(0), Fraction(1, 2), Fraction(1)]
DELTAS = [Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(9, 10)]


@st.composite
def small_games(draw):
    """Draw a game with two states, two actions each and many ties."""
    payoffs = [np.array(draw(st.lists(small, min_size=8, max_size=8))).reshape(2, 2, 2).tolist() for _ in range(2)]
    stay = [[[draw(st.sampled_from(HALVES)) for _ in range(2)] for _ in range(2)] for _ in range(2)]
    moves = [[[[p, 1 - p] for p in row] for row in state] for state in stay]
    return StochasticGame(["x", "y"], payoffs, moves, draw(st.sampled_from(DELTAS)))


def brute_force(game):
    """Try all plans of a game with two states in fractions: the best values among those that hold."""
    delta = game.exact_deltas[0]
    payoffs, moves = game.exact_payoffs, [game.transitions.exact(s) for s in range(2)]
    plans = list(product(product(range(2), repeat=2), repeat=2))

    def now(s, a, i):
        return (1 - delta) * (payoffs[s][a].sum() if i is None else payoffs[s][a][i])

    def later(s, a, values):
        return delta * (moves[s][a][0] * values[0] + moves[s][a][1] * values[1])

    def value(plan, i=None):
        (a, b), (c, d) = ([(k == s) - delta * moves[s][plan[s]][k] for k in range(2)] for s in range(2))
        x, y = (now(s, plan[s], i) for s in range(2))
        return (x * d - b * y) / (a * d - b * c), (a * y - c * x) / (a * d - b * c)

    def against(a, i):
        return [(own, a[1]) if i == 0 else (a[0], own) for own in range(2)]

    def punished(plan, i):
        replies = product(*(against(a, i) for a in plan))
        return tuple(max(values) for values in zip(*(value(reply, i) for reply in replies), strict=True))

    def holds(s, a, u, v):
        best = [max(now(s, b, i) + later(s, b, v[i]) for b in against(a, i)) for i in range(2)]
        return now(s, a, None) + later(s, a, u) >= sum(best)

    joint = {plan: value(plan) for plan in plans}
    lowest = [{plan: punished(plan, i) for plan in plans} for i in range(2)]
    found = []
    for target, first, second in product(plans, repeat=3):
        u, v = joint[target], (lowest[0][first], lowest[1][second])
        if all(holds(s, plan[s], u, v) for plan in (target, first, second) for s in range(2)):
            found.append((*u, *v[0], *v[1]))
    columns = zip(*found, strict=True)
    return [pick(column) for pick, column in zip([max] * 2 + [min] * 4, columns, strict=True)] if found else None


@pytest.mark.parametrize(("name", "result"), results("rel_spe"))
def test_published_cases(name, result):
    found = transfer_equilibrium(game(name, result["args"]["delta"]))
    assert np.abs(numbers(found, found.split()) - expected(result)).max() <= TOLERANCE
    assert found.status is Status.EXACT
    assert found.smallest_slack >= 0


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "critical_delta_list" in case])
def test_one_state_switches_where_the_schedule_of_all_discount_factors_does(name):
    stage = game(name, 0.5).stages[0]
    schedule = transfer_schedule(stage)
    listed = CASES[name]["critical_delta_list"]
    assert [float(plan.low) for plan in schedule.plans] == pytest.approx([row["delta_min"] for row in listed])
    for plan, row in zip(schedule.plans, listed, strict=True):
        below = plan.high - Fraction(1, 10**12 if plan.high < 1 else 10**3)
        for delta in {plan.low, (plan.low + plan.high) / 2, below} - {Fraction(0)}:
            found = transfer_equilibrium(game(name, delta))
            assert found.joint_payoffs[0] == pytest.approx(row["U"], abs=TOLERANCE)
            assert found.punishment_payoffs[0] == pytest.approx([row["v1_rep"], row["v2_rep"]], abs=TOLERANCE)


def test_prisoners_dilemma_with_two_states():
    found = transfer_equilibrium(two_states(0.7))
    assert found.joint_payoffs.round(2).tolist() == [5.51, 6.49]
    assert found.punishment_payoffs.round(2).tolist() == [[0.76, 0.76], [1.24, 1.24]]
    assert found.targets == ((0, 0), (0, 0))


@settings(max_examples=12)
@given(small_games())
def test_elimination_agrees_with_all_plans_in_fractions(game):
    best = brute_force(game)
    found = transfer_equilibrium(game)
    assert found.exists.all() == (best is not None)
    assert found.status is Status.EXACT
    if best is not None:
        assert found.joint_payoffs == pytest.approx([float(u) for u in best[:2]], abs=1e-12)
        assert found.punishment_payoffs.T.ravel() == pytest.approx([float(v) for v in best[2:]], abs=1e-12)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("num_players", [2, 3])
def test_elimination_agrees_with_a_plain_value_iteration(seed, num_players):
    drawn = random_game(seed, 3, num_players)
    plain = plain_elimination(drawn.payoffs, list(drawn.transitions), drawn.delta)
    found = transfer_equilibrium(drawn)
    if plain is None:
        assert not found.exists.all()
        return
    assert found.exists.all()
    np.testing.assert_allclose(found.joint_payoffs, plain[0], atol=1e-9)
    np.testing.assert_allclose(found.punishment_payoffs, plain[1], atol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_truncated_game_agrees_with_a_plain_value_iteration(seed):
    drawn, rng = random_game(seed + 100, 3), np.random.default_rng(seed)
    ended, rho = rng.uniform(-5, 5, (3, 2)), float(rng.random())
    plain = plain_elimination(drawn.payoffs, list(drawn.transitions), drawn.delta, ended, rho)
    found = truncated_equilibrium(drawn, rho, ended)
    assert found.exists.all() == (plain is not None)
    if plain is not None:
        np.testing.assert_allclose(found.joint_payoffs, plain[0], atol=1e-9)
        np.testing.assert_allclose(found.punishment_payoffs, plain[1], atol=1e-9)


@given(st.lists(small, min_size=8, max_size=8), st.sampled_from(DELTAS))
def test_one_state_is_a_repeated_game(payoffs, delta):
    stage = StageGame(np.array(payoffs).reshape(2, 2, 2).tolist())
    plan = transfer_schedule(stage).at(delta)
    found = transfer_equilibrium(
        StochasticGame(["only"], [stage.exact_payoffs.tolist()], [[[[1]] * 2] * 2], delta)
    )
    assert found.exists[0] == (plan is not None)
    if plan is not None:
        assert found.joint_payoffs[0] == pytest.approx(float(plan.joint_payoff), abs=1e-12)
        assert found.punishment_payoffs[0] == pytest.approx([float(v) for v in plan.punishment_payoffs], abs=1e-12)


@settings(max_examples=40)
@given(
    small_games(), st.sampled_from(["1/3", "1", "7", "1000"]), st.sampled_from(["-5", "0", "1/7", "1000000000"])
)
def test_units_zeros_and_names_do_not_matter(game, scale, shift):
    found = transfer_equilibrium(game)
    unit, zero = Fraction(scale), Fraction(shift)
    moved = StochasticGame(
        game.states, [exact * unit + zero for exact in game.exact_payoffs], _moves(game), game.exact_deltas[0]
    )
    other = transfer_equilibrium(moved)
    np.testing.assert_allclose(
        other.joint_payoffs, found.joint_payoffs * float(unit) + 2 * float(zero), rtol=1e-12
    )
    np.testing.assert_allclose(
        other.punishment_payoffs, found.punishment_payoffs * float(unit) + float(zero), rtol=1e-12, atol=1e-12
    )
    swapped = StochasticGame(
        game.states[::-1],
        [exact.swapaxes(0, 1)[::-1, :, ::-1] for exact in game.exact_payoffs[::-1]],
        [exact.swapaxes(0, 1)[::-1, :, ::-1] for exact in _moves(game)[::-1]],
        game.exact_deltas[0],
    )
    mirror = transfer_equilibrium(swapped)
    np.testing.assert_allclose(mirror.joint_payoffs[::-1], found.joint_payoffs, atol=1e-12)
    np.testing.assert_allclose(mirror.punishment_payoffs[::-1, ::-1], found.punishment_payoffs, atol=1e-12)


def _moves(game):
    return [game.transitions.exact(s) for s in range(game.num_states)]


def test_a_state_without_equilibrium_spoils_only_those_that_lead_there():
    pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    stays = [[[0, 1, 0]] * 2] * 2
    drawn = StochasticGame(
        ["before", "pennies", "apart"],
        [[[[5, 5]]], pennies, [[[1, 2]]]],
        [[[["1/2", "1/2", 0]]], stays, [[[0, 0, 1]]]],
        0.9,
    )
    found = transfer_equilibrium(drawn)
    assert found.exists.tolist() == [False, False, True]
    assert found.targets == (None, None, (0, 0))
    assert np.isnan(found.joint_payoffs[:2]).all() and found.joint_payoffs[2] == pytest.approx(3)
    assert found.table("before").reason(0) == "no equilibrium in pure actions follows"
    assert "pennies: no equilibrium in pure actions" in str(found)


def test_a_state_from_which_a_deviation_leads_to_no_equilibrium_has_none():
    """That the deviation costs its player more than he could ever lose does not tell what follows it."""
    pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    drawn = StochasticGame(
        ["home", "pennies"],
        [[[[0, 0], [-90, -90]]], pennies],
        [[[[1, 0], [0, 1]]], [[[0, 1]] * 2] * 2],
        0.5,
    )
    assert not transfer_equilibrium(drawn).exists.any()


def test_table_says_what_works_and_why_not():
    table = transfer_equilibrium(game("pd_asym2", 0.45)).table("x0")
    assert table.works.tolist() == [False, True, True, True]
    assert table.joint_values == pytest.approx([0.55 * 4 + 0.45 * 3, 0.55 * 0.5 + 1.35, 3, 1.35])
    assert table.deviation_values[0] == pytest.approx([0.55 * 5, 0.55 * 2.5])
    assert table.slacks[0] == pytest.approx(3.55 - 0.55 * 7.5)
    assert table.reason(0) == "too tempting (player 0 by 1.65, player 1 by 0.275) for a surplus of 1.35"
    assert table.reason(3) == "works: nobody is tempted"


def test_the_slack_of_the_table_is_joint_value_less_deviation_values():
    found = transfer_equilibrium(random_game(3))
    for state in found.game.states:
        table = found.table(state)
        difference = table.joint_values - table.deviation_values.sum(axis=1)
        np.testing.assert_allclose(table.slacks, difference, atol=1e-12)


def test_knife_edges_are_decided_in_fractions():
    at = [two_thirds := Fraction(2, 3), two_thirds - Fraction(1, 10**15), two_thirds + Fraction(1, 10**15)]
    stage = StageGame.from_matrices([[1, -3], [3, 0]], [[1, 3], [-3, 0]])
    found = [
        transfer_equilibrium(StochasticGame(["x"], [stage.exact_payoffs.tolist()], [[[[1]] * 2] * 2], delta))
        for delta in at
    ]
    assert [each.joint_payoffs[0] for each in found] == [2, 0, 2]
    assert {each.status for each in found} == {Status.EXACT}


def test_a_large_game_says_that_an_incentive_is_met_up_to_rounding():
    stage = [[[1, 1], [-3, 3]], [[3, -3], [0, 0]]]
    states = [f"s{k}" for k in range(50)]
    moves = [[[np.eye(50)[(k + 1) % 50].tolist()] * 2] * 2 for k in range(50)]
    drawn = StochasticGame(states, [stage] * 50, moves, Fraction(2, 3))
    short = transfer_equilibrium(drawn.with_delta(Fraction(2, 3) - Fraction(1, 10**9)))
    assert short.status is Status.EXACT
    assert short.joint_payoffs == pytest.approx(0)
    found = transfer_equilibrium(drawn)
    assert found.status is Status.WITHIN_ROUNDING
    assert found.joint_payoffs == pytest.approx(2)
    assert found.margin < 1e-12


def test_arguments_are_checked():
    with refused("'delta' of StochasticGame must be common to all players here"):
        transfer_equilibrium(two_states([0.5, 0.6]))
    with refused("'rho' of truncated_equilibrium must be between 0 and 1, got 1.5"):
        truncated_equilibrium(two_states(0.5), 1.5, np.zeros((2, 2)))
    with refused("'negotiated' of truncated_equilibrium must have shape (2, 2)"):
        truncated_equilibrium(two_states(0.5), 0.5, np.zeros(2))
    with refused("'beta' of split must hold weights of at least 0 that add up to 1"):
        transfer_equilibrium(two_states(0.5)).split([0.5, 0.6])
