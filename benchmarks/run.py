"""Time the library, side by side with other systems where they are installed: ``python benchmarks/run.py``.

Each row is the median of several runs in this process, after one that is not counted; rows marked "process" start
a fresh Python each time. A ratio above 1 says how many times longer the other system took in the same run.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from negotiation import StageGame, Truce, critical_discounts, to_nashpy, uncertainty

RUNS = 7
POINTS = 1000
MANY = 1_000_000


def median_seconds(job: Callable[[], object], runs: int = RUNS) -> float:
    job()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def fresh(*words: str) -> float:
    return median_seconds(lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True))


def row(
    name: str, seconds: float, target: float | None = None, ratio: float | None = None, peer: str = ""
) -> None:
    goal = f"under {target * 1e3:g} ms" if target else ""
    against = f"{ratio:,.0f} x {peer}" if ratio else ""
    print(f"{name:58}{seconds * 1e3:12.3f} ms  {goal:16}{against}")


def sweep_of_payoffs() -> np.ndarray:
    payoffs = np.tile(np.array([[[4, 3], [-1, 5.5]], [[6, -2], [1, 0.0]]]), (POINTS, 1, 1, 1))
    payoffs[:, 0, 1, 1] = np.linspace(3.1, 9, POINTS)
    return payoffs


def one_by_one_with_nashpy(payoffs: np.ndarray) -> list[float]:
    needed = []
    for table in payoffs:
        game = to_nashpy(StageGame(table))
        worst = min(game[x, y][1] for x, y in game.support_enumeration())
        needed.append((table[0, 1, 1] - table[0, 0, 1]) / (table[0, 1, 1] - worst))
    return needed


def in_process() -> None:
    truce = Truce.central()
    row("20,000 draws: truce.sample()", median_seconds(truce.sample), 0.5)
    row("the whole verdict with 20,000 draws", median_seconds(truce.verdict))
    many_draws = median_seconds(lambda: uncertainty(truce, draws=MANY), 3)
    row("1,000,000 draws: uncertainty(truce), four senses", many_draws, 2.0)

    payoffs = sweep_of_payoffs()
    ours = median_seconds(lambda: critical_discounts(payoffs), 51)
    few = payoffs[:: POINTS // 20]
    theirs = median_seconds(lambda: one_by_one_with_nashpy(few), 3) * POINTS / len(few)
    row("1,000-point sweep of one payoff of a 2x2 game", ours, 0.001, theirs / ours, "nashpy, one game at a time")
    many = np.random.default_rng(0).integers(0, 101, (MANY, 2, 2, 2)).astype(float)
    row("1,000,000 critical discount factors of 2x2 games", median_seconds(lambda: critical_discounts(many)), 0.1)
    values = np.linspace(1, 4.5, POINTS)
    row("1,000-point truce.sweep(tau_us=...), labelled", median_seconds(lambda: truce.sweep(tau_us=values)))


def processes() -> None:
    script = (
        "import time, numpy; start = time.perf_counter(); import negotiation; print(time.perf_counter() - start)"
    )
    imports = [float(subprocess.check_output([sys.executable, "-c", script])) for _ in range(RUNS)]
    row("process: import negotiation, after import numpy", statistics.median(imports), 0.25)
    row("process: negotiation verdict", fresh("-c", "from negotiation.cli import main; main(['verdict'])"), 1.5)


if __name__ == "__main__":
    in_process()
    processes()
