"""The propositions of the truce model at the central values, to the digits that the documentation gives."""

import numpy as np
import pytest

from negotiation.games import RepeatedGame, grim_trigger
from negotiation.solvers import nash_equilibria, one_shot, payoff_set, pure_equilibria
from negotiation.stability import (
    critical_discount,
    crossing_year,
    dependence_at_bite,
    implied_weight,
    incentive_slack,
    largest_hazard,
    largest_pending_risk,
    link,
    monitoring_gap,
    nash_terms,
    patience_with_lag,
    punishment_length,
    strategic_risk,
    worst_equilibrium_payoffs,
    yearly_rate,
)
from negotiation.truce import Truce
from negotiation.truce.issues import select, temptations_and_harms
from tests.truce.oracle import closed_form

TRUCE = Truce.central()
ORACLE = closed_form(TRUCE)


def test_central_year_is_a_prisoners_dilemma_with_the_documented_payoffs() -> None:
    game = TRUCE.stage()
    assert game.payoffs[..., 0] == pytest.approx(np.array([[0.50, -6.48], [2.60, -3.88]]))
    assert game.payoffs[..., 1] == pytest.approx(np.array([[0.50, 3.10], [-10.80, -7.70]]))
    assert [one.value for one in TRUCE.stage_class()] == ["prisoner's dilemma"] * 2
    assert nash_equilibria(game).pure == ((1, 1),)
    assert len(nash_equilibria(game)) == 1


def test_year_with_squeeze_has_the_documented_payoffs_and_the_same_critical_patience() -> None:
    game = TRUCE.stage(squeeze=True)
    us = [[0.50, -1.94, -6.48], [1.83, -0.44, -4.98], [2.60, 0.33, -3.88]]
    china = [[0.50, 2.12, 3.10], [-3.45, -1.66, -0.68], [-10.80, -9.01, -7.70]]
    assert game.payoffs[..., 0] == pytest.approx(np.array(us), abs=0.006)
    assert game.payoffs[..., 1] == pytest.approx(np.array(china), abs=0.006)
    assert pure_equilibria(game) == ((2, 2),)
    for stage in (game, TRUCE.stage()):
        assert critical_discount(stage, ("Hold", "Hold")).by_player == pytest.approx([0.3241, 0.2407], abs=5e-5)


def test_p1_both_hold_and_the_stronger_side_is_the_tighter_one() -> None:
    game = TRUCE.game()
    found = critical_discount(game.stage, ("Hold", "Hold"))
    assert TRUCE.patience == pytest.approx(0.574, abs=5e-4)
    assert found.value < TRUCE.patience
    assert found.binding == ("US",)
    judged = one_shot(game, grim_trigger(game.stage, ("Hold", "Hold"), ("Break", "Break")))
    present = judged.slack[0] / (1 - TRUCE.patience)
    assert present == pytest.approx([3.79, 8.43], abs=0.005)


def test_p1_stability_rises_with_the_smaller_harm() -> None:
    shares = [min(TRUCE.vary(omega=omega).slack()) for omega in (0.4, 0.6, 0.9, 1.5)]
    assert shares == sorted(shares)
    assert len(set(shares)) == 4


def test_p2_path_of_critical_patience_and_crossing_years() -> None:
    truce = TRUCE.vary(entrench=0.0)
    path = [truce.critical_patience(year=year)[0] for year in range(10)]
    assert path == pytest.approx([0.324, 0.372, 0.428, 0.491, 0.564, 0.648, 0.745, 0.855, 0.982, 1.13], abs=5e-3)
    linear = [truce.vary(half_life=years).crossing_year() for years in (3, 5, 7.5, 10)]
    ces = [truce.vary(half_life=years).crossing_year("ces") for years in (3, 5, 7.5, 10)]
    assert linear == pytest.approx([3.1, 5.2, 7.7, 10.3], abs=0.06)
    assert ces == pytest.approx([1.2, 2.1, 3.1, 4.1], abs=0.06)
    assert TRUCE.crossing_year() - truce.crossing_year() == pytest.approx(0.9, abs=0.05)
    slow = truce.vary(half_life=np.log(2) / -np.log1p(-truce.parameters.gamma_res))
    assert slow.crossing_year() == pytest.approx(30.9, abs=0.06)


