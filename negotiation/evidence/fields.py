"""The types of fields that the records of evidence are made of: read-only, strict, finite.

A field that breaks its rule says so as "must <rule>, got <value>".
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Annotated, TypeVar, final

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, SerializerFunctionWrapHandler, Strict
from pydantic_core import PydanticCustomError

V = TypeVar("V")
ID = re.compile(r"[\w.-]+")

RULE = "rule"  # the type under which pydantic files the faults that are worded here


@final
class FrozenMapping(Mapping[str, V]):
    """A mapping that cannot be changed, and can be hashed and pickled.

    Parameters
    ----------
    items : mapping of str
        The entries; they are copied.

    Examples
    --------
    >>> FrozenMapping({"North": 1.0})["North"]
    1.0
    """

    def __init__(self, items: Mapping[str, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: str) -> V:
        """Return the value of `key`."""
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        """Run through the keys in the order in which they were given."""
        return iter(self._items)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._items)

    def __hash__(self) -> int:
        """Hash the entries without regard to their order."""
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        """Show the entries."""
        return f"{type(self).__name__}({self._items!r})"


def broken(rule: str, value: str) -> PydanticCustomError:
    """Word the fault of a field whose value breaks `rule`."""
    return PydanticCustomError(RULE, "must {rule}, got {value}", {"rule": rule, "value": value})


def plain(number: float) -> str:
    """Write a number without needless digits."""
    return f"{number:.10g}"


def thawed(mapping: Mapping[str, V], write: SerializerFunctionWrapHandler) -> object:
    """Write a mapping of a record as pydantic writes a dict."""
    return write(dict(mapping))


def _filled(text: str) -> str:
    if not text.strip():
        raise broken("not be empty", repr(text))
    return text


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise broken("hold letters, digits, '-', '_' and '.' only", repr(text))
    return text


def _identifier(text: str) -> str:
    if not text.isidentifier() or iskeyword(text):
        raise broken("be a Python identifier", repr(text))
    return text


def _iso_date(value: object) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        shown = value.isoformat() if isinstance(value, datetime.datetime) else repr(value)
        raise broken("be a date written as 2024-12-31", shown) from None


Text = Annotated[str, Strict(), AfterValidator(_filled)]
Texts = tuple[Text, ...]
Id = Annotated[Text, AfterValidator(_id)]
Identifier = Annotated[Text, AfterValidator(_identifier)]
Number = Annotated[float, Strict(), AllowInfNan(False)]
Flag = Annotated[bool, Strict()]
Day = Annotated[datetime.date, BeforeValidator(_iso_date)]
