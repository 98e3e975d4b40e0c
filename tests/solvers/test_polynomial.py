from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.solvers.polynomial import add, evaluate, multiply, next_root, polynomial

WIDTH = Fraction(1, 10**9)
fractions = st.fractions(-2, 2, max_denominator=12)
roots_of = st.lists(fractions, min_size=1, max_size=5)


def product(roots, factor=1):
    built = polynomial([factor])
    for root in roots:
        built = multiply(built, polynomial([-root, 1]))
    return built


@given(roots_of, fractions, st.sampled_from([1, -3, Fraction(2, 7)]))
def test_the_next_rational_root_is_found_exactly_multiple_ones_too(roots, start, factor):
    expected = min((root for root in roots if start < root <= 3), default=None)
    found = next_root(product(roots, factor), start, Fraction(3), WIDTH)
    assert found == (None if expected is None else (expected, expected))


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=7))
def test_irrational_roots_are_enclosed_as_numpy_sees_them(coefficients):
    built = polynomial(coefficients)
    if len(built) < 2:
        return
    known = np.roots([float(one) for one in reversed(built)])
    real = sorted(root.real for root in known if abs(root.imag) < 1e-7 and 1e-4 < root.real < 1 - 1e-4)
    found = next_root(built, Fraction(0), Fraction(1), WIDTH)
    if real and all(abs(root.imag) < 1e-12 or abs(root.imag) > 1e-3 for root in known):
        assert found is not None
        low, high = found
        assert high - low <= WIDTH
        assert low == high or evaluate(built, low) * evaluate(built, high) < 0
        assert float(high) <= real[0] + 1e-4


def test_the_golden_ratio_is_enclosed():
    low, high = next_root(polynomial([-1, 1, 1]), Fraction(0), Fraction(1), WIDTH)
    assert low < high <= low + WIDTH
    assert float(low) == pytest.approx((5**0.5 - 1) / 2, abs=1e-9)


@given(st.lists(fractions, max_size=4), st.lists(fractions, max_size=4), fractions)
def test_sums_and_products_are_those_of_the_values(first, second, at):
    p, q = polynomial(first), polynomial(second)
    assert evaluate(add(p, q, 3), at) == evaluate(p, at) + 3 * evaluate(q, at)
    assert evaluate(multiply(p, q), at) == evaluate(p, at) * evaluate(q, at)
