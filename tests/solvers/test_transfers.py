"""Repeated games with transfers against enumeration of plans and reference results."""

import json
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from negotiation._checks import ArgumentError
from negotiation.games import StageGame
from negotiation.solvers.minmax import pure_minmax
from negotiation.solvers.nash import pure_equilibria
from negotiation.solvers.transfers import transfer_critical_delta, transfer_schedule

LISTED = json.loads((Path(__file__).parents[1] / "cases" / "relational.json").read_text())["cases"]
CASES = {name: case for name, case in LISTED.items() if "critical_delta_list" in case}
DILEMMA = StageGame.from_matrices([[1, -0.8], [1.6, 0]], [[1, 1.6], [-0.8, 0]], actions=[["C", "D"]] * 2)
LOPSIDED = StageGame.from_matrices([[2, -2], [5, 0]], [[2, 2.5], [-2, 0]], actions=[["C", "D"]] * 2)
PENNIES = StageGame.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])


def case_game(case):
    state = case["game"][0]
    return StageGame.from_matrices(state["pi1"], state["pi2"], None, [state["a1_labels"], state["a2_labels"]])


def best_deviations(stage):
    best = {}
    for profile in product(*map(range, stage.shape)):
        best[profile] = [
            max(stage.exact_payoffs[(*profile[:i], a, *profile[i + 1 :], i)] for a in range(stage.shape[i]))
            for i in range(stage.num_players)
        ]
    return best


def workable_plans(stage, delta):
    """List (U, v) of every plan whose largest liquidity requirement the surplus of the plan covers."""
    best = best_deviations(stage)
    joint = {profile: sum(stage.exact_payoffs[profile]) for profile in best}
    found = []
    for plan in product(best, repeat=1 + stage.num_players):
        liquidity = max(sum(best[a]) - joint[a] for a in plan)
        punished = tuple(best[a][i] for i, a in enumerate(plan[1:]))
        if (1 - delta) * liquidity <= delta * (joint[plan[0]] - sum(punished)):
            found.append((joint[plan[0]], punished))
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_reference_payoffs_are_met_at_single_discount_factors(case):
    schedule = transfer_schedule(case_game(case))
    results = [result for result in case["results"] if result["method"] == "rel_spe"]
    assert len(results) >= 4
    for result in results:
        plan, expected = schedule.at(result["args"]["delta"]), result["eq"][0]
        assert plan is not None
        assert float(plan.joint_payoff) == pytest.approx(expected["U"], abs=1e-9)
        assert float(plan.punishment_payoffs[0]) == pytest.approx(expected["v1"], abs=1e-9)
        assert float(plan.punishment_payoffs[1]) == pytest.approx(expected["v2"], abs=1e-9)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_reference_segments_are_met(case):
    plans = transfer_schedule(case_game(case)).plans
    assert len(plans) == len(case["critical_delta_list"])
    for plan, expected in zip(plans, case["critical_delta_list"], strict=True):
        assert float(plan.low) == pytest.approx(expected["delta_min"], abs=1e-9)
        assert float(plan.high) == pytest.approx(expected["delta_max"], abs=1e-9)
        assert float(plan.joint_payoff) == pytest.approx(expected["U"], abs=1e-9)
        assert float(plan.punishment_payoffs[0]) == pytest.approx(expected["v1_rep"], abs=1e-9)
        assert float(plan.punishment_payoffs[1]) == pytest.approx(expected["v2_rep"], abs=1e-9)


@pytest.mark.parametrize(("shape", "count"), [((2, 2), 40), ((3, 2), 25), ((2, 2, 2), 3), ((4, 1), 10)])
def test_schedule_is_the_best_of_all_plans(shape, count):
    rng = np.random.default_rng(1)
    for _ in range(count):
        stage = StageGame(rng.integers(-3, 5, (*shape, len(shape))).tolist())
        schedule = transfer_schedule(stage)
        ends = {end for plan in schedule.plans for end in (plan.low, (plan.low + plan.high) / 2)}
        for delta in sorted((ends | {Fraction(1, 100), Fraction(99, 100)}) - {0}):
            workable = workable_plans(stage, delta)
            plan = schedule.at(delta)
            assert (plan is None) == (not workable)
            if plan is not None:
                assert plan.joint_payoff == max(joint for joint, _ in workable)
                for player in range(stage.num_players):
                    assert plan.punishment_payoffs[player] == min(v[player] for _, v in workable)


