"""Pictures of games show the games that they are given."""

import io

import numpy as np
import pytest

figure = pytest.importorskip("matplotlib.figure")

from matplotlib import image  # noqa: E402
from matplotlib.transforms import Bbox  # noqa: E402

from negotiation._checks import ArgumentError  # noqa: E402
from negotiation.games import (  # noqa: E402
    Automaton,
    RepeatedGame,
    StageGame,
    carrot_and_stick,
    grim_trigger,
    limited_punishment,
    tit_for_tat,
)
from negotiation.report import automaton_chart, payoff_set_chart  # noqa: E402
from negotiation.report.game_charts import _moves  # noqa: E402
from negotiation.solvers import payoff_set  # noqa: E402

GAME = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]], ["US", "China"], [["$keep", "break$"]] * 2)


def axes():
    return figure.Figure(layout="constrained").subplots()


@pytest.mark.parametrize("delta", [0.05, 0.3])
def test_payoff_set_chart_draws_the_polygon_its_support_and_the_stage_payoffs(delta) -> None:
    found = payoff_set(RepeatedGame(GAME, delta))
    ax = payoff_set_chart(found, axes())
    crosses, outline, *support = [line.get_xydata().tolist() for line in ax.lines]
    assert crosses == GAME.payoffs.reshape(-1, 2).tolist()
    assert outline[:-1] == found.vertices.tolist()
    for k, (vertex, first) in enumerate(zip(found.vertices, found.profiles, strict=True)):
        promised = found.continuations[k].tolist()
        assert support[2 * k] == [GAME.payoffs[first].tolist(), vertex.tolist(), promised]
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "first break$, break$" in named and len(named) == 1 + len(set(found.profiles))
    assert ax.get_xlabel() == "average payoff of US"
    ax.figure.canvas.draw()


def test_payoff_set_chart_of_the_empty_set_shows_the_stage_game() -> None:
    found = payoff_set(RepeatedGame(StageGame([[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]]), 0.05))
    ax = payoff_set_chart(found, axes())
    assert len(ax.lines[0].get_xdata()) == 4 and len(ax.lines[1].get_xdata()) == 0


def moves(automaton, stage=None):
    return {(one.start, one.end, one.kind, one.label) for one in _moves(automaton, stage)}


def test_arrows_of_the_grim_trigger() -> None:
    assert moves(grim_trigger(GAME, (0, 0), (1, 1))) == {(0, 0, 0, ""), (0, 1, 3, ""), (1, 1, 0, "")}


def test_arrows_of_tit_for_tat() -> None:
    obeyed = {(0, 0, 0, ""), (1, 2, 0, ""), (2, 1, 0, ""), (3, 3, 0, "")}
    by_first = {(0, 1, 1, ""), (1, 3, 1, ""), (2, 0, 1, ""), (3, 2, 1, "")}
    by_second = {(0, 2, 2, ""), (1, 0, 2, ""), (2, 3, 2, ""), (3, 1, 2, "")}
    found = moves(tit_for_tat(GAME))
    assert {move for move in found if move[2] == 0} == obeyed
    assert len(found) == len(by_first) + len(by_second) + len(obeyed)


def test_arrows_follow_the_transitions_after_one_deviation() -> None:
    automaton = tit_for_tat(GAME)
    for start, end, kind, _ in moves(automaton):
        profile = list(automaton.output[start])
        if kind:
            profile[kind - 1] = 1 - profile[kind - 1]
        assert automaton.transition[(start, *profile)] == end


def test_deviations_that_change_nothing_have_no_arrow() -> None:
    found = moves(limited_punishment(GAME, (0, 0), (1, 1), 2))
    assert found == {(0, 0, 0, ""), (0, 1, 3, ""), (1, 2, 0, ""), (2, 0, 0, "")}
    assert (1, 1, 3, "") in moves(carrot_and_stick(GAME, (0, 0), (1, 1)))


def test_lotteries_have_their_chances_and_single_actions_their_names() -> None:
    lots = Automaton([[0, 0], [1, 1]], [[[0, 1], [1, 1]], [[2, 2], [2, 2]]], lottery=[[1, 0], [0, 1], [0.4, 0.6]])
    assert {(1, 0, 0, "chance 0.4"), (1, 1, 0, "chance 0.6")} < moves(lots)
    three = np.zeros((2, 3, 3), dtype=int)
    three[0, 1, 0] = 1  # only the middle action of the first player is answered
    assert (0, 1, 1, "1/0") in moves(Automaton([[0, 0], [0, 0]], three))


def test_automaton_chart_names_phases_profiles_and_the_start() -> None:
    ax = automaton_chart(grim_trigger(GAME, (0, 0), (1, 1)), GAME, axes())
    texts = [text.get_text() for text in ax.texts if text.get_text()]
    assert texts == ["target\n$keep, $keep", "target\n$keep, $keep", "punishment\nbreak$, break$"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["everybody obeys", "somebody deviates"]
    ax.figure.canvas.draw()


def test_automata_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(ArgumentError, match="'automaton' of automaton_chart must have at most 12 phases, got 14"):
        automaton_chart(limited_punishment(GAME, (0, 0), (1, 1), 13), GAME, axes())
    with pytest.raises(ArgumentError, match=r"'stage' of automaton_chart must have the actions"):
        automaton_chart(tit_for_tat(GAME), StageGame(np.zeros((3, 3, 2))), axes())


def test_a_part_of_the_automaton_chart_that_is_cut_out_looks_as_in_the_whole() -> None:
    """Notebooks cut pictures to what is drawn, which moves frames just before they are drawn."""
    drawn = automaton_chart(tit_for_tat(GAME), GAME, figure.Figure((6, 4), dpi=100).subplots()).figure
    whole, part = (_pixels(drawn, box) for box in (None, Bbox.from_extents(1, 1, 5, 3)))
    assert np.array_equal(part, whole[100:300, 100:500])


def _pixels(drawn, box):
    file = io.BytesIO()
    drawn.savefig(file, dpi=100, bbox_inches=box)
    return image.imread(io.BytesIO(file.getvalue()))
