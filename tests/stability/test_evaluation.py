import math

import numpy as np
import pytest

from negotiation.stability import Range, random_points
from tests.strategies import refused

RANGES = {
    "tau": Range(1, 2, 5),
    "certain": Range(3, 3, 3),
    "low": Range(0, 0, 1),
    "high": Range(-1, 1, 1),
    "even": Range(2, 3, 6, law="uniform"),
    "fixed": Range(0, 1, 2, law="fixed"),
}


def moments(one):
    """Return mean, variance and the chance to lie below the central value."""
    low, mode, high = one.low, one.central, one.high
    if one.law == "uniform":
        return (low + high) / 2, (high - low) ** 2 / 12, (mode - low) / (high - low)
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    return (low + mode + high) / 3, variance, (mode - low) / (high - low) if high > low else 0


def test_draws_follow_their_laws_and_fixed_parameters_are_left_out():
    count = 100_000
    sample = random_points(RANGES, count, np.random.default_rng(2))
    assert list(sample) == list(RANGES)[:-1]
    for name, drawn in sample.items():
        one = RANGES[name]
        mean, variance, below = moments(one)
        assert drawn.shape == (count,)
        assert one.low <= drawn.min() and drawn.max() <= one.high
        assert drawn.mean() == pytest.approx(mean, abs=5 * math.sqrt(variance / count) + 1e-12)
        assert drawn.var() == pytest.approx(variance, rel=0.03)
        assert (drawn < one.central).mean() == pytest.approx(below, abs=0.01)


def test_draws_are_independent_and_repeat_with_the_seed():
    first, second = (random_points(RANGES, 20_000, np.random.default_rng(5)) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in first)
    assert abs(np.corrcoef(first["tau"], first["high"])[0, 1]) < 0.05
    assert not (random_points(RANGES, 9, np.random.default_rng(6))["tau"] == first["tau"][:9]).any()


@pytest.mark.parametrize("name", ["tau", "certain", "low"])
def test_another_range_moves_its_own_draws_only_and_keeps_their_order(name):
    first, moved = (
        random_points(ranges, 1000, np.random.default_rng(5))
        for ranges in (RANGES, RANGES | {name: RANGES[name].moved(4.0)})
    )
    assert all((first[other] == moved[other]).all() for other in first if other != name)
    if RANGES[name].width:
        assert (np.argsort(first[name]) == np.argsort(moved[name])).all()


@pytest.mark.parametrize("draws", [0, -1, 1.5, None, True])
def test_the_number_of_draws_is_a_count(draws):
    with refused(f"'draws' of random_points must be a whole number of at least 1, got {draws}."):
        random_points(RANGES, draws, np.random.default_rng(1))
