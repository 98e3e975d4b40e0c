"""How the vertices of the polygons of all states are made of the vertices before, compiled.

A vertex is made by a rule: a row of the game, and where the promises after it lie in the weighted mean of the
polygons. Rules are equations for the vertices. They are rows of whole numbers: the row of the game, the kind, the
state that moves along an edge, the vertex at which that edge ends, and then for each next state the vertex that is
promised there, -1 where it has no chance. Vertices are numbered through all states, as in
`negotiation._kernels.state_polygons`.
"""

import numpy as np
from numba import njit

from negotiation._kernels.polygon import Indices, Points
from negotiation._kernels.settling import eliminate
from negotiation._kernels.state_polygons import Game, edges_by_angle, needed_values, threats

ROW, KIND, MOVER, HEAD, FIRST = 0, 1, 2, 3, 4
"""Columns of a rule; from `FIRST` on there is one for each state."""
FREE, BOTH, LOOSE = 0, 3, 4
"""Kinds of rules: promises at a vertex; both players are promised just enough; neither, between two vertices.

The kinds 1 and 2 promise just enough to player 0 or 1, and to the other what an edge allows.
"""
NEWTON_STEPS = 20
"""After which Newton's method has failed."""
SMALL = 1e-9
"""A step of Newton's method after which the next one would be lost in rounding, for it squares the error."""


@njit(cache=True, error_model="numpy")
def prospects(game: Game, worst: Points) -> Points:
    """Return the expected punishments of every lottery, shape (lotteries, 2)."""
    outlooks = np.zeros((len(game.starts) - 1, 2))
    for e in range(len(outlooks)):
        for k in range(game.starts[e], game.starts[e + 1]):
            for i in range(2):
                outlooks[e, i] += game.weights[k] * worst[game.targets[k], i]
    return outlooks


@njit(cache=True, error_model="numpy")
def _distance(x: float, y: float, run: float, rise: float, across: float, up: float) -> float:
    """Return how far (across, up) is from the segment that begins at (x, y)."""
    length = run * run + rise * rise
    share = min(max(((across - x) * run + (up - y) * rise) / length, 0.0), 1.0) if length > 0 else 0.0
    return float(np.hypot(across - x - share * run, up - y - share * rise))


@njit(cache=True, error_model="numpy")
def _read(
    points: Points,
    ends: Indices,
    turned: tuple[Points, Indices, Indices],
    chances: Points,
    promise: Points,
    tight: tuple[bool, bool],
    near: float,
    rule: Indices,
) -> None:
    """Walk along the weighted mean of the polygons, and write where on it a promise lies."""
    edges, owners, heads = turned
    here, x, y = np.full(len(chances), -1), 0.0, 0.0
    for s in range(len(chances)):
        if chances[s] > 0:
            here[s] = ends[s]
            for e in range(len(owners) - 1, -1, -1):
                if owners[e] == s:
                    here[s] = heads[e] - 1 if heads[e] > ends[s] else ends[s + 1] - 1
            x, y = x + chances[s] * points[here[s], 0], y + chances[s] * points[here[s], 1]
    nearest, closest = np.hypot(promise[0] - x, promise[1] - y), np.inf
    rule[KIND], rule[FIRST:] = FREE, here
    corner = rule.copy()
    for e in range(len(owners)):
        s = owners[e]
        if not chances[s] > 0:
            continue
        run, rise = chances[s] * edges[e, 0], chances[s] * edges[e, 1]
        gap = _distance(x, y, run, rise, promise[0], promise[1])
        across = min(abs(run), abs(rise)) if tight[0] == tight[1] else abs(run) if tight[0] else abs(rise)
        if gap < closest and (across > 0 or tight[0] == tight[1]):
            closest = gap
            rule[KIND], rule[MOVER], rule[HEAD], rule[FIRST:] = LOOSE, s, heads[e], here
        here[s], x, y = heads[e], x + run, y + rise
        gap = np.hypot(promise[0] - x, promise[1] - y)
        if gap < nearest:
            nearest, corner[FIRST:] = gap, here
    if nearest <= near:
        rule[:] = corner
    elif tight[0] and tight[1]:
        rule[KIND] = BOTH
    elif closest <= near and (tight[0] or tight[1]):
        rule[KIND] = 1 if tight[0] else 2


