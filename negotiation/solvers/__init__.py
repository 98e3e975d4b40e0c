"""One solution concept or algorithm a file: a game in, a result out."""

from negotiation.solvers.backward_negotiation import BackwardNegotiation, Course, backward_negotiation
from negotiation.solvers.batch import BatchEquilibria, batch_equilibria
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
from negotiation.solvers.correlated import (
    CorrelatedEquilibrium,
    coarse_correlated_equilibrium,
    correlated_equilibrium,
)
from negotiation.solvers.deviation import regret
from negotiation.solvers.dominance import Dominance, dominant_actions, iterated_dominance
from negotiation.solvers.equilibria import Equilibria, Tie
from negotiation.solvers.markov_perfect import MarkovEquilibria, MarkovEquilibrium, markov_perfect
from negotiation.solvers.minmax import (
    CorrelatedMinmax,
    Minmax,
    correlated_minmax,
    mixed_minmax,
    pure_minmax,
    pure_minmax_profiles,
)
from negotiation.solvers.nash import nash_equilibria, pure_equilibria
from negotiation.solvers.one_shot import Judgement, one_shot
from negotiation.solvers.outer_inner import PayoffBounds, payoff_bounds
from negotiation.solvers.payoff_set import PayoffSet, payoff_set
from negotiation.solvers.penance import Penance
from negotiation.solvers.profile_table import ProfileTable
from negotiation.solvers.quantal_response import QuantalResponse, quantal_response
from negotiation.solvers.renegotiation import (
    Proofness,
    RenegotiationCritical,
    RenegotiationVerdict,
    renegotiation_critical,
    renegotiation_proof,
)
from negotiation.solvers.renegotiation_bounds import Obstacle
from negotiation.solvers.renegotiation_transfers import TransferRenegotiation, transfer_renegotiation_critical
from negotiation.solvers.repeated_negotiation import (
    NegotiationCheck,
    RepeatedNegotiation,
    check_negotiation,
    repeated_negotiation,
)
from negotiation.solvers.self_generation import generate, is_self_generating
from negotiation.solvers.solution import Solution, Status
from negotiation.solvers.state_payoff_sets import StatePayoffSets, state_payoff_sets
from negotiation.solvers.stochastic_renegotiation import (
    RenegotiationPlan,
    StateObstacle,
    StochasticRenegotiation,
    stochastic_renegotiation,
)
from negotiation.solvers.transfer_policies import (
    TransferEquilibrium,
    transfer_equilibrium,
    truncated_equilibrium,
)
from negotiation.solvers.transfers import (
    TransferPlan,
    TransferSchedule,
    transfer_critical_delta,
    transfer_schedule,
)
from negotiation.solvers.verification import Verification, verify

__all__ = [
    "BackwardNegotiation",
    "BatchEquilibria",
    "Certificate",
    "CertificationError",
    "CorrelatedEquilibrium",
    "CorrelatedMinmax",
    "Course",
    "Dominance",
    "Equilibria",
    "ExclusionCertificate",
    "Judgement",
    "MarkovEquilibria",
    "MarkovEquilibrium",
    "Minmax",
    "NashCertificate",
    "NegotiationCheck",
    "Obstacle",
    "PayoffBounds",
    "PayoffSet",
    "Penance",
    "ProfileTable",
    "Proofness",
    "QuantalResponse",
    "RenegotiationCritical",
    "RenegotiationPlan",
    "RenegotiationVerdict",
    "RepeatedNegotiation",
    "SelfGenerationCertificate",
    "Solution",
    "StateObstacle",
    "StatePayoffSets",
    "Status",
    "StochasticRenegotiation",
    "StrategyCertificate",
    "Tie",
    "TransferEquilibrium",
    "TransferPlan",
    "TransferRenegotiation",
    "TransferSchedule",
    "Verification",
    "backward_negotiation",
    "batch_equilibria",
    "certificate_from_json",
    "certificate_to_json",
    "certified_gap",
    "certify",
    "check_negotiation",
    "coarse_correlated_equilibrium",
    "correlated_equilibrium",
    "correlated_minmax",
    "dominant_actions",
    "exclude",
    "generate",
    "is_self_generating",
    "iterated_dominance",
    "load_certificate",
    "markov_perfect",
    "mixed_minmax",
    "nash_equilibria",
    "one_shot",
    "payoff_bounds",
    "payoff_set",
    "pure_equilibria",
    "pure_minmax",
    "pure_minmax_profiles",
    "quantal_response",
    "regret",
    "renegotiation_critical",
    "renegotiation_proof",
    "repeated_negotiation",
    "save_certificate",
    "state_payoff_sets",
    "stochastic_renegotiation",
    "support",
    "transfer_critical_delta",
    "transfer_equilibrium",
    "transfer_renegotiation_critical",
    "transfer_schedule",
    "truncated_equilibrium",
    "verify",
]
