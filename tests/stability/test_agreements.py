"""Agreements in games with states, against value iteration, enumeration of sets of states and closed forms."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from negotiation import ArgumentError, StochasticGame, Truce
from negotiation.stability import SelfEnforcing, critical_patience, self_enforcing, self_enforcing_terms, slack
from negotiation.truce import solve_race

DILEMMA = [[[2, 2], [-1, 3]], [[3, -1], [0, 0]]]
HOLD, BREAK = [(0, 0)], [(1, 1)]


def one_state(payoffs: object, delta: float) -> StochasticGame:
    return StochasticGame(["on"], [payoffs], [[[[1], [1]], [[1], [1]]]], delta)


def random_game(seed: int, states: int = 3) -> StochasticGame:
    rng = np.random.default_rng(seed)
    payoffs = [rng.integers(-4, 5, (2, 2, 2)) for _ in range(states)]
    moves = [rng.dirichlet(np.ones(states), (2, 2)) for _ in range(states)]
    return StochasticGame([str(k) for k in range(states)], payoffs, moves, rng.uniform(0.2, 0.95, 2).tolist())


def iterated(
    game: StochasticGame, upheld: NDArray[np.bool_], lapse: float, terms: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Value the agreement (0, 0) and the threat (1, 1) by following plays for a long time."""
    keeping, breaking = (np.array([move[a, a] for move in game.transitions]) for a in (0, 1))
    kept_payoffs, broken_payoffs = (np.array([payoff[a, a] for payoff in game.payoffs]) for a in (0, 1))
    kept_payoffs = kept_payoffs + np.outer(terms, [-1.0, 1.0])
    delta = game.deltas
    agreed = threatened = np.zeros((game.num_states, 2))
    for _ in range(600):  # 0.95^600 is 4e-14
        broken = (1 - delta) * broken_payoffs + delta * (breaking @ (lapse * agreed + (1 - lapse) * threatened))
        kept = (1 - delta) * kept_payoffs + delta * (keeping @ agreed)
        agreed, threatened = np.where(upheld[:, None], kept, broken), broken
    return agreed, threatened


