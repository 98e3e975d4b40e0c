"""Pictures of games: the payoffs that equilibria give, and strategies as automata."""

import math
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.games import Automaton, StageGame
from negotiation.report.style import FAINT, INK, SMALL, bare, drawing, entitle, stroke
from negotiation.solvers import PayoffSet

MAX_PHASES = 12
"""Largest number of phases whose picture can be read."""

FEW = 2
"""Largest number of profiles that are named beside an arrow."""

BEND = 0.22
"""How far an arrow between two phases bends, as a share of its length, so that the way back has its own."""


def payoff_set_chart(found: PayoffSet, axes: Axes | None = None) -> Axes:
    """Draw the equilibrium payoffs of a repeated game with the points that support them.

    Parameters
    ----------
    found : PayoffSet
        The set. Crosses are the payoffs of single profiles; the mark of a vertex says which profile is played
        first there, and a dotted line leads through the vertex from the payoffs of that profile to what is
        promised from the second round on, a small grey dot.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.

    Returns
    -------
    matplotlib.axes.Axes
    """
    stage = found.repeated.stage
    with drawing(axes, size=(7.4, 4.6)) as ax:
        ax.plot(*stage.payoffs.reshape(-1, 2).T, "x", color=FAINT, zorder=1, label="payoffs of one profile")
        ax.fill(*found.vertices.T, color="0.9", linewidth=0)
        ax.plot(*np.concatenate((found.vertices, found.vertices[:1])).T, color=INK, linewidth=1.2)
        firsts = list(dict.fromkeys(found.profiles))
        for vertex, promised, first in zip(found.vertices, found.continuations, found.profiles, strict=True):
            ax.plot(*np.array([stage.payoffs[first], vertex, promised]).T, ":", color=FAINT, linewidth=1)
            ax.plot(*promised, ".", color=FAINT, markersize=5)
        for k, first in enumerate(firsts):
            at = found.vertices[[first == profile for profile in found.profiles]]
            style, text = stroke(k), ", ".join(_profile(stage, first))
            mark = {"color": style.colour, "marker": style.marker, "edgecolors": "black"}
            ax.scatter(*at.T, s=60, zorder=4, label=f"first {text}", **mark)
        title = found.status.value if found.is_empty else "Equilibrium payoffs"
        entitle(ax, title, *(f"average payoff of {player}" for player in stage.players))
        ax.margins(0.08)
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def automaton_chart(automaton: Automaton, stage: StageGame | None = None, axes: Axes | None = None) -> Axes:
    """Draw a strategy profile as phases and moves between them.

    Parameters
    ----------
    automaton : Automaton
        The strategies. A solid arrow is the move when everybody obeys, a dashed one the answer to what stands
        beside it; the double frame is the phase of round 0.
    stage : StageGame, optional
        The game, for the names of players and actions; numbers when left out.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If there are more than 12 phases, or the game has other actions than the automaton.
    """
    count, shape = len(automaton.output), automaton.transition.shape[1:]
    if count > MAX_PHASES:
        raise refusal("automaton", "automaton_chart", f"have at most {MAX_PHASES} phases", count)
    if stage is not None and stage.shape != shape:
        raise refusal("stage", "automaton_chart", f"have the actions of the automaton, {shape}", stage.shape)
    with drawing(axes, size=(6.8, 4.8)) as ax:
        bare(ax)
        places = _places(count)
        reach = np.abs(places).max(axis=0) + (1.0, 0.85)
        ax.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]), aspect="equal")
        boxes = [_phase(ax, automaton, stage, k, places[k]) for k in range(count)]
        for start, end, label, obeyed in _moves(automaton, stage):
            _arrow(ax, boxes, places, (start, end), label, obeyed)
        entitle(ax, "Strategies")
    return ax


def _places(count: int) -> NDArray[np.float64]:
    angles = math.pi - 2 * math.pi * np.arange(count) / count
    radius = 0.0 if count == 1 else max(1.2, 0.5 * count)
    places: NDArray[np.float64] = radius * np.stack([np.cos(angles), 0.75 * np.sin(angles)], axis=1)
    return places


