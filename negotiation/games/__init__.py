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
from negotiation.games.chain import (
    Policy,
    Simulation,
    absorption,
    check_reachable,
    hazard,
    policy_matrix,
    profile_weights,
    reachable_states,
    simulate,
    state_distribution,
)
from negotiation.games.composition import compose_game
from negotiation.games.path import OutcomePath, Target, outcome_path
from negotiation.games.repeated import RepeatedGame
from negotiation.games.stage import StageGame
from negotiation.games.stochastic import StochasticGame
from negotiation.games.taxonomy import GameClass, game_class
from negotiation.games.transitions import Transitions

__all__ = [
    "Automaton",
    "GameClass",
    "OutcomePath",
    "Policy",
    "RepeatedGame",
    "Simulation",
    "StageGame",
    "StochasticGame",
    "Target",
    "Transitions",
    "absorption",
    "carrot_and_stick",
    "check_reachable",
    "compose_game",
    "from_nashpy",
    "game_class",
    "grim_trigger",
    "hazard",
    "limited_punishment",
    "outcome_path",
    "path_with_punishments",
    "policy_matrix",
    "profile_weights",
    "reachable_states",
    "simulate",
    "state_distribution",
    "tit_for_tat",
    "to_nashpy",
]
