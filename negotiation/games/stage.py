"""Stage games: what is played once, as frozen data.

A stage game has players 0, ..., n - 1. Player i picks one of its actions; the tuple of the actions picked is
an action profile. `payoffs[a0, ..., a(n-1), i]` is what player i earns at the profile (a0, ..., a(n-1)): one
axis an action, the player last. Two matrices that describe a two-player game are both indexed by the row
player's action first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import product
from typing import Self, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import TOO_LARGE, check_array, check_names, nearest, refusal
from negotiation.games.numbers import exact_number

OWNER = "StageGame"


@final
@dataclass(frozen=True, eq=False, init=False, repr=False)
class StageGame:
    """A game in strategic form with named players and actions.

    Parameters
    ----------
    payoffs : array_like, shape (n0, n1, ..., n)
        `payoffs[a0, a1, ..., i]` is the payoff of player i. Entries may be int, float, `Fraction`,
        `Decimal` or text such as ``"11/2"``; exact entries are kept exact in `exact_payoffs`.
    players : sequence of str, optional
        One name a player; ``player 0``, ``player 1``, ... when left out.
    actions : sequence of sequences of str, optional
        For each player, one name an action; ``0``, ``1``, ... when left out.

    Raises
    ------
    ArgumentError
        If the payoffs are empty, ragged or not finite, if their last axis does not count the players, or if
        names are missing, empty or repeated.

    Examples
    --------
    >>> game = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]], actions=[["hold", "break"]] * 2)
    >>> game["hold", "break"]
    array([-1.,  6.])
    >>> print(game)
                player 1: hold  break
    player 0: hold        4, 4  -1, 6
             break       6, -1   1, 1
    """

    payoffs: NDArray[np.float64]
    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]

    def __init__(
        self,
        payoffs: object,
        players: Sequence[str] | None = None,
        actions: Sequence[Sequence[str]] | None = None,
    ) -> None:
        raw = _rectangular(payoffs)
        num_players = raw.shape[-1]
        default_players = [f"player {i}" for i in range(num_players)]
        default_actions = [[str(a) for a in range(count)] for count in raw.shape[:-1]]
        given = default_actions if actions is None else list(actions)
        if len(given) != num_players:
            raise refusal("actions", OWNER, f"name the actions of {num_players} players", f"{len(given)} lists")
        exact = None if raw.dtype != object else _fractions(raw)
        object.__setattr__(
            self, "payoffs", check_array("payoffs", OWNER, raw if exact is None else _floats(exact))
        )
        object.__setattr__(
            self,
            "players",
            check_names("players", OWNER, default_players if players is None else players, num_players),
        )
        object.__setattr__(
            self,
            "actions",
            tuple(
                check_names(f"actions[{i}]", OWNER, names, count)
                for i, (names, count) in enumerate(zip(given, raw.shape, strict=False))
            ),
        )
        if exact is not None:
            self.__dict__["exact_payoffs"] = exact

    @classmethod
    def from_matrices(
        cls,
        row: object,
        column: object,
        players: Sequence[str] | None = None,
        actions: Sequence[Sequence[str]] | None = None,
    ) -> Self:
        """Build a two-player game from two matrices, both row player x column player.

        Parameters
        ----------
        row, column : array_like, shape (n0, n1)
            Payoffs of the row player (player 0) and of the column player (player 1). A library that wants the
            column player's own action first holds the transpose of `column`.
        players, actions : optional
            Names, as in the class.

        Raises
        ------
        ArgumentError
            If the two shapes differ, and as in the class.
        """
        owner, way_out = "StageGame.from_matrices", "Both matrices are row player x column player."
        first, second = (np.array(matrix, dtype=object) for matrix in (row, column))
        if first.ndim != 2:
            raise refusal("row", owner, "be rectangular, with two axes", f"shape {first.shape}", way_out)
        if first.shape != second.shape:
            rule = f"have the shape of 'row', {first.shape}"
            raise refusal("column", owner, rule, f"shape {second.shape}", way_out)
        return cls(np.stack([first, second], axis=-1).tolist(), players, actions)

    @classmethod
    def from_profiles(
        cls, payoffs: Mapping[tuple[str, ...], Sequence[object]], players: Sequence[str] | None = None
    ) -> Self:
        """Build a game from named action profiles.

        Parameters
        ----------
        payoffs : mapping from tuple of str to sequence of numbers
            The payoff of every player at every profile; actions are ordered by first appearance.
        players : sequence of str, optional
            Names, as in the class.

        Raises
        ------
        ArgumentError
            If a profile is missing or profiles differ in length, and as in the class.

        Examples
        --------
        >>> StageGame.from_profiles({("stay", "stay"): (1, 1), ("stay", "go"): (0, 2),
        ...                          ("go", "stay"): (2, 0), ("go", "go"): (0, 0)}).shape
        (2, 2)
        """
        owner = "StageGame.from_profiles"
        sizes = {len(profile) for profile in payoffs}
        if len(sizes) != 1:
            raise refusal("payoffs", owner, "hold profiles of one length", sorted(sizes))
        num_players = sizes.pop()
        actions = [list(dict.fromkeys(profile[i] for profile in payoffs)) for i in range(num_players)]
        profiles = list(product(*actions))
        missing = [profile for profile in profiles if profile not in payoffs]
        if missing:
            raise refusal(
                "payoffs",
                owner,
                f"hold all {len(profiles)} profiles",
                f"{len(payoffs)}; {missing[0]} is missing",
            )
        cells = np.empty((len(profiles), num_players), dtype=object)
        for k, profile in enumerate(profiles):
            if len(payoffs[profile]) != num_players:
                raise refusal(f"payoffs[{profile}]", owner, f"hold {num_players} payoffs", payoffs[profile])
            cells[k] = list(payoffs[profile])
        return cls(cells.reshape(*map(len, actions), num_players).tolist(), players, actions)

    @cached_property
    def exact_payoffs(self) -> NDArray[np.object_]:
        """Payoffs as `Fraction`, same shape as `payoffs`; a float counts as the decimal that it prints as."""
        return _fractions(self.payoffs)

    @property
    def num_players(self) -> int:
        """Number of players."""
        return len(self.players)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of actions of each player."""
        return self.payoffs.shape[:-1]

    def profile(self, *actions: str | int) -> tuple[int, ...]:
        """Return the action profile, as indices, of one action a player given by name or by index.

        Raises
        ------
        ArgumentError
            If the number of actions is not the number of players, or an action is unknown.
        """
        if len(actions) != self.num_players:
            raise refusal("actions", OWNER, f"name one action for each of {self.num_players} players", actions)
        return tuple(self._action(i, action) for i, action in enumerate(actions))

    def __getitem__(self, actions: tuple[str | int, ...]) -> NDArray[np.float64]:
        """Return the payoffs, shape (n,), at a profile given by names or by indices."""
        cell: NDArray[np.float64] = self.payoffs[self.profile(*actions)]
        return cell

    def __repr__(self) -> str:
        return f"StageGame({' x '.join(map(str, self.shape))}, players={list(self.players)})"

    def __str__(self) -> str:
        if self.num_players != 2:
            rows = [", ".join(names) for names in product(*self.actions)]
            width = max(map(len, rows))
            cells = self.payoffs.reshape(-1, self.num_players)
            return "\n".join(f"{row:<{width}}  {_cell(cell)}" for row, cell in zip(rows, cells, strict=True))
        head = [f"{self.players[1]}: {self.actions[1][0]}", *self.actions[1][1:]]
        side = [f"{self.players[0]}: {self.actions[0][0]}", *self.actions[0][1:]]
        table = [head, *([_cell(cell) for cell in row] for row in self.payoffs)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        left = max(map(len, side))
        lines = [" " * left, *(f"{name:>{left}}" for name in side)]
        for k, row in enumerate(table):
            lines[k] += "  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if self.num_players != 2:
            return f"<pre>{escape(str(self))}</pre>"
        corner = f"<th>{escape(self.players[0])} \\ {escape(self.players[1])}</th>"
        head = corner + "".join(f"<th>{escape(name)}</th>" for name in self.actions[1])
        body = "".join(
            f"<tr><th>{escape(name)}</th>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>"
            for name, row in zip(self.actions[0], self.payoffs, strict=True)
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _action(self, player: int, action: str | int) -> int:
        names = self.actions[player]
        if isinstance(action, str):
            if action in names:
                return names.index(action)
            raise refusal(
                f"actions[{player}]",
                OWNER,
                f"name an action of {self.players[player]}",
                repr(action),
                nearest(action, names),
            )
        whole = isinstance(action, int | np.integer) and not isinstance(action, bool)
        if not whole or not 0 <= action < len(names):
            raise refusal(
                f"actions[{player}]", OWNER, f"be a name or a number from 0 to {len(names) - 1}", repr(action)
            )
        return int(action)


def _rectangular(payoffs: object) -> NDArray[np.object_] | NDArray[np.float64]:
    try:
        if isinstance(payoffs, np.ndarray) and payoffs.dtype.kind == "f":
            raw: NDArray[np.object_] | NDArray[np.float64] = payoffs.astype(np.float64)
        else:
            raw = np.array(payoffs, dtype=object)
    except ValueError:
        raise refusal("payoffs", OWNER, "be rectangular", "rows of different lengths") from None
    if raw.size == 0:
        raise refusal("payoffs", OWNER, "hold at least one profile", f"shape {raw.shape}")
    if raw.dtype == object and any(
        isinstance(entry, Sequence | np.ndarray) and not isinstance(entry, str) for entry in raw.flat
    ):
        raise refusal("payoffs", OWNER, "be rectangular", "rows of different lengths")
    if raw.ndim < 3 or raw.shape[-1] != raw.ndim - 1:
        raise refusal(
            "payoffs",
            OWNER,
            "have one axis an action and a last axis with one entry a player",
            f"shape {raw.shape}",
            "Two matrices are passed to StageGame.from_matrices.",
        )
    return raw


def _fractions(raw: NDArray[np.object_] | NDArray[np.float64]) -> NDArray[np.object_]:
    exact = np.empty(raw.shape, dtype=object)
    for where in np.ndindex(raw.shape):
        exact[where] = exact_number(f"payoffs[{', '.join(map(str, where))}]", OWNER, raw[where])
    exact.setflags(write=False)
    return exact


def _floats(exact: NDArray[np.object_]) -> NDArray[np.float64]:
    try:
        return exact.astype(np.float64)
    except OverflowError:
        raise refusal("payoffs", OWNER, "fit into floats", TOO_LARGE) from None


def _cell(cell: NDArray[np.float64]) -> str:
    return ", ".join(f"{payoff:.4g}" for payoff in cell)
