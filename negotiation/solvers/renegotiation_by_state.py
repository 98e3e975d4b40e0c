"""Renegotiation-proofness of a policy of a small stochastic game, without transfers.

Two players, pure actions, a public signal at the start of every period. Continuation payoffs are compared with
others of the same state, once the signal is known. What works and what rules a policy out is found in fractions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import final

import numpy as np

from negotiation._checks import check_class, check_count, refusal
from negotiation.games import StochasticGame
from negotiation.solvers.exact_elimination import MAX_STATES, ExactRows, fits, largest_value, worst_punishment
from negotiation.solvers.markov_equilibria import markov_perfect
from negotiation.solvers.penance_by_state import StatePenance, find_penance
from negotiation.solvers.plan_values import Flags, Ints, any_by_state, first_rows, following
from negotiation.solvers.profile_rows import ProfileRows, profile_rows
from negotiation.solvers.renegotiation import Proofness
from negotiation.solvers.solution import Status
from negotiation.solvers.state_renegotiation import policy_profiles, policy_rows
from negotiation.solvers.truncated import common_delta

OWNER = "markov_renegotiation"
MAX_POLICIES = 4096
"""Largest number of policies that are all tried as penance: some seconds' work."""
MAX_PAIRS = 100_000
"""Pairs of policies looked at for Markov-perfect equilibria that dominate."""
DIRECTIONS = tuple((Fraction(k, 8), 1 - Fraction(k, 8)) for k in range(9))
"""Weights of the players for which the largest feasible payoffs are computed."""

Profile = tuple[int, ...]
Pair = list[list[Fraction]]


@final
@dataclass(frozen=True, eq=False)
class MarkovRenegotiation:
    """Whether a policy can be played for ever by a renegotiation-proof equilibrium without transfers.

    Parameters
    ----------
    game : StochasticGame
        The game.
    targets : tuple of profiles, one a state
        The policy.
    start : str
        The state in which play starts.
    weak, strong : Proofness
        Whether some equilibrium that plays the policy from there on is weakly, strongly renegotiation-proof.
    penance : StatePenance or None
        The strategies that prove `weak`, and `strong` if that is proven; None if neither is.
    obstacle : str or None
        Where and why no promise supports the policy; None unless `weak` is ruled out.
    dominating : tuple of profiles, one a state, or None
        A Markov-perfect equilibrium that is better for both in a state on the path, which rules out `strong`.
    status : Status
        Whether everything was tried that could prove the policy, or the search was cut off.
    """

    game: StochasticGame
    targets: tuple[Profile, ...]
    start: str
    weak: Proofness
    strong: Proofness
    penance: StatePenance | None
    obstacle: str | None
    dominating: tuple[Profile, ...] | None
    status: Status

    def __str__(self) -> str:
        lines = [f"from {self.start} on", f"weakly {self.weak.value}", f"strongly {self.strong.value}"]
        lines += [str(reason) for reason in (self.penance, self.obstacle) if reason is not None]
        if self.dominating is not None:
            lines.append("a Markov-perfect equilibrium is better for both")
        return "\n".join(lines)


