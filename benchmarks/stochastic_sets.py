"""Time the solvers of stochastic games without transfers: ``python benchmarks/stochastic_sets.py``.

Each row is the median of several runs in this process, after one that is not counted; the last rows show how cost
grows with the discount factor, the number of states and the number of profiles.
"""

from fractions import Fraction

import numpy as np
from run import median_seconds, row

from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.markov_equilibria import markov_perfect
from negotiation.solvers.stochastic_payoff_sets import state_payoff_sets

STEPS = 80
"""Transfers in risk sharing are multiples of 1 / STEPS."""


def two_state_dilemma(delta: float) -> StochasticGame:
    third, half = Fraction(1, 3), Fraction(1, 2)
    stay, leave, mixed = [third, 1 - third], [1 - third, third], [half, half]
    dilemma = np.array([[[1, 1], [-1, 2]], [[2, -1], [0, 0]]])
    moves = [[[stay, mixed], [mixed, stay]], [[leave, mixed], [mixed, leave]]]
    return StochasticGame(["poor", "rich"], [dilemma, dilemma + 2], moves, delta)


def risk_sharing(steps: int, delta: float) -> StochasticGame:
    """Share an endowment of e / 4 and 1 - e / 4 in state e; both may pay, which never helps."""
    payoffs, moves = [], []
    for e in range(5):
        first, second = steps * e // 4, steps - steps * e // 4
        paid = np.subtract.outer(np.arange(first + 1), np.arange(second + 1))
        consumed = np.stack([first - paid, second + paid], axis=-1) / steps
        payoffs.append(np.sqrt(consumed))
        moves.append(np.full((*paid.shape, 5), Fraction(1, 5), dtype=object))
    return StochasticGame([f"e = {e}/4" for e in range(5)], payoffs, moves, delta)


def random_game(num_states: int, num_actions: int, delta: float) -> StochasticGame:
    rng = np.random.default_rng(0)
    shape = (num_actions, num_actions)
    weights = rng.integers(1, 10, (num_states, *shape, num_states))
    return StochasticGame(
        [str(s) for s in range(num_states)],
        [rng.integers(0, 100, (*shape, 2)).tolist() for _ in range(num_states)],
        list(weights / weights.sum(axis=-1, keepdims=True)),
        delta,
    )


def polygons() -> None:
    for delta in (2 / 3, 0.9, 0.95, 0.99):
        game = two_state_dilemma(delta)
        steps = state_payoff_sets(game).iterations
        goal = 0.005 if delta < 0.9 else None
        seconds = median_seconds(lambda game=game: state_payoff_sets(game))
        row(f"payoff polygons, two-state dilemma, delta {delta:.3g}, {steps} steps", seconds, goal)
    for steps in (STEPS // 4, STEPS // 2, STEPS):
        game = risk_sharing(steps, 0.7)
        size = game.transitions.num_rows
        seconds = median_seconds(lambda game=game: state_payoff_sets(game), 3)
        goal = 1.0 if steps == STEPS else None
        row(f"payoff polygons, risk sharing in steps of 1/{steps}, {size:,} profiles", seconds, goal)
    for num_states in (2, 4, 8, 16):
        game = random_game(num_states, 2, 0.7)
        seconds = median_seconds(lambda game=game: state_payoff_sets(game), 3)
        row(f"payoff polygons, {num_states} random states, 2 x 2 actions", seconds)


def markov() -> None:
    for num_states, num_actions, goal in ((5, 2, None), (8, 3, None), (10, 3, 0.2), (15, 2, None)):
        game = random_game(num_states, num_actions, 0.9)
        seconds = median_seconds(lambda game=game: markov_perfect(game), 3)
        policies = num_actions**num_states
        name = f"Markov-perfect equilibria, {num_states} states, {num_actions} actions, {policies:,} policies"
        row(name, seconds, goal)


if __name__ == "__main__":
    polygons()
    markov()
