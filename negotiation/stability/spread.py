"""How a model is evaluated where that takes long: point by point over an executor, with files to go on from."""

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.sweeps import ArrayMeasure, Output, PointMeasure, Points, sweep

OWNER = "Model.on"
MEASURE, SENSE = "measure", "sense"
PLAIN = (str, int, float, Fraction, type(None))

Function = Callable[..., Any]


@final
@dataclass(frozen=True, eq=False)
class Spread:
    """Who evaluates a model, in which chunks, and where the numbers are kept.

    Parameters
    ----------
    executor, chunk_size, progress
        As in `negotiation.sweeps.sweep`.
    folder : Path or None
        Where every batch of points has its file.
    """

    executor: Executor | None = None
    folder: Path | None = None
    chunk_size: int | None = None
    progress: bool = True

    def measured(
        self,
        function: Function,
        points: Points,
        fixed: Mapping[str, float],
        senses: tuple[str, ...],
        *,
        by_point: bool,
    ) -> NDArray[np.float64]:
        """Sweep a function over some points.

        Parameters
        ----------
        function : callable
            The measure of a model, of numbers if `by_point` and of arrays otherwise.
        points : Points
            The points.
        fixed : mapping from str to float
            The parameters that do not vary.
        senses : tuple of str
            The senses of holding.
        by_point : bool
            Whether the function takes one point at a time.

        Returns
        -------
        array, shape (points, senses)
        """
        outputs = {MEASURE: Output({SENSE: senses})}
        called = _Called(function, senses, by_point)
        measure = (PointMeasure if by_point else ArrayMeasure)(called, outputs, fixed)
        file = None if self.folder is None else self.folder / f"{_digest(function, points, fixed, senses)}.nc"
        size = None if file is not None and file.exists() else self.chunk_size
        options: dict[str, Any] = {"executor": self.executor, "chunk_size": size, "progress": self.progress}
        with sweep(measure, points, path=file, **options) as found:
            table: NDArray[np.float64] = found[MEASURE].to_numpy().astype(np.float64)
        return table


@final
class _Called:
    """A measure of a model as a sweep calls it, under the name of the function."""

    def __init__(self, function: Function, senses: tuple[str, ...], by_point: bool) -> None:
        self.function, self.senses, self.by_point = function, senses, by_point
        self.__module__ = function.__module__
        self.__qualname__ = getattr(function, "__qualname__", type(function).__qualname__)

    def __call__(self, **parameters: Any) -> dict[str, NDArray[np.float64]]:
        """Return the measure with an axis of the senses, or refuse what is not finite."""
        found = np.asarray(self.function(**parameters), dtype=np.float64)
        lead = () if self.by_point else np.shape(next(one for one in parameters.values() if np.ndim(one)))
        if len(self.senses) == 1 and found.shape == lead:
            found = found[..., None]
        bad = np.argwhere(~np.isfinite(found))
        if bad.size and found.shape == (*lead, len(self.senses)):
            rule = f"be finite in the sense {self.senses[bad[0][-1]]!r}"
            raise refusal("measure", "Model", rule, found[tuple(bad[0])])
        return {MEASURE: found}


def _digest(function: Function, points: Points, fixed: Mapping[str, float], senses: tuple[str, ...]) -> str:
    """Return the name of the file of a batch: another one for another function, point or version."""
    made_by = (identity(function), points.digest(), sorted(fixed.items()), senses, version("negotiation"))
    return hashlib.sha256(repr(made_by).encode()).hexdigest()[:32]


def identity(value: Any) -> Any:
    """Return what tells a function from others in every process: its name, its code and its settings.

    Functions that it calls are told by their names alone.

    Raises
    ------
    ArgumentError
        If the function holds something that has no lasting name, as the variables around a nested function.
    """
    if isinstance(value, PLAIN):
        return type(value).__name__, repr(value)
    if isinstance(value, FunctionType) and not value.__closure__:
        defaults = identity(value.__defaults__), identity(value.__kwdefaults__)
        return value.__module__, value.__qualname__, _code(value.__code__), defaults
    if isinstance(value, tuple | list):
        return tuple(map(identity, value))
    if isinstance(value, Mapping):
        return tuple((identity(key), identity(entry)) for key, entry in value.items())
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes().hex()
    if is_dataclass(value) and not isinstance(value, type):
        settings = tuple((one.name, identity(getattr(value, one.name))) for one in fields(value))
        return type(value).__module__, type(value).__qualname__, settings
    rule = "come with a function at the top of a module, or a dataclass that holds plain settings"
    way_out = "Numbers that it needs can be parameters of the law 'fixed'."
    raise refusal("folder", OWNER, rule, repr(value), way_out)


def _code(code: CodeType) -> Any:
    consts = tuple(_constant(one) for one in code.co_consts)
    return code.co_code.hex(), consts, code.co_names, code.co_varnames


def _constant(value: Any) -> Any:
    if isinstance(value, CodeType):
        return _code(value)
    return sorted(map(repr, value)) if isinstance(value, frozenset) else repr(value)
