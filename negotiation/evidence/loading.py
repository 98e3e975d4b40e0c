"""Evidence from TOML files: every fault of every file is found before anything is refused.

A file may hold ``parties = [...]`` and any number of ``[[source]]``, ``[[claim]]``, ``[[parameter]]``,
``[[disagreement]]``, ``[[reading]]``, ``[[issue]]``, ``[[event]]``, ``[[tier]]`` and ``[[proposition]]``
tables, whose keys are the fields of the records of that name.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple, cast, final

from pydantic import BaseModel, ValidationError

from negotiation.evidence.collection import Evidence
from negotiation.evidence.faults import Fault, hint, quote, refused, words_of
from negotiation.evidence.links import KINDS, ORDER, Entry, link_faults
from negotiation.evidence.schema import NEUTRAL, Position, Quantity, Reading

PARTIES = "parties"
NESTED: Mapping[str, type[BaseModel]] = {  # the records inside a field, for the hint at an unknown key
    "quantity": Quantity,
    "share": Quantity,
    "temptation": Quantity,
    "harm": Quantity,
    "positions": Position,
}
DECODE_PLACE = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)")


@final
class Document(NamedTuple):
    """One file that was read: its name below the folder and its tables."""

    file: str
    tables: Mapping[str, object]


def load_evidence(folder: str | Path | Traversable) -> Evidence:
    """Read the evidence in all TOML files below a folder.

    Parameters
    ----------
    folder : str, pathlib.Path or importlib.resources Traversable
        The folder; files are read in the order of their paths below it.

    Returns
    -------
    Evidence
        Records in the order of files and of entries in a file.

    Raises
    ------
    EvidenceError
        If anything is wrong with the folder, a file, an entry or a link between entries. The message holds
        one line a fault, and every fault. If a file is not TOML at all, names that its entries might hold
        are not reported as unknown.
    """
    root = Path(folder) if isinstance(folder, str) else folder
    documents, faults = _read(root)
    complete = not faults
    entries: list[Entry] = []
    for document in documents:
        entries += _entries(document, faults)
    parties = _parties(documents, faults, str(root), complete=complete)
    faults += link_faults(entries, parties, complete=complete)
    if faults:
        raise refused(faults)
    return _collect(entries, parties)


def read_reading(path: str | Path | Traversable, evidence: Evidence) -> Reading:
    """Read a reading of one's own from a TOML file with one ``[[reading]]`` table.

    Parameters
    ----------
    path : str, pathlib.Path or importlib.resources Traversable
        The file.
    evidence : Evidence
        The evidence whose parameters the reading overrides; it stays as it is.

    Returns
    -------
    Reading
        The reading. Its `source` may be left out, otherwise it is one of `evidence`.

    Raises
    ------
    EvidenceError
        If anything is wrong with the file or the reading; the message holds one line a fault.
    """
    root = Path(path) if isinstance(path, str) else path
    faults: list[Fault] = []
    document = _document(str(root), root, faults)
    entries = _entries(document, faults) if document else []
    readings = [entry for entry in entries if entry.kind == "reading"]
    if document and (len(readings) != 1 or len(document.tables) != 1):
        faults.append(_file_fault(str(root), f"must hold one [[reading]] only, got {_contents(document)}"))
    links = link_faults([*evidence.entries(), *readings], evidence.parties)
    if faults or links:
        raise refused([*faults, *links])
    return cast("Reading", readings[0].record)


def _collect(entries: Iterable[Entry], parties: Sequence[str]) -> Evidence:
    records: dict[str, list[object]] = {f"{kind}s": [] for kind in KINDS}
    for entry in entries:
        records[f"{entry.kind}s"].append(entry.record)
    return Evidence.model_validate({PARTIES: parties, **records})


def _read(root: Path | Traversable) -> tuple[list[Document], list[Fault]]:
    faults: list[Fault] = []
    if not root.is_dir():
        state = "a file" if root.is_file() else "nothing there"
        return [], [_file_fault(str(root), f"must be a folder, got {state}")]
    files = sorted(_toml_files(root, ""), key=lambda found: found[0])
    if not files:
        faults.append(_file_fault(str(root), "must hold a .toml file, got none"))
    documents = [_document(name, file, faults) for name, file in files]
    return [document for document in documents if document], faults


def _toml_files(folder: Path | Traversable, prefix: str) -> Iterator[tuple[str, Path | Traversable]]:
    for child in folder.iterdir():
        if child.is_dir():
            yield from _toml_files(child, f"{prefix}{child.name}/")
        elif child.name.endswith(".toml"):
            yield f"{prefix}{child.name}", child


def _document(name: str, file: Path | Traversable, faults: list[Fault]) -> Document | None:
    text = ""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        return Document(name, tomllib.loads(text))
    except OSError as error:
        faults.append(_file_fault(name, f"must be a file that can be read, got {error.strerror or error}"))
    except UnicodeDecodeError as error:
        byte = f"byte {error.object[error.start]:#04x} at place {error.start}"
        faults.append(_file_fault(name, f"must be UTF-8 text, got {byte}"))
    except tomllib.TOMLDecodeError as error:
        faults.append(_syntax_fault(name, text, str(error)))
    except (ValueError, RecursionError) as error:  # a number too long, or tables too deep, for Python
        faults.append(_file_fault(name, f"must be TOML that can be read, got {quote(text)}. {error}."))
    return None


def _syntax_fault(file: str, text: str, message: str) -> Fault:
    found = DECODE_PLACE.fullmatch(message)
    lines = text.rstrip().split("\n")
    number = min(int(found["line"]), len(lines)) if found and found["line"] else len(lines)
    why = found["why"] if found else message
    return _file_fault(file, f"must be TOML, got {quote(lines[number - 1].rstrip())}. {why}.", f"line {number}")


def _file_fault(file: str, words: str, where: str = "") -> Fault:
    return Fault(file, -1, 0, f"{file}: {where}: {words}" if where else f"{file}: {words}")


def _contents(document: Document) -> str:
    sizes = [
        f"{len(value)} [[{table}]]" if isinstance(value, list) else quote(table)
        for table, value in document.tables.items()
    ]
    return ", ".join(sizes) or "nothing"


def _entries(document: Document, faults: list[Fault]) -> list[Entry]:
    entries: list[Entry] = []
    for table, value in document.tables.items():
        if table in KINDS:
            for index, fields in enumerate(_items(document.file, table, value, faults)):
                entries.append(_entry(document.file, table, index, fields, faults))
        elif table != PARTIES:
            words = f"must be one of the known tables, got {table!r}.{hint(table, [PARTIES, *KINDS])}"
            faults.append(_file_fault(document.file, words))
    return entries


def _items(file: str, table: str, value: object, faults: list[Fault]) -> list[object]:
    if isinstance(value, list):
        return value
    got = "one table" if isinstance(value, Mapping) else quote(value)
    line = f"{file}: {table}: must be a list of tables, got {got}. Head each entry [[{table}]]."
    faults.append(Fault(file, ORDER[table], -1, line))
    return [value] if isinstance(value, Mapping) else []


def _entry(file: str, kind: str, index: int, fields: object, faults: list[Fault]) -> Entry:
    if not isinstance(fields, Mapping):
        entry = Entry(kind, index, {}, None, file)
        faults.append(entry.fault("", f"must be a table, got {quote(fields)}"))
        return entry
    stated = {key: value for key, value in fields.items() if key != "informs" or kind != "claim"}
    unchecked = Entry(kind, index, fields, None, file)
    if len(stated) < len(fields):
        words = f"must be left out, got {quote(fields['informs'])}. It is filled from the entries that list"
        faults.append(unchecked.fault("informs", f"{words} the claim."))
    try:
        return Entry(kind, index, fields, KINDS[kind].model_validate(stated), file)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path, words = words_of(detail, _known_keys(kind, detail["loc"]))
            faults.append(unchecked.fault(path, words))
    return unchecked


def _known_keys(kind: str, location: Sequence[str | int]) -> list[str]:
    nested = NESTED.get(str(location[0])) if len(location) > 1 else None
    keys = (nested or KINDS[kind]).model_fields
    return [key for key in keys if not (kind == "claim" and key == "informs")]


def _parties(
    documents: Iterable[Document], faults: list[Fault], folder: str, *, complete: bool
) -> tuple[str, ...]:
    stated = [(file, tables[PARTIES]) for file, tables in documents if PARTIES in tables]
    if not stated:
        if complete:
            faults.append(_file_fault(folder, f"must hold {PARTIES} = [...] in one file, got it in none"))
        return ()
    first, parties = stated[0]
    for later, _ in stated[1:]:
        faults.append(_file_fault(later, f"{PARTIES} must be given once, got it here and in {first}"))
    names = parties if isinstance(parties, list) else []
    good = [name for name in names if isinstance(name, str) and name.strip() and name not in NEUTRAL]
    if len(good) < 2 or len(good) != len(names) or len(set(good)) != len(good):
        rule = "be a list of at least two distinct names, none of them 'both', 'third' or 'none'"
        faults.append(_file_fault(first, f"must {rule}, got {quote(parties)}", PARTIES))
        return ()
    return tuple(good)
