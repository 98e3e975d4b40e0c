"""Cycles and longer paths, against automata that the independent judge looks at."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import Automaton, OutcomePath, RepeatedGame, StageGame, grim_trigger, path_with_punishments
from negotiation.solvers import one_shot, pure_equilibria
from negotiation.solvers.solution import Status
from negotiation.stability import (
    critical_discount,
    incentive_slack,
    largest_gains,
    smallest_punishments,
    supports,
)
from tests.strategies import refused

DILEMMA = StageGame.from_matrices([[2, -2], [5, 0]], [[2, 5], [-2, 0]], actions=[["C", "D"]] * 2)
QUANTITIES = StageGame.from_matrices(
    [[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]], actions=[["L", "M", "H"]] * 2
)
TAKING_TURNS = [("C", "D"), ("D", "C")]
seeds = st.integers(0, 2**32 - 1)


def grim_path(stage, path, worst):
    """Play the path; a deviation by player i, unless it gains nothing at once, leads to worst[i] for ever."""
    rounds, num_once = path.rounds, len(path.prefix)
    output = [*rounds, *worst]
    transition = np.empty((len(output), *stage.shape), dtype=np.int64)
    for t in range(len(rounds)):
        transition[t] = t + 1 if t + 1 < len(rounds) else num_once
        for player in range(2):
            for action in range(stage.shape[player]):
                left = list(rounds[t])
                left[player] = action
                if stage.exact_payoffs[(*left, player)] > stage.exact_payoffs[(*rounds[t], player)]:
                    transition[(t, *left)] = len(rounds) + player
    for player in range(2):
        transition[len(rounds) + player] = len(rounds) + player
    return Automaton(output, transition)


def random_case(seed):
    rng = np.random.default_rng(seed)
    while True:
        shape = tuple(int(n) for n in rng.integers(2, 4, 2))
        stage = StageGame(rng.integers(0, 7, (*shape, 2)).tolist())
        pure = pure_equilibria(stage)
        if pure:
            break
    worst = [min(pure, key=lambda one, i=i: stage.exact_payoffs[(*one, i)]) for i in range(2)]
    lengths = int(rng.integers(0, 3)), int(rng.integers(1, 4))
    prefix, cycle = (tuple(tuple(int(rng.integers(n)) for n in shape) for _ in range(k)) for k in lengths)
    return stage, OutcomePath(prefix, cycle), worst


def test_taking_turns_in_the_dilemma_is_the_closed_form():
    # from (C, D) on player 0 earns (-2 + 5 d)/(1 + d) on average, and 0 after a deviation, which itself gains 2
    found = critical_discount(DILEMMA, TAKING_TURNS)
    assert found.exact == Fraction(2, 5)
    assert (
        str(found) == "(C, D) (D, C) in turn under grim punishment: sustained from delta = 2/5 = 0.4, binding on "
        "player 0 and player 1"
    )


def test_a_root_that_is_not_rational_is_enclosed():
    # player 0 stays in (C, C) of the cycle iff 2 + 5 d - 2 d^2 >= 5 (1 - d^3), in (C, D) iff -2 + 2 d + 5 d^2 >= 0
    found = critical_discount(DILEMMA, [("C", "D"), ("C", "C"), ("D", "C")])
    assert found.exact is None and found.status is Status.CONVERGED
    assert found.high - found.low <= 1e-12
    root = max(one.real for one in np.roots([5, -2, 5, -3]) if abs(one.imag) < 1e-9)
    assert found.by_player[0] == pytest.approx(root, abs=1e-9)
    assert root > (-1 + 11**0.5) / 5
    assert found.by_player.max() == pytest.approx(found.high, abs=1e-11)


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_the_judge_agrees_on_both_sides_of_the_critical_discount_factor(seed):
    stage, path, worst = random_case(seed)
    if worst[0] != worst[1] or len(pure_equilibria(stage)) > 1:
        return
    found = critical_discount(stage, path)
    if not np.isfinite(found.threat).all() or found.threat.tolist() != [
        float(stage.exact_payoffs[(*worst[i], i)]) for i in range(2)
    ]:
        return
    automaton = grim_path(stage, path, worst)
    for delta in (found.high + 1e-9, found.low - 1e-7):
        if 1e-6 < delta < 0.999:
            holds = one_shot(RepeatedGame(stage, delta), automaton).is_equilibrium(1e-12)
            assert holds == supports(RepeatedGame(stage, delta), path)
            assert delta > found.low or not holds
    for delta in np.linspace(0.05, 0.95, 19):
        game = RepeatedGame(stage, delta)
        slack = incentive_slack(stage, path, delta)
        if np.abs(slack).min() > 1e-9:
            holds = one_shot(game, automaton).is_equilibrium(1e-12)
            assert supports(game, path) == holds == bool((slack >= 0).all())
            assert not holds or delta >= found.low


@settings(max_examples=60, deadline=None)
@given(seeds, st.sampled_from(["grim", "optimal", "transfers"]))
def test_a_profile_repeated_in_any_form_has_one_critical_discount_factor(seed, punishment):
    stage, path, _ = random_case(seed)
    profile = path.cycle[0]
    single = critical_discount(stage, profile, punishment=punishment)
    for target in ([profile] * 3, OutcomePath((profile,) * 2, (profile,))):
        again = critical_discount(stage, target, punishment=punishment)
        assert (again.exact, again.status) == (single.exact, single.status)
        assert again.value == pytest.approx(single.value, abs=1e-8) or math.isinf(single.value)


def test_the_path_of_an_automaton_is_judged_with_the_punishment_asked_for():
    lead = path_with_punishments(QUANTITIES, [("M", "M"), ("L", "L")], [[("H", "H"), ("L", "L")]] * 2)
    assert critical_discount(QUANTITIES, lead).exact == critical_discount(QUANTITIES, ("L", "L")).exact
    trigger = grim_trigger(QUANTITIES, ("L", "L"), ("H", "H"))
    assert critical_discount(QUANTITIES, trigger).exact == Fraction(5, 8)


def test_side_payments_and_harsher_answers_lower_what_a_cycle_needs():
    cycle = [("L", "M"), ("M", "L")]
    grim, optimal, paid = (
        critical_discount(QUANTITIES, cycle, punishment=kind) for kind in ("grim", "optimal", "transfers")
    )
    assert paid.value <= optimal.value <= grim.value
    assert not supports(RepeatedGame(QUANTITIES, optimal.low - 1e-6), cycle, punishment="optimal")
    assert supports(RepeatedGame(QUANTITIES, optimal.high), cycle, punishment="optimal")
    for delta, holds in ((paid.high + 1e-9, True), (paid.low - 1e-9, False)):
        assert supports(RepeatedGame(QUANTITIES, delta), cycle, punishment="transfers") == holds


@given(seeds, st.floats(0.05, 0.95))
@settings(max_examples=60, deadline=None)
def test_the_largest_gain_and_the_smallest_punishment_just_hold(seed, delta):
    stage, path, _ = random_case(seed)
    profile, repeated = path.cycle[0], RepeatedGame(stage, delta)
    gains = [float(max(stage.exact_payoffs[:, profile[1], 0]) - stage.exact_payoffs[(*profile, 0)]),
             float(max(stage.exact_payoffs[profile[0], :, 1]) - stage.exact_payoffs[(*profile, 1)])]  # fmt: skip
    carried, needed = largest_gains(repeated, profile), smallest_punishments(repeated, profile)
    slack = incentive_slack(stage, profile, delta)
    for i in range(2):
        if abs(slack[i]) > 1e-9:
            assert (slack[i] > 0) == (carried[i] > gains[i])
    assert needed == pytest.approx(np.array(gains) * (1 - delta) / delta)


def test_the_inverse_of_a_cycle_is_refused():
    with refused("'profile' of largest_gains must be one action profile, got (C, D) (D, C) in turn."):
        largest_gains(RepeatedGame(DILEMMA, 0.5), TAKING_TURNS)
    with refused("'profile' of smallest_punishments must be one action profile, got (C, D) (D, C) in turn."):
        smallest_punishments(RepeatedGame(DILEMMA, 0.5), TAKING_TURNS)


def test_a_width_below_rounding_is_refused():
    with refused("'width' of critical_discount must be between 1e-12 and 1, got 0."):
        critical_discount(QUANTITIES, ("L", "L"), punishment="optimal", width=0)
