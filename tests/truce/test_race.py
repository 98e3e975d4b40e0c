"""The leverage race, against closed forms, other solvers of the library and plays followed year by year."""

import json
from itertools import product

import numpy as np
import pytest
import xarray
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation import ArgumentError, Truce, critical_discount, repeated_negotiation, transfer_equilibrium
from negotiation.cli import main
from negotiation.games.chain import simulate
from negotiation.report import race_text
from negotiation.solvers import Proofness
from negotiation.stability import largest_pending_risk, self_enforcing, self_enforcing_terms
from negotiation.truce import LeverageRace, Parameters, levers, solve_race
from tests.truce.oracle import closed_form

BARE = {"calendar": "none", "squeeze": "none", "alarms": False, "markets": (1.0,)}
"""The race of the closed forms: a jump of dependence, a ruling, and nothing else that moves."""

PENDING, INTACT, ANNULLED = (
    f"truce, chain 100%, {authority}" for authority in ("ruling pending", "tariffs intact", "tariffs annulled")
)


def bare(**changes: float) -> LeverageRace:
    return Truce.central().vary(**{"gamma_x": 0.0, "eta": 0.0} | changes).leverage_race(**BARE)


def fixed_slacks(race: LeverageRace, state: str) -> list[float]:
    """Return the present slack of both sides in a state, points."""
    found = solve_race(race, 1).fixed
    slacks: list[float] = (found.slacks[race.game.state(state)] / (1 - race.game.delta)).tolist()
    return slacks


def test_slack_after_the_ruling_is_the_present_slack_of_the_closed_form() -> None:
    race, expected = bare(), closed_form(Truce.central())
    present = expected.slack / (1 - expected.patience)
    assert fixed_slacks(race, INTACT) == pytest.approx(present.tolist())
    assert present == pytest.approx([3.79, 8.43], abs=0.005)  # as the model prints it


def test_slack_before_the_ruling_anticipates_it() -> None:
    assert fixed_slacks(bare(), PENDING) == pytest.approx([0.26, 1.81], abs=0.005)  # as the model prints it


@pytest.mark.parametrize(("side", "printed"), [(0, 0.644), (1, 0.764)])
def test_the_largest_risk_of_annulment_is_that_of_the_closed_form(side: int, printed: float) -> None:
    expected = closed_form(Truce.central())
    temptation, harm = expected.critical * [6.48, 10.8], [6.48, 10.8]
    risk = float(largest_pending_risk(temptation, harm, expected.patience)[side])
    assert risk == pytest.approx(printed, abs=0.0005)
    for change, holds in ((-1e-6, True), (1e-6, False)):
        slack = fixed_slacks(bare(p_court=risk + change, tau_us=2.5 if side == 0 else 1.5), PENDING)[side]
        assert (slack >= 0) is holds


@pytest.mark.parametrize(("change", "holds"), [(-1e-6, True), (1e-6, False)])
def test_china_stops_holding_once_annulment_costs_enough_of_the_tariff(change: float, holds: bool) -> None:
    expected = closed_form(Truce.central())
    phi = 1 - float(expected.critical[1] / expected.patience)
    assert phi == pytest.approx(0.580, abs=0.0005)  # as the model prints it
    answer = solve_race(bare(phi=phi + change), 1)
    assert answer.fixed.holds(ANNULLED) is holds
    assert answer.rebargained.holds(ANNULLED)


@pytest.mark.parametrize(("name", "us", "cn"), [("p_div", 0.510, 0.636), ("rho", 0.52, 0.64)])
def test_hazards_take_each_side_to_its_threshold(name: str, us: float, cn: float) -> None:
    expected = closed_form(Truce.central())
    now = float(Truce.central().parameters.as_mapping()[name])  # type: ignore[arg-type]
    largest = 1 - expected.critical / (expected.patience / (1 - now))
    assert largest == pytest.approx([us, cn], abs=0.006)
    for side, change in product((0, 1), (-1e-7, 1e-7)):
        slack = fixed_slacks(bare(**{name: float(largest[side]) + change}), INTACT)[side]
        assert (slack >= 0) is (change < 0)


