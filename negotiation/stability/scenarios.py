"""Scenario discovery: the simplest box of conditions under which an agreement fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_between, refusal
from negotiation.stability.evaluation import evaluate
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, as_model
from negotiation.stability.uncertainty import DRAWS, SEED, drawn_points

if TYPE_CHECKING:
    import xarray

PEEL = 0.05
"""Share of the draws of a box that a step of peeling takes away."""

PASTE = 0.01
"""Share of the draws of a box by which a step of pasting widens it."""

SIGNIFICANT = 0.05
"""Largest quasi-p-value of an end that is kept."""

LEAST = 0.02
"""Smallest share of all draws in a box."""

OWNER = "scenarios"

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@final
@dataclass(frozen=True, eq=False)
class Scenario:
    """A box of conditions under which an agreement mostly fails.

    Parameters
    ----------
    model : Model
        The model.
    sense : str
        The sense of holding.
    draws, seed : int
        Of the random draws.
    limits : mapping from str to (low, high)
        The parameters that the box restricts, and where it lets them stand; an open end is infinite.
    coverage, density, mass : float
        The share of all failures that lie in the box, the share of its draws that fail, and the share of all draws
        that lie in it.
    base_rate : float
        The share of all draws that fail.
    quasi_p : mapping from str to float
        For each restricted parameter, the chance of at least as many failures in the box if the restriction were
        none: if failures were as frequent in it as in the box without that restriction.
    dense : bool
        Whether the box reaches the density asked for.
    trajectory : array, shape (steps, 4)
        Coverage, density, mass and number of restricted parameters of every box that was peeled on the way, from
        the whole of the draws on.
    """

    model: Model
    sense: str
    draws: int
    seed: int
    limits: Mapping[str, tuple[float, float]]
    coverage: float
    density: float
    mass: float
    base_rate: float
    quasi_p: Mapping[str, float]
    dense: bool
    trajectory: Floats

    def __str__(self) -> str:
        conditions = " and ".join(_condition(name, *ends) for name, ends in self.limits.items())
        return (
            f"{self.sense} fails{' where ' * bool(conditions)}{conditions}\n"
            f"coverage {self.coverage:.3f}, density {self.density:.3f}, mass {self.mass:.3f}"
        )

    def to_dataset(self) -> "xarray.Dataset":
        """Return limits by parameter and the trajectory by step as a labelled dataset."""
        names = list(self.limits)
        columns = {
            "low": ("parameter", [self.limits[name][0] for name in names]),
            "high": ("parameter", [self.limits[name][1] for name in names]),
            "unit": ("parameter", np.array([self.model.ranges[name].unit for name in names], dtype=str)),
            "quasi_p": ("parameter", [self.quasi_p[name] for name in names]),
        } | {
            name: ("step", self.trajectory[:, k])
            for k, name in enumerate(("coverage", "density", "mass", "restricted"))
        }
        attributes = {"sense": self.sense, "draws": self.draws, "seed": self.seed}
        return labelled(self.model, columns, {"parameter": names}, **attributes)


def scenarios(
    model: Askable, *, sense: str | None = None, density: float = 0.8, draws: int = DRAWS, seed: int = SEED
) -> Scenario:
    """Find the simplest box of conditions under which the agreement fails.

    Parameters
    ----------
    model : Model or anything with a method model()
        The parameters are drawn independently, each by the law of its range.
    sense : str, optional
        The sense of holding; the first of the model when left out.
    density : float, default 0.8
        Share of the draws in the box that are to fail, in (0, 1].
    draws, seed : int
        As in `uncertainty`.

    Returns
    -------
    Scenario

    Raises
    ------
    ArgumentError
        If all draws hold or all fail, no parameter is drawn, or the measure is not finite at a draw.

    Notes
    -----
    The patient rule induction method [FF99]_ peels from the box of all draws, again and again, the twentieth at
    one end of one parameter that leaves the highest density, down to a fiftieth of all draws. Ends of which the
    quasi-p-value [BL10]_ exceeds 0.05 are opened, and of these boxes the one with the largest coverage among those
    that reach the density is taken, or the densest if none does. It is then widened by hundredths of its draws
    that fail at least as often as all draws, as long as its density does not fall below the one asked for (its
    own, if that is less), and further ends are opened under the latter condition, the cheapest first. Limits lie
    halfway between the draws inside and outside.

    References
    ----------
    .. [FF99] J. H. Friedman and N. I. Fisher (1999), Bump hunting in high-dimensional data, Statistics and
       Computing 9, 123-143.
    .. [BL10] B. P. Bryant and R. J. Lempert (2010), Thinking inside the box: a participatory, computer-assisted
       approach to scenario discovery, Technological Forecasting and Social Change 77, 34-49.

    Examples
    --------
    >>> ranges = {name: (0, 1, 2) for name in "xyz"}
    >>> model = Model(ranges, lambda x, y, z: np.maximum(1.2 - x, y - 0.9))
    >>> found = scenarios(model, density=0.99)
    >>> {name: [round(end, 2) for end in ends] for name, ends in found.limits.items()}
    {'x': [1.2, inf], 'y': [-inf, 0.9]}
    """
    found = as_model(OWNER, model)
    column, asked = found.sense(OWNER, sense), check_between("density", OWNER, density, 0, 1)
    points = drawn_points(OWNER, found, draws, seed)
    fails = evaluate(found, points)[:, column] < 0
    if fails.all() or not fails.any():
        raise refusal(
            "model", OWNER, "fail at some draws and hold at others", "fails at all" if fails.all() else "none"
        )
    table = np.stack([points[name] for name in found.drawn], axis=1)
    search = _Search(table, fails)
    boxes = search.peeled()
    best = search.chosen(boxes, asked)
    floor = min(asked, search.density(best))
    box = search.opened(search.pasted(best, floor), floor)
    inside = search.inside(box)
    return Scenario(
        found,
        found.senses[column],
        draws,
        seed,
        {found.drawn[k]: search.limits(box, k) for k in search.restricted(box)},
        search.coverage(box),
        search.density(box),
        float(inside.mean()),
        float(fails.mean()),
        {found.drawn[k]: search.quasi_p(box, [(k, 0), (k, 1)]) for k in search.restricted(box)},
        search.density(box) >= asked,
        search.trajectory(boxes),
    )


@final
@dataclass(frozen=True, eq=False)
class _Search:
    """Boxes of draws: arrays of shape (parameters, 2), lowest and highest value inside, infinite where open."""

    table: Floats
    fails: Bools

    def inside(self, box: Floats) -> Bools:
        found = np.ones(len(self.table), dtype=np.bool_)
        for k in self.restricted(box):
            found &= (self.table[:, k] >= box[k, 0]) & (self.table[:, k] <= box[k, 1])
        return found

    def density(self, box: Floats) -> float:
        return float(self.fails[self.inside(box)].mean())

    def coverage(self, box: Floats) -> float:
        return float(self.fails[self.inside(box)].sum() / self.fails.sum())

    def restricted(self, box: Floats) -> list[int]:
        return np.flatnonzero(np.isfinite(box).any(axis=1)).tolist()

    def trajectory(self, boxes: list[Floats]) -> Floats:
        rows = [
            (self.coverage(box), self.density(box), self.inside(box).mean(), len(self.restricted(box)))
            for box in boxes
        ]
        found = np.array(rows)
        found.setflags(write=False)
        return found

    def peeled(self) -> list[Floats]:
        """Peel boxes one inside the other."""
        boxes = [np.tile([-np.inf, np.inf], (self.table.shape[1], 1))]
        rows, fails = self.table, self.fails
        while True:
            kept = self._best_peel(rows, fails, boxes[-1])
            if kept is None:
                return boxes
            rows, fails, box = kept
            boxes.append(box)

    def _best_peel(self, rows: Floats, fails: Bools, box: Floats) -> tuple[Floats, Bools, Floats] | None:
        least = LEAST * len(self.table)
        ends = np.quantile(rows, [PEEL, 1 - PEEL], axis=0, method="nearest")
        stays = np.stack([rows > ends[0], rows < ends[1]])
        sizes = stays.sum(axis=1)
        left = (stays & fails[:, None]).sum(axis=1)
        fit = (sizes >= least) & (sizes > 0) & (sizes < len(rows))
        if not fit.any() or fails.all():
            return None
        side, k = np.unravel_index(np.where(fit, left / np.maximum(sizes, 1), -1.0).argmax(), fit.shape)
        stay = stays[side, :, k]
        smaller = box.copy()
        smaller[k, side] = rows[stay, k].min() if side == 0 else rows[stay, k].max()
        return rows[stay], fails[stay], smaller

    def pasted(self, box: Floats, floor: float) -> Floats:
        """Widen the ends of a box, the best first, where enough fails and the density stays above the floor."""
        while True:
            inside = self.inside(box)
            wider = [one for end in self._ends(box) if (one := self._wider(box, *end)) is not None]
            fit = [
                one
                for one in wider
                if self.density(one) >= floor
                and self.fails[self.inside(one) & ~inside].mean() >= self.fails.mean()
            ]
            if not fit:
                return box
            box = max(fit, key=self.density)

    def _wider(self, box: Floats, k: int, side: int) -> Floats | None:
        sign = -1 if side == 0 else 1
        beyond = np.sort(sign * self.table[self._beyond(box, k, side), k])
        if not beyond.size:
            return None
        count = min(max(int(PASTE * self.inside(box).sum()), 1), beyond.size)
        wider = box.copy()
        wider[k, side] = sign * beyond[count - 1]
        return wider

    def _beyond(self, box: Floats, k: int, side: int) -> Bools:
        """Return the draws that only this end of the box keeps out."""
        open_box = box.copy()
        open_box[k, side] = (-np.inf, np.inf)[side]
        found: Bools = self.inside(open_box) & ~self.inside(box)
        return found

    def chosen(self, boxes: list[Floats], asked: float) -> Floats:
        """Return the box with the largest coverage that reaches the density without its insignificant ends."""
        good = [box for box in boxes if self.density(box) >= asked]
        for box in sorted(good, key=self.coverage, reverse=True):
            simple = self.significant(box)
            if self.density(simple) >= asked:
                return simple
        return max([*map(self.significant, good), boxes[-1]], key=self.density)

    def significant(self, box: Floats) -> Floats:
        """Open the ends that chance alone may have brought, the least significant first."""
        while ends := self._ends(box):
            chances = [self.quasi_p(box, [end]) for end in ends]
            if max(chances) <= SIGNIFICANT:
                break
            box = self._opened(box, [ends[int(np.argmax(chances))]])
        return box

    def opened(self, box: Floats, floor: float) -> Floats:
        """Open the ends of a box that its density does not need, the cheapest first."""
        while True:
            wider = [self._opened(box, [end]) for end in self._ends(box)]
            fit = [one for one in wider if self.density(one) >= floor]
            if not fit:
                return box
            box = max(fit, key=self.density)

    def quasi_p(self, box: Floats, ends: list[tuple[int, int]]) -> float:
        """Return the chance of as many failures in the box if they were as frequent as with some ends open."""
        from scipy.stats import binom  # only here: it takes a while to load

        inside, without = self.fails[self.inside(box)], self.fails[self.inside(self._opened(box, ends))]
        return float(binom.sf(inside.sum() - 1, inside.size, without.mean()))

    def _ends(self, box: Floats) -> list[tuple[int, int]]:
        return [(k, side) for k in self.restricted(box) for side in (0, 1) if np.isfinite(box[k, side])]

    def _opened(self, box: Floats, ends: list[tuple[int, int]]) -> Floats:
        wider = box.copy()
        for k, side in ends:
            wider[k, side] = (-np.inf, np.inf)[side]
        return wider

    def limits(self, box: Floats, k: int) -> tuple[float, float]:
        column = self.table[:, k]
        below, above = column[column < box[k, 0]], column[column > box[k, 1]]
        low = (box[k, 0] + below.max()) / 2 if below.size else -np.inf
        high = (box[k, 1] + above.min()) / 2 if above.size else np.inf
        return float(low), float(high)


def _condition(name: str, low: float, high: float) -> str:
    below = f"{low:.4g} <= " if low > -np.inf else ""
    return f"{below}{name}" + (f" <= {high:.4g}" if high < np.inf else "")
