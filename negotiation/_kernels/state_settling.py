"""A short cut to the limit of the polygons of all states of a two-player stochastic game, compiled.

The limit L is guessed from the rules by which vertices are made, and improved until it is its own image. Around it
sets X are made that shrink to it: boxes around its vertices that one step makes smaller. The falling sets W hold all
payoffs. If W lies in X, and the operator takes X inside itself, all the way from W to L, then no payoff lies beyond
L; this is tested at some places on the way.
Rows that make no vertex of L must support no more than lies inside at the next place: as what
sets support shrinks with them, no such row can hold the fall up in between.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from negotiation._kernels.convex import hull, thin_out
from negotiation._kernels.polygon import ROUNDING, Indices, Points, outside
from negotiation._kernels.state_boxes import hulls, step, swollen
from negotiation._kernels.state_polygons import Game, generated, threats
from negotiation._kernels.state_rules import KIND, LOOSE, limit, read_rules, renumbered, shares_on_edges

GUESSES = 12
"""Largest number of improvements of the limit."""
LARGE = 120
"""Number of vertices beyond which the limit is not solved for."""
COARSE = 0.25
"""Details smaller than this share of the way that is left, by the last step, are dropped for the guess."""
SPEED = 0.05
"""Share of a push by which a step has to take sets back."""
APART = 1e-9
"""Vertices of the limit that are nearer to what is left without them make no vertices of the sets around it."""
DEEP = 1e-6
"""Share of the way to the middle of a polygon up to which a point counts as on its boundary."""
NEARER = 0.5
"""Share of the way to the limit that is left from one test to the next."""
RESOLUTION = 100.0
"""The last test is made where the way that is left is no more than this many tolerances."""


@njit(cache=True, error_model="numpy")
def _thinned(points: Points, ends: Indices, margin: float) -> tuple[Points, Indices]:
    kept, kept_ends = np.empty_like(points), np.zeros_like(ends)
    for s in range(len(ends) - 1):
        part = points[ends[s] : ends[s + 1]]
        part = thin_out(part[hull(part)], margin)
        kept_ends[s + 1] = kept_ends[s] + len(part)
        kept[kept_ends[s] : kept_ends[s + 1]] = part
    return kept[: kept_ends[-1]], kept_ends


@njit(cache=True, error_model="numpy")
def _reaches_out(outer: Points, outer_ends: Indices, points: Points, ends: Indices) -> float:
    """Return how far points lie outside polygons."""
    far = 0.0
    for s in range(len(ends) - 1):
        far = max(far, outside(outer[outer_ends[s] : outer_ends[s + 1]], points[ends[s] : ends[s + 1]]))
    return far


@njit(cache=True, error_model="numpy")
def _closed(
    game: Game, here: Points, here_ends: Indices, found: Points, ends: Indices, near: float
) -> tuple[Indices, Points, bool]:
    """Read the rules by which vertices were made as rules among themselves; tell whether all could be read."""
    fine, worst = 8 * ROUNDING / game.deltas.min(), threats(here, here_ends)
    rules = read_rules(game, here, here_ends, worst, found, fine, max(fine, near))
    if (rules[:, KIND] == LOOSE).any():
        return rules, np.empty(0), False
    shares = shares_on_edges(game, rules, here, found)
    return renumbered(rules, ends, here, here_ends, found), shares, True


@njit(cache=True, error_model="numpy")
def _guess(
    game: Game, points: Points, ends: Indices, left: float, tolerance: float
) -> tuple[Points, Indices, float]:
    """Guess the limit of falling sets; return it, and how far a step moves it."""
    here, here_ends = _thinned(points, ends, COARSE * left)
    everything = np.zeros(0, dtype=np.bool_)
    for turn in range(GUESSES):
        found, cuts = generated(game, here, here_ends, threats(here, here_ends), everything)
        if ((cuts[1:] > cuts[:-1]) != (ends[1:] > ends[:-1])).any():
            break
        apart = max(_reaches_out(here, here_ends, found, cuts), _reaches_out(found, cuts, here, here_ends))
        found, cuts = _thinned(found, cuts, COARSE * left if turn == 0 else tolerance)
        rules, shares, closed = _closed(game, here, here_ends, found, cuts, 0.0)
        if len(found) > LARGE or not closed:
            break
        if apart <= tolerance:
            return found, cuts, apart
        end, solved = limit(game, rules, cuts, found[:, :2].copy(), np.full(len(found), np.nan))
        if not solved:
            end, solved = limit(game, rules, cuts, found[:, :2].copy(), shares)
        if not solved:
            break
        found[:, :2] = end
        here, here_ends = _thinned(found, cuts, tolerance)
    return points, ends, np.inf


@njit(cache=True, error_model="numpy")
def _touching(game: Game, end: Points, ends: Indices) -> NDArray[np.bool_]:
    """Mark the rows that make vertices of the limit, and those that support other points of its boundary."""
    active, found, count = np.zeros(len(game.stage), dtype=np.bool_), end, len(end)
    inner = end[:, :2].copy()
    for s in range(len(ends) - 1):
        for i in range(2 if ends[s + 1] > ends[s] else 0):
            part = inner[ends[s] : ends[s + 1], i]
            part += DEEP * (part.mean() - part)
    while count > 0:
        for k in range(count):
            active[int(found[k, 2])] = True
        rest, cuts = generated(game, end, ends, threats(end, ends), active)
        found, count = np.empty_like(rest), 0
        for s in range(len(ends) - 1):
            for k in range(cuts[s], cuts[s + 1]):
                if outside(inner[ends[s] : ends[s + 1]], rest[k : k + 1, :2]) > 0:
                    found[count] = rest[k]
                    count += 1
    return active


@njit(cache=True, error_model="numpy")
def advanced(
    game: Game, points: Points, ends: Indices, worst: Points, last: float, tolerance: float
) -> tuple[Points, Indices, float]:
    """Take falling sets towards their limit as far as tests allow; if they arrive, return how far a step moves it.

    `last` is how far the last step has moved the sets.
    """
    patience, everything = 1 - game.deltas.max(), np.zeros(0, dtype=np.bool_)
    end, cuts, apart = _guess(game, points, ends, last / patience, tolerance)
    if not apart <= tolerance or not _reaches_out(points, ends, end, cuts) <= tolerance:
        return points, ends, np.inf
    limit_points, limit_ends = end, cuts
    end, cuts = _thinned(end, cuts, APART)
    rules, _, closed = _closed(game, end, cuts, end, cuts, 4 * APART / game.deltas.min())
    if not closed:
        return points, ends, np.inf
    active = _touching(game, end, cuts)
    push, boxes = _reaches_out(end, cuts, points, ends) * patience, np.concatenate((end[:, :2], end[:, :2]))
    boxes, solved = swollen(game, rules, cuts, boxes, push)
    here, here_ends = hulls(boxes, end[:, 2], cuts)
    if not solved or not _reaches_out(here, here_ends, points, ends) <= tolerance:
        return points, ends, np.inf
    slopes = np.empty((2 * len(boxes), 2 * len(boxes)))
    while push > RESOLUTION * tolerance:
        smaller = step(game, rules, cuts, boxes, (1 - SPEED) * push, slopes)
        bound, bound_ends = hulls(smaller, end[:, 2], cuts)
        push *= NEARER
        middle = np.concatenate((end[:, :2], end[:, :2]))
        boxes, solved = swollen(game, rules, cuts, middle + NEARER * (boxes - middle), push)
        there, there_ends = hulls(boxes, end[:, 2], cuts)
        punished = np.maximum(worst, threats(here, here_ends))
        image, image_ends = generated(game, here, here_ends, punished, everything)
        others, other_ends = generated(game, here, here_ends, punished, active)
        if (
            not solved
            or not _reaches_out(bound, bound_ends, image, image_ends) <= tolerance
            or not _reaches_out(there, there_ends, others, other_ends) <= tolerance
        ):
            return points, ends, np.inf
        points, ends = image, image_ends
        here, here_ends = there, there_ends
    return limit_points, limit_ends, apart
