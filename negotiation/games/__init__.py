"""What is played, as frozen data."""

from negotiation.games.automaton import (
    Automaton,
    carrot_and_stick,
    grim_trigger,
    limited_punishment,
    path_with_punishments,
    tit_for_tat,
)
from negotiation.games.bimatrix import from_nashpy, to_nashpy
from negotiation.games.repeated import RepeatedGame
from negotiation.games.stage import StageGame

__all__ = [
    "Automaton",
    "RepeatedGame",
    "StageGame",
    "carrot_and_stick",
    "from_nashpy",
    "grim_trigger",
    "limited_punishment",
    "path_with_punishments",
    "tit_for_tat",
    "to_nashpy",
]
