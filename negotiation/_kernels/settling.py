"""The fall of the sets of Abreu and Sannikov (2014) to their limit, compiled.

While the supports of the vertices stay the same, each vertex is a smooth function of the vertices before: the
limit of all further steps is solved for, and taken over once it has been tested.
"""

import numpy as np
from numba import njit

from negotiation._kernels.polygon import ROUNDING, Indices, Points, hull, octagon, outside, picked, thin_out
from negotiation._kernels.supporting import (
    CAP,
    COLUMNS,
    LEFT,
    PROFILE,
    PROMISE,
    RIGHT,
    WAY,
    lowest,
    support,
    swallowed,
    threat_of,
)

PATIENCE = 1
"""Steps with the same supports after which the limit is solved for; doubled when that fails."""
NEWTON_STEPS = 20
"""After which Newton's method has failed."""
SMALL = 1e-9
"""A step of Newton's method after which the next one would be lost in rounding, for it squares the error."""
PROBES = 6
"""How often the way to the limit is halved to see how evenly it is travelled."""
SHORTCUTS = 16
"""How often the way to the limit is divided in the search for the place where the supports change."""
BENT = 0.5
"""Largest share by which the speed along the way to the limit may differ from that of a linear system."""
RESOLUTION = 10.0
"""Details of the answer smaller than this many tolerances are dropped, and count as inside."""


@njit(cache=True, error_model="numpy")
def vertices_of(layer: Points) -> Points:
    """Return the vertices of a layer."""
    vertices = np.empty((len(layer), 2))
    for j in range(len(layer)):
        vertices[j, 0], vertices[j, 1] = layer[j, 0], layer[j, 1]
    return vertices


@njit(cache=True, error_model="numpy")
def _on_the_way(start: Points, end: Points, left: float) -> Points:
    """Return the places of vertices when a share of the way to their end is left."""
    here = np.empty_like(end)
    for j in range(len(end)):
        for i in range(2):
            here[j, i] = end[j, i] + left * (start[j, i] - end[j, i])
    return here


@njit(cache=True, error_model="numpy")
def _farthest(start: Points, end: Points) -> float:
    """Return the largest difference of a coordinate of vertices at two places."""
    far = 0.0
    for j in range(len(start)):
        far = max(far, abs(start[j, 0] - end[j, 0]), abs(start[j, 1] - end[j, 1]))
    return far


@njit(cache=True, error_model="numpy")
def _follow(
    stage: Points, layer: Points, worst: tuple[int, int], delta: float, at: Points, slopes: Points
) -> Points:
    """Move the vertices `at` by the supports of a layer; fill in the derivatives, if `slopes` has room."""
    k, graded = len(at), len(slopes) > 0
    moved = np.empty((k, 2))
    for r in range(len(slopes)):
        for c in range(len(slopes)):
            slopes[r, c] = 0.0
    for j in range(k):
        a = int(layer[j, PROFILE])
        if layer[j, WAY] == 0:
            moved[j, 0], moved[j, 1] = stage[a, 0], stage[a, 1]
            continue
        axis = (int(layer[j, WAY]) - 1) // 2
        other, capped = 1 - axis, layer[j, CAP] >= 0
        source = int(layer[j, CAP]) if capped else worst[axis]
        left, right = int(layer[j, LEFT]), int(layer[j, RIGHT])
        promise = at[source, axis] + (0.0 if capped else stage[a, 2 + axis])
        share, slope = 0.0, 0.0
        if left < 0:
            left = right = worst[other]
            across = at[left, other] + stage[a, 2 + other]
        elif left == right:
            across = at[left, other]
        else:
            run, rise = at[right, axis] - at[left, axis], at[right, other] - at[left, other]
            share, slope = (promise - at[left, axis]) / run, rise / run
            across = at[left, other] + share * rise
        moved[j, axis] = (1 - delta) * stage[a, axis] + delta * promise
        moved[j, other] = (1 - delta) * stage[a, other] + delta * across
        if graded:
            slopes[2 * j + axis, 2 * source + axis] = delta
            slopes[2 * j + other, 2 * source + axis] += delta * slope
            slopes[2 * j + other, 2 * left + other] += delta * (1 - share)
            slopes[2 * j + other, 2 * right + other] += delta * share
            slopes[2 * j + other, 2 * left + axis] -= delta * slope * (1 - share)
            slopes[2 * j + other, 2 * right + axis] -= delta * slope * share
    return moved


