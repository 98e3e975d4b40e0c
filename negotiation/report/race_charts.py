"""Pictures of the leverage race."""

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from negotiation.report.style import INK, SMALL, bars, drawing, entitle
from negotiation.truce import RaceAnswer, RaceCourse

WIDTH = 0.4
"""Width of a bar; two stand side by side in a year."""

LEAST = 0.005
"""Smallest chance by the last year of a cause that is drawn for itself; the others are drawn together."""

REST = "anything else"

MOST_LABELS = 12
"""Largest number of years below which something is written."""


def race_chart(answer: RaceAnswer, axes: Axes | None = None) -> Axes:
    """Draw by year the chance that the truce is kept on fixed and on bargained terms, and what has ended it.

    Parameters
    ----------
    answer : RaceAnswer
        As from `solve_race`. In each year the left bar, F, is on fixed terms and the right one, B, on bargained
        terms. Below each year stand the bargained terms, averaged over the states in which the truce is kept.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.

    Returns
    -------
    matplotlib.axes.Axes
    """
    courses = answer.fixed_course, answer.rebargained_course
    causes = _causes(courses)
    years = np.arange(answer.years + 1, dtype=np.float64)
    with drawing(axes, size=(9.6, 4.6)) as ax:
        for at, course in zip((years - WIDTH / 2, years + WIDTH / 2), courses, strict=True):
            _stack(ax, at, course, causes)
        _label(ax, answer)
        key = [Patch(label=cause, **bars(place)) for place, cause in enumerate(causes)]
        key.append(Patch(facecolor="white", edgecolor=INK, linewidth=0.8, label="kept"))
        options: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.24), "ncols": 3}
        ax.legend(handles=key, handleheight=1.4, **options)
    return ax


def _causes(courses: tuple[RaceCourse, RaceCourse]) -> list[str]:
    """Return the causes to be drawn, the likeliest on bargained terms first, and one name for all others."""
    chances: dict[str, tuple[float, float]] = {}
    for k, course in enumerate(courses):
        for cause, chance in zip(course.causes, course.ended_by[-1].tolist(), strict=True):
            fixed, bargained = chances.get(cause, (0.0, 0.0))
            chances[cause] = (chance, bargained) if k == 0 else (fixed, chance)
    shown = [cause for cause, both in chances.items() if max(both) >= LEAST]
    ranked = sorted(shown, key=lambda cause: chances[cause][::-1], reverse=True)
    others = any(max(both) > 0 for cause, both in chances.items() if cause not in shown)
    return [*ranked, REST] if others else ranked


def _stack(ax: Axes, at: NDArray[np.float64], course: RaceCourse, causes: list[str]) -> None:
    """Stack what has ended the truce upon the chance that it is kept."""
    base = course.survival
    ax.bar(at, base, width=WIDTH, facecolor="white", edgecolor=INK, linewidth=0.8)
    for place, cause in enumerate(causes):
        summed = [one == cause or (cause == REST and one not in causes) for one in course.causes]
        part = course.ended_by[:, summed].sum(axis=1)
        some = part > 0
        ax.bar(at[some], part[some], width=WIDTH, bottom=base[some], **bars(place))
        base = base + part


def _label(ax: Axes, answer: RaceAnswer) -> None:
    """Write below each year which bar is which, and the terms."""
    terms = answer.rebargained_course.expected(answer.rebargained.terms).tolist()
    years = range(0, answer.years + 1, math.ceil((answer.years + 1) / MOST_LABELS))
    said = ["none" if math.isnan(terms[year]) else f"{terms[year]:+.2f}" for year in years]
    ax.set_xticks(years, [f"{year}\n{words}" for year, words in zip(years, said, strict=True)])
    pairs = [year + side * WIDTH / 2 for year in years for side in (-1, 1)]
    ax.set_xticks(pairs, ["F", "B"] * len(years), minor=True)
    ax.tick_params(axis="x", which="major", length=0, pad=14)
    ax.tick_params(axis="x", which="minor", length=0, pad=2, labelsize=SMALL)
    ax.set(ylim=(0, 1), xlim=(-0.6, answer.years + 0.6))
    unit = f"start of year, and bargained terms then, points a year to {answer.race.truce.evidence.parties[1]}"
    entitle(ax, "The leverage race: fixed terms (F) and bargained terms (B)", unit, "chance")