def test_profiles_of_a_plan_give_its_payoffs_and_its_liquidity():
    rng = np.random.default_rng(2)
    for _ in range(30):
        stage = StageGame(rng.integers(-3, 5, (3, 3, 2)).tolist())
        best = best_deviations(stage)
        for plan in transfer_schedule(stage).plans:
            assert sum(stage.exact_payoffs[plan.target]) == plan.joint_payoff
            assert plan.punishment_payoffs == tuple(best[a][i] for i, a in enumerate(plan.punishments))
            used = (plan.target, *plan.punishments)
            assert max(sum(best[a]) - sum(stage.exact_payoffs[a]) for a in used) == plan.liquidity
            surplus = plan.joint_payoff - sum(plan.punishment_payoffs)
            assert (1 - plan.low) * plan.liquidity == plan.low * surplus or plan.low == plan.liquidity == 0


def test_segments_join_and_improve_up_to_the_folk_theorem():
    rng = np.random.default_rng(3)
    for _ in range(30):
        stage = StageGame(rng.integers(-3, 5, (3, 3, 2)).tolist())
        schedule = transfer_schedule(stage)
        for before, after in zip(schedule.plans, schedule.plans[1:], strict=False):
            assert before.low < before.high == after.low
            assert before.joint_payoff <= after.joint_payoff
            assert sum(before.punishment_payoffs) >= sum(after.punishment_payoffs)
        assert (schedule.lowest_delta == 0) == bool(pure_equilibria(stage))
        if schedule.plans:
            last = schedule.plans[-1]
            assert last.high == 1
            floor = pure_minmax(stage).exact_values
            efficient = max(sum(cell) for cell in stage.exact_payoffs.reshape(-1, 2))
            if efficient > sum(floor):
                assert (last.joint_payoff, last.punishment_payoffs) == (efficient, floor)


def test_critical_delta_is_where_the_profile_begins_to_hold():
    rng = np.random.default_rng(4)
    positive = 0
    for _ in range(25):
        stage = StageGame(rng.integers(-3, 5, (3, 2, 2)).tolist())
        best = best_deviations(stage)
        for profile in best:
            joint = sum(stage.exact_payoffs[profile])
            liquidity = sum(best[profile]) - joint
            critical = transfer_critical_delta(stage, profile)

            def holds(delta, stage=stage, joint=joint, liquidity=liquidity):
                return any(
                    (1 - delta) * liquidity <= delta * (joint - sum(v)) for _, v in workable_plans(stage, delta)
                )

            if critical is None:
                assert not holds(Fraction(999, 1000))
            else:
                assert critical == 0 or holds(critical)
                assert holds((critical + 1) / 2)
                assert critical == 0 or not holds(critical * Fraction(999, 1000))
                positive += critical > 0
    assert positive > 10


def test_a_poor_profile_may_be_backed_by_punishments_that_only_a_better_one_sustains():
    # Player 0 is held to 1 by the profile (1, 2), whose requirement is 2. Worth 5, the profile (0, 1) can pay
    # for that from 2 / (2 + 5 - 3) = 1/2 on; the better profile (0, 2), worth 6, from 2 / (2 + 6 - 3) on.
    stage = StageGame.from_matrices([[0, 3, 3], [1, 0, 1]], [[2, 2, 3], [0, 2, 0]])
    delta = Fraction(2, 5)
    assert transfer_critical_delta(stage, (0, 1)) == delta
    plan = transfer_schedule(stage).at(delta)
    assert plan is not None
    assert (plan.joint_payoff, plan.punishment_payoffs) == (6, (1, 2))
    # Split so, the 5 of the profile (0, 1) keep both players from taking their best deviation, worth 3, and
    # then their punishment.
    kept = (Fraction(23, 10), Fraction(27, 10))
    assert sum(kept) == sum(stage.exact_payoffs[0, 1])
    for payoff, punished in zip(kept, plan.punishment_payoffs, strict=True):
        assert payoff >= (1 - delta) * 3 + delta * punished