def test_p2_crossing_is_where_the_game_of_that_year_stops_deterring() -> None:
    years = TRUCE.crossing_year()
    for shift, holds in ((-0.01, True), (0.01, False)):
        stage = TRUCE.vary(eta=0).stage(year=years + shift)
        slack = incentive_slack(stage, ("Hold", "Hold"), TRUCE.lasting_patience)
        assert (slack[0] >= 0) == holds


def test_p3_annulment_shifts_power_to_china_and_the_us_pays() -> None:
    annulled = TRUCE.stage(annulled=True)
    assert critical_discount(annulled, ("Hold", "Hold")).by_player[1] == pytest.approx(0.602, abs=5e-4)
    assert TRUCE.slack(annulled=True)[1] < 0 <= TRUCE.slack(annulled=True)[0]
    assert TRUCE.transfer_band() == pytest.approx([-3.59, 1.62], abs=0.006)
    assert TRUCE.transfer_band(annulled=True) == pytest.approx([0.12, 1.62], abs=0.006)
    assert TRUCE.nash_terms() == pytest.approx(-1.91, abs=0.005)
    assert TRUCE.nash_terms(annulled=True) == pytest.approx(1.33, abs=0.005)
    pooled = critical_discount(annulled, ("Hold", "Hold"), punishment="transfers")
    assert pooled.value == pytest.approx(0.435, abs=5e-4)
    assert TRUCE.pooled_critical_patience(annulled=True) == pytest.approx(pooled.value)


def test_p3_china_fails_exactly_from_the_critical_cut_on() -> None:
    critical_cut = 1 - TRUCE.temptation()[1] / (TRUCE.patience * TRUCE.harm()[1])
    assert critical_cut == pytest.approx(0.580, abs=5e-4)
    assert TRUCE.vary(phi=critical_cut - 1e-9).slack(annulled=True)[1] > 0
    assert TRUCE.vary(phi=critical_cut + 1e-9).slack(annulled=True)[1] < 0


def test_p3_terms_inside_the_band_make_the_game_after_annulment_hold() -> None:
    low, high = TRUCE.transfer_band(annulled=True)
    for terms, holds in ((low - 0.01, False), (low + 0.01, True), (high - 0.01, True), (high + 0.01, False)):
        stage = TRUCE.stage(annulled=True, terms=terms)
        assert bool((incentive_slack(stage, ("Hold", "Hold"), TRUCE.patience) >= 0).all()) == holds


def test_p3b_a_likely_ruling_already_breaks_a_truce_of_fixed_terms() -> None:
    risks = largest_pending_risk(TRUCE.temptation(), TRUCE.harm(), TRUCE.patience)
    assert risks == pytest.approx([0.644, 0.764], abs=5e-4)
    value = TRUCE.surplus() / (1 - TRUCE.patience)
    present = TRUCE.patience * (1 - TRUCE.parameters.p_court) * value - TRUCE.temptation()
    assert present == pytest.approx([0.26, 1.81], abs=0.005)


def test_p4_observed_terms_are_explained_by_dated_shocks() -> None:
    assert TRUCE.observed_terms() == pytest.approx(0.70)
    assert implied_weight(TRUCE.observed_terms(), TRUCE.surplus()) == pytest.approx(0.71, abs=0.005)
    court, both = TRUCE.expected_surplus(), TRUCE.expected_surplus(midterm=True)
    assert nash_terms(court) == pytest.approx(0.03, abs=0.005)
    assert nash_terms(both) == pytest.approx(0.84, abs=0.005)
    assert implied_weight(TRUCE.observed_terms(), both) == pytest.approx(0.49, abs=0.005)


