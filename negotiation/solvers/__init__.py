"""One solution concept or algorithm a file: a game in, a result out."""

from negotiation.solvers.backward_negotiation import BackwardNegotiation, Course, backward_negotiation
from negotiation.solvers.dominance import Dominance, dominant_actions, iterated_dominance
from negotiation.solvers.minmax import Minmax, mixed_minmax, pure_minmax, pure_minmax_profiles
from negotiation.solvers.nash import Equilibria, nash_equilibria, pure_equilibria, regret
from negotiation.solvers.one_shot import Judgement, one_shot
from negotiation.solvers.payoff_set import PayoffSet, payoff_set
from negotiation.solvers.profile_table import ProfileTable
from negotiation.solvers.repeated_negotiation import (
    NegotiationCheck,
    RepeatedNegotiation,
    check_negotiation,
    repeated_negotiation,
)
from negotiation.solvers.self_generation import generate, is_self_generating
from negotiation.solvers.solution import Solution, Status
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

__all__ = [
    "BackwardNegotiation",
    "Course",
    "Dominance",
    "Equilibria",
    "Judgement",
    "Minmax",
    "NegotiationCheck",
    "PayoffSet",
    "ProfileTable",
    "RepeatedNegotiation",
    "Solution",
    "Status",
    "TransferEquilibrium",
    "TransferPlan",
    "TransferSchedule",
    "backward_negotiation",
    "check_negotiation",
    "dominant_actions",
    "generate",
    "is_self_generating",
    "iterated_dominance",
    "mixed_minmax",
    "nash_equilibria",
    "one_shot",
    "payoff_set",
    "pure_equilibria",
    "pure_minmax",
    "pure_minmax_profiles",
    "regret",
    "repeated_negotiation",
    "transfer_critical_delta",
    "transfer_equilibrium",
    "transfer_schedule",
    "truncated_equilibrium",
]
