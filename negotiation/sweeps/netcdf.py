"""The layout of a netCDF file in its classic format with 64-bit offsets, to be filled piece by piece.

The libraries that write this format hold whole arrays in memory. Here the header is written and every array gets
its place, so that values can be put there in any order; every reader of netCDF reads the file.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from typing import Any, NamedTuple, final

import numpy as np

MAGIC = b"CDF\x02"
DIMENSIONS, VARIABLES, ATTRIBUTES = 10, 11, 12
CHAR, INT = 2, 4
CODES = {"i1": 1, "S1": CHAR, "i4": INT, "f8": 6}
ALIGNMENT = 4
MAX_BYTES = 2**32 - 4
"""Largest array of the format."""

Attributes = Mapping[str, str | int]


class Array(NamedTuple):
    """One array of a file: its axes, its kind (``i1``, ``S1``, ``i4`` or ``f8``) and its attributes."""

    name: str
    dims: tuple[str, ...]
    kind: str
    attrs: Attributes


@final
@dataclass(frozen=True, eq=False)
class Layout:
    """A header, and where each array begins.

    Parameters
    ----------
    header : bytes
        Everything before the first array.
    begins : mapping from str to int
        Offset of each array from the start of the file.
    size : int
        Length of the whole file.
    """

    header: bytes
    begins: Mapping[str, int]
    size: int


def layout(sizes: Mapping[str, int], attrs: Attributes, arrays: Sequence[Array]) -> Layout:
    """Lay out a file.

    Parameters
    ----------
    sizes : mapping from axis to int
        Length of every axis.
    attrs : mapping from str to str or int
        Attributes of the file.
    arrays : sequence of Array
        Arrays in the order in which they follow each other.

    Returns
    -------
    Layout

    Notes
    -----
    The classic format with 64-bit offsets of [NUG]_: a list of axes, one of attributes and one of arrays, all
    big-endian and padded to four bytes. No axis is unlimited.

    References
    ----------
    .. [NUG] Unidata, The NetCDF user's guide, appendix on file formats, the classic format specification.
    """
    lengths = [_padded(array_bytes(sizes, array)) for array in arrays]
    start = len(_header(sizes, attrs, arrays, lengths, [0] * len(arrays)))
    begins = list(accumulate(lengths, initial=start))
    header = _header(sizes, attrs, arrays, lengths, begins)
    return Layout(header, {array.name: begin for array, begin in zip(arrays, begins, strict=False)}, begins[-1])


def array_bytes(sizes: Mapping[str, int], array: Array) -> int:
    """Return how many bytes an array takes."""
    return prod(sizes[axis] for axis in array.dims) * np.dtype(array.kind).itemsize


def _header(
    sizes: Mapping[str, int], attrs: Attributes, arrays: Sequence[Array], lengths: Sequence[int], begins: Any
) -> bytes:
    numbers = {axis: number for number, axis in enumerate(sizes)}
    axes = [_text(axis) + _int(size) for axis, size in sizes.items()]
    described = [
        _text(array.name)
        + _int(len(array.dims))
        + b"".join(_int(numbers[axis]) for axis in array.dims)
        + _attributes(array.attrs)
        + struct.pack(">iIq", CODES[array.kind], length, begin)
        for array, length, begin in zip(arrays, lengths, begins, strict=False)
    ]
    return MAGIC + _int(0) + _list(DIMENSIONS, axes) + _attributes(attrs) + _list(VARIABLES, described)


def _attributes(attrs: Attributes) -> bytes:
    return _list(ATTRIBUTES, [_text(name) + _attribute(value) for name, value in attrs.items()])


def _attribute(value: str | int) -> bytes:
    return _int(INT) + _int(1) + _int(value) if isinstance(value, int) else _int(CHAR) + _text(value)


def _list(tag: int, entries: Sequence[bytes]) -> bytes:
    return _int(tag if entries else 0) + _int(len(entries)) + b"".join(entries)


def _text(text: str) -> bytes:
    encoded = text.encode()
    return _int(len(encoded)) + encoded.ljust(_padded(len(encoded)), b"\0")


def _int(value: int) -> bytes:
    return struct.pack(">i", value)


def _padded(length: int) -> int:
    return -(-length // ALIGNMENT) * ALIGNMENT