def _phase(ax: Axes, automaton: Automaton, stage: StageGame | None, k: int, at: NDArray[np.float64]) -> Annotation:
    start = float(automaton.lottery[automaton.initial, k])
    frame: dict[str, Any] = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": INK}
    text = f"{automaton.phases[k]}\n{', '.join(_profile(stage, tuple(automaton.output[k])))}"
    if start > 0:
        outer = frame | {"boxstyle": "round,pad=0.75"}
        ax.annotate(text, at, ha="center", va="center", fontsize=SMALL, bbox=outer, zorder=3)
        text = text if start == 1 else f"{text}\nfirst with chance {start:.2g}"
    return ax.annotate(text, at, ha="center", va="center", fontsize=SMALL, bbox=frame, zorder=4)


def _profile(stage: StageGame | None, profile: tuple[int, ...]) -> list[str]:
    if stage is None:
        return [str(action) for action in profile]
    return [names[action] for names, action in zip(stage.actions, profile, strict=True)]


def _moves(automaton: Automaton, stage: StageGame | None) -> list[tuple[int, int, str, bool]]:
    """Return the arrows: from, to, what stands beside it, whether it is the move when everybody obeys."""
    moves = []
    shape = automaton.transition.shape[1:]
    for start, played in enumerate(map(tuple, automaton.output.tolist())):
        others = [profile for profile in product(*map(range, shape)) if profile != played]
        for row in dict.fromkeys(automaton.transition[start].ravel().tolist()):
            obeyed = automaton.transition[(start, *played)] == row
            left = [profile for profile in others if automaton.transition[(start, *profile)] == row]
            words = _words(stage, played, left, others)
            for end in np.flatnonzero(automaton.lottery[row]).tolist():
                chance = float(automaton.lottery[row, end])
                odds = "" if chance == 1 else f"chance {chance:.2g}"
                if obeyed:
                    moves.append((start, end, odds, True))
                if left and not (obeyed and len(left) == len(others)):
                    moves.append((start, end, "\n".join(filter(None, (words, odds))), False))
    return moves


def _words(
    stage: StageGame | None, played: tuple[int, ...], left: list[tuple[int, ...]], others: list[tuple[int, ...]]
) -> str:
    if len(left) == len(others):
        return "anything else"
    for player in range(len(played)):
        alone = [p for p in others if all(a == b for i, (a, b) in enumerate(zip(p, played, strict=True)) if i != player)]
        if left == alone:
            return f"{stage.players[player] if stage else f'player {player}'} deviates"
    named = [", ".join(_profile(stage, profile)) for profile in left[:FEW]]
    return "\n".join(named + [f"and {len(left) - FEW} more"] * (len(left) > FEW))


def _arrow(
    ax: Axes,
    boxes: list[Annotation],
    places: NDArray[np.float64],
    ends: tuple[int, int],
    label: str,
    obeyed: bool,
) -> None:
    start, end = (places[k] for k in ends)
    line = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6 if obeyed else 1.0}
    line["linestyle"] = "-" if obeyed else (0, (4, 2))
    if ends[0] == ends[1]:
        side = 1 if obeyed else -1
        foot = start + (-0.25, 0.22 * side), start + (0.25, 0.22 * side)
        ax.annotate("", foot[1], foot[0], arrowprops=line | {"connectionstyle": f"arc3,rad={-1.3 * side}"})
        middle = start + (0, 0.62 * side)
    else:
        bend = BEND if obeyed else 1.8 * BEND
        frames = {"patchA": boxes[ends[0]].get_bbox_patch(), "patchB": boxes[ends[1]].get_bbox_patch()}
        style = line | frames | {"connectionstyle": f"arc3,rad={bend}", "shrinkA": 4, "shrinkB": 4}
        ax.annotate("", end, start, arrowprops=style)
        along = end - start
        middle = (start + end) / 2 + bend / 2 * np.array([along[1], -along[0]])
    if label:
        ground = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        ax.annotate(label, middle, ha="center", va="center", fontsize=SMALL, bbox=ground, zorder=5)
