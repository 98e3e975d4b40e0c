import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from negotiation.stability.robustness import WILSON_Z, robustness_radius, share_of, triangular_draws
from tests.strategies import refused

sizes = st.floats(0.05, 20)
RANGES = {"tau": (1.0, 2.0, 5.0), "fixed": (3.0, 3.0, 3.0), "low": (0.0, 0.0, 1.0), "high": (-1.0, 1.0, 1.0)}


def slack_after(error, temptation, harm, patience):
    return patience * (1 - error) * harm * (1 - error) - temptation * (1 + error)


@given(sizes, sizes, st.floats(0.02, 1))
def test_the_radius_solves_the_equation_of_its_definition(temptation, harm, patience):
    found = float(robustness_radius(temptation, harm, patience))
    root = brentq(slack_after, -1, 1, args=(temptation, harm, patience), xtol=1e-14)
    assert found == pytest.approx(root, abs=1e-9)
    assume(abs(slack_after(0, temptation, harm, patience)) > 1e-9)
    assert (found >= 0) == (slack_after(0, temptation, harm, patience) >= 0)


@pytest.mark.parametrize(("temptation", "harm", "patience"), [(2.1, 6.48, 0.57358), (2.6, 10.8, 0.57358)])
def test_every_common_error_below_the_radius_is_survived_and_none_above(temptation, harm, patience):
    radius = float(robustness_radius(temptation, harm, patience))
    for error in np.linspace(0, 0.99, 200):
        assert (slack_after(error, temptation, harm, patience) >= 0) == (error <= radius)


def test_radii_at_the_edges():
    found = robustness_radius([0, -1, 1, 1, 1, 0], [5, 5, 0, -2, 2, 0], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    assert found.tolist() == [1, 1, -1, -1, 0, 1]
    assert robustness_radius([[1], [2]], [4, 5, 6], 0.9).shape == (2, 3)
    assert robustness_radius(1, [1e-17, 1e-300], 1).tolist() == [-1, -1]
    assert robustness_radius(1e-300, 1, 1) == pytest.approx(1)


def test_radii_of_what_does_not_fit_are_refused():
    with refused("'patience' of robustness_radius must be above 0, got 0.0."):
        robustness_radius(1, 2, 0)
    for patience in (1.2, -0.5):
        with refused(f"'patience' of robustness_radius must lie between 0 and 1, got {patience}."):
            robustness_radius(1, 2, patience)
    with refused("'temptation' of robustness_radius must be finite, got nan."):
        robustness_radius(math.nan, 2, 0.5)
    with refused("'harm' of robustness_radius must be a rectangular array of numbers, got 'x'."):
        robustness_radius(1, "x", 0.5)


@pytest.mark.parametrize(("true", "draws"), [(0, 10), (1, 10), (5, 10), (1, 40), (638, 1000), (1, 1)])
def test_the_interval_holds_the_shares_that_a_score_test_would_not_reject(true, draws):
    found = share_of([True] * true + [False] * (draws - true))
    share = true / draws

    def excess(p):
        return (share - p) ** 2 - norm.ppf(0.975) ** 2 * p * (1 - p) / draws

    assert (found.value, found.draws) == (share, draws)
    low = 0.0 if true == 0 else brentq(excess, 0, min(share, 1 - 1e-9))
    high = 1.0 if true == draws else brentq(excess, max(share, 1e-9), 1)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert norm.ppf(0.975) == pytest.approx(WILSON_Z, abs=1e-12)


def test_the_interval_covers_the_true_share_about_95_times_in_100():
    rng, true = np.random.default_rng(8), 0.638
    shares = [share_of(rng.random(400) < true) for _ in range(2000)]
    assert np.mean([one.low <= true <= one.high for one in shares]) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("flags", [[], [0, 1], [0.5], [[True, False]], True, "x", None])
def test_flags_are_a_row_of_bools(flags):
    with refused("'flags' of share_of must be a non-empty row of bools, got "):
        share_of(flags)


def test_draws_follow_the_triangular_distribution():
    count = 100_000
    sample = triangular_draws(RANGES, count, np.random.default_rng(2))
    assert list(sample) == list(RANGES)
    for name, (low, mode, high) in RANGES.items():
        drawn = sample[name]
        variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
        assert drawn.shape == (count,)
        assert low <= drawn.min() and drawn.max() <= high
        assert drawn.mean() == pytest.approx((low + mode + high) / 3, abs=5 * math.sqrt(variance / count) + 1e-12)
        assert drawn.var() == pytest.approx(variance, rel=0.03)
        below = (mode - low) / (high - low) if high > low else 0
        assert (drawn < mode).mean() == pytest.approx(below, abs=0.01)


def test_draws_are_independent_and_repeat_with_the_seed():
    first, second = (triangular_draws(RANGES, 20_000, np.random.default_rng(5)) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in RANGES)
    assert abs(np.corrcoef(first["tau"], first["high"])[0, 1]) < 0.05
    assert (first["fixed"] == 3).all()
    assert not (triangular_draws(RANGES, 9, np.random.default_rng(6))["tau"] == first["tau"][:9]).any()


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((2, 1, 3), "'ranges['x']' of triangular_draws must be low <= mode <= high, got (2, 1, 3)."),
        ((1, 4, 3), "'ranges['x']' of triangular_draws must be low <= mode <= high, got (1, 4, 3)."),
        ((1, math.nan, 3), "'ranges['x'][1]' of triangular_draws must be finite, got nan."),
        ((1, 2, math.inf), "'ranges['x'][2]' of triangular_draws must be finite, got inf."),
        ((1, "a", 3), "'ranges['x']' of triangular_draws must be a rectangular array of numbers"),
    ],
)
def test_ranges_that_do_not_fit_are_refused(bounds, words):
    with refused(words):
        triangular_draws({"x": bounds}, 5, np.random.default_rng(1))


@pytest.mark.parametrize("draws", [0, -1, 1.5, None, True])
def test_the_number_of_draws_is_a_count(draws):
    with refused(f"'draws' of triangular_draws must be a whole number of at least 1, got {draws}."):
        triangular_draws(RANGES, draws, np.random.default_rng(1))
