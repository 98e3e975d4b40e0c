"""Where a verdict flips along lines: every change of sign that a scan can see, on many lines at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Margin = Callable[[Ints, Floats], Floats]
"""``margin(line, x)`` is the margin at x on each line, arrays of one shape; the agreement holds from 0 on."""

SECTIONS = 4
"""Parts into which a bracket is cut in each round."""

ROUNDS = 27
"""Rounds of cutting: 4^27 parts of a step of the scan exceed the 2^52 of a float's fraction."""


@final
@dataclass(frozen=True, eq=False)
class Brackets:
    """Pairs of neighbouring points on lines with a flip in between.

    Parameters
    ----------
    line : array of int, shape (k,)
        The line of each pair.
    left, right : array, shape (k,)
        The two points.
    holds_right : array of bool, shape (k,)
        Whether the agreement holds on the right; on the left it is the other way round.
    """

    line: Ints
    left: Floats
    right: Floats
    holds_right: NDArray[np.bool_]


def find_flips(margin: Margin, grid: Floats) -> Brackets:
    """Find the flips on lines that are scanned at given points, down to the width of floats.

    Parameters
    ----------
    margin : callable
        As `Margin`.
    grid : array, shape (lines, points)
        Ascending points on each line.

    Returns
    -------
    Brackets
        By line, then from left to right.

    Notes
    -----
    Where the margin comes close to 0 between two points of the scan without a change of sign, it is followed
    there, so that two flips close together are not passed over. A margin that is convex (concave where it is
    negative) around such a place reaches 0 only if it is there at most as large as the drop that led to it.
    """
    rows = np.broadcast_to(np.arange(len(grid))[:, None], grid.shape)
    values = margin(rows.ravel(), grid.ravel()).reshape(grid.shape)
    line, at = np.nonzero((values[:, 1:] >= 0) != (values[:, :-1] >= 0))
    changes = [(line, grid[line, at], grid[line, at + 1], values[line, at + 1] >= 0)]
    changes.append(_followed(margin, grid, values))
    line, left, right, holds = (np.concatenate(parts) for parts in zip(*changes, strict=True))
    for _ in range(ROUNDS):
        if not len(line):
            break
        line, left, right, holds = _narrowed(margin, line, left, right, holds)
    order = np.lexsort((left, line))
    return Brackets(line[order], left[order], right[order], holds[order])


Found = tuple[Ints, Floats, Floats, NDArray[np.bool_]]


def _narrowed(margin: Margin, line: Ints, left: Floats, right: Floats, holds: NDArray[np.bool_]) -> Found:
    steps = np.linspace(0, 1, SECTIONS + 1)
    points = left[:, None] + (right - left)[:, None] * steps
    points[:, -1] = right
    held = np.empty(points.shape, dtype=np.bool_)
    held[:, 0], held[:, -1] = ~holds, holds
    inner = points[:, 1:-1]
    rows = np.broadcast_to(line[:, None], inner.shape)
    held[:, 1:-1] = margin(rows.ravel(), inner.ravel()).reshape(inner.shape) >= 0
    which, at = np.nonzero(held[:, 1:] != held[:, :-1])
    return line[which], points[which, at], points[which, at + 1], held[which, at + 1]


def _followed(margin: Margin, grid: Floats, values: Floats) -> Found:
    """Return the changes of sign beside points at which the margin comes close to 0 and turns back."""
    line, left, middle, right = _turns(grid, values)
    found: list[Found] = [(line[:0], left[:0], right[:0], np.zeros(0, np.bool_))]
    for _ in range(ROUNDS):
        if not len(line):
            break
        points = np.stack([left, (left + middle) / 2, middle, (middle + right) / 2, right], axis=1)
        rows = np.broadcast_to(line[:, None], points.shape)
        near = margin(rows.ravel(), points.ravel()).reshape(points.shape)
        which, at = np.nonzero((near[:, 1:] >= 0) != (near[:, :-1] >= 0))
        found.append((line[which], points[which, at], points[which, at + 1], near[which, at + 1] >= 0))
        still = np.setdiff1d(np.arange(len(line)), which)
        turning, left, middle, right = _turns(points[still], near[still])
        part, first = np.unique(turning, return_index=True)
        line, left, middle, right = line[still][part], left[first], middle[first], right[first]
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))  # type: ignore[return-value]


def _turns(grid: Floats, values: Floats) -> tuple[Ints, Floats, Floats, Floats]:
    size = np.abs(values)
    before, here, after = size[:, :-2], size[:, 1:-1], size[:, 2:]
    same = ((values[:, :-2] >= 0) == (values[:, 1:-1] >= 0)) & ((values[:, 2:] >= 0) == (values[:, 1:-1] >= 0))
    drop = np.maximum(before - here, after - here)
    turns = same & (here <= before) & (here <= after) & (here <= drop) & (drop > 0)
    line, at = np.nonzero(turns)
    return line, grid[line, at], grid[line, at + 1], grid[line, at + 2]
