"""Policy elimination: which action profiles of a stochastic game the players can sustain by transfers."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._kernels.elimination import best_joint, choose_rows, fill_temptations, worst_punishment
from negotiation.solvers.profile_rows import ProfileRows

TOLERANCE = 1e-12
"""Slack, in the range of the payoffs, that is within rounding: a double keeps 1e-16, and values add up few."""
PATIENT = 1e-15
"""The same for patient players, over 1 - delta: rounding grows with the weight of the future."""
SMALLEST_GAIN = 1e-15
"""Gain, in the range of the payoffs, for which a policy is changed."""


Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@final
@dataclass(frozen=True, eq=False)
class Elimination:
    """What is left after elimination, in rows.

    Parameters
    ----------
    joint : array, shape (S,)
        Joint values U.
    punishments : array, shape (n, S)
        Lowest values v_i.
    works : array of bool, shape (rows,)
        Rows that can be sustained.
    close : array of bool, shape (rows,)
        Rows among them for which rounding might have decided otherwise.
    target : array of int, shape (S,)
        The row played on the path of play; -1 where no profile can be sustained.
    punishing, replies : arrays of int, shape (n, S)
        The row that punishes each player, and the player's best reply to it.
    rounds : int
        How often the rows were gone through.
    """

    joint: Floats
    punishments: Floats
    works: Flags
    close: Flags
    target: Ints
    punishing: Ints
    replies: Ints
    rounds: int


def eliminate(rows: ProfileRows, base: Floats, kappa: float) -> Elimination:
    """Drop the rows that cannot be sustained until all that are left can, in floating point.

    Parameters
    ----------
    rows : ProfileRows
        The action profiles.
    base : array, shape (n, rows)
        What a row yields beside continuations.
    kappa : float
        Weight of continuations.

    Returns
    -------
    Elimination
        Rows whose slack is within rounding of zero are kept, so that no row is dropped that can be sustained.

    Notes
    -----
    Each round computes the largest joint values U and the lowest values v_i that the rows left can give, and drops
    the rows with kappa E[U - v_1 - ... - v_n] < h_1 + ... + h_n, where h_i is what player i gains by the best own
    deviation, both continued by v_i. These differences are exactly zero where nobody wants to deviate, which the
    difference of the joint value and the deviation payoffs is up to rounding only.
    """
    work = _Work(rows, base, kappa)
    rounds = 0
    while True:
        rounds += 1
        work.void()
        work.optimise()
        surplus, temptations = incentives(rows, base, kappa, work.joint, work.punishments, work.target)
        slack = surplus - np.maximum(temptations, 0).sum(axis=0)
        failing = work.works & (slack < -work.rounding)
        if not failing.any():
            break
        work.works &= ~failing
    worst = surplus - np.maximum(temptations + work.rounding, 0).sum(axis=0)
    return Elimination(
        work.joint,
        work.punishments,
        work.works,
        work.works & (worst < 0),
        work.target,
        work.punishing,
        work.replies,
        rounds,
    )


def incentives(
    rows: ProfileRows, base: Floats, kappa: float, joint: Floats, punishments: Floats, target: Ints
) -> tuple[Floats, Floats]:
    """Compute what every row has to share out tomorrow, and what each player gains by leaving it.

    Returns
    -------
    tuple of arrays, shapes (rows,) and (n, rows)
        The expected surplus kappa E[U - v_1 - ... - v_n], and the gain of each player by the best other action.
    """
    temptations = np.empty_like(base)
    for player, values in enumerate(punishments):
        fill_temptations(rows.moves, kappa, base[player], rows.groups[player], values, target, temptations[player])
    surplus = kappa * rows.expected(np.maximum(joint - punishments.sum(axis=0), 0))
    return surplus, temptations


class _Work:
    """The arrays that elimination writes over."""

    def __init__(self, rows: ProfileRows, base: Floats, kappa: float) -> None:
        first, num_players = rows.moves.offsets[:-1], len(base)
        self.rows, self.base, self.kappa = rows, base, kappa
        self.joint_base = base.sum(axis=0)
        self.rounding = max(TOLERANCE, PATIENT / (1 - kappa)) * rows.scale
        self.works = np.ones(rows.num_rows, dtype=np.bool_)
        self.joint = np.zeros(len(first))
        self.punishments = np.zeros((num_players, len(first)))
        self.target = first.copy()
        self.punishing, self.replies = (np.tile(first, (num_players, 1)) for _ in range(2))

    def void(self) -> None:
        """Give up the states where nothing works, and all from which they can be reached."""
        moves = self.rows.moves
        while True:
            empty = ~np.logical_or.reduceat(self.works, moves.offsets[:-1])
            leads = np.logical_or.reduceat(empty[moves.targets], moves.starts[:-1])
            lost = ~empty & np.logical_or.reduceat(leads, moves.offsets[:-1])
            if not lost.any():
                break
            self.works &= ~lost[self.rows.owners]
        for policy in (self.target, *self.punishing, *self.replies):
            policy[empty] = -1
        self.joint[empty] = 0
        self.punishments[:, empty] = 0

    def optimise(self) -> None:
        """Find the largest joint values and the lowest values that the rows left can give."""
        rows, kappa, works, gain = self.rows, self.kappa, self.works, SMALLEST_GAIN * self.rows.scale
        own = np.arange(rows.num_rows)
        choose_rows(rows.moves, kappa, -self.joint_base, own, works, -self.joint, self.target)
        best_joint(rows.moves, kappa, self.joint_base, works, gain, self.target, self.joint)
        for player, base in enumerate(self.base):
            groups, values, punishing = rows.groups[player], self.punishments[player], self.punishing[player]
            choose_rows(rows.moves, kappa, base, groups, works, values, punishing)
            worst_punishment(rows.moves, kappa, base, groups, works, gain, punishing, self.replies[player], values)
