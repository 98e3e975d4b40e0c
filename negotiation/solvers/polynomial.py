"""Where polynomials with rational coefficients change sign, exactly.

A polynomial is a tuple of fractions, the constant first and the leading coefficient, which is not 0, last; the
empty tuple is the zero polynomial.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise, zip_longest

Polynomial = tuple[Fraction, ...]


def polynomial(coefficients: Iterable[Fraction | int]) -> Polynomial:
    """Drop the leading zeros of coefficients, given from the constant on."""
    kept = [Fraction(one) for one in coefficients]
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def add(first: Polynomial, second: Polynomial, factor: Fraction | int = 1) -> Polynomial:
    """Return first + factor * second."""
    return polynomial(a + factor * b for a, b in zip_longest(first, second, fillvalue=Fraction(0)))


def multiply(first: Polynomial, second: Polynomial) -> Polynomial:
    """Return the product of two polynomials."""
    product = [Fraction(0)] * (len(first) + len(second))
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            product[i + j] += a * b
    return polynomial(product)


def evaluate(coefficients: Polynomial, at: Fraction) -> Fraction:
    """Return the value of a polynomial."""
    value = Fraction(0)
    for one in reversed(coefficients):
        value = value * at + one
    return value


def next_root(
    coefficients: Polynomial, start: Fraction, end: Fraction, width: Fraction
) -> tuple[Fraction, Fraction] | None:
    """Enclose the smallest root above `start` and at most `end`.

    Parameters
    ----------
    coefficients : Polynomial
        Not zero.
    start, end : Fraction
        Where to look: start < root <= end.
    width : Fraction
        Largest width of the answer, above 0.

    Returns
    -------
    tuple of (Fraction, Fraction), or None
        Ends of an interval that holds this root and no smaller one above `start`; the two are equal if the root is
        rational and its denominator at most 1/width. None if there is no root.

    Notes
    -----
    Bisection guided by Sturm's theorem: the number of roots in (low, high] is the loss of sign changes of the
    Sturm sequence between them, for polynomials without multiple roots; those are divided out first.

    References
    ----------
    .. [BPR06] S. Basu, R. Pollack, M.-F. Roy (2006), Algorithms in Real Algebraic Geometry, Springer.

    Examples
    --------
    >>> [str(one) for one in next_root(polynomial([-2, 6]), Fraction(0), Fraction(1), Fraction(1, 1000))]
    ['1/3', '1/3']
    """
    if len(coefficients) == 2:
        root = -coefficients[0] / coefficients[1]
        return (root, root) if start < root <= end else None
    chain = _sturm_chain(coefficients)
    low, high = start, end
    if _changes(chain, low) == _changes(chain, high):
        return None
    while high - low > width:
        middle = (low + high) / 2
        low, high = (low, middle) if _changes(chain, low) > _changes(chain, middle) else (middle, high)
    simple = _simplest_between(low, high)
    return (simple, simple) if simple > start and not evaluate(coefficients, simple) else (low, high)


def _sturm_chain(coefficients: Polynomial) -> list[Polynomial]:
    common = _common_divisor(coefficients, _derivative(coefficients))
    simple = _divide(coefficients, common)[0]
    chain = [simple, _derivative(simple)]
    while chain[-1]:
        chain.append(polynomial(-one for one in _divide(chain[-2], chain[-1])[1]))
    return chain[:-1]


def _changes(chain: Sequence[Polynomial], at: Fraction) -> int:
    signs = [value > 0 for one in chain if (value := evaluate(one, at))]
    return sum(a != b for a, b in pairwise(signs))


def _derivative(coefficients: Polynomial) -> Polynomial:
    return polynomial(k * one for k, one in enumerate(coefficients[1:], 1))


def _common_divisor(first: Polynomial, second: Polynomial) -> Polynomial:
    while second:
        first, second = second, _divide(first, second)[1]
        first = polynomial(one / first[-1] for one in first)
    return first


def _divide(first: Polynomial, second: Polynomial) -> tuple[Polynomial, Polynomial]:
    left, quotient = list(first), [Fraction(0)] * max(len(first) - len(second) + 1, 0)
    for k in reversed(range(len(quotient))):
        factor = quotient[k] = left[k + len(second) - 1] / second[-1]
        for j, one in enumerate(second):
            left[k + j] -= factor * one
    return polynomial(quotient), polynomial(left[: len(second) - 1])


def _simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction in [low, high] with the smallest denominator, by continued fractions."""
    whole = low.numerator // low.denominator
    if low == whole:
        return Fraction(whole)
    if whole + 1 <= high:
        return Fraction(whole + 1)
    return whole + 1 / _simplest_between(1 / (high - whole), 1 / (low - whole))
