"""Questions put to a game or to a family of games."""

from negotiation.stability.agreements import SelfEnforcing, self_enforcing, self_enforcing_terms
from negotiation.stability.at_delta import (
    incentive_slack,
    largest_gains,
    smallest_punishments,
    supports,
)
from negotiation.stability.bargaining import (
    alternating_offers,
    implied_weight,
    nash_terms,
    pooled_critical_patience,
    transfer_band,
)
from negotiation.stability.critical import CriticalDiscount, critical_discount
from negotiation.stability.critical_proof import CriticalProof, prove_critical
from negotiation.stability.erosion import (
    Bite,
    best_tightness,
    bite,
    crossing_year,
    dependence_at_bite,
    dependence_path,
    net_factor,
    yearly_rate,
)
from negotiation.stability.evaluation import evaluate, random_points
from negotiation.stability.frontier import Frontier, frontier
from negotiation.stability.game_model import game_model
from negotiation.stability.incentives import (
    critical_patience,
    largest_hazard,
    largest_pending_risk,
    patience_with_lag,
    present_slack,
    relative_radius,
    slack,
)
from negotiation.stability.levers import Lever, Levers, survival_levers
from negotiation.stability.linkage import Linkage, link
from negotiation.stability.model import Askable, HasModel, Model, Range, as_model, point_model
from negotiation.stability.modes import Departure
from negotiation.stability.monitoring import conflict_loss, monitoring_gap, punishment_length
from negotiation.stability.partitions import Linkages, linkages
from negotiation.stability.provenance import (
    Effect,
    Effects,
    article_effects,
    claim_effects,
    disagreement_effects,
)
from negotiation.stability.robustness import Radius, robustness_radius
from negotiation.stability.scenarios import Scenario, scenarios
from negotiation.stability.sensitivity import Sensitivity, sensitivity
from negotiation.stability.shares import Change, Share, change_of, share_of
from negotiation.stability.spread import Spread
from negotiation.stability.strategic_risk import StrategicRisk, strategic_risk
from negotiation.stability.survival import Survival, state_survival, survival
from negotiation.stability.switches import Switch, Switches, switches
from negotiation.stability.tipping import Flip, Tip, TippingPoint, tipping_point, tipping_points
from negotiation.stability.two_by_two import (
    critical_discounts,
    transfer_critical_discounts,
    worst_equilibrium_payoffs,
)
from negotiation.stability.uncertainty import Uncertainty, uncertainty

__all__ = [
    "Askable",
    "Bite",
    "Change",
    "CriticalDiscount",
    "CriticalProof",
    "Departure",
    "Effect",
    "Effects",
    "Flip",
    "Frontier",
    "HasModel",
    "Lever",
    "Levers",
    "Linkage",
    "Linkages",
    "Model",
    "Radius",
    "Range",
    "Scenario",
    "SelfEnforcing",
    "Sensitivity",
    "Share",
    "Spread",
    "StrategicRisk",
    "Survival",
    "Switch",
    "Switches",
    "Tip",
    "TippingPoint",
    "Uncertainty",
    "alternating_offers",
    "article_effects",
    "as_model",
    "best_tightness",
    "bite",
    "change_of",
    "claim_effects",
    "conflict_loss",
    "critical_discount",
    "critical_discounts",
    "critical_patience",
    "crossing_year",
    "dependence_at_bite",
    "dependence_path",
    "disagreement_effects",
    "evaluate",
    "frontier",
    "game_model",
    "implied_weight",
    "incentive_slack",
    "largest_gains",
    "largest_hazard",
    "largest_pending_risk",
    "link",
    "linkages",
    "monitoring_gap",
    "nash_terms",
    "net_factor",
    "patience_with_lag",
    "point_model",
    "pooled_critical_patience",
    "present_slack",
    "prove_critical",
    "punishment_length",
    "random_points",
    "relative_radius",
    "robustness_radius",
    "scenarios",
    "self_enforcing",
    "self_enforcing_terms",
    "sensitivity",
    "share_of",
    "slack",
    "smallest_punishments",
    "state_survival",
    "strategic_risk",
    "supports",
    "survival",
    "survival_levers",
    "switches",
    "tipping_point",
    "tipping_points",
    "transfer_band",
    "transfer_critical_discounts",
    "uncertainty",
    "worst_equilibrium_payoffs",
    "yearly_rate",
]
