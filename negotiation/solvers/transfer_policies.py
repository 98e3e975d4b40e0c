"""Stochastic games with transfers between the players: what they can sustain in every state.

In every period the players may pay each other, or burn money, before they act and after. The equilibrium
payoffs from a state x on are then all u with u_i >= v_i(x) and sum at most U(x): one joint value and one
punishment value a player describe them. Actions are pure, and all players discount alike.

In a truncated game play ends in every later period with probability rho, and pays ``negotiated[x]`` if the state
is then x. That is how the players see a relation in which they may negotiate afresh.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_between, check_class, refusal
from negotiation.games import StochasticGame
from negotiation.games.numbers import exact_number
from negotiation.solvers.policy_elimination import incentives
from negotiation.solvers.profile_rows import profile_rows, read_only
from negotiation.solvers.profile_table import ProfileTable
from negotiation.solvers.solution import Status
from negotiation.solvers.truncated import Truncated, bargaining_weights, solve_truncated

Profile = tuple[int, ...]


@final
@dataclass(frozen=True, eq=False)
class TransferEquilibrium:
    """The best equilibrium with transfers of a stochastic game, and the punishments that support it.

    Parameters
    ----------
    game : StochasticGame
        The game.
    rho : float
        Probability that play ends in a later period; 0 unless the game is truncated.
    negotiated : array, shape (S, n)
        Average payoffs where play ends; 0 if it does not.
    exists : array of bool, shape (S,)
        Whether an equilibrium in pure actions exists from the state on.
    joint_payoffs : array, shape (S,)
        The largest sum U(x) of the players' average payoffs; nan where no equilibrium exists.
    punishment_payoffs : array, shape (S, n)
        The lowest average payoff v_i(x) of each player; nan where no equilibrium exists.
    targets : tuple of profiles, one a state
        The action profile, as indices, that is played on the path of play; None where no equilibrium exists.
        Where several do equally well, any of them.
    punishments : tuple of tuples of profiles, one a state and player
        The action profile that is played after the player refused to pay; None where no equilibrium exists.
    works : tuple of arrays of bool, one a state, shape (n0, n1, ...)
        Whether each profile can be sustained.
    joint_values : tuple of arrays, one a state, shape (n0, n1, ...)
        The sum of the players' average payoffs if the profile is played now and the best equilibrium follows.
    deviation_values : tuple of arrays, one a state, shape (n0, n1, ..., n)
        The largest average payoff of each player who leaves the profile, or keeps to it, and is then punished.
    temptations : tuple of arrays, one a state, shape (n0, n1, ..., n)
        What each player gains by the best other action if punished in any case, at least 0.
    slacks : tuple of arrays, one a state, shape (n0, n1, ...)
        What is left to share out tomorrow less all temptations, up to rounding: negative where the profile cannot
        be sustained.
    status : Status
        `Status.EXACT` if no incentive is so close to zero that rounding could have decided it, or if fractions
        decided it; `Status.WITHIN_ROUNDING` if such incentives were counted as met.
    iterations : int
        Rounds of elimination.
    """

    game: StochasticGame
    rho: float
    negotiated: NDArray[np.float64]
    exists: NDArray[np.bool_]
    joint_payoffs: NDArray[np.float64]
    punishment_payoffs: NDArray[np.float64]
    targets: tuple[Profile | None, ...]
    punishments: tuple[tuple[Profile | None, ...], ...]
    works: tuple[NDArray[np.bool_], ...]
    joint_values: tuple[NDArray[np.float64], ...]
    deviation_values: tuple[NDArray[np.float64], ...]
    temptations: tuple[NDArray[np.float64], ...]
    slacks: tuple[NDArray[np.float64], ...]
    status: Status
    iterations: int

    @property
    def smallest_slack(self) -> float:
        """The least slack of the profiles that are played or punish; infinite where no equilibrium exists."""
        used = [
            self.slacks[state][profile]
            for state, played in enumerate(zip(self.targets, *zip(*self.punishments, strict=True), strict=True))
            for profile in played
            if profile is not None
        ]
        return float(min(used, default=np.inf))

    @property
    def margin(self) -> float:
        """The least absolute slack of all profiles that tempt somebody: how far off the nearest change is."""
        near = [
            np.abs(slacks[temptations.any(axis=-1) & np.isfinite(slacks)]).min(initial=np.inf)
            for slacks, temptations in zip(self.slacks, self.temptations, strict=True)
        ]
        return float(min(near))

    def split(self, beta: ArrayLike | None = None) -> NDArray[np.float64]:
        """Divide the surplus over the punishment payoffs in every state.

        Parameters
        ----------
        beta : array_like, shape (n,), optional
            Bargaining weights, at least 0, that add up to 1; equal ones when left out.

        Returns
        -------
        array, shape (S, n), in the unit of the payoffs
            r_i(x) = v_i(x) + beta_i (U(x) - v_1(x) - ... - v_n(x)).
        """
        weights = np.array([float(weight) for weight in bargaining_weights("split", self.game, beta)])
        surplus = self.joint_payoffs - self.punishment_payoffs.sum(axis=1)
        divided: NDArray[np.float64] = self.punishment_payoffs + np.outer(surplus, weights)
        return divided

    def table(self, state: str | int) -> ProfileTable:
        """Say of every profile of a state what it is worth, who is tempted, and whether it can be sustained.

        Raises
        ------
        ArgumentError
            If there is no such state.
        """
        number = self.game.state(state)
        num_players = self.game.num_players
        joint, slacks = self.joint_values[number].ravel(), self.slacks[number].ravel()
        return ProfileTable(
            self.game.states[number],
            self.game.players,
            tuple(product(*self.game.actions[number])),
            joint,
            self.deviation_values[number].reshape(-1, num_players),
            slacks,
            self.temptations[number].reshape(-1, num_players),
            self.works[number].ravel(),
        )

    def __str__(self) -> str:
        lines = []
        for state, name in enumerate(self.game.states):
            target = self.targets[state]
            if target is None:
                lines.append(f"{name}: no equilibrium in pure actions")
                continue
            played = ", ".join(self.game.actions[state][i][a] for i, a in enumerate(target))
            lowest = ", ".join(f"{payoff:.6g}" for payoff in self.punishment_payoffs[state])
            joint = f"{self.joint_payoffs[state]:.6g}"
            lines.append(f"{name}: play ({played}), joint payoff {joint}, punishment payoffs {lowest}")
        return "\n".join(lines)


def transfer_equilibrium(game: StochasticGame) -> TransferEquilibrium:
    """Compute the best equilibrium with transfers in every state of a stochastic game.

    Parameters
    ----------
    game : StochasticGame
        The game, with a common discount factor.

    Returns
    -------
    TransferEquilibrium

    Raises
    ------
    ArgumentError
        If the players discount differently.

    Notes
    -----
    The policy elimination of [GolKra18]_. Let G be the joint payoff of a profile a and c_i its best-deviation
    value. Each round computes, over the profiles that are left, the largest joint values U and the lowest values
    v_i(x) = min over a of max over a_i' of (1 - delta) g_i + delta E[v_i], and drops every profile with
    (1 - delta) G + delta E[U] < c_1 + ... + c_n, c_i being continued by v_i. U falls and v_i rises from round to
    round, so that no profile is dropped that some equilibrium could use; those left when no more are dropped can
    all be sustained. U and v_i are computed by policy iteration, whose steps are linear systems. What rounding
    could decide is decided in fractions if the game is small.

    A state without profiles has no equilibrium in pure actions, and with it every state that leads there under
    some profile, be it off the path of play.

    References
    ----------
    .. [GolKra18] S. Goldluecke, S. Kranz (2018), Discounted stochastic games with voluntary transfers, Economic
       Theory.

    Examples
    --------
    >>> game = StochasticGame(
    ...     ["low", "high"],
    ...     payoffs=[[[[1, 1], [-1, 2]], [[2, -1], [0, 0]]], [[[3, 3], [1, 4]], [[4, 1], [2, 2]]]],
    ...     transitions=[[[[0, 1], [1, 0]], [[1, 0], [1, 0]]]] * 2,
    ...     delta=0.5,
    ...     actions=[[["C", "D"]] * 2] * 2,
    ... )
    >>> print(transfer_equilibrium(game))
    low: play (C, C), joint payoff 4, punishment payoffs 0, 0
    high: play (C, C), joint payoff 6, punishment payoffs 1, 1
    """
    check_class("game", "transfer_equilibrium", game, StochasticGame)
    return truncated_equilibrium(game, 0.0, np.zeros((game.num_states, game.num_players)))


def truncated_equilibrium(
    game: StochasticGame, rho: float | Fraction, negotiated: ArrayLike
) -> TransferEquilibrium:
    """Compute the best equilibrium with transfers if play may end with given payoffs.

    Parameters
    ----------
    game : StochasticGame
        The game, with a common discount factor.
    rho : float or Fraction
        Probability from 0 to 1 that play ends in any later period.
    negotiated : array_like, shape (S, n), in the unit of the payoffs
        Average payoffs if play ends when the state is x. `Fraction` entries are kept exact.

    Returns
    -------
    TransferEquilibrium

    Raises
    ------
    ArgumentError
        If the players discount differently, if `rho` lies outside [0, 1], or if `negotiated` has another shape.

    Notes
    -----
    Continuations are (1 - rho) v + rho r in place of v, with r the payoffs where play ends.
    """
    owner = "truncated_equilibrium"
    check_class("game", owner, game, StochasticGame)
    check_between("rho", owner, float(rho), 0, 1)
    given = np.array(negotiated, dtype=object)
    if given.shape != (game.num_states, game.num_players):
        rule = f"have shape ({game.num_states}, {game.num_players}), a row a state and an entry a player"
        raise refusal("negotiated", owner, rule, given.shape)
    check_array("negotiated", owner, given.astype(np.float64))
    return equilibrium_of(solve_truncated(profile_rows(game), exact_number("rho", owner, rho), given))


def equilibrium_of(solved: Truncated) -> TransferEquilibrium:
    """Word the solution of a truncated game by states and profiles."""
    rows, found, kappa = solved.rows, solved.found, solved.kappa
    shift = np.array([float(each) for each in rows.shift])
    surplus, gains = incentives(rows, solved.base, kappa, found.joint, found.punishments, found.target)
    temptations = np.maximum(gains, 0)
    slacks = surplus - temptations.sum(axis=0)
    slacks[found.works] = np.maximum(slacks[found.works], 0)
    kept = solved.base + kappa * rows.expected(found.punishments) + shift[:, None]
    joint_values = solved.base.sum(axis=0) + kappa * rows.expected(found.joint) + shift.sum()
    joint, punishments = found.joint + shift.sum(), found.punishments + shift[:, None]
    lost = found.target < 0
    joint[lost] = punishments[:, lost] = np.nan
    for array in (joint_values, slacks, *temptations, *kept):
        array[lost[rows.owners]] = np.nan
    return TransferEquilibrium(
        rows.game,
        float(solved.rho),
        check_array("negotiated", "truncated_equilibrium", solved.negotiated),
        read_only(~lost),
        read_only(joint),
        read_only(punishments.T),
        tuple(rows.profile(row) for row in found.target),
        tuple(tuple(rows.profile(row) for row in each) for each in found.punishing.T),
        rows.by_state(found.works),
        rows.by_state(joint_values),
        rows.by_state((kept + temptations).T),
        rows.by_state(temptations.T),
        rows.by_state(slacks),
        solved.status,
        found.rounds,
    )
