"""Every arrangement of issues into bundles: which hold, what breaks the others, and which is worth most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_names, refusal
from negotiation.stability.labels import dataset
from negotiation.stability.linkage import Linkage, issue_arrays, judge_bundles, link

if TYPE_CHECKING:
    import xarray

MOST_ISSUES = 11
"""Largest number of issues: 11 have 678,570 arrangements, 12 have 4,213,597."""

ROUNDING = 1e-12
"""Relative difference below which two values count as equal."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@final
@dataclass(frozen=True, eq=False)
class Linkages:
    """All arrangements of some issues into bundles.

    A bundle is numbered by the sum of 2**k over its issues k; entry 0 of the arrays over bundles is the empty one,
    which holds and is worth nothing.

    Parameters
    ----------
    issues : tuple of str, shape (m,)
        Names of the issues.
    temptation, harm : array, shape (m, n)
        As given.
    patience : float
        Weight of the next year.
    false_alarms : array, shape (m,)
        Yearly chance of a false alarm on each issue.
    critical : array, shape (2**m, n)
        Smallest patience at which each player holds in each bundle when no alarm is false.
    holds : array of bool, shape (2**m,)
        Whether each bundle is self-enforcing at the given patience and false alarms.
    values : array, shape (2**m,)
        Present value over conflict of each bundle, all players together; 0 where it does not hold.
    best_apart : array, shape (2**m,)
        The largest total value of any arrangement of the bundle's issues into two or more bundles; 0 for a single
        issue.
    labels : array of int, shape (arrangements, m)
        The bundle of each issue in each arrangement; bundles are numbered in the order of their first issues.
    totals : array, shape (arrangements,)
        Total value of each arrangement.
    all_hold : array of bool, shape (arrangements,)
        Whether all its bundles are self-enforcing.
    """

    issues: tuple[str, ...]
    temptation: Floats
    harm: Floats
    patience: float
    false_alarms: Floats
    critical: Floats
    holds: Bools
    values: Floats
    best_apart: Floats
    labels: NDArray[np.int8]
    totals: Floats
    all_hold: Bools

    def bundle(self, number: int) -> tuple[str, ...]:
        """Return the names of the issues of a bundle."""
        return tuple(name for k, name in enumerate(self.issues) if number >> k & 1)

    def arrangement(self, index: int) -> tuple[tuple[str, ...], ...]:
        """Return the bundles of an arrangement as names of issues."""
        row = self.labels[index]
        return tuple(
            tuple(name for name, one in zip(self.issues, row, strict=True) if one == label)
            for label in range(row.max() + 1)
        )

    @property
    def best(self) -> tuple[tuple[str, ...], ...]:
        """The arrangement with the largest total value; of equals, the one with the fewest bundles."""
        tied = np.flatnonzero(self.totals >= self.totals.max() * (1 - ROUNDING))
        return self.arrangement(int(tied[self.labels[tied].max(axis=1).argmin()]))

    def judged(self, arrangement: Sequence[Sequence[str]]) -> Linkage:
        """Judge an arrangement by names of issues, as `link` does by their positions."""
        chosen = [[self.issues.index(name) for name in bundle] for bundle in arrangement]
        options: dict[str, Any] = {"patience": self.patience, "false_alarms": self.false_alarms}
        return link(self.temptation, self.harm, chosen, **options)

    def failing(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return the bundles that are not self-enforcing, each with the issues whose removal alone mends it.

        No issue mends a bundle that fails without any one of them; a single issue that fails is mended by giving
        it up.
        """
        return {
            self.bundle(number): tuple(
                name for k, name in enumerate(self.issues) if number >> k & 1 and self.holds[number ^ 1 << k]
            )
            for number in np.flatnonzero(~self.holds).tolist()
        }

    def contagious(self) -> Mapping[tuple[str, ...], float]:
        """Return the bundles that false alarms make worth less than their issues apart, and by how much.

        Without noise they would be worth no less. Bundles that noise breaks altogether are among them.
        """
        count = len(self.issues)
        quiet = judge_bundles(self.temptation, self.harm, np.zeros(count), self.patience, _members(count))[2]
        loss, before = self.best_apart - self.values, _best_apart(quiet) - quiet
        spread = (loss > ROUNDING * np.abs(self.best_apart)) & (before <= ROUNDING * np.abs(quiet))
        return {self.bundle(number): float(loss[number]) for number in np.flatnonzero(spread).tolist()}

    def to_dataset(self) -> "xarray.Dataset":
        """Return all arrangements, with the issues that they arrange, as a labelled dataset."""
        columns = {
            "temptation": (("issue", "player"), self.temptation),
            "harm": (("issue", "player"), self.harm),
            "false_alarms": ("issue", self.false_alarms),
            "bundle": (("arrangement", "issue"), self.labels),
            "total_value": ("arrangement", self.totals),
            "all_hold": ("arrangement", self.all_hold),
        }
        return dataset(columns, {"issue": list(self.issues)}, patience=self.patience)


def linkages(
    temptation: ArrayLike,
    harm: ArrayLike,
    *,
    patience: float,
    false_alarms: ArrayLike = 0.0,
    issues: Sequence[str] | None = None,
) -> Linkages:
    """Judge every arrangement of issues into bundles.

    Parameters
    ----------
    temptation, harm, patience, false_alarms
        As in `link`; at most 11 issues.
    issues : sequence of str, optional
        Names of the issues; their positions when left out.

    Returns
    -------
    Linkages

    Raises
    ------
    ArgumentError
        As in `link`, or if there are more than 11 issues.

    Notes
    -----
    An arrangement is worth what its bundles are worth, so that each of the 2^m bundles is judged once. There are
    as many arrangements as the Bell number of m. The best arrangement of the issues of a bundle is found by
    splitting off the part that holds its first issue, in 3^m steps.

    Examples
    --------
    >>> every = linkages([[3], [1], [1]], [[4], [6], [2]], patience=0.6, issues=["hard", "easy", "fair"])
    >>> len(every.totals), every.best
    (5, (('hard', 'easy', 'fair'),))
    >>> every.failing()
    {('hard',): ('hard',), ('hard', 'fair'): ('hard',)}
    """
    gains, losses, alarms, weight = issue_arrays("linkages", temptation, harm, patience, false_alarms)
    count = len(gains)
    if not 1 <= count <= MOST_ISSUES:
        way_out = "link(...) judges one arrangement of any number of issues."
        raise refusal("temptation", "linkages", f"hold 1 to {MOST_ISSUES} issues", count, way_out)
    names = tuple(map(str, range(count))) if issues is None else check_names("issues", "linkages", issues, count)
    critical, holds, values = judge_bundles(gains, losses, alarms, weight, _members(count))
    labels = _arrangements(count)
    numbers = [(labels == label) @ (1 << np.arange(count)) for label in range(count)]
    found = Linkages(
        names, gains, losses, weight, alarms, critical, holds, values, _best_apart(values), labels,
        sum((values[one] for one in numbers), np.zeros(len(labels))),
        np.all([holds[one] for one in numbers], axis=0),
    )  # fmt: skip
    for array in (critical, holds, values, found.best_apart, labels, found.totals, found.all_hold):
        array.setflags(write=False)
    return found


def _members(count: int) -> Bools:
    """Return the issues of every bundle, one a row."""
    return (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(np.bool_)


def _arrangements(count: int) -> NDArray[np.int8]:
    """Return every set partition as a row of labels: each at most one above all labels before it."""
    rows = np.zeros((1, 1), dtype=np.int8)
    for _ in range(count - 1):
        choices = rows.max(axis=1).astype(np.int64) + 2
        last = np.arange(choices.sum()) - np.repeat(np.cumsum(choices) - choices, choices)
        rows = np.column_stack([np.repeat(rows, choices, axis=0), last.astype(np.int8)])
    return rows


def _best_apart(values: Floats) -> Floats:
    best, apart = values.copy(), np.zeros(len(values))
    for number in range(1, len(values)):
        first = number & -number
        rest = number ^ first
        parts = [first | part for part in _parts(rest) if part != rest]
        if parts:
            apart[number] = max(values[part] + best[number ^ part] for part in parts)
            best[number] = max(best[number], apart[number])
    return apart


def _parts(number: int) -> list[int]:
    """Return the numbers of all bundles within one, the empty one among them."""
    found, part = [0], number
    while part:
        found.append(part)
        part = (part - 1) & number
    return found
