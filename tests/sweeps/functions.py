"""Functions that are swept, and their plain answers."""

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negotiation.sweeps import ArrayMeasure, Output, PointMeasure, Points

PLAYERS = {"player": ["US", "Čína"]}
OUTPUTS = {
    "slack": Output(PLAYERS, units="points a year"),
    "holds": Output(dtype=bool),
    "noise": Output(units="°"),
}
GRID = Points.grid(
    {"tau": [1.0, 2.5, 4.0], "rounds": [1, 2, 3], "reading": ["central", "východ"]}, units={"tau": "points a year"}
)
LINE = Points.grid({"x": [float(x) for x in range(12)]})
NUMBER = {"y": Output()}


def noisy(tau: float, rounds: int, reading: str, harm: float, rng: np.random.Generator) -> dict[str, Any]:
    us, cn = harm - tau * rounds, len(reading) - tau
    return {"slack": [us, cn], "holds": us >= 0 and cn >= 0, "noise": rng.normal() + 1000 * rng.integers(10)}


def arrays(tau: NDArray[Any], rounds: NDArray[Any], reading: NDArray[Any], harm: float) -> dict[str, Any]:
    us, cn = harm - tau * rounds, np.char.str_len(reading) - tau
    return {"slack": np.stack([us, cn], axis=-1), "holds": (us >= 0) & (cn >= 0), "noise": np.zeros(len(tau))}


NOISY = PointMeasure(noisy, OUTPUTS, fixed={"harm": 6.0}, seed=7)
ARRAYS = ArrayMeasure(arrays, OUTPUTS, fixed={"harm": 6.0})


def plain_loop() -> dict[str, NDArray[Any]]:
    """Answer `NOISY` over `GRID` with nested loops and the generators that NumPy spawns."""
    seeds = iter(np.random.SeedSequence(7).spawn(18))
    answers = [
        noisy(tau, rounds, reading, 6.0, np.random.default_rng(next(seeds)))
        for tau in (1.0, 2.5, 4.0)
        for rounds in (1, 2, 3)
        for reading in ("central", "východ")
    ]
    return {
        name: np.array([answer[name] for answer in answers]).reshape(3, 3, 2, *OUTPUTS[name].shape)
        for name in OUTPUTS
    }


def double(x: float) -> dict[str, float]:
    return {"y": 2 * x}


def logged(x: float, log: str) -> dict[str, float]:
    """Double a number, and write down that it was done."""
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{x:g}\n")
    return double(x)


def told(log: Path) -> list[float]:
    return [float(line) for line in log.read_text(encoding="utf-8").split()]


def killed_once(x: float, mark: str, log: str) -> dict[str, float]:
    """Kill the worker at 5, the first time."""
    if x == 5 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return logged(x, log)


def killed_always(x: float, log: str) -> dict[str, float]:
    if x in (5, 8):
        os.kill(os.getpid(), signal.SIGKILL)
    return logged(x, log)


def interrupted_once(x: float, mark: str, log: str) -> dict[str, float]:
    """Be interrupted at 5, the first time."""
    if x == 5 and not Path(mark).exists():
        Path(mark).touch()
        raise KeyboardInterrupt
    return logged(x, log)
