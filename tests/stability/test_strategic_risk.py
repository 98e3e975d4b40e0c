"""Strategic risk against the payoffs of the grim trigger and of always breaking, added up round by round."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from negotiation.games import StageGame
from negotiation.stability.critical import critical_discount
from negotiation.stability.strategic_risk import strategic_risk
from tests.strategies import dilemmas, refused, rescale, swap_players

SYMMETRIC = StageGame.from_matrices([[32, 12], [50, 25]], [[32, 50], [12, 25]])
deltas = st.floats(0.05, 0.95)


def meetings(stage, delta, player, rounds=1000):
    """Return a player's average payoffs in (own, other) strategies: 0 grim trigger, 1 always breaking."""
    own = stage.payoffs[..., 0] if player == 0 else stage.payoffs[..., 1].T
    weights = (1 - delta) * delta ** np.arange(rounds)
    paths = {(0, 0): [(0, 0)], (0, 1): [(0, 1), (1, 1)], (1, 0): [(1, 0), (1, 1)], (1, 1): [(1, 1)]}
    table = np.empty((2, 2))
    for pair, path in paths.items():
        earned = np.array([own[path[min(t, len(path) - 1)]] for t in range(rounds)])
        table[pair] = (weights * earned).sum()
    return table


def joining_belief(table):
    """Find by bisection the belief in the other's grim trigger at which joining it is as good as breaking."""
    advantage = table[0] - table[1]
    return 1.0 if advantage[0] <= 0 else brentq(lambda belief: advantage @ [belief, 1 - belief], 0, 1)


@given(dilemmas(), deltas)
def test_the_basin_of_breaking_ends_where_both_strategies_earn_the_same(stage, delta):
    risk = strategic_risk(stage, delta)
    for player in range(2):
        table = meetings(stage, delta, player)
        if abs(table[0, 0] - table[1, 0]) > 1e-9:
            assert risk.size_bad[player] == pytest.approx(joining_belief(table), abs=1e-9)


@given(dilemmas(), deltas)
def test_products_are_those_of_the_losses_from_leaving_alone(stage, delta):
    risk = strategic_risk(stage, delta)
    tables = [meetings(stage, delta, player) for player in range(2)]
    grim = math.prod(max(float(table[0, 0] - table[1, 0]), 0) for table in tables)
    breaking = math.prod(float(table[1, 1] - table[0, 1]) for table in tables)
    assert risk.cooperation_product == pytest.approx(grim, rel=1e-6, abs=1e-9)
    assert risk.breaking_product == pytest.approx(breaking, rel=1e-9)
    if abs(grim - breaking) > 1e-6:
        assert risk.is_risk_dominant == (grim > breaking)


@given(dilemmas())
def test_the_critical_delta_is_that_of_the_grim_trigger(stage):
    found = strategic_risk(stage, 0.5).critical_delta
    assert found == pytest.approx(critical_discount(stage, (0, 0)).by_player)


@given(dilemmas())
def test_from_the_risk_dominant_delta_on_half_a_belief_is_enough(stage):
    threshold = strategic_risk(stage, 0.5).risk_dominant_delta
    for player in range(2):
        assert strategic_risk(stage, threshold[player]).size_bad[player] == pytest.approx(0.5)
        for step, smaller in ((-1e-4, False), (1e-4, True)):
            delta = min(max(threshold[player] + step, 1e-6), 1 - 1e-6)
            assert (strategic_risk(stage, delta).size_bad[player] < 0.5) == smaller


def test_in_a_symmetric_game_risk_dominance_starts_at_its_threshold():
    threshold = strategic_risk(SYMMETRIC, 0.5).risk_dominant_delta[0]
    assert not strategic_risk(SYMMETRIC, threshold - 1e-6).is_risk_dominant
    assert strategic_risk(SYMMETRIC, threshold + 1e-6).is_risk_dominant


def test_below_the_critical_delta_no_belief_is_enough():
    impatient = strategic_risk(SYMMETRIC, 0.7199)
    assert impatient.size_bad.tolist() == [1, 1]
    assert impatient.cooperation_product == 0
    assert not impatient.is_risk_dominant
    assert strategic_risk(SYMMETRIC, 0.7201).size_bad[0] < 1


def test_a_loss_and_a_gain_that_cancel_leave_no_division_by_zero():
    stage = StageGame.from_matrices([[3, 1], [5, 2]], [[3, 5], [1, 2]])  # at 1/2 the two losses add up to 0
    assert strategic_risk(stage, 0.5).size_bad.tolist() == [1, 1]


@given(dilemmas(), deltas)
def test_players_who_change_seats_keep_their_risk(stage, delta):
    risk, swapped = strategic_risk(stage, delta), strategic_risk(swap_players(stage), delta)
    for name in ("gain", "loss", "critical_delta", "risk_dominant_delta", "size_bad"):
        assert (getattr(swapped, name)[::-1] == getattr(risk, name)).all()
    assert swapped.players == risk.players[::-1]
    assert swapped.is_risk_dominant == risk.is_risk_dominant


@given(dilemmas(), deltas, st.integers(1, 9), st.integers(-9, 9))
def test_unit_and_zero_of_the_payoffs_do_not_matter(stage, delta, scale, shift):
    risk, moved = strategic_risk(stage, delta), strategic_risk(rescale(stage, scale, shift), delta)
    for name in ("gain", "loss", "critical_delta", "risk_dominant_delta"):
        assert getattr(moved, name) == pytest.approx(getattr(risk, name), rel=1e-12)
    away = np.abs(risk.critical_delta - delta) > 1e-9
    assert moved.size_bad[away] == pytest.approx(risk.size_bad[away], rel=1e-6)
    assert moved.cooperation_product == pytest.approx(risk.cooperation_product * scale**2, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    "own",
    [[[3, 1], [4, 0]], [[4, 0], [3, 2]], [[4, 1], [2, 0]], [[1, 0], [5, 3]], [[3, 0], [3, 1]], [[0, 0], [0, 0]]],
)
def test_games_other_than_the_dilemma_are_refused(own):
    words = "'stage' of strategic_risk must be a prisoner's dilemma, T > R > P > S for both, got [[["
    dilemma = [[3, 0], [5, 1]]
    for row, column in ((own, dilemma), (dilemma, own), (own, own)):
        with refused(words):
            strategic_risk(StageGame.from_matrices(row, np.transpose(column)), 0.5)


@pytest.mark.parametrize("shape", [(2, 3), (2, 2, 2)])
def test_games_of_other_shapes_are_refused(shape):
    with refused(f"'stage' of strategic_risk must have two players with two actions each, got {shape}."):
        strategic_risk(StageGame(np.zeros((*shape, len(shape)))), 0.5)


def test_discount_factors_that_are_none_are_refused():
    for delta in (0, 1, 1.2, -0.5):
        with refused(f"'delta' of strategic_risk must be strictly between 0 and 1, got {delta}."):
            strategic_risk(SYMMETRIC, delta)
    with refused("'delta' of strategic_risk must be finite, got nan."):
        strategic_risk(SYMMETRIC, math.nan)
    for delta in ("x", None, True):
        with refused(f"'delta' of strategic_risk must be a number, got {delta!r}."):
            strategic_risk(SYMMETRIC, delta)
    assert strategic_risk(SYMMETRIC, "0.75").size_bad[0] == pytest.approx(0.8125)
