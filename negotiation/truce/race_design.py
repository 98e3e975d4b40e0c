"""What the leverage race follows: which levers wear off in which steps, and what else can happen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, final, get_args

import numpy as np

from negotiation._checks import check_array, check_between, check_known, refusal
from negotiation.stability import Bite
from negotiation.truce.dossier import dossier

OWNER = "RaceDesign"

Calendar = Literal["none", "midterm", "cycle"]

Squeeze = Literal["seen", "unseen", "none"]

CALENDARS: dict[str, tuple[str, ...]] = {
    "none": ("any year",),
    "midterm": ("midterm year", "later"),
    "cycle": ("midterm year", "off year", "election year", "new term"),
}
"""The years of each calendar, the first review's first."""

NO_TIERS: Mapping[str, tuple[float, ...]] = {"chain": (1.0, 0.0)}


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class RaceDesign:
    """Which states and actions the leverage race has.

    Parameters
    ----------
    tiers : mapping from tier to sequence of float, default one jump of the whole chain
        For each tier of the evidence the shares of today's dependence above the floor through which it falls, from
        1 down. China's lever bites as hard as the tier on which dependence is the largest share of today's. With
        the default, ``{"chain": (1.0, 0.0)}``, diversification completes at a stroke.
    markets : sequence of float, default (1.0, 0.8)
        The shares of today's harm to China through which new markets take it, from 1 down.
    steady : bool, default False
        Whether dependence falls by the yearly erosion of its half-life, entrenchment deducted, and not by the
        chance `p_div`. Either is the expected fall of a year; the steps decide in how few jumps it comes.
    bite : {"linear", "ces"}
        How China's lever follows dependence.
    calendar : {"midterm", "none", "cycle"}
        ``midterm``: US pain is multiplied by `mu` in the first year. ``cycle``: in every fourth year, and a change
        of leaders can come only with the election two years later, with the chance of four years. ``none``: never.
    squeeze : {"seen", "unseen", "none"}
        Whether a side may squeeze, which makes alarms likelier, and whether the other side can tell a squeeze from
        holding. One that is seen is answered like a break; one that is not has no answer but the alarm.
    alarms : bool, default True
        Whether an alarm that is not forgiven leads to open conflict.
    investing : bool, default False
        Whether each side also decides every year to invest: the United States to diversify, China to entrench.
        Without, both do.
    invest_cost_us, invest_cost_cn : float, default 0.1
        What investing costs a year, in points. No article gives a size.
    repair : float, default 0
        Chance a year that open conflict after a shock is repaired.
    """

    tiers: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: dict(NO_TIERS))
    markets: tuple[float, ...] = (1.0, 0.8)
    steady: bool = False
    bite: Bite = "linear"
    calendar: Calendar = "midterm"
    squeeze: Squeeze = "seen"
    alarms: bool = True
    investing: bool = False
    invest_cost_us: float = 0.1
    invest_cost_cn: float = 0.1
    repair: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.tiers, Mapping) or not self.tiers:
            raise refusal("tiers", OWNER, "map at least one tier to its steps", repr(self.tiers))
        for name in self.tiers:
            dossier().tier(name)
        steps = {name: _steps(f"tiers[{name!r}]", shares) for name, shares in self.tiers.items()}
        object.__setattr__(self, "tiers", steps)
        object.__setattr__(self, "markets", _steps("markets", self.markets))
        check_known("bite", OWNER, self.bite, get_args(Bite))
        check_known("calendar", OWNER, self.calendar, CALENDARS)
        check_known("squeeze", OWNER, self.squeeze, get_args(Squeeze))
        check_between("repair", OWNER, self.repair, 0, 1)
        for name in ("invest_cost_us", "invest_cost_cn"):
            check_between(name, OWNER, getattr(self, name), 0, np.inf)

    @property
    def years(self) -> tuple[str, ...]:
        """The years of the calendar."""
        return CALENDARS[self.calendar]


def _steps(name: str, shares: tuple[float, ...]) -> tuple[float, ...]:
    steps = check_array(name, OWNER, shares)
    if steps.ndim != 1 or steps.size == 0 or steps[0] != 1 or np.any(np.diff(steps) >= 0) or steps[-1] < 0:
        raise refusal(
            name, OWNER, "fall from 1 step by step and stay at 0 or above", repr(shares), "As in (1, 0.5)."
        )
    return tuple(steps.tolist())
