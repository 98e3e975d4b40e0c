"""The set of average payoffs that subgame-perfect equilibria of a repeated game can give.

Pure actions, perfect monitoring and public randomisation; two players with a common discount factor. It is
the largest set that generates itself (`negotiation.solvers.self_generation`).
"""

from dataclasses import dataclass, replace
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_count, check_number, refusal
from negotiation.games.repeated import RepeatedGame
from negotiation.games.stage import StageGame
from negotiation.solvers.polygon import (
    Points,
    convex_hull,
    distance,
    distance_to,
    hull_indices,
    section,
    thin_out,
)
from negotiation.solvers.self_generation import TOLERANCE, Rescaled, rescale
from negotiation.solvers.solution import Status, iterate

OWNER = "payoff_set"
KINDS = 5
"""Ways in which a profile supports a vertex: its own payoffs, and two ends of a cut for either constraint."""
WINDOW = 8
"""Iterates with the same active constraints after which their limit is extrapolated: six slow modes."""
ROUNDING = 1e-14
"""No smaller step is asked for, near delta = 1: the rounding error of one step on payoffs between 0 and 1."""
RESOLUTION = 10.0
"""Details of the answer smaller than this many tolerances are dropped, and count as inside."""
SHAPES = {-1: "no payoffs: no pure-action equilibrium", 0: "one point", 1: "a segment", 2: "a polygon"}


@final
@dataclass(frozen=True, eq=False)
class PayoffSet:
    """The subgame-perfect equilibrium payoffs of a repeated game, as a convex polygon.

    Parameters
    ----------
    repeated : RepeatedGame
        The game.
    vertices : array, shape (k, 2)
        Average payoffs, counter-clockwise; none, one and two vertices are the empty set, a point, a segment.
    status : Status
        Whether the iteration has converged or was cut off; a set that was cut off is too large.
    iterations : int
        Number of steps.
    residual : float
        How far the last step moved the set, as a share of each player's range of stage payoffs.
    tolerance : float
        The relative tolerance that was asked for.
    threat : array, shape (2,), or None
        The worst equilibrium payoff of each player; None when there is no equilibrium.
    profiles : tuple of (int, int), one a vertex
        The action profile that is played first at each vertex.
    continuations : array, shape (k, 2)
        The average payoffs that are promised from the second round on at each vertex.
    """

    repeated: RepeatedGame
    vertices: Points
    status: Status
    iterations: int
    residual: float
    tolerance: float
    threat: NDArray[np.float64] | None
    profiles: tuple[tuple[int, int], ...]
    continuations: Points

    @property
    def is_empty(self) -> bool:
        """Whether no pure-action equilibrium exists."""
        return len(self.vertices) == 0

    @property
    def dimension(self) -> int:
        """-1 for the empty set, 0 for a point, 1 for a segment, 2 for a polygon with an interior."""
        return min(len(self.vertices) - 1, 2)

    def contains(self, point: ArrayLike) -> bool:
        """Return whether average payoffs lie in the set, up to ten tolerances of the payoff ranges.

        Parameters
        ----------
        point : array_like, shape (2,)
            Average payoffs.
        """
        place = check_array("point", "PayoffSet.contains", point)
        if place.shape != (2,):
            raise refusal("point", "PayoffSet.contains", "hold two payoffs", place.shape)
        scale = rescale(self.repeated)
        outside = distance_to(scale.inward(self.vertices), scale.inward(place[np.newaxis]))
        return bool(outside[0] <= RESOLUTION * self.tolerance)

    def best(self, player: int) -> float:
        """Return the highest payoff of a player in the set; minus infinity when the set is empty."""
        return float(self.vertices[:, player].max(initial=-np.inf))

    def pareto_frontier(self) -> Points:
        """Return the vertices, shape (m, 2), from player 0's best to player 1's best that nothing improves on."""
        if self.is_empty:
            return self.vertices
        shares = rescale(self.repeated).inward(self.vertices)
        first, second = np.rint(shares / (RESOLUTION * self.tolerance)).T
        start, end = np.lexsort((second, first))[-1], np.lexsort((first, second))[-1]
        count = (end - start) % len(self.vertices) + 1
        return np.roll(self.vertices, -start, axis=0)[:count]

    def __str__(self) -> str:
        stage = self.repeated.stage
        head = (
            f"Equilibrium payoffs at delta = {self.repeated.delta:g}: {SHAPES[self.dimension]}; "
            f"{self.status.value} ({self.iterations} steps)"
        )
        least = self.tolerance * np.abs(stage.payoffs).max()
        rows = [
            (*_numbers(vertex, least), ", ".join(_played(stage, profile)), ", ".join(_numbers(promise, least)))
            for vertex, profile, promise in zip(self.vertices, self.profiles, self.continuations, strict=True)
        ]
        table = [(*stage.players, "played first", "then on average"), *rows] if rows else []
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in table]
        return "\n".join([head, *lines])


