"""The leverage race: the truce as a game whose state moves, from year to year and from shock to shock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.games import StochasticGame, compose_game
from negotiation.games.composition import JOIN, Components
from negotiation.stability import Departure, bite, yearly_rate
from negotiation.truce import payoffs
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters
from negotiation.truce.race_design import RaceDesign

if TYPE_CHECKING:
    from negotiation.truce.truce import Truce

Profile = tuple[str, ...]

TRUCE, CONFLICT = "truce", "open conflict"
PENDING, INTACT, ANNULLED = "ruling pending", "tariffs intact", "tariffs annulled"
HOLD, SQUEEZE, BREAK = "Hold", "Squeeze", "Break"
TURNOVER, SHOCK, ALARM = "turnover of leaders", "outside shock", "unforgiven alarm"
INVEST = "invest"
PLUS = " + "

CERTAIN = 1e-9
"""Rounding by which the chance of a step may exceed 1."""


@final
@dataclass(frozen=True, eq=False)
class LeverageRace:
    """The truce as a stochastic game.

    Built by `Truce.leverage_race`. The state has the standing (truce or open conflict), the step of dependence of
    each tier, the tariff authority, the year of the political calendar and the step of China's other markets; what
    has one value only is left out. A break does not change the standing: the answer to it is play, which a fresh
    negotiation may end. Shocks, changes of leaders and unforgiven alarms do; both sides then break until the
    conflict is repaired, if ever.

    Parameters
    ----------
    truce : Truce
        The parameters.
    design : RaceDesign
        Which states and actions there are.
    game : StochasticGame
        The game, in points a year, at the discount factor `delta`.
    components : mapping from state to mapping from component to value
        What each state is made of.
    """

    truce: "Truce"
    design: RaceDesign
    game: StochasticGame
    components: Mapping[str, Mapping[str, str]]

    @property
    def start(self) -> str:
        """The state of year 0."""
        return self.game.states[0]

    @cached_property
    def harms(self) -> NDArray[np.float64]:
        """What each side suffers in each state from a year of the other's break, shape (states, 2)."""
        rules = Rules(self.truce.parameters, self.design)
        return np.array([rules.harms(self.components[state]) for state in self.game.states])

    def name_of(self, components: Mapping[str, str]) -> str:
        """Return the name of the state with these components."""
        return JOIN.join(components[name] for name in self.components[self.start])

    def risks(self, state: str) -> dict[str, float]:
        """Return the shares that the causes of open conflict have in it, in a state where both sides hold.

        Each acts at a constant rate through the year, so that its share is that of -ln(1 - chance).
        """
        chances = Rules(self.truce.parameters, self.design).risks(self.components[state])
        rates = {cause: -np.log1p(-chance) for cause, chance in chances.items()}
        total = sum(rates.values())
        return {cause: float(rate / total) if total else 0.0 for cause, rate in rates.items()}

    def is_truce(self, state: str) -> bool:
        """Return whether no shock has ended the truce in a state."""
        return self.components[state]["standing"] == TRUCE

    def profiles(self, pressure: str, invest: bool = True) -> tuple[Profile, ...]:
        """Return for each state the profile in which both sides apply a pressure, where they can choose it."""
        found = []
        for state in self.game.states:
            level = pressure if self.is_truce(state) else BREAK
            action = f"{level}{PLUS}{INVEST}" if self.design.investing and invest else level
            found.append((action, action))
        return tuple(found)

    def judge(self, state: str, profile: Profile) -> Departure:
        """Return how a profile that departs from the truce counts: investing is free, a squeeze may be hidden."""
        pressures = {pressure_of(action) for action in profile}
        if BREAK in pressures or (SQUEEZE in pressures and self.design.squeeze == "seen"):
            return "breach"
        return "hidden" if SQUEEZE in pressures else "free"


