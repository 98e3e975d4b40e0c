"""Stochastic games with transfers in which the players negotiate afresh from time to time."""

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_between, check_class, check_count, refusal
from negotiation.games import StochasticGame
from negotiation.games.numbers import exact_number
from negotiation.solvers.backward_induction import BackwardNegotiation, backward_negotiation
from negotiation.solvers.components import backward_order
from negotiation.solvers.negotiation_plan import NegotiationPlan, negotiated_payoffs
from negotiation.solvers.negotiation_stage import leads_on
from negotiation.solvers.profile_rows import ProfileRows, profile_rows, read_only
from negotiation.solvers.solution import Status
from negotiation.solvers.transfer_policies import TransferEquilibrium, equilibrium_of
from negotiation.solvers.truncated import bargaining_weights, solve_truncated
from negotiation.solvers.weakly_directional import plans_of

OWNER = "repeated_negotiation"
SAME = 1e-9
"""Difference, in the range of the payoffs, within which payoffs count as the same."""

MAX_LAST = 10
"""Largest number of last periods of a backward iteration that repeats itself whose plans are tried."""


@final
@dataclass(frozen=True, eq=False)
class NegotiationCheck:
    """Whether negotiated payoffs are those that the players agree on if they expect them.

    Parameters
    ----------
    negotiated : array, shape (S, n)
        The payoffs that were put to the test.
    agreed : array, shape (S, n)
        The payoffs that negotiations divide if those are expected; nan where no equilibrium exists.
    differences : array, shape (S,)
        The largest difference between the two over the players, in the unit of the payoffs.
    holds : array of bool, shape (S,)
        Whether they agree in this state and in all that can be reached from it.
    equilibrium : TransferEquilibrium
        The best equilibrium of the game truncated by the payoffs put to the test, with plans and tables.
    """

    negotiated: NDArray[np.float64]
    agreed: NDArray[np.float64]
    differences: NDArray[np.float64]
    holds: NDArray[np.bool_]
    equilibrium: TransferEquilibrium


@final
@dataclass(frozen=True, eq=False)
class RepeatedNegotiation:
    """What is known of the equilibria of repeated negotiation.

    Parameters
    ----------
    game : StochasticGame
        The game.
    rho : float
        Probability of a new negotiation in every period.
    beta : array, shape (n,)
        Bargaining weights.
    equilibria : tuple of NegotiationCheck
        All equilibria found, each passed in every state where it holds.
    complete : bool
        Whether there are no others.
    exists : array of bool, shape (S,)
        States in which some equilibrium of the list holds. If the list is complete no equilibrium in pure actions
        exists in the others.
    rejected : tuple of NegotiationCheck
        Payoffs that settled but that are no equilibrium.
    backward : BackwardNegotiation or None
        The iteration that led there; None if the states were solved one after the other.
    status : Status
        `Status.EXACT` if all incentives are clear of rounding or were decided in fractions.
    """

    game: StochasticGame
    rho: float
    beta: NDArray[np.float64]
    equilibria: tuple[NegotiationCheck, ...]
    complete: bool
    exists: NDArray[np.bool_]
    rejected: tuple[NegotiationCheck, ...]
    backward: BackwardNegotiation | None
    status: Status

    def at(self, state: str | int) -> tuple[NegotiationCheck, ...]:
        """Return the equilibria that hold in a state and in all that can be reached from it."""
        number = self.game.state(state)
        return tuple(each for each in self.equilibria if each.holds[number])

    def __str__(self) -> str:
        lines = []
        for state, name in enumerate(self.game.states):
            held = self.at(state)
            found = sorted({tuple(float(f"{r:.6g}") for r in each.negotiated[state]) for each in held})
            payoffs = "; ".join(", ".join(f"{r:.6g}" for r in each) for each in found)
            others = "" if self.complete else ", maybe others"
            if held:
                lines.append(f"{name}: {_number(len(found))}{others}: negotiated payoffs {payoffs}")
            else:
                lines.append(f"{name}: no equilibrium {'in pure actions' if self.complete else 'found'}")
        return "\n".join(lines)


