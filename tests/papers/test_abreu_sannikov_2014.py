"""D. Abreu and Y. Sannikov (2014), An algorithm for two-player repeated games with perfect monitoring.

Theoretical Economics 9, 313-338. The vertices were published with programs for the algorithm, to ten decimals.
"""

from fractions import Fraction

import numpy as np
import pytest

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.payoff_sets import payoff_set

PRINTED = 1e-10
EXAMPLE = StageGame.from_matrices([[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]])
VERTICES = {
    0.3: [
        (1.1256823955, 2.8),
        (7.3377047187, 0),
        (7.8630896381, 0),
        (19.7917976974, 2.8),
        (15.5630896381, 9.1),
        (7.3377047187, 10.9826252791),
    ],
    0.4: [
        (0.4316973140, 2.4),
        (6.1726789256, 0),
        (10.15, 0),
        (20.125, 2.4),
        (16, 9),
        (6.1726789256, 12.0237910998),
    ],
}
COURNOT_VERTICES = [
    (6.9665306122448980, 0.2865306122448980),
    (6.8767346938775520, 0.3967346938775508),
    (6.8974149659863940, 0.1910204081632653),
    (6.5334170591313450, 0.1175510204081632),
    (4.9390685504971220, 0),
    (0, 0),
]


def cournot():
    quantities = [Fraction(6 * k, 14) for k in range(15)]
    row = [[q * (max(6 - q - r, 0) - Fraction(3, 5)) for r in quantities] for q in quantities]
    return StageGame.from_matrices(row, [list(column) for column in zip(*row, strict=True)])


@pytest.mark.parametrize("delta", [0.3, 0.4])
def test_vertices_of_the_example_with_nine_profiles(delta):
    found = payoff_set(RepeatedGame(EXAMPLE, delta))
    assert found.vertices == pytest.approx(np.array(VERTICES[delta]), abs=PRINTED)


def test_vertices_of_the_cournot_duopoly():
    found = payoff_set(RepeatedGame(cournot(), 0.8))
    expected = np.array(sorted({*COURNOT_VERTICES, *((y, x) for x, y in COURNOT_VERTICES)}))
    order = np.lexsort(found.vertices.round(9).T[::-1])
    # the numbers are those of an iteration that was stopped at a step of 1e-10 or so
    assert found.vertices[order] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("delta", np.arange(0.2, 0.96, 0.05).round(2))
def test_there_are_at_most_three_vertices_a_profile(delta):
    for stage in (EXAMPLE, cournot()):
        found = payoff_set(RepeatedGame(stage, delta))
        assert len(found.vertices) <= 3 * stage.payoffs[..., 0].size
