import numpy as np
import pytest

from negotiation.stability import Model, Range, uncertainty
from tests.strategies import refused

RANGES = {"x": Range(0, 1, 2, law="uniform"), "y": Range(0, 0, 1), "z": Range(0, 5, 9, law="fixed")}


def both(x, y, z):
    return np.stack([1.5 - x, z - y], axis=-1)


MODEL = Model(RANGES, both, {"far": 0.0, "near": 4.5})


def test_shares_means_and_quantiles_are_those_of_the_distributions():
    found = uncertainty(MODEL, draws=40_000, seed=3)
    assert found.holds == {"far": True, "near": True}
    assert found.shares["far"].low <= 0.75 <= found.shares["far"].high
    assert found.shares["near"].low <= 0.75 <= found.shares["near"].high  # P(y <= 1/2) of the falling triangle
    for sense, mean in (("far", 0.5), ("near", 5 - 1 / 3)):
        value, low, high = found.means[sense]
        assert low <= mean <= high and low < value < high
    assert found.quantiles["far"] == pytest.approx(1.5 - 2 * np.array([0.95, 0.75, 0.5, 0.25, 0.05]), abs=0.03)


def test_the_same_seed_gives_the_same_numbers_and_another_one_others():
    one, again, other = (uncertainty(MODEL, draws=500, seed=seed) for seed in (1, 1, 2))
    assert one.shares == again.shares and one.means == again.means
    assert one.means != other.means


def test_intervals_cover_the_true_share_about_95_times_in_100():
    found = [uncertainty(MODEL, draws=200, seed=seed) for seed in range(400)]
    assert np.mean([one.shares["far"].low <= 0.75 <= one.shares["far"].high for one in found]) >= 0.92
    assert np.mean([one.means["far"][1] <= 0.5 <= one.means["far"][2] for one in found]) >= 0.92


def test_the_dataset_names_senses_seed_and_parameters():
    table = uncertainty(MODEL, draws=100, seed=4).to_dataset()
    assert table["sense"].to_numpy().tolist() == ["far", "near"]
    assert table["quantile"].shape == (2, 5)
    assert (table.attrs["draws"], table.attrs["seed"], table.attrs["z"]) == (100, 4, 5)
    assert table["level"].to_numpy().tolist() == [0, 4.5]


def test_a_draw_without_an_answer_is_an_error_that_names_it():
    def measure(x):
        return np.where(x > 1.99, np.nan, x)

    with refused("'measure' of Model must be finite in the sense 'agreement', got nan. At draw ") as caught:
        uncertainty(Model({"x": RANGES["x"]}, measure), draws=5000)
    assert float(str(caught.value).rstrip(".").rsplit("x = ")[1]) > 1.99


def test_what_cannot_be_drawn_is_refused():
    with refused("'model' of uncertainty must have a parameter whose range has width and is not fixed, got none."):
        uncertainty(Model({"x": (1, 1, 1), "z": RANGES["z"]}, lambda x, z: x))
    with refused("'draws' of uncertainty must be a whole number of at least 2, got 1."):
        uncertainty(MODEL, draws=1)
    with refused("'seed' of uncertainty must be a whole number of at least 0, got -1."):
        uncertainty(MODEL, seed=-1)