def markov_renegotiation(
    game: StochasticGame,
    targets: Sequence[Sequence[str | int]],
    start: str | int,
    *,
    max_policies: int = MAX_POLICIES,
) -> MarkovRenegotiation:
    """Judge whether a policy is renegotiation-proof without transfers.

    Parameters
    ----------
    game : StochasticGame
        A small game of two players with a common discount factor.
    targets : sequence of profiles, one a state
        The action profile of each state, by names or indices, that is played for ever.
    start : str or int
        The state, by name or number, in which play starts.
    max_policies : int, default 4096
        If there are more policies, only the targets themselves are tried as penance.

    Returns
    -------
    MarkovRenegotiation
        Proven by a strategy, ruled out by a constraint, or undetermined.

    Raises
    ------
    ArgumentError
        If the game does not have two players or a common discount factor, has more than 40 states or 10,000
        transitions, or the policy or the state does not fit.

    Notes
    -----
    A policy that is a Markov-perfect equilibrium has one continuation payoff a state, and is weakly
    renegotiation-proof. Others are supported by penance that depends on the state, `StatePenance`. They are ruled
    out by bounds on what continuation payoffs can be: nobody gets less than the punishment values of the profiles
    that can begin a penance, nor the rival more than these profiles can give him. Proofs stand on the page
    Renegotiation of the documentation. The concepts are those of [FM89]_, carried to states.

    References
    ----------
    .. [FM89] J. Farrell and E. Maskin (1989), Renegotiation in repeated games, Games and Economic Behavior 1,
       327-360.

    Examples
    --------
    >>> game = StochasticGame(
    ...     ["truce", "war"],
    ...     payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
    ...     transitions=[[[[1, 0], [1, 0]], [[1, 0], [0, 1]]], [[["1/4", "3/4"]]]],
    ...     delta=0.7,
    ...     actions=[[["keep", "break"]] * 2, [["wait"]] * 2],
    ... )
    >>> print(markov_renegotiation(game, [("keep", "keep"), ("wait", "wait")], "truce"))
    from truce on
    weakly renegotiation-proof: a strategy proves it
    strongly renegotiation-proof: a strategy proves it
    truce: (keep, keep); (keep, break) after a deviation of player 0; (break, keep) after a deviation of player 1
    war: (wait, wait)
    chance that penance ends in a period: 1/2 for player 0, 1/2 for player 1
    """
    check_class("game", OWNER, game, StochasticGame)
    if game.num_players != 2:
        raise refusal("game", OWNER, "have two players", game.num_players)
    profiles, state = policy_profiles(OWNER, game, targets), game.state(start)
    most, rows = check_count("max_policies", OWNER, max_policies), profile_rows(game)
    if not fits(rows):
        rule = f"have at most {MAX_STATES} states and 10,000 transitions"
        raise refusal("game", OWNER, rule, f"{game.num_states} and {len(rows.moves.targets)}")
    policy = policy_rows(game, profiles)
    bounds = _Bounds(rows, policy, state)
    penance, complete = find_penance(rows, policy, bounds.reached, most)
    obstacle = None if penance is not None else bounds.obstacle()
    dominating = _dominating(bounds)
    weak = Proofness.PROOF if penance is not None else Proofness.UNDETERMINED
    strong = Proofness.UNDETERMINED
    if obstacle is not None:
        weak = strong = Proofness.NOT
    elif dominating is not None:
        strong = Proofness.NOT
    elif penance is not None and bounds.is_efficient(penance):
        strong = Proofness.PROOF
    status = Status.EXACT if complete or weak is not Proofness.UNDETERMINED else Status.CUT_OFF
    return MarkovRenegotiation(
        game, profiles, game.states[state], weak, strong, penance, obstacle, dominating, status
    )


