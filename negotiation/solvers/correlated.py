"""Correlated and coarse correlated equilibria: what a mediator's private or public advice can reach.

A mediator draws an action profile from a known distribution and advises every player to play its part. The
distribution is a correlated equilibrium if nobody gains by doing something else after any advice [Aumann74]_,
and a coarse correlated equilibrium if nobody gains by an action chosen before the advice [MoulinVial78]_. Both
sets are polytopes, cut out by one linear inequality a pair of own actions or an own action; every mixture of Nash
equilibria is in both.

References
----------
.. [Aumann74] R. J. Aumann (1974), Subjectivity and correlation in randomized strategies, Journal of Mathematical
   Economics 1, 67-96.
.. [MoulinVial78] H. Moulin, J.-P. Vial (1978), Strategically zero-sum games: the class of games whose completely
   mixed equilibria cannot be improved upon, International Journal of Game Theory 7, 201-221.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_count, refusal
from negotiation.games import StageGame
from negotiation.solvers.exact import maximise_near
from negotiation.solvers.solution import Status

MAX_WORK = 20_000_000  # entries of a tableau of whole numbers; about ten seconds
POSITIVE = 1e-9  # what the linear programme in floats must exceed for a first guess at the support; no verdict

Kind = Literal["correlated", "coarse correlated"]
Row = list[Fraction]


@final
@dataclass(frozen=True, eq=False)
class CorrelatedEquilibrium:
    """A distribution over action profiles that nobody wants to leave, best for some objective.

    Parameters
    ----------
    stage : StageGame
        The game.
    kind : "correlated" or "coarse correlated"
        Whether players decide after or before they hear the advice.
    exact_distribution : array of Fraction, shape (n0, n1, ...)
        Probability of every action profile.
    exact_value : Fraction
        What the objective is on average.
    residual : Fraction, in the unit of the payoffs
        The largest average gain from a deviation, if above 0; exactly zero if the status is EXACT.
    status : Status
        `EXACT` if the distribution is a proved optimum in fractions; `CONVERGED` if the bound on work left it at
        what the linear programme in floats found: then `residual` says by how much it fails, and the value is that
        of the distribution, not a bound.
    """

    stage: StageGame
    kind: Kind
    exact_distribution: NDArray[np.object_]
    exact_value: Fraction
    residual: Fraction
    status: Status

    @property
    def distribution(self) -> NDArray[np.float64]:
        """Probability of every action profile, shape (n0, n1, ...)."""
        return self.exact_distribution.astype(np.float64)

    @property
    def value(self) -> float:
        """What the objective is on average."""
        return float(self.exact_value)

    @property
    def exact_payoffs(self) -> tuple[Fraction, ...]:
        """What each player earns on average."""
        weighted = self.exact_distribution[..., None] * self.stage.exact_payoffs
        return tuple(weighted.reshape(-1, self.stage.num_players).sum(axis=0))

    def __str__(self) -> str:
        lines = [f"{self.kind} equilibrium of value {self.exact_value}, {self.status.value}:"]
        for profile in np.argwhere(self.exact_distribution > 0):
            names = (actions[a] for actions, a in zip(self.stage.actions, profile, strict=True))
            lines.append(f"  {self.exact_distribution[tuple(profile)]} of the time {', '.join(names)}")
        return "\n".join(lines)


def correlated_equilibrium(
    stage: StageGame, objective: object = "welfare", *, max_work: int = MAX_WORK
) -> CorrelatedEquilibrium:
    """Find the correlated equilibrium with the largest value of a linear objective.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.
    objective : "welfare", int, or array_like of shape (n0, n1, ...), default "welfare"
        The sum of all payoffs, the payoff of one player, or any number for each action profile. The negative of
        an objective finds its smallest value.
    max_work : int, default 20 million
        Bound on the number of tableau entries computed in fractions.

    Returns
    -------
    CorrelatedEquilibrium

    Raises
    ------
    ArgumentError
        If the objective is unknown or does not fit the game.

    Notes
    -----
    The linear programme is solved in floats, and the vertex found is the start of a simplex method in whole
    numbers, which ends at an exact optimum even if the start was wrong. There may be other optima.

    Examples
    --------
    >>> chicken = StageGame.from_matrices([[6, 2], [7, 0]], [[6, 7], [2, 0]], actions=[["yield", "dare"]] * 2)
    >>> print(correlated_equilibrium(chicken))
    correlated equilibrium of value 21/2, found by a finite computation:
      1/2 of the time yield, yield
      1/4 of the time yield, dare
      1/4 of the time dare, yield
    """
    return _best(stage, "correlated", "correlated_equilibrium", objective, max_work)


def coarse_correlated_equilibrium(
    stage: StageGame, objective: object = "welfare", *, max_work: int = MAX_WORK
) -> CorrelatedEquilibrium:
    """Find the coarse correlated equilibrium with the largest value of a linear objective.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.
    objective : "welfare", int, or array_like of shape (n0, n1, ...), default "welfare"
        As in `correlated_equilibrium`.
    max_work : int, default 20 million
        Bound on the number of tableau entries computed in fractions.

    Returns
    -------
    CorrelatedEquilibrium

    Raises
    ------
    ArgumentError
        If the objective is unknown or does not fit the game.

    Notes
    -----
    The player who decides before the advice can gain less than the one who decides after it, so that the best
    value is at least that of `correlated_equilibrium`; with two actions a player it is the same.

    Examples
    --------
    >>> game = StageGame.from_matrices([[1, 4, 0], [0, 1, 4], [4, 0, 1]], [[1, 0, 4], [4, 1, 0], [0, 4, 1]])
    >>> str(correlated_equilibrium(game).exact_value), str(coarse_correlated_equilibrium(game).exact_value)
    ('10/3', '4')
    """
    return _best(stage, "coarse correlated", "coarse_correlated_equilibrium", objective, max_work)


def _best(stage: StageGame, kind: Kind, owner: str, objective: object, max_work: int) -> CorrelatedEquilibrium:
    check_class("stage", owner, stage, StageGame)
    wanted = _objective(stage, owner, objective)
    max_work = check_count("max_work", owner, max_work)
    gains = _gains_after_advice(stage) if kind == "correlated" else _gains_before_advice(stage)
    weights, status = _optimum(wanted, gains, max_work)
    distribution = np.array(weights, dtype=object).reshape(stage.shape)
    distribution.setflags(write=False)
    residual = max([Fraction(0), *(_dot(row, weights) for row in gains)])
    return CorrelatedEquilibrium(stage, kind, distribution, _dot(wanted, weights), residual, status)


def _objective(stage: StageGame, owner: str, objective: object) -> Row:
    if isinstance(objective, str) and objective == "welfare":
        welfare: Row = stage.exact_payoffs.sum(axis=-1).ravel().tolist()
        return welfare
    if isinstance(objective, int | np.integer) and not isinstance(objective, bool):
        if 0 <= objective < stage.num_players:
            own: Row = stage.exact_payoffs[..., objective].ravel().tolist()
            return own
        raise refusal("objective", owner, f"name a player from 0 to {stage.num_players - 1}", objective)
    rule = f"be 'welfare', a player or an array of shape {stage.shape}"
    given = np.array(objective, dtype=object)
    if given.shape != stage.shape:
        raise refusal("objective", owner, rule, repr(objective))
    repeated = np.stack([given] * stage.num_players, axis=-1)
    weights: Row = StageGame(repeated.tolist()).exact_payoffs[..., 0].ravel().tolist()
    return weights


def _gains_after_advice(stage: StageGame) -> list[Row]:
    rows: list[Row] = []
    for player, count in enumerate(stage.shape):
        own_first = np.moveaxis(stage.exact_payoffs[..., player], player, 0)
        for advised, other in permutations(range(count), 2):
            gain = np.full_like(own_first, Fraction(0))
            gain[advised] = own_first[other] - own_first[advised]
            rows.append(np.moveaxis(gain, 0, player).ravel().tolist())
    return rows


def _gains_before_advice(stage: StageGame) -> list[Row]:
    rows: list[Row] = []
    for player, count in enumerate(stage.shape):
        own_first = np.moveaxis(stage.exact_payoffs[..., player], player, 0)
        for action in range(count if count > 1 else 0):
            rows.append(np.moveaxis(own_first[action] - own_first, 0, player).ravel().tolist())
    return rows


def _optimum(wanted: Row, gains: list[Row], max_work: int) -> tuple[list[Fraction], Status]:
    """Maximise over the distributions under which no gain is above 0.

    Notes
    -----
    The rows of gains are homogeneous and some distribution satisfies them, so that with an objective above 0 the
    bound of 1 on the sum of the weights binds.
    """
    lowest = min(wanted)
    spread = max(wanted) - lowest or Fraction(1)
    positive = [entry - lowest + spread for entry in wanted]
    rows = [*gains, [Fraction(1)] * len(wanted)]
    bounds = [Fraction(0)] * len(gains) + [Fraction(1)]
    guessed, guess = _in_floats(positive, rows)
    max_pivots = max_work // (len(rows) + 1) // (len(rows) + len(wanted) + 1)
    if len(guess[0]) <= max_pivots:
        exact = maximise_near(positive, rows, bounds, guess, max_pivots=max_pivots - len(guess[0]))
        if exact is not None:
            return list(exact), Status.EXACT
    return guessed, Status.CONVERGED


def _in_floats(positive: Row, rows: list[Row]) -> tuple[list[Fraction], tuple[list[int], list[int]]]:
    """Solve the linear programme in floats; return the distribution, its support and the rows that bind."""
    from scipy.optimize import linprog  # only here: it takes a while to load

    def scaled(row: Row) -> list[float]:
        largest = max(map(abs, row)) or Fraction(1)
        return [float(entry / largest) for entry in row]

    matrix = np.array([scaled(row) for row in rows])
    bounds = np.append(np.zeros(len(rows) - 1), 1.0)
    solved = linprog(-np.array(scaled(positive)), A_ub=matrix, b_ub=bounds, method="highs-ds")
    if solved.x is None or solved.slack is None or not np.sum(solved.x) > 0:
        raise ArithmeticError(f"the linear programme found no distribution: {solved.message}")
    weights = np.clip(solved.x, 0.0, None)
    support = np.flatnonzero(weights > POSITIVE)
    binding = np.flatnonzero(np.abs(solved.slack) <= POSITIVE)
    by_price = binding[np.argsort(solved.ineqlin.marginals[binding], kind="stable")]
    exact = [Fraction(float(weight)) for weight in weights]
    total = sum(exact, Fraction(0))
    return [weight / total for weight in exact], (support.tolist(), by_price.tolist())


def _dot(row: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    return sum((a * w for a, w in zip(row, weights, strict=True) if w), Fraction(0))
