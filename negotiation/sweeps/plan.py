"""A sweep before it runs: what is evaluated, where, in which chunks, and how its results are labelled."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, NamedTuple, final

from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.sweeps.evaluation import Task
from negotiation.sweeps.measures import ArrayMeasure, Measure, all_labels
from negotiation.sweeps.points import Points

MOST_CHUNKS = 256
"""Number of chunks unless another size is asked for: enough to keep many workers busy and to lose little."""
LARGEST_CHUNK = 2**15
"""Number of points that a chunk holds at most unless another size is asked for, so that memory stays small."""


class Field(NamedTuple):
    """One labelled array: its axes, its values and its attributes."""

    dims: tuple[str, ...]
    values: NDArray[Any]
    attrs: dict[str, str]


@final
@dataclass(frozen=True, eq=False)
class Plan:
    """What is evaluated, where, and how many points at a time.

    Raises
    ------
    ArgumentError
        If a parameter has the name of an output, of an axis of an output, or of a fixed argument.
    """

    measure: Measure
    points: Points
    chunk_size: int

    def __post_init__(self) -> None:
        taken = {*self.measure.outputs, *self.measure.fixed, *all_labels(self.measure)}
        if clash := sorted(taken & set(self.points.values)):
            rule = "differ in name from outputs, their axes and fixed arguments"
            raise refusal("points", "sweep", rule, clash[0])

    @property
    def num_chunks(self) -> int:
        """Number of chunks; the last may be shorter."""
        return -(-len(self.points) // self.chunk_size)

    def bounds(self, chunk: int) -> tuple[int, int]:
        """Return the first point of a chunk and the one after its last."""
        start = chunk * self.chunk_size
        return start, min(start + self.chunk_size, len(self.points))

    def count(self, chunks: Iterable[int]) -> int:
        """Return how many points some chunks hold."""
        return sum(stop - start for start, stop in map(self.bounds, chunks))

    def task(self, chunk: int, attempt: int = 0) -> Task:
        """Return what a worker needs to know about a chunk."""
        start, stop = self.bounds(chunk)
        return Task(start, self.points.part(start, stop), attempt)

    def words(self, chunk: int) -> str:
        """Write a chunk for people: its number and its points."""
        start, stop = self.bounds(chunk)
        last = f" to {self.points.words(stop - 1)}" if stop - start > 1 else ""
        return f"chunk {chunk}, {self.points.words(start)}{last}"

    @property
    def sizes(self) -> dict[str, int]:
        """Length of every axis of the results."""
        labels = {axis: len(found) for axis, found in all_labels(self.measure).items()}
        return dict(zip(self.points.dims, self.points.shape, strict=True)) | labels

    @property
    def attributes(self) -> dict[str, str | int]:
        """What made the results: function, fixed arguments, seed and version."""
        found: dict[str, str | int] = {"function": self.measure.name, "version": version("negotiation")}
        if self.measure.fixed:
            found["fixed"] = json.dumps(dict(self.measure.fixed), ensure_ascii=False)
        return found if self.measure.seed is None else found | {"seed": int(self.measure.seed)}

    def coordinates(self) -> Iterator[tuple[str, Field]]:
        """Yield the parameters and the labels of the outputs' axes."""
        for name, row in self.points.values.items():
            yield name, Field((self.points.axis(name),), row, _units(self.points.units.get(name, "")))
        for axis, labels in all_labels(self.measure).items():
            yield axis, Field((axis,), labels, {})

    def axes_of(self, output: str) -> tuple[str, ...]:
        """Return the axes of an output: those of the points, then its own."""
        return (*self.points.dims, *self.measure.outputs[output].dims)

    def attributes_of(self, output: str) -> dict[str, str]:
        """Return the attributes of an output."""
        return _units(self.measure.outputs[output].units)


def usual_chunk(measure: Measure, count: int) -> int:
    """Return the chunk size for a number of points unless another is asked for."""
    least = count if isinstance(measure, ArrayMeasure) else -(-count // MOST_CHUNKS)
    return min(least, LARGEST_CHUNK)


def _units(units: str) -> dict[str, str]:
    return {"units": units} if units else {}
