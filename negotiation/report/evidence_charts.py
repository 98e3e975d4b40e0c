"""The way from articles over claims and parameters to a verdict, as a picture."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from negotiation._checks import check_names, refusal
from negotiation.evidence import Claim, Evidence, Founding
from negotiation.report.style import INK, SMALL, bare, drawing, entitle, stroke

LETTERS: dict[Founding, str] = {"stated": "S", "derived": "D", "sign": "O", "assumed": "X"}
"""Letters of the words of founding: stated, derived, only the order, not in the sources."""

MOST_CLAIMS = 40
"""Largest number of claims that are drawn one by one."""

HEADS = ("article", "claim", "parameter", "verdict")
NODE = 0.06
"""Width of a node, in columns."""
GAP = 0.45
"""Free height between the nodes of a column, as a share of its height."""

SIGNS = {"+": "steadier", "-": "shakier", "~": "both ways"}


@dataclass(frozen=True)
class _Use:
    """One claim behind one parameter: the nodes that it passes through, one a column."""

    source: str
    nodes: tuple[str, str, str, str]


@dataclass(frozen=True)
class _Place:
    """Where a node stands: its top, its height, and the label beside it."""

    top: float
    height: float


def evidence_graph(
    evidence: Evidence, parameters: Sequence[str], axes: Axes | None = None, *, outcome: str = "verdict"
) -> Axes:
    """Draw what parameters rest on, from article to claim to parameter to verdict.

    Parameters
    ----------
    evidence : Evidence
        The evidence.
    parameters : sequence of str
        Names of parameters. A band is as wide as the number of claims in it; up to 40 claims are drawn one by
        one, more of them in groups, by article and by whether they make the agreement steadier or shakier. The
        letter behind a parameter is its founding: S stated, D derived, O only a sign or an order, X assumed.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure when left out.
    outcome : str
        What the parameters decide.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ArgumentError
        If a parameter is unknown or named twice, or no claim stands behind any of them.
    """
    names = check_names("parameters", "evidence_graph", parameters, len(parameters))
    uses = _uses(evidence, names, outcome)
    if not uses:
        raise refusal("parameters", "evidence_graph", "rest on at least one claim", list(names))
    columns = [_column([use.nodes[k] for use in uses], _order(uses, k)) for k in range(len(HEADS))]
    tallest = max(map(len, columns))
    with drawing(axes, size=(8.4, max(3.2, 0.25 * tallest))) as ax:
        bare(ax)
        shades = {source.id: stroke(k).colour for k, source in enumerate(evidence.sources)}
        for k in range(len(HEADS) - 1):
            _bands(ax, uses, columns, k, shades)
        for k, column in enumerate(columns):
            ax.text(k + NODE / 2, 1.03, HEADS[k], ha="center", va="bottom", fontweight="bold")
            for name, place in column.items():
                ax.barh(place.top - place.height / 2, NODE, height=place.height, left=k, color=INK)
                _name(ax, k, name, place)
        ax.set(xlim=(-0.75, len(HEADS) - 1 + 0.75), ylim=(-0.02, 1.1))
        entitle(ax, "What it rests on")
    return ax


def _uses(evidence: Evidence, names: Sequence[str], outcome: str) -> list[_Use]:
    behind = [(name, claim) for name in names for claim in evidence.claims_for(name)]
    grouped = len({claim.id for _, claim in behind}) > MOST_CLAIMS
    letters = {name: LETTERS[evidence.parameter(name).quantity.founding] for name in names}
    order = {source.id: k for k, source in enumerate(evidence.sources)}
    behind.sort(key=lambda pair: (order[pair[1].source], pair[1].direction if grouped else pair[1].id))
    return [
        _Use(claim.source, (claim.source, _claim(claim, grouped), f"{name} {letters[name]}", outcome))
        for name, claim in behind
    ]


def _claim(claim: Claim, grouped: bool) -> str:
    return f"{claim.source} {SIGNS[claim.direction]}" if grouped else f"{claim.id} {claim.direction}"


def _order(uses: Sequence[_Use], k: int) -> list[str]:
    """Return the nodes of a column in the order of the mean place of what leads to them."""
    places: dict[str, list[int]] = {}
    for place, use in enumerate(uses):
        places.setdefault(use.nodes[k], []).append(place)
    return sorted(places, key=lambda name: float(np.mean(places[name])))


def _column(nodes: Sequence[str], order: Sequence[str]) -> dict[str, _Place]:
    counts = Counter(nodes)
    unit = (1 - GAP) / len(nodes)
    free = GAP / max(len(order) - 1, 1)
    column, top = {}, 1.0 if len(order) > 1 else 1 - GAP / 2
    for name in order:
        column[name] = _Place(top, counts[name] * unit)
        top -= counts[name] * unit + free
    return column


def _bands(
    ax: Axes, uses: Sequence[_Use], columns: Sequence[dict[str, _Place]], k: int, shades: dict[str, str]
) -> None:
    bands = Counter((use.source, use.nodes[k], use.nodes[k + 1]) for use in uses)
    unit = (1 - GAP) / len(uses)
    lefts, rights = ({name: place.top for name, place in column.items()} for column in columns[k : k + 2])
    starts = {}
    for band in sorted(bands, key=lambda band: (-lefts[band[1]], -columns[k + 1][band[2]].top)):
        starts[band] = lefts[band[1]]
        lefts[band[1]] -= bands[band] * unit
    for band in sorted(bands, key=lambda band: -starts[band]):
        ends = (starts[band], rights[band[2]])
        ax.add_patch(_ribbon(k + NODE, k + 1, ends, bands[band] * unit, shades[band[0]]))
        rights[band[2]] -= bands[band] * unit


def _ribbon(left: float, right: float, tops: tuple[float, float], width: float, colour: str) -> PathPatch:
    middle, (start, end) = (left + right) / 2, tops
    corners = [
        (left, start), (middle, start), (middle, end), (right, end),
        (right, end - width), (middle, end - width), (middle, start - width), (left, start - width), (left, start),
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    path = Path(corners, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
    return PathPatch(path, facecolor=colour, edgecolor="white", linewidth=0.3, alpha=0.6)


def _name(ax: Axes, k: int, name: str, place: _Place) -> None:
    middle, last = place.top - place.height / 2, k == len(HEADS) - 1
    at, side = (k - 0.03, "right") if not last else (k + NODE + 0.03, "left")
    ground = {"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    ax.text(at, middle, name, ha=side, va="center", fontsize=SMALL, bbox=ground)