@njit(cache=True, error_model="numpy")
def read_rules(
    game: Game, points: Points, ends: Indices, worst: Points, found: Points, enough: float, near: float
) -> Indices:
    """Read how vertices `found`, shape (k, 3), are made of the polygons `points`.

    Payoffs within `enough` of what a player needs count as just enough, promises within `near` of a vertex or an
    edge as on it; those that are on none, with neither player promised just enough, are `LOOSE`.
    """
    rules = np.full((len(found), FIRST + len(ends) - 1), -1)
    needed = needed_values(
        game.stage, game.lotteries, game.offsets, game.shapes, prospects(game, worst), game.deltas
    )[0]
    turned = edges_by_angle(points, ends)
    for k in range(len(found)):
        row = int(found[k, 2])
        chances, lottery = np.zeros(len(ends) - 1), game.lotteries[row]
        for e in range(game.starts[lottery], game.starts[lottery + 1]):
            chances[game.targets[e]] = game.weights[e]
        promise = (found[k, :2] - (1 - game.deltas) * game.stage[row]) / game.deltas
        gap = np.abs(found[k, :2] - needed[row] + game.slack)
        rules[k, ROW] = row
        _read(points, ends, turned, chances, promise, (gap[0] <= enough, gap[1] <= enough), near, rules[k])
    return rules


@njit(cache=True, error_model="numpy")
def grade_needed(game: Game, lows: Indices, row: int, player: int, slopes: Points) -> None:
    """Add the derivatives of what a deviation to a row is worth to a player."""
    lottery = game.lotteries[row]
    for e in range(game.starts[lottery], game.starts[lottery + 1]):
        slopes[2 * lows[game.targets[e], player] + player] += game.deltas[player] * game.weights[e]


@njit(cache=True, error_model="numpy")
def along(
    game: Game,
    rule: Indices,
    at: Points,
    shift: tuple[int, int],
    needed: float,
    frozen: float,
    grade: Points,
    slopes: Points,
) -> float:
    """Return the payoff of the player who is promised what an edge allows; add its derivatives.

    The place on the edge is `frozen`, if that is a number, and otherwise follows from what the other player needs.
    Of vertex v the coordinate i stands in the row ``v + shift[i]``.
    """
    row, axis, mover, lottery = rule[ROW], rule[KIND] - 1, rule[MOVER], game.lotteries[rule[ROW]]
    other = 1 - axis
    here, there = shift[axis], shift[other]
    tail, head = rule[FIRST + mover], rule[HEAD]
    delta, patience, chance = game.deltas[other], game.deltas[axis], 1.0
    rest, across = (needed - (1 - patience) * game.stage[row, axis]) / patience, 0.0
    for e in range(game.starts[lottery], game.starts[lottery + 1]):
        if game.targets[e] == mover:
            chance = game.weights[e]
        else:
            vertex = rule[FIRST + game.targets[e]]
            rest -= game.weights[e] * at[vertex + here, axis]
            across += game.weights[e] * at[vertex + there, other]
    run, rise = at[head + here, axis] - at[tail + here, axis], at[head + there, other] - at[tail + there, other]
    share, tilt = frozen, 0.0
    if np.isnan(frozen):
        share, tilt = (rest / chance - at[tail + here, axis]) / run, rise / run
    across += chance * (at[tail + there, other] + share * rise)
    slopes += delta * tilt / patience * grade
    for e in range(game.starts[lottery], game.starts[lottery + 1]):
        if game.targets[e] != mover:
            vertex = rule[FIRST + game.targets[e]]
            slopes[2 * (vertex + there) + other] += delta * game.weights[e]
            slopes[2 * (vertex + here) + axis] -= delta * tilt * game.weights[e]
    for vertex, part in ((tail, 1 - share), (head, share)):
        slopes[2 * (vertex + there) + other] += delta * chance * part
        slopes[2 * (vertex + here) + axis] -= delta * chance * tilt * part
    return float((1 - delta) * game.stage[row, other] + delta * across)


@njit(cache=True, error_model="numpy")
def lowest(at: Points, ends: Indices) -> Indices:
    """Find the vertex that is worst for each player in each state, shape (S, 2); -1 in empty polygons."""
    lows = np.full((len(ends) - 1, 2), -1)
    for s in range(len(ends) - 1):
        for i in range(2 if ends[s + 1] > ends[s] else 0):
            lows[s, i] = ends[s] + at[ends[s] : ends[s + 1], i].argmin()
    return lows


