"""Shares over 20,000 draws and the table of readings, against numbers printed with the model."""

from dataclasses import replace

import numpy as np
import pytest

from negotiation.stability import nash_terms, share_of
from negotiation.truce import Parameters, Truce, measures, payoffs
from negotiation.truce.judge import draw

DRAWS = 20_000
THREE_ERRORS = 3 * np.sqrt(2)
"""The printed share and ours both come from 20,000 draws: their difference has sqrt(2) standard errors."""

P = Truce.central().parameters
DRAWN = draw(P, DRAWS, 7, "draw")
SLACKS = measures.slacks(DRAWN)
TODAY = (SLACKS >= 0).all(axis=-1)
ANNULLED = measures.slacks(DRAWN, annulled=True)


def _within_sampling_error(flags: np.ndarray, printed: float) -> bool:
    error = np.sqrt(printed * (1 - printed) / len(flags))
    return bool(abs(share_of(flags).value - printed) <= THREE_ERRORS * error + 5e-4)


@pytest.mark.parametrize(
    ("flags", "printed"),
    [
        pytest.param(SLACKS[:, 0] >= 0, 0.697, id="US holds"),
        pytest.param(SLACKS[:, 1] >= 0, 0.871, id="China holds"),
        pytest.param(TODAY, 0.638, id="both hold"),
        pytest.param(SLACKS.sum(axis=-1) >= 0, 0.849, id="both hold with transfers"),
        pytest.param(ANNULLED[TODAY, 1] < 0, 0.728, id="China fails after annulment, given the truce today"),
        pytest.param(ANNULLED[TODAY].sum(axis=-1) >= 0, 0.632, id="transfers save it then"),
    ],
)
def test_shares_of_the_draws(flags: np.ndarray, printed: float) -> None:
    assert _within_sampling_error(flags, printed)


def test_shares_of_crossing_years() -> None:
    without_entrenchment = replace(DRAWN, entrench=0.0)
    for bite, quantiles, between in (("linear", (2.5, 5.8, 12.4), 0.656), ("ces", (0.7, 2.2, 6.2), 0.329)):
        years = measures.crossing(without_entrenchment, bite)[TODAY]  # type: ignore[arg-type]
        rounding_and_sampling = {"rel": 0.02, "abs": 0.06}
        assert np.quantile(years, [0.1, 0.5, 0.9]) == pytest.approx(quantiles, **rounding_and_sampling)
        assert _within_sampling_error((years >= 3) & (years <= 10), between)


def test_quantiles_of_the_reversal_horizon_at_the_pace_of_the_first_year() -> None:
    yearly_rate = 1 - 0.5 ** (1 / np.asarray(DRAWN.half_life))
    years = DRAWN.p_court * DRAWN.phi / (DRAWN.omega * yearly_rate)
    assert np.quantile(years, [0.1, 0.5, 0.9]) == pytest.approx([3.0, 5.2, 8.7], rel=0.03)
    compounded = measures.reversal_horizon(replace(DRAWN, entrench=0.0))
    assert (compounded > years).all()


def test_shares_of_the_terms() -> None:
    now = nash_terms(measures.surplus(DRAWN))
    expected = nash_terms(measures.expected_surplus(DRAWN, midterm=True))
    observed = measures.observed_terms(DRAWN)
    for flags, printed in (
        (now > 0, 0.057),
        (expected > 0, 0.792),
        (observed > now, 0.990),
        (observed > expected, 0.406),
    ):
        assert _within_sampling_error(np.asarray(flags), printed)


def test_the_us_needs_more_patience_in_most_draws() -> None:
    needed = payoffs.temptation(DRAWN) / payoffs.harm(DRAWN)
    assert _within_sampling_error(needed[:, 0] > needed[:, 1], 0.651)


def test_rank_correlations_name_what_to_elicit_first() -> None:
    smallest = SLACKS.min(axis=-1)
    printed = {
        "h_cn": 0.47, "tau_us": -0.45, "omega": 0.38, "rho": -0.34, "b_us": 0.20,
        "tau_cn": -0.18, "p_div": -0.16, "lobby_us": -0.12, "turnover": -0.11, "delta": 0.10,
    }  # fmt: skip
    for name, correlation in printed.items():
        ranks = [np.argsort(np.argsort(values)) for values in (getattr(DRAWN, name), smallest)]
        assert np.corrcoef(*ranks)[0, 1] == pytest.approx(correlation, abs=3 * np.sqrt(2 / DRAWS) + 5e-3)


