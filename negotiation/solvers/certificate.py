"""Answers that can be checked by somebody who trusts no solver: frozen records in exact fractions.

A certificate carries its game, its claim, and everything that an elementary check of the claim needs. The records
hold no computing code: `negotiation.solvers.verification` does the checking, `negotiation.solvers.certification`
makes certificates from answers, `negotiation.solvers.certificate_json` writes and reads them. A point is the
pair of average payoffs of two players.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from negotiation.games import Automaton, RepeatedGame, StageGame
from negotiation.games.stochastic import StochasticGame

Payoffs = tuple[Fraction, ...]
Point = tuple[Fraction, Fraction]
Profile = tuple[int, int]
Polygon = tuple[Point, ...]


@final
@dataclass(frozen=True, eq=False)
class StrategyCertificate:
    """Shows that an automaton is a subgame-perfect equilibrium: nobody gains by one deviation in any phase.

    Parameters
    ----------
    repeated : RepeatedGame
        The game, of any number of players.
    automaton : Automaton
        The strategy profile.
    values : tuple of tuple of Fraction, phases x n
        Average payoff of each player from each phase on, if everybody obeys.
    gains : tuple of tuple of Fraction or None, phases x n
        What the best single deviation adds to it; None where a player has only one action.
    """

    repeated: RepeatedGame
    automaton: Automaton
    values: tuple[Payoffs, ...]
    gains: tuple[tuple[Fraction | None, ...], ...]

    def __str__(self) -> str:
        count = len(self.automaton.output)
        return f"a strategy of {count} phases is a subgame-perfect equilibrium at {_discounting(self.repeated)}"


@final
@dataclass(frozen=True, eq=False)
class SelfGenerationCertificate:
    """Shows that each point of a polygon is an equilibrium payoff of a repeated game of two players.

    Pure actions, perfect monitoring, public randomisation; payoffs are average discounted payoffs.

    Parameters
    ----------
    repeated : RepeatedGame
        The game.
    vertices : tuple of points
        The polygon, counter-clockwise; one vertex is a point, two are a segment.
    profiles : tuple of (int, int), one a vertex
        The action profile that is played first at each vertex.
    continuations : tuple of points, one a vertex
        The average payoffs that are promised from the second round on: a point of the polygon.
    threat : point
        The lowest payoff of each player in the polygon, which punishes deviations.
    points : tuple of points
        Payoffs of which it is claimed in particular that an equilibrium gives them.
    forever : tuple of (int, int)
        Action profiles of which it is claimed that some equilibrium plays them for ever.
    """

    repeated: RepeatedGame
    vertices: Polygon
    profiles: tuple[Profile, ...]
    continuations: tuple[Point, ...]
    threat: Point
    points: tuple[Point, ...] = ()
    forever: tuple[Profile, ...] = ()

    def __str__(self) -> str:
        corners = ", ".join(_worded(self.vertices))
        claims = [
            ("given by an equilibrium", _worded(self.points)),
            ("played for ever by an equilibrium", _named(self.repeated.stage, self.forever)),
        ]
        head = f"each point of {{{corners}}} is an equilibrium payoff at {_discounting(self.repeated)}"
        return "; ".join([head, *(f"{claim}: {', '.join(cases)}" for claim, cases in claims if cases)])


@final
@dataclass(frozen=True, eq=False)
class ExclusionCertificate:
    """Shows what no equilibrium of a repeated game of two players can give or play.

    Pure actions, perfect monitoring, public randomisation. A certificate without `points`, `profiles` and
    `forever` claims that there is no equilibrium at all.

    Parameters
    ----------
    repeated : RepeatedGame
        The game.
    outer : tuple of polygons
        Falling sets, the first of which holds all payoffs that are feasible and no worse than pure minmax, and
        each of which holds what promises from the one before can support.
    points : tuple of points
        Payoffs that no equilibrium gives.
    profiles : tuple of (int, int)
        Action profiles that are played after no history of any equilibrium.
    forever : tuple of (int, int)
        Action profiles that no equilibrium plays for ever.
    """

    repeated: RepeatedGame
    outer: tuple[Polygon, ...]
    points: tuple[Point, ...] = ()
    profiles: tuple[Profile, ...] = ()
    forever: tuple[Profile, ...] = ()

    def __str__(self) -> str:
        stage = self.repeated.stage
        claims = [
            ("given by no equilibrium", _worded(self.points)),
            ("played by no equilibrium", _named(stage, self.profiles)),
            ("played for ever by no equilibrium", _named(stage, self.forever)),
        ]
        made = [f"{claim}: {', '.join(cases)}" for claim, cases in claims if cases]
        noun = "set" if len(self.outer) == 1 else "sets"
        head = f"by {len(self.outer)} outer {noun} at {_discounting(self.repeated)}"
        return "; ".join([head, *(made or ["there is no equilibrium"])])


@final
@dataclass(frozen=True, eq=False)
class NashCertificate:
    """Shows that mixed profiles are Nash equilibria of a stage game.

    Parameters
    ----------
    stage : StageGame
        The game, of any number of players.
    mixed_profiles : tuple of mixed profiles
        One mixed action a player, one probability an action.
    payoffs : tuple of tuple of Fraction
        What each player earns in each of them.
    """

    stage: StageGame
    mixed_profiles: tuple[tuple[Payoffs, ...], ...]
    payoffs: tuple[Payoffs, ...]

    def __str__(self) -> str:
        return f"Nash equilibria of the stage game: {len(self.mixed_profiles)} mixed profiles"


@final
@dataclass(frozen=True, eq=False)
class StateSelfGenerationCertificate:
    """Shows that each point of the polygon of a state is an equilibrium payoff of a stochastic game from it on.

    Two players, pure actions, perfect monitoring of states and actions, public randomisation; payoffs are average
    discounted payoffs. Nothing is said of a state whose polygon is empty.

    Parameters
    ----------
    game : StochasticGame
        The game.
    vertices : tuple of polygons, one a state
        Counter-clockwise; one vertex is a point, two are a segment.
    profiles : tuple of tuples of (int, int)
        ``profiles[s][k]`` is played first at vertex k of state s.
    promises : tuple of tuples of tuples of points
        ``promises[s][k]`` are the average payoffs that are promised there: one point in the polygon of each next
        state that has a chance, in the order of the states.
    threats : tuple of points or None, one a state
        The lowest payoff of each player in the polygon, which punishes deviations; None where it is empty.
    """

    game: StochasticGame
    vertices: tuple[Polygon, ...]
    profiles: tuple[tuple[Profile, ...], ...]
    promises: tuple[tuple[tuple[Point, ...], ...], ...]
    threats: tuple[Point | None, ...]

    def __str__(self) -> str:
        sets = [
            f"{name}: {{{', '.join(_worded(polygon))}}}"
            for name, polygon in zip(self.game.states, self.vertices, strict=True)
            if polygon
        ]
        return f"equilibrium payoffs at {_discounting(self.game)} fill, from {'; from '.join(sets)}"


@final
@dataclass(frozen=True, eq=False)
class StateExclusionCertificate:
    """Shows what no equilibrium of a stochastic game of two players can give or play in a state.

    Pure actions, perfect monitoring, public randomisation.

    Parameters
    ----------
    game : StochasticGame
        The game.
    outer : tuple of tuples of polygons
        ``outer[k][s]`` is a set of state s. The first ones hold all payoffs between the lowest and the highest of
        each player; the others hold what promises from the ones before can support.
    points : tuple of (int, point)
        States and payoffs that no equilibrium gives from there on.
    profiles : tuple of (int, (int, int))
        States and action profiles that are played there after no history of any equilibrium.
    states : tuple of int
        States from which on there is no equilibrium.
    """

    game: StochasticGame
    outer: tuple[tuple[Polygon, ...], ...]
    points: tuple[tuple[int, Point], ...] = ()
    profiles: tuple[tuple[int, Profile], ...] = ()
    states: tuple[int, ...] = ()

    def __str__(self) -> str:
        names, actions = self.game.states, self.game.actions
        played = [
            f"{'-'.join(of[a] for of, a in zip(actions[s], profile, strict=True))} in {names[s]}"
            for s, profile in self.profiles
        ]
        claims = [
            ("given by no equilibrium", [f"{_worded([point])[0]} from {names[s]}" for s, point in self.points]),
            ("played by no equilibrium", played),
            ("left without equilibrium", [names[s] for s in self.states]),
        ]
        made = [f"{claim}: {', '.join(cases)}" for claim, cases in claims if cases]
        noun = "set" if len(self.outer) == 1 else "sets"
        return "; ".join([f"by {len(self.outer)} outer {noun} a state at {_discounting(self.game)}", *made])


Certificate = (
    StrategyCertificate
    | SelfGenerationCertificate
    | ExclusionCertificate
    | NashCertificate
    | StateSelfGenerationCertificate
    | StateExclusionCertificate
)


def _discounting(game: RepeatedGame | StochasticGame) -> str:
    deltas = game.exact_deltas
    return f"delta = {', '.join(map(str, deltas if len(set(deltas)) > 1 else deltas[:1]))}"


def _worded(points: Sequence[Point]) -> list[str]:
    return [f"({', '.join(f'{float(x):.6g}' for x in point)})" for point in points]


def _named(stage: StageGame, profiles: Sequence[Profile]) -> list[str]:
    return ["-".join(names[a] for names, a in zip(stage.actions, profile, strict=True)) for profile in profiles]
