import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

from negotiation.stability.erosion import (
    best_tightness,
    bite,
    crossing_year,
    dependence_at_bite,
    dependence_path,
    net_factor,
    yearly_rate,
)
from tests.strategies import refused

inside = st.floats(0.01, 0.99)


def dependence_after(years, factor, floor):
    return floor + (1 - floor) * factor**years


@given(st.floats(0.1, 100))
def test_the_yearly_rate_halves_in_the_half_life(half_life):
    assert (1 - float(yearly_rate(half_life))) ** half_life == pytest.approx(0.5)


def test_yearly_rates_of_known_half_lives():
    assert yearly_rate([0.5, 1, 2]).tolist() == pytest.approx([0.75, 0.5, 1 - math.sqrt(0.5)])
    assert float(yearly_rate(1e12)) == pytest.approx(math.log(2) * 1e-12, rel=1e-9)


@given(st.floats(-2, 0.99), st.floats(-0.99, 3), inside)
def test_the_net_factor_applies_both_rates_in_turn(rate, entrench, dependence):
    declined = dependence - rate * dependence
    assert dependence * float(net_factor(rate, entrench)) == pytest.approx(
        declined + entrench * declined, abs=1e-12
    )


@given(inside, st.floats(0.3, 1.2), st.floats(0, 1))
def test_the_path_of_dependence_follows_its_yearly_recursion(start, factor, floor):
    path = dependence_path(start, factor, 12, floor=floor)
    bottom, share = floor * start, start
    for year, found in enumerate(path):
        assert found == pytest.approx(min(share, 1), abs=1e-12), year
        share = bottom + (share - bottom) * factor


def test_paths_at_the_edges():
    assert dependence_path(0.5, 0.9, 0).tolist() == [0.5]
    assert dependence_path(0.5, 0.9, 3, floor=1).tolist() == [0.5] * 4
    assert dependence_path(0.5, 1, 3).tolist() == [0.5] * 4
    assert dependence_path(0.5, 3, 2).tolist() == [0.5, 1, 1]
    assert dependence_path(0, 0.5, 2).tolist() == [0] * 3


@pytest.mark.parametrize("kind", ["linear", "ces"])
def test_bite_is_one_today_and_nothing_without_dependence(kind):
    assert bite([0.3, 0], 0.3, kind).tolist() == [1, 0]
    assert (np.diff(bite(np.linspace(0, 0.99, 50), 0.9, kind)) > 0).all()


def test_ces_bite_is_the_rise_of_the_price_index_when_varieties_are_cut_off():
    elasticity, varieties = 5.0, 100

    def loss(cut):
        prices = np.ones(varieties - cut)
        left, whole = (
            np.sum(p ** (1 - elasticity)) ** (1 / (1 - elasticity)) for p in (prices, np.ones(varieties))
        )
        return math.log(left / whole)

    assert float(bite(0.45, 0.9, "ces")) == pytest.approx(loss(45) / loss(90))


@pytest.mark.parametrize(("share", "left"), [(0.9, 0.26), (0.85, 0.29), (0.7, 0.36)])
def test_halving_dependence_near_full_control_leaves_far_less_than_half_of_the_bite(share, left):
    assert float(bite(share / 2, share, "ces")) == pytest.approx(left, abs=0.005)
    assert float(bite(share / 2, share)) == 0.5


@given(inside, st.floats(0, 1), st.sampled_from(["linear", "ces"]))
def test_dependence_at_a_bite_inverts_the_bite(today, relative, kind):
    share = today * float(dependence_at_bite(relative, today, kind))
    assert float(bite(share, today, kind)) == pytest.approx(relative, abs=1e-9)


@given(st.floats(0.05, 0.95), st.floats(0.4, 0.98), st.floats(0, 0.9))
def test_the_crossing_year_is_when_dependence_reaches_the_level(level, factor, floor):
    found = float(crossing_year(level, factor, floor=floor))
    if level <= floor + 1e-6:
        assert found == math.inf or level > floor
        assert dependence_after(10_000, factor, floor) >= level - 1e-6
    else:
        root = brentq(lambda years: dependence_after(years, factor, floor) - level, 0, 5000)
        assert found == pytest.approx(root, abs=1e-6, rel=1e-6)


@pytest.mark.parametrize(("half_life", "year"), [(3, 3.1), (5, 5.2), (7.5, 7.7), (10, 10.3)])
def test_crossing_years_of_the_central_truce_grow_with_the_half_life(half_life, year):
    temptation, harm, patience = 2.1, 6.48, 0.662
    remaining = temptation / (harm * patience)
    assert float(crossing_year(remaining, net_factor(yearly_rate(half_life)))) == pytest.approx(year, abs=0.06)


def test_levels_already_reached_are_crossed_today_and_levels_out_of_reach_never():
    assert crossing_year([1, 1.5], [0.9, 1.1]).tolist() == [0, 0]
    assert crossing_year(0.5, [1, 1.2]).tolist() == [math.inf, math.inf]
    assert crossing_year([0, -1], 0.9).tolist() == [math.inf, math.inf]
    assert crossing_year([0.5, 0.5, 0.5, 1], 0.9, floor=[0.5, 0.6, 1, 1]).tolist() == [
        math.inf,
        math.inf,
        math.inf,
        0,
    ]
    assert math.isfinite(crossing_year(0.5, 0.9, floor=0.4999))


