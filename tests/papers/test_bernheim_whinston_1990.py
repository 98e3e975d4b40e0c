"""B. D. Bernheim and M. Whinston (1990), Multimarket contact and collusive behavior.

RAND Journal of Economics 21, 1-26. Their pooling of incentive constraints over markets, on two issues of this
project: (temptation, harm) = (3, 4) and (1, 6) a year. The numbers are not from the paper.
"""

from fractions import Fraction
from itertools import product

import pytest

from negotiation.games import StageGame
from negotiation.stability import critical_discount, link

TEMPTATION, HARM = [[3, 3], [1, 1]], [[4, 4], [6, 6]]


def issues_game(issues):
    """Build the game in which either side holds or breaks on each issue; on each, open conflict is worth 0."""
    actions = list(product((0, 1), repeat=len(issues)))

    def payoff(own, other):
        lines = zip(issues, own, other, strict=True)
        return sum((1 - theirs) * HARM[k][0] - (1 - mine) * TEMPTATION[k][0] for k, mine, theirs in lines)

    row = [[payoff(own, other) for other in actions] for own in actions]
    return StageGame.from_matrices(row, [list(column) for column in zip(*row, strict=True)])


@pytest.mark.parametrize(
    ("issues", "threshold"), [([0], Fraction(3, 4)), ([1], Fraction(1, 6)), ([0, 1], Fraction(2, 5))]
)
def test_the_linked_threshold_is_the_mediant_of_the_separate_ones(issues, threshold):
    game = issues_game(issues)
    assert critical_discount(game, (0, 0)).exact == threshold
    found = link(TEMPTATION, HARM, [issues], patience=0.5)
    assert found.critical[0] == pytest.approx([float(threshold)] * 2)


def test_between_the_thresholds_only_linkage_sustains_both_issues():
    assert link(TEMPTATION, HARM, [[0], [1]], patience=0.6).holds.tolist() == [False, True]
    assert link(TEMPTATION, HARM, [[0, 1]], patience=0.6).holds.tolist() == [True]
