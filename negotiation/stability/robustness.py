"""The largest joint error of all parameters that a verdict survives, and the direction that breaks it first."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.stability.evaluation import evaluate
from negotiation.stability.flips import find_flips
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, as_model

if TYPE_CHECKING:
    import xarray

SCAN = 129
"""Points of the scan along a direction."""

TRIALS = 2_048
"""Points of the box at which the radius is attacked."""

MOST_MOVES = 200
"""Largest number of steps of one search for the worst corner, and of corners tried."""

OWNER = "robustness_radius"

Floats = NDArray[np.float64]
Harm = Callable[[Floats], Floats]


@final
@dataclass(frozen=True, eq=False)
class Radius:
    """The largest joint error that a verdict survives.

    Parameters
    ----------
    value : float
        The error, as a share of the way from the central value of every parameter to the end of its plausible
        range: 1 is a corner of the plausible box. Negative if the agreement fails at the central values: the
        smallest joint error that would make it hold. Infinite if the search found no other verdict in the box.
    sense : str
        The sense of holding.
    holds : bool
        The verdict at the central values.
    worst : mapping from str to float
        The parameters that have to move, and their values where the verdict flips, the most harmful first: by
        what the measure recovers when the parameter alone goes back.
    relief : mapping from str to float
        That recovery, in the unit of the measure.
    model : Model
        The model.
    """

    value: float
    sense: str
    holds: bool
    worst: Mapping[str, float]
    relief: Mapping[str, float]
    model: Model

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "fails"
        if math.isinf(self.value):
            return f"{self.sense}: {verdict} in the whole plausible box"
        where = ", ".join(f"{name} = {value:.6g}" for name, value in self.worst.items())
        return f"{self.sense}: {verdict} within {abs(self.value):.6g} of the plausible box, flips at {where}"

    def to_dataset(self) -> "xarray.Dataset":
        """Return the radius and the worst direction by parameter as a labelled dataset."""
        names = list(self.worst)
        columns = {
            "radius": ((), self.value, {"units": "share of the way to the end of every plausible range"}),
            "holds": ((), self.holds),
            "worst": ("parameter", np.array([self.worst[name] for name in names], dtype=float)),
            "relief": ("parameter", np.array([self.relief[name] for name in names], dtype=float)),
            "unit": ("parameter", np.array([self.model.ranges[name].unit for name in names], dtype=str)),
        }
        coords = {"parameter": np.array(names, dtype=str)}
        return labelled(self.model, columns, coords, sense=self.sense)


def robustness_radius(model: Askable, names: Sequence[str] | None = None, *, sense: str | None = None) -> Radius:
    """Compute the largest joint adverse error that a verdict survives, and name the worst direction.

    Parameters
    ----------
    model : Model or anything with a method model()
        The model.
    names : sequence of str, optional
        The parameters that may be wrong; all whose range has width when left out.
    sense : str, optional
        The sense of holding; the first of the model when left out.

    Returns
    -------
    Radius

    Raises
    ------
    ArgumentError
        If a parameter or the sense is unknown, no range has width, or the measure is not finite.

    Notes
    -----
    An error e lets every parameter stand anywhere within the share e of the way to either end of its range. The
    radius is exact where the measure is monotone in every parameter; elsewhere it is an upper bound: the worst
    corner is sought by changing one parameter at a time, the flip on the way to it by root-finding, and the box
    within is then attacked at 2,048 further points, until no attack succeeds.

    Examples
    --------
    >>> model = Model({"harm": (4, 6, 9), "gain": (1, 3, 5)}, lambda harm, gain: 0.6 * harm - gain)
    >>> print(robustness_radius(model))
    agreement: holds within 0.1875 of the plausible box, flips at gain = 3.375, harm = 5.625
    """
    found = as_model(OWNER, model)
    chosen = tuple(found.ranges) if names is None else tuple(names)
    wide = tuple(name for name in chosen if found.range(OWNER, name).width > 0)
    if not wide:
        raise refusal("names", OWNER, "name a parameter whose range has width", list(chosen))
    box = _Box(found, wide, found.sense(OWNER, sense), _attack(len(wide)))
    holds = bool(box.margins(np.zeros((1, len(wide))))[0] >= 0)
    error, end = math.inf, box.breaking(1.0, holds)
    for _ in range(MOST_MOVES):
        if end is None:
            break
        error, corner = box.flip(end)
        end = box.breaking(error, holds)
    if math.isinf(error):
        return Radius(math.inf if holds else -math.inf, found.senses[box.sense], holds, {}, {}, found)
    relief = box.relief(corner)
    order = sorted(np.flatnonzero(relief), key=lambda k: -abs(relief[k]))
    values = box.values(corner[None])
    return Radius(
        error if holds else -error,
        found.senses[box.sense],
        holds,
        {wide[k]: float(values[wide[k]][0]) for k in order},
        {wide[k]: abs(float(relief[k])) for k in order},
        found,
    )


@final
@dataclass(frozen=True, eq=False)
class _Box:
    """The plausible box in shares of the way to its ends: 0 is central, -1 the low and 1 the high end."""

    model: Model
    names: tuple[str, ...]
    sense: int
    attack: Floats

    def values(self, places: Floats) -> dict[str, Floats]:
        ends = [self.model.ranges[name] for name in self.names]
        return {
            name: one.central + x * np.where(x > 0, one.high - one.central, one.central - one.low)
            for name, one, x in zip(self.names, ends, places.T, strict=True)
        }

    def margins(self, places: Floats) -> Floats:
        return evaluate(self.model, self.values(places))[:, self.sense]

    def breaking(self, error: float, holds: bool) -> Floats | None:
        """Return a place within the error with the other verdict, scaled to the error 1, if one is found."""
        sign, inside = (1.0 if holds else -1.0), error * (1 - 1e-12)

        def harm(places: Floats) -> Floats:
            return sign * self.margins(inside * places)

        starts = [self._descended(harm, np.zeros(len(self.names)))]
        starts.append(self._descended(harm, self.attack[harm(self.attack).argmin()]))
        worst = min(starts, key=lambda place: float(harm(place[None])[0]))
        broken = bool(self.margins(inside * worst[None])[0] >= 0) != holds
        return worst if broken else None

    def flip(self, end: Floats) -> tuple[float, Floats]:
        """Return the first flip on the way from the centre to a place, as an error and the place of the flip."""

        def margin(_line: NDArray[np.int64], share: Floats) -> Floats:
            return self.margins(share[:, None] * end)

        brackets = find_flips(margin, np.linspace(0, 1, SCAN)[None])
        corner = float(brackets.right[0]) * end
        return float(np.abs(corner).max()), corner

    def relief(self, corner: Floats) -> Floats:
        """Return what the margin gains when each parameter alone goes back to its central value."""
        back = np.where(np.eye(len(corner), dtype=bool), 0.0, corner)
        gained: Floats = self.margins(back) - self.margins(corner[None])
        return gained

    def _descended(self, harm: Harm, start: Floats) -> Floats:
        """Change one parameter at a time to an end or to the centre, the best change first, until none helps."""
        place, count = start, len(start)
        lowest = float(harm(place[None])[0])
        for _ in range(MOST_MOVES):
            trials = np.repeat(place[None], 3 * count, axis=0)
            trials[np.arange(3 * count), np.repeat(np.arange(count), 3)] = np.tile([-1.0, 0.0, 1.0], count)
            found = harm(trials)
            best = int(found.argmin())
            if found[best] >= lowest:
                break
            place, lowest = trials[best], float(found[best])
        return place


def _attack(dimension: int) -> Floats:
    """Return points that fill the box evenly."""
    from scipy.stats import qmc  # only here: it takes a while to load

    points: Floats = qmc.Sobol(dimension, scramble=False).random(TRIALS)
    return 2 * points - 1
