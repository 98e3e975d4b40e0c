import subprocess
import sys
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from tests.strategies import refused

ROW, COLUMN = [[4, -1], [6, 1]], [[3, "11/2"], [-2, 0]]
TRUCE = StageGame.from_matrices(ROW, COLUMN, ["US", "China"], [["uphold", "defect"]] * 2)
THREE = StageGame(
    np.arange(36.0).reshape(2, 3, 2, 3), ["A", "B", "C"], [["up", "down"], ["l", "m", "r"], ["x", "y"]]
)


def test_array_matrices_and_profiles_give_the_same_game():
    array = StageGame([[[4, 3], [-1, "11/2"]], [[6, -2], [1, 0]]], ["US", "China"], [["uphold", "defect"]] * 2)
    profiles = StageGame.from_profiles(
        {("uphold", "uphold"): (4, 3), ("uphold", "defect"): (-1, "11/2")}
        | {("defect", "uphold"): (6, -2), ("defect", "defect"): (1, 0)},
        ["US", "China"],
    )
    for game in (array, profiles, TRUCE):
        assert game.payoffs.tolist() == [[[4, 3], [-1, 5.5]], [[6, -2], [1, 0]]]
        assert (game.exact_payoffs == TRUCE.exact_payoffs).all()
        assert (game.players, game.actions) == (TRUCE.players, TRUCE.actions)


def test_matrices_are_row_player_by_column_player():
    game = StageGame.from_matrices([[1, 2, 3], [4, 5, 6]], np.array([[10, 20, 30], [40, 50, 60]]))
    assert game.shape == (2, 3)
    assert game[1, 2].tolist() == [6, 60]


def test_profiles_may_stand_in_any_order_and_name_any_number_of_players():
    cells = {profile: range(k, k + 3) for k, profile in enumerate(product(["a", "b"], ["c", "d", "e"], ["f"]))}
    game = StageGame.from_profiles(dict(reversed(cells.items())))
    assert game.shape == (2, 3, 1)
    assert game.actions == (("b", "a"), ("e", "d", "c"), ("f",))
    assert all(game[profile].tolist() == list(payoffs) for profile, payoffs in cells.items())


def test_one_axis_an_action_and_the_player_last():
    assert (THREE.num_players, THREE.shape) == (3, (2, 3, 2))
    assert THREE[1, 2, 0].tolist() == [30, 31, 32]
    assert StageGame(np.zeros((1, 1, 1, 1, 4))).shape == (1, 1, 1, 1)


def test_players_and_actions_are_numbered_when_they_have_no_name():
    game = StageGame(np.zeros((2, 3, 2)))
    assert game.players == ("player 0", "player 1")
    assert game.actions == (("0", "1"), ("0", "1", "2"))
    assert game["1", "2"].tolist() == [0, 0]


def test_profiles_are_given_by_name_by_number_or_both():
    for profile in [("defect", "uphold"), (1, 0), ("defect", 0), (np.int64(1), np.int8(0))]:
        assert TRUCE.profile(*profile) == (1, 0)
        assert TRUCE[profile].tolist() == [6, -2]
    assert type(TRUCE.profile(np.int64(1), 0)[0]) is int


@pytest.mark.parametrize(
    ("entry", "exact"),
    [
        (0.1, Fraction(1, 10)),
        (1e-7, Fraction(1, 10**7)),
        (np.float64(2.675), Fraction(107, 40)),
        (Fraction(1, 3), Fraction(1, 3)),
        ("11/2", Fraction(11, 2)),
        ("-0.3", Fraction(-3, 10)),
        ("1e3", Fraction(1000)),
        (Decimal("0.10"), Fraction(1, 10)),
        (np.int16(-7), Fraction(-7)),
        (2**70 + 1, Fraction(2**70 + 1)),
    ],
)
def test_entries_of_every_type_are_kept_exact(entry, exact):
    game = StageGame([[[entry, 0]]])
    assert game.exact_payoffs[0, 0, 0] == exact
    assert type(game.exact_payoffs[0, 0, 0]) is Fraction
    assert game.payoffs[0, 0, 0] == float(exact)


