"""Further answers that a report of the truce shows: a frontier, what its uncertainty comes from, the race."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from negotiation._checks import ArgumentError
from negotiation.stability import Frontier, Sensitivity, Tip, evaluate, frontier, sensitivity
from negotiation.truce.judge import SEED
from negotiation.truce.race_answer import RaceAnswer, solve_race

if TYPE_CHECKING:
    from negotiation.truce.truce import Truce

POINTS = 1024
"""Points of each sample behind the Sobol indices: enough to rank them."""

PLACES = (1 / 6, 5 / 6)
"""Where along each side of the frontier's rectangle the answer is looked up."""


@final
@dataclass(frozen=True, eq=False)
class Survey:
    """Further answers about a truce.

    Parameters
    ----------
    frontier : Frontier or None
        Where the answer flips as two parameters move together: of those that are drawn, the two with the nearest
        tipping points. None if there are fewer.
    verdicts : mapping from (float, float) to bool
        The answer at four points beside that curve.
    sensitivity : Sensitivity
        What the smaller slack of the two sides owes its variance to.
    race : RaceAnswer or None
        The leverage race of the usual design; None where these parameters allow none.
    no_race : str
        Why there is none; empty otherwise.
    """

    frontier: Frontier | None
    verdicts: Mapping[tuple[float, float], bool]
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
    drawn = truce.model().drawn
    pair = [tip.name for tip in tips if tip.name in drawn][:2]
    curve = frontier(truce, *pair) if len(pair) == 2 else None
    verdicts = {} if curve is None else _verdicts(curve)
    indices = sensitivity(truce, points=POINTS, seed=seed)
    try:
        return Survey(curve, verdicts, indices, solve_race(truce.leverage_race()), "")
    except ArgumentError as refused:
        return Survey(curve, verdicts, indices, None, str(refused))


def _verdicts(curve: Frontier) -> dict[tuple[float, float], bool]:
    xs, ys = (
        [one.low + share * one.width for share in PLACES]
        for one in (curve.model.ranges[name] for name in (curve.x, curve.y))
    )
    places = [(x, y) for x in xs for y in ys]
    table = np.array(places)
    holds = evaluate(curve.model, {curve.x: table[:, 0], curve.y: table[:, 1]})[:, 0] >= 0
    return dict(zip(places, holds.tolist(), strict=True))
