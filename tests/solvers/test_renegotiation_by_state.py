"""Renegotiation in games with states without transfers: automata built and tried from the definition."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StageGame, StochasticGame
from negotiation.solvers import Proofness, Status, markov_perfect, markov_renegotiation, renegotiation_proof
from tests.strategies import refused, two_by_twos
from tests.two_states import POLICIES, PROFILES, Played

PROOF, NOT, UNDETERMINED = Proofness.PROOF, Proofness.NOT, Proofness.UNDETERMINED
ENDS = [Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(0)]
DELTAS = [Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(4, 5), Fraction(9, 10)]


def drawn(seed):
    """Draw a game of two states with two actions each, most of them dilemmas."""
    rng = np.random.default_rng(seed)
    payoffs = rng.integers(-3, 4, (2, 2, 2, 2))
    if seed % 4:
        for table in payoffs:
            reward, gain, loss = rng.integers(1, 4), rng.integers(1, 4), rng.integers(0, 4)
            own = np.array([[reward, -loss], [reward + gain, 0]])
            table[:] = np.stack([own, own.T], axis=-1) + rng.integers(-1, 2, table.shape)
    stay = rng.integers(0, 3, (2, 2, 2))
    moves = [[[[Fraction(int(p), 2), Fraction(2 - int(p), 2)] for p in row] for row in state] for state in stay]
    return StochasticGame(["x", "y"], payoffs.tolist(), moves, DELTAS[rng.integers(len(DELTAS))])


def solved(matrix, right):
    """Solve a linear system of fractions by elimination."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = next(j for j in range(k, len(rows)) if rows[j][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for j in range(len(rows)):
            if j != k and rows[j][k]:
                rows[j] = [a - rows[j][k] * b for a, b in zip(rows[j], rows[k], strict=True)]
    return [line[-1] for line in rows]


def automaton(game, targets, penances, chances):
    """Return the payoffs in every phase and state: on the path, in the penance of player 0 and of player 1."""
    delta, policies = game.exact_deltas[0], (targets, *penances)
    count = game.num_states
    places = list(product(range(3), range(count)))
    values = []
    for i in range(2):
        matrix, right = [], []
        for phase, s in places:
            ends = 1 if phase == 0 else chances[phase - 1]
            line = [Fraction(int(place == (phase, s))) for place in places]
            for t, p in enumerate(game.transitions.exact(s)[policies[phase][s]]):
                line[places.index((0, t))] -= delta * p * ends
                line[places.index((phase, t))] -= delta * p * (1 - ends)
            matrix.append(line)
            right.append((1 - delta) * game.exact_payoffs[s][(*policies[phase][s], i)])
        values.append(solved(matrix, right))
    return {place: (values[0][k], values[1][k]) for k, place in enumerate(places)}


def is_proof(game, targets, penances, chances, states):
    """Check every deviation and every comparison in some states."""
    delta, policies = game.exact_deltas[0], (targets, *penances)
    values = automaton(game, targets, penances, chances)
    for s in states:
        here = [values[phase, s] for phase in range(3)]
        if any(p[0] > q[0] and p[1] > q[1] for p, q in product(here, repeat=2)):
            return False
        for phase, i in product(range(3), range(2)):
            played = policies[phase][s]
            for own in range(game.shapes[s][i]):
                if own != played[i]:
                    left = (own, played[1]) if i == 0 else (played[0], own)
                    later = sum(p * values[1 + i, t][i] for t, p in enumerate(game.transitions.exact(s)[left]))
                    if (1 - delta) * game.exact_payoffs[s][(*left, i)] + delta * later > here[phase][i]:
                        return False
    return True


def reached(game, state):
    found = {state}
    for _ in game.states:
        found |= {
            t for s in found for a in np.ndindex(game.shapes[s]) for t in np.flatnonzero(game.transitions[s][a])
        }
    return sorted(int(s) for s in found)


def test_every_proof_is_an_equilibrium_without_dominated_payoffs():
    proven = beyond = 0
    for seed in range(150):
        game, targets, start = drawn(seed), POLICIES[seed % 16] if seed % 3 else ((0, 0), (0, 0)), seed % 2
        found = markov_renegotiation(game, targets, start)
        if found.weak is PROOF:
            proven += 1
            assert markov_renegotiation(game, targets, start, max_policies=1).weak is not NOT
            beyond += found.penance.penances != (targets, targets)
            assert found.penance.targets == targets
            assert is_proof(game, targets, found.penance.penances, found.penance.chances, reached(game, start))
            values = automaton(game, targets, found.penance.penances, found.penance.chances)
            assert all(
                tuple(found.penance.values[phase, s]) == values[phase, s]
                for phase in range(3)
                for s in reached(game, start)
            )
    assert proven >= 20
    assert beyond >= 10


