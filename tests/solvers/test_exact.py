"""Exact helpers: linear programmes from any guess, payoffs as whole numbers."""

from fractions import Fraction

import numpy as np
import pytest

from negotiation.solvers.exact import maximise, maximise_near, positive_integers


def programmes(seed, count):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        num_rows, size = rng.integers(1, 5, 2)
        rows = rng.integers(-3, 6, (num_rows, size))
        rows[rng.integers(num_rows)] = rng.integers(1, 6, size)  # keeps the set bounded
        bounds = rng.integers(0, 5, num_rows)
        objective = rng.integers(-4, 5, size)
        yield [[Fraction(int(a)) for a in row] for row in (objective, *rows, bounds)]


def value(objective, point):
    return sum(c * z for c, z in zip(objective, point, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_any_guess_ends_at_the_optimum(seed):
    rng = np.random.default_rng(seed)
    for objective, *rows, bounds in programmes(seed, 60):
        best = maximise(objective, rows, bounds)
        for _ in range(4):
            columns = rng.permutation(len(objective))[: rng.integers(len(objective) + 1)].tolist()
            tight = rng.permutation(len(rows))[: rng.integers(len(rows) + 1)].tolist()
            point = maximise_near(objective, rows, bounds, (columns, tight), max_pivots=10_000)
            assert min(point) >= 0
            for row, bound in zip(rows, bounds, strict=True):
                assert value(row, point) <= bound
            assert value(objective, point) == value(objective, best)


def test_too_few_pivots_leave_no_answer():
    one = Fraction(1)
    assert maximise_near([one, one], [[one, 0], [0, one]], [one, one], ([], []), max_pivots=2) is None
    assert maximise_near([one, one], [[one, 0], [0, one]], [one, one], ([], []), max_pivots=3) == (1, 1)
    assert maximise_near([one, one], [[one, 0], [0, one]], [one, one], ([0, 1], [0, 1]), max_pivots=1) == (1, 1)


def test_a_right_guess_needs_no_pivot_of_either_sign():
    one, zero = Fraction(1), Fraction(0)
    rows, bounds = [[-one, one], [one, one]], [zero, one]
    assert maximise_near([one, 2 * one], rows, bounds, ([0, 1], [0, 1]), max_pivots=1) == (one / 2, one / 2)


def test_whole_numbers_keep_order_and_proportion_and_are_as_small_as_can_be():
    rng = np.random.default_rng(5)
    for _ in range(40):
        entries = [[Fraction(int(a), int(b)) for a, b in row] for row in rng.integers(1, 30, (3, 2, 2))]
        whole = positive_integers(entries)
        flat, given = np.array(whole, dtype=object).ravel(), np.array(entries, dtype=object).ravel()
        assert flat.min() == 1 and np.gcd.reduce(flat - 1) <= 1
        spread = (given.max() - given.min()) or 1
        assert all(
            (a - 1) * spread == (b - given.min()) * (flat.max() - 1) for a, b in zip(flat, given, strict=True)
        )
