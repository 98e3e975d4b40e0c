"""The verdict: is the truce self-enforcing, how long, how sure, what it rests on and what breaks it first."""

import pathlib
from dataclasses import dataclass, field
from os import PathLike
from typing import Annotated, ClassVar, Self, final

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from negotiation._checks import refusal
from negotiation.evidence import Claim, Disagreement, Founding, Source
from negotiation.stability import Share, Tip
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters

TITLE = "The US-China truce"

POINT = "A point is the harm to China of ten percentage points of extra US tariff on all its goods."
"""What the unit of payoffs means."""

ROBUST_SHARE = 0.90
"""Share of the draws in which a robust truce holds; a convention of this model."""

ROBUST_RADIUS = 0.10
"""Joint relative error that a robust truce survives by the other yardstick; a convention of this model."""


@final
@dataclass(frozen=True)
class Side:
    """One side of the truce today.

    Parameters
    ----------
    name : str
        The player.
    game_class : str
        Class of the 2x2 year as this side sees it.
    temptation, deterrent : float
        Net gain of a year of breaking, and what it costs a year from next year on; points a year.
    critical_patience : float
        Patience from which this side holds.
    slack, present_slack : float
        Patience * deterrent - temptation, points a year, and its present value in points.
    radius : float
        Largest joint adverse relative error of patience, deterrent and temptation that its holding survives.
    """

    name: str
    game_class: str
    temptation: float
    deterrent: float
    critical_patience: float
    slack: float
    present_slack: float
    radius: float

    @property
    def holds(self) -> bool:
        """Whether this side prefers holding today."""
        return self.slack >= 0


@final
@dataclass(frozen=True)
class Course:
    """How the truce fares review by review.

    Parameters
    ----------
    survival : tuple of float
        Chance of no break through review 1, 2, ...
    mean_life : float
        Expected years.
    cause : str
        What most likely has ended it by the last review.
    chance : float
        Chance that this cause has ended it by then.
    """

    survival: Annotated[tuple[float, ...], Field(min_length=1)]
    mean_life: float
    cause: str
    chance: float


@final
@dataclass(frozen=True)
class Ruling:
    """What an annulment of the tariff authority does.

    Parameters
    ----------
    chance : float
        Chance of an annulment.
    fails : tuple of str
        Sides that no longer hold without a transfer.
    kept_by_transfers : bool
        Whether side payments can keep the truce afterwards.
    band : tuple of two floats, or None
        As `transfer_band` of the verdict, afterwards.
    """

    chance: float
    fails: tuple[str, ...]
    kept_by_transfers: bool
    band: tuple[float, float] | None


