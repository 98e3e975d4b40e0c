"""Frontiers: the curve in the plane of two parameters along which a verdict flips."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count, refusal
from negotiation.stability.evaluation import evaluate
from negotiation.stability.flips import find_flips
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, as_model

if TYPE_CHECKING:
    import xarray

CELLS = 64
"""Cells along each side of the rectangle unless others are asked for."""

MOST_CELLS = 1_000

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Sides = tuple[Ints, Ints]
Margin = Callable[[Floats, Floats], Floats]


@final
@dataclass(frozen=True, eq=False)
class Frontier:
    """Where a verdict flips as two parameters move.

    Parameters
    ----------
    model : Model
        The model; all other parameters stand at their central values.
    x, y, sense : str
        The two parameters and the sense of holding.
    branches : tuple of array, shape (k, 2)
        The connected pieces of the curve, values of x and y in order along each. Every point is a flip along x or
        along y, to the rounding of floats. A closed piece ends where it begins.
    spacing : tuple of two floats
        Sides of a cell of the scan. What lies inside one cell goes unseen.
    holds : bool
        The verdict at the central values.
    """

    model: Model
    x: str
    y: str
    sense: str
    branches: tuple[Floats, ...]
    spacing: tuple[float, float]
    holds: bool

    def to_dataset(self) -> "xarray.Dataset":
        """Return the points of all branches as a labelled dataset, with the number of the branch of each."""
        points = np.concatenate([np.empty((0, 2)), *self.branches])
        number = np.repeat(np.arange(len(self.branches)), [len(one) for one in self.branches])
        columns = {
            name: ("point", points[:, k], {"units": self.model.ranges[name].unit})
            for k, name in enumerate((self.x, self.y))
        }
        return labelled(self.model, columns | {"branch": ("point", number)}, sense=self.sense)


def frontier(model: Askable, x: str, y: str, *, sense: str | None = None, cells: int = CELLS) -> Frontier:
    """Follow the curve along which the verdict flips within the plausible ranges of two parameters.

    Parameters
    ----------
    model : Model or anything with a method model()
        All other parameters stand at their central values.
    x, y : str
        The two parameters.
    sense : str, optional
        The sense of holding; the first of the model when left out.
    cells : int, default 64
        Cells along each side of the rectangle, at most 1,000.

    Returns
    -------
    Frontier

    Raises
    ------
    ArgumentError
        If a parameter or the sense is unknown, the parameters are the same or one has no width, or the measure is
        not finite.

    Notes
    -----
    The rectangle is cut into cells, and the flips along all sides of cells are found by root-finding. Each cell
    joins those on its sides; where four meet, the verdict in the middle of the cell tells which belong together.

    Examples
    --------
    >>> ring = Model({"x": (-2, 0, 2), "y": (-2, 0, 2)}, lambda x, y: 1 - x**2 - y**2)
    >>> curve = frontier(ring, "x", "y").branches[0]
    >>> bool(np.allclose((curve**2).sum(axis=1), 1, atol=1e-14, rtol=0)), bool((curve[0] == curve[-1]).all())
    (True, True)
    """
    found = as_model("frontier", model)
    ends = [found.range("frontier", name) for name in (x, y)]
    if x == y or not all(one.width for one in ends):
        raise refusal("y", "frontier", "name another parameter than 'x', both with a range that has width", (x, y))
    count, column = check_count("cells", "frontier", cells, 2, most=MOST_CELLS), found.sense("frontier", sense)
    grids = [np.linspace(one.low, one.high, count + 1) for one in ends]

    def margin(xs: Floats, ys: Floats) -> Floats:
        return evaluate(found, {x: xs, y: ys})[:, column]

    corners = (
        margin(*(one.ravel() for one in np.meshgrid(*grids, indexing="ij"))).reshape(count + 1, count + 1) >= 0
    )
    sides, points = _crossings(margin, grids, corners)
    branches = tuple(points[path] for path in _paths(_joined(margin, grids, corners, sides)))
    for one in branches:
        one.setflags(write=False)
    centre = margin(*(np.array([one.central]) for one in ends))[0] >= 0
    spacing = (ends[0].width / count, ends[1].width / count)
    return Frontier(found, x, y, found.senses[column], branches, spacing, bool(centre))


def _crossings(margin: Margin, grids: list[Floats], corners: Bools) -> tuple[Sides, Floats]:
    """Number the sides of cells along x and along y with a flip, -1 for none, and find the point of each."""
    sides, low, high, fixed, count = [], [], [], [], 0
    for axis, differ in enumerate((corners[1:] != corners[:-1], corners[:, 1:] != corners[:, :-1])):
        cell = np.nonzero(differ)
        numbers = np.full(differ.shape, -1)
        numbers[cell] = count + np.arange(len(cell[0]))
        count += len(cell[0])
        sides.append(numbers)
        low.append(grids[axis][cell[axis]])
        high.append(grids[axis][cell[axis] + 1])
        fixed.append(grids[1 - axis][cell[1 - axis]])
    along_x = np.repeat([True, False], [len(one) for one in low])
    other = np.concatenate(fixed)

    def on_side(line: Ints, moved: Floats) -> Floats:
        return margin(np.where(along_x[line], moved, other[line]), np.where(along_x[line], other[line], moved))

    brackets = find_flips(on_side, np.stack([np.concatenate(low), np.concatenate(high)], axis=1))
    first = np.unique(brackets.line, return_index=True)[1]
    place = (brackets.left[first] + brackets.right[first]) / 2
    points = np.where(along_x[:, None], np.stack([place, other], axis=1), np.stack([other, place], axis=1))
    return (sides[0], sides[1]), points


def _joined(margin: Margin, grids: list[Floats], corners: Bools, sides: Sides) -> list[tuple[int, int]]:
    """Pair the crossings on the sides of each cell."""
    along_x, along_y = sides
    around = np.stack([along_x[:, :-1], along_x[:, 1:], along_y[:-1], along_y[1:]], axis=-1)
    crossed = (around >= 0).sum(axis=-1)
    pairs = [(int(one[0]), int(one[1])) for one in (row[row >= 0] for row in around[crossed == 2])]
    i, j = np.nonzero(crossed == 4)
    if len(i):
        middles = [(one[1:] + one[:-1]) / 2 for one in grids]
        cut_off = (margin(middles[0][i], middles[1][j]) >= 0) == corners[i, j]
        for (bottom, top, left, right), lower_right in zip(around[i, j].tolist(), cut_off, strict=True):
            pairs += [(bottom, right), (top, left)] if lower_right else [(bottom, left), (top, right)]
    return pairs


def _paths(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """String pairs together; each number stands in at most two of them."""
    neighbours: dict[int, list[int]] = {}
    for one, other in pairs:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    paths = []
    for start in sorted(neighbours, key=lambda one: len(neighbours[one])):
        path = [start]
        while neighbours[path[-1]]:
            following = neighbours[path[-1]].pop()
            neighbours[following].remove(path[-1])
            path.append(following)
        if len(path) > 1:
            paths.append(path)
    return paths
