"""The numbers that a game is given in, as fractions."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np

from negotiation._checks import refusal

EXPONENT = re.compile(r"[eE]([+-]?\d+)\s*$")
MAX_EXPONENT = 10_000
"""Largest power of ten in text that is turned into a fraction; far larger ones would fill the memory."""


def exact_number(name: str, owner: str, entry: object) -> Fraction:
    """Return a number as a fraction, or refuse it; a float counts as the decimal that it prints as.

    Parameters
    ----------
    name, owner : str
        The argument and its owner, for the refusal.
    entry
        An int, float, `Fraction`, `Decimal` or text such as ``"11/2"``.

    Raises
    ------
    ArgumentError
        If `entry` is none of these, or not finite.
    """
    try:
        if isinstance(entry, float | np.floating):
            return Fraction(repr(float(entry)))
        if isinstance(entry, np.integer):
            return Fraction(int(entry))
        if isinstance(entry, int | Fraction | Decimal | str) and not isinstance(entry, bool):
            exponent = EXPONENT.search(str(entry)) if isinstance(entry, str | Decimal) else None
            if exponent and abs(int(exponent[1])) > MAX_EXPONENT:
                raise OverflowError
            return Fraction(entry)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise refusal(
            name, owner, "be a finite number", repr(entry), "Text is written as '11/2' or '0.25'."
        ) from None
    raise refusal(name, owner, "be a number", repr(entry), "Use int, float, Fraction, Decimal or text.")
