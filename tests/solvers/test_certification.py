import json
from fractions import Fraction
from itertools import islice, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import RepeatedGame, StageGame, grim_trigger, limited_punishment
from negotiation.solvers.certificate import ExclusionCertificate, NashCertificate
from negotiation.solvers.certificate_json import certificate_from_json, certificate_to_json
from negotiation.solvers.certification import CertificationError, certified_gap, certify, exclude, support
from negotiation.solvers.exact_game import exact_game
from negotiation.solvers.nash import nash_equilibria
from negotiation.solvers.one_shot_deviations import one_shot
from negotiation.solvers.outer_sets import outer_sets
from negotiation.solvers.payoff_sets import PayoffSet, payoff_set
from negotiation.solvers.self_generation import generate
from negotiation.solvers.solution import Status
from negotiation.solvers.verification import verify
from tests.strategies import refused, rescale

CASES = json.loads((Path(__file__).parents[1] / "cases" / "subgame_perfect.json").read_text("utf-8"))["cases"]
F = Fraction
DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
PENNIES = StageGame.from_matrices([[1, -1], [-2, 1]], [[-1, 2], [2, 0]])
WEDGE = StageGame.from_matrices([[1, 0], [1, 3]], [[1, 2], [3, 1]])
EPSILON = F(1, 10**9)


def random_game(seed, delta, highest=None):
    rng = np.random.default_rng(seed)
    size, top = rng.integers(2, 5, 2), highest or int(rng.choice([1, 2, 5, 99]))
    return RepeatedGame(StageGame(rng.integers(0, top + 1, (*size, 2)).tolist()), delta)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_known_answers_are_certified(case):
    stage = StageGame.from_matrices(case["payoffs_row_player"], case["payoffs_column_player"])
    found = payoff_set(RepeatedGame(stage, case["delta"]))
    certificate = certify(found)
    assert verify(certificate).valid
    if case["empty"]:
        assert certificate.outer[-1] == ()
    else:
        assert len(certificate.vertices) == len(case["vertices"])
        assert certified_gap(certificate, found) < 1e-10


@pytest.mark.parametrize(("delta", "vertices"), [
    ("1/4", [(3, 3), (F(39, 4), 3), (9, 9), (3, F(39, 4))]),
    ("1/7", [(3, 3), (9, 9)]),
])  # fmt: skip
def test_at_the_critical_discount_factor_the_answer_is_exact(delta, vertices):
    certificate = certify(payoff_set(RepeatedGame(DILEMMA, delta)))
    assert set(certificate.vertices) == set(vertices)


def test_a_knife_edge_is_decided_on_both_sides():
    at, below = RepeatedGame(DILEMMA, "1/7"), RepeatedGame(DILEMMA, F(1, 7) - EPSILON)
    assert verify(support(at, points=[(9, 9)], forever=[(0, 0)])).valid
    assert verify(exclude(below, points=[(9, 9)], profiles=[(0, 0)], forever=[(0, 0)])).valid
    with pytest.raises(CertificationError, match="forever"):
        support(below, forever=[(0, 0)])
    with pytest.raises(CertificationError, match=r"Not excluded .* settled: the profile .* played for ever"):
        exclude(at, forever=[(0, 0)])


def test_a_delta_below_the_critical_one_by_less_than_any_tolerance_is_still_told_apart():
    just_below = RepeatedGame(DILEMMA, F(1, 7) - F(1, 10**15))
    assert payoff_set(just_below).contains((9, 9))
    assert certify(payoff_set(just_below)).vertices == ((3, 3),)
    assert verify(exclude(just_below, points=[(9, 9)])).valid
    at_a_quarter = exclude(RepeatedGame(DILEMMA, F(1, 4) - EPSILON), points=[(F(39, 4), 3)])
    assert verify(at_a_quarter).valid


def test_a_thin_segment_and_empty_sets_are_ordinary_answers():
    assert certify(payoff_set(RepeatedGame(WEDGE, 0.6))).vertices == ((1, 2), (1, 3))
    nothing = certify(payoff_set(RepeatedGame(PENNIES, "1/20")))
    assert isinstance(nothing, ExclusionCertificate)
    assert not (nothing.points or nothing.profiles or nothing.forever)
    with pytest.raises(CertificationError, match="no equilibrium"):
        support(RepeatedGame(PENNIES, "1/20"))


