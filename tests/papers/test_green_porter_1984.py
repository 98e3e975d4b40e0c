"""E. Green and R. Porter (1984), Noncooperative collusion under imperfect price information.

Econometrica 52, 87-100. The logic of their trigger strategies, a war of T years after a bad signal, with an alarm
in place of prices. The numbers are this project's.
"""

import math

import numpy as np
import pytest

from negotiation.stability import conflict_loss, punishment_length


@pytest.mark.parametrize(
    ("false_alarm", "detection", "printed", "years"), [(0.2, 0.3, 7.70, 8), (0.1, 0.55, 0.64, 1)]
)
def test_years_of_war_that_deter_cheating(false_alarm, detection, printed, years):
    length = punishment_length(1, 4, 0.9, false_alarm, detection)
    assert length == pytest.approx(printed, abs=0.005)
    assert math.ceil(length) == years


def test_loss_from_a_war_of_three_years():
    cost, delta, false_alarm = 4, 0.9, 0.1
    moves = np.array([[1 - false_alarm, false_alarm, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]])
    truce, war, *_ = np.linalg.solve(np.eye(4) - delta * moves, [0, -cost, -cost, -cost])
    assert truce - war == pytest.approx(8.714527, abs=5e-7)
    assert conflict_loss(cost, delta, false_alarm, 3) == pytest.approx(8.714527, abs=5e-7)
