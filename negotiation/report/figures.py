"""A verdict in one figure, and the file it is written to."""

from os import PathLike

from matplotlib.figure import Figure

from negotiation.report.course_charts import survival_chart
from negotiation.report.files import check_figure_path, written
from negotiation.report.stability_charts import stability_chart
from negotiation.report.style import look
from negotiation.truce import Truce, Verdict
from negotiation.truce.verdict import TITLE


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
    with look():
        figure = Figure(figsize=(10, 5.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        stability_chart(truce, left, seed=verdict.seed)
        survival_chart(verdict, right)
        figure.suptitle(f"{TITLE}, {verdict.reading} values", x=0.02, ha="left", fontsize=13)
        figure.supxlabel(
            "Large: this truce. Open: the articles' readings, arms over four fifths of their draws. "
            "Dots: draws of the assumed ranges.\nMost sizes are assumptions; no forecast.",
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
    with written(target) as partial:
        figure.savefig(partial, dpi=150)
