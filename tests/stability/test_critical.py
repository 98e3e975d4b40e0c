import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import RepeatedGame, StageGame, grim_trigger
from negotiation.solvers.one_shot_deviations import one_shot
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.solution import Status
from negotiation.stability import incentive_slack, supports
from negotiation.stability.critical import (
    CEILING,
    WIDTH,
    critical_discount,
)

TRUCE = StageGame.from_matrices(
    [[4, -1], [6, 1]], [[3, "11/2"], [-2, 0]], ["US", "China"], [["uphold", "defect"]] * 2
)
DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
THREE_BY_THREE = StageGame.from_matrices(
    [[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]]
)
QUANTITIES = StageGame.from_matrices(
    [[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]], actions=[["L", "M", "H"]] * 2
)
VANISHING_THREAT = StageGame([[[2, 1], [0, 0]], [[1, 1], [0, 0]]])
ALL_PUNISHMENTS = ("grim", "optimal", "transfers")
seeds = st.integers(0, 2**32 - 1)


def random_stage(seed, highest=6, most=4):
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(2, most, 2))
    target = tuple(int(rng.integers(n)) for n in shape)
    return StageGame(rng.integers(0, highest, (*shape, 2)).tolist()), target


def test_grim_punishment_of_the_truce_is_the_closed_form():
    found = critical_discount(TRUCE, ("uphold", "uphold"))
    assert found.exact == max(Fraction(2, 5), Fraction(5, 11))
    assert found.low == found.high == found.value == 5 / 11
    assert found.by_player == pytest.approx([2 / 5, 5 / 11])
    assert found.binding == ("China",)
    assert found.threat.tolist() == [1, 0]
    assert found.status is Status.EXACT
    assert str(found).endswith("sustained from delta = 5/11 = 0.454545, binding on China")


def test_a_stage_equilibrium_is_sustained_by_every_delta():
    for punishment in ALL_PUNISHMENTS:
        found = critical_discount(TRUCE, ("defect", "defect"), punishment=punishment)
        assert (found.exact, found.value, found.binding) == (0, 0, ())
        assert str(found).endswith("sustained by every delta")


def test_a_threat_no_worse_than_the_target_never_sustains_it():
    # the only equilibrium pays player 0 exactly the 2 of the target, so that delta = 1 would be needed
    stage = StageGame.from_matrices([[2, 0], [3, 2]], [[2, 3], [0, 1]])
    found = critical_discount(stage, (0, 0))
    assert found.by_player.tolist() == [math.inf, 1 / 2]
    assert found.value == math.inf
    assert found.exact is None
    assert found.status is Status.EXACT
    assert found.binding == ("player 0",)
    assert str(found).endswith("sustained by no delta below 1, binding on player 0")
    assert not supports(RepeatedGame(stage, 1 - 1e-12), (0, 0))


def test_the_worst_equilibrium_may_be_a_mixed_one():
    # battle of the sexes: the mixed equilibrium pays 2/3 to both, the pure ones 2 and 1
    stage = StageGame.from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    found = critical_discount(stage, (0, 1))
    assert found.threat == pytest.approx([2 / 3, 2 / 3])
    assert found.value == math.inf
    chicken = StageGame.from_matrices([[3, 1], [4, 0]], [[3, 4], [1, 0]])
    assert critical_discount(chicken, (0, 0)).exact == Fraction(1, 3)


def test_three_players_are_held_by_their_worst_pure_equilibrium():
    payoffs = np.array(
        [
            [[[2 * sum(acts) - 3 * own for own in acts] for c in (1, 0) for acts in [(a, b, c)]] for b in (1, 0)]
            for a in (1, 0)
        ]
    )
    found = critical_discount(StageGame(payoffs.tolist()), (0, 0, 0))
    assert found.exact == Fraction(1, 4)
    assert len(found.binding) == 3


def test_without_a_pure_equilibrium_three_players_have_no_threat():
    # matching pennies between players 0 and 1, player 2 looks on
    payoffs = [[[[1, -1, 0]], [[-1, 1, 0]]], [[[-1, 1, 0]], [[1, -1, 0]]]]
    found = critical_discount(StageGame(payoffs), (0, 0, 0))
    assert found.threat is None
    assert found.by_player.tolist() == [0, math.inf, 0]


def test_optimal_punishment_needs_no_search_where_grim_holds_players_to_minmax():
    grim, optimal = (critical_discount(DILEMMA, (0, 0), punishment=kind) for kind in ("grim", "optimal"))
    assert grim.exact == optimal.exact == Fraction(1, 7)
    assert optimal.status is Status.EXACT


