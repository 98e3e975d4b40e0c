"""One solution concept or algorithm a file: a game in, a result out."""

from negotiation.solvers.batch import BatchEquilibria, batch_equilibria
from negotiation.solvers.correlated import (
    CorrelatedEquilibrium,
    coarse_correlated_equilibrium,
    correlated_equilibrium,
)
from negotiation.solvers.deviation import regret
from negotiation.solvers.dominance import Dominance, dominant_actions, iterated_dominance
from negotiation.solvers.equilibria import Equilibria, Tie
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
from negotiation.solvers.payoff_set import PayoffSet, payoff_set
from negotiation.solvers.quantal_response import QuantalResponse, quantal_response
from negotiation.solvers.self_generation import generate, is_self_generating
from negotiation.solvers.solution import Solution, Status
from negotiation.solvers.transfers import (
    TransferPlan,
    TransferSchedule,
    transfer_critical_delta,
    transfer_schedule,
)

__all__ = [
    "BatchEquilibria",
    "CorrelatedEquilibrium",
    "CorrelatedMinmax",
    "Dominance",
    "Equilibria",
    "Judgement",
    "Minmax",
    "PayoffSet",
    "QuantalResponse",
    "Solution",
    "Status",
    "Tie",
    "TransferPlan",
    "TransferSchedule",
    "batch_equilibria",
    "coarse_correlated_equilibrium",
    "correlated_equilibrium",
    "correlated_minmax",
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
    "quantal_response",
    "regret",
    "transfer_critical_delta",
    "transfer_schedule",
]
