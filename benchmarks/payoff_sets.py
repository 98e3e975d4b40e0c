"""Time payoff sets side by side with QuantEcon: ``python benchmarks/payoff_sets.py``.

Warm rows are medians in this process, after one call that is not counted; the other system gets as many steps as
it needs. Every answer is judged: not by the other system, but by the operator B itself, iterated with plain cuts
and without any shortcut. Cold rows start a fresh Python each time.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import numpy as np
from run import median_seconds

from negotiation import RepeatedGame, StageGame, payoff_set
from negotiation._kernels.cutting import fall_apart
from negotiation.solvers.polygon import distance
from negotiation.solvers.self_generation import rescale

BOUND = 20
"""Seconds after which the other system is stopped."""
RIGHT = 1e-7
"""Largest distance of an answer from the judge's, as a share of the range of payoffs."""
LARGE = 30
"""Number of actions from which the other system is timed once, after the call that is not counted."""
STEPS = 3000
SCRIPT = """
from negotiation import RepeatedGame, StageGame, payoff_set
game = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
print(payoff_set(RepeatedGame(game, 0.9)))
"""
PEER_SCRIPT = """
import quantecon.game_theory as qe
game = qe.NormalFormGame([qe.Player([[9, 1], [10, 3]]), qe.Player([[9, 1], [10, 3]])])
print(qe.RepeatedGame(game, 0.9).equilibrium_payoffs(method="abreu_sannikov").points)
"""


def cournot(count: int) -> np.ndarray:
    """Payoffs of a duopoly with linear demand, a price that cannot fall below 0, and equal unit costs."""
    quantities = np.linspace(0, 6, count)
    own = quantities[:, np.newaxis] * (np.maximum(6 - quantities[:, np.newaxis] - quantities, 0) - 0.6)
    return np.stack([own, own.T], axis=-1)


def games() -> Iterator[tuple[str, np.ndarray, float, float | None]]:
    """List name, payoffs, discount factor and how many times faster than the other system it should be."""
    yield "prisoner's dilemma", np.array([[[9, 9], [1, 10]], [[10, 1], [3, 3.0]]]), 0.9, None
    row, column = [[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15.0]]
    yield "3x3 of Abreu and Sannikov", np.stack([row, column], axis=-1), 0.3, None
    for count in (5, 15, 30, 60):
        for delta in (0.3, 0.8, 0.9):
            yield f"Cournot, n = {count}", cournot(count), delta, 150 if count >= 15 else None
    for count in (10, 40, 100):
        payoffs = np.random.default_rng(0).integers(0, 100, (count, count, 2)).astype(float)
        for delta in (0.6, 0.9):
            yield f"random whole numbers, n = {count}", payoffs, delta, 500 if count >= 40 else None


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def is_right(repeated: RepeatedGame, vertices: np.ndarray) -> bool:
    """Judge a set by plain cuts: the sets that fall from all payoffs must end in it."""
    scale = rescale(repeated)
    step = RIGHT * (1 - repeated.delta) / 100
    layer = fall_apart(scale.profiles, scale.minmax, repeated.deltas, step, step, STEPS)[0]
    return distance(np.ascontiguousarray(layer[:, :2]), scale.inward(vertices)) <= RIGHT


def peer(payoffs: np.ndarray, delta: float) -> Callable[[], object]:
    import quantecon.game_theory as qe

    players = [qe.Player(payoffs[..., 0]), qe.Player(np.ascontiguousarray(payoffs[..., 1].T))]
    repeated = qe.RepeatedGame(qe.NormalFormGame(players), delta)
    options = {"u_init": payoffs.min(axis=(0, 1)), "max_iter": 100_000}
    return lambda: repeated.equilibrium_payoffs(method="abreu_sannikov", options=options)


def peer_seconds(payoffs: np.ndarray, delta: float) -> float | str:
    if find_spec("quantecon") is None:
        return "not installed"
    job = peer(payoffs, delta)
    try:
        with bounded(BOUND):
            return median_seconds(job, 1 if len(payoffs) > LARGE else 3)
    except (TimeoutError, SystemError):  # compiled code turns the one into the other
        return f"over {BOUND} s"
    except Exception as error:  # its ordinary answer to a set without interior
        return type(error).__name__


def warm() -> None:
    print(f"{'payoff set, warm':34}{'delta':>6}{'ours':>12}{'quantecon':>14}{'ratio':>9}  answer")
    for name, payoffs, delta, target in games():
        repeated = RepeatedGame(StageGame(payoffs), delta)
        ours = median_seconds(lambda repeated=repeated: payoff_set(repeated), 15)
        theirs = peer_seconds(payoffs, delta)
        ratio = theirs / ours if isinstance(theirs, float) else None
        shown = f"{theirs * 1e3:11.2f} ms" if isinstance(theirs, float) else f"{theirs:>14}"
        goal = "" if target is None else f", target {target} x"
        verdict = "right" if is_right(repeated, payoff_set(repeated).vertices) else "WRONG"
        times = f"{ratio:8,.0f} x" if ratio else " " * 9
        print(f"{name:34}{delta:6g}{ours * 1e3:9.3f} ms{shown}{times}  {verdict}{goal}", flush=True)


def cold() -> None:
    for name, script in (("negotiation", SCRIPT), ("quantecon", PEER_SCRIPT)):
        if find_spec(name) is None:
            continue
        command = [sys.executable, "-c", script]
        seconds = median_seconds(
            lambda command=command: subprocess.run(command, check=True, capture_output=True), 5
        )
        print(f"fresh process, dilemma, import to print: {name:12}{seconds * 1e3:9.0f} ms")


if __name__ == "__main__":
    start = time.perf_counter()
    warm()
    cold()
    print(f"all in all {time.perf_counter() - start:.0f} s")