def test_optimal_punishment_of_the_quantity_game_is_the_stick_and_carrot():
    # grim reversion needs 5/8; one round of (H, H) before (L, L) holds players to 0 from 1/3 on
    assert critical_discount(QUANTITIES, ("L", "L")).exact == Fraction(5, 8)
    found = critical_discount(QUANTITIES, ("L", "L"), punishment="optimal")
    assert found.low == pytest.approx(1 / 3, abs=WIDTH)
    assert found.high - found.low <= WIDTH
    assert found.threat == pytest.approx([0, 0], abs=1e-8)


def test_optimal_bracket_of_the_three_by_three_game_agrees_with_its_payoff_sets():
    found = critical_discount(THREE_BY_THREE, (0, 0), punishment="optimal")
    assert 0 <= found.high - found.low <= WIDTH
    assert 0.3 < found.low < 0.4
    assert not payoff_set(RepeatedGame(THREE_BY_THREE, found.low - 1e-6)).contains((16, 9))
    assert payoff_set(RepeatedGame(THREE_BY_THREE, found.high + 1e-6)).contains((16, 9))
    assert found.value < critical_discount(THREE_BY_THREE, (0, 0)).value


def test_optimal_punishment_is_bisected_where_the_threat_falls_steadily():
    stage = StageGame([[[2, 6], [10, 0]], [[6, 0], [1, 0]], [[9, 1], [9, 4]], [[5, 9], [3, 1]]])
    found = critical_discount(stage, (2, 0), punishment="optimal")
    assert 0 < found.high - found.low <= WIDTH
    assert incentive_slack(stage, (2, 0), found.high, punishment="optimal").min() == pytest.approx(0, abs=1e-7)
    assert incentive_slack(stage, (2, 0), found.low - 1e-4, punishment="optimal").min() < 0


def test_optimal_punishment_is_bisected_where_the_punishment_itself_breaks_down():
    # below 3/5 no equilibrium pays player 1 less than 4; from there on 3 can be had
    stage = StageGame(
        [[[2, 2], [2, 1], [1, 4]], [[2, 3], [3, 0], [1, 1]], [[1, 0], [0, 1], [2, 1]], [[3, 4], [4, 5], [4, 1]]]
    )
    found = critical_discount(stage, (3, 0), punishment="optimal")
    assert found.high == pytest.approx(3 / 5, abs=2 * WIDTH)
    assert found.high - found.low <= WIDTH
    assert found.threat[1] == pytest.approx(3)
    assert found.by_player.max() < found.low
    assert payoff_set(RepeatedGame(stage, 3 / 5 - 1e-6)).threat[1] == pytest.approx(4)


def test_optimal_punishment_stays_open_where_its_threat_vanishes_at_every_delta():
    found = critical_discount(VANISHING_THREAT, (1, 0), punishment="optimal")
    assert (found.low, found.high, found.status) == (CEILING, math.inf, Status.MAX_ITERATIONS)
    assert "sustained by no delta up to 0.9999" in str(found)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_optimal_punishment_brackets_where_the_target_enters_the_payoff_set(seed):
    stage, target = random_stage(seed, highest=8)
    found = critical_discount(stage, target, punishment="optimal")
    assert found.high <= critical_discount(stage, target).high
    for delta in np.clip([found.low - 1e-4, found.low / 2], 0, 0.99):
        if delta > 0:
            assert not payoff_set(RepeatedGame(stage, delta)).contains(stage[target]) or _is_lottery(stage, target)
            assert not supports(RepeatedGame(stage, delta), target, punishment="optimal")
    for delta in (found.high + 1e-9, found.high + 1e-4, (1 + found.high) / 2):
        if delta < 1:
            assert supports(RepeatedGame(stage, delta), target, punishment="optimal")


