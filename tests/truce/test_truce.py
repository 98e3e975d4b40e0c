"""Building and varying the truce, and the questions that it answers."""

import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import FrozenInstanceError
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from negotiation import ArgumentError
from negotiation.games import GameClass
from negotiation.stability import critical_discount, nash_terms
from negotiation.truce import Parameters, Truce, dossier
from negotiation.truce.judge import draw
from tests.strategies import refused

TRUCE = Truce.central()


def test_central_values_are_those_of_the_evidence() -> None:
    for name, value in TRUCE.parameters.as_mapping().items():
        assert value == dossier().parameter(name).quantity.central


def test_vary_changes_one_copy_only() -> None:
    varied = TRUCE.vary(tau_us=3.0, omega=0.5)
    assert (varied.parameters.tau_us, varied.parameters.omega) == (3.0, 0.5)
    assert TRUCE.parameters.tau_us == 2.5
    with pytest.raises(FrozenInstanceError):
        TRUCE.reading = "mine"  # type: ignore[misc]


def test_readings_override_what_their_article_says() -> None:
    for reading in dossier().readings:
        values = Truce.from_reading(reading.id).parameters.as_mapping()
        changed = {name for name, value in values.items() if value != TRUCE.parameters.as_mapping()[name]}
        assert changed <= set(reading.overrides)
        assert all(values[name] == value for name, value in reading.overrides.items())


def test_a_reading_of_ones_own_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[reading]]\nid = "mine"\ntitle = "Mine"\nsource = "reex"\nrationale = "A test."\n'
        "overrides = { omega = 0.5 }\n"
    )
    truce = Truce.from_file(file)
    assert (truce.reading, truce.parameters.omega) == ("mine", 0.5)


def test_a_reading_of_ones_own_may_not_be_called_central(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[reading]]\nid = "central"\ntitle = "M"\nrationale = "A test."\noverrides = { rho = 0.3 }\n')
    with pytest.raises(ArgumentError, match="differ from 'central'"):
        Truce.from_file(file)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tau_uss": 1.0}, ["'parameter' of Truce.vary", "'tau_uss'", "Did you mean 'tau_us'?"]),
        ({"delta": 1.0}, ["'delta' of Truce", "strictly between 0 and 1", "0.8 to 0.97"]),
        ({"delta": 0.0}, ["'delta'"]),
        ({"delta": 1.2}, ["'delta'", "1.2"]),
        ({"delta": -0.5}, ["'delta'", "-0.5"]),
        ({"delta": float("nan")}, ["'delta'", "finite", "nan"]),
        ({"h_cn": float("inf")}, ["'h_cn'", "finite", "inf"]),
        ({"omega": 0.0}, ["'omega'", "0.3 to 0.95"]),
        ({"phi": 1.01}, ["'phi'", "1.01"]),
        ({"sigma": "much"}, ["'sigma'", "number", "'much'"]),
        ({"eps1": 0.05}, ["'eps1'", "at least eps0 = 0.1", "0.05"]),
        ({"tau_us": np.array([1.0, 2.0])}, ["'tau_us'", "number"]),
    ],
)
def test_a_refusal_names_the_parameter_the_rule_and_the_value(changes: dict[str, float], words: list[str]) -> None:
    with pytest.raises(ArgumentError) as refused:
        TRUCE.vary(**changes)
    assert all(word in str(refused.value) for word in words), str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Truce.from_reading("asia"), ["'reading'", "'asia'", "Did you mean 'asia-times'?"]),
        (lambda: TRUCE.erosion(5, tier="heavi"), ["'heavi'", "Did you mean 'heavy'?"]),
        (lambda: TRUCE.erosion(-1), ["'num_rounds'", "-1"]),
        (lambda: TRUCE.survival(0), ["'num_rounds'", "0"]),
        (lambda: TRUCE.linkage([["tarif"]]), ["'tarif'", "Did you mean 'tariff'?"]),
        (lambda: TRUCE.linkage([["tariff"], ["tariff"]]), ["'bundles'", "at most once"]),
        (lambda: TRUCE.linkage([["tariff"]], false_alarms={"soybeans": 0.1}), ["'false_alarms'", "'soybeans'"]),
        (lambda: TRUCE.linkage([["tariff"]], false_alarms={"tariff": 1.5}), ["'false_alarms'", "1.5"]),
        (lambda: TRUCE.linkage([]), ["'bundles'"]),
        (lambda: TRUCE.linkage(["tariff"]), ["'bundles'", "hold lists of issues"]),
        (lambda: TRUCE.slack(year=-1), ["'year'", "-1"]),
        (lambda: TRUCE.erosion(5, use=1.5), ["'use'", "1.5"]),
        (lambda: TRUCE.vary(gamma_3=0.9), ["gamma_3", "below 1"]),
        (lambda: TRUCE.vary(gamma_truce=-0.9).best_tightness(), ["'gamma_truce'", "0 or above"]),
        (lambda: TRUCE.issue_game(["port"]), ["'port'", "Did you mean 'port-fees'?"]),
        (lambda: TRUCE.investor_horizon(1.2), ["'renewal'", "1.2"]),
        (lambda: TRUCE.sweep(), ["'values'", "at least one parameter"]),
        (lambda: TRUCE.sweep(tau_uss=[1.0]), ["'tau_uss'", "Did you mean 'tau_us'?"]),
        (lambda: TRUCE.sweep(omega=[0.5, -1.0]), ["'omega'", "-1.0"]),
        (lambda: TRUCE.sweep(omega=[]), ["'omega'", "at least one value"]),
        (lambda: TRUCE.sweep(omega=[[0.5]]), ["'omega'", "row"]),
        (lambda: TRUCE.sweep(omega=[0.5, float("nan")]), ["omega[1]", "finite"]),
    ],
)
def test_every_question_refuses_a_bad_argument_by_name(call: object, words: list[str]) -> None:
    with pytest.raises(ArgumentError) as refused:
        call()  # type: ignore[operator]
    assert all(word in str(refused.value) for word in words), str(refused.value)