def test_p5_time_favours_china_first_and_the_us_later() -> None:
    truce = TRUCE.vary(entrench=0.0, eta=0.0)
    worth_of_court = nash_terms(truce.expected_surplus()) - truce.nash_terms()
    assert worth_of_court == pytest.approx(1.94, abs=0.005)
    yearly_loss = float(yearly_rate(5)) * truce.harm()[0] / 2
    assert yearly_loss == pytest.approx(0.42, abs=0.005)
    assert worth_of_court / yearly_loss == pytest.approx(4.6, abs=0.05)
    horizon = truce.reversal_horizon()
    assert horizon == pytest.approx(6.6, abs=0.05)
    assert nash_terms(truce.expected_surplus(year=horizon)) == pytest.approx(truce.nash_terms())
    terms = [nash_terms(truce.expected_surplus(year=year)) for year in (0, 1, 2, 3, 4, 5, 12)]
    assert terms == pytest.approx([0.03, -0.39, -0.75, -1.07, -1.35, -1.59, -2.59], abs=0.006)


def test_p6_china_strikes_first_if_erosion_looks_fast() -> None:
    hazards = largest_hazard(TRUCE.temptation(), TRUCE.harm(), TRUCE.lasting_patience)
    assert hazards == pytest.approx([0.510, 0.636], abs=5e-4)
    assert TRUCE.parameters.p_div < hazards.min()
    for i, hazard in enumerate(hazards):
        assert TRUCE.vary(p_div=hazard - 1e-9).slack()[i] > 0 > TRUCE.vary(p_div=hazard + 1e-9).slack()[i]
    assert TRUCE.slack(annulled=True)[1] < 0


def test_p7_linkage_widens_until_technology_breaks_the_bundle() -> None:
    alone = TRUCE.linkage([["rare-earths"], ["tariff"], ["port-fees"]])
    assert alone.critical[0, 1] == alone.critical[1, 0] == np.inf
    assert alone.critical[2, 0] == pytest.approx(1.25)
    assert not alone.holds.any()
    assert TRUCE.linkage([["rare-earths", "tariff"]]).critical[0] == pytest.approx([0.320, 0.204], abs=5e-4)
    included = [issue.id for issue in TRUCE.evidence.issues if issue.included]
    bundle, wider = TRUCE.linkage([included]), TRUCE.linkage([[*included, "tech-controls"]])
    assert bundle.critical[0] == pytest.approx([0.323, 0.241], abs=5e-4)
    assert wider.critical[0, 0] == pytest.approx(0.662, abs=5e-4)
    assert bundle.holds.all() and not wider.holds.any()


def test_p7_technology_breaks_the_bundle_from_a_temptation_of_1_63() -> None:
    included = [issue.id for issue in TRUCE.evidence.issues if issue.included]
    gains, harms = temptations_and_harms(TRUCE.parameters, select([*included, "tech-controls"], "issues", "test"))
    limit = TRUCE.patience * harms[:, 0].sum() - gains[:-1, 0].sum()
    assert limit == pytest.approx(1.63, abs=0.005)
    for own, holds in ((limit - 1e-9, True), (limit + 1e-9, False)):
        gains[-1, 0] = own
        assert link(gains, harms, [range(len(gains))], patience=TRUCE.patience).holds[0] == holds


def test_p7_linked_issues_are_the_issue_game_under_grim_punishment() -> None:
    game = TRUCE.issue_game()
    assert game.shape == (8, 16)
    every_lever = ("break tariff, break fentanyl-tariff, break port-fees",
                   "break rare-earths, break soybeans, break precursors, break port-fees")  # fmt: skip
    assert pure_equilibria(game) == (game.profile(*every_lever),)
    assert critical_discount(game, ("hold", "hold")).by_player == pytest.approx([2.1 / 6.5, 2.6 / 10.8])


def test_p7_noise_makes_linkage_contagious() -> None:
    core, rest = ["rare-earths", "tariff"], ["soybeans", "precursors", "fentanyl-tariff"]
    alarms = {"tariff": 0.05, "soybeans": 0.20}
    apart = TRUCE.linkage([core, rest], false_alarms=alarms)
    linked = TRUCE.linkage([core + rest], false_alarms=alarms)
    assert apart.total_value == pytest.approx(23.7, abs=0.05)
    assert linked.total_value == pytest.approx(21.9, abs=0.05)
    assert apart.holds.tolist() == [True, False]


