"""How long a truce lasts: yearly hazards by cause, survival by review, and what ends it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import (
    MAX_ROUNDS,
    check_between,
    check_class,
    check_count,
    check_known,
    check_shares,
    refusal,
)
from negotiation.games import Policy, StochasticGame, policy_matrix
from negotiation.stability.labels import dataset

if TYPE_CHECKING:
    import xarray


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
    later : array, shape (k,)
        Chance that cause c strikes in any one year after the last, given that the truce stood at its start.
    shares : array, shape (rounds, k), or None
        `shares[t, c]`: part of the ends in year t that are due to cause c. If None, each cause acts at a constant
        rate within a year, so that an end is due to a cause in proportion to -ln(1 - hazard).
    """

    causes: tuple[str, ...]
    hazards: NDArray[np.float64]
    later: NDArray[np.float64]
    shares: NDArray[np.float64] | None = None

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
        """Expected number of years, counting the year of the end, if the hazards `later` go on for ever."""
        survival, later = self.survival, 1 - float((1 - self.later).prod())
        if survival[-1] == 0:
            return float(1 + survival[:-1].sum())
        return float(1 + survival[:-1].sum() + survival[-1] / later) if later else float("inf")

    @property
    def ended_by(self) -> NDArray[np.float64]:
        """Chance that the truce has ended by the end of year t and of cause c, shape (rounds, k).

        The rows add up to one minus the survival.
        """
        standing = np.concatenate([[1.0], self.survival[:-1]])
        share = self._shares() if self.shares is None else self.shares
        ended: NDArray[np.float64] = np.cumsum(share * (self.hazard * standing)[:, None], axis=0)
        return ended

    def without(self, cause: str) -> "Survival":
        """Return survival if one cause never struck.

        Raises
        ------
        ArgumentError
            If the cause is unknown.
        """
        kept = np.array(self.causes) != check_known("cause", "Survival.without", cause, self.causes)
        shares = None if self.shares is None else _parts(self.shares * kept)
        return Survival(self.causes, _read_only(self.hazards * kept), _read_only(self.later * kept), shares)

    def to_dataset(self) -> "xarray.Dataset":
        """Return hazards, survival and what has ended the truce by year as a labelled dataset."""
        columns = {
            "hazard": (("year", "cause"), self.hazards, {"units": "chance a year"}),
            "later_hazard": ("cause", self.later, {"units": "chance a year"}),
            "survival": ("year", self.survival),
            "ended_by": (("year", "cause"), self.ended_by),
            "mean_life": ((), self.mean_life, {"units": "years"}),
        }
        return dataset(columns, {"year": np.arange(1, len(self.hazards) + 1), "cause": list(self.causes)})

    def _shares(self) -> NDArray[np.float64]:
        with np.errstate(divide="ignore"):
            rates = -np.log1p(-self.hazards)
        certain = np.isinf(rates).any(axis=1, keepdims=True)
        rates = np.where(certain, np.isinf(rates).astype(float), rates)
        return _parts(rates)


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
    later = np.array([column[-1] for column in columns] + [0.0] * len(once))
    for cause, chance in once.items():
        columns.append(
            (np.arange(rounds) == 0) * check_between(f"first_year[{cause!r}]", "survival", chance, 0, 1)
        )
    return Survival((*hazards, *once), _read_only(np.stack(columns, axis=1)), _read_only(later))


def state_survival(
    game: StochasticGame,
    policy: Policy,
    start: str | int,
    ends: Mapping[str, Collection[str | int]],
    num_rounds: int,
) -> Survival:
    """Compute survival by review, and what ends the truce, from the states of a stochastic game.

    Parameters
    ----------
    game : StochasticGame
        The game.
    policy : sequence of sequences
        For each state and player an action, by name or index, or the probabilities of all actions.
    start : str or int
        The state of the first year, in which the truce stands.
    ends : mapping from cause to collection of str or int
        The states that a cause brings about; the truce has ended once the first of them is reached.
    num_rounds : int
        Number of years.

    Returns
    -------
    Survival
        Year t ends with the move from state t to state t + 1. `mean_life` lets the hazard of the last year go on;
        `negotiation.games.absorption` computes it from the states.

    Raises
    ------
    ArgumentError
        If the policy does not fit the game, a state is unknown, stands under two causes or is the first, or no
        cause is named.

    Examples
    --------
    >>> game = StochasticGame(["truce", "war"], [[[[0, 0]]]] * 2, [[[[0.75, 0.25]]], [[[0, 1]]]], 0.9)
    >>> state_survival(game, [(0, 0)] * 2, "truce", {"war": ["war"]}, 3).survival.tolist()
    [0.75, 0.5625, 0.421875]
    """
    check_class("game", "state_survival", game, StochasticGame)
    rounds = check_count("num_rounds", "state_survival", num_rounds, most=MAX_ROUNDS)
    marks = _marks(game, game.state(start), ends)
    matrix = policy_matrix(game, policy)
    left = np.zeros(game.num_states)
    left[game.state(start)] = 1
    struck = np.zeros((rounds, len(ends)))
    for year in range(rounds):
        if (standing := left.sum()) > 0:
            left = left @ matrix
            struck[year] = [left[mark].sum() / standing for mark in marks]
            left[marks.any(axis=0)] = 0
    shares = _parts(struck)
    hazard = np.minimum(struck.sum(axis=1, keepdims=True), 1)
    hazards = _read_only(np.where(shares > 0, 1 - (1 - hazard) ** shares, 0.0))
    return Survival(tuple(ends), hazards, hazards[-1], shares)


def _parts(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each entry as a part of its row, 0 where the row is."""
    total = rates.sum(axis=1, keepdims=True)
    return _read_only(np.divide(rates, total, out=np.zeros_like(rates), where=total > 0))


def _read_only(table: NDArray[np.float64]) -> NDArray[np.float64]:
    table.setflags(write=False)
    return table


def _marks(game: StochasticGame, start: int, ends: Mapping[str, Collection[str | int]]) -> NDArray[np.bool_]:
    marks = np.zeros((len(ends), game.num_states), dtype=np.bool_)
    for row, states in zip(marks, ends.values(), strict=True):
        row[[game.state(state) for state in ([states] if isinstance(states, str) else states)]] = True
    if not len(ends) or marks.sum(axis=0).max() > 1 or marks[:, start].any():
        rule = "name at least one cause, no state twice and not the first one"
        raise refusal("ends", "state_survival", rule, dict(ends))
    return marks


def _column(name: str, chance: ArrayLike, rounds: int) -> NDArray[np.float64]:
    column = check_shares(name, "survival", chance)
    if column.shape not in ((), (rounds,)):
        raise refusal(name, "survival", f"be one number or hold {rounds}", column.shape)
    return np.broadcast_to(column, rounds)
