"""What is evaluated: a function with named outputs, called point by point or on arrays of points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from negotiation._checks import check_count, check_number, refusal
from negotiation.sweeps.names import Labels, check_distinct, check_identifier, check_labels

Function = Callable[..., Mapping[str, Any]]
Fixed = Mapping[str, float | int | bool | str]
MAX_SEED = 2**31 - 1
"""Largest whole number that a netCDF file keeps."""


@final
@dataclass(frozen=True, eq=False)
class Output:
    """One named output: its axes besides those of the points, its unit, and what may stand in it.

    Parameters
    ----------
    dims : mapping from axis to sequence of str, int or float, optional
        Labels along each axis, as in ``{"player": ["US", "CN"]}``; none for a scalar.
    units : str, optional
        Unit, as in ``"points a year"``.
    dtype : {float, bool}
        Numbers, or true and false.
    finite : bool, default True
        Whether infinite values and NaN are errors that end the sweep and name the point.

    Raises
    ------
    ArgumentError
        If an axis has no labels or the same one twice, or `dtype` is neither float nor bool.
    """

    dims: Mapping[str, Sequence[str | float | int]] = field(default_factory=dict)
    units: str = ""
    dtype: type[float] | type[bool] = float
    finite: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.dims, Mapping):
            way_out = "As in Output(dims={'player': ['US', 'CN']})."
            raise refusal("dims", "Output", "map axes to their labels", repr(self.dims), way_out)
        labels = {
            check_identifier(axis, "dims", "Output"): check_distinct(
                axis, "Output", check_labels(axis, "Output", found)
            )
            for axis, found in self.dims.items()
        }
        if self.dtype not in (float, bool):
            raise refusal("dtype", "Output", "be float or bool", repr(self.dtype))
        if not isinstance(self.units, str):
            raise refusal("units", "Output", "be a text", repr(self.units))
        object.__setattr__(self, "dims", labels)

    @property
    def labels(self) -> Mapping[str, Labels]:
        """The labels along each axis, as arrays."""
        return self.dims  # type: ignore[return-value]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of labels along each axis."""
        return tuple(map(len, self.dims.values()))


@final
@dataclass(frozen=True, eq=False)
class PointMeasure:
    """A function of one point: numbers in, named outputs out.

    Parameters
    ----------
    function : callable
        Called as ``function(**fixed, **point)``, with ``rng`` besides if a seed is given; returns a mapping from
        every name in `outputs` to a number or an array of the output's shape.
    outputs : mapping from str to Output
        Names of the outputs and what they hold.
    fixed : mapping from str to float, int, bool or str, optional
        Arguments that are the same at every point; kept with the results.
    seed : int, optional
        Seed of a `numpy.random.Generator` a point, which depends on the seed and the number of the point alone.

    Raises
    ------
    ArgumentError
        If the function has no name, an output is not described, or names clash.

    Examples
    --------
    >>> def slack(tau, harm):
    ...     return {"slack": 0.5 * harm - tau}
    >>> PointMeasure(slack, {"slack": Output(units="points a year")}, fixed={"harm": 6.0}).fixed
    {'harm': 6.0}
    """

    function: Function
    outputs: Mapping[str, Output]
    fixed: Fixed = field(default_factory=dict)
    seed: int | None = None

    def __post_init__(self) -> None:
        _check(self.function, self.outputs, self.fixed, "PointMeasure")
        if self.seed is not None:
            check_count("seed", "PointMeasure", self.seed, 0, most=MAX_SEED)
        _keep(self)

    @property
    def name(self) -> str:
        """Module and name of the function."""
        return _name(self.function)


@final
@dataclass(frozen=True, eq=False)
class ArrayMeasure:
    """A function of many points at once: arrays in, named arrays out.

    It takes no source of randomness, since the numbers drawn would depend on how many points come at once: draw
    first, and pass what is drawn as a parameter of `Points.draws`.

    Parameters
    ----------
    function : callable
        Called as ``function(**fixed, **points)`` with one array of shape (k,) a parameter; returns a mapping from
        every name in `outputs` to an array of shape ``(k, *shape of the output)``. The values at a point must not
        depend on the other points.
    outputs : mapping from str to Output
        Names of the outputs and what they hold.
    fixed : mapping from str to float, int, bool or str, optional
        As in `PointMeasure`.

    Raises
    ------
    ArgumentError
        As in `PointMeasure`.
    """

    function: Function
    outputs: Mapping[str, Output]
    fixed: Fixed = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self.function, self.outputs, self.fixed, "ArrayMeasure")
        _keep(self)

    @property
    def name(self) -> str:
        """Module and name of the function."""
        return _name(self.function)

    @property
    def seed(self) -> None:
        """No randomness."""


Measure = PointMeasure | ArrayMeasure


def all_labels(measure: Measure) -> dict[str, Labels]:
    """Return the labels of every axis of the outputs."""
    return {axis: labels for output in measure.outputs.values() for axis, labels in output.labels.items()}


def _check(function: Function, outputs: Mapping[str, Output], fixed: Fixed, owner: str) -> None:
    if not callable(function) or not hasattr(function, "__qualname__"):
        way_out = "Arguments that do not vary are passed as `fixed`."
        raise refusal("function", owner, "be a function with a name", repr(function), way_out)
    described = isinstance(outputs, Mapping) and all(isinstance(one, Output) for one in outputs.values())
    if not described or not outputs:
        way_out = "As in {'slack': Output(units='points a year')}."
        raise refusal("outputs", owner, "map at least one name to an Output", repr(outputs), way_out)
    labels: dict[str, Labels] = {}
    for name, output in outputs.items():
        check_identifier(name, "outputs", owner)
        for axis, found in output.labels.items():
            if not np.array_equal(labels.setdefault(axis, found), found):
                raise refusal("outputs", owner, f"agree on the labels of {axis!r}", found.tolist())
    if clash := sorted(set(labels) & set(outputs)):
        raise refusal("outputs", owner, "differ in name from their axes", clash[0])
    for name, value in fixed.items():
        check_identifier(name, "fixed", owner)
        if not isinstance(value, str | bool | int | float):
            raise refusal(name, owner, "be a number, a text, true or false", repr(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            check_number(name, owner, value)


def _keep(measure: Measure) -> None:
    for name in ("outputs", "fixed"):
        object.__setattr__(measure, name, dict(getattr(measure, name)))


def _name(function: Function) -> str:
    return f"{function.__module__}.{function.__qualname__}"
