import math
import pickle

import numpy as np
import pytest

from negotiation.stability import Model, Range, as_model, evaluate, point_model, tipping_point
from negotiation.stability.evaluation import CHUNK
from tests.strategies import refused

RANGES = {"harm": (4, 6, 9), "gain": Range(1, 3, 5, "points a year")}


def slack(harm, gain):
    return 0.6 * harm - gain


class Pact:
    def model(self):
        return Model(RANGES, slack)


def test_a_function_of_numbers_gives_what_the_function_of_arrays_gives():
    points = {"harm": np.linspace(4, 9, 7), "gain": np.linspace(5, 1, 7)}
    assert evaluate(point_model(slack, RANGES), points).tolist() == evaluate(Model(RANGES, slack), points).tolist()


def test_parameters_that_are_not_varied_stand_at_their_central_values():
    assert evaluate(Model(RANGES, slack), {"harm": np.array([5.0, 10])})[:, 0].tolist() == [0, 3]
    assert evaluate(point_model(slack, RANGES), {"gain": np.array([2.0])}).tolist() == [[0.6 * 6 - 2]]


def test_senses_hold_from_their_levels_on():
    def both(x):
        return np.stack([x, x**2], axis=-1)

    model = Model({"x": (0, 1, 2)}, both, {"plain": 1.0, "squared": 4.0})
    found = evaluate(model, {"x": np.array([0.5, 1.0, 2.0])})
    assert found.tolist() == [[-0.5, -3.75], [0, -3], [1, 0]]
    assert model.senses == ("plain", "squared")
    assert [tipping_point(model, "x", sense=sense).nearest.value for sense in model.senses] == [1 - 2**-53, 2]
    several = point_model(lambda x: (x, x**2), {"x": (0, 1, 2)}, levels={"plain": 1.0, "squared": 4.0})
    assert evaluate(several, {"x": np.array([0.5, 1.0, 2.0])}).tolist() == found.tolist()


def test_points_are_measured_in_chunks_and_come_back_in_order():
    seen = []

    def measure(x):
        seen.append(len(x))
        return x

    values = np.arange(2.5 * CHUNK)
    assert evaluate(Model({"x": (0, 1, 2)}, measure), {"x": values})[:, 0].tolist() == values.tolist()
    assert seen == [CHUNK, CHUNK, CHUNK // 2]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_measure_that_is_not_finite_names_the_draw_and_its_parameters(bad):
    at, values = CHUNK + 3, np.full(CHUNK + 10, 5.0)
    values[at] = 8.125
    model = Model(RANGES, lambda harm, gain: np.where(harm == 8.125, bad, gain))
    words = f"'measure' of Model must be finite in the sense 'agreement', got {bad}. "
    with refused(f"{words}At draw {at}: harm = 8.125, gain = 2."):
        evaluate(model, {"harm": values, "gain": np.full(len(values), 2.0)})


def test_a_function_that_fails_says_at_which_parameters():
    model = point_model(lambda x: 1 / x, {"x": (-1, 1, 2)})
    with pytest.raises(ZeroDivisionError) as caught:
        evaluate(model, {"x": np.array([1.0, 0.0])})
    assert caught.value.__notes__ == ["at x = 0"]


def test_anything_with_a_model_can_be_asked():
    assert as_model("test", Pact()).central == {"harm": 6, "gain": 3}
    assert tipping_point(Pact(), "gain").unit == "points a year"
    with refused("'model' of test must be a Model or have a method model(), got function."):
        as_model("test", slack)


def test_a_model_of_module_functions_can_be_sent_to_another_process():
    sent = pickle.loads(pickle.dumps(point_model(slack, RANGES)))
    assert evaluate(sent, {"harm": np.array([5.0])}).tolist() == [[0]]


def test_a_range_moves_and_widens():
    assert Range(1, 2, 3, "years", "uniform").moved(5) == Range(1, 5, 5, "years", "uniform")
    assert Range(1, 2, 3).moved(0).low == 0
    assert not Range(2, 2, 2).drawn and not Range(1, 2, 3, law="fixed").drawn and Range(1, 2, 3).drawn


@pytest.mark.parametrize(
    ("ranges", "levels", "words"),
    [
        ({}, {"a": 0}, "'ranges' of Model must name at least one parameter, got {}."),
        ({"x": (1, 2, 3)}, {}, "'levels' of Model must name at least one sense, got {}."),
        ({"x": (1, 2, 3)}, {"a": math.nan}, "'levels['a']' of Model must be finite, got nan."),
        ({"x": (1, 2)}, {"a": 0}, "'ranges['x']' of Model must be a Range or (low, central, high), got (1, 2)."),
        (
            {"x": (2, 1, 3)},
            {"a": 0},
            "'central' of Range must satisfy low <= central <= high, got (2.0, 1.0, 3.0).",
        ),
        (
            {"x": (1, 4, 3)},
            {"a": 0},
            "'central' of Range must satisfy low <= central <= high, got (1.0, 4.0, 3.0).",
        ),
        ({"x": (1, math.nan, 3)}, {"a": 0}, "'central' of Range must be finite, got nan."),
        ({"x": (1, "a", 3)}, {"a": 0}, "'central' of Range must be a number, got 'a'."),
    ],
)
def test_models_that_do_not_fit_are_refused(ranges, levels, words):
    with refused(words):
        Model(ranges, slack, levels)


def test_measures_of_another_shape_and_unknown_names_are_refused():
    shape = "'measure' of Model must return an array of shape (2, 1) for 2 points and 1 senses, got shape ()."
    with refused(shape):
        evaluate(Model({"x": (0, 1, 2)}, lambda x: 1.0), {"x": np.array([1.0, 2.0])})
    with refused("'law' of Range must be one of the 3 known names, got 'normal'."):
        Range(1, 2, 3, law="normal")
    with refused("'parameter' of tipping_point must be one of the 2 known names, got 'pain'."):
        tipping_point(Pact(), "pain")
    with refused("'sense' of tipping_point must be one of the 1 known names, got 'peace'."):
        tipping_point(Pact(), "gain", sense="peace")
