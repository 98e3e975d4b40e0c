"""The file of a sweep while it runs: a netCDF file, whole at any time, that a later call goes on with."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.sweeps.evaluation import Values
from negotiation.sweeps.names import CHUNK, CHUNK_SIZE, DIGEST, FINISHED
from negotiation.sweeps.netcdf import MAX_BYTES, Array, Layout, array_bytes, layout
from negotiation.sweeps.plan import Plan
from negotiation.sweeps.saving import load_sweep, open_file, replacing

if TYPE_CHECKING:
    import xarray

BLOCK = 2**20
"""Bytes written at a time where a new file is filled with NaN."""
KINDS = {"b": "i1", "f": "f8", "i": "i4", "U": "S1"}
KEPT = b"\1"


@final
@dataclass(frozen=True, eq=False)
class SweepFile:
    """Results in a file: every array has its place, and one byte a chunk says whether the chunk is kept.

    A chunk is brought to the disk before it is marked, and a chunk that comes twice brings the same numbers: after
    any interruption the marks say what is left to do.

    Parameters
    ----------
    plan : Plan
        The sweep.
    path : Path
        The file.
    layout : Layout
        The places in it.
    """

    plan: Plan
    path: Path
    layout: Layout

    @classmethod
    def at(cls, path: Path, plan: Plan) -> Self:
        """Create the file of a sweep, or take up the one that is there.

        Raises
        ------
        ArgumentError
            If the file holds another sweep or none, or an output takes more than the format allows.
        OSError
            If the file cannot be written.
        """
        arrays, sizes = _arrays(plan), _sizes(plan)
        for array in arrays:
            if (taken := array_bytes(sizes, array)) > MAX_BYTES:
                rule = f"keep each array of a file below {MAX_BYTES:,} bytes"
                raise refusal("points", "sweep", rule, f"{taken:,} for {array.name!r}", "Sweep in parts.")
        store = cls(plan, path, layout(sizes, _identity(plan), arrays))
        if path.exists():
            store._check_same()
        else:
            store._create(arrays)
        return store

    @property
    def place(self) -> str:
        """The file, in words."""
        return f"'{self.path}'"

    def missing(self) -> list[int]:
        """Return the chunks that are not marked."""
        with open(self.path, "rb") as file:
            file.seek(self.layout.begins[FINISHED])
            marks = np.frombuffer(file.read(self.plan.num_chunks), dtype=np.uint8)
        return np.flatnonzero(marks == 0).tolist()

    def keep(self, chunk: int, values: Mapping[str, Values]) -> None:
        """Bring one chunk to the disk, then mark it."""
        start, stop = self.plan.bounds(chunk)
        with open(self.path, "r+b", buffering=0) as file:
            for name, array in values.items():
                written = _written(array)
                row = len(written) // (stop - start)
                write_at(file, self.layout.begins[name] + start * row, written)
            os.fsync(file.fileno())
            write_at(file, self.layout.begins[FINISHED] + chunk, KEPT)

    def results(self) -> "xarray.Dataset":
        """Return the labelled results, whose values are read when used."""
        return load_sweep(self.path)

    def _create(self, arrays: Sequence[Array]) -> None:
        """Write a file of full size, so that a full disk is met before any work is done."""
        known, sizes = dict(self.plan.coordinates()), _sizes(self.plan)
        try:
            with replacing(self.path) as draft, open(draft, "wb", buffering=0) as file:
                write_at(file, 0, self.layout.header)
                for array in arrays:
                    begin = self.layout.begins[array.name]
                    if array.name in known:
                        write_at(file, begin, _written(known[array.name].values))
                    else:
                        _fill(file, begin, array_bytes(sizes, array), array.kind)
                file.truncate(self.layout.size)
                os.fsync(file.fileno())
        except OSError as error:
            why = f"{error.strerror}: the file of this sweep takes {self.layout.size:,} bytes"
            raise OSError(error.errno, why, str(self.path)) from error

    def _check_same(self) -> None:
        """Refuse a file whose header is not that of this sweep, and say in what they differ."""
        with open(self.path, "rb") as file:
            same = file.read(len(self.layout.header)) == self.layout.header
        if same and self.path.stat().st_size == self.layout.size:
            return
        what = _difference(recorded(self.path), _identity(self.plan))
        way_out = "Name another file to keep both."
        raise refusal(
            "path", "sweep", "name a new file or one of the same sweep", f"{self.place}: {what}", way_out
        )


def recorded(path: Path) -> dict[str, Any]:
    """Return what a file says of the sweep that made it.

    Raises
    ------
    ArgumentError
        If it was not written by `sweep`.
    """
    with open_file(path, "sweep") as found:
        if FINISHED not in found:
            raise refusal("path", "sweep", "name a new file or one that sweep wrote", f"'{path}'")
        return {
            name: value.item() if isinstance(value, np.generic) else value for name, value in found.attrs.items()
        }


def write_at(file: RawIOBase, place: int, content: bytes) -> None:
    """Write all of some bytes at an offset of a file without buffer."""
    file.seek(place)
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


def _difference(found: Mapping[str, Any], expected: Mapping[str, str | int]) -> str:
    """Say in what a file and a sweep differ."""
    names = [name for name in {**expected, **found} if found.get(name) != expected.get(name)]
    said = [f"{name} {found.get(name, 'none')} in place of {expected.get(name, 'none')}" for name in names]
    return "other points" if names == [DIGEST] else ", ".join(said) or "other outputs or labels"


def _identity(plan: Plan) -> dict[str, str | int]:
    return plan.attributes | {CHUNK_SIZE: plan.chunk_size, DIGEST: plan.points.digest()}


def _sizes(plan: Plan) -> dict[str, int]:
    texts = {name: found.values for name, found in plan.coordinates() if found.values.dtype.kind == "U"}
    widths = {_letters(name): _encoded(found).dtype.itemsize for name, found in texts.items()}
    return plan.sizes | widths | {CHUNK: plan.num_chunks}


def _arrays(plan: Plan) -> list[Array]:
    """Describe all arrays of the file as xarray would: texts as letters, truth values as bytes."""
    coordinates = dict(plan.coordinates())
    named = {"coordinates": " ".join(coordinates)}
    outputs = [
        _array(name, plan.axes_of(name), np.dtype(output.dtype), plan.attributes_of(name) | named)
        for name, output in plan.measure.outputs.items()
    ]
    known = [_array(name, found.dims, found.values.dtype, found.attrs) for name, found in coordinates.items()]
    return [*known, *outputs, Array(FINISHED, (CHUNK,), "i1", {})]


def _array(name: str, dims: tuple[str, ...], dtype: np.dtype[Any], attrs: Mapping[str, str]) -> Array:
    extra = {"U": {"_Encoding": "utf-8"}, "b": {"dtype": "bool"}}.get(dtype.kind, {})
    letters = (_letters(name),) if dtype.kind == "U" else ()
    return Array(name, dims + letters, KINDS[dtype.kind], dict(attrs) | extra)


def _letters(name: str) -> str:
    return f"{name}_letters"


def _written(values: NDArray[Any]) -> bytes:
    """Return the bytes of an array as they stand in the file."""
    if values.dtype.kind == "U":
        return _encoded(values).tobytes()
    return values.astype(np.dtype(KINDS[values.dtype.kind]).newbyteorder(">")).tobytes()


def _encoded(texts: NDArray[np.str_]) -> NDArray[np.bytes_]:
    return np.char.encode(texts, "utf-8")


def _fill(file: RawIOBase, begin: int, length: int, kind: str) -> None:
    """Write NaN, or zeros in place of truth values, over the room of an array."""
    blank = np.full(BLOCK // 8, np.nan, dtype=">f8").tobytes() if kind == "f8" else bytes(BLOCK)
    for offset in range(0, length, BLOCK):
        write_at(file, begin + offset, blank[: min(BLOCK, length - offset)])
