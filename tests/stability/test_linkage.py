from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from negotiation.stability.linkage import link
from tests.strategies import refused

ISSUES, PLAYERS = 3, 2
TEMPTATION, HARM = [[3, 1], [1, 2]], [[4, 5], [6, 3]]
rows = st.lists(st.lists(st.floats(-2, 6), min_size=PLAYERS, max_size=PLAYERS), min_size=ISSUES, max_size=ISSUES)
losses = st.lists(
    st.lists(st.floats(0.5, 9), min_size=PLAYERS, max_size=PLAYERS), min_size=ISSUES, max_size=ISSUES
)
alarm_rates = st.lists(st.floats(0, 0.5), min_size=ISSUES, max_size=ISSUES)
weights = st.floats(0.05, 0.95)


def best_advantage_of_a_break(gain, truce, patience, ends, years=600):
    """Return the most a player gains over holding for ever by breaking on any of the issues of a bundle."""
    chance_to_stand = (patience * (1 - ends)) ** np.arange(years)
    holding = truce.sum() * chance_to_stand.sum()
    options = chain.from_iterable(combinations(range(len(gain)), k) for k in range(1, len(gain) + 1))
    return max(truce.sum() + gain[list(broken)].sum() for broken in options) - holding


@given(rows, losses, alarm_rates, weights)
def test_a_bundle_holds_exactly_where_no_set_of_breaches_pays(temptation, harm, alarms, patience):
    gains, harms = np.array(temptation), np.array(harm)
    bundle = [0, 2]
    ends = 1 - (1 - alarms[0]) * (1 - alarms[2])
    found = link(gains, harms, [bundle], patience=patience, false_alarms=alarms)
    truce = (harms - gains)[bundle]
    advantages = [best_advantage_of_a_break(gains[bundle, i], truce[:, i], patience, ends) for i in range(PLAYERS)]
    assume(min(map(abs, advantages)) > 1e-6)
    assert found.holds[0] == (max(advantages) < 0)
    worth = sum(truce.sum() * (patience * (1 - ends)) ** year for year in range(600))
    assert found.values[0] == pytest.approx(worth if found.holds[0] else 0)


@given(rows, losses, weights)
def test_without_noise_a_bundle_holds_from_its_critical_patience_on(temptation, harm, patience):
    found = link(temptation, harm, [[0, 1, 2]], patience=patience)
    assume(np.abs(found.critical - patience).min() > 1e-9)
    assert found.holds[0] == bool((found.critical < patience).all())


@given(losses, losses)
def test_the_threshold_of_a_bundle_lies_between_those_of_its_parts(temptation, harm):
    apart = link(temptation, harm, [[0], [1], [2]], patience=0.5).critical
    together = link(temptation, harm, [[2, 0, 1]], patience=0.5).critical[0]
    assert (apart.min(axis=0) <= together * (1 + 1e-12)).all()
    assert (together <= apart.max(axis=0) * (1 + 1e-12)).all()


@given(losses, losses, weights)
def test_without_noise_linking_what_holds_apart_never_loses(temptation, harm, patience):
    apart = link(temptation, harm, [[0], [1], [2]], patience=patience)
    together = link(temptation, harm, [[0, 1, 2]], patience=patience)
    assume(np.abs(apart.critical - patience).min() > 1e-9)
    assert together.holds[0] or not apart.holds.all()
    if apart.holds.all():
        assert together.total_value == pytest.approx(apart.total_value)


@given(rows, losses, alarm_rates, weights)
def test_order_of_issues_and_of_players_does_not_matter(temptation, harm, alarms, patience):
    order = [2, 0, 1]
    first = link(temptation, harm, [[0, 1], [2]], patience=patience, false_alarms=alarms)
    moved = link(
        np.array(temptation)[order][:, ::-1],
        np.array(harm)[order][:, ::-1],
        [[1, 2], [0]],
        patience=patience,
        false_alarms=np.array(alarms)[order],
    )
    assert moved.critical[:, ::-1] == pytest.approx(first.critical)
    assert (moved.holds == first.holds).all()
    assert moved.values == pytest.approx(first.values)


