"""Renegotiation in games with states and transfers: strategies played out, all plans tried, all in fractions."""

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
from tests.two_states import PAIRS, POLICIES, PROFILES, Played, against

PROOF, NOT, UNDETERMINED = Proofness.PROOF, Proofness.NOT, Proofness.UNDETERMINED
DELTAS = [Fraction(3, 10), Fraction(2, 5), Fraction(9, 20), Fraction(1, 2), Fraction(3, 5), Fraction(7, 10)]
BEFORE = ("payments", "actions")


def drawn(seed):
    """Draw a game of two states with two actions each: dilemmas three times of four, absorbing states of five."""
    rng = np.random.default_rng(seed)
    payoffs = rng.integers(-3, 4, (2, 2, 2, 2))
    if seed % 4:
        for table in payoffs:
            reward, gain, loss = rng.integers(1, 5), rng.integers(1, 8), rng.integers(0, 9)
            own = np.array([[reward, -loss], [reward + gain, 0]])
            table[:] = np.stack([own, own.T], axis=-1) + rng.integers(-1, 2, table.shape)
    stay = rng.integers(0, 5, (2, 2, 2)) if seed % 5 else 4 * rng.integers(0, 2, (2, 2, 2))
    moves = [[[[Fraction(int(p), 4), Fraction(4 - int(p), 4)] for p in row] for row in state] for state in stay]
    return StochasticGame(["x", "y"], payoffs.tolist(), moves, DELTAS[rng.integers(len(DELTAS))])


def dominates(p, q):
    return p[0] > q[0] and p[1] > q[1]


def play_out(played, plan, before):
    """Write out all promises and payments of a plan that covers both states, and check every decision."""
    target, pair = plan.targets, tuple(zip(*plan.punishments, strict=True))
    joint, lowest = played.joint[target], [played.lowest[i][pair[i]] for i in range(2)]
    surplus = [joint[s] - lowest[0][s] - lowest[1][s] for s in range(2)]
    promised, at_actions = [[], []], [[], []]
    for s in range(2):
        least = [played.least(s, i, target, pair, before) for i in range(2)]
        spare = (joint[s] - sum(least)) / 2
        path = (least[0] + spare, least[1] + spare)
        refusals = [
            (lowest[0][s], played.left(s, 0, target, pair)),
            (played.left(s, 1, target, pair), lowest[1][s]),
        ]
        assert plan.action_payoffs[s] == pytest.approx([float(u) for u in path], abs=1e-12)
        at_actions[s] = [path, *refusals]
        for a, payoffs in zip((target[s], pair[0][s], pair[1][s]), at_actions[s], strict=True):
            wanted = [payoffs[i] - played.now(s, a, i) for i in range(2)]
            spread = played.later(s, a, surplus)
            share = (wanted[0] - played.later(s, a, lowest[0])) / spread if spread else Fraction(0)
            after = [
                (lowest[0][t] + share * surplus[t], lowest[1][t] + (1 - share) * surplus[t]) for t in range(2)
            ]
            for i in range(2):
                assert played.later(s, a, [promise[i] for promise in after]) == wanted[i]
                gains = [played.worth(s, b, i, lowest[i]) - payoffs[i] for b in against(a, i) if b != a]
                assert max(gains) <= 0
            for t in range(2):
                promised[t].append(after[t])
        promised[s] += [path, (lowest[0][s], joint[s] - lowest[0][s]), (joint[s] - lowest[1][s], lowest[1][s])]
    for s in range(2):
        for promise in promised[s]:
            assert (
                sum(promise) == joint[s]
            )  # what one player pays to get from the path to the promise, the other gets
            assert all(promise[i] >= lowest[i][s] for i in range(2))  # which is what he has who refuses to pay
        assert before == "payments" or not any(dominates(p, q) for p, q in product(at_actions[s], repeat=2))
    return at_actions


@pytest.mark.parametrize("before", BEFORE)
def test_every_plan_is_an_equilibrium_without_dominated_payoffs(before):
    covering = 0
    for seed in range(60):
        game = drawn(seed)
        for targets in (None, POLICIES[seed % 16]):
            found = stochastic_renegotiation(game, targets, before=before)
            assert found.status is Status.EXACT
            assert found.plan is not None or PROOF not in found.weak
            if found.plan is not None and None not in found.plan.targets:
                play_out(Played(game), found.plan, before)
                covering += 1
                if targets is not None and found.weak == (PROOF, PROOF):
                    assert found.plan.targets == targets
    assert covering >= 100