def test_a_float_array_counts_as_the_decimals_that_it_prints():
    floats = np.array([[[0.1, 0.7], [1 / 3, -2.5]]])
    game = StageGame(floats)
    assert game.exact_payoffs.tolist() == [
        [[Fraction("0.1"), Fraction("0.7")], [Fraction(str(1 / 3)), Fraction(-5, 2)]]
    ]
    assert (game.payoffs == floats).all()
    assert game.exact_payoffs is game.exact_payoffs


@given(st.lists(st.fractions(), min_size=4, max_size=4))
def test_exact_payoffs_round_to_the_payoffs(entries):
    game = StageGame([[entries[:2], entries[2:]]])
    assert game.exact_payoffs.ravel().tolist() == entries
    assert game.payoffs.ravel().tolist() == [float(entry) for entry in entries]


def test_games_cannot_be_changed_from_outside():
    source = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    names, actions = ["A", "B"], [["x"], ["y", "z"]]
    game = StageGame(source, names, actions)
    source[:], names[0], actions[0][0] = 9, "changed", "changed"
    assert game[0, 0].tolist() == [1, 2]
    assert (game.players, game.actions) == (("A", "B"), (("x",), ("y", "z")))
    row = np.array([[1.0]])
    pair = StageGame.from_matrices(row, row)
    row[0, 0] = 9
    assert pair[0, 0].tolist() == [1, 1]
    for array in (game.payoffs, game.exact_payoffs, TRUCE.exact_payoffs):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0, 0] = 5
    with pytest.raises(FrozenInstanceError):
        game.players = ("C", "D")


def test_text_shows_both_payoffs_of_each_cell_under_the_names():
    assert str(TRUCE).splitlines() == [
        "            China: uphold   defect",
        "US: uphold           4, 3  -1, 5.5",
        "    defect          6, -2     1, 0",
    ]
    assert repr(TRUCE) == "StageGame(2 x 2, players=['US', 'China'])"


def test_text_of_more_players_lists_the_profiles():
    lines = str(THREE).splitlines()
    assert len(lines) == 12
    assert lines[0] == "up, l, x    0, 1, 2"
    assert lines[-1] == "down, r, y  33, 34, 35"


def test_html_is_a_table_with_one_cell_a_profile():
    html = TRUCE._repr_html_()
    assert html.count("<td>") == 4
    assert html.startswith("<table>") and html.endswith("</table>")
    assert "<th>US \\ China</th>" in html
    assert "<tr><th>uphold</th><td>4, 3</td><td>-1, 5.5</td></tr>" in html
    assert THREE._repr_html_().startswith("<pre>up, l, x")


def test_html_escapes_the_names():
    actions = [["<hold>"], ["a&b"]]
    pair = StageGame([[[1, 2]]], ["<b>US</b>", '"C"'], actions)._repr_html_()
    three = StageGame([[[[1, 2, 3]]]], actions=[*actions, ["<i>"]])._repr_html_()
    for html in (pair, three):
        assert "&lt;hold&gt;" in html and "a&amp;b" in html
        assert "<hold>" not in html and "<i>" not in html
    assert "&lt;b&gt;US&lt;/b&gt; \\ &quot;C&quot;" in pair


@pytest.mark.parametrize(
    "payoffs", [None, 3, "x", [1, 2], [[1, 2], [3, 4]], np.zeros((2, 2, 3)), np.zeros((2, 1))]
)
def test_payoffs_need_an_axis_an_action_and_one_entry_a_player(payoffs):
    rule = (
        "'payoffs' of StageGame must have one axis an action and a last axis with one entry a player, got shape ("
    )
    with refused(rule):
        StageGame(payoffs)


