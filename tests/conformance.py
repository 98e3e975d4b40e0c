"""What every solver must do alike: follow a change of units, of seats and of labels.

A new solver needs one line in a table: what it answers in payoffs moves with the payoffs, what it answers in
action profiles moves with the labels, and what it answers in discount factors does not move.
"""

from collections.abc import Callable

import numpy as np

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers import (
    iterated_dominance,
    mixed_minmax,
    nash_equilibria,
    payoff_set,
    pure_equilibria,
    pure_minmax,
    transfer_schedule,
)
from negotiation.stability import critical_discount, largest_gains, worst_equilibrium_payoffs

DELTA = 0.7
TARGET = (0, 0)

PAYOFFS: dict[str, Callable[[StageGame], object]] = {
    "payoffs of the Nash equilibria": lambda stage: nash_equilibria(stage).payoffs,
    "worst equilibrium payoffs": lambda stage: [nash_equilibria(stage).worst()],
    "pure minmax": lambda stage: [pure_minmax(stage).values],
    "mixed minmax": lambda stage: [mixed_minmax(stage).values],
    "payoff set": lambda stage: payoff_set(RepeatedGame(stage, DELTA)).vertices,
    "worst payoffs of 2x2 games": lambda stage: (
        [worst_equilibrium_payoffs(stage.payoffs)] if stage.shape == (2, 2) else []
    ),
}

PROFILES: dict[str, Callable[[StageGame], list[tuple[int, ...]]]] = {
    "pure equilibria": lambda stage: list(pure_equilibria(stage)),
    "survivors of dominance": lambda stage: [
        (a, b) for a in iterated_dominance(stage).survivors[0] for b in iterated_dominance(stage).survivors[1]
    ],
}

NUMBERS: dict[str, Callable[[StageGame], object]] = {
    "grim": lambda stage: critical_discount(stage, TARGET).value,
    "optimal": lambda stage: critical_discount(stage, TARGET, punishment="optimal", width=1e-7).value,
    "transfers": lambda stage: critical_discount(stage, TARGET, punishment="transfers").value,
    "ends of the schedule of transfers": lambda stage: [float(one.low) for one in transfer_schedule(stage).plans],
}

GAINS: dict[str, Callable[[StageGame], object]] = {
    "largest gains": lambda stage: [largest_gains(RepeatedGame(stage, DELTA), TARGET)],
}
"""Differences of payoffs: they move with the unit, not with the zero."""


def rows(found):
    """Sort rows of payoffs, so that the order of an answer does not count."""
    table = np.asarray([[float(one) for one in row] for row in found], dtype=float).reshape(-1, 2)
    return table[np.lexsort(table.round(7).T[::-1])]
