import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from negotiation.stability import Model, Range, relative_radius, robustness_radius
from tests.strategies import refused

slopes = st.lists(st.sampled_from([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]), min_size=3, max_size=3)
BOX = {"a": (-1, 0, 2), "b": (0, 1, 1.5), "c": (-2, 1, 1)}


def linear(weights, constant):
    return Model(BOX, lambda a, b, c: constant + weights[0] * a + weights[1] * b + weights[2] * c)


@settings(max_examples=40)
@given(slopes, st.floats(-4, 4))
def test_the_radius_of_a_linear_measure_is_the_margin_over_the_worst_moves(weights, constant):
    centre = constant + sum(w * one[1] for w, one in zip(weights, BOX.values(), strict=True))
    assume(abs(centre) > 1e-6)
    holds = centre >= 0
    moves = [
        min(sign * w * (end - one[1]) for end in one)
        for w, one in zip(weights, BOX.values(), strict=True)
        for sign in [1 if holds else -1]
    ]
    reach = -sum(moves)
    found = robustness_radius(linear(weights, constant))
    assert found.holds == holds
    if reach > abs(centre) * (1 + 1e-9) + 1e-9:
        assert found.value == pytest.approx((1 if holds else -1) * abs(centre) / reach, abs=1e-9)
        assert list(found.relief.values()) == sorted(found.relief.values(), reverse=True)
        by_name = dict(zip(BOX, moves, strict=True))
        assert set(found.worst) == {name for name, move in by_name.items() if move < 0}
    elif reach < abs(centre) * (1 - 1e-9) - 1e-9:
        assert found.value == (math.inf if holds else -math.inf)
        assert not found.worst


@settings(max_examples=40)
@given(st.floats(0.2, 3), st.floats(0.5, 6), st.floats(0.3, 0.95))
def test_errors_in_temptation_harm_and_patience_give_the_closed_form(gain, harm, patience):
    sizes = {"gain": gain, "harm": harm, "patience": patience}
    ranges = {name: Range(0, size, 2 * size) for name, size in sizes.items()}
    found = robustness_radius(Model(ranges, lambda gain, harm, patience: patience * harm - gain))
    if found.holds:
        assert found.value == pytest.approx(float(relative_radius(gain, harm, patience)), abs=1e-9)
        assert set(found.worst) == {"gain", "harm", "patience"}
    else:
        favourable = brentq(lambda e: patience * (1 + e) * harm * (1 + e) - gain * (1 - e), 0, 1)
        assert found.value == pytest.approx(-favourable, abs=1e-9)


def test_a_worst_place_inside_the_box_is_found():
    dip = Model(
        {"x": (-1, 0, 1), "y": (-1, 0, 1)},
        lambda x, y: np.hypot(x - 0.5, y + 0.3) - 0.25,  # fails in a disc around (0.5, -0.3)
    )
    found = robustness_radius(dip)
    grid = np.linspace(-1, 1, 801)
    reach = min(max(abs(x), abs(y)) for x, y in product(grid, grid) if np.hypot(x - 0.5, y + 0.3) < 0.25)
    assert found.value == pytest.approx(
        reach, abs=0.01
    )  # an upper bound, found by attack; the grid is 0.0025 wide
    assert found.value >= 0.25 - 1e-9


def test_parameters_may_be_chosen():
    model = linear([1, 1, 1], -1.5)
    assert robustness_radius(model, ["a"]).worst.keys() == {"a"}
    assert robustness_radius(model, ["a"]).value == pytest.approx(0.5)
    with refused("'names' of robustness_radius must name a parameter whose range has width, got []."):
        robustness_radius(model, [])
    with refused("'parameter' of robustness_radius must be one of the 3 known names, got 'd'."):
        robustness_radius(model, ["d"])
