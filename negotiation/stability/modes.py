"""An agreement in a game with states, and the threat behind it: what each is worth, and what breaking it brings.

While the agreement is in force its policy is played wherever it is upheld. A deviation that is seen, or a state in
which the agreement is not upheld, leads to the threat: its policy is played from then on, until a fresh
negotiation, which comes with probability `lapse` a period, puts the agreement back in force. A deviation that is
not seen leaves it in force.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, final, get_args

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_between, refusal
from negotiation.games import StochasticGame

Array = NDArray[np.float64]
Plan = Sequence[Sequence[str | int]]
"""For each state one action a player, by name or index."""

ROUNDING = 1e-11
"""Lack of incentive, as a share of the unit, below the error of the linear systems: exact ties must hold."""

Departure = Literal["breach", "hidden", "free"]

Judge = Callable[[str, tuple[str, ...]], Departure]
"""How a profile that departs from the agreement counts in a state: as a breach that all see, as one that nobody
sees, or as none, since the agreement leaves the choice free."""


@final
@dataclass(frozen=True, eq=False)
class Deviation:
    """One action that leaves a policy.

    Parameters
    ----------
    state, player, action : int
        Who does what where.
    payoff : float
        Payoff of that period.
    moves : array, shape (S,)
        Probabilities of the next state.
    seen : bool
        Whether the threat follows.
    """

    state: int
    player: int
    action: int
    payoff: float
    moves: Array
    seen: bool


@final
@dataclass(frozen=True, eq=False)
class Modes:
    """An agreement and a threat, as arrays.

    Parameters
    ----------
    game : StochasticGame
        The game.
    agreement, threat : tuple of profiles
        As indices.
    payoffs : tuple of two arrays, shape (S, n)
        Payoffs of a period under the agreement and under the threat.
    moves : tuple of two arrays, shape (S, S)
        Probabilities of the next state under each.
    breaches, defections : tuple of Deviation
        All deviations from the agreement, and from the threat.
    lapse : float
        Probability of a fresh negotiation a period.
    unit : float
        What counts as 1 here: the widest range of a player's payoffs, so that no tolerance depends on their scale.
    origin : array, shape (n,)
        What counts as 0 here: the least payoff of each player.
    """

    game: StochasticGame
    agreement: tuple[tuple[int, ...], ...]
    threat: tuple[tuple[int, ...], ...]
    payoffs: tuple[Array, Array]
    moves: tuple[Array, Array]
    breaches: tuple[Deviation, ...]
    defections: tuple[Deviation, ...]
    lapse: float
    unit: float
    origin: Array

    def values(self, upheld: NDArray[np.bool_]) -> tuple[Array, Array]:
        """Return what the agreement and the threat are worth, shape (S, n) each; the threat's where not upheld."""
        agreed, threatened = np.empty_like(self.payoffs[0]), np.empty_like(self.payoffs[0])
        for delta, (alone, lifted) in self._threats.items():
            who = self.game.deltas == delta
            flows = np.where(upheld[:, None], (1 - delta) * self.payoffs[0][:, who], alone[:, who])
            agreed[:, who] = np.linalg.solve(self._system(upheld, delta), flows)
            threatened[:, who] = alone[:, who] + lifted @ agreed[:, who]
        return agreed, threatened

    def effects_of_terms(self, upheld: NDArray[np.bool_]) -> list[tuple[Array, Array]]:
        """Return for each player by how much a payment of one in each upheld state raises both of its values.

        Each array has shape (S, upheld states).
        """
        effects: dict[float, tuple[Array, Array]] = {}
        for delta, (_, lifted) in self._threats.items():
            paid = float(1 - delta) * np.eye(self.game.num_states)[:, upheld]
            kept: Array = np.asarray(np.linalg.solve(self._system(upheld, delta), paid), dtype=np.float64)
            broken: Array = lifted @ kept
            effects[delta] = kept, broken
        return [effects[delta] for delta in self.game.deltas.tolist()]

    def after_break(self, agreed: Array, threatened: Array) -> Array:
        """Return what the next period is worth after a deviation that was seen."""
        return (1 - self.lapse) * threatened + self.lapse * agreed

    def gain(self, deviation: Deviation, agreed: Array, threatened: Array) -> float:
        """Return what a deviation is worth, given the values (S, n) of agreement and threat."""
        delta, player = self.game.deltas[deviation.player], deviation.player
        following = self.after_break(agreed, threatened) if deviation.seen else agreed
        return float((1 - delta) * deviation.payoff + delta * deviation.moves @ following[:, player])

    @cached_property
    def _threats(self) -> dict[float, tuple[Array, Array]]:
        """The threat by discount factor: its worth w if it never lapses to anything, and M in W = w + M V."""
        found = {}
        moves = self.moves[1]
        for delta in set(self.game.deltas.tolist()):
            system = np.eye(self.game.num_states) - delta * (1 - self.lapse) * moves
            alone = np.linalg.solve(system, (1 - delta) * self.payoffs[1])
            found[delta] = alone, np.linalg.solve(system, delta * self.lapse * moves)
        return found

    def _system(self, upheld: NDArray[np.bool_], delta: float) -> Array:
        """Return the matrix of the equations of V: along the agreement where it is upheld, V = W elsewhere."""
        lifted = self._threats[delta][1]
        system: Array = np.eye(self.game.num_states) - np.where(upheld[:, None], delta * self.moves[0], lifted)
        return system


