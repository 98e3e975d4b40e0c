"""Time and memory of sweeps: ``python benchmarks/sweeps.py``.

Seconds are the least of several runs; memory is measured in a fresh process each time.
The other system is timed on a sample of the same games, one after the other in a plain loop.
"""

import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import Executor
from importlib.util import find_spec
from pathlib import Path

import loky
import numpy as np

from negotiation import (
    ArrayMeasure,
    Output,
    PointMeasure,
    Points,
    SerialExecutor,
    Truce,
    payoff_set,
    plausible_points,
    sweep,
)

RUNS = 3
MILLION = 1_000_000
SETS = 10_000
SAMPLE = 100
PLAYERS = {"player": ["US", "China"]}
SUM = {"sum": Output()}
TRUCE = Truce.central()


def least_seconds(job: Callable[[], object], runs: int = RUNS) -> float:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def cpu_seconds(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def added(x, y):
    return {"sum": x + y}


def grid(count: int) -> Points:
    return Points.grid({"x": np.arange(1000.0), "y": np.arange(count / 1000)})


def outlook(**parameters):
    found = payoff_set(TRUCE.vary(**parameters).game(squeeze=True))
    return {"best": [found.best(0), found.best(1)], "threat": found.threat, "vertices": len(found.vertices)}


OUTLOOK = PointMeasure(outlook, {"best": Output(PLAYERS), "threat": Output(PLAYERS), "vertices": Output()})


def overhead(folder: Path) -> None:
    measure, points = ArrayMeasure(added, SUM), grid(MILLION)

    def filed() -> None:
        path = folder / "million.nc"
        path.unlink(missing_ok=True)
        sweep(measure, points, path=path, progress=False).close()

    held = least_seconds(lambda: sweep(measure, points, progress=False))
    print(f"1,000,000 points at once, in memory     {held:8.3f} s")
    print(f"1,000,000 points at once, to a file     {least_seconds(filed):8.3f} s")
    single, few = PointMeasure(added, SUM), grid(MILLION // 10)
    serial = least_seconds(lambda: sweep(single, few, executor=SerialExecutor(), progress=False))
    print(f"100,000 points one by one, this process {serial:8.3f} s")
    pooled = least_seconds(lambda: sweep(single, few, progress=False))
    print(f"100,000 points one by one, {loky.cpu_count()} processes  {pooled:8.3f} s")


def memory() -> None:
    for kind in ("ArrayMeasure", "PointMeasure"):
        for count in (MILLION // 10, MILLION):
            words = [sys.executable, __file__, kind, str(count)]
            peaks = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
            print(f"{kind:12} {count:9,} points to a file: {peaks[0]} MB allocated, {peaks[1]} MB in all")


def peaks(kind: str, count: int) -> tuple[float, float]:
    """Return the peaks, in MB, of what Python allocates in a sweep to a file, and of this whole process."""
    measure = ArrayMeasure(added, SUM) if kind == "ArrayMeasure" else PointMeasure(added, SUM)
    with tempfile.TemporaryDirectory() as folder:
        options: dict[str, Executor] = {"executor": SerialExecutor()}
        sweep(measure, grid(1000), path=Path(folder) / "first.nc", progress=False, **options).close()
        tracemalloc.start()
        sweep(measure, grid(count), path=Path(folder) / "x.nc", progress=False, **options).close()
        allocated = tracemalloc.get_traced_memory()[1] / 2**20
    return allocated, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def payoff_sets() -> None:
    points = plausible_points(TRUCE, draws=SETS)
    cold = least_seconds(lambda: sweep(OUTLOOK, points, progress=False), 1)
    warm = least_seconds(lambda: sweep(OUTLOOK, points, progress=False))
    columns = points.part(0, SAMPLE)
    rows = [{name: float(column[i]) for name, column in columns.items()} for i in range(SAMPLE)]
    alone = min(cpu_seconds(lambda row=row: outlook(**row)) for row in rows)
    print(f"10,000 payoff sets, {loky.cpu_count()} processes         {warm:8.3f} s   under 5 s on two cores")
    print(f"the same, processes started anew        {cold:8.3f} s")
    print(f"CPU time of one point, this process     {alone * 1e3:8.3f} ms")
    if find_spec("quantecon") is not None:
        theirs = peer_seconds(rows) / SAMPLE * SETS
        print(f"quantecon, at the pace of {SAMPLE} in a loop {theirs:8.3f} s   {theirs / warm:,.0f} x")


def peer_seconds(rows: list[dict[str, float]]) -> float:
    import quantecon.game_theory as qe

    def one(row: dict[str, float]) -> None:
        repeated = TRUCE.vary(**row).game(squeeze=True)
        payoffs = repeated.stage.payoffs
        players = [qe.Player(payoffs[..., 0].copy()), qe.Player(np.ascontiguousarray(payoffs[..., 1].T))]
        options = {"u_init": payoffs.min(axis=(0, 1)), "max_iter": 100_000}
        game = qe.RepeatedGame(qe.NormalFormGame(players), repeated.delta)
        try:
            game.equilibrium_payoffs(method="abreu_sannikov", options=options)
        except Exception:
            failed.append(row)

    failed: list[dict[str, float]] = []
    one(rows[0])
    failed.clear()
    seconds = least_seconds(lambda: [one(row) for row in rows], 1)
    print(f"quantecon gives an error at             {len(failed):4} of {SAMPLE}")
    return seconds


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(*(f"{peak:.1f}" for peak in peaks(sys.argv[1], int(sys.argv[2]))))
    else:
        with tempfile.TemporaryDirectory() as folder:
            overhead(Path(folder))
        memory()
        payoff_sets()
