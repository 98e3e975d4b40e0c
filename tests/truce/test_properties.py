"""What is true of every truce, drawn far beyond the plausible ranges."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from negotiation import ArgumentError
from negotiation.solvers import transfer_critical_delta
from negotiation.stability import Bite, critical_discount, supports
from negotiation.truce import Truce

TRUCE = Truce.central()

VALUES = st.fixed_dictionaries(
    {
        "tau_us": st.floats(-2, 9),
        "tau_cn": st.floats(-2, 14),
        "omega": st.floats(0.05, 2),
        "h_cn": st.floats(1, 20),
        "rho": st.floats(0, 0.9),
        "zeta_us": st.sampled_from([0.0, 1.0, 5.0]),
        "zeta_cn": st.sampled_from([0.0, 5.0]),
    }
)


@given(VALUES)
def test_slack_and_critical_patience_agree_with_each_other_and_with_the_exact_game(
    values: dict[str, float],
) -> None:
    truce = TRUCE.vary(**values)
    needed, slack = truce.critical_patience(), truce.slack()
    exact = critical_discount(truce.stage(), ("Hold", "Hold")).by_player
    for i in range(2):
        if abs(slack[i]) > 1e-9:
            assert (slack[i] > 0) == (truce.patience > needed[i])
        if abs(truce.temptation()[i]) > 1e-9 and abs(truce.deterrent()[i]) > 1e-9 and not np.isinf(exact[i]):
            assert exact[i] == pytest.approx(needed[i], rel=1e-6, abs=1e-9)


@given(VALUES, st.floats(0.1, 10))
@example(
    {"tau_us": 0.4, "tau_cn": 0.0, "omega": 1.0, "h_cn": 1.0, "rho": 0.0, "zeta_us": 0.0, "zeta_cn": 5.0}, 3.0
)
@example(
    {"tau_us": 0.0, "tau_cn": 0.0, "omega": 1.0, "h_cn": 1.0, "rho": 0.0, "zeta_us": 0.0, "zeta_cn": 5.0},
    1.2456099951635569,
)
def test_the_unit_of_payoffs_does_not_matter(values: dict[str, float], scale: float) -> None:
    truce = TRUCE.vary(**values)
    money = (
        "h_cn",
        "tau_us",
        "tau_cn",
        "lobby_us",
        "lobby_cn",
        "rep_us",
        "rep_cn",
        "b_us",
        "b_cn",
        "zeta_us",
        "zeta_cn",
    )
    scaled = truce.vary(**{name: getattr(truce.parameters, name) * scale for name in money})
    assert scaled.slack() == pytest.approx(truce.slack() * scale, abs=1e-9)
    if (np.abs(truce.deterrent()) > 1e-6).all():
        assert scaled.critical_patience() == pytest.approx(truce.critical_patience(), rel=1e-6)


@given(VALUES)
def test_side_payments_keep_the_truce_from_the_patience_of_the_exact_schedule(values: dict[str, float]) -> None:
    truce = TRUCE.vary(**values)
    for annulled in (False, True):
        exact = transfer_critical_delta(truce.stage(annulled=annulled), ("Hold", "Hold"))
        needed = truce.pooled_critical_patience(annulled=annulled)
        assert needed == (np.inf if exact is None else pytest.approx(float(exact), abs=1e-9))


@given(VALUES)
def test_terms_keep_the_truce_inside_the_band_and_nowhere_else(values: dict[str, float]) -> None:
    truce = TRUCE.vary(**values)
    p = truce.parameters
    gross = (p.tau_us + p.lobby_us - p.rep_us, p.tau_cn + p.lobby_cn - p.rep_cn)
    if min(gross[0] - p.zeta_us, gross[1] - p.zeta_cn) < 0:
        with pytest.raises(ArgumentError, match=r"'zeta_us, zeta_cn' of Truce\.transfer_band must be at most"):
            truce.transfer_band()
        return
    low, high = truce.transfer_band()
    assert (low <= high) == (truce.patience >= truce.pooled_critical_patience()) or abs(high - low) < 1e-9
    for terms in (low - 1e-6, low + 1e-6, (low + high) / 2, high - 1e-6, high + 1e-6):
        holds = supports(truce.game(terms=terms), ("Hold", "Hold"))
        assert holds == (low <= terms <= high), (terms, low, high)


@given(VALUES, st.sampled_from(["linear", "ces"]))
@example(
    {"tau_us": 2.5, "tau_cn": 0.2, "omega": 0.6, "h_cn": 10.8, "rho": 0.1, "zeta_us": 5.0, "zeta_cn": 0.0},
    "linear",
)
def test_the_us_is_deterred_until_the_crossing_year_and_not_after(values: dict[str, float], bite: Bite) -> None:
    truce = TRUCE.vary(eta=0.0, **values)
    year = truce.crossing_year(bite)
    weight, gain = truce.lasting_patience, truce.temptation()[0]

    def slack(at: float) -> float:
        return float(weight * truce.deterrent(year=at, bite=bite)[0] - gain)

    if gain <= 0:
        assert year == np.inf
    elif np.isinf(year):
        assert slack(0) > -1e-9 and slack(300) > -1e-9
    elif year == 0:
        assert slack(0) < 1e-9
    elif year < 300:
        assert slack(year * 0.999) >= -1e-9 >= slack(year * 1.001) - 2e-9
