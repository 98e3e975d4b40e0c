"""Holding for the sake of the future: temptation against harm.

In a separable truce a side that breaks gains `temptation` this year, and from the next year on the other side
breaks too, which costs it `harm` a year compared with the gain of breaking unanswered. With the next year worth
`patience` of this one (discounting times the chance that the truce is still there to be lost), a side holds if
and only if

    patience * harm >= temptation.

All functions work elementwise on arrays of any shapes that broadcast.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_positive, check_shares


def critical_patience(temptation: ArrayLike, harm: ArrayLike) -> NDArray[np.float64]:
    """Compute the patience from which a side holds on its own account.

    Parameters
    ----------
    temptation : array_like
        Net gain of one year of breaking, in payoff units a year.
    harm : array_like
        Yearly loss once the other side breaks too, in payoff units a year.

    Returns
    -------
    array
        temptation / harm: 0 where there is nothing to gain, `inf` where there is and nothing to lose, or where
        open conflict is itself the better state; a value of 1 or more means that no patience is enough.

    Notes
    -----
    It equals (T - R) / (T - P) of the repeated prisoner's dilemma under the grim trigger.

    Examples
    --------
    >>> critical_patience([2.1, 2.6], [6.48, 10.8]).round(3)
    array([0.324, 0.241])
    """
    gain = check_array("temptation", "critical_patience", temptation)
    loss = check_array("harm", "critical_patience", harm)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(loss > 0, gain / loss, np.inf)
    return np.where(gain > 0, ratio, np.where(loss >= gain, 0.0, np.inf))


def slack(temptation: ArrayLike, harm: ArrayLike, patience: ArrayLike) -> NDArray[np.float64]:
    """Compute by how much the harm feared outweighs the gain of breaking, in payoff units a year.

    Parameters
    ----------
    temptation, harm : array_like
        As in `critical_patience`.
    patience : array_like
        Weight of the next year, in [0, 1].

    Returns
    -------
    array
        patience * harm - temptation; a side holds where it is at least 0.
    """
    gain = check_array("temptation", "slack", temptation)
    return check_shares("patience", "slack", patience) * check_array("harm", "slack", harm) - gain


def largest_hazard(temptation: ArrayLike, harm: ArrayLike, patience: ArrayLike) -> NDArray[np.float64]:
    """Compute the largest further yearly hazard under which a side still holds.

    With a hazard x on top, patience falls to patience * (1 - x). Put the patience without erosion and the
    answer is the rate at which the lever may be lost before the side strikes first; put the patience without
    fresh negotiations and it is the chance at which a yearly review may treat promises as bygones.

    Parameters
    ----------
    temptation, harm, patience : array_like
        As in `slack`; patience leaves out the hazard in question.

    Returns
    -------
    array
        1 - (temptation / harm) / patience; negative where the side does not hold even without the hazard.
    """
    weight = check_positive("patience", "largest_hazard", check_shares("patience", "largest_hazard", patience))
    return 1 - critical_patience(temptation, harm) / weight


def present_slack(temptation: ArrayLike, harm: ArrayLike, patience: ArrayLike) -> NDArray[np.float64]:
    """Compute the slack as a present value, in payoff units.

    Parameters
    ----------
    temptation, harm, patience : array_like
        As in `slack`; patience below 1.

    Returns
    -------
    array
        slack / (1 - patience): the value of the truce from next year on less the gain of breaking now.
    """
    return slack(temptation, harm, patience) / check_positive(
        "1 - patience", "present_slack", 1 - np.asarray(patience)
    )


def largest_pending_risk(temptation: ArrayLike, harm: ArrayLike, patience: ArrayLike) -> NDArray[np.float64]:
    """Compute the chance of losing the truce at a ruling next year from which a side breaks before it.

    Terms are fixed, so that the truce ends if the ruling goes against the other side's lever. Until then
    V = (harm - temptation) / (1 - patience) is the value of the truce over open conflict.

    Parameters
    ----------
    temptation, harm, patience : array_like
        As in `slack`; temptation below harm, patience strictly between 0 and 1.

    Returns
    -------
    array
        1 - temptation / (patience * V).
    """
    owner = "largest_pending_risk"
    gain, loss = check_array("temptation", owner, temptation), check_positive("harm", owner, harm)
    weight = check_positive("patience", owner, patience)
    surplus = check_positive("harm - temptation", owner, loss - gain)
    value = surplus / check_positive("1 - patience", owner, 1 - weight)
    return 1 - gain / (weight * value)


def patience_with_lag(temptation: ArrayLike, harm: ArrayLike, lag: ArrayLike) -> NDArray[np.float64]:
    """Compute the yearly patience that is needed when the answer to a break comes after `lag` years.

    Parameters
    ----------
    temptation, harm : array_like
        As in `critical_patience`.
    lag : array_like
        Years before the other side can answer, above 0.

    Returns
    -------
    array
        (temptation / harm) ** (1 / lag): a shorter lag asks for less patience.
    """
    delay = check_positive("lag", "patience_with_lag", lag)
    needed: NDArray[np.float64] = critical_patience(temptation, harm) ** (1 / delay)
    return needed


def relative_radius(temptation: ArrayLike, harm: ArrayLike, patience: ArrayLike) -> NDArray[np.float64]:
    """Compute the largest common relative error, all of it adverse, that a side's holding survives.

    Parameters
    ----------
    temptation, harm, patience : array_like
        As in `slack`; patience above 0.

    Returns
    -------
    array
        The error e that solves patience (1 - e) harm (1 - e) = temptation (1 + e). Negative where the side does
        not hold: it would take so large a common error in its favour; -1 where there is no harm to fear, as only
        a temptation of nil would help. 1 where there is no temptation.

    Notes
    -----
    With a = patience * harm / temptation, e = (2 a + 1 - sqrt(8 a + 1)) / (2 a), which is computed as
    2 (a - 1) / (2 a + 1 + sqrt(8 a + 1)).

    Examples
    --------
    >>> relative_radius([2.1, 2.6], [6.48, 10.8], 0.57358).round(3)
    array([0.183, 0.27 ])
    """
    owner = "relative_radius"
    gain, loss = check_array("temptation", owner, temptation), check_array("harm", owner, harm)
    weight = check_positive("patience", owner, check_shares("patience", owner, patience))
    a = weight * np.maximum(loss, 0) / np.where(gain > 0, gain, 1.0)
    return np.where(gain > 0, 2 * (a - 1) / (2 * a + 1 + np.sqrt(8 * a + 1)), 1.0)