@njit(cache=True, error_model="numpy")
def follow(game: Game, rules: Indices, ends: Indices, at: Points, shares: Points, slopes: Points) -> Points:
    """Move the vertices `at` by their rules, and fill in the derivatives, shape (2k, 2k).

    Places on edges are kept at `shares`, one a vertex, where these are numbers.
    """
    moved = np.full((len(at), 2), np.nan)
    slopes[:] = 0
    lows = lowest(at, ends)
    outlooks = prospects(game, threats(at, ends))
    needed, leaving = needed_values(game.stage, game.lotteries, game.offsets, game.shapes, outlooks, game.deltas)
    for k in range(len(at)):
        row, kind = rules[k, ROW], rules[k, KIND]
        lottery = game.lotteries[row]
        for i in range(2):
            if kind == FREE:
                moved[k, i] = (1 - game.deltas[i]) * game.stage[row, i]
                for e in range(game.starts[lottery], game.starts[lottery + 1]):
                    vertex, share = rules[k, FIRST + game.targets[e]], game.deltas[i] * game.weights[e]
                    moved[k, i] += share * at[vertex, i]
                    slopes[2 * k + i, 2 * vertex + i] += share
            elif kind in (i + 1, BOTH):
                moved[k, i] = needed[row, i] - game.slack
                grade_needed(game, lows, leaving[row, i], i, slopes[2 * k + i])
        if kind in (1, 2):
            grade, own = slopes[2 * k + kind - 1], slopes[2 * k + 2 - kind]
            moved[k, 2 - kind] = along(game, rules[k], at, (0, 0), moved[k, kind - 1], shares[k], grade, own)
    return moved


@njit(cache=True, error_model="numpy")
def renumbered(rules: Indices, ends: Indices, old: Points, old_ends: Indices, new: Points) -> Indices:
    """Let rules that speak of old vertices speak of the nearest new ones in the same state."""
    nearest = np.full(len(old) + 1, -1)
    for s in range(len(ends) - 1):
        for k in range(old_ends[s], old_ends[s + 1]):
            gaps = np.abs(new[ends[s] : ends[s + 1], 0] - old[k, 0]) + np.abs(
                new[ends[s] : ends[s + 1], 1] - old[k, 1]
            )
            nearest[k] = ends[s] + gaps.argmin()
    changed = rules.copy()
    for k in range(len(rules)):
        for column in range(HEAD, rules.shape[1]):
            changed[k, column] = nearest[rules[k, column]]
    return changed


@njit(cache=True, error_model="numpy")
def shares_on_edges(game: Game, rules: Indices, old: Points, found: Points) -> Points:
    """Tell how far along its edge of the old polygons each found vertex was made; nothing at other vertices."""
    shares = np.full(len(found), np.nan)
    for k in range(len(found)):
        if rules[k, KIND] in (1, 2):
            row, i = rules[k, ROW], rules[k, KIND] - 1
            lottery, tail, head = game.lotteries[row], rules[k, FIRST + rules[k, MOVER]], rules[k, HEAD]
            rest, chance = (found[k, i] - (1 - game.deltas[i]) * game.stage[row, i]) / game.deltas[i], 1.0
            for e in range(game.starts[lottery], game.starts[lottery + 1]):
                if game.targets[e] == rules[k, MOVER]:
                    chance = game.weights[e]
                else:
                    rest -= game.weights[e] * old[rules[k, FIRST + game.targets[e]], i]
            share = (rest / chance - old[tail, i]) / (old[head, i] - old[tail, i])
            shares[k] = min(max(share, 0.0), 1.0)
    return shares


@njit(cache=True, error_model="numpy")
def limit(game: Game, rules: Indices, ends: Indices, start: Points, shares: Points) -> tuple[Points, bool]:
    """Solve for the vertices that their rules reproduce, by Newton's method; tell whether that has worked.

    Places on edges are kept at `shares`, one a vertex, where these are numbers.
    """
    at, slopes = start.copy(), np.empty((2 * len(start), 2 * len(start)))
    for _ in range(NEWTON_STEPS):
        gaps = (follow(game, rules, ends, at, shares, slopes) - at).ravel()
        if not np.abs(gaps).max() <= 1 or not eliminate(np.eye(len(gaps)) - slopes, gaps):
            return at, False
        at += gaps.reshape(-1, 2)
        if np.abs(gaps).max() <= SMALL:
            return at, True
    return at, False
