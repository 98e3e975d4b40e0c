from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from negotiation.games import StageGame, StochasticGame, Transitions, compose_game
from tests.strategies import refused

PAYOFFS = [[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[["1/3", 0.1]]]]
MOVES = [[[[1, 0], [0, 1]], [[0, 1], ["1/3", "2/3"]]], [[[0.25, 0.75]]]]


def test_entries_are_kept_exact_and_a_float_counts_as_its_decimal():
    game = StochasticGame(["truce", "war"], PAYOFFS, MOVES, Fraction(2, 3))
    assert game.exact_payoffs[1].tolist() == [[[Fraction(1, 3), Fraction(1, 10)]]]
    assert game.transitions.exact(0)[1, 1].tolist() == [Fraction(1, 3), Fraction(2, 3)]
    assert game.transitions.exact(1)[0, 0].tolist() == [Fraction(1, 4), Fraction(3, 4)]
    assert game.exact_deltas == (Fraction(2, 3),) * 2
    assert game.delta == 2 / 3


def test_written_out_transitions_are_those_given():
    game = StochasticGame(["truce", "war"], PAYOFFS, MOVES, 0.9)
    written = game.transitions[0]
    assert written.shape == (2, 2, 2)
    np.testing.assert_allclose(written, [[[1, 0], [0, 1]], [[0, 1], [1 / 3, 2 / 3]]], rtol=1e-15)
    assert [array.shape for array in game.transitions] == [(2, 2, 2), (1, 1, 2)]
    assert game.transitions.num_rows == 5
    assert len(game.transitions.weights) == 7
    with pytest.raises(ValueError, match="read-only"):
        written[0, 0, 0] = 1


def test_probabilities_that_rounding_moves_are_divided_by_their_sum():
    third = 1 / 3
    game = StochasticGame(list("abc"), [[[[0, 0]]]] * 3, [[[[third, third, third]]]] * 3, 0.9)
    assert game.transitions.exact(0)[0, 0].tolist() == [Fraction(1, 3)] * 3
    assert game.transitions.weights[:3].sum() == pytest.approx(1, abs=1e-16)


def test_functions_give_the_same_game_as_arrays():
    arrays = StochasticGame(["truce", "war"], PAYOFFS, MOVES, 0.9)
    names = [["0", "1"]] * 2

    def number(state, profile):
        return tuple(map(int, profile)) if state == "truce" else (0, 0)

    functions = StochasticGame.from_functions(
        ["truce", "war"],
        lambda state: names if state == "truce" else [["0"], ["0"]],
        lambda state, profile: arrays.exact_payoffs[state == "war"][number(state, profile)],
        lambda state, profile: dict(
            zip(arrays.states, arrays.transitions.exact(state == "war")[number(state, profile)], strict=True)
        ),
        0.9,
    )
    assert functions.shapes == arrays.shapes
    for state in range(2):
        assert (functions.exact_payoffs[state] == arrays.exact_payoffs[state]).all()
        assert (functions.transitions.exact(state) == arrays.transitions.exact(state)).all()


def test_three_players_with_different_actions_by_state():
    game = StochasticGame.from_functions(
        ["on", "off"],
        lambda state: [["a", "b"], ["c"], ["d", "e", "f"]] if state == "on" else [["a"], ["c"], ["d"]],
        lambda state, profile: [len(state), ord(profile[0]), ord(profile[2])],
        lambda state, profile: {"off": 1},
        [0.5, 0.6, 0.7],
        players=["x", "y", "z"],
    )
    assert game.shapes == ((2, 1, 3), (1, 1, 1))
    assert game.payoffs[0][1, 0, 2].tolist() == [2, ord("b"), ord("f")]
    with refused("'delta' of StochasticGame must be common to all players here"):
        game.delta  # noqa: B018


