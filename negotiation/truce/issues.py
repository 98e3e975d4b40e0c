"""The truce issue by issue: each side sets its pressure on each of its issues, linked or in compartments."""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_known, refusal
from negotiation.evidence import Issue, Quantity
from negotiation.games import StageGame
from negotiation.stability import Linkage, Linkages, link
from negotiation.stability import linkages as link_all
from negotiation.truce import payoffs
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters


def select(chosen: Sequence[str] | None, name: str, owner: str) -> list[Issue]:
    """Return the issues with the given ids, or those of the central bundle.

    Parameters
    ----------
    chosen : sequence of str or None
        Ids of issues.
    name, owner : str
        The argument and the function that an error names.

    Raises
    ------
    ArgumentError
        If no issue is given, one is unknown or one is given twice.
    """
    table = {issue.id: issue for issue in dossier().issues}
    ids = [issue.id for issue in table.values() if issue.included] if chosen is None else list(chosen)
    for one in ids:
        check_known(name, owner, one, table)
    if not ids or len(set(ids)) != len(ids):
        raise refusal(name, owner, "name at least one issue, and each at most once", ids)
    return [table[one] for one in ids]


def temptations_and_harms(
    p: Parameters, chosen: Sequence[Issue]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each side gains and suffers on each issue, each of shape (issues, 2).

    The central split over issues is scaled so that its sums move with the aggregate temptation and harm of each
    side. The extra cost zeta of open conflict belongs to no single issue and is left out.
    """
    central = Parameters(**{one.name: one.quantity.central for one in dossier().parameters})
    gain = payoffs.temptation(p) / payoffs.temptation(central)
    loss = payoffs.harm(p) / payoffs.harm(central)
    parties = dossier().parties
    temptation = [[_size(issue.temptation, party) for party in parties] for issue in chosen]
    harm = [[_size(issue.harm, party) for party in parties] for issue in chosen]
    return np.array(temptation) * gain, np.array(harm) * loss


def issue_game(p: Parameters, chosen: Sequence[str] | None = None, *, squeeze: bool = False) -> StageGame:
    """Return the game of one year in which each side sets its pressure on each issue where it holds a lever.

    Parameters
    ----------
    p : Parameters
        Numbers.
    chosen : sequence of str, optional
        Ids of issues; those of the central bundle when left out.
    squeeze : bool, default False
        Whether the pressure on an issue may also be `sigma`, besides 0 and 1.

    Returns
    -------
    StageGame
        One action a combination of pressures, named by the issues pressed; the first is Hold on all. Payoffs are
        the value of calm plus what the own pressures gain less what the other side's cost.
    """
    picked = select(chosen, "issues", "Truce.issue_game")
    gains, harms = temptations_and_harms(p, picked)
    levels = (0.0, float(p.sigma), 1.0) if squeeze else (0.0, 1.0)
    ids = [issue.id for issue in picked]
    pressures, names = zip(
        *(_pressures(ids, [party in issue.temptation for issue in picked], levels) for party in dossier().parties),
        strict=True,
    )
    own = [payoffs.pressure_gain(x) @ gains[:, i] + (p.b_us, p.b_cn)[i] for i, x in enumerate(pressures)]
    suffered = [pressures[1 - i] @ harms[:, i] for i in range(2)]
    us, cn = own[0][:, None] - suffered[0][None, :], own[1][None, :] - suffered[1][:, None]
    return StageGame(payoffs.sides(us, cn).round(payoffs.DECIMALS), dossier().parties, names)


def linkage(p: Parameters, bundles: Sequence[Sequence[str]], *, false_alarms: Mapping[str, float]) -> Linkage:
    """Judge an arrangement of issues into bundles.

    Parameters
    ----------
    p : Parameters
        Numbers.
    bundles : sequence of sequences of str
        Ids of issues, each in at most one bundle; a breach of one ends its whole bundle.
    false_alarms : mapping from issue to float
        Yearly chance of a false alarm; 0 for an issue that is not named.

    Returns
    -------
    Linkage
        Bundles hold positions in the list of all issues named, in the order given.

    Raises
    ------
    ArgumentError
        If an issue is unknown or stands in two bundles.
    """
    if not isinstance(bundles, Sequence) or any(
        isinstance(one, str) or not isinstance(one, Sequence) for one in bundles
    ):
        raise refusal(
            "bundles", "Truce.linkage", "hold lists of issues", bundles, "One bundle is [['tariff', 'soybeans']]."
        )
    ids = [name for bundle in bundles for name in bundle]
    gains, harms = temptations_and_harms(p, select(ids, "bundles", "Truce.linkage"))
    for name in false_alarms:
        check_known("false_alarms", "Truce.linkage", name, ids)
    alarms = [false_alarms.get(name, 0.0) for name in ids]
    ends = np.cumsum([0, *map(len, bundles)])
    arranged = [range(start, end) for start, end in pairwise(ends)]
    return link(gains, harms, arranged, patience=float(payoffs.patience(p)), false_alarms=alarms)


def linkages(p: Parameters, chosen: Sequence[str] | None, *, false_alarms: Mapping[str, float]) -> Linkages:
    """Judge every arrangement of issues into bundles.

    Parameters
    ----------
    p : Parameters
        Numbers.
    chosen : sequence of str or None
        Ids of issues; those of the central bundle if None.
    false_alarms
        As in `linkage`.
    """
    picked = select(chosen, "issues", "Truce.linkages")
    ids = [issue.id for issue in picked]
    for name in false_alarms:
        check_known("false_alarms", "Truce.linkages", name, ids)
    alarms = [false_alarms.get(name, 0.0) for name in ids]
    gains, harms = temptations_and_harms(p, picked)
    return link_all(gains, harms, patience=float(payoffs.patience(p)), false_alarms=alarms, issues=ids)


def _size(quantities: Mapping[str, Quantity], party: str) -> float:
    return quantities[party].central if party in quantities else 0.0


def _pressures(
    ids: Sequence[str], holds_lever: Sequence[bool], levels: tuple[float, ...]
) -> tuple[NDArray[np.float64], list[str]]:
    rows = np.array(list(product(*(levels if lever else (0.0,) for lever in holds_lever))))
    words = {0.0: "", levels[-1]: "break"} | ({levels[1]: "squeeze"} if len(levels) > 2 else {})
    names = []
    for row in rows:
        pressed = [f"{words[x]} {name}" for x, name in zip(row, ids, strict=True) if x]
        names.append(", ".join(pressed) or "hold")
    return rows, names
