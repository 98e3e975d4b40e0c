"""Dominance against its definition, scipy's linear programmes and known games."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from negotiation.solvers.dominance import dominant_actions, iterated_dominance
from negotiation.solvers.nash import nash_equilibria


def own_payoffs(stage, left, player):
    """Return payoffs of a player, one row an own action, on the actions that are left."""
    others = [range(n) if j == player else left[j] for j, n in enumerate(stage.shape)]
    kept = stage.exact_payoffs[..., player][np.ix_(*others)]
    return np.moveaxis(kept, player, 0).reshape(stage.shape[player], -1)


def largest_gain(payoffs, action, rows):
    """Return by scipy the largest amount by which a mixed action can beat `action` everywhere."""
    gains = (payoffs[list(rows)] - payoffs[action]).astype(float)
    rows_ub = np.hstack([-gains.T, np.ones((gains.shape[1], 1))])
    result = linprog(
        [*[0] * len(rows), -1],
        A_ub=rows_ub,
        b_ub=np.zeros(len(rows_ub)),
        A_eq=[[*[1] * len(rows), 0]],
        b_eq=[1],
        bounds=[*[(0, None)] * len(rows), (None, None)],
    )
    return -result.fun


def left_before(stage, found, step):
    gone = {(e.player, e.action) for e in found.eliminations if e.step < step}
    return [[a for a in range(n) if (i, a) not in gone] for i, n in enumerate(stage.shape)]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("by", ["mixed", "pure"])
@pytest.mark.parametrize("shape", [(4, 4), (3, 2, 3)])
def test_dominators_dominate_on_what_was_left(shape, by, strict):
    rng = np.random.default_rng(1)
    eliminated = 0
    for _ in range(60):
        stage = StageGame(rng.integers(0, 5, (*shape, len(shape))).tolist())
        found = iterated_dominance(stage, strict=strict, by=by)
        for gone in found.eliminations:
            left = left_before(stage, found, gone.step)
            payoffs = own_payoffs(stage, left, gone.player)
            gains = np.array(gone.dominator) @ payoffs - payoffs[gone.action]
            assert sum(gone.dominator) == 1 and min(gone.dominator) >= 0
            assert all(gone.dominator[a] == 0 or a in left[gone.player] for a in range(shape[gone.player]))
            assert min(gains) > 0 if strict else min(gains) >= 0 and max(gains) > 0
            assert by == "mixed" or max(gone.dominator) == 1
            eliminated += 1
    assert eliminated > 0


@pytest.mark.parametrize("shape", [(3, 3), (5, 4), (3, 2, 3)])
def test_no_survivor_is_strictly_dominated_by_a_mixed_action(shape):
    rng = np.random.default_rng(2)
    for _ in range(20):
        stage = StageGame(rng.integers(0, 7, (*shape, len(shape))).tolist())
        survivors = iterated_dominance(stage).survivors
        for player, actions in enumerate(survivors):
            for action in actions:
                assert largest_gain(own_payoffs(stage, survivors, player), action, actions) < 1e-9


def test_no_survivor_is_weakly_dominated_by_a_pure_action():
    rng = np.random.default_rng(3)
    for _ in range(30):
        stage = StageGame(rng.integers(0, 3, (3, 3, 2)).tolist())
        survivors = iterated_dominance(stage, strict=False, by="pure").survivors
        for player, actions in enumerate(survivors):
            payoffs = own_payoffs(stage, survivors, player)
            for a, b in product(actions, actions):
                assert not (np.all(payoffs[a] >= payoffs[b]) and np.any(payoffs[a] > payoffs[b]))


def test_an_action_dominated_only_by_a_mixed_action_goes():
    stage = StageGame.from_matrices([[3, 0], [0, 3], [1, 1]], [[0, 1], [0, 1], [1, 0]])
    assert iterated_dominance(stage, by="pure").eliminations == ()
    found = iterated_dominance(stage)
    assert found.survivors == ((1,), (1,))
    first = found.eliminations[0]
    assert (first.step, first.player, first.action) == (1, 0, 2)
    assert min(first.dominator[0], first.dominator[1]) > Fraction(1, 3)
    assert [(e.step, e.player, e.action) for e in found.eliminations[1:]] == [(2, 1, 0), (3, 0, 0)]


def test_a_mixed_action_that_only_ties_does_not_dominate_strictly():
    stage = StageGame.from_matrices([[2, 0], [0, 2], [1, 1]], [[0, 0]] * 3)
    assert iterated_dominance(stage).survivors == ((0, 1, 2), (0, 1))
    assert iterated_dominance(stage, strict=False).survivors == ((0, 1, 2), (0, 1))


def test_an_advantage_of_1e_minus_30_counts():
    tiny = Fraction(1, 10**30)
    stage = StageGame.from_matrices([[2, 0], [0, 2], [1 - tiny, 1 - tiny]], [[0, 0]] * 3)
    assert iterated_dominance(stage).survivors[0] == (0, 1)


def test_weak_dominance_by_a_mixed_action_needs_an_advantage_somewhere():
    stage = StageGame.from_matrices([[2, 0, 1], [0, 2, 1], [1, 1, 0]], [[0, 0, 0]] * 3)
    assert iterated_dominance(stage).survivors[0] == (0, 1, 2)
    assert iterated_dominance(stage, strict=False, by="pure").survivors[0] == (0, 1, 2)
    found = iterated_dominance(stage, strict=False)
    assert found.survivors[0] == (0, 1)
    assert found.eliminations[0].dominator == (Fraction(1, 2), Fraction(1, 2), 0)


def test_duplicated_actions_and_games_of_zeros_survive():
    assert iterated_dominance(StageGame(np.zeros((3, 2, 2))), strict=False).survivors == ((0, 1, 2), (0, 1))
    assert iterated_dominance(StageGame([[[1, 2]]])).survivors == ((0,), (0,))


@given(st.lists(st.integers(-3, 3), min_size=18, max_size=18), st.permutations(range(3)))
@settings(max_examples=60, deadline=None)
def test_relabelling_actions_relabels_the_survivors(cells, order):
    payoffs = np.array(cells).reshape(3, 3, 2)
    plain = iterated_dominance(StageGame(payoffs.tolist())).survivors
    relabelled = iterated_dominance(StageGame(payoffs[list(order)].tolist())).survivors
    assert {order[a] for a in relabelled[0]} == set(plain[0])
    assert relabelled[1] == plain[1]


def test_equilibria_are_played_on_the_survivors_of_strict_dominance():
    rng = np.random.default_rng(4)
    for _ in range(40):
        stage = StageGame(rng.integers(0, 6, (3, 4, 2)).tolist())
        survivors = iterated_dominance(stage).survivors
        for profile in nash_equilibria(stage):
            for mixture, left in zip(profile, survivors, strict=True):
                assert all(weight == 0 or a in left for a, weight in enumerate(mixture))


def test_elimination_prints_with_the_names_of_actions():
    stage = StageGame.from_matrices([[3, 0], [0, 3], [1, 1]], [[0, 0]] * 3, ["A", "B"])
    lines = str(iterated_dominance(stage)).splitlines()
    assert lines[0].startswith("1. A: 2 is dominated by ")
    assert lines[-2:] == ["left to A: 0, 1", "left to B: 0, 1"]


def test_dominant_actions_beat_every_other_against_everything():
    stage = StageGame.from_matrices([[5, 5], [4, 4], [5, 5]], [[1, 0], [1, 0], [1, 1]])
    assert dominant_actions(stage) == ((), ())
    assert dominant_actions(stage, strict=False) == ((0, 2), (0,))


@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 2), (1, 3)])
def test_dominant_actions_satisfy_their_definition(shape):
    rng = np.random.default_rng(5)
    for _ in range(30):
        stage = StageGame(rng.integers(0, 3, (*shape, len(shape))).tolist())
        for strict in (True, False):
            for player, found in enumerate(dominant_actions(stage, strict=strict)):
                payoffs = own_payoffs(stage, [list(range(n)) for n in shape], player)
                expected = tuple(
                    a
                    for a in range(shape[player])
                    if all(
                        np.all(payoffs[a] > payoffs[b] if strict else payoffs[a] >= payoffs[b])
                        for b in range(shape[player])
                        if b != a
                    )
                )
                assert found == expected


def test_an_unknown_kind_of_dominator_is_refused():
    with pytest.raises(ArgumentError, match="'by' of iterated_dominance must be one of the 2 known names"):
        iterated_dominance(StageGame(np.zeros((2, 2, 2))), by="mix")
