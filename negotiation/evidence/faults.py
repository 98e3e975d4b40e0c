"""The wording of faults in evidence, and the one error that carries all of them.

A fault is one line: file, place inside the file with the entry's id, rule and value, as in
"river.toml: claim[3] (W05).paraphrase: must not be empty, got ''". Places count from 0.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, final

from pydantic_core import ErrorDetails

from negotiation._checks import ArgumentError, nearest
from negotiation.evidence.fields import RULE

LONGEST_QUOTE = 60  # characters of a value that a fault shows
LONGEST_LIST = 12  # known names that a fault shows when none is near

MISSING, UNKNOWN_KEY = "missing", "extra_forbidden"
BAD_KEY = "[key]"  # where pydantic places the fault of a mapping's key

# The rules of pydantic, by the type it gives the fault. https://docs.pydantic.dev/latest/errors/validation_errors
RULES = {
    "string_type": "be a string",
    "float_type": "be a number",
    "finite_number": "be finite",
    "bool_type": "be true or false",
    "tuple_type": "be a list",
    "dict_type": "be a table",
    "mapping_type": "be a table",
    "model_type": "be a table",
    "literal_error": "be {expected}",
    "greater_than_equal": "be at least {ge:g}",
    "less_than_equal": "be at most {le:g}",
}


@final
class EvidenceError(ArgumentError):
    """Evidence was refused; the message holds one line a fault.

    Parameters
    ----------
    *faults : str
        The lines, in the order of files and entries.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)

    @property
    def faults(self) -> tuple[str, ...]:
        """The lines of the message."""
        return tuple(map(str, self.args))

    def __str__(self) -> str:
        """Join the faults, one a line."""
        return "\n".join(self.faults)


@final
class Fault(NamedTuple):
    """One fault, and its place in the order of the report: file, then table, then entry."""

    file: str
    table: int
    entry: int
    line: str


def refused(faults: Iterable[Fault]) -> EvidenceError:
    """Put faults in order and word them as one error."""
    return EvidenceError(*(fault.line for fault in sorted(faults, key=lambda fault: fault[:3])))


def quote(value: object) -> str:
    """Show a value from a file, shortened where it is long."""
    shown = value.isoformat() if isinstance(value, datetime.date | datetime.time) else repr(value)
    return shown if len(shown) <= LONGEST_QUOTE else f"{shown[: LONGEST_QUOTE - 3]}..."


def hint(value: str, known: Collection[str]) -> str:
    """Word the nearest known name, or all of them when none is near and they are few."""
    words = nearest(value, known)
    return f" {words}" if known and (words.startswith("Did") or len(known) <= LONGEST_LIST) else ""


def place(location: Iterable[str | int]) -> str:
    """Write a place inside an entry, as in "positions[0].view"."""
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step or quote(step)}" for step in location if step != BAD_KEY
    )
    return "".join(steps).removeprefix(".")


def words_of(error: ErrorDetails, known: Collection[str]) -> tuple[str, str]:
    """Turn a fault found by pydantic into its place inside the entry and its words.

    Parameters
    ----------
    error : ErrorDetails
        One of `ValidationError.errors()`.
    known : collection of str
        The keys that the table at fault may hold; used when the fault is an unknown key.
    """
    kind, location, value = error["type"], error["loc"], error["input"]
    context = error.get("ctx", {})
    if kind == RULE:
        return place(location), error["msg"]
    if kind == MISSING:
        return place(location), "must be given"
    if kind == UNKNOWN_KEY:
        key = str(location[-1])
        return place(location[:-1]), f"must hold known keys only, got {key!r}.{hint(key, known)}"
    if kind not in RULES:
        return place(location), f"{error['msg'][:1].lower()}{error['msg'][1:]}, got {quote(value)}"
    rule = RULES[kind].format_map(context)
    return place(location), f"must {rule}, got {quote(value)}{_near(value, context)}"


def _near(value: object, context: Mapping[str, object]) -> str:
    choices = str(context.get("expected", "")).split("'")[1::2]
    words = hint(value, choices).strip() if isinstance(value, str) else ""
    return f". {words}" if words.startswith("Did") else ""