@final
@dataclass(frozen=True)
class Verdict:
    """The answer, with everything needed to trace and repeat it.

    Parameters
    ----------
    reading, version : str
        Where the numbers started from, and the version of the library.
    parameters : dict
        The value of every parameter.
    draws, seed : int
        Of the random draws.
    patience : float
        Weight of next year's truce.
    sides : tuple of two Side
        The United States and China.
    optimal_critical_patience : float
        Patience from which both hold when a break is answered by the worst payoff of the repeated game, and not
        by the worst equilibrium of the year; the two agree in a prisoner's dilemma.
    pooled_critical_patience : float
        Patience from which side payments can make both hold.
    transfer_band : tuple of two floats, or None
        Self-enforcing transfers from the United States to China today, points a year; empty if reversed. None
        where open conflict is no equilibrium of the year, so that terms would change what answers a break.
    share, share_with_transfers : Share
        Share of the draws in which both hold, on their own account and with side payments. The extra costs of
        open conflict, zeta, are not drawn.
    rebargained, fixed : Course
        Survival by review with terms bargained anew after a shock, and at terms of zero.
    ruling : Ruling
        What an annulment of the tariff authority does.
    crossing_linear, crossing_ces : float
        Years until erosion has taken the deterrent from a US break, by the way harm follows dependence.
    tips : tuple of Tip
        Single parameters whose change flips the verdict within their plausible range (widened to the present
        value where that lies outside), nearest first.
    rests_on : tuple of str
        Parameters that move some number of the verdict.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_inf_nan="strings", extra="forbid")

    reading: str
    version: str
    parameters: dict[str, float] = field(hash=False)
    draws: int
    seed: int
    patience: float
    sides: tuple[Side, Side]
    optimal_critical_patience: float
    pooled_critical_patience: float
    transfer_band: tuple[float, float] | None
    share: Share
    share_with_transfers: Share
    rebargained: Course
    fixed: Course
    ruling: Ruling
    crossing_linear: float
    crossing_ces: float
    tips: tuple[Tip, ...]
    rests_on: tuple[str, ...]

    @property
    def supportable(self) -> bool:
        """First sense of "holds": both sides prefer holding today."""
        return all(side.holds for side in self.sides)

    @property
    def supportable_with_transfers(self) -> bool:
        """Whether side payments can make both sides prefer holding today."""
        return self.patience >= self.pooled_critical_patience

    @property
    def supportable_by_optimal(self) -> bool:
        """Whether both sides prefer holding today if a break meets the harshest credible answer."""
        return self.patience >= self.optimal_critical_patience

    @property
    def robust(self) -> bool:
        """Third sense of "holds": both sides hold in at least nine tenths of the draws."""
        return self.share.value >= ROBUST_SHARE

    @property
    def robust_by_radius(self) -> bool:
        """The other yardstick of robustness: the truce survives a joint adverse error of a tenth."""
        return self.radius >= ROBUST_RADIUS

    @property
    def radius(self) -> float:
        """Joint adverse relative error that the truce survives, the smaller of the two sides'."""
        return min(side.radius for side in self.sides)

    @property
    def tighter(self) -> Side | None:
        """The side that needs more patience, or survives less error, or has less slack; None if they are equal."""
        tightness = [(side.critical_patience, -side.radius, -side.slack) for side in self.sides]
        return None if tightness[0] == tightness[1] else self.sides[tightness.index(max(tightness))]

    def claims(self) -> tuple[Claim, ...]:
        """Return the claims behind the parameters that the verdict rests on, each once."""
        found = {claim.id: claim for name in self.rests_on for claim in dossier().claims_for(name)}
        return tuple(found.values())

    def sources(self) -> tuple[Source, ...]:
        """Return the articles that those claims come from."""
        return tuple(dossier().source(one) for one in dict.fromkeys(claim.source for claim in self.claims()))

    def founding(self) -> dict[Founding, tuple[str, ...]]:
        """Return the parameters that the verdict rests on by how well they are founded."""
        return dossier().founding_counts(self.rests_on)

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return the disagreements of the articles that touch those parameters."""
        found = {one.id: one for name in self.rests_on for one in dossier().disagreements_for(name)}
        return tuple(sorted(found.values(), key=lambda one: int(one.id[1:])))

    def changed(self) -> dict[str, float]:
        """Return the parameters that differ from their central values."""
        central = {one.name: one.quantity.central for one in dossier().parameters}
        return {name: value for name, value in self.parameters.items() if value != central[name]}

    def to_json(self) -> str:
        """Return the verdict as JSON text, with its parameters, draws, seed and version."""
        return TypeAdapter(Verdict).dump_json(self, indent=2).decode()

    @classmethod
    def from_json(cls, text: str, owner: str = "Verdict.from_json") -> Self:
        """Read a verdict back from the text of `to_json`.

        Raises
        ------
        ArgumentError
            If the text is not that of a verdict; the first fault is named, after `owner`.
        """
        try:
            verdict = TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            raise refusal(
                "text", owner, "be that of a saved verdict", f"{where}: {fault['msg']}".lstrip(": ")
            ) from None
        if '"NaN"' in verdict.to_json():
            raise refusal("text", owner, "hold numbers", "NaN")
        unknown = set(verdict.parameters) ^ set(Parameters.names())
        if unknown:
            raise refusal(
                "parameters", owner, "be those of this version", f"a difference in {', '.join(sorted(unknown))}"
            )
        return verdict

    def save(self, path: str | PathLike[str]) -> None:
        """Write the verdict to a JSON file."""
        pathlib.Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a verdict back from a file written by `save`; refusals as in `from_json`."""
        return cls.from_json(pathlib.Path(path).read_text(encoding="utf-8"), str(path))
