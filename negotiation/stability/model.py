"""Models that questions are put to: named parameters in, a measure out that says whether the agreement holds."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, final, get_args, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count, check_known, check_number, refusal
from negotiation.stability.spread import OWNER, Spread
from negotiation.stability.survival import Survival

if TYPE_CHECKING:
    from negotiation.evidence import Evidence

Law = Literal["triangular", "uniform", "fixed"]
Points = Mapping[str, NDArray[np.float64]]
Bounds = tuple[float, float, float]


@final
@dataclass(frozen=True)
class Range:
    """The plausible range of a parameter.

    Parameters
    ----------
    low, central, high : float
        Ends of the range and the value used where one is needed, low <= central <= high.
    unit : str, default ""
        What one unit of the parameter is.
    law : {"triangular", "uniform", "fixed"}, default "triangular"
        How it is drawn at random: with its mode at `central`, evenly, or not at all.
    """

    low: float
    central: float
    high: float
    unit: str = ""
    law: Law = "triangular"

    def __post_init__(self) -> None:
        low, central, high = (check_number(end, "Range", getattr(self, end)) for end in ("low", "central", "high"))
        if not low <= central <= high:
            raise refusal("central", "Range", "satisfy low <= central <= high", (low, central, high))
        check_known("law", "Range", self.law, get_args(Law))
        for end, value in (("low", low), ("central", central), ("high", high)):
            object.__setattr__(self, end, value)

    @property
    def width(self) -> float:
        """The unit in which distances are compared, high - low."""
        return self.high - self.low

    @property
    def drawn(self) -> bool:
        """Whether random draws of the parameter differ."""
        return self.law != "fixed" and self.width > 0

    def moved(self, central: float) -> "Range":
        """Return the range around another central value; it is widened to a value outside."""
        return Range(min(self.low, central), central, max(self.high, central), self.unit, self.law)


@final
@dataclass(frozen=True, eq=False)
class Model:
    """Anything that maps named parameters to a measure of whether an agreement holds.

    Parameters
    ----------
    ranges : mapping from str to Range or (low, central, high)
        The parameters.
    measure : callable
        ``measure(**parameters)`` takes an array of shape (draws,) for every parameter that is varied and a float
        for every other, and returns an array of shape (draws,), or (draws, k) for k senses of holding.
    levels : mapping from str to float, default {"agreement": 0.0}
        The senses of holding, in the order of the columns of the measure, and the level of the measure from which
        on the agreement holds in that sense. The first sense counts where none is named.
    evidence : Evidence, optional
        Claims, articles, readings and disagreements behind the parameters; those that it names as the ranges do.
    course : callable, optional
        ``course(**parameters)``, all of them floats, returns the `Survival` of the agreement.
    exact : callable, optional
        ``exact(**parameters)``, all of them fractions, returns the measure less its level in every sense, as
        fractions.
    spread : Spread, optional
        How it is evaluated, set by `on`; in this process, all at once, when left out.

    Raises
    ------
    ArgumentError
        If there is no parameter or no sense, or a range is reversed.

    Examples
    --------
    >>> model = Model({"harm": (4, 6, 9), "gain": (1, 3, 5)}, lambda harm, gain: 0.6 * harm - gain)
    >>> model.central
    {'harm': 6.0, 'gain': 3.0}
    """

    ranges: Mapping[str, Range]
    measure: Callable[..., NDArray[np.float64]]
    levels: Mapping[str, float] = field(default_factory=lambda: {"agreement": 0.0})
    evidence: "Evidence | None" = None
    course: Callable[..., Survival] | None = None
    exact: Callable[..., tuple[Any, ...]] | None = None
    spread: Spread | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.ranges, Mapping) or not self.ranges:
            raise refusal("ranges", "Model", "name at least one parameter", repr(self.ranges))
        if not isinstance(self.levels, Mapping) or not self.levels:
            raise refusal("levels", "Model", "name at least one sense", repr(self.levels))
        ranges = {name: _range(name, given) for name, given in self.ranges.items()}
        levels = {one: check_number(f"levels[{one!r}]", "Model", level) for one, level in self.levels.items()}
        object.__setattr__(self, "ranges", ranges)
        object.__setattr__(self, "levels", levels)

    @property
    def central(self) -> dict[str, float]:
        """The central value of every parameter."""
        return {name: one.central for name, one in self.ranges.items()}

    @property
    def senses(self) -> tuple[str, ...]:
        """The senses of holding."""
        return tuple(self.levels)

    @property
    def drawn(self) -> tuple[str, ...]:
        """The parameters whose random draws differ."""
        return tuple(name for name, one in self.ranges.items() if one.drawn)

    def sense(self, owner: str, sense: str | None) -> int:
        """Return the column of a sense, the first for None, or refuse an unknown one."""
        return 0 if sense is None else self.senses.index(check_known("sense", owner, sense, self.senses))

    def range(self, owner: str, name: str) -> Range:
        """Return the range of a parameter, or refuse an unknown one."""
        return self.ranges[check_known("parameter", owner, name, self.ranges)]

    def on(
        self,
        executor: Executor | None = None,
        *,
        folder: str | PathLike[str] | None = None,
        chunk_size: int | None = None,
        progress: bool = True,
    ) -> "Model":
        """Return the same model, evaluated by sweeps; every question put to it then runs over them.

        Parameters
        ----------
        executor : concurrent.futures.Executor, optional
            Who computes, such as ``Client(...).get_executor()`` of a Dask cluster. When left out, local processes
            for a measure of numbers, as of `point_model` and `game_model`, and this process for one of arrays.
        folder : str or path, optional
            A folder that exists, in which every batch of points has a file. A question that was interrupted goes
            on from its files when it is put again, and one that was answered is read.
        chunk_size : int, optional
            Number of points that a worker takes at a time. A file keeps the size that it was begun with.
        progress : bool, default True
            Whether every batch of points shows a progress bar on the standard error stream.

        Returns
        -------
        Model

        Raises
        ------
        ArgumentError
            If an argument is refused.

        Notes
        -----
        The numbers do not depend on executor, folder and chunk size. A point at which the measure raises or is not
        finite ends the sweep with a `SweepError` that names it. A file is known by the function, its code and
        settings, the points, the other parameters and the version; that a function was edited which the measure
        calls goes unnoticed.

        Examples
        --------
        >>> from negotiation.stability import point_model, uncertainty
        >>> from negotiation.sweeps import SerialExecutor
        >>> model = point_model(lambda x, y: min(x, y) - 1, {"x": (0, 2, 3), "y": (0, 2, 3)})
        >>> print(uncertainty(model.on(SerialExecutor(), progress=False), draws=1000))
        agreement: holds, in 0.715 of the draws (0.686 to 0.742)
        """
        place = None if folder is None else Path(folder)
        if place is not None and not (place.is_dir() and os.access(place, os.W_OK)):
            raise refusal("folder", OWNER, "be a folder that exists and can be written to", repr(str(folder)))
        if executor is not None and not isinstance(executor, Executor):
            way_out = "That of a Dask cluster is Client(...).get_executor()."
            raise refusal("executor", OWNER, "be a concurrent.futures.Executor", repr(executor), way_out)
        size = None if chunk_size is None else check_count("chunk_size", OWNER, chunk_size)
        return replace(self, spread=Spread(executor, place, size, progress))


@runtime_checkable
class HasModel(Protocol):
    """Anything that can be asked as a model, as a `Truce` can."""

    def model(self) -> Model:
        """Return the model."""
        ...


Askable = Model | HasModel


def as_model(owner: str, asked: Askable) -> Model:
    """Return the model of what a question is put to, or refuse it."""
    if isinstance(asked, Model):
        return asked
    if isinstance(asked, HasModel):
        return asked.model()
    way_out = "point_model(function, ranges) makes one of a function of numbers."
    raise refusal("model", owner, "be a Model or have a method model()", type(asked).__name__, way_out)


def point_model(
    function: Callable[..., Any],
    ranges: Mapping[str, Range | Bounds],
    *,
    levels: Mapping[str, float] | None = None,
    evidence: "Evidence | None" = None,
    course: Callable[..., Survival] | None = None,
) -> Model:
    """Make a model of a function of numbers, which is then called once a point.

    Parameters
    ----------
    function : callable
        ``function(**parameters)``, all of them floats, returns the measure: one number, or one for every sense.
    ranges, levels, evidence, course
        As in `Model`.

    Examples
    --------
    >>> model = point_model(lambda x, y: min(x, y) - 1, {"x": (0, 2, 3), "y": (0, 2, 3)})
    >>> model.measure(x=np.array([0.5, 2.5]), y=2.0)
    array([-0.5,  1. ])
    """
    return Model(ranges, PerPoint(function), levels or {"agreement": 0.0}, evidence, course)  # type: ignore[arg-type]


@final
@dataclass(frozen=True, eq=False)
class PerPoint:
    """A measure of arrays from one of numbers.

    Parameters
    ----------
    function : callable
        As in `point_model`.
    """

    function: Callable[..., Any]

    def __call__(self, **parameters: Any) -> NDArray[np.float64]:
        """Call the function once a point."""
        rows = zip(
            *(np.atleast_1d(one).tolist() for one in np.broadcast_arrays(*parameters.values())), strict=True
        )
        found = [self._at(dict(zip(parameters, row, strict=True))) for row in rows]
        return np.array(found, dtype=np.float64)

    def _at(self, point: dict[str, float]) -> Any:
        try:
            return self.function(**point)
        except Exception as error:
            error.add_note(f"at {spelled(point)}")
            raise


def spelled(point: Mapping[str, float]) -> str:
    """Write a point as "x = 1, y = 2"."""
    return ", ".join(f"{name} = {float(value):.12g}" for name, value in point.items())


def _range(name: str, given: Range | Bounds) -> Range:
    if isinstance(given, Range):
        return given
    try:
        low, central, high = given
    except (TypeError, ValueError):
        raise refusal(f"ranges[{name!r}]", "Model", "be a Range or (low, central, high)", repr(given)) from None
    return Range(low, central, high)
