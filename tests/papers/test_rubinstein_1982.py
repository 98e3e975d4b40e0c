"""A. Rubinstein (1982), Perfect equilibrium in a bargaining model, Econometrica 50, 97-109."""

import numpy as np
import pytest

from negotiation._checks import ArgumentError
from negotiation.stability import alternating_offers


def test_equal_patience_splits_the_pie_one_to_delta():
    assert alternating_offers([0.9, 0.9])[0] == pytest.approx(0.526316, abs=5e-7)
    for delta in (0.1, 0.5, 0.99):
        assert alternating_offers([delta, delta]) == pytest.approx([1 / (1 + delta), delta / (1 + delta)])


def test_shares_are_the_limit_of_ever_longer_finite_bargaining():
    for deltas in ([0.9, 0.9], [0.6, 0.95], [0.95, 0.3]):
        proposer_keeps = 1.0
        for rounds_left in range(2001):  # the last step is the offer of side 0
            responder = (rounds_left + 1) % 2
            proposer_keeps = 1 - deltas[responder] * proposer_keeps
        assert alternating_offers(deltas)[0] == pytest.approx(proposer_keeps)


def test_neither_side_gains_by_another_offer_or_by_refusing():
    deltas = np.array([0.8, 0.7])
    first, second = alternating_offers(deltas), alternating_offers(deltas[::-1])
    assert first[1] == pytest.approx(deltas[1] * second[0])
    assert second[1] == pytest.approx(deltas[0] * first[0])


def test_many_pairs_at_once():
    grid = np.random.default_rng(0).uniform(0.01, 0.99, (4, 5, 2))
    found = alternating_offers(grid)
    assert found.shape == (4, 5, 2)
    assert found.sum(axis=-1) == pytest.approx(np.ones((4, 5)))
    assert found[1, 2] == pytest.approx(alternating_offers(grid[1, 2]))


@pytest.mark.parametrize("deltas", [[0, 0.5], [0.5, 1], [0.5, 1.2], [0.5, -0.5], [0.5, np.nan], [0.5], 0.5])
def test_discount_factors_outside_their_range_are_refused(deltas):
    with pytest.raises(ArgumentError, match=r"'deltas.*' of alternating_offers"):
        alternating_offers(deltas)
