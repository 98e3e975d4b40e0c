"""Pictures of games: the payoffs that equilibria give, and strategies as automata."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
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

BEND = 0.16
"""How far an arrow between two phases bends, as a share of its length, so that the way back has its own."""

LOOP = 2.2
"""The same for an arrow from a phase to itself, as a share of the distance of its feet."""

HEIGHT = 32
"""How far from its phase the label of such an arrow stands, points."""

ARROW = {"arrowstyle": "-|>", "shrinkA": 3, "shrinkB": 3}
AFTER_PHASES = 4.5
"""Where arrows stand in the order of drawing: they start and end at frames, which must have found their place."""

Profile = tuple[int, ...]


@dataclass(frozen=True)
class _Move:
    """An arrow from phase to phase: its kind (0 all obey, 1 + i player i deviates, then anybody) and its label."""

    start: int
    end: int
    kind: int
    label: str


def payoff_set_chart(found: PayoffSet, axes: Axes | None = None) -> Axes:
    """Draw the equilibrium payoffs of a repeated game with the points that support them.

    Parameters
    ----------
    found : PayoffSet
        The set. Crosses are the payoffs of single profiles; the mark of a vertex says which profile is played
        first there, and a dotted line leads through the vertex from the payoffs of that profile to what is
        promised from the second round on, a small white dot.
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
            ax.plot(*np.array([stage.payoffs[first], vertex, promised]).T, ":", color=FAINT, zorder=3)
            ax.plot(*promised, "o", color="white", markeredgecolor=INK, markersize=4, zorder=5)
        for k, first in enumerate(firsts):
            at = found.vertices[[first == profile for profile in found.profiles]]
            style, text = stroke(k), ", ".join(_profile(stage, first))
            mark: dict[str, Any] = {"color": style.colour, "marker": style.marker, "label": f"first {text}"}
            ax.scatter(at[:, 0], at[:, 1], s=60, zorder=4, edgecolors="black", **mark)
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
        The strategies; the double frame is the phase of round 0. A solid arrow is the move when everybody obeys,
        any other the answer to a deviation that changes it. Deviations of several players at once are left out,
        as no equilibrium condition looks at them.
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
    players = [f"player {i}" for i in range(len(shape))] if stage is None else stage.players
    with drawing(axes, size=(6.8, 4.8)) as ax:
        bare(ax)
        places = _places(count)
        height = 1.15 if count > 2 else 0.6
        ax.set(xlim=(-1.45, 1.45), ylim=(-height, height), aspect="equal")
        boxes = [_phase(ax, automaton, stage, k, places[k]) for k in range(count)]
        moves = _moves(automaton, stage)
        for move in moves:
            if move.start == move.end:
                _loop(ax, boxes[move.start], move)
            else:
                _arrow(ax, boxes, places, move)
        kinds = sorted({move.kind for move in moves})
        names = ["everybody obeys", *(f"{player} deviates" for player in players), "somebody deviates"]
        lines = [Line2D([], [], **_line(kind), label=names[kind]) for kind in kinds]
        ax.legend(handles=lines, loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=len(lines), handlelength=3)
        entitle(ax, "Strategies")
    return ax


def _places(count: int) -> NDArray[np.float64]:
    angles = math.pi - 2 * math.pi * np.arange(count) / count
    radius = min(count - 1, 1)
    places: NDArray[np.float64] = radius * np.stack([np.cos(angles), 0.75 * np.sin(angles)], axis=1)
    return places


def _phase(ax: Axes, automaton: Automaton, stage: StageGame | None, k: int, at: NDArray[np.float64]) -> Annotation:
    start = float(automaton.lottery[automaton.initial, k])
    frame: dict[str, Any] = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": INK}
    text = f"{automaton.phases[k]}\n{', '.join(_profile(stage, tuple(automaton.output[k])))}"
    if start > 0:
        outer = frame | {"boxstyle": "round,pad=0.75"}
        ax.annotate(text, (at[0], at[1]), ha="center", va="center", fontsize=SMALL, bbox=outer, zorder=3)
        text = text if start == 1 else f"{text}\nfirst with chance {start:.2g}"
    return ax.annotate(text, (at[0], at[1]), ha="center", va="center", fontsize=SMALL, bbox=frame, zorder=4)


