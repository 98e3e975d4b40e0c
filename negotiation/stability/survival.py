"""How long a truce lasts: yearly hazards by cause, survival by review, and what ends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import MAX_ROUNDS, check_between, check_count, check_shares, refusal


@final
@dataclass(frozen=True, eq=False)
class Survival:
    """Survival of a truce under independent causes of an end.

    Parameters
    ----------
    causes : tuple of str
        Names of the causes, shape (k,).
    hazards : array, shape (rounds, k)
        `hazards[t, c]`: chance that cause c strikes in year t, given that the truce stood at its start.
    later : float
        Chance that the truce ends in any one year after the last, given that it stood at its start.
    """

    causes: tuple[str, ...]
    hazards: NDArray[np.float64]
    later: float

    @property
    def hazard(self) -> NDArray[np.float64]:
        """Chance that the truce ends in year t given that it stood at its start, shape (rounds,)."""
        stays: NDArray[np.float64] = (1 - self.hazards).prod(axis=1)
        return 1 - stays

    @property
    def survival(self) -> NDArray[np.float64]:
        """Chance that the truce stands at the end of year t, shape (rounds,)."""
        stands: NDArray[np.float64] = (1 - self.hazard).cumprod()
        return stands

    @property
    def mean_life(self) -> float:
        """Expected number of years, counting the year of the end, if the hazard `later` goes on for ever."""
        survival = self.survival
        if survival[-1] == 0:
            return float(1 + survival[:-1].sum())
        return float(1 + survival[:-1].sum() + survival[-1] / self.later) if self.later else float("inf")

    @property
    def ended_by(self) -> NDArray[np.float64]:
        """Chance that the truce has ended by the end of year t and of cause c, shape (rounds, k).

        Within a year each cause acts at a constant rate, so that the end is due to a cause in proportion to
        -ln(1 - hazard). The rows add up to one minus the survival.
        """
        with np.errstate(divide="ignore"):
            rates = -np.log1p(-self.hazards)
        certain = np.isinf(rates).any(axis=1, keepdims=True)
        rates = np.where(certain, np.isinf(rates).astype(float), rates)
        total = rates.sum(axis=1, keepdims=True)
        share = np.divide(rates, total, out=np.zeros_like(rates), where=total > 0)
        standing = np.concatenate([[1.0], self.survival[:-1]])
        ended: NDArray[np.float64] = np.cumsum(share * (self.hazard * standing)[:, None], axis=0)
        return ended


def survival(
    hazards: Mapping[str, ArrayLike], num_rounds: int, *, first_year: Mapping[str, float] | None = None
) -> Survival:
    """Combine independent yearly hazards into a survival curve.

    Parameters
    ----------
    hazards : mapping from cause to float or array_like, shape (num_rounds,)
        Yearly chance of an end by that cause; a single number holds for every year. The last year's chance
        goes on after it.
    num_rounds : int
        Number of years, at least 1.
    first_year : mapping from cause to float, optional
        Chance of an end by causes that act in the first year only.

    Raises
    ------
    ArgumentError
        If there is no cause, one stands in both mappings, a chance lies outside [0, 1], an array has another
        length, or `num_rounds` lies outside 1 to `MAX_ROUNDS`.

    Examples
    --------
    >>> curve = survival({"turnover": 0.08, "shock": 0.06, "alarm": 0.035}, 5)
    >>> curve.survival.round(3)
    array([0.835, 0.696, 0.581, 0.485, 0.405])
    """
    rounds, once = check_count("num_rounds", "survival", num_rounds, most=MAX_ROUNDS), first_year or {}
    if not (hazards or once):
        raise refusal("hazards", "survival", "name at least one cause", "{}")
    if twice := sorted(set(hazards) & set(once)):
        raise refusal("first_year", "survival", "name other causes than 'hazards'", twice)
    columns = [_column(f"hazards[{cause!r}]", chance, rounds) for cause, chance in hazards.items()]
    later = 1 - float(np.prod([1 - column[-1] for column in columns]))
    for cause, chance in once.items():
        columns.append(
            (np.arange(rounds) == 0) * check_between(f"first_year[{cause!r}]", "survival", chance, 0, 1)
        )
    table = np.stack(columns, axis=1)
    table.setflags(write=False)
    return Survival((*hazards, *once), table, later)


def _column(name: str, chance: ArrayLike, rounds: int) -> NDArray[np.float64]:
    column = check_shares(name, "survival", chance)
    if column.shape not in ((), (rounds,)):
        raise refusal(name, "survival", f"be one number or hold {rounds}", column.shape)
    return np.broadcast_to(column, rounds)
