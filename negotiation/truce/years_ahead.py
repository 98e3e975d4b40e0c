"""The truce as pictures show it: where each side stands over the draws, and the years ahead."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation.games import Automaton, grim_trigger
from negotiation.solvers import PayoffSet, payoff_set
from negotiation.stability import Survival, critical_patience
from negotiation.truce import payoffs
from negotiation.truce.judge import SEED
from negotiation.truce.truce import Truce

NUM_YEARS = 12
"""Years ahead that are shown: erosion ends the deterrent within them in most draws."""

STANDING_DRAWS = 1_500
"""Draws behind a standing: enough for its range, few enough to be seen apart as dots."""

MIDDLE = (0.1, 0.9)
"""Ends of the range of a standing, as quantiles of the draws."""


@final
@dataclass(frozen=True, eq=False)
class Standing:
    """Where both sides of one reading stand, and where they may stand.

    Parameters
    ----------
    reading : str
        Name of the reading.
    patience : float
        Weight of next year's truce.
    needed : array, shape (2,)
        Patience from which each side holds; `inf` where none would do.
    drawn_patience : array, shape (draws,)
        The same at random draws of the parameters around the reading.
    drawn_needed : array, shape (draws, 2)
        The same at those draws.
    """

    reading: str
    patience: float
    needed: NDArray[np.float64]
    drawn_patience: NDArray[np.float64]
    drawn_needed: NDArray[np.float64]

    @property
    def patience_range(self) -> NDArray[np.float64]:
        """Ends of the middle four fifths of the drawn patience, shape (2,)."""
        return np.quantile(self.drawn_patience, MIDDLE, method="nearest")

    @property
    def needed_range(self) -> NDArray[np.float64]:
        """Ends of the middle four fifths of what each side is drawn to need, shape (2 sides, 2 ends)."""
        return np.quantile(self.drawn_needed, MIDDLE, axis=0, method="nearest").T


@final
@dataclass(frozen=True, eq=False)
class Outlook:
    """The years ahead of a truce, and the games behind it.

    Parameters
    ----------
    years : array, shape (k,)
        Years from today, from 0 on.
    patience : float
        Patience where erosion is followed by year.
    needed_linear, needed_ces : array, shape (k,)
        Patience that the United States needs, by the way harm follows dependence.
    crossing_linear, crossing_ces : float
        Years until that exceeds `patience`; `inf` if never.
    band, annulled_band : array, shape (k, 2), or None
        Self-enforcing transfers from the United States to China, with the tariff authority intact and annulled.
        None where open conflict is no equilibrium of the year, so that terms would change what answers a break.
    nash_terms, annulled_nash_terms : array, shape (k,)
        Transfers on which Nash bargaining settles.
    rebargained, fixed : Survival
        Survival with terms bargained anew after a shock, and at terms of zero.
    payoff_set : PayoffSet
        Equilibrium payoffs of the repeated game with the three actions.
    plan : Automaton or None
        Hold until somebody breaks, then open conflict for ever; None where `band` is.
    """

    years: NDArray[np.float64]
    patience: float
    needed_linear: NDArray[np.float64]
    needed_ces: NDArray[np.float64]
    crossing_linear: float
    crossing_ces: float
    band: NDArray[np.float64] | None
    annulled_band: NDArray[np.float64] | None
    nash_terms: NDArray[np.float64]
    annulled_nash_terms: NDArray[np.float64]
    rebargained: Survival
    fixed: Survival
    payoff_set: PayoffSet
    plan: Automaton | None


def standing(truce: Truce, *, draws: int = STANDING_DRAWS, seed: int = SEED) -> Standing:
    """Return where both sides of a truce stand, and where they stand at random draws around it.

    Parameters
    ----------
    truce : Truce
        The truce.
    draws, seed : int
        As in `Truce.sample`.

    Examples
    --------
    >>> found = standing(Truce.central(), draws=200)
    >>> found.needed.round(3), found.needed_range.shape
    (array([0.324, 0.241]), (2, 2))
    """
    drawn_patience, drawn_needed = truce.sample(draws=draws, seed=seed)
    return Standing(truce.reading, truce.patience, truce.critical_patience(), drawn_patience, drawn_needed)


def outlook(truce: Truce) -> Outlook:
    """Return the years ahead of a truce, and the games behind it.

    Parameters
    ----------
    truce : Truce
        The truce.
    """
    years = np.arange(NUM_YEARS + 1.0)
    linear, ces = (
        np.array([critical_patience(truce.temptation(), truce.deterrent(year=y, bite=bite))[0] for y in years])
        for bite in ("linear", "ces")
    )
    credible = payoffs.conflict_is_credible(truce.parameters)
    intact, annulled = (_bands(truce, years, struck_down) if credible else None for struck_down in (False, True))
    terms, annulled_terms = (
        np.array([truce.nash_terms(year=y, annulled=struck_down) for y in years]) for struck_down in (False, True)
    )
    return Outlook(
        years=years,
        patience=truce.lasting_patience,
        needed_linear=linear,
        needed_ces=ces,
        crossing_linear=truce.crossing_year("linear"),
        crossing_ces=truce.crossing_year("ces"),
        band=intact,
        annulled_band=annulled,
        nash_terms=terms,
        annulled_nash_terms=annulled_terms,
        rebargained=truce.survival(),
        fixed=truce.survival(rebargained=False),
        payoff_set=payoff_set(truce.game(squeeze=True)),
        plan=_plan(truce) if credible else None,
    )


def _bands(truce: Truce, years: NDArray[np.float64], annulled: bool) -> NDArray[np.float64]:
    return np.array([truce.transfer_band(year=year, annulled=annulled) for year in years])


def _plan(truce: Truce) -> Automaton:
    hold, fight = payoffs.ACTIONS[0], payoffs.ACTIONS[-1]
    return grim_trigger(truce.stage(), (hold, hold), (fight, fight))