class Penances:
    """All penances of a game of two states that end with some chances, and what they are worth."""

    def __init__(self, game, targets):
        self.game, self.delta, self.targets = game, game.exact_deltas[0], targets
        self.moves = [game.transitions.exact(s) for s in range(2)]
        self.path = self.worth(targets, Fraction(0), None)
        self.listed = [(plan, self.worth(plan, ends, self.path)) for plan in POLICIES for ends in ENDS]

    def worth(self, plan, ends, path):
        """Return the payoffs of both players from both states on."""
        found = []
        for i in range(2):
            lines, right = [], []
            for s in range(2):
                chances = self.moves[s][plan[s]]
                lines.append([(s == t) - self.delta * (1 - ends) * chances[t] for t in range(2)])
                later = sum(p * ends * path[t][i] for t, p in enumerate(chances)) if path else 0
                right.append((1 - self.delta) * self.game.exact_payoffs[s][(*plan[s], i)] + self.delta * later)
            found.append(solved(lines, right))
        return list(zip(*found, strict=True))

    def holds(self, plan, values, i, penance, states):
        """Return whether nobody who is player i leaves a policy for his penance, which is worth `penance`."""
        for s in states:
            for own in range(2):
                left = (own, plan[s][1]) if i == 0 else (plan[s][0], own)
                if left != plan[s]:
                    later = sum(p * penance[t][i] for t, p in enumerate(self.moves[s][left]))
                    gained = (1 - self.delta) * self.game.exact_payoffs[s][(*left, i)] + self.delta * later
                    if gained > values[s][i]:
                        return False
        return True

    def any_works(self, states):
        useful = [
            [
                (plan, values)
                for plan, values in self.listed
                if self.holds(self.targets, self.path, i, values, states)
                and self.holds(plan, values, i, values, states)
                and unranked(values, self.path, states)
            ]
            for i in range(2)
        ]
        return any(
            self.holds(first[0], first[1], 1, second[1], states)
            and self.holds(second[0], second[1], 0, first[1], states)
            and unranked(first[1], second[1], states)
            for first, second in product(*useful)
        )


def unranked(some, others, states):
    return not any(
        (some[s][0] > others[s][0] and some[s][1] > others[s][1])
        or (some[s][0] < others[s][0] and some[s][1] < others[s][1])
        for s in states
    )


@pytest.mark.parametrize("start", [200, 250, 300])
def test_brute_force_over_automata_finds_nothing_that_is_ruled_out(start):
    seen = dict.fromkeys(Proofness, 0)
    for seed in range(start, start + 50):
        game, targets, first = drawn(seed), POLICIES[seed % 16] if seed % 2 else ((0, 0), (0, 0)), seed // 2 % 2
        found = markov_renegotiation(game, targets, first)
        works = Penances(game, targets).any_works(reached(game, first))
        seen[found.weak] += 1
        assert not (works and found.weak is NOT)
    assert seen[NOT] >= 20
    assert seen[PROOF] >= 5


def test_no_feasible_payoffs_dominate_what_is_strongly_proof():
    proven = 0
    for seed in range(400, 520):
        game = drawn(seed)
        best = max(markov_perfect(game), key=lambda one: one.joint_payoff, default=None)
        targets = ((0, 0), (0, 0)) if best is None else best.profiles
        found = markov_renegotiation(game, targets, "x")
        if found.strong is not PROOF:
            continue
        proven += 1
        played, states = Played(game), reached(game, 0)
        for s in states:
            floors = [min(played.lowest[i][plan][s] for plan in POLICIES) for i in range(2)]
            points = [tuple(played.value(plan, i)[s] for i in range(2)) for plan in POLICIES]
            for p, q in product(points, repeat=2):
                for share in (Fraction(0), Fraction(1, 4), Fraction(1, 2)):
                    mixed = tuple(share * a + (1 - share) * b for a, b in zip(p, q, strict=True))
                    if mixed[0] >= floors[0] and mixed[1] >= floors[1]:
                        kept = found.penance.values[:, s]
                        assert not any(mixed[0] > one[0] and mixed[1] > one[1] for one in kept)
    assert proven >= 3


def test_markov_perfect_equilibria_are_weakly_proof_and_dominated_ones_not_strongly():
    dominated = 0
    for seed in range(60):
        game = drawn(seed)
        listed = markov_perfect(game)
        for one in listed:
            found = markov_renegotiation(game, one.profiles, "x")
            assert found.weak is PROOF
            better = any((other.exact_values[0] > one.exact_values[0]).all() for other in listed)
            if better:
                dominated += 1
                assert found.strong is NOT
                assert found.dominating is not None
            if found.strong is PROOF:
                assert not better
    assert dominated >= 3


