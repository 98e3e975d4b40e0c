import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from negotiation._kernels.polygon import FEW, GRID, SHORT, extreme, hull, outside, sides, thin_out
from negotiation.solvers.polygon import distance_to

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
MARGIN = 1e-12
places = st.integers(0, 6)
clouds = st.lists(st.tuples(places, places), min_size=1, max_size=12)


def section(polygon, axis, at, margin=MARGIN):
    """Both ends of a cut; infinities where the line misses the polygon."""
    table, counts = sides(polygon)
    low, high = (extreme(table, side, counts[side], at, margin) for side in (2 * axis, 2 * axis + 1))
    for value, left, right in (low, high):
        if left >= 0:
            ends = polygon[[int(left), int(right)]]
            assert ends[:, axis].min() - margin <= at <= ends[:, axis].max() + margin
            assert left != right or value == ends[0, 1 - axis]
    return low[0], high[0]


@pytest.mark.parametrize("count", [FEW - 1, FEW, 500])
def test_hull_of_random_points_is_that_of_qhull(count):
    points = np.random.default_rng(count).normal(size=(count, 2)) / 3
    assert {*hull(points)} == {*ConvexHull(points).vertices}


@pytest.mark.parametrize("count", [SHORT - 2, SHORT, 4 * SHORT])
def test_hull_goes_round_a_circle_and_takes_the_first_of_equal_points(count):
    angles = -np.pi + 2 * np.pi * np.arange(count) / count
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) / 2
    order = np.random.default_rng(count).permutation(count)
    mixed = np.concatenate([circle[order], circle])
    assert hull(mixed).tolist() == [order.tolist().index(place) for place in range(count)]


@pytest.mark.parametrize("count", [FEW - 2, 4 * FEW])
def test_a_vertex_that_sticks_out_by_one_step_of_the_grid_is_kept_and_none_below_it(count):
    base = np.concatenate([SQUARE[:1] + np.linspace(0, 1, count)[:, np.newaxis] * [1, 0], SQUARE[2:]])
    for bulge, corners in ((1.0, 5), (0.4, 4)):
        assert len(hull(np.concatenate([base, [[0.5, -bulge / GRID]]]))) == corners


def test_turns_are_exact_where_products_of_floats_are_not():
    far = 2.0**-1
    line = np.array([[0.0, 0.0], [far / 3, far / 3], [far, far], [far, 0.0]])
    line = np.rint(line * GRID) / GRID
    assert hull(line).tolist() == [0, 3, 2]
    line[1, 1] += 1 / GRID
    assert hull(line).tolist() == [0, 3, 2, 1]


@given(clouds, st.integers(0, 1), st.floats(-0.5, 6.5))
def test_a_cut_ends_on_the_boundary(cloud, axis, at):
    polygon = np.array(cloud, dtype=float)
    polygon = polygon[hull(polygon)]
    low, high = section(polygon, axis, at)
    inside = polygon[:, axis].min() - MARGIN <= at <= polygon[:, axis].max() + MARGIN
    assert inside == (low <= high)
    if inside:
        ends = np.empty((2, 2))
        ends[:, axis], ends[:, 1 - axis] = at, (low, high)
        assert (distance_to(polygon, ends) < 1e-9).all()
        ends[:, 1 - axis] += (-1e-6, 1e-6)
        assert (distance_to(polygon, ends) > 1e-8).all()


def test_an_edge_that_rounding_tilts_is_met_as_a_whole():
    tilted = np.array([[0.0, 0.0], [1.0, 0.0], [1.0 - 1e-13, 1.0], [0.0, 1.0]])
    assert section(tilted, 0, 0.5) == (0, 1)
    assert section(tilted, 0, 1.1) == (np.inf, -np.inf)
    for place in (1 - 2e-13, 1 - 5e-14, 1, 1 + 2e-13):
        assert section(tilted, 0, place) == (0, 1)
        assert section((1 - tilted)[[2, 3, 0, 1]], 0, 1 - place) == (0, 1)
        assert section(np.roll(tilted[:, ::-1][::-1], 1, axis=0), 1, place) == (0, 1)


def test_outside_measures_the_farthest_point_and_knows_the_empty_set():
    assert outside(SQUARE, np.array([[0.5, 0.5], [2.0, 0.5], [-3.0, -4.0]])) == pytest.approx(5)
    assert outside(SQUARE, SQUARE) == 0
    assert outside(SQUARE[:2], np.array([[0.5, 0.25], [2.0, 0.0]])) == pytest.approx(1)
    assert outside(np.empty((0, 2)), SQUARE) == np.inf
    assert outside(np.empty((0, 2)), np.empty((0, 2))) == 0


def test_nothing_beyond_the_tip_of_a_sliver_counts_as_inside():
    sliver = np.array([[0.25, 0.25], [1.0, 1.0 - 1e-13], [1.0, 1.0]])
    assert outside(sliver, np.array([[0.0, 0.0]])) == pytest.approx(0.125**0.5)


def test_thin_out_drops_what_hardly_bulges_and_nothing_else():
    bulging = np.array([[0.0, 0.0], [0.5, -1e-8], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    assert thin_out(bulging, 1e-7).tolist() == [0, 2, 3, 4]
    assert thin_out(bulging, 1e-9).tolist() == [0, 1, 2, 3, 4]
    assert thin_out(np.roll(bulging, -1, axis=0), 1e-7).tolist() == [1, 2, 3, 4]
    sliver = np.array([[0.0, 0.0], [1e-8, 0.0], [0.0, 1.0]])
    assert len(thin_out(sliver, 1e-7)) == 2
    assert len(thin_out(1e-9 * SQUARE, 1e-7)) == 1
    assert len(thin_out(np.empty((0, 2)), 1e-7)) == 0