def _profile(stage: StageGame | None, profile: Profile) -> list[str]:
    if stage is None:
        return [str(action) for action in profile]
    return [names[action] for names, action in zip(stage.actions, profile, strict=True)]


def _moves(automaton: Automaton, stage: StageGame | None) -> list[_Move]:
    moves = []
    for start, played in enumerate(map(tuple, automaton.output.tolist())):
        obeyed = int(automaton.transition[(start, *played)])
        rows = {obeyed: [played]}
        for profile in _deviations(played, automaton.transition.shape[1:]):
            rows.setdefault(int(automaton.transition[(start, *profile)]), []).append(profile)
        for row, profiles in rows.items():
            kind, words = (0, "") if row == obeyed else _reason(automaton, stage, played, profiles)
            for end in np.flatnonzero(automaton.lottery[row]).tolist():
                chance = float(automaton.lottery[row, end])
                odds = "" if chance == 1 else f"chance {chance:.2g}"
                moves.append(_Move(start, end, kind, "\n".join(filter(None, (words, odds)))))
    return moves


def _deviations(played: Profile, shape: tuple[int, ...]) -> list[Profile]:
    return [
        (*played[:i], action, *played[i + 1 :])
        for i, count in enumerate(shape)
        for action in range(count)
        if action != played[i]
    ]


def _reason(
    automaton: Automaton, stage: StageGame | None, played: Profile, profiles: list[Profile]
) -> tuple[int, str]:
    """Return who deviates, 1 + player or the last kind for any of several, and the actions if not all of them."""
    shape = automaton.transition.shape[1:]
    deviators = {next(i for i, a in enumerate(p) if a != played[i]) for p in profiles}
    possible = [p for p in _deviations(played, shape) if any(p[i] != played[i] for i in deviators)]
    kind = 1 + deviators.pop() if len(deviators) == 1 else 1 + len(shape)
    if len(profiles) == len(possible):
        return kind, ""
    named = ["/".join(_profile(stage, profile)) for profile in profiles[:FEW]]
    return kind, "\n".join(named + [f"and {len(profiles) - FEW} more"] * (len(profiles) > FEW))


def _line(kind: int) -> dict[str, Any]:
    if kind == 0:
        return {"color": INK, "linewidth": 1.8, "linestyle": "-"}
    style = stroke(kind)
    return {"color": style.colour, "linewidth": 1.2, "linestyle": style.line}


def _arrow(ax: Axes, boxes: list[Annotation], places: NDArray[np.float64], move: _Move) -> None:
    start, end = places[move.start], places[move.end]
    frames = {"patchA": boxes[move.start].get_bbox_patch(), "patchB": boxes[move.end].get_bbox_patch()}
    bend, along = BEND * (1 + 0.5 * move.kind), end - start
    middle = (start + end) / 2 + bend / 2 * np.array([along[1], -along[0]])
    arrow = _line(move.kind) | ARROW | frames | {"connectionstyle": f"arc3,rad={bend}"}
    ax.annotate("", (end[0], end[1]), (start[0], start[1]), arrowprops=arrow, zorder=AFTER_PHASES)
    ax.annotate(move.label, (middle[0], middle[1]), va="center", **_beside(move.label))


def _loop(ax: Axes, box: Annotation, move: _Move) -> None:
    """Draw an arrow from a phase to itself, above it if all obey and below it otherwise."""
    edge, side = (0, -1) if move.kind else (1, 1)
    frame: Any = box.get_bbox_patch()
    arrow = _line(move.kind) | ARROW | {"connectionstyle": f"arc3,rad={-LOOP * side}"}
    ends: dict[str, Any] = {"xycoords": frame, "textcoords": frame, "zorder": AFTER_PHASES}
    ax.annotate("", (0.7, edge), (0.3, edge), arrowprops=arrow, **ends)
    above: dict[str, Any] = {"xytext": (0, HEIGHT * side), "textcoords": "offset points"}
    ax.annotate(move.label, (0.5, edge), xycoords=frame, va="center", **above, **_beside(move.label))


def _beside(label: str) -> dict[str, Any]:
    ground = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "visible": bool(label)}
    return {"ha": "center", "fontsize": SMALL, "bbox": ground, "zorder": 5}
