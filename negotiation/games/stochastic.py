"""Stochastic games: what is played depends on a state, and what is played moves the state.

In each period the players see the state s, pick one of the actions that are open to them there, and earn
``payoffs[s][a0, a1, ..., i]``; the next state is s' with probability ``transitions[s][a0, a1, ..., s']``. States
come first, then actions, and players or next states last.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Self, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import ArgumentError, check_known, check_names, refusal
from negotiation.games.numbers import discount_factors
from negotiation.games.stage import StageGame
from negotiation.games.transitions import OWNER, Transitions

Profile = tuple[str, ...]
"""One action a player, by name."""

Discount = float | Fraction | str | Sequence[float | Fraction | str] | NDArray[np.float64]
"""Discount factors: one for all players, or one a player."""


@final
@dataclass(frozen=True, eq=False, init=False, repr=False)
class StochasticGame:
    """A game with states, finitely many actions in each, and discounting.

    Parameters
    ----------
    states : sequence of str
        One name a state.
    payoffs : sequence of array_like
        For each state s an array of shape (n0, n1, ..., n), as in `StageGame`; the numbers of actions may differ
        between states. Entries may be int, float, `Fraction`, `Decimal` or text such as ``"11/2"``.
    transitions : sequence of array_like, or Transitions
        For each state s an array of shape (n0, n1, ..., S) of probabilities, whose last axis adds up to 1.
        Entries as in `payoffs`.
    delta : float, Fraction or a sequence of them
        Discount factor per period, in (0, 1); one for all players or one a player.
    players : sequence of str, optional
        One name a player; ``player 0``, ``player 1``, ... when left out.
    actions : sequence of sequences of sequences of str, optional
        ``actions[s][i]`` names the actions of player i in state s; ``0``, ``1``, ... when left out.

    Raises
    ------
    ArgumentError
        If states are unnamed or named twice, if shapes do not fit, if the states differ in their number of
        players, if an entry is not finite, if the probabilities at a profile lie outside [0, 1] or do not add up
        to 1 within 1e-9, or if a discount factor lies outside (0, 1).

    Notes
    -----
    Payoffs of the game are average discounted payoffs, (1 - delta) sum_t delta^t g_t. Probabilities that add up
    to 1 up to rounding are divided by their sum.

    Examples
    --------
    >>> game = StochasticGame(
    ...     ["truce", "war"],
    ...     payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
    ...     transitions=[[[[1, 0], [0, 1]], [[0, 1], [0, 1]]], [[["1/4", "3/4"]]]],
    ...     delta=0.9,
    ... )
    >>> game.transitions[1]
    array([[[0.25, 0.75]]])
    """

    states: tuple[str, ...]
    stages: tuple[StageGame, ...]
    transitions: Transitions
    deltas: NDArray[np.float64]
    exact_deltas: tuple[Fraction, ...]

    def __init__(
        self,
        states: Sequence[str],
        payoffs: Sequence[object],
        transitions: Sequence[object] | Transitions,
        delta: Discount,
        players: Sequence[str] | None = None,
        actions: Sequence[Sequence[Sequence[str]]] | None = None,
    ) -> None:
        names = _state_names(states)
        stages = _stages(names, payoffs, players, actions)
        exact_deltas, deltas = discount_factors(OWNER, delta, stages[0].num_players)
        object.__setattr__(self, "states", names)
        object.__setattr__(self, "stages", stages)
        object.__setattr__(self, "transitions", _transitions(names, stages, transitions))
        object.__setattr__(self, "deltas", deltas)
        object.__setattr__(self, "exact_deltas", exact_deltas)

    @classmethod
    def from_functions(
        cls,
        states: Sequence[str],
        actions: Callable[[str], Sequence[Sequence[str]]],
        payoff: Callable[[str, Profile], Sequence[object]],
        transition: Callable[[str, Profile], Mapping[str, object]],
        delta: Discount,
        players: Sequence[str] | None = None,
    ) -> Self:
        """Build a game from functions of the state and of the action profile, both given by name.

        Parameters
        ----------
        states : sequence of str
            One name a state.
        actions : callable
            Maps a state to the names of the actions of each player there.
        payoff : callable
            Maps a state and a profile to one payoff a player.
        transition : callable
            Maps a state and a profile to the probabilities of the next states; states left out have none.
        delta, players
            As in the class.

        Raises
        ------
        ArgumentError
            If a next state is unknown, and as in the class.

        Examples
        --------
        >>> game = StochasticGame.from_functions(
        ...     ["on", "off"],
        ...     actions=lambda state: [["keep", "stop"], ["-"]] if state == "on" else [["-"], ["-"]],
        ...     payoff=lambda state, profile: (0, 1) if state == "on" else (0, 0),
        ...     transition=lambda state, profile: {"on" if profile[0] == "keep" else "off": 1},
        ...     delta=0.9,
        ... )
        >>> game.shapes
        ((2, 1), (1, 1))
        """
        names = _state_names(states)
        number = {name: s for s, name in enumerate(names)}
        owner = "StochasticGame.from_functions"
        listed = [[list(one) for one in actions(name)] for name in names]
        payoffs, rows = [], []
        for name, own in zip(names, listed, strict=True):
            cells = [list(payoff(name, profile)) for profile in product(*own)]
            payoffs.append(_nested(cells, [len(one) for one in own]))
            for profile in product(*own):
                given = transition(name, profile)
                for following in given:
                    check_known(f"transition({name!r}, {profile})", owner, following, number)
                rows.append({number[following]: p for following, p in given.items()})
        shapes = [tuple(len(one) for one in own) for own in listed]
        return cls(names, payoffs, Transitions(names, shapes, rows), delta, players, listed)

    @property
    def players(self) -> tuple[str, ...]:
        """Names of the players."""
        return self.stages[0].players

    @property
    def num_players(self) -> int:
        """Number of players."""
        return self.stages[0].num_players

    @property
    def num_states(self) -> int:
        """Number of states."""
        return len(self.states)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """For each state, the number of actions of each player."""
        return self.transitions.shapes

    @cached_property
    def actions(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Names of the actions: ``actions[s][i]`` those of player i in state s."""
        return tuple(stage.actions for stage in self.stages)

    @cached_property
    def payoffs(self) -> tuple[NDArray[np.float64], ...]:
        """For each state the payoffs, shape (n0, n1, ..., n)."""
        return tuple(stage.payoffs for stage in self.stages)

    @cached_property
    def exact_payoffs(self) -> tuple[NDArray[np.object_], ...]:
        """`payoffs` as `Fraction`; a float counts as the decimal that it prints as."""
        return tuple(stage.exact_payoffs for stage in self.stages)

    @property
    def delta(self) -> float:
        """The common discount factor.

        Raises
        ------
        ArgumentError
            If the players discount differently.
        """
        if np.ptp(self.deltas) > 0:
            raise refusal("delta", OWNER, "be common to all players here", self.deltas.tolist())
        return float(self.deltas[0])

    def with_delta(self, delta: Discount) -> Self:
        """Return the same game at another discount factor, given as in the class."""
        other = object.__new__(type(self))
        exact_deltas, deltas = discount_factors(OWNER, delta, self.num_players)
        other.__dict__.update(self.__dict__)
        other.__dict__.update(deltas=deltas, exact_deltas=exact_deltas)
        return other

    def state(self, state: str | int) -> int:
        """Return the number of a state given by name or by number.

        Raises
        ------
        ArgumentError
            If there is no such state.
        """
        if isinstance(state, str):
            check_known("state", OWNER, state, self.states)
            return self.states.index(state)
        whole = isinstance(state, int | np.integer) and not isinstance(state, bool)
        if not whole or not 0 <= state < self.num_states:
            raise refusal("state", OWNER, f"be a name or a number from 0 to {self.num_states - 1}", repr(state))
        return int(state)

    def __repr__(self) -> str:
        return f"StochasticGame({self.num_states} states, players={list(self.players)}, deltas={self.deltas})"


