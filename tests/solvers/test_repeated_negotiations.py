"""Repeated negotiation against published cases and against all plans of one state in fractions."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StageGame, StochasticGame
from negotiation.solvers import (
    Status,
    backward_negotiation,
    check_negotiation,
    repeated_negotiation,
    transfer_equilibrium,
    transfer_schedule,
    truncated_equilibrium,
)
from tests.relational import TOLERANCE, exact_delta, expected, game, numbers, results, two_states
from tests.strategies import refused, small

QUARTERS = [Fraction(k, 4) for k in range(5)]
FRACTIONS = [Fraction(1, 4), Fraction(1, 2), Fraction(2, 3), Fraction(9, 10)]


@st.composite
def leaving_games(draw):
    """Draw a game with one state of two actions each that is left for ever at some point."""
    payoffs = np.array(draw(st.lists(small, min_size=8, max_size=8))).reshape(2, 2, 2).tolist()
    stay = [[draw(st.sampled_from(QUARTERS)) for _ in range(2)] for _ in range(2)]
    end = [draw(small), draw(small)]
    moves = [[[p, 1 - p] for p in row] for row in stay]
    return StochasticGame(
        ["here", "over"], [payoffs, [[end]]], [moves, [[[0, 1]]]], draw(st.sampled_from(FRACTIONS))
    )


def all_equilibria(game, rho, beta):
    """List r of the first state for all plans in fractions whose truncated game gives them back."""
    delta, payoffs, end = game.exact_deltas[0], game.exact_payoffs[0], game.exact_payoffs[1][0, 0]
    stay = game.transitions.exact(0)[..., 0]
    profiles = list(product(range(2), repeat=2))

    def against(a, i):
        return [(own, a[1]) if i == 0 else (a[0], own) for own in range(2)]

    def now(a, i):
        return (1 - delta) * payoffs[a][i] + delta * (1 - stay[a]) * end[i]

    found = set()
    for target, *rows in product(profiles, repeat=3):
        joint = sum(now(target, i) for i in range(2)) / (1 - delta * stay[target])
        # v_i (1 - delta p_i) = now_i + delta p_i rho beta_i T with T = U - v_1 - v_2
        a = [now(row, i) / (1 - delta * stay[row]) for i, row in enumerate(rows)]
        b = [delta * stay[row] * rho * beta[i] / (1 - delta * stay[row]) for i, row in enumerate(rows)]
        surplus = (joint - sum(a)) / (1 + sum(b))
        found.add(tuple(a[i] + b[i] * surplus + beta[i] * surplus for i in range(2)))
    return sorted(r for r in found if truncated(r, rho, beta, stay, now, against, profiles, delta) == r)


def truncated(r, rho, beta, stay, now, against, profiles, delta):
    """Solve the truncated game of one state in fractions and divide its surplus."""
    kappa, left = delta * (1 - rho), list(profiles)

    def ends(a, i):
        return now(a, i) + delta * stay[a] * rho * r[i]

    def works(a, joint, lowest):
        best = [max(ends(b, i) + kappa * stay[b] * lowest[i] for b in against(a, i)) for i in range(2)]
        return sum(ends(a, i) for i in range(2)) + kappa * stay[a] * joint >= sum(best)

    while left:
        joint = max(sum(ends(a, i) for i in range(2)) / (1 - kappa * stay[a]) for a in left)
        lowest = [
            min(max(ends(b, i) / (1 - kappa * stay[b]) for b in against(a, i)) for a in left) for i in range(2)
        ]
        still = [a for a in left if works(a, joint, lowest)]
        if still == left:
            return tuple(lowest[i] + beta[i] * (joint - sum(lowest)) for i in range(2))
        left = still
    return None


@pytest.mark.parametrize(("name", "result"), results("rel_rne"))
def test_published_cases(name, result):
    arguments = result["args"]
    beta = [arguments["beta1"], 1 - Fraction(repr(arguments["beta1"]))]
    found = repeated_negotiation(game(name, exact_delta(name, arguments)), arguments["rho"], beta)
    assert found.complete and found.status is Status.EXACT
    if result["error"]:
        state = result["error"].split()[-1]
        assert not found.at(state)
        return
    (only,) = found.equilibria
    assert only.holds.all()
    assert np.abs(numbers(only.equilibrium, only.negotiated) - expected(result)).max() <= TOLERANCE


@settings(max_examples=60)
@given(leaving_games(), st.sampled_from([*FRACTIONS, Fraction(1)]), st.sampled_from(QUARTERS))
def test_all_equilibria_of_one_state_are_found(game, rho, first):
    beta = (first, 1 - first)
    wanted = all_equilibria(game, rho, beta)
    found = repeated_negotiation(game, rho, beta)
    assert found.complete and found.status is Status.EXACT
    listed = sorted(tuple(each.negotiated[0]) for each in found.at("here"))
    assert len(listed) == len(wanted)
    for mine, theirs in zip(listed, wanted, strict=True):
        assert mine == pytest.approx([float(r) for r in theirs], abs=1e-12)


@settings(max_examples=30)
@given(leaving_games(), st.sampled_from(QUARTERS))
def test_without_new_negotiations_the_transfer_equilibrium_is_divided(game, first):
    found = repeated_negotiation(game, 0, (first, 1 - first))
    transfers = transfer_equilibrium(game)
    assert (found.exists == transfers.exists).all()
    if found.exists.all():
        np.testing.assert_allclose(found.equilibria[0].negotiated, transfers.split((first, 1 - first)), atol=1e-12)


def test_without_new_negotiations_games_with_states_that_come_back_are_solved_in_full():
    found = repeated_negotiation(two_states(0.7), 0)
    np.testing.assert_allclose(
        found.equilibria[0].negotiated, transfer_equilibrium(two_states(0.7)).split(), atol=1e-12
    )
    assert found.complete


@settings(max_examples=60)
@given(
    st.lists(small, min_size=8, max_size=8),
    st.sampled_from(FRACTIONS),
    st.sampled_from(FRACTIONS),
    st.sampled_from(QUARTERS),
)
def test_one_state_is_the_repeated_game_with_less_patience(payoffs, delta, rho, first):
    stage = StageGame(np.array(payoffs).reshape(2, 2, 2).tolist())
    beta = (first, 1 - first)
    plan = transfer_schedule(stage).at(delta * (1 - rho))
    found = repeated_negotiation(
        StochasticGame(["only"], [stage.exact_payoffs.tolist()], [[[[1]] * 2] * 2], delta), rho, beta
    )
    assert found.exists[0] == (plan is not None)
    if plan is None:
        return
    (only,) = found.equilibria
    lowest = plan.punishment_payoffs
    divided = [v + b * (plan.joint_payoff - sum(lowest)) for v, b in zip(lowest, beta, strict=True)]
    own = (1 - delta) / (1 - delta * (1 - rho))
    assert only.negotiated[0] == pytest.approx([float(r) for r in divided], abs=1e-12)
    assert only.equilibrium.punishment_payoffs[0] == pytest.approx(
        [float(own * v + (1 - own) * r) for v, r in zip(lowest, divided, strict=True)], abs=1e-12
    )


def test_hold_up_game_invests_up_to_two_parts_in_27():
    edge = Fraction(2, 27)
    for rho, target in ((edge, (2, 0)), (edge + Fraction(1, 10**12), (0, 0))):
        (only,) = repeated_negotiation(game("hold_up", 0.9), rho).equilibria
        assert only.equilibrium.targets[0] == target


def test_a_settled_point_that_is_no_equilibrium_is_refused():
    blackmail = game("blackmail", 0.9)
    check = check_negotiation(blackmail, 0.5, [[0, 1], [0, 0]])
    assert check.holds.tolist() == [False, True]
    assert check.differences[0] == pytest.approx(0.45)
    almost = check_negotiation(blackmail, 0.5, [[Fraction(1, 10**40), 1 - Fraction(1, 10**40)], [0, 0]])
    assert almost.equilibrium.punishment_payoffs[0, 1] > 0.8


@pytest.mark.parametrize("rho", [0.1, 0.35, 0.8])
def test_states_that_come_back_are_solved_by_iteration_and_tested(rho):
    drawn = two_states(0.7)
    found = repeated_negotiation(drawn, rho, periods=300)
    assert not found.complete
    assert found.backward is not None
    for each in found.equilibria:
        again = truncated_equilibrium(drawn, rho, each.negotiated)
        np.testing.assert_allclose(again.split(), each.negotiated, atol=1e-9)
    assert "maybe others" in str(found) or not found.exists.any()


@pytest.mark.parametrize("seed", range(30, 62))
def test_what_iteration_settles_on_is_listed_if_it_holds(seed):
    rng = np.random.default_rng(seed)
    onward = [[[0.5, 0.25, 0.25], [0, 0.75, 0.25], [1, 0, 0]], [[0, 1, 0], [0, 0.5, 0.5]], [[0, 0, 1]]]
    moves = [np.array(rows)[rng.integers(len(rows), size=(2, 2))] for rows in onward]
    payoffs = [rng.integers(-5, 6, (2, 2, 2)) for _ in range(3)]
    drawn = StochasticGame(["a", "b", "c"], payoffs, moves, 0.7)
    rho, beta = float(rng.integers(1, 10)) / 10, [0.8, 0.2]
    last = backward_negotiation(drawn, rho, beta, periods=90).negotiated[-1]
    found = repeated_negotiation(drawn, rho, beta)
    assert found.complete
    if np.isfinite(last).all() and check_negotiation(drawn, rho, last, beta).holds.all():
        assert any(np.allclose(each.negotiated, last, atol=1e-7) for each in found.equilibria)


def test_several_equilibria_are_all_listed():
    stay = [[Fraction(3, 4), Fraction(1, 4)], [Fraction(3, 4), Fraction(3, 4)]]
    drawn = StochasticGame(
        ["here", "over"],
        [[[[5, -1], [-3, 2]], [[-1, -4], [-2, 0]]], [[[-5, 0]]]],
        [[[[p, 1 - p] for p in row] for row in stay], [[[0, 1]]]],
        0.9,
    )
    found = repeated_negotiation(drawn, Fraction(2, 3), ["3/4", "1/4"])
    listed = sorted(tuple(each.negotiated[0]) for each in found.at("here"))
    assert listed == [pytest.approx((-53 / 13, 0)), pytest.approx((-35 / 13, 6 / 13))]
    assert found.complete
    assert "here: 2 equilibria" in str(found)


def test_weights_are_heeded_and_results_of_other_discount_factors_are_not():
    drawn = game("gangsta", 0.5)
    even, odd = (repeated_negotiation(drawn, 0.1, beta).equilibria[0] for beta in (None, [0.9, 0.1]))
    assert even.negotiated[0, 0] == pytest.approx(2)
    assert odd.negotiated[0, 0] > 3
    impatient = repeated_negotiation(drawn.with_delta(0.2), 0.1).equilibria[0]
    assert impatient.equilibrium.joint_payoffs[0] == pytest.approx(0)
    again = repeated_negotiation(drawn, 0.1).equilibria[0]
    assert (again.negotiated == even.negotiated).all()


@settings(max_examples=25)
@given(
    leaving_games(), st.sampled_from(FRACTIONS), st.sampled_from(["1/3", "12"]), st.sampled_from(["-5", "1000000"])
)
def test_units_and_zeros_do_not_matter(game, rho, scale, shift):
    found = repeated_negotiation(game, rho)
    unit, zero = Fraction(scale), Fraction(shift)
    moves = [game.transitions.exact(s) for s in range(2)]
    moved = StochasticGame(
        game.states, [exact * unit + zero for exact in game.exact_payoffs], moves, game.exact_deltas[0]
    )
    other = repeated_negotiation(moved, rho)
    assert len(other.equilibria) == len(found.equilibria)
    mine, theirs = (
        sorted(tuple(each.negotiated.ravel()) for each in answer.equilibria) for answer in (found, other)
    )
    for a, b in zip(mine, theirs, strict=True):
        if found.exists.all():
            assert b == pytest.approx([x * float(unit) + float(zero) for x in a], rel=1e-12, abs=1e-12)


def test_arguments_are_checked():
    drawn = two_states(0.5)
    with refused("'rho' of repeated_negotiation must be between 0 and 1, got -0.1"):
        repeated_negotiation(drawn, -0.1)
    with refused("'beta' of repeated_negotiation must hold 2 weights, one a player"):
        repeated_negotiation(drawn, 0.1, [1])
    with refused("'beta' of repeated_negotiation must hold weights of at least 0 that add up to 1"):
        repeated_negotiation(drawn, 0.1, [1.5, -0.5])
    with refused("'negotiated' of check_negotiation must have shape (2, 2)"):
        check_negotiation(drawn, 0.1, [0, 0])
    with refused("'delta' of StochasticGame must be common to all players here"):
        repeated_negotiation(two_states([0.5, 0.6]), 0.1)