def _is_lottery(stage, target):
    """Whether payoffs lie in the hull of the other profiles, so that they need not be played to be had."""
    others = stage.payoffs.reshape(-1, 2)[
        np.ravel_multi_index(target, stage.shape) != np.arange(stage.payoffs.size // 2)
    ]
    angles = np.linspace(0, 2 * np.pi, 721)
    beyond = stage[target] @ [np.cos(angles), np.sin(angles)] - (others @ [np.cos(angles), np.sin(angles)]).max(
        axis=0
    )
    return bool((beyond <= 1e-9).all())


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_slack_is_nowhere_negative_exactly_from_the_critical_discount_factor_on(seed):
    stage, target = random_stage(seed)
    found = critical_discount(stage, target)
    for delta in (0.1, 1 / 3, 0.5, 0.7, 0.95, found.high - 1e-6, found.high + 1e-6):
        if 0 < delta < 1:
            slack = incentive_slack(stage, target, delta)
            assert (slack.min() >= -1e-12) == (delta >= found.high) == supports(RepeatedGame(stage, delta), target)
    if 0 < found.high < 1:
        assert incentive_slack(stage, target, found.high).min() == pytest.approx(0, abs=1e-12)
        assert supports(RepeatedGame(stage, found.high), target)


def test_slack_in_payoffs_a_round_meets_its_closed_form():
    slack = incentive_slack(TRUCE, ("uphold", "uphold"), 0.6)
    assert slack == pytest.approx([4 - 0.4 * 6 - 0.6 * 1, 3 - 0.4 * 5.5 - 0.6 * 0])
    optimal = incentive_slack(QUANTITIES, ("L", "L"), 0.4, punishment="optimal")
    assert optimal == pytest.approx([10 - 0.6 * 15] * 2)


def test_a_player_whom_the_threat_would_reward_is_left_alone():
    # player 0 has no temptation at (0, 1) and earns 3 in the only equilibrium, more than the target's 2
    stage = StageGame.from_matrices([[1, 2], [3, 0]], [[5, 3], [1, 0]])
    found = critical_discount(stage, (0, 1))
    assert found.threat.tolist() == [3, 1]
    assert found.by_player.tolist() == [0, 1 / 2]
    assert incentive_slack(stage, (0, 1), 0.5)[0] == 0


def test_slack_of_each_player_uses_its_own_critical_factor():
    found = critical_discount(TRUCE, (0, 0))
    for player, own in enumerate(found.by_player):
        assert incentive_slack(TRUCE, (0, 0), own)[player] == pytest.approx(0, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_grim_trigger_is_judged_an_equilibrium_exactly_from_critical_on(seed):
    reward, temptation, loss, nothing = np.sort(np.random.default_rng(seed).permutation(20)[:4])[[2, 3, 0, 1]]
    stage = StageGame.from_matrices(
        [[reward, loss], [temptation, nothing]], [[reward, temptation], [loss, nothing]]
    )
    critical, strategy = critical_discount(stage, (0, 0)).value, grim_trigger(stage, (0, 0), (1, 1))
    for delta in (critical - 1e-6, critical, critical + 1e-6, critical / 2, (1 + critical) / 2):
        assert one_shot(RepeatedGame(stage, delta), strategy).is_equilibrium() == (delta >= critical)


def test_players_who_discount_differently_are_each_held_to_their_own():
    assert supports(RepeatedGame(TRUCE, [0.4, 5 / 11]), (0, 0))
    assert not supports(RepeatedGame(TRUCE, [5 / 11, 0.4]), (0, 0))


def test_transfers_pool_the_incentives():
    stage = StageGame.from_matrices([[2, -2], [5, 0]], [[2, 2.5], [-2, 0]], actions=[["C", "D"]] * 2)
    found = critical_discount(stage, ("C", "C"), punishment="transfers")
    assert found.exact == Fraction(7, 15)
    assert found.by_player.tolist() == [7 / 15] * 2
    assert len(found.binding) == 2
    assert found.threat is None
    assert supports(RepeatedGame(stage, 7 / 15), ("C", "C"), punishment="transfers")
    assert not supports(RepeatedGame(stage, 0.46), ("C", "C"), punishment="transfers")


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 9), st.integers(-99, 99))
def test_critical_factors_do_not_depend_on_unit_origin_or_order_of_players(seed, unit, origin):
    stage, target = random_stage(seed)
    moved = StageGame((stage.payoffs * unit + origin).tolist())
    swapped = StageGame(stage.payoffs.swapaxes(0, 1)[..., ::-1].tolist())
    for punishment in ("grim", "transfers"):
        found = critical_discount(stage, target, punishment=punishment)
        assert critical_discount(moved, target, punishment=punishment).exact == found.exact
        mirrored = critical_discount(swapped, target[::-1], punishment=punishment)
        assert mirrored.exact == found.exact
        assert mirrored.by_player.tolist() == found.by_player[::-1].tolist()


def test_a_large_game_is_solved_after_iterated_dominance():
    quantities = [Fraction(6 * k, 14) for k in range(15)]
    row = [[q * (max(6 - q - r, 0) - Fraction(3, 5)) for r in quantities] for q in quantities]
    stage = StageGame.from_matrices(row, [list(column) for column in zip(*row, strict=True)])
    found = critical_discount(stage, (3, 3))
    best = max(cells[3] for cells in row)
    assert found.exact == (best - row[3][3]) / (best - Fraction(found.threat[0]).limit_denominator(1000))


def test_refusals_name_the_argument():
    with pytest.raises(ArgumentError, match="Did you mean 'grim'"):
        critical_discount(TRUCE, (0, 0), punishment="grimm")
    with pytest.raises(ArgumentError, match="'punishment' of incentive_slack"):
        incentive_slack(TRUCE, (0, 0), 0.5, punishment="transfers")
    with pytest.raises(ArgumentError, match="Did you mean 'uphold'"):
        critical_discount(TRUCE, ("upholds", "defect"))
    with pytest.raises(ArgumentError, match="'width' of critical_discount"):
        critical_discount(TRUCE, (0, 0), punishment="optimal", width=-1)
