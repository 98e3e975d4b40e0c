"""Time the solvers of one-shot games, side by side with other systems: ``python benchmarks/one_shot.py``.

Each row is the median over random games with whole payoffs from 0 to 100, each solved by every system in the same
process after a first run that is not counted. A ratio above 1 says how many times longer the other system took on
the same games; a system is left out where one game takes it more than about 20 seconds. Pairs of numbers in
brackets say how many of the extreme equilibria it listed.
"""

import io
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

import numpy as np

from negotiation import (
    StageGame,
    batch_equilibria,
    coarse_correlated_equilibrium,
    correlated_equilibrium,
    nash_equilibria,
    quantal_response,
    to_nashpy,
)

Solver = Callable[[StageGame], object]

TARGETS = {5: 0.005, 8: 0.040, 12: 1.0}
GAMES = {2: 40, 3: 40, 5: 20, 8: 9, 12: 5}
MANY = 1_000_000
SLOWEST = {"nashpy, supports": 8, "nashpy, vertices": 8, "quantecon, vertices": 12, "gambit, exact": 8}
"""Largest number of actions for which a system is asked; beyond it takes more than about 20 seconds a game."""

FEW = 3  # games for a system that takes a second or more


def seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def row(name: str, taken: float, target: float | None = None, against: str = "") -> None:
    goal = f"under {target * 1e3:g} ms" if target else ""
    print(f"{name:52}{taken * 1e3:12.3f} ms  {goal:16}{against}")


def random_games(size: int, count: int) -> list[StageGame]:
    rng = np.random.default_rng(size)
    return [StageGame(rng.integers(0, 101, (size, size, 2)).tolist()) for _ in range(count)]


def peers() -> dict[str, Solver]:
    found: dict[str, Solver] = {
        "nashpy, supports": lambda stage: list(to_nashpy(stage).support_enumeration()),
        "nashpy, vertices": lambda stage: list(to_nashpy(stage).vertex_enumeration()),
    }
    if find_spec("quantecon") is not None:
        import quantecon.game_theory as qe

        def quantecon_vertices(stage: StageGame) -> object:
            players = [qe.Player(stage.payoffs[..., 0]), qe.Player(stage.payoffs[..., 1].T)]
            return qe.vertex_enumeration(qe.NormalFormGame(players))

        found["quantecon, vertices"] = quantecon_vertices
    if find_spec("pygambit") is not None:
        import pygambit

        def gambit_exact(stage: StageGame) -> object:
            game = pygambit.read_nfg(io.StringIO(as_nfg(stage)))
            found = pygambit.nash.enummixed_solve(game, rational=True).equilibria
            return [tuple(_floats(profile[player]) for player in ("0", "1")) for profile in found]

        found["gambit, exact"] = gambit_exact
    return found


def as_nfg(stage: StageGame) -> str:
    """Write a game of whole payoffs in the format of strategic games, the row player's action running first."""
    sizes = " ".join(map(str, stage.shape))
    payoffs = stage.payoffs.astype(int).swapaxes(0, 1).ravel()
    return f'NFG 1 R "" {{ "0" "1" }} {{ {sizes} }}\n\n{" ".join(map(str, payoffs))}\n'


def _floats(mixture: Iterable[tuple[object, object]]) -> list[float]:
    return [float(probability) for _, probability in mixture]  # type: ignore[arg-type]


def listed(ours: Iterable[object], theirs: Iterable[object]) -> int:
    """How many of our extreme equilibria another system lists too."""
    own = [np.concatenate([np.array(part, dtype=float) for part in pair]) for pair in ours]
    other = [np.concatenate(pair) for pair in theirs]
    return sum(any(np.allclose(one, pair, atol=1e-6) for pair in other) for one in own)


def bimatrix_games() -> None:
    systems = peers()
    for size, count in GAMES.items():
        games = random_games(size, count)
        nash_equilibria(games[0])
        times = [seconds(lambda stage=stage: nash_equilibria(stage)) for stage in games]
        tied = sum(nash_equilibria(stage).degenerate for stage in games)
        name = f"{size} x {size}, {count} games, {tied} degenerate"
        row(f"{name}: nash_equilibria", statistics.median(times), TARGETS.get(size))
        row(f"{name}: the slowest", max(times), TARGETS.get(size))
        for peer, solve in systems.items():
            if size > SLOWEST[peer]:
                print(f"  {peer}: left out, more than about 20 s a game")
                continue
            compare(peer, solve, games[: count if size < 8 else FEW], times)


def compare(peer: str, solve: Solver, games: list[StageGame], times: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solve(games[0])
        theirs = [seconds(lambda stage=stage: solve(stage)) for stage in games]
        found = [listed(nash_equilibria(stage), solve(stage)) for stage in games]
    every = sum(len(nash_equilibria(stage)) for stage in games)
    ratio = statistics.median(theirs) / statistics.median(times[: len(games)])
    row(f"  {peer}", statistics.median(theirs), against=f"{ratio:,.3g} x   ({sum(found)} of {every} listed)")


def many_games() -> None:
    payoffs = np.random.default_rng(0).integers(0, 101, (MANY, 2, 2, 2)).astype(float)
    batch_equilibria(payoffs[:1])
    taken = statistics.median(seconds(lambda: batch_equilibria(payoffs)) for _ in range(7))
    few = [StageGame(game) for game in payoffs[:200]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one_by_one = sum(
            seconds(lambda stage=stage: list(to_nashpy(stage).support_enumeration())) for stage in few
        )
    ratio = one_by_one / len(few) * MANY / taken
    row(f"{MANY:,} games of 2 x 2: batch_equilibria", taken, 0.2, f"{ratio:,.0f} x nashpy, one at a time")


def other_concepts() -> None:
    for size in (3, 5, 8):
        games = random_games(size, 5)
        for name, solve in (
            ("correlated_equilibrium", correlated_equilibrium),
            ("coarse_correlated_equilibrium", coarse_correlated_equilibrium),
            ("quantal_response up to 10", lambda stage: quantal_response(stage, 10)),
        ):
            solve(games[0])
            times = [seconds(lambda stage=stage, solve=solve: solve(stage)) for stage in games]
            row(f"{size} x {size}: {name}", statistics.median(times))


def fresh_process() -> None:
    script = (
        "from numpy.random import default_rng; from negotiation import StageGame, nash_equilibria;"
        "print(nash_equilibria(StageGame(default_rng(0).integers(0, 101, (8, 8, 2)).tolist())))"
    )
    job = [sys.executable, "-c", script]
    times = [seconds(lambda: subprocess.run(job, check=True, capture_output=True)) for _ in range(8)]
    row("process: import, solve an 8 x 8 game, print", statistics.median(times[1:]), 0.7)


def systems() -> str:
    named = []
    for name in ("numpy", "numba", "nashpy", "quantecon", "pygambit"):
        try:
            named.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            named.append(f"no {name}")
    return f"Python {platform.python_version()}, {', '.join(named)}"


if __name__ == "__main__":
    print(systems())
    bimatrix_games()
    many_games()
    other_concepts()
    fresh_process()
