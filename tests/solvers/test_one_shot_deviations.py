import ast
from fractions import Fraction
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import (
    Automaton,
    RepeatedGame,
    StageGame,
    carrot_and_stick,
    grim_trigger,
    limited_punishment,
    path_with_punishments,
    tit_for_tat,
)
from negotiation.solvers.one_shot_deviations import one_shot

DILEMMA = StageGame.from_matrices([[2, -1], [3, 0]], [[2, 3], [-1, 0]], ["A", "B"], [["keep", "break"]] * 2)
HAWK_DOVE = StageGame.from_matrices([[4, 1], [6, 0]], [[4, 6], [1, 0]])


def random_judgement(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 4, rng.integers(2, 4)))
    phases = int(rng.integers(1, 6))
    stage = StageGame(rng.integers(-9, 10, (*shape, len(shape))).tolist())
    automaton = Automaton(
        np.stack([rng.integers(0, count, phases) for count in shape], axis=1),
        rng.integers(0, phases, (phases, *shape)),
    )
    return one_shot(RepeatedGame(stage, rng.uniform(0.05, 0.9, len(shape))), automaton)


def total_by_playing(repeated, automaton, phase, player, deviation=None, rounds=400):
    """Play the rounds one by one and add up what the player earns, on average."""
    delta, earned = repeated.deltas[player], 0.0
    for t in range(rounds):
        profile = list(automaton.output[phase])
        if t == 0 and deviation is not None:
            profile[player] = deviation
        earned += (1 - delta) * delta**t * repeated.stage.payoffs[(*profile, player)]
        phase = automaton.transition[(phase, *profile)]
    return earned


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_values_and_gains_are_what_playing_round_by_round_gives(seed):
    judgement = random_judgement(seed)
    repeated, automaton = judgement.repeated, judgement.automaton
    for phase, player in np.ndindex(judgement.values.shape):
        obeyed = total_by_playing(repeated, automaton, phase, player)
        assert judgement.values[phase, player] == pytest.approx(obeyed, abs=1e-9)
        gains = {
            action: total_by_playing(repeated, automaton, phase, player, action) - obeyed
            for action in range(repeated.stage.shape[player])
            if action != automaton.output[phase, player]
        }
        assert judgement.one_shot_gain[phase, player] == pytest.approx(
            max(gains.values(), default=-np.inf), abs=1e-9
        )
        if gains:
            assert gains[judgement.deviations[phase, player]] == pytest.approx(max(gains.values()), abs=1e-9)
        else:
            assert judgement.deviations[phase, player] == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_verdict_is_that_of_the_largest_gain(seed):
    judgement = random_judgement(seed)
    assert judgement.is_equilibrium() == bool((judgement.one_shot_gain <= 1e-9).all())
    assert (judgement.slack == -judgement.one_shot_gain).all()


@pytest.mark.parametrize(("gain", "loss"), [(1, 1), (Fraction(3, 5), 2), (3, 1), (Fraction(1, 9), Fraction(1, 7))])
def test_grim_trigger_of_the_dilemma_is_an_equilibrium_exactly_from_critical_on(gain, loss):
    stage = StageGame.from_matrices([[1, -loss], [1 + gain, 0]], [[1, 1 + gain], [-loss, 0]])
    strategy, critical = grim_trigger(stage, (0, 0), (1, 1)), float(Fraction(gain) / (1 + gain))
    for delta, holds in ((critical - 1e-6, False), (critical, True), (critical + 1e-6, True)):
        assert one_shot(RepeatedGame(stage, delta), strategy).is_equilibrium() == holds


def test_slack_of_the_grim_trigger_meets_its_closed_form():
    judgement = one_shot(RepeatedGame(DILEMMA, [0.5, 0.8]), grim_trigger(DILEMMA, (0, 0), (1, 1)))
    assert judgement.values.tolist() == [[2, 2], [0, 0]]
    assert judgement.slack == pytest.approx(np.array([[2 - 0.5 * 3, 2 - 0.2 * 3], [0.5, 0.2]]))
    assert judgement.deviations.tolist() == [[1, 1], [0, 0]]


def test_a_punishment_that_nobody_wants_to_carry_out_is_found_out():
    # the threat to play hawk for ever is not credible against a hawk, although obeying the target pays
    strategy = path_with_punishments(HAWK_DOVE, [(0, 0)], [[(1, 1)], [(1, 1)]])
    judgement = one_shot(RepeatedGame(HAWK_DOVE, 0.9), strategy)
    assert (judgement.slack[0] > 0).all()
    assert not judgement.is_equilibrium()
    credible = path_with_punishments(HAWK_DOVE, [(0, 0)], [[(0, 1)], [(1, 0)]])
    assert one_shot(RepeatedGame(HAWK_DOVE, 0.9), credible).is_equilibrium()


