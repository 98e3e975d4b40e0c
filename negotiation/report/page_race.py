"""The leverage race in the report, state by state."""

import math
from dataclasses import dataclass

from negotiation.report.race import PROVEN, SENSES, incredible
from negotiation.truce import RaceAnswer

CONCEPTS = ("fixed", "bargained", "negotiated", "proof")
"""Names of the four concepts of holding, as the text explains them."""


@dataclass(frozen=True)
class RaceTable:
    """The answers of the race as cells.

    Parameters
    ----------
    parts, concepts, numbers : tuple of str
        Heads of the columns that describe the state, that say yes, no or open, and that hold numbers.
    rows : tuple of (cells, cells, cells)
        One row a state of the truce, in the order of the heads.
    note : str
        What the heads mean.
    caution : str
        Why some answers are none; empty otherwise.
    """

    parts: tuple[str, ...]
    concepts: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]
    note: str
    caution: str


def race_table(answer: RaceAnswer) -> RaceTable:
    """Return the answers of the race by state.

    Parameters
    ----------
    answer : RaceAnswer
        As from `solve_race`.
    """
    race = answer.race
    parts = tuple(name for name in race.components[race.start] if name != "standing")
    numbers = (*(f"slack, {name}" for name in race.game.players), "terms")
    rows = []
    for state in answer.states:
        number = race.game.state(state)
        slacks = (answer.fixed.slacks[number] / (1 - race.game.delta)).tolist()
        terms = float(answer.rebargained.terms[number])
        cells = *(f"{slack:+.2f}" for slack in slacks), "none" if math.isnan(terms) else f"{terms:+.2f}"
        rows.append((tuple(race.components[state][name] for name in parts), _concepts(answer, state), cells))
    return RaceTable(parts, CONCEPTS, numbers, tuple(rows), SENSES, incredible(answer))


def _concepts(answer: RaceAnswer, state: str) -> tuple[str, ...]:
    held = answer.negotiated_holds(state)
    return (
        _word(answer.fixed.holds(state)),
        _word(answer.rebargained.holds(state)),
        "open" if held is None else _word(held),
        PROVEN[answer.proven(state)],
    )


def _word(holds: bool) -> str:
    return "yes" if holds else "no"
