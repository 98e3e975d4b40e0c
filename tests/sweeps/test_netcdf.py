"""The header written here against the writer of SciPy, byte by byte."""

from io import BytesIO
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import netcdf_file

from negotiation.sweeps.netcdf import Array, layout

NAMES = ["a", "bc", "def", "ghij", "klmno"]
TEXTS = st.text("aé ω", min_size=1, max_size=9)
SIZES = st.fixed_dictionaries({name: st.integers(1, 5) for name in NAMES[:3]})
ATTRS = st.dictionaries(st.sampled_from(NAMES), TEXTS | st.integers(-(2**31), 2**31 - 1), max_size=3)
DIMS = st.lists(st.sampled_from(NAMES[:3]), unique=True, min_size=1).map(tuple)
ARRAYS = st.lists(
    st.builds(Array, st.sampled_from(NAMES), DIMS, st.sampled_from(["i1", "S1", "i4", "f8"]), ATTRS),
    unique_by=lambda array: array.name,
    min_size=1,
)


@given(SIZES, ATTRS, ARRAYS)
def test_header_and_places_are_those_of_scipy(
    sizes: dict[str, int], attrs: dict[str, Any], listed: list[Array]
) -> None:
    shapes = {array.name: tuple(sizes[axis] for axis in array.dims) for array in listed}
    arrays = sorted(listed, key=lambda array: shapes[array.name], reverse=True)  # as SciPy orders them
    values = {array.name: np.full(shapes[array.name], b"7").astype(array.kind) for array in arrays}
    laid, found = layout(sizes, attrs, arrays), _by_scipy(sizes, attrs, arrays, values)
    assert laid.header == found[: len(laid.header)]
    assert laid.size == len(found)
    for array in arrays:
        written = values[array.name].astype(np.dtype(array.kind).newbyteorder(">")).tobytes()
        assert found[laid.begins[array.name] :].startswith(written)


def _by_scipy(sizes: dict[str, int], attrs: dict[str, Any], arrays: list[Array], values: dict[str, Any]) -> bytes:
    file = BytesIO()
    peer = netcdf_file(file, "w", version=2)
    for axis, size in sizes.items():
        peer.createDimension(axis, size)
    _set(peer, attrs)
    for array in arrays:
        variable = peer.createVariable(array.name, array.kind, array.dims)
        variable[:] = values[array.name]
        _set(variable, array.attrs)
    peer.flush()
    return file.getvalue()


def _set(place: Any, attrs: Any) -> None:
    for name, value in attrs.items():
        setattr(place, name, value.encode() if isinstance(value, str) else np.int32(value))
