"""Every solver through the same test: units, seats, labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StageGame
from tests.conformance import GAINS, NUMBERS, PAYOFFS, PROFILES, rows
from tests.strategies import rescale, swap_players

SCALE, SHIFT = 3, -7
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=25, deadline=None)


def drawn(seed):
    """Draw a game of two players with two or three actions each, ties frequent."""
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(2, 4, 2))
    return StageGame(rng.integers(0, 5, (*shape, 2)).tolist())


def relabelled(stage):
    """Turn the order of all actions but the first, which the tests take as their target."""
    turned = np.concatenate([stage.payoffs[:1], stage.payoffs[:0:-1]])
    return StageGame(np.concatenate([turned[:, :1], turned[:, :0:-1]], axis=1).tolist())


def relabelled_action(action, count):
    return action and count - action


@few
@given(seeds)
@pytest.mark.parametrize("name", PAYOFFS)
def test_payoffs_follow_units_seats_and_labels(name, seed):
    solve, stage = PAYOFFS[name], drawn(seed)
    found = rows(solve(stage))
    assert rows(solve(rescale(stage, SCALE, SHIFT))) == pytest.approx(found * SCALE + SHIFT, abs=1e-7)
    assert rows(solve(relabelled(stage))) == pytest.approx(found, abs=1e-7)
    assert rows(solve(swap_players(stage))) == pytest.approx(rows(found[:, ::-1]), abs=1e-7)


@few
@given(seeds)
@pytest.mark.parametrize("name", GAINS)
def test_differences_of_payoffs_follow_units_seats_and_labels(name, seed):
    solve, stage = GAINS[name], drawn(seed)
    found = rows(solve(stage))
    assert rows(solve(rescale(stage, SCALE, SHIFT))) == pytest.approx(found * SCALE, abs=1e-7)
    assert rows(solve(relabelled(stage))) == pytest.approx(found, abs=1e-7)
    assert rows(solve(swap_players(stage))) == pytest.approx(rows(found[:, ::-1]), abs=1e-7)


@few
@given(seeds)
@pytest.mark.parametrize("name", PROFILES)
def test_profiles_follow_seats_and_labels_and_not_units(name, seed):
    solve, stage = PROFILES[name], drawn(seed)
    found = sorted(solve(stage))
    assert sorted(solve(rescale(stage, SCALE, SHIFT))) == found
    assert sorted(solve(swap_players(stage))) == sorted(profile[::-1] for profile in found)
    renamed = sorted(tuple(map(relabelled_action, profile, stage.shape)) for profile in found)
    assert sorted(solve(relabelled(stage))) == renamed


@few
@given(seeds)
@pytest.mark.parametrize("name", NUMBERS)
def test_discount_factors_follow_nothing(name, seed):
    solve, stage = NUMBERS[name], drawn(seed)
    found = solve(stage)
    for changed in (rescale(stage, SCALE, SHIFT), relabelled(stage), swap_players(stage)):
        assert solve(changed) == pytest.approx(found, abs=1e-6)