@pytest.mark.parametrize(
    ("changes", "us"),
    [
        ({"tau_us": 0.35, "b_us": 0.5}, GameClass.STAG_HUNT),  # gross above 0, net below
        ({"tau_us": -1.0}, GameClass.HARMONY),
        ({"tau_us": 8.0}, GameClass.DEADLOCK),
        ({"zeta_us": 2.7}, GameClass.CHICKEN),
        ({"zeta_us": 2.5}, GameClass.PRISONERS_DILEMMA),
    ],
)
def test_the_class_of_the_game_follows_its_parameters(changes: dict[str, float], us: GameClass) -> None:
    assert TRUCE.vary(**changes).stage_class() == (us, GameClass.PRISONERS_DILEMMA)


def test_deadlock_never_holds_and_harmony_always_does() -> None:
    deadlock, harmony = TRUCE.vary(tau_us=8.0), TRUCE.vary(tau_us=-1.0, tau_cn=-1.0)
    assert deadlock.critical_patience()[0] > 1
    assert harmony.critical_patience().tolist() == [0, 0]
    assert not deadlock.verdict(draws=100).supportable
    assert harmony.verdict(draws=100).supportable


def test_erosion_of_a_tier_starts_from_its_share_and_halves_at_the_half_life() -> None:
    truce = TRUCE.vary(entrench=0.0, half_life=5.0)
    for tier in dossier().tiers:
        path = truce.erosion(10, tier=tier.id)
        assert path.shape == (11,)
        assert path[0] == pytest.approx(tier.share.central)
        if tier.id != "reserves":
            assert path[5] == pytest.approx(path[0] / 2)
    reserves = truce.erosion(30, tier="reserves")
    assert reserves[30] == pytest.approx(reserves[0] / 2, rel=2e-3)


def test_use_of_the_lever_speeds_erosion_and_a_floor_stops_it() -> None:
    assert (TRUCE.erosion(10, use=1.0)[1:] < TRUCE.erosion(10)[1:]).all()
    floored = TRUCE.vary(floor=0.5).erosion(500)
    assert floored[-1] == pytest.approx(0.45)


def test_growing_entrenchment_can_outrun_diversification() -> None:
    entrenched = TRUCE.vary(half_life=40.0, entrench=0.05)
    assert entrenched.crossing_year() == np.inf
    assert entrenched.erosion(200)[-1] == 1.0


