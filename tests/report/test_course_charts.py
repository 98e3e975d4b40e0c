"""Pictures of the years ahead show the numbers that they are given."""

import numpy as np
import pytest

figure = pytest.importorskip("matplotlib.figure")

from negotiation._checks import ArgumentError  # noqa: E402
from negotiation.report import band_chart, endings_chart, erosion_chart, survival_chart  # noqa: E402
from negotiation.stability import survival  # noqa: E402
from negotiation.truce import Truce  # noqa: E402

TRUCE = Truce.central()
VERDICT = TRUCE.verdict(draws=50)
YEARS = [0, 1, 2]


def axes():
    return figure.Figure().subplots()


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_survival_chart_draws_both_courses_from_one() -> None:
    ax = survival_chart(VERDICT, axes())
    for line, course in zip(ax.lines, (VERDICT.rebargained, VERDICT.fixed), strict=True):
        assert list(line.get_ydata()) == [1.0, *course.survival]
        assert len(line.get_xdata()) == len(course.survival) + 1


def test_a_truce_that_nothing_ends_has_no_mean_life_in_its_chart() -> None:
    calm = TRUCE.vary(turnover=0, shock=0, eps0=0, p_court=0, p_div=0)
    texts = legend(survival_chart(calm.verdict(draws=1), axes()))
    assert any("no end in sight" in text for text in texts)
    assert not any("inf" in text for text in texts)


def test_endings_stack_up_to_one_with_the_likeliest_cause_first() -> None:
    curve = survival({"rare": 0.01, "often": 0.2, "never": 0.0}, 4)
    ax = endings_chart(curve, axes(), title="$Ends$")
    assert legend(ax) == ["rare", "often", "stands"]
    stands, often, rare = (np.array([bar.get_height() for bar in bars]) for bars in ax.containers)
    assert stands.tolist() == curve.survival.tolist()
    assert np.allclose(often, curve.ended_by[:, 1], atol=1e-15, rtol=0)  # heights are differences of edges
    assert np.allclose(stands + often + rare, 1, atol=1e-15, rtol=0)
    feet = [bar.get_y() for bar in ax.containers[2]]
    assert np.allclose(feet, stands + often, atol=1e-15, rtol=0)
    ax.figure.canvas.draw()


def test_erosion_chart_marks_the_crossings_that_it_shows() -> None:
    curves = {"slow": [0.3, 0.4, 0.5], "fast": [0.3, 0.9, np.inf], "late": [0.1, 0.1, 0.1]}
    crossings = {"slow": np.inf, "fast": 0.5, "late": 9.0}
    ax = erosion_chart(YEARS, curves, 0.6, axes(), crossings=crossings)
    assert legend(ax) == [
        "patience there is, 0.60", "slow", "fast, crosses in year 0.5", "late, crosses in year 9.0"
    ]  # fmt: skip
    assert [marks.get_offsets().tolist() for marks in ax.collections] == [[[0.5, 0.6]]]
    ax.figure.canvas.draw()


def test_band_chart_leaves_out_the_years_without_terms() -> None:
    ax = band_chart(YEARS, {"band": [[-1, 1], [0, 0.5], [1, 0]]}, axes(), terms={"Nash": [0.1, 0.2, 0.3]})
    shape = ax.collections[0].get_paths()[0].vertices
    assert 1 < shape[:, 0].max() < 2  # the ends meet a third of the way from year 1 to year 2
    assert ax.lines[1].get_ydata().tolist() == [0.1, 0.2, 0.3]


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (lambda: erosion_chart([0, 1], {"a": [1, 2, 3]}, 0.5, axes()), r"'needed\['a'\]' of erosion_chart"),
        (lambda: erosion_chart([1, 0], {}, 0.5, axes()), "'years' of erosion_chart must be a rising row"),
        (lambda: erosion_chart(YEARS, {}, 0.5, axes(), crossings={"a": 1}), "'crossings' of erosion_chart"),
        (lambda: band_chart(YEARS, {"a": [1, 2, 3]}, axes()), r"'bands\['a'\]' of band_chart"),
        (lambda: band_chart(YEARS, {}, axes(), terms={"a": 1}), r"'terms\['a'\]' of band_chart"),
    ],
)
def test_series_of_another_shape_are_refused(drawn, words) -> None:
    with pytest.raises(ArgumentError, match=words):
        drawn()
