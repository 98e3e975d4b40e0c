import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from negotiation.games import RepeatedGame, StageGame
from negotiation.stability import Model, critical_discount, game_model, tipping_point, tipping_points
from negotiation.stability.tipping import simplest_between
from tests.strategies import refused

fractions = st.fractions(-5, 5, max_denominator=50)


def along(function, low, current, high):
    return tipping_point(Model({"x": (low, current, high)}, function), "x")


def places(function, low, current, high):
    return [flip.value for flip in along(function, low, current, high).flips]


@given(st.floats(-0.95, 0.95), st.sampled_from([-1, 1]))
def test_a_single_root_is_found_to_the_last_digits_from_either_side(root, sign):
    for current in (-1.0, 0.0, 1.0):
        found = along(lambda x: sign * (x - root), -1.0, current, 1.0)
        tip = found.nearest
        assert tip.value == pytest.approx(root, abs=1e-15)
        assert tip.distance == pytest.approx(abs(root - current) / 2, abs=1e-15)
        assert (tip.name, tip.current, found.holds) == ("x", current, sign * (current - root) >= 0)
        assert [flip.holds_above for flip in found.flips] == [sign > 0]


@given(st.floats(0.1, 5), st.sampled_from([-1, 1]))
def test_the_verdict_at_the_tipping_point_is_the_other_one(root, sign):
    def measure(x):
        return sign * (x * x - root * root)

    tip = along(measure, 0.0, 0.0, 6.0).nearest
    assert (measure(tip.value) >= 0) != (measure(0) >= 0)


def test_flips_of_smooth_functions_are_the_roots_of_scipy():
    assert places(lambda x: np.exp(-x) - x, 0, 0.2, 3) == [
        pytest.approx(brentq(lambda x: math.exp(-x) - x, 0, 3, xtol=1e-15), abs=1e-14)
    ]
    assert places(lambda x: np.sin(x), -10, 1, 10) == pytest.approx([k * math.pi for k in range(-3, 4)], abs=1e-14)


@given(st.lists(st.floats(-2.9, 2.9), min_size=1, max_size=4, unique=True))
def test_all_roots_of_a_polynomial_are_found_also_between_the_points_of_the_scan(roots):
    roots = sorted(roots)
    gaps = np.diff([-3, *roots, 3])
    found = places(lambda x: np.prod([x - root for root in roots], axis=0), -3, 0, 3)
    if gaps.min() > 1e-3:  # a twentieth of a step of the scan
        assert found == pytest.approx(roots, abs=1e-9)


def test_two_flips_within_a_thousandth_of_a_step_are_found_where_the_measure_is_smooth():
    root, gap = 0.7123, 1e-5
    assert places(lambda x: (x - root) ** 2 - gap**2, 0, 0, 3) == pytest.approx([root - gap, root + gap], abs=1e-9)
    assert places(lambda x: gap - np.abs(x - root), 0, 0, 3) == pytest.approx([root - gap, root + gap], abs=1e-9)
    assert places(lambda x: (x - root) ** 2 + gap**2, 0, 0, 3) == []


def test_the_nearest_of_several_flips_is_the_tipping_point():
    def cubic(x):
        return (x + 1) * (x - 0.5) * (x - 2)

    for current, nearest in [(-3, -1), (-0.8, -1), (0, 0.5), (0.7, 0.5), (1.9, 2), (2.9, 2)]:
        found = along(cubic, -3.0, float(current), 3.0)
        assert found.nearest.value == pytest.approx(nearest, abs=1e-12)
        assert [flip.holds_above for flip in found.flips] == [True, False, True]


def test_parameters_are_ranked_and_those_without_a_flip_left_out():
    ranges = {"flat": (0.0, 0.5, 1.0), "far": (0.0, 0.0, 3.0), "none": (-0.5, 0.0, 0.9), "steep": (0.0, 0.0, 3.0)}
    model = Model(ranges, lambda steep, flat, far, none: 1 - 2 * steep - 0 * flat - 0.5 * far - none)
    found = tipping_points(model)
    assert [one.name for one in found] == ["steep", "far"]
    assert [one.nearest.value for one in found] == pytest.approx([0.5, 2])
    assert [one.nearest.distance for one in found] == pytest.approx([1 / 6, 2 / 3])
    assert [one.name for one in tipping_points(model, ["far", "flat"])] == ["far"]
    assert tipping_points(model, ["flat"]) == ()


def test_all_parameters_at_once_give_what_each_gives_alone():
    model = Model({"x": (-3, 0, 3), "y": (-3, 1, 3)}, lambda x, y: 5 - x**2 - y**2 + x * y)
    for one in tipping_points(model):
        assert one == tipping_point(model, one.name)
        assert len(one.flips) == 2


def test_the_verdict_holds_from_the_level_on():
    assert along(lambda x: x - 2, 0, 1, 2).nearest.value == 2
    assert along(lambda x: 2 - x, 0, 1, 2).flips == ()
    assert along(lambda x: -x, 0, 0, 1).nearest.value == pytest.approx(0, abs=1e-15)
    assert along(lambda x: 1 - x, 0, 1, 2).nearest.distance == pytest.approx(0, abs=1e-15)
    assert along(lambda x: np.zeros_like(x), 0, 1, 2).nearest is None