@pytest.mark.parametrize("patience", [0.3, 0.9, 0.99])
@pytest.mark.parametrize("rate", [0, 0.1294, 0.5, 1])
@pytest.mark.parametrize("rate_per_use", [0.01, 0.1, 0.5, 1])
def test_best_tightness_maximises_the_value_of_the_lever(patience, rate, rate_per_use):
    def loss(use):
        return -(1 - (1 - use) ** 2) / (1 - patience * (1 - rate - rate_per_use * use))

    best = minimize_scalar(loss, bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    assert best_tightness(patience, rate, rate_per_use) == pytest.approx(best.x, abs=1e-5)


def test_the_value_that_best_tightness_maximises_is_a_sum_over_years():
    uses, years = np.linspace(0, 1, 2001), np.arange(400)
    values = [(1 - (1 - use) ** 2) * ((0.9 * (1 - 0.1 - 0.25 * use)) ** years).sum() for use in uses]
    assert best_tightness(0.9, 0.1, 0.25) == pytest.approx(uses[np.argmax(values)], abs=5e-4)


def test_a_lever_that_use_does_not_erode_is_used_in_full():
    assert best_tightness(0.9, 0.1, 0) == 1
    tightness = [best_tightness(0.9, 0.1, rate) for rate in (0, 1e-12, 0.1, 0.25, 0.5, 1)]
    assert (np.diff(tightness) < 0).all() and tightness[1] == pytest.approx(1, abs=1e-9)


def test_functions_of_arrays_broadcast():
    levels, factors = np.array([[0.3], [0.6]]), np.array([0.8, 0.9, 1.1])
    table = crossing_year(levels, factors)
    for (row, column), entry in np.ndenumerate(table):
        assert entry == crossing_year(levels[row, 0], factors[column])
    assert net_factor(levels, factors).shape == (2, 3)
    assert bite(levels, [0.7, 0.9, 0.95], "ces").shape == (2, 3)
    assert dependence_at_bite(levels, [0.7, 0.9, 0.95], "ces").shape == (2, 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: yearly_rate(0), "'half_life' of yearly_rate must be above 0, got 0.0."),
        (lambda: yearly_rate([1, -2]), "'half_life' of yearly_rate must be above 0, got -2.0."),
        (lambda: net_factor(1), "'rate' of net_factor must be below 1, and 'entrench' above -1, got 1, 0.0."),
        (
            lambda: net_factor(0.1, -1),
            "'rate' of net_factor must be below 1, and 'entrench' above -1, got 0.1, -1.",
        ),
        (lambda: net_factor(math.nan), "'rate' of net_factor must be finite, got nan."),
        (lambda: dependence_path(1.2, 0.9, 3), "'start' of dependence_path must be between 0 and 1, got 1.2."),
        (lambda: dependence_path("x", 0.9, 3), "'start' of dependence_path must be a number, got 'x'."),
        (lambda: dependence_path(0.5, 0, 3), "'factor' of dependence_path must be above 0, got 0.0."),
        (
            lambda: dependence_path(0.5, 0.9, -1),
            "'num_rounds' of dependence_path must be a whole number of at least 0",
        ),
        (lambda: dependence_path(0.5, 0.9, 1.5), "'num_rounds' of dependence_path must be a whole number"),
        (lambda: dependence_path(0.5, 0.9, 3, floor=-0.5), "'floor' of dependence_path must be between 0 and 1"),
        (lambda: bite(0.5, 0), "'dependence' of bite must lie in [0, 1), and 'today' in (0, 1), got 0.5, 0."),
        (lambda: bite(1, 0.5), "'dependence' of bite must lie in [0, 1), and 'today' in (0, 1), got 1, 0.5."),
        (lambda: bite(-0.5, 0.5), "'dependence' of bite must lie between 0 and 1, got -0.5."),
        (lambda: bite(0.5, 0.9, "CES"), "'kind' of bite must be one of the 2 known names, got 'CES'."),
        (lambda: dependence_at_bite(-1, 0.5), "'relative' of dependence_at_bite must be at least 0, got -1."),
        (
            lambda: dependence_at_bite(0.5, 1),
            "'today' of dependence_at_bite must lie strictly between 0 and 1, got 1.",
        ),
        (lambda: dependence_at_bite(0.5, 2), "'today' of dependence_at_bite must lie between 0 and 1, got 2.0."),
        (
            lambda: dependence_at_bite(0.5, 0.9, "linaer"),
            "'kind' of dependence_at_bite must be one of the 2 known names, got 'linaer'. Did you mean 'linear'?",
        ),
        (lambda: crossing_year(0.5, 0), "'factor' of crossing_year must be above 0, got 0.0."),
        (
            lambda: crossing_year(0.5, 0.9, floor=1.2),
            "'floor' of crossing_year must lie between 0 and 1, got 1.2.",
        ),
        (lambda: crossing_year([0.5, math.nan], 0.9), "'remaining[1]' of crossing_year must be finite, got nan."),
        (
            lambda: best_tightness(1, 0, 0.5),
            "'patience' of best_tightness must be strictly between 0 and 1, got 1.",
        ),
        (
            lambda: best_tightness(0, 0, 0.5),
            "'patience' of best_tightness must be strictly between 0 and 1, got 0.",
        ),
        (lambda: best_tightness(0.9, -0.5, 0.5), "'rate' of best_tightness must be between 0 and 1, got -0.5."),
        (
            lambda: best_tightness(0.9, 0.1, 1.5),
            "'rate_per_use' of best_tightness must be between 0 and 1, got 1.5.",
        ),
    ],
)
def test_numbers_out_of_range_are_refused_by_name(call, words):
    with refused(words):
        call()
