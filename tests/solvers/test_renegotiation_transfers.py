"""Renegotiation with transfers against the closed form of the dilemma and brute force over plans."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StageGame
from negotiation.solvers.renegotiation_transfers import transfer_renegotiation_critical
from negotiation.solvers.transfers import transfer_critical_delta
from tests.strategies import refused, rescale, swap_players, two_by_twos

targets = st.tuples(st.integers(0, 1), st.integers(0, 1))


def dilemma(g, l):  # noqa: E741
    return StageGame.from_matrices([[1, -l], [1 + g, 0]], [[1, 1 + g], [-l, 0]], actions=[["C", "D"]] * 2)


def closed_form(g, l):  # noqa: E741
    half = max(Fraction(1, 2), g / (1 + g))
    other = max(g / (1 + g), (l - g) / (1 + l - g) if l > g else Fraction(0), l / (2 + l))
    return min(half, other)


def incentives_hold(stage, target, pair, delta, before):
    """Build the plan at a discount factor and check every incentive and every comparison from its definition."""
    payoffs = stage.exact_payoffs
    best = [
        [[max(payoffs[:, b, 0]) for b in range(stage.shape[1])] for _ in range(stage.shape[0])],
        [[max(payoffs[a, :, 1]) for _ in range(stage.shape[1])] for a in range(stage.shape[0])],
    ]
    joint = sum(payoffs[target])
    held = [best[i][pair[i][0]][pair[i][1]] for i in range(2)]
    refusing = []
    for i, a in enumerate(pair):
        punished = {i: held[i], 1 - i: (1 - delta) * sum(payoffs[a]) + delta * joint - held[i]}
        for j in range(2):
            if punished[j] < (1 - delta) * best[j][a[0]][a[1]] + delta * held[j]:
                return False
            if (punished[j] - (1 - delta) * payoffs[(*a, j)]) / delta < held[j]:
                return False
        refusing.append((punished[0], punished[1]))
    least = [(1 - delta) * best[i][target[0]][target[1]] + delta * held[i] for i in range(2)]
    if sum(least) > joint:
        return False
    if before == "payments":
        return True
    ends = [
        (x, joint - x) for x in (least[0], joint - least[1], held[0], joint - held[1], *(p[0] for p in refusing))
    ]
    ends += [(joint - p[1], p[1]) for p in refusing]
    paths = [u for u in ends if u[0] >= least[0] and u[1] >= least[1]]
    return any(not dominated(u, *refusing) and u[0] >= held[0] and u[1] >= held[1] for u in paths)


def dominated(*points):
    return any(p[0] > q[0] and p[1] > q[1] for p in points for q in points)


@pytest.mark.parametrize("g", [Fraction(k, 4) for k in (1, 2, 3, 4, 6, 12)])
@pytest.mark.parametrize("l", [Fraction(k, 4) for k in (1, 2, 4, 5, 7, 9, 16)])
def test_dilemma_meets_its_closed_form(g, l):  # noqa: E741
    found = transfer_renegotiation_critical(dilemma(g, l), ("C", "C"))
    assert found.high == closed_form(g, l)
    if g - l <= 1:
        assert found.exact == found.high


def test_renegotiation_before_payments_costs_nothing():
    rng, compared = np.random.default_rng(4), 0
    for _ in range(60):
        stage = StageGame(rng.integers(-4, 5, (3, 3, 2)).tolist())
        joint = stage.payoffs.sum(axis=-1)
        target = tuple(int(one) for one in np.argwhere(joint == joint.max())[0])
        found = transfer_renegotiation_critical(stage, target, before="payments")
        schedule = transfer_critical_delta(stage, target)
        assert (found.exact or (None if found.low == 1 else found.low)) == schedule
        compared += schedule is not None
    assert compared >= 20


@pytest.mark.parametrize("before", ["payments", "actions"])
@pytest.mark.parametrize("shape", [(2, 2), (3, 2)])
def test_threshold_is_the_smallest_at_which_some_plan_works(before, shape):
    rng, seen = np.random.default_rng(6), 0
    profiles = list(np.ndindex(shape))
    for _ in range(40):
        stage = StageGame(rng.integers(-3, 4, (*shape, 2)).tolist())
        target = profiles[rng.integers(len(profiles))]
        found = transfer_renegotiation_critical(stage, target, before=before)
        tried = {Fraction(k, 16) for k in range(1, 16)}
        if found.high is not None and found.high > 0:
            tried |= {found.high, found.high - Fraction(1, 10**6)}
            assert incentives_hold(stage, target, found.punishments, found.high, before)
        for delta in tried:
            works = any(
                incentives_hold(stage, target, pair, delta, before) for pair in product(profiles, repeat=2)
            )
            assert works == (found.high is not None and delta >= found.high)
            seen += works
    assert seen >= 50


@settings(max_examples=60, deadline=None)
@given(two_by_twos(), targets)
def test_bracket_is_ordered_and_does_not_depend_on_units_and_seats(stage, target):
    for before in ("payments", "actions"):
        found = transfer_renegotiation_critical(stage, target, before=before)
        assert found.high is None or found.low <= found.high
        same = rescale(stage, Fraction(5, 2), Fraction(-3))
        other = transfer_renegotiation_critical(same, target, before=before)
        assert (other.low, other.high) == (found.low, found.high)
        other = transfer_renegotiation_critical(swap_players(stage), target[::-1], before=before)
        assert (other.low, other.high) == (found.low, found.high)


@settings(max_examples=60, deadline=None)
@given(two_by_twos(), targets)
def test_more_occasions_to_renegotiate_never_help(stage, target):
    once = transfer_renegotiation_critical(stage, target, before="payments")
    twice = transfer_renegotiation_critical(stage, target, before="actions")
    assert twice.low >= once.low
    assert twice.high is None or (once.high is not None and twice.high >= once.high)


def test_wrong_arguments_are_refused():
    with refused("'before' of transfer_renegotiation_critical must be one of the 2 known names, got 'action'."):
        transfer_renegotiation_critical(dilemma(1, 1), (0, 0), before="action")
    with refused("'stage' of transfer_renegotiation_critical must have two players, got 3."):
        transfer_renegotiation_critical(StageGame(np.zeros((2, 2, 2, 3)).tolist()), (0, 0, 0))