def test_p8_squeezes_ask_for_long_punishment_and_a_hotline_shortens_it() -> None:
    game = TRUCE.stage(squeeze=True)
    gain = np.array([game["Squeeze", "Hold"][0], game["Hold", "Squeeze"][1]]) - game["Hold", "Hold"]
    cost = game["Hold", "Hold"] - game["Break", "Break"]
    assert gain == pytest.approx([1.33, 1.62], abs=0.005)
    lengths = {
        gap: [punishment_length(*pair, TRUCE.patience, 0.10, 0.10 + gap) for pair in zip(gain, cost, strict=True)]
        for gap in (0.45, 0.3, 0.2)
    }
    assert lengths[0.45] == pytest.approx([1.38, 0.75], abs=0.005)
    assert np.ceil(lengths[0.45]).tolist() == [2, 1]
    assert np.ceil(lengths[0.3]).tolist() == [4, 2]
    assert lengths[0.2][0] == np.inf
    assert lengths[0.2][1] == pytest.approx(3.01, abs=0.005)
    gaps = [monitoring_gap(*pair, TRUCE.patience, 0.10) for pair in zip(gain, cost, strict=True)]
    assert gaps == pytest.approx([0.255, 0.166], abs=5e-4)


def test_p9_best_use_of_the_lever_falls_as_use_speeds_erosion() -> None:
    uses = [TRUCE.vary(gamma_x=rate).best_tightness() for rate in (0, 0.1, 0.25, 0.5, 1)]
    assert uses == pytest.approx([1.00, 0.85, 0.73, 0.61, 0.49], abs=0.005)
    assert [round(use / 0.04) * 0.04 for use in uses] == pytest.approx([1.00, 0.84, 0.72, 0.60, 0.48])


def test_p10_the_yearly_clock_cuts_both_ways() -> None:
    without_rho = TRUCE.vary(rho=0).patience
    critical_rho = largest_hazard(TRUCE.temptation(), TRUCE.harm(), without_rho)
    assert critical_rho == pytest.approx([0.52, 0.64], abs=0.005)
    margins = [TRUCE.investor_horizon(chance) for chance in (1, 0.95, 0.85, 0.70)]
    assert margins == pytest.approx([9.0, 5.9, 3.3, 1.7], abs=0.05)


def test_p10_half_the_lever_lost_at_a_stroke_and_an_annulment_end_the_truce_that_survives_each() -> None:
    halved = TRUCE.vary(omega=TRUCE.parameters.omega / 2)
    for truce, annulled in ((halved, False), (TRUCE, True)):
        low, high = truce.transfer_band(annulled=annulled)
        assert low <= high
    assert halved.transfer_band(annulled=True) == pytest.approx([0.12, -0.24], abs=0.005)
    assert halved.pooled_critical_patience(annulled=True) == pytest.approx(0.622, abs=5e-4)


def test_p10_a_steady_decline_and_an_annulment_end_the_truce_after_six_years() -> None:
    steady = TRUCE.vary(entrench=0.0, eta=0.0)
    half = steady.parameters.half_life
    assert steady.transfer_band(year=half, annulled=True) == pytest.approx([-0.26, 0.04], abs=0.006)
    widths = [np.diff(steady.transfer_band(year=year, annulled=True))[0] for year in (6.09, 6.10)]
    assert widths[0] > 0 > widths[1]


def test_p11_poison_pills_keep_china_dependent() -> None:
    today = [TRUCE.vary(eta=eta).critical_patience(year=5)[1] for eta in (0, 0.02, 0.05, 0.10)]
    annulled = [TRUCE.vary(eta=eta).critical_patience(year=5, annulled=True)[1] for eta in (0, 0.02, 0.05, 0.10)]
    assert today == pytest.approx([0.241, 0.266, 0.311, 0.408], abs=5e-4)
    assert annulled == pytest.approx([0.602, 0.666, 0.778, 1.02], abs=5e-3)


def test_p12_survival_by_review() -> None:
    assert TRUCE.survival(5).survival == pytest.approx([0.835, 0.696, 0.581, 0.485, 0.405], abs=6e-4)
    fixed = TRUCE.survival(5, rebargained=False).survival
    assert fixed == pytest.approx([0.289, 0.209, 0.152, 0.110, 0.079], abs=6e-4)


