"""The average payoffs that subgame-perfect equilibria of a stochastic game can give from each state on.

Pure actions, perfect monitoring of states and actions, public randomisation, no transfers, two players. The sets
of all states together are the largest ones that generate themselves.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_class, check_count, check_number, refusal
from negotiation._kernels.polygon import thin_out
from negotiation._kernels.state_fall import fall
from negotiation._kernels.state_polygons import Game
from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.policy_values import Measured, Profile
from negotiation.solvers.polygon import Points, distance_to
from negotiation.solvers.promises import split_promise
from negotiation.solvers.solution import Status

OWNER = "state_payoff_sets"
TOLERANCE = 1e-12
"""Default relative tolerance: far above rounding, far below anything that payoffs mean."""
ROUNDING = 4e-15
"""What rounding can do to a payoff in one step, on payoffs between 0 and 1."""
RESOLUTION = 10.0
"""Details of the answer smaller than this many tolerances are dropped, and count as inside."""
SHARE = 0.25
"""Details of an iterate are dropped if they are smaller than this share of what incentives are given in a step."""
TWINS = 2.0**49
"""Profiles whose payoffs round to the same multiples of 1 / TWINS are compared, and the dominated ones dropped."""
SHAPES = ("no payoffs: no pure-action equilibrium", "one point", "a segment", "a polygon")


@final
@dataclass(frozen=True, eq=False)
class StatePayoffSets:
    """The subgame-perfect equilibrium payoffs of a stochastic game, one convex polygon a state.

    Parameters
    ----------
    game : StochasticGame
        The game.
    vertices : tuple of arrays, shape (k, 2), one a state
        Average payoffs from the state on, counter-clockwise; none, one and two vertices are the empty set, a point
        and a segment.
    status : Status
        Whether the iteration has converged, its limit was solved for, or it was cut off; sets that were cut off
        are too large.
    iterations : int
        Number of steps.
    residual : float
        How far the last step moved a set, as a share of each player's range of payoffs over all states.
    tolerance : float
        The relative tolerance that was asked for.
    threats : array, shape (S, 2)
        The worst equilibrium payoff of each player from each state on; infinite where there is no equilibrium.
    profiles : tuple of tuples of (int, int)
        ``profiles[s][k]`` is the action profile that is played first at vertex k of state s.
    continuations : tuple of arrays, shape (k, 2), one a state
        The average payoffs that are promised in expectation from the next period on at each vertex.
    """

    game: StochasticGame
    vertices: tuple[Points, ...]
    status: Status
    iterations: int
    residual: float
    tolerance: float
    threats: NDArray[np.float64]
    profiles: tuple[tuple[Profile, ...], ...]
    continuations: tuple[Points, ...]

    def of(self, state: str | int) -> Points:
        """Return the vertices, shape (k, 2), of a state given by name or by number."""
        return self.vertices[self.game.state(state)]

    def dimension(self, state: str | int) -> int:
        """Return -1 for the empty set, 0 for a point, 1 for a segment, 2 for a polygon with an interior."""
        return min(len(self.of(state)) - 1, 2)

    def best(self, state: str | int, player: int) -> float:
        """Return the highest payoff of a player from a state on; minus infinity where there is no equilibrium."""
        return float(self.of(state)[:, player].max(initial=-np.inf))

    def contains(self, state: str | int, point: ArrayLike) -> bool:
        """Return whether average payoffs lie in the set of a state, up to ten tolerances of the payoff ranges.

        Parameters
        ----------
        state : str or int
            A state, by name or number.
        point : array_like, shape (2,)
            Average payoffs.
        """
        place = check_array("point", "StatePayoffSets.contains", point)
        if place.shape != (2,):
            raise refusal("point", "StatePayoffSets.contains", "hold two payoffs", place.shape)
        low, spread = _units(Measured(self.game))
        outside = distance_to((self.of(state) - low) / spread, ((place - low) / spread)[np.newaxis])
        return bool(outside[0] <= RESOLUTION * self.tolerance)

    def promises(self, state: str | int, vertex: int) -> Points:
        """Return what is promised at a vertex for each next state, shape (S, 2).

        Parameters
        ----------
        state : str or int
            A state, by name or number.
        vertex : int
            Number of the vertex in the state.

        Returns
        -------
        array, shape (S, 2)
            Average payoffs in the set of each next state, whose mean is the entry of `continuations`; not a number
            for states that the profile does not lead to.
        """
        s = self.game.state(state)
        chances = self.game.transitions[s][self.profiles[s][vertex]]
        following = np.flatnonzero(chances)
        low, spread = _units(Measured(self.game))
        polygons = [(self.vertices[t] - low) / spread for t in following]
        target = (self.continuations[s][vertex] - low) / spread
        kept = np.full((self.game.num_states, 2), np.nan)
        kept[following] = low + spread * split_promise(polygons, chances[following], target)
        return kept

    def __str__(self) -> str:
        game = self.game
        deltas = ", ".join(f"{delta:g}" for delta in sorted(set(game.deltas.tolist())))
        lines = [f"Equilibrium payoffs at delta = {deltas}; {self.status.value} ({self.iterations} steps)"]
        least = RESOLUTION * self.tolerance * max(np.abs(table).max() for table in game.payoffs)
        for s, (name, vertices) in enumerate(zip(game.states, self.vertices, strict=True)):
            lines.append(f"{name}: {SHAPES[min(len(vertices), 3)]}")
            for vertex, profile, after in zip(vertices, self.profiles[s], self.continuations[s], strict=True):
                played = ", ".join(names[a] for names, a in zip(game.actions[s], profile, strict=True))
                lines.append(f"  {_numbers(vertex, least)}: {played}, then {_numbers(after, least)}")
        return "\n".join(lines)


def state_payoff_sets(
    game: StochasticGame, *, tolerance: float = TOLERANCE, max_iterations: int = 100_000
) -> StatePayoffSets:
    """Compute the average payoffs of all pure-action subgame-perfect equilibria of a stochastic game.

    Parameters
    ----------
    game : StochasticGame
        A game of two players; they may discount differently.
    tolerance : float, default 1e-12
        As a share of each player's range of payoffs over all states: an incentive that is violated by no more than
        (1 - delta) times this counts as met, so that a discount factor that is exactly critical supports what it
        is critical for, and the iteration stops once no step moves a set by more. Where that is less than
        4e-15 / (1 - delta), what rounding may add up to, this is taken instead.
    max_iterations : int, default 100_000
        Largest number of steps.

    Returns
    -------
    StatePayoffSets
        The sets, with the profile and the promises that support each vertex.

    Raises
    ------
    ArgumentError
        If the game does not have two players, the tolerance is not positive, or the number of steps is not.

    Notes
    -----
    The operator of [APS90]_ on one set a state, as in [ABS20]_: the payoffs from a state on are the hull, over its
    action profiles, of today's payoffs averaged with a weighted mean of points of the sets of the next states,
    wherever each player gets at least as much as by the best deviation that is followed by the worst point of the
    next state. Sets are polygons: weighted means merge their edges by angle, incentives cut off a left and a lower
    part. Iteration starts from all payoffs between the lowest and the highest one, and the sets fall, so that they
    contain all equilibrium payoffs after every step. Early sets are simplified: edges are merged outward, by a
    small share of the least that a step has moved; details below rounding are dropped, by less than incentives are
    given. A step costs O(m k) for m profiles and k vertices, and about log(tolerance) / log(delta) steps are
    needed, unless the limit can be solved for: while it stays the same how vertices are made of those before, they
    are the solution of equations. It is taken over if it is its own image, and if sets around it, from the ones
    that have been reached down to itself, are mapped into themselves wherever that is tried. With a common
    discount factor the limit has finitely many vertices [ABS20]_; with different ones it may have many.

    A state without equilibrium has the empty set. What can lead there by one deviation is no equilibrium either.

    References
    ----------
    .. [APS90] D. Abreu, D. Pearce and E. Stacchetti (1990), Toward a theory of discounted repeated games with
       imperfect monitoring, Econometrica 58, 1041-1063.
    .. [ABS20] D. Abreu, B. Brooks and Y. Sannikov (2020), Algorithms for stochastic games with perfect monitoring,
       Econometrica 88.

    Examples
    --------
    A prisoner's dilemma that pays 2 more after a year in which somebody has cooperated.

    >>> dilemma = [[[1, 1], [-1, 2]], [[2, -1], [0, 0]]]
    >>> moves = [[[0, 1], [0, 1]], [[0, 1], [1, 0]]]
    >>> game = StochasticGame(
    ...     ["bad", "good"],
    ...     [dilemma, [[[3, 3], [1, 4]], [[4, 1], [2, 2]]]],
    ...     [moves, moves],
    ...     delta=0.4,
    ...     actions=[[["C", "D"]] * 2] * 2,
    ... )
    >>> print(state_payoff_sets(game))
    Equilibrium payoffs at delta = 0.4; the limit of all further steps, solved for and tested (16 steps)
    bad: a polygon
      0, 0: D, D, then 0, 0
      2.7, 0: D, C, then 3.75, 1.5
      1.8, 1.8: C, C, then 3, 3
      0, 2.7: C, D, then 1.5, 3.75
    good: a polygon
      1.2, 1.2: D, D, then 0, 0
      3.9, 1.2: D, C, then 3.75, 1.5
      3, 3: C, C, then 3, 3
      1.2, 3.9: C, D, then 1.5, 3.75
    """
    check_class("game", OWNER, game, StochasticGame)
    if game.num_players != 2:
        raise refusal("game", OWNER, "have two players", game.num_players)
    margin = check_number("tolerance", OWNER, tolerance)
    if margin <= 0:
        raise refusal("tolerance", OWNER, "be positive", tolerance)
    most = check_count("max_iterations", OWNER, max_iterations)
    measured, impatience = Measured(game), 1 - float(game.deltas.max())
    slack = max(margin * impatience, ROUNDING / impatience)
    arrays = game_arrays(measured, slack)
    points, ends, iterations, residual, settled = fall(arrays, SHARE * slack * impatience, slack, most)
    parts = [points[ends[s] : ends[s + 1]] for s in range(game.num_states)]
    kept = [_thinned(part, RESOLUTION * margin) for part in parts]
    status = _status(settled, residual <= slack)
    return _assembled(measured, arrays.stage, kept, (status, iterations, residual, margin))


def _assembled(
    measured: Measured, stage: Points, parts: list[Points], run: tuple[Status, int, float, float]
) -> StatePayoffSets:
    game, (status, iterations, residual, margin) = measured.game, run
    low, spread = _units(measured)
    threats = np.array([part[:, :2].min(axis=0, initial=np.inf) for part in parts])
    vertices, continuations, profiles = [], [], []
    for s, part in enumerate(parts):
        rows = part[:, 2].astype(np.int64)
        after = (part[:, :2] - (1 - game.deltas) * stage[rows]) / game.deltas
        vertices.append(_read_only(low + spread * part[:, :2]))
        continuations.append(_read_only(low + spread * after))
        numbers = (rows - game.transitions.offsets[s]).tolist()
        profiles.append(tuple([divmod(number, game.shapes[s][1]) for number in numbers]))
    return StatePayoffSets(
        game,
        tuple(vertices),
        status,
        int(iterations),
        float(residual),
        margin,
        _read_only(low + spread * threats),
        tuple(profiles),
        tuple(continuations),
    )


def _thinned(part: Points, margin: float) -> Points:
    """Drop details of a polygon, and begin with the lowest of its leftmost vertices."""
    kept = part[thin_out(np.ascontiguousarray(part[:, :2]), margin)]
    if len(kept) == 0:
        return kept
    heights = np.where(kept[:, 0] <= kept[:, 0].min() + margin, kept[:, 1], np.inf)
    begun: Points = np.roll(kept, -int(heights.argmin()), axis=0)
    return begun


def _status(settled: bool, converged: bool) -> Status:
    if settled:
        return Status.SETTLED
    return Status.CONVERGED if converged else Status.MAX_ITERATIONS


def game_arrays(measured: Measured, slack: float) -> Game:
    """Return a game as the arrays that the kernels take; incentives violated by no more than `slack` are met."""
    game = measured.game
    stage = np.ascontiguousarray(measured.floats.T)
    lotteries, starts, targets, weights = _lotteries(game)
    return Game(
        stage,
        lotteries,
        game.transitions.offsets,
        np.array(game.shapes),
        *_twins(game, stage, lotteries),
        starts,
        targets,
        weights,
        game.deltas,
        slack,
    )


def _lotteries(
    game: StochasticGame,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """List the different lotteries over next states; return the one of each row, and their entries."""
    moves = game.transitions
    known: dict[tuple[bytes, bytes], tuple[int, slice]] = {}
    lotteries = np.empty(moves.num_rows, dtype=np.int64)
    for row in range(moves.num_rows):
        entries = slice(moves.starts[row], moves.starts[row + 1])
        key = (moves.targets[entries].tobytes(), moves.weights[entries].tobytes())
        lotteries[row] = known.setdefault(key, (len(known), entries))[0]
    spans = [entries for _, entries in known.values()]
    starts = np.cumsum([0, *(span.stop - span.start for span in spans)])
    return (
        lotteries,
        starts,
        np.concatenate([moves.targets[span] for span in spans]),
        np.concatenate([moves.weights[span] for span in spans]),
    )


def _twins(
    game: StochasticGame, stage: Points, lotteries: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group the rows of a state that have the same payoffs and lottery: their numbers, the ends of the groups."""
    owners = np.repeat(np.arange(game.num_states), np.diff(game.transitions.offsets))
    keys = np.column_stack([np.rint(stage * TWINS).astype(np.int64), lotteries, owners])
    _, group, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(group.ravel(), kind="stable")
    return order[counts[group.ravel()[order]] > 1], np.cumsum([0, *counts[counts > 1]])


def _units(measured: Measured) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.array(measured.low, dtype=np.float64), np.array(measured.spread, dtype=np.float64)


def _read_only(array: Points) -> Points:
    array.setflags(write=False)
    return array


def _numbers(pair: NDArray[np.float64], least: float) -> str:
    return ", ".join(f"{number if abs(number) > least else 0:.6g}" for number in pair)
