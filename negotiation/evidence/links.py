"""The links between entries of evidence: ids are unique, references known, core claims used.

Checks read the fields as a file states them, so that an entry with a faulty field is still known to others.
"""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard, final

from negotiation.evidence.faults import Fault, hint, quote
from negotiation.evidence.schema import (
    NEUTRAL,
    Claim,
    Disagreement,
    Event,
    Issue,
    Parameter,
    Proposition,
    Reading,
    Record,
    Source,
    Tier,
)

KINDS: Mapping[str, type[Record]] = {
    "source": Source,
    "claim": Claim,
    "parameter": Parameter,
    "disagreement": Disagreement,
    "reading": Reading,
    "issue": Issue,
    "event": Event,
    "tier": Tier,
    "proposition": Proposition,
}
FIELDS = {kind: frozenset(model.model_fields) for kind, model in KINDS.items()}
ORDER = {kind: number for number, kind in enumerate(KINDS)}
Known = Mapping[str, Mapping[str, Record | None]]  # kind, key, record (None if faulty)
LISTERS = ("parameter", "issue", "event", "tier", "proposition", "disagreement")  # the kinds that list claims


def key_field(kind: str) -> str:
    """Return the field that identifies an entry of this kind."""
    return "name" if kind == "parameter" else "id"


@final
@dataclass(frozen=True, eq=False)
class Entry:
    """One entry of evidence: its place, its fields as stated, and its record if they break no rule.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    index : int
        Its place among the entries of that kind in its file, from 0.
    fields : mapping of str
        The fields as stated.
    record : Record or None
        The validated entry; None if a field breaks its rule.
    file : str
        The file it stands in; empty for an entry that comes from none.
    """

    kind: str
    index: int
    fields: Mapping[str, object]
    record: Record | None
    file: str = ""

    @property
    def key(self) -> str:
        """The id (of a parameter: the name), empty if none is stated."""
        key = self.fields.get(key_field(self.kind))
        return key if isinstance(key, str) else ""

    @property
    def address(self) -> str:
        """File and place, as in "river.toml: claim[3] (W05)"."""
        inside = f"{self.kind}[{self.index}]" + (f" ({self.key})" if self.key else "")
        return f"{self.file}: {inside}" if self.file else inside

    def fault(self, path: str, words: str) -> Fault:
        """Word a fault of this entry at `path` inside it."""
        where = f"{self.address}.{path}" if path else self.address
        return Fault(self.file, ORDER[self.kind], self.index, f"{where}: {words}")

    def claim_lists(self) -> Iterator[tuple[str, list[str]]]:
        """Run through the lists of claims that the entry holds, each with its path."""
        yield "claims", _strings(self.stated("claims"))
        positions = self.stated("positions")
        for number, position in enumerate(positions if isinstance(positions, list | tuple) else ()):
            if isinstance(position, Mapping):
                yield f"positions[{number}].claims", _strings(position.get("claims"))

    def stated(self, field: str) -> object:
        """Return what the entry states under `field`, None if nothing or if its kind has no such field."""
        return self.fields.get(field) if field in FIELDS[self.kind] else None

    def names(self, field: str) -> list[str]:
        """Return the name stated under `field`, or the keys of the table stated there."""
        value = self.stated(field)
        names = list(value) if isinstance(value, Mapping) else [value]
        return [name for name in names if isinstance(name, str) and name.strip()]


@final
class Reference(NamedTuple):
    """A name that an entry uses, where it stands, what it must be, and the names that would do."""

    path: str
    name: str
    rule: str
    known: Collection[str]


def link_faults(entries: Sequence[Entry], parties: Sequence[str], *, complete: bool = True) -> list[Fault]:
    """List every fault in the links between entries.

    Parameters
    ----------
    entries : sequence of Entry
        All entries, also those with a faulty field.
    parties : sequence of str
        The parties; if empty, names of parties are not checked.
    complete : bool, default True
        Whether the entries are all there are; if not, unknown names and unused claims are no faults.
    """
    known: dict[str, dict[str, Record | None]] = {kind: {} for kind in KINDS}
    for entry in entries:
        if entry.key:
            known[entry.kind].setdefault(entry.key, entry.record)
    faults = [*_repeated_ids(entries), *_repeated_claims(entries), *_misplaced_overrides(entries, known)]
    if complete:
        faults += [*_unknown_names(entries, known, parties), *_unused_claims(entries)]
    return faults


