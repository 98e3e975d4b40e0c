"""Bounds on the equilibrium payoffs of repeated games with any number of players: a set outside, a set inside.

Pure actions, perfect monitoring and public randomisation. For two players `payoff_set` has the exact answer.
"""

from dataclasses import dataclass
from itertools import product
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_between, check_class, check_count, refusal
from negotiation._kernels.levels import beyond, inner_step, outer_step, supporter
from negotiation.games.repeated import RepeatedGame
from negotiation.solvers.deviation import exact_best_deviation_payoffs
from negotiation.solvers.minmax import pure_minmax
from negotiation.solvers.solution import Status

OWNER = "payoff_bounds"
TOLERANCE = 1e-7
"""Default tolerance, as a share of each player's range: linear programmes in floats are good to 1e-10 or so."""
SHRINKING = (0.0, 1e-6, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.4)
"""Shares by which the outer points are drawn to their mean, in search of a set that generates itself."""
MOST_PROGRAMMES = 200_000
"""Largest number of linear programmes a step: directions times action profiles."""
SETTLED = 0.1
"""Share of the tolerance that points which support one another may still move."""
TILT = 1e-7
"""By how much directions are tilted, so that of several best points the same one is found in every step."""
Array = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class PayoffBounds:
    """What is known of the subgame-perfect equilibrium payoffs of a repeated game of n players.

    Parameters
    ----------
    repeated : RepeatedGame
        The game.
    directions : array, shape (l, n)
        Unit vectors, in units of each player's range of stage payoffs.
    outer : array, shape (l,)
        The average payoffs v of any equilibrium have directions @ ((v - low) / range) <= outer; minus infinity
        when there is no equilibrium.
    inner : array, shape (k, n)
        Points, in the unit of the payoffs, whose hull has been tested to generate itself: each of its points is
        the payoffs of an equilibrium, up to the tolerance. None may have been found.
    profiles : tuple of tuples of int, one a point
        The action profile played first at each inner point.
    gap : float
        An upper bound of the Hausdorff distance between the two sets, in units of each player's range; infinite
        when no inner set was found and the outer one is not empty.
    level_gap : float
        The largest distance in one of the directions: a lower bound of that distance.
    status : Status
        Whether both iterations have converged; the two sets are bounds in any case.
    iterations : int
        Steps of the outer and the inner iteration together.
    tolerance : float
        As asked for.
    """

    repeated: RepeatedGame
    directions: Array
    outer: Array
    inner: Array
    profiles: tuple[tuple[int, ...], ...]
    gap: float
    level_gap: float
    status: Status
    iterations: int
    tolerance: float

    @property
    def is_empty(self) -> bool:
        """Whether it is certain that there is no pure-action equilibrium."""
        return bool(np.any(self.outer == -np.inf))

    def excludes(self, point: ArrayLike) -> bool:
        """Return whether average payoffs, shape (n,), lie outside the outer set by more than the tolerance."""
        place = _inward(self.repeated, _checked_point("PayoffBounds.excludes", point, self.repeated))
        return bool(np.any(self.directions @ place > self.outer + self.tolerance))

    def contains(self, point: ArrayLike) -> bool:
        """Return whether average payoffs, shape (n,), lie in the inner set, up to the tolerance."""
        place = _inward(self.repeated, _checked_point("PayoffBounds.contains", point, self.repeated))
        points = _inward(self.repeated, self.inner)
        return len(points) > 0 and bool(beyond(points, place) <= self.tolerance)


