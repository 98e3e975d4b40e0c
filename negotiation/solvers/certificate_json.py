"""Certificates as JSON: every number a fraction in text, so that nothing is rounded on the way."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from importlib.metadata import version
from itertools import pairwise
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any

from negotiation._checks import ArgumentError, nearest, refusal
from negotiation.games import Automaton, RepeatedGame, StageGame
from negotiation.games.stochastic import StochasticGame
from negotiation.games.transitions import Transitions
from negotiation.solvers.certificate import (
    Certificate,
    ExclusionCertificate,
    NashCertificate,
    SelfGenerationCertificate,
    StateExclusionCertificate,
    StateSelfGenerationCertificate,
    StrategyCertificate,
)

OWNER = "certificate_from_json"
FRACTION = re.compile(r"-?[0-9]+(/[0-9]+)?")
MAX_BITS = 6000
"""Longest numerator or denominator that is written; Python stops at whole numbers of 4,300 decimal digits."""
MAX_CHARACTERS = 4000
"""Longest fraction that is read: more than `MAX_BITS` make for either part."""

Reader = Callable[[str, Any], Any]


def certificate_to_json(certificate: Certificate) -> str:
    """Write a certificate as JSON text.

    Parameters
    ----------
    certificate : Certificate
        Any of the records of `negotiation.solvers.certificate`.

    Returns
    -------
    str
        An object with the kind of the certificate, the version of the library and the fields of the record.
        Fractions are text, as in ``"1/7"``.

    Raises
    ------
    ArgumentError
        If `certificate` is no certificate, or holds numbers of many thousand digits.
    """
    for kind, (record, _) in KINDS.items():
        if isinstance(certificate, record):
            body = {field.name: _written(getattr(certificate, field.name)) for field in fields(record)}
            return json.dumps({"kind": kind, "version": version("negotiation"), **body}, ensure_ascii=False)
    raise refusal("certificate", "certificate_to_json", "be a certificate", type(certificate).__name__)


def certificate_from_json(text: str) -> Certificate:
    """Read a certificate from JSON text.

    Parameters
    ----------
    text : str
        What `certificate_to_json` has written.

    Returns
    -------
    Certificate
        The record; nothing is verified but its form.

    Raises
    ------
    ArgumentError
        If the text is no JSON, or a key is missing, unknown, or holds something of another form.
    """
    try:
        data = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, TypeError, RecursionError) as error:
        if isinstance(error, ArgumentError):
            raise
        raise refusal("text", OWNER, "be JSON", error) from None
    if not isinstance(data, dict):
        raise refusal("text", OWNER, "hold an object", type(data).__name__)
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise refusal("kind", OWNER, f"be one of {', '.join(KINDS)}", repr(kind))
    record, readers = KINDS[kind]
    entries = _entries("text", data, {"kind": _text, "version": _text, **readers})
    made: Certificate = record(**{name: entries[name] for name in readers})
    return made


def save_certificate(certificate: Certificate, path: str | PathLike[str]) -> None:
    """Write a certificate to a file, as JSON.

    Parameters
    ----------
    certificate : Certificate
        Any of the records of `negotiation.solvers.certificate`.
    path : str or path
        The file, which is replaced if it exists.
    """
    Path(path).write_text(certificate_to_json(certificate) + "\n", encoding="utf-8")


def load_certificate(path: str | PathLike[str]) -> Certificate:
    """Read a certificate from a file; nothing is verified but its form.

    Parameters
    ----------
    path : str or path
        The file.

    Raises
    ------
    ArgumentError
        As in `certificate_from_json`, and if the file is not text in UTF-8.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise refusal("path", "load_certificate", "be a file of text in UTF-8", path) from None
    return certificate_from_json(text)


def _written(value: object) -> object:
    match value:
        case Fraction():
            if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
                rule = f"hold numbers of at most {MAX_BITS} binary digits"
                raise refusal("certificate", "certificate_to_json", rule, "a longer one")
            return str(value)
        case RepeatedGame():
            return {"stage": _written(value.stage), "deltas": _written(value.exact_deltas)}
        case StageGame():
            names = {"players": value.players, "actions": value.actions}
            return {**names, "payoffs": _written(value.exact_payoffs.tolist())}
        case StochasticGame():
            return _written_states(value)
        case Automaton():
            tables = {"output": value.output.tolist(), "transition": value.transition.tolist()}
            return {**tables, "initial": value.initial, "phases": value.phases}
        case tuple() | list():
            return [_written(entry) for entry in value]
        case _:
            return value


def _written_states(game: StochasticGame) -> object:
    moves = game.transitions
    entries = list(zip(moves.targets.tolist(), moves.exact_weights.tolist(), strict=True))
    rows = [entries[a:b] for a, b in pairwise(moves.starts.tolist())]
    return {
        "states": game.states,
        "players": game.players,
        "actions": game.actions,
        "payoffs": [_written(table.tolist()) for table in game.exact_payoffs],
        "transitions": _written(rows),
        "deltas": _written(game.exact_deltas),
    }


