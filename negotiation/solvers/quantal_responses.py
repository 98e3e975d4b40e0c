"""Logit quantal response equilibrium: players who choose better actions more often, but not always."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import TOO_LARGE, check_array, check_class, check_count, refusal
from negotiation.games import StageGame
from negotiation.solvers.solution import Status

OWNER = "quantal_response"
MAX_STEPS = 20_000
FIRST_STEP, SHORTEST_STEP = 0.03, 1e-10  # along the branch, with payoffs scaled to a range of 1
SHORT_STEP = 1e-5  # the orientation of the branch may change over a step no longer than this: another one crosses
WANDERING = 0.3  # largest correction, as a share of the step
GROWTH, SHRINKAGE = 1.3, 0.5
STRAIGHT = 0.97  # least cosine between the directions at both ends of a step
MAX_CORRECTIONS = 8
SETTLED = 1e-13  # residual of the equations, as a share of the largest term: a few hundred roundings
TOLERANCE = 1e-9  # largest distance, in probability, between a mixture and the response to it
ROUNDING = 1e-13  # what the rounding of payoffs adds to that distance, times the precision: a few hundred units

Vector = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class QuantalResponse:
    """The principal branch of logit equilibria at chosen precisions.

    Parameters
    ----------
    stage : StageGame
        The game.
    precisions : array, shape (k,), in the inverse of the unit of the payoffs
        How strongly payoffs guide choices: 0 is uniform play.
    mixtures : tuple of arrays, one a player, shape (k, n_i)
        The mixed actions at each precision; NaN where the branch was not followed so far.
    residual : array, shape (k,)
        Largest distance, in probability, of a mixture from the logit response to the others' mixtures.
    turns : tuple of float
        Precisions at which the branch turns back or forth. If there are any, it passes some precisions more than
        once, and the mixtures are those of the first pass.
    crossings : tuple of float
        Precisions near which another branch crosses this one, as happens in symmetric games; it was followed
        straight on. Two branches that cross at the same place are not noticed.
    status : Status
        `CONVERGED` if the branch was followed through every precision with a residual of at most 1e-9, or the
        rounding of the payoffs times the precision if that is more.
    """

    stage: StageGame
    precisions: Vector
    mixtures: tuple[Vector, ...]
    residual: Vector
    turns: tuple[float, ...]
    crossings: tuple[float, ...]
    status: Status

    def __str__(self) -> str:
        lines = [f"principal branch of logit equilibria, {self.status.value}:"]
        for k, precision in enumerate(self.precisions):
            parts = zip(self.stage.players, self.stage.actions, self.mixtures, strict=True)
            described = "; ".join(
                f"{player}: " + ", ".join(f"{p:.3f} {name}" for p, name in zip(mixed[k], names, strict=True))
                for player, names, mixed in parts
            )
            lines.append(f"  precision {precision:g}: {described}")
        return "\n".join(lines)


def quantal_response(stage: StageGame, precisions: ArrayLike, *, max_steps: int = MAX_STEPS) -> QuantalResponse:
    """Follow the principal branch of logit quantal response equilibria from uniform play.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.
    precisions : array_like, shape (k,), or a number, in the inverse of the unit of the payoffs
        Where to report the branch; not negative.
    max_steps : int, default 20,000
        Largest number of steps along the branch.

    Returns
    -------
    QuantalResponse

    Raises
    ------
    ArgumentError
        If a precision is negative or not finite, or a difference of payoffs is beyond floats.

    Notes
    -----
    In a logit equilibrium of precision L every player chooses action a with a probability proportional to
    exp(L u(a)), u(a) being what a earns against the others' mixtures [McKPal95]_. At 0 it is unique; the branch
    that starts there leads, for almost all games, to one Nash equilibrium as L grows. It is followed by predictor
    and corrector steps in the logarithms of the probabilities [Turocy05]_, in floats. An answer is a logit
    equilibrium to within `residual`. That it lies on the principal branch is not proved: it rests on the shortness
    of the steps and on the orientation of the branch, the sign of a determinant, which no step may change unless
    it is short enough to be the crossing of another branch.

    References
    ----------
    .. [McKPal95] R. D. McKelvey, T. R. Palfrey (1995), Quantal response equilibria for normal form games, Games
       and Economic Behavior 10, 6-38.
    .. [Turocy05] T. L. Turocy (2005), A dynamic homotopy interpretation of the logistic quantal response
       equilibrium correspondence, Games and Economic Behavior 51, 243-263.

    Examples
    --------
    >>> names = [["hold", "break"]] * 2
    >>> dilemma = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]], ["A", "B"], names)
    >>> print(quantal_response(dilemma, [0, 0.5, 2]))
    principal branch of logit equilibria, the last step moved the answer by no more than the tolerance:
      precision 0: A: 0.500 hold, 0.500 break; B: 0.500 hold, 0.500 break
      precision 0.5: A: 0.269 hold, 0.731 break; B: 0.269 hold, 0.731 break
      precision 2: A: 0.018 hold, 0.982 break; B: 0.018 hold, 0.982 break
    """
    check_class("stage", OWNER, stage, StageGame)
    asked = np.atleast_1d(check_array("precisions", OWNER, precisions))
    if asked.ndim != 1:
        raise refusal("precisions", OWNER, "be a number or have one axis", f"shape {asked.shape}")
    if asked.size and asked.min() < 0:
        raise refusal("precisions", OWNER, "not be negative", asked.min())
    max_steps = check_count("max_steps", OWNER, max_steps)
    equations = _Equations(stage)
    reached = _follow(equations, asked * equations.scale, max_steps)
    mixtures = tuple(np.full((len(asked), count), np.nan) for count in stage.shape)
    residual = np.full(len(asked), np.nan)
    for k, logs in reached.points.items():
        parts = equations.mixtures(logs)
        residual[k] = equations.distance(parts, float(asked[k]) * equations.scale)
        for mixed, part in zip(mixtures, parts, strict=True):
            mixed[k] = part / part.sum()
    for array in (*mixtures, residual, asked):
        array.setflags(write=False)
    allowed = TOLERANCE + ROUNDING * asked * equations.scale
    settled = len(reached.points) == len(asked) and bool(np.all(residual <= allowed))
    turns, crossings = (
        tuple(float(place) / equations.scale for place in places) for places in (reached.turns, reached.crossings)
    )
    status = Status.CONVERGED if settled else Status.MAX_ITERATIONS
    return QuantalResponse(stage, asked, mixtures, residual, turns, crossings, status)


class _Branch(NamedTuple):
    points: dict[int, Vector]
    turns: list[float]
    crossings: list[float]


@final
class _Equations:
    """The logit equations in the logarithms of the probabilities of all actions of all players.

    Notes
    -----
    For each player: the probabilities add up to 1, and for each action but the first, log p(a) - log p(0) equals
    the precision times u(a) - u(0). The last unknown is the precision. Payoffs are scaled to a range of 1.
    """

    def __init__(self, stage: StageGame) -> None:
        halves = np.ptp(stage.payoffs.reshape(-1, stage.num_players) / 2, axis=0)
        if halves.max() > np.finfo(np.float64).max / 2:
            raise refusal("stage", OWNER, "have payoffs whose differences fit into floats", TOO_LARGE)
        self.scale = float(2 * halves.max()) or 1.0
        lowest = stage.payoffs.reshape(-1, stage.num_players).min(axis=0)
        self.payoffs = (stage.payoffs - lowest) / self.scale
        self.shape = stage.shape
        ends = np.cumsum(self.shape)
        self.places = [slice(end - count, end) for end, count in zip(ends, self.shape, strict=True)]
        size = int(ends[-1])
        self.contrasts = np.zeros((size, size))
        self.firsts = [place.start for place in self.places]
        for place in self.places:
            for a in range(place.start + 1, place.stop):
                self.contrasts[a, a], self.contrasts[a, place.start] = 1.0, -1.0

    def start(self) -> Vector:
        """Return uniform play at precision 0."""
        return np.append(np.concatenate([np.full(count, -np.log(count)) for count in self.shape]), 0.0)

    def mixtures(self, point: Vector) -> list[Vector]:
        return [np.exp(point[place]) for place in self.places]

    def responses(self, mixtures: Sequence[Vector]) -> tuple[Vector, Vector]:
        """Return what every action earns, and how that moves with the probability of every other action."""
        size = self.places[-1].stop
        earned, moves = np.zeros(size), np.zeros((size, size))
        for player, place in enumerate(self.places):
            for other, other_place in enumerate(self.places):
                if other != player:
                    table = self.payoffs[..., player]
                    for third in reversed(range(len(self.shape))):
                        if third not in (player, other):
                            table = np.tensordot(table, mixtures[third], axes=(third, 0))
                    table = table if player < other else table.T
                    moves[place, other_place] = table
                    earned[place] = table @ mixtures[other]
        return earned, moves

    def values_and_slopes(self, point: Vector) -> tuple[Vector, Vector]:
        """Return the left-hand sides, shape (size,), and their derivatives, shape (size, size + 1)."""
        logs, precision = point[:-1], point[-1]
        mixtures = self.mixtures(point)
        weights = np.concatenate(mixtures)
        earned, moves = self.responses(mixtures)
        values = self.contrasts @ (logs - precision * earned)
        slopes = np.empty((len(logs), len(logs) + 1))
        slopes[:, :-1] = self.contrasts @ (np.eye(len(logs)) - precision * moves * weights)
        slopes[:, -1] = -self.contrasts @ earned
        for first, place, mixture in zip(self.firsts, self.places, mixtures, strict=True):
            values[first] = mixture.sum() - 1.0
            slopes[first] = 0.0
            slopes[first, place] = mixture
        return values, slopes

    def distance(self, mixtures: Sequence[Vector], precision: float) -> float:
        """Return the largest distance of a mixture from the logit response to it."""
        earned, _ = self.responses(mixtures)
        distances = []
        for place, mixture in zip(self.places, mixtures, strict=True):
            odds = np.exp(precision * (earned[place] - earned[place].max()))
            distances.append(np.abs(odds / odds.sum() - mixture).max())
        return float(max(distances))

    def correct(self, point: Vector, fixed: Vector, radius: float) -> Vector | None:
        """Apply Newton's method orthogonally to `fixed`; None if it fails or moves further than `radius`."""
        current = point.copy()
        for _ in range(MAX_CORRECTIONS):
            values, slopes = self.values_and_slopes(current)
            if np.abs(values).max() <= SETTLED * (1.0 + np.abs(current).max()):
                return current
            try:
                current -= np.linalg.solve(np.vstack([slopes, fixed]), np.append(values, 0.0))
            except np.linalg.LinAlgError:
                return None
            if not np.linalg.norm(current - point) <= radius:
                return None
        return None

    def direction(self, point: Vector, before: Vector) -> tuple[Vector, float]:
        """Return the unit direction of the branch that agrees with `before`, and its orientation."""
        _, slopes = self.values_and_slopes(point)
        bordered = np.vstack([slopes, before])
        ahead = np.linalg.solve(bordered, np.append(np.zeros(len(slopes)), 1.0))
        ahead /= np.linalg.norm(ahead)
        return ahead, float(np.linalg.slogdet(np.vstack([slopes, ahead]))[0])