def test_either_shock_leaves_terms_that_save_the_truce_and_both_leave_none() -> None:
    race = Truce.central().vary(gamma_x=0, eta=0).leverage_race(**BARE, tiers={"chain": (1, 0.5, 0)})
    answer = solve_race(race, 1)
    assert answer.rebargained.holds("truce, chain 50%, tariffs intact")
    assert answer.rebargained.holds("truce, chain 100%, tariffs annulled")
    assert not answer.rebargained.holds("truce, chain 50%, tariffs annulled")


def test_survival_is_that_of_the_hazards_when_no_two_shocks_meet() -> None:
    truce = Truce.central().vary(p_court=0.0, gamma_x=0.0)
    course = solve_race(truce.leverage_race(calendar="none"), 5).rebargained_course
    np.testing.assert_allclose(course.survival[1:], truce.survival(5).survival, rtol=1e-12)
    assert course.survival[1:] == pytest.approx([0.835, 0.696, 0.581, 0.485, 0.405], abs=0.0005)


def test_survival_on_fixed_terms_is_that_of_the_hazards() -> None:
    truce = Truce.central().vary(p_court=0.4, gamma_x=0.0, eta=0.0)
    answer = solve_race(truce.leverage_race(calendar="none"), 5)
    assert answer.fixed.holds(answer.race.start)
    course, expected = answer.fixed_course, truce.survival(5, rebargained=False)
    np.testing.assert_allclose(course.survival[1:], expected.survival, rtol=1e-12)
    assert course.mean_life == pytest.approx(expected.mean_life)


def test_bargained_terms_are_the_nash_terms_of_each_state() -> None:
    """They are if open conflict moves no lever faster than the truce does."""
    truce = Truce.central()
    answer = solve_race(bare(), 1)
    by_state = dict(zip(answer.race.game.states, answer.rebargained.bargained_terms, strict=True))
    assert by_state[INTACT] == pytest.approx(truce.nash_terms())
    assert by_state[ANNULLED] == pytest.approx(truce.nash_terms(annulled=True))
    negotiated = dict(zip(answer.race.game.states, answer.negotiated_terms(), strict=True))
    assert negotiated[INTACT] == pytest.approx(truce.nash_terms())


def test_time_favours_china_first_and_the_united_states_later() -> None:
    """An annulment moves terms towards China at once, erosion moves them back step by step."""

    def terms_along(*steps: float) -> dict[str, float]:
        race = Truce.central().leverage_race(tiers={"chain": steps}, markets=(1.0,), calendar="none")
        return dict(zip(race.game.states, solve_race(race, 8).rebargained.bargained_terms, strict=True))

    jump, terms = terms_along(1, 0), terms_along(1, 0.75, 0.5, 0.25, 0)
    assert jump[ANNULLED] > jump[INTACT]
    by_step = [terms[f"truce, chain {share}%, tariffs intact"] for share in (100, 75, 50, 25)]
    assert np.all(np.diff(by_step) < 0)


def test_expected_terms_turn_against_china_when_erosion_has_outrun_the_ruling() -> None:
    """Terms of repeated negotiation with dependence as it stands after t years, averaged over the ruling."""
    truce = Truce.central().vary(entrench=0.0, p_div=0.0)
    p, expected = truce.parameters, []
    for year in range(13):
        left = 0.5 ** (year / float(p.half_life))
        race = truce.vary(omega=float(p.omega) * left, gamma_x=0.0, eta=0.0).leverage_race(**BARE)
        terms = dict(zip(race.game.states, solve_race(race, 1).negotiated_terms(), strict=True))
        expected.append((1 - p.p_court) * terms[INTACT] + p.p_court * terms[ANNULLED])
    printed = [0.03, -0.39, -0.75, -1.07, -1.35, -1.59]
    assert expected[:6] == pytest.approx(printed, abs=0.006)
    gift = expected[0] - truce.nash_terms()
    assert gift == pytest.approx(1.94, abs=0.005)
    before, after = int(truce.reversal_horizon()), int(truce.reversal_horizon()) + 1
    assert expected[before] > truce.nash_terms() > expected[after]


