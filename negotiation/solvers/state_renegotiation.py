"""Renegotiation-proofness of stochastic games whose two players may pay each other.

Every period begins with voluntary payments; then actions are chosen. Continuation payoffs are compared with others
of the same state and stage: before payments and, if asked, once payments are made. A policy is to be played, a
profile a state. Player i who refuses to pay in state x is punished by one period of a profile a^i(x), after which
payments lead back to the policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import ArgumentError, check_class, check_count, check_known, refusal
from negotiation.games import StochasticGame
from negotiation.solvers.exact_elimination import ExactRows, fits, settle
from negotiation.solvers.plan_values import ExactValues, FloatValues, Ints
from negotiation.solvers.profile_rows import ProfileRows, profile_rows, read_only
from negotiation.solvers.renegotiation import Proofness
from negotiation.solvers.solution import Status
from negotiation.solvers.state_proofness import Ceiling, Finding, Plan, judge
from negotiation.solvers.truncated import common_delta, solve_truncated

OWNER = "stochastic_renegotiation"
TIMINGS = ("payments", "actions")
MAX_BRANCHES = 50
"""Searches for punishments, of some milliseconds each in a game of a hundred states."""

Profile = tuple[int, ...]
Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class StateObstacle:
    """Why a policy is not renegotiation-proof from a state on.

    Parameters
    ----------
    state : str or None
        The state on the path of play where too much is claimed; None if no punishments of all states together
        support the policy, though those of each state alone might.
    needed : float
        What the players must get there together at least, so that nobody deviates or would rather start anew.
    available : float
        What the policy gives them together.
    """

    state: str | None
    needed: float
    available: float

    def __str__(self) -> str:
        if self.state is None:
            return "no punishments of all states fit together"
        if np.isnan(self.needed):
            return f"{self.state} has no equilibrium in pure actions"
        return f"in {self.state} the players need {self.needed:.6g} together and have {self.available:.6g}"


@final
@dataclass(frozen=True, eq=False)
class RenegotiationPlan:
    """Strategies with transfers that the players never want to replace by a continuation of their own.

    Parameters
    ----------
    game : StochasticGame
        The game.
    targets : tuple of profiles, one a state
        What is played after all payments are made; None in states that the plan does not cover.
    punishments : tuple of pairs of profiles, one a state
        What is played for one period after player 0, player 1 refused to pay; None as in `targets`.
    joint_payoffs : array, shape (S,)
        The sum of the average payoffs; nan in states that the plan does not cover, as below.
    punishment_payoffs : array, shape (S, 2)
        What each player gets after a deviation: he pays a fine in the next period, or is punished.
    action_payoffs : array, shape (S, 2)
        How the joint payoff is shared once payments are made: in the middle of what can be.
    slacks : array, shape (S,)
        How much of the joint payoff is left to share freely at that moment.
    """

    game: StochasticGame
    targets: tuple[Profile | None, ...]
    punishments: tuple[tuple[Profile, Profile] | None, ...]
    joint_payoffs: Floats
    punishment_payoffs: Floats
    action_payoffs: Floats
    slacks: Floats

    def __str__(self) -> str:
        lines = []
        for state, name in enumerate(self.game.states):
            target, pair = self.targets[state], self.punishments[state]
            if target is not None and pair is not None:
                refused = " and ".join(
                    f"{self._name(state, profile)} after {player} refused to pay"
                    for player, profile in zip(self.game.players, pair, strict=True)
                )
                lines.append(f"{name}: {self._name(state, target)}; {refused}")
        return "\n".join(lines)

    def _name(self, state: int, profile: Profile) -> str:
        names = (self.game.actions[state][i][a] for i, a in enumerate(profile))
        return f"({', '.join(names)})"


@final
@dataclass(frozen=True, eq=False)
class StochasticRenegotiation:
    """Whether a policy of a stochastic game can be played for ever by a renegotiation-proof equilibrium.

    Parameters
    ----------
    game : StochasticGame
        The game.
    before : {"payments", "actions"}
        When players may renegotiate: at the start of a period only, or again once payments are made.
    targets : tuple of profiles, one a state, or None
        The policy; None if any will do that gives the largest joint payoffs.
    weak, strong : tuple of Proofness, one a state
        Whether some equilibrium that starts in the state and plays the policy is weakly, strongly
        renegotiation-proof.
    plan : RenegotiationPlan or None
        Weakly renegotiation-proof strategies. In states where `weak` is proven they play the policy for ever; in
        others something else. None if none were found.
    obstacles : tuple of StateObstacle or None, one a state
        What rules out `weak`; None unless it is ruled out.
    status : Status
        Whether rounding may have counted an incentive as met, or a search was cut off.
    """

    game: StochasticGame
    before: Literal["payments", "actions"]
    targets: tuple[Profile, ...] | None
    weak: tuple[Proofness, ...]
    strong: tuple[Proofness, ...]
    plan: RenegotiationPlan | None
    obstacles: tuple[StateObstacle | None, ...]
    status: Status

    def __str__(self) -> str:
        lines = []
        for state, name in enumerate(self.game.states):
            obstacle = self.obstacles[state]
            weak, strong = self.weak[state], self.strong[state]
            if strong is Proofness.PROOF:
                lines.append(f"{name}: strongly {strong.value}")
            elif weak is strong:
                lines.append(f"{name}: {weak.value}{'' if obstacle is None else f' ({obstacle})'}")
            else:
                lines.append(f"{name}: weakly {weak.value}; strongly {strong.value}")
        return "\n".join(lines if self.plan is None else [*lines, str(self.plan)])


def stochastic_renegotiation(
    game: StochasticGame,
    targets: Sequence[Sequence[str | int]] | None = None,
    *,
    before: Literal["payments", "actions"] = "actions",
    max_branches: int = MAX_BRANCHES,
) -> StochasticRenegotiation:
    """Judge in every state whether a policy is renegotiation-proof if the players may pay each other.

    Parameters
    ----------
    game : StochasticGame
        A game of two players with a common discount factor.
    targets : sequence of profiles, one a state, optional
        The action profile of each state, by names or indices, that is played for ever, with no money burnt. When
        left out, any policy that gives the largest joint payoffs U(x) of `transfer_equilibrium`.
    before : {"payments", "actions"}, default "actions"
        Whether players may renegotiate at the start of a period only, before payments, or also once payments are
        made, before actions.
    max_branches : int, default 50
        Bound on how often punishments are searched anew where those of several states do not fit together.

    Returns
    -------
    StochasticRenegotiation
        For each state as the first one: proven by a plan, ruled out by a constraint, or undetermined.

    Raises
    ------
    ArgumentError
        If the game does not have two players or a common discount factor, or the policy or timing does not fit.

    Notes
    -----
    Before payments alone, renegotiation never rules out the largest joint payoffs. Before actions, U(x) must
    cover, for both players together, the larger one of the value of the best deviation from the policy and of
    the punishment value v_i(x) plus the joint loss of one period of punishment. The least v_i are found by
    dropping the profiles that cannot punish, as in `transfer_equilibrium`, and by branching where those of all
    states do not fit together. A given policy that leads from every state to every other, and gives the largest
    joint payoffs, is never left undetermined unless the search is cut off. Proofs stand on the page Renegotiation
    of the documentation. The payments are those of [GolKra18]_. What rounding could decide is decided in
    fractions if the game is small. A game of one state is a repeated game.

    References
    ----------
    .. [GolKra18] S. Goldluecke, S. Kranz (2018), Discounted stochastic games with voluntary transfers, Economic
       Theory.

    Examples
    --------
    >>> game = StochasticGame(
    ...     ["truce", "war"],
    ...     payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
    ...     transitions=[[[[1, 0], [0, 1]], [[0, 1], [0, 1]]], [[["1/4", "3/4"]]]],
    ...     delta=0.5,
    ...     actions=[[["keep", "break"]] * 2, [["wait"]] * 2],
    ... )
    >>> print(stochastic_renegotiation(game))
    truce: strongly renegotiation-proof: a strategy proves it
    war: strongly renegotiation-proof: a strategy proves it
    truce: (keep, keep); (keep, keep) after player 0 refused to pay and (keep, keep) after player 1 refused to pay
    war: (wait, wait); (wait, wait) after player 0 refused to pay and (wait, wait) after player 1 refused to pay
    """
    check_class("game", OWNER, game, StochasticGame)
    check_known("before", OWNER, before, TIMINGS)
    if game.num_players != 2:
        raise refusal("game", OWNER, "have two players", game.num_players)
    profiles = None if targets is None else policy_profiles(OWNER, game, targets)
    most, rows = check_count("max_branches", OWNER, max_branches), profile_rows(game)
    asked = None if profiles is None else policy_rows(game, profiles)
    finding, status = _judged(rows, asked, before == "actions", most)
    weak = [_verdict(yes, no) for yes, no in zip(finding.proven, finding.blocked, strict=True)]
    strong = [_verdict(yes, no) for yes, no in zip(finding.efficient, finding.dominated, strict=True)]
    return StochasticRenegotiation(
        game,
        before,
        profiles,
        tuple(weak),
        tuple(strong),
        None if finding.plan is None else _worded(rows, finding.plan),
        tuple(_obstacle(rows, finding, state) for state in range(game.num_states)),
        status,
    )


def policy_profiles(
    owner: str, game: StochasticGame, targets: Sequence[Sequence[str | int]]
) -> tuple[Profile, ...]:
    """Return the profiles of a policy as indices, or refuse it."""
    if isinstance(targets, str) or len(targets) != game.num_states:
        rule = f"hold one profile for each of {game.num_states} states"
        raise refusal("targets", owner, rule, repr(targets) if isinstance(targets, str) else len(targets))
    found = []
    for name, stage, target in zip(game.states, game.stages, targets, strict=True):
        try:
            found.append(stage.profile(*target))
        except ArgumentError as error:
            raise ArgumentError(f"In state {name!r} of 'targets' of {owner}: {error}") from None
    return tuple(found)


def policy_rows(game: StochasticGame, profiles: tuple[Profile, ...]) -> Ints:
    """Return the row of each state that a policy plays."""
    inside = [np.ravel_multi_index(profile, shape) for profile, shape in zip(profiles, game.shapes, strict=True)]
    return game.transitions.offsets[:-1] + np.array(inside, dtype=np.int64)


def _judged(
    rows: ProfileRows, asked: Ints | None, before_actions: bool, max_branches: int
) -> tuple[Finding, Status]:
    """Judge in floats, and again in fractions where rounding leaves something open in a small game."""
    solved = solve_truncated(rows, Fraction(0), np.zeros((rows.game.num_states, 2), dtype=object))
    found, status = solved.found, solved.status
    ceiling = Ceiling(found.joint, found.punishments, found.works, found.target)
    finding = judge(FloatValues(rows), ceiling, asked, before_actions, max_branches)
    if finding.close and fits(rows):
        exact = solved.settled or settle(ExactRows(rows, rows.exact_rewards, common_delta(rows.game)), found)
        held = np.array(exact.punishments, dtype=object)
        ceiling = Ceiling(np.array(exact.joint, dtype=object), held, exact.works, exact.target)
        finding = judge(ExactValues(rows), ceiling, asked, before_actions, max_branches)
    if not finding.complete:
        return finding, Status.CUT_OFF
    return finding, Status.WITHIN_ROUNDING if finding.close else status


def _verdict(yes: bool, no: bool) -> Proofness:
    if yes:
        return Proofness.PROOF
    return Proofness.NOT if no else Proofness.UNDETERMINED


def _worded(rows: ProfileRows, plan: Plan) -> RenegotiationPlan:
    """Word a plan by states and profiles, in the unit and from the zero of the payoffs."""
    task, claims, values = plan.task, plan.claims, plan.task.values
    targets = np.where(task.alive, task.targets, -1)
    claimed = np.stack([claims.claimed[i][plan.punishing[i]] for i in range(2)])
    least = np.stack([(values.base[i] + values.later(claims.lowest[i]))[targets] for i in range(2)]) + claimed
    slack = claims.shared - claimed.sum(axis=0)
    shift = np.array([float(each) for each in rows.shift])
    lost = ~task.alive

    def known(array: NDArray[Any]) -> Floats:
        numbers = array.astype(np.float64)
        numbers[lost] = np.nan
        return read_only(numbers)

    return RenegotiationPlan(
        rows.game,
        tuple(rows.profile(row) for row in targets),
        tuple(_pair(rows, pair) for pair in plan.punishing.T),
        known(task.path + shift.sum()),
        known(claims.lowest.T + shift),
        known((least + slack / 2).T + shift),
        known(np.maximum(slack, 0)),
    )


def _pair(rows: ProfileRows, pair: Ints) -> tuple[Profile, Profile] | None:
    first, second = (rows.profile(row) for row in pair)
    return None if first is None or second is None else (first, second)


def _obstacle(rows: ProfileRows, finding: Finding, state: int) -> StateObstacle | None:
    if not finding.blocked[state]:
        return None
    names, origin = rows.game.states, int(finding.origin[state])
    if not finding.alive[state]:
        return StateObstacle(names[state], float("nan"), float("nan"))
    place, zero = (state if origin < 0 else origin), float(sum(rows.shift))
    needed, available = float(finding.needed[place]) + zero, float(finding.path[place]) + zero
    return StateObstacle(None if origin < 0 else names[origin], needed, available)