@final
class _Bounds:
    """What continuation payoffs of weakly renegotiation-proof equilibria that play a policy can be."""

    def __init__(self, rows: ProfileRows, policy: Ints, start: int) -> None:
        self.rows, self.policy = rows, policy
        self.exact = ExactRows(rows, rows.exact_rewards, common_delta(rows.game))
        self.reached = following(rows, start, np.ones(rows.num_rows, dtype=np.bool_))
        played = np.zeros(rows.num_rows, dtype=np.bool_)
        played[policy] = True
        self.path = np.flatnonzero(following(rows, start, played)).tolist()
        self.values: Pair = [self.exact.evaluate(base, policy) for base in self.exact.base]
        self.largest = [self._most(weights, np.ones_like(played)) for weights in DIRECTIONS]

    def obstacle(self) -> str | None:
        """Say which constraint rules the policy out, or return None."""
        game, inside = self.rows.game, self.reached[self.rows.owners]
        allowed = [inside.copy(), inside.copy()]
        while True:
            lowest = [self._least(i, allowed[i]) for i in range(2)]
            best = [self.exact.best_deviations(i, lowest[i]) for i in range(2)]
            for i, state in ((i, state) for i in range(2) for state in self.path):
                if best[i][self.policy[state]] > self.values[i][state]:
                    return f"in {game.states[state]} no promise holds {game.players[i]} to the policy"
            kept = [self._promising(i, allowed[i], best) for i in range(2)]
            for i in range(2):
                empty = self.reached & ~any_by_state(self.rows, kept[i])
                if empty.any():
                    return f"in {game.states[int(np.argmax(empty))]} no profile can punish {game.players[i]}"
            if all((new == old).all() for new, old in zip(kept, allowed, strict=True)):
                return None
            allowed = kept

    def is_efficient(self, penance: StatePenance) -> bool:
        """Return whether no feasible payoffs above the pure minmax payoffs dominate a continuation payoff."""
        inside = self.reached[self.rows.owners]
        floors, shift = [self._least(i, inside) for i in range(2)], self.rows.shift
        for state in np.flatnonzero(self.reached).tolist():
            for payoffs in penance.values[:, state]:
                above = [max(payoffs[i] - shift[i], floors[i][state]) for i in range(2)]
                if all(
                    weights[0] * above[0] + weights[1] * above[1] < most[state]
                    for weights, most in zip(DIRECTIONS, self.largest, strict=True)
                ):
                    return False
        return True

    def _promising(self, player: int, allowed: Flags, best: Pair) -> Flags:
        """Keep the rows with which the worst continuation payoff of a player can begin."""
        rival, rows, kept = 1 - player, self.rows, allowed.copy()
        weights = (Fraction(player), Fraction(rival))
        most = self._most(weights, allowed)
        for row in np.flatnonzero(allowed).tolist():
            state = int(rows.owners[row])
            least = [best[0][row], best[1][row]]
            if state in self.path:
                least[rival] = max(least[rival], self.values[rival][state])
                kept[row] = least[player] <= self.values[player][state]
            kept[row] &= least[rival] <= self._worth(weights, most, row)
            kept[row] &= all(
                one[0] * least[0] + one[1] * least[1] <= self._worth(one, values, row)
                for one, values in zip(DIRECTIONS, self.largest, strict=True)
            )
        return kept

    def _weighted(self, weights: tuple[Fraction, Fraction]) -> list[Fraction]:
        first, second = self.exact.base
        return [weights[0] * x + weights[1] * y for x, y in zip(first, second, strict=True)]

    def _worth(self, weights: tuple[Fraction, Fraction], values: list[Fraction], row: int) -> Fraction:
        own = weights[0] * self.exact.base[0][row] + weights[1] * self.exact.base[1][row]
        return own + self.exact.kappa * sum(p * values[t] for t, p in self.exact.moves[row])

    def _most(self, weights: tuple[Fraction, Fraction], allowed: Flags) -> list[Fraction]:
        """Return the largest weighted sum of payoffs of policies among the rows allowed."""
        return largest_value(self.exact, self._weighted(weights), allowed, first_rows(self.rows, allowed))

    def _least(self, player: int, allowed: Flags) -> list[Fraction]:
        """Return the least payoffs to which policies among the rows allowed hold a player."""
        policy = first_rows(self.rows, allowed)
        return worst_punishment(self.exact, player, allowed, policy, policy.copy())


def _dominating(bounds: _Bounds) -> tuple[Profile, ...] | None:
    """Look for a Markov-perfect equilibrium that is better for both in a state on the path."""
    game, shift = bounds.rows.game, bounds.rows.shift
    if min(prod(shape[i] for shape in game.shapes) for i in range(2)) > MAX_PAIRS:
        return None
    for one in markov_perfect(game, max_pairs=MAX_PAIRS):
        for state in bounds.path:
            if all(one.exact_values[state][i] - shift[i] > bounds.values[i][state] for i in range(2)):
                return one.profiles
    return None