def test_a_side_without_temptation_never_crosses() -> None:
    for changes in ({"tau_us": -1.0}, {"tau_us": 0.2}):
        truce = TRUCE.vary(**changes)
        assert truce.crossing_year() == truce.crossing_year("ces") == np.inf
        assert truce.slack(year=300)[0] >= 0


def test_extra_cost_of_conflict_delays_the_crossing_to_where_the_game_stops_deterring() -> None:
    costly = TRUCE.vary(zeta_us=1.0, eta=0.0)
    year = costly.crossing_year()
    assert year > TRUCE.crossing_year()
    assert costly.slack(year=year - 0.01)[0] > 0 > costly.slack(year=year + 0.01)[0]


def test_issue_game_with_everything_pressed_is_the_aggregate_break() -> None:
    game = TRUCE.issue_game()
    everything = game.payoffs[-1, -1]
    assert game["hold", "hold"] == pytest.approx([0.5, 0.5])
    assert everything == pytest.approx(TRUCE.stage()["Break", "Break"], abs=0.03)


def test_issue_game_with_squeezes_counts_three_levels_a_lever() -> None:
    game = TRUCE.issue_game(["rare-earths", "tariff", "fentanyl-tariff"], squeeze=True)
    assert game.shape == (9, 3)
    half = game["squeeze tariff", "hold"] - game["hold", "hold"]
    sigma = TRUCE.parameters.sigma
    assert half == pytest.approx([1.6 * (1 - (1 - sigma) ** 2), -9.3 * sigma])


def test_issue_game_moves_with_the_aggregate() -> None:
    varied = TRUCE.vary(omega=1.2).issue_game()
    assert varied["hold", "break rare-earths"][0] - 0.5 == pytest.approx(-10.0)
    bolder = TRUCE.vary(tau_us=4.6).issue_game()
    assert bolder["break tariff", "hold"][0] - 0.5 == pytest.approx(2 * 1.6)


@pytest.mark.parametrize("year", [0.0, 3.0])
def test_stage_game_agrees_with_the_arrays_behind_it(year: float) -> None:
    stage = TRUCE.stage(year=year)
    assert stage["Hold", "Hold"] - stage["Hold", "Break"] == pytest.approx(
        [TRUCE.harm(year=year)[0] + 0.5, 0.5 - 3.1], abs=1e-12
    )


def test_sweep_agrees_with_one_truce_at_a_time() -> None:
    swept = TRUCE.sweep(tau_us=[1.0, 2.5, 6.0], omega=[0.3, 0.6])
    assert dict(swept.sizes) == {"tau_us": 3, "omega": 2, "player": 2}
    for tau in (1.0, 2.5, 6.0):
        for omega in (0.3, 0.6):
            one, cell = TRUCE.vary(tau_us=tau, omega=omega), swept.sel(tau_us=tau, omega=omega)
            assert cell["slack"].to_numpy() == pytest.approx(one.slack())
            assert cell["critical_patience"].to_numpy() == pytest.approx(one.critical_patience())
            assert bool(cell["holds"]) == bool((one.slack() >= 0).all())
    assert swept.attrs["reading"] == "central"
    assert swept.attrs["half_life"] == 5.0
    assert swept["tau_us"].attrs["units"] == "points a year"


def test_sweep_of_patience_moves_patience() -> None:
    swept = TRUCE.sweep(delta=np.linspace(0.5, 0.95, 4))
    assert (np.diff(swept["patience"]) > 0).all()
    assert np.ptp(swept["critical_patience"].sel(player="US").to_numpy()) == 0


def test_each_draw_of_a_sample_is_a_truce_of_its_own() -> None:
    patience, needed = TRUCE.sample(draws=20, seed=3)
    drawn = draw(TRUCE.parameters, 20, 3, "draw").as_mapping()
    for k in range(20):
        truce = TRUCE.vary(**{name: float(np.broadcast_to(values, 20)[k]) for name, values in drawn.items()})
        assert truce.patience == pytest.approx(patience[k])
        exact = critical_discount(truce.stage(), ("Hold", "Hold")).by_player
        assert np.where(needed[k] < 1, needed[k], np.inf) == pytest.approx(exact)


