import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.games import StochasticGame
from negotiation.games import simulate as play
from negotiation.stability.survival import state_survival, survival
from tests.strategies import refused

ROUNDS = 5
CAUSES = {"turnover": 0.08, "shock": [0.3, 0.0, 0.1, 0.5, 0.2], "alarm": 0.035}
chances = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
tables = st.lists(st.lists(chances, min_size=ROUNDS, max_size=ROUNDS), min_size=1, max_size=4)


def simulate(hazards, lives, rng):
    """Let each cause strike after an exponential time in every year and count when and of what truces end."""
    rates = -np.log1p(-hazards)
    scale = np.divide(1, rates, out=np.full_like(rates, np.inf), where=rates > 0)
    ended, standing = np.zeros(hazards.shape), np.full(lives, True)
    for year in range(len(hazards)):
        strikes = rng.exponential(np.where(np.isinf(scale[year]), 1e300, scale[year]), (lives, hazards.shape[1]))
        first = strikes.min(axis=1) < 1
        ended[year] = np.bincount(strikes.argmin(axis=1)[standing & first], minlength=hazards.shape[1])
        standing &= ~first
    return ended.cumsum(axis=0) / lives


def test_survival_and_causes_are_those_of_simulated_truces():
    curve, lives = survival(CAUSES, ROUNDS), 200_000
    ended = simulate(curve.hazards, lives, np.random.default_rng(4))
    error = 4.5 * np.sqrt(0.25 / lives)
    assert curve.ended_by == pytest.approx(ended, abs=error)
    assert curve.survival == pytest.approx(1 - ended.sum(axis=1), abs=error)
    assert curve.causes == ("turnover", "shock", "alarm")


@given(tables)
def test_ends_by_cause_add_up_to_one_minus_the_survival(table):
    curve = survival({str(k): column for k, column in enumerate(table)}, ROUNDS)
    assert curve.ended_by.sum(axis=1) == pytest.approx(1 - curve.survival, abs=1e-12)
    assert (np.diff(curve.ended_by, axis=0) >= 0).all() and (curve.ended_by >= 0).all()
    assert (np.diff(curve.survival) <= 0).all()
    assert curve.survival == pytest.approx(np.prod(1 - np.array(table), axis=0).cumprod(), abs=1e-12)


@given(tables)
def test_a_cause_that_cannot_strike_ends_nothing(table):
    curve = survival({"never": 0, **{str(k): column for k, column in enumerate(table)}}, ROUNDS)
    assert (curve.ended_by[:, 0] == 0).all()


def test_one_hazard_ends_the_share_that_it_names():
    curve = survival({"shock": 0.2}, 3)
    assert curve.hazard.tolist() == pytest.approx([0.2] * 3)
    assert curve.survival.tolist() == pytest.approx([0.8, 0.64, 0.512])
    assert curve.ended_by[:, 0].tolist() == pytest.approx([0.2, 0.36, 0.488])


def test_equal_causes_share_the_blame():
    ended = survival({"a": 0.3, "b": 0.3}, 4).ended_by
    assert (ended[:, 0] == ended[:, 1]).all()


@pytest.mark.parametrize("hazards", [{"a": 0.1}, CAUSES, {"a": [0.9, 0, 0, 0, 0.01]}, {"a": 0.5, "b": 1e-4}])
def test_mean_life_adds_up_the_years_if_the_last_hazard_goes_on(hazards):
    curve = survival(hazards, ROUNDS)
    hazard = np.concatenate([curve.hazard, np.full(60_000, curve.hazard[-1])])
    standing_at_start = np.concatenate([[1], (1 - hazard).cumprod()[:-1]])
    assert curve.mean_life == pytest.approx(standing_at_start.sum(), rel=1e-6)
    years = np.arange(1, len(hazard) + 1)
    assert curve.mean_life == pytest.approx((years * standing_at_start * hazard).sum(), rel=1e-6)


