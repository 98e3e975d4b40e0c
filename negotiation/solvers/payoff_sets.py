"""The set of average payoffs that subgame-perfect equilibria of a repeated game can give.

Pure actions, perfect monitoring and public randomisation; two players, who may discount differently. It is the
largest set that generates itself (`negotiation.solvers.self_generation`).
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_between, check_class, check_count, refusal
from negotiation._kernels.cutting import fall_apart
from negotiation._kernels.polygon import ROUNDING
from negotiation._kernels.settling import RESOLUTION, fall, finish
from negotiation.games.automaton import Automaton
from negotiation.games.repeated import RepeatedGame
from negotiation.games.stage import StageGame
from negotiation.solvers.playing import vertex_automaton
from negotiation.solvers.polygon import Points, distance_to, nash_point
from negotiation.solvers.self_generation import TOLERANCE, rescale
from negotiation.solvers.solution import Status

OWNER = "payoff_set"
COARSEST = 0.01
"""Largest tolerance: a set whose details are ten times as large says nothing."""
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

    def nash_point(self, disagreement: ArrayLike | None = None) -> Points:
        """Return the Nash bargaining solution over the set, shape (2,): the largest product of both gains.

        Parameters
        ----------
        disagreement : array_like, shape (2,), optional
            What the players get without an agreement; the threat point when left out.

        Raises
        ------
        ArgumentError
            If the set holds no point at which both players get at least their disagreement payoff.

        Notes
        -----
        [Nas50]_, in closed form on each edge. Where only one player can gain, the point that is best for that
        player is taken.

        References
        ----------
        .. [Nas50] J. F. Nash (1950), The bargaining problem, Econometrica 18, 155-162.
        """
        owner, scale = "PayoffSet.nash_point", rescale(self.repeated)
        if self.threat is None:
            raise refusal("self", owner, "hold a point", "the empty set")
        given = self.threat if disagreement is None else check_array("disagreement", owner, disagreement)
        if given.shape != (2,):
            raise refusal("disagreement", owner, "hold two payoffs", given.shape)
        point = nash_point(scale.inward(self.vertices), scale.inward(given), RESOLUTION * self.tolerance)
        if point is None:
            raise refusal("disagreement", owner, "leave a point of the set to both", given.tolist())
        return _read_only(scale.outward(point))

    def automaton(self, point: ArrayLike) -> Automaton:
        """Build a strategy profile that is an equilibrium and earns given payoffs, with public lotteries.

        Parameters
        ----------
        point : array_like, shape (2,)
            Average payoffs in the set.

        Returns
        -------
        Automaton
            A phase a vertex; `negotiation.one_shot` judges it, and its `start` is the point.

        Raises
        ------
        ArgumentError
            If the point does not lie in the set, or the set is not settled.

        Notes
        -----
        Each vertex is the payoffs of its profile followed by its promise, and a promise the mean of a lottery
        over vertices, as in [APS90]_. Each deviation leads to the vertex that is worst for the deviator.

        References
        ----------
        .. [APS90] D. Abreu, D. Pearce and E. Stacchetti (1990), Toward a theory of discounted repeated games
           with imperfect monitoring, Econometrica 58, 1041-1063.
        """
        owner, scale = "PayoffSet.automaton", rescale(self.repeated)
        if self.status is not Status.CONVERGED:
            raise refusal("self", owner, "have converged", self.status.value)
        if not self.contains(point):
            raise refusal("point", owner, "lie in the set", point, "Its vertices are in `vertices`.")
        vertices, promises = scale.inward(self.vertices), scale.inward(self.continuations)
        target = scale.inward(np.asarray(point, dtype=np.float64))
        return vertex_automaton(self.repeated.stage, vertices, self.profiles, promises, target)

    def __str__(self) -> str:
        stage = self.repeated.stage
        first, second = self.repeated.deltas
        deltas = f"{first:g}" if first == second else f"{first:g}, {second:g}"
        head = (
            f"Equilibrium payoffs at delta = {deltas}: {SHAPES[self.dimension]}; "
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
        A game of two players; they may discount differently.
    tolerance : float, default 1e-10
        As a share of each player's range of stage payoffs: the iteration stops once a step moves the set by no
        more than (1 - delta) times this, and an incentive that is violated by no more than that counts as met,
        so that a discount factor that is exactly critical supports what it is critical for. With unequal
        discount factors delta is the larger one, a step is measured as a Hausdorff distance, and incentives are
        met up to rounding only.
    max_iterations : int, default 100_000
        Largest number of steps.

    Returns
    -------
    PayoffSet
        The set, with the profile and the promise that support each vertex. Its status is `Status.ROUNDED`, and
        the set not to be relied on, where (1 - delta) times the tolerance is below the rounding of floats.

    Raises
    ------
    ArgumentError
        If the game does not have two players, or the tolerance does not lie between 0 and `COARSEST`.

    Notes
    -----
    The operator of [AS14]_ in place of B: a profile whose own payoffs meet its incentive constraints gives just
    these payoffs, any other profile at most four points, at which a constraint binds. Both operators are
    monotone, and have the payoff set as their largest fixed point. Iteration starts from all feasible payoffs
    and the pure minmax payoffs as threats, and the sets fall. It departs from the paper in two ways. A profile
    that cannot be supported once is dropped for good. When the same constraints have been active in two steps,
    the vertices that they reproduce are found by Newton's method, and taken over if three tests are passed: on
    the way from the last set to this limit the vertices move at nearly the speed of a linear system; shortly
    before the limit, and wherever a profile may have begun to bind on the way, the operator moves the set by
    these constraints alone; and the operator reproduces the limit, which makes each of its points an
    equilibrium. Otherwise the iteration goes on, from where the constraints change. A step costs O(m log k) for
    m profiles that are left and k vertices.

    That operator needs a common discount factor. With unequal ones B itself is iterated, from the box of all
    payoffs, for the set may hold more than the payoffs of the stage game can average to, [LP99]_. Its vertices may
    accumulate, where rounding is magnified: a slack x in an incentive can move the set by about x to the power
    log(larger factor) / log(smaller factor). Incentives are therefore met there up to rounding only, some 4e-14,
    and `Status.CONVERGED` bounds the last step and not the distance to the true set. Edges that matter less than a
    tenth of a step are dropped from outside.

    References
    ----------
    .. [AS14] D. Abreu and Y. Sannikov (2014), An algorithm for two-player repeated games with perfect
       monitoring, Theoretical Economics 9, 313-338.
    .. [LP99] E. Lehrer and A. Pauzner (1999), Repeated games with differential time preferences, Econometrica
       67, 393-412.

    Examples
    --------
    >>> from negotiation.games import StageGame
    >>> dilemma = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> payoff_set(RepeatedGame(dilemma, 0.25)).vertices.round(6).tolist()
    [[3.0, 3.0], [9.75, 3.0], [9.0, 9.0], [3.0, 9.75]]
    """
    check_class("repeated", OWNER, repeated, RepeatedGame)
    if repeated.stage.num_players != 2:
        raise refusal("repeated", OWNER, "have two players", repeated.stage.num_players)
    margin = check_between("tolerance", OWNER, tolerance, 0, COARSEST, open_ends=True)
    most = check_count("max_iterations", OWNER, max_iterations)
    scale, first, second = rescale(repeated), float(repeated.deltas[0]), float(repeated.deltas[1])
    patience = max(first, second)
    step = max(margin * (1 - patience), ROUNDING)
    if first == second:
        layer, iterations, residual = fall(scale.profiles, scale.minmax, first, step, margin, most)
    else:
        layer, iterations, residual = fall_apart(
            scale.profiles, scale.minmax, repeated.deltas, step, max(step / RESOLUTION, ROUNDING), most
        )
    vertices, promises, threat, profiles = finish(
        layer, scale.low, scale.spread, RESOLUTION * margin, repeated.stage.shape[1]
    )
    return PayoffSet(
        repeated,
        _read_only(vertices),
        _status(patience, margin, residual, step),
        iterations,
        residual,
        margin,
        _read_only(threat) if len(vertices) else None,
        tuple([(row, column) for row, column in profiles.tolist()]),
        _read_only(promises),
    )


def _status(delta: float, margin: float, residual: float, step: float) -> Status:
    if margin * (1 - delta) < ROUNDING:
        return Status.ROUNDED
    return Status.CONVERGED if residual <= step else Status.MAX_ITERATIONS


def _read_only(array: Points) -> Points:
    array.setflags(write=False)
    return array


def _numbers(pair: NDArray[np.float64], least: float) -> tuple[str, ...]:
    return tuple(f"{number if abs(number) > least else 0:.6g}" for number in pair)


def _played(stage: StageGame, profile: tuple[int, int]) -> list[str]:
    return [names[action] for names, action in zip(stage.actions, profile, strict=True)]
