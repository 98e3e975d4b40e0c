"""Boxes around the vertices of the limit of the polygons of all states, which one step makes smaller, compiled.

Boxes stand in one array, shape (2k, 2): the lower left corners of the k vertices, then the upper right ones. The
rules of `negotiation._kernels.state_rules` are followed from the corners that reach farthest out, and pushed on.
What is just enough is pushed down, and what an edge allows beyond it; the edge of a segment is taken from both
sides.
"""

import numpy as np
from numba import njit

from negotiation._kernels.convex import hull
from negotiation._kernels.polygon import Indices, Points
from negotiation._kernels.settling import eliminate
from negotiation._kernels.state_polygons import Game, needed_values, threats
from negotiation._kernels.state_rules import (
    BOTH,
    FIRST,
    FREE,
    HEAD,
    KIND,
    MOVER,
    NEWTON_STEPS,
    ROW,
    SMALL,
    along,
    grade_needed,
    lowest,
    prospects,
)


@njit(cache=True, error_model="numpy")
def _outward(rule: Indices, boxes: Points) -> tuple[int, int]:
    """Return which corners of boxes, lower (0) or upper (1), reach farthest beyond the edge of a rule."""
    half, tail, head = len(boxes) // 2, rule[FIRST + rule[MOVER]], rule[HEAD]
    run = boxes[head, 0] + boxes[half + head, 0] - boxes[tail, 0] - boxes[half + tail, 0]
    rise = boxes[head, 1] + boxes[half + head, 1] - boxes[tail, 1] - boxes[half + tail, 1]
    return int(rise > 0), int(run < 0)


@njit(cache=True, error_model="numpy")
def step(game: Game, rules: Indices, ends: Indices, boxes: Points, push: float, slopes: Points) -> Points:
    """Make boxes by the rules of boxes before, and push them out; fill in the derivatives, shape (4k, 4k)."""
    half, moved = len(rules), np.full((len(boxes), 2), np.nan)
    slopes[:] = 0
    lows = lowest(boxes[:half], ends)
    outlooks = prospects(game, threats(boxes[:half], ends))
    needed, leaving = needed_values(game.stage, game.lotteries, game.offsets, game.shapes, outlooks, game.deltas)
    for m in range(len(boxes)):
        k, side = m % half, m // half
        row, kind = rules[k, ROW], rules[k, KIND]
        lottery = game.lotteries[row]
        for i in range(2):
            if kind == FREE:
                moved[m, i] = (1 - game.deltas[i]) * game.stage[row, i] + (2 * side - 1) * push
                for e in range(game.starts[lottery], game.starts[lottery + 1]):
                    vertex, share = rules[k, FIRST + game.targets[e]], game.deltas[i] * game.weights[e]
                    moved[m, i] += share * boxes[side * half + vertex, i]
                    slopes[2 * m + i, 2 * (side * half + vertex) + i] += share
            elif kind in (i + 1, BOTH):
                moved[m, i] = needed[row, i] - game.slack - push
                grade_needed(game, lows, leaving[row, i], i, slopes[2 * m + i])
        if kind in (1, 2):
            other, far, mover = 2 - kind, _outward(rules[k], boxes), rules[k, MOVER]
            turned = ends[mover + 1] - ends[mover] < 3 and far[other] != side
            shift = (far[0] != turned) * half, (far[1] != turned) * half
            grade, own = slopes[2 * m + kind - 1], slopes[2 * m + other]
            moved[m, other] = along(game, rules[k], boxes, shift, moved[m, kind - 1], np.nan, grade, own)
            moved[m, other] += push if (far[other] == 1) != turned else -push
    return moved


@njit(cache=True, error_model="numpy")
def swollen(game: Game, rules: Indices, ends: Indices, start: Points, push: float) -> tuple[Points, bool]:
    """Solve for the boxes that a step reproduces, by Newton's method; tell whether that has worked."""
    boxes, slopes = start.copy(), np.empty((2 * len(start), 2 * len(start)))
    for _ in range(NEWTON_STEPS):
        gaps = (step(game, rules, ends, boxes, push, slopes) - boxes).ravel()
        if not np.abs(gaps).max() <= 1 or not eliminate(np.eye(len(gaps)) - slopes, gaps):
            return boxes, False
        boxes += gaps.reshape(-1, 2)
        if np.abs(gaps).max() <= SMALL:
            return boxes, True
    return boxes, False


@njit(cache=True, error_model="numpy")
def hulls(boxes: Points, rows: Points, ends: Indices) -> tuple[Points, Indices]:
    """Return the hulls of the boxes of each state, with the rows of their vertices."""
    half = len(rows)
    found, cuts, k = np.empty((4 * half, 3)), np.zeros_like(ends), 0
    for s in range(len(ends) - 1):
        low = k
        for vertex in range(ends[s], ends[s + 1]):
            for corner in range(4):
                found[k, 0] = boxes[vertex + half * (corner % 2), 0]
                found[k, 1] = boxes[vertex + half * (corner // 2), 1]
                found[k, 2] = rows[vertex]
                k += 1
        corners = found[low + hull(found[low:k])]
        k = low + len(corners)
        found[low:k] = corners
        cuts[s + 1] = k
    return found[:k], cuts