@pytest.mark.parametrize("before", BEFORE)
def test_verdicts_are_those_of_all_plans(before):
    seen = dict.fromkeys(Proofness, 0)
    for seed in range(60, 180):
        game = drawn(seed)
        played, best = Played(game), transfer_equilibrium(game).targets
        for targets in (best, POLICIES[seed % 16]):
            if None in targets:
                continue
            found = stochastic_renegotiation(game, targets, before=before)
            for s, verdict in enumerate(found.weak):
                seen[verdict] += 1
                assert verdict is not (NOT if played.is_proof(targets, s, before) else PROOF)
                if targets == best and len(played.following(s, best)) == 2:
                    assert verdict is not UNDETERMINED
    assert seen[PROOF] >= 100
    assert seen[NOT] >= 100
    assert seen[UNDETERMINED] <= 5


def dominated_before_actions(played, target, pair, points, states):
    """Return whether a plan, with whatever split on its path, dominates one of some points before actions."""
    for s in states:
        least = [played.least(s, i, target, pair, "actions") for i in range(2)]
        refusals = [
            (played.lowest[0][pair[0]][s], played.left(s, 0, target, pair)),
            (played.left(s, 1, target, pair), played.lowest[1][pair[1]][s]),
        ]
        for point in points[s]:
            if any(dominates(one, point) for one in refusals):
                return True
            if sum(max(mine, other) for mine, other in zip(point, least, strict=True)) < played.joint[target][s]:
                return True
    return False


def test_no_plan_dominates_what_is_strongly_proof():
    proven = 0
    for seed in range(300, 330):
        game = drawn(seed)
        found = stochastic_renegotiation(game)
        if PROOF not in found.strong or None in found.plan.targets:
            continue
        played = Played(game)
        points = play_out(played, found.plan, "actions")
        states = [s for s in range(2) if found.strong[s] is PROOF]
        for target in POLICIES:
            rivals = [pair for pair in PAIRS if played.supports(target, pair, "actions", range(2))]
            for pair in rivals:
                assert all(played.joint[target][s] <= played.joint[found.plan.targets][s] for s in states)
                assert not dominated_before_actions(played, target, pair, points, states)
        proven += 1
    assert proven >= 10


def test_a_policy_is_not_strongly_proof_if_better_plans_dominate_every_split():
    ruled_out = 0
    for seed in range(400, 520):
        game, targets = drawn(seed), POLICIES[seed % 16]
        found = stochastic_renegotiation(game, targets)
        if not any(strong is NOT and weak is PROOF for strong, weak in zip(found.strong, found.weak, strict=True)):
            continue
        played = Played(game)
        rivals = [
            (plan, pair) for plan in POLICIES for pair in PAIRS if played.supports(plan, pair, "actions", (0, 1))
        ]
        for s in range(2):
            if found.strong[s] is NOT and found.weak[s] is PROOF:
                path = played.following(s, targets)
                for pair in [pair for plan, pair in rivals if plan == targets]:
                    assert any(
                        dominates_all_splits(played, targets, pair, t, rival) for t in path for rival in rivals
                    )
                ruled_out += 1
    assert ruled_out >= 10


def dominates_all_splits(played, targets, pair, s, rival):
    """Return whether a rival plan dominates both ends of what can be promised on the path in a state."""
    lowest, joint = [played.lowest[i][pair[i]][s] for i in range(2)], played.joint[targets][s]
    held = [played.lowest[i][rival[1][i]][s] for i in range(2)]
    ends = [(lowest[0], joint - lowest[0]), (joint - lowest[1], lowest[1])]
    return all(sum(map(max, end, held)) < played.joint[rival[0]][s] for end in ends)


def one_state(stage, delta):
    return StochasticGame(
        ["only"], [stage.exact_payoffs.tolist()], [[[[1]] * stage.shape[1]] * stage.shape[0]], delta
    )


