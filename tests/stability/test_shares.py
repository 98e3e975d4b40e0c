import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from negotiation.stability.shares import WILSON_Z, change_of, share_of
from tests.strategies import refused

flags = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


@pytest.mark.parametrize(("true", "draws"), [(0, 10), (1, 10), (5, 10), (1, 40), (638, 1000), (1, 1)])
def test_the_interval_holds_the_shares_that_a_score_test_would_not_reject(true, draws):
    found = share_of([True] * true + [False] * (draws - true))
    share = true / draws

    def excess(p):
        return (share - p) ** 2 - norm.ppf(0.975) ** 2 * p * (1 - p) / draws

    assert (found.value, found.draws) == (share, draws)
    low = 0.0 if true == 0 else brentq(excess, 0, min(share, 1 - 1e-9))
    high = 1.0 if true == draws else brentq(excess, max(share, 1e-9), 1)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert norm.ppf(0.975) == pytest.approx(WILSON_Z, abs=1e-12)


def test_the_interval_covers_the_true_share_about_95_times_in_100():
    rng, true = np.random.default_rng(8), 0.638
    shares = [share_of(rng.random(400) < true) for _ in range(2000)]
    assert np.mean([one.low <= true <= one.high for one in shares]) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("flags", [[], [0, 1], [0.5], [[True, False]], True, "x", None])
def test_flags_are_a_row_of_bools(flags):
    with refused("'flags' of share_of must be a non-empty row of bools, got "):
        share_of(flags)


@given(flags)
def test_a_change_is_the_difference_of_the_shares_and_lies_in_its_interval_when_turned_round(pairs):
    before, after = (np.array(column) for column in zip(*pairs, strict=True))
    found, back = change_of(before, after), change_of(after, before)
    assert found.value == pytest.approx(share_of(after).value - share_of(before).value)
    assert (found.low, found.high) == pytest.approx((-back.high, -back.low))
    assert -1 <= found.low < found.high <= 1


def test_the_interval_of_a_change_covers_the_true_one_about_95_times_in_100():
    rng, chances = np.random.default_rng(3), [0.5, 0.15, 0.05, 0.3]  # both, lost, gained, neither
    kinds = [rng.choice(4, 400, p=chances) for _ in range(2000)]
    found = [change_of(kind <= 1, (kind == 0) | (kind == 2)) for kind in kinds]
    assert np.mean([one.low <= -0.1 <= one.high for one in found]) == pytest.approx(0.95, abs=0.02)


def test_flags_of_two_lengths_are_refused():
    with refused("'after' of change_of must be a non-empty row of bools, as long as 'before', got bool, (2,)."):
        change_of([True], [True, False])
    with refused("'after' of change_of must be a non-empty row of bools, as long as 'before', got int64, (1,)."):
        change_of([1], [0])
