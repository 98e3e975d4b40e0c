"""S. Goldluecke and S. Kranz (2012), Infinitely repeated games with public monitoring and monetary transfers.

The numbers are those that the authors print for the Cournot game of Abreu (1988) in the tutorial of their R
package repgame, "Interactively solving repeated games", section "Solving and plotting the game".
"""

from fractions import Fraction

import pytest

from negotiation.games import StageGame
from negotiation.solvers.nash import pure_equilibria
from negotiation.solvers.transfers import transfer_schedule

COURNOT = StageGame.from_matrices(
    [[10, 3, 0], [15, 7, -4], [7, 5, -15]],
    [[10, 15, 7], [3, 7, 5], [0, -4, -15]],
    actions=[["L", "M", "H"]] * 2,
)


def test_the_only_pure_equilibrium_of_the_stage_game_is_medium_output():
    assert pure_equilibria(COURNOT) == (COURNOT.profile("M", "M"),)


@pytest.mark.parametrize(
    ("row", "low", "liquidity", "joint", "punishment", "profiles"),
    [
        (0, Fraction(0), 0, 14, 7, ["MM", "MM", "MM"]),
        (1, Fraction(1, 4), 6, 18, 0, ["LM", "MH", "HM"]),
        (2, Fraction(1, 3), 10, 20, 0, ["LL", "MH", "HM"]),
    ],
)
def test_optimal_action_plans_of_the_cournot_game(row, low, liquidity, joint, punishment, profiles):
    plan = transfer_schedule(COURNOT).plans[row]
    assert (plan.low, plan.liquidity, plan.joint_payoff) == (low, liquidity, joint)
    assert plan.punishment_payoffs == (punishment, punishment)
    assert [plan.target, *plan.punishments] == [COURNOT.profile(*names) for names in profiles]


def test_a_discount_factor_at_the_end_of_a_segment_reaches_the_better_plan():
    schedule = transfer_schedule(COURNOT)
    for delta, joint in ((0.25, 18), (1 / 3, 20), (Fraction(1, 3), 20), (0.333, 18)):
        plan = schedule.at(delta)
        assert plan is not None
        assert plan.joint_payoff == joint