@settings(max_examples=25, deadline=None)
@given(two_by_twos(), st.sampled_from(PROFILES), st.sampled_from(BEFORE))
def test_one_state_is_a_repeated_game(stage, target, before):
    critical = transfer_renegotiation_critical(stage, target, before=before)
    tried = {Fraction(1, 4), Fraction(2, 3)}
    if critical.high is not None and critical.high > 0:
        tried |= {critical.high, critical.high - Fraction(1, 10**18)}
    for delta in tried:
        (verdict,) = stochastic_renegotiation(one_state(stage, delta), [target], before=before).weak
        assert (verdict is PROOF) == (critical.high is not None and delta >= critical.high)
        if critical.exact is not None or delta < critical.low:
            assert verdict is not UNDETERMINED


@pytest.mark.parametrize("seed", [5910, 6654, 8625, 9654, 12225, 13154, 18302, 19461])
def test_punishments_whose_least_values_do_not_fit_together_are_all_gone_through(seed):
    """In these games nothing is found if the player who gives way at less cost does so in every state."""
    rng = np.random.default_rng(seed)
    rng.integers(2, 4)
    payoffs, stay = rng.integers(-6, 7, (2, 2, 2, 2)), rng.integers(0, 5, (2, 2, 2))
    moves = [[[[Fraction(int(p), 4), Fraction(4 - int(p), 4)] for p in row] for row in state] for state in stay]
    game = StochasticGame(["x", "y"], payoffs.tolist(), moves, Fraction(int(rng.integers(5, 17)), 20))
    found = stochastic_renegotiation(game)
    assert found.weak == (PROOF, PROOF)
    play_out(Played(game), found.plan, "actions")
    few = stochastic_renegotiation(game, max_branches=2)
    assert PROOF not in few.weak
    assert few.status is Status.CUT_OFF


@pytest.mark.parametrize(("g", "l", "strong"), [("0.6", "0.8", PROOF), ("0.5", "2", PROOF), ("2", "0.5", NOT)])
def test_dilemma_is_strongly_proof_unless_exploitation_pays_more_together(g, l, strong):  # noqa: E741
    gain, loss = Fraction(g), Fraction(l)
    stage = StageGame.from_matrices([[1, -loss], [1 + gain, 0]], [[1, 1 + gain], [-loss, 0]])
    patient = stochastic_renegotiation(one_state(stage, Fraction(19, 20)), [(0, 0)])
    assert (patient.weak, patient.strong) == ((PROOF,), (strong,))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_before_payments_the_largest_joint_payoffs_are_strongly_proof(seed):
    game = drawn(seed)
    exists = transfer_equilibrium(game).exists
    found = stochastic_renegotiation(game, before="payments")
    twice = stochastic_renegotiation(game)
    for s in range(2):
        assert found.weak[s] is found.strong[s] is (PROOF if exists[s] else NOT)
        assert exists[s] or twice.weak[s] is NOT


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from(BEFORE), st.sampled_from(["1/3", "7"]), st.sampled_from(["-5", "10**9"])
)
def test_units_seats_and_labels_do_not_matter(seed, before, scale, shift):
    game, targets = drawn(seed), POLICIES[seed % 16]
    found = stochastic_renegotiation(game, targets, before=before)
    unit, zero = Fraction(scale), Fraction(10**9 if shift == "10**9" else int(shift))
    moves = [game.transitions.exact(s) for s in range(2)]
    moved = StochasticGame(
        game.states, [exact * unit + zero for exact in game.exact_payoffs], moves, game.exact_deltas[0]
    )
    other = stochastic_renegotiation(moved, targets, before=before)
    assert (other.weak, other.strong) == (found.weak, found.strong)
    mirror = StochasticGame(
        game.states[::-1],
        [exact.swapaxes(0, 1)[::-1, :, ::-1] for exact in game.exact_payoffs[::-1]],
        [exact.swapaxes(0, 1)[::-1, :, ::-1] for exact in moves[::-1]],
        game.exact_deltas[0],
    )
    turned = [(1 - b, a) for a, b in targets[::-1]]
    swapped = stochastic_renegotiation(mirror, turned, before=before)
    assert swapped.weak[::-1] == found.weak
    for after, name in ((other, "unit"), (swapped, "seat")):
        if found.plan is not None and found.weak == (PROOF, PROOF):
            values = after.plan.joint_payoffs
            wanted = found.plan.joint_payoffs * float(unit) + 2 * float(zero)
            assert (values if name == "unit" else values[::-1]) == pytest.approx(
                wanted if name == "unit" else found.plan.joint_payoffs, rel=1e-12, abs=1e-12
            )