def payoff_bounds(
    repeated: RepeatedGame, *, resolution: int = 2, tolerance: float = TOLERANCE, max_iterations: int = 2000
) -> PayoffBounds:
    """Bound the payoffs of all pure-action subgame-perfect equilibria from outside and from inside.

    Parameters
    ----------
    repeated : RepeatedGame
        A game of two or more players, who may discount differently.
    resolution : int, default 2
        The directions run to all points of a grid on the surface of a cube, from -resolution to resolution along
        each axis: 98 of them for three players at 2, 218 at 3.
    tolerance : float, default 1e-7
        The iterations stop once no level moves by more than (1 - delta) times this share of a player's range; an
        incentive violated by no more than that counts as met.
    max_iterations : int, default 2000
        Largest number of steps of either iteration.

    Returns
    -------
    PayoffBounds

    Raises
    ------
    ArgumentError
        If a step would take more than `MOST_PROGRAMMES` linear programmes.

    Notes
    -----
    The outer and inner approximations of [JYC03]_, with convex sets from public randomisation. The levels of
    the outer set fall from all feasible payoffs. The points at which the last ones are attained then support
    one another until they no longer move. The inner set starts from these points, drawn to their mean by the
    first share in `SHRINKING` at which each point is seen to be supported by one profile and a promise from the
    set itself, and from what stage equilibria support as threats; from that alone if no share will do. It is
    tested after each step in which it grows; since the operator is monotone, it keeps generating itself. The bound
    `gap` holds for all directions: between those of the grid both support functions are Lipschitz.

    References
    ----------
    .. [JYC03] K. L. Judd, S. Yeltekin and J. Conklin (2003), Computing supergame equilibria, Econometrica 71,
       1239-1254.

    Examples
    --------
    >>> from negotiation.games import StageGame
    >>> dilemma = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> bounds = payoff_bounds(RepeatedGame(dilemma, 0.5))
    >>> bounds.contains((9, 9)), bounds.excludes((9.5, 9.5))
    (True, True)
    """
    check_class("repeated", OWNER, repeated, RepeatedGame)
    stage = repeated.stage
    margin = check_between("tolerance", OWNER, tolerance, 0, 1, open_ends=True)
    most = check_count("max_iterations", OWNER, max_iterations)
    steps = check_count("resolution", OWNER, resolution)
    count = (2 * steps + 1) ** stage.num_players - (2 * steps - 1) ** stage.num_players
    profiles = int(np.prod(stage.shape))
    if count * profiles > MOST_PROGRAMMES:
        rule = f"ask for at most {MOST_PROGRAMMES:,} linear programmes a step"
        raise refusal("resolution", OWNER, rule, f"{resolution}: {count * profiles:,}")
    grid = _grid(stage.num_players, steps)
    directions = grid / np.linalg.norm(grid, axis=1, keepdims=True)
    table, minmax = _table(repeated)
    slack = margin * (1 - repeated.deltas.max())
    outer, points, fallen, first = _fall(table, minmax, directions, repeated.deltas, slack, most)
    inner, grown, second = _grow(table, directions, points, repeated.deltas, slack, margin, most)
    supporters = [_supporter(table, inner, point, repeated.deltas, slack)[0] for point in inner]
    gap, level_gap = _gaps(grid, directions, outer, inner, steps)
    for array in (directions, outer):
        array.setflags(write=False)
    return PayoffBounds(
        repeated,
        directions,
        outer,
        _outward(repeated, inner),
        tuple(tuple(int(i) for i in np.unravel_index(a, stage.shape)) for a in supporters),
        gap,
        level_gap,
        Status.CONVERGED if fallen and grown else Status.MAX_ITERATIONS,
        first + second,
        margin,
    )


def _grid(num_players: int, steps: int) -> Array:
    """List the whole points on the surface of a cube, the axes first: upwards, then downwards."""
    axes = steps * np.eye(num_players)
    cube = product(range(-steps, steps + 1), repeat=num_players)
    rest = [point for point in cube if max(map(abs, point)) == steps and np.count_nonzero(point) > 1]
    return np.concatenate((axes, -axes, np.array(rest, dtype=np.float64).reshape(-1, num_players)))


def _range(repeated: RepeatedGame) -> tuple[Array, Array]:
    payoffs = repeated.stage.payoffs.reshape(-1, repeated.stage.num_players)
    spread = np.ptp(payoffs, axis=0)
    return payoffs.min(axis=0), np.where(spread > 0, spread, 1.0)


def _inward(repeated: RepeatedGame, points: Array) -> Array:
    low, spread = _range(repeated)
    return (points - low) / spread


def _outward(repeated: RepeatedGame, points: Array) -> Array:
    low, spread = _range(repeated)
    outward = low + spread * points
    outward.setflags(write=False)
    return outward


def _table(repeated: RepeatedGame) -> tuple[Array, Array]:
    """Measure payoffs in each player's range: one profile a row with what its promise asks for; and minmax."""
    stage, deltas = repeated.stage, repeated.deltas
    axes = tuple(range(stage.num_players))
    low = stage.exact_payoffs.min(axis=axes)
    spread = stage.exact_payoffs.max(axis=axes) - low
    spread[spread == 0] = 1
    payoffs = ((stage.exact_payoffs - low) / spread).astype(np.float64)
    temptations = ((exact_best_deviation_payoffs(stage) - stage.exact_payoffs) / spread).astype(np.float64)
    table = np.concatenate((payoffs, (1 - deltas) / deltas * temptations), axis=-1)
    minmax = ((np.array(pure_minmax(stage).exact_values) - low) / spread).astype(np.float64)
    return np.ascontiguousarray(table.reshape(-1, 2 * stage.num_players)), minmax


def _fall(
    table: Array, minmax: Array, directions: Array, deltas: Array, slack: float, most: int
) -> tuple[Array, Array, bool, int]:
    """Lower the outer levels until they settle: levels, points that attain them, whether they did, and steps."""
    n = len(deltas)
    common = np.ptp(deltas) == 0
    corners = (
        table[:, :n] if common else np.array(list(product(*zip(np.zeros(n), table[:, :n].max(0), strict=True))))
    )
    levels, points = (corners @ directions.T).max(axis=0), np.empty((0, n))
    threat = np.maximum(minmax, -levels[n : 2 * n])
    starts = np.tile(np.arange(n) + np.where(directions >= 0, 0, n), (len(table), 1, 1))
    for step in range(1, most + 1):
        following, points = outer_step(table, directions, levels, threat, deltas, slack, starts)
        following = np.minimum(following, levels)
        moved = np.max(levels - following)
        levels = following
        if moved == np.inf:
            return np.full(len(levels), -np.inf), points[:0], True, step
        if moved <= slack:
            return levels, points, True, step
        threat = np.maximum(threat, -levels[n : 2 * n])
    return levels, points, False, most