def test_prisoners_dilemma_needs_the_gain_over_the_temptation():
    assert transfer_critical_delta(DILEMMA, ("C", "C")) == Fraction(3, 8)
    assert transfer_critical_delta(DILEMMA, (1, 1)) == 0
    assert [plan.low for plan in transfer_schedule(DILEMMA).plans] == [0, Fraction(3, 8)]


def test_lopsided_dilemma_is_exploited_with_side_payments_first():
    schedule = transfer_schedule(LOPSIDED)
    assert [(plan.low, plan.joint_payoff, plan.target) for plan in schedule.plans] == [
        (0, 0, (1, 1)),
        (Fraction(2, 5), 3, (1, 0)),
        (Fraction(7, 15), 4, (0, 0)),
    ]
    assert transfer_critical_delta(LOPSIDED, ("C", "C")) == Fraction(7, 15)
    assert transfer_critical_delta(LOPSIDED, ("D", "C")) == Fraction(2, 5)
    assert transfer_critical_delta(LOPSIDED, ("C", "D")) == Fraction(4, 5)


def test_mutual_gifts_are_given_in_part_by_the_impatient():
    gifts = [Fraction(k, 10) for k in range(11)]
    cells = [[(e2 - e1**2 / 2, e1 - e2**2 / 2) for e2 in gifts] for e1 in gifts]
    plan = transfer_schedule(StageGame(cells)).at(0.3)
    assert plan is not None
    assert plan.joint_payoff == Fraction(84, 100)


def test_ends_of_segments_belong_to_the_better_plan():
    schedule = transfer_schedule(LOPSIDED)
    for delta in (Fraction(7, 15), 7 / 15):
        assert schedule.at(delta) is schedule.plans[2]
    assert schedule.at(Fraction(7, 15) - Fraction(1, 10**30)) is schedule.plans[1]
    assert schedule.at(0.4666) is schedule.plans[1]


def test_matching_pennies_has_no_equilibrium_in_pure_actions_at_any_delta():
    schedule = transfer_schedule(PENNIES)
    assert schedule.plans == () and schedule.lowest_delta is None
    assert schedule.at(0.99) is None
    assert transfer_critical_delta(PENNIES, (0, 0)) is None
    assert str(schedule) == "no equilibrium in pure actions at any delta"


def test_without_a_pure_equilibrium_of_the_stage_game_the_schedule_begins_above_zero():
    stage = StageGame.from_matrices([[1, -1, 0], [-1, 1, 0], [-5, -5, 3]], [[-1, 1, -5], [1, -1, -5], [4, 4, 3]])
    assert pure_equilibria(stage) == ()
    schedule = transfer_schedule(stage)
    assert schedule.lowest_delta is not None and 0 < schedule.lowest_delta < 1
    assert schedule.at(Fraction(1, 1000)) is None
    assert str(schedule).splitlines()[0] == f"delta < {schedule.lowest_delta}: none in pure actions"


def test_affine_changes_of_all_payoffs_change_no_segment():
    for scale, shift in ((1, 10**9), (Fraction(1, 10**9), 0)):
        changed = StageGame((LOPSIDED.exact_payoffs * scale + shift).tolist())
        for before, after in zip(transfer_schedule(LOPSIDED).plans, transfer_schedule(changed).plans, strict=True):
            assert (before.low, before.high, before.target) == (after.low, after.high, after.target)


def test_swapping_the_players_swaps_the_plans():
    swapped = StageGame(np.swapaxes(LOPSIDED.exact_payoffs, 0, 1)[..., ::-1].tolist())
    for before, after in zip(transfer_schedule(LOPSIDED).plans, transfer_schedule(swapped).plans, strict=True):
        assert (before.low, before.joint_payoff) == (after.low, after.joint_payoff)
        assert before.punishment_payoffs == after.punishment_payoffs[::-1]
        assert before.target == after.target[::-1]


def test_games_of_zeros_have_one_plan():
    plans = transfer_schedule(StageGame(np.zeros((2, 3, 2)))).plans
    assert [(plan.low, plan.high, plan.joint_payoff) for plan in plans] == [(0, 1, 0)]


@pytest.mark.parametrize("delta", [0, 1, 1.05, -0.5, float("nan")])
def test_discount_factors_outside_the_open_interval_are_refused(delta):
    with pytest.raises(ArgumentError, match=r"'delta' of TransferSchedule\.at must be"):
        transfer_schedule(DILEMMA).at(delta)
