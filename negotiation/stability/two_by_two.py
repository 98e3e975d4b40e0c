"""2x2 games by the thousand: arrays of payoffs in, arrays of answers out."""

from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, refusal

Array = NDArray[np.float64]

TIE = 1e-12
"""Payoffs closer than this share of the game's range count as tied: some thousand times the rounding of a float."""


def worst_equilibrium_payoffs(payoffs: ArrayLike) -> Array:
    """Compute each player's lowest payoff in any Nash equilibrium of many 2x2 games.

    Parameters
    ----------
    payoffs : array_like, shape (..., 2, 2, 2)
        `payoffs[..., a0, a1, i]` is the payoff of player i.

    Returns
    -------
    array, shape (..., 2)
        In the unit of the payoffs; pure, mixed and degenerate equilibria count.

    Raises
    ------
    ArgumentError
        If the shape is another one or a payoff is not finite.

    Notes
    -----
    In every extreme equilibrium each player plays action 0 with probability 0, 1, or the one that makes the other
    indifferent, so that nine pairs are tried. Payoffs are linear on the segments between extreme equilibria.

    Examples
    --------
    >>> chicken = [[[3, 3], [1, 4]], [[4, 1], [0, 0]]]
    >>> worst_equilibrium_payoffs(chicken)
    array([1., 1.])
    """
    table = check_array("payoffs", "worst_equilibrium_payoffs", payoffs)
    if table.shape[-3:] != (2, 2, 2):
        raise refusal("payoffs", "worst_equilibrium_payoffs", "have shape (..., 2, 2, 2)", table.shape)
    row, column = table[..., 0], np.swapaxes(table[..., 1], -1, -2)
    tie = TIE * np.maximum(np.ptp(table, axis=(-3, -2)), np.abs(table).max(axis=(-3, -2, -1))[..., None] * 1e-3)
    worst = np.full((*table.shape[:-3], 2), np.inf)
    for p, q in product((0.0, 1.0, _indifferent(column)), (0.0, 1.0, _indifferent(row))):
        earned, regret = _earned(row, p, q), _earned(column, q, p)
        stable = (earned[1] <= tie[..., 0]) & (regret[1] <= tie[..., 1])
        value = np.stack([earned[0], regret[0]], axis=-1)
        worst = np.where(stable[..., None], np.minimum(worst, value), worst)
    return worst


def _indifferent(own: Array) -> Array:
    """Return the chance of the other's action 0 that makes a player indifferent; 0 where there is none."""
    zero, one = own[..., 0, 0] - own[..., 1, 0], own[..., 1, 1] - own[..., 0, 1]
    chance = np.divide(one, zero + one, out=np.zeros_like(one), where=zero + one != 0)
    return np.where((chance > 0) & (chance < 1), chance, 0.0)


def _earned(own: Array, mine: float | Array, other: float | Array) -> tuple[Array, Array]:
    """Return a player's payoff and regret when action 0 is played with the chances `mine` and `other`."""
    weight = np.asarray(other)[..., None]
    replies = weight * own[..., 0] + (1 - weight) * own[..., 1]
    payoff = mine * replies[..., 0] + (1 - np.asarray(mine)) * replies[..., 1]
    return payoff, replies.max(axis=-1) - payoff
