"""The fall of the polygons of all states of a two-player stochastic game to their limit, compiled."""

import numpy as np
from numba import njit

from negotiation._kernels.convex import hull, round_out, thin_out
from negotiation._kernels.polygon import Indices, Points, outside
from negotiation._kernels.state_polygons import Game, generated, threats
from negotiation._kernels.state_settling import advanced

SHARE = 0.01
"""Edges are merged outward by no more than this share of the least that a step has moved the sets by."""
FINE = 1e4
"""Edges are no longer merged once a step has moved the sets by no more than this many tolerances."""
FIRST_TRY = 16
"""Step after which the limit is guessed for the first time."""
LATER = 1.5
"""Factor by which the number of steps has grown before it is guessed again."""


@njit(cache=True, error_model="numpy")
def _simplified(
    found: Points, ends: Indices, old: Points, old_ends: Indices, margin: float, coarse: float
) -> tuple[Points, Indices, float]:
    """Drop details, and merge edges outward within `coarse`; tell how far the old polygons reach out."""
    kept, kept_ends, residual = np.empty_like(found), np.zeros_like(ends), 0.0
    for s in range(len(ends) - 1):
        part = thin_out(found[ends[s] : ends[s + 1]], margin)
        residual = max(residual, outside(part, old[old_ends[s] : old_ends[s + 1]]))
        if coarse > 0:
            rounded = round_out(part, coarse)
            part = rounded[hull(rounded)]
        kept_ends[s + 1] = kept_ends[s] + len(part)
        kept[kept_ends[s] : kept_ends[s + 1]] = part
    return kept[: kept_ends[-1]], kept_ends, residual


@njit(cache=True, error_model="numpy")
def fall(
    game: Game, margin: float, tolerance: float, max_iterations: int
) -> tuple[Points, Indices, int, float, bool]:
    """Let the sets fall from all payoffs until a step moves them by no more than `tolerance`.

    Returned are the vertices, shape (k, 3), with the row that is played first, the ends of the states, the number
    of steps, the size of the last one, and whether the limit was solved for.
    """
    num_states, everything = len(game.shapes), np.zeros(0, dtype=np.bool_)
    ends, points = 4 * np.arange(num_states + 1), np.zeros((4 * num_states, 3))
    for s in range(num_states):
        for k in range(4):
            points[4 * s + k, 0], points[4 * s + k, 1], points[4 * s + k, 2] = k in (1, 2), k > 1, game.offsets[s]
    steps, residual, least, worst, next_try = 0, np.inf, np.inf, np.zeros((num_states, 2)), FIRST_TRY
    while steps < max_iterations and residual > tolerance:
        steps += 1
        worst = np.maximum(worst, threats(points, ends))
        old, old_ends, least = points, ends, min(least, residual)
        points, ends = generated(game, old, old_ends, worst, everything)
        coarse = SHARE * least if FINE * tolerance < least < np.inf else 0.0
        points, ends, residual = _simplified(points, ends, old, old_ends, margin, coarse)
        if steps >= next_try and tolerance < residual < np.inf:
            points, ends, apart = advanced(game, points, ends, worst, residual, tolerance)
            if apart <= tolerance:
                return points, ends, steps, apart, True
            next_try = int(LATER * steps)
    return points, ends, steps, residual, False
