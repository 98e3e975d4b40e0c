"""The one look of all pictures: readable in black and white, and by readers who tell few colours apart."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, final

import matplotlib
import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import refusal

SMALL = 8.5
"""Size of the smallest text, in points."""

LOOK: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "font.family": "DejaVu Sans",  # ships with Matplotlib, so that pictures agree between machines
        "font.size": 9.5,
        "text.parse_math": False,  # a dollar sign in a name is a dollar sign
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "legend.fontsize": SMALL,
        "hatch.linewidth": 0.9,
        "lines.linewidth": 1.5,
        "figure.dpi": 110,
        "savefig.dpi": 150,
        "svg.hashsalt": "negotiation",  # the same picture gives the same file
    }
)
"""Settings of Matplotlib under which every picture is drawn."""


@final
@dataclass(frozen=True)
class Stroke:
    """How one series is drawn; no two strokes share any of the four.

    Parameters
    ----------
    colour : str
        Of the palette of Okabe and Ito, whose colours differ for colour-blind readers and in lightness.
    line : tuple
        Dashes, as Matplotlib's `linestyle`.
    marker, hatch : str
        As Matplotlib's.
    """

    colour: str
    line: tuple[int, tuple[float, ...] | None]
    marker: str
    hatch: str


STROKES: Final = (
    Stroke("#0072B2", (0, None), "o", "///"),
    Stroke("#D55E00", (0, (5, 2)), "^", "..."),
    Stroke("#000000", (0, (1, 1.5)), "s", "xxx"),
    Stroke("#CC79A7", (0, (5, 2, 1, 2)), "D", "---"),
    Stroke("#F0E442", (0, (8, 2)), "v", "\\\\\\"),
    Stroke("#009E73", (0, (3, 1, 1, 1, 1, 1)), "P", "+++"),
    Stroke("#56B4E9", (0, (1, 4)), "X", "oo"),
    Stroke("#E69F00", (0, (8, 2, 1, 2, 1, 2)), "*", "|||"),
)
"""Strokes in the order in which series take them."""

INK = "0.15"
FAINT = "0.6"
SHADE = "0.93"

TINT = 0.5
"""Opacity of a filled area, so that its hatch is seen."""


def stroke(index: int) -> Stroke:
    """Return the stroke of a series; after the last they begin anew."""
    return STROKES[index % len(STROKES)]


def bars(index: int) -> dict[str, Any]:
    """Return how the bars of a series are filled: a tint of its colour, under its hatch."""
    style = stroke(index)
    return {"facecolor": to_rgba(style.colour, TINT), "edgecolor": INK, "hatch": style.hatch, "linewidth": 0.8}


@contextmanager
def look() -> Iterator[None]:
    """Draw under the look of the library, as in ``with look(): figure, axes = pyplot.subplots()``.

    Only its own settings are put back. A notebook turns interactive drawing on with the first figure, and nothing
    after that would be shown if `matplotlib.rc_context` turned it off again.
    """
    settings: Any = matplotlib.rcParams
    before = {name: settings[name] for name in LOOK}
    settings.update(LOOK)
    try:
        yield
    finally:
        settings.update(before)


@contextmanager
def drawing(axes: Axes | None, *, size: tuple[float, float] = (6.4, 4.4)) -> Iterator[Axes]:
    """Give the axes to draw on, under the look of the library.

    Parameters
    ----------
    axes : matplotlib.axes.Axes, optional
        Where to draw; axes of a new figure of pyplot when left out.
    size : (float, float)
        Width and height of the new figure, inches.
    """
    with look():
        chosen = pyplot.subplots(figsize=size, layout="constrained")[1] if axes is None else axes
        chosen.spines[["top", "right"]].set_visible(False)
        chosen.tick_params(labelsize=SMALL)
        yield chosen


def entitle(axes: Axes, title: str, x: str = "", y: str = "") -> None:
    """Write the title and the labels of both axes, none of them as mathematics."""
    size = LOOK["font.size"]
    axes.set_title(title, loc="left", parse_math=False)
    axes.set_xlabel(x, parse_math=False, fontsize=size)
    axes.set_ylabel(y, parse_math=False, fontsize=size)


def rows(axes: Axes, names: Sequence[str]) -> None:
    """Name the rows of a chart of horizontal bars, the first on top, and drop the line beside them."""
    axes.set_yticks(range(len(names)), names, parse_math=False)
    axes.set_ylim(max(len(names), 1) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def bare(axes: Axes) -> None:
    """Take away everything that belongs to coordinates, for pictures that have none."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def check_series(name: str, values: ArrayLike, owner: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return numbers to be drawn, infinite ones among them, or refuse another shape."""
    series = np.asarray(values, dtype=float)
    if series.shape != shape:
        raise refusal(name, owner, f"have shape {shape}", series.shape)
    return series
