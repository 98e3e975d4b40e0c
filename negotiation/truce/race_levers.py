"""What would make the truce last: each lever pulled alone in the leverage race."""

from dataclasses import dataclass
from typing import final

from negotiation._checks import check_between, check_count
from negotiation.truce.race import LeverageRace, build_race
from negotiation.truce.race_answer import YEARS, RaceAnswer, solve_race
from negotiation.truce.race_course import RaceCourse

AS_IT_IS = "as it is"
TERM = 3
"""Years between reviews in the lever of longer terms; an assumption."""

CALMER = 0.5
"""What a hotline leaves of false alarms; an assumption."""


@final
@dataclass(frozen=True, eq=False)
class Lever:
    """What one change is worth.

    Parameters
    ----------
    name : str
        The lever.
    changes : dict
        Parameters that it sets.
    answer : RaceAnswer
        The race with it.
    """

    name: str
    changes: dict[str, float]
    answer: RaceAnswer

    @property
    def joint_value(self) -> float:
        """The two sides' present value of the race on re-bargained terms, points."""
        game = self.answer.race.game
        return float(self.answer.rebargained.values[0].sum() / (1 - game.delta))

    @property
    def course(self) -> RaceCourse:
        """The truce by year on re-bargained terms."""
        return self.answer.rebargained_course


def levers(
    race: LeverageRace, years: int = YEARS, *, term: int = TERM, calmer: float = CALMER
) -> tuple[Lever, ...]:
    """Pull the levers that could make the truce last, each alone.

    Parameters
    ----------
    race : LeverageRace
        The race as it is.
    years : int, default 10
        Years to follow.
    term : int, default 3
        Years for which longer terms tie both sides' hands: a fresh negotiation then comes with the chance of one
        review in that many years.
    calmer : float, default 0.5
        Share of false alarms that a hotline leaves.

    Returns
    -------
    tuple of Lever
        The race as it is first; then longer terms, a hotline, and contracts with third parties that keep China
        from new markets.
    """
    count = check_count("term", "levers", term)
    left = check_between("calmer", "levers", calmer, 0, 1)
    p = race.truce.parameters
    changes: dict[str, dict[str, float]] = {
        AS_IT_IS: {},
        f"terms of {count} years": {"rho": 1 - (1 - float(p.rho)) ** (1 / count)},
        "hotline": {"eps0": left * float(p.eps0)},
        "poison pill": {"eta": 0.0},
    }
    return tuple(
        Lever(name, change, solve_race(build_race(race.truce.vary(**change), race.design), years))
        for name, change in changes.items()
    )
