import pytest

from negotiation.games import (
    Automaton,
    OutcomePath,
    StageGame,
    carrot_and_stick,
    grim_trigger,
    outcome_path,
    path_with_punishments,
)
from tests.strategies import refused

GAME = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]], actions=[["C", "D"]] * 2)


def test_a_profile_a_cycle_and_a_path_are_told_apart():
    assert outcome_path(GAME, ("C", "D")) == OutcomePath((), ((0, 1),))
    assert outcome_path(GAME, (0, 1)) == OutcomePath((), ((0, 1),))
    assert outcome_path(GAME, [("C", "D")]) == OutcomePath((), ((0, 1),))
    assert outcome_path(GAME, [("C", "D"), (1, "C")]) == OutcomePath((), ((0, 1), (1, 0)))
    path = OutcomePath((("D", "D"),), (("C", "C"),))
    assert outcome_path(GAME, path).rounds == ((1, 1), (0, 0))


def test_the_path_of_an_automaton_is_what_it_plays_while_everybody_obeys():
    assert outcome_path(GAME, grim_trigger(GAME, (0, 0), (1, 1))) == OutcomePath((), ((0, 0),))
    assert outcome_path(GAME, carrot_and_stick(GAME, (0, 0), (1, 1))).cycle == ((0, 0),)
    lead = path_with_punishments(GAME, [("D", "D"), ("C", "D"), ("C", "C")], [[("D", "D")]] * 2)
    assert outcome_path(GAME, lead) == OutcomePath(((1, 1), (0, 1)), ((0, 0),))


def test_a_path_is_described_by_names():
    assert OutcomePath(((1, 1),), ((0, 1), (1, 0))).describe(GAME) == "(D, D), then (C, D) (D, C) in turn"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (
            3,
            "'target' of outcome_path must be an action profile, a sequence of them, an",
        ),
        ("CD", "'target' of outcome_path must be an action profile"),
        (None, "'target' of outcome_path must be an action profile"),
        ([], "'actions' of StageGame must name one action for each of 2 players, got ()."),
        (OutcomePath(((0, 0),), ()), "'target' of outcome_path must hold a profile that is repeated"),
        ([("C", "D"), ("C", "X")], "'actions[1]' of StageGame must name an action of player 1, got 'X'."),
        (("C", "X"), "'actions[1]' of StageGame must name an action of player 1, got 'X'."),
        ([("C", "D"), ("C",)], "'actions' of StageGame must name one action for each of 2 players, got ('C',)."),
    ],
)
def test_targets_that_do_not_fit_are_refused(target, words):
    with refused(words):
        outcome_path(GAME, target)


def test_an_automaton_of_another_game_is_refused():
    other = StageGame([[[0, 0]] * 3] * 2)
    with refused("'target' of outcome_path must have (2, 2) actions, as the game has, got (2, 3)."):
        outcome_path(GAME, grim_trigger(other, (0, 0), (1, 1)))


def test_an_automaton_that_draws_lots_has_no_path():
    coin = Automaton([(0, 0), (1, 1)], [[[0, 0], [0, 0]]] * 2, lottery=[[0.5, 0.5]])
    with refused("'target' of outcome_path must have one path of play, got an automaton that draws lots."):
        outcome_path(GAME, coin)
