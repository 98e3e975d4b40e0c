"""Published cases of transfers and repeated negotiation in stochastic games, random games, and a plain solver."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np

from negotiation.games import StochasticGame

CASES = json.loads((Path(__file__).parent / "cases" / "relational.json").read_text())["cases"]
TOLERANCE = 1e-9


def results(method):
    """List (case, result) for all results of one method."""
    return [
        (name, result) for name, case in CASES.items() for result in case["results"] if result["method"] == method
    ]


def game(name, delta):
    """Build the game of a case."""
    listed = CASES[name]["game"]
    states = [entry["x"] for entry in listed]
    payoffs = [np.stack([entry["pi1"], entry["pi2"]], axis=-1).tolist() for entry in listed]
    transitions = []
    for entry in listed:
        nowhere = np.zeros((entry["na1"], entry["na2"]))
        moves = [np.array(entry["trans"].get(state, nowhere)) for state in states]
        transitions.append(np.stack(moves, axis=-1).tolist())
    actions = [[entry["a1_labels"], entry["a2_labels"]] for entry in listed]
    return StochasticGame(states, payoffs, transitions, delta, actions=actions)


def exact_delta(name, arguments):
    """Return the discount factor of a result; the file rounds that of the vulnerability game to 15 digits."""
    if name == "vulnerability":
        return Fraction(3, 10) / (1 - Fraction(repr(arguments["rho"])))
    return arguments["delta"]


def numbers(equilibrium, negotiated):
    """Lay payoffs out as the cases do, one row U, v1, v2, r1, r2 a state."""
    return np.column_stack([equilibrium.joint_payoffs, equilibrium.punishment_payoffs, negotiated])


def expected(result):
    """Return the published payoffs, one row U, v1, v2, r1, r2 a state."""
    return np.array([[row[key] for key in ("U", "v1", "v2", "r1", "r2")] for row in result["eq"]])


def two_states(delta, bonus=2):
    """Build a prisoner's dilemma whose state changes more often if both do the same."""
    same, other, high = Fraction(2, 3), Fraction(1, 2), np.array([[[2, 2], [-1, 3]], [[3, -1], [0, 0]]]) + bonus
    stay, move = [1 - same, same], [same, 1 - same]
    mixed = [other, other]
    return StochasticGame(
        ["low", "high"],
        [[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], high.tolist()],
        [[[stay, mixed], [mixed, stay]], [[move, mixed], [mixed, move]]],
        delta,
        actions=[[["C", "D"]] * 2] * 2,
    )


def random_game(seed, num_states=4, num_players=2, whole=False):
    """Draw a game with different numbers of actions and sparse transitions."""
    rng = np.random.default_rng(seed)
    payoffs, moves = [], []
    for _ in range(num_states):
        shape = tuple(rng.integers(1, 4, num_players).tolist())
        payoffs.append(rng.integers(-9, 10, (*shape, num_players)) * (1 if whole else rng.random()))
        chances = rng.dirichlet(np.ones(2), shape)
        rows = np.zeros((*shape, num_states))
        for where in np.ndindex(shape):
            rows[where][rng.choice(num_states, 2, replace=False)] = chances[where]
        moves.append(rows)
    return StochasticGame([f"s{k}" for k in range(num_states)], payoffs, moves, float(rng.uniform(0.2, 0.95)))


def plain_elimination(payoffs, moves, delta, ended=None, rho=0.0):
    """Eliminate profiles by value iteration, nothing but loops over dictionaries of profiles."""
    num_states, n = len(payoffs), payoffs[0].shape[-1]
    ended = np.zeros((num_states, n)) if ended is None else ended
    left = [set(np.ndindex(array.shape[:-1])) for array in payoffs]
    while True:
        joint, lowest = np.zeros(num_states), np.zeros((num_states, n))

        def deviation(s, a, i):
            values = []
            for own in range(payoffs[s].shape[i]):
                b = (*a[:i], own, *a[i + 1 :])
                later = (1 - rho) * lowest[:, i] + rho * ended[:, i]  # noqa: B023
                values.append((1 - delta) * payoffs[s][b][i] + delta * moves[s][b] @ later)
            return max(values)

        def together(s, a):
            later = (1 - rho) * joint + rho * ended.sum(axis=1)  # noqa: B023
            return (1 - delta) * payoffs[s][a].sum() + delta * moves[s][a] @ later

        for _ in range(3000):
            new_joint = np.array([max(together(s, a) for a in left[s]) for s in range(num_states)])
            new_lowest = np.array(
                [[min(deviation(s, a, i) for a in left[s]) for i in range(n)] for s in range(num_states)]
            )
            change = max(np.abs(new_joint - joint).max(), np.abs(new_lowest - lowest).max())
            joint, lowest = new_joint, new_lowest
            if change < 1e-14:
                break
        kept = [
            {a for a in left[s] if together(s, a) >= sum(deviation(s, a, i) for i in range(n)) - 1e-9}
            for s in range(num_states)
        ]
        if kept == left:
            return joint, lowest
        if not all(kept):
            return None
        left = kept
