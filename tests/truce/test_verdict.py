"""The verdict: its three senses, what breaks the truce, its evidence, and its file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from negotiation import ArgumentError
from negotiation.stability import Share
from negotiation.truce import Parameters, Truce, Verdict, dossier
from negotiation.truce.judge import INCENTIVES, RESTS_ON

TRUCE = Truce.central()
VERDICT = TRUCE.verdict()


def test_the_three_senses_of_holding_are_reported_and_disagree() -> None:
    assert VERDICT.supportable
    assert (VERDICT.rebargained.survival[0], VERDICT.rebargained.survival[4]) == pytest.approx(
        (0.835, 0.405), abs=6e-4
    )
    assert not VERDICT.robust
    assert VERDICT.robust_by_radius
    assert VERDICT.share.value == pytest.approx(0.638, abs=0.014)
    assert VERDICT.share_with_transfers.value == pytest.approx(0.849, abs=0.011)


def test_the_tighter_side_and_by_how_much() -> None:
    assert VERDICT.tighter is VERDICT.sides[0]
    assert replace(VERDICT, sides=VERDICT.sides[::-1]).tighter is VERDICT.sides[0]
    assert replace(VERDICT, sides=(VERDICT.sides[0], replace(VERDICT.sides[0], name="China"))).tighter is None
    assert [side.radius for side in VERDICT.sides] == pytest.approx([0.183, 0.270], abs=6e-4)
    assert VERDICT.radius == VERDICT.sides[0].radius
    assert Truce.from_reading("cn-01").verdict(draws=10).tighter.name == "China"


def test_what_breaks_it_first() -> None:
    assert VERDICT.fixed.cause == "court ruling"
    assert VERDICT.rebargained.cause == "turnover of leaders"
    assert VERDICT.ruling.fails == ("China",)
    assert VERDICT.ruling.band == pytest.approx((0.12, 1.62), abs=0.006)
    assert [tip.name for tip in VERDICT.tips] == ["zeta_us", "zeta_cn", "omega", "tau_us", "h_cn"]
    assert [tip.value for tip in VERDICT.tips[:2]] == pytest.approx([2.6, 3.1])


def test_each_tipping_point_flips_the_verdict() -> None:
    for tip in VERDICT.tips:
        step = 1e-6 * np.sign(tip.value - tip.current)
        assert TRUCE.vary(**{tip.name: tip.value + step}).slack().min() < 0
        assert TRUCE.vary(**{tip.name: tip.value - step}).slack().min() > 0


def test_a_broken_truce_says_who_breaks_and_that_it_does_not_survive() -> None:
    broken = TRUCE.vary(tau_us=5.0).verdict(draws=500)
    assert not broken.supportable
    assert [side.holds for side in broken.sides] == [False, True]
    assert broken.supportable_with_transfers
    assert broken.fixed.survival == (0.0,) * 5
    assert broken.fixed.cause == "incentive to break"
    assert broken.rebargained.survival[0] > 0
    assert broken.radius < 0
    lost = TRUCE.vary(tau_us=7.0, tau_cn=8.0).verdict(draws=500)
    assert not lost.supportable_with_transfers
    assert lost.rebargained.survival == (0.0,) * 5


def test_on_the_knife_edge_the_truce_holds() -> None:
    edge = TRUCE.vary(tau_us=4.116817347520001)
    assert abs(edge.slack()[0]) < 1e-12
    below, above = (TRUCE.vary(tau_us=4.1168173475 + step).verdict(draws=1).supportable for step in (-1e-9, 1e-9))
    assert (below, above) == (True, False)


def test_what_only_a_harsher_answer_keeps_is_said_to_be_kept_by_it() -> None:
    harsher = TRUCE.vary(zeta_us=3.0, tau_us=-1.0).verdict(draws=1)
    assert not harsher.supportable
    assert harsher.supportable_by_optimal
    assert not TRUCE.vary(tau_us=5.0).verdict(draws=1).supportable_by_optimal


def test_no_band_is_given_where_open_conflict_is_no_equilibrium_of_the_year() -> None:
    verdict = TRUCE.vary(zeta_us=5.0).verdict(draws=1)
    assert verdict.transfer_band is None and verdict.ruling.band is None
    assert verdict.pooled_critical_patience == pytest.approx(0.236, abs=5e-4)
    assert verdict.supportable_with_transfers and verdict.ruling.kept_by_transfers
    saved = TRUCE.vary(tau_us=8.0, zeta_us=9.0).verdict(draws=1)
    assert saved.supportable_with_transfers and not saved.supportable


def test_a_verdict_can_be_a_key() -> None:
    assert len({VERDICT, Truce.central().verdict(), TRUCE.verdict(draws=10)}) == 2


def test_harsher_punishment_is_shown_where_the_year_alone_does_not_punish() -> None:
    lopsided = TRUCE.vary(zeta_us=3.0).verdict(draws=10)
    assert lopsided.sides[1].critical_patience == np.inf
    assert lopsided.optimal_critical_patience < 1
    assert VERDICT.optimal_critical_patience == pytest.approx(VERDICT.sides[0].critical_patience)


def test_the_verdict_rests_on_exactly_the_parameters_that_move_it() -> None:
    small = _moving_parts(TRUCE)
    for name in Parameters.names():
        quantity = dossier().parameter(name).quantity
        value = quantity.high if quantity.high != quantity.central else quantity.central * 1.5
        moved = any(_moving_parts(TRUCE.vary(**{name: end})) != small for end in (value, quantity.low))
        assert moved == (name in RESTS_ON), name


def test_the_incentives_are_exactly_the_parameters_that_move_a_slack() -> None:
    for name in Parameters.names():
        quantity = dossier().parameter(name).quantity
        value = quantity.high if quantity.high != quantity.central else quantity.central * 1.5
        moved = not np.array_equal(TRUCE.vary(**{name: value}).slack(), TRUCE.slack())
        assert moved == (name in INCENTIVES), name


def test_a_verdict_traces_back_to_claims_articles_and_disagreements() -> None:
    assert {source.id for source in VERDICT.sources()} == {source.id for source in dossier().sources}
    assert {claim.id for claim in VERDICT.claims()} >= {"M06", "T05", "C20", "R10", "W25"}
    founding = VERDICT.founding()
    assert sorted(name for names in founding.values() for name in names) == sorted(RESTS_ON)
    assert founding["assumed"] == ("delta",)
    assert "tau_us" in founding["sign"]
    assert "D11" in [one.id for one in VERDICT.disagreements()]


def test_changed_parameters_are_named() -> None:
    assert VERDICT.changed() == {}
    assert TRUCE.vary(omega=0.5).verdict(draws=1).changed() == {"omega": 0.5}


def test_the_same_seed_gives_the_same_verdict_and_another_seed_another_share() -> None:
    assert TRUCE.verdict(draws=300, seed=1) == TRUCE.verdict(draws=300, seed=1)
    assert TRUCE.verdict(draws=300, seed=1).share != TRUCE.verdict(draws=300, seed=2).share


def test_a_verdict_is_saved_and_read_back_whole(tmp_path: Path) -> None:
    for truce in (TRUCE, TRUCE.vary(half_life=40.0, entrench=0.05), TRUCE.vary(zeta_us=3.0)):
        verdict = truce.verdict(draws=100)
        verdict.save(tmp_path / "verdict.json")
        again = Verdict.load(tmp_path / "verdict.json")
        assert again == verdict
        assert (
            Truce(Parameters(**again.parameters), again.reading).verdict(draws=again.draws, seed=again.seed)
            == verdict
        )


@pytest.mark.parametrize("tampered", ["", "{}", '{"reading": 3}'])
def test_a_file_that_is_no_verdict_is_refused(tampered: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text(tampered)
    with pytest.raises(ArgumentError, match=r"broken\.json"):
        Verdict.load(file)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (f'"patience": {VERDICT.patience}', '"patience": "high"', "patience: Input should be a valid number"),
        (f'"patience": {VERDICT.patience}', '"patience": "NaN"', "numbers, got NaN"),
        ('"survival": [', '"survival": [], "x": [', "survival"),
    ],
)
def test_a_file_with_a_wrong_number_is_refused(old: str, new: str, word: str) -> None:
    text = VERDICT.to_json()
    assert old in text
    with pytest.raises(ArgumentError, match=word):
        Verdict.from_json(text.replace(old, new))


def test_parameters_of_another_version_are_refused() -> None:
    with pytest.raises(ArgumentError, match="omega, omgea"):
        Verdict.from_json(VERDICT.to_json().replace('"omega": 0.6', '"omgea": 0.6'))


def test_without_any_hazard_nothing_ends_the_truce() -> None:
    calm = TRUCE.vary(turnover=0, shock=0, eps0=0, p_court=0, p_div=0).verdict(draws=1)
    assert (calm.fixed.cause, calm.fixed.chance) == ("nothing", 0.0)
    assert calm.fixed.mean_life == np.inf


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"draws": 0}, "draws"),
        ({"draws": 1.5}, "draws"),
        ({"draws": 10**12}, "at most 5,000,000"),
        ({"seed": -1}, "seed"),
    ],
)
def test_draws_and_seed_are_checked(arguments: dict[str, int], word: str) -> None:
    with pytest.raises(ArgumentError, match=word):
        TRUCE.verdict(**arguments)
    with pytest.raises(ArgumentError, match=word):
        TRUCE.sample(**arguments)


def _moving_parts(truce: Truce) -> list[object]:
    verdict = truce.verdict(draws=40)
    return [
        verdict.patience, verdict.sides, verdict.rebargained, verdict.fixed, verdict.ruling,
        verdict.crossing_linear, verdict.crossing_ces, verdict.share,
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"zeta_us": 1.0}, {"tau_us": 4.0, "omega": 0.9}, {"phi": 0.3}])
def test_every_number_of_a_verdict_is_that_of_the_truce(changes: dict[str, float]) -> None:
    truce = TRUCE.vary(**changes)
    verdict = truce.verdict(draws=1)
    columns = {
        "temptation": truce.temptation(),
        "deterrent": truce.deterrent(),
        "critical_patience": truce.critical_patience(),
        "slack": truce.slack(),
        "present_slack": truce.slack() / (1 - truce.patience),
    }
    for name, column in columns.items():
        assert [getattr(side, name) for side in verdict.sides] == pytest.approx(column.tolist())
    assert verdict.pooled_critical_patience == truce.pooled_critical_patience()
    assert verdict.transfer_band == tuple(truce.transfer_band())
    assert verdict.ruling.band == tuple(truce.transfer_band(annulled=True))
    assert (verdict.crossing_linear, verdict.crossing_ces) == (truce.crossing_year(), truce.crossing_year("ces"))


def test_the_tighter_side_does_not_depend_on_the_unit_of_a_side() -> None:
    small = TRUCE.vary(omega=0.05, tau_us=0.5)
    assert small.slack()[0] < small.slack()[1]
    assert small.verdict(draws=1).tighter.name == "China"


@pytest.mark.parametrize(("share", "robust"), [(0.8999, False), (0.90, True)])
def test_robust_asks_for_nine_tenths_of_the_draws(share: float, robust: bool) -> None:
    assert replace(VERDICT, share=Share(share, share, share, 10_000)).robust == robust


@pytest.mark.parametrize(("radius", "robust"), [(0.0999, False), (0.10, True)])
def test_the_other_yardstick_asks_for_a_tenth(radius: float, robust: bool) -> None:
    sides = (replace(VERDICT.sides[0], radius=radius), VERDICT.sides[1])
    assert replace(VERDICT, sides=sides).robust_by_radius == robust
