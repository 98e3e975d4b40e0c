"""Deniable cheating: what a noisy alarm can deter.

A year of cheating is worth `gain` and raises the chance of an alarm from `false_alarm` to `detection`. An alarm
starts a conflict of `length` years, each of which costs `cost` compared with holding.
"""

import math

from negotiation._checks import check_between, check_number, refusal


def conflict_loss(cost: float, delta: float, false_alarm: float, length: float) -> float:
    """Compute the expected loss from one conflict, in payoff units at its start.

    Parameters
    ----------
    cost : float
        Yearly cost of conflict compared with holding, above 0.
    delta : float
        Discount factor per year, in (0, 1).
    false_alarm : float
        Yearly chance of an alarm while both hold.
    length : float
        Years of conflict; `inf` for ever.

    Returns
    -------
    float
        cost * A / (1 + delta * false_alarm * A) with A = (1 - delta^length) / (1 - delta): the truce to which
        the sides return is itself subject to false alarms.

    Examples
    --------
    >>> round(conflict_loss(4, 0.9, 0.1, 3), 6)
    8.714527
    """
    _check("conflict_loss", 0.0, cost, delta, false_alarm)
    if length != math.inf and check_number("length", "conflict_loss", length) < 0:
        raise refusal("length", "conflict_loss", "be at least 0", length)
    years = (1 - math.pow(delta, length)) / (1 - delta)
    return cost * years / (1 + delta * false_alarm * years)


def punishment_length(gain: float, cost: float, delta: float, false_alarm: float, detection: float) -> float:
    """Compute the shortest conflict, in years and not rounded, that deters deniable cheating.

    Parameters
    ----------
    gain : float
        Yearly gain of cheating unpunished, in payoff units.
    cost, delta, false_alarm
        As in `conflict_loss`.
    detection : float
        Yearly chance of an alarm while one side cheats.

    Returns
    -------
    float
        The length T* at which the fear of the alarm just outweighs the gain; its ceiling is the number of
        whole years needed. 0 where there is nothing to deter, `inf` where no length is enough.

    Notes
    -----
    Cheating is deterred if delta (detection - false_alarm) times the loss of a conflict is at least the gain,
    that is, if A >= gain / (delta (detection - false_alarm) cost - delta false_alarm gain). The logic is that of
    [GP84]_.

    References
    ----------
    .. [GP84] E. Green and R. Porter (1984), Noncooperative collusion under imperfect price information,
       Econometrica 52, 87-100.

    Examples
    --------
    >>> round(punishment_length(1, 4, 0.9, 0.2, 0.3), 2)
    7.7
    """
    _check("punishment_length", gain, cost, delta, false_alarm)
    check_between("detection", "punishment_length", detection, 0, 1)
    if gain <= 0:
        return 0.0
    strength = delta * ((detection - false_alarm) * cost - false_alarm * gain)
    remaining = 1 - (1 - delta) * gain / strength if strength > 0 else 0.0
    return math.log(remaining) / math.log(delta) if remaining > 0 else math.inf


def monitoring_gap(gain: float, cost: float, delta: float, false_alarm: float) -> float:
    """Compute the smallest rise of the alarm's chance with which an endless conflict deters cheating.

    Parameters
    ----------
    gain, cost, delta, false_alarm
        As in `punishment_length`.

    Returns
    -------
    float
        gain ((1 - delta) / delta + false_alarm) / cost.
    """
    _check("monitoring_gap", gain, cost, delta, false_alarm)
    return max(gain, 0.0) * ((1 - delta) / delta + false_alarm) / cost


def _check(owner: str, gain: float, cost: float, delta: float, false_alarm: float) -> None:
    check_number("gain", owner, gain)
    check_between("delta", owner, delta, 0, 1, open_ends=True)
    check_between("false_alarm", owner, false_alarm, 0, 1)
    if check_number("cost", owner, cost) <= 0:
        raise refusal("cost", owner, "be above 0", cost)