@pytest.mark.parametrize("delta", ["1/7", "99/400", "1/4", "9/10"])
@pytest.mark.parametrize(("unit", "origin"), [(1, 10**9), (F(1, 10**9), 0), (10**9, -1), (F(1, 10**3), 10**9)])
def test_large_and_small_payoffs_give_the_transformed_answer(delta, unit, origin):
    game = RepeatedGame(rescale(DILEMMA, F(unit), F(origin)), delta)
    certificate = certify(payoff_set(game))
    plain = certify(payoff_set(RepeatedGame(DILEMMA, delta)))
    moved = [tuple((x - origin) / unit for x in vertex) for vertex in certificate.vertices]
    assert len(moved) == len(plain.vertices)
    assert np.array(moved, dtype=float) == pytest.approx(np.array(plain.vertices, dtype=float), abs=1e-9)
    gone = tuple(origin + unit * x for x in (F(10), F(9)))
    assert verify(exclude(game, points=[gone])).valid


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(5, 99))
def test_random_sets_are_certified_and_what_they_do_not_support_is_excluded(seed, percent):
    game = random_game(seed, F(percent, 100))
    found = payoff_set(game)
    certificate = certify(found)
    assert verify(certificate).valid
    if found.is_empty:
        return
    assert certified_gap(certificate, found) < 1e-8
    gone = [profile for profile in product(*map(range, game.stage.shape)) if not plays(certificate, profile)]
    if gone:
        assert verify(exclude(game, profiles=gone)).valid


def plays(certificate, profile):
    """Whether promises from a certified polygon support a profile, by trying its corners and its cuts."""
    stage, (delta, _) = certificate.repeated.stage, certificate.repeated.exact_deltas
    own = stage.exact_payoffs[profile]
    best = [max(stage.exact_payoffs[:, profile[1], 0]), max(stage.exact_payoffs[profile[0], :, 1])]
    needed = [u + (1 - delta) / delta * (b - x) for u, b, x in zip(certificate.threat, best, own, strict=True)]
    corners = certificate.vertices
    tried = list(corners)
    for k, there in enumerate(corners):
        here = corners[k - 1]
        for axis in range(2):
            if here[axis] != there[axis]:
                share = (needed[axis] - here[axis]) / (there[axis] - here[axis])
                if 0 <= share <= 1:
                    tried.append(tuple(p + share * (q - p) for p, q in zip(here, there, strict=True)))
    margin = F(1, 10**7)
    return any(all(x >= y - margin for x, y in zip(place, needed, strict=True)) for place in tried)


@pytest.mark.parametrize("seed", range(8))
def test_the_inner_set_lies_in_every_outer_set(seed):
    game = random_game(10 + seed, "9/10")
    certificate = certify(payoff_set(game))
    high = [max(vertex[i] for vertex in certificate.vertices) for i in range(2)]
    top = [max(game.stage.exact_payoffs[..., i].flat) for i in range(2)]
    beyond = exclude(game, points=[(top[0] + 1, top[1] + 1)])
    for polygon in beyond.outer:
        assert all(max(corner[i] for corner in polygon) >= high[i] for i in range(2))


def unequal(game, steps=400):
    """The payoff set of players who discount differently, by repeated application of B to the payoff box."""
    payoffs, delta = game.stage.payoffs.reshape(-1, 2), game.deltas
    low, high = payoffs.min(axis=0), payoffs.max(axis=0)
    W = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    for _ in range(steps):
        before, W = W, generate(W, game)
        if W.shape == before.shape and np.abs(W - before).max() < 1e-12:
            break
    best = [game.stage.payoffs[..., i].max(axis=i, keepdims=True) for i in range(2)]
    gain = np.stack([b - game.stage.payoffs[..., i] for i, b in enumerate(best)], axis=-1).reshape(-1, 2)
    needed = W.min(axis=0) + (1 - delta) / delta * gain
    profiles, promises = [], []
    for vertex in W:
        promise = (vertex - (1 - delta) * payoffs) / delta
        short = (needed - promise).max(axis=1)
        outside = [outside_by(W, place) for place in promise]
        chosen = int(np.argmin(np.maximum(short, outside)))
        profiles.append(tuple(int(a) for a in np.unravel_index(chosen, game.stage.shape)))
        promises.append(promise[chosen])
    return PayoffSet(
        game, W, Status.CONVERGED, steps, 0.0, 1e-10, W.min(axis=0), tuple(profiles), np.array(promises)
    )


SHARP = [
    ([[[0, 1], [2, 4]], [[2, 0], [2, 3]], [[4, 4], [5, 1]]], "22/25"),
    ([[[0, 1], [4, 1]], [[3, 5], [3, 5]], [[1, 0], [0, 1]]], "61/100"),
    ([[[5, 5], [2, 2]], [[0, 1], [1, 1]]], "47/100"),
]


@pytest.mark.parametrize(("payoffs", "delta"), SHARP)
def test_outer_sets_with_sharp_corners_still_hold_what_they_have_to(payoffs, delta):
    # moving each corner away from the middle is not enough for these
    game = RepeatedGame(StageGame(payoffs), delta)
    exact = exact_game(game)
    outer = [tuple(map(exact.outward, one)) for one in islice(outer_sets(exact), 25)]
    assert verify(ExclusionCertificate(game, tuple(outer), ((F(9), F(9)),))).valid
    assert max(x.denominator for one in outer for corner in one for x in corner) <= 2**48