def test_lasting_half_dependence_is_a_knife_edge() -> None:
    lasting = TRUCE.vary(floor=0.5)
    assert lasting.critical_patience(year=200)[0] == pytest.approx(0.648, abs=5e-4)
    assert lasting.lasting_patience == pytest.approx(0.662, abs=5e-4)
    assert lasting.crossing_year() == np.inf
    assert np.isfinite(lasting.vary(floor=0.48).crossing_year())


def test_chicken_variant_is_easier_to_keep() -> None:
    chicken = TRUCE.vary(zeta_us=2.61, zeta_cn=3.11)
    stage = chicken.stage()
    assert [one.value for one in chicken.stage_class()] == ["chicken"] * 2
    assert pure_equilibria(stage) == ((0, 1), (1, 0))
    assert critical_discount(stage, ("Hold", "Hold")).by_player == pytest.approx([0.231, 0.187], abs=5e-4)
    assert chicken.critical_patience() == pytest.approx([0.231, 0.187], abs=5e-4)


def test_measures_of_stability_at_the_central_values() -> None:
    assert TRUCE.pooled_critical_patience() == pytest.approx(0.272, abs=5e-4)
    risk = strategic_risk(TRUCE.stage(), TRUCE.patience)
    assert risk.size_bad == pytest.approx([0.407, 0.269], abs=5e-4)
    assert (risk.cooperation_product, risk.breaking_product) == pytest.approx((5.81, 1.47), abs=0.005)
    assert risk.is_risk_dominant
    curve = TRUCE.survival(5)
    assert curve.hazard[0] == pytest.approx(0.165, abs=5e-4)
    assert curve.mean_life == pytest.approx(6.0, abs=0.06)
    fixed = TRUCE.vary(p_court=0).survival(5, rebargained=False)
    assert fixed.hazard[0] == pytest.approx(0.276, abs=5e-4)
    assert fixed.mean_life == pytest.approx(3.6, abs=0.05)
    assert fixed.survival[-1] == pytest.approx(0.20, abs=0.005)


@pytest.mark.parametrize("reading", ["central", *(one.id for one in TRUCE.evidence.readings)])
def test_general_solvers_and_closed_forms_agree_on_every_reading(reading: str) -> None:
    truce = Truce.from_reading(reading)
    oracle = closed_form(truce)
    found = critical_discount(truce.stage(), ("Hold", "Hold"))
    assert truce.patience == pytest.approx(oracle.patience)
    assert found.by_player == pytest.approx(oracle.critical)
    assert truce.critical_patience() == pytest.approx(oracle.critical)
    assert incentive_slack(truce.stage(), ("Hold", "Hold"), truce.patience) == pytest.approx(oracle.slack)
    assert truce.slack() == pytest.approx(oracle.slack)
    assert worst_equilibrium_payoffs(truce.stage().payoffs) == pytest.approx(oracle.conflict)


def test_payoff_set_of_the_truce_holds_the_truce_and_its_worst_points_are_open_conflict() -> None:
    found = payoff_set(TRUCE.game())
    assert found.contains(TRUCE.stage()["Hold", "Hold"])
    assert found.threat == pytest.approx(TRUCE.stage()["Break", "Break"])
    impatient = payoff_set(RepeatedGame(TRUCE.stage(), 0.2))
    assert not impatient.contains(TRUCE.stage()["Hold", "Hold"])


def test_retaliation_lag_lowers_the_patience_needed() -> None:
    needed = patience_with_lag(TRUCE.temptation(), TRUCE.harm(), TRUCE.parameters.lag)
    assert needed == pytest.approx(ORACLE.critical**2)
    assert (patience_with_lag(TRUCE.temptation(), TRUCE.harm(), 17 / 365) < needed).all()


def test_crossing_year_inverts_the_bite() -> None:
    remaining = dependence_at_bite(0.49, 0.9, "ces")
    assert float(crossing_year(remaining, 0.87)) == pytest.approx(np.log(float(remaining)) / np.log(0.87))