def _follow(equations: _Equations, asked: Vector, max_steps: int) -> _Branch:
    point = equations.start()
    upward = np.append(np.zeros(len(point) - 1), 1.0)
    ahead, orientation = equations.direction(point, upward)
    branch = _Branch(dict.fromkeys(np.flatnonzero(asked == 0).tolist(), point), [], [])
    step = FIRST_STEP
    for _ in range(max_steps):
        if len(branch.points) == len(asked) or step < SHORTEST_STEP:
            break
        end = _next_point(equations, point, ahead, step)
        crosses = end is not None and end[2] != orientation
        passed = None
        if end is not None and not (crosses and step > SHORT_STEP):
            passed = _passed(equations, asked, branch.points, (point, end[0]), step)
        if end is None or passed is None:
            step *= SHRINKAGE
            continue
        branch.points.update(passed)
        if crosses:
            branch.crossings.append(float(end[0][-1]))
        elif end[1][-1] * ahead[-1] < 0:
            branch.turns.append(float(end[0][-1]))
        point, ahead, orientation = end
        step *= GROWTH
    return branch


def _next_point(
    equations: _Equations, point: Vector, ahead: Vector, step: float
) -> tuple[Vector, Vector, float] | None:
    following = equations.correct(point + step * ahead, ahead, WANDERING * step)
    if following is None or following[-1] <= 0:
        return None
    try:
        turned, orientation = equations.direction(following, ahead)
    except np.linalg.LinAlgError:
        return None
    return (following, turned, orientation) if turned @ ahead >= STRAIGHT else None


def _passed(
    equations: _Equations, asked: Vector, known: dict[int, Vector], ends: tuple[Vector, Vector], step: float
) -> dict[int, Vector] | None:
    """Find the points of the branch at the precisions that a step passed for the first time; None on failure."""
    upward = np.append(np.zeros(len(ends[0]) - 1), 1.0)
    low, high = sorted((ends[0][-1], ends[1][-1]))
    found = {}
    for k in np.flatnonzero((low <= asked) & (asked <= high)).tolist():
        if k not in known:
            share = (asked[k] - ends[0][-1]) / (ends[1][-1] - ends[0][-1])
            guess = ends[0] + share * (ends[1] - ends[0])
            guess[-1] = asked[k]
            point = equations.correct(guess, upward, step)
            if point is None:
                return None
            found[k] = point
    return found