def test_deterrents_wear_off_by_the_printed_path() -> None:
    truce = Truce.central().vary(entrench=0.0)
    path = [critical_discount(truce.stage(year=t), ("Hold", "Hold")).by_player[0] for t in range(10)]
    printed = [0.324, 0.372, 0.428, 0.491, 0.564, 0.648, 0.745, 0.855, 0.982]
    assert [float(x) for x in path[:9]] == pytest.approx(printed, abs=0.0006)


@pytest.mark.parametrize(("eta", "printed"), [(0.0, 0.241), (0.02, 0.266), (0.05, 0.311), (0.1, 0.408)])
def test_poison_pills_keep_the_patience_that_china_needs_low(eta: float, printed: float) -> None:
    stage = Truce.central().vary(eta=eta).stage(year=5)
    assert float(critical_discount(stage, ("Hold", "Hold")).by_player[1]) == pytest.approx(printed, abs=0.0006)


def test_a_known_decline_unravels_the_truce_and_a_jump_a_floor_or_new_terms_do_not() -> None:
    truce = Truce.central().vary(p_court=0.0, entrench=0.0, gamma_x=0.0)
    yearly = 0.5 ** (1 / float(truce.parameters.half_life))
    known = tuple(yearly**t for t in range(25))
    race = truce.leverage_race(**BARE, steady=True, tiers={"chain": known})
    answer = solve_race(race, 1)
    truces = [race.game.state(state) for state in answer.states]
    assert not answer.fixed.upheld[truces].any()
    assert answer.rebargained.holds(race.start)
    assert solve_race(truce.leverage_race(**BARE), 1).fixed.holds(INTACT)
    stopped = truce.leverage_race(**BARE, steady=True, tiers={"chain": known[:4]})
    assert solve_race(stopped, 1).fixed.holds("truce, chain 65.98%, tariffs intact")


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_what_terms_uphold_the_best_equilibrium_with_transfers_can_sustain(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truce = Truce.central().vary(
        tau_us=rng.uniform(1, 6),
        tau_cn=rng.uniform(1, 6),
        omega=rng.uniform(0.3, 1),
        rho=0.0,
        p_court=rng.uniform(),
    )
    race = truce.leverage_race(squeeze="none")
    upheld = solve_race(race, 1).rebargained.upheld
    works = transfer_equilibrium(race.game).works
    for state in np.flatnonzero(upheld):
        if race.is_truce(race.game.states[state]):
            assert works[state][0, 0]


def test_one_review_a_year_that_always_negotiates_leaves_no_promise() -> None:
    race = bare(rho=0.99)
    answer = solve_race(race, 1)
    assert not answer.fixed.upheld[[race.game.state(state) for state in answer.states]].any()
    assert not any(answer.negotiated_holds(state) for state in answer.states)


@pytest.mark.parametrize(
    "design",
    [
        {},
        {"calendar": "cycle"},
        {"repair": 0.4},
        {"squeeze": "unseen"},
        {"tiers": {"chain": (1, 0.5), "heavy": (1, 0)}},
    ],
)
def test_the_course_agrees_with_simulated_plays(design: dict[str, object]) -> None:
    race = Truce.central().vary(p_court=0.3).leverage_race(**design)
    answer = solve_race(race, 6)
    course, upheld = answer.rebargained_course, answer.rebargained.upheld
    np.testing.assert_allclose(course.survival + course.ended_by.sum(axis=1), 1)
    np.testing.assert_allclose(course.states.sum(axis=1), course.survival)
    paths = 20_000
    plays = simulate(
        race.game, answer.rebargained.policy, race.start, 7, rng=np.random.default_rng(5), paths=paths
    )
    standing = np.array([race.is_truce(state) for state in race.game.states]) & upheld
    kept = np.logical_and.accumulate(standing[plays.states], axis=1).mean(axis=0)
    error = 4 * np.sqrt(course.survival * (1 - course.survival) / paths)  # four standard errors
    assert np.all(np.abs(kept - course.survival) <= error + 1e-12)


def test_mean_life_is_the_sum_of_survival() -> None:
    answer = solve_race(Truce.central().leverage_race(), 400)
    assert answer.rebargained_course.mean_life == pytest.approx(answer.rebargained_course.survival.sum())


def test_what_ends_the_truce_is_blamed_on_the_move_without_which_it_would_stand() -> None:
    course = solve_race(Truce.central().leverage_race(), 5).rebargained_course
    ended = dict(zip(course.causes, course.ended_by[1], strict=True))
    p = Truce.central().parameters
    stands = (1 - p.turnover) * (1 - p.shock) * (1 - p.eps0 * (1 - p.psi))
    assert ended["lost dependence and court ruling"] == pytest.approx(stands * p.p_div * p.p_court)
    assert ended.get("court ruling", 0) == 0  # bargained terms survive the ruling alone


def test_the_first_strike_is_the_united_states_once_its_lever_is_answered_by_none() -> None:
    strikes = solve_race(bare(p_court=0.0), 4).strikes
    p = Truce.central().parameters
    stands = (1 - p.turnover) * (1 - p.shock)
    lost = np.array([p.p_div * sum((stands * (1 - p.p_div)) ** k for k in range(t)) * stands for t in range(5)])
    np.testing.assert_allclose(strikes[:, 0], lost)
    assert not strikes[:, 1].any()


def test_unseen_squeezes_undo_fixed_terms_and_fewer_forgiven_alarms_mend_that() -> None:
    truce = Truce.central().vary(p_court=0.0)
    unseen = solve_race(truce.leverage_race(squeeze="unseen"), 1)
    assert not unseen.fixed.upheld[[unseen.race.game.state(state) for state in unseen.states]].any()
    stern = truce.vary(psi=0.0, eps0=0.0).leverage_race(squeeze="unseen")
    assert solve_race(stern, 1).fixed.holds(stern.start)


def test_every_lever_moves_the_race_its_way() -> None:
    now, longer, hotline, pill = levers(Truce.central().leverage_race(), 5)
    first = now.answer.fixed.slacks[0]
    assert np.all(longer.answer.fixed.slacks[0] > first)
    assert hotline.course.mean_life > now.course.mean_life
    assert pill.answer.fixed.slacks[0, 1] > first[1]
    assert longer.changes["rho"] == pytest.approx(1 - 0.85 ** (1 / 3))


def test_nobody_would_change_its_investing_in_any_one_state() -> None:
    race = Truce.central().leverage_race(investing=True, squeeze="none")
    answer = solve_race(race, 1)
    assert answer.settled
    found, game = answer.fixed, answer.race.game
    for state in np.flatnonzero(found.upheld):
        here = found.agreement[state]
        for side in (0, 1):
            other = list(here)
            other[side] ^= 1  # an action and the same with investing stand side by side
            values = [
                (1 - game.delta) * game.payoffs[state][profile][side]
                + game.delta * game.transitions[state][profile] @ found.values[:, side]
                for profile in (here, tuple(other))
            ]
            assert values[0] >= values[1] - 1e-9


@pytest.mark.parametrize(("cost", "invests"), [(0.0, True), (50.0, False)])
def test_investing_follows_its_cost(cost: float, invests: bool) -> None:
    race = Truce.central().leverage_race(investing=True, invest_cost_us=cost, invest_cost_cn=cost)
    answer = solve_race(race, 1)
    played = {race.game.actions[0][side][action] for side, action in enumerate(answer.fixed.agreement[0])}
    assert played == ({"Hold + invest"} if invests else {"Hold"})


def test_negotiation_of_the_race_is_that_of_the_solver() -> None:
    race = Truce.central().leverage_race()
    answer = solve_race(race, 1)
    again = repeated_negotiation(race.game, 0.15, (0.5, 0.5))
    assert answer.negotiated.complete
    np.testing.assert_allclose(again.equilibria[0].negotiated, answer.negotiated.equilibria[0].negotiated)


def test_holding_is_renegotiation_proof_where_the_best_plan_holds_and_nowhere_else() -> None:
    race = Truce.central().leverage_race()
    answer = solve_race(race, 1)
    best = transfer_equilibrium(race.game.with_delta(0.9 * 0.85))
    proven = {state: answer.proven(state) for state in answer.states}
    assert proven[race.start] is Proofness.PROOF
    for state, proof in proven.items():
        if proof is Proofness.PROOF:
            assert best.targets[race.game.state(state)] == (0, 0)
    assert proven["truce, chain 0%, tariffs annulled, later, lever on China 80%"] is Proofness.NOT


def test_the_plans_of_an_answer_are_those_of_the_general_functions() -> None:
    race = Truce.central().leverage_race()
    answer = solve_race(race, 1)
    plans = race.profiles("Hold"), race.profiles("Break")
    fixed = self_enforcing(race.game, *plans, lapse=0.15, judge=race.judge)
    terms = self_enforcing_terms(race.game, *plans, weight=0.5, lapse=0.15, judge=race.judge)
    assert fixed.upheld.tolist() == answer.fixed.upheld.tolist()
    np.testing.assert_allclose(terms.terms, answer.rebargained.terms)


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"tiers": {}}, "'tiers' of RaceDesign"),
        ({"tiers": {"magnet": (1, 0)}}, "tier"),
        ({"tiers": {"chain": (0.9, 0)}}, "must fall from 1 step by step"),
        ({"tiers": {"chain": (1, 0.5, 0.5)}}, "must fall from 1 step by step"),
        ({"tiers": {"chain": (1, 0.95, 0)}}, "must leave steps of at least the yearly fall"),
        ({"markets": (1, -0.1)}, "'markets' of RaceDesign"),
        ({"calendar": "weekly"}, "'calendar' of RaceDesign"),
        ({"squeeze": True}, "'squeeze' of RaceDesign"),
        ({"repair": 1.5}, "'repair' of RaceDesign"),
        ({"invest_cost_us": -1}, "'invest_cost_us' of RaceDesign"),
        ({"invest_cost_cn": float("nan")}, "'invest_cost_cn' of RaceDesign"),
    ],
)
def test_wrong_designs_get_one_clear_refusal(design: dict[str, object], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        Truce.central().leverage_race(**design)


def test_the_answer_is_kept_as_a_labelled_data_set() -> None:
    answer = solve_race(Truce.central().leverage_race(), 3)
    found = answer.to_dataset()
    assert found.sizes == {"state": 9, "player": 2, "year": 4}
    assert found.attrs["rho"] == 0.15 and found.attrs["reading"] == "central"
    assert set(Parameters.names()) <= set(found.attrs)
    assert found["survival_rebargained"].values.tolist() == answer.rebargained_course.survival.tolist()
    assert found["terms"].attrs["units"] == "points a year"


def test_the_text_names_every_state_and_says_what_it_rests_on() -> None:
    pulled = levers(Truce.central().leverage_race(), 3)
    text = race_text(pulled[0].answer, pulled)
    assert text.count("lever on China") == 9
    assert "Most sizes are assumptions" in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_command_prints_the_race_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["race", "--years", "3", "--set", "omega=0.8", "--calendar", "none"]) == 0
    assert "By year" in capsys.readouterr().out
    assert main(["race", "--years", "2", "--json", "--steps", "1", "0.5", "0"]) == 0
    printed = capsys.readouterr().out
    assert "NaN" not in printed
    assert xarray.Dataset.from_dict(json.loads(printed)).sizes["year"] == 3


@pytest.mark.parametrize(
    "words", [["--years", "0"], ["--steps", "0.5"], ["--calendar", "x"], ["--repair", "2"], ["--set", "omgea=1"]]
)
def test_the_command_refuses_wrong_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["race", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
