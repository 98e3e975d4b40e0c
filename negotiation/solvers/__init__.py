"""One solution concept or algorithm a file: a game in, a result out."""

from negotiation.solvers.certificate import (
    Certificate,
    ExclusionCertificate,
    NashCertificate,
    SelfGenerationCertificate,
    StrategyCertificate,
)
from negotiation.solvers.certificate_json import (
    certificate_from_json,
    certificate_to_json,
    load_certificate,
    save_certificate,
)
from negotiation.solvers.certification import (
    CertificationError,
    certified_gap,
    certify,
    exclude,
    support,
)
from negotiation.solvers.dominance import Dominance, dominant_actions, iterated_dominance
from negotiation.solvers.minmax import Minmax, mixed_minmax, pure_minmax, pure_minmax_profiles
from negotiation.solvers.nash import Equilibria, nash_equilibria, pure_equilibria, regret
from negotiation.solvers.one_shot import Judgement, one_shot
from negotiation.solvers.payoff_set import PayoffSet, payoff_set
from negotiation.solvers.self_generation import generate, is_self_generating
from negotiation.solvers.solution import Solution, Status
from negotiation.solvers.transfers import (
    TransferPlan,
    TransferSchedule,
    transfer_critical_delta,
    transfer_schedule,
)
from negotiation.solvers.verification import Verification, verify

__all__ = [
    "Certificate",
    "CertificationError",
    "Dominance",
    "Equilibria",
    "ExclusionCertificate",
    "Judgement",
    "Minmax",
    "NashCertificate",
    "PayoffSet",
    "SelfGenerationCertificate",
    "Solution",
    "Status",
    "StrategyCertificate",
    "TransferPlan",
    "TransferSchedule",
    "Verification",
    "certificate_from_json",
    "certificate_to_json",
    "certified_gap",
    "certify",
    "dominant_actions",
    "exclude",
    "generate",
    "is_self_generating",
    "iterated_dominance",
    "load_certificate",
    "mixed_minmax",
    "nash_equilibria",
    "one_shot",
    "payoff_set",
    "pure_equilibria",
    "pure_minmax",
    "pure_minmax_profiles",
    "regret",
    "save_certificate",
    "support",
    "transfer_critical_delta",
    "transfer_schedule",
    "verify",
]