def _supporter(table: Array, points: Array, place: Array, deltas: Array, slack: float) -> tuple[int, float]:
    found: tuple[int, float] = supporter(table, points, place, points.min(axis=0), deltas, slack)
    return found


def _generates_itself(table: Array, points: Array, deltas: Array, slack: float, margin: float) -> bool:
    missed = (_supporter(table, points, place, deltas, slack)[1] for place in points)
    return all(each <= margin * (1 - deltas.max()) for each in missed)


def _grow(
    table: Array, directions: Array, outer_points: Array, deltas: Array, slack: float, margin: float, most: int
) -> tuple[Array, bool, int]:
    """Find an inner set: its points, whether it has stopped growing, and the number of steps."""
    tilted = directions + TILT * np.sqrt(np.arange(2, 2 + len(deltas)))
    fallen = _fallen(table, tilted, outer_points, deltas, slack, most)
    points = _start(table, fallen, deltas, slack, margin)
    levels = np.full(len(directions), -np.inf)
    if len(points) == 0:
        return points, True, 0
    for step in range(1, most + 1):
        following, attained = inner_step(table, tilted, points, points.min(axis=0), deltas, 0.0)
        attained = _distinct(attained[following > -np.inf])
        kept = [place for place in points if len(attained) == 0 or beyond(attained, place) > slack]
        grown = np.concatenate((attained, np.reshape(kept, (-1, len(deltas)))))
        if not _generates_itself(table, grown, deltas, slack, margin):
            return points, False, step
        moved = np.max(following - levels)
        points, levels = grown, following
        if moved <= slack:
            return points, True, step
    return points, False, most


def _fallen(table: Array, directions: Array, points: Array, deltas: Array, slack: float, most: int) -> Array:
    """Let the points that attain the levels support one another until they no longer move."""
    levels = np.full(len(directions), np.inf)
    for _ in range(most):
        if len(points) == 0:
            break
        threat = points.min(axis=0)
        following, attained = inner_step(table, directions, _distinct(points), threat, deltas, slack / 2)
        points = attained[following > -np.inf]
        moved = np.max(np.abs(following - levels))
        levels = following
        if not moved > slack * SETTLED:
            break
    return points


def _start(table: Array, outer_points: Array, deltas: Array, slack: float, margin: float) -> Array:
    grim = _under_grim(table)
    if len(outer_points):
        centre = outer_points.mean(axis=0)
        for share in SHRINKING:
            points = _distinct(np.concatenate((outer_points + share * (centre - outer_points), grim)))
            if _generates_itself(table, points, deltas, slack, margin):
                return points
    return grim


def _under_grim(table: Array) -> Array:
    """List the payoffs of stage equilibria, and of profiles that are kept up by the threat of the worst ones."""
    n = table.shape[1] // 2
    equilibria = table[(table[:, n:] == 0).all(axis=1), :n]
    if len(equilibria) == 0:
        return equilibria
    free = (table[:, :n] >= equilibria.min(axis=0) + table[:, n:]).all(axis=1)
    return _distinct(table[free, :n])


def _distinct(points: Array) -> Array:
    places = np.unique(np.rint(points * 2.0**40), axis=0, return_index=True)[1]
    return np.ascontiguousarray(points[np.sort(places)])


def _gaps(grid: Array, directions: Array, outer: Array, inner: Array, steps: int) -> tuple[float, float]:
    """Bound the Hausdorff distance from above, for all directions, and from below, by those of the grid."""
    n = grid.shape[1]
    if outer[0] == -np.inf:
        return 0.0, 0.0
    if len(inner) == 0:
        return np.inf, np.inf
    apart = outer - (inner @ directions.T).max(axis=0)
    high, low = outer[:n], -outer[n : 2 * n]
    centre = (high + low) / 2
    reach = np.linalg.norm(high - centre) + np.linalg.norm(inner - centre, axis=1).max()
    between = np.sqrt(n - 1) / 2
    lengths = np.linalg.norm(grid, axis=1)
    bound = (lengths * apart + between * reach) / np.maximum(steps, lengths - between)
    return float(bound.max()), float(max(apart.max(), 0.0))


def _checked_point(owner: str, point: ArrayLike, repeated: RepeatedGame) -> Array:
    place = check_array("point", owner, point)
    if place.shape != (repeated.stage.num_players,):
        raise refusal("point", owner, f"hold {repeated.stage.num_players} payoffs", place.shape)
    return place
