"""The fall of the polygons of all states of a two-player stochastic game to their limit, compiled.

While the rules of the vertices stay the same, the limit of all further steps is solved for, and taken over once it
has been tested.
"""

import numpy as np
from numba import njit

from negotiation._kernels.convex import hull, round_out, thin_out
from negotiation._kernels.polygon import ROUNDING, Indices, Points, outside
from negotiation._kernels.state_polygons import Game, generated, threats
from negotiation._kernels.state_rules import KIND, LOOSE, follow, limit, read_rules

SHARE = 0.01
"""Edges are merged outward by no more than this share of the least that a step has moved the sets by."""
FINE = 1e4
"""Edges are no longer merged once a step has moved the sets by no more than this many tolerances."""
PATIENCE = 2
"""Steps with the same rows after which the limit is solved for; doubled when that fails."""
LARGE = 200
"""Number of vertices beyond which the limit is not solved for."""
NEARER = 0.5
"""Share of the way to the limit that is left from one test to the next."""
RESOLUTION = 10.0
"""The last test is made where the way that is left is no more than this many tolerances."""


@njit(cache=True, error_model="numpy")
def _between(end: Points, start: Points, ends: Indices, left: float) -> tuple[Points, Indices]:
    """Return the polygons with this share of the way from the start to the end left."""
    places, count, cuts = start.copy(), 0, np.zeros_like(ends)
    for s in range(len(ends) - 1):
        part = start[ends[s] : ends[s + 1]].copy()
        part[:, :2] = end[ends[s] : ends[s + 1]] + left * (part[:, :2] - end[ends[s] : ends[s + 1]])
        corners = part[hull(part)]
        places[count : count + len(corners)] = corners
        count += len(corners)
        cuts[s + 1] = count
    return places[:count], cuts


@njit(cache=True, error_model="numpy")
def _covers(
    polygons: Points, ends: Indices, more: Points, more_ends: Indices, points: Points, point_ends: Indices
) -> float:
    """Return how far points lie outside the hulls of two lists of polygons."""
    far = 0.0
    for s in range(len(ends) - 1):
        both = np.concatenate(
            (polygons[ends[s] : ends[s + 1], :2], more[more_ends[s] : more_ends[s + 1], :2])
        )
        far = max(far, outside(both[hull(both)], points[point_ends[s] : point_ends[s + 1]]))
    return far


@njit(cache=True, error_model="numpy")
def _approach(
    game: Game, rules: Indices, start: Points, ends: Indices, end: Points, worst: Points, tolerance: float
) -> tuple[Points, Indices, float]:
    """Go towards the limit as far as tests allow; return the polygons there, and how far a step still moves them.

    Where some of the way is left, all that promises support must lie in the polygons where less of it is left,
    but for what the rules themselves make: then nothing else can hold the fall up in between.
    """
    none, left = np.empty((0, 0)), 1.0
    far = np.abs(start[:, :2] - end).max()
    here, here_ends = start, ends
    while left * far > RESOLUTION * tolerance:
        there, there_ends = _between(end, start, ends, NEARER * left)
        made = follow(game, rules, ends, end + left * (start[:, :2] - end), none)
        image, image_ends = generated(game, here, here_ends, np.maximum(worst, threats(here, here_ends)))
        if not _covers(made, ends, there, there_ends, image, image_ends) <= tolerance:
            return here, here_ends, np.inf
        here, here_ends, left = there, there_ends, NEARER * left
    last, last_ends = _between(end, start, ends, 0.0)
    image, image_ends = generated(game, last, last_ends, np.maximum(worst, threats(last, last_ends)))
    nothing, none_ends = np.empty((0, 2)), np.zeros_like(ends)
    apart = max(
        _covers(image, image_ends, nothing, none_ends, last, last_ends),
        _covers(last, last_ends, nothing, none_ends, image, image_ends),
    )
    if apart <= tolerance:
        return image, image_ends, apart
    return here, here_ends, np.inf


@njit(cache=True, error_model="numpy")
def _settled(
    game: Game, old: Points, ends: Indices, worst: Points, new: Points, tolerance: float
) -> tuple[Points, Indices, float]:
    """Solve for the limit of the rules by which new vertices are made of old ones, and go there."""
    near = 8 * ROUNDING / game.deltas.min()
    rules = read_rules(game, old, ends, worst, new, near)
    if (rules[:, KIND] == LOOSE).any():
        return new, ends, np.inf
    end, solved = limit(game, rules, ends, new[:, :2].copy())
    if not solved or not _covers(new, ends, new[:0], np.zeros_like(ends), end, ends) <= tolerance:
        return new, ends, np.inf
    return _approach(game, rules, new, ends, end, worst, tolerance)


@njit(cache=True, error_model="numpy")
def _simplified(
    found: Points, ends: Indices, old: Points, old_ends: Indices, margin: float, coarse: float
) -> tuple[Points, Indices, float, bool]:
    """Drop details, and merge edges outward within `coarse`; tell how far old polygons reach out, and whether."""
    kept, kept_ends, residual, merged = np.empty_like(found), np.zeros_like(ends), 0.0, False
    for s in range(len(ends) - 1):
        part = thin_out(found[ends[s] : ends[s + 1]], margin)
        residual = max(residual, outside(part, old[old_ends[s] : old_ends[s + 1]]))
        if coarse > 0:
            rounded = round_out(part, coarse)
            rounded = rounded[hull(rounded)]
            merged = merged or len(rounded) < len(part)
            part = rounded
        kept_ends[s + 1] = kept_ends[s] + len(part)
        kept[kept_ends[s] : kept_ends[s + 1]] = part
    return kept[: kept_ends[-1]], kept_ends, residual, merged


@njit(cache=True, error_model="numpy")
def fall(
    game: Game, margin: float, tolerance: float, max_iterations: int
) -> tuple[Points, Indices, int, float, bool]:
    """Let the sets fall from all payoffs until a step moves them by no more than `tolerance`.

    Returned are the vertices, shape (k, 3), with the row that is played first, the ends of the states, the number
    of steps, the size of the last one, and whether the limit was solved for.
    """
    num_states = len(game.shapes)
    ends, points = 4 * np.arange(num_states + 1), np.zeros((4 * num_states, 3))
    for s in range(num_states):
        for k in range(4):
            points[4 * s + k, 0], points[4 * s + k, 1], points[4 * s + k, 2] = k in (1, 2), k > 1, game.offsets[s]
    steps, residual, least, worst = 0, np.inf, np.inf, np.zeros((num_states, 2))
    same, patience, merged = 0, PATIENCE, True
    while steps < max_iterations and residual > tolerance:
        steps += 1
        worst = np.maximum(worst, threats(points, ends))
        old, old_ends, was_merged, least = points, ends, merged, min(least, residual)
        points, ends = generated(game, old, old_ends, worst)
        coarse = SHARE * least if FINE * tolerance < least < np.inf else 0.0
        points, ends, residual, merged = _simplified(points, ends, old, old_ends, margin, coarse)
        alike = len(points) == len(old) and (ends == old_ends).all() and (points[:, 2] == old[:, 2]).all()
        same = same + 1 if alike and not (merged or was_merged) else 0
        if same >= patience and tolerance < residual < np.inf and len(points) <= LARGE:
            points, ends, apart = _settled(game, old, ends, worst, points, tolerance)
            if apart <= tolerance:
                return points, ends, steps, apart, True
            same, patience = 0, 2 * patience
    return points, ends, steps, residual, False
