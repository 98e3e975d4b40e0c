"""P. Dal Bo and G. Frechette (2018), On the determinants of cooperation in infinitely repeated games: a survey.

Journal of Economic Literature 56, 60-114. The games with T = 50, S = 12, P = 25 and R = 32, 40 or 48 points are
those of their experiment in American Economic Review 101 (2011), 411-429. The texts of the papers were not at
hand: the numbers are those of the formulas that the survey uses, to four decimals.
"""

from fractions import Fraction

import pytest

from negotiation.games import StageGame
from negotiation.stability import critical_discount, strategic_risk

REWARDS = {
    32: ("0.7200", "0.8158", "0.8125"),
    40: ("0.4000", "0.6053", "0.2708"),
    48: ("0.0800", "0.3947", "0.1625"),
}


def dilemma(temptation, reward, penalty, sucker):
    return StageGame.from_matrices(
        [[reward, sucker], [temptation, penalty]], [[reward, temptation], [sucker, penalty]]
    )


@pytest.mark.parametrize(
    ("payoffs", "threshold"), [((4, 3, 1, 0), "1/3"), ((5, 3, 1, 0), "1/2"), ((10, 9, 3, 1), "1/7")]
)
def test_grim_thresholds_of_common_dilemmas(payoffs, threshold):
    assert critical_discount(dilemma(*payoffs), (0, 0)).exact == Fraction(threshold)
    assert strategic_risk(dilemma(*payoffs), 0.5).critical_delta == pytest.approx(float(Fraction(threshold)))


@pytest.mark.parametrize("reward", REWARDS)
def test_thresholds_of_equilibrium_and_of_risk_dominance(reward):
    game, (equilibrium, risk_dominance, _) = dilemma(50, reward, 25, 12), REWARDS[reward]
    risk = strategic_risk(game, 0.75)
    assert f"{critical_discount(game, (0, 0)).value:.4f}" == equilibrium
    for player in range(2):
        assert f"{risk.critical_delta[player]:.4f}" == equilibrium
        assert f"{risk.risk_dominant_delta[player]:.4f}" == risk_dominance


@pytest.mark.parametrize("reward", REWARDS)
def test_basin_of_always_defecting_at_three_quarters(reward):
    risk = strategic_risk(dilemma(50, reward, 25, 12), 0.75)
    assert risk.size_bad.round(4).tolist() == [float(REWARDS[reward][2])] * 2
    assert risk.is_risk_dominant == (risk.size_bad[0] < 0.5)