def test_another_delta_leaves_the_game_as_it_was():
    game = StochasticGame(["truce", "war"], PAYOFFS, MOVES, 0.9)
    other = game.with_delta([0.5, 0.6])
    assert game.delta == 0.9
    assert other.deltas.tolist() == [0.5, 0.6]
    assert other.transitions is game.transitions


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states": []}, "'states' of StochasticGame must name at least one state"),
        ({"states": "ab"}, "'states' of StochasticGame must name at least one state"),
        ({"states": ["truce", "truce"]}, "'states' of StochasticGame must hold distinct names"),
        ({"states": ["truce", ""]}, "'states' of StochasticGame must hold no empty name"),
        ({"states": ["truce", 1]}, "'states' of StochasticGame must be a sequence of strings"),
        ({"payoffs": PAYOFFS[:1]}, "'payoffs' of StochasticGame must hold one entry for each of 2 states, got 1"),
        (
            {"payoffs": [[[1, 2]], PAYOFFS[1]]},
            "In state 'truce' of StochasticGame: 'payoffs' of StageGame must have",
        ),
        ({"payoffs": [PAYOFFS[0], [[[0, float("nan")]]]]}, "In state 'war' of StochasticGame: 'payoffs[0, 0, 1]'"),
        (
            {"payoffs": [PAYOFFS[0], [[[[0, 0, 0]]]]]},
            "'payoffs' of StochasticGame must have the 2 players of state",
        ),
        ({"transitions": MOVES[:1]}, "'transitions' of StochasticGame must hold one entry for each of 2 states"),
        (
            {"transitions": [MOVES[0], [[[1, 0, 0]]]]},
            "'transitions['war']' of StochasticGame must have shape (1, 1, 2)",
        ),
        (
            {"transitions": [[[[1], [0, 1]], [[0, 1], [0, 1]]], MOVES[1]]},
            "'transitions['truce']' of StochasticGame",
        ),
        (
            {"transitions": [MOVES[0], [[[0.5, 0.4]]]]},
            "'transitions['war'][0, 0]' of StochasticGame must add up to 1, got 0.9",
        ),
        (
            {"transitions": [MOVES[0], [[[0, 0]]]]},
            "'transitions['war'][0, 0]' of StochasticGame must add up to 1, got 0",
        ),
        (
            {"transitions": [MOVES[0], [[[1.5, -0.5]]]]},
            "'transitions['war'][0, 0]' of StochasticGame must hold prob",
        ),
        (
            {"transitions": [MOVES[0], [[[float("nan"), 1]]]]},
            "'transitions['war'][0, 0]' of StochasticGame must hold",
        ),
        (
            {"transitions": [MOVES[0], [[["x", 1]]]]},
            "'transitions['war'][0, 0]' of StochasticGame must be a finite",
        ),
        ({"delta": 1}, "'delta' of StochasticGame must be strictly between 0 and 1, got 1"),
        ({"delta": 0}, "'delta' of StochasticGame must be strictly between 0 and 1, got 0"),
        ({"delta": [0.9] * 3}, "'delta' of StochasticGame must be one number or hold 2, one a player, got 3"),
        (
            {"actions": [[["a", "b"], ["c", "c"]], [["-"], ["-"]]]},
            "In state 'truce' of StochasticGame: 'actions[1]'",
        ),
        ({"players": ["one"]}, "In state 'truce' of StochasticGame: 'players' of StageGame must hold 2 names"),
    ],
)
def test_mistakes_are_refused(changes, message):
    given = {"states": ["truce", "war"], "payoffs": PAYOFFS, "transitions": MOVES, "delta": 0.9}
    with refused(message):
        StochasticGame(**(given | changes))


def test_unknown_states_are_refused():
    game = StochasticGame(["truce", "war"], PAYOFFS, MOVES, 0.9)
    with refused("'state' of StochasticGame must be one of the 2 known names, got 'trice'. Did you mean 'truce'?"):
        game.state("trice")
    with refused("'state' of StochasticGame must be a name or a number from 0 to 1, got 2"):
        game.state(2)
    with refused("'transition('on', ('-',))' of StochasticGame.from_functions must be one of the 1 known names"):
        StochasticGame.from_functions(["on"], lambda s: [["-"]], lambda s, a: [0], lambda s, a: {"of": 1}, 0.9)


def test_sparse_transitions_must_fit_the_payoffs():
    sparse = Transitions(["a"], [(2, 1)], [{0: 1}, {0: 1}])
    with refused("'transitions['a']' of StochasticGame must have the actions of the payoffs, (1, 1), got (2, 1)"):
        StochasticGame(["a"], [[[[0, 0]]]], sparse, 0.9)


def test_composed_game_multiplies_the_probabilities_of_its_components():
    components = {"x": ["0", "1"], "y": ["0", "1", "2"], "fixed": ["k"]}

    def move_x(state, profile):
        return {"1": 0.25, "0": 0.75} if profile[0] == "go" else {state["x"]: 1}

    def move_y(state, profile):
        return {state["y"]: 0.5, str((int(state["y"]) + 1) % 3): 0.5}

    game = compose_game(
        components,
        lambda state: [["go", "stay"], ["-"]],
        lambda state, profile: (int(state["x"]), int(state["y"])),
        {"x": move_x, "y": move_y},
        0.9,
    )
    assert game.states == tuple(f"{x}, {y}, k" for x, y in product("01", "012"))
    for number, (x, y) in enumerate(product("01", "012")):
        for action, name in enumerate(["go", "stay"]):
            row = game.transitions[number][action, 0]
            for other, (next_x, next_y) in enumerate(product("01", "012")):
                state, profile = {"x": x, "y": y}, (name, "-")
                chance = move_x(state, profile).get(next_x, 0) * move_y(state, profile).get(next_y, 0)
                assert row[other] == pytest.approx(chance, abs=1e-15)


def test_composed_game_leaves_out_what_cannot_be_reached():
    game = compose_game(
        {"year": ["1", "2", "3"], "mood": ["good", "bad"]},
        lambda state: [["-"], ["-"]],
        lambda state, profile: (0, 0),
        {"year": lambda state, profile: {str(min(int(state["year"]) + 1, 3)): 1}},
        0.9,
        start={"year": "2", "mood": "bad"},
    )
    assert game.states == ("2, bad", "3, bad")
    with refused("'shocks' of compose_game must be one of the 1 known names, got 'moods'. Did you mean 'mood'?"):
        compose_game({"mood": ["good"]}, lambda s: [], lambda s, a: [], {"moods": lambda s, a: {}}, 0.9)


def test_one_state_holds_the_stage_game():
    stage = StageGame.from_matrices([[1, 2]], [["1/2", 3]])
    game = StochasticGame(["only"], [stage.exact_payoffs.tolist()], [[[[1], [1]]]], 0.5)
    assert (game.stages[0].exact_payoffs == stage.exact_payoffs).all()


def test_discount_factors_may_be_text():
    game = StochasticGame(["on"], [[[[1, 1]]]], [[[[1]]]], "1/3")
    assert game.exact_deltas == (Fraction(1, 3), Fraction(1, 3))
    assert game.with_delta(["1/4", 0.5]).exact_deltas == (Fraction(1, 4), Fraction(1, 2))
