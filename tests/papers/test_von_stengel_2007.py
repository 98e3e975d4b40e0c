"""B. von Stengel (2007), Equilibrium computation for two-player games in strategic and extensive form.

Chapter 3 of N. Nisan et al. (eds.), Algorithmic Game Theory. The 3 x 2 game and its degenerate variant.
"""

from fractions import Fraction

from negotiation.games import StageGame
from negotiation.solvers.nash import nash_equilibria

ROW = [[3, 3], [2, 5], [0, 6]]


def fractions(text):
    return tuple(Fraction(entry) for entry in text.split())


def test_the_game_has_three_equilibria():
    found = nash_equilibria(StageGame.from_matrices(ROW, [[3, 2], [2, 6], [3, 1]]))
    assert not found.degenerate
    assert list(found) == [
        (fractions("1 0 0"), fractions("1 0")),
        (fractions("4/5 1/5 0"), fractions("2/3 1/3")),
        (fractions("0 1/3 2/3"), fractions("1/3 2/3")),
    ]


def test_the_degenerate_game_has_a_segment_and_an_isolated_equilibrium():
    found = nash_equilibria(StageGame.from_matrices(ROW, [[3, 3], [2, 6], [3, 1]]))
    assert found.degenerate
    assert list(found) == [
        (fractions("1 0 0"), fractions("1 0")),
        (fractions("1 0 0"), fractions("2/3 1/3")),
        (fractions("0 1/3 2/3"), fractions("1/3 2/3")),
    ]
