"""Where an agreement enforces itself in a game whose state moves, on fixed terms or on others by state."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_between, check_class, refusal
from negotiation.games import StochasticGame
from negotiation.solvers.components import components
from negotiation.stability.modes import ROUNDING, Array, Deviation, Judge, Modes, Plan, build_modes

FEASIBILITY = 1e-10
"""Tolerance of linear programming, the tightest that HiGHS accepts."""


SHOWN = 1e-9
"""Slack below which a text shows none: linear programming meets incentives up to its tolerance."""


@final
@dataclass(frozen=True, eq=False)
class SelfEnforcing:
    """The states in which an agreement enforces itself.

    Incentives are met up to 1e-10 of the widest range of a player's payoffs.

    Parameters
    ----------
    game : StochasticGame
        The game.
    agreement, threat : tuple of profiles, one a state
        As indices.
    lapse : float
        Probability of a fresh negotiation a period.
    upheld : array of bool, shape (S,)
        States in which nobody gains by leaving the agreement, nor the threat behind it.
    slacks : array, shape (S, n), in the unit of a period's payoff
        What each player loses by its best deviation in upheld states. In each of the others what it would lose
        if that state were upheld as well, on bargained terms there. Infinite where a player has no other action.
    threat_slacks : array, shape (S, n), in the unit of a period's payoff
        What each player loses by its best deviation from the threat, in every state.
    terms : array, shape (S,)
        What player 0 pays player 1 in a period that keeps the agreement; nan where it is not upheld.
    bargained_terms : array, shape (S,)
        The terms on which bargaining settles, whether or not they enforce themselves; nan where not upheld.
    values, threat_values : array, shape (S, n)
        Average payoffs under the agreement, terms included, and under the threat.
    """

    game: StochasticGame
    agreement: tuple[tuple[int, ...], ...]
    threat: tuple[tuple[int, ...], ...]
    lapse: float
    upheld: NDArray[np.bool_]
    slacks: Array
    threat_slacks: Array
    terms: Array
    bargained_terms: Array
    values: Array
    threat_values: Array

    def holds(self, state: str | int) -> bool:
        """Return whether the agreement enforces itself in a state."""
        return bool(self.upheld[self.game.state(state)])

    @property
    def credible(self) -> bool:
        """Whether nobody gains by leaving the threat in any state, so that the whole is an equilibrium."""
        cells = np.concatenate([payoffs.reshape(-1, self.game.num_players) for payoffs in self.game.payoffs])
        return bool(self.threat_slacks.min() >= -SHOWN * np.ptp(cells, axis=0).max())

    @property
    def policy(self) -> tuple[tuple[int, ...], ...]:
        """The profile that is played in each state: the agreement where it is upheld, else the threat."""
        chosen = zip(self.upheld, self.agreement, self.threat, strict=True)
        return tuple(agreed if kept else threatened for kept, agreed, threatened in chosen)

    def __str__(self) -> str:
        lines = []
        for state, name in enumerate(self.game.states):
            least = ", ".join(f"{slack if abs(slack) > SHOWN else 0:.6g}" for slack in self.slacks[state])
            lines.append(f"{name}: {'upheld' if self.upheld[state] else 'not upheld'}, slack {least}")
        return "\n".join(lines)


def self_enforcing(
    game: StochasticGame, agreement: Plan, threat: Plan, *, lapse: float = 0.0, judge: Judge | None = None
) -> SelfEnforcing:
    """Find the states in which an agreement enforces itself on fixed terms.

    Parameters
    ----------
    game : StochasticGame
        The game.
    agreement : sequence of profiles, one a state
        What is played while the agreement is in force: one action a player, by name or index.
    threat : sequence of profiles, one a state
        What is played from the period after a breach on, and in states where the agreement is not upheld.
    lapse : float, default 0
        Probability a period that a fresh negotiation puts the agreement back in force after a breach.
    judge : callable, optional
        `judge(state, profile)`, both by name, says how a profile that departs from the agreement counts:
        ``breach``, seen by all and answered by the threat; ``hidden``, seen by nobody, so that the agreement stays
        in force; ``free``, a choice that the agreement leaves open. All are breaches when left out.

    Returns
    -------
    SelfEnforcing
        With terms of 0.

    Raises
    ------
    ArgumentError
        If a policy does not fit the game, `lapse` lies outside [0, 1] or `judge` returns something else.

    Notes
    -----
    In state x the agreement a must give every player i at least what any other action b gives:
    ``V_i(x) >= (1 - delta_i) g_i(x, b, a_-i) + delta_i E[(1 - lapse) W_i + lapse V_i]`` if b is a breach, and with
    V_i in place of the brackets if it is hidden. V and W, the values of agreement and threat, solve linear
    equations. The same is asked of the threat t in x: W_i(x) must be at least what any other action brings.

    States are settled from the last ones back: each group of states that can reach each other is added to the
    upheld ones that play can go on to, and those of the group with the largest lack of incentive are dropped until
    none lacks any. What is upheld satisfies every condition. Where each state is a group of its own, no single
    state can be added.

    Examples
    --------
    >>> game = StochasticGame(["on"], [[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]]], [[[[1], [1]], [[1], [1]]]], 0.5)
    >>> print(self_enforcing(game, [(0, 0)], [(1, 1)], lapse=0.25))
    on: upheld, slack 0.1, 0.1
    """
    check_class("game", "self_enforcing", game, StochasticGame)
    modes = build_modes("self_enforcing", game, agreement, threat, lapse, judge)
    nothing = np.zeros(game.num_states)

    def lacks(upheld: NDArray[np.bool_]) -> Array:
        agreed, threatened = modes.values(upheld)
        least = np.minimum(_slacks(modes, agreed, threatened, nothing), _threat_slacks(modes, agreed, threatened))
        lacking: Array = -least.min(axis=1)[upheld]
        return lacking

    upheld = _settled(game, lacks, ROUNDING)
    slacks = _slacks(modes, *modes.values(upheld), nothing)
    for state in np.flatnonzero(~upheld).tolist():
        slacks[state] = _slacks(modes, *modes.values(_joined(upheld, state)), nothing)[state]
    return _result(modes, upheld, slacks, nothing, nothing)


def self_enforcing_terms(
    game: StochasticGame,
    agreement: Plan,
    threat: Plan,
    *,
    weight: float = 0.5,
    lapse: float = 0.0,
    judge: Judge | None = None,
) -> SelfEnforcing:
    """Find the states in which an agreement enforces itself on terms that may differ from state to state.

    Parameters
    ----------
    game : StochasticGame
        The game, of two players.
    agreement, threat, lapse, judge
        As in `self_enforcing`.
    weight : float, default 0.5
        Weight of player 1 in bargaining over the terms.

    Returns
    -------
    SelfEnforcing
        With the self-enforcing terms that lie nearest to the bargained ones, in the sum of absolute differences.

    Raises
    ------
    ArgumentError
        If the game has not two players, and as in `self_enforcing`.

    Notes
    -----
    Terms w(x), paid by player 0 to player 1 in every period that sees no breach, are found by linear programmes to
    satisfy all incentives of `self_enforcing` at once. Where no terms do, the state of the last group is dropped
    in which a programme for the least lack of incentive in sum leaves most of it. Bargained terms divide what the
    agreement is worth over the threat in proportion to the weights, V_1 - W_1 = weight (V_0 + V_1 - W_0 - W_1).

    Examples
    --------
    >>> game = StochasticGame(["on"], [[[[1, 4], [-1, 5]], [[3, -1], [0, 0]]]], [[[[1], [1]], [[1], [1]]]], 0.5)
    >>> print(self_enforcing(game, [(0, 0)], [(1, 1)]))
    on: not upheld, slack -0.5, 1.5
    >>> self_enforcing_terms(game, [(0, 0)], [(1, 1)]).terms
    array([-1.5])
    """
    check_class("game", "self_enforcing_terms", game, StochasticGame)
    if game.num_players != 2:
        raise refusal("game", "self_enforcing_terms", "have two players", game.num_players)
    share = check_between("weight", "self_enforcing_terms", weight, 0, 1)
    modes = build_modes("self_enforcing_terms", game, agreement, threat, lapse, judge)
    upheld = _settled(game, lambda tried: _programme(modes, tried, share).least_lacks()[:-1], ROUNDING)
    programme = _programme(modes, upheld, share)
    bargained, terms = np.zeros(game.num_states), np.zeros(game.num_states)
    bargained[upheld], terms[upheld] = programme.bargained, programme.nearest()
    slacks = _slacks(modes, *_values(modes, upheld, terms), terms)
    for state in np.flatnonzero(~upheld).tolist():
        wider = _joined(upheld, state)
        tried = terms.copy()
        tried[state] = _programme(modes, wider, share).bargained[state - (~wider[:state]).sum()]
        slacks[state] = _slacks(modes, *_values(modes, wider, tried), tried)[state]
    return _result(modes, upheld, slacks, terms, bargained)


def _settled(
    game: StochasticGame, lacks: Callable[[NDArray[np.bool_]], Array], rounding: float
) -> NDArray[np.bool_]:
    """Settle which states are upheld, those that play comes to last first.

    `lacks` maps a set of states to the lack of incentive of each of its members.
    """
    upheld = np.zeros(game.num_states, dtype=np.bool_)
    for group in components(game):
        members = list(group)
        upheld[members] = True
        while members:
            lacking = np.full(game.num_states, -np.inf)
            lacking[upheld] = lacks(upheld)
            if lacking.max() <= rounding:
                break
            worst = max(members, key=lacking.__getitem__)
            members.remove(worst)
            upheld[worst] = False
    return upheld


@final
@dataclass(frozen=True, eq=False)
class _Programme:
    """The incentives as linear inequalities in the terms, `rows @ terms >= needed`.

    `owners` counts the upheld states; incentives of the threat elsewhere come after them, as one more.
    """

    rows: Array
    needed: Array
    owners: NDArray[np.int64]
    bargained: Array

    def least_lacks(self) -> Array:
        """Return the lack of incentive by owner, the least in sum that terms can bring about."""
        count = self.bargained.size
        spread = np.eye(count + 1)[self.owners]
        cost = np.concatenate([np.zeros(count), np.ones(count + 1)])
        lower = [None] * count + [0.0] * (count + 1)
        return self._solve(np.hstack([self.rows, spread]), self.needed, cost, lower)[count:]

    def nearest(self) -> Array:
        """Return the terms nearest to the bargained ones that satisfy all incentives but those elsewhere."""
        count = self.bargained.size
        here, asked = np.eye(count), self.rows[self.owners < count]
        rows = np.vstack([np.hstack([asked, 0 * asked]), np.hstack([here, here]), np.hstack([-here, here])])
        needed = np.concatenate([self.needed[self.owners < count], self.bargained, -self.bargained])
        cost = np.concatenate([np.zeros(count), np.ones(count)])
        return self._solve(rows, needed, cost, [None] * (2 * count))[:count]

    def _solve(self, rows: Array, needed: Array, cost: Array, lower: Sequence[float | None]) -> Array:
        from scipy.optimize import linprog  # only here: it takes a while to load

        if not rows.size:
            return np.zeros_like(cost)
        solved = linprog(
            cost,
            A_ub=-rows,
            b_ub=-needed,
            bounds=[(least, None) for least in lower],
            method="highs",
            options={"primal_feasibility_tolerance": FEASIBILITY, "dual_feasibility_tolerance": FEASIBILITY},
        )
        if solved.x is None:
            raise RuntimeError(f"linear programming failed: {solved.message}")
        return np.asarray(solved.x, dtype=np.float64)


def _programme(modes: Modes, upheld: NDArray[np.bool_], share: float) -> _Programme:
    agreed, threatened = modes.values(upheld)
    effects = modes.effects_of_terms(upheld)
    signs = (-1.0, 1.0)
    places = np.where(upheld, np.cumsum(upheld) - 1, upheld.sum())
    rows, needed, owners = [], [], []
    for kind, values, deviations in ((0, agreed, modes.breaches), (1, threatened, modes.defections)):
        for deviation in deviations:
            state, player, delta = deviation.state, deviation.player, modes.game.deltas[deviation.player]
            if kind == 0 and not upheld[state]:
                continue
            moved = [signs[player] * each for each in effects[player]]
            following = modes.after_break(*moved) if deviation.seen else moved[0]
            row = moved[kind][state] - delta * (deviation.moves @ following)
            if not deviation.seen:
                row[places[state]] -= (1 - delta) * signs[player]
            rows.append(row)
            needed.append(modes.gain(deviation, agreed, threatened) - values[state, player])
            owners.append(places[state])
    count = int(upheld.sum())
    surplus = agreed[upheld] - threatened[upheld]
    lifted = [sign * (kept - broken)[upheld] for sign, (kept, broken) in zip(signs, effects, strict=True)]
    shared = lifted[1] - share * (lifted[0] + lifted[1])
    bargained = np.linalg.solve(shared, share * surplus.sum(axis=1) - surplus[:, 1])
    return _Programme(
        np.array(rows).reshape(len(rows), count), np.array(needed), np.array(owners, dtype=np.int64), bargained
    )


def _values(modes: Modes, upheld: NDArray[np.bool_], terms: Array) -> tuple[Array, Array]:
    """Return the values of agreement and threat with terms paid."""
    agreed, threatened = (each.copy() for each in modes.values(upheld))
    for player, (sign, (kept, broken)) in enumerate(zip((-1.0, 1.0), modes.effects_of_terms(upheld), strict=True)):
        agreed[:, player] += sign * kept @ terms[upheld]
        threatened[:, player] += sign * broken @ terms[upheld]
    return agreed, threatened


def _joined(upheld: NDArray[np.bool_], state: int) -> NDArray[np.bool_]:
    """Return the upheld states and one more."""
    wider = upheld.copy()
    wider[state] = True
    return wider


def _slacks(modes: Modes, agreed: Array, threatened: Array, terms: Array) -> Array:
    """Return by state and player what the best deviation loses, infinite where there is none."""
    slacks = np.full(agreed.shape, np.inf)
    for breach in modes.breaches:
        paid = 0.0 if breach.seen else (1 - modes.game.deltas[breach.player]) * _received(terms, breach)
        lost = agreed[breach.state, breach.player] - modes.gain(breach, agreed, threatened) - paid
        slacks[breach.state, breach.player] = min(slacks[breach.state, breach.player], lost)
    return slacks


def _threat_slacks(modes: Modes, agreed: Array, threatened: Array) -> Array:
    """Return by state and player what the best deviation from the threat loses, infinite where there is none."""
    slacks = np.full(agreed.shape, np.inf)
    for defection in modes.defections:
        place = defection.state, defection.player
        slacks[place] = min(slacks[place], threatened[place] - modes.gain(defection, agreed, threatened))
    return slacks


def _received(terms: Array, breach: Deviation) -> float:
    return float(terms[breach.state]) * (1.0 if breach.player == 1 else -1.0)


def _result(
    modes: Modes, upheld: NDArray[np.bool_], slacks: Array, terms: Array, bargained: Array
) -> SelfEnforcing:
    agreed, threatened = _values(modes, upheld, terms) if terms.any() else modes.values(upheld)
    held = _threat_slacks(modes, agreed, threatened)
    unit = modes.unit
    paid, agreed_on = (np.where(upheld, unit * each, np.nan) for each in (terms, bargained))
    lost, held = unit * slacks, unit * held
    agreed, threatened = (unit * each + modes.origin for each in (agreed, threatened))
    for array in (upheld, lost, held, paid, agreed_on, agreed, threatened):
        array.setflags(write=False)
    return SelfEnforcing(
        modes.game,
        modes.agreement,
        modes.threat,
        modes.lapse,
        upheld,
        lost,
        held,
        paid,
        agreed_on,
        agreed,
        threatened,
    )
