import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from negotiation.solvers.polygon import clip, convex_hull, distance, distance_to, nash_point

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
MARGIN = 1e-12
places = st.integers(0, 6)
clouds = st.lists(st.tuples(places, places), min_size=1, max_size=12)


def area(polygon):
    x, y = polygon.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


@given(clouds)
def test_hull_runs_counter_clockwise_and_turns_at_every_vertex(cloud):
    hull = convex_hull(np.array(cloud, dtype=float))
    if len(hull) > 2:
        before, after = hull - np.roll(hull, 1, axis=0), np.roll(hull, -1, axis=0) - hull
        assert (before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] > 0).all()
    assert (distance_to(hull, np.array(cloud, dtype=float)) < 1e-12).all()
    assert {tuple(vertex) for vertex in hull} <= set(cloud)


def test_hull_of_random_points_is_that_of_qhull():
    points = np.random.default_rng(5).normal(size=(300, 2)) / 3
    hull = convex_hull(points)
    assert {tuple(p) for p in hull} == {tuple(p) for p in points[ConvexHull(points).vertices]}


def test_hull_of_few_points_is_a_point_or_a_segment():
    assert len(convex_hull(np.empty((0, 2)))) == 0
    assert convex_hull(np.array([[0.3, 0.2]] * 5)).tolist() == [[0.3, 0.2]]
    assert convex_hull(np.array([[0.5, 0.5], [1.0, 1.0], [0.0, 0.0]])).tolist() == [[0, 0], [1, 1]]


def test_hull_merges_points_that_differ_by_rounding_only():
    bulging = np.array([[0.0, 0.0], [1e-15, -1e-15], [1.0, 0.0], [0.5, -1e-15], [0.0, 1.0]])
    assert convex_hull(bulging).tolist() == [[0, 0], [1, 0], [0, 1]]


@given(clouds, st.integers(0, 1), st.floats(-0.5, 6.5))
def test_clip_keeps_exactly_what_lies_above_the_cut(cloud, axis, least):
    hull = convex_hull(np.array(cloud, dtype=float))
    kept = clip(hull, axis, least, MARGIN)
    assert (kept[:, axis] >= least - MARGIN).all()
    assert (distance_to(hull, kept) < 1e-9).all()
    above = hull[hull[:, axis] >= least]
    assert len(above) == 0 or (distance_to(kept, above) < 1e-9).all()
    mirrored = hull * np.where(np.arange(2) == axis, -1, 1)
    below = clip(mirrored, axis, -least, MARGIN)
    assert area(kept) - area(below) == pytest.approx(area(hull), abs=1e-9)


def test_clip_moves_a_vertex_within_the_margin_onto_the_cut():
    tilted = np.array([[0.0, 0.0], [1.0, 0.0], [1.0 - 1e-13, 1.0], [0.0, 1.0]])
    assert clip(tilted, 0, 1.0, MARGIN).tolist() == [[1, 0], [1, 1]]
    assert len(clip(tilted, 0, 1.0 + 1e-9, MARGIN)) == 0


def test_distance_is_zero_inside_and_euclidean_outside():
    points = np.array([[0.5, 0.5], [2.0, 0.5], [2.0, 2.0], [-3.0, -4.0]])
    assert distance_to(SQUARE, points).tolist() == pytest.approx([0, 1, 2**0.5, 5])
    assert distance_to(SQUARE[:1], points).tolist() == pytest.approx([0.5**0.5, 4.25**0.5, 8**0.5, 5])


def test_nothing_beyond_the_tip_of_a_sliver_counts_as_inside():
    sliver = np.array([[0.25, 0.25], [1.0, 1.0 - 1e-13], [1.0, 1.0]])
    assert distance_to(sliver, np.array([[0.0, 0.0], [0.5, 0.5]])) == pytest.approx([0.125**0.5, 0], abs=1e-12)
    doubled = np.array([[0.25, 0.25], [0.5, 0.5], [1.0, 1.0]])
    assert distance_to(doubled, np.array([[0.0, 0.0]])) == pytest.approx([0.125**0.5])


def test_distance_of_sets_is_symmetric_and_knows_the_empty_set():
    empty = np.empty((0, 2))
    assert distance(SQUARE, 2 * SQUARE) == distance(2 * SQUARE, SQUARE) == pytest.approx(2**0.5)
    assert distance(empty, empty) == 0
    assert distance(empty, SQUARE) == np.inf


@given(clouds, st.tuples(places, places))
def test_nash_point_has_the_largest_product_of_gains_on_a_fine_walk_around(cloud, corner):
    hull, corner = convex_hull(np.array(cloud, dtype=float)), np.array(corner, dtype=float)
    found = nash_point(hull, corner, MARGIN)
    walk = (
        hull[:, np.newaxis] + np.linspace(0, 1, 1001)[:, np.newaxis] * (np.roll(hull, -1, 0) - hull)[:, np.newaxis]
    )
    gains = walk.reshape(-1, 2) - corner
    gains = gains[(gains >= -1e-9).all(axis=1)]
    if found is None:
        assert len(gains) == 0
        return
    assert distance_to(hull, found[np.newaxis])[0] < 1e-9
    assert (found >= corner - 1e-9).all()
    assert len(gains) == 0 or (found - corner).prod() >= gains.prod(axis=1).max() - 1e-9
    assert (
        len(gains) == 0
        or (found - corner).prod() > 1e-9
        or (found - corner).sum() >= gains.sum(axis=1).max() - 1e-9
    )


def test_nash_point_divides_a_pie_in_halves_or_gives_all_to_whom_it_can():
    assert nash_point(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.zeros(2), MARGIN) == pytest.approx(
        [0.5, 0.5]
    )
    assert nash_point(np.array([[0.0, 0.0], [1.0, 0.0]]), np.zeros(2), MARGIN) == pytest.approx([1, 0])
    assert nash_point(np.array([[0.2, 0.3]]), np.zeros(2), MARGIN) == pytest.approx([0.2, 0.3])
    assert nash_point(np.array([[0.2, 0.3]]), np.array([0.25, 0.0]), MARGIN) is None