def test_draws_keep_to_the_box_and_repeat_with_their_seed() -> None:
    again = draw(P, DRAWS, 7, "draw")
    for name in Parameters.names():
        quantity = Truce.central().evidence.parameter(name).quantity
        values = np.asarray(getattr(DRAWN, name))
        assert quantity.low <= values.min() <= values.max() <= quantity.high
        assert np.array_equal(values, getattr(again, name))


def test_a_value_outside_its_range_widens_the_box() -> None:
    moved = Truce.central().vary(tau_us=6.0).parameters
    values = np.asarray(draw(moved, 1000, 0, "draw").tau_us)
    assert values.max() > 4.5
    assert values.max() <= 6.0


READINGS = {
    # needed US, China, patience, slack US, China, crossing linear, ces, band after annulment, Nash terms
    "central": (0.324, 0.241, 0.574, 1.62, 3.59, 6.0, 2.4, 0.12, 1.62, -1.91),
    "awani": (0.185, 0.194, 0.562, 3.25, 3.97, 24.5, 13.1, -0.33, 3.25, -0.83),
    "cn-01": (0.243, 0.361, 0.472, 1.98, 1.20, 15.2, 6.3, 1.86, 1.98, -0.18),
    "newsletter": (0.389, 0.241, 0.574, 1.00, 3.59, 7.3, 1.9, 0.12, 1.00, -2.45),
    "reex": (0.278, 0.241, 0.549, 2.05, 3.33, 11.4, 4.4, 0.23, 2.05, -1.37),
    "asia-times": (0.420, 0.260, 0.544, 0.62, 2.84, 3.6, 1.5, 0.42, 0.62, -2.25),
}


@pytest.mark.parametrize("reading", READINGS)
def test_table_of_readings(reading: str) -> None:
    truce = Truce.from_reading(reading)
    low, high = truce.transfer_band(annulled=True)
    row = (
        *truce.critical_patience(), truce.patience, *truce.slack(),
        truce.crossing_year(), truce.crossing_year("ces"), low, high, truce.nash_terms(),
    )  # fmt: skip
    tolerances = (6e-4,) * 3 + (6e-3,) * 2 + (0.06,) * 2 + (6e-3,) * 3
    for got, printed, tolerance in zip(row, READINGS[reading], tolerances, strict=True):
        assert got == pytest.approx(printed, abs=tolerance)
    assert low <= high
    assert (truce.slack() >= 0).all()


def test_readings_rank_as_their_articles_speak() -> None:
    smallest = {name: Truce.from_reading(name).slack().min() for name in READINGS if name != "central"}
    assert max(smallest, key=lambda name: smallest[name]) == "awani"
    assert min(smallest, key=lambda name: smallest[name]) == "asia-times"
    tighter = {name: int(Truce.from_reading(name).slack().argmin()) for name in READINGS}
    assert [name for name, side in tighter.items() if side == 1] == ["cn-01"]


@pytest.mark.parametrize("reading", READINGS)
def test_crossing_year_is_found_by_stepping_through_time(reading: str) -> None:
    p = Truce.from_reading(reading).parameters
    for bite in ("linear", "ces"):
        dependence, year, step = p.d0, 0.0, 1e-3
        factor = (0.5 ** (1 / p.half_life) * (1 + p.entrench)) ** step
        while True:
            share = dependence / p.d0 if bite == "linear" else np.log(1 - dependence) / np.log(1 - p.d0)
            net = p.tau_us + p.lobby_us - p.rep_us - p.b_us
            patience = p.delta * (1 - p.turnover) * (1 - p.shock) * (1 - p.rho)
            if patience * p.omega * p.h_cn * share < net:
                break
            dependence, year = dependence * factor, year + step
        assert year == pytest.approx(Truce.from_reading(reading).crossing_year(bite), abs=2 * step)  # type: ignore[arg-type]
