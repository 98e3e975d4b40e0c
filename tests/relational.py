"""The published cases of stochastic games with transfers and repeated negotiation."""

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
