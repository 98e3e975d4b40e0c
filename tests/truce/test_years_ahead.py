"""The outlook holds the numbers that the truce gives year by year."""

import numpy as np
import pytest

from negotiation.truce import Truce, outlook, standing

TRUCE = Truce.central()


def test_outlook_repeats_the_answers_of_the_truce() -> None:
    ahead = outlook(TRUCE)
    for year in (0, 4, 12):
        assert ahead.band[year].tolist() == TRUCE.transfer_band(year=year).tolist()
        assert ahead.annulled_band[year].tolist() == TRUCE.transfer_band(year=year, annulled=True).tolist()
        assert ahead.nash_terms[year] == TRUCE.nash_terms(year=year)
        assert ahead.annulled_nash_terms[year] == TRUCE.nash_terms(year=year, annulled=True)
        assert ahead.needed_linear[year] == TRUCE.critical_patience(year=year)[0]
    assert ahead.rebargained.survival.tolist() == TRUCE.survival(5).survival.tolist()
    assert ahead.fixed.survival.tolist() == TRUCE.survival(5, rebargained=False).survival.tolist()


def test_curves_cross_the_patience_there_is_in_the_year_of_the_crossing() -> None:
    ahead = outlook(TRUCE)
    for needed, crossing in ((ahead.needed_linear, ahead.crossing_linear), (ahead.needed_ces, ahead.crossing_ces)):
        before, after = int(np.floor(crossing)), int(np.ceil(crossing))
        assert needed[before] < ahead.patience < needed[after]


def test_there_are_no_terms_where_open_conflict_is_not_credible() -> None:
    ahead = outlook(TRUCE.vary(zeta_us=3.0))
    assert ahead.band is None and ahead.annulled_band is None and ahead.plan is None


def test_the_plan_answers_a_break_by_breaking_for_ever() -> None:
    plan = outlook(TRUCE).plan
    assert plan.output.tolist() == [[0, 0], [1, 1]] and plan.initial == 0


@pytest.mark.parametrize("reading", ["central", "cn-01"])
def test_a_standing_holds_four_fifths_of_its_draws_in_its_range(reading: str) -> None:
    truce = Truce.from_reading(reading)
    found = standing(truce, draws=500, seed=8)
    assert found.reading == reading and found.patience == truce.patience
    assert found.needed.tolist() == truce.critical_patience().tolist()
    for drawn, (low, high) in (
        (found.drawn_patience, found.patience_range),
        *zip(found.drawn_needed.T, found.needed_range, strict=True),
    ):
        assert np.mean((low <= drawn) & (drawn <= high)) == pytest.approx(
            0.8, abs=1 / 250
        )  # the two draws at its ends


def test_the_same_seed_gives_the_same_standing() -> None:
    one, other = (standing(TRUCE, draws=50, seed=2) for _ in range(2))
    assert one.drawn_needed.tolist() == other.drawn_needed.tolist()
