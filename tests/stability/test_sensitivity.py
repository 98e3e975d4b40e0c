import numpy as np
import pytest

from negotiation.stability import Model, Range, sensitivity
from tests.strategies import refused

A, B = 7.0, 0.1


def ishigami(x, y, z):
    return np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x)


RANGES = {name: Range(-np.pi, 0, np.pi, law="uniform") for name in "xyz"}
MODEL = Model(RANGES, ishigami)


def exact_indices():
    """Return first and total indices of the Ishigami function, from the integrals of its parts."""
    alone_x = (1 + B * np.pi**4 / 5) ** 2 / 2
    alone_y = A**2 / 8
    with_z = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = alone_x + alone_y + with_z
    return np.array([alone_x, alone_y, 0]) / variance, np.array([alone_x + with_z, alone_y, with_z]) / variance


def test_indices_of_the_ishigami_function_are_the_exact_ones():
    found, (first, total) = sensitivity(MODEL, points=2**14), exact_indices()
    assert found.first == pytest.approx(first, abs=0.01)
    assert found.total == pytest.approx(total, abs=0.01)
    assert found.names == ("x", "y", "z") and found.ranked() == ("x", "y", "z")
    for exact, (low, high) in ((first, found.first_interval), (total, found.total_interval)):
        assert (low <= exact).all() and (exact <= high).all()


def test_intervals_shrink_with_the_root_of_the_number_of_points():
    wide, narrow = (sensitivity(MODEL, points=points).total_interval for points in (2**9, 2**13))
    ratio = np.diff(wide, axis=0) / np.diff(narrow, axis=0)
    assert ratio == pytest.approx(4, rel=0.5)  # 200 resamples know a width to about a tenth


def test_indices_are_those_of_salib():
    analyze = pytest.importorskip("SALib.analyze.sobol", reason="the extra `peers` is not installed")
    sample = pytest.importorskip("SALib.sample.sobol", reason="the extra `peers` is not installed")
    ranges = {"x": Range(0, 0.5, 2), "y": Range(-1, 1.25, 2), "z": Range(1, 2, 4, law="uniform")}

    def measure(x, y, z):
        return x * z + np.exp(y) - y * z

    problem = {
        "num_vars": 3,
        "names": ["x", "y", "z"],
        "bounds": [[0, 2, 0.25], [-1, 2, 0.75], [1, 4]],
        "dists": ["triang", "triang", "unif"],
    }
    points = sample.sample(problem, 2**13, calc_second_order=False, seed=1)
    judged = analyze.analyze(problem, measure(*points.T), calc_second_order=False, seed=1)
    found = sensitivity(Model(ranges, measure), points=2**13)
    assert found.first == pytest.approx(judged["S1"], abs=0.015)
    assert found.total == pytest.approx(judged["ST"], abs=0.015)


def test_indices_of_the_verdict_are_those_of_its_indicator():
    ranges = {"x": Range(0, 0.5, 1, law="uniform"), "y": Range(0, 0.5, 1, law="uniform")}
    found = sensitivity(Model(ranges, lambda x, y: np.minimum(x, y) - 0.5), of="verdict", points=2**14)
    # P = 1/4, E[1 | x] is 1/2 or 0: variances 3/16 in all, 1/16 by each alone, 1/16 together
    assert found.first == pytest.approx([1 / 3, 1 / 3], abs=0.02)
    assert found.total == pytest.approx([2 / 3, 2 / 3], abs=0.02)
    assert found.of == "verdict"


def test_senses_and_datasets():
    model = Model(RANGES, lambda x, y, z: np.stack([x, y], axis=-1), {"one": 0, "two": 0})
    found = sensitivity(model, sense="two", points=2**8)
    assert found.total == pytest.approx([0, 1, 0], abs=0.02)
    table = found.to_dataset()
    assert table["total"].sel(parameter="y").item() == pytest.approx(1, abs=0.02)
    assert (table.attrs["sense"], table.attrs["seed"], table.attrs["points"]) == ("two", 2025, 256)


def test_one_output_that_is_not_finite_is_an_error_and_not_a_zero():
    model = Model(RANGES, lambda x, y, z: np.where(x > 3.1, np.nan, x))
    with refused("'measure' of Model must be finite in the sense 'agreement', got nan. At draw "):
        sensitivity(model, points=2**9)


def test_what_cannot_be_split_is_refused():
    with refused("'points' of sensitivity must be a power of two, got 1000. 1024 is the next one."):
        sensitivity(MODEL, points=1000)
    with refused("'model' of sensitivity must have a measure that varies with the parameters, got 2 everywhere."):
        sensitivity(Model(RANGES, lambda x, y, z: 2 + 0 * x))
    with refused("'of' of sensitivity must be one of the 2 known names, got 'share'."):
        sensitivity(MODEL, of="share")
