"""Further answers that a report of the truce shows: a frontier, what its uncertainty comes from, the race."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from negotiation._checks import ArgumentError
from negotiation.stability import Frontier, Sensitivity, Tip, frontier, sensitivity
from negotiation.truce.judge import SEED
from negotiation.truce.race_answer import RaceAnswer, solve_race

if TYPE_CHECKING:
    from negotiation.truce.truce import Truce

POINTS = 512
"""Points of each sample behind the Sobol indices: enough to rank them."""


@final
@dataclass(frozen=True, eq=False)
class Survey:
    """Further answers about a truce.

    Parameters
    ----------
    frontier : Frontier or None
        Where the answer flips as the two parameters with the nearest tipping points move together; None if there
        are fewer than two.
    sensitivity : Sensitivity
        What the smaller slack of the two sides owes its variance to.
    race : RaceAnswer or None
        The leverage race of the usual design; None where these parameters allow none.
    no_race : str
        Why there is none; empty otherwise.
    """

    frontier: Frontier | None
    sensitivity: Sensitivity
    race: RaceAnswer | None
    no_race: str


def survey(truce: "Truce", tips: Sequence[Tip], *, seed: int = SEED) -> Survey:
    """Answer what a report shows besides the verdict.

    Parameters
    ----------
    truce : Truce
        The truce.
    tips : sequence of Tip
        Its tipping points, nearest first, as in its verdict.
    seed : int, default 2025
        Seed of the samples behind the Sobol indices.
    """
    pair = [tip.name for tip in tips[:2]]
    curve = frontier(truce, *pair) if len(pair) == 2 else None
    indices = sensitivity(truce, points=POINTS, seed=seed)
    try:
        return Survey(curve, indices, solve_race(truce.leverage_race()), "")
    except ArgumentError as refused:
        return Survey(curve, indices, None, str(refused))
