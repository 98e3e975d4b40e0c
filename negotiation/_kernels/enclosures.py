"""Values of basic variables enclosed in floats, and their signs proved.

Plain loops stand in place of array expressions, whose checks of shapes take long to load in a fresh process.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNIT = 2.0**-52  # twice the largest relative error of one operation
GROWTH = 1.001  # covers the rounding of the bounds themselves, a few hundred units at most


@njit(cache=True)
def enclose(
    inner: NDArray[np.float64],
    outer: NDArray[np.float64],
    weights: NDArray[np.float64],
    values: NDArray[np.float64],
    tight: NDArray[np.int64],
    loose: NDArray[np.int64],
) -> int:
    """Fill in the values of the basic variables and return which are zero, as bits; -1 without proof.

    Notes
    -----
    With C the computed inverse, G = C inner - 1 and r = 1 - inner h the residual of the computed solution h, the
    error e = z - h satisfies e = C r - G e. If the largest absolute row sum of G is below 1/2, inner is invertible
    and abs(e) <= abs(C) abs(r) + 2 g max(abs(C) abs(r)), where g are the row sums of abs(G). A sum of n products
    of floats is off by at most n u / (1 - n u) times the sum of the absolute products, with u half of `UNIT`;
    every bound below takes more than twice that.
    """
    size, num_rows = len(inner), len(values)
    rounding = (size + 4) * UNIT
    drift = _drift(inner, weights[:size], rounding)
    errors = np.zeros(num_rows)
    residuals = np.empty(size)
    for i in range(size):
        values[i] = 0.0
        for t in range(size):
            values[i] += weights[i, t]
        if not drift[i] < 0.5:
            return -1
    for t in range(size):
        residuals[t] = _residual(inner[t], values[:size], rounding)
    largest = 0.0
    for i in range(size):
        errors[i] = _dot(weights[i], residuals)[1]
        largest = max(largest, errors[i])
    for i in range(size):
        errors[i] = GROWTH * (errors[i] + 2.0 * drift[i] * largest)
    for i in range(len(outer)):
        total, level = _dot(outer[i], values)
        values[size + i] = 1.0 - total
        errors[size + i] = GROWTH * (rounding * (1.0 + level) + _dot(outer[i], errors)[0])
    zero_variables = 0
    bound = _determinant_bound(inner)
    for r in range(num_rows):
        sign = _sign(values[r], errors[r], bound)
        if sign == 0 and _rises(r, outer, weights, drift, bound, tight, loose):
            values[r] = 0.0
            zero_variables |= 1 << r
        elif sign != 1:
            return -1
    return zero_variables


@njit(cache=True)
def _drift(inner: NDArray[np.float64], inverse: NDArray[np.float64], rounding: float) -> NDArray[np.float64]:
    """Bound the absolute row sums of ``inverse @ inner - 1``."""
    size = len(inner)
    sums = np.zeros(size)
    for i in range(size):
        for j in range(size):
            entry, scale = -1.0 if i == j else 0.0, 1.0
            for t in range(size):
                product = inverse[i, t] * inner[t, j]
                entry += product
                scale += abs(product)
            sums[i] += abs(entry) + rounding * scale
        sums[i] *= GROWTH
    return sums


@njit(cache=True)
def _residual(row: NDArray[np.float64], heights: NDArray[np.float64], rounding: float) -> float:
    """Bound the distance of ``row @ heights`` from 1."""
    difference, scale = -1.0, 1.0
    for j in range(len(row)):
        product = row[j] * heights[j]
        difference += product
        scale += abs(product)
    return GROWTH * (abs(difference) + rounding * scale)


@njit(cache=True)
def _determinant_bound(matrix: NDArray[np.float64]) -> float:
    """Bound the absolute determinant by the product of the lengths of the rows (Hadamard)."""
    bound = GROWTH
    for i in range(len(matrix)):
        bound *= np.sqrt(_dot(matrix[i], matrix[i])[0])
    return bound


@njit(cache=True)
def _sign(value: float, error: float, bound: float) -> int:
    """Tell the sign of a whole number divided by a determinant of at most `bound`; 2 if floats cannot."""
    if value > error:
        return 1
    if value < -error:
        return -1
    return 0 if (abs(value) + error) * bound * GROWTH < 1.0 else 2


@njit(cache=True)
def _rises(
    variable: int,
    outer: NDArray[np.float64],
    weights: NDArray[np.float64],
    drift: NDArray[np.float64],
    bound: float,
    tight: NDArray[np.int64],
    loose: NDArray[np.int64],
) -> bool:
    """Tell whether the first right-hand side that moves a basic variable is proved to raise it."""
    size = len(tight)
    own = loose[variable - size] if variable >= size else -1
    errors = np.empty(size)
    for t in range(size):
        if -1 < own < tight[t]:
            return True
        largest = 0.0
        for i in range(size):
            largest = max(largest, abs(weights[i, t]))
        for i in range(size):
            errors[i] = 2.0 * GROWTH * drift[i] * largest
        if variable < size:
            error = errors[variable]
        else:
            for i in range(size):
                errors[i] += (size + 4) * UNIT * abs(weights[i, t])
            error = GROWTH * _dot(outer[variable - size], errors)[0]
        sign = _sign(weights[variable, t], error, bound)
        if sign != 0:
            return sign == 1
    return own >= 0


@njit(cache=True)
def _dot(row: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the sum of the products of a row with the first values, and of the absolute products."""
    total, scale = 0.0, 0.0
    for j in range(len(row)):
        total += row[j] * values[j]
        scale += abs(row[j] * values[j])
    return total, scale
