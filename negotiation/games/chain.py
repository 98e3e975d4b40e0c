"""What becomes of the state of a stochastic game if everybody keeps to a stationary policy.

A policy names for every state one action a player: the name or index of an action, or the probabilities of all of
the player's actions there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import MAX_ROUNDS, check_count, check_shares, refusal
from negotiation.games.stochastic import StochasticGame

Policy = Sequence[Sequence[str | int | Sequence[float]]]
"""For each state, for each player: an action, or the probabilities of all actions."""

ROUNDING = 1e-9
"""How far the probabilities of a mixed action may be from adding up to 1 before they count as a mistake."""


@final
@dataclass(frozen=True, eq=False)
class Simulation:
    """Plays of a stochastic game.

    Parameters
    ----------
    states : array of int, shape (paths, periods)
        The state of every period.
    profiles : array of int, shape (paths, periods, n)
        The action of every player.
    payoffs : array, shape (paths, periods, n)
        What they earned.
    """

    states: NDArray[np.int64]
    profiles: NDArray[np.int64]
    payoffs: NDArray[np.float64]


def reachable_states(game: StochasticGame, start: str | int) -> tuple[str, ...]:
    """Return the states that can be reached from one, itself among them, whatever the players do.

    Parameters
    ----------
    game : StochasticGame
        The game.
    start : str or int
        A state, by name or number.

    Examples
    --------
    >>> game = StochasticGame(["a", "b"], [[[[0, 0]]]] * 2, [[[[0, 1]]]] * 2, 0.9)
    >>> reachable_states(game, "b")
    ('b',)
    """
    transitions = game.transitions
    bounds = transitions.starts[transitions.offsets]
    reached, waiting = {game.state(start)}, [game.state(start)]
    while waiting:
        state = waiting.pop()
        following = set(transitions.targets[bounds[state] : bounds[state + 1]].tolist()) - reached
        reached |= following
        waiting.extend(following)
    return tuple(name for number, name in enumerate(game.states) if number in reached)


def check_reachable(game: StochasticGame, start: str | int) -> None:
    """Refuse a game with states that cannot be reached from one.

    Raises
    ------
    ArgumentError
        If there are such states; the message names them.
    """
    reached = reachable_states(game, start)
    lost = [name for name in game.states if name not in reached]
    if lost:
        rule = f"reach every state from {game.states[game.state(start)]!r}"
        raise refusal(
            "transitions",
            "StochasticGame",
            rule,
            f"{len(lost)} out of reach",
            f"Leave out {', '.join(lost[:12])}.",
        )


def policy_matrix(game: StochasticGame, policy: Policy) -> NDArray[np.float64]:
    """Compute the probabilities of the next state under a policy.

    Parameters
    ----------
    game : StochasticGame
        The game.
    policy : sequence of sequences
        For each state and player an action, by name or index, or the probabilities of all actions.

    Returns
    -------
    array, shape (S, S)
        ``[s, s']`` is the probability that s' follows s.

    Raises
    ------
    ArgumentError
        If the policy does not fit the game.
    """
    matrix = np.empty((game.num_states, game.num_states))
    for state, weights in enumerate(profile_weights(game, policy)):
        matrix[state] = np.tensordot(weights, game.transitions[state], axes=weights.ndim)
    return matrix


def profile_weights(game: StochasticGame, policy: Policy) -> tuple[NDArray[np.float64], ...]:
    """Compute the probability of every action profile under a policy, shape (n0, n1, ...) for each state.

    Raises
    ------
    ArgumentError
        If the policy does not fit the game.
    """
    if len(policy) != game.num_states:
        raise refusal(
            "policy", "profile_weights", f"hold one entry for each of {game.num_states} states", len(policy)
        )
    found = []
    for state, chosen in enumerate(policy):
        if isinstance(chosen, str) or len(chosen) != game.num_players:
            rule = f"hold one action for each of {game.num_players} players"
            raise refusal(f"policy[{game.states[state]!r}]", "profile_weights", rule, repr(chosen))
        weights = np.ones(())
        for player, action in enumerate(chosen):
            weights = np.multiply.outer(weights, _mixture(game, state, player, action))
        found.append(weights)
    return tuple(found)


def state_distribution(
    game: StochasticGame, policy: Policy, start: str | int, periods: int
) -> NDArray[np.float64]:
    """Compute the probabilities of the states in every period.

    Parameters
    ----------
    game, policy
        As in `policy_matrix`.
    start : str or int
        The state of period 0.
    periods : int
        Number of periods after period 0.

    Returns
    -------
    array, shape (periods + 1, S)

    Raises
    ------
    ArgumentError
        If the policy does not fit the game, or there is no such state.
    """
    count = check_count("periods", "state_distribution", periods, 0, most=MAX_ROUNDS)
    matrix = policy_matrix(game, policy)
    found = np.zeros((count + 1, game.num_states))
    found[0, game.state(start)] = 1
    for period in range(count):
        found[period + 1] = found[period] @ matrix
    return found


def absorption(
    game: StochasticGame, policy: Policy, targets: Collection[str | int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute how likely some states are ever reached, and how long that takes.

    Parameters
    ----------
    game, policy
        As in `policy_matrix`.
    targets : collection of str or int
        The states to be reached.

    Returns
    -------
    tuple of arrays, shape (S,)
        The probability of ever being in one of `targets`, and the expected number of periods until then, infinite
        where that is not certain.

    Raises
    ------
    ArgumentError
        If the policy does not fit the game, or there is no such state.

    Notes
    -----
    Both solve linear equations on the states from which the targets can be reached.
    """
    matrix = policy_matrix(game, policy)
    hit = _marked(game, targets)
    can = _leading_to(matrix, hit)
    open_states = np.flatnonzero(can & ~hit)
    chance = hit.astype(np.float64)
    inside = np.eye(len(open_states)) - matrix[np.ix_(open_states, open_states)]
    chance[open_states] = np.linalg.solve(inside, matrix[open_states][:, hit].sum(axis=1))
    sure = can & ~_leading_to(np.where(hit[:, None], 0.0, matrix), ~can)
    periods = np.where(hit, 0.0, np.inf)
    certain = np.flatnonzero(sure & ~hit)
    inside = np.eye(len(certain)) - matrix[np.ix_(certain, certain)]
    periods[certain] = np.linalg.solve(inside, np.ones(len(certain)))
    chance[sure] = 1
    return chance, periods


def hazard(
    game: StochasticGame, policy: Policy, start: str | int, targets: Collection[str | int], periods: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the risk of reaching some states in each period, and the chance not to have reached them.

    Parameters
    ----------
    game, policy
        As in `policy_matrix`.
    start : str or int
        The state of period 0.
    targets : collection of str or int
        The states to be reached.
    periods : int
        Number of periods after period 0.

    Returns
    -------
    tuple of arrays, shape (periods,) and (periods + 1,)
        ``hazard[t]`` is the probability of being in `targets` in period t + 1 given that they were not reached up
        to period t, nan once they were for certain; ``survival[t]`` that of not having reached them up to t.

    Raises
    ------
    ArgumentError
        If the policy does not fit the game, or there is no such state.
    """
    count = check_count("periods", "hazard", periods, most=MAX_ROUNDS)
    matrix, hit = policy_matrix(game, policy), _marked(game, targets)
    left = np.zeros(game.num_states)
    left[game.state(start)] = not hit[game.state(start)]
    survival, risk = np.empty(count + 1), np.full(count, np.nan)
    survival[0] = left.sum()
    for period in range(count):
        following = left @ matrix
        total = left.sum()
        if total > 0:
            risk[period] = min(float(following[hit].sum() / total), 1.0)
        left = np.where(hit, 0.0, following)
        survival[period + 1] = left.sum()
    return risk, survival


def simulate(
    game: StochasticGame,
    policy: Policy,
    start: str | int,
    periods: int,
    *,
    rng: np.random.Generator,
    paths: int = 1,
) -> Simulation:
    """Play a game by chance.

    Parameters
    ----------
    game, policy
        As in `policy_matrix`.
    start : str or int
        The state of period 0.
    periods : int
        Number of periods played, period 0 among them.
    rng : numpy.random.Generator
        The source of chance.
    paths : int, default 1
        Number of plays.

    Raises
    ------
    ArgumentError
        If the policy does not fit the game, or there is no such state.
    """
    count = check_count("periods", "simulate", periods, most=MAX_ROUNDS)
    number = check_count("paths", "simulate", paths)
    weights = [np.cumsum(each.ravel()) for each in profile_weights(game, policy)]
    states = np.empty((number, count), dtype=np.int64)
    profiles = np.empty((number, count, game.num_players), dtype=np.int64)
    payoffs = np.empty((number, count, game.num_players))
    here = np.full(number, game.state(start))
    for period in range(count):
        draws = rng.random((2, number))
        states[:, period] = here
        following = here.copy()
        for state in np.unique(here).tolist():
            who = np.flatnonzero(here == state)
            rows = _drawn(weights[state], draws[0, who])
            profiles[who, period] = np.transpose(np.unravel_index(rows, game.shapes[state]))
            payoffs[who, period] = game.payoffs[state].reshape(-1, game.num_players)[rows]
            chances = game.transitions[state].reshape(-1, game.num_states)
            for row in np.unique(rows).tolist():
                same = who[rows == row]
                following[same] = _drawn(np.cumsum(chances[row]), draws[1, same])
        here = following
    return Simulation(states, profiles, payoffs)


def _drawn(cumulated: NDArray[np.float64], draws: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the entry that each draw from [0, 1) falls on."""
    found: NDArray[np.int64] = np.searchsorted(cumulated, draws * cumulated[-1], side="right")
    return found


def _mixture(
    game: StochasticGame, state: int, player: int, action: str | int | Sequence[float]
) -> NDArray[np.float64]:
    stage, count = game.stages[state], game.shapes[state][player]
    name = f"policy[{game.states[state]!r}][{player}]"
    if isinstance(action, str | int | np.integer):
        actions: list[str | int] = [0] * game.num_players
        actions[player] = action
        pure: NDArray[np.float64] = np.eye(count)[stage.profile(*actions)[player]]
        return pure
    weights = check_shares(name, "profile_weights", action)
    if weights.shape != (count,):
        raise refusal(name, "profile_weights", f"hold the probabilities of {count} actions", weights.shape)
    if abs(float(weights.sum()) - 1) > ROUNDING:
        raise refusal(name, "profile_weights", "add up to 1", weights.sum())
    mixed: NDArray[np.float64] = weights / weights.sum()
    return mixed


def _marked(game: StochasticGame, targets: Collection[str | int]) -> NDArray[np.bool_]:
    marked = np.zeros(game.num_states, dtype=np.bool_)
    for target in [targets] if isinstance(targets, str) else targets:
        marked[game.state(target)] = True
    return marked


def _leading_to(matrix: NDArray[np.float64], marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the states from which a marked one can be reached, those among them."""
    found = marked.copy()
    while True:
        wider: NDArray[np.bool_] = found | (matrix[:, found] > 0).any(axis=1)
        if (wider == found).all():
            return found
        found = wider
