"""Walk the graph of a polytope in floats and prove every step; ties are decided as if by a tiny perturbation.

Plain loops stand in place of array expressions, whose checks of shapes take long to load in a fresh process.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from negotiation._kernels.enclosures import enclose

COMPLETE, UNPROVED, CUT_OFF = 0, 1, 2
MAX_LABELS = 62  # a set of labels is kept in the bits of one 64-bit integer
LARGEST_ENTRY = 2**53  # whole numbers up to here are floats without rounding

TIE = 1e-10  # ratios this close are taken for equal; a wrong guess is found out at the far end of the edge
FIBONACCI = 7046029254386353131  # an odd number near 2**64 / 2.618, which spreads the label sets over a table


@njit(cache=True)
def walk(rows: NDArray[np.float64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Find the vertices of the polytope of all z >= 0 with ``rows @ z <= 1``, and prove that none is missing.

    Parameters
    ----------
    rows : array, shape (k, d)
        Whole numbers from 1 to `LARGEST_ENTRY`; k + d is at most `MAX_LABELS`.
    limit : int
        Largest number of bases to visit.

    Returns
    -------
    bases : array of int64, shape (count,)
        As bits, d labels that determine a vertex, the vertex 0 first: bit j stands for z[j] = 0, bit d + i for
        equality in row i. A vertex with more than d labels has one entry or more.
    labels : array of int64, shape (count,)
        All labels of the vertex.
    outcome : int
        `COMPLETE`, `CUT_OFF` if the limit was reached, `UNPROVED` if floats could not decide; the lists then hold
        what was proved so far.

    Notes
    -----
    Let row i = 1, 2, ... have the right-hand side 1 + e**i instead of 1. For small e > 0 the polytope is simple,
    and each vertex of the given polytope is the limit of one of its vertices or more. A set of d labels is one of
    these if every other coordinate and slack is positive, or zero with a positive first coefficient of e; both are
    proved by enclosures (`enclose`), and zeros because a determinant is a whole number (`_sign`). The label
    picked up along each of the d edges is found in floats without proof. But the far end is visited in its turn,
    so that no wrong pick survives: a vertex that shares d - 1 labels with another is the other end of their edge.
    When the walk ends, the list is closed under all edges; the graph of a polytope is connected, so that the list
    is complete. One visit takes of the order of d d k operations.
    """
    dimension = rows.shape[1]
    bases = np.empty(2 * (MAX_LABELS + 2), dtype=np.int64)
    labels = np.empty_like(bases)
    table = np.full(4 * len(bases), -1, dtype=np.int64)
    far_ends = np.empty(dimension, dtype=np.int64)
    bases[0] = (1 << dimension) - 1
    _insert(table, bases, 0)
    count, visited, outcome = 1, 0, COMPLETE
    while visited < count and outcome == COMPLETE:
        if visited == limit:
            outcome = CUT_OFF
            continue
        labels[visited] = _visit(rows, bases[visited], far_ends)
        if labels[visited] < 0:
            outcome = UNPROVED
            continue
        visited += 1
        if count + dimension > len(bases):
            bases, labels = _doubled(bases), _doubled(labels)
            table = np.full(4 * len(bases), -1, dtype=np.int64)
            for k in range(count):
                _insert(table, bases, k)
        for end in far_ends:
            bases[count] = end
            count += _insert(table, bases, count)
    return bases[:visited].copy(), labels[:visited].copy(), outcome


@njit(cache=True)
def _doubled(entries: NDArray[np.int64]) -> NDArray[np.int64]:
    longer = np.empty(2 * len(entries), dtype=np.int64)
    for k in range(len(entries)):
        longer[k] = entries[k]
    return longer


@njit(cache=True)
def _insert(table: NDArray[np.int64], bases: NDArray[np.int64], k: int) -> int:
    """Enter the k-th basis into the hash table of places; 1 if it was new, else 0."""
    place = ((bases[k] * FIBONACCI) >> 20) & (len(table) - 1)
    while table[place] >= 0:
        if bases[table[place]] == bases[k]:
            return 0
        place = (place + 1) & (len(table) - 1)
    table[place] = k
    return 1


@njit(cache=True)
def _visit(rows: NDArray[np.float64], basis: int, far_ends: NDArray[np.int64]) -> int:
    """Fill in the far ends of all edges and return all labels; -1 if `basis` is not proved to be a vertex.

    Notes
    -----
    The basic variables are the coordinates outside the basis and the slacks of the loose rows, in this order.
    ``weights[r, t]`` is how basic variable r responds to the right-hand side of the tight row t.
    """
    num_rows, dimension = rows.shape
    support, zeros = _split(basis, 0, dimension)
    loose, tight = _split(basis, dimension, num_rows)
    size = len(support)
    if len(tight) != size:
        return -1
    inner, outer = _part(rows, tight, support), _part(rows, loose, support)
    weights = np.zeros((num_rows, size))
    if not _invert(inner, weights[:size]):
        return -1
    _add(weights[size:], _product(outer, weights[:size]), -1.0)
    values = np.empty(num_rows)
    zero_variables = enclose(inner, outer, weights, values, tight, loose)
    if zero_variables < 0:
        return -1
    entering = _part(rows, tight, zeros)
    rates = _product(weights, entering)
    _add(rates[size:], _part(rows, loose, zeros), 1.0)
    variables = np.empty(num_rows, dtype=np.int64)
    blur, reach, noise = _row_sums(weights), np.empty(num_rows), np.empty(num_rows)
    for r in range(num_rows):
        variables[r] = support[r] if r < size else dimension + loose[r - size]
        blur[r] *= TIE
        reach[r] = blur[r] if r < size else blur[r] + TIE
    for t in range(size):
        end = _leaving(values, weights[:, t], blur, weights, blur, tight, loose)
        if end < 0:
            return -1
        far_ends[t] = basis ^ (1 << (dimension + tight[t])) ^ (1 << variables[end])
    for j in range(len(zeros)):
        largest = 0.0
        for i in range(num_rows):
            largest = max(largest, rows[i, zeros[j]])
        for r in range(num_rows):
            noise[r] = reach[r] * largest
        end = _leaving(values, rates[:, j], noise, weights, blur, tight, loose)
        if end < 0:
            return -1
        far_ends[size + j] = basis ^ (1 << zeros[j]) ^ (1 << variables[end])
    for r in range(num_rows):
        if zero_variables >> r & 1:
            basis |= 1 << variables[r]
    return basis


