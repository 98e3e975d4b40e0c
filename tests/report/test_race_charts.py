"""The picture of the leverage race shows the numbers of its answer."""

from dataclasses import replace

import numpy as np
import pytest

figure = pytest.importorskip("matplotlib.figure")

from negotiation.report import race_chart  # noqa: E402
from negotiation.truce import Truce, solve_race  # noqa: E402

CAUTIOUS = Truce.central().vary(tau_us=1.5)


def drawn(answer):
    return race_chart(answer, figure.Figure().subplots())


def test_bars_of_a_year_start_with_the_chance_of_being_kept_and_add_up_to_one() -> None:
    answer = solve_race(CAUTIOUS.leverage_race(), 4)
    ax = drawn(answer)
    bars = [bar for bar in ax.patches if bar.get_height() > 0]
    for side, course in ((-1, answer.fixed_course), (1, answer.rebargained_course)):
        for year in range(5):
            stack = [bar for bar in bars if bar.get_x() + bar.get_width() / 2 == pytest.approx(year + side * 0.2)]
            assert stack[0].get_y() == 0 and stack[0].get_height() == course.survival[year]
            tops = [bar.get_y() + bar.get_height() for bar in stack]
            assert [bar.get_y() for bar in stack[1:]] == pytest.approx(tops[:-1])
            assert tops[-1] == pytest.approx(1)
            ended = sorted(bar.get_height() for bar in stack[1:])
            assert sum(ended) == pytest.approx(course.ended_by[year].sum())


def test_each_cause_keeps_its_look_on_both_terms() -> None:
    answer = solve_race(CAUTIOUS.leverage_race(), 3)
    ax = drawn(answer)
    named = {patch.get_hatch(): patch.get_label() for patch in ax.get_legend().legend_handles}
    ended = {side: {} for side in (-1, 1)}
    for bar in ax.patches:
        middle = bar.get_x() + bar.get_width() / 2
        if bar.get_hatch() and abs(middle - 3) < 0.5:
            ended[1 if middle > 3 else -1][named[bar.get_hatch()]] = bar.get_height()
    for side, course in ((-1, answer.fixed_course), (1, answer.rebargained_course)):
        for cause, chance in zip(course.causes, course.ended_by[-1], strict=True):
            if cause in named.values() and chance > 0:
                assert ended[side][cause] == pytest.approx(chance)


def test_terms_stand_below_the_years() -> None:
    answer = solve_race(CAUTIOUS.leverage_race(), 3)
    terms = answer.rebargained_course.expected(answer.rebargained.terms)
    assert [tick.get_text() for tick in drawn(answer).get_xticklabels()] == [
        f"{year}\n{one:+.2f}" for year, one in enumerate(terms)
    ]


def test_there_are_no_terms_where_the_truce_is_not_kept() -> None:
    answer = solve_race(Truce.central().leverage_race(), 2)
    assert not np.any(answer.fixed_course.survival)
    lost = replace(answer, rebargained=answer.fixed)
    assert [tick.get_text() for tick in drawn(lost).get_xticklabels()] == ["0\nnone", "1\nnone", "2\nnone"]


def test_many_years_are_not_all_named() -> None:
    answer = solve_race(CAUTIOUS.leverage_race(), 50)
    years = [int(tick.get_text().split()[0]) for tick in drawn(answer).get_xticklabels()]
    assert years == list(range(0, 51, 5))
