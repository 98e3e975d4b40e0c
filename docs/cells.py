"""How the tables of the pages are written: rows in, Markdown out."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Cells = Sequence[object]
NOISE = 9
"""Decimals beyond which a float is noise here."""


def grid(head: Cells, rows: Iterable[Cells]) -> str:
    """Return a Markdown table; numbers keep two decimals, pairs are joined by "to"."""
    lines = [list(map(cell, head)), ["---"] * len(head), *(list(map(cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(value: object) -> str:
    """Write one cell."""
    if isinstance(value, bool | np.bool):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return number(float(value), 2)
    if isinstance(value, tuple | list | np.ndarray):
        return " to ".join(cell(one) for one in value)
    return str(value).replace("|", "\\|")


def number(value: float, digits: int) -> str:
    """Write a number with fixed decimals, free of the noise of floats; "never" where it is infinite."""
    if np.isinf(value):
        return "never"
    exact = Decimal(repr(round(float(value), NOISE))).quantize(Decimal(1).scaleb(-digits))
    return str(exact if exact else abs(exact))


def patience(values: Iterable[float] | NDArray[np.float64]) -> list[str]:
    """Write patience and chances with three decimals."""
    return [number(float(value), 3) for value in values]


def ids(names: Iterable[str]) -> str:
    """List ids, or say that there is none."""
    return " ".join(names) or "none"
