"""Tipping points: how far one parameter may move before a verdict flips."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count
from negotiation.stability.evaluation import MAX_POINTS, evaluate
from negotiation.stability.flips import find_flips
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, as_model

if TYPE_CHECKING:
    import xarray

POINTS = 129
"""Points of a scan unless others are asked for."""

REACH = 1e-12
"""How far around a flip a fraction is looked for, relative to the larger of its size and the plausible range."""


@final
@dataclass(frozen=True)
class Tip:
    """The nearest value of one parameter at which a verdict flips.

    Parameters
    ----------
    name : str
        The parameter.
    current, value : float
        Where it stands, and the nearest value with the other verdict, in the unit of the parameter.
    distance : float
        ``|value - current|`` as a share of the plausible range, high - low.
    """

    name: str
    current: float
    value: float
    distance: float


@final
@dataclass(frozen=True)
class Flip:
    """One flip of a verdict as a parameter grows.

    Parameters
    ----------
    low, high : float
        Neighbouring values with different verdicts, as close as the rounding of floats allows.
    holds_above : bool
        Whether the agreement holds at `high`; at `low` it is the other way round.
    exact : Fraction or None
        Where the measure is exactly at its level, if the model does exact arithmetic and a fraction was proved to
        be that place.
    """

    low: float
    high: float
    holds_above: bool
    exact: Fraction | None = None

    @property
    def value(self) -> float:
        """The place of the flip."""
        return (self.low + self.high) / 2 if self.exact is None else float(self.exact)


@final
@dataclass(frozen=True)
class TippingPoint:
    """All flips of a verdict along one parameter.

    Parameters
    ----------
    name, unit, sense : str
        The parameter, its unit, and the sense of holding.
    low, current, high : float
        Its plausible range and where it stands.
    holds : bool
        The verdict there.
    flips : tuple of Flip
        In ascending order.
    spacing : float
        Largest distance between points of the scan. Flips closer together may go unseen where the measure jumps;
        where it is smooth they are followed.
    model : Model
        The model.
    """

    name: str
    unit: str
    sense: str
    low: float
    current: float
    high: float
    holds: bool
    flips: tuple[Flip, ...]
    spacing: float
    model: Model = field(repr=False, compare=False)

    @property
    def nearest(self) -> Tip | None:
        """The nearest value with the other verdict; None if the whole range shares one verdict."""
        far = [flip.low if flip.low < self.current else flip.high for flip in self.flips]
        if not far:
            return None
        value = min(far, key=lambda one: abs(one - self.current))
        return Tip(self.name, self.current, value, abs(value - self.current) / (self.high - self.low))

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        verdict = "holds" if self.holds else "fails"
        lines = [
            f"{self.sense} {verdict} at {self.name} = {self.current:.6g}{unit} ({self.low:g} to {self.high:g})"
        ]
        for flip in self.flips:
            place = f"{flip.value:.9g}" if flip.exact is None else f"{flip.exact} = {flip.value:.9g}"
            lines.append(f"{'holds' if flip.holds_above else 'fails'} above {place}")
        return "\n".join(lines if self.flips else [*lines, "no flip in the range"])

    def to_dataset(self) -> "xarray.Dataset":
        """Return the flips as a labelled dataset."""
        unit = {"units": self.unit}
        columns = {
            "value": ("flip", np.array([one.value for one in self.flips], dtype=float), unit),
            "low": ("flip", np.array([one.low for one in self.flips], dtype=float), unit),
            "high": ("flip", np.array([one.high for one in self.flips], dtype=float), unit),
            "holds_above": ("flip", np.array([one.holds_above for one in self.flips], dtype=bool)),
            "current": ((), self.current, unit),
            "holds": ((), self.holds),
            "spacing": ((), self.spacing, unit),
        }
        return labelled(self.model, columns, parameter=self.name, sense=self.sense)


def tipping_point(model: Askable, name: str, *, sense: str | None = None, points: int = POINTS) -> TippingPoint:
    """Find every value of one parameter within its plausible range at which the verdict flips.

    Parameters
    ----------
    model : Model or anything with a method model()
        All other parameters stand at their central values.
    name : str
        The parameter.
    sense : str, optional
        The sense of holding; the first of the model when left out.
    points : int, default 129
        Points of the scan over the range.

    Returns
    -------
    TippingPoint

    Raises
    ------
    ArgumentError
        If the parameter or the sense is unknown, or the measure is not finite.

    Examples
    --------
    >>> ring = Model({"x": (-3, 0, 3), "y": (-3, 1, 3)}, lambda x, y: 5 - x**2 - y**2)
    >>> print(tipping_point(ring, "x"))
    agreement holds at x = 0 (-3 to 3)
    holds above -2
    fails above 2
    """
    found = as_model("tipping_point", model)
    found.range("tipping_point", name)
    return _along(found, (name,), found.sense("tipping_point", sense), points, "tipping_point")[0]


def tipping_points(
    model: Askable, names: Sequence[str] | None = None, *, sense: str | None = None, points: int = POINTS
) -> tuple[TippingPoint, ...]:
    """Find, one parameter at a time, where the verdict flips, nearest first.

    Parameters
    ----------
    model, sense, points
        As in `tipping_point`.
    names : sequence of str, optional
        The parameters; all of the model when left out.

    Returns
    -------
    tuple of TippingPoint
        Ranked by the distance of the nearest flip in shares of the plausible range. Parameters without a flip are
        left out.

    Examples
    --------
    >>> model = Model({"harm": (4, 6, 9), "gain": (1, 3, 5)}, lambda harm, gain: 0.6 * harm - gain)
    >>> [(one.name, round(one.nearest.value, 9), round(one.nearest.distance, 3)) for one in tipping_points(model)]
    [('gain', 3.6, 0.15), ('harm', 5.0, 0.2)]
    """
    found = as_model("tipping_points", model)
    chosen = tuple(found.ranges) if names is None else tuple(names)
    for name in chosen:
        found.range("tipping_points", name)
    table = _along(found, chosen, found.sense("tipping_points", sense), points, "tipping_points")
    tips = [(one.nearest.distance, one) for one in table if one.nearest is not None]
    return tuple(one for _, one in sorted(tips, key=lambda pair: pair[0]))


def _along(model: Model, names: tuple[str, ...], sense: int, points: int, owner: str) -> tuple[TippingPoint, ...]:
    count = check_count("points", owner, points, 3, most=MAX_POINTS)
    wide = [name for name in names if model.ranges[name].width > 0]

    def margin(line: NDArray[np.int64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = {name: np.where(line == k, x, model.ranges[name].central) for k, name in enumerate(wide)}
        return evaluate(model, moved)[:, sense]

    verdict = bool(evaluate(model, {names[0]: np.array([model.ranges[names[0]].central])})[0, sense] >= 0)
    flips: dict[str, list[Flip]] = {name: [] for name in names}
    if wide:
        found = find_flips(margin, np.stack([_scan(model, name, count) for name in wide]))
        for k, low, high, above in zip(found.line, found.left, found.right, found.holds_right, strict=True):
            name = wide[k]
            exact = _exact(model, name, sense, float(low), float(high))
            flips[name].append(Flip(float(low), float(high), bool(above), exact))
    return tuple(
        TippingPoint(
            name, one.unit, model.senses[sense], one.low, one.central, one.high, verdict, tuple(flips[name]),
            one.width / (count - 1), model,
        )
        for name, one in ((name, model.ranges[name]) for name in names)
    )  # fmt: skip


def _scan(model: Model, name: str, count: int) -> NDArray[np.float64]:
    one = model.ranges[name]
    scan = np.linspace(one.low, one.high, count)
    return np.sort(np.append(scan, one.central))


def _exact(model: Model, name: str, sense: int, low: float, high: float) -> Fraction | None:
    """Return the simplest fraction around a flip if the measure is exactly at its level there."""
    if model.exact is None:
        return None
    reach = Fraction(REACH * max(abs(low), model.ranges[name].width))
    place = simplest_between(Fraction(low) - reach, Fraction(high) + reach)
    point = {other: Fraction(repr(value)) for other, value in model.central.items()}
    return place if model.exact(**(point | {name: place}))[sense] == 0 else None


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction with the smallest denominator in [low, high], the smallest in size if there are several.

    Examples
    --------
    >>> simplest_between(Fraction("0.333"), Fraction("0.334"))
    Fraction(1, 3)
    """
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest_between(-high, -low)
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return Fraction(whole)
    return whole - 1 + 1 / simplest_between(1 / (high - whole + 1), 1 / (low - whole + 1))
