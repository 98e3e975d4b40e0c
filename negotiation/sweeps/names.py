"""Names of parameters, outputs and axes: identifiers, so that they can be keywords and names in a netCDF file."""

import keyword

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, refusal

DRAW = "draw"
"""Axis of a table of draws."""
CHUNK = "chunk"
CHUNK_SIZE = "chunk_size"
DIGEST = "points_digest"
FINISHED = "finished"
RNG = "rng"
RESERVED = (DRAW, CHUNK, FINISHED, RNG)

Labels = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.str_]


def check_identifier(name: object, argument: str, owner: str) -> str:
    """Return `name`, or refuse what cannot be a keyword of a function or stands for something else here."""
    if not isinstance(name, str) or not (name.isidentifier() and name.isascii()) or keyword.iskeyword(name):
        raise refusal(argument, owner, "have names in ASCII that can be keywords of a function", repr(name))
    if name in RESERVED:
        raise refusal(argument, owner, f"leave the names {', '.join(RESERVED)} alone", repr(name))
    return name


def check_labels(argument: str, owner: str, values: ArrayLike) -> Labels:
    """Return a row of finite numbers or of non-empty texts, read-only; whole numbers stay whole."""
    try:
        row = np.array(values)
    except ValueError:
        raise refusal(argument, owner, "be a row of numbers or texts", repr(values)) from None
    if row.ndim != 1 or row.size == 0:
        raise refusal(argument, owner, "be a row of at least one value", f"shape {row.shape}")
    match row.dtype.kind:
        case "U":
            row = _texts(argument, owner, row, values)
        case "i" | "u":
            row = _whole(argument, owner, row)
        case "b":
            raise refusal(argument, owner, "hold either numbers or texts", row.tolist())
        case _:
            row = check_array(argument, owner, row)
    row.setflags(write=False)
    return row


def check_distinct(argument: str, owner: str, labels: Labels) -> Labels:
    """Return labels, or refuse repeated ones, which could not be told apart."""
    found, counts = np.unique(labels, return_counts=True)
    if (counts > 1).any():
        raise refusal(argument, owner, "hold distinct values", f"{found[counts > 1][0]} more than once")
    return labels


def _texts(argument: str, owner: str, row: NDArray[np.str_], values: ArrayLike) -> NDArray[np.str_]:
    if not all(isinstance(one, str) for one in np.array(values, dtype=object)):
        raise refusal(argument, owner, "hold either numbers or texts", repr(values))
    if not all(text.strip("\0 ") for text in row.tolist()) or "\0" in "".join(row.tolist()):
        raise refusal(argument, owner, "hold no empty text", row.tolist())
    return row


def _whole(argument: str, owner: str, row: NDArray[np.integer]) -> NDArray[np.int64]:
    bounds = np.iinfo(np.int32)
    outside = row[(row < bounds.min) | (row > bounds.max)]
    if outside.size:
        raise refusal(argument, owner, "hold whole numbers of at most 2147483647", outside[0], "Or pass floats.")
    return row.astype(np.int64)