@pytest.mark.parametrize(
    "payoffs", [[[[1, 2]], [[1]]], [[[1, 2], [3, 4]], [[5, 6]]], [[[1, [2]]]], [[[1, (2, 3)]]]]
)
def test_ragged_payoffs_are_refused(payoffs):
    with refused("'payoffs' of StageGame must be rectangular, got rows of different lengths."):
        StageGame(payoffs)


@pytest.mark.parametrize("payoffs", [[], [[]], [[[]]], np.zeros((0, 2, 2)), np.zeros((2, 0, 2))])
def test_games_without_a_profile_are_refused(payoffs):
    with refused("'payoffs' of StageGame must hold at least one profile, got shape ("):
        StageGame(payoffs)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (float("nan"), "be a finite number, got nan."),
        (float("-inf"), "be a finite number, got -inf."),
        (np.float64("inf"), "be a finite number, got np.float64(inf)."),
        (Decimal("NaN"), "be a finite number, got Decimal('NaN')."),
        (Decimal("Infinity"), "be a finite number, got Decimal('Infinity')."),
        ("x", "be a finite number, got 'x'. Text is written as '11/2' or '0.25'."),
        ("inf", "be a finite number, got 'inf'."),
        ("1/0", "be a finite number, got '1/0'."),
        ("", "be a finite number, got ''."),
        (None, "be a number, got None. Use int, float, Fraction, Decimal or text."),
        (True, "be a number, got True."),
        (1j, "be a number, got 1j."),
    ],
)
def test_entries_that_are_no_finite_numbers_are_refused_by_their_index(entry, words):
    with refused(f"'payoffs[0, 1, 0]' of StageGame must {words}"):
        StageGame([[[1, 2], [entry, 4]]])


def test_faults_in_arrays_are_refused_too():
    with refused("'payoffs[0, 0, 1]' of StageGame must be finite, got nan."):
        StageGame(np.array([[[1.0, np.nan]]]))
    with refused("'payoffs[0, 0, 0]' of StageGame must be finite, got inf."):
        StageGame(np.array([[[np.inf, 1]]], dtype=np.float32))
    with refused("'payoffs[0, 0, 0]' of StageGame must be a number, got True."):
        StageGame(np.array([[[True, False]]]))


