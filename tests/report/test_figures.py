"""Figures show the verdict that they are given."""

import numpy as np
import pytest

figure = pytest.importorskip("matplotlib.figure")

from negotiation.games import RepeatedGame, StageGame  # noqa: E402
from negotiation.report import payoff_set_chart, stability_chart, survival_chart, verdict_figure  # noqa: E402
from negotiation.solvers import payoff_set  # noqa: E402
from negotiation.truce import Truce  # noqa: E402

TRUCE = Truce.central()
VERDICT = TRUCE.verdict(draws=50)


def test_stability_chart_marks_each_side_where_it_stands() -> None:
    ax = stability_chart(TRUCE, figure.Figure().subplots())
    offsets = [
        tuple(np.round(marks.get_offsets()[0], 6)) for marks in ax.collections if len(marks.get_offsets()) == 1
    ]
    for needed in TRUCE.critical_patience():
        assert tuple(np.round([TRUCE.patience, needed], 6)) in offsets
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["US", "China"]
    assert "patience" in ax.get_xlabel() and "patience" in ax.get_ylabel()


def test_survival_chart_draws_both_courses_from_one() -> None:
    ax = survival_chart(VERDICT, figure.Figure().subplots())
    for line, course in zip(ax.lines, (VERDICT.rebargained, VERDICT.fixed), strict=True):
        assert list(line.get_ydata()) == [1.0, *course.survival]
        assert len(line.get_xdata()) == len(course.survival) + 1


def test_figure_has_two_panels_and_says_that_sizes_are_assumed() -> None:
    drawn = verdict_figure(TRUCE, VERDICT)
    assert [ax.get_title(loc="left") for ax in drawn.axes] == ["Self-enforcing?", "How long?"]
    assert "assumptions" in drawn.get_supxlabel()


def test_a_truce_that_nothing_ends_has_no_mean_life_in_its_chart() -> None:
    axes = figure.Figure().subplots()
    calm = TRUCE.vary(turnover=0, shock=0, eps0=0, p_court=0, p_div=0)
    survival_chart(calm.verdict(draws=1), axes)
    assert any("no end in sight" in text.get_text() for text in axes.texts)
    assert not any("inf" in text.get_text() for text in axes.texts)


@pytest.mark.parametrize("delta", [0.05, 0.3])
def test_payoff_set_chart_draws_the_polygon_its_profiles_and_the_stage_payoffs(delta):
    stage = StageGame.from_matrices(
        [[9, 1], [10, 3]], [[9, 10], [1, 3]], ["US", "China"], [["$keep", "break$"]] * 2
    )
    found = payoff_set(RepeatedGame(stage, delta))
    canvas = figure.Figure()
    ax = payoff_set_chart(found, canvas.subplots())
    assert ax.lines[0].get_xydata().tolist() == stage.payoffs.reshape(-1, 2).tolist()
    assert ax.lines[1].get_xydata()[:-1].tolist() == found.vertices.tolist()
    assert ax.texts[0].get_text() == "break$, break$"
    assert ax.get_xlabel() == "average payoff of US"
    canvas.canvas.draw()


def test_payoff_set_chart_of_the_empty_set_shows_the_stage_game():
    found = payoff_set(RepeatedGame(StageGame([[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]]), 0.05))
    assert len(payoff_set_chart(found, figure.Figure().subplots()).lines[1].get_xydata()) == 0