def outside_by(polygon, place):
    edges, offsets = np.roll(polygon, -1, axis=0) - polygon, place - polygon
    beyond = edges[:, 1] * offsets[:, 0] - edges[:, 0] * offsets[:, 1]
    return max(0.0, float(np.max(beyond / np.linalg.norm(edges, axis=1))))


@pytest.mark.parametrize("deltas", [("1/2", "3/4"), (0.3, 0.9), (0.6, 0.4)])
def test_players_who_discount_differently_are_certified(deltas):
    game = RepeatedGame(DILEMMA, deltas)
    found = unequal(game)
    certificate = certify(found)
    assert verify(certificate).valid
    assert certified_gap(certificate, found) < 1e-7
    assert verify(exclude(game, points=[found.vertices.max(axis=0) + 0.01])).valid


def test_unequal_patience_reaches_beyond_the_hull_of_stage_payoffs_and_is_not_excluded_there():
    game = RepeatedGame(DILEMMA, (0.3, 0.9))
    certificate = certify(unequal(game))
    joint = max(x + y for x, y in certificate.vertices)
    assert joint > 18
    with pytest.raises(CertificationError):
        exclude(game, points=[max(certificate.vertices, key=sum)], max_steps=20)


def test_strategies_and_equilibria_are_certified():
    game = RepeatedGame(DILEMMA, "1/7")
    certificate = certify(one_shot(game, grim_trigger(DILEMMA, (0, 0), (1, 1))))
    assert certificate.values == ((9, 9), (3, 3))
    assert certificate.gains[0] == (0, 0)
    forgiving = certify(one_shot(RepeatedGame(DILEMMA, "9/10"), limited_punishment(DILEMMA, (0, 0), (1, 1), 3)))
    delta, three = F(9, 10), F(3)
    assert forgiving.values[1] == ((1 - delta**3) * three + delta**3 * 9,) * 2
    assert verify(forgiving).valid
    with pytest.raises(CertificationError, match="phase 0, player 0: the gain must not be positive"):
        certify(one_shot(RepeatedGame(DILEMMA, F(1, 7) - EPSILON), grim_trigger(DILEMMA, (0, 0), (1, 1))))
    mixed = certify(nash_equilibria(StageGame.from_matrices([[0, 6], [1, 4]], [[0, 1], [6, 4]])))
    assert isinstance(mixed, NashCertificate)
    assert len(mixed.mixed_profiles) == 3
    for one in (certificate, forgiving, mixed):
        assert verify(certificate_from_json(certificate_to_json(one))).valid


def test_a_player_with_one_action_has_nothing_to_gain():
    stage = StageGame.from_matrices([[2], [1]], [[0], [5]])
    certificate = certify(one_shot(RepeatedGame(stage, 0.5), grim_trigger(stage, (0, 0), (0, 0))))
    assert certificate.gains[0] == (F(-1, 2), None)
    assert verify(certificate_from_json(certificate_to_json(certificate))).valid


def test_a_set_that_was_cut_off_is_certified_as_far_as_it_holds():
    found = payoff_set(RepeatedGame(DILEMMA, 0.2475), max_iterations=1)
    assert found.status is Status.MAX_ITERATIONS
    certificate = certify(found)
    assert verify(certificate).valid
    assert certified_gap(certificate, found) > 1e-6


def test_the_work_of_exclusion_is_bounded():
    near = [(F("9.52309708"), 3)]
    game = RepeatedGame(DILEMMA, "0.2475")
    with pytest.raises(CertificationError, match="Not excluded by 3 outer sets, which still move: the point"):
        exclude(game, points=near, max_steps=3)
    assert 3 < len(exclude(game, points=near).outer) < 60
    with pytest.raises(CertificationError, match="the last set is not empty"):
        exclude(RepeatedGame(DILEMMA, 0.5))


def test_arguments_are_refused_by_name():
    game, three = RepeatedGame(DILEMMA, 0.5), RepeatedGame(StageGame(np.zeros((2, 2, 2, 3)).tolist()), 0.5)
    with refused("'repeated' of exclude must have two players, got 3"):
        exclude(three)
    with refused("'points[0]' of exclude must hold two payoffs, got (1, 2, 3)"):
        exclude(game, points=[(1, 2, 3)])
    with refused("'points[1][0]' of support must be a number, got 'x'"):
        support(game, points=[(1, 2), ("x", 3)])
    with refused("'points[0]' of exclude must hold two payoffs, got 3"):
        exclude(game, points=[3])
    with refused("'actions[0]' of StageGame must be a name or a number from 0 to 1, got 5"):
        exclude(game, profiles=[(5, 0)])
    with refused("'max_steps' of exclude must be a whole number of at least 1, got 0"):
        exclude(game, max_steps=0)
    with refused("'result' of certify must be an answer that can be certified, got int"):
        certify(3)
    with refused("'result' of certify must have at most 400 phases, got 1001"):
        certify(one_shot(game, limited_punishment(DILEMMA, (0, 0), (1, 1), 1000)))
