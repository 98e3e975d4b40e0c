"""Several issues at once: one bundle in which every breach is answered everywhere, or separate compartments."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_between, check_shares, refusal
from negotiation.stability.incentives import critical_patience

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@final
@dataclass(frozen=True, eq=False)
class Linkage:
    """Issues arranged in bundles.

    Parameters
    ----------
    bundles : tuple of tuple of int
        Indices of the issues of each bundle.
    critical : array, shape (bundles, n)
        Smallest patience at which each player holds in each bundle when no alarm is false; `inf` for a player
        with something to gain and nothing to lose.
    holds : array of bool, shape (bundles,)
        Whether every player holds at the given patience and false alarms.
    values : array, shape (bundles,)
        Present value over conflict of each bundle, all players together; 0 where it does not hold.
    """

    bundles: tuple[tuple[int, ...], ...]
    critical: NDArray[np.float64]
    holds: NDArray[np.bool_]
    values: NDArray[np.float64]

    @property
    def total_value(self) -> float:
        """Present value over conflict of all bundles."""
        return float(self.values.sum())


def link(
    temptation: ArrayLike,
    harm: ArrayLike,
    bundles: Sequence[Sequence[int]],
    *,
    patience: float,
    false_alarms: ArrayLike = 0.0,
) -> Linkage:
    """Judge an arrangement of issues into bundles.

    Parameters
    ----------
    temptation, harm : array_like, shape (issues, n)
        What each player gains a year by breaking on each issue, and loses a year when the others do.
    bundles : sequence of sequences of int
        Each issue in at most one bundle. A breach or a false alarm on one issue ends its whole bundle for ever.
    patience : float
        Weight of the next year, in (0, 1).
    false_alarms : array_like, shape (issues,), default 0
        Yearly chance of a false alarm on each issue.

    Returns
    -------
    Linkage

    Raises
    ------
    ArgumentError
        If shapes differ, an issue is unknown or stands in two bundles, or a number is out of range.

    Notes
    -----
    Player i holds in a bundle if patience * (1 - e) * sum(harm) >= sum(temptation), where e is the chance that
    some issue of the bundle raises a false alarm. The bundle is then worth sum(harm - temptation) /
    (1 - patience (1 - e)). Where a temptation is negative, a player who breaks the bundle still holds on that
    issue in the year of the break: it counts as 0, and the harm there is larger by as much. Without noise the
    threshold of a bundle lies between those of its parts, and linking never loses [BW90]_; with noise it is
    contagious.

    References
    ----------
    .. [BW90] B. D. Bernheim and M. Whinston (1990), Multimarket contact and collusive behavior, RAND Journal of
       Economics 21, 1-26.

    Examples
    --------
    >>> both = link([[3], [1]], [[4], [6]], [[0, 1]], patience=0.6)
    >>> apart = link([[3], [1]], [[4], [6]], [[0], [1]], patience=0.6)
    >>> both.holds, apart.holds
    (array([ True]), array([False,  True]))
    """
    gains, losses, alarms, weight = issue_arrays("link", temptation, harm, patience, false_alarms)
    chosen = tuple(tuple(bundle) for bundle in bundles)
    _check_bundles(chosen, len(gains))
    members = np.zeros((len(chosen), len(gains)), dtype=np.bool_)
    for row, bundle in zip(members, chosen, strict=True):
        row[list(bundle)] = True
    return Linkage(chosen, *judge_bundles(gains, losses, alarms, weight, members))


def issue_arrays(
    owner: str, temptation: ArrayLike, harm: ArrayLike, patience: float, false_alarms: ArrayLike
) -> tuple[Floats, Floats, Floats, float]:
    """Return temptation and harm, shape (issues, n), false alarms, shape (issues,), and patience as checked."""
    gains, losses = check_array("temptation", owner, temptation), check_array("harm", owner, harm)
    if gains.ndim != 2 or gains.shape != losses.shape:
        raise refusal("harm", owner, f"have the shape (issues, n) of 'temptation', {gains.shape}", losses.shape)
    weight = check_between("patience", owner, patience, 0, 1, open_ends=True)
    alarms = check_shares("false_alarms", owner, false_alarms)
    if alarms.shape not in ((), gains.shape[:1]):
        raise refusal("false_alarms", owner, f"be one number or hold {len(gains)}, one an issue", alarms.shape)
    return gains, losses, np.broadcast_to(alarms, len(gains)), weight


def judge_bundles(
    gains: Floats, losses: Floats, alarms: Floats, patience: float, members: Bools
) -> tuple[Floats, Bools, Floats]:
    """Judge many bundles at once.

    Parameters
    ----------
    gains, losses, alarms, patience
        As from `issue_arrays`.
    members : array of bool, shape (bundles, issues)
        The issues of each bundle.

    Returns
    -------
    tuple of arrays
        Critical patience, shape (bundles, n), whether the bundle holds and what it is worth, as in `Linkage`.
    """
    taken = np.maximum(gains, 0)  # whoever breaks does so only where it pays
    gain, loss = members @ taken, members @ (losses - gains + taken)
    weight = patience * np.where(members, 1 - alarms, 1.0).prod(axis=1)
    holds: Bools = (weight[:, None] * loss >= gain).all(axis=1)
    values: Floats = np.where(holds, (loss - gain).sum(axis=1) / (1 - weight), 0.0)
    return critical_patience(gain, loss), holds, values


def _check_bundles(bundles: tuple[tuple[int, ...], ...], num_issues: int) -> None:
    listed: list[Hashable] = [issue for bundle in bundles for issue in bundle]
    if not bundles or not all(bundles):
        raise refusal("bundles", "link", "hold at least one bundle and no empty one", bundles)
    if len(set(listed)) != len(listed) or not set(listed) <= set(range(num_issues)):
        raise refusal("bundles", "link", f"name each of the issues 0 to {num_issues - 1} at most once", bundles)
