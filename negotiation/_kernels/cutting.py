"""The falling sets of the operator B itself, compiled: whole cuts in place of the points where constraints bind.

Profiles are rows of `stage` as in `negotiation._kernels.supporting`; players may discount differently. Vertices
can pile up without end, so that each set is simplified from outside: it only grows by that.
"""

import numpy as np
from numba import njit

from negotiation._kernels.polygon import ROUNDING, Indices, Points, hull, octagon, outside, within
from negotiation._kernels.supporting import COLUMNS, PROFILE, PROMISE

CROWDED = 200
"""Number of vertices from which a set is simplified."""


@njit(cache=True, error_model="numpy")
def _clip(polygon: Points, axis: int, least: float, cut: Points) -> int:
    """Write the vertices of a polygon cut down to coordinates of at least `least`; return how many there are."""
    k, count = len(polygon), 0
    for i in range(k):
        j = i + 1 if i + 1 < k else 0
        here, there = polygon[i, axis], polygon[j, axis]
        if here >= least:
            cut[count, 0], cut[count, 1] = polygon[i, 0], polygon[i, 1]
            count += 1
        if min(here, there) < least < max(here, there):
            share = (least - here) / (there - here)
            cut[count, axis] = least
            cut[count, 1 - axis] = polygon[i, 1 - axis] + share * (polygon[j, 1 - axis] - polygon[i, 1 - axis])
            count += 1
    return count


@njit(cache=True, error_model="numpy")
def generated(
    stage: Points, active: Indices, polygon: Points, threat: Points, deltas: Points, slack: float
) -> tuple[Points, Indices]:
    """Apply B once: vertices with their promises and profiles, and the profiles that can still be supported."""
    if len(polygon) == 0:
        return np.empty((0, COLUMNS)), active[:0]
    most = 2 * len(polygon) + 4
    once, twice = np.empty((most, 2)), np.empty((2 * most, 2))
    layer = np.full((len(active) * most, COLUMNS), -1.0)
    left, alive, count = np.empty_like(active), 0, 0
    edges = np.empty((0, 3))
    for a in active:
        first = _clip(polygon, 0, threat[0] + stage[a, 2] - slack, once)
        second = _clip(once[:first], 1, threat[1] + stage[a, 3] - slack, twice)
        for n in range(second):
            x = (1 - deltas[0]) * stage[a, 0] + deltas[0] * twice[n, 0]
            y = (1 - deltas[1]) * stage[a, 1] + deltas[1] * twice[n, 1]
            if within(edges, x, y):
                continue
            layer[count, 0], layer[count, 1] = x, y
            layer[count, PROMISE], layer[count, PROMISE + 1] = twice[n, 0], twice[n, 1]
            layer[count, PROFILE] = a
            count += 1
        if second > 0:
            left[alive] = a
            alive += 1
            edges = octagon(layer[:count], -ROUNDING)
    return layer[hull(layer[:count])], left[:alive]


@njit(cache=True, error_model="numpy")
def grow(polygon: Points, detail: float) -> Points:
    """Drop edges that their neighbours can replace when prolonged, if that moves nothing by more than `detail`."""
    k = len(polygon)
    grown, count, i = np.empty((k, 2)), 0, 0
    while i < k:
        a, b = polygon[i - 1], polygon[i]
        c, d = polygon[(i + 1) % k], polygon[(i + 2) % k]
        x, y, high = _corner(a, b, c, d)
        if i + 1 < k and high <= detail:
            grown[count, 0], grown[count, 1] = x, y
            i += 3
            count += 1
            if i <= k:
                grown[count] = polygon[i - 1]
                count += 1
        else:
            grown[count] = b
            count, i = count + 1, i + 1
    return grown[:count][hull(grown[:count])]


@njit(cache=True, error_model="numpy")
def _corner(a: Points, b: Points, c: Points, d: Points) -> tuple[float, float, float]:
    """Prolong the edges a-b and d-c until they meet; return where, and how far from b-c."""
    run, rise = b[0] - a[0], b[1] - a[1]
    other_run, other_rise = c[0] - d[0], c[1] - d[1]
    cross = run * other_rise - rise * other_run
    base = np.hypot(c[0] - b[0], c[1] - b[1])
    if not abs(cross) > ROUNDING * np.hypot(run, rise) * np.hypot(other_run, other_rise):
        return 0.0, 0.0, np.inf
    ahead = ((c[0] - b[0]) * other_rise - (c[1] - b[1]) * other_run) / cross
    back = ((c[0] - b[0]) * rise - (c[1] - b[1]) * run) / cross
    if ahead < 0 or back < 0:
        return 0.0, 0.0, np.inf
    x, y = b[0] + ahead * run, b[1] + ahead * rise
    share = 0.0
    if base > 0:
        share = min(max(((x - b[0]) * (c[0] - b[0]) + (y - b[1]) * (c[1] - b[1])) / base**2, 0.0), 1.0)
    return x, y, np.hypot(x - b[0] - share * (c[0] - b[0]), y - b[1] - share * (c[1] - b[1]))


@njit(cache=True, error_model="numpy")
def fall_apart(
    stage: Points, minmax: Points, deltas: Points, slack: float, detail: float, max_iterations: int
) -> tuple[Points, int, float]:
    """Let the sets fall from the box of all payoffs until a step moves them by no more than `slack`.

    Returned are the last layer, the number of steps and the Hausdorff distance that the last one moved the set.
    """
    low, high = stage[0, :2].copy(), stage[0, :2].copy()
    for a in range(len(stage)):
        for i in range(2):
            low[i], high[i] = min(low[i], stage[a, i]), max(high[i], stage[a, i])
    box = np.array([(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])])
    polygon, threat, active, residual, steps = box[hull(box)], minmax.copy(), np.arange(len(stage)), np.inf, 0
    layer = np.empty((0, COLUMNS))
    while steps < max_iterations and residual > slack:
        steps += 1
        layer, active = generated(stage, active, polygon, threat, deltas, 10 * ROUNDING)
        if len(layer) == 0:
            residual = 0.0 if len(polygon) == 0 else np.inf
            polygon = layer[:, :2].copy()
            continue
        following = layer[:, :2].copy()
        if len(following) >= CROWDED:
            following = grow(following, detail)
        residual = max(outside(polygon, following), outside(following, polygon))
        polygon = following
        threat[0], threat[1] = layer[:, 0].min(), layer[:, 1].min()
    return layer, steps, residual