@njit(cache=True, error_model="numpy")
def eliminate(matrix: Points, right: Points) -> bool:
    """Solve a linear system in place by Gaussian elimination; return whether no pivot vanished."""
    n = len(right)
    for c in range(n):
        pivot = c
        for r in range(c + 1, n):
            if abs(matrix[r, c]) > abs(matrix[pivot, c]):
                pivot = r
        if not abs(matrix[pivot, c]) >= ROUNDING:
            return False
        if pivot != c:
            for q in range(c, n):
                matrix[c, q], matrix[pivot, q] = matrix[pivot, q], matrix[c, q]
            right[c], right[pivot] = right[pivot], right[c]
        for r in range(c + 1, n):
            share = matrix[r, c] / matrix[c, c]
            if share != 0:
                for q in range(c, n):
                    matrix[r, q] -= share * matrix[c, q]
                right[r] -= share * right[c]
    for c in range(n - 1, -1, -1):
        for q in range(c + 1, n):
            right[c] -= matrix[c, q] * right[q]
        right[c] /= matrix[c, c]
    return True


@njit(cache=True, error_model="numpy")
def _limit(stage: Points, layer: Points, worst: tuple[int, int], delta: float) -> tuple[Points, bool]:
    """Solve for the vertices that their supports reproduce, by Newton's method; tell whether it has succeeded."""
    k, at = len(layer), vertices_of(layer)
    places = np.empty(2 * k, dtype=np.int64)
    count = 0
    for j in range(k):
        if layer[j, WAY] == 0:
            at[j, 0], at[j, 1] = stage[int(layer[j, PROFILE]), 0], stage[int(layer[j, PROFILE]), 1]
        else:
            places[count], places[count + 1] = 2 * j, 2 * j + 1
            count += 2
    slopes, matrix, step = np.empty((2 * k, 2 * k)), np.empty((count, count)), np.zeros(count)
    for _ in range(NEWTON_STEPS):
        moved, size = _follow(stage, layer, worst, delta, at, slopes), 0.0
        for r in range(count):
            step[r] = moved[places[r] // 2, places[r] % 2] - at[places[r] // 2, places[r] % 2]
            size = max(size, abs(step[r]))
            for c in range(count):
                matrix[r, c] = (1.0 if r == c else 0.0) - slopes[places[r], places[c]]
        if size <= ROUNDING * (1 - delta):
            return at, True
        if not size <= 1 or not eliminate(matrix, step):
            return at, False
        size = 0.0
        for r in range(count):
            at[places[r] // 2, places[r] % 2] += step[r]
            size = max(size, abs(step[r]))
        if size <= SMALL:
            return at, True
    return at, False


@njit(cache=True, error_model="numpy")
def _nearly_linear(stage: Points, layer: Points, worst: tuple[int, int], delta: float, end: Points) -> bool:
    """Tell whether vertices on the way to their limit move at a speed in proportion to the way that is left."""
    start, none, left = vertices_of(layer), np.empty((0, 0)), 1.0
    first = _follow(stage, layer, worst, delta, start, none)
    size = _farthest(first, start)
    for _ in range(PROBES):
        left /= 2
        here = _on_the_way(start, end, left)
        moved = _follow(stage, layer, worst, delta, here, none)
        for j in range(len(start)):
            for i in range(2):
                bend = moved[j, i] - here[j, i] - left * (first[j, i] - start[j, i])
                if not abs(bend) <= BENT * left * size + ROUNDING:
                    return False
    return True


@njit(cache=True, error_model="numpy")
def _carried(
    stage: Points, active: Indices, layer: Points, worst: tuple[int, int], here: Points, delta: float, slack: float
) -> bool:
    """Tell whether the supports of a layer alone make the next set when its vertices are at `here`."""
    moved = _follow(stage, layer, worst, delta, here, np.empty((0, 0)))
    found = support(stage, active, layer, picked(here, hull(here)), threat_of(here), delta, slack)[0]
    moved = picked(moved, hull(moved))
    return max(outside(moved, found), outside(found, moved)) <= slack


@njit(cache=True, error_model="numpy")
def _bound_on_the_way(
    stage: Points, active: Indices, start: Points, end: Points, delta: float, slack: float
) -> bool:
    """Tell whether a profile that is free at the start, and not at the end, could support a vertex in between."""
    edges, at_first, at_last = octagon(end, 4 * ROUNDING), threat_of(start), threat_of(end)
    right, up = -np.inf, -np.inf
    for j in range(len(start)):
        right, up = max(right, start[j, 0]), max(up, start[j, 1])
    for a in active:
        x, y = stage[a, 0] - stage[a, 2] + slack, stage[a, 1] - stage[a, 3] + slack
        if x >= at_first[0] and y >= at_first[1] and (x < at_last[0] or y < at_last[1]):
            first, second = at_first[0] + stage[a, 2], at_first[1] + stage[a, 3]
            if not swallowed(edges, stage, a, first, second, (right, up), delta):
                return True
    return False


@njit(cache=True, error_model="numpy")
def _shortened(
    stage: Points, active: Indices, layer: Points, worst: tuple[int, int], end: Points, delta: float, slack: float
) -> Points:
    """Go as far on the way to the limit as the supports are seen to stay the same."""
    start, low, high = vertices_of(layer), 0.0, 1.0
    for _ in range(SHORTCUTS):
        left = high / 4 if low == 0 else (low + high) / 2
        if _carried(stage, active, layer, worst, _on_the_way(start, end, left), delta, slack):
            high = left
        else:
            low = left
    return _on_the_way(start, end, high)


@njit(cache=True, error_model="numpy")
def _settled(
    stage: Points,
    active: Indices,
    layer: Points,
    worst: tuple[int, int],
    end: Points,
    delta: float,
    slack: float,
    tolerance: float,
) -> tuple[Points, float]:
    """Accept or refuse the limit of the supports of a layer; return its own layer and how far it moves it.

    `RESOLUTION` tolerances before the limit nothing else may be supported, nor on the way there, so that no
    payoffs are lost; and the limit must be its own image, so that there are none too many.
    """
    start = vertices_of(layer)
    far = _farthest(start, end)
    near = min(RESOLUTION * tolerance / far, 1.0) if far > 0 else 1.0
    here = _on_the_way(start, end, near)
    if not _carried(stage, active, layer, worst, here, delta, slack):
        return layer, np.inf
    if _bound_on_the_way(stage, active, start, here, delta, slack):
        for probe in range(1, PROBES):
            if not _carried(stage, active, layer, worst, _on_the_way(start, here, 0.5**probe), delta, slack):
                return layer, np.inf
    kept = picked(end, hull(end))
    found = support(stage, active, layer, kept, threat_of(kept), delta, slack)[0]
    return found, max(outside(found, kept), outside(kept, found))


@njit(cache=True, error_model="numpy")
def _same_supports(layer: Points, before: Points) -> bool:
    """Tell whether two layers have the same supports, vertex by vertex."""
    if len(layer) != len(before):
        return False
    for j in range(len(layer)):
        for column in range(PROFILE, COLUMNS):
            if layer[j, column] != before[j, column]:
                return False
    return True


@njit(cache=True, error_model="numpy")
def fall(
    stage: Points, minmax: Points, delta: float, slack: float, tolerance: float, max_iterations: int
) -> tuple[Points, int, float]:
    """Let the sets fall from all feasible payoffs until a step moves them by no more than `slack`.

    Returned are the last layer, the number of steps and the size of the last one.
    """
    corners, threat, active = hull(stage), minmax, np.arange(len(stage))
    layer = np.full((len(corners), COLUMNS), -1.0)
    for j in range(len(corners)):
        layer[j, 0], layer[j, 1], layer[j, PROFILE] = stage[corners[j], 0], stage[corners[j], 1], corners[j]
    worst, settled, patience, residual, steps = (-1, -1), 0, PATIENCE, np.inf, 0
    while steps < max_iterations and residual > ROUNDING:
        steps += 1
        before, old_worst = layer, worst
        layer, active = support(stage, active, before, vertices_of(before), threat, delta, slack)
        if len(layer) == 0:
            residual = 0.0 if len(before) == 0 else np.inf
            continue
        worst, threat = lowest(layer), threat_of(layer)
        same = _same_supports(layer, before)
        settled = settled + 1 if same and worst == old_worst else 0
        residual = _farthest(layer, before) if same else outside(layer, before)
        last = residual <= slack
        if residual > ROUNDING and (settled >= patience or (last and settled > 0)):
            end, solved = _limit(stage, layer, worst, delta)
            if solved and _nearly_linear(stage, layer, worst, delta, end):
                found, apart = _settled(stage, active, layer, worst, end, delta, slack, tolerance)
                if apart <= slack:
                    return found, steps, apart
                if not last and patience > PATIENCE:
                    at = _shortened(stage, active, layer, worst, end, delta, slack)
                    for j in range(len(at)):
                        layer[j, 0], layer[j, 1] = at[j, 0], at[j, 1]
                    worst, threat = lowest(layer), threat_of(layer)
            settled, patience = 0, 2 * patience
        if last:
            break
    return layer, steps, residual


@njit(cache=True, error_model="numpy")
def finish(
    layer: Points, low: Points, spread: Points, margin: float, columns: int
) -> tuple[Points, Points, Points, Indices]:
    """Thin a layer out and bring it back into the unit of the payoffs: vertices, promises, threat, profiles."""
    kept = thin_out(layer, margin)
    vertices, promises = np.empty((len(kept), 2)), np.empty((len(kept), 2))
    threat, profiles = np.full(2, np.inf), np.empty((len(kept), 2), dtype=np.int64)
    for j in range(len(kept)):
        row = layer[kept[j]]
        for i in range(2):
            vertices[j, i] = low[i] + spread[i] * row[i]
            promises[j, i] = low[i] + spread[i] * row[PROMISE + i]
            threat[i] = min(threat[i], vertices[j, i])
        profiles[j, 0], profiles[j, 1] = divmod(int(row[PROFILE]), columns)
    return vertices, promises, threat, profiles
