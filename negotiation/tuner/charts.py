"""The two charts of the tuner: drawn once, then given new data, which is what makes them quick."""

from typing import Any, final

from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure

from negotiation.truce import Truce, Verdict

COLOURS = ("#0072B2", "#D55E00")
"""Blue and vermilion of the Okabe-Ito palette, told apart by colour-blind readers; markers differ as well."""

MARKERS = ("circle", "triangle")
CLOUD_DRAWS = 500
HEIGHT = 330


@final
class StabilityChart:
    """Patience against the patience needed by each side: a side holds below the line.

    Parameters
    ----------
    truce : Truce
        What to draw first.
    """

    def __init__(self, truce: Truce) -> None:
        parties = truce.evidence.parties
        self.figure = _axes(
            "Self-enforcing?",
            "patience: weight of next year's truce",
            "patience needed: temptation / deterrent",
            x_range=Range1d(start=0, end=1),
            y_range=Range1d(start=0, end=1),
        )
        self.figure.patch([0, 1, 0], [0, 1, 1], color="#ededed")
        self.figure.line([0, 1], [0, 1], color="black")
        self.figure.text([0.97, 0.03], [0.03, 0.88], ["holds", "breaks"], text_align=["right", "left"])
        self._draws, self._now = ColumnDataSource(), ColumnDataSource()
        self.show(truce)
        for party, colour, marker in zip(parties, COLOURS, MARKERS, strict=True):
            draws: dict[str, Any] = {
                "x": "patience",
                "y": party,
                "source": self._draws,
                "color": colour,
                "marker": marker,
            }
            self.figure.scatter(size=3, alpha=0.25, line_width=0, **draws)
        for i, (party, colour, marker) in enumerate(zip(parties, COLOURS, MARKERS, strict=True)):
            self._draw_readings(truce, i)
            now: dict[str, Any] = {
                "x": "patience",
                "y": party,
                "source": self._now,
                "fill_color": colour,
                "marker": marker,
            }
            self.figure.scatter(size=15, line_color="black", legend_label=party, **now)
        self.figure.legend.update(location="top_center", orientation="horizontal", border_line_color=None)

    def show(self, truce: Truce) -> None:
        """Draw another truce."""
        parties = truce.evidence.parties
        patience, needed = truce.sample(draws=CLOUD_DRAWS)
        present = truce.critical_patience().clip(0, 1)
        self._draws.data = {"patience": patience} | dict(zip(parties, needed.T, strict=True))
        self._now.data = {"patience": [truce.patience]} | dict(zip(parties, present[:, None], strict=True))

    def _draw_readings(self, truce: Truce, side: int) -> None:
        others = [Truce.from_reading(one.id) for one in truce.evidence.readings]
        self.figure.scatter(
            [one.patience for one in others],
            [one.critical_patience()[side] for one in others],
            size=8,
            fill_color="white",
            line_color=COLOURS[side],
            marker=MARKERS[side],
        )


@final
class SurvivalChart:
    """The chance that the truce stands after each review, with re-bargained and with fixed terms.

    Parameters
    ----------
    verdict : Verdict
        What to draw first.
    """

    def __init__(self, verdict: Verdict) -> None:
        self.figure = _axes(
            "How long?", "yearly review", "chance that the truce stands", y_range=Range1d(start=-0.03, end=1.03)
        )
        self._source = ColumnDataSource({"review": [], "rebargained": [], "fixed": []})
        styles = (
            ("rebargained", "terms re-bargained", "solid", "circle"),
            ("fixed", "terms fixed", "dashed", "square"),
        )
        for column, label, dash, marker in styles:
            shared: dict[str, Any] = {"x": "review", "y": column, "source": self._source, "legend_label": label}
            self.figure.line(line_dash=dash, color="black", **shared)
            self.figure.scatter(marker=marker, size=8, fill_color="white", line_color="black", **shared)
        self.figure.legend.update(location="top_right", border_line_color=None)
        self.figure.xaxis.ticker = list(range(len(verdict.fixed.survival) + 1))
        self.show(verdict)

    def show(self, verdict: Verdict) -> None:
        """Draw another verdict."""
        self._source.data = {
            "review": list(range(len(verdict.fixed.survival) + 1)),
            "rebargained": [1.0, *verdict.rebargained.survival],
            "fixed": [1.0, *verdict.fixed.survival],
        }


def _axes(title: str, across: str, up: str, **ranges: Any) -> figure:
    axes = figure(title=title, height=HEIGHT, sizing_mode="stretch_width", toolbar_location=None, **ranges)
    axes.tools = []
    axes.xaxis.axis_label, axes.yaxis.axis_label = across, up
    return axes