def build_modes(
    owner: str, game: StochasticGame, agreement: Plan, threat: Plan, lapse: float, judge: Judge | None
) -> Modes:
    """Check an agreement and a threat and list every deviation."""
    weight = check_between("lapse", owner, lapse, 0, 1)
    agreed, threatened = _profiles("agreement", owner, game, agreement), _profiles("threat", owner, game, threat)
    cells = np.concatenate([payoffs.reshape(-1, game.num_players) for payoffs in game.payoffs])
    origin, unit = cells.min(axis=0), float(np.ptp(cells, axis=0).max()) or 1.0
    measured = [(payoffs - origin) / unit for payoffs in game.payoffs]
    return Modes(
        game,
        agreed,
        threatened,
        (_payoffs(measured, agreed), _payoffs(measured, threatened)),
        (_moves(game, agreed), _moves(game, threatened)),
        tuple(_deviations(owner, game, measured, agreed, judge)),
        tuple(_deviations(owner, game, measured, threatened, None)),
        weight,
        unit,
        origin,
    )


def _profiles(name: str, owner: str, game: StochasticGame, plan: Plan) -> tuple[tuple[int, ...], ...]:
    if len(plan) != game.num_states:
        raise refusal(name, owner, f"hold one profile for each of {game.num_states} states", len(plan))
    return tuple(stage.profile(*profile) for stage, profile in zip(game.stages, plan, strict=True))


def _payoffs(measured: Sequence[Array], profiles: tuple[tuple[int, ...], ...]) -> Array:
    return np.array([payoffs[profile] for payoffs, profile in zip(measured, profiles, strict=True)])


def _moves(game: StochasticGame, profiles: tuple[tuple[int, ...], ...]) -> Array:
    return np.array([game.transitions[state][profile] for state, profile in enumerate(profiles)])


def _deviations(
    owner: str,
    game: StochasticGame,
    measured: Sequence[Array],
    profiles: tuple[tuple[int, ...], ...],
    judge: Judge | None,
) -> list[Deviation]:
    found = []
    for state, profile in enumerate(profiles):
        moves, names = game.transitions[state], game.actions[state]
        for player, played in enumerate(profile):
            for action in range(game.shapes[state][player]):
                if action == played:
                    continue
                chosen = (*profile[:player], action, *profile[player + 1 :])
                named = tuple(names[i][a] for i, a in enumerate(chosen))
                kind = "breach" if judge is None else judge(game.states[state], named)
                if kind not in get_args(Departure):
                    rule = "return 'breach', 'hidden' or 'free'"
                    raise refusal(
                        "judge", owner, rule, repr(kind), f"It was given {game.states[state]!r}, {named}."
                    )
                if kind != "free":
                    payoff = float(measured[state][chosen][player])
                    found.append(Deviation(state, player, action, payoff, moves[chosen], kind == "breach"))
    return found