def test_truces_travel_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(TRUCE)).slack().tolist() == TRUCE.slack().tolist()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(Truce.verdict, TRUCE, draws=50).result() == TRUCE.verdict(draws=50)


def test_parameters_are_documented_by_name() -> None:
    assert Parameters.names()[0] == "h_cn"
    assert len(Parameters.names()) == 38


@pytest.mark.parametrize("changes", [{"beta_cn": 0.6}, {"floor": 0.2}, {"beta_cn": 0.55, "entrench": 0.05}])
def test_at_the_reversal_horizon_the_expected_terms_are_those_of_today(changes: dict[str, float]) -> None:
    truce = TRUCE.vary(eta=0.0, **changes)
    weight = truce.parameters.beta_cn
    later = nash_terms(truce.expected_surplus(year=truce.reversal_horizon()), weight)
    assert later == pytest.approx(truce.nash_terms())


def test_a_gift_larger_than_the_whole_lever_is_never_taken_back() -> None:
    assert TRUCE.vary(beta_cn=0.0).reversal_horizon() == np.inf
    assert TRUCE.vary(floor=0.9).reversal_horizon() == np.inf


@pytest.mark.parametrize(("floor", "ends"), [(0.0, True), (0.48, True), (0.52, False), (0.9, False)])
def test_diversification_ends_fixed_terms_only_if_what_is_left_no_longer_deters(floor: float, ends: bool) -> None:
    curve = TRUCE.vary(floor=floor).survival(1, rebargained=False)
    hazard = curve.hazards[0, curve.causes.index("completed diversification")]
    assert hazard == (TRUCE.parameters.p_div if ends else 0.0)


def test_surplus_counts_the_extra_cost_of_open_conflict() -> None:
    stage = TRUCE.vary(zeta_us=1.0, zeta_cn=0.5).stage()
    gained = stage["Hold", "Hold"] - stage["Break", "Break"]
    assert TRUCE.vary(zeta_us=1.0, zeta_cn=0.5).surplus() == pytest.approx(gained)


def test_harm_with_the_convex_bite_follows_the_logarithm_of_what_is_left() -> None:
    truce = TRUCE.vary(entrench=0.0)
    left = 0.9 * 0.5 ** (3 / 5)
    assert truce.harm(year=3, bite="ces")[0] == pytest.approx(6.48 * np.log(1 - left) / np.log(0.1))
    assert truce.harm(year=3)[0] == pytest.approx(6.48 * left / 0.9)


def test_mean_life_leaves_the_ruling_behind() -> None:
    for rounds in (1, 2, 9):
        assert TRUCE.survival(rounds, rebargained=False).mean_life == pytest.approx(2.05, abs=0.005)


def test_a_sweep_holds_on_the_knife_edge() -> None:
    halved = TRUCE.vary(delta=0.5, turnover=0, shock=0, rho=0, p_div=0)
    swept = halved.sweep(tau_us=[3.64, 3.65])
    assert swept["slack"].sel(player="US").to_numpy().tolist() == [0.0, pytest.approx(-0.01)]
    assert swept["holds"].to_numpy().tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Truce(3), "'parameters' of Truce must be Parameters, got 3."),  # type: ignore[arg-type]
        (lambda: TRUCE.stage(terms="x"), "'terms' of Truce.stage must be a number, got 'x'."),  # type: ignore[arg-type]
        (lambda: TRUCE.survival(10**12), "'num_rounds' of survival must be at most 100,000"),
        (lambda: TRUCE.erosion(10**12), "'num_rounds' of Truce.erosion must be at most 100,000"),
        (lambda: TRUCE.erosion(3, tier=3), "'tier' "),  # type: ignore[arg-type]
        (lambda: TRUCE.issue_game([3]), "'issues' of Truce.issue_game must be one of the"),  # type: ignore[list-item]
        (lambda: TRUCE.linkage(None), "'bundles' of Truce.linkage must hold lists of issues, got None."),  # type: ignore[arg-type]
        (lambda: TRUCE.harm(bite="zzz"), "'bite' of Truce must be one of the 2 known names"),  # type: ignore[arg-type]
    ],
)
def test_what_fits_no_argument_is_refused_in_words(call: Callable[[], object], words: str) -> None:
    with refused(words):
        call()