def test_whoever_breaks_a_bundle_leaves_alone_the_issues_on_which_it_gains_by_holding():
    gains, harms, bundle = [[3.0], [-2]], [[4.0], [1]], [[0, 1]]
    threshold = 3 / (3 + (4 - 3) + (1 + 2))  # the gain of breaking the first, and what the truce is worth on both
    assert link(gains, harms, bundle, patience=0.5).critical[0, 0] == pytest.approx(threshold)
    assert not link(gains, harms, bundle, patience=threshold - 0.01).holds[0]
    assert link(gains, harms, bundle, patience=threshold + 0.01).holds[0]


def test_noise_is_contagious_within_a_bundle_and_stops_at_its_border():
    quiet, noisy = [0.0, 0.0], [0.0, 0.4]
    for arrangement in ([[0, 1]], [[0], [1]]):
        assert link([[1], [1]], [[4], [4]], arrangement, patience=0.9, false_alarms=quiet).holds.all()
    apart = link([[1], [1]], [[4], [4]], [[0], [1]], patience=0.9, false_alarms=noisy)
    together = link([[1], [1]], [[4], [4]], [[0, 1]], patience=0.9, false_alarms=noisy)
    assert apart.values[0] == pytest.approx(30)
    assert together.total_value < apart.total_value


def test_bundles_keep_their_order_and_issues_may_be_left_out():
    found = link(TEMPTATION, HARM, [[1]], patience=0.9)
    assert found.bundles == ((1,),)
    assert found.critical.tolist() == [[1 / 6, 2 / 3]]
    both = link(TEMPTATION, HARM, [range(1, 2), (0,)], patience=0.7)
    assert both.bundles == ((1,), (0,))
    assert both.holds.tolist() == [True, False]
    assert both.values.tolist() == pytest.approx([6 / 0.3, 0])
    assert both.total_value == pytest.approx(20)


def test_thresholds_at_the_edges():
    gains, harms = [[0.0], [1], [1], [-1], [-1]], [[0.0], [0], [-1], [2], [-2]]
    critical = link(gains, harms, [[k] for k in range(5)], patience=0.5).critical
    assert critical[:, 0].tolist() == [0, np.inf, np.inf, 0, np.inf]
    certain = link([[0.0]], [[1.0]], [[0]], patience=0.5, false_alarms=1)
    assert certain.holds.tolist() == [True] and certain.values.tolist() == [1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"temptation": [1, 2]},
            "'harm' of link must have the shape (issues, n) of 'temptation', (2,), got (2, 2).",
        ),
        (
            {"harm": [[4, 5]]},
            "'harm' of link must have the shape (issues, n) of 'temptation', (2, 2), got (1, 2).",
        ),
        ({"harm": [[4, 5], [6]]}, "'harm' of link must be a rectangular array of numbers"),
        ({"temptation": [[3, np.nan], [1, 2]]}, "'temptation[0, 1]' of link must be finite, got nan."),
        ({"bundles": []}, "'bundles' of link must hold at least one bundle and no empty one, got ()."),
        (
            {"bundles": [[0], []]},
            "'bundles' of link must hold at least one bundle and no empty one, got ((0,), ()).",
        ),
        (
            {"bundles": [[0, 2]]},
            "'bundles' of link must name each of the issues 0 to 1 at most once, got ((0, 2),).",
        ),
        ({"bundles": [[0], [-1]]}, "'bundles' of link must name each of the issues 0 to 1 at most once"),
        ({"bundles": [[0, 1], [1]]}, "'bundles' of link must name each of the issues 0 to 1 at most once"),
        ({"bundles": [["soy"]]}, "'bundles' of link must name each of the issues 0 to 1 at most once"),
        ({"patience": 1}, "'patience' of link must be strictly between 0 and 1, got 1."),
        ({"patience": -0.5}, "'patience' of link must be strictly between 0 and 1, got -0.5."),
        ({"patience": "x"}, "'patience' of link must be a number, got 'x'."),
        ({"false_alarms": 1.2}, "'false_alarms' of link must lie between 0 and 1, got 1.2."),
        ({"false_alarms": [0.1, np.nan]}, "'false_alarms[1]' of link must be finite, got nan."),
        ({"false_alarms": [0.1]}, "'false_alarms' of link must be one number or hold 2, one an issue, got (1,)."),
        (
            {"false_alarms": [0.1] * 3},
            "'false_alarms' of link must be one number or hold 2, one an issue, got (3,).",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changes, words):
    arguments = {"temptation": TEMPTATION, "harm": HARM, "bundles": [[0, 1]], "patience": 0.9} | changes
    with refused(words):
        link(**arguments)
