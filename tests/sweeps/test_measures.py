"""What is evaluated, and what a worker makes of functions that fail."""

import functools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from negotiation import ArgumentError
from negotiation.sweeps import ArrayMeasure, Output, PointMeasure, Points, SerialExecutor, SweepError, sweep
from tests.sweeps.functions import LINE, NUMBER, double


def _swept(function: Any, outputs: Any = NUMBER, kind: Any = PointMeasure) -> Any:
    return sweep(kind(function, outputs), LINE, executor=SerialExecutor(), chunk_size=12, progress=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, NUMBER), "'function' of PointMeasure must be a function with a name, got None"),
        ((functools.partial(double), NUMBER), "Arguments that do not vary are passed as `fixed`."),
        ((double, {}), "'outputs' of PointMeasure must map at least one name to an Output, got {}"),
        ((double, {"y": float}), "'outputs' of PointMeasure must map at least one name to an Output"),
        ((double, ["y"]), "'outputs' of PointMeasure must map at least one name to an Output"),
        ((double, {"finished": Output()}), "must leave the names draw, chunk, finished, rng alone"),
        ((double, {"y": Output({"y": ["a"]})}), "'outputs' of PointMeasure must differ in name from their axes"),
        (
            (double, {"y": Output({"p": ["a"]}), "z": Output({"p": ["b"]})}),
            "'outputs' of PointMeasure must agree on the labels of 'p', got ['b']",
        ),
        ((double, NUMBER, {"k": [1]}), "'k' of PointMeasure must be a number, a text, true or false, got [1]"),
        ((double, NUMBER, {"k": np.inf}), "'k' of PointMeasure must be finite, got inf"),
        ((double, NUMBER, {}, -1), "'seed' of PointMeasure must be a whole number of at least 0, got -1"),
        ((double, NUMBER, {}, 2**31), "'seed' of PointMeasure must be at most 2,147,483,647"),
    ],
)
def test_a_bad_measure_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        PointMeasure(*arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dims": ["player"]}, "'dims' of Output must map axes to their labels"),
        ({"dims": {"player": []}}, "'player' of Output must be a row of at least one value"),
        ({"dims": {"player": ["a", "a"]}}, "'player' of Output must hold distinct values, got a more than once"),
        ({"dtype": complex}, "'dtype' of Output must be float or bool"),
        ({"units": 3}, "'units' of Output must be a text, got 3"),
    ],
)
def test_a_bad_output_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Output(**arguments)
    assert message in str(caught.value)


def test_a_function_that_raises_is_named_with_its_point_and_traceback() -> None:
    def inverse(x: float) -> dict[str, float]:
        return {"y": 1 / (x - 7)}

    with pytest.raises(SweepError, match=r"inverse raised ZeroDivisionError at point 7 \(x=7.0\)") as caught:
        _swept(inverse)
    assert "return {" in caught.value.__notes__[0]


def test_an_array_function_that_raises_is_narrowed_down_to_its_point() -> None:
    def picky(x: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        if (x == 7).any():
            raise ValueError("seven")
        return {"y": x}

    with pytest.raises(SweepError, match=r"picky raised ValueError at point 7 \(x=7.0\): seven"):
        _swept(picky, kind=ArrayMeasure)


def test_an_array_function_that_fails_for_many_points_only_says_so() -> None:
    def crowded(x: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        if len(x) > 6:
            raise MemoryError("too many")
        return {"y": x}

    with pytest.raises(SweepError, match=r"MemoryError for 12 points at once from point 0 \(x=0.0\): too many"):
        _swept(crowded, kind=ArrayMeasure)


@pytest.mark.parametrize("kind", [PointMeasure, ArrayMeasure])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named_with_its_point(kind: Any, bad: float) -> None:
    def broken(x: Any) -> dict[str, Any]:
        return {"y": np.where(x >= 7, bad, x)}

    with pytest.raises(SweepError, match=r"'y' of .*broken is not finite at point 7 \(x=7.0\)"):
        _swept(broken, kind=kind)
    allowed = _swept(broken, {"y": Output(finite=False)}, kind=kind)
    np.testing.assert_array_equal(allowed["y"], [*range(7), *[bad] * 5])


@pytest.mark.parametrize(
    ("answer", "outputs", "message"),
    [
        (3.0, NUMBER, "must return a mapping from output to value, got float"),
        ({"z": 3.0}, NUMBER, "must return the outputs ['y'], got ['z']"),
        ({"y": 3.0, "z": 3.0}, NUMBER, "must return the outputs ['y'], got ['y', 'z']"),
        ({"y": [3.0]}, NUMBER, "must return 'y' of shape (), got (1,)"),
        ({"y": 3.0}, {"y": Output({"player": ["a", "b"]})}, "must return 'y' of shape (2,), got ()"),
        ({"y": 3j}, NUMBER, "must return real numbers as 'y', got complex128"),
        ({"y": None}, NUMBER, "must return real numbers as 'y', got object"),
        ({"y": 1.0}, {"y": Output(dtype=bool)}, "must return true or false as 'y', got float64"),
    ],
)
def test_an_answer_that_is_not_as_described_is_an_error(answer: Any, outputs: Any, message: str) -> None:
    def wrong(x: float) -> Any:
        return answer

    with pytest.raises(SweepError) as caught:
        _swept(wrong, outputs)
    assert f"wrong {message} at point 0 (x=0.0)." in str(caught.value)


def test_an_array_answer_of_the_wrong_length_is_an_error() -> None:
    def short(x: NDArray[np.float64]) -> dict[str, Any]:
        return {"y": x[1:]}

    with pytest.raises(SweepError, match=r"must return 'y' of shape \(12,\), got \(11,\) for 12 points"):
        _swept(short, kind=ArrayMeasure)


def test_numbers_reach_a_function_as_they_were_given() -> None:
    def seen(whole: int, number: float, text: str) -> dict[str, bool]:
        return {"y": type(whole) is int and type(number) is float and type(text) is str}

    points = Points.draws({"whole": [1], "number": [1.0], "text": ["a"]})
    found = sweep(PointMeasure(seen, {"y": Output(dtype=bool)}), points, executor=SerialExecutor(), progress=False)
    assert found["y"].item()
