"""Support functions of sets of promises, compiled: linear programmes with few rows and many columns.

A row of `stage`, shape (m, 2 n), holds the payoffs of an action profile and how far a promise must lie above the
worst one for each of n players. Coordinates are of the order of 1.
"""

import numpy as np
from numba import njit

from negotiation._kernels.polygon import Indices, Points

EXACT = 1e-12
"""A reduced cost or an infeasibility below this is the rounding of floats."""
CAREFUL = 200
"""Pivots after which the first improving column is taken instead of the best one, which cannot cycle (Bland)."""
PIVOTS = 5000
"""Pivots after which a linear programme is given up, far beyond what one of this size needs."""


@njit(cache=True, error_model="numpy")
def _inverse(table: Points, basis: Indices) -> Points:
    """Invert the columns of a basis by Gauss-Jordan elimination."""
    n = len(basis)
    both = np.zeros((n, 2 * n))
    for r in range(n):
        both[r, n + r] = 1.0
        for c in range(n):
            both[r, c] = table[r, basis[c]]
    for c in range(n):
        pivot = c
        for r in range(c + 1, n):
            if abs(both[r, c]) > abs(both[pivot, c]):
                pivot = r
        scale = both[pivot, c]
        for q in range(2 * n):
            both[c, q], both[pivot, q] = both[pivot, q], both[c, q]
            both[c, q] /= scale
        for r in range(n):
            share = both[r, c]
            if r != c and share != 0:
                for q in range(2 * n):
                    both[r, q] -= share * both[c, q]
    return both[:, n:].copy()


@njit(cache=True, error_model="numpy")
def simplex(table: Points, right: Points, cost: Points, basis: Indices, usable: int) -> tuple[Points, float, bool]:
    """Minimise cost @ x over table @ x = right, x >= 0, from a feasible basis, which is changed in place.

    Only the first `usable` columns may enter. Returned are the prices of the rows, the optimal value, and whether
    there is one; it is minus infinity otherwise.
    """
    rows = len(right)
    amounts, prices = np.empty(rows), np.empty(rows)
    for pivot in range(PIVOTS):
        inverse = _inverse(table, basis)
        value = 0.0
        for r in range(rows):
            amounts[r], prices[r] = 0.0, 0.0
            for q in range(rows):
                amounts[r] += inverse[r, q] * right[q]
                prices[r] += cost[basis[q]] * inverse[q, r]
            value += amounts[r] * cost[basis[r]]
        entering, least = -1, -EXACT
        for c in range(usable):
            reduced = cost[c]
            for q in range(rows):
                reduced -= prices[q] * table[q, c]
            if reduced < least:
                entering, least = c, reduced
                if pivot > CAREFUL:
                    least = -np.inf
                    break
        if entering < 0:
            return prices, value, True
        leaving, ratio = -1, np.inf
        for r in range(rows):
            pace = 0.0
            for q in range(rows):
                pace += inverse[r, q] * table[q, entering]
            if pace > EXACT:
                share = max(amounts[r], 0.0) / pace
                if share < ratio - EXACT or (share < ratio + EXACT and basis[r] < basis[leaving]):
                    leaving, ratio = r, min(share, ratio)
        if leaving < 0:
            return prices, -np.inf, False
        basis[leaving] = entering
    return prices, -np.inf, False


@njit(cache=True, error_model="numpy")
def outer_step(
    stage: Points,
    directions: Points,
    levels: Points,
    threat: Points,
    deltas: Points,
    slack: float,
    starts: Indices,
) -> tuple[Points, Points]:
    """Bound what promises from {w : directions @ w <= levels} support: new levels, and points that attain them.

    The first 2 n directions are the axes, upwards and downwards. `starts`, shape (m, k, n), are the constraints
    that held at the optimum of each programme, which start the next one.
    """
    count, n = directions.shape
    table, cost = np.empty((n, count + n)), np.empty(count + n)
    table[:, :count], table[:, count:] = directions.T, -np.eye(n)
    best, points = np.full(count, -np.inf), np.zeros((count, n))
    for a in range(len(stage)):
        cost[:count], cost[count:] = levels, -(threat + stage[a, n:] - slack)
        for k in range(count):
            promise, value, bounded = simplex(table, deltas * directions[k], cost, starts[a, k], count + n)
            if not bounded:
                break
            level = value + (directions[k] * (1 - deltas) * stage[a, :n]).sum()
            if level > best[k]:
                best[k] = level
                points[k] = (1 - deltas) * stage[a, :n] + deltas * promise
    return best, points