@pytest.mark.parametrize("entry", [Fraction(10**400, 3), -(10**400), "1e400", Decimal("1e400")])
def test_numbers_beyond_the_floats_are_refused(entry):
    with refused("'payoffs' of StageGame must fit into floats, got a number beyond 1.8e308."):
        StageGame([[[0, entry]]])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"players": ["US"]}, "'players' of StageGame must hold 2 names, got 1: ['US']."),
        ({"players": ["US", "US"]}, "'players' of StageGame must hold distinct names"),
        ({"players": ["US", ""]}, "'players' of StageGame must hold no empty name, got ['US', '']."),
        ({"players": 2}, "'players' of StageGame must be a sequence of strings, got 2. Pass 2 names."),
        ({"actions": [["a", "b"]]}, "'actions' of StageGame must name the actions of 2 players, got 1 lists."),
        ({"actions": [["a", "b"], ["c"]]}, "'actions[1]' of StageGame must hold 2 names, got 1: ['c']."),
        ({"actions": [["a", "a"], ["c", "d"]]}, "'actions[0]' of StageGame must hold distinct names"),
        ({"actions": [["a", "b"], ["c", " "]]}, "'actions[1]' of StageGame must hold no empty name"),
        ({"actions": [["a", "b"], None]}, "'actions[1]' of StageGame must be a sequence of strings, got None."),
        ({"actions": ["ab", "cd"]}, "'actions[0]' of StageGame must be a sequence of strings, got 'ab'."),
    ],
)
def test_names_that_do_not_fit_are_refused(names, words):
    with refused(words):
        StageGame(TRUCE.payoffs, **names)


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (
            ("upheld", 0),
            "'actions[0]' of StageGame must name an action of US, got 'upheld'. Did you mean 'uphold'?",
        ),
        ((0, "zzz"), "'actions[1]' of StageGame must name an action of China, got 'zzz'. Known: defect, uphold."),
        ((2, 0), "'actions[0]' of StageGame must be a name or a number from 0 to 1, got 2."),
        ((0, -1), "'actions[1]' of StageGame must be a name or a number from 0 to 1, got -1."),
        ((0.5, 0), "'actions[0]' of StageGame must be a name or a number from 0 to 1, got 0.5."),
        ((True, 0), "'actions[0]' of StageGame must be a name or a number from 0 to 1, got True."),
        ((0, None), "'actions[1]' of StageGame must be a name or a number from 0 to 1, got None."),
        (("uphold",), "'actions' of StageGame must name one action for each of 2 players, got ('uphold',)."),
        ((0, 0, 0), "'actions' of StageGame must name one action for each of 2 players, got (0, 0, 0)."),
    ],
)
def test_unknown_actions_are_refused_with_a_way_out(profile, words):
    with refused(words):
        TRUCE.profile(*profile)
    with refused(words):
        TRUCE[profile]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (
            [[1, 2], [3]],
            ROW,
            "'row' of StageGame.from_matrices must be rectangular, with two axes, got shape (2,).",
        ),
        ([1, 2], [1, 2], "'row' of StageGame.from_matrices must be rectangular, with two axes, got shape (2,)."),
        (
            ROW,
            [[1, 2]],
            "'column' of StageGame.from_matrices must have the shape of 'row', (2, 2), got shape (1, 2).",
        ),
        (ROW, [[1], [2, 3]], "'column' of StageGame.from_matrices must have the shape of 'row', (2, 2)"),
        (ROW, None, "'column' of StageGame.from_matrices must have the shape of 'row', (2, 2), got shape ()."),
        (ROW, [[1, 2], [3, "x"]], "'payoffs[1, 1, 1]' of StageGame must be a finite number, got 'x'."),
    ],
)
def test_matrices_that_do_not_fit_are_refused(row, column, words):
    with refused(words):
        StageGame.from_matrices(row, column)


@pytest.mark.parametrize(
    ("payoffs", "words"),
    [
        ({}, "'payoffs' of StageGame.from_profiles must hold profiles of one length, got []."),
        (
            {("a",): (1,), ("a", "b"): (1, 2)},
            "'payoffs' of StageGame.from_profiles must hold profiles of one length",
        ),
        (
            {("a", "c"): (1, 2), ("b", "d"): (1, 2)},
            "'payoffs' of StageGame.from_profiles must hold all 4 profiles",
        ),
        ({("a", "b"): (1,)}, "'payoffs[('a', 'b')]' of StageGame.from_profiles must hold 2 payoffs, got (1,)."),
        ({("a", ""): (1, 2)}, "'actions[1]' of StageGame must hold no empty name, got ['']."),
        ({("a", "b"): (1, float("nan"))}, "'payoffs[0, 0, 1]' of StageGame must be a finite number, got nan."),
    ],
)
def test_profiles_that_do_not_fit_are_refused(payoffs, words):
    with refused(words):
        StageGame.from_profiles(payoffs)


def test_the_missing_profile_is_named():
    with refused("'payoffs' of StageGame.from_profiles must hold all 4 profiles, got 2; ('a', 'd') is missing."):
        StageGame.from_profiles({("a", "c"): (1, 2), ("b", "d"): (1, 2)})


def test_importing_the_room_of_games_does_not_run_nashpy():
    code = "import sys, negotiation.games; print(any(name.startswith('nashpy.') for name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


@pytest.mark.parametrize("entry", ["1e99999999", Decimal("1e-99999999")])
def test_a_power_of_ten_that_would_fill_the_memory_is_refused_at_once(entry):
    with pytest.raises(ArgumentError, match="must be a finite number"):
        StageGame([[[entry, 1]]])
