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
from negotiation.stability.incentives import (
    critical_patience,
    largest_hazard,
    largest_pending_risk,
    patience_with_lag,
    present_slack,
    slack,
)
from negotiation.stability.linkage import Linkage, link
from negotiation.stability.modes import Departure
from negotiation.stability.monitoring import conflict_loss, monitoring_gap, punishment_length
from negotiation.stability.robustness import Share, robustness_radius, share_of, triangular_draws
from negotiation.stability.strategic_risk import StrategicRisk, strategic_risk
from negotiation.stability.survival import Survival, survival
from negotiation.stability.switches import Switch, Switches, switches
from negotiation.stability.tipping import Tip, tipping_points
from negotiation.stability.two_by_two import (
    critical_discounts,
    transfer_critical_discounts,
    worst_equilibrium_payoffs,
)

__all__ = [
    "Bite",
    "CriticalDiscount",
    "CriticalProof",
    "Departure",
    "Linkage",
    "SelfEnforcing",
    "Share",
    "StrategicRisk",
    "Survival",
    "Switch",
    "Switches",
    "Tip",
    "alternating_offers",
    "best_tightness",
    "bite",
    "conflict_loss",
    "critical_discount",
    "critical_discounts",
    "critical_patience",
    "crossing_year",
    "dependence_at_bite",
    "dependence_path",
    "implied_weight",
    "incentive_slack",
    "largest_gains",
    "largest_hazard",
    "largest_pending_risk",
    "link",
    "monitoring_gap",
    "nash_terms",
    "net_factor",
    "patience_with_lag",
    "pooled_critical_patience",
    "present_slack",
    "prove_critical",
    "punishment_length",
    "robustness_radius",
    "self_enforcing",
    "self_enforcing_terms",
    "share_of",
    "slack",
    "smallest_punishments",
    "strategic_risk",
    "supports",
    "survival",
    "switches",
    "tipping_points",
    "transfer_band",
    "transfer_critical_discounts",
    "triangular_draws",
    "worst_equilibrium_payoffs",
    "yearly_rate",
]
