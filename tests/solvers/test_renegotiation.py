"""Renegotiation-proofness against the judge of strategies, brute force over automata and closed forms."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import RepeatedGame, StageGame
from negotiation.solvers.one_shot_deviations import one_shot
from negotiation.solvers.penance import Aim
from negotiation.solvers.penance_search import lottery_threshold, penances
from negotiation.solvers.renegotiation import Proofness, renegotiation_critical, renegotiation_proof
from negotiation.solvers.renegotiation_bounds import necessary_deltas, obstacle
from negotiation.solvers.solution import Status
from tests.strategies import dilemmas, refused, rescale, swap_players, two_by_twos

C, D = 0, 1
PENNIES = StageGame.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
deltas = st.integers(1, 19).map(lambda k: Fraction(k, 20))


def dilemma(g, l):  # noqa: E741
    g, l = Fraction(g), Fraction(l)  # noqa: E741
    return StageGame.from_matrices([[1, -l], [1 + g, 0]], [[1, 1 + g], [-l, 0]], ["A", "B"], [["C", "D"]] * 2)


def bellman_gaps(penance):
    """Return how much obeying beats the best deviation, in every phase for every player, and all phase values.

    A phase is the target or one round of a penance; the values solve the Bellman equations, in floats.
    """
    stage, delta = penance.stage, float(penance.delta)
    played, index = [penance.target], {}
    for i, length in enumerate(penance.lengths):
        index[i] = len(played) if length else 0
        played += [penance.profiles[i]] * length
    moves = np.zeros((len(played), len(played)))
    moves[0, 0] = 1
    for i, length in enumerate(penance.lengths):
        for k in range(length):
            here = index[i] + k
            if k + 1 < length:
                moves[here, here + 1] = 1
            else:
                for chance, there in zip(penance.chances[i], (0, index[i], index[1 - i]), strict=True):
                    moves[here, there] += float(chance)
    earned = np.array([stage.payoffs[a] for a in played])
    values = np.linalg.solve(np.eye(len(played)) - delta * moves, (1 - delta) * earned)
    gaps = []
    for k, a in enumerate(played):
        for i in range(2):
            for other in range(stage.shape[i]):
                if other != a[i]:
                    left = (other, a[1]) if i == 0 else (a[0], other)
                    gaps.append(values[k, i] - (1 - delta) * stage.payoffs[left][i] - delta * values[index[i], i])
    return np.array(gaps), values, index


def comparable(values, tolerance=1e-9):
    above = np.all(values[:, np.newaxis] > values[np.newaxis] + tolerance, axis=2)
    return bool(above.any())


def proven_by_three_phases(stage, delta, target):
    """Tell whether some automaton of three phases, the first of which plays the target for ever, is proof.

    In a 2x2 game; simultaneous deviations change no incentive and no phase value.
    """
    others = list(product(range(3), repeat=3))
    rules = np.array(list(product(product(range(3), repeat=2), others, others)), dtype=object)
    first = np.array(list(rules[:, 0]))
    second, third = np.array(list(rules[:, 1])), np.array(list(rules[:, 2]))
    following = np.stack([np.zeros(len(rules), int), second[:, 0], third[:, 0]], axis=1)
    answers = np.stack([first, second[:, 1:], third[:, 1:]], axis=1)
    step = np.eye(3)[following]
    for pair in product(np.ndindex(stage.shape), repeat=2):
        played = [target, *pair]
        earned = np.array([stage.payoffs[a] for a in played])
        values = np.linalg.solve(
            np.eye(3) - delta * step, np.broadcast_to((1 - delta) * earned, (len(step), 3, 2))
        )
        holds = np.ones(len(step), dtype=bool)
        for k, (a, b) in enumerate(played):
            left = stage.payoffs[1 - a, b, 0], stage.payoffs[a, 1 - b, 1]
            for i in range(2):
                later = np.take_along_axis(values[:, :, i], answers[:, k, i][:, np.newaxis], axis=1)[:, 0]
                holds &= values[:, k, i] >= (1 - delta) * left[i] + delta * later - 1e-9
        above = np.all(values[:, :, np.newaxis] > values[:, np.newaxis] + 1e-9, axis=3).any(axis=(1, 2))
        if np.any(holds & ~above):
            return True
    return False


def test_reference_thresholds_of_the_prisoners_dilemma():
    assert lottery_threshold(Aim.of(dilemma("0.6", "0.8"), (C, C))) == Fraction(4, 9)
    assert lottery_threshold(Aim.of(dilemma("0.9", "0.2"), (C, C))) == Fraction(9, 19)
    assert max(necessary_deltas(Aim.of(dilemma("0.6", "0.8"), (C, C)), 0).values()) == Fraction(3, 8)
    critical = renegotiation_critical(dilemma("0.9", "0.2"), ("C", "C"))
    assert critical.exact == critical.low == critical.lottery == Fraction(9, 19)
    assert critical.status is Status.EXACT


def test_alternating_penance_is_critical_when_the_sucker_loses_more_than_the_tempted_gains():
    critical = renegotiation_critical(dilemma("0.6", "0.8"), ("C", "C"))
    assert critical.lottery == Fraction(4, 9)
    assert float(critical.high) == pytest.approx(0.428090, abs=2e-6)
    assert Fraction("0.427") < critical.low < Fraction("0.42809")
    assert critical.status is Status.MAX_ITERATIONS
    assert critical.patient is Proofness.PROOF


@pytest.mark.parametrize(("g", "l"), [("1/10", "1/10"), ("1/2", "1/3"), (1, "1/5"), (2, "3/2"), ("1/4", "1/4")])
def test_closed_form_is_exact_when_the_sucker_loses_no_more(g, l):  # noqa: E741
    g, l = Fraction(g), Fraction(l)  # noqa: E741
    assert renegotiation_critical(dilemma(g, l), (C, C)).exact == max(g / (1 + g), l / (1 + l))


@pytest.mark.parametrize(("g", "l"), [("0.6", "0.8"), ("0.2", 2), ("0.5", "0.7"), (1, 2)])
def test_alternation_works_just_above_its_root_and_nothing_far_below(g, l):  # noqa: E741
    stage, g, l = dilemma(g, l), Fraction(g), Fraction(l)  # noqa: E741
    low, high = Fraction(0), Fraction(1)
    while high - low > Fraction(1, 10**7):
        at = (low + high) / 2
        low, high = (low, at) if (1 - at) * l - at <= (1 - at) ** 2 * g**2 / 4 else (at, high)
    root = max(high, g / (1 + g))
    kinds = {one.kind for one in penances(Aim.of(stage, (C, C)), root + Fraction(1, 10**6))}
    assert kinds == {"alternating"}
    assert not list(penances(Aim.of(stage, (C, C)), root - Fraction(1, 10**6)))
    assert obstacle(Aim.of(stage, (C, C)), root - Fraction(1, 200)) is not None


def test_verdict_changes_at_exact_thresholds():
    stage = dilemma("0.9", "0.2")
    at, below = Fraction(9, 19), Fraction(9, 19) - Fraction(1, 10**12)
    assert renegotiation_proof(stage, ("C", "C"), at).strong is Proofness.PROOF
    verdict = renegotiation_proof(stage, ("C", "C"), below)
    assert verdict.weak is verdict.strong is Proofness.NOT
    assert verdict.obstacle.profile == (C, D) and verdict.obstacle.needed == at
    assert "(C, D) cannot hold A to the target below delta = 9/19" in str(verdict)


def test_one_round_of_penance_works_from_four_ninths():
    stage = dilemma("0.6", "0.8")
    found = renegotiation_proof(stage, ("C", "C"), Fraction(4, 9)).penance
    assert found.kind == "rounds" and found.lengths == (1, 1)
    assert proven_by_three_phases(stage, 4 / 9, (C, C))
    assert not proven_by_three_phases(stage, 0.444, (C, C))


def test_stage_equilibrium_is_weakly_proof_at_every_delta_and_strongly_not_once_cooperation_is():
    stage = dilemma("0.6", "0.8")
    early, late = (renegotiation_proof(stage, ("D", "D"), delta) for delta in (0.3, 0.5))
    assert early.weak is late.weak is Proofness.PROOF
    assert early.strong is Proofness.UNDETERMINED
    assert late.strong is Proofness.NOT and late.dominating == (C, C)
    assert renegotiation_critical(stage, ("D", "D")).exact == 0


def test_profile_that_a_player_would_never_accept_is_ruled_out_at_every_delta():
    critical = renegotiation_critical(dilemma("0.6", "0.8"), ("C", "D"))
    assert critical.low == 1 and critical.high is None
    assert critical.patient is Proofness.NOT
    assert critical.status is Status.EXACT
    assert renegotiation_critical(PENNIES, (0, 0)).low == 1


@settings(max_examples=60, deadline=None)
@given(dilemmas(), deltas)
def test_every_penance_is_an_equilibrium_without_a_dominated_continuation(stage, delta):
    for penance in penances(Aim.of(stage, (C, C)), delta):
        check_penance(penance)


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (2, 4)])
def test_penances_of_random_games_are_equilibria_and_obstacles_never_contradict_them(shape):
    rng, seen = np.random.default_rng(7), set()
    for _ in range(150):
        stage = StageGame(rng.integers(-4, 5, (*shape, 2)).tolist())
        target = tuple(int(rng.integers(count)) for count in shape)
        delta = Fraction(int(rng.integers(2, 40)), 40)
        found = list(penances(Aim.of(stage, target), delta))
        for penance in found:
            check_penance(penance)
            seen.add(penance.kind)
        assert not (found and obstacle(Aim.of(stage, target), delta) is not None)
    assert {"rounds", "lottery"} <= seen


def check_penance(penance):
    gaps, values, index = bellman_gaps(penance)
    assert gaps.min() >= -1e-9
    assert not comparable(values)
    for i in range(2):
        assert values[index[i]] == pytest.approx([float(x) for x in penance.payoffs[i]], abs=1e-9)
    automaton = penance.automaton
    if automaton is not None:
        judged = one_shot(RepeatedGame(penance.stage, float(penance.delta)), automaton)
        assert judged.is_equilibrium()
        assert not comparable(judged.values)
        assert automaton.next_phases()[0] == 0


def test_brute_force_over_automata_finds_nothing_that_is_ruled_out():
    rng, proofs, outs = np.random.default_rng(5), 0, 0
    for _ in range(40):
        stage = StageGame(rng.integers(-3, 4, (2, 2, 2)).tolist())
        target = tuple(int(one) for one in rng.integers(2, size=2))
        delta = Fraction(int(rng.integers(2, 10)), 10)
        verdict = renegotiation_proof(stage, target, delta)
        found = proven_by_three_phases(stage, float(delta), target)
        assert not (found and verdict.weak is Proofness.NOT)
        if verdict.penance is not None and sum(verdict.penance.lengths) <= 2 and verdict.penance.kind == "rounds":
            assert found
        proofs, outs = proofs + found, outs + (verdict.weak is Proofness.NOT)
    assert proofs >= 5 and outs >= 5


@pytest.mark.parametrize("delta", [0.36, 0.4, 0.42, 0.4275])
def test_no_automaton_of_three_phases_is_proof_below_the_bound_of_the_dilemma(delta):
    stage = dilemma("0.6", "0.8")
    assert not proven_by_three_phases(stage, delta, (C, C))
    assert obstacle(Aim.of(stage, (C, C)), Fraction(str(delta))) is not None


@settings(max_examples=50, deadline=None)
@given(two_by_twos(), deltas, st.tuples(st.integers(0, 1), st.integers(0, 1)))
def test_verdict_does_not_depend_on_units_seats_and_labels(stage, delta, target):
    verdict = renegotiation_proof(stage, target, delta)
    flipped = StageGame(stage.payoffs[::-1].tolist())
    same = [
        renegotiation_proof(rescale(stage, Fraction(7, 3), Fraction(-5, 2)), target, delta),
        renegotiation_proof(swap_players(stage), target[::-1], delta),
        renegotiation_proof(flipped, (1 - target[0], target[1]), delta),
    ]
    for other in same:
        assert (other.weak, other.strong) == (verdict.weak, verdict.strong)


@settings(max_examples=40, deadline=None)
@given(two_by_twos(), st.tuples(st.integers(0, 1), st.integers(0, 1)))
def test_exact_thresholds_separate_verdicts(stage, target):
    aim = Aim.of(stage, target)
    low = max(min(necessary_deltas(aim, i).values(), default=Fraction(1)) for i in range(2))
    high = lottery_threshold(aim)
    assert high is None or low <= high
    for delta in (low - Fraction(1, 10**6), low / 2):
        if 0 < delta < 1:
            assert renegotiation_proof(stage, target, delta).weak is Proofness.NOT
    for delta in () if high is None else (high, high + Fraction(1, 10**6), (1 + high) / 2):
        if 0 < delta < 1:
            assert renegotiation_proof(stage, target, delta).weak is Proofness.PROOF
    if high is not None and high > 0:
        below = high - Fraction(1, 10**9)
        assert all(one.kind == "alternating" for one in penances(aim, below))


@settings(max_examples=30, deadline=None)
@given(two_by_twos(), st.tuples(st.integers(0, 1), st.integers(0, 1)))
def test_what_is_proof_stays_proof_for_more_patient_players(stage, target):
    order = [renegotiation_proof(stage, target, Fraction(k, 12)).weak for k in range(1, 12)]
    first = next((k for k, one in enumerate(order) if one is Proofness.PROOF), len(order))
    assert Proofness.NOT not in order[first:]


def test_wrong_arguments_are_refused():
    with refused("'stage' of renegotiation_proof must have two players, got 3."):
        renegotiation_proof(StageGame(np.zeros((2, 2, 2, 3)).tolist()), (0, 0, 0), 0.5)
    with refused("'stage' of renegotiation_critical must have at most 256 profiles, got 289."):
        renegotiation_critical(StageGame(np.zeros((17, 17, 2)).tolist()), (0, 0))
    with refused("'delta' of renegotiation_proof must be strictly between 0 and 1"):
        renegotiation_proof(PENNIES, (0, 0), 1)
    with refused("'width' of renegotiation_critical must be between"):
        renegotiation_critical(PENNIES, (0, 0), width=0)


@pytest.mark.parametrize(
    ("payoffs", "target", "low", "lottery"),
    [
        ([[[-6, 3], [6, 4]], [[-4, -6], [3, -4]]], (1, 1), "3/10", "23/72"),
        ([[[-6, -6], [-1, -3]], [[-3, 1], [3, 3]]], (0, 1), "2/3", "2/3"),
        ([[[-2, -3], [-6, -2]], [[0, 6], [-5, 4]]], (1, 1), "2/5", "17/35"),
    ],
)
def test_promise_may_exceed_the_target_for_the_rival(payoffs, target, low, lottery):
    aim = Aim.of(StageGame(payoffs), target)
    assert max(min(necessary_deltas(aim, i).values()) for i in range(2)) == Fraction(low)
    assert lottery_threshold(aim) == Fraction(lottery)
