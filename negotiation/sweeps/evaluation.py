"""What a worker does: evaluate a measure at the points of one chunk, or say which point is at fault."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from negotiation.sweeps.measures import ArrayMeasure, Measure, Output, PointMeasure
from negotiation.sweeps.names import RNG, Labels
from negotiation.sweeps.points import point_words

Values = NDArray[np.float64] | NDArray[np.bool]


@final
@dataclass(frozen=True, eq=False)
class Task:
    """One chunk of points: the number of the first, and the value of every parameter at each.

    `attempt` tells a chunk from the same chunk sent again, for executors that remember what they have done.
    """

    start: int
    columns: Mapping[str, Labels]
    attempt: int = 0

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def cut(self, low: int, high: int) -> "Task":
        """Return some of the points, counted within the chunk."""
        return Task(self.start + low, {name: column[low:high] for name, column in self.columns.items()})

    def words(self, row: int) -> str:
        """Write the point in one row for people."""
        return point_words(self.start + row, self.columns, row)


@final
@dataclass(frozen=True)
class Fault:
    """Why a chunk has no values: one sentence that names the point, and the traceback where there is one."""

    why: str
    trace: str = ""


def evaluate(measure: Measure, task: Task) -> dict[str, Values] | Fault:
    """Evaluate a measure at the points of a chunk.

    Parameters
    ----------
    measure : PointMeasure or ArrayMeasure
        What is evaluated.
    task : Task
        The points.

    Returns
    -------
    dict from str to array, shape (points, *shape of the output), or Fault
        Exceptions of the function are returned as faults, so that an exception of an executor always means that
        the worker or the way to it failed.
    """
    found = _point_by_point(measure, task) if isinstance(measure, PointMeasure) else _at_once(measure, task)
    return found if isinstance(found, Fault) else _checked(measure, task, found)


def _point_by_point(measure: PointMeasure, task: Task) -> dict[str, Values] | Fault:
    found = {
        name: np.empty((len(task), *output.shape), dtype=output.dtype) for name, output in measure.outputs.items()
    }
    rows = zip(*(column.tolist() for column in task.columns.values()), strict=True)
    for row, numbers in enumerate(rows):
        point = dict(zip(task.columns, numbers, strict=True))
        if measure.seed is not None:
            point[RNG] = point_rng(measure.seed, task.start + row)
        try:
            answer = measure.function(**measure.fixed, **point)
        except Exception as error:
            return _raised(measure, error, f"at {task.words(row)}")
        if why := _misfit(measure, answer, ()):
            return Fault(f"{measure.name} {why} at {task.words(row)}.")
        for name, values in found.items():
            values[row] = answer[name]
    return found


def _at_once(measure: ArrayMeasure, task: Task) -> dict[str, Values] | Fault:
    try:
        answer = measure.function(**measure.fixed, **task.columns)
    except Exception as error:
        return _blame(measure, task, error)
    if why := _misfit(measure, answer, (len(task),)):
        return Fault(f"{measure.name} {why} for {len(task)} points from {task.words(0)}.")
    return {name: np.asarray(answer[name], dtype=output.dtype) for name, output in measure.outputs.items()}


def point_rng(seed: int, index: int) -> np.random.Generator:
    """Return the source of randomness of one point, the `index`-th that ``SeedSequence(seed).spawn`` gives."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))


def _misfit(measure: Measure, answer: object, lead: tuple[int, ...]) -> str:
    """Say what is wrong with names, kinds and shapes of an answer; nothing if they are as described."""
    if not isinstance(answer, Mapping):
        return f"must return a mapping from output to value, got {type(answer).__name__}"
    if set(answer) != set(measure.outputs):
        return f"must return the outputs {sorted(measure.outputs)}, got {sorted(map(str, answer))}"
    for name, output in measure.outputs.items():
        if why := _unlike(name, output, answer[name], lead):
            return why
    return ""


def _unlike(name: str, output: Output, value: Any, lead: tuple[int, ...]) -> str:
    values = np.asarray(value)
    if values.dtype.kind not in ("b" if output.dtype is bool else "fiub"):
        kind = "true or false" if output.dtype is bool else "real numbers"
        return f"must return {kind} as {name!r}, got {values.dtype}"
    if values.shape != lead + output.shape:
        return f"must return {name!r} of shape {lead + output.shape}, got {values.shape}"
    return ""


def _checked(measure: Measure, task: Task, found: dict[str, Values]) -> dict[str, Values] | Fault:
    """Return the values, or name the first point with one that is not finite where it should be."""
    for name, output in measure.outputs.items():
        if output.finite and not np.isfinite(found[name]).all():
            row = int(np.argwhere(~np.isfinite(found[name]))[0][0])
            way_out = f"Where this is meant, describe it as Output(finite=False): {name!r}."
            return Fault(f"{name!r} of {measure.name} is not finite at {task.words(row)}. {way_out}")
    return found


def _raised(measure: Measure, error: Exception, where: str) -> Fault:
    trace = "".join(traceback.format_exception(error))
    return Fault(f"{measure.name} raised {type(error).__name__} {where}: {str(error).rstrip('.')}.", trace)


def _blame(measure: ArrayMeasure, task: Task, error: Exception) -> Fault:
    """Halve the chunk for as long as one half raises by itself, and name the point that is left."""
    while len(task) > 1:
        middle = len(task) // 2
        for half in (task.cut(0, middle), task.cut(middle, len(task))):
            if (raised := _error_of(measure, half)) is not None:
                task, error = half, raised
                break
        else:
            return _raised(measure, error, f"for {len(task)} points at once from {task.words(0)}")
    return _raised(measure, error, f"at {task.words(0)}")


def _error_of(measure: ArrayMeasure, task: Task) -> Exception | None:
    try:
        measure.function(**measure.fixed, **task.columns)
    except Exception as error:
        return error
    return None
