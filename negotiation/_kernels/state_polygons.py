"""Payoff polygons of every state of a two-player stochastic game, compiled: what promises can support.

Payoffs run from 0 to 1. The polygons of the states stand below each other in one array of vertices, shape (k, 2);
those of state s are the rows ``ends[s]`` to ``ends[s + 1] - 1``, counter-clockwise from the leftmost, lowest one.
No vertex is the empty set, one a point, two a segment.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from negotiation._kernels.convex import hull
from negotiation._kernels.polygon import ROUNDING, Indices, Points, octagon, within

CROWD = 16
"""Number of profiles with the same lottery from which it pays to drop vertices between parallel edges."""


class Game(NamedTuple):
    """A two-player stochastic game whose payoffs run from 0 to 1, as arrays.

    ``stage[row]`` holds the payoffs of a row of the transitions, ``lotteries[row]`` the number of its lottery over
    next states, whose states and chances are ``targets`` and ``weights`` from ``starts[l]`` to ``starts[l + 1]``.
    The rows of state s, of ``shapes[s]`` actions, begin at ``offsets[s]``. Rows ``twins[twin_ends[g]:...]`` have
    the same payoffs and lottery. An incentive that is violated by no more than `slack` counts as met.
    """

    stage: Points
    lotteries: Indices
    offsets: Indices
    shapes: Indices
    twins: Indices
    twin_ends: Indices
    starts: Indices
    targets: Indices
    weights: Points
    deltas: Points
    slack: float


@njit(cache=True, error_model="numpy")
def edges_by_angle(points: Points, ends: Indices) -> tuple[Points, Indices, Indices]:
    """List the edges of all polygons as they turn around from the leftmost, lowest vertex, where `hull` starts.

    Returned are run and rise, shape (n, 2), the state to which each edge belongs, and the vertex it leads to.
    """
    edges, angles = np.empty((len(points), 2)), np.empty(len(points))
    owners, heads = np.empty(len(points), dtype=np.int64), np.empty(len(points), dtype=np.int64)
    count = 0
    for s in range(len(ends) - 1):
        low, size = ends[s], ends[s + 1] - ends[s]
        for k in range(size if size > 1 else 0):
            head = low + (k + 1) % size
            run, rise = points[head, 0] - points[low + k, 0], points[head, 1] - points[low + k, 1]
            angle = np.arctan2(rise, run)
            if (run < 0 or (run == 0 and rise < 0)) and angle < 0:
                angle += 2 * np.pi
            edges[count, 0], edges[count, 1], angles[count] = run, rise, angle
            owners[count], heads[count] = s, head
            count += 1
    order = np.argsort(angles[:count], kind="mergesort")
    return edges[order], owners[order], heads[order]


@njit(cache=True, error_model="numpy")
def mean_polygon(
    points: Points, ends: Indices, edges: Points, owners: Indices, chances: Points, total: Points
) -> int:
    """Write the mean of the polygons of all states, weighted by their chances, by walking along all their edges.

    Returned is the number of vertices, none if the polygon of a state that has a chance is empty. What rounding
    has taken from a step is added to the next one, so that errors do not add up.
    """
    x, y, lost_x, lost_y, count = 0.0, 0.0, 0.0, 0.0, 0
    for s in range(len(chances)):
        if chances[s] > 0:
            if ends[s] == ends[s + 1]:
                return 0
            x, y = x + chances[s] * points[ends[s], 0], y + chances[s] * points[ends[s], 1]
    for e in range(len(owners)):
        chance = chances[owners[e]]
        if chance > 0:
            total[count, 0], total[count, 1] = x, y
            count += 1
            run, rise = chance * edges[e, 0] + lost_x, chance * edges[e, 1] + lost_y
            lost_x, lost_y = run - ((x + run) - x), rise - ((y + rise) - y)
            x, y = x + run, y + rise
    if count == 0:
        total[0, 0], total[0, 1] = x, y
        count = 1
    return count


@njit(cache=True, error_model="numpy")
def threats(points: Points, ends: Indices) -> Points:
    """Return the worst payoff of each player in each state, shape (S, 2); infinite in empty polygons."""
    worst = np.full((len(ends) - 1, 2), np.inf)
    for s in range(len(ends) - 1):
        for k in range(ends[s], ends[s + 1]):
            for i in range(2):
                worst[s, i] = min(worst[s, i], points[k, i])
    return worst


@njit(cache=True, error_model="numpy")
def needed_values(
    stage: Points, lotteries: Indices, offsets: Indices, shapes: Indices, outlooks: Points, deltas: Points
) -> tuple[Points, Indices]:
    """Return what the best deviation from every row is worth to each player, and its row, shape (rows, 2) both.

    `outlooks`, shape (lotteries, 2), holds the expected worst payoffs of every lottery over next states.
    """
    needed, leaving = np.empty((len(stage), 2)), np.empty((len(stage), 2), dtype=np.int64)
    for s in range(len(shapes)):
        rows, columns, low = shapes[s, 0], shapes[s, 1], offsets[s]
        for i in range(2):
            along, across = (columns, 1) if i == 0 else (1, columns)
            for other in range(columns if i == 0 else rows):
                best, to = -np.inf, low
                for own in range(rows if i == 0 else columns):
                    row = low + own * along + other * across
                    worth = (1 - deltas[i]) * stage[row, i] + deltas[i] * outlooks[lotteries[row], i]
                    if worth > best:
                        best, to = worth, row
                for own in range(rows if i == 0 else columns):
                    row = low + own * along + other * across
                    needed[row, i], leaving[row, i] = best, to
    return needed, leaving


@njit(cache=True, error_model="numpy")
def drop_twins(needed: Points, twins: Indices, twin_ends: Indices) -> None:
    """Ask for an infinite payoff at rows that support no more than another one of the same payoffs and lottery."""
    for g in range(len(twin_ends) - 1):
        for m in range(twin_ends[g], twin_ends[g + 1]):
            for n in range(twin_ends[g], twin_ends[g + 1]):
                here, there = needed[twins[m]], needed[twins[n]]
                if m != n and there[0] <= here[0] and there[1] <= here[1]:
                    here[0] = np.inf
                    break


@njit(cache=True, error_model="numpy")
def _swallowed(normals: Points, reach: Points, box: tuple[float, float, float, float], x: float, y: float) -> bool:
    """Tell whether a polygon, moved to (x, y) and cut to a box, reaches nowhere beyond another one.

    `normals`, shape (k, 3), holds the outward normals of the other one and how far it reaches along them, less
    what rounding can do; `reach` how far the polygon does.
    """
    for k in range(len(normals)):
        across, up = normals[k, 0], normals[k, 1]
        far = across * x + up * y + reach[k]
        if far > normals[k, 2]:
            far = across * (box[1] if across > 0 else box[0]) + up * (box[3] if up > 0 else box[2])
            if far > normals[k, 2]:
                return False
    return len(normals) > 2


@njit(cache=True, error_model="numpy")
def _normals(polygon: Points) -> Points:
    """Return the outward normals of a polygon, and how far it reaches along them, less what rounding can do."""
    m = len(polygon)
    normals = np.empty((m, 3))
    for i in range(m):
        j = i + 1 if i < m - 1 else 0
        normals[i, 0], normals[i, 1] = polygon[j, 1] - polygon[i, 1], polygon[i, 0] - polygon[j, 0]
        here = normals[i, 0] * polygon[i, 0] + normals[i, 1] * polygon[i, 1]
        there = normals[i, 0] * polygon[j, 0] + normals[i, 1] * polygon[j, 1]
        normals[i, 2] = max(here, there) - ROUNDING * (abs(normals[i, 0]) + abs(normals[i, 1]))
    return normals


@njit(cache=True, error_model="numpy")
def _reach(promises: Points, normals: Points, deltas: Points) -> Points:
    """Return how far a polygon, scaled by the discount factors, reaches along some directions."""
    reach = np.full(len(normals), -np.inf)
    for k in range(len(normals)):
        across, up = deltas[0] * normals[k, 0], deltas[1] * normals[k, 1]
        for i in range(len(promises)):
            reach[k] = max(reach[k], across * promises[i, 0] + up * promises[i, 1])
    return reach


@njit(cache=True, error_model="numpy")
def _put(found: Points, count: int, x: float, y: float, row: int) -> int:
    found[count, 0], found[count, 1], found[count, 2] = x, y, row
    return count + 1


@njit(cache=True, error_model="numpy")
def _cut(
    promises: Points,
    x: float,
    y: float,
    dx: float,
    dy: float,
    least: float,
    lowest: float,
    row: int,
    found: Points,
    count: int,
) -> int:
    """Write the vertices of a polygon, moved to (x, y) and scaled by (dx, dy), where both payoffs are high enough.

    Returned is the next free row.
    """
    m, bottom, top = len(promises), np.inf, -np.inf
    before_x, before_y = x + dx * promises[m - 1, 0], y + dy * promises[m - 1, 1]
    for i in range(m):
        here_x, here_y = x + dx * promises[i, 0], y + dy * promises[i, 1]
        if (before_x < least) != (here_x < least):
            share = (least - before_x) / (here_x - before_x)
            at = before_y + share * (here_y - before_y)
            bottom, top = min(bottom, at), max(top, at)
            if at >= lowest:
                count = _put(found, count, least, at, row)
        if (before_y < lowest) != (here_y < lowest):
            share = (lowest - before_y) / (here_y - before_y)
            at = before_x + share * (here_x - before_x)
            if at >= least:
                count = _put(found, count, at, lowest, row)
        if here_x >= least and here_y >= lowest:
            count = _put(found, count, here_x, here_y, row)
        before_x, before_y = here_x, here_y
    if bottom < lowest < top:
        count = _put(found, count, least, lowest, row)
    return count


@njit(cache=True, error_model="numpy")
def supported(
    stage: Points,
    lotteries: Indices,
    low: int,
    behind: int,
    likely: Points,
    promises: Points,
    cuts: Indices,
    tops: Points,
    needed: Points,
    deltas: Points,
) -> Points:
    """Return what the rows from `low` on support, shape (k, 3): payoffs and the row that is played first.

    The polygon of promises of lottery l is ``promises[cuts[l]:cuts[l + 1]]``. The rows of the polygon `likely`
    come first; others are left out if what they support lies inside that.
    """
    found, count, last_lottery, of = np.empty((256, 3)), 0, -1, -1
    normals, edges, reach = np.empty((0, 3)), np.empty((0, 4)), np.empty(0)
    done = np.zeros(behind - low, dtype=np.bool_)
    for turn in range(len(likely) + behind - low):
        if turn == len(likely) and count > 2:
            kept = found[hull(found[:count])]
            normals, edges = _normals(kept), octagon(kept, ROUNDING)
            found[: len(kept)] = kept
            count = len(kept)
        row = int(likely[turn, 2]) if turn < len(likely) else low + turn - len(likely)
        if done[row - low]:
            continue
        done[row - low] = True
        lottery = lotteries[row]
        mine = promises[cuts[lottery] : cuts[lottery + 1]]
        x, y = (1 - deltas[0]) * stage[row, 0], (1 - deltas[1]) * stage[row, 1]
        right, top = x + deltas[0] * tops[lottery, 0], y + deltas[1] * tops[lottery, 1]
        if len(mine) == 0 or needed[row, 0] > right or needed[row, 1] > top:
            continue
        if turn >= len(likely) and len(normals) > 0:
            if lottery == last_lottery and lottery != of:
                reach, of = _reach(mine, normals, deltas), lottery
            last_lottery = lottery
            if lottery == of and _swallowed(normals, reach, (needed[row, 0], right, needed[row, 1], top), x, y):
                continue
        if count + 2 * len(mine) + 3 > len(found):
            larger = np.empty((2 * (count + 2 * len(mine) + 3), 3))
            larger[:count] = found[:count]
            found = larger
        last = _cut(mine, x, y, deltas[0], deltas[1], needed[row, 0], needed[row, 1], row, found, count)
        for k in range(count, last):
            if not within(edges, found[k, 0], found[k, 1]):
                found[count] = found[k]
                count += 1
    return found[hull(found[:count])]


@njit(cache=True, error_model="numpy")
def averages(
    points: Points,
    ends: Indices,
    worst: Points,
    starts: Indices,
    targets: Indices,
    weights: Points,
    rows: int,
) -> tuple[Points, Indices, Points, Points]:
    """Return the polygons of promises of all lotteries, their ends, the highest and the expected worst payoffs."""
    count = len(starts) - 1
    edges, owners, _ = edges_by_angle(points, ends)
    outlooks, tops = np.zeros((count, 2)), np.full((count, 2), -np.inf)
    promises, cuts = np.empty((count * (len(edges) + 1), 2)), np.zeros(count + 1, dtype=np.int64)
    for e in range(count):
        chances = np.zeros(len(ends) - 1)
        for k in range(starts[e], starts[e + 1]):
            chances[targets[k]] = weights[k]
            for i in range(2):
                outlooks[e, i] += weights[k] * worst[targets[k], i]
        size = mean_polygon(points, ends, edges, owners, chances, promises[cuts[e] :])
        if rows > CROWD * count:
            corners = promises[cuts[e] + hull(promises[cuts[e] : cuts[e] + size])]
            size = len(corners)
            promises[cuts[e] : cuts[e] + size] = corners
        cuts[e + 1] = cuts[e] + size
        for k in range(cuts[e], cuts[e + 1]):
            for i in range(2):
                tops[e, i] = max(tops[e, i], promises[k, i])
    return promises, cuts, tops, outlooks


@njit(cache=True, error_model="numpy")
def generated(
    game: Game, points: Points, ends: Indices, worst: Points, barred: NDArray[np.bool_]
) -> tuple[Points, Indices]:
    """Apply the operator once: what promises from the polygons of all states support, and the ends of the states.

    `points`, shape (k, 3), tells in its third column which rows to try first; `worst` are the punishments. Rows
    that are `barred`, if any are, support nothing.
    """
    promises, cuts, tops, outlooks = averages(
        points, ends, worst, game.starts, game.targets, game.weights, len(game.stage)
    )
    needed = needed_values(game.stage, game.lotteries, game.offsets, game.shapes, outlooks, game.deltas)[0]
    needed -= game.slack
    for row in range(len(barred)):
        needed[row, 0] = np.inf if barred[row] else needed[row, 0]
    drop_twins(needed, game.twins, game.twin_ends)
    found, found_ends = np.empty((64, 3)), np.zeros_like(ends)
    for s in range(len(game.shapes)):
        low, behind, likely = game.offsets[s], game.offsets[s + 1], points[ends[s] : ends[s + 1]]
        part = supported(
            game.stage, game.lotteries, low, behind, likely, promises, cuts, tops, needed, game.deltas
        )
        found_ends[s + 1] = found_ends[s] + len(part)
        if found_ends[s + 1] > len(found):
            larger = np.empty((2 * found_ends[s + 1], 3))
            larger[: found_ends[s]] = found[: found_ends[s]]
            found = larger
        found[found_ends[s] : found_ends[s + 1]] = part
    return found[: found_ends[-1]], found_ends