def _state_names(states: Sequence[str]) -> tuple[str, ...]:
    listed = not isinstance(states, str) and np.iterable(states)
    if not listed or not len(states):
        raise refusal("states", OWNER, "name at least one state", repr(states), "Pass a sequence of strings.")
    return check_names("states", OWNER, states, len(states))


def _stages(
    names: tuple[str, ...],
    payoffs: Sequence[object],
    players: Sequence[str] | None,
    actions: Sequence[Sequence[Sequence[str]]] | None,
) -> tuple[StageGame, ...]:
    for name, given in (("payoffs", payoffs), ("actions", actions)):
        if given is not None and len(given) != len(names):
            raise refusal(name, OWNER, f"hold one entry for each of {len(names)} states", len(given))
    stages = []
    for s, state in enumerate(names):
        try:
            stages.append(StageGame(payoffs[s], players, None if actions is None else actions[s]))
        except ArgumentError as error:
            raise ArgumentError(f"In state {state!r} of StochasticGame: {error}") from None
        if stages[s].num_players != stages[0].num_players:
            rule = f"have the {stages[0].num_players} players of state {names[0]!r} in state {state!r}"
            raise refusal("payoffs", OWNER, rule, stages[s].num_players)
    return tuple(stages)


def _transitions(
    names: tuple[str, ...], stages: tuple[StageGame, ...], given: Sequence[object] | Transitions
) -> Transitions:
    shapes = tuple(stage.shape for stage in stages)
    if len(given) != len(names):
        raise refusal("transitions", OWNER, f"hold one entry for each of {len(names)} states", len(given))
    if isinstance(given, Transitions):
        for state, shape, other in zip(names, shapes, given.shapes, strict=True):
            if shape != other:
                raise refusal(f"transitions[{state!r}]", OWNER, f"have the actions of the payoffs, {shape}", other)
        return given
    return Transitions(names, shapes, _rows(names, shapes, given))


def _rows(
    names: tuple[str, ...], shapes: tuple[tuple[int, ...], ...], given: Sequence[object]
) -> Iterator[Mapping[int, object]]:
    for state, shape, entry in zip(names, shapes, given, strict=True):
        wanted = (*shape, len(names))
        try:
            array = entry if isinstance(entry, np.ndarray) else np.array(entry, dtype=object)
        except ValueError:
            array = np.empty(0)
        if array.shape != wanted:
            rule = f"have shape {wanted}, the actions of the payoffs and then the next states"
            raise refusal(
                f"transitions[{state!r}]",
                OWNER,
                rule,
                f"shape {array.shape}" if array.size else "rows of different lengths",
            )
        for row in array.reshape(-1, len(names)):
            yield {int(s): row[s] for s in np.flatnonzero(row != 0)}


def _nested(cells: list[list[object]], counts: list[int]) -> list[object]:
    """Arrange the payoffs of all profiles as nested lists, one level a player."""
    nested: list[object] = list(cells)
    for count in reversed(counts[1:]):
        nested = [nested[k : k + count] for k in range(0, len(nested), count)]
    return nested