def truce(delta):
    return StochasticGame(
        ["truce", "war"],
        payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
        transitions=[[[[1, 0], [0, 1]], [[0, 1], [0, 1]]], [[["1/4", "3/4"]]]],
        delta=delta,
        actions=[[["keep", "break"]] * 2, [["wait"]] * 2],
    )


def test_truce_with_a_war_that_hurts_both():
    """Breaking it off costs both, so that threats of war are talked away until the future counts for more."""
    assert transfer_equilibrium(truce(0.35)).targets[0] == (0, 0)
    weak = stochastic_renegotiation(truce(0.35))
    assert weak.weak == weak.strong == (NOT, NOT)
    assert weak.plan.targets[0] == (1, 1)
    assert stochastic_renegotiation(truce(0.35), before="payments").strong == (PROOF, PROOF)
    strong = stochastic_renegotiation(truce(0.5))
    assert strong.weak == strong.strong == (PROOF, PROOF)
    assert strong.plan.targets[0] == (0, 0)


def test_a_large_game_says_what_rounding_decides():
    stage = [[[1, 1], [-3, 3]], [[3, -3], [0, 0]]]
    moves = [[[np.eye(50)[(k + 1) % 50].tolist()] * 2] * 2 for k in range(50)]
    game = StochasticGame([f"s{k}" for k in range(50)], [stage] * 50, moves, Fraction(2, 3))
    assert stochastic_renegotiation(game, before="payments").status is Status.WITHIN_ROUNDING
    clear = stochastic_renegotiation(game.with_delta(0.75))
    assert clear.status is Status.EXACT
    assert set(clear.weak) == {PROOF}


def test_searches_that_are_cut_off_say_so():
    cut = 0
    for seed in range(600, 700):
        found = stochastic_renegotiation(drawn(seed), max_branches=1)
        full = stochastic_renegotiation(drawn(seed))
        cut += found.status is Status.CUT_OFF
        for few, all_ in zip(found.weak, full.weak, strict=True):
            assert few in (all_, UNDETERMINED)
            assert few is all_ or found.status is Status.CUT_OFF
    assert cut >= 1


def test_states_without_equilibrium_and_other_obstacles_are_named():
    pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    game = StochasticGame(
        ["before", "pennies", "apart"],
        [[[[5, 5]]], pennies, [[[1, 2]]]],
        [[[["1/2", "1/2", 0]]], [[[0, 1, 0]] * 2] * 2, [[[0, 0, 1]]]],
        0.9,
    )
    found = stochastic_renegotiation(game)
    assert found.weak == found.strong == (NOT, NOT, PROOF)
    assert str(found.obstacles[0]) == "before has no equilibrium in pure actions"
    assert found.obstacles[2] is None
    assert found.plan.targets == (None, None, (0, 0))
    assert np.isnan(found.plan.joint_payoffs[:2]).all() and found.plan.joint_payoffs[2] == pytest.approx(3)
    tempted = stochastic_renegotiation(truce(0.2), [("keep", "keep"), ("wait", "wait")])
    assert tempted.obstacles[1].state == "truce"
    assert str(tempted.obstacles[0]) == "in truce the players need 4.8 together and have 4"


def test_arguments_are_checked():
    with refused("'before' of stochastic_renegotiation must be one of the 2 known names, got 'action'."):
        stochastic_renegotiation(truce(0.5), before="action")
    with refused("'targets' of stochastic_renegotiation must hold one profile for each of 2 states, got 1"):
        stochastic_renegotiation(truce(0.5), [("keep", "keep")])
    with refused("In state 'war' of 'targets' of stochastic_renegotiation: 'actions[0]' of StageGame must name"):
        stochastic_renegotiation(truce(0.5), [("keep", "keep"), ("keep", "wait")])
    with refused("'max_branches' of stochastic_renegotiation must be a whole number of at least 1, got 0"):
        stochastic_renegotiation(truce(0.5), max_branches=0)
    with refused("'delta' of StochasticGame must be common to all players here"):
        stochastic_renegotiation(truce([0.5, 0.6]))
    with refused("'game' of stochastic_renegotiation must have two players, got 3"):
        stochastic_renegotiation(StochasticGame(["x"], [np.zeros((1, 1, 1, 3))], [[[[[1]]]]], 0.5))
