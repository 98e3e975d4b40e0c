"""Probabilities of the next state, kept without their zeros."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import TypeVar, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_number, refusal
from negotiation.games.numbers import exact_number

OWNER = "StochasticGame"
ROUNDING = 1e-9
"""How far the probabilities of a row may be from adding up to 1 before they count as a mistake."""

Number = TypeVar("Number", np.float64, np.object_)


@final
@dataclass(frozen=True, eq=False, init=False, repr=False)
class Transitions:
    """Probabilities of the next state at every action profile of every state.

    ``transitions[s]`` is the array of state s, shape (n0, n1, ..., S), written out with its zeros when asked for.
    Stored is one row an action profile, the states in order and the profiles of a state in the order of
    ``itertools.product``, and of every row the next states of positive probability.

    Parameters
    ----------
    states : sequence of str
        Names of the states.
    shapes : sequence of tuple of int
        For each state, the number of actions of each player.
    rows : iterable of mappings from int to number
        For each row, the numbers of the next states and their probabilities.

    Attributes
    ----------
    offsets : array of int, shape (S + 1,)
        The rows of state s are ``offsets[s]`` to ``offsets[s + 1] - 1``.
    starts : array of int, shape (rows + 1,)
        The entries of row k are ``starts[k]`` to ``starts[k + 1] - 1``.
    targets : array of int, shape (entries,)
        Next states.
    weights : array, shape (entries,)
        Their probabilities, above 0, which add up to 1 in each row.

    Raises
    ------
    ArgumentError
        If a probability is no number or lies outside [0, 1], or those of a row do not add up to 1.
    """

    states: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    offsets: NDArray[np.int64]
    starts: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: NDArray[np.float64]

    def __init__(
        self, states: Sequence[str], shapes: Sequence[tuple[int, ...]], rows: Iterable[Mapping[int, object]]
    ) -> None:
        given = list(rows)
        offsets = _ends(math.prod(shape) for shape in shapes)
        object.__setattr__(self, "states", tuple(states))
        object.__setattr__(self, "shapes", tuple(shapes))
        object.__setattr__(self, "offsets", offsets)
        object.__setattr__(self, "starts", _ends(len(row) for row in given))
        owners = np.repeat(np.arange(len(given)), np.diff(self.starts))
        entries = [entry for row in given for entry in row.values()]
        weights = self._floats(entries, owners)
        kept = weights > 0
        sums = np.bincount(owners, weights, minlength=len(given))
        wrong = np.flatnonzero(np.abs(sums - 1) > ROUNDING)
        if wrong.size:
            raise refusal(self.row_name(int(wrong[0])), OWNER, "add up to 1", f"{sums[wrong[0]]:.12g}")
        targets = np.array([state for row in given for state in row], dtype=np.int64)
        object.__setattr__(self, "starts", _ends(np.bincount(owners[kept], minlength=len(given))))
        object.__setattr__(self, "targets", targets[kept])
        object.__setattr__(self, "weights", (weights / sums[owners])[kept])
        for array in (self.offsets, self.starts, self.targets, self.weights):
            array.setflags(write=False)
        self.__dict__["_given"] = [entry for entry, keep in zip(entries, kept, strict=True) if keep]

    def __len__(self) -> int:
        return len(self.shapes)

    def __getitem__(self, state: int) -> NDArray[np.float64]:
        """Return the probabilities at state number `state`, shape (n0, n1, ..., S)."""
        number = range(len(self))[state]
        written = np.zeros((math.prod(self.shapes[number]), len(self)))
        written[self._places(number)] = self.weights[self._entries(number)]
        return self._shaped(number, written)

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        return (self[s] for s in range(len(self)))

    def __repr__(self) -> str:
        return f"Transitions({len(self)} states, {self.num_rows} rows, {len(self.targets)} entries)"

    @property
    def num_rows(self) -> int:
        """Number of action profiles of all states together."""
        return len(self.starts) - 1

    @cached_property
    def exact_weights(self) -> NDArray[np.object_]:
        """`weights` as `Fraction`; a float counts as the decimal that it prints as, and rows add up to 1."""
        exact = np.empty(len(self.weights), dtype=object)
        for row in range(self.num_rows):
            low, high = self.starts[row], self.starts[row + 1]
            entries = [exact_number(self.row_name(row), OWNER, entry) for entry in self._given[low:high]]
            total = sum(entries, start=Fraction(0))
            exact[low:high] = [entry / total for entry in entries]
        exact.setflags(write=False)
        return exact

    def exact(self, state: int) -> NDArray[np.object_]:
        """Return the probabilities at state number `state` as `Fraction`, shape (n0, n1, ..., S)."""
        number = range(len(self))[state]
        written = np.full((math.prod(self.shapes[number]), len(self)), Fraction(0), dtype=object)
        written[self._places(number)] = self.exact_weights[self._entries(number)]
        return self._shaped(number, written)

    def row_name(self, row: int) -> str:
        """Return how a row is named in a refusal."""
        state = int(np.searchsorted(self.offsets, row, side="right")) - 1
        profile = np.unravel_index(row - int(self.offsets[state]), self.shapes[state])
        return f"transitions[{self.states[state]!r}][{', '.join(str(int(a)) for a in profile)}]"

    def _entries(self, state: int) -> slice:
        return slice(self.starts[self.offsets[state]], self.starts[self.offsets[state + 1]])

    def _places(self, state: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        lengths = np.diff(self.starts[self.offsets[state] : self.offsets[state + 1] + 1])
        return np.repeat(np.arange(len(lengths)), lengths), self.targets[self._entries(state)]

    def _shaped(self, state: int, written: NDArray[Number]) -> NDArray[Number]:
        shaped = written.reshape(*self.shapes[state], len(self))
        shaped.setflags(write=False)
        return shaped

    @property
    def _given(self) -> list[object]:
        entries: list[object] = self.__dict__["_given"]
        return entries

    def _floats(self, entries: list[object], owners: NDArray[np.int64]) -> NDArray[np.float64]:
        weights = np.empty(len(entries))
        for k, entry in enumerate(entries):
            if isinstance(entry, float):
                weights[k] = entry
            else:
                name = self.row_name(int(owners[k]))
                weights[k] = check_number(name, OWNER, exact_number(name, OWNER, entry))
        outside = np.flatnonzero(~((weights >= 0) & (weights <= 1 + ROUNDING)))
        if outside.size:
            name = self.row_name(int(owners[outside[0]]))
            raise refusal(name, OWNER, "hold probabilities from 0 to 1", weights[outside[0]])
        return weights


def _ends(lengths: Iterable[int]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(int(length) for length in lengths)], dtype=np.int64)
