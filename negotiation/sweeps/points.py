"""Where a function is evaluated: a grid of parameter values, or a table of draws."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, final

import numpy as np
from numpy.typing import ArrayLike

from negotiation._checks import check_known, refusal
from negotiation.sweeps.names import DRAW, Labels, check_distinct, check_identifier, check_labels

Value = float | int | str


@final
@dataclass(frozen=True, eq=False)
class Points:
    """Values of named parameters at which a function is evaluated.

    Built with `Points.grid(...)` or `Points.draws(...)`. The points of a grid are counted with the last parameter
    moving fastest.

    Parameters
    ----------
    values : mapping from parameter to array, shape (k,)
        The values along each axis of a grid, or the columns of a table.
    dims : tuple of str
        The parameters themselves for a grid, ``("draw",)`` for a table.
    units : mapping from parameter to str, optional
        Units of some parameters.

    Raises
    ------
    ArgumentError
        If there is no parameter, a name cannot be a keyword, a row is empty or holds anything but finite numbers
        or texts, a value stands twice on an axis, or columns differ in length.
    """

    values: Mapping[str, Labels]
    dims: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        owner = "Points.draws" if self._is_table else "Points.grid"
        if not isinstance(self.values, Mapping) or not self.values:
            example = f"As in {owner}({{'tau_us': [2.0, 3.0]}})."
            raise refusal("values", owner, "map at least one parameter to its values", repr(self.values), example)
        rows = {
            check_identifier(name, "values", owner): check_labels(name, owner, row)
            for name, row in self.values.items()
        }
        if not self._is_table:
            rows = {name: check_distinct(name, owner, row) for name, row in rows.items()}
        elif len({len(row) for row in rows.values()}) > 1:
            raise refusal("values", owner, "hold columns of one length", {n: len(row) for n, row in rows.items()})
        for name in self.units:
            check_known("units", owner, name, rows)
        object.__setattr__(self, "values", rows)
        object.__setattr__(self, "units", dict(self.units))

    @classmethod
    def grid(
        cls, values: Mapping[str, Sequence[Value] | ArrayLike], *, units: Mapping[str, str] | None = None
    ) -> Self:
        """Build the grid of all combinations of the values of some parameters.

        Parameters
        ----------
        values : mapping from parameter to sequence of float, int or str
            The distinct values of each parameter.
        units : mapping from parameter to str, optional
            Units of some parameters.

        Examples
        --------
        >>> len(Points.grid({"tau_us": [2.0, 2.5, 3.0], "omega": [0.5, 0.6]}))
        6
        """
        return cls(values, tuple(values) if isinstance(values, Mapping) else (), units or {})  # type: ignore[arg-type]

    @classmethod
    def draws(
        cls, values: Mapping[str, Sequence[Value] | ArrayLike], *, units: Mapping[str, str] | None = None
    ) -> Self:
        """Build the points of a table: one row a draw, one column a parameter.

        Parameters
        ----------
        values : mapping from parameter to sequence of float, int or str, all of one length
            The columns.
        units : mapping from parameter to str, optional
            Units of some parameters.

        Examples
        --------
        >>> len(Points.draws({"tau_us": [2.0, 2.5, 3.0], "omega": [0.5, 0.6, 0.5]}))
        3
        """
        return cls(values, (DRAW,), units or {})  # type: ignore[arg-type]

    @property
    def _is_table(self) -> bool:
        return self.dims == (DRAW,)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values along each axis."""
        rows = list(self.values.values())
        return (len(rows[0]),) if self._is_table else tuple(map(len, rows))

    def __len__(self) -> int:
        return math.prod(self.shape)

    def axis(self, parameter: str) -> str:
        """Return the axis along which a parameter varies."""
        return DRAW if self._is_table else parameter

    def part(self, start: int, stop: int) -> dict[str, Labels]:
        """Return the values of each parameter at the points from `start` up to `stop`."""
        if self._is_table:
            return {name: column[start:stop] for name, column in self.values.items()}
        places = np.unravel_index(np.arange(start, stop), self.shape)
        return {name: row[place] for (name, row), place in zip(self.values.items(), places, strict=True)}

    def words(self, index: int) -> str:
        """Write a point for people: its number and its parameters."""
        return point_words(index, self.part(index, index + 1), 0)

    def digest(self) -> str:
        """Return a fingerprint of names and values, by which a file recognises its sweep."""
        found = hashlib.sha256(repr(self.dims).encode())
        for name, row in self.values.items():
            found.update(repr((name, row.dtype.str, len(row))).encode())
            found.update(np.ascontiguousarray(row).tobytes())
        return found.hexdigest()[:32]


def point_words(index: int, columns: Mapping[str, Labels], row: int) -> str:
    """Write the point in one row of some columns: its number and its parameters."""
    return f"point {index} ({', '.join(f'{name}={column[row].item()!r}' for name, column in columns.items())})"
