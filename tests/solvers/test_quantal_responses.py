"""Logit equilibria against closed forms, a root finder, slow continuation and the entropy bound on regret."""

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve
from scipy.special import expit, softmax

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from negotiation.solvers.nash import nash_equilibria
from negotiation.solvers.quantal_responses import quantal_response
from negotiation.solvers.solution import Status

PENNIES = StageGame.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])


def random_games(seed, count, shapes):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = shapes[rng.integers(len(shapes))]
        yield StageGame(rng.integers(0, 10, (*shape, len(shape))).tolist())


def earnings(stage, mixtures):
    """What each action earns, by summing over all profiles."""
    earned = [np.zeros(count) for count in stage.shape]
    for profile in np.ndindex(stage.shape):
        for player, action in enumerate(profile):
            others = [m[a] for j, (m, a) in enumerate(zip(mixtures, profile, strict=True)) if j != player]
            earned[player][action] += np.prod(others) * stage.payoffs[(*profile, player)]
    return earned


def at(found, k):
    return [mixed[k] for mixed in found.mixtures]


@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (2, 2, 2), (2, 3, 2), (1, 3), (2, 2, 2, 2)])
def test_every_mixture_is_the_logit_response_to_the_others(shape):
    precisions = [0, 0.01, 0.3, 1, 4, 30]
    for stage in random_games(sum(shape), 8, [shape]):
        found = quantal_response(stage, precisions)
        assert found.status is Status.CONVERGED
        for k, precision in enumerate(precisions):
            for mixed, earned in zip(at(found, k), earnings(stage, at(found, k)), strict=True):
                assert mixed == pytest.approx(softmax(precision * earned), abs=1e-9)
                assert mixed.sum() == pytest.approx(1, abs=1e-14)


def test_precision_zero_is_uniform_play():
    found = quantal_response(StageGame(np.arange(24).reshape(2, 3, 4)[:, :, :2]), 0)
    assert np.allclose(found.mixtures[0], 1 / 2) and np.allclose(found.mixtures[1], 1 / 3)
    assert found.precisions.shape == (1,)


def test_a_dilemma_with_a_constant_temptation_has_the_closed_form():
    stage = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]])
    precisions = np.linspace(0, 10, 41)
    found = quantal_response(stage, precisions)
    for mixed in found.mixtures:
        assert mixed[:, 0] == pytest.approx(expit(-2 * precisions), rel=1e-9)


@pytest.mark.parametrize("precision", [0.1, 0.5, 1.0, 3.0, 10.0, 60.0])
def test_asymmetric_pennies_agree_with_a_root_finder(precision):
    def column(p):
        return expit(precision * ((1 - p) - p))

    def excess(p):
        q = column(p)
        return p - expit(precision * (9 * q - (1 - q)))

    p = brentq(excess, 0, 1, xtol=1e-15)
    found = quantal_response(PENNIES, precision)
    assert found.mixtures[0][0, 0] == pytest.approx(p, abs=1e-9)
    assert found.mixtures[1][0, 0] == pytest.approx(column(p), abs=1e-9)


def test_symmetric_coordination_stays_in_the_middle_and_reports_the_crossing():
    # The middle loses stability where L times half the payoff of 1 equals 1.
    found = quantal_response(StageGame.from_matrices([[1, 0], [0, 1]], [[1, 0], [0, 1]]), [1, 50])
    assert found.mixtures[0] == pytest.approx(np.full((2, 2), 0.5))
    assert found.crossings == pytest.approx((2.0,), abs=1e-4)
    assert found.turns == ()


def test_the_branch_is_that_of_slow_continuation():
    checked = 0
    for stage in random_games(1, 8, [(3, 3), (2, 2, 2)]):
        found = quantal_response(stage, [0.5, 1.0, 1.5])
        if found.turns or found.crossings:
            continue
        sizes = np.cumsum(stage.shape)[:-1]
        logs = np.concatenate([np.full(count, -np.log(count)) for count in stage.shape])
        for precision in np.linspace(0, 1.5, 121)[1:]:

            def gap(logs, precision=precision, stage=stage, sizes=sizes):
                mixtures = [np.exp(part) for part in np.split(logs, sizes)]
                responses = [softmax(precision * earned) for earned in earnings(stage, mixtures)]
                return logs - np.log(np.concatenate(responses))

            logs = fsolve(gap, logs)
            k = {0.5: 0, 1.0: 1, 1.5: 2}.get(round(precision, 9))
            if k is not None:
                assert np.exp(logs) == pytest.approx(np.concatenate(at(found, k)), abs=1e-6)
        checked += 1
    assert checked > 4


