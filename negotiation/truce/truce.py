"""The truce: from parameters to the games played and the numbers that decide whether they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING, Any, Self, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_between, check_known, check_number
from negotiation.evidence import Evidence
from negotiation.games import GameClass, RepeatedGame, StageGame, game_class
from negotiation.stability import (
    Bite,
    Linkage,
    Linkages,
    Model,
    Survival,
    critical_patience,
    nash_terms,
    transfer_band,
)
from negotiation.truce import issues, measures, payoffs
from negotiation.truce.asked import truce_model
from negotiation.truce.dossier import check_reading, checked, dossier, own_reading
from negotiation.truce.judge import DRAWS, SEED, judge, sample
from negotiation.truce.parameters import Parameters
from negotiation.truce.race import LeverageRace, build_race
from negotiation.truce.race_design import RaceDesign
from negotiation.truce.sweep import sweep
from negotiation.truce.verdict import Verdict

if TYPE_CHECKING:
    import xarray


@final
@dataclass(frozen=True, eq=False)
class Truce:
    """The yearly renegotiated truce between the United States and China.

    Built with `Truce.central()`, `Truce.from_reading(...)` or `Truce.from_file(...)` and varied with `vary`. The
    arrays that it returns hold the United States first and China second.

    Parameters
    ----------
    parameters : Parameters
        One number a payoff parameter; each is documented there.
    reading : str, default "central"
        Name of the reading that the numbers started from.

    Raises
    ------
    ArgumentError
        If a value is not a number inside the domain of its parameter, an alarm is likelier while both hold than
        while one squeezes, or erosion takes all dependence within a year.

    Examples
    --------
    >>> truce = Truce.central()
    >>> truce.critical_patience().round(3), round(truce.patience, 3)
    (array([0.324, 0.241]), 0.574)
    >>> truce.vary(tau_us=3.0).slack().round(2)
    array([1.12, 3.59])
    """

    parameters: Parameters
    reading: str = "central"

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", checked(self.parameters))
        payoffs.erosion_factor(self.parameters)

    @classmethod
    def central(cls) -> Self:
        """Build the truce from the central value of every parameter."""
        return cls(Parameters(**{p.name: p.quantity.central for p in dossier().parameters}))

    @classmethod
    def from_reading(cls, reading: str) -> Self:
        """Build the truce as one article reads it.

        Parameters
        ----------
        reading : str
            ``central`` or the id of a reading, such as ``asia-times``.

        Raises
        ------
        ArgumentError
            If the reading is unknown; the nearest one is named.
        """
        check_reading(reading)
        central = cls.central()
        if reading == "central":
            return central
        return replace(central.vary(**dossier().reading(reading).overrides), reading=reading)

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Self:
        """Build the truce from the overrides of a reading of your own, kept in a TOML file.

        Raises
        ------
        EvidenceError
            If the file cannot be read or has faults; every fault is listed.
        """
        own = own_reading(path)
        return replace(cls.central().vary(**own.overrides), reading=own.id)

    @property
    def evidence(self) -> Evidence:
        """The claims, ranges and disagreements behind the parameters."""
        return dossier()

    def vary(self, **changes: float) -> Self:
        """Return the truce with some parameters changed.

        Parameters
        ----------
        **changes : float
            New values by name, as in ``truce.vary(tau_us=3.0, omega=0.5)``.

        Raises
        ------
        ArgumentError
            If a name is unknown (the nearest one is named) or a value lies outside its domain.
        """
        for name in changes:
            check_known("parameter", "Truce.vary", name, Parameters.names())
        return replace(self, parameters=replace(self.parameters, **changes))

    def model(self) -> Model:
        """Return the truce as a model that questions can be put to, as in ``tipping_point(truce, "tau_us")``."""
        return truce_model(self.parameters)

    def stage(
        self, *, squeeze: bool = False, terms: float = 0.0, year: float = 0.0, annulled: bool = False
    ) -> StageGame:
        """Return the game of one year.

        Parameters
        ----------
        squeeze : bool, default False
            Whether the deniable middle action, pressure `sigma`, is available.
        terms : float, default 0
            Transfer from the United States to China, points a year, paid unless somebody breaks.
        year, annulled
            As in `harm`.

        Returns
        -------
        StageGame
            2x2 (Hold, Break), or 3x3 (Hold, Squeeze, Break); payoffs are rounded to 12 decimals, so that exact
            solvers see the decimals meant and no rounding error.
        """
        p, paid, step = self.parameters, check_number("terms", "Truce.stage", terms), 1 if squeeze else 2
        pressures, names = (0.0, p.sigma, 1.0)[::step], payoffs.ACTIONS[::step]
        table = payoffs.stage_payoffs(p, pressures, self.harm(year=year, annulled=annulled), terms=paid)
        return StageGame(table, dossier().parties, (names, names))

    def game(self, *, squeeze: bool = False, terms: float = 0.0) -> RepeatedGame:
        """Return the repeated game: the stage game at the effective patience of both sides."""
        return RepeatedGame(self.stage(squeeze=squeeze, terms=terms), self.patience)

    def issue_game(self, chosen: Sequence[str] | None = None, *, squeeze: bool = False) -> StageGame:
        """Return the game of one year in which each side sets its pressure on each of its issues.

        Parameters
        ----------
        chosen : sequence of str, optional
            Ids of issues; those of the central bundle when left out.
        squeeze : bool, default False
            Whether the pressure on an issue may also be `sigma`, besides 0 and 1.
        """
        return issues.issue_game(self.parameters, chosen, squeeze=squeeze)

    def linkage(
        self, bundles: Sequence[Sequence[str]], *, false_alarms: Mapping[str, float] | None = None
    ) -> Linkage:
        """Judge an arrangement of issues into bundles: which hold, at which patience, and what they are worth.

        Parameters
        ----------
        bundles : sequence of sequences of str
            Ids of issues, each in at most one bundle; a breach of one ends its whole bundle.
        false_alarms : mapping from issue to float, optional
            Yearly chance of a false alarm; 0 for an issue that is not named.
        """
        return issues.linkage(self.parameters, bundles, false_alarms=false_alarms or {})

    def linkages(
        self, chosen: Sequence[str] | None = None, *, false_alarms: Mapping[str, float] | None = None
    ) -> Linkages:
        """Judge every arrangement of issues into bundles, those of the central bundle when none are given.

        Parameters
        ----------
        chosen : sequence of str, optional
            Ids of at most 11 issues.
        false_alarms
            As in `linkage`.
        """
        return issues.linkages(self.parameters, chosen, false_alarms=false_alarms or {})

    def stage_class(self) -> tuple[GameClass, GameClass]:
        """Return the class of the 2x2 game as each side sees it, the United States first."""
        return game_class(self.stage())

    @property
    def patience(self) -> float:
        """Weight of next year's truce: discounting and the chance that it is still there to be lost."""
        return float(payoffs.patience(self.parameters))

    @property
    def lasting_patience(self) -> float:
        """Patience without the chance that diversification completes; used where erosion is followed by year."""
        return float(payoffs.lasting_patience(self.parameters))

    def temptation(self) -> NDArray[np.float64]:
        """Return the net gain of a year of breaking, points a year, shape (2,)."""
        return payoffs.temptation(self.parameters)

    def harm(self, *, year: float = 0.0, annulled: bool = False, bite: Bite = "linear") -> NDArray[np.float64]:
        """Return what each side suffers from a year of the other's break, points a year, shape (2,).

        Parameters
        ----------
        year : float, default 0
            Years from today; levers have worn off by then.
        annulled : bool, default False
            Whether the court has annulled the tariff authority.
        bite : {"linear", "ces"}
            How the harm follows dependence.
        """
        return payoffs.harm(self.parameters, year=year, annulled=annulled, bite_kind=bite)

    def deterrent(
        self, *, year: float = 0.0, annulled: bool = False, bite: Bite = "linear"
    ) -> NDArray[np.float64]:
        """Return what breaking costs from next year on compared with breaking unanswered, shape (2,).

        The answer to a break is each side's worst equilibrium of the year's game. In the prisoner's dilemma that
        is open conflict for ever, and the deterrent is `harm` plus the extra cost zeta of open conflict.
        """
        return payoffs.deterrent(self.parameters, self.harm(year=year, annulled=annulled, bite=bite))

    def critical_patience(self, *, year: float = 0.0, annulled: bool = False) -> NDArray[np.float64]:
        """Return the patience from which each side holds, temptation over deterrent, shape (2,)."""
        return critical_patience(self.temptation(), self.deterrent(year=year, annulled=annulled))

    def pooled_critical_patience(self, *, year: float = 0.0, annulled: bool = False) -> float:
        """Return the patience from which both hold when the sides may pay each other after every year.

        As `critical_discount(..., punishment="transfers")` of the year's game.
        """
        return float(payoffs.transfers_patience(self.parameters, self.harm(year=year, annulled=annulled)))

    def slack(self, *, year: float | None = None, annulled: bool = False) -> NDArray[np.float64]:
        """Return patience * deterrent - temptation, points a year, shape (2,): a side holds from 0 on.

        Parameters
        ----------
        year : float, optional
            Years from today, with erosion followed to then and `lasting_patience`. When left out, today, with
            erosion as the chance `p_div` of losing the lever at a stroke, which is part of `patience`.
        annulled : bool, default False
            Whether the court has annulled the tariff authority.
        """
        return measures.slacks(self.parameters, year=year, annulled=annulled)

    def surplus(self, *, year: float = 0.0, annulled: bool = False) -> NDArray[np.float64]:
        """Return the yearly gain of each side from the truce over open conflict, shape (2,)."""
        return measures.surplus(self.parameters, year=year, annulled=annulled)

    def transfer_band(self, *, year: float | None = None, annulled: bool = False) -> NDArray[np.float64]:
        """Return the ends of the self-enforcing transfers from the United States to China; as in `slack`.

        Raises
        ------
        ArgumentError
            If open conflict is no equilibrium of the year, so that terms would change what answers a break.
        """
        payoffs.check_conflict(self.parameters, "Truce.transfer_band")
        return transfer_band(self.slack(year=year, annulled=annulled))

    def nash_terms(self, *, year: float = 0.0, annulled: bool = False) -> float:
        """Return the yearly transfer from the United States to China on which Nash bargaining settles."""
        return float(nash_terms(self.surplus(year=year, annulled=annulled), self.parameters.beta_cn))

    def expected_surplus(self, *, year: float = 0.0, midterm: bool = False) -> NDArray[np.float64]:
        """Return the surplus expected before the court rules, shape (2,); `midterm` raises US pain by `mu`."""
        return measures.expected_surplus(self.parameters, year=year, midterm=midterm)

    def observed_terms(self) -> float:
        """Return the terms of the truce as reported: the tariff cut, a point for ten, less the soybeans."""
        return float(measures.observed_terms(self.parameters))

    def crossing_year(self, bite: Bite = "linear") -> float:
        """Return in how many years the United States is no longer deterred, 0 if today, `inf` if never.

        Erosion is followed by year here, so that `lasting_patience` counts. `bite` says how the harm follows
        dependence, as in `harm`.
        """
        return float(measures.crossing(self.parameters, bite))

    def erosion(self, num_rounds: int, *, tier: str = "chain", use: float = 0.0) -> NDArray[np.float64]:
        """Return dependence on one tier of the chain at the start of years 0 to `num_rounds`.

        Parameters
        ----------
        num_rounds : int
            Number of years.
        tier : str, default "chain"
            Id of a tier of the evidence. The whole chain starts from `d0` and reserves fall by `gamma_res`;
            every other tier starts from its own share and falls like the chain.
        use : float, default 0
            How far China uses its lever, 0 to 1; use speeds erosion by `gamma_x`.

        Returns
        -------
        array, shape (num_rounds + 1,)
            Shares.
        """
        return measures.erosion(self.parameters, num_rounds, tier=tier, use=use)

    def reversal_horizon(self) -> float:
        """Return the years until erosion takes from China's Nash terms what the court is expected to add."""
        return float(measures.reversal_horizon(self.parameters))

    def survival(self, num_rounds: int = 5, *, rebargained: bool = True) -> Survival:
        """Return survival by review, and what ends the truce.

        Parameters
        ----------
        num_rounds : int, default 5
            Number of reviews.
        rebargained : bool, default True
            Whether terms are bargained anew after a shock. If so, the court ruling (year 1 only) or a completed
            diversification ends the truce only where no transfer can save it; if not, wherever one side's own
            constraint then fails at terms of zero.

        Notes
        -----
        Each shock is judged alone; two together can end what survives either. `leverage_race` follows them all.
        """
        return measures.survival_curve(self.parameters, num_rounds, rebargained=rebargained)

    def leverage_race(self, **design: Any) -> LeverageRace:
        """Return the truce as a game whose state moves: levers wear off, a court rules, leaders change.

        Parameters
        ----------
        **design
            Fields of `RaceDesign`: which states and actions there are.
        """
        return build_race(self, RaceDesign(**design))

    def best_tightness(self) -> float:
        """Return the constant use of its lever, 0 to 1, that is worth most to China over time.

        Entrenchment, which works against erosion, is left out.
        """
        return measures.tightness(self.parameters)

    def investor_horizon(self, renewal: float) -> float:
        """Return how many years of margin an investment made today may count on, sum_t (delta * renewal)^t.

        Parameters
        ----------
        renewal : float
            Chance that the yearly review renews the truce, in [0, 1].
        """
        weight = float(self.parameters.delta) * check_between("renewal", "Truce.investor_horizon", renewal, 0, 1)
        return weight / (1 - weight)

    def verdict(self, *, draws: int = DRAWS, seed: int = SEED) -> Verdict:
        """Say whether the truce is self-enforcing, how sure that is, and what breaks it first.

        Parameters
        ----------
        draws, seed : int, default 20,000 and 2025
            Number of random draws of the parameters, and their seed; the same seed gives the same numbers.
        """
        return judge(self.parameters, self.reading, draws=draws, seed=seed)

    def sample(self, *, draws: int = DRAWS, seed: int = SEED) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return patience, shape (draws,), and the patience each side needs, shape (draws, 2), as in `verdict`."""
        return sample(self.parameters, draws=draws, seed=seed)

    def sweep(self, **values: Sequence[float] | NDArray[np.float64]) -> "xarray.Dataset":
        """Return critical patience, slack, patience and whether the truce holds over a grid of parameters.

        Parameters
        ----------
        **values : sequence of float
            One axis of the grid a parameter, as in ``truce.sweep(tau_us=[2, 3], omega=[0.5, 0.6])``.
        """
        return sweep(self.parameters, self.reading, values)