def informs(entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """Map each listed claim to the names of the entries that list it, in the order of `LISTERS`."""
    listed: dict[str, dict[str, None]] = {}
    listing = [entry for entry in entries if entry.kind in LISTERS]
    for entry in sorted(listing, key=lambda entry: LISTERS.index(entry.kind)):
        for _, claims in entry.claim_lists():
            for claim in claims:
                listed.setdefault(claim, {})[entry.key] = None
    return {claim: tuple(names) for claim, names in listed.items()}


def _strings(value: object) -> list[str]:
    items = value if isinstance(value, list | tuple) else ()
    return [item if isinstance(item, str) else "" for item in items]


def _repeated_ids(entries: Sequence[Entry]) -> Iterator[Fault]:
    first: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        earlier = first.setdefault((entry.kind, entry.key), entry)
        if entry.key and earlier is not entry:
            owner = earlier.address if earlier.file else "the evidence"
            yield entry.fault(key_field(entry.kind), f"must be new, got {entry.key!r}, which {owner} has already")


def _repeated_claims(entries: Sequence[Entry]) -> Iterator[Fault]:
    for entry in entries:
        for path, claims in entry.claim_lists():
            for claim in sorted({claim for claim in claims if claim and claims.count(claim) > 1}):
                times = claims.count(claim)
                yield entry.fault(path, f"must list each claim once, got {claim!r} {times} times")


def _misplaced_overrides(entries: Sequence[Entry], known: Known) -> Iterator[Fault]:
    for entry in entries:
        overrides = entry.stated("overrides")
        for name, value in overrides.items() if isinstance(overrides, Mapping) else ():
            parameter = known["parameter"].get(name)
            if not isinstance(parameter, Parameter) or not _is_finite(value):
                continue  # that is a fault of its own
            if not parameter.contains(value):
                words = f"must {parameter.rule}, got {quote(value)}. {parameter.plausible}"
                yield entry.fault(f"overrides.{name}", words)


def _is_finite(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def _unknown_names(entries: Sequence[Entry], known: Known, parties: Sequence[str]) -> Iterator[Fault]:
    for entry in entries:
        for path, name, rule, names in _references(entry, known, parties):
            if name.strip() and name not in names:
                near = hint(name, names)
                yield entry.fault(path, f"must be {rule}, got {name!r}{'.' if near else ''}{near}")


def _references(entry: Entry, known: Known, parties: Sequence[str]) -> Iterator[Reference]:
    for path, claims in entry.claim_lists():
        for number, claim in enumerate(claims):
            yield Reference(f"{path}[{number}]", claim, "the id of a claim", known["claim"])
    for source in entry.names("source"):
        yield Reference("source", source, "the id of a source", known["source"])
    for name in entry.names("overrides"):
        yield Reference(f"overrides.{name}", name, "the name of a parameter", known["parameter"])
    for name in entry.names("probability"):
        yield Reference("probability", name, "the name of a parameter", known["parameter"])
    if parties:
        yield from _party_references(entry, parties)


def _party_references(entry: Entry, parties: Sequence[str]) -> Iterator[Reference]:
    for name in entry.names("helps"):
        yield Reference("helps", name, "a party, 'both', 'third' or 'none'", (*parties, *NEUTRAL))
    for field in ("temptation", "harm"):
        for party in entry.names(field):
            yield Reference(f"{field}.{party}", party, "a party", parties)


def _unused_claims(entries: Sequence[Entry]) -> Iterator[Fault]:
    used = informs(entries)
    for entry in entries:
        if entry.key and entry.stated("core") is True and entry.key not in used:
            words = "must be false for a claim that no entry lists, got true. List the claim in the claims of"
            yield entry.fault("core", f"{words} a {', '.join(LISTERS[:-1])} or {LISTERS[-1]}.")
