"""2x2 games by the thousand: arrays of payoffs in, arrays of answers out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, refusal

PROFILES = ((0, 0), (0, 1), (1, 0), (1, 1))


def worst_equilibrium_payoffs(payoffs: ArrayLike) -> NDArray[np.float64]:
    """Compute each player's lowest payoff in any Nash equilibrium of many 2x2 games.

    Parameters
    ----------
    payoffs : array_like, shape (..., 2, 2, 2)
        ``payoffs[..., a0, a1, i]`` is the payoff of player i in each game.

    Returns
    -------
    array, shape (..., 2)
        In the unit of the payoffs; pure, mixed and degenerate equilibria count.

    Raises
    ------
    ArgumentError
        If a payoff is not finite, with its index, or the shape does not fit.

    Notes
    -----
    An extreme equilibrium of a 2x2 game plays either action for sure or makes the other player indifferent, so
    that nine candidates hold the worst one. Player i earns there the best reply to the rival's action, which
    leaves three payoffs to compare for each player. Payoffs tie only if they are equal as floats.

    Examples
    --------
    >>> worst_equilibrium_payoffs([[[3, 3], [1, 4]], [[4, 1], [0, 0]]])
    array([1., 1.])
    """
    shape, (row, column) = _by_player("worst_equilibrium_payoffs", payoffs)
    return np.stack([_worst_of_three(row, column), _worst_of_three(column, row)], axis=-1).reshape(shape)


def critical_discounts(payoffs: ArrayLike, profile: tuple[int, int] = (0, 0)) -> NDArray[np.float64]:
    """Compute the critical discount factors of many 2x2 games at once, under grim punishment.

    Parameters
    ----------
    payoffs : array_like, shape (..., 2, 2, 2)
        ``payoffs[..., a0, a1, i]`` is the payoff of player i in each game.
    profile : (int, int), default (0, 0)
        The target, the same in all games.

    Returns
    -------
    array, shape (..., 2)
        What each player's own incentive asks for, as `CriticalDiscount.by_player`: 0 without temptation,
        infinite where no discount factor below 1 suffices. The larger of the two decides.

    Raises
    ------
    ArgumentError
        If a payoff is not finite, with its index, or the shape does not fit.

    Notes
    -----
    The threat is the worst equilibrium of the stage game, as in `worst_equilibrium_payoffs`.

    Examples
    --------
    >>> critical_discounts([[[4, 3], [-1, 5.5]], [[6, -2], [1, 0]]]).round(6).tolist()
    [0.4, 0.454545]
    """
    _check_profile(profile, "critical_discounts")
    shape, own_first = _by_player("critical_discounts", payoffs)
    asked = []
    for player in range(2):
        own, rival = own_first[player], own_first[1 - player]
        target = profile[player], profile[1 - player]
        asked.append(_own_criticals(own, target, _worst_of_three(own, rival)))
    return np.stack(asked, axis=-1).reshape(shape)


def transfer_critical_discounts(payoffs: ArrayLike, profile: tuple[int, int] = (0, 0)) -> NDArray[np.float64]:
    """Compute the critical discount factors of many 2x2 games at once, when the players may pay each other.

    Parameters
    ----------
    payoffs, profile
        As in `critical_discounts`.

    Returns
    -------
    array, shape (...)
        As `transfer_critical_delta` of each game: infinite where no discount factor below 1 suffices.

    Raises
    ------
    ArgumentError
        As in `critical_discounts`.

    Notes
    -----
    Every profile opens a plan, which may use all profiles whose liquidity requirement is no larger; the target
    can be played from the first discount factor on at which some plan works and its punishments deter.

    Examples
    --------
    >>> print(transfer_critical_discounts([[[2, 2], [-2, 2.5]], [[5, -2], [0, 0]]]).round(6))
    0.466667
    """
    _check_profile(profile, "transfer_critical_discounts")
    shape, (row, column) = _by_player("transfer_critical_discounts", payoffs)
    earned = np.stack([row, column.swapaxes(0, 1)])
    best = np.stack(np.broadcast_arrays(row.max(axis=0), column.max(axis=0)[:, np.newaxis]))
    joint, most = earned.sum(axis=0).reshape(4, -1), best.reshape(2, 4, -1)
    liquidity = most.sum(axis=0) - joint
    admitted = liquidity <= liquidity[:, np.newaxis]
    punished = np.where(admitted, most[:, np.newaxis], np.inf).min(axis=2).sum(axis=0)
    works = _threshold(liquidity, np.where(admitted, joint, -np.inf).max(axis=1) - punished)
    at = PROFILES.index(profile)
    deters = _threshold(liquidity[at], joint[at] - punished)
    needed: NDArray[np.float64] = np.maximum(works, deters).min(axis=0).reshape(shape[:-1])
    return needed


def _threshold(liquidity: NDArray[np.float64], surplus: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smallest delta with (1 - delta) liquidity <= delta surplus, infinite if it is not below 1."""
    asked = np.full(np.broadcast_shapes(liquidity.shape, surplus.shape), np.inf)
    np.divide(liquidity, liquidity + surplus, out=asked, where=surplus > 0)
    return np.where(liquidity <= 0, 0.0, asked)


def _check_profile(profile: tuple[int, int], owner: str) -> None:
    if profile not in PROFILES:
        raise refusal("profile", owner, "be a pair of actions 0 or 1", profile)


def _by_player(
    owner: str, payoffs: ArrayLike
) -> tuple[tuple[int, ...], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return the shape of an answer, and each player's payoffs, own action first and games last, 2x2xN."""
    games = check_array("payoffs", owner, payoffs)
    if games.shape[-3:] != (2, 2, 2):
        raise refusal("payoffs", owner, "have shape (..., 2, 2, 2)", games.shape)
    cells = np.ascontiguousarray(games.reshape(-1, 8).T).reshape(2, 2, 2, -1)
    return (*games.shape[:-3], 2), (cells[:, :, 0], cells[:, :, 1].swapaxes(0, 1))


def _own_criticals(
    own: NDArray[np.float64], target: tuple[int, int], worst: NDArray[np.float64]
) -> NDArray[np.float64]:
    kept, best = own[target], np.maximum(*own[:, target[1]])
    asked = np.full_like(kept, np.inf)
    np.divide(best - kept, best - worst, out=asked, where=worst < kept)
    return np.where(best == kept, 0.0, asked)


def _worst_of_three(own: NDArray[np.float64], rival: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a player's worst equilibrium payoff; ``own[mine, theirs]`` and ``rival[theirs, mine]`` are 2x2xN."""
    up, down = own[1] >= own[0], own[1] <= own[0]
    left, right = rival[0] >= rival[1], rival[1] >= rival[0]
    plays = [down[0] & left[0] | up[0] & left[1], down[1] & right[0] | up[1] & right[1]]
    crosses = ~up[0] & ~down[1] | ~down[0] & ~up[1]
    mixes = crosses & (left[0] & right[1] | left[1] & right[0])
    worst = np.minimum(*(np.where(ok, np.maximum(*own[:, a]), np.inf) for a, ok in enumerate(plays)))
    gain, loss = own[1, 0] - own[0, 0], own[0, 1] - own[1, 1]
    share = np.divide(gain, gain + loss, out=np.zeros_like(gain), where=mixes)
    mixed = own[0, 0] + share * (own[0, 1] - own[0, 0])
    lower: NDArray[np.float64] = np.where(mixes, np.minimum(worst, mixed), worst)
    return lower
