"""Many games at once, against the exact solver one game at a time."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from negotiation.solvers.batch import batch_equilibria
from negotiation.solvers.nash import nash_equilibria

LEADS = {1: (1.0, 0.0), 0: (0.0, 0.0), -1: (0.0, 1.0)}


def every_pattern():
    """One 2 x 2 game for every combination of signs of the four differences that matter."""
    games = np.zeros((81, 2, 2, 2))
    for k, (first, second, third, fourth) in enumerate(product(LEADS, repeat=4)):
        games[k, :, 0, 0], games[k, :, 1, 0] = LEADS[first], LEADS[second]
        games[k, 0, :, 1], games[k, 1, :, 1] = LEADS[third], LEADS[fourth]
    return games


def assert_same(games, found, tolerance):
    assert len(found) == len(games)
    for k, game in enumerate(games):
        exact = nash_equilibria(StageGame(game))
        assert found.counts[k] == len(exact)
        assert found.degenerate[k] == exact.degenerate
        assert found.complete[k]
        for place, profile in enumerate(exact):
            for mixture, ours in zip(profile, (found.row[k, place], found.column[k, place]), strict=True):
                assert ours == pytest.approx([float(p) for p in mixture], rel=tolerance, abs=0)
        for padded in (found.row[k, len(exact) :], found.column[k, len(exact) :]):
            assert np.isnan(padded).all()


def test_every_pattern_of_signs_has_the_equilibria_of_the_exact_solver():
    found = batch_equilibria(every_pattern())
    assert_same(every_pattern(), found, 1e-15)
    assert found.counts.max() == 4 == found.row.shape[1]
    assert set(found.counts[~found.degenerate]) == {1, 3}


@pytest.mark.parametrize("high", [2, 5, 1000])
def test_random_games_have_the_equilibria_of_the_exact_solver(high):
    games = np.random.default_rng(high).integers(-high, high, (200, 2, 2, 2)).astype(float)
    assert_same(games, batch_equilibria(games), 1e-15)


def test_mixtures_are_those_of_the_floats_as_given_to_a_few_units_in_the_last_place():
    games = (
        np.random.default_rng(1).normal(size=(300, 2, 2, 2)) * 10.0 ** np.arange(-100, 200)[:, None, None, None]
    )
    found = batch_equilibria(games)
    seen = 0
    for k in np.flatnonzero(found.counts == 3):
        a, b, c, d = (Fraction(float(v)) for v in games[k, :, :, 1].ravel())
        exact = (d - c) / (a - b + d - c)
        ours = Fraction(float(found.row[k, 1, 0]))
        assert abs(ours - exact) <= 8 * Fraction(2) ** -53 * exact
        seen += 1
    assert seen > 20


def test_payoffs_near_the_largest_float_give_no_overflow():
    found = batch_equilibria(
        np.array([[[1e308, -1e308], [-1e308, 1e308]], [[-1e308, 1e308], [1e308, -1e308]]])[None]
    )
    assert np.array_equal(found.row[0, 0], [0.5, 0.5])


def test_a_difference_in_the_last_place_decides():
    above = np.nextafter(1.0, 2.0)
    found = batch_equilibria(
        [[[[1.0, 0], [0, 0]], [[above, 0], [0, 0]]], [[[1.0, 0], [0, 0]], [[1.0, 0], [0, 0]]]]
    )
    assert list(found.counts) == [3, 4]


@pytest.mark.parametrize("shape", [(3, 2), (1, 2), (3, 4)])
def test_games_of_other_shapes_are_padded_to_the_largest_count(shape):
    games = np.random.default_rng(5).integers(0, 4, (30, *shape, 2)).astype(float)
    found = batch_equilibria(games)
    assert found.row.shape == (30, found.counts.max(), shape[0])
    assert found.column.shape == (30, found.counts.max(), shape[1])
    assert_same(games, found, 1e-15)


def test_no_games_and_slices_of_arrays_are_accepted():
    assert len(batch_equilibria(np.zeros((0, 2, 2, 2)))) == 0
    assert batch_equilibria(np.zeros((0, 3, 2, 2))).row.shape == (0, 0, 3)
    games = every_pattern()
    assert np.array_equal(batch_equilibria(games[::2]).counts, batch_equilibria(games).counts[::2])


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        batch_equilibria(np.zeros((1, 2, 2, 2))).row[0] = 0


@pytest.mark.parametrize(
    ("payoffs", "message"),
    [
        (np.zeros((2, 2, 2)), r"must have the shape \(m, n0, n1, 2\), got shape \(2, 2, 2\)"),
        (np.zeros((2, 2, 2, 3)), "must have the shape"),
        (np.zeros((2, 0, 2, 2)), "must have the shape"),
        (np.full((1, 2, 2, 2), np.nan), r"'payoffs\[0, 0, 0, 0\]' of batch_equilibria must be finite"),
        ("text", "must be a rectangular array of numbers"),
    ],
)
def test_other_arrays_are_refused(payoffs, message):
    with pytest.raises(ArgumentError, match=message):
        batch_equilibria(payoffs)