def check_negotiation(
    game: StochasticGame, rho: float | Fraction, negotiated: ArrayLike, beta: ArrayLike | None = None
) -> NegotiationCheck:
    """Test whether payoffs are an equilibrium of repeated negotiation.

    Parameters
    ----------
    game : StochasticGame
        The game, with a common discount factor.
    rho : float or Fraction
        Probability from 0 to 1 of a new negotiation in every period.
    negotiated : array_like, shape (S, n), in the unit of the payoffs
        Average payoffs that negotiations are expected to divide. `Fraction` entries are kept exact.
    beta : array_like, shape (n,), optional
        Bargaining weights, at least 0, that add up to 1; equal ones when left out.

    Returns
    -------
    NegotiationCheck

    Raises
    ------
    ArgumentError
        If the players discount differently, or an argument lies outside its range or has another shape.

    Notes
    -----
    The truncated game in which a negotiation ends play with the given payoffs is solved in full.
    """
    check_class("game", "check_negotiation", game, StochasticGame)
    check_between("rho", "check_negotiation", float(rho), 0, 1)
    given = np.array(negotiated, dtype=object)
    if given.shape != (game.num_states, game.num_players):
        rule = f"have shape ({game.num_states}, {game.num_players}), a row a state and an entry a player"
        raise refusal("negotiated", "check_negotiation", rule, given.shape)
    check_array("negotiated", "check_negotiation", given.astype(np.float64))
    weights = bargaining_weights("check_negotiation", game, beta)
    everywhere = np.ones(game.num_states, dtype=np.bool_)
    return _check(profile_rows(game), exact_number("rho", OWNER, rho), weights, given, everywhere)


def repeated_negotiation(
    game: StochasticGame,
    rho: float | Fraction,
    beta: ArrayLike | None = None,
    *,
    periods: int = 500,
    max_equilibria: int = 64,
) -> RepeatedNegotiation:
    """Find the equilibria of repeated negotiation.

    Parameters
    ----------
    game : StochasticGame
        The game, with a common discount factor.
    rho : float or Fraction
        Probability from 0 to 1 of a new negotiation in every period.
    beta : array_like, shape (n,), optional
        Bargaining weights, at least 0, that add up to 1; equal ones when left out.
    periods : int, default 500
        Periods of the backward iteration, if one is needed.
    max_equilibria : int, default 64
        Largest number of equilibria to follow.

    Returns
    -------
    RepeatedNegotiation
        With all equilibria if no state that was left can be come back to; otherwise with the one that backward
        iteration settles on, if it does.

    Raises
    ------
    ArgumentError
        If the players discount differently, or an argument lies outside its range.

    Notes
    -----
    In each period a new negotiation takes place with probability rho and divides the surplus over the punishment
    payoffs in proportion to beta, r_i(x) = v_i(x) + beta_i (U(x) - v_1(x) - ... - v_n(x)). Payoffs r are an
    equilibrium [GolKra22]_ iff the best equilibrium of the game truncated by r has U and v_i that give r again.
    There may be none or several.

    If no state that was left can be come back to, states are solved one after the other, the last ones first: each
    choice of a target and of punishments gives at most one r. Otherwise the plan that `backward_negotiation` ends
    with is taken for ever. All candidates are then put to the test of `check_negotiation`, with payoffs in
    fractions if the game is small.

    Without new negotiations, rho = 0, the only equilibrium is that of `transfer_equilibrium` with its surplus
    divided.

    References
    ----------
    .. [GolKra22] S. Goldluecke, S. Kranz (2022), Reconciling relational contracting and hold-up: a model of
       repeated negotiations, Journal of the European Economic Association.

    Examples
    --------
    >>> game = StochasticGame(
    ...     ["hostage", "revealed"],
    ...     payoffs=[[[[0, 1]], [[0, 1]]], [[[0, 0]]]],
    ...     transitions=[[[[1, 0]], [[0, 1]]], [[[0, 1]]]],
    ...     delta=0.9,
    ... )
    >>> print(repeated_negotiation(game, 0))
    hostage: one equilibrium: negotiated payoffs 0.45, 0.55
    revealed: one equilibrium: negotiated payoffs 0, 0
    >>> print(repeated_negotiation(game, 0.5))
    hostage: no equilibrium in pure actions
    revealed: one equilibrium: negotiated payoffs 0, 0
    """
    check_class("game", OWNER, game, StochasticGame)
    check_between("rho", OWNER, float(rho), 0, 1)
    most = check_count("max_equilibria", OWNER, max_equilibria)
    chance, weights = exact_number("rho", OWNER, rho), bargaining_weights(OWNER, game, beta)
    rows = profile_rows(game)
    order = backward_order(game)
    backward = None
    if not chance:
        nothing = np.zeros((game.num_states, game.num_players), dtype=object)
        candidates, complete = [_plan(rows, chance, nothing)], True
    elif order is not None:
        candidates, complete = plans_of(rows, chance, weights, order, most)
    else:
        backward = backward_negotiation(game, rho, beta, periods=periods)
        last = np.nan_to_num(backward.negotiated[-max(1, *backward.cycle_lengths.tolist()) :][-MAX_LAST:])
        candidates, complete = [_plan(rows, chance, payoffs.astype(object)) for payoffs in last], False
    checks = []
    for plan in candidates:
        payoffs = negotiated_payoffs(rows, chance, weights, plan)
        if payoffs is not None:
            checks.append(_check(rows, chance, weights, payoffs, plan.target >= 0))
    found = _distinct([check for check in checks if check.holds.any()])
    return RepeatedNegotiation(
        game,
        float(chance),
        read_only(np.array([float(weight) for weight in weights])),
        tuple(found),
        complete,
        read_only(np.any([np.zeros(game.num_states, dtype=np.bool_), *(check.holds for check in found)], axis=0)),
        tuple(check for check in checks if backward is not None and not check.holds.all()),
        backward,
        Status.EXACT
        if all(check.equilibrium.status is Status.EXACT for check in checks)
        else Status.WITHIN_ROUNDING,
    )


