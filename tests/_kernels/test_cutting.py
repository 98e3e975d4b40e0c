import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation._kernels.cutting import grow
from negotiation._kernels.polygon import hull, outside


@given(st.integers(0, 2**32 - 1), st.integers(3, 200), st.sampled_from([1e-1, 1e-3, 1e-6]))
def test_a_set_only_grows_when_it_is_simplified_and_by_no_more_than_was_asked(seed, count, detail):
    angles = np.sort(np.random.default_rng(seed).uniform(0, 2 * np.pi, count))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) / 2 + 0.5
    circle = circle[hull(circle)]
    grown = grow(circle, detail)
    assert outside(grown, circle) < 1e-14
    assert outside(circle, grown) <= detail + 1e-14


def test_short_edges_go_and_long_ones_stay():
    cut = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0 - 1e-4], [1.0 - 1e-4, 1.0], [0.0, 1.0]])
    assert grow(cut, 1e-3) == pytest.approx(np.array([[0, 0], [1, 0], [1, 1], [0, 1]]))
    assert len(grow(cut, 1e-6)) == 5
