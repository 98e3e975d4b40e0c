"""The numbers that a game is given in, as fractions."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_delta, check_fraction, refusal

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


def discount_factors(owner: str, delta: Any, num_players: int) -> tuple[tuple[Fraction, ...], NDArray[np.float64]]:
    """Return the discount factor of each player, exactly and as a read-only array of floats.

    Parameters
    ----------
    owner : str
        The class that an error names.
    delta : number, text or a sequence of them
        One for all players, or one a player.
    num_players : int
        Number of players.

    Raises
    ------
    ArgumentError
        If there are not as many as players, or one is no number strictly between 0 and 1.
    """
    given = list(delta) if np.iterable(delta) and not isinstance(delta, str) else [delta] * num_players
    if len(given) != num_players:
        raise refusal("delta", owner, f"be one number or hold {num_players}, one a player", f"{len(given)}")
    exact = tuple(_exact_delta(owner, value) for value in given)
    deltas = np.array([float(value) for value in exact])
    deltas.setflags(write=False)
    return exact, deltas


def _exact_delta(owner: str, value: object) -> Fraction:
    exact = check_fraction("delta", owner, value)
    check_delta(owner, exact if isinstance(value, str) else value)
    return exact
