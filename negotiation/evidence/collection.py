"""The evidence on one agreement: all its records, found by id, and the questions asked across them."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Self, TypeVar, cast, final

from pydantic import model_validator

from negotiation._checks import check_known
from negotiation.evidence.faults import refused
from negotiation.evidence.fields import Texts
from negotiation.evidence.links import KINDS, Entry, informs, key_field, link_faults
from negotiation.evidence.schema import (
    FOUNDINGS,
    Claim,
    Disagreement,
    Event,
    Founding,
    Issue,
    Parameter,
    Proposition,
    Reading,
    Record,
    Source,
    Tier,
)

OWNER = "Evidence"
R = TypeVar("R", bound=Record)


@final
class Evidence(Record):
    """All that is known about one agreement.

    Parameters
    ----------
    parties : tuple of str
        The parties to the agreement, in the order of the players.
    sources, claims, parameters, disagreements, readings, issues, events, tiers, propositions : tuple
        The records of each kind. The field `informs` of the claims is filled here, from the entries that
        list them.

    Raises
    ------
    pydantic.ValidationError
        If an id is not unique or unknown, a reading leaves the domain of a parameter, a list repeats a claim,
        or a core claim is listed nowhere; the message holds one line a fault.

    Notes
    -----
    A lookup by id costs O(1).
    """

    parties: Texts
    sources: tuple[Source, ...] = ()
    claims: tuple[Claim, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    readings: tuple[Reading, ...] = ()
    issues: tuple[Issue, ...] = ()
    events: tuple[Event, ...] = ()
    tiers: tuple[Tier, ...] = ()
    propositions: tuple[Proposition, ...] = ()

    @model_validator(mode="after")
    def _linked(self) -> Self:
        entries = self.entries()
        faults = link_faults(entries, self.parties)
        if faults:
            raise refused(faults)
        listed = informs(entries)
        claims = [claim.model_copy(update={"informs": listed.get(claim.id, ())}) for claim in self.claims]
        object.__setattr__(self, "claims", tuple(claims))
        return self

    def entries(self) -> list[Entry]:
        """Return every record as an entry, in the order of the fields."""
        return [
            Entry(kind, index, record.model_dump(), record)
            for kind in KINDS
            for index, record in enumerate(getattr(self, f"{kind}s"))
        ]

    def source(self, id: str) -> Source:
        """Return the source with this id, or refuse an unknown one and name the nearest."""
        return self._find(Source, "source", id)

    def claim(self, id: str) -> Claim:
        """Return the claim with this id, or refuse an unknown one and name the nearest."""
        return self._find(Claim, "claim", id)

    def parameter(self, name: str) -> Parameter:
        """Return the parameter with this name, or refuse an unknown one and name the nearest."""
        return self._find(Parameter, "parameter", name)

    def disagreement(self, id: str) -> Disagreement:
        """Return the disagreement with this id, or refuse an unknown one and name the nearest."""
        return self._find(Disagreement, "disagreement", id)

    def reading(self, id: str) -> Reading:
        """Return the reading with this id, or refuse an unknown one and name the nearest."""
        return self._find(Reading, "reading", id)

    def issue(self, id: str) -> Issue:
        """Return the issue with this id, or refuse an unknown one and name the nearest."""
        return self._find(Issue, "issue", id)

    def event(self, id: str) -> Event:
        """Return the event with this id, or refuse an unknown one and name the nearest."""
        return self._find(Event, "event", id)

    def tier(self, id: str) -> Tier:
        """Return the tier with this id, or refuse an unknown one and name the nearest."""
        return self._find(Tier, "tier", id)

    def proposition(self, id: str) -> Proposition:
        """Return the proposition with this id, or refuse an unknown one and name the nearest."""
        return self._find(Proposition, "proposition", id)

    def claims_for(self, parameter: str) -> tuple[Claim, ...]:
        """Return the claims that a parameter rests on, in the order in which it lists them."""
        return tuple(self.claim(id) for id in self.parameter(parameter).claims)

    def sources_for(self, parameter: str) -> tuple[Source, ...]:
        """Return the sources of the claims that a parameter rests on, each once."""
        ids = dict.fromkeys(claim.source for claim in self.claims_for(parameter))
        return tuple(self.source(id) for id in ids)

    def disagreements_for(self, parameter: str) -> tuple[Disagreement, ...]:
        """Return the disagreements that share a claim with a parameter."""
        rests_on = set(self.parameter(parameter).claims)
        return tuple(
            disagreement
            for disagreement in self.disagreements
            if any(rests_on.intersection(position.claims) for position in disagreement.positions)
        )

    def informed_by(self, claim: str) -> tuple[str, ...]:
        """Return the names of the entries that list a claim.

        Parameters come first, then issues, events, tiers, propositions and disagreements.
        """
        return self.claim(claim).informs

    def founding_counts(self, names: Iterable[str]) -> dict[Founding, tuple[str, ...]]:
        """Sort parameters by how well they are founded.

        Parameters
        ----------
        names : iterable of str
            Names of parameters.

        Returns
        -------
        dict of str to tuple of str
            The names under each of the words of `FOUNDINGS`, also where there is none.
        """
        parameters = [self.parameter(name) for name in names]
        return {
            founding: tuple(p.name for p in parameters if p.quantity.founding == founding)
            for founding in FOUNDINGS
        }

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[str, Record]]:
        return {
            kind: {getattr(record, key_field(kind)): record for record in getattr(self, f"{kind}s")}
            for kind in KINDS
        }

    def _find(self, model: type[R], kind: str, key: str) -> R:
        table = self._tables[kind]
        return cast("R", table[check_known(kind, OWNER, key, table)])
