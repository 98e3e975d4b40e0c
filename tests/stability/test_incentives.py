"""Closed forms of holding against breaking, judged by adding up what either brings year by year."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq

from negotiation.stability.critical import critical_discount
from negotiation.stability.incentives import (
    critical_patience,
    largest_hazard,
    largest_pending_risk,
    patience_with_lag,
    present_slack,
    relative_radius,
    slack,
)
from tests.strategies import dilemmas, refused, rescale, swap_players

YEARS = 4000
sizes = st.floats(0.05, 20)
weights = st.floats(0.02, 0.98)


def advantage_of_holding(temptation, harm, patience, lag=1):
    """Add up, year by year, the truce kept for ever less a break that is answered after `lag` years.

    Open conflict counts as 0, so that the truce is worth harm - temptation a year and a break unanswered harm.
    """
    years = np.arange(YEARS)
    kept = np.full(YEARS, harm - temptation)
    broken = np.where(years < lag, harm, 0.0)
    return float(((kept - broken) * patience**years).sum())


def best_first_action(temptation, harm, patience):
    """Let the side choose anew every year against a grim opponent: value iteration over truce and conflict."""
    truce = conflict = 0.0
    for _ in range(YEARS):
        hold, answer = harm - temptation + patience * truce, harm + patience * conflict
        truce, conflict = max(hold, answer), max(patience * conflict, -1 + patience * conflict)
    return "hold" if hold >= answer else "break"


@given(sizes, sizes, weights)
def test_a_side_holds_exactly_from_its_critical_patience_on(temptation, harm, patience):
    needed = critical_patience(temptation, harm)
    assume(abs(patience - needed) > 1e-3)
    assert (slack(temptation, harm, patience) >= 0) == (patience >= needed)
    assert (advantage_of_holding(temptation, harm, patience) >= 0) == (patience >= needed)


@pytest.mark.parametrize("distance", [-0.01, 0.01])
@pytest.mark.parametrize(("temptation", "harm"), [(2.1, 6.48), (2.6, 10.8), (3, 4), (0.1, 5)])
def test_value_iteration_changes_its_mind_at_the_critical_patience(temptation, harm, distance):
    patience = float(critical_patience(temptation, harm)) + distance
    assert best_first_action(temptation, harm, patience) == ("hold" if distance > 0 else "break")


@given(dilemmas())
def test_critical_patience_is_the_grim_threshold_of_the_repeated_dilemma(stage):
    own = np.stack([stage.payoffs[..., 0], stage.payoffs[..., 1].T])
    temptation, harm = own[:, 1, 0] - own[:, 0, 0], own[:, 1, 0] - own[:, 1, 1]
    assert critical_patience(temptation, harm) == pytest.approx(critical_discount(stage, (0, 0)).by_player)


@given(dilemmas(), st.integers(1, 9), st.integers(-9, 9))
def test_critical_patience_does_not_depend_on_seats_unit_or_zero(stage, scale, shift):
    def needed(game):
        row, column = game.payoffs[..., 0], game.payoffs[..., 1].T
        return [float(critical_patience(own[1, 0] - own[0, 0], own[1, 0] - own[1, 1])) for own in (row, column)]

    assert needed(rescale(stage, scale, shift)) == pytest.approx(needed(stage), rel=1e-12)
    assert needed(swap_players(stage)) == needed(stage)[::-1]


def test_critical_patience_at_its_edges():
    needed = critical_patience([0, -1, 0, 1, 1, 2, 1, -1, -2, 0], [5, 5, 0, 0, -1, 2, 0.5, -2, -1, -1])
    assert needed.tolist() == [0, 0, 0, math.inf, math.inf, 1, 2, math.inf, 0, math.inf]


@pytest.mark.parametrize(("temptation", "harm"), [(-1, -2), (-2, -1), (-1, 3), (0, -1)])
def test_without_temptation_a_side_holds_unless_conflict_is_the_better_state(temptation, harm):
    always = all(slack(temptation, harm, patience) >= 0 for patience in np.linspace(0.01, 1, 100))
    assert (critical_patience(temptation, harm) == 0) == always


@given(sizes, sizes, weights)
def test_present_slack_adds_up_the_years(temptation, harm, patience):
    added = advantage_of_holding(temptation, harm, patience)
    assert float(present_slack(temptation, harm, patience)) == pytest.approx(added, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("temptation", "harm", "patience"), [(2.1, 6.48, 0.662), (3, 4, 0.9), (1, 6, 0.5)])
def test_at_the_largest_hazard_the_side_is_indifferent(temptation, harm, patience):
    found = float(largest_hazard(temptation, harm, patience))
    root = brentq(lambda x: advantage_of_holding(temptation, harm, patience * (1 - x)), 0, 0.999)
    assert found == pytest.approx(root, abs=1e-9)


def test_largest_hazard_at_its_edges():
    assert largest_hazard([0, 1, 1, 3], [4, 4, 0, 4], [0.5, 0.25, 0.5, 0.5]).tolist() == [1, 0, -math.inf, -0.5]


@pytest.mark.parametrize(("temptation", "harm", "patience"), [(2.1, 6.48, 0.574), (2.6, 10.8, 0.574), (1, 3, 0.9)])
def test_at_the_largest_pending_risk_waiting_for_the_ruling_is_worth_a_break_before_it(temptation, harm, patience):
    truce = sum((harm - temptation) * patience**year for year in range(YEARS))

    def advantage_of_waiting(risk):
        return (harm - temptation) + patience * ((1 - risk) * truce + risk * 0) - harm

    found = float(largest_pending_risk(temptation, harm, patience))
    assert found == pytest.approx(brentq(advantage_of_waiting, -1, 2), abs=1e-9)
    assert advantage_of_waiting(found - 0.01) > 0 > advantage_of_waiting(found + 0.01)


def test_without_temptation_no_ruling_is_feared():
    assert largest_pending_risk([0, 0], [5, 1], 0.5).tolist() == [1, 1]


@pytest.mark.parametrize("lag", [1, 2, 3, 7])
@pytest.mark.parametrize(("temptation", "harm"), [(2.1, 6.48), (3, 4), (1, 6)])
def test_patience_with_lag_makes_a_late_answer_just_enough(temptation, harm, lag):
    root = brentq(lambda weight: advantage_of_holding(temptation, harm, weight, lag), 1e-6, 1 - 1e-6)
    assert float(patience_with_lag(temptation, harm, lag)) == pytest.approx(root, abs=1e-6)


def test_a_shorter_lag_asks_for_less_patience():
    needed = patience_with_lag(2.1, 6.48, [0.25, 0.5, 1, 2])
    assert (np.diff(needed) > 0).all()
    assert needed[2] == critical_patience(2.1, 6.48)
    assert needed[1] == pytest.approx(needed[2] ** 2)
    assert patience_with_lag([0, 1], [1, 0], 2).tolist() == [0, math.inf]


def test_arrays_of_any_shapes_that_broadcast_work_element_by_element():
    temptation, harm, patience = np.array([[1.0], [2]]), np.array([4.0, 5, 8]), 0.75
    for function in (slack, largest_hazard, present_slack, largest_pending_risk):
        table = function(temptation, harm, patience)
        assert table.shape == (2, 3)
        for (row, column), entry in np.ndenumerate(table):
            assert entry == function(temptation[row, 0], harm[column], patience)
    assert critical_patience(temptation, harm).tolist() == [[0.25, 0.2, 0.125], [0.5, 0.4, 0.25]]
    assert patience_with_lag(temptation, harm, [[1], [2]]).shape == (2, 3)


@pytest.mark.parametrize("function", [slack, largest_hazard, present_slack, largest_pending_risk])
def test_numbers_out_of_range_are_refused_by_name(function):
    owner = "slack" if function is present_slack else function.__name__
    outside = "'1 - patience'" if function is largest_pending_risk else "'patience'"
    with refused(f"{outside} of {owner} must "):
        function(1, 2, 1.2)
    with refused(f"'patience' of {owner} must "):
        function(1, 2, -0.5)
    with refused(f"'patience[1]' of {owner} must be finite, got nan."):
        function(1, 2, [0.5, math.nan])
    with refused(f"'patience' of {owner} must be a rectangular array of numbers, got 'x'."):
        function(1, 2, "x")


def test_what_the_formulas_cannot_use_is_refused():
    with refused("'temptation' of critical_patience must be finite, got inf."):
        critical_patience(math.inf, 1)
    with refused("'harm[0]' of critical_patience must be finite, got nan."):
        critical_patience(1, [math.nan])
    with refused("'patience' of largest_hazard must be above 0, got 0.0."):
        largest_hazard(1, 2, 0)
    with refused("'1 - patience' of present_slack must be above 0, got 0.0."):
        present_slack(1, 2, 1)
    with refused("'harm' of largest_pending_risk must be above 0, got 0.0."):
        largest_pending_risk(1, 0, 0.5)
    with refused("'harm - temptation' of largest_pending_risk must be above 0, got -1.0."):
        largest_pending_risk(3, 2, 0.5)
    for lag in (0, -1):
        with refused(f"'lag' of patience_with_lag must be above 0, got {lag:.1f}."):
            patience_with_lag(1, 2, lag)


def slack_after(error, temptation, harm, patience):
    return patience * (1 - error) * harm * (1 - error) - temptation * (1 + error)


@given(sizes, sizes, st.floats(0.02, 1))
def test_the_radius_solves_the_equation_of_its_definition(temptation, harm, patience):
    found = float(relative_radius(temptation, harm, patience))
    root = brentq(slack_after, -1, 1, args=(temptation, harm, patience), xtol=1e-14)
    assert found == pytest.approx(root, abs=1e-9)
    assume(abs(slack_after(0, temptation, harm, patience)) > 1e-9)
    assert (found >= 0) == (slack_after(0, temptation, harm, patience) >= 0)


@pytest.mark.parametrize(("temptation", "harm", "patience"), [(2.1, 6.48, 0.57358), (2.6, 10.8, 0.57358)])
def test_every_common_error_below_the_radius_is_survived_and_none_above(temptation, harm, patience):
    radius = float(relative_radius(temptation, harm, patience))
    for error in np.linspace(0, 0.99, 200):
        assert (slack_after(error, temptation, harm, patience) >= 0) == (error <= radius)


def test_radii_at_the_edges():
    found = relative_radius([0, -1, 1, 1, 1, 0], [5, 5, 0, -2, 2, 0], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    assert found.tolist() == [1, 1, -1, -1, 0, 1]
    assert relative_radius([[1], [2]], [4, 5, 6], 0.9).shape == (2, 3)
    assert relative_radius(1, [1e-17, 1e-300], 1).tolist() == [-1, -1]
    assert relative_radius(1e-300, 1, 1) == pytest.approx(1)


def test_radii_of_what_does_not_fit_are_refused():
    with refused("'patience' of relative_radius must be above 0, got 0.0."):
        relative_radius(1, 2, 0)
    for patience in (1.2, -0.5):
        with refused(f"'patience' of relative_radius must lie between 0 and 1, got {patience}."):
            relative_radius(1, 2, patience)
    with refused("'temptation' of relative_radius must be finite, got nan."):
        relative_radius(math.nan, 2, 0.5)
    with refused("'harm' of relative_radius must be a rectangular array of numbers, got 'x'."):
        relative_radius(1, "x", 0.5)
