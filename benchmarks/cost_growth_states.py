"""Measure how the cost of solving games with states grows: ``python benchmarks/cost_growth_states.py``.

Solve time is taken against the number of states, with 2 x 2 actions in each, and against the number of action
profiles of two states, at delta = 0.9; games have random whole payoffs, and chances of three next states. The
exponents are slopes of least squares through the logarithms of the mean over games of the least of several times.
The picture goes to docs/cost_growth_states.png.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from cost_growth import draw
from matplotlib.figure import Figure

from negotiation import StochasticGame, markov_perfect, state_payoff_sets, transfer_equilibrium

TARGET = Path(__file__).parents[1] / "docs" / "cost_growth_states.png"
SEEDS = range(5)
RUNS = 3
DELTA = 0.9
NEXT = 3
"""Next states that a profile may lead to."""
SOLVERS: dict[str, tuple[Callable[[StochasticGame], object], Sequence[int], Sequence[int]]] = {
    "state_payoff_sets": (state_payoff_sets, (2, 3, 4, 6, 8, 12), (3, 4, 6, 8, 12, 16)),
    "transfer_equilibrium": (transfer_equilibrium, (8, 16, 32, 64, 128, 256), (8, 16, 32, 64)),
    "markov_perfect": (markov_perfect, (4, 6, 8, 10, 12, 14, 16), (4, 8, 16, 24, 32)),
}
COLOURS = ("#0072B2", "#D55E00", "#009E73")


def random_game(num_states: int, num_actions: int, seed: int) -> StochasticGame:
    rng, shape = np.random.default_rng(seed), (num_actions, num_actions)
    moves = np.zeros((num_states, *shape, num_states))
    for place in np.ndindex(num_states, *shape):
        after = rng.choice(num_states, min(NEXT, num_states), replace=False)
        moves[(*place, after)] = rng.integers(1, 10, len(after))
    return StochasticGame(
        [str(s) for s in range(num_states)],
        [rng.integers(0, 100, (*shape, 2)).tolist() for _ in range(num_states)],
        list(moves / moves.sum(axis=-1, keepdims=True)),
        DELTA,
    )


def seconds(solve: Callable[[StochasticGame], object], games: Sequence[StochasticGame]) -> float:
    """Return the mean over games of the least time of a call, after one that is not counted."""
    least = []
    for game in games:
        times = []
        for _ in range(RUNS + 1):
            start = time.perf_counter()
            solve(game)
            times.append(time.perf_counter() - start)
        least.append(min(times[1:]))
    return float(np.mean(least))


def main() -> None:
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for (name, (solve, states, actions)), colour in zip(SOLVERS.items(), COLOURS, strict=True):
        by_states = [seconds(solve, [random_game(count, 2, seed) for seed in SEEDS]) for count in states]
        draw(left, name, states, by_states, colour)
        by_profiles = [seconds(solve, [random_game(2, count, seed) for seed in SEEDS]) for count in actions]
        draw(right, name, [2 * count**2 for count in actions], by_profiles, colour)
    left.set(xlabel="states, of 2 x 2 actions", ylabel="milliseconds")
    right.set(xlabel="action profiles of two states", ylabel="milliseconds")
    for ax in (left, right):
        ax.set_ylim(top=8 * ax.get_ylim()[1])
        ax.legend(frameon=False, loc="upper left")
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(TARGET, dpi=120)


if __name__ == "__main__":
    main()