@settings(max_examples=25, deadline=None)
@given(two_by_twos(), st.sampled_from(PROFILES), st.sampled_from(DELTAS))
def test_one_state_never_contradicts_the_repeated_game(stage, target, delta):
    game = StochasticGame(["only"], [stage.exact_payoffs.tolist()], [[[[1]] * 2] * 2], delta)
    found, twin = markov_renegotiation(game, [target], 0), renegotiation_proof(stage, target, delta)
    for mine, other in ((found.weak, twin.weak), (found.strong, twin.strong)):
        assert UNDETERMINED in (mine, other) or mine is other


@pytest.mark.parametrize(("g", "l"), [("0.9", "0.2"), ("0.5", "0.5")])
def test_dilemma_of_one_state_is_ruled_out_where_temptation_is_too_large(g, l):  # noqa: E741
    gain, loss = Fraction(g), Fraction(l)
    stage = StageGame.from_matrices([[1, -loss], [1 + gain, 0]], [[1, 1 + gain], [-loss, 0]])
    edge = gain / (1 + gain)
    game = StochasticGame(["only"], [stage.exact_payoffs.tolist()], [[[[1]] * 2] * 2], edge)
    below = game.with_delta(edge - Fraction(1, 10**15))
    assert markov_renegotiation(below, [(0, 0)], 0).weak is NOT
    assert markov_renegotiation(game, [(0, 0)], 0).weak is not NOT
    assert markov_renegotiation(game.with_delta(Fraction(3, 5)), [(0, 0)], 0).weak is PROOF


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([(3, 0), (1, -7), (Fraction(1, 3), 10**6)]))
def test_units_and_seats_do_not_matter(seed, unit):
    game, targets, (scale, shift) = drawn(seed), POLICIES[seed % 16], unit
    found = markov_renegotiation(game, targets, "x")
    moves = [game.transitions.exact(s) for s in range(2)]
    moved = StochasticGame(
        game.states, [exact * scale + shift for exact in game.exact_payoffs], moves, game.exact_deltas[0]
    )
    swapped = StochasticGame(
        game.states,
        [exact.swapaxes(0, 1)[..., ::-1] for exact in game.exact_payoffs],
        [exact.swapaxes(0, 1) for exact in moves],
        game.exact_deltas[0],
    )
    same = markov_renegotiation(moved, targets, "x")
    mirror = markov_renegotiation(swapped, [target[::-1] for target in targets], "x")
    assert (same.weak, same.strong) == (mirror.weak, mirror.strong) == (found.weak, found.strong)
    if found.penance is not None:
        assert (same.penance.values[0] == found.penance.values[0] * scale + shift).all()


def test_searches_that_are_cut_off_say_so():
    game = StochasticGame(
        ["truce", "war"],
        payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
        transitions=[[[[1, 0], [1, 0]], [[1, 0], [0, 1]]], [[["1/4", "3/4"]]]],
        delta=0.7,
    )
    few = markov_renegotiation(game, [(0, 0), (0, 0)], 0, max_policies=1)
    assert few.weak is UNDETERMINED and few.status is Status.CUT_OFF
    assert markov_renegotiation(game, [(0, 0), (0, 0)], 0).status is Status.EXACT
    impatient = markov_renegotiation(game.with_delta(0.1), [(0, 0), (0, 0)], "truce")
    assert impatient.obstacle == "in truce no promise holds player 0 to the policy"
    assert str(impatient).startswith("from truce on\nweakly not renegotiation-proof")


def test_arguments_are_checked():
    game = drawn(1)
    with refused("'targets' of markov_renegotiation must hold one profile for each of 2 states, got 1"):
        markov_renegotiation(game, [(0, 0)], 0)
    with refused("'state' of StochasticGame must be one of the 2 known names, got 'z'"):
        markov_renegotiation(game, [(0, 0)] * 2, "z")
    with refused("'game' of markov_renegotiation must have two players, got 3"):
        markov_renegotiation(StochasticGame(["x"], [np.zeros((1, 1, 1, 3))], [[[[[1]]]]], 0.5), [(0, 0, 0)], 0)
    large = StochasticGame([f"s{k}" for k in range(41)], [[[[0, 0]]]] * 41, [[[np.eye(41)[0]]]] * 41, 0.5)
    with refused(
        "'game' of markov_renegotiation must have at most 40 states and 10,000 transitions, got 41 and 41"
    ):
        markov_renegotiation(large, [(0, 0)] * 41, 0)
