"""Pictures of a verdict: functions that take and return Matplotlib axes, and one figure that holds them."""

import math
from os import PathLike
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from negotiation.report.files import check_figure_path
from negotiation.solvers import PayoffSet
from negotiation.truce import Truce, Verdict
from negotiation.truce.verdict import TITLE

COLOURS = ("#0072B2", "#D55E00")
"""Blue and vermilion of the Okabe-Ito palette, told apart by colour-blind readers; markers differ as well."""

MARKERS = ("o", "^")
CLOUD_DRAWS = 1500


def stability_chart(truce: Truce, ax: Axes, *, seed: int = 2025) -> Axes:
    """Draw patience against the patience needed: a side holds to the right of the line.

    Parameters
    ----------
    truce : Truce
        The truce, drawn as a large marker for each side among draws of its parameters and the readings.
    ax : matplotlib.axes.Axes
        Where to draw.
    seed : int, default 2025
        Seed of the draws.

    Returns
    -------
    matplotlib.axes.Axes
    """
    patience, needed = truce.sample(draws=CLOUD_DRAWS, seed=seed)
    ends = np.array([0.0, 1.0])
    ax.fill_between(ends, ends, 1, color="0.93", linewidth=0)
    ax.plot(ends, ends, color="black", linewidth=1)
    for i, side in enumerate(truce.evidence.parties):
        style: dict[str, Any] = {"marker": MARKERS[i], "color": COLOURS[i]}
        ax.scatter(patience, needed[:, i], s=4, alpha=0.15, linewidths=0, **style)
        for reading in truce.evidence.readings:
            other = Truce.from_reading(reading.id)
            at = (other.patience, other.critical_patience()[i])
            ax.scatter(*at, s=28, facecolors="white", edgecolors=COLOURS[i], marker=MARKERS[i], zorder=3)
        ax.scatter(
            truce.patience, truce.critical_patience()[i], s=110, edgecolors="black", zorder=4, label=side, **style
        )
    ax.text(0.97, 0.06, "holds", ha="right", fontsize=11)
    ax.text(0.03, 0.92, "breaks", ha="left", fontsize=11)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="patience: weight of next year's truce", aspect="equal")
    ax.set_ylabel("patience needed: temptation / deterrent")
    ax.set_title("Self-enforcing?", loc="left")
    ax.legend(loc="upper center", frameon=False, ncols=2)
    return ax


def survival_chart(verdict: Verdict, ax: Axes) -> Axes:
    """Draw the chance that the truce stands after each review, with re-bargained and with fixed terms.

    Parameters
    ----------
    verdict : Verdict
        The answer.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    curves = [("terms re-bargained", verdict.rebargained, "-", "o"), ("terms fixed", verdict.fixed, "--", "s")]
    for label, course, line, marker in curves:
        chances = [1.0, *course.survival]
        ax.plot(range(len(chances)), chances, line, marker=marker, color="black", markerfacecolor="white")
        life = f"mean {course.mean_life:.1f} years" if math.isfinite(course.mean_life) else "no end in sight"
        text = f"{label}, {life}"
        ax.annotate(text, (1, chances[1]), textcoords="offset points", xytext=(10, 6))
    ax.set(ylim=(0, 1.02), xlabel="yearly review", ylabel="chance that the truce stands")
    ax.set_xticks(range(len(verdict.rebargained.survival) + 1))
    ax.set_title("How long?", loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def payoff_set_chart(found: PayoffSet, ax: Axes) -> Axes:
    """Draw the equilibrium payoffs of a repeated game among the payoffs of the stage game.

    Parameters
    ----------
    found : PayoffSet
        The set, drawn with the profile played first at each vertex; crosses are the payoffs of single profiles.
    ax : matplotlib.axes.Axes
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    stage = found.repeated.stage
    ax.plot(*stage.payoffs.reshape(-1, 2).T, "x", color="0.6", zorder=1)
    ax.fill(*found.vertices.T, color=COLOURS[0], alpha=0.2, linewidth=0)
    ax.plot(*np.concatenate((found.vertices, found.vertices[:1])).T, color=COLOURS[0], marker=MARKERS[0])
    for vertex, (row, column) in zip(found.vertices, found.profiles, strict=True):
        text = f"{stage.actions[0][row]}, {stage.actions[1][column]}"
        ax.annotate(text, vertex, textcoords="offset points", xytext=(6, 6), parse_math=False)
    ax.set_xlabel(f"average payoff of {stage.players[0]}", parse_math=False)
    ax.set_ylabel(f"average payoff of {stage.players[1]}", parse_math=False)
    ax.set_title(found.status.value if found.is_empty else "Equilibrium payoffs", loc="left")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def verdict_figure(truce: Truce, verdict: Verdict) -> Figure:
    """Draw a verdict in one figure of two panels.

    Parameters
    ----------
    truce : Truce
        The truce.
    verdict : Verdict
        Its verdict.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = Figure(figsize=(10, 5.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    stability_chart(truce, left, seed=verdict.seed)
    survival_chart(verdict, right)
    figure.suptitle(f"{TITLE}, {verdict.reading} values", x=0.02, ha="left", fontsize=13, parse_math=False)
    figure.supxlabel(
        "Large: this truce. Open: the five articles' readings. Small: draws of the assumed ranges. "
        "Most sizes are assumptions; no forecast.",
        x=0.02,
        ha="left",
        fontsize=9,
    )
    return figure


def save_verdict_figure(truce: Truce, verdict: Verdict, path: str | PathLike[str]) -> None:
    """Draw a verdict and write it to a file, whole or not at all.

    Parameters
    ----------
    truce, verdict
        As in `verdict_figure`.
    path : path-like
        Ends in .png, .pdf or .svg.

    Raises
    ------
    ArgumentError
        As in `check_figure_path`.
    """
    target = check_figure_path(path)
    figure = verdict_figure(truce, verdict)
    partial = target.with_name(f".{target.stem}.partial{target.suffix}")
    try:
        figure.savefig(partial, dpi=150)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
