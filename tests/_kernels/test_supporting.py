import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from negotiation._kernels.polygon import ROUNDING, hull, sides
from negotiation._kernels.supporting import BUCKETS, _bucket, _ceilings

places = st.integers(0, 6)
clouds = st.lists(st.tuples(places, places), min_size=1, max_size=12)


@example([(0, 0), (0, 1)], 0)
@example([(0, 0), (1, 0)], 1)
@given(clouds, st.integers(0, 1))
def test_ceilings_lie_above_the_polygon_and_not_above_its_tops_two_parts_away(cloud, axis):
    polygon = np.array(cloud, dtype=float) / 6
    polygon = polygon[hull(polygon)]
    ceilings, parts = _ceilings(*sides(polygon))
    ends = zip(polygon, np.roll(polygon, -1, axis=0), strict=True)
    boundary = np.concatenate(
        [start + np.linspace(0, 1, 200)[:, np.newaxis] * (end - start) for start, end in ends]
    )
    part = np.array([_bucket(at, parts, axis) for at in boundary[:, axis]])
    across = boundary[:, 1 - axis]
    assert (across <= ceilings[axis, part]).all()
    for b in set(part.tolist()):
        near = across[np.abs(part - b) <= 2]
        assert ceilings[axis, b] <= near.max() + ROUNDING + 1e-12
    assert part.max() == (BUCKETS - 1 if np.ptp(polygon[:, axis]) > 0 else 0)