@njit(cache=True)
def _split(labels: int, start: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the places, of `count` from `start` on, whose label is missing, and those whose label is there."""
    missing, there = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    num_missing = 0
    for k in range(count):
        if labels >> (start + k) & 1:
            there[k - num_missing] = k
        else:
            missing[num_missing] = k
            num_missing += 1
    return missing[:num_missing], there[: count - num_missing]


@njit(cache=True)
def _part(rows: NDArray[np.float64], chosen: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    part = np.empty((len(chosen), len(columns)))
    for i in range(len(chosen)):
        for j in range(len(columns)):
            part[i, j] = rows[chosen[i], columns[j]]
    return part


@njit(cache=True)
def _product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    product = np.zeros((len(left), right.shape[1]))
    for i in range(len(left)):
        for t in range(len(right)):
            for j in range(right.shape[1]):
                product[i, j] += left[i, t] * right[t, j]
    return product


@njit(cache=True)
def _add(total: NDArray[np.float64], part: NDArray[np.float64], factor: float) -> None:
    for i in range(len(part)):
        for j in range(part.shape[1]):
            total[i, j] += factor * part[i, j]


@njit(cache=True)
def _row_sums(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.zeros(len(matrix))
    for i in range(len(matrix)):
        for entry in matrix[i]:
            sums[i] += abs(entry)
    return sums


@njit(cache=True)
def _invert(matrix: NDArray[np.float64], inverse: NDArray[np.float64]) -> bool:
    """Write the inverse of a square matrix over zeros, the largest pivot first; False if a pivot is zero."""
    size = len(matrix)
    work = matrix.copy()
    for k in range(size):
        inverse[k, k] = 1.0
    for k in range(size):
        best = k
        for i in range(k + 1, size):
            if abs(work[i, k]) > abs(work[best, k]):
                best = i
        if work[best, k] == 0.0:
            return False
        for j in range(size):
            work[k, j], work[best, j] = work[best, j], work[k, j]
            inverse[k, j], inverse[best, j] = inverse[best, j], inverse[k, j]
        _eliminate(work, inverse, k)
    return True


@njit(cache=True)
def _eliminate(work: NDArray[np.float64], inverse: NDArray[np.float64], k: int) -> None:
    size = len(work)
    factor = 1.0 / work[k, k]
    for j in range(size):
        work[k, j] *= factor
        inverse[k, j] *= factor
    for i in range(size):
        factor = work[i, k]
        if i != k and factor != 0.0:
            for j in range(size):
                work[i, j] -= factor * work[k, j]
                inverse[i, j] -= factor * inverse[k, j]


@njit(cache=True)
def _leaving(
    values: NDArray[np.float64],
    rates: NDArray[np.float64],
    noise: NDArray[np.float64],
    weights: NDArray[np.float64],
    blur: NDArray[np.float64],
    tight: NDArray[np.int64],
    loose: NDArray[np.int64],
) -> int:
    """Find the basic variable that falls to zero first along an edge; -1 if there is none."""
    best = -1
    for r in range(len(values)):
        if rates[r] > noise[r]:
            if best < 0:
                best = r
                continue
            one, other = values[r] * rates[best], values[best] * rates[r]
            if abs(one - other) > TIE * (one + other):
                best = r if one < other else best
            elif _precedes(r, best, rates, weights, blur, tight, loose):
                best = r
    return best


@njit(cache=True)
def _precedes(
    variable: int,
    other: int,
    rates: NDArray[np.float64],
    weights: NDArray[np.float64],
    blur: NDArray[np.float64],
    tight: NDArray[np.int64],
    loose: NDArray[np.int64],
) -> bool:
    """Compare the responses of two basic variables to the right-hand sides, the first one first."""
    size = len(tight)
    blurred = blur[variable] * rates[other] + blur[other] * rates[variable]
    t = 0
    for row in range(len(rates)):
        if t < size and tight[t] == row:
            one, two = weights[variable, t] * rates[other], weights[other, t] * rates[variable]
            t += 1
        else:
            one = rates[other] if variable >= size and loose[variable - size] == row else 0.0
            two = rates[variable] if other >= size and loose[other - size] == row else 0.0
        if abs(one - two) > blurred:
            return bool(one < two)
    return False
