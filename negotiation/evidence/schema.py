"""The records of evidence for any agreement: what the sources say and which numbers follow from it.

A number that enters a model is a `Parameter`: a plausible range, how well that range is founded, and the
claims it rests on. A `Claim` is one statement of one `Source`. Records are frozen and refuse unknown keys,
empty strings and numbers that are not finite.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self, final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WrapSerializer, model_validator

from negotiation._checks import ArgumentError, check_number, refusal
from negotiation.evidence.fields import (
    Day,
    Flag,
    FrozenMapping,
    Id,
    Identifier,
    Number,
    Text,
    Texts,
    broken,
    plain,
    thawed,
)

Founding = Literal["stated", "derived", "sign", "assumed"]
Direction = Literal["+", "-", "~"]

FOUNDINGS: Mapping[Founding, str] = MappingProxyType(
    {
        "stated": "The number is stated in a source.",
        "derived": "The number follows by arithmetic from numbers stated in the sources.",
        "sign": "The sources give only the sign or the order; the size is assumed.",
        "assumed": "The sources say nothing about it; the number is assumed.",
    }
)

NEUTRAL = ("both", "third", "none")  # whom a claim may help beside one of the parties


class Record(BaseModel):
    """What all records share: frozen, and no keys beyond those of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@final
class Quantity(Record):
    """A number with its plausible range.

    Parameters
    ----------
    low, central, high : float
        The range and the value used where one is needed, ``low <= central <= high``.
    unit : str
        What one unit of the number is.
    founding : {"stated", "derived", "sign", "assumed"}
        How well the number is founded; `FOUNDINGS` explains the words.

    Examples
    --------
    >>> Quantity(low=0.8, central=0.9, high=0.95, unit="share", founding="stated").central
    0.9
    """

    low: Number
    central: Number
    high: Number
    unit: Text
    founding: Founding

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.central <= self.high:
            shown = f"low {plain(self.low)}, central {plain(self.central)}, high {plain(self.high)}"
            raise broken("have low <= central <= high", shown)
        return self


Quantities = Annotated[Mapping[Text, Quantity], AfterValidator(FrozenMapping), WrapSerializer(thawed)]
Overrides = Annotated[Mapping[Text, Number], AfterValidator(FrozenMapping), WrapSerializer(thawed)]


@final
class Source(Record):
    """A document that claims are taken from.

    Parameters
    ----------
    id, title, author, outlet : str
        What identifies the document.
    date : str, optional
        When it appeared, as precisely as known.
    weight : float in [0, 1], default 1
        How far the source is relied on.
    caution : str, optional
        What a reader should beware of.
    """

    id: Id
    title: Text
    author: Text
    outlet: Text
    date: Text | None = None
    weight: Annotated[Number, Field(ge=0, le=1)] = 1.0
    caution: Text | None = None


@final
class Claim(Record):
    """One statement of one source.

    Parameters
    ----------
    id, source : str
        The claim's own id and the id of its source.
    place : str
        Where in the source it stands.
    paraphrase : str
        What it says, in our words.
    value, unit : str, optional
        The number it states, as written, and the unit of that number.
    helps : str
        The party it helps, or ``"both"``, ``"third"`` or ``"none"``.
    informs : tuple of str
        Names of the entries that list the claim; `Evidence` fills it, files do not hold it.
    direction : {"+", "-", "~"}
        Whether it makes the agreement more stable, less stable, or cuts both ways.
    core : bool
        Whether it must be used: a core claim that nothing lists is a fault.
    note : str, optional
        What else the reader should know.
    """

    id: Id
    source: Text
    place: Text
    paraphrase: Text
    value: Text | None = None
    unit: Text | None = None
    helps: Text
    informs: Texts = ()
    direction: Direction
    core: Flag
    note: Text | None = None


