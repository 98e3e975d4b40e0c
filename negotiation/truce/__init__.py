"""Where games meet evidence: the truce of 2025 between the United States and China."""

from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters
from negotiation.truce.plausible import plausible_points
from negotiation.truce.race import LeverageRace
from negotiation.truce.race_answer import RaceAnswer, solve_race
from negotiation.truce.race_course import RaceCourse
from negotiation.truce.race_design import RaceDesign
from negotiation.truce.race_levers import Lever, levers
from negotiation.truce.subjects import SUBJECTS
from negotiation.truce.survey import Survey, survey
from negotiation.truce.truce import Truce
from negotiation.truce.verdict import Verdict
from negotiation.truce.years_ahead import Outlook, Standing, outlook, standing

__all__ = [
    "SUBJECTS",
    "Lever",
    "LeverageRace",
    "Outlook",
    "Parameters",
    "RaceAnswer",
    "RaceCourse",
    "RaceDesign",
    "Standing",
    "Survey",
    "Truce",
    "Verdict",
    "dossier",
    "levers",
    "outlook",
    "plausible_points",
    "solve_race",
    "standing",
    "survey",
]
