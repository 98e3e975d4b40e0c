"""Pictures stay as they are, and can be read in black and white and by colour-blind readers."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")

from matplotlib.colors import to_rgb  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.testing.compare import compare_images  # noqa: E402

from negotiation import report  # noqa: E402
from negotiation.report.style import STROKES  # noqa: E402
from tests.report.pictures import BASELINE, PICTURES, draw  # noqa: E402

DRAWN_BY = "3.11"
"""Matplotlib that drew the baseline; other releases set text by another FreeType, a pixel off."""

TOLERANCE = 0.5
"""Root of the mean squared difference of grey levels, 0 to 255. The same software gives 0, and rounding at the
edges of lines on another processor far less than this; one wrong digit in a label gives 0.9 or more."""

CLEAR = 0.1
"""Smallest difference, as a share of black to white or of a full primary, that is told apart."""

DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""What is left of linear red, green, blue at full severity: Machado, Oliveira and Fernandes (2009)."""


def grey(colour: str) -> float:
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


@pytest.mark.skipif(not matplotlib.__version__.startswith(DRAWN_BY), reason=f"drawn by Matplotlib {DRAWN_BY}")
@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_as_in_the_baseline(name: str, tmp_path: Path) -> None:
    draw(PICTURES[name], tmp_path / f"{name}.png")
    fault = compare_images(str(BASELINE / f"{name}.png"), str(tmp_path / f"{name}.png"), tol=TOLERANCE)
    assert fault is None, f"{fault}\nIf the change is meant: python -m tests.report.pictures"


def test_one_wrong_digit_exceeds_the_tolerance(tmp_path: Path) -> None:
    for digit in "56":
        draw(
            lambda axes, digit=digit: axes.set(title=f"mean {digit}.0 years").__getitem__(0).axes,
            tmp_path / f"{digit}.png",
        )
    assert compare_images(str(tmp_path / "5.png"), str(tmp_path / "6.png"), tol=TOLERANCE) is not None


def test_every_baseline_belongs_to_a_picture() -> None:
    assert {path.stem for path in BASELINE.glob("*.png")} == set(PICTURES)


def test_strokes_share_no_colour_line_marker_or_hatch() -> None:
    for one, other in combinations(STROKES, 2):
        assert one.marker != other.marker and one.line != other.line
        assert one.hatch != other.hatch and one.colour != other.colour


def test_the_first_strokes_differ_as_greys() -> None:
    for one, other in combinations(STROKES[:5], 2):
        assert abs(grey(one.colour) - grey(other.colour)) > CLEAR, (one, other)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_first_strokes_differ_for_colour_blind_readers(deficiency: str) -> None:
    seen = [
        np.dot(DEFICIENCIES[deficiency], np.power(to_rgb(one.colour), 2.2)).clip(0, 1) ** (1 / 2.2)
        for one in STROKES[:5]
    ]
    for one, other in combinations(seen, 2):
        assert np.abs(one - other).max() > CLEAR


@pytest.mark.parametrize("name", ["survival", "erosion"])
def test_lines_differ_without_colour(name: str) -> None:
    axes = PICTURES[name](Figure().subplots())
    kinds = [
        (line.get_linestyle(), str(line._dash_pattern))
        for line in axes.lines
        if not line.get_color().startswith("0.")
    ]
    assert len(kinds) == len(set(kinds)) == 2


@pytest.mark.parametrize(("name", "bars"), [("endings", 4), ("sobol", 2), ("tornado", 2)])
def test_bars_differ_without_colour(name: str, bars: int) -> None:
    axes = PICTURES[name](Figure().subplots())
    assert len({bar.get_hatch() for bar in axes.patches} - {None}) == bars


@pytest.mark.parametrize("name", PICTURES)
def test_a_chart_makes_its_own_axes_and_leaves_the_settings_alone(name: str) -> None:
    from matplotlib import pyplot

    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"backend": "agg"}):
        axes = PICTURES[name](None)
    assert axes.figure.axes == [axes]
    pyplot.close(axes.figure)
    assert {key: value for key, value in matplotlib.rcParams.items() if key != "backend"} == {
        key: value for key, value in before.items() if key != "backend"
    }


def test_look_keeps_the_interactive_drawing_that_a_first_figure_turns_on() -> None:
    with report.look():
        matplotlib.interactive(True)
    try:
        assert matplotlib.is_interactive()
    finally:
        matplotlib.interactive(False)


def test_look_can_be_put_on_and_off() -> None:
    size = matplotlib.rcParams["font.size"]
    with report.look():
        assert matplotlib.rcParams["font.family"] == ["DejaVu Sans"]
    assert matplotlib.rcParams["font.size"] == size
