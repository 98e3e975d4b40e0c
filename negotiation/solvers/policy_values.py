"""What pure stationary strategies of two players are worth, in fractions, and what leaving them would cost.

The states are those of one group, `negotiation.solvers.components`; what comes after the group is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.exact import solve

Profile = tuple[int, int]
Pair = tuple[Fraction, Fraction]


@final
@dataclass(frozen=True, eq=False)
class Outcome:
    """A profile in each of some states, and what it is worth when it is played for ever.

    Parameters
    ----------
    profiles : mapping from int to (int, int)
        The actions in each state.
    values : mapping from int to (Fraction, Fraction)
        Average payoffs from each state on, as shares of each player's range of payoffs.
    losses : mapping from (int, int, int) to Fraction
        For state, player and action not played: what one period of that action costs the player, in these units.
    """

    profiles: Mapping[int, Profile]
    values: Mapping[int, Pair]
    losses: Mapping[tuple[int, int, int], Fraction]

    def joined(self, other: "Outcome") -> "Outcome":
        """Return both together."""
        return Outcome(
            {**self.profiles, **other.profiles},
            {**self.values, **other.values},
            {**self.losses, **other.losses},
        )


@final
@dataclass(frozen=True, eq=False)
class Measured:
    """A two-player stochastic game whose payoffs run from 0 to 1, exactly.

    Parameters
    ----------
    game : StochasticGame
        The game.
    """

    game: StochasticGame

    @cached_property
    def low(self) -> list[Fraction]:
        """The lowest payoff of each player in any state."""
        return [min(table[..., i].min() for table in self.game.exact_payoffs) for i in range(2)]

    @cached_property
    def spread(self) -> list[Fraction]:
        """The range of each player's payoffs over all states; 1 where all are equal."""
        highest = [max(table[..., i].max() for table in self.game.exact_payoffs) for i in range(2)]
        return [(high - low) or Fraction(1) for high, low in zip(highest, self.low, strict=True)]

    @cached_property
    def payoffs(self) -> list[Pair]:
        """The payoffs of every row of the transitions."""
        shares = [[(pay - self.low[i]) / self.spread[i] for pay in self._column(i)] for i in range(2)]
        return list(zip(*shares, strict=True))

    @cached_property
    def floats(self) -> NDArray[np.float64]:
        """`payoffs` as floats, shape (2, rows)."""
        return np.array(self.payoffs, dtype=np.float64).T

    def row(self, state: int, profile: Profile) -> int:
        """Return the row of the transitions at a profile of a state."""
        return int(self.game.transitions.offsets[state]) + profile[0] * self.game.shapes[state][1] + profile[1]

    def outward(self, player: int, value: Fraction) -> Fraction:
        """Bring a payoff back into the unit of the game."""
        return self.low[player] + self.spread[player] * value

    def moves(self, row: int) -> Iterator[tuple[int, Fraction]]:
        """List the next states of a row and their probabilities."""
        moves = self.game.transitions
        entries = range(moves.starts[row], moves.starts[row + 1])
        return ((int(moves.targets[entry]), moves.exact_weights[entry]) for entry in entries)

    def worth(self, player: int, row: int, values: Mapping[int, Pair]) -> Fraction:
        """Return what a row pays a player if the next states are worth `values`; others count as nothing."""
        delta = self.game.exact_deltas[player]
        later = sum(p * values[t][player] for t, p in self.moves(row) if t in values)
        return (1 - delta) * self.payoffs[row][player] + delta * later

    def outcome(self, states: Sequence[int], profiles: Sequence[Profile], known: Mapping[int, Pair]) -> Outcome:
        """Solve for the values and losses of playing `profiles` in `states`, after which values are known."""
        rows = [self.row(state, profile) for state, profile in zip(states, profiles, strict=True)]
        columns = [self._values(player, states, rows, known) for player in range(2)]
        values = dict(zip(states, zip(*columns, strict=True), strict=True))
        after = {**known, **values}
        losses = {}
        for state, profile in zip(states, profiles, strict=True):
            for player in range(2):
                for action in range(self.game.shapes[state][player]):
                    if action != profile[player]:
                        left = (action, profile[1]) if player == 0 else (profile[0], action)
                        gained = self.worth(player, self.row(state, left), after)
                        losses[state, player, action] = values[state][player] - gained
        return Outcome(dict(zip(states, profiles, strict=True)), values, losses)

    def _values(
        self, player: int, states: Sequence[int], rows: Sequence[int], known: Mapping[int, Pair]
    ) -> list[Fraction]:
        place = {state: k for k, state in enumerate(states)}
        delta, matrix, right = self.game.exact_deltas[player], [], []
        for k, row in enumerate(rows):
            line = [Fraction(int(k == column)) for column in range(len(states))]
            for state, p in self.moves(row):
                if state in place:
                    line[place[state]] -= delta * p
            line.append(self.worth(player, row, known))
            scale = lcm(*(entry.denominator for entry in line))
            integers = [int(entry * scale) for entry in line]
            matrix.append(integers[:-1])
            right.append(integers[-1])
        solved = solve(matrix, right)
        assert solved is not None, "a discounted system has one solution"
        return [Fraction(numerator, solved[1]) for numerator in solved[0]]

    def _column(self, player: int) -> list[Fraction]:
        return [pay for table in self.game.exact_payoffs for pay in table[..., player].ravel()]
