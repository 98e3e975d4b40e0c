"""Where games meet evidence: the truce of 2025 between the United States and China."""

from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters
from negotiation.truce.plausible import plausible_points
from negotiation.truce.truce import Truce
from negotiation.truce.verdict import Verdict

__all__ = ["Parameters", "Truce", "Verdict", "dossier", "plausible_points"]
