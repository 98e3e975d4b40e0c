"""Repeated negotiation state by state, in games in which no state that was left is come back to."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation._kernels.one_state import fill_candidates
from negotiation.solvers.exact_elimination import fits
from negotiation.solvers.negotiation_plan import NegotiationPlan
from negotiation.solvers.policy_elimination import PATIENT, TOLERANCE
from negotiation.solvers.profile_rows import ProfileRows

MAX_PLANS = 4_096
"""Largest number of plans of one state that are kept, before those with the same payoffs are put together."""
MAX_WORK = 10**10
"""Largest number of incentives of one state that are looked at."""


@final
@dataclass(frozen=True, eq=False)
class _Branch:
    """Payoffs and plans of the states that were solved."""

    joint: NDArray[np.float64]
    punishments: NDArray[np.float64]
    exists: NDArray[np.bool_]
    target: NDArray[np.int64]
    replies: NDArray[np.int64]

    def copy(self) -> "_Branch":
        return _Branch(
            self.joint.copy(),
            self.punishments.copy(),
            self.exists.copy(),
            self.target.copy(),
            self.replies.copy(),
        )


def plans_of(
    rows: ProfileRows, rho: Fraction, weights: tuple[Fraction, ...], order: NDArray[np.int64], most: int
) -> tuple[list[NegotiationPlan], bool]:
    """List plans that contain those of all equilibria, solving the states in a given order.

    Parameters
    ----------
    rows : ProfileRows
        The action profiles.
    rho : Fraction
        Probability of a new negotiation.
    weights : tuple of Fraction
        Bargaining weights.
    order : array of int, shape (S,)
        The states, each after all others that it leads to.
    most : int
        Largest number of plans.

    Returns
    -------
    tuple of (list of NegotiationPlan, bool)
        The plans, and whether there was room for all of them. A plan leaves out the states without equilibrium,
        and those that lead there.
    """
    beta = np.array([float(weight) for weight in weights])
    count, num_states = rows.game.num_players, rows.game.num_states
    branches = [
        _Branch(
            np.zeros(num_states),
            np.zeros((count, num_states)),
            np.zeros(num_states, dtype=np.bool_),
            np.full(num_states, -1),
            np.full((count, num_states), -1),
        )
    ]
    complete = True
    for state in order.tolist():
        grown = [new for branch in branches for new in _solve_state(rows, float(rho), beta, state, branch)]
        complete &= len(grown) <= most
        branches = grown[:most]
    return [NegotiationPlan(branch.target, branch.replies) for branch in branches], complete


def _solve_state(
    rows: ProfileRows, rho: float, beta: NDArray[np.float64], state: int, branch: _Branch
) -> Iterator[_Branch]:
    """Continue a branch by one state, in as many ways as the state has plans."""
    moves, delta = rows.moves, rows.game.delta
    first, last = int(moves.offsets[state]), int(moves.offsets[state + 1])
    entries = slice(moves.starts[first], moves.starts[last])
    targets, starts = moves.targets[entries], moves.starts[first:last] - moves.starts[first]
    if not (branch.exists[targets] | (targets == state)).all():
        yield branch
        return
    surplus = branch.joint - branch.punishments.sum(axis=0)
    continued = branch.punishments + rho * beta[:, None] * surplus
    base = (1 - delta) * rows.payoffs[:, first:last]

    def expected(values: NDArray[np.float64]) -> NDArray[np.float64]:
        parts = moves.weights[entries] * values[..., targets]
        total: NDArray[np.float64] = np.add.reduceat(parts, starts, axis=-1)
        return total

    found = False
    for plan, payoffs, joint in _candidates(
        rows,
        state,
        base.sum(axis=0) + delta * expected(branch.joint),
        base + delta * expected(continued),
        expected((np.arange(rows.game.num_states) == state).astype(np.float64)),
        (rho, beta),
    ):
        grown = branch.copy()
        grown.target[state], grown.replies[:, state] = plan[0] + first, plan[1:] + first
        grown.joint[state], grown.punishments[:, state] = joint, payoffs
        grown.exists[state] = found = True
        yield grown
    if not found:
        yield branch


def _candidates(
    rows: ProfileRows,
    state: int,
    joint_yields: NDArray[np.float64],
    yields: NDArray[np.float64],
    stays: NDArray[np.float64],
    terms: tuple[float, NDArray[np.float64]],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], float]]:
    """Yield plan, lowest payoffs and joint payoff of every candidate of one state, each payoffs once."""
    (rho, beta), delta, shape = terms, rows.game.delta, rows.game.shapes[state]
    first = int(rows.moves.offsets[state])
    groups = np.ascontiguousarray(rows.groups[:, first : first + len(stays)] - first)
    work = len(stays) ** 2 * prod(len(stays) // own for own in shape)
    if work > MAX_WORK:
        raise refusal(
            "game",
            "repeated_negotiation",
            f"have at most {MAX_WORK:,} incentives to compare in a state",
            f"{work:,} in {rows.game.states[state]!r}",
            "Use backward_negotiation.",
        )
    rounding = max(TOLERANCE, PATIENT / (1 - delta)) * rows.scale
    asked = rounding if fits(rows) else -rounding
    plans = np.zeros((MAX_PLANS, 1 + len(beta)), dtype=np.int64)
    lowest = np.zeros((MAX_PLANS, len(beta)))
    number = fill_candidates(
        joint_yields, yields, stays, groups, (delta, rho), beta, rounding, asked, plans, lowest
    )
    if number > MAX_PLANS:
        raise refusal(
            "game", "repeated_negotiation", f"have at most {MAX_PLANS:,} plans in a state", f"{number:,}"
        )
    seen: list[NDArray[np.float64]] = []
    for plan, payoffs in zip(plans[:number], lowest[:number], strict=True):
        joint = float(joint_yields[plan[0]] / (1 - delta * stays[plan[0]]))
        key = np.append(payoffs, joint)
        if not any(np.abs(key - other).max() <= rounding for other in seen):
            seen.append(key)
            yield plan, payoffs, joint