@final
class Parameter(Record):
    """A number of the model: its plausible range, its domain and the claims it rests on.

    Parameters
    ----------
    name : str
        A Python identifier.
    symbol, meaning : str
        How formulas write it and what it is.
    quantity : Quantity
        The plausible range; it lies inside the domain.
    claims : tuple of str
        Ids of the claims it rests on.
    lowest, highest : float, optional
        The domain in which the model makes sense; unbounded where left out.
    strict_domain : bool, default False
        Whether the ends of the domain are outside it.
    drawn : bool
        Whether it is drawn when parameters are drawn at random from their ranges.
    """

    name: Identifier
    symbol: Text
    meaning: Text
    quantity: Quantity
    claims: Texts
    lowest: Number | None = None
    highest: Number | None = None
    strict_domain: Flag = False
    drawn: Flag

    @model_validator(mode="after")
    def _range_inside_domain(self) -> Self:
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            shown = f"lowest {plain(self.lowest)}, highest {plain(self.highest)}"
            raise broken("have lowest < highest", shown)
        low, high = self.quantity.low, self.quantity.high
        if not (self.contains(low) and self.contains(high)):
            raise broken(f"have a quantity whose low and high {self.rule}", f"{plain(low)} and {plain(high)}")
        return self

    @property
    def rule(self) -> str:
        """The domain in words, as in "be between 0 and 1"."""
        ends = [None if end is None else plain(end) for end in (self.lowest, self.highest)]
        match ends:
            case [None, None]:
                return "be a finite number"
            case [low, None]:
                return f"be {'greater than' if self.strict_domain else 'at least'} {low}"
            case [None, high]:
                return f"be {'less than' if self.strict_domain else 'at most'} {high}"
        return f"be {'strictly ' if self.strict_domain else ''}between {ends[0]} and {ends[1]}"

    @property
    def plausible(self) -> str:
        """The plausible range as a sentence."""
        quantity = self.quantity
        return f"Its plausible range is {plain(quantity.low)} to {plain(quantity.high)} {quantity.unit}."

    def contains(self, value: float) -> bool:
        """Tell whether a finite `value` lies in the domain."""
        ends = [end for end in (self.lowest, self.highest) if end is not None]
        if value in ends:
            return not self.strict_domain
        above = self.lowest is None or value > self.lowest
        return above and (self.highest is None or value < self.highest)

    def check(self, value: float, owner: str) -> float:
        """Return `value` as a float, or refuse it outside the domain.

        Parameters
        ----------
        value : float
            The value somebody wants to give the parameter.
        owner : str
            Who asks; the refusal names it.

        Returns
        -------
        float
            The value, unchanged.

        Raises
        ------
        ArgumentError
            If `value` is not a finite number inside the domain; the message shows the plausible range.
        """
        try:
            number = check_number(self.name, owner, value)
        except ArgumentError as fault:
            raise ArgumentError(f"{fault} {self.plausible}") from None
        if not self.contains(number):
            raise refusal(self.name, owner, self.rule, value, self.plausible)
        return number


@final
class Position(Record):
    """One side of a disagreement: its view and the ids of the claims that hold it."""

    view: Text
    claims: Texts


@final
class Disagreement(Record):
    """A point on which sources differ, the positions taken, and how the model treats it."""

    id: Id
    topic: Text
    positions: tuple[Position, ...]
    treatment: Text


@final
class Reading(Record):
    """One source's view of the agreement, as values that replace the central ones.

    Parameters
    ----------
    id, title : str
        What identifies the reading.
    source : str, optional
        Id of the source whose view it is; left out for a view that belongs to no source.
    overrides : mapping of str to float
        The value of each parameter that the reading changes.
    rationale : str
        Why the source implies these values.
    """

    id: Id
    title: Text
    source: Text | None = None
    overrides: Overrides
    rationale: Text


@final
class Issue(Record):
    """A matter on which one party can press the other.

    Parameters
    ----------
    id, title : str
        What identifies the issue.
    temptation : mapping of party to Quantity
        What the party gains a year by pressing on the issue.
    harm : mapping of party to Quantity
        What the party suffers a year when the other presses.
    claims : tuple of str
        Ids of the claims behind the numbers.
    included : bool
        Whether the issue is part of the agreement.
    """

    id: Id
    title: Text
    temptation: Quantities
    harm: Quantities
    claims: Texts
    included: Flag


@final
class Event(Record):
    """A dated entry of the calendar.

    Parameters
    ----------
    id : str
        What identifies the event.
    date : datetime.date
        Its day; a string such as ``"2024-12-31"`` is read as one.
    what, kind : str
        What happens, and the class of events it belongs to.
    claims : tuple of str
        Ids of the claims that mention it.
    probability : str, optional
        Name of the parameter that holds its probability.
    """

    id: Id
    date: Day
    what: Text
    claims: Texts
    kind: Text
    probability: Text | None = None


@final
class Tier(Record):
    """One tier of a dependence: the share that comes from one supplier, and the claims behind it."""

    id: Id
    title: Text
    share: Quantity
    claims: Texts


@final
class Proposition(Record):
    """A statement about the agreement that claims support or a model can test."""

    id: Id
    statement: Text
    claims: Texts
