"""The one place that words the refusal of an argument.

Every refusal names the argument and its owner, states the rule, quotes the value and shows the way out.
"""

import difflib
import math
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

TOO_LARGE = "a number beyond 1.8e308"
"""What is said instead of a number that no float can hold; all its digits would fill the screen."""

TOO_MANY_DIGITS = 10**15
"""Numbers from here on are not written out."""

MAX_ROUNDS = 100_000
"""Largest number of rounds that is tabulated: more than any horizon of interest, and still a moment's work."""

MAX_PLACES = 10_000
"""Largest power of ten in text that is turned into a fraction; far larger ones would fill the memory."""

FEW_NAMES = 12
"""Largest number of known names that a refusal lists."""


class ArgumentError(ValueError):
    """An argument was refused; the message names it, the rule, the value and the way out."""


def refusal(name: str, owner: str, rule: str, value: object, way_out: str = "") -> ArgumentError:
    """Word the refusal of the argument `name` of `owner`."""
    return ArgumentError(f"'{name}' of {owner} must {rule}, got {value!s}.{' ' if way_out else ''}{way_out}")


def check_class(name: str, owner: str, value: object, expected: type) -> None:
    """Refuse anything but an instance of a class."""
    if not isinstance(value, expected):
        article = "an" if expected.__name__[0] in "AEIOU" else "a"
        raise refusal(name, owner, f"be {article} {expected.__name__}", type(value).__name__)


def check_between(
    name: str, owner: str, value: float, low: float, high: float, *, open_ends: bool = False
) -> float:
    """Return `value` as a float, or refuse it outside [low, high] (outside (low, high) if `open_ends`)."""
    number = check_number(name, owner, value)
    inside = low < number < high if open_ends else low <= number <= high
    if inside:
        return number
    strictly = "strictly " if open_ends else ""
    raise refusal(name, owner, f"be {strictly}between {low:g} and {high:g}", value)


def check_number(name: str, owner: str, value: object) -> float:
    """Return `value` as a finite float, or refuse it."""
    if isinstance(value, bool | np.bool):
        raise refusal(name, owner, "be a number", repr(value))
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise refusal(name, owner, "be a number", repr(value)) from None
    except OverflowError:
        raise refusal(name, owner, "fit into a float", TOO_LARGE) from None
    if not math.isfinite(number):
        raise refusal(name, owner, "be finite", value)
    return number


def check_fraction(name: str, owner: str, value: object) -> Fraction:
    """Return `value` as a fraction, or refuse it; a float counts as the decimal that it prints as."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str) and "/" in value:
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise refusal(name, owner, "be a number", repr(value)) from None
    number = check_number(name, owner, value)
    if isinstance(value, str | Decimal):
        exact = Decimal(value)
        if abs(int(exact.as_tuple().exponent)) > MAX_PLACES:
            raise refusal(name, owner, f"have at most {MAX_PLACES:,} decimal places", repr(value))
        return Fraction(exact)
    return Fraction(int(value)) if isinstance(value, int | np.integer) else Fraction(repr(number))


def check_count(name: str, owner: str, value: object, least: int = 1, *, most: int | None = None) -> int:
    """Return `value` as an int of at least `least` and at most `most`, or refuse it."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise refusal(name, owner, f"be a whole number of at least {least}", repr(value))
    if most is not None and value > most:
        raise refusal(name, owner, f"be at most {most:,}", f"{value:,}" if value < TOO_MANY_DIGITS else "more")
    return int(value)


def check_delta(owner: str, value: object) -> float:
    """Return a discount factor, or refuse anything outside (0, 1)."""
    number = check_number("delta", owner, value)
    if not 0 < number < 1:
        raise refusal(
            "delta",
            owner,
            "be strictly between 0 and 1",
            value,
            "A yearly discount rate r is passed as 1 / (1 + r).",
        )
    return number


def check_array(name: str, owner: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return `values` as a new read-only float array, or refuse entries that are not finite numbers."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise refusal(name, owner, "be a rectangular array of numbers", repr(values)) from None
    except OverflowError:
        raise refusal(name, owner, "fit into floats", TOO_LARGE) from None
    finite = np.isfinite(array)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise refusal(f"{name}[{', '.join(map(str, where))}]" if where else name, owner, "be finite", array[where])
    array.setflags(write=False)
    return array


def check_shares(name: str, owner: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return `values` as a read-only float array, or refuse entries outside [0, 1]."""
    array = check_array(name, owner, values)
    outside = array[(array < 0) | (array > 1)]
    if outside.size:
        raise refusal(name, owner, "lie between 0 and 1", outside.flat[0])
    return array


def check_positive(name: str, owner: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return `values` as a read-only float array, or refuse entries that are not above 0."""
    array = check_array(name, owner, values)
    outside = array[array <= 0]
    if outside.size:
        raise refusal(name, owner, "be above 0", outside.flat[0])
    return array


def check_names(name: str, owner: str, values: Sequence[str], count: int) -> tuple[str, ...]:
    """Return `count` distinct, non-empty names, or refuse them."""
    listed = isinstance(values, Iterable) and not isinstance(values, str)
    if not listed or not all(isinstance(value, str) for value in values):
        raise refusal(name, owner, "be a sequence of strings", repr(values), f"Pass {count} names.")
    names = tuple(values)
    if len(names) != count:
        raise refusal(name, owner, f"hold {count} names", f"{len(names)}: {list(names)}")
    if not all(value.strip() for value in names):
        raise refusal(name, owner, "hold no empty name", list(names))
    repeated = sorted({value for value in names if names.count(value) > 1})
    if repeated:
        raise refusal(name, owner, "hold distinct names", list(names), f"Repeated: {', '.join(repeated)}.")
    return names


def check_known(name: str, owner: str, value: str, known: Collection[str]) -> str:
    """Return `value` if it is one of `known`, or refuse it and name the nearest one."""
    if isinstance(value, str) and value in known:
        return value
    raise refusal(name, owner, f"be one of the {len(known)} known names", repr(value), nearest(value, known))


def nearest(value: object, known: Iterable[str]) -> str:
    """Word the hint that follows an unknown name: the nearest known ones, or all of a few."""
    names, typed = sorted(known), str(value)
    begun = [name for name in names if typed and name.startswith(typed)]
    close = begun[:2] or difflib.get_close_matches(typed, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(map(repr, close))}?"
    return f"Known: {', '.join(names)}." if len(names) <= FEW_NAMES else ""
