import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.games import (
    StochasticGame,
    absorption,
    check_reachable,
    hazard,
    policy_matrix,
    reachable_states,
    simulate,
    state_distribution,
)
from tests.strategies import refused

IDLE = [(0, 0)]


def walk(size, up):
    """A gambler who wins one unit with probability `up`, until broke or at `size`."""
    rows = [{"0": 1}] + [{str(k + 1): up, str(k - 1): 1 - up} for k in range(1, size)] + [{str(size): 1}]
    return StochasticGame.from_functions(
        [str(k) for k in range(size + 1)],
        lambda state: [["-"], ["-"]],
        lambda state, profile: (int(state), 0),
        lambda state, profile: rows[int(state)],
        0.9,
    )


def two_actions(keep):
    return StochasticGame.from_functions(
        ["truce", "war"],
        lambda state: [["hold", "break"], ["hold", "break"]] if state == "truce" else [["-"], ["-"]],
        lambda state, profile: (profile.count("hold"), 7),
        lambda state, profile: {"truce": keep, "war": 1 - keep} if profile == ("hold", "hold") else {"war": 1},
        0.9,
    )


@pytest.mark.parametrize("up", [0.5, 0.3, 0.8])
def test_gamblers_ruin(up):
    size = 6
    game = walk(size, up)
    chance, periods = absorption(game, IDLE * (size + 1), [str(size)])
    odds = (1 - up) / up
    for k in range(size + 1):
        ruin = k / size if up == 0.5 else (1 - odds**k) / (1 - odds**size)
        assert chance[k] == pytest.approx(ruin, abs=1e-12)
    assert np.isinf(periods[:size]).all()
    both, length = absorption(game, IDLE * (size + 1), ["0", str(size)])
    assert both.tolist() == [1] * (size + 1)
    for k in range(size + 1):
        steps = k * (size - k) if up == 0.5 else (k - size * (1 - odds**k) / (1 - odds**size)) / (1 - 2 * up)
        assert length[k] == pytest.approx(steps, abs=1e-10)


def test_what_follows_the_targets_does_not_count():
    game = StochasticGame.from_functions(
        ["before", "target", "trap"],
        lambda state: [["-"], ["-"]],
        lambda state, profile: (0, 0),
        lambda state, profile: {"target" if state == "before" else "trap": 1},
        0.9,
    )
    chance, periods = absorption(game, IDLE * 3, ["target"])
    assert chance.tolist() == [1, 1, 0]
    assert periods.tolist() == [1, 0, np.inf]


def test_constant_risk_gives_a_geometric_survival():
    policy = [("hold", 0), ("-", "-")]
    risk, survival = hazard(two_actions(0.8), policy, "truce", ["war"], 30)
    np.testing.assert_allclose(risk, 0.2, rtol=1e-12)
    np.testing.assert_allclose(survival, 0.8 ** np.arange(31), rtol=1e-12)
    _, periods = absorption(two_actions(0.8), policy, ["war"])
    np.testing.assert_allclose(periods, [5, 0], rtol=1e-12)


def test_hazard_is_undefined_once_all_is_over():
    risk, survival = hazard(two_actions(0.8), [("break", "hold"), ("-", "-")], "truce", "war", 3)
    assert risk[0] == 1
    assert np.isnan(risk[1:]).all()
    assert survival.tolist() == [1, 0, 0, 0]


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_mixed_policy_weighs_the_profiles(draws):
    first, second, keep = draws
    game = two_actions(keep)
    policy = [([first, 1 - first], [second, 1 - second]), ([1.0], ["-"][0])]
    stays = first * second * keep
    np.testing.assert_allclose(policy_matrix(game, policy), [[stays, 1 - stays], [0, 1]], atol=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_distribution_agrees_with_a_plain_loop(seed):
    rng = np.random.default_rng(seed)
    moves = rng.dirichlet(np.ones(4), size=(4, 2, 3))
    game = StochasticGame(list("abcd"), [np.zeros((2, 3, 2))] * 4, list(moves), 0.9)
    chosen = [(int(rng.integers(2)), int(rng.integers(3))) for _ in range(4)]
    found = state_distribution(game, chosen, "b", 6)
    here = {1: 1.0}
    for period in range(7):
        assert [pytest.approx(here.get(s, 0), abs=1e-12) for s in range(4)] == found[period].tolist()
        following = {}
        for s, p in here.items():
            for t in range(4):
                following[t] = following.get(t, 0) + p * moves[s][chosen[s]][t]
        here = following


def test_simulation_is_repeatable_and_agrees_with_the_probabilities():
    game, policy = two_actions(0.7), [([0.9, 0.1], "hold"), ("-", "-")]
    paths, periods = 40_000, 6
    first, again = (
        simulate(game, policy, "truce", periods, rng=np.random.default_rng(5), paths=paths) for _ in range(2)
    )
    assert (first.states == again.states).all()
    shares = np.array([[(first.states[:, t] == s).mean() for s in range(2)] for t in range(periods)])
    exact = state_distribution(game, policy, "truce", periods - 1)
    error = np.sqrt(exact * (1 - exact) / paths)
    assert (np.abs(shares - exact) <= 5 * error).all()
    held = first.states == 0
    assert (first.payoffs[held][:, 0] == (first.profiles[held] == 0).sum(axis=1)).all()
    assert (first.payoffs[~held] == [0, 7]).all()
    assert first.profiles[held][:, 0].mean() == pytest.approx(0.1, abs=0.01)


def test_states_out_of_reach_are_named():
    game = walk(4, 0.5)
    assert reachable_states(game, "0") == ("0",)
    assert reachable_states(game, "2") == game.states
    check_reachable(game, 2)
    with refused(
        "'transitions' of StochasticGame must reach every state from '4', got 4 out of reach. Leave out 0"
    ):
        check_reachable(game, "4")


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ([(0, 0)], "'policy' of profile_weights must hold one entry for each of 2 states, got 1"),
        ([(0,), (0, 0)], "'policy['truce']' of profile_weights must hold one action for each of 2 players"),
        ([(0, "hald"), (0, 0)], "'actions[1]' of StageGame must name an action of player 1, got 'hald'"),
        ([([0.5, 0.6], 0), (0, 0)], "'policy['truce'][0]' of profile_weights must add up to 1"),
        ([([1.0], 0), (0, 0)], "'policy['truce'][0]' of profile_weights must hold the probabilities of 2 actions"),
        ([([1.5, -0.5], 0), (0, 0)], "'policy['truce'][0]' of profile_weights must lie between 0 and 1"),
    ],
)
def test_policies_that_do_not_fit_are_refused(policy, message):
    with refused(message):
        policy_matrix(two_actions(0.5), policy)