@pytest.mark.parametrize("rounds", [1, 2, 7])
def test_causes_of_the_first_year_do_not_go_on(rounds):
    curve = survival({"shock": 0.2, "alarm": 0.1}, rounds, first_year={"ruling": 0.6})
    assert curve.causes == ("shock", "alarm", "ruling")
    assert curve.hazards[:, 2].tolist() == [0.6] + [0.0] * (rounds - 1)
    assert curve.later.tolist() == [0.2, 0.1, 0.0]
    stands = 0.4 * 0.72
    assert curve.survival[0] == pytest.approx(stands)
    assert curve.mean_life == pytest.approx(1 + stands / 0.28)


def test_without_hazard_a_truce_lasts_for_ever():
    curve = survival({"a": 0, "b": 0.0}, 3)
    assert curve.survival.tolist() == [1, 1, 1]
    assert curve.ended_by.tolist() == [[0, 0]] * 3
    assert curve.mean_life == math.inf


def test_a_certain_end_takes_all_the_blame_and_leaves_nothing_to_later_years():
    curve = survival({"ruling": [0, 1, 0], "shock": 0.5}, 3)
    assert curve.hazard.tolist() == [0.5, 1, 0.5]
    assert curve.survival.tolist() == [0.5, 0, 0]
    assert curve.ended_by.tolist() == [[0, 0.5], [0.5, 0.5], [0.5, 0.5]]
    assert curve.mean_life == 1.5


@pytest.mark.parametrize(("hazards", "life"), [([1, 0, 0], 1), ([0, 0, 1], 3), ([0.5, 1, 0], 1.5), (1, 1)])
def test_mean_life_of_truces_with_a_certain_end(hazards, life):
    assert survival({"a": hazards}, 3).mean_life == life


def test_two_certain_ends_share_the_blame():
    assert survival({"a": 1, "b": 1, "c": 0.5}, 1).ended_by.tolist() == [[0.5, 0.5, 0]]


def test_hazards_cannot_be_changed_from_outside():
    source = np.array([0.1, 0.2])
    curve = survival({"a": source}, 2)
    source[:] = 0.9
    assert curve.hazards.tolist() == [[0.1], [0.2]]
    with pytest.raises(ValueError, match="read-only"):
        curve.hazards[0] = 0.5


@pytest.mark.parametrize(
    ("hazards", "rounds", "words"),
    [
        ({}, 3, "'hazards' of survival must name at least one cause, got {}."),
        ({"a": 1.2}, 3, "'hazards['a']' of survival must lie between 0 and 1, got 1.2."),
        ({"a": [0.1, -0.5, 0]}, 3, "'hazards['a']' of survival must lie between 0 and 1, got -0.5."),
        ({"a": 0.1, "b": [0.1, math.nan, 0]}, 3, "'hazards['b'][1]' of survival must be finite, got nan."),
        ({"a": [0.1, 0.2]}, 3, "'hazards['a']' of survival must be one number or hold 3, got (2,)."),
        ({"a": [[0.1], [0.2], [0.3]]}, 3, "'hazards['a']' of survival must be one number or hold 3, got (3, 1)."),
        ({"a": "x"}, 3, "'hazards['a']' of survival must be a rectangular array of numbers, got 'x'."),
        ({"a": 0.1}, 0, "'num_rounds' of survival must be a whole number of at least 1, got 0."),
        ({"a": 0.1}, 2.0, "'num_rounds' of survival must be a whole number of at least 1, got 2.0."),
        ({"a": 0.1}, True, "'num_rounds' of survival must be a whole number of at least 1, got True."),
    ],
)
def test_hazards_that_do_not_fit_are_refused(hazards, rounds, words):
    with refused(words):
        survival(hazards, rounds)


def test_mean_life_of_one_year_goes_on_with_its_hazard():
    assert survival({"end": 0.2}, 1).mean_life == pytest.approx(5)