def payoff_set(
    repeated: RepeatedGame, *, tolerance: float = TOLERANCE, max_iterations: int = 100_000
) -> PayoffSet:
    """Compute the average payoffs of all pure-action subgame-perfect equilibria with public randomisation.

    Parameters
    ----------
    repeated : RepeatedGame
        A game of two players with a common discount factor.
    tolerance : float, default 1e-10
        As a share of each player's range of stage payoffs: the iteration stops once a step moves the set by no
        more than (1 - delta) times this, and an incentive that is violated by no more than this counts as met,
        so that a discount factor that is exactly critical supports what it is critical for.
    max_iterations : int, default 100_000
        Largest number of steps.

    Returns
    -------
    PayoffSet
        The set, with the profile and the promise that support each vertex.

    Raises
    ------
    ArgumentError
        If the game does not have two players, or they discount differently.

    Notes
    -----
    The operator of [AS14]_ in place of B: a profile whose own payoffs meet its incentive constraints gives just
    these payoffs, any other profile at most four points, at which a constraint binds. Both operators are
    monotone, and have the payoff set as their largest fixed point. Iteration starts from all feasible payoffs
    and the pure minmax payoffs as threats, and the sets fall. It departs from the paper in two ways. A profile
    that cannot be supported once is dropped for good. When the same constraints have been active for `WINDOW`
    steps the limit is guessed by reduced rank extrapolation, [Sid15]_, and taken over only if it lies in the
    last set and the operator reproduces it; otherwise the iteration goes on. A step costs O(m k) for m profiles
    that are left and k vertices.

    References
    ----------
    .. [AS14] D. Abreu and Y. Sannikov (2014), An algorithm for two-player repeated games with perfect
       monitoring, Theoretical Economics 9, 313-338.
    .. [Sid15] A. Sidi (2015), Minimal polynomial and reduced rank extrapolation methods are related,
       arXiv:1503.02552.

    Examples
    --------
    >>> from negotiation.games import StageGame
    >>> dilemma = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> payoff_set(RepeatedGame(dilemma, 0.25)).vertices.round(6).tolist()
    [[3.0, 3.0], [9.75, 3.0], [9.0, 9.0], [3.0, 9.75]]
    """
    if repeated.stage.num_players != 2:
        raise refusal("repeated", OWNER, "have two players", repeated.stage.num_players)
    if np.ptp(repeated.deltas) > 0:
        rule = "have a common discount factor"
        raise refusal("repeated", OWNER, rule, repeated.deltas.tolist())
    margin = check_number("tolerance", OWNER, tolerance)
    if margin <= 0:
        raise refusal("tolerance", OWNER, "be positive", tolerance)
    scale = rescale(repeated)
    solution = iterate(
        lambda layer: _advance(scale, layer, margin),
        _first_layer(scale),
        distance=_moved,
        tolerance=max(margin * (1 - repeated.delta), ROUNDING),
        max_iterations=check_count("max_iterations", OWNER, max_iterations),
    )
    layer = solution.value
    kept = thin_out(layer.vertices, RESOLUTION * margin)
    rows, columns = np.unravel_index(layer.sources[kept] // KINDS, repeated.stage.shape)
    vertices = _read_only(scale.outward(layer.vertices[kept]))
    return PayoffSet(
        repeated,
        vertices,
        solution.status,
        solution.iterations,
        solution.residual,
        margin,
        _read_only(vertices.min(axis=0)) if len(vertices) else None,
        tuple(zip(rows.tolist(), columns.tolist(), strict=True)),
        _read_only(scale.outward(layer.continuations[kept])),
    )


@dataclass(frozen=True, eq=False)
class _Layer:
    """One set of the falling sequence.

    `sources` tells for each vertex the profile, times `KINDS`, plus the way in which it supports the vertex;
    `active` lists the profiles that could still be supported; `history` holds the vertices of the last sets
    that had the same sources.
    """

    vertices: Points
    threat: NDArray[np.float64]
    active: NDArray[np.int64]
    sources: NDArray[np.int64]
    continuations: Points
    history: tuple[Points, ...]


def _first_layer(scale: Rescaled) -> _Layer:
    corners = hull_indices(scale.payoffs)
    vertices, active = scale.payoffs[corners], np.arange(len(scale.payoffs))
    return _Layer(vertices, scale.minmax, active, KINDS * corners, vertices, ())


def _advance(scale: Rescaled, layer: _Layer, margin: float) -> _Layer:
    following = _supported(scale, layer, margin)
    settled = np.array_equal(following.sources, layer.sources)
    history = (*(layer.history if settled else ()), following.vertices)
    if len(history) < WINDOW or len(following.vertices) == 0:
        return replace(following, history=history)
    limit = convex_hull(_extrapolated(np.array(history).reshape(WINDOW, -1)).reshape(-1, 2))
    inside = distance_to(following.vertices, limit).max() <= margin
    guess = _supported(scale, replace(following, vertices=limit, threat=limit.min(axis=0)), margin)
    reproduced = distance(guess.vertices, limit) <= margin
    return guess if inside and reproduced else replace(following, history=history[-1:])


def _extrapolated(history: Points) -> NDArray[np.float64]:
    steps = np.diff(history, axis=0)
    weights = np.linalg.lstsq(np.diff(steps, axis=0).T, -steps[0])[0]
    limit: NDArray[np.float64] = history[0] + weights @ steps[:-1]
    return limit


def _supported(scale: Rescaled, layer: _Layer, margin: float) -> _Layer:
    """Apply the operator of Abreu and Sannikov once."""
    if len(layer.vertices) == 0:
        return layer
    payoffs = scale.payoffs[layer.active]
    needed = layer.threat + scale.required[layer.active]
    free = np.all(payoffs >= needed - margin, axis=1, keepdims=True)
    binding = [_binding(layer.vertices, needed, axis, margin) for axis in range(2)]
    promises = np.concatenate([payoffs[:, np.newaxis], *(ends for ends, _ in binding)], axis=1)
    met = np.concatenate([free, *(np.repeat(~free & possible, 2, axis=1) for _, possible in binding)], axis=1)
    points = scale.averaged(payoffs[:, np.newaxis], promises)[met]
    corners = hull_indices(points)
    vertices = points[corners]
    return _Layer(
        vertices,
        vertices.min(axis=0, initial=np.inf),
        layer.active[met.any(axis=1)],
        (KINDS * layer.active[:, np.newaxis] + np.arange(KINDS))[met][corners],
        promises[met][corners],
        (),
    )


def _binding(polygon: Points, needed: Points, axis: int, margin: float) -> tuple[Points, NDArray[np.bool_]]:
    """Find the promises at which the constraint of one player binds: two a profile, and whether they exist."""
    bottom, top = polygon[:, axis].min(), polygon[:, axis].max()
    places = needed[:, axis].clip(bottom, top)
    low, high = section(polygon, axis, places, margin)
    least = needed[:, 1 - axis]
    ends = np.empty((len(needed), 2, 2))
    ends[..., axis] = places[:, np.newaxis]
    ends[..., 1 - axis] = np.stack([least.clip(low, high), high], axis=1)
    possible = (needed[:, axis] <= top + margin) & (least <= high + margin)
    return ends, possible[:, np.newaxis]


def _moved(previous: _Layer, following: _Layer) -> float:
    if np.array_equal(previous.sources, following.sources):
        return float(np.abs(previous.vertices - following.vertices).max(initial=0.0))
    return distance(previous.vertices, following.vertices)


def _read_only(array: Points) -> Points:
    array.setflags(write=False)
    return array


def _numbers(pair: NDArray[np.float64], least: float) -> tuple[str, ...]:
    return tuple(f"{number if abs(number) > least else 0:.6g}" for number in pair)


def _played(stage: StageGame, profile: tuple[int, int]) -> list[str]:
    return [names[action] for names, action in zip(stage.actions, profile, strict=True)]
