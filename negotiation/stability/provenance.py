"""What a verdict owes to its evidence: claims dropped, articles believed or left out, sides taken.

The claims behind a parameter are what places it inside its plausible range. Each counts with the weight of its
article. A claim that is dropped takes its part of the parameter's draws with it: that part is then drawn evenly
from the whole plausible range, and the rest as before. So a parameter that rests on one claim alone goes back to
the whole range, and one without claims never moves. All comparisons use the same draws.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.stability.evaluation import evaluate, random_points
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, as_model
from negotiation.stability.shares import Change, Share, change_of, share_of
from negotiation.stability.uncertainty import DRAWS, SEED, drawn_points

if TYPE_CHECKING:
    import xarray

    from negotiation.evidence import Evidence, Position

Kind = Literal["claim dropped", "article left out", "article believed", "side taken"]
Floats = NDArray[np.float64]


@final
@dataclass(frozen=True)
class Effect:
    """What becomes of a verdict if some evidence is read differently.

    Parameters
    ----------
    kind : {"claim dropped", "article left out", "article believed", "side taken"}
        What is done.
    id : str
        The claim, the article, the reading or the disagreement.
    view : str
        The position taken in a disagreement; empty otherwise.
    parameters : tuple of str
        Those whose draws it moves.
    share : Share
        The share of the draws that hold then.
    change : Change
        That share less the one with all evidence as it is.
    """

    kind: Kind
    id: str
    view: str
    parameters: tuple[str, ...]
    share: Share
    change: Change


@final
@dataclass(frozen=True, eq=False)
class Effects:
    """What becomes of a verdict under many readings of its evidence.

    Parameters
    ----------
    model : Model
        The model.
    sense : str
        The sense of holding.
    draws, seed : int
        Of the random draws.
    baseline : Share
        The share of the draws that hold with all evidence as it is.
    effects : tuple of Effect
        The largest change first; of a disagreement, all sides together, the widest disagreement first.
    """

    model: Model
    sense: str
    draws: int
    seed: int
    baseline: Share
    effects: tuple[Effect, ...]

    def spread(self, id: str) -> float:
        """Return by how much the shares differ among the effects with one id."""
        found = [one.share.value for one in self.effects if one.id == id]
        return max(found) - min(found) if found else 0.0

    def to_dataset(self) -> "xarray.Dataset":
        """Return the effects as a labelled dataset."""
        rows = self.effects
        columns = {
            "kind": ("effect", [one.kind for one in rows]),
            "id": ("effect", [one.id for one in rows]),
            "view": ("effect", [one.view for one in rows]),
            "share": ("effect", [one.share.value for one in rows]),
            "change": ("effect", [one.change.value for one in rows]),
            "change_low": ("effect", [one.change.low for one in rows]),
            "change_high": ("effect", [one.change.high for one in rows]),
        }
        attributes: dict[str, Any] = {
            "sense": self.sense,
            "draws": self.draws,
            "seed": self.seed,
            "baseline": self.baseline.value,
        }
        return labelled(self.model, columns, **attributes)


def claim_effects(model: Askable, *, sense: str | None = None, draws: int = DRAWS, seed: int = SEED) -> Effects:
    """Compute what becomes of the verdict if each claim alone is dropped.

    Parameters
    ----------
    model : Model or anything with a method model()
        With evidence.
    sense : str, optional
        The sense of holding; the first of the model when left out.
    draws, seed : int
        As in `uncertainty`.

    Returns
    -------
    Effects
        One for every claim behind a parameter that is drawn.

    Raises
    ------
    ArgumentError
        If the model has no evidence, and as in `uncertainty`.
    """
    asked = _Asked.of("claim_effects", model, sense, draws, seed)
    behind = {claim for name in asked.founded for claim in asked.founded[name]}
    ids = [claim.id for claim in asked.evidence.claims if claim.id in behind]
    return asked.result([asked.effect("claim dropped", id, dropped={id}) for id in ids])


def article_effects(model: Askable, *, sense: str | None = None, draws: int = DRAWS, seed: int = SEED) -> Effects:
    """Compute what becomes of the verdict if an article is left out, or believed.

    An article is left out by dropping all its claims. It is believed by moving the central values of the
    parameters to those of its reading; a range is widened to a value outside it.

    Parameters
    ----------
    model, sense, draws, seed
        As in `claim_effects`.

    Returns
    -------
    Effects
        One for every article with a claim behind a parameter that is drawn, and one for every reading.

    Raises
    ------
    ArgumentError
        As in `claim_effects`.
    """
    asked = _Asked.of("article_effects", model, sense, draws, seed)
    found = []
    for source in asked.evidence.sources:
        dropped = {claim.id for claim in asked.evidence.claims if claim.source == source.id}
        if any(dropped.intersection(claims) for claims in asked.founded.values()):
            found.append(asked.effect("article left out", source.id, dropped=dropped))
    for reading in asked.evidence.readings:
        found.append(asked.effect("article believed", reading.id, moved=dict(reading.overrides)))
    return asked.result(found)


def disagreement_effects(
    model: Askable, *, sense: str | None = None, draws: int = DRAWS, seed: int = SEED
) -> Effects:
    """Compute which side matters where articles disagree.

    A side is taken by dropping the claims of the other sides and moving the central values of the parameters that
    rest on the disagreement to what the articles of that side read: the mean over those articles, by weight, of
    the value in their readings, which is the central one where a reading leaves it alone.

    Parameters
    ----------
    model, sense, draws, seed
        As in `claim_effects`.

    Returns
    -------
    Effects
        One for every side of every disagreement that touches a parameter that is drawn.

    Raises
    ------
    ArgumentError
        As in `claim_effects`.
    """
    asked = _Asked.of("disagreement_effects", model, sense, draws, seed)
    found = []
    for one in asked.evidence.disagreements:
        every = {claim for position in one.positions for claim in position.claims}
        touched = [name for name, claims in asked.founded.items() if every.intersection(claims)]
        if touched and len(one.positions) > 1:
            for position in one.positions:
                moved = {name: asked.value(name, position) for name in touched}
                dropped = every.difference(position.claims)
                found.append(asked.effect("side taken", one.id, position.view, dropped=dropped, moved=moved))
    return asked.result(found)


@final
@dataclass(frozen=True, eq=False)
class _Asked:
    """One set of draws, with what it takes to read the evidence differently."""

    model: Model
    evidence: "Evidence"
    sense: int
    draws: int
    seed: int
    points: dict[str, Floats]
    holds: NDArray[np.bool_]
    founded: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, owner: str, asked: Askable, sense: str | None, draws: int, seed: int) -> "_Asked":
        model = as_model(owner, asked)
        if model.evidence is None:
            raise refusal("model", owner, "have evidence", "none", "Model(..., evidence=load_evidence(folder))")
        column = model.sense(owner, sense)
        known = {one.name: one.claims for one in model.evidence.parameters}
        points = drawn_points(owner, model, draws, seed)
        founded = {name: known[name] for name in model.drawn if known.get(name)}
        holds = evaluate(model, points)[:, column] >= 0
        return cls(model, model.evidence, column, draws, seed, points, holds, founded)

    def effect(
        self,
        kind: Kind,
        id: str,
        view: str = "",
        *,
        dropped: Collection[str] = (),
        moved: Mapping[str, float] | None = None,
    ) -> Effect:
        """Draw anew with some claims dropped and some central values moved; measure the draws that change."""
        ranges = dict(self.model.ranges) | {
            name: self.model.ranges[name].moved(value)
            for name, value in (moved or {}).items()
            if name in self.model.ranges
        }
        model = replace(self.model, ranges=ranges)
        rng = np.random.default_rng(self.seed)
        points = random_points(ranges, self.draws, rng) if moved else dict(self.points)
        lost_rng = np.random.default_rng([self.seed, 1])
        for name in self.model.drawn:
            lots, anywhere = lost_rng.random((2, self.draws))
            lost = lots < self._part(name, dropped)
            one = ranges[name]
            points[name] = np.where(lost, one.low + one.width * anywhere, points[name])
        changed = np.zeros(self.draws, dtype=np.bool_)
        names = []
        for name, values in points.items():
            differs = values != self.points[name]
            changed |= differs
            names += [name] if differs.any() else []
        fixed = [name for name in ranges if name not in points and ranges[name] != self.model.ranges[name]]
        holds, rows = self.holds.copy(), np.flatnonzero(changed | bool(fixed))
        if rows.size:
            part = {name: values[rows] for name, values in points.items()}
            holds[rows] = evaluate(model, part)[:, self.sense] >= 0
        return Effect(kind, id, view, (*names, *fixed), share_of(holds), change_of(self.holds, holds))

    def value(self, name: str, position: "Position") -> float:
        """Return what the articles of a position read for a parameter."""
        articles = {self.evidence.claim(claim).source for claim in position.claims}
        central = self.model.ranges[name].central
        readings = {one.source: one.overrides for one in self.evidence.readings if one.source in articles}
        weights = [self.evidence.source(one).weight for one in sorted(articles)]
        values = [readings.get(one, {}).get(name, central) for one in sorted(articles)]
        return float(np.average(values, weights=weights)) if sum(weights) > 0 else central

    def result(self, effects: list[Effect]) -> Effects:
        found = Effects(
            self.model, self.model.senses[self.sense], self.draws, self.seed, share_of(self.holds), tuple(effects)
        )
        order = sorted(effects, key=lambda one: (-found.spread(one.id), one.id, -abs(one.change.value)))
        if not any(one.kind == "side taken" for one in effects):
            order = sorted(effects, key=lambda one: -abs(one.change.value))
        return replace(found, effects=tuple(order))

    def _part(self, name: str, dropped: Collection[str]) -> float:
        """Return the part of the weight behind a parameter that is dropped."""
        weights = {
            one: self.evidence.source(self.evidence.claim(one).source).weight for one in self.founded.get(name, ())
        }
        total = sum(weights.values())
        return sum(weight for one, weight in weights.items() if one in dropped) / total if total > 0 else 0.0
