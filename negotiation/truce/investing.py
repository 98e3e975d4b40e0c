"""Who invests in a lever, and when: best replies within the truce and within open conflict."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from negotiation.stability import SelfEnforcing
from negotiation.truce.race import BREAK, HOLD, INVEST, PLUS, LeverageRace, Profile, invests, pressure_of

Plan = tuple[Profile, ...]

MAX_STEPS = 100
"""Largest number of rounds of best replies."""

LEAST = 1e-12
"""Gain, in points, from which a side changes its mind, above the rounding of the values."""


def settle_investing(
    race: LeverageRace, lapse: float, solve: Callable[[Plan, Plan], SelfEnforcing]
) -> tuple[SelfEnforcing, bool]:
    """Let the sides take turns to improve on their investing, until neither can.

    Parameters
    ----------
    race : LeverageRace
        The game.
    lapse : float
        Chance of a fresh negotiation a year.
    solve : callable
        Maps what is played in the truce and after a breach to where the truce enforces itself.

    Returns
    -------
    tuple of (SelfEnforcing, bool)
        With the last choices, and whether no side would change any of them in any one year.
    """
    plans = [race.profiles(HOLD), race.profiles(BREAK)]
    found = solve(*plans)
    unchanged = 0
    for step in range(MAX_STEPS if race.design.investing else 0):
        after = (1 - lapse) * found.threat_values + lapse * found.values
        better = [
            _improved(race, plan, values, step % 2)
            for plan, values in zip(plans, (found.values, after), strict=True)
        ]
        unchanged = unchanged + 1 if better == plans else 0
        if unchanged == 2:
            return found, True
        plans = better
        found = solve(*plans)
    return found, not race.design.investing


def _improved(
    race: LeverageRace, plan: tuple[Profile, ...], ahead: NDArray[np.float64], side: int
) -> tuple[Profile, ...]:
    """Let one side turn its investing round in every state in which that pays."""
    better = []
    for state, profile in enumerate(plan):
        turned = tuple(_turned(action) if i == side else action for i, action in enumerate(profile))
        now, then = (_worth(race, state, each, ahead, side) for each in (profile, turned))
        better.append(turned if then > now + LEAST else profile)
    return tuple(better)


def _worth(race: LeverageRace, state: int, profile: Profile, ahead: NDArray[np.float64], side: int) -> float:
    game = race.game
    cell = game.stages[state].profile(*profile)
    expected = float(game.transitions[state][cell] @ ahead[:, side])
    return (1 - game.delta) * float(game.payoffs[state][cell][side]) + game.delta * expected


def _turned(action: str) -> str:
    return pressure_of(action) if invests(action) else f"{action}{PLUS}{INVEST}"
