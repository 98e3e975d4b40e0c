import numpy as np
import pytest

from negotiation.stability import Model, Range, random_points, scenarios
from tests.strategies import refused

DRAWS = 5_000
RANGES = {name: Range(0, 0.5, 1, law="uniform") for name in "abcde"}


def inside(a, b, c, d, e):
    return (a > 0.6) & (b < 0.35)


def failing(where, noise=0.0):
    def measure(**x):
        fails = where(**x)
        lots = np.modf(1e6 * x["e"])[0]  # as good as drawn anew
        return np.where(np.where(lots < noise, lots < noise / 2, fails), -1.0, 1.0)

    return Model(RANGES, measure)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_known_box_is_found(noise):
    found = scenarios(failing(inside, noise), density=0.9, draws=DRAWS)
    assert set(found.limits) == {"a", "b"}
    (low, up), (down, high) = found.limits["a"], found.limits["b"]
    assert (up, down) == (np.inf, -np.inf)
    assert low == pytest.approx(0.6, abs=0.02) and high == pytest.approx(0.35, abs=0.02)
    assert found.dense and max(found.quasi_p.values()) < 1e-6


def test_without_noise_the_box_is_that_of_the_failures_up_to_the_gap_between_draws():
    found = scenarios(failing(inside), density=1.0, draws=DRAWS)
    assert found.limits["a"][0] == pytest.approx(0.6, abs=2e-3)
    assert found.limits["b"][1] == pytest.approx(0.35, abs=2e-3)
    assert (found.coverage, found.density) == (1, 1)
    assert found.mass == found.base_rate


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_coverage_density_and_mass_are_counted_again(noise):
    model = failing(lambda a, b, c, d, e: a + b > 1.3, noise)
    found = scenarios(model, density=0.8, draws=DRAWS, seed=7)
    points = random_points(RANGES, DRAWS, np.random.default_rng(7))
    fails = model.measure(**points) < 0
    box = np.all(
        [(points[name] >= low) & (points[name] <= high) for name, (low, high) in found.limits.items()], axis=0
    )
    assert found.density == pytest.approx(fails[box].mean())
    assert found.coverage == pytest.approx(fails[box].sum() / fails.sum())
    assert (found.mass, found.base_rate) == (box.mean(), fails.mean())
    assert found.density >= 0.8


def test_no_restricted_end_could_be_opened_without_losing_the_density():
    model = failing(lambda a, b, c, d, e: a + b > 1.3)
    found = scenarios(model, density=0.8, draws=DRAWS)
    points = random_points(RANGES, DRAWS, np.random.default_rng(2025))
    fails = model.measure(**points) < 0
    for name in found.limits:
        others = [
            (points[other] >= low) & (points[other] <= high)
            for other, (low, high) in found.limits.items()
            if other != name
        ]
        assert fails[np.all(others, axis=0)].mean() < 0.8


def test_the_trajectory_peels_to_higher_density_and_less_coverage():
    found = scenarios(failing(lambda a, b, c, d, e: a + b > 1.3), draws=DRAWS)
    coverage, density, mass, restricted = found.trajectory.T
    assert found.trajectory[0].tolist() == [1, found.base_rate, 1, 0]
    assert (np.diff(coverage) <= 0).all() and (np.diff(mass) < 0).all() and (np.diff(restricted) >= 0).all()
    assert (np.diff(density) >= 0).all()
    assert mass[-1] >= 0.02


def test_a_density_out_of_reach_gives_the_densest_box_and_says_so():
    found = scenarios(failing(lambda a, b, c, d, e: a < -1, noise=0.5), density=0.99, draws=DRAWS)
    assert not found.dense
    assert found.base_rate < found.density < 0.99


def test_a_box_prints_its_conditions_and_has_a_dataset():
    found = scenarios(failing(inside), density=1.0, draws=DRAWS)
    first, second = str(found).splitlines()
    limits = [float(word) for word in first.split() if word[0].isdigit()]
    assert limits == pytest.approx([0.6, 0.35], abs=2e-3)
    assert first == f"agreement fails where {limits[0]:.4g} <= a and b <= {limits[1]:.4g}"
    assert second.startswith("coverage 1.000, density 1.000, mass 0.1")
    table = found.to_dataset()
    assert table["parameter"].to_numpy().tolist() == ["a", "b"]
    assert table["restricted"].to_numpy()[-1] == found.trajectory[-1, 3]
    assert (table.attrs["draws"], table.attrs["seed"]) == (DRAWS, 2025)


def test_verdicts_that_never_differ_are_refused():
    for where, got in ((lambda **x: x["a"] < 2, "fails at all"), (lambda **x: x["a"] > 2, "none")):
        with refused(f"'model' of scenarios must fail at some draws and hold at others, got {got}."):
            scenarios(failing(where), draws=100)
    with refused("'density' of scenarios must be between 0 and 1, got 1.5."):
        scenarios(failing(inside), density=1.5)
