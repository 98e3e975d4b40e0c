"""Truncated games: stochastic games with transfers in which play may end with given payoffs, in rows."""

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import refusal
from negotiation.games import StochasticGame
from negotiation.games.numbers import exact_number
from negotiation.solvers.exact_elimination import ExactElimination, ExactRows, expected, fits, in_floats, settle
from negotiation.solvers.policy_elimination import Elimination, eliminate
from negotiation.solvers.profile_rows import ProfileRows
from negotiation.solvers.solution import Status

ROUNDING = 1e-9
"""How far bargaining weights may be from adding up to 1 before they count as a mistake."""


@final
@dataclass(frozen=True, eq=False)
class Truncated:
    """A truncated game and what can be sustained in it, in rows; payoffs are less ``rows.shift``.

    Parameters
    ----------
    rows : ProfileRows
        The action profiles.
    rho : Fraction
        Probability that play ends in a later period.
    negotiated : array of numbers, shape (S, n)
        Average payoffs where play ends, not shifted.
    base : array, shape (n, rows)
        What a row yields beside continuations.
    kappa : float
        Weight of continuations.
    found : Elimination
        What can be sustained.
    status : Status
        Whether rounding could have decided an incentive.
    settled : ExactElimination or None
        The same in fractions, where rounding left something open.
    """

    rows: ProfileRows
    rho: Fraction
    negotiated: NDArray[np.object_]
    base: NDArray[np.float64]
    kappa: float
    found: Elimination
    status: Status
    settled: ExactElimination | None


def common_delta(game: StochasticGame) -> Fraction:
    """Return the common discount factor as a fraction, or refuse a game without one."""
    return game.exact_deltas[0] if game.delta else Fraction(0)


def bargaining_weights(owner: str, game: StochasticGame, beta: ArrayLike | None) -> tuple[Fraction, ...]:
    """Return the bargaining weights as fractions, or refuse them."""
    count = game.num_players
    if beta is None:
        return (Fraction(1, count),) * count
    given = np.array(beta, dtype=object)
    if given.shape != (count,):
        raise refusal("beta", owner, f"hold {count} weights, one a player", beta)
    weights = tuple(exact_number(f"beta[{player}]", owner, weight) for player, weight in enumerate(given))
    if min(weights) < 0 or abs(float(sum(weights)) - 1) > ROUNDING:
        raise refusal("beta", owner, "hold weights of at least 0 that add up to 1", beta)
    return tuple(weight / sum(weights) for weight in weights)


def solve_truncated(rows: ProfileRows, rho: Fraction, negotiated: NDArray[np.object_]) -> Truncated:
    """Find what can be sustained in a truncated game, in fractions where rounding leaves something open."""
    delta = common_delta(rows.game)
    kappa = float(delta * (1 - rho))
    base = (1 - float(delta)) * rows.payoffs
    if rho:
        shift = np.array(rows.shift, dtype=object)
        ended = (negotiated - shift).astype(np.float64).T
        base = base + float(delta * rho) * rows.expected(ended)
    found = eliminate(rows, base, kappa)
    if not found.close.any():
        return Truncated(rows, rho, negotiated, base, kappa, found, Status.EXACT, None)
    if not fits(rows):
        return Truncated(rows, rho, negotiated, base, kappa, found, Status.WITHIN_ROUNDING, None)
    settled = settle(ExactRows(rows, exact_base(rows, rho, negotiated), delta * (1 - rho)), found)
    return Truncated(rows, rho, negotiated, base, kappa, in_floats(settled), Status.EXACT, settled)


def exact_base(rows: ProfileRows, rho: Fraction, negotiated: NDArray[np.object_]) -> list[list[Fraction]]:
    """Return in fractions what a row yields beside continuations, shape (n, rows)."""
    base, delta = rows.exact_rewards, common_delta(rows.game)
    if not rho:
        return base
    ended = [
        [exact_number("negotiated", "truncated_equilibrium", value) - shift for value in values]
        for values, shift in zip(negotiated.T, rows.shift, strict=True)
    ]
    weight = delta * rho
    return [
        [
            reward + weight * expected(moves, values)
            for reward, moves in zip(rewards, rows.exact_moves, strict=True)
        ]
        for rewards, values in zip(base, ended, strict=True)
    ]
