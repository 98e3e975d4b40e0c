"""Every chart of the library on small canvases; run as a script it draws the baseline of the image tests anew."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from negotiation import report
from negotiation.games import RepeatedGame, StageGame, path_with_punishments, tit_for_tat
from negotiation.solvers import payoff_set
from negotiation.stability import Tip, survival
from negotiation.truce import Truce, dossier, solve_race

BASELINE = Path(__file__).parent / "baseline"
SIZE, DPI = (8.0, 6.0), 50  # 400 x 300 pixels

YEARS = np.arange(7.0)
GAME = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]], ["US", "China"], [["keep", "break"]] * 2)
WIDER = StageGame.from_matrices(np.arange(9.0).reshape(3, 3), np.arange(9.0).reshape(3, 3).T, ["A", "B"])
TIPS = (Tip("omega", 0.6, 0.339, 0.4), Tip("tau_us", 2.5, 4.12, 0.46), Tip("h_cn", 10.8, 6.1, 0.52))
CURVE = survival({"turnover": 0.08, "shock": 0.06, "alarm": 0.035}, 5, first_year={"ruling": 0.3})
CIRCLE = np.stack([np.cos(np.linspace(0, 4, 60)), np.sin(np.linspace(0, 4, 60))], axis=1)


PICTURES: dict[str, Callable[[Axes], Axes]] = {
    "stability": lambda axes: report.stability_chart(Truce.central(), axes),
    "tornado": lambda axes: report.tornado_chart(TIPS, axes),
    "sobol": lambda axes: report.sobol_chart(
        ["h_cn", "tau_us", "omega"],
        [0.30, 0.25, 0.10],
        [0.31, 0.40, 0.20],
        axes,
        first_interval=[[0.28, 0.20, 0.05], [0.33, 0.30, 0.15]],
        total_interval=[[0.29, 0.35, 0.10], [0.34, 0.45, 0.25]],
    ),
    "frontier": lambda axes: report.frontier_chart(
        [CIRCLE],
        axes,
        names=("tau_us", "omega"),
        ranges=((-1.5, 1.5), (-1.5, 1.5)),
        current=(0.3, 0.2),
        verdicts={(-0.3, 0.4): True, (1.1, -1.1): False},
    ),
    "survival": lambda axes: report.survival_chart(Truce.central().verdict(draws=1), axes),
    "endings": lambda axes: report.endings_chart(CURVE, axes),
    "erosion": lambda axes: report.erosion_chart(
        YEARS,
        {"linear": 0.32 * 1.15**YEARS, "convex": 0.32 * 1.4**YEARS},
        0.66,
        axes,
        crossings={"linear": 5.18, "convex": 2.15},
        side="by the US",
    ),
    "band": lambda axes: report.band_chart(
        YEARS,
        {
            "intact": np.stack([YEARS / 2 - 4, 2 - YEARS / 3], axis=1),
            "annulled": np.stack([YEARS / 4, 2 - YEARS / 3], 1),
        },
        axes,
        terms={"Nash terms": -1 - YEARS / 8},
    ),
    "race": lambda axes: report.race_chart(solve_race(Truce.central().vary(tau_us=1.5).leverage_race()), axes),
    "payoff_set": lambda axes: report.payoff_set_chart(payoff_set(RepeatedGame(GAME, 0.3)), axes),
    "tit_for_tat": lambda axes: report.automaton_chart(tit_for_tat(GAME), GAME, axes),
    "simple_strategies": lambda axes: report.automaton_chart(
        path_with_punishments(WIDER, [(0, 0)], [[(0, 1), (0, 0)], [(1, 0), (0, 0)]]), None, axes
    ),
    "evidence": lambda axes: report.evidence_graph(dossier(), ["omega", "tau_us"], axes, outcome="both hold: yes"),
    "all_evidence": lambda axes: report.evidence_graph(
        dossier(), [one.name for one in dossier().parameters], axes
    ),
}


def draw(picture: Callable[[Axes], Axes], path: Path) -> None:
    """Draw one picture to a PNG file of the size of the baseline."""
    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    picture(figure.subplots())
    figure.savefig(path, dpi=DPI, metadata={"Software": None})


if __name__ == "__main__":
    for name, picture in PICTURES.items():
        draw(picture, BASELINE / f"{name}.png")