def test_a_jump_is_a_flip():
    assert places(lambda x: np.where(x < math.pi, 1.0, -1.0), 0, 0, 4) == [pytest.approx(math.pi, abs=1e-15)]


def test_a_range_without_width_has_no_flip():
    model = Model({"x": (1, 1, 1), "y": (0, 1, 2)}, lambda x, y: x - 1 + 0 * y)
    assert tipping_point(model, "x").flips == ()
    assert tipping_points(model) == ()


@given(st.floats(-0.9, 0.9), st.sampled_from([2.0, 8.0, 0.5]))
def test_the_unit_of_a_parameter_does_not_matter(root, unit):
    tip = along(lambda x: x - root, -1, -1, 1).nearest
    scaled = along(lambda x: x / unit - root, -unit, -unit, unit).nearest
    assert scaled.distance == pytest.approx(tip.distance, abs=1e-14)
    assert scaled.value == pytest.approx(unit * tip.value, abs=1e-14)


def dilemma(gain, loss):
    return StageGame.from_matrices([[3, 1 - loss], [3 + gain, 1]], [[3, 3 + gain], [1 - loss, 1]])


@settings(max_examples=8)
@given(st.fractions("0.1", "0.9", max_denominator=60))
def test_tipping_points_of_games_with_exact_payoffs_are_fractions(delta):
    model = game_model(dilemma, {"gain": ("0.1", 1, 30), "loss": (1, 2, 3)}, (0, 0), delta=delta, exact=True)
    needed = 2 * delta / (1 - delta)  # gain / (gain + 2) = delta
    flips = tipping_point(model, "gain", points=65).flips
    assert [flip.exact for flip in flips] == ([needed] if Fraction(1, 10) < needed < 30 else [])
    assert tipping_point(model, "loss", points=9).flips == ()


def test_a_game_in_floats_gives_the_same_place_and_no_fraction():
    def repeated(gain, delta):
        return RepeatedGame(dilemma(gain, 1), delta)

    model = game_model(repeated, {"gain": (0.1, 1, 3), "delta": (0.1, 0.5, 0.9)}, (0, 0))
    (patience,), (gain,) = tipping_point(model, "delta").flips, tipping_point(model, "gain").flips
    assert (patience.value, patience.holds_above, patience.exact) == (pytest.approx(1 / 3, abs=1e-15), True, None)
    assert (gain.value, gain.holds_above) == (pytest.approx(2, abs=1e-12), False)
    assert critical_discount(dilemma(1, 1), (0, 0)).exact == Fraction(1, 3)


def test_games_that_no_patience_sustains_fail_by_what_is_missing_to_one():
    def never(gain):
        return StageGame.from_matrices([[0, 1], [gain, 2]], [[0, gain], [1, 2]])

    model = game_model(never, {"gain": (1, 2, 3)}, (0, 0), delta=0.75)
    assert model.measure(gain=np.array([2.0])).tolist() == [-0.25]


def test_models_of_games_that_do_not_fit_are_refused():
    ranges = {"gain": (0.1, 1, 3)}
    stage, repeated = (lambda gain: dilemma(gain, 1)), (lambda gain: RepeatedGame(dilemma(gain, 1), [0.5, 0.6]))
    for build, delta in ((stage, None), (repeated, 0.5)):
        with refused(
            "'build' of game_model must return a StageGame, with 'delta' given, or a RepeatedGame, without"
        ):
            tipping_point(game_model(build, ranges, (0, 0), delta=delta), "gain")
    with refused("'delta' of game_model must be common to all players, got [0.5, 0.6]."):
        tipping_point(game_model(repeated, ranges, (0, 0)), "gain")
    with refused("'target' of game_model must be one profile for ever, got (0, 0) (1, 1) in turn."):
        tipping_point(game_model(stage, ranges, [(0, 0), (1, 1)], delta=0.5), "gain")
    with refused("'punishment' of game_model must be one of the 3 known names, got 'trigger'."):
        game_model(stage, ranges, (0, 0), delta=0.5, punishment="trigger")


@given(fractions, fractions)
def test_the_simplest_fraction_between_two_is_found(one, other):
    low, high = min(one, other), max(one, other)
    found = simplest_between(low, high)
    assert low <= found <= high
    for denominator in range(1, found.denominator):
        assert math.ceil(low * denominator) > math.floor(high * denominator)


def test_a_tipping_point_prints_its_flips():
    ring = Model({"x": (-3, 0, 3), "y": (0, 0, 0)}, lambda x, y: 5 - (x - 0.5) ** 2 - y)
    lines = str(tipping_point(ring, "x")).splitlines()
    assert lines == ["agreement holds at x = 0 (-3 to 3)", "holds above -1.73606798", "fails above 2.73606798"]
    assert str(tipping_point(ring, "y")).endswith("no flip in the range")
