"""A short cut to the limit of the polygons of all states of a two-player stochastic game, compiled.

The limit L is guessed from the rules by which vertices are made, and improved until it is its own image. Around it
sets X are made that shrink to it: each vertex is pushed out in four directions, and the rules are solved for
again, so that one step of them takes back the push. The falling sets W hold all payoffs. If W lies in X, and the
operator takes X inside itself, all the way from W to L, then no payoff lies beyond L; this is tested at some
places on the way. Rows that make no vertex of L must support no more than lies inside at the next place: as what
sets support shrinks with them, no such row can hold the fall up in between.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from negotiation._kernels.convex import hull, thin_out
from negotiation._kernels.polygon import ROUNDING, Indices, Points, outside
from negotiation._kernels.state_polygons import Game, generated, threats
from negotiation._kernels.state_rules import BOTH, KIND, LOOSE, limit, read_rules, renumbered, shares_on_edges

GUESSES = 12
"""Largest number of improvements of the limit."""
LARGE = 120
"""Number of vertices beyond which the limit is not solved for."""
COARSE = 0.25
"""Details smaller than this share of the way that is left, by the last step, are dropped for the guess."""
PUSHES = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
"""Directions in which vertices are pushed out; the first one makes the worst punishments."""
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
    everything, still = np.zeros(0, dtype=np.bool_), np.zeros((1, 2))
    held = np.full((len(ends) - 1, 2), np.nan)
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
        end, solved = limit(game, rules, cuts, found[:, :2].copy(), np.full(len(found), np.nan), held, still)
        if not solved:
            end, solved = limit(game, rules, cuts, found[:, :2].copy(), shares, held, still)
        if not solved:
            break
        found[:, :2] = end
        here, here_ends = _thinned(found, cuts, tolerance)
    return points, ends, np.inf


@njit(cache=True, error_model="numpy")
def _pushed_out(game: Game, rules: Indices, ends: Indices, places: Points, pushes: Points) -> bool:
    """Solve the rules with pushes in each direction, from `places` on, shape (4, k, 2); tell if it worked."""
    free, held = np.full(len(rules), np.nan), np.full((len(ends) - 1, 2), np.nan)
    for q in range(len(PUSHES)):
        places[q], solved = limit(game, rules, ends, places[q].copy(), free, held, pushes[q])
        if not solved:
            return False
        if q == 0:
            held = threats(places[0], ends)
    return True


@njit(cache=True, error_model="numpy")
def _directions(rules: Indices) -> Points:
    """Return where each vertex is pushed, shape (4, k, 2): down, as its cut goes, where it is just enough."""
    directions = np.empty((len(PUSHES), len(rules), 2))
    for q in range(len(PUSHES)):
        for k in range(len(rules)):
            for i in range(2):
                directions[q, k, i] = -1.0 if rules[k, KIND] in (i + 1, BOTH) else PUSHES[q, i]
    return directions


@njit(cache=True, error_model="numpy")
def _hulls(places: Points, end: Points, ends: Indices) -> tuple[Points, Indices]:
    """Return the polygons of pushed vertices; rows are those of `end`."""
    found, cuts, k = np.empty((len(PUSHES) * len(end), 3)), np.zeros_like(ends), 0
    for s in range(len(ends) - 1):
        low = k
        for q in range(len(PUSHES)):
            for vertex in range(ends[s], ends[s + 1]):
                found[k, :2] = places[q, vertex]
                found[k, 2] = end[vertex, 2]
                k += 1
        corners = found[low + hull(found[low:k])]
        k = low + len(corners)
        found[low:k] = corners
        cuts[s + 1] = k
    return found[:k], cuts


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
    push, places = _reaches_out(end, cuts, points, ends) * patience, np.empty((len(PUSHES), len(end), 2))
    directions = _directions(rules)
    for q in range(len(PUSHES)):
        places[q] = end[:, :2]
    solved = _pushed_out(game, rules, cuts, places, push * directions)
    here, here_ends = _hulls(places, end, cuts)
    if not solved or not _reaches_out(here, here_ends, points, ends) <= tolerance:
        return points, ends, np.inf
    while push > RESOLUTION * tolerance:
        bound, bound_ends = _hulls(places - SPEED * push * directions, end, cuts)
        for q in range(len(PUSHES)):
            places[q] = end[:, :2] + NEARER * (places[q] - end[:, :2])
        push *= NEARER
        solved = _pushed_out(game, rules, cuts, places, push * directions)
        there, there_ends = _hulls(places, end, cuts)
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
