"""Where results are kept while a sweep runs; here: in arrays of this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, final

import lazy_loader
import numpy as np

from negotiation.sweeps.evaluation import Values
from negotiation.sweeps.plan import Plan

if TYPE_CHECKING:
    import xarray
else:
    xarray = lazy_loader.load("xarray")


class Store(Protocol):
    """Keeps chunks of results as they come, in any order."""

    @property
    def place(self) -> str:
        """The file that keeps chunks beyond the end of the process, in words; empty if there is none."""

    def missing(self) -> list[int]:
        """Return the chunks that are not kept yet."""

    def keep(self, chunk: int, values: Mapping[str, Values]) -> None:
        """Keep one chunk."""

    def results(self) -> "xarray.Dataset":
        """Return the results, once no chunk is missing."""


@final
@dataclass(frozen=True, eq=False)
class Memory:
    """Results in arrays, one row a point."""

    plan: Plan
    arrays: Mapping[str, Values]
    place: str = ""

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Return room for the results of a sweep."""
        count, outputs = len(plan.points), plan.measure.outputs.items()
        return cls(plan, {name: np.empty((count, *output.shape), dtype=output.dtype) for name, output in outputs})

    def missing(self) -> list[int]:
        """Return all chunks: a sweep in memory begins anew."""
        return list(range(self.plan.num_chunks))

    def keep(self, chunk: int, values: Mapping[str, Values]) -> None:
        """Keep one chunk."""
        start, stop = self.plan.bounds(chunk)
        for name, array in values.items():
            self.arrays[name][start:stop] = array

    def results(self) -> "xarray.Dataset":
        """Return the labelled results."""
        plan, shape = self.plan, self.plan.points.shape
        variables = {
            name: (plan.axes_of(name), array.reshape(shape + array.shape[1:]), plan.attributes_of(name))
            for name, array in self.arrays.items()
        }
        return xarray.Dataset(variables, coords=dict(plan.coordinates()), attrs=plan.attributes)