def _plan(rows: ProfileRows, rho: Fraction, negotiated: NDArray[np.object_]) -> NegotiationPlan:
    """Return the plan of the best equilibrium if given payoffs are expected from negotiations."""
    found = solve_truncated(rows, rho, negotiated).found
    return NegotiationPlan(found.target, found.replies)


def _check(
    rows: ProfileRows,
    rho: Fraction,
    weights: tuple[Fraction, ...],
    negotiated: NDArray[np.object_],
    asked: NDArray[np.bool_],
) -> NegotiationCheck:
    """Test payoffs in the states asked for."""
    equilibrium = equilibrium_of(solve_truncated(rows, rho, negotiated))
    agreed = equilibrium.split([float(weight) for weight in weights])
    given = negotiated.astype(np.float64)
    differences = np.abs(agreed - given).max(axis=1)
    holds = asked & (differences <= SAME * rows.scale)
    while (holds & ~leads_on(rows, holds)).any():
        holds = holds & leads_on(rows, holds)
    return NegotiationCheck(
        read_only(given), read_only(agreed), read_only(differences), read_only(holds), equilibrium
    )


def _distinct(checks: list[NegotiationCheck]) -> list[NegotiationCheck]:
    """Leave out equilibria that another one contains."""
    kept: list[NegotiationCheck] = []
    for check in sorted(checks, key=lambda check: -int(check.holds.sum())):
        if not any(_contains(other, check) for other in kept):
            kept.append(check)
    return kept


def _contains(wide: NegotiationCheck, narrow: NegotiationCheck) -> bool:
    holds = narrow.holds
    if (holds & ~wide.holds).any():
        return False
    return bool(np.allclose(wide.negotiated[holds], narrow.negotiated[holds], rtol=SAME, atol=SAME))


def _number(count: int) -> str:
    return "one equilibrium" if count == 1 else f"{count} equilibria"
