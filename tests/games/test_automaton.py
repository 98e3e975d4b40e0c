"""Automata are played out against rules that look at the whole history."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import (
    Automaton,
    StageGame,
    carrot_and_stick,
    grim_trigger,
    limited_punishment,
    path_with_punishments,
    tit_for_tat,
)
from tests.strategies import refused

PAIR = StageGame(np.zeros((2, 2, 2)), ["US", "China"], [["hold", "break"]] * 2)
WIDE = StageGame(np.zeros((3, 2, 2)))
THREE = StageGame(np.zeros((2, 2, 2, 3)), ["A", "B", "C"])
OUTPUT, TRANSITION = [[0, 0], [1, 1]], [[[0, 1], [1, 1]], [[1, 1], [1, 1]]]


def histories(stage, rounds=12):
    """Draw what was in fact played in each round, deviations and all."""
    profile = st.tuples(*(st.integers(0, count - 1) for count in stage.shape))
    return st.lists(profile | st.just((0,) * stage.num_players), min_size=rounds, max_size=rounds)


def prescribed(automaton, history):
    """Play the history and list the profile that the automaton asks for in each round, one more than played."""
    phase, asked = automaton.initial, []
    for played in [*history, None]:
        asked.append(tuple(automaton.output[phase].tolist()))
        phase = automaton.transition[(phase, *played)] if played else None
    return asked


def deviate(automaton, rounds, deviations):
    """Play `rounds` rounds, obeying except in the rounds in which `deviations` says what is played instead."""
    history = []
    for t in range(rounds):
        history.append(deviations.get(t, prescribed(automaton, history)[-1]))
    return history


def test_an_automaton_obeyed_goes_through_its_phases():
    automaton = Automaton([[0], [1], [0]], [[1, 2], [0, 2], [2, 2]])
    assert automaton.next_phases().tolist() == [1, 2, 2]
    assert deviate(automaton, 4, {}) == [(0,), (1,), (0,), (0,)]
    assert deviate(automaton, 4, {1: (0,)}) == [(0,), (0,), (0,), (1,)]
    assert automaton.phases == ("0", "1", "2")
    assert prescribed(Automaton([[0], [1]], [[0, 0], [1, 1]], initial=1), [(0,), (1,)]) == [(1,)] * 3


def test_automata_cannot_be_changed_from_outside():
    output, transition = np.array(OUTPUT), np.array(TRANSITION)
    automaton = Automaton(output, transition, phases=["truce", "conflict"])
    output[:], transition[:] = 1, 0
    assert (automaton.output.tolist(), automaton.transition.tolist()) == (OUTPUT, TRANSITION)
    for array in (automaton.output, automaton.transition):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@given(histories(WIDE))
def test_grim_trigger_punishes_for_ever_from_the_first_deviation(history):
    asked = prescribed(grim_trigger(WIDE, (0, 0), (2, 1)), history)
    assert asked == [
        (0, 0) if all(played == (0, 0) for played in history[:t]) else (2, 1) for t in range(len(history) + 1)
    ]


def test_grim_trigger_is_not_moved_by_repentance_or_by_names():
    automaton = grim_trigger(PAIR, ("hold", "hold"), ("break", "break"))
    hold, broken = (0, 0), (1, 1)
    assert deviate(automaton, 5, {}) == [hold] * 5
    assert deviate(automaton, 6, {2: (0, 1), 4: hold}) == [hold, hold, (0, 1), broken, hold, broken]
    assert automaton.phases == ("target", "punishment")


@given(histories(PAIR), st.integers(1, 4))
def test_limited_punishment_lasts_its_length_whatever_is_played_meanwhile(history, length):
    expected, left = [], 0
    for played in [*history, None]:
        expected.append((1, 1) if left else (0, 0))
        left = left - 1 if left else length * (played != (0, 0))
    assert prescribed(limited_punishment(PAIR, (0, 0), (1, 1), length), history) == expected


def test_limited_punishment_returns_to_the_target():
    automaton = limited_punishment(PAIR, (0, 0), (1, 1), 3)
    hold, broken = (0, 0), (1, 1)
    assert deviate(automaton, 7, {1: (1, 0), 3: (0, 1)}) == [hold, (1, 0), broken, (0, 1), broken, hold, hold]
    assert automaton.phases == ("target", "punishment 1", "punishment 2", "punishment 3")


@given(histories(WIDE))
def test_carrot_and_stick_takes_up_the_stick_after_every_deviation_and_drops_it_once_obeyed(history):
    carrot, stick = (0, 0), (2, 1)
    expected = [carrot]
    for played in history:
        expected.append(carrot if played == expected[-1] else stick)
    assert prescribed(carrot_and_stick(WIDE, carrot, stick), history) == expected


def test_a_deviation_from_the_stick_is_answered_by_the_stick():
    automaton = carrot_and_stick(PAIR, ("hold", "hold"), ("break", "break"))
    assert deviate(automaton, 5, {0: (1, 0), 1: (0, 1)}) == [(1, 0), (0, 1), (1, 1), (0, 0), (0, 0)]
    assert automaton.phases == ("carrot", "stick")


@given(histories(PAIR))
def test_in_tit_for_tat_each_repeats_the_last_action_of_the_other(history):
    assert prescribed(tit_for_tat(PAIR), history) == [(0, 0), *((other, own) for own, other in history)]


def test_tit_for_tat_echoes_a_single_deviation():
    automaton = tit_for_tat(PAIR)
    assert deviate(automaton, 5, {0: (1, 0)}) == [(1, 0), (0, 1), (1, 0), (0, 1), (1, 0)]
    assert automaton.phases == ("hold, hold", "hold, break", "break, hold", "break, break")


def asked_by_paths(path, punishments, history):
    """Follow a simple strategy profile as Abreu defines it, without an automaton."""
    current, position, asked = path, 0, []
    for played in [*history, None]:
        asked.append(current[min(position, len(current) - 1)])
        position += 1
        deviators = [
            i for i, pair in enumerate(zip(played or asked[-1], asked[-1], strict=True)) if len({*pair}) > 1
        ]
        if len(deviators) == 1:
            current, position = punishments[deviators[0]], 0
    return asked


@given(histories(PAIR))
def test_punishment_paths_restart_at_every_lone_deviation(history):
    path, punishments = [(0, 0), (0, 1), (0, 0)], [[(1, 1), (0, 1)], [(1, 1), (1, 1), (1, 0)]]
    automaton = path_with_punishments(PAIR, path, punishments)
    assert prescribed(automaton, history) == asked_by_paths(path, punishments, history)


@given(histories(THREE))
def test_punishment_paths_of_three_players_single_out_the_deviator(history):
    path = [(0, 0, 0)]
    punishments = [[(0, 1, 1), (0, 0, 1)], [(1, 0, 1)], [(1, 1, 0), (1, 1, 1), (0, 0, 0)]]
    automaton = path_with_punishments(THREE, path, punishments)
    assert prescribed(automaton, history) == asked_by_paths(path, punishments, history)


def test_the_last_profile_of_a_path_is_repeated_and_joint_deviations_go_unanswered():
    automaton = path_with_punishments(PAIR, [(0, 1), (0, 0)], [[("break", "break"), (0, 0)], [(1, 0)]])
    assert deviate(automaton, 4, {}) == [(0, 1), (0, 0), (0, 0), (0, 0)]
    assert deviate(automaton, 4, {1: (1, 1)}) == [(0, 1), (1, 1), (0, 0), (0, 0)]
    assert deviate(automaton, 5, {1: (1, 0), 2: (0, 1)}) == [(0, 1), (1, 0), (0, 1), (1, 1), (0, 0)]
    assert automaton.phases == ("path 0", "path 1", "punish US 0", "punish US 1", "punish China 0")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 0], TRANSITION), "'output' of Automaton must have shape (phases, players), got (2,)."),
        (
            (np.zeros((0, 2), int), TRANSITION),
            "'output' of Automaton must have shape (phases, players), got (0, 2).",
        ),
        (([[0, 0], [1]], TRANSITION), "'output' of Automaton must be rectangular, got [[0, 0], [1]]."),
        (
            ([[0, 0], [1.5, 1]], TRANSITION),
            "'output' of Automaton must hold whole numbers, got [[0.0, 0.0], [1.5, 1.0]].",
        ),
        (([[True, False]] * 2, TRANSITION), "'output' of Automaton must hold whole numbers, got [[True, False]"),
        ((None, TRANSITION), "'output' of Automaton must hold whole numbers, got None."),
        (
            ([[0, 0], [1, 2]], TRANSITION),
            "'output' of Automaton must hold actions below (2, 2), got [[0, 0], [1, 2]].",
        ),
        (
            ([[0, -1], [1, 1]], TRANSITION),
            "'output' of Automaton must hold actions below (2, 2), got [[0, -1], [1, 1]].",
        ),
        (
            (OUTPUT, TRANSITION[:1]),
            "'transition' of Automaton must have 2 phases and an axis a player, got (1, 2, 2).",
        ),
        (
            (OUTPUT, [[0, 1], [1, 1]]),
            "'transition' of Automaton must have 2 phases and an axis a player, got (2, 2).",
        ),
        ((OUTPUT, [[[0, 1], [1]]] * 2), "'transition' of Automaton must be rectangular, got [[[0, 1], [1]]"),
        ((OUTPUT, "x"), "'transition' of Automaton must hold whole numbers, got x."),
        ((OUTPUT, [[[0, 1], [1, 2]]] * 2), "'transition' of Automaton must hold phases 0 to 1, got 2."),
        ((OUTPUT, [[[0, 1], [-1, 1]]] * 2), "'transition' of Automaton must hold phases 0 to 1, got -1."),
        ((OUTPUT, np.full((2, 2, 2), 0.5)), "'transition' of Automaton must hold whole numbers"),
        ((OUTPUT, TRANSITION, 2), "'initial' of Automaton must be a phase from 0 to 1, got 2."),
        ((OUTPUT, TRANSITION, -1), "'initial' of Automaton must be a whole number of at least 0, got -1."),
        ((OUTPUT, TRANSITION, 0.0), "'initial' of Automaton must be a whole number of at least 0, got 0.0."),
        ((OUTPUT, TRANSITION, True), "'initial' of Automaton must be a whole number of at least 0, got True."),
    ],
)
def test_automata_that_do_not_fit_are_refused(arguments, words):
    with refused(words):
        Automaton(*arguments)


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        (["a"], "hold 2 names, got 1: ['a']."),
        (["a", "a"], "hold distinct names, got ['a', 'a']. Repeated: a."),
        (["a", ""], "hold no empty name, got ['a', '']."),
    ],
)
def test_names_of_phases_that_do_not_fit_are_refused(phases, words):
    with refused(f"'phases' of Automaton must {words}"):
        Automaton(OUTPUT, TRANSITION, phases=phases)


def test_the_usual_strategies_refuse_what_does_not_fit_the_game():
    for build in (grim_trigger, carrot_and_stick):
        with refused("'actions[0]' of StageGame must name an action of US, got 'hodl'. Did you mean 'hold'?"):
            build(PAIR, ("hodl", "hold"), (1, 1))
        with refused("'actions' of StageGame must name one action for each of 2 players, got (1,)."):
            build(PAIR, (0, 0), (1,))
    for length in (0, -1, 1.5, None, True):
        with refused(f"'length' of limited_punishment must be a whole number of at least 1, got {length}."):
            limited_punishment(PAIR, (0, 0), (1, 1), length)
    for stage in (WIDE, THREE):
        with refused(f"'stage' of tit_for_tat must have two players with two actions each, got {stage.shape}."):
            tit_for_tat(stage)


@pytest.mark.parametrize(
    ("path", "punishments", "words"),
    [
        ([(0, 0)], [[(1, 1)]], "'punishments' of path_with_punishments must hold 2 paths, got 1."),
        ([], [[(1, 1)], [(1, 1)]], "'path' of path_with_punishments must hold at least one profile, got []."),
        (
            [(0, 0)],
            [[(1, 1)], []],
            "'punishments[1]' of path_with_punishments must hold at least one profile, got [].",
        ),
        (
            [(0, 2)],
            [[(1, 1)], [(1, 1)]],
            "'actions[1]' of StageGame must be a name or a number from 0 to 1, got 2.",
        ),
    ],
)
def test_paths_that_do_not_fit_are_refused(path, punishments, words):
    with refused(words):
        path_with_punishments(PAIR, path, punishments)


def test_a_punishment_of_more_phases_than_a_table_can_hold_is_refused():
    with pytest.raises(ArgumentError, match="'length' of limited_punishment must be at most 10,000"):
        limited_punishment(StageGame([[[1, 1], [0, 2]], [[2, 0], [0, 0]]]), (0, 0), (1, 1), 10**9)


def test_without_a_lottery_each_phase_follows_for_certain():
    assert Automaton(OUTPUT, TRANSITION).lottery.tolist() == [[1, 0], [0, 1]]


def test_a_lottery_has_a_row_for_each_number_in_the_tables():
    automaton = Automaton([[0], [1]], [[2, 1], [0, 0]], 2, lottery=[[1, 0], [0, 1], [0.25, 0.75]])
    assert automaton.initial == 2
    assert automaton.next_phases().tolist() == [2, 0]
    assert not automaton.lottery.flags.writeable
    with refused("'transition' of Automaton must hold rows 0 to 1, got 2"):
        Automaton([[0], [1]], [[2, 1], [0, 0]], lottery=[[1, 0], [0, 1]])
    with refused("'initial' of Automaton must be a row from 0 to 0, got 1"):
        Automaton([[0], [1]], [[0, 0], [0, 0]], 1, lottery=[[1, 0]])
    with refused("'lottery' of Automaton must have shape (lotteries, 2), got (1, 3)"):
        Automaton([[0], [1]], [[0, 0], [0, 0]], lottery=[[1, 0, 0]])
    with refused("'lottery' of Automaton must hold rows that add up to 1, got [0.9]"):
        Automaton([[0], [1]], [[0, 0], [0, 0]], lottery=[[0.5, 0.4]])
    with refused("'lottery' of Automaton must lie between 0 and 1, got 1.5"):
        Automaton([[0], [1]], [[0, 0], [0, 0]], lottery=[[1.5, -0.5]])