def test_hazards_of_the_first_year_that_do_not_fit_are_refused():
    with refused("'first_year' of survival must name other causes than 'hazards', got ['a']."):
        survival({"a": 0.1}, 3, first_year={"a": 0.2})
    with refused("'first_year['b']' of survival must be between 0 and 1, got 1.5."):
        survival({"a": 0.1}, 3, first_year={"b": 1.5})
    with refused("'num_rounds' of survival must be at most 100,000, got 100,001."):
        survival({"a": 0.1}, 100_001)


@given(tables, st.integers(0, 3))
def test_without_a_cause_its_hazards_are_nil(table, which):
    names = [str(k) for k in range(len(table))]
    gone = names[which % len(names)]
    curve = survival(dict(zip(names, table, strict=True)), ROUNDS).without(gone)
    other = survival(
        {"none": 0.0} | {name: row for name, row in zip(names, table, strict=True) if name != gone}, ROUNDS
    )
    assert curve.survival == pytest.approx(other.survival)
    assert curve.mean_life == pytest.approx(other.mean_life)


def test_a_cause_that_is_not_there_cannot_be_taken_away():
    with refused("'cause' of Survival.without must be one of the 3 known names, got 'luck'."):
        survival(CAUSES, ROUNDS).without("luck")


STATES = ["calm", "tense", "war", "lapse"]
MOVES = np.array([[0.7, 0.2, 0.04, 0.06], [0.3, 0.4, 0.25, 0.05], [0, 0, 1, 0], [0.5, 0, 0, 0.5]])
GAME = StochasticGame(STATES, [[[[0, 0]]]] * 4, [[[row]] for row in MOVES.tolist()], 0.9)
HOLD = [(0, 0)] * 4
ENDS = {"war": ["war"], "lapse": ["lapse"]}


@given(st.integers(1, 12))
def test_survival_of_states_is_that_of_matrix_powers(rounds):
    curve = state_survival(GAME, HOLD, "tense", ENDS, rounds)
    absorbing = MOVES.copy()
    absorbing[2:] = np.eye(4)[2:]  # what comes after an end does not matter
    for year in range(rounds):
        reached = np.linalg.matrix_power(absorbing, year + 1)[1]
        assert curve.survival[year] == pytest.approx(reached[:2].sum())
        assert curve.ended_by[year] == pytest.approx(reached[2:])


def test_survival_of_states_is_that_of_simulated_plays():
    rounds, paths = 6, 40_000
    played = play(GAME, HOLD, "calm", rounds + 1, rng=np.random.default_rng(12), paths=paths).states
    over = played >= 2
    first = np.where(over.any(axis=1), over.argmax(axis=1), rounds + 1)
    curve = state_survival(GAME, HOLD, "calm", ENDS, rounds)
    error = 4.5 * np.sqrt(0.25 / paths)
    for year in range(rounds):
        assert curve.survival[year] == pytest.approx((first > year + 1).mean(), abs=error)
        ended = first <= year + 1
        cause = played[ended, first[ended]]
        assert curve.ended_by[year] == pytest.approx(
            [(cause == 2).sum() / paths, (cause == 3).sum() / paths], abs=error
        )


def test_a_certain_end_is_split_among_the_states_that_it_leads_to():
    game = StochasticGame(
        STATES, [[[[0, 0]]]] * 4, [[[[0, 0, 0.3, 0.7]]], *[[[row]] for row in MOVES[1:].tolist()]], 0.9
    )
    curve = state_survival(game, HOLD, "calm", ENDS, 3)
    assert curve.survival.tolist() == [0, 0, 0]
    assert curve.ended_by[-1] == pytest.approx([0.3, 0.7])
    assert curve.mean_life == 1


def test_ends_that_do_not_fit_are_refused():
    for ends in ({}, {"war": ["war"], "both": ["war", "lapse"]}, {"calm": ["calm"]}):
        with refused(
            "'ends' of state_survival must name at least one cause, no state twice and not the first one"
        ):
            state_survival(GAME, HOLD, "calm", ends, 3)