def test_regret_is_within_the_entropy_bound_and_vanishes():
    # A logit response maximises payoff plus entropy over L, so that nobody loses more than log(actions) / L.
    precisions = np.array([1.0, 10.0, 100.0, 1000.0])
    for stage in random_games(2, 20, [(3, 3), (4, 4), (2, 2, 2)]):
        found = quantal_response(stage, precisions)
        assert found.status is Status.CONVERGED
        for k, precision in enumerate(precisions):
            mixtures = at(found, k)
            for mixed, earned in zip(mixtures, earnings(stage, mixtures), strict=True):
                assert -1e-9 <= earned.max() - earned @ mixed <= np.log(len(mixed)) / precision + 1e-9


def test_the_branch_ends_at_the_only_equilibrium():
    found = quantal_response(PENNIES, 1e6)
    ((x, y),) = nash_equilibria(PENNIES)
    assert found.mixtures[0][0] == pytest.approx([float(p) for p in x], abs=1e-4)
    assert found.mixtures[1][0] == pytest.approx([float(p) for p in y], abs=1e-4)


def test_turns_are_reported_and_the_first_pass_is_given():
    rng = np.random.default_rng(0)
    turned = 0
    for _ in range(60):
        stage = StageGame(rng.integers(0, 10, (2, 2, 2, 3)).tolist())
        found = quantal_response(stage, [0.05, 200])
        assert found.status is Status.CONVERGED
        assert len(found.turns) % 2 == 0 or found.crossings
        if len(found.turns) == 2:
            between = np.mean(found.turns)
            alone, passed = (quantal_response(stage, asked) for asked in ([between], [between, 200]))
            for mixed, other in zip(alone.mixtures, passed.mixtures, strict=True):
                assert mixed[0] == pytest.approx(other[0], abs=1e-9)
            turned += 1
    assert turned > 0


def test_units_and_order_of_precisions_do_not_matter():
    for stage in random_games(3, 8, [(3, 3), (2, 2, 2)]):
        plain = quantal_response(stage, [0.2, 2.0])
        changed = StageGame((stage.exact_payoffs * 10**9 + 7).tolist())
        scaled = quantal_response(changed, [2e-9, 2e-10])
        for mixed, other in zip(plain.mixtures, scaled.mixtures, strict=True):
            assert mixed == pytest.approx(other[::-1], abs=1e-7)


def test_games_without_a_motive_stay_uniform():
    found = quantal_response(StageGame(np.full((3, 2, 2), 5.0)), [0, 1, 1000])
    assert found.status is Status.CONVERGED
    assert found.mixtures[0] == pytest.approx(np.full((3, 3), 1 / 3))


def test_too_few_steps_are_a_status_with_gaps():
    found = quantal_response(PENNIES, [0, 100], max_steps=3)
    assert found.status is Status.MAX_ITERATIONS
    assert np.isnan(found.mixtures[0][1]).all() and np.isnan(found.residual[1])
    assert found.mixtures[0][0] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    ("precisions", "message"),
    [
        ([-1], "'precisions' of quantal_response must not be negative, got -1"),
        ([[1]], "must be a number or have one axis"),
        ([np.inf], "must be finite"),
        ("high", "must be a rectangular array of numbers"),
    ],
)
def test_other_precisions_are_refused(precisions, message):
    with pytest.raises(ArgumentError, match=message):
        quantal_response(PENNIES, precisions)


def test_payoffs_too_far_apart_for_floats_are_refused():
    with pytest.raises(ArgumentError, match="'stage' of quantal_response must have payoffs whose differences fit"):
        quantal_response(StageGame(np.array([[[1.7e308, 0], [-1.7e308, 0]]])), 1)
    found = quantal_response(StageGame(np.array([[[8e307, 0]], [[-8e307, 0]]])), 1e-308)
    assert found.mixtures[0][0, 0] == pytest.approx(expit(1.6))