def build_race(truce: "Truce", design: RaceDesign) -> LeverageRace:
    """Build the leverage race of a truce.

    Parameters
    ----------
    truce : Truce
        The parameters.
    design : RaceDesign
        Which states and actions there are.

    Raises
    ------
    ArgumentError
        If a step is narrower than the yearly fall of its lever.

    Examples
    --------
    >>> from negotiation.truce import Truce
    >>> race = build_race(Truce.central(), RaceDesign(calendar="none", markets=(1,)))
    >>> race.start, len(race.game.states)
    ('truce, chain 100%, ruling pending', 9)
    """
    rules = Rules(truce.parameters, design)
    names = list(rules.values)
    game = compose_game(
        rules.values,
        rules.actions,
        rules.payoff,
        {name: rules.shock(name) for name in names},
        float(truce.parameters.delta),
        dossier().parties,
        start={name: values[0] for name, values in rules.values.items()},
    )
    described = {state: dict(zip(names, state.split(JOIN), strict=True)) for state in game.states}
    return LeverageRace(truce, design, game, described)


def pressure_of(action: str) -> str:
    """Return the pressure that an action applies."""
    return action.split(PLUS)[0]


def invests(action: str) -> bool:
    """Return whether an action invests."""
    return action.endswith(INVEST)


