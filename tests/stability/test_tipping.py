import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from negotiation.stability.tipping import tipping_points
from tests.strategies import refused


def only_tip(function, bounds):
    tips = tipping_points(lambda name, values: function(values), {"x": bounds})
    assert len(tips) == 1
    return tips[0]


@given(st.floats(-0.95, 0.95), st.sampled_from([-1, 1]))
def test_a_single_root_is_found_to_the_last_digits_from_either_side(root, sign):
    for current in (-1.0, 0.0, 1.0):
        tip = only_tip(lambda x: sign * (x - root), (-1.0, current, 1.0))
        assert tip.value == pytest.approx(root, abs=1e-15)
        assert tip.distance == pytest.approx(abs(root - current) / 2, abs=1e-15)
        assert (tip.name, tip.current) == ("x", current)


@given(st.floats(0.1, 5), st.sampled_from([-1, 1]))
def test_the_sign_at_the_tipping_point_is_the_other_one(root, sign):
    def measure(x):
        return sign * (x * x - root * root)

    assert (measure(only_tip(measure, (0.0, 0.0, 6.0)).value) >= 0) != (measure(0) >= 0)


def test_roots_of_smooth_functions_are_those_of_scipy():
    tip = only_tip(lambda x: np.exp(-x) - x, (0.0, 0.2, 3.0))
    assert tip.value == pytest.approx(brentq(lambda x: math.exp(-x) - x, 0, 3, xtol=1e-15), abs=1e-14)


def test_the_nearest_of_several_roots_is_the_tipping_point():
    def cubic(x):
        return (x + 1) * (x - 0.5) * (x - 2)

    for current, nearest in [(-3, -1), (-0.8, -1), (0, 0.5), (0.7, 0.5), (1.9, 2), (2.9, 2)]:
        assert only_tip(cubic, (-3.0, float(current), 3.0)).value == pytest.approx(nearest, abs=1e-12)


def test_the_nearer_side_wins_where_the_sign_changes_on_both():
    assert only_tip(lambda x: 1 - x**2, (-2.0, 0.1, 2.0)).value == pytest.approx(1)
    assert only_tip(lambda x: 1 - x**2, (-2.0, -0.1, 2.0)).value == pytest.approx(-1)
    assert only_tip(lambda x: 1 - x**2, (-2.0, 0.0, 2.0)).distance == pytest.approx(0.25)


def test_parameters_without_a_change_of_sign_are_left_out():
    slopes = {"steep": 2.0, "flat": 0.0, "far": 0.5, "none": 1.0}
    ranges = {"flat": (0.0, 0.5, 1.0), "far": (0.0, 0.0, 3.0), "none": (-0.5, 0.0, 0.9), "steep": (0.0, 0.0, 3.0)}
    tips = tipping_points(lambda name, values: 1 - slopes[name] * values, ranges)
    assert [tip.name for tip in tips] == ["steep", "far"]
    assert [tip.value for tip in tips] == pytest.approx([0.5, 2])
    assert [tip.distance for tip in tips] == pytest.approx([1 / 6, 2 / 3])


def test_the_sign_counts_as_positive_from_nothing_on():
    assert only_tip(lambda x: x - 2, (0.0, 1.0, 2.0)).value == 2
    assert tipping_points(lambda name, x: 2 - x, {"x": (0.0, 1.0, 2.0)}) == ()
    assert only_tip(lambda x: -x, (0.0, 0.0, 1.0)).value == pytest.approx(0, abs=1e-15)
    assert only_tip(lambda x: 1 - x, (0.0, 1.0, 2.0)).distance == pytest.approx(0, abs=1e-15)
    assert tipping_points(lambda name, x: np.zeros_like(x), {"x": (0.0, 1.0, 2.0)}) == ()


def test_a_jump_counts_as_a_change_of_sign():
    assert only_tip(lambda x: np.where(x < math.pi, 1.0, -1.0), (0.0, 0.0, 4.0)).value == pytest.approx(math.pi)


def test_a_range_without_width_has_no_tipping_point():
    assert tipping_points(lambda name, x: x - 1, {"x": (1.0, 1.0, 1.0)}) == ()
    assert tipping_points(lambda name, x: x, {}) == ()


@given(st.floats(-0.9, 0.9), st.sampled_from([2.0, 8.0, 0.5]))
def test_the_unit_of_a_parameter_does_not_matter(root, unit):
    tip = only_tip(lambda x: x - root, (-1.0, -1.0, 1.0))
    scaled = only_tip(lambda x: x / unit - root, (-unit, -unit, unit))
    assert scaled.distance == pytest.approx(tip.distance, abs=1e-14)
    assert scaled.value == pytest.approx(unit * tip.value, abs=1e-14)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((1, 0, 2), "'ranges['x']' of tipping_points must be low <= current <= high, got ("),
        ((0, 3, 2), "'ranges['x']' of tipping_points must be low <= current <= high, got ("),
        ((0, math.nan, 2), "'ranges['x'][1]' of tipping_points must be finite, got nan."),
        ((-math.inf, 0, 2), "'ranges['x'][0]' of tipping_points must be finite, got -inf."),
        ((0, "a", 2), "'ranges['x']' of tipping_points must be a rectangular array of numbers"),
    ],
)
def test_ranges_that_do_not_fit_are_refused(bounds, words):
    with refused(words):
        tipping_points(lambda name, x: x, {"x": bounds})


def test_a_measure_that_is_not_finite_is_refused_by_the_name_of_the_parameter():
    with refused("'measure('x')[64]' of tipping_points must be finite, got nan."):
        tipping_points(lambda name, x: np.where(x > 0, x, np.nan), {"x": (0.0, 1.0, 2.0)})
    with refused("'measure('x')' of tipping_points must return one number a value, got shape ()."):
        tipping_points(lambda name, x: 1.0, {"x": (0.0, 1.0, 2.0)})
