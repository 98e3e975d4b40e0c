"""Renegotiation in stochastic games with transfers: strategies played out, all plans tried, all in fractions."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StageGame, StochasticGame
from negotiation.solvers import (
    Proofness,
    Status,
    stochastic_renegotiation,
    transfer_equilibrium,
    transfer_renegotiation_critical,
)
from tests.strategies import refused, two_by_twos

PROOF, NOT, UNDETERMINED = Proofness.PROOF, Proofness.NOT, Proofness.UNDETERMINED
PROFILES = list(product(range(2), repeat=2))
POLICIES = list(product(PROFILES, repeat=2))
DELTAS = [Fraction(1, 4), Fraction(2, 5), Fraction(1, 2), Fraction(3, 5), Fraction(3, 4), Fraction(9, 10)]
BEFORE = ("payments", "actions")


def drawn(seed, shape=(2, 2)):
    """Draw a game of two states with whole payoffs, ties frequent; every third is a dilemma in both states."""
    rng = np.random.default_rng(seed)
    payoffs = rng.integers(-3, 4, (2, *shape, 2))
    if seed % 3 == 0:
        one = np.array([[[2, 2], [-1, 3]], [[3, -1], [0, 0]]])
        payoffs = np.stack([one + rng.integers(-2, 3, one.shape) for _ in range(2)])
    stay = rng.integers(0, 5, (2, *shape)) if seed % 2 else 4 * rng.integers(0, 2, (2, *shape))
    moves = [[[[Fraction(int(p), 4), Fraction(4 - int(p), 4)] for p in row] for row in state] for state in stay]
    return StochasticGame(["x", "y"], payoffs.tolist(), moves, DELTAS[rng.integers(len(DELTAS))])


class Played:
    """Values of policies of a game with two states and two actions, from their definitions."""

    def __init__(self, game):
        self.delta, self.payoffs = game.exact_deltas[0], game.exact_payoffs
        self.moves = [game.transitions.exact(s) for s in range(2)]
        self.joint = {plan: self.value(plan, None) for plan in POLICIES}
        self.lowest = [{plan: self.punished(plan, i) for plan in POLICIES} for i in range(2)]

    def now(self, s, a, i):
        return (1 - self.delta) * (sum(self.payoffs[s][a]) if i is None else self.payoffs[s][a][i])

    def later(self, s, a, values):
        return self.delta * sum(p * value for p, value in zip(self.moves[s][a], values, strict=True))

    def value(self, plan, i):
        (a, b), (c, d) = ([(k == s) - self.delta * self.moves[s][plan[s]][k] for k in range(2)] for s in range(2))
        x, y = (self.now(s, plan[s], i) for s in range(2))
        return (x * d - b * y) / (a * d - b * c), (a * y - c * x) / (a * d - b * c)

    def punished(self, plan, i):
        replies = product(*(against(a, i) for a in plan))
        return tuple(max(values) for values in zip(*(self.value(reply, i) for reply in replies), strict=True))

    def best(self, s, a, i, values):
        return max(self.now(s, b, i) + self.later(s, b, values) for b in against(a, i))

    def supports(self, target, first, second, before, states=(0, 1)):
        """Return whether a plan is an equilibrium without dominated payoffs, from the page on renegotiation."""
        joint, lowest = self.joint[target], (self.lowest[0][first], self.lowest[1][second])
        for s in states:
            least = [self.best(s, target[s], i, lowest[i]) for i in range(2)]
            for i, plan in enumerate((first, second)):
                held = self.now(s, plan[s], None) + self.later(s, plan[s], joint)
                if held < sum(self.best(s, plan[s], k, lowest[k]) for k in range(2)):
                    return False
                if before == "actions":
                    least[i] = max(least[i], lowest[i][s], lowest[i][s] + joint[s] - held)
            if sum(least) > joint[s]:
                return False
        return True

    def plans(self, target, before):
        return [pair for pair in product(POLICIES, repeat=2) if self.supports(target, *pair, before)]


def against(a, i):
    return [(own, a[1]) if i == 0 else (a[0], own) for own in range(2)]


def dominated(points):
    return any(p[0] > q[0] and p[1] > q[1] for p in points for q in points)


def play_out(game, plan, before):
    """Write out every promise and payment of a plan and check each decision; return all continuation payoffs."""
    assert None not in plan.targets
    played = Played(game)
    joint = played.joint[plan.targets]
    punishing = list(zip(*plan.punishments, strict=True))
    held = [played.lowest[i][punishing[i]] for i in range(2)]
    surplus = [joint[s] - held[0][s] - held[1][s] for s in range(2)]
    assert min(surplus) >= 0

    def promise(s, a, payoffs):
        """Split what follows profile a in state s so that it is worth `payoffs`: one promise for each next state."""
        wanted = [payoffs[i] - played.now(s, a, i) for i in range(2)]
        spare = played.later(s, a, surplus)
        share = (wanted[0] - played.later(s, a, held[0])) / spare if spare else Fraction(0)
        promises = [(held[0][t] + share * surplus[t], held[1][t] + (1 - share) * surplus[t]) for t in range(2)]
        assert 0 <= share <= 1
        for i in range(2):
            assert played.later(s, a, [p[i] for p in promises]) == wanted[i]
        return promises

    at_payments, at_actions = [[], []], [[], []]
    path = []
    for s, target in enumerate(plan.targets):
        least = [played.best(s, target, i, held[i]) for i in range(2)]
        for i in range(2):
            a = punishing[i][s]
            if before == "actions":
                left = played.now(s, a, None) + played.later(s, a, joint) - held[i][s]
                least[i] = max(least[i], held[i][s], joint[s] - left)
        spare = (joint[s] - sum(least)) / 2
        assert spare >= 0
        path.append((least[0] + spare, least[1] + spare))
    for s, target in enumerate(plan.targets):
        phases = [(target, path[s])]
        for i in range(2):
            a = punishing[i][s]
            left = played.now(s, a, None) + played.later(s, a, joint) - held[i][s]
            phases.append((a, (held[i][s], left) if i == 0 else (left, held[i][s])))
        for a, payoffs in phases:
            at_actions[s].append(payoffs)
            promises = promise(s, a, payoffs)
            for t in range(2):
                at_payments[t].append(promises[t])
            for i in range(2):
                for b in against(a, i):
                    if b != a:
                        assert played.now(s, b, i) + played.later(s, b, held[i]) <= payoffs[i]
        for i in range(2):
            at_payments[s].append((held[0][s], joint[s] - held[0][s]) if i == 0 else (joint[s] - held[1][s], held[1][s]))
        at_payments[s].append(path[s])
    for s in range(2):
        for promised in at_payments[s]:
            for i in range(2):
                paid = path[s][i] - promised[i]
                assert paid <= path[s][i] - held[i][s], "a player would rather refuse to pay"
        assert not dominated(at_payments[s])
        assert before == "payments" or not dominated(at_actions[s])
    return path, joint


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("start", range(0, 300, 60))
def test_every_proof_is_an_equilibrium_without_dominated_payoffs(start, before):
    proven = 0
    for seed in range(start, start + 60):
        game = drawn(seed)
        for targets in (None, POLICIES[seed % 16]):
            found = stochastic_renegotiation(game, targets, before=before)
            assert found.status is Status.EXACT
            if found.plan is None or None in found.plan.targets:
                assert PROOF not in found.weak or found.plan is not None
                continue
            path, joint = play_out(game, found.plan, before)
            assert found.plan.joint_payoffs == pytest.approx([float(u) for u in joint], abs=1e-12)
            if PROOF in found.weak:
                proven += 1
                if targets is not None and found.weak == (PROOF, PROOF):
                    assert found.plan.targets == targets
    assert proven >= 20
