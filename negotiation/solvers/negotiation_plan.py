"""Payoffs of a plan that the players come back to in every negotiation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.solvers.components import components
from negotiation.solvers.exact import solve
from negotiation.solvers.exact_elimination import ExactRows, fits
from negotiation.solvers.profile_rows import ProfileRows
from negotiation.solvers.truncated import common_delta, exact_base


@final
@dataclass(frozen=True, eq=False)
class NegotiationPlan:
    """What is played on the path of play and after a refusal to pay.

    Parameters
    ----------
    target : array of int, shape (S,)
        The row played on the path of play; -1 in states that are left out.
    replies : array of int, shape (n, S)
        The row that each player turns the own punishment into by the best deviation.
    """

    target: NDArray[np.int64]
    replies: NDArray[np.int64]


def negotiated_payoffs(
    rows: ProfileRows, rho: Fraction, weights: tuple[Fraction, ...], plan: NegotiationPlan
) -> NDArray[np.object_] | None:
    """Compute the payoffs that negotiations divide under a plan, in fractions if the game is small enough.

    Parameters
    ----------
    rows : ProfileRows
        The action profiles.
    rho : Fraction
        Probability of a new negotiation.
    weights : tuple of Fraction
        Bargaining weights.
    plan : NegotiationPlan
        The plan.

    Returns
    -------
    array of Fraction or float, shape (S, n)
        r_i = v_i + beta_i (U - v_1 - ... - v_n); 0 in states that are left out. None if the plan leaves the
        payoffs open.

    Notes
    -----
    The payoffs solve linear equations, U = (1 - delta) G + delta E[U] along the targets and
    v_i = (1 - delta) g_i + delta E[v_i + rho beta_i (U - v_1 - ... - v_n)] along the replies.
    """
    if fits(rows):
        return _in_fractions(rows, rho, weights, plan)
    delta, moves = rows.game.delta, rows.moves
    num_states, count = len(plan.target), len(weights)
    matrix, right = np.eye(num_states), np.zeros(num_states)
    for state in np.flatnonzero(plan.target >= 0):
        row = plan.target[state]
        entries = slice(moves.starts[row], moves.starts[row + 1])
        matrix[state, moves.targets[entries]] -= delta * moves.weights[entries]
        right[state] = (1 - delta) * rows.payoffs[:, row].sum()
    joint = np.linalg.solve(matrix, right)
    system, known = np.eye(num_states * count), np.zeros(num_states * count)
    for state in np.flatnonzero(plan.target >= 0):
        for i in range(count):
            row, line = plan.replies[i, state], i * num_states + state
            entries = slice(moves.starts[row], moves.starts[row + 1])
            targets, chances = moves.targets[entries], delta * moves.weights[entries]
            divided = float(rho * weights[i])
            known[line] = (1 - delta) * rows.payoffs[i, row] + divided * chances @ joint[targets]
            system[line, i * num_states + targets] -= chances
            for j in range(count):
                system[line, j * num_states + targets] += divided * chances
    try:
        punishments = np.linalg.solve(system, known).reshape(count, num_states)
    except np.linalg.LinAlgError:
        return None
    beta, shift = (np.array([float(each) for each in given]) for given in (weights, rows.shift))
    divided_payoffs = punishments.T + np.outer(joint - punishments.sum(axis=0), beta) + shift
    divided_payoffs[plan.target < 0] = 0
    as_objects: NDArray[np.object_] = divided_payoffs.astype(object)
    return as_objects


def _in_fractions(
    rows: ProfileRows, rho: Fraction, weights: tuple[Fraction, ...], plan: NegotiationPlan
) -> NDArray[np.object_] | None:
    delta, count, num_states = common_delta(rows.game), len(weights), len(plan.target)
    nothing = np.zeros((num_states, count), dtype=object)
    exact = ExactRows(rows, exact_base(rows, Fraction(0), nothing), delta)
    joint = exact.evaluate(exact.joint_base, plan.target)
    divided = np.full((num_states, count), Fraction(0), dtype=object)
    lowest: dict[tuple[int, int], Fraction] = {}
    for group in components(rows.game):
        kept = [state for state in group if plan.target[state] >= 0]
        lines = [_line(exact, (i, state), rho * weights[i], plan, joint) for i in range(count) for state in kept]
        unknowns = [(i, state) for i in range(count) for state in kept]
        solved = _substituted(unknowns, lines, lowest)
        if solved is None:
            return None
        lowest |= solved
    for state in np.flatnonzero(plan.target >= 0).tolist():
        own = [lowest[i, state] for i in range(count)]
        for i, weight in enumerate(weights):
            divided[state, i] = own[i] + weight * (joint[state] - sum(own)) + rows.shift[i]
    return divided


def _line(
    exact: ExactRows, unknown: tuple[int, int], share: Fraction, plan: NegotiationPlan, joint: Sequence[Fraction]
) -> tuple[dict[tuple[int, int], Fraction], Fraction]:
    """Return the coefficients and the right side of the equation of one punishment payoff."""
    player, state = unknown
    row = int(plan.replies[player, state])
    line = {unknown: Fraction(1)}
    known = exact.base[player][row]
    for following, chance in exact.moves[row]:
        weight = exact.kappa * chance
        known += weight * share * joint[following]
        for other in range(len(exact.base)):
            own = weight * share - (weight if other == player else 0)
            line[other, following] = line.get((other, following), Fraction(0)) + own
    return line, known


def _substituted(
    unknowns: Sequence[tuple[int, int]],
    lines: Sequence[tuple[Mapping[tuple[int, int], Fraction], Fraction]],
    found: Mapping[tuple[int, int], Fraction],
) -> dict[tuple[int, int], Fraction] | None:
    """Solve equations in some unknowns, the others having been found."""
    matrix, right = [], []
    for line, known in lines:
        entries = [line.get(unknown, Fraction(0)) for unknown in unknowns]
        given = known - sum(line[each] * found[each] for each in line if each in found)
        scale = lcm(given.denominator, *(entry.denominator for entry in entries))
        matrix.append([int(entry * scale) for entry in entries])
        right.append(int(given * scale))
    solved = solve(matrix, right)
    if solved is None:
        return None
    return {unknown: Fraction(value, solved[1]) for unknown, value in zip(unknowns, solved[0], strict=True)}
