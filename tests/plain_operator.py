"""The operator B of repeated games with its own hull and its own cuts, in many digits, and games to try it on."""

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import strategies as st

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers import payoff_set

DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
WEDGE = StageGame.from_matrices([[1, 0], [1, 3]], [[1, 2], [3, 1]])
THREE_BY_THREE = StageGame.from_matrices(
    [[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]]
)
DELTAS = ["1/10", "1/5", "1/4", "1/3", "2/5", "1/2", "3/5", "2/3", "7/10"]

small_games = st.tuples(st.integers(2, 3), st.integers(2, 3), st.integers(0, 2**32 - 1), st.sampled_from(DELTAS))


def random_game(rows, columns, seed, highest=5):
    return np.random.default_rng(seed).integers(0, highest + 1, (rows, columns, 2))


def solved(payoffs, delta, **options):
    deltas = [delta] if isinstance(delta, str | int | float | Fraction) else delta
    given = [float(Fraction(own)) for own in deltas]
    return payoff_set(
        RepeatedGame(StageGame(np.asarray(payoffs).tolist()), given if given[1:] else given[0]), **options
    )


def gap(first, second):
    """The Hausdorff distance of the hulls of two sets of points, by the directions that can decide it."""
    first, second = (np.asarray(points, dtype=float).reshape(-1, 2) for points in (first, second))
    if len(first) == 0 or len(second) == 0:
        return 0.0 if len(first) == len(second) else np.inf
    directions = normals(np.concatenate([first, second]))
    return float(np.abs((first @ directions).max(axis=0) - (second @ directions).max(axis=0)).max())


def normals(points):
    """Unit vectors along and across all lines through two of the points, shape (2, m)."""
    along = (points[:, np.newaxis] - points).reshape(-1, 2)
    along = np.concatenate([along[np.linalg.norm(along, axis=1) > 1e-12], np.eye(2), -np.eye(2)])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return np.concatenate([along, along[:, ::-1] * [1, -1]]).T


# An operator of its own for the tests: B itself, with its own hull and its own cuts, on a grid so fine that the
# slack given to incentives dwarfs all rounding, and with enough digits to compare places on the grid exactly.

DIGITS = 120
FINE = Decimal("1e-40")
SLACK = Decimal("1e-30")


def slow_cut(polygon, axis, least):
    kept = []
    for here, there in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if here[axis] >= least:
            kept.append(here)
        if (here[axis] - least) * (there[axis] - least) < 0:
            share = (least - here[axis]) / (there[axis] - here[axis])
            kept.append(tuple(p + share * (q - p) for p, q in zip(here, there, strict=True)))
    return kept


def slow_hull(points):
    ordered = sorted({tuple(x.quantize(FINE) for x in point) for point in points})
    if len(ordered) < 3:
        return ordered
    chains = []
    for run in (ordered, ordered[::-1]):
        chain = []
        for x, y in run:
            while len(chain) > 1:
                (x0, y0), (x1, y1) = chain[-2:]
                if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        chains += chain[:-1]
    return chains


def slow_operator(payoffs, deltas, W, least):
    rows, columns = range(len(payoffs)), range(len(payoffs[0]))
    generated = []
    for a, b in product(rows, columns):
        gain = (
            max(payoffs[k][b][0] for k in rows) - payoffs[a][b][0],
            max(payoffs[a][k][1] for k in columns) - payoffs[a][b][1],
        )
        part = W
        for i in range(2):
            part = slow_cut(part, i, least[i] + (1 - deltas[i]) / deltas[i] * gain[i] - SLACK)
        generated += [tuple((1 - deltas[i]) * payoffs[a][b][i] + deltas[i] * w[i] for i in range(2)) for w in part]
    return slow_hull(generated)


def slow_payoff_set(table, delta, steps=400):
    with localcontext() as context:
        context.prec = DIGITS
        payoffs = [[tuple(Decimal(int(x)) for x in cell) for cell in row] for row in table]
        pair = [delta] * 2 if isinstance(delta, str) else delta
        weights = [Decimal(Fraction(own).numerator) / Fraction(own).denominator for own in pair]
        minmax = (
            min(max(row[b][0] for row in payoffs) for b in range(len(payoffs[0]))),
            min(max(cell[1] for cell in row) for row in payoffs),
        )
        cells = [cell for row in payoffs for cell in row]
        W, least = slow_hull(list(product(*zip(*cells, strict=True)))), minmax
        for _ in range(steps):
            following = slow_operator(payoffs, weights, W, least)
            moved = gap(W, following)
            W = following
            if not W or moved < 1e-14:
                break
            least = tuple(min(point[i] for point in W) for i in range(2))
        return np.array(W, dtype=float).reshape(-1, 2)


def is_slowly_self_generating(found):
    """Whether a polygon lies in B of itself grown by 1e-9."""
    stage = found.repeated.stage
    if found.is_empty:
        return True
    with localcontext() as context:
        context.prec = DIGITS
        payoffs = [[tuple(map(Decimal, cell)) for cell in row] for row in stage.payoffs.tolist()]
        room = Decimal(float(np.ptp(stage.payoffs))) * Decimal("1e-9")
        corners = [tuple(map(Decimal, vertex)) for vertex in found.vertices.tolist()]
        grown = slow_hull([(x + s * room, y + t * room) for x, y in corners for s in (-1, 1) for t in (-1, 1)])
        least = [min(corner[i] for corner in corners) - room for i in range(2)]
        generated = slow_operator(payoffs, list(map(Decimal, found.repeated.deltas.tolist())), grown, least)
    if not generated:
        return False
    directions = normals(np.concatenate([found.vertices, np.array(generated, dtype=float)]))
    beyond = (found.vertices @ directions).max(axis=0) - (np.array(generated, dtype=float) @ directions).max(
        axis=0
    )
    return bool(beyond.max() <= 4 * float(room))
