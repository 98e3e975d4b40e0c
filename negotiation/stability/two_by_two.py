"""2x2 games by the thousand: arrays of payoffs in, arrays of answers out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, refusal
from negotiation._kernels.critical import fill_critical, fill_transfers, fill_worst

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
    games = _games("worst_equilibrium_payoffs", payoffs)
    worst = np.empty((*games.shape[:-3], 2))
    fill_worst(games.reshape(-1, 2, 2, 2), worst.reshape(-1, 2))
    return worst


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
    games = _games("critical_discounts", payoffs)
    asked = np.empty((*games.shape[:-3], 2))
    fill_critical(games.reshape(-1, 2, 2, 2), *profile, asked.reshape(-1, 2))
    return asked


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
    games = _games("transfer_critical_discounts", payoffs)
    needed = np.empty(games.shape[:-3])
    fill_transfers(games.reshape(-1, 2, 2, 2), PROFILES.index(profile), needed.reshape(-1))
    return needed


def _check_profile(profile: tuple[int, int], owner: str) -> None:
    if profile not in PROFILES:
        raise refusal("profile", owner, "be a pair of actions 0 or 1", profile)


def _games(owner: str, payoffs: ArrayLike) -> NDArray[np.float64]:
    games = check_array("payoffs", owner, payoffs)
    if games.shape[-3:] != (2, 2, 2):
        raise refusal("payoffs", owner, "have shape (..., 2, 2, 2)", games.shape)
    return np.ascontiguousarray(games)
