"""Pictures of the years ahead: survival, what ends the truce, erosion, the band of terms."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import refusal
from negotiation.report.style import FAINT, INK, bars, check_series, drawing, entitle, stroke
from negotiation.stability import Survival
from negotiation.truce import Verdict


def survival_chart(verdict: Verdict, axes: Axes | None = None) -> Axes:
    """Draw the chance that the truce stands after each review, with re-bargained and with fixed terms.

    Parameters
    ----------
    verdict : Verdict
        The answer.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.

    Returns
    -------
    matplotlib.axes.Axes
    """
    with drawing(axes) as ax:
        for k, (label, course) in enumerate(
            (("terms re-bargained", verdict.rebargained), ("terms fixed", verdict.fixed))
        ):
            style, chances = stroke(k), [1.0, *course.survival]
            life = f"mean {course.mean_life:.1f} years" if math.isfinite(course.mean_life) else "no end in sight"
            ax.plot(
                range(len(chances)),
                chances,
                color=style.colour,
                linestyle=style.line,
                marker=style.marker,
                label=f"{label}, {life}",
            )
        ax.set(ylim=(0, 1.02), xticks=range(len(verdict.rebargained.survival) + 1))
        entitle(ax, "How long?", "yearly review", "chance that the truce stands")
        ax.legend(loc="upper right")
    return ax


def endings_chart(curve: Survival, axes: Axes | None = None, *, title: str = "What ends it") -> Axes:
    """Draw the chance that the truce stands after each review, and what has ended it otherwise.

    Parameters
    ----------
    curve : Survival
        The curve; causes that never strike are left out.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.
    title : str
        What stands above.

    Returns
    -------
    matplotlib.axes.Axes
    """
    reviews = np.arange(1, len(curve.survival) + 1)
    striking = [k for k in np.argsort(-curve.ended_by[-1], kind="stable") if curve.ended_by[-1, k] > 0]
    with drawing(axes, size=(7.2, 4.2)) as ax:
        ax.bar(reviews, curve.survival, width=0.8, facecolor="white", edgecolor=INK, linewidth=0.8, label="stands")
        base = curve.survival
        for place, k in enumerate(striking):
            part = curve.ended_by[:, k]
            ax.bar(reviews, part, width=0.8, bottom=base, label=curve.causes[k], **bars(place))
            base = base + part
        ax.set(ylim=(0, 1), xticks=reviews)
        entitle(ax, title, "yearly review", "chance")
        handles, labels = ax.get_legend_handles_labels()
        ax.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1, 0.5), handleheight=1.4)
    return ax


def erosion_chart(
    years: ArrayLike,
    needed: Mapping[str, ArrayLike],
    patience: float,
    axes: Axes | None = None,
    *,
    crossings: Mapping[str, float] | None = None,
    side: str = "",
) -> Axes:
    """Draw the patience that a side needs as a lever on it erodes, and when that crosses what there is.

    Parameters
    ----------
    years : array_like, shape (k,)
        Years from today.
    needed : mapping from str to array_like, shape (k,)
        Patience needed by year, by the name of the assumption behind it.
    patience : float
        The patience there is.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.
    crossings : mapping from str to float, optional
        Year in which each curve crosses, by the same names; those beyond the last year are not marked.
    side : str
        The side, for the label of the axis.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If a curve has not one number a year, or a crossing belongs to no curve.
    """
    at = _years(years, "erosion_chart")
    curves = {
        name: check_series(f"needed[{name!r}]", curve, "erosion_chart", at.shape) for name, curve in needed.items()
    }
    if unknown := set(crossings or {}) - set(needed):
        raise refusal("crossings", "erosion_chart", f"be named as 'needed': {sorted(needed)}", sorted(unknown))
    with drawing(axes) as ax:
        ax.axhline(patience, color=FAINT, linewidth=1, label=f"patience there is, {patience:.2f}")
        for k, (name, curve) in enumerate(curves.items()):
            style, year = stroke(k), (crossings or {}).get(name, math.inf)
            ends = f", crosses in year {year:.1f}" if math.isfinite(year) else ""
            ax.plot(at, curve, color=style.colour, linestyle=style.line, label=name + ends)
            if year <= at[-1]:
                mark: dict[str, Any] = {"color": style.colour, "marker": style.marker}
                ax.scatter(year, patience, s=60, zorder=4, edgecolors="black", **mark)
        ax.set(xlim=(at[0], at[-1]), ylim=(0, 1))
        entitle(ax, "When the lever no longer deters", "years from today", f"patience needed {side}".rstrip())
        ax.legend(loc="lower right")
    return ax


def band_chart(
    years: ArrayLike,
    bands: Mapping[str, ArrayLike],
    axes: Axes | None = None,
    *,
    terms: Mapping[str, ArrayLike] | None = None,
    unit: str = "points a year",
) -> Axes:
    """Draw the self-enforcing terms by year.

    Parameters
    ----------
    years : array_like, shape (k,)
        Years from today.
    bands : mapping from str to array_like, shape (k, 2)
        Lowest and highest transfer by year, as from `transfer_band`; nothing is drawn where it is empty.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.
    terms : mapping from str to array_like, shape (k,), optional
        Terms to compare, such as those of Nash bargaining.
    unit : str
        Of the transfers, for the label of the axis.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If a band has not two numbers a year, or terms have not one.
    """
    at, owner = _years(years, "band_chart"), "band_chart"
    ends = {name: check_series(f"bands[{name!r}]", band, owner, (*at.shape, 2)) for name, band in bands.items()}
    lines = {name: check_series(f"terms[{name!r}]", line, owner, at.shape) for name, line in (terms or {}).items()}
    with drawing(axes) as ax:
        ax.axhline(0, color=FAINT, linewidth=1)
        for k, (name, band) in enumerate(ends.items()):
            style, (low, high) = stroke(k), band.T
            area: dict[str, Any] = {
                "facecolor": "none",
                "edgecolor": style.colour,
                "hatch": style.hatch[:2],
                "alpha": 0.7,
            }
            ax.fill_between(at, low, high, where=low <= high, interpolate=True, label=name, **area)
        for k, (name, line) in enumerate(lines.items()):
            style = stroke(k)
            ax.plot(at, line, color=style.colour, linestyle=style.line, marker=style.marker, ms=4, label=name)
        ax.set(xlim=(at[0], at[-1]))
        entitle(ax, "Terms that keep the truce", "years from today", f"transfer, {unit}")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    return ax


def _years(years: ArrayLike, owner: str) -> NDArray[np.float64]:
    at = np.asarray(years, dtype=float)
    if at.ndim != 1 or len(at) < 2 or np.any(np.diff(at) <= 0):
        raise refusal("years", owner, "be a rising row of at least two", at.tolist())
    return at
