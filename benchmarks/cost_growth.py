"""Measure how the cost of payoff sets grows, and draw it: ``python benchmarks/cost_growth.py``.

Solve time is taken against the number of action profiles, and against 1 / (1 - delta); the exponents are slopes of
least squares through the logarithms. The picture goes to docs/cost_growth.png.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from payoff_sets import cournot
from run import median_seconds

from negotiation import RepeatedGame, StageGame, payoff_set

TARGET = Path(__file__).parents[1] / "docs" / "cost_growth.png"
SIZES = (4, 6, 9, 13, 19, 28, 41, 60, 88)
PATIENCE = (0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
SEEDS = range(15)
COLOURS = ("#0072B2", "#D55E00")


def random_game(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 100, (count, count, 2)).astype(float)


def seconds(tables: Sequence[np.ndarray], delta: float) -> float:
    """Return the mean over games of the median time of one call."""
    repeated = [RepeatedGame(StageGame(table), delta) for table in tables]
    return float(np.mean([median_seconds(lambda game=game: payoff_set(game), 5) for game in repeated]))


def draw(ax: Axes, label: str, places: Sequence[float], measured: Sequence[float], colour: str) -> None:
    slope, height = np.polyfit(np.log(places), np.log(measured), 1)
    print(f"{label}: exponent {slope:.2f}, {min(measured) * 1e3:.3f} to {max(measured) * 1e3:.3f} ms")
    ax.loglog(places, np.array(measured) * 1e3, "o", color=colour, label=f"{label}: exponent {slope:.2f}")
    ax.loglog(places, np.exp(height) * np.array(places) ** slope * 1e3, color=colour, linewidth=1)


def main() -> None:
    kinds: dict[str, Callable[[int], list[np.ndarray]]] = {
        "Cournot": lambda count: [cournot(count)],
        "random whole numbers": lambda count: [random_game(count, seed) for seed in SEEDS],
    }
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for (label, tables), colour in zip(kinds.items(), COLOURS, strict=True):
        sizes = [count**2 for count in SIZES]
        draw(left, f"{label}, delta 0.8", sizes, [seconds(tables(count), 0.8) for count in SIZES], colour)
        years = [1 / (1 - delta) for delta in PATIENCE]
        draw(right, f"{label}, 6x6", years, [seconds(tables(6), delta) for delta in PATIENCE], colour)
    left.set(xlabel="action profiles", ylabel="milliseconds a payoff set")
    right.set(xlabel="1 / (1 - delta)", ylabel="milliseconds a payoff set")
    for ax in (left, right):
        ax.set_ylim(top=4 * ax.get_ylim()[1])
        ax.legend(frameon=False, loc="upper left")
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(TARGET, dpi=120)


if __name__ == "__main__":
    main()
