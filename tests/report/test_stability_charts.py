"""Pictures of stability show the numbers that they are given."""

import numpy as np
import pytest

figure = pytest.importorskip("matplotlib.figure")

from negotiation._checks import ArgumentError  # noqa: E402
from negotiation.report import frontier_chart, sobol_chart, stability_chart, tornado_chart  # noqa: E402
from negotiation.stability import Tip  # noqa: E402
from negotiation.truce import Truce, standing  # noqa: E402

TRUCE = Truce.central()


def axes():
    return figure.Figure().subplots()


def single_marks(ax):
    return [
        tuple(np.round(marks.get_offsets()[0], 9)) for marks in ax.collections if len(marks.get_offsets()) == 1
    ]


def test_stability_chart_marks_each_side_where_it_stands() -> None:
    ax = stability_chart(TRUCE, axes())
    for needed in TRUCE.critical_patience():
        assert tuple(np.round([TRUCE.patience, needed], 9)) in single_marks(ax)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["US", "China"]
    assert "patience" in ax.get_xlabel() and "patience" in ax.get_ylabel()


def test_stability_chart_marks_each_reading_with_its_range() -> None:
    ax = stability_chart(TRUCE, axes(), seed=3)
    arms = [line.get_xydata().tolist() for line in ax.lines]
    for one in TRUCE.evidence.readings:
        found = standing(Truce.from_reading(one.id), seed=3)
        for side in range(2):
            assert tuple(np.round([found.patience, found.needed[side]], 9)) in single_marks(ax)
            low, high = np.sort(found.drawn_needed[:, side])[[150, 1349]]
            assert [[found.patience, low], [found.patience, high]] in arms
        assert one.id in ax.get_legend().get_title().get_text()


def test_a_side_that_never_holds_stands_on_the_upper_edge() -> None:
    truce = TRUCE.vary(tau_us=990.0, h_cn=990.0)
    assert truce.critical_patience()[0] > 1
    assert (round(truce.patience, 9), 1.0) in single_marks(stability_chart(truce, axes()))


def test_every_draw_lies_between_the_ends_of_the_axis_of_patience() -> None:
    ax = stability_chart(TRUCE, axes())
    drawn = standing(TRUCE).drawn_patience
    assert ax.get_xlim()[0] <= drawn.min() and drawn.max() <= ax.get_xlim()[1]


def test_tornado_bars_run_to_where_the_answer_flips() -> None:
    ax = tornado_chart([Tip("up", 1.0, 1.5, 0.25), Tip("down", 2.0, 1.0, 0.5)], axes())
    assert [bar.get_width() for bar in ax.patches] == [0.25, -0.5]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["up = 1", "down = 2"]
    assert [text.get_text() for text in ax.texts] == ["1.5", "1"]


def test_a_tornado_of_nothing_says_so() -> None:
    assert "No single parameter" in tornado_chart([], axes()).get_title(loc="left")


def sobol(total, names=("a", "b")):
    spread = np.array([[-0.1], [0.1]])
    first = np.array([0.2, 0.3])
    return sobol_chart(
        names, first, total, axes(), first_interval=first + spread, total_interval=np.array([0.3, 0.5]) + spread
    )


def test_sobol_chart_puts_the_largest_total_index_on_top() -> None:
    ax = sobol([0.3, 0.5])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a"]
    assert [bar.get_width() for bar in ax.patches] == [0.3, 0.2, 0.5, 0.3]
    ends = [bar.get_segments()[0][:, 0].tolist() for bar in ax.collections]
    assert np.allclose(ends[0], [0.2, 0.4], atol=1e-15, rtol=0)


@pytest.mark.parametrize("total", [[0.3], [0.3, 0.7], [[0.3, 0.5]]])
def test_sobol_indices_that_fit_neither_names_nor_intervals_are_refused(total) -> None:
    with pytest.raises(ArgumentError, match="'total' of sobol_chart"):
        sobol(total)


def test_frontier_chart_draws_each_curve_and_the_answer_beside_it() -> None:
    curves = [np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([[1.0, 0.0], [2.0, 0.5], [2.0, 0.7]])]
    ax = frontier_chart(
        curves, axes(), names=("$x$", "y"), ranges=((0, 2), (0, 3)), current=(1.5, 2), verdicts={(0.5, 2.0): False}
    )
    assert [line.get_xydata().tolist() for line in ax.lines] == [curve.tolist() for curve in curves]
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [("breaks", (0.5, 2.0))]
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_xlabel()) == ((0, 2), (0, 3), "$x$")
    assert single_marks(ax) == [(1.5, 2.0)]
    ax.figure.canvas.draw()


def test_a_frontier_of_nothing_says_so_and_a_flat_curve_is_refused() -> None:
    ranges = ((0, 1), (0, 1))
    assert "nowhere" in frontier_chart([], axes(), names=("x", "y"), ranges=ranges).get_title(loc="left")
    with pytest.raises(ArgumentError, match=r"'curves\[0\]' of frontier_chart must have shape \(k, 2\)"):
        frontier_chart([[1.0, 2.0]], axes(), names=("x", "y"), ranges=ranges)