@pytest.mark.parametrize(
    ("delta", "length", "holds"), [(0.45, 1, False), (0.55, 1, True), (0.35, 2, False), (0.4, 2, True)]
)
def test_limited_punishment_holds_from_its_closed_form_on(delta, length, holds):
    # a temptation of 1 once, against `length` rounds that cost 2 each
    judgement = one_shot(RepeatedGame(DILEMMA, delta), limited_punishment(DILEMMA, (0, 0), (1, 1), length))
    cost = sum(2 * delta**t for t in range(1, length + 1))
    assert judgement.slack[0] == pytest.approx([(1 - delta) * (cost - 1)] * 2)
    assert judgement.is_equilibrium() == holds


def test_tit_for_tat_is_no_equilibrium_off_its_knife_edge():
    assert not one_shot(RepeatedGame(DILEMMA, 0.9), tit_for_tat(DILEMMA)).is_equilibrium()


def test_carrot_and_stick_is_judged_in_both_phases():
    judgement = one_shot(RepeatedGame(DILEMMA, 0.6), carrot_and_stick(DILEMMA, (0, 0), (1, 1)))
    assert judgement.values[1] == pytest.approx([1.2, 1.2])
    assert judgement.slack == pytest.approx(np.array([[2 - 0.4 * 3 - 0.6 * 1.2] * 2, [1.2 + 0.4 - 0.6 * 1.2] * 2]))


def test_a_large_constant_in_the_payoffs_costs_no_digits():
    moved = StageGame((DILEMMA.payoffs + 1e9).tolist())
    judgement = one_shot(RepeatedGame(moved, 1 / 3), grim_trigger(moved, (0, 0), (1, 1)))
    assert judgement.is_equilibrium()
    assert judgement.slack[0] == pytest.approx([0, 0], abs=1e-12)
    assert judgement.values[0].tolist() == [1e9 + 2] * 2


def test_the_verdict_does_not_depend_on_the_unit_of_the_payoffs():
    for unit in (1e-9, 1e9):
        stage = StageGame((unit * DILEMMA.payoffs).tolist())
        strategy = grim_trigger(stage, (0, 0), (1, 1))
        assert one_shot(RepeatedGame(stage, 1 / 3), strategy).is_equilibrium()
        assert not one_shot(RepeatedGame(stage, 0.33), strategy).is_equilibrium()


def test_the_text_names_the_tightest_phase_and_player():
    judgement = one_shot(RepeatedGame(DILEMMA, [0.5, 0.4]), grim_trigger(DILEMMA, (0, 0), (1, 1)))
    assert judgement.tightest == (0, 1)
    assert str(judgement).splitlines()[0] == "an equilibrium; tightest: B in phase 'target'"
    assert str(judgement).splitlines()[2].split() == ["target", "A", "keep", "2", "break", "0.5"]
    broken = one_shot(RepeatedGame(DILEMMA, [0.1, 0.4]), grim_trigger(DILEMMA, (0, 0), (1, 1)))
    assert str(broken).splitlines()[0] == "no equilibrium; tightest: A in phase 'target'"


def test_an_automaton_of_another_game_is_refused():
    three_actions = StageGame(np.zeros((3, 2, 2)))
    with pytest.raises(ArgumentError, match=r"'automaton' of one_shot must have the actions \(3, 2\) of the game"):
        one_shot(RepeatedGame(three_actions, 0.5), tit_for_tat(DILEMMA))


def test_the_judge_shares_no_code_with_the_solvers():
    tree = ast.parse(Path(find_spec("negotiation.solvers.one_shot_deviations").origin).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name.startswith("negotiation")} == {
        "negotiation._checks",
        "negotiation.games",
    }


def test_every_pure_profile_repeated_for_ever_is_an_equilibrium_iff_it_is_one_of_the_stage_game():
    for profile in product(range(2), repeat=2):
        forever = Automaton([profile], np.zeros((1, 2, 2), dtype=int))
        expected = profile in {(0, 1), (1, 0)}
        assert one_shot(RepeatedGame(HAWK_DOVE, 0.7), forever).is_equilibrium() == expected


def test_a_lottery_counts_by_its_mean():
    # go on with chance 3/4 while obeyed, with 1/4 after a deviation: V = (1 - d) 2 + d (3/4) V, and 0 at the end
    stage = StageGame.from_matrices([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    after = [[[0, 1], [1, 1]], [[2, 2], [2, 2]]]
    chances = [[0.75, 0.25], [0.25, 0.75], [0, 1]]
    judgement = one_shot(RepeatedGame(stage, 0.5), Automaton([[0, 0], [1, 1]], after, lottery=chances))
    value = 1 / (1 - 0.5 * 0.75)
    assert judgement.values == pytest.approx(np.array([[value, value], [0, 0]]))
    assert judgement.start == pytest.approx([0.75 * value] * 2)
    assert judgement.one_shot_gain[0] == pytest.approx([0.5 * 3 + 0.5 * 0.25 * value - value] * 2)
