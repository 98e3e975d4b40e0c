"""Grids and tables of points."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import ArgumentError
from negotiation.sweeps import Points

AXES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.lists(st.integers(-9, 9), min_size=1, max_size=4, unique=True), min_size=1
)


@given(AXES)
def test_a_grid_counts_its_points_as_nested_loops_do(axes: dict[str, list[int]]) -> None:
    points = Points.grid(axes)
    part = points.part(0, len(points))
    found = list(zip(*(part[name].tolist() for name in axes), strict=True))
    assert found == list(itertools.product(*axes.values()))


@given(AXES, st.data())
def test_a_part_of_a_grid_is_cut_out_of_the_whole(axes: dict[str, list[int]], data: st.DataObject) -> None:
    points = Points.grid(axes)
    start = data.draw(st.integers(0, len(points) - 1))
    stop = data.draw(st.integers(start + 1, len(points)))
    whole, part = points.part(0, len(points)), points.part(start, stop)
    assert all((part[name] == whole[name][start:stop]).all() for name in axes)


def test_a_table_keeps_its_rows() -> None:
    points = Points.draws({"x": [1.0, 2.0, 2.0], "kind": ["a", "b", "a"]})
    assert len(points) == 3
    assert {name: column.tolist() for name, column in points.part(1, 3).items()} == {
        "x": [2.0, 2.0],
        "kind": ["b", "a"],
    }
    assert points.words(1) == "point 1 (x=2.0, kind='b')"


def test_points_are_told_apart_by_their_digest() -> None:
    different = [
        Points.grid({"x": [1.0, 2.0]}),
        Points.grid({"x": [1.0, 3.0]}),
        Points.grid({"y": [1.0, 2.0]}),
        Points.grid({"x": [1, 2]}),
        Points.grid({"x": [1.0, 2.0], "y": [1.0]}),
        Points.draws({"x": [1.0, 2.0]}),
    ]
    assert len({points.digest() for points in different}) == len(different)
    assert different[0].digest() == Points.grid({"x": np.array([1.0, 2.0])}).digest()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "'values' of Points.grid must map at least one parameter to its values"),
        ([1.0], "'values' of Points.grid must map at least one parameter"),
        ({"x": []}, "'x' of Points.grid must be a row of at least one value, got shape (0,)"),
        ({"x": 1.0}, "'x' of Points.grid must be a row of at least one value, got shape ()"),
        ({"x": [[1.0]]}, "'x' of Points.grid must be a row of at least one value, got shape (1, 1)"),
        ({"x": [1.0, float("nan")]}, "'x[1]' of Points.grid must be finite, got nan"),
        ({"x": [1.0, "a"]}, "'x' of Points.grid must hold either numbers or texts"),
        ({"x": [[1.0], [1.0, 2.0]]}, "'x' of Points.grid must be a row of numbers or texts"),
        ({"x": [None]}, "'x[0]' of Points.grid must be finite"),
        ({"x": [1.0, {}]}, "'x' of Points.grid must be a rectangular array of numbers"),
        ({"x": [True]}, "'x' of Points.grid must hold either numbers or texts"),
        ({"x": ["a", " "]}, "'x' of Points.grid must hold no empty text"),
        ({"x": [1.0, 1.0]}, "'x' of Points.grid must hold distinct values, got 1.0 more than once"),
        ({"x": [2**40]}, "'x' of Points.grid must hold whole numbers of at most 2147483647"),
        ({"x y": [1.0]}, "'values' of Points.grid must have names in ASCII that can be keywords"),
        ({"lambda": [1.0]}, "'values' of Points.grid must have names in ASCII that can be keywords"),
        ({"draw": [1.0]}, "must leave the names draw, chunk, finished, rng alone"),
    ],
)
def test_a_bad_grid_is_refused(values: object, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Points.grid(values)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_a_bad_table_is_refused() -> None:
    with pytest.raises(ArgumentError, match="must hold columns of one length"):
        Points.draws({"x": [1.0], "y": [1.0, 2.0]})
    with pytest.raises(ArgumentError, match=r"'units' of Points.draws must be one of the 1 known names"):
        Points.draws({"x": [1.0]}, units={"y": "points"})
