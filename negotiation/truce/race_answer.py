"""The answers of the leverage race: where the truce enforces itself by four concepts, and what becomes of it."""

import json
import math
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, final

import lazy_loader
import numpy as np
from numpy.typing import NDArray

from negotiation._checks import MAX_ROUNDS, check_count
from negotiation.solvers import (
    Proofness,
    RepeatedNegotiation,
    StochasticRenegotiation,
    repeated_negotiation,
    stochastic_renegotiation,
)
from negotiation.stability import SelfEnforcing, self_enforcing, self_enforcing_terms
from negotiation.truce.investing import settle_investing
from negotiation.truce.race import HOLD, LeverageRace, pressure_of
from negotiation.truce.race_course import RaceCourse, first_strike, follow

if TYPE_CHECKING:
    import xarray
else:
    xarray = lazy_loader.load("xarray")

Array = NDArray[np.float64]

YEARS = 10
"""Years followed unless others are asked for."""


@final
@dataclass(frozen=True, eq=False)
class RaceAnswer:
    """Where the truce enforces itself along the leverage race.

    Parameters
    ----------
    race : LeverageRace
        The game.
    years : int
        Years followed.
    fixed : SelfEnforcing
        On terms of zero for good.
    rebargained : SelfEnforcing
        On terms that follow the state, the self-enforcing ones nearest to those of Nash bargaining.
    negotiated : RepeatedNegotiation
        Equilibria of repeated negotiation: promises lapse with chance `rho` a year and the surplus is divided
        anew.
    proof : StochasticRenegotiation
        Whether the best equilibrium with transfers, chances `rho` of lapsing counted as discounting, is one
        that the sides never want to replace by a continuation of its own.
    settled : bool
        Whether the sides' choices to invest, if they have one, came to rest on fixed and on re-bargained terms.
    """

    race: LeverageRace
    years: int
    fixed: SelfEnforcing
    rebargained: SelfEnforcing
    negotiated: RepeatedNegotiation
    proof: StochasticRenegotiation
    settled: bool

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which no shock has ended the truce."""
        return tuple(state for state in self.race.game.states if self.race.is_truce(state))

    @cached_property
    def fixed_course(self) -> RaceCourse:
        """The truce by year on fixed terms."""
        return follow(self.race, self.fixed, self.years)

    @cached_property
    def rebargained_course(self) -> RaceCourse:
        """The truce by year on re-bargained terms."""
        return follow(self.race, self.rebargained, self.years)

    @cached_property
    def strikes(self) -> Array:
        """Chance that each side has had reason to strike first on fixed terms, shape (years + 1, 2), by year."""
        return first_strike(self.race, self.fixed, self.years)

    def negotiated_holds(self, state: str) -> bool | None:
        """Return whether both sides hold in the equilibria of repeated negotiation; None if none is known."""
        number = self.race.game.state(state)
        actions = self.race.game.actions[number]
        found = set()
        for check in self.negotiated.at(state):
            target = check.equilibrium.targets[number]
            if target is not None:
                found.add(all(pressure_of(actions[i][a]) == HOLD for i, a in enumerate(target)))
        return found.pop() if len(found) == 1 else None

    def proven(self, state: str) -> Proofness:
        """Return whether holding in a state belongs to a weakly renegotiation-proof plan that gives the most.

        Where that plan plays something else, holding is not renegotiation-proof.
        """
        number = self.race.game.state(state)
        target = None if self.proof.plan is None else self.proof.plan.targets[number]
        if target is None:
            return self.proof.weak[number]
        names = [self.race.game.actions[number][i][a] for i, a in enumerate(target)]
        holds = all(pressure_of(name) == HOLD for name in names)
        return self.proof.weak[number] if holds else Proofness.NOT

    def negotiated_terms(self) -> Array:
        """Return the yearly transfer to China if every review divides the surplus anew, points, shape (states,).

        nan where several equilibria or none are known. With r the payoffs that a negotiation divides and g those
        of the year, w = (r - delta E[r']) / (1 - delta) - g for China.
        """
        game = self.race.game
        terms = np.full(game.num_states, np.nan)
        for number, state in enumerate(game.states):
            held = self.negotiated.at(state)
            target = held[0].equilibrium.targets[number] if len(held) == 1 else None
            if target is not None:
                value = held[0].negotiated[:, 1]
                ahead = float(game.transitions[number][target] @ value)
                terms[number] = (value[number] - game.delta * ahead) / (1 - game.delta)
                terms[number] -= float(game.payoffs[number][target][1])
        return terms

    def to_dataset(self) -> "xarray.Dataset":
        """Return the answers by state and by year with names, units, parameters and version."""
        race, names = self.race, list(self.states)
        numbers = [race.game.state(name) for name in names]
        delta = race.game.delta
        senses = {"fixed": self.fixed, "rebargained": self.rebargained}
        points = {"units": "points"}
        yearly = {"units": "points a year"}
        by_state = {f"upheld_{sense}": ("state", found.upheld[numbers]) for sense, found in senses.items()} | {
            f"slack_{sense}": (("state", "player"), found.slacks[numbers] / (1 - delta), points)
            for sense, found in senses.items()
        }
        by_year = {
            f"{what}_{sense}": (("year", *extra), values, units)
            for sense, course in (("fixed", self.fixed_course), ("rebargained", self.rebargained_course))
            for what, extra, values, units in (
                ("survival", (), course.survival, {}),
                ("harm", ("player",), course.expected(race.harms), yearly),
            )
        }
        held = [self.negotiated_holds(name) for name in names]
        return xarray.Dataset(
            {
                **by_state,
                "terms": ("state", self.rebargained.terms[numbers], yearly),
                "bargained_terms": ("state", self.rebargained.bargained_terms[numbers], yearly),
                "holds_negotiated": ("state", [np.nan if one is None else float(one) for one in held]),
                "renegotiation_proof": ("state", [self.proven(name).name.lower() for name in names]),
                "negotiated_terms": ("state", self.negotiated_terms()[numbers], yearly),
                "harm": (("state", "player"), race.harms[numbers], yearly),
                **by_year,
                "expected_terms": ("year", self.rebargained_course.expected(self.rebargained.terms), yearly),
                "strike": (("year", "player"), self.strikes),
            },
            coords={"state": names, "year": np.arange(self.years + 1), "player": list(race.game.players)},
            attrs={"reading": race.truce.reading, "version": version("negotiation")}
            | {name: float(value) for name, value in race.truce.parameters.as_mapping().items()},
        )

    def to_json(self) -> str:
        """Return the data set as JSON text, a number that is none as null; `xarray.Dataset.from_dict` reads it."""
        return json.dumps(_plain(self.to_dataset().to_dict()), indent=2, allow_nan=False)


def solve_race(race: LeverageRace, years: int = YEARS) -> RaceAnswer:
    """Say where the truce enforces itself along the leverage race, by each concept, and follow it year by year.

    Parameters
    ----------
    race : LeverageRace
        As from `Truce.leverage_race`.
    years : int, default 10
        Years to follow.

    Returns
    -------
    RaceAnswer

    Raises
    ------
    ArgumentError
        If `years` is not a count.
    """
    count = check_count("years", "solve_race", years, most=MAX_ROUNDS)
    p = race.truce.parameters
    lapse, weight = float(p.rho), float(p.beta_cn)
    fixed, at_rest = settle_investing(
        race, lapse, lambda *plans: self_enforcing(race.game, *plans, lapse=lapse, judge=race.judge)
    )
    rebargained, settled = settle_investing(
        race,
        lapse,
        lambda *plans: self_enforcing_terms(race.game, *plans, weight=weight, lapse=lapse, judge=race.judge),
    )
    negotiated = repeated_negotiation(race.game, lapse, (1 - weight, weight))
    lasting = race.game.with_delta(race.game.delta * (1 - lapse))
    proof = stochastic_renegotiation(lasting)
    return RaceAnswer(race, count, fixed, rebargained, negotiated, proof, at_rest and settled)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and math.isnan(value) else value
