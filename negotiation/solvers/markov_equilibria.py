"""Markov-perfect equilibria: strategies that look at the state alone, and that nobody wants to leave.

A stationary strategy picks an action in every state, whatever has happened before. A pair of them is a
Markov-perfect equilibrium if in no state, reached or not, a player gains by another action. All those in pure
actions are found, and confirmed in fractions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_count, refusal
from negotiation._kernels.markov import SETTLED, mutual_replies
from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.components import components
from negotiation.solvers.exact import MixedAction, describe, pure_action
from negotiation.solvers.policy_values import Measured, Outcome, Profile
from negotiation.solvers.solution import Status

OWNER = "markov_perfect"
MAX_PAIRS = 2_000_000
"""Pairs of policies to look at: some seconds' work."""
MAX_EQUILIBRIA = 10_000
"""Equilibria to list: some seconds' work, for each of them is confirmed in fractions."""
LEAST = 2e-15
"""Gain for which an action is changed, for each state: above the rounding error of a payoff between 0 and 1."""
MARGIN = 1e-14
"""How far from the best an action may be to be judged in fractions, for each state, times 1 / (1 - delta)."""


@final
@dataclass(frozen=True, eq=False)
class MarkovEquilibrium:
    """A Markov-perfect equilibrium of a two-player stochastic game.

    Parameters
    ----------
    game : StochasticGame
        The game.
    mixtures : tuple of tuples of mixed actions
        ``mixtures[s][i]`` is what player i plays in state s, one probability an action.
    exact_values : array of Fraction, shape (S, 2)
        Average payoffs of the players from each state on.
    losses : mapping from (int, int, int) to Fraction
        For state, player and action not played: what one period of that action costs the player, as an average
        payoff; never negative.
    joint_payoff : Fraction
        Sum of the players' payoffs, from the state where play starts or averaged over the states.
    """

    game: StochasticGame
    mixtures: tuple[tuple[MixedAction, ...], ...]
    exact_values: NDArray[np.object_]
    losses: dict[tuple[int, int, int], Fraction]
    joint_payoff: Fraction

    @property
    def values(self) -> NDArray[np.float64]:
        """Average payoffs of the players from each state on, shape (S, 2)."""
        return self.exact_values.astype(np.float64)

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The action profile of each state, if all actions are pure.

        Raises
        ------
        ArgumentError
            If an action is mixed.
        """
        if any(1 not in mixture for mixtures in self.mixtures for mixture in mixtures):
            raise refusal("mixtures", "MarkovEquilibrium", "be pure actions to have profiles", self.mixtures)
        return tuple((row.index(Fraction(1)), column.index(Fraction(1))) for row, column in self.mixtures)

    @property
    def ties(self) -> tuple[tuple[int, int, int], ...]:
        """State, player and action of every action that is not played and would pay just as much."""
        return tuple(place for place, loss in self.losses.items() if loss == 0)

    @property
    def is_strict(self) -> bool:
        """Whether every other action would cost its player something, in every state."""
        return not self.ties

    def __str__(self) -> str:
        game = self.game
        parts = []
        for s, (name, mixtures) in enumerate(zip(game.states, self.mixtures, strict=True)):
            played = ", ".join(describe(x, names) for x, names in zip(mixtures, game.actions[s], strict=True))
            parts.append(f"{name}: {played} ({', '.join(f'{value:.6g}' for value in self.values[s])})")
        tied = [f"{game.players[i]} {game.actions[s][i][a]} in {game.states[s]}" for s, i, a in self.ties]
        return f"{'; '.join(parts)}; {'ties: ' + ', '.join(tied) if tied else 'strict'}"


@final
@dataclass(frozen=True, eq=False)
class MarkovEquilibria:
    """Markov-perfect equilibria of a two-player stochastic game.

    Only pure actions are looked for so far. Equilibria in mixed actions have their place in the same list, with
    their probabilities in `MarkovEquilibrium.mixtures`; `complete` speaks of the pure ones.

    Parameters
    ----------
    game : StochasticGame
        The game.
    equilibria : tuple of MarkovEquilibrium
        The highest joint payoff first; of equal ones, those with actions of lower number in earlier states.
    complete : bool
        Whether all equilibria in pure stationary strategies are listed.
    status : Status
        `Status.EXACT`, or `Status.MAX_ITERATIONS` if the list was cut off.
    pairs : int
        Number of pairs of policies that were looked at.
    """

    game: StochasticGame
    equilibria: tuple[MarkovEquilibrium, ...]
    complete: bool
    status: Status
    pairs: int

    def __len__(self) -> int:
        return len(self.equilibria)

    def __iter__(self) -> Iterator[MarkovEquilibrium]:
        return iter(self.equilibria)

    def __getitem__(self, rank: int) -> MarkovEquilibrium:
        return self.equilibria[rank]

    def __str__(self) -> str:
        deltas = ", ".join(f"{delta:g}" for delta in sorted(set(self.game.deltas.tolist())))
        noun = "equilibrium" if len(self) == 1 else "equilibria"
        share = "all of them" if self.complete else "perhaps not all: the search was cut off"
        head = f"{len(self)} pure Markov-perfect {noun} at delta = {deltas}, {share}"
        lines = [f"  joint payoff {float(one.joint_payoff):.6g}: {one}" for one in self]
        return "\n".join([head + (":" if lines else ""), *lines])


def markov_perfect(
    game: StochasticGame,
    *,
    start: str | int | None = None,
    max_pairs: int = MAX_PAIRS,
    max_equilibria: int = MAX_EQUILIBRIA,
) -> MarkovEquilibria:
    """Find all Markov-perfect equilibria in pure stationary strategies of a two-player stochastic game.

    Parameters
    ----------
    game : StochasticGame
        A game of two players; they may discount differently.
    start : str or int, optional
        The state, by name or number, whose joint payoffs rank the list; their average over all states when left
        out.
    max_pairs : int, default 2,000,000
        Largest number of pairs of policies to look at, at least one for every policy of the player with fewer.
    max_equilibria : int, default 10,000
        Largest number of equilibria to list.

    Returns
    -------
    MarkovEquilibria
        Ranked by joint payoff; `complete` tells whether a bound has cut the list off.

    Raises
    ------
    ArgumentError
        If the game does not have two players, if there is no such state, or, before any work is done, if it
        takes more than `max_pairs` pairs.

    Notes
    -----
    States that can reach each other form a group; groups are solved one after the other, those that play cannot
    leave first, for each way in which what follows can be played. Within a group, for every policy of the player
    with fewer of them, policy iteration solves the other player's decision problem, started from the last
    solution, since one action changes at a time. All optimal replies, ties included, are kept for which the
    policy is a best reply in every state; one deviation is enough to look at in a discounted game. This is done
    in floats with a margin above their rounding error, and the pairs that are left are confirmed or refused in
    fractions. Cost: the product of the numbers of actions over the states of a group, times the cube of their
    number.

    Examples
    --------
    >>> game = StochasticGame(
    ...     ["truce", "war"],
    ...     payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
    ...     transitions=[[[[1, 0], [0, 1]], [[0, 1], [0, 1]]], [[["1/4", "3/4"]]]],
    ...     delta=0.9,
    ...     actions=[[["keep", "break"]] * 2, [["wait"]] * 2],
    ... )
    >>> print(markov_perfect(game, start="truce"))
    2 pure Markov-perfect equilibria at delta = 0.9, all of them:
      joint payoff 4: truce: keep, keep (2, 2); war: wait, wait (1.38462, 1.38462); strict
      joint payoff 0: truce: break, break (0, 0); war: wait, wait (0, 0); strict
    """
    check_class("game", OWNER, game, StochasticGame)
    if game.num_players != 2:
        raise refusal("game", OWNER, "have two players", game.num_players)
    starts = range(game.num_states) if start is None else [game.state(start)]
    room = check_count("max_pairs", OWNER, max_pairs)
    most = check_count("max_equilibria", OWNER, max_equilibria)
    groups = components(game)
    needed = sum(min(_policies(game, group)) for group in groups)
    if needed > room:
        raise refusal(
            "game",
            OWNER,
            f"have at most max_pairs = {room:,} policies of the player with fewer",
            f"{needed:.3g}" if needed > 10**12 else f"{needed:,}",
            "Merge states, drop actions, or raise max_pairs.",
        )
    measured = Measured(game)
    outcomes, looked_at, complete = _search(measured, groups, room, most)
    listed = [_equilibrium(measured, outcome, starts) for outcome in outcomes]
    listed.sort(key=lambda one: (-one.joint_payoff, one.profiles))
    status = Status.EXACT if complete else Status.MAX_ITERATIONS
    return MarkovEquilibria(game, tuple(listed), complete, status, looked_at)


def _policies(game: StochasticGame, states: Sequence[int]) -> tuple[int, int]:
    return prod(game.shapes[s][0] for s in states), prod(game.shapes[s][1] for s in states)


def _search(
    measured: Measured, groups: Sequence[Sequence[int]], room: int, most: int
) -> tuple[list[Outcome], int, bool]:
    """Extend the equilibria of the groups that come later by those of the ones before, depth first."""
    found: list[Outcome] = []
    stack, looked_at, complete, checks = [(0, Outcome({}, {}, {}))], 0, True, most * len(groups)
    while stack:
        if len(found) == most or checks < 0:
            return found, looked_at, False
        depth, later = stack.pop()
        if depth == len(groups):
            found.append(later)
            continue
        candidates, looks, ending = _candidates(measured, groups[depth], later, room - looked_at, most)
        looked_at, complete, checks = looked_at + looks, complete and ending == SETTLED, checks - len(candidates)
        for profiles in candidates:
            outcome = measured.outcome(groups[depth], profiles, later.values)
            if min(outcome.losses.values(), default=Fraction(0)) >= 0:
                stack.append((depth + 1, later.joined(outcome)))
    return found, looked_at, complete


def _candidates(
    measured: Measured, states: Sequence[int], later: Outcome, room: int, most: int
) -> tuple[list[list[Profile]], int, int]:
    """Find the pairs of policies in a group of states that may be an equilibrium, given what comes later."""
    game = measured.game
    counts = _policies(game, states)
    leader = int(counts[1] < counts[0])
    rows = np.concatenate([_rows(game, s, leader) for s in states])
    transitions, rewards = _within(measured, states, rows, later)
    shapes = np.array([game.shapes[s] for s in states])
    order = [leader, 1 - leader]
    pairs, looks, ending = mutual_replies(
        rewards[order],
        transitions,
        game.deltas[order],
        np.concatenate([[0], shapes.prod(axis=1).cumsum()[:-1]]),
        np.ascontiguousarray(shapes[:, leader]),
        np.ascontiguousarray(shapes[:, 1 - leader]),
        LEAST * len(states),
        MARGIN * len(states) / (1 - game.deltas.max()),
        room,
        most,
    )
    profiles = pairs[:, order].swapaxes(1, 2).tolist()
    return [[(a, b) for a, b in pair] for pair in profiles], looks, ending


def _rows(game: StochasticGame, state: int, leader: int) -> NDArray[np.int64]:
    """Number the rows of a state with the leader's action first."""
    low, high = game.transitions.offsets[state : state + 2]
    numbers = np.arange(low, high).reshape(game.shapes[state])
    return (numbers.T if leader else numbers).ravel()


