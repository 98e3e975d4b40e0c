"""What becomes of the truce year by year along the leverage race, and what ends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.stability import SelfEnforcing
from negotiation.truce.race import INTACT, LeverageRace

Array = NDArray[np.float64]

INCENTIVE = "incentive to break"
CAUSE_OF = {"authority": "court ruling", "markets": "new markets", "calendar": "calendar"}
"""What ends the truce where a component moves to a value at which it is not upheld; tiers mean lost dependence."""

LOST = "lost dependence"
BOTH = " and "


@final
@dataclass(frozen=True, eq=False)
class RaceCourse:
    """The truce by year, given the states in which it is upheld.

    Parameters
    ----------
    causes : tuple of str
        What can end it.
    survival : array, shape (years + 1,)
        Chance that the truce has not ended by the start of year t.
    ended_by : array, shape (years + 1, causes)
        Chance that it has ended by then and of that cause.
    mean_life : float
        Expected number of years that it is kept, followed beyond the last year.
    states : array, shape (years + 1, states)
        Chance of each state at the start of year t with the truce still kept; the rows add up to `survival`.
    """

    causes: tuple[str, ...]
    survival: Array
    ended_by: Array
    mean_life: float
    states: Array

    def expected(self, values: Array) -> Array:
        """Return by year the average over states of values, shape (states, ...), given that the truce is kept."""
        kept = np.where(self.states > 0, self.states, 0.0)
        safe = np.where(np.isfinite(values), values, 0.0)
        total = np.tensordot(kept, safe, axes=1)
        stands = self.survival.reshape(-1, *[1] * (values.ndim - 1))
        average: Array = np.divide(total, stands, out=np.full_like(total, np.nan), where=stands > 0)
        return average


def follow(race: LeverageRace, found: SelfEnforcing, years: int) -> RaceCourse:
    """Follow the truce from the first state through some years."""
    game, upheld = race.game, found.upheld
    standing = np.array([race.is_truce(state) for state in game.states])
    kept = upheld & standing
    matrix = np.array([game.transitions[k][profile] for k, profile in enumerate(found.agreement)])
    ends = list(_ends(race, found, kept, matrix))
    causes = tuple(dict.fromkeys([INCENTIVE, *(cause for _, cause, _ in ends)]))
    by_cause = np.zeros((len(causes), game.num_states))
    for state, cause, chance in ends:
        by_cause[causes.index(cause), state] += chance
    inside = np.where(kept[:, None] & kept, matrix, 0.0)
    here = np.zeros(game.num_states)
    here[game.state(race.start)] = kept[game.state(race.start)]
    states, ended = np.empty((years + 1, game.num_states)), np.zeros((years + 1, len(causes)))
    ended[0, 0] = 1 - here.sum()
    states[0] = here
    for year in range(years):
        ended[year + 1] = ended[year] + by_cause @ states[year]
        states[year + 1] = states[year] @ inside
    life = float(np.linalg.solve((np.eye(game.num_states) - inside).T, here).sum())
    return RaceCourse(causes, states.sum(axis=1), ended, life, states)


def first_strike(race: LeverageRace, found: SelfEnforcing, years: int) -> Array:
    """Return the chance that each side has come to a state in which it gains by striking first.

    Both sides hold until then; a shock that ends the truce ends the wait as well.

    Returns
    -------
    array, shape (years + 1, 2)
        By the start of year t.
    """
    game = race.game
    standing = np.array([race.is_truce(state) for state in game.states])
    matrix = np.array([game.transitions[k][profile] for k, profile in enumerate(found.agreement)])
    chances = np.zeros((years + 1, 2))
    for side in (0, 1):
        tempted = standing & ~found.upheld & (found.slacks[:, side] < 0)
        waiting = standing & ~tempted
        here = np.zeros(game.num_states)
        here[game.state(race.start)] = 1
        chances[0, side] = here[tempted].sum()
        for year in range(years):
            here = np.where(waiting, here, 0.0) @ matrix
            chances[year + 1, side] = chances[year, side] + here[tempted].sum()
    return chances


def _ends(
    race: LeverageRace, found: SelfEnforcing, kept: NDArray[np.bool_], matrix: Array
) -> Iterator[tuple[int, str, float]]:
    """List the moves that end the truce: from which state, for what cause, with which chance."""
    game = race.game
    for state in np.flatnonzero(kept).tolist():
        to_conflict = 0.0
        for following in np.flatnonzero(matrix[state]).tolist():
            chance = float(matrix[state, following])
            if not race.is_truce(game.states[following]):
                to_conflict += chance
            elif not found.upheld[following]:
                yield state, _cause(race, found, state, following), chance
        for cause, share in race.risks(game.states[state]).items():
            if share > 0:
                yield state, cause, share * to_conflict


def _cause(race: LeverageRace, found: SelfEnforcing, state: int, following: int) -> str:
    """Name the moves without which the truce would still be upheld, or all if each of them is enough."""
    before, after = (race.components[race.game.states[k]] for k in (state, following))
    moved = [name for name in after if after[name] != before[name]]
    harmless = {**before, "authority": INTACT}
    needed = [name for name in moved if _upheld(race, found, {**after, name: harmless[name]})]
    blamed = needed or [name for name in moved if name != "calendar"] or moved
    return BOTH.join(dict.fromkeys(CAUSE_OF.get(name, LOST) for name in blamed))


def _upheld(race: LeverageRace, found: SelfEnforcing, components: dict[str, str]) -> bool:
    name = race.name_of(components)
    return name in race.components and found.holds(name)
