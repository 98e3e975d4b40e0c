import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from negotiation.games import RepeatedGame, StageGame, grim_trigger
from negotiation.solvers.one_shot_deviations import one_shot
from negotiation.stability.bargaining import implied_weight, nash_terms, pooled_critical_patience, transfer_band
from negotiation.stability.critical import critical_discount
from negotiation.stability.incentives import slack
from tests.strategies import refused

sizes = st.integers(1, 12)
pairs = st.tuples(st.floats(0.1, 20), st.floats(0.1, 20))


def truce_game(temptation, harm, terms=0.0):
    """Build a truce in which the first side pays `terms` a year while both hold; open conflict is worth 0."""
    own = [
        [[harm[i] - temptation[i] - pays, -temptation[i]], [harm[i], 0]] for i, pays in enumerate((terms, -terms))
    ]
    return StageGame.from_matrices(own[0], np.transpose(own[1]))


def both_hold(temptation, harm, terms, patience):
    stage = truce_game(temptation, harm, terms)
    return one_shot(RepeatedGame(stage, patience), grim_trigger(stage, (0, 0), (1, 1))).is_equilibrium()


@pytest.mark.parametrize(
    ("temptation", "harm", "patience"),
    [((2.1, 2.6), (6.48, 10.8), 0.574), ((3, 1), (4, 9), 0.5), ((1, 1), (3, 3), 0.9)],
)
def test_the_band_holds_exactly_the_transfers_that_keep_both_sides_holding(temptation, harm, patience):
    low, high = transfer_band(slack(temptation, harm, patience))
    for terms in np.linspace(low - 1, high + 1, 41):
        if min(abs(terms - low), abs(terms - high)) > 1e-9:
            assert both_hold(temptation, harm, terms, patience) == (low < terms < high)


def test_the_band_is_empty_where_the_slacks_add_up_to_less_than_nothing():
    slacks = np.array([[1.62, 3.59], [1, -1], [1, -2], [-1, -1]])
    band = transfer_band(slacks)
    assert band.tolist() == [[-3.59, 1.62], [1, 1], [2, 1], [1, -1]]
    assert ((band[:, 0] <= band[:, 1]) == (slacks.sum(axis=-1) >= 0)).all()
    assert not any(both_hold((3, 3), (4, 4), terms, 0.7) for terms in np.linspace(-5, 5, 101))


@given(st.tuples(sizes, sizes), st.tuples(sizes, sizes))
def test_pooled_patience_is_the_threshold_of_the_game_with_transfers(temptation, extra):
    harm = tuple(t + e for t, e in zip(temptation, extra, strict=True))
    pooled = float(pooled_critical_patience(temptation, harm))
    game = critical_discount(truce_game(temptation, harm), (0, 0), punishment="transfers")
    assert pooled == pytest.approx(game.value, abs=1e-12)
    own = [t / h for t, h in zip(temptation, harm, strict=True)]
    assert min(own) <= pooled * (1 + 1e-12) and pooled <= max(own) * (1 + 1e-12)
    below, above = (transfer_band(slack(temptation, harm, pooled + step)) for step in (-1e-6, 1e-6))
    assert below[0] > below[1] and above[0] < above[1]


def test_pooled_patience_at_its_edges():
    gains = [[1, -3], [0, 0], [1, 0], [1, 2]]
    harms = [[1, 1], [0, 0], [0, 0], [-1, 7]]
    assert pooled_critical_patience(gains, harms).tolist() == [0, 0, math.inf, 0.5]


@pytest.mark.parametrize("weight", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("surplus", [(4.38, 8.2), (1, 1), (3, -1), (-0.5, 2)])
def test_nash_terms_maximise_the_weighted_product_of_gains(surplus, weight):
    first, second = surplus

    def loss(terms):
        return -(1 - weight) * math.log(first - terms) - weight * math.log(second + terms)

    margin = 1e-12 * (first + second)
    best = minimize_scalar(
        loss, bounds=(-second + margin, first - margin), method="bounded", options={"xatol": 1e-9}
    )
    assert float(nash_terms(surplus, weight)) == pytest.approx(best.x, abs=1e-5)


@given(pairs, st.floats(0, 1))
def test_each_side_ends_with_its_weight_of_the_total(surplus, weight):
    terms = float(nash_terms(surplus, weight))
    assert surplus[1] + terms == pytest.approx(weight * sum(surplus))
    assert surplus[0] - terms == pytest.approx((1 - weight) * sum(surplus), abs=1e-9)
    assert float(implied_weight(terms, surplus)) == pytest.approx(weight, abs=1e-9)
    assert float(nash_terms(surplus[::-1], 1 - weight)) == pytest.approx(-terms, abs=1e-9)


def test_all_goes_to_the_side_with_all_the_weight():
    assert nash_terms([[4, 8], [4, 8]], [0, 1]).tolist() == [-8, 4]


def test_terms_outside_the_surplus_imply_weights_outside_0_to_1():
    assert implied_weight([-8, 4, 5, -9], (4, 8)).tolist() == pytest.approx([0, 1, 13 / 12, -1 / 12])


def test_sides_stand_on_the_last_axis_of_arrays_of_any_shape():
    surplus = np.arange(1, 13.0).reshape(2, 3, 2)
    assert transfer_band(surplus).shape == (2, 3, 2)
    assert pooled_critical_patience(surplus, 2 * surplus).tolist() == [[0.5] * 3] * 2
    assert nash_terms(surplus).tolist() == [[-0.5] * 3] * 2
    assert nash_terms(surplus, [[0.0], [1.0]]).tolist() == [[-2, -4, -6], [7, 9, 11]]
    assert implied_weight([0, 1, 2], surplus).shape == (2, 3)


def test_numbers_that_do_not_fit_are_refused_by_name():
    for values, shape in ((3, "()"), ([1, 2, 3], "(3,)"), ([[1], [2]], "(2, 1)")):
        with refused(f"'slacks' of transfer_band must hold the two sides on its last axis, got shape {shape}."):
            transfer_band(values)
    with refused("'harm' of pooled_critical_patience must hold the two sides on its last axis, got shape (1,)."):
        pooled_critical_patience([1, 2], [1])
    with refused("'temptation[1]' of pooled_critical_patience must be finite, got nan."):
        pooled_critical_patience([1, math.nan], [1, 2])
    for weight in (-0.5, 1.2):
        with refused(f"'weight' of nash_terms must lie between 0 and 1, got {weight}."):
            nash_terms([1, 2], weight)
    with refused("'surplus' of nash_terms must be a rectangular array of numbers, got 'x'."):
        nash_terms("x")
    with refused("'surplus' of implied_weight must have a total other than 0, got [3.0, -3.0]."):
        implied_weight(1, [3, -3])
    with refused("'terms' of implied_weight must be finite, got inf."):
        implied_weight(math.inf, [1, 2])
