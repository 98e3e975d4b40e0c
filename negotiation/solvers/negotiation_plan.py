"""Payoffs of a plan that the players come back to in every negotiation."""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import final

import numpy as np
from numpy.typing import NDArray

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
    matrix, right = [], []
    for i, weight in enumerate(weights):
        for state in range(num_states):
            row = int(plan.replies[i, state]) if plan.target[state] >= 0 else -1
            line = [Fraction(0)] * (num_states * count)
            line[i * num_states + state] += 1
            known = exact.base[i][row] if row >= 0 else Fraction(0)
            for following, chance in exact.moves[row] if row >= 0 else []:
                known += delta * chance * rho * weight * joint[following]
                line[i * num_states + following] -= delta * chance
                for j in range(count):
                    line[j * num_states + following] += delta * chance * rho * weight
            scale = lcm(known.denominator, *(entry.denominator for entry in line))
            matrix.append([int(entry * scale) for entry in line])
            right.append(int(known * scale))
    solved = solve(matrix, right)
    if solved is None:
        return None
    lowest = [Fraction(numerator, solved[1]) for numerator in solved[0]]
    divided = np.full((num_states, count), Fraction(0), dtype=object)
    for state in np.flatnonzero(plan.target >= 0).tolist():
        own = [lowest[i * num_states + state] for i in range(count)]
        for i, weight in enumerate(weights):
            divided[state, i] = own[i] + weight * (joint[state] - sum(own)) + rows.shift[i]
    return divided
