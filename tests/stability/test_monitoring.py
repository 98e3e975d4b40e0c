"""Noisy alarms: every formula against the linear system of the values of truce and conflict."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from negotiation.stability.monitoring import conflict_loss, monitoring_gap, punishment_length
from tests.strategies import refused

LONGEST = 60
FOREVER = 1200


def values(cost, delta, false_alarm, length):
    """Solve for the values of the truce (first) and of each year of a conflict of `length` years."""
    system = np.eye(length + 1)
    system[0, 0] -= delta * (1 - false_alarm)
    system[0, 1] -= delta * false_alarm
    for year in range(1, length + 1):
        system[year, (year + 1) % (length + 1)] -= delta
    return np.linalg.solve(system, [0.0, *[-cost] * length])


def advantage_of_honesty(gain, cost, delta, false_alarm, detection, length):
    """Return what a year of honesty is worth more than one of cheating, from the linear system."""
    truce, conflict = values(cost, delta, false_alarm, length)[:2]
    honest = delta * ((1 - false_alarm) * truce + false_alarm * conflict)
    cheating = gain + delta * ((1 - detection) * truce + detection * conflict)
    return honest - cheating


numbers = {
    "gain": st.floats(0.1, 3),
    "cost": st.floats(0.5, 8),
    "delta": st.floats(0.3, 0.97),
    "false_alarm": st.floats(0, 0.4),
    "detection": st.floats(0, 1),
}


@given(numbers["cost"], numbers["delta"], numbers["false_alarm"], st.integers(1, LONGEST))
def test_the_loss_of_a_conflict_is_that_of_the_linear_system(cost, delta, false_alarm, length):
    truce, conflict = values(cost, delta, false_alarm, length)[:2]
    assert conflict_loss(cost, delta, false_alarm, length) == pytest.approx(truce - conflict, rel=1e-9)


def test_the_loss_of_a_conflict_is_that_of_played_out_truces():
    rng, cost, delta, false_alarm, length = np.random.default_rng(3), 4, 0.7, 0.2, 3
    alarms = rng.random((20_000, 60)) < false_alarm
    totals = []
    for left in (np.zeros(len(alarms), int), np.full(len(alarms), length)):
        total = np.zeros(len(alarms))
        for year in range(alarms.shape[1]):
            total -= cost * delta**year * (left > 0)
            left = np.where(left > 0, left - 1, length * alarms[:, year])
        totals.append(total)
    difference = totals[0] - totals[1]
    error = 4.5 * difference.std() / math.sqrt(len(alarms))
    assert conflict_loss(cost, delta, false_alarm, length) == pytest.approx(difference.mean(), abs=error)


def test_losses_at_the_edges():
    assert conflict_loss(4, 0.9, 0.1, 0) == 0
    assert conflict_loss(4, 0.9, 0, 1) == pytest.approx(4)
    assert conflict_loss(4, 0.9, 0, math.inf) == pytest.approx(40)
    assert conflict_loss(4, 0.5, 1, math.inf) == pytest.approx(4)
    losses = [conflict_loss(4, 0.9, 0.1, length) for length in (1, 2.5, 5, 50, math.inf)]
    assert (np.diff(losses) > 0).all()


@settings(max_examples=60)
@given(*numbers.values())
def test_the_punishment_is_as_short_as_an_exhaustive_search_finds(gain, cost, delta, false_alarm, detection):
    length = punishment_length(gain, cost, delta, false_alarm, detection)
    assume(length > LONGEST or abs(length - round(length)) > 1e-6)
    works = [
        advantage_of_honesty(gain, cost, delta, false_alarm, detection, years) >= 0
        for years in range(1, LONGEST + 1)
    ]
    shortest = works.index(True) + 1 if any(works) else math.inf
    assert shortest == (math.ceil(length) if length <= LONGEST else math.inf)


@given(*numbers.values())
def test_at_the_punishment_length_cheating_is_worth_exactly_what_it_risks(
    gain, cost, delta, false_alarm, detection
):
    length = punishment_length(gain, cost, delta, false_alarm, detection)
    risked = delta * (detection - false_alarm) * conflict_loss(cost, delta, false_alarm, length)
    if length < math.inf:
        assert risked == pytest.approx(gain, rel=1e-6)
    else:
        assert risked <= gain * (1 + 1e-9)


def test_lengths_at_the_edges():
    assert punishment_length(0, 4, 0.9, 0.1, 0.5) == 0
    assert punishment_length(-1, 4, 0.9, 0.1, 0.5) == 0
    assert punishment_length(0, 4, 0.9, 0.5, 0.3) == 0
    assert punishment_length(1, 4, 0.9, 0.3, 0.3) == math.inf
    assert punishment_length(1, 4, 0.9, 0.5, 0.3) == math.inf
    assert punishment_length(1, 1, 0.5, 0, 1) == math.inf
    assert punishment_length(1, 1.01, 0.5, 0, 1) == pytest.approx(math.log(0.01 / 1.01) / math.log(0.5))


@given(numbers["gain"], numbers["cost"], numbers["delta"], numbers["false_alarm"])
def test_the_smallest_gap_is_where_an_endless_conflict_just_deters(gain, cost, delta, false_alarm):
    gap = monitoring_gap(gain, cost, delta, false_alarm)
    loss = conflict_loss(cost, delta, false_alarm, math.inf)
    root = brentq(lambda x: delta * x * loss - gain, 0, 1e6)
    assert gap == pytest.approx(root, rel=1e-9)
    if false_alarm + 1.01 * gap <= 1:
        assert punishment_length(gain, cost, delta, false_alarm, false_alarm + 1.01 * gap) < math.inf
        assert punishment_length(gain, cost, delta, false_alarm, false_alarm + 0.99 * gap) == math.inf


def test_the_smallest_gap_is_that_of_the_linear_system():
    gap = monitoring_gap(1, 4, 0.9, 0.1)
    assert advantage_of_honesty(1, 4, 0.9, 0.1, 0.1 + gap, FOREVER) == pytest.approx(0, abs=1e-9)
    assert monitoring_gap(0, 4, 0.9, 0.1) == 0
    assert monitoring_gap(-1, 4, 0.9, 0.1) == 0


@pytest.mark.parametrize(
    ("function", "rest"), [(conflict_loss, (3,)), (punishment_length, (0.5,)), (monitoring_gap, ())]
)
def test_numbers_out_of_range_are_refused_by_name(function, rest):
    owner, lead = function.__name__, () if function is conflict_loss else (1,)
    for delta in (0, 1, 1.2, -0.5):
        with refused(f"'delta' of {owner} must be strictly between 0 and 1, got {delta}."):
            function(*lead, 4, delta, 0.1, *rest)
    with refused(f"'delta' of {owner} must be finite, got nan."):
        function(*lead, 4, math.nan, 0.1, *rest)
    with refused(f"'delta' of {owner} must be a number, got 'x'."):
        function(*lead, 4, "x", 0.1, *rest)
    for share in (-0.5, 1.2):
        with refused(f"'false_alarm' of {owner} must be between 0 and 1, got {share}."):
            function(*lead, 4, 0.9, share, *rest)
    for cost in (0, -1):
        with refused(f"'cost' of {owner} must be above 0, got {cost}."):
            function(*lead, cost, 0.9, 0.1, *rest)
    with refused(f"'cost' of {owner} must be a number, got None."):
        function(*lead, None, 0.9, 0.1, *rest)


def test_numbers_of_one_formula_are_refused_by_name():
    with refused("'length' of conflict_loss must be at least 0, got -1."):
        conflict_loss(4, 0.9, 0.1, -1)
    with refused("'length' of conflict_loss must be finite, got nan."):
        conflict_loss(4, 0.9, 0.1, math.nan)
    with refused("'length' of conflict_loss must be a number, got 'x'."):
        conflict_loss(4, 0.9, 0.1, "x")
    with refused("'detection' of punishment_length must be between 0 and 1, got 1.2."):
        punishment_length(1, 4, 0.9, 0.1, 1.2)
    for function, rest in ((punishment_length, (0.5,)), (monitoring_gap, ())):
        with refused(f"'gain' of {function.__name__} must be finite, got inf."):
            function(math.inf, 4, 0.9, 0.1, *rest)