@final
class Rules:
    """Actions, payoffs and moves of the race, as functions of the components of a state."""

    def __init__(self, p: Parameters, design: RaceDesign) -> None:
        self.p, self.design = p, design
        self._shares = {
            name: dict(zip(_named(name, steps), steps, strict=True)) for name, steps in design.tiers.items()
        }
        self._markets = dict(zip(_named("lever on China", design.markets), design.markets, strict=True))
        every: dict[str, tuple[str, ...]] = {
            "standing": (TRUCE, CONFLICT),
            **{name: tuple(shares) for name, shares in self._shares.items()},
            "authority": (PENDING, INTACT, ANNULLED),
            "calendar": design.years,
            "markets": tuple(self._markets),
        }
        self.values = {name: values for name, values in every.items() if len(values) > 1}
        self._fixed = {name: values[0] for name, values in every.items() if len(values) == 1}
        self._tables: dict[str, NDArray[np.float64]] = {}

    def actions(self, state: Components) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the actions of both sides."""
        levels = [BREAK]
        if state["standing"] == TRUCE:
            levels = [HOLD, BREAK] if self.design.squeeze == "none" else [HOLD, SQUEEZE, BREAK]
        if self.design.investing:
            levels = [action for level in levels for action in (level, f"{level}{PLUS}{INVEST}")]
        return tuple(levels), tuple(levels)

    def harms(self, state: Components) -> NDArray[np.float64]:
        """Return what each side suffers from a year of the other's break, shape (2,)."""
        whole = self._fixed | dict(state)
        p = self.p
        floor = float(p.floor)
        left = max(floor + (1 - floor) * shares[whole[name]] for name, shares in self._shares.items())
        share = float(bite(min(left * float(p.d0), payoffs.FULL), p.d0, self.design.bite))
        us = float(p.omega * p.h_cn) * share * (float(p.mu) if whole["calendar"] == "midterm year" else 1.0)
        cn = float(p.h_cn) * self._markets[whole["markets"]]
        return np.array([us, cn * (1 - float(p.phi)) if whole["authority"] == ANNULLED else cn])

    def payoff(self, state: Components, profile: Profile) -> tuple[float, float]:
        """Return the payoffs of a year, points."""
        key = JOIN.join(state.values())
        if key not in self._tables:
            pressures = (0.0, self.p.sigma, 1.0)
            self._tables[key] = payoffs.stage_payoffs(self.p, pressures, self.harms(state))
        levels = (HOLD, SQUEEZE, BREAK)
        us, cn = self._tables[key][tuple(levels.index(pressure_of(action)) for action in profile)]
        costs = (self.design.invest_cost_us, self.design.invest_cost_cn)
        paid = [cost * invests(action) for cost, action in zip(costs, profile, strict=True)]
        return float(us) - paid[0], float(cn) - paid[1]

    def shock(self, name: str) -> Callable[[Components, Profile], Mapping[str, float]]:
        """Return how one component moves."""
        moves = {"standing": self._standing, "authority": self._authority, "calendar": self._calendar}
        if name in moves:
            return moves[name]
        if name == "markets":
            steps = list(self._markets.items())
            return lambda state, profile: _step(name, steps, state[name], float(self.p.eta))
        steps = list(self._shares[name].items())
        return lambda state, profile: _step(name, steps, state[name], self._erosion(name, state, profile))

    def risks(self, state: Components, profile: Profile = (HOLD, HOLD)) -> dict[str, float]:
        """Return the chances a year of all that can lead from the truce to open conflict."""
        p, turnover = self.p, float(self.p.turnover)
        if self.design.calendar == "cycle":
            years = len(self.design.years)
            turnover = 1 - (1 - turnover) ** years if state["calendar"] == "election year" else 0.0
        pressures = {pressure_of(action) for action in profile}
        alarm = float(p.eps1 if SQUEEZE in pressures else p.eps0) * (1 - float(p.psi))
        heard = self.design.alarms and BREAK not in pressures
        return {TURNOVER: turnover, SHOCK: float(p.shock), ALARM: alarm * heard}

    def _standing(self, state: Components, profile: Profile) -> dict[str, float]:
        if state["standing"] == CONFLICT:
            chances = [*self.risks(state, (BREAK, BREAK)).values(), 1 - self.design.repair]
        else:
            chances = list(self.risks(state, profile).values())
        kept = float(np.prod([1 - chance for chance in chances]))
        return {TRUCE: kept, CONFLICT: 1 - kept}

    def _authority(self, state: Components, profile: Profile) -> dict[str, float]:
        if state["authority"] != PENDING:
            return {state["authority"]: 1.0}
        annulled = float(self.p.p_court)
        return {ANNULLED: annulled, INTACT: 1 - annulled}

    def _calendar(self, state: Components, profile: Profile) -> dict[str, float]:
        years = self.design.years
        here = years.index(state["calendar"])
        following = (here + 1) % len(years) if self.design.calendar == "cycle" else min(here + 1, len(years) - 1)
        return {years[following]: 1.0}

    def _erosion(self, tier: str, state: Components, profile: Profile) -> float:
        """Return the expected fall of dependence on a tier within the year, as a share of what is left."""
        p, (us, cn) = self.p, profile
        use = {HOLD: 0.0, SQUEEZE: float(p.sigma), BREAK: 1.0}[pressure_of(cn)]
        own = float(p.p_div) if not self.design.steady else float(yearly(p, tier))
        diversifies = invests(us) or not self.design.investing
        entrenches = invests(cn) if self.design.investing else self.design.steady
        standing = float(p.gamma_truce) if state["standing"] == TRUCE else 0.0
        rate = own * diversifies + standing + float(p.gamma_3) + float(p.gamma_x) * use
        return float(np.clip(1 - (1 - rate) * (1 + float(p.entrench) * entrenches), 0, 1))


def yearly(p: Parameters, tier: str) -> float:
    """Return the yearly erosion of dependence on a tier before entrenchment, without use and third parties."""
    return float(p.gamma_res if tier == "reserves" else yearly_rate(p.half_life))


def _named(what: str, steps: tuple[float, ...]) -> tuple[str, ...]:
    return tuple(f"{what} {100 * step:.4g}%" for step in steps)


def _step(name: str, steps: list[tuple[str, float]], here: str, rate: float) -> dict[str, float]:
    """Return the moves of a share that falls by `rate` a year in expectation, a step at a time."""
    place = [value for value, _ in steps].index(here)
    if place == len(steps) - 1 or rate <= 0:
        return {here: 1.0}
    (_, now), (following, then) = steps[place : place + 2]
    chance = rate / (1 - then / now)
    if chance > 1 + CERTAIN:
        rule = f"leave steps of at least the yearly fall, {rate:.3g} of what is left"
        raise refusal(name, "Truce.leverage_race", rule, f"{now:g} to {then:g}", "Make the steps fewer and wider.")
    chance = min(chance, 1.0)
    return {following: chance, here: 1 - chance}
