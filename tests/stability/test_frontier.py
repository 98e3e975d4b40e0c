import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.stability import Model, frontier
from tests.strategies import refused

SQUARE = {"x": (-2, 0, 2), "y": (-2, 0, 2)}


def branches(function, **options):
    return frontier(Model(SQUARE, function), "x", "y", **options).branches


@given(st.floats(0.3, 1.9), st.floats(0.3, 1.9))
def test_an_ellipse_is_one_closed_curve_to_the_rounding_of_floats(a, b):
    (curve,) = branches(lambda x, y: 1 - (x / a) ** 2 - (y / b) ** 2)
    assert ((curve / [a, b]) ** 2).sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert (curve[0] == curve[-1]).all()
    steps = np.abs(np.diff(curve, axis=0))
    assert steps.max() <= 4 / 64 + 1e-12  # neighbours share a cell
    angles = np.unwrap(np.arctan2(curve[:, 1], curve[:, 0]))
    assert abs(angles[-1] - angles[0]) == pytest.approx(2 * np.pi)


def test_a_curve_that_is_no_function_of_either_parameter_is_followed_from_end_to_end():
    (curve,) = branches(lambda x, y: y - np.sin(3 * x) - x / 4 - 0.01)
    assert curve[:, 1] == pytest.approx(np.sin(3 * curve[:, 0]) + curve[:, 0] / 4 + 0.01, abs=1e-12)
    assert sorted(curve[[0, -1], 0].tolist()) == pytest.approx([-2, 2])
    (turned,) = branches(lambda x, y: x - np.sin(3 * y) - y / 4 - 0.01)
    assert np.sort(turned[:, ::-1], axis=0) == pytest.approx(np.sort(curve, axis=0), abs=1e-12)


def test_branches_are_kept_apart():
    found = branches(lambda x, y: x * y - 0.5)
    assert len(found) == 2
    assert {np.sign(one[0, 0]) for one in found} == {-1, 1}
    for one in found:
        assert one[:, 0] * one[:, 1] == pytest.approx(0.5, abs=1e-12)
    rings = branches(lambda x, y: np.cos(4 * x) + np.cos(4 * y) - 1.5)
    assert len(rings) == 5 + 4  # whole rings around multiples of pi / 2 within reach, arcs at the corners


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("constant", [-0.01, 0.01])
def test_a_cell_with_four_crossings_is_joined_by_the_verdict_in_its_middle(sign, constant):
    found = branches(lambda x, y: sign * ((x - 1.05) * (y - 0.95) + constant), cells=2)
    assert len(found) == 2
    for one in found:
        assert np.ptp(np.sign(one[:, 0] - 1.05)) == 0
        assert (one[:, 0] - 1.05) * (one[:, 1] - 0.95) == pytest.approx(-constant, abs=1e-12)


def test_jumps_are_followed_too():
    (curve,) = branches(lambda x, y: np.where(x + y > 0.1, 1.0, -1.0))
    assert curve.sum(axis=1) == pytest.approx(0.1, abs=1e-12)


def test_nothing_flips_where_all_holds():
    found = frontier(Model(SQUARE, lambda x, y: 1 + 0 * x * y), "x", "y")
    assert found.branches == () and found.holds
    assert found.to_dataset().sizes["point"] == 0


def test_the_dataset_holds_points_branches_units_and_parameters():
    model = Model(SQUARE | {"z": (0, 0.5, 1)}, lambda x, y, z: x * y - z)
    found = frontier(model, "x", "y")
    table = found.to_dataset()
    assert table["branch"].to_numpy().tolist() == [0] * len(found.branches[0]) + [1] * len(found.branches[1])
    assert table["x"].to_numpy().tolist() == np.concatenate(found.branches)[:, 0].tolist()
    assert (table.attrs["z"], table.attrs["sense"], "version" in table.attrs) == (0.5, "agreement", True)
    assert list(table.to_dataframe().columns) == ["x", "y", "branch"]


def test_planes_that_do_not_fit_are_refused():
    model = Model(SQUARE | {"z": (1, 1, 1)}, lambda x, y, z: x * y - z)
    for other in ("x", "z"):
        with refused(
            "'y' of frontier must name another parameter than 'x', both with a range that has width, got ("
        ):
            frontier(model, "x", other)
    with refused("'parameter' of frontier must be one of the 3 known names, got 'w'."):
        frontier(model, "x", "w")
    with refused("'cells' of frontier must be at most 1,000, got 2,000."):
        frontier(model, "x", "y", cells=2000)
