"""The truce as a model: its senses are those of the verdict, its answers those of the closed forms."""

import numpy as np
import pytest

from negotiation.stability import (
    article_effects,
    evaluate,
    frontier,
    random_points,
    relative_radius,
    robustness_radius,
    survival_levers,
    tipping_point,
    tipping_points,
    uncertainty,
)
from negotiation.truce import Truce

TRUCE = Truce.central()
MODEL = TRUCE.model()


def test_every_sense_is_that_of_the_truce_at_single_points():
    points = random_points(MODEL.ranges, 60, np.random.default_rng(3))
    margins = evaluate(MODEL, points)
    for row in range(60):
        truce = TRUCE.vary(
            **{name: float(values[row]) for name, values in points.items() if name != "eps1"}, eps1=1.0
        )
        radius = relative_radius(truce.temptation(), truce.deterrent(), truce.patience).min()
        expected = [
            truce.slack().min(),
            truce.patience - min(truce.pooled_critical_patience(), 1.0),
            radius - 0.1,
            truce.survival(5).survival[-1] - 0.5,
        ]
        assert margins[row] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("reading", ["central", "cn-01"])
def test_shares_are_those_of_the_verdict_to_the_last_draw(reading):
    truce = Truce.from_reading(reading)
    found, verdict = uncertainty(truce, draws=3000, seed=4), truce.verdict(draws=3000, seed=4)
    assert found.shares["alone"] == verdict.share
    assert found.shares["with transfers"] == verdict.share_with_transfers
    assert found.holds == {
        "alone": verdict.supportable,
        "with transfers": verdict.supportable_with_transfers,
        "robust": verdict.robust_by_radius,
        "lasting": verdict.rebargained.survival[-1] >= 0.5,
    }


def test_tipping_points_are_those_of_the_closed_form():
    p = TRUCE.parameters
    weight, harm = TRUCE.patience, p.omega * p.h_cn
    net = p.tau_us + p.lobby_us - p.rep_us - p.b_us
    flip = weight * harm - (net - p.tau_us)
    (found,) = tipping_point(TRUCE, "tau_us").flips
    assert found.value == pytest.approx(flip, abs=1e-9) and not found.holds_above
    (found,) = tipping_point(TRUCE, "omega").flips
    assert found.value == pytest.approx(net / (weight * p.h_cn), abs=1e-9) and found.holds_above
    assert [one.nearest for one in tipping_points(TRUCE)] == list(TRUCE.verdict(draws=10).tips)


def test_a_frontier_is_the_line_of_the_closed_form():
    p = TRUCE.parameters
    (curve,) = frontier(TRUCE, "tau_us", "omega").branches
    net = curve[:, 0] + p.lobby_us - p.rep_us - p.b_us
    assert curve[:, 1] == pytest.approx(net / (TRUCE.patience * p.h_cn), abs=1e-9)


def test_the_radius_leads_to_a_flip():
    found = robustness_radius(TRUCE, ["tau_us", "omega", "h_cn", "rho"])
    inside = {
        name: MODEL.ranges[name].central + (x - MODEL.ranges[name].central) * (1 - 1e-6)
        for name, x in found.worst.items()
    }
    outside = {
        name: MODEL.ranges[name].central + (x - MODEL.ranges[name].central) * (1 + 1e-6)
        for name, x in found.worst.items()
    }
    assert set(found.worst) == {"tau_us", "omega", "h_cn", "rho"}
    assert TRUCE.vary(**inside).slack().min() > 0 > TRUCE.vary(**outside).slack().min()


def test_an_article_believed_is_its_reading():
    effects = {one.id: one for one in article_effects(TRUCE, draws=2000).effects if one.kind == "article believed"}
    for reading in ("awani", "asia-times"):
        assert effects[reading].share == uncertainty(Truce.from_reading(reading), draws=2000).shares["alone"]


def test_levers_of_survival_are_those_of_the_truce():
    found = {one.name: one for one in survival_levers(TRUCE).levers}
    turnover = MODEL.ranges["turnover"]
    expected = [TRUCE.vary(turnover=end).survival(5) for end in (turnover.low, turnover.high)]
    assert found["turnover"].survival == tuple(float(one.survival[-1]) for one in expected)
    assert found["turnover"].mean_life == tuple(one.mean_life for one in expected)


def test_parameters_on_which_the_truce_does_not_depend_can_be_asked_about():
    truce = Truce.central()
    assert tipping_point(truce, "soy").flips == ()
    assert frontier(truce, "soy", "sigma", cells=2).branches == ()
    found = frontier(truce, "zeta_us", "zeta_cn", cells=4)
    tips = [tipping_point(truce, name).flips[0].value for name in ("zeta_us", "zeta_cn")]
    on_axes = [branch[branch[:, 1 - k] == 0, k] for branch in found.branches for k in (0, 1)]
    assert np.sort(np.concatenate(on_axes)) == pytest.approx(sorted(tips))
