"""Pictures of how far a truce is from breaking: stability, tipping points, frontiers, Sobol indices."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from negotiation._checks import refusal
from negotiation.report.style import INK, SHADE, SMALL, bars, check_series, drawing, entitle, rows, stroke
from negotiation.stability import Tip
from negotiation.truce import Standing, Truce, standing
from negotiation.truce.judge import SEED

BAR = 0.34
"""Thickness of one of two bars in a row of height 1."""


def stability_chart(truce: Truce, axes: Axes | None = None, *, seed: int = SEED) -> Axes:
    """Draw patience against the patience needed, temptation over deterrent: a side holds below the line.

    Parameters
    ----------
    truce : Truce
        The truce: a large mark for each side among dots, the draws around it. Each reading is a small open mark
        with the number of its article and arms over the middle four fifths of the draws around it. A mark on the
        upper edge needs more patience than there can be.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.
    seed : int, default 2025
        Seed of the draws.

    Returns
    -------
    matplotlib.axes.Axes
    """
    here = standing(truce, seed=seed)
    readings = [standing(Truce.from_reading(one.id), seed=seed) for one in truce.evidence.readings]
    with drawing(axes, size=(6.6, 5.6)) as ax:
        low, high = _limits([here, *readings])
        ax.fill_between([0, 1], [0, 1], 1, color=SHADE, linewidth=0)
        ax.plot([0, 1], [0, 1], color=INK, linewidth=1)
        for i, side in enumerate(truce.evidence.parties):
            style = stroke(i)
            mark: dict[str, Any] = {"color": style.colour, "marker": style.marker}
            dots = (here.drawn_patience, here.drawn_needed[:, i])
            ax.scatter(*dots, s=6, alpha=0.2, linewidths=0, rasterized=True, **mark)
            for number, one in enumerate(readings, start=1):
                _reading(ax, one, i, f"{number}")
            at = (here.patience, min(here.needed[i], 1.0))
            ax.scatter(*at, s=120, zorder=6, clip_on=False, edgecolors="black", label=side, **mark)
        ax.text(0.98, 0.02, "holds", ha="right", transform=ax.transAxes)
        ax.text(0.02, 0.96, "breaks", va="top", transform=ax.transAxes)
        ax.set(xlim=(low, high), ylim=(0, 1))
        names = ("patience: weight of next year's truce", "patience needed: temptation / deterrent")
        entitle(ax, "Self-enforcing?", *names)
        key = "   ".join(f"{number} {one.reading}" for number, one in enumerate(readings, start=1))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2, title=key, title_fontsize=SMALL)
    return ax


def _limits(standings: Sequence[Standing]) -> tuple[float, float]:
    """Return tenths between which all marks, arms and dots lie along the axis of patience."""
    ends = [one.patience for one in standings] + [*standings[0].drawn_patience]
    ends += [end for one in standings for end in one.patience_range]
    return max(math.floor(10 * min(ends)) / 10, 0.0), min(math.ceil(10 * max(ends)) / 10, 1.0)


def _reading(ax: Axes, one: Standing, side: int, number: str) -> None:
    style, at = stroke(side), (one.patience, min(one.needed[side], 1.0))
    across, up = one.patience_range, one.needed_range[side].clip(0, 1)
    arms: dict[str, Any] = {"color": style.colour, "linewidth": 0.8, "linestyle": style.line, "alpha": 0.5}
    ax.plot(across, [at[1], at[1]], **arms)
    ax.plot([at[0], at[0]], up, **arms)
    ax.scatter(*at, s=34, facecolors="white", edgecolors=style.colour, marker=style.marker, zorder=4)
    offset, where = ((-6, -3), "right") if side == 0 else ((6, -3), "left")
    halo = [withStroke(linewidth=2, foreground="white")]
    text = ax.annotate(number, at, textcoords="offset points", xytext=offset, ha=where, fontsize=SMALL, zorder=5)
    text.set(color=style.colour, path_effects=halo, clip_on=True)


def tornado_chart(tips: Sequence[Tip], axes: Axes | None = None) -> Axes:
    """Draw how far each parameter alone may move before the answer flips.

    Parameters
    ----------
    tips : sequence of Tip
        Nearest first; each bar runs from the present value, in the middle, to the value that flips the answer, in
        shares of the plausible range of the parameter.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.

    Returns
    -------
    matplotlib.axes.Axes
    """
    with drawing(axes) as ax:
        for row, tip in enumerate(tips):
            reach = math.copysign(tip.distance, tip.value - tip.current)
            ax.barh(row, reach, height=2 * BAR, **bars(int(reach < 0)))
            ax.annotate(
                f"{tip.value:.3g}",
                (reach, row),
                textcoords="offset points",
                xytext=(math.copysign(4, reach), 0),
                ha="left" if reach > 0 else "right",
                va="center",
                fontsize=SMALL,
            )
        ax.axvline(0, color=INK, linewidth=1)
        rows(ax, [f"{tip.name} = {tip.current:.3g}" for tip in tips])
        widest = max((tip.distance for tip in tips), default=1.0)
        ax.set_xlim(-1.25 * widest, 1.25 * widest)
        ax.xaxis.set_major_formatter(lambda share, _: f"{share:+.0%}")
        title = "What flips the answer" if tips else "No single parameter flips the answer within its range"
        entitle(ax, title, "change, as a share of the plausible range")
    return ax


def sobol_chart(
    names: Sequence[str],
    first: ArrayLike,
    total: ArrayLike,
    axes: Axes | None = None,
    *,
    first_interval: ArrayLike,
    total_interval: ArrayLike,
) -> Axes:
    """Draw Sobol indices with their intervals, the largest total index on top.

    Parameters
    ----------
    names : sequence of str, shape (d,)
        The parameters.
    first, total : array_like, shape (d,)
        Share of the variance due to the parameter alone, and with all its interactions.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.
    first_interval, total_interval : array_like, shape (2, d)
        Ends of the interval around each.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If an array has not one number a parameter, or an index lies outside its interval.
    """
    owner, count = "sobol_chart", len(names)
    values = [check_series(*one, owner, (count,)) for one in (("first", first), ("total", total))]
    ends = [
        check_series("first_interval", first_interval, owner, (2, count)),
        check_series("total_interval", total_interval, owner, (2, count)),
    ]
    for name, value, (low, high) in zip(("first", "total"), values, ends, strict=True):
        if np.any(value < low) or np.any(value > high):
            raise refusal(name, owner, f"lie inside '{name}_interval'", value.tolist())
    order = np.argsort(-values[1], kind="stable")
    with drawing(axes) as ax:
        for k, label in enumerate(("alone", "with interactions")):
            value, (low, high) = values[k][order], ends[k][:, order]
            at, reach = np.arange(count) + (k - 0.5) * BAR, (value - low, high - value)
            ax.barh(at, value, height=BAR, label=label, **bars(k))
            ax.errorbar(value, at, xerr=reach, fmt="none", ecolor=INK, capsize=3, linewidth=1.4)
        rows(ax, [names[k] for k in order])
        ax.axvline(0, color=INK, linewidth=1)
        entitle(ax, "What the uncertainty comes from", "share of the variance")
        ax.legend(loc="lower right")
    return ax


def frontier_chart(
    curves: Sequence[ArrayLike],
    axes: Axes | None = None,
    *,
    names: tuple[str, str],
    ranges: tuple[tuple[float, float], tuple[float, float]],
    current: tuple[float, float] | None = None,
    verdicts: Mapping[tuple[float, float], bool] | None = None,
) -> Axes:
    """Draw the curves on which the answer flips as two parameters move.

    Parameters
    ----------
    curves : sequence of array_like, shape (k, 2)
        Vertices of each piece of the frontier.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.
    names : (str, str)
        The parameters along and up.
    ranges : two (low, high)
        Plausible range of each.
    current : (float, float), optional
        Where the model stands.
    verdicts : mapping from (float, float) to bool, optional
        Points at which the answer is known; "holds" or "breaks" is written there.

    Returns
    -------
    matplotlib.axes.Axes
    """
    pieces = [np.asarray(curve, dtype=float) for curve in curves]
    for k, piece in enumerate(pieces):
        if piece.ndim != 2 or piece.shape[1] != 2:
            raise refusal(f"curves[{k}]", "frontier_chart", "have shape (k, 2)", piece.shape)
    with drawing(axes) as ax:
        for piece in pieces:
            ax.plot(*piece.T, color=INK, linewidth=2)
        for at, holds in (verdicts or {}).items():
            ax.text(*at, "holds" if holds else "breaks", ha="center", va="center")
        if current is not None:
            mark = stroke(0)
            ax.scatter(
                *current, s=110, color=mark.colour, edgecolors="black", marker=mark.marker, zorder=4, clip_on=False
            )
        ax.set(xlim=ranges[0], ylim=ranges[1])
        title = "Where the answer flips" if pieces else "The answer flips nowhere in these ranges"
        entitle(ax, title, *names)
    return ax
