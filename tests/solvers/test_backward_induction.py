"""Repeated negotiation solved backwards, against published cases, closed forms and plain loops."""

from fractions import Fraction

import numpy as np
import pytest

from negotiation.games import StochasticGame
from negotiation.solvers import Course, Status, backward_negotiation, repeated_negotiation, transfer_equilibrium
from tests.relational import TOLERANCE, expected, game, plain_elimination, random_game, results, two_states
from tests.strategies import refused


@pytest.mark.parametrize(("name", "result"), results("rel_T_rne"))
def test_published_cases(name, result):
    arguments = result["args"]
    beta = [arguments["beta1"], 1 - arguments["beta1"]]
    found = backward_negotiation(game(name, arguments["delta"]), arguments["rho"], beta, periods=arguments["T"])
    last = np.column_stack([found.joint_payoffs[-1], found.punishment_payoffs[-1], found.negotiated[-1]])
    assert np.abs(last - expected(result)).max() <= TOLERANCE
    assert found.status is Status.EXACT


def test_blackmail_falls_for_ever_as_the_closed_form_says():
    found = backward_negotiation(game("blackmail", 0.9), 0.5, periods=600)
    np.testing.assert_allclose(found.negotiated[:, 0, 0], 0.45 * 0.9 ** np.arange(600), rtol=1e-11)
    assert found.status is Status.EXACT
    assert found.courses == (Course.CONVERGED, Course.CONVERGED)
    assert not repeated_negotiation(found.game, 0.5).exists[0]


@pytest.mark.parametrize(("delta", "length"), [(0.5, 2), (0.6, 3)])
def test_cycles_are_seen_state_by_state(delta, length):
    found = backward_negotiation(game("gangsta", delta), 0.5, periods=100)
    assert found.courses == (Course.CYCLES, Course.CONVERGED)
    assert found.cycle_lengths.tolist() == [length, 1]
    assert f"the payoffs repeat themselves every {length} periods" in str(found)


def test_few_periods_settle_nothing():
    found = backward_negotiation(game("blackmail", 0.9), 0.5, periods=5)
    assert found.courses[0] is Course.UNSETTLED
    assert found.cycle_lengths[0] == 0


def plain_step(payoffs, moves, delta, rho, joint, lowest, divided):
    """Go one period back in plain loops."""
    new_joint, new_lowest = np.zeros_like(joint), np.zeros_like(lowest)
    for s, array in enumerate(payoffs):
        together, deviations = {}, {}
        for a in np.ndindex(array.shape[:-1]):
            together[a] = (1 - delta) * array[a].sum() + delta * moves[s][a] @ joint
            deviations[a] = []
            for i in range(array.shape[-1]):
                values = []
                for own in range(array.shape[i]):
                    b = (*a[:i], own, *a[i + 1 :])
                    later = (1 - rho) * lowest[:, i] + rho * divided[:, i]
                    values.append((1 - delta) * array[b][i] + delta * moves[s][b] @ later)
                deviations[a].append(max(values))
        works = [a for a in together if together[a] >= sum(deviations[a]) - 1e-11]
        if not works:
            return None
        new_joint[s] = max(together[a] for a in works)
        new_lowest[s] = np.min([deviations[a] for a in works], axis=0)
    return new_joint, new_lowest


@pytest.mark.parametrize("seed", range(10))
def test_steps_agree_with_plain_loops(seed):
    drawn, rng = random_game(seed, 3), np.random.default_rng(seed)
    rho, first = rng.random(2)
    beta, moves = np.array([first, 1 - first]), list(drawn.transitions)
    values = plain_elimination(drawn.payoffs, moves, drawn.delta)
    found = backward_negotiation(drawn, float(rho), beta, periods=8)
    for period in range(8):
        if values is None:
            assert np.isnan(found.joint_payoffs[period]).any()
            break
        joint, lowest = values
        np.testing.assert_allclose(found.joint_payoffs[period], joint, atol=1e-9)
        np.testing.assert_allclose(found.punishment_payoffs[period], lowest, atol=1e-9)
        divided = lowest + np.outer(joint - lowest.sum(axis=1), beta)
        np.testing.assert_allclose(found.negotiated[period], divided, atol=1e-9)
        values = plain_step(drawn.payoffs, moves, drawn.delta, rho, joint, lowest, divided)


def test_without_new_negotiations_nothing_changes():
    drawn = two_states(0.7)
    found, transfers = backward_negotiation(drawn, 0, periods=40), transfer_equilibrium(drawn)
    np.testing.assert_allclose(found.joint_payoffs, np.tile(transfers.joint_payoffs, (40, 1)), atol=1e-12)
    np.testing.assert_allclose(found.negotiated, np.tile(transfers.split(), (40, 1, 1)), atol=1e-12)


def test_frozen_states_start_from_the_repeated_game_with_less_patience():
    stage = [[[1, 1], ["-4/5", "8/5"]], [["8/5", "-4/5"], [0, 0]]]
    drawn = StochasticGame(["x", "y"], [stage, [[[3, 3]]]], [[[[0, 1]] * 2] * 2, [[[0, 1]]]], 0.5)
    found = backward_negotiation(drawn, 0.2, after="frozen", periods=1)
    assert found.negotiated[0].tolist() == [[1, 1], [3, 3]]
    own = (1 - 0.5) / (1 - 0.5 * 0.8)
    assert found.punishment_payoffs[0, 0] == pytest.approx([1 - own] * 2)
    never = backward_negotiation(drawn, 1, after="frozen", periods=1)
    assert never.negotiated[0].tolist() == [[0, 0], [3, 3]]


def test_a_state_can_lose_its_equilibrium_on_the_way():
    pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    drawn = StochasticGame(
        ["pennies", "apart"], [pennies, [[[1, 2]]]], [[[[1, 0]] * 2] * 2, [[[0, 1]]]], Fraction(1, 2)
    )
    found = backward_negotiation(drawn, 0.5, periods=30)
    assert found.courses == (Course.NONE, Course.CONVERGED)
    assert np.isnan(found.negotiated[-1, 0]).all()


def test_arguments_are_checked():
    drawn = two_states(0.5)
    with refused("'rho' of backward_negotiation must be between 0 and 1, got 2"):
        backward_negotiation(drawn, 2)
    with refused("'periods' of backward_negotiation must be a whole number of at least 1, got 0"):
        backward_negotiation(drawn, 0.5, periods=0)
    with refused("'after' of backward_negotiation must be one of the 2 known names, got 'frost'"):
        backward_negotiation(drawn, 0.5, after="frost")