def _within(
    measured: Measured, states: Sequence[int], rows: NDArray[np.int64], later: Outcome
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Write out the transitions within a group, shape (rows, states), and what rows add to values, (2, rows)."""
    game, moves = measured.game, measured.game.transitions
    place = np.full(game.num_states, -1)
    place[list(states)] = np.arange(len(states))
    known = np.zeros((2, game.num_states))
    for state, pair in later.values.items():
        known[:, state] = [float(value) for value in pair]
    transitions, after = np.zeros((len(rows), len(states))), np.zeros((2, len(rows)))
    for k, row in enumerate(rows):
        entries = slice(moves.starts[row], moves.starts[row + 1])
        targets, weights = moves.targets[entries], moves.weights[entries]
        inside = place[targets] >= 0
        transitions[k, place[targets[inside]]] = weights[inside]
        after[:, k] = known[:, targets] @ weights
    deltas = game.deltas[:, np.newaxis]
    return transitions, (1 - deltas) * measured.floats[:, rows] + deltas * after


def _equilibrium(measured: Measured, outcome: Outcome, starts: Sequence[int]) -> MarkovEquilibrium:
    game = measured.game
    values = np.empty((game.num_states, 2), dtype=object)
    for s, pair in outcome.values.items():
        values[s] = [measured.outward(player, value) for player, value in enumerate(pair)]
    values.setflags(write=False)
    joint = sum((values[s].sum() for s in starts), start=Fraction(0)) / len(starts)
    losses = {place: measured.spread[place[1]] * outcome.losses[place] for place in sorted(outcome.losses)}
    mixtures = [
        tuple(pure_action(action, count) for action, count in zip(outcome.profiles[s], shape, strict=True))
        for s, shape in enumerate(game.shapes)
    ]
    return MarkovEquilibrium(game, tuple(mixtures), values, losses, joint)
