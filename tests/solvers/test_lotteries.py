"""Strategies that draw lots are judged in floats, and not certified phase by phase."""

from dataclasses import replace

import pytest

from negotiation._checks import ArgumentError
from negotiation.games import Automaton, RepeatedGame, StageGame
from negotiation.solvers import certify, one_shot, verify


def test_strategies_that_draw_lots_are_not_certified_as_automata():
    game = RepeatedGame(StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]]), "1/2")
    coin = Automaton([(1, 1), (1, 1)], [[[0, 0], [0, 0]]] * 2, lottery=[[0.5, 0.5]])
    with pytest.raises(ArgumentError, match="without lotteries"):
        certify(one_shot(game, coin))
    steady = certify(one_shot(game, Automaton([(1, 1)], [[[0, 0], [0, 0]]])))
    assert not verify(replace(steady, automaton=coin, values=steady.values * 2, gains=steady.gains * 2)).valid