@njit(cache=True, error_model="numpy")
def inner_step(
    stage: Points, directions: Points, points: Points, threat: Points, deltas: Points, slack: float
) -> tuple[Points, Points]:
    """Find the best that promises from the hull of points support in each direction: levels and where they are."""
    n, k = directions.shape[1], len(points)
    columns = k + n
    table, right = np.zeros((n + 1, columns + n + 1)), np.ones(n + 1)
    table[:n, :k], table[n, :k], table[:n, k:columns] = points.T, 1.0, -np.eye(n)
    table[:, columns:] = np.eye(n + 1)
    missing = np.zeros(columns + n + 1)
    missing[columns:] = 1.0
    best, attained = np.full(len(directions), -np.inf), np.zeros((len(directions), n))
    for a in range(len(stage)):
        right[:n] = threat + stage[a, n:] - slack
        for i in range(n):
            table[i, columns + i] = 1.0 if right[i] >= 0 else -1.0
        basis = np.arange(columns, columns + n + 1)
        short, found = simplex(table, right, missing, basis, columns)[1:]
        if not found or short > n * EXACT:
            continue
        for d in range(len(directions)):
            cost = np.zeros(columns + n + 1)
            for c in range(k):
                cost[c] = -(deltas * directions[d] * points[c]).sum()
            cost[columns:] = 1e6
            value, found = simplex(table, right, cost, basis, columns)[1:]
            level = (directions[d] * (1 - deltas) * stage[a, :n]).sum() - value
            if found and level > best[d]:
                best[d] = level
                attained[d] = (1 - deltas) * stage[a, :n] + deltas * _mixture(table, right, basis, points)
    return best, attained


@njit(cache=True, error_model="numpy")
def _mixture(table: Points, right: Points, basis: Indices, points: Points) -> Points:
    amounts = (_inverse(table, basis) * right).sum(axis=1)
    mean, total = np.zeros(points.shape[1]), 0.0
    for r in range(len(basis)):
        if basis[r] < len(points) and amounts[r] > 0:
            mean += amounts[r] * points[basis[r]]
            total += amounts[r]
    return mean / total


@njit(cache=True, error_model="numpy")
def beyond(points: Points, place: Points) -> float:
    """Return how far a place lies outside the hull of points, as the smallest sum of absolute differences."""
    k, n = points.shape
    table, right = np.zeros((n + 1, k + 2 * n + 1)), np.ones(n + 1)
    table[:n, :k], table[n, : k + 1] = points.T, 1.0
    table[:n, k] = 0.0
    table[n, k] = 1.0
    table[:n, k + 1 : k + 1 + n], table[:n, k + 1 + n :] = np.eye(n), -np.eye(n)
    right[:n] = place
    cost = np.ones(k + 2 * n + 1)
    cost[:k], cost[k] = 0.0, 1e6
    basis = np.empty(n + 1, dtype=np.int64)
    basis[n] = k
    for i in range(n):
        basis[i] = k + 1 + i if place[i] >= 0 else k + 1 + n + i
    return simplex(table, right, cost, basis, k + 2 * n + 1)[1]


@njit(cache=True, error_model="numpy")
def supporter(
    stage: Points, points: Points, place: Points, threat: Points, deltas: Points, slack: float
) -> tuple[int, float]:
    """Find the profile that supports a place best by a promise from the hull of points, and what it misses."""
    n = points.shape[1]
    best, least = -1, np.inf
    for a in range(len(stage)):
        promise = (place - (1 - deltas) * stage[a, :n]) / deltas
        if (promise >= threat + stage[a, n:] - slack).all():
            missed = beyond(points, promise)
            if missed < least:
                best, least = a, missed
    return best, least