def least_slack(game: StochasticGame, found: SelfEnforcing) -> NDArray[np.float64]:
    """Return what each player loses by breaking, from followed plays."""
    terms = np.nan_to_num(found.terms)
    agreed, threatened = iterated(game, found.upheld, found.lapse, terms)
    lost = np.zeros_like(agreed)
    for s in range(game.num_states):
        for i, delta in enumerate(game.deltas):
            profile = (1, 0) if i == 0 else (0, 1)
            ahead = found.lapse * agreed[:, i] + (1 - found.lapse) * threatened[:, i]
            payoff = (1 - delta) * game.payoffs[s][profile][i]
            lost[s, i] = agreed[s, i] - payoff - delta * game.transitions[s][profile] @ ahead
    return lost


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.15, 0.6]))
@settings(max_examples=40, deadline=None)
def test_what_is_upheld_pays_and_agrees_with_followed_plays(seed: int, lapse: float) -> None:
    game = random_game(seed)
    plans = HOLD * 3, BREAK * 3
    for found in (self_enforcing(game, *plans, lapse=lapse), self_enforcing_terms(game, *plans, lapse=lapse)):
        lost = least_slack(game, found)
        # linear programming meets each incentive up to its feasibility tolerance, 1e-10 of payoffs below 10
        assert np.all(lost[found.upheld] >= -1e-8)
        np.testing.assert_allclose(found.slacks[found.upheld], lost[found.upheld], atol=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_terms_are_found_wherever_a_pair_of_constraints_leaves_room(seed: int) -> None:
    """In one state terms w must lie between what each side asks: plain arithmetic, no programme."""
    game = random_game(seed, states=1)
    if game.deltas[0] != game.deltas[1]:
        game = game.with_delta(float(game.deltas[0]))
    delta, g = game.delta, game.payoffs[0]
    threat = g[1, 1]
    asked = [(1 - delta) * g[1, 0, 0] + delta * threat[0], (1 - delta) * g[0, 1, 1] + delta * threat[1]]
    room = g[0, 0].sum() - sum(asked)
    found = self_enforcing_terms(game, HOLD, BREAK, weight=0.3)
    credible = g[1, 1, 0] >= g[0, 1, 0] and g[1, 1, 1] >= g[1, 0, 1]
    assert found.credible == credible
    if abs(room) > 1e-8:
        assert found.holds(0) == (room > 0 and credible)
    if room > 1e-8 and credible:
        nash = threat[1] + 0.3 * (g[0, 0].sum() - threat.sum()) - g[0, 0, 1]
        assert found.bargained_terms[0] == pytest.approx(nash, abs=1e-9)
        nearest = np.clip(nash, asked[1] - g[0, 0, 1], g[0, 0, 0] - asked[0])
        assert found.terms[0] == pytest.approx(nearest, abs=1e-7)


@pytest.mark.parametrize("seed", range(12))
def test_no_larger_set_of_states_enforces_itself_in_truce_like_games(seed: int) -> None:
    """Every set of states is tried; the agreement is worth more than the threat everywhere, as the claim asks."""
    rng = np.random.default_rng(seed)
    states = 4
    payoffs = []
    for _ in range(states):
        harm, gain = rng.uniform(1, 8, 2), rng.uniform(0.2, 3, 2)
        table = np.zeros((2, 2, 2))
        for a in (0, 1):
            for b in (0, 1):
                table[a, b] = [gain[0] * a - harm[0] * b, gain[1] * b - harm[1] * a]
        payoffs.append(table)
    moves = [np.tile(rng.dirichlet(np.ones(states)), (2, 2, 1)) for _ in range(states)]
    game = StochasticGame([str(k) for k in range(states)], payoffs, moves, 0.7)
    found = self_enforcing(game, HOLD * states, BREAK * states, lapse=0.1)
    best: set[int] = set()
    for size in range(states + 1):
        for chosen in combinations(range(states), size):
            upheld = np.isin(np.arange(states), chosen)
            tried = SelfEnforcing(game, found.agreement, found.threat, 0.1, upheld, *[np.zeros(states)] * 6)
            if np.all(least_slack(game, tried)[upheld] >= -1e-9):
                best |= set(chosen) if set(chosen) > best or len(chosen) > len(best) else set()
    assert set(np.flatnonzero(found.upheld)) == best


def test_one_state_gives_the_closed_form_on_both_sides_of_the_threshold() -> None:
    lapse, gain, harm = 0.15, 1.0, 3.0
    critical = float(critical_patience(gain, harm)) / (1 - lapse)
    for delta, holds in ((critical - 1e-6, False), (critical + 1e-6, True)):
        found = self_enforcing(one_state(DILEMMA, delta), HOLD, BREAK, lapse=lapse)
        assert found.holds("on") is holds
        patience = delta * (1 - lapse)
        assert found.slacks[0, 0] / (1 - delta) == pytest.approx(
            float(slack(gain, harm, patience)) / (1 - patience)
        )


@pytest.mark.parametrize(("unit", "level"), [(1e-9, 0.0), (1e9, 0.0), (1.0, 1e9), (1e-9, -3e-9)])
def test_no_lack_of_incentive_hides_behind_the_scale_of_payoffs(unit: float, level: float) -> None:
    payoffs = unit * np.array(DILEMMA) + level
    for solve in (self_enforcing, self_enforcing_terms):
        assert solve(one_state(payoffs, 1 / 3 + 1e-4), HOLD, BREAK).holds("on")
        assert not solve(one_state(payoffs, 1 / 3 - 1e-4), HOLD, BREAK).holds("on")


def test_an_exact_tie_holds() -> None:
    assert self_enforcing(one_state(DILEMMA, 1 / 3), HOLD, BREAK).holds("on")
    assert not self_enforcing(one_state(DILEMMA, 1 / 3 - 1e-9), HOLD, BREAK).holds("on")


def test_hidden_departures_keep_the_agreement_and_free_ones_do_not_count() -> None:
    game = one_state(DILEMMA, 0.9)
    assert self_enforcing(game, HOLD, BREAK, judge=lambda state, profile: "breach").holds("on")
    assert not self_enforcing(game, HOLD, BREAK, judge=lambda state, profile: "hidden").holds("on")
    found = self_enforcing(game, HOLD, BREAK, judge=lambda state, profile: "free")
    assert found.holds("on") and np.isinf(found.slacks).all()


def test_hidden_departures_still_receive_the_terms() -> None:
    """With everything hidden a player keeps the agreement iff it is the best reply of the period."""
    payoffs = [[[0, 3], [0, 0]], [[-1, 0], [0, 0]]]
    found = self_enforcing_terms(one_state(payoffs, 0.9), HOLD, BREAK, judge=lambda state, profile: "hidden")
    assert found.holds("on")
    assert found.terms[0] == pytest.approx(found.bargained_terms[0])
    assert found.slacks[0].tolist() == pytest.approx([0.1, 0.3])


def test_no_agreement_rests_on_a_threat_that_somebody_would_leave() -> None:
    chicken = [[[2, 2], [1, 3]], [[3, 1], [0, 0]]]
    for solve in (self_enforcing, self_enforcing_terms):
        found = solve(one_state(chicken, 0.9), HOLD, BREAK)
        assert not found.credible and not found.holds("on")
        assert found.threat_slacks.tolist() == [pytest.approx([-0.1, -0.1])]
        assert solve(one_state(DILEMMA, 0.9), HOLD, BREAK).credible


def test_a_break_that_hastens_decline_is_no_threat_if_all_is_forgiven() -> None:
    """With near certain amnesty a side at open conflict would rather save its lever than use it."""
    race = Truce.central().vary(rho=0.9).leverage_race()
    found = solve_race(race, 1).rebargained
    assert not found.upheld[: len(race.game.states) // 2].any()


@given(st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-100, 100))
@settings(max_examples=25, deadline=None)
def test_units_and_levels_of_payoffs_do_not_matter(seed: int, unit: float, level: float) -> None:
    game = random_game(seed)
    moved = StochasticGame(
        game.states, [unit * g + level for g in game.payoffs], list(game.transitions), game.deltas.tolist()
    )
    first, second = (self_enforcing(each, HOLD * 3, BREAK * 3, lapse=0.2) for each in (game, moved))
    if np.abs(first.slacks).min() > 1e-6:
        assert first.upheld.tolist() == second.upheld.tolist()
        np.testing.assert_allclose(second.slacks, unit * first.slacks, rtol=1e-6, atol=1e-8 * unit)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            {"agreement": [(0, 0), (0, 0)]},
            "'agreement' of self_enforcing must hold one profile for each of 1 states",
        ),
        ({"threat": [(0, 7)]}, "action"),
        ({"lapse": 1.5}, "'lapse' of self_enforcing"),
        (
            {"judge": lambda state, profile: True},
            "'judge' of self_enforcing must return 'breach', 'hidden' or 'free'",
        ),
    ],
)
def test_wrong_arguments_get_one_clear_refusal(arguments: dict[str, object], words: str) -> None:
    plans = {"agreement": HOLD, "threat": BREAK} | arguments
    with pytest.raises(ArgumentError, match=words):
        self_enforcing(one_state(DILEMMA, 0.5), **plans)  # type: ignore[arg-type]


def test_terms_ask_for_two_players() -> None:
    game = StochasticGame(["on"], [[[[[1, 1, 1]]]]], [[[[[1]]]]], 0.5)
    with pytest.raises(ArgumentError, match="two players"):
        self_enforcing_terms(game, [(0, 0, 0)], [(0, 0, 0)])