def _entries(name: str, data: object, readers: Mapping[str, Reader]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise refusal(name, OWNER, "be an object", type(data).__name__)
    unknown = [key for key in data if key not in readers]
    if unknown:
        rule = f"hold the keys {', '.join(readers)} and no others"
        raise refusal(name, OWNER, rule, repr(unknown[0]), nearest(unknown[0], readers))
    missing = [key for key in readers if key not in data]
    if missing:
        raise refusal(name, OWNER, f"hold the keys {', '.join(readers)}", f"none named {missing[0]!r}")
    return {key: reader(key if name == "text" else f"{name}.{key}", data[key]) for key, reader in readers.items()}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise refusal(name, OWNER, "be text", repr(value))
    return value


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise refusal(name, OWNER, "be a whole number of at least 0", repr(value))
    return value


def _fraction(name: str, value: Any) -> Fraction:
    if isinstance(value, str) and len(value) <= MAX_CHARACTERS and FRACTION.fullmatch(value):
        try:
            return Fraction(value)
        except ZeroDivisionError:
            pass
    raise refusal(name, OWNER, "be a fraction in text such as '1/7'", repr(value)[:80])


def _gain(name: str, value: Any) -> Fraction | None:
    return None if value is None else _fraction(name, value)


def _list(reader: Reader) -> Reader:
    def read(name: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise refusal(name, OWNER, "be a list", repr(value)[:80])
        return tuple(reader(f"{name}[{k}]", entry) for k, entry in enumerate(value))

    return read


def _nested(reader: Reader) -> Reader:
    def read(name: str, value: Any) -> Any:
        if not isinstance(value, list):
            return reader(name, value)
        return [read(f"{name}[{k}]", entry) for k, entry in enumerate(value)]

    return read


def _stage(name: str, value: Any) -> StageGame:
    entries = _entries(
        name,
        value,
        {"players": _list(_text), "actions": _list(_list(_text)), "payoffs": _nested(_fraction)},
    )
    return StageGame(entries["payoffs"], entries["players"], entries["actions"])


def _repeated(name: str, value: Any) -> RepeatedGame:
    entries = _entries(name, value, {"stage": _stage, "deltas": _list(_fraction)})
    return RepeatedGame(entries["stage"], entries["deltas"])


def _states(name: str, value: Any) -> StochasticGame:
    entries = _entries(
        name,
        value,
        {
            "states": _list(_text),
            "players": _list(_text),
            "actions": _list(_list(_list(_text))),
            "payoffs": _list(_nested(_fraction)),
            "transitions": _list(_row),
            "deltas": _list(_fraction),
        },
    )
    shapes = [tuple(map(len, own)) for own in entries["actions"]]
    if len(entries["transitions"]) != sum(map(prod, shapes)):
        rule = f"hold one row for each of {sum(map(prod, shapes))} action profiles"
        raise refusal(f"{name}.transitions", OWNER, rule, len(entries["transitions"]))
    for k, row in enumerate(entries["transitions"]):
        if not all(state < len(entries["states"]) for state in row) or sum(row.values()) != 1:
            rule = f"lead to states below {len(entries['states'])} with chances that add up to 1"
            raise refusal(f"{name}.transitions[{k}]", OWNER, rule, {t: str(p) for t, p in row.items()})
    moves = Transitions(entries["states"], shapes, entries["transitions"])
    names = entries["states"], entries["payoffs"], moves, entries["deltas"]
    return StochasticGame(*names, entries["players"], entries["actions"])


def _row(name: str, value: Any) -> dict[int, Fraction]:
    pairs = _list(_pair(_whole, _fraction))(name, value)
    if len(dict(pairs)) != len(pairs):
        raise refusal(name, OWNER, "name each next state once", repr(value)[:80])
    return dict(pairs)


def _pair(first: Reader, second: Reader) -> Reader:
    def read(name: str, value: Any) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise refusal(name, OWNER, "be a list of two entries", repr(value)[:80])
        return first(f"{name}[0]", value[0]), second(f"{name}[1]", value[1])

    return read


def _place(name: str, value: Any) -> tuple[Any, ...] | None:
    return None if value is None else _list(_fraction)(name, value)


def _automaton(name: str, value: Any) -> Automaton:
    entries = _entries(
        name,
        value,
        {
            "output": _nested(_whole),
            "transition": _nested(_whole),
            "initial": _whole,
            "phases": _list(_text),
        },
    )
    return Automaton(entries["output"], entries["transition"], entries["initial"], phases=entries["phases"])


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise refusal("text", OWNER, "hold each key once", repr(repeated[0]))
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise refusal("text", OWNER, "hold finite numbers", name)


_point, _profile = _list(_fraction), _list(_whole)
KINDS: dict[str, tuple[type[Any], dict[str, Reader]]] = {
    "strategy": (
        StrategyCertificate,
        {
            "repeated": _repeated,
            "automaton": _automaton,
            "values": _list(_point),
            "gains": _list(_list(_gain)),
        },
    ),
    "self-generation": (
        SelfGenerationCertificate,
        {
            "repeated": _repeated,
            "vertices": _list(_point),
            "profiles": _list(_profile),
            "continuations": _list(_point),
            "threat": _point,
            "points": _list(_point),
            "forever": _list(_profile),
        },
    ),
    "exclusion": (
        ExclusionCertificate,
        {
            "repeated": _repeated,
            "outer": _list(_list(_point)),
            "points": _list(_point),
            "profiles": _list(_profile),
            "forever": _list(_profile),
        },
    ),
    "Nash": (
        NashCertificate,
        {"stage": _stage, "mixed_profiles": _list(_list(_point)), "payoffs": _list(_point)},
    ),
    "self-generation of states": (
        StateSelfGenerationCertificate,
        {
            "game": _states,
            "vertices": _list(_list(_point)),
            "profiles": _list(_list(_profile)),
            "promises": _list(_list(_list(_point))),
            "threats": _list(_place),
        },
    ),
    "exclusion of states": (
        StateExclusionCertificate,
        {
            "game": _states,
            "outer": _list(_list(_list(_point))),
            "points": _list(_pair(_whole, _point)),
            "profiles": _list(_pair(_whole, _profile)),
            "states": _list(_whole),
        },
    ),
}
