import json
from dataclasses import fields, replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import Automaton, RepeatedGame, StageGame, carrot_and_stick, grim_trigger
from negotiation.solvers.certificate import (
    ExclusionCertificate,
    NashCertificate,
    SelfGenerationCertificate,
    StrategyCertificate,
)
from negotiation.solvers.certificate_json import certificate_from_json, certificate_to_json
from negotiation.solvers.certification import certify, exclude, support
from negotiation.solvers.exact_plane import above, dropped, hull, inside, is_polygon, lifted
from negotiation.solvers.one_shot_deviations import one_shot
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.verification import verify
from tests.strategies import refused

F = Fraction
DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])


def pairs(*points):
    return tuple((F(x), F(y)) for x, y in points)


def by_hand(delta="1/7"):
    """At delta = 1/7 cooperation is just supported by the threat of (3, 3): 9 = (6/7) 10 + (1/7) 3."""
    square = pairs((3, 3), (9, 9))
    return SelfGenerationCertificate(
        RepeatedGame(DILEMMA, delta), square, ((1, 1), (0, 0)), square, (F(3), F(3)), (), ((0, 0),)
    )


def test_a_certificate_written_by_hand_is_accepted():
    found = verify(by_hand())
    assert found.valid
    assert found.fault is None
    assert str(found) == f"valid: {found.lines} lines hold"


def test_a_little_less_patience_is_refused_with_the_line_that_fails():
    found = verify(by_hand(F(1, 7) - F(1, 10**30)))
    assert not found.valid
    assert found.fault.startswith("vertex 1: the payoff of player 0 must be at least ")
    assert str(found) == f"refused at line {found.lines}: {found.fault}"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"vertices": pairs((3, 3), (9, 8))}, "vertex 1 must be (9, 9), got (9, 8)"),
        ({"vertices": ()}, "vertices must hold at least one point, got 0"),
        ({"vertices": pairs((3, 3), (3, 3))}, "vertices must run counter-clockwise round a polygon"),
        ({"vertices": ((F(3),), (F(9),))}, "vertices must hold points of two numbers, got points of [1] numbers"),
        ({"profiles": ((1, 1), (0, 1))}, "vertex 1 must be (15/7, 69/7), got (9, 9)"),
        ({"profiles": ((1, 1), (0, 2))}, "profiles 1 must be below (2, 2), got (0, 2)"),
        ({"profiles": ((1, 1),)}, "profiles must hold 2 entries, got 1"),
        ({"continuations": pairs((3, 3), (9, 10))}, "vertex 1 must be (9, 64/7), got (9, 9)"),
        ({"threat": (F(3), F(2))}, "threat must be (3, 3), got (3, 2)"),
        ({"points": pairs((5, 6))}, "points must lie in the polygon, got (5, 6)"),
        ({"forever": ((0, 1),)}, "forever (0, 1) must lie in the polygon, got (1, 10)"),
        ({"forever": ((-1, 0),)}, "forever 0 must be below (2, 2), got (-1, 0)"),
    ],
)
def test_each_tampered_field_is_refused_with_its_line(change, fault):
    found = verify(replace(by_hand(), **change))
    assert not found.valid
    assert found.fault.startswith(fault)


def test_a_promise_from_outside_the_polygon_is_refused():
    # (6, 6) = (1/2) (9, 9) + (1/2) (3, 3) alone would need the threat (3, 3), which is not in the set
    one = SelfGenerationCertificate(
        RepeatedGame(DILEMMA, "1/2"), pairs((6, 6)), ((0, 0),), pairs((3, 3)), (F(6), F(6))
    )
    assert verify(one).fault == "continuation 0 must lie in the polygon, got (3, 3)"


def test_what_is_no_certificate_is_refused():
    with refused("'certificate' of verify must be a certificate, got int"):
        verify(3)
    three = RepeatedGame(StageGame(np.zeros((2, 2, 2, 3)).tolist()), 0.5)
    assert verify(replace(by_hand(), repeated=three)).fault == "the game must have two players, got 3 players"


def numbers(data, place=()):
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, entry in pairs:
        if isinstance(entry, (str, int)) and key not in ("kind", "version"):
            yield (*place, key)
        yield from numbers(entry, (*place, key))


def tampered(certificate, place, change):
    data = json.loads(certificate_to_json(certificate))
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    entry = inner[place[-1]]
    inner[place[-1]] = str(Fraction(entry) + change) if isinstance(entry, str) else entry ^ 1
    return certificate_from_json(json.dumps(data))


def stated(certificate):
    data = json.loads(certificate_to_json(certificate))
    names = {"players", "actions", "phases", "initial"}
    return [place for place in numbers(data) if not names & set(place)]


CHANGES = [Fraction(1, 10**40), Fraction(-1, 10**40), Fraction(1, 3)]
WEDGE = StageGame.from_matrices([[1, 0], [1, 3]], [[1, 2], [3, 1]])
THREE = StageGame.from_matrices([[16, 3, 0], [21, 10, -1], [9, 5, -5]], [[9, 13, 3], [1, 4, 0], [0, -4, -15]])


@pytest.mark.parametrize(("stage", "delta"), [(DILEMMA, "1/7"), (WEDGE, 0.6), (THREE, 0.3)])
@pytest.mark.parametrize("change", CHANGES)
def test_every_tampered_number_of_a_self_generating_set_is_refused(stage, delta, change):
    certificate = certify(payoff_set(RepeatedGame(stage, delta)))
    assert verify(certificate).valid
    for place in stated(certificate):
        if place[0] != "repeated":
            assert not verify(tampered(certificate, place, change)).valid, place


@pytest.mark.parametrize("change", CHANGES)
def test_a_tampered_game_is_refused_or_the_claim_still_holds_by_brute_force(change):
    for game in (RepeatedGame(DILEMMA, "1/7"), RepeatedGame(WEDGE, 0.6)):
        certificate = certify(payoff_set(game))
        for place in stated(certificate):
            if place[0] == "repeated":
                other = tampered(certificate, place, change)
                assert verify(other).valid == generates_itself(other), place


def generates_itself(certificate):
    """The definition of self-generation, with a convex combination searched for by solving for its weights."""
    payoffs, deltas = certificate.repeated.stage.exact_payoffs, certificate.repeated.exact_deltas
    W = certificate.vertices
    least = [min(w[i] for w in W) for i in range(2)]
    for vertex, (a, b), promise in zip(W, certificate.profiles, certificate.continuations, strict=True):
        best = (max(payoffs[:, b, 0]), max(payoffs[a, :, 1]))
        for i in range(2):
            if vertex[i] != (1 - deltas[i]) * payoffs[a, b, i] + deltas[i] * promise[i]:
                return False
            if vertex[i] < (1 - deltas[i]) * best[i] + deltas[i] * least[i]:
                return False
        if not is_combination(W, promise):
            return False
    return True


def is_combination(points, target):
    """Carathéodory: some triple of the points holds the target, by barycentric coordinates."""
    for a, b, c in product(points, repeat=3):
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area == 0:
            run, gone = [b[i] - a[i] for i in range(2)], [target[i] - a[i] for i in range(2)]
            if run[0] * gone[1] == run[1] * gone[0]:
                along = next((gone[i] / run[i] for i in range(2) if run[i]), F(0) if gone == [0, 0] else F(-1))
                if 0 <= along <= 1 and (gone == [0, 0] or run != [0, 0]):
                    return True
            continue
        t = ((target[0] - a[0]) * (c[1] - a[1]) - (target[1] - a[1]) * (c[0] - a[0])) / area
        s = ((b[0] - a[0]) * (target[1] - a[1]) - (b[1] - a[1]) * (target[0] - a[0])) / area
        if t >= 0 and s >= 0 and t + s <= 1:
            return True
    return False


BELOW = RepeatedGame(DILEMMA, F(1, 7) - F(1, 10**9))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"outer": ()}, "outer must hold at least one set, got 0"),
        ({"outer": (pairs((3, 3), (10, 3), (9, 9)),)}, "outer set 0 must hold all that it has to"),
        ({"outer": (pairs((3, 3), (9, 9), (10, 3)),)}, "outer set 0 must run counter-clockwise"),
        ({"points": pairs((3, 3))}, "points must lie outside the last set, got (3, 3)"),
        ({"profiles": ((1, 1),)}, "profile (1, 1) must be supported by no promise of the last set"),
        ({"forever": ((1, 1),)}, "forever (1, 1) must lie outside the last set or invite a deviation"),
        ({"forever": ()}, "the last outer set must be empty"),
        ({"forever": ((2, 0),)}, "forever 0 must be below (2, 2), got (2, 0)"),
        ({"repeated": RepeatedGame(DILEMMA, "1/7")}, "forever (0, 0) must lie outside"),
        ({"repeated": RepeatedGame(DILEMMA, ["1/7", "1/8"])}, "outer set 0 must hold all that it has to"),
    ],
)
def test_each_tampered_field_of_an_exclusion_is_refused_with_its_line(change, fault):
    certificate = exclude(BELOW, forever=[(0, 0)])
    assert verify(certificate).valid
    found = verify(replace(certificate, **change))
    assert not found.valid
    assert found.fault.startswith(fault)


def test_an_outer_set_that_leaves_out_what_the_one_before_supports_is_refused():
    certificate = exclude(RepeatedGame(DILEMMA, "0.2"), points=[(9, 10)])
    first = certificate.outer[0]
    small = replace(certificate, outer=(first, pairs((4, 4), (9, 9))))
    assert verify(small).fault.startswith("outer set 1 must hold all that it has to, got a set without (3, 3)")


def test_a_profile_that_supports_itself_adds_more_than_itself_if_patience_differs():
    # (0, 0) meets its constraints with its own payoffs; with the promise (10, 10) it gives (9.3, 9.9)
    game = RepeatedGame(DILEMMA, (0.3, 0.9))
    box = pairs((3, 3), (10, 3), (10, 10), (3, 10))
    without = pairs((3, 3), (10, 3), (10, "9.1"), ("3.7", 10), (3, 10))
    forged = ExclusionCertificate(game, (box, without), pairs((10, 10)))
    assert verify(forged).fault == "outer set 1 must hold all that it has to, got a set without (93/10, 99/10)"
    wider = replace(forged, outer=(box, pairs((3, 3), (10, 3), (10, "9.1"), ("9.3", "9.9"), ("3.7", 10), (3, 10))))
    assert verify(wider).valid


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["1/20", "1/5", "1/2", "3/4"]))
def test_no_set_that_is_certified_is_ever_excluded(seed, delta):
    table = np.random.default_rng(seed).integers(0, 4, (2, 3, 2)).tolist()
    game = RepeatedGame(StageGame(table), delta)
    found = payoff_set(game)
    if found.is_empty:
        return
    inner, rng = certify(found), np.random.default_rng(seed)
    share = F(int(rng.integers(0, 5)), 4)
    here, there = inner.vertices[0], inner.vertices[-1]
    point = tuple(x + share * (y - x) for x, y in zip(here, there, strict=True))
    assert verify(replace(inner, points=(point,))).valid
    with pytest.raises(ValueError, match="Not excluded"):
        exclude(game, points=[point])
    for forged in ([], [here], [here, there]):
        polygon = tuple(dict.fromkeys(forged))
        false = ExclusionCertificate(game, (polygon,), (point,))
        assert not verify(false).valid


def test_strategies_are_checked_phase_by_phase():
    stage = StageGame.from_matrices([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    game = RepeatedGame(stage, "1/3")
    certificate = certify(one_shot(game, grim_trigger(stage, (0, 0), (1, 1))))
    assert certificate.values == ((2, 2), (0, 0))
    assert certificate.gains == ((0, 0), (F(-2, 3), F(-2, 3)))
    assert verify(certificate).valid
    for place in stated(certificate):
        if place[0] == "automaton":
            both_deviate = place[1:] in [("transition", 0, 1, 1), ("transition", 1, 0, 0)]
            assert verify(tampered(certificate, place, F(0))).valid == both_deviate, place
        elif place[0] != "repeated":
            assert not verify(tampered(certificate, place, F(1, 10**40))).valid, place
    less = replace(certificate, repeated=RepeatedGame(stage, F(1, 3) - F(1, 10**30)))
    assert verify(less).fault.startswith("phase 0, player 0: the gain must be ")
    other = Automaton([[0, 0, 0]], np.zeros((1, 1, 1, 1), dtype=int))
    assert verify(replace(certificate, automaton=other)).fault == (
        "the automaton must have the actions (2, 2), got (1, 1, 1)"
    )
    assert verify(replace(certificate, values=((F(2),), (F(0),)))).fault.startswith("values must hold 2 numbers")


def test_a_positive_gain_is_refused_even_if_it_is_stated():
    stage = StageGame.from_matrices([[2, -1], [3, 0]], [[2, 3], [-1, 0]])
    certificate = StrategyCertificate(
        RepeatedGame(stage, "1/4"),
        grim_trigger(stage, (0, 0), (1, 1)),
        ((F(2), F(2)), (F(0), F(0))),
        ((F(1, 4), F(1, 4)), (F(-3, 4), F(-3, 4))),
    )
    assert verify(certificate).fault == "phase 0, player 0: the gain must not be positive, got 1/4"


def test_mixed_profiles_are_checked_against_every_reply():
    stage = StageGame.from_matrices([[0, 6], [1, 4]], [[0, 1], [6, 4]])
    mixed = ((F(2, 3), F(1, 3)), (F(2, 3), F(1, 3)))
    certificate = NashCertificate(stage, (mixed,), ((F(2), F(2)),))
    assert verify(certificate).valid
    for place in stated(certificate):
        for change in CHANGES:
            assert not verify(tampered(certificate, place, change)).valid, place
    half = replace(certificate, mixed_profiles=(((F(1, 2), F(1, 2)), (F(2, 3), F(1, 3))),))
    assert verify(half).fault == "profile 0, player 1: the payoff must be 17/6, got 2"
    stated_right = replace(half, payoffs=((F(2), F(17, 6)),))
    assert verify(stated_right).fault == "profile 0, player 1: the payoff of the best reply must be 17/6, got 3"
    negative = ((F(-1), F(2)), (F(2, 3), F(1, 3)))
    assert verify(replace(certificate, mixed_profiles=(negative,))).fault == (
        "profile 0, player 0: a probability must not be negative, got -1"
    )
    zeros = StageGame(np.zeros((2, 2, 2), dtype=int).tolist())
    half_played = NashCertificate(zeros, (((F(1, 2), F(0)), (F(1), F(0))),), ((F(0), F(0)),))
    assert verify(half_played).fault == "profile 0, player 0: the sum of probabilities must be 1, got 1/2"
    assert verify(NashCertificate(stage, (), ())).fault.startswith("mixed_profiles must hold at least one")


coordinates = st.fractions(-3, 3, max_denominator=3)
places = st.tuples(coordinates, coordinates)


@settings(max_examples=200, deadline=None)
@given(st.lists(places, min_size=1, max_size=6), places, places)
def test_the_plane_agrees_with_barycentric_coordinates(points, place, least):
    polygon = hull([lifted(point) for point in points])
    assert is_polygon(polygon)
    assert inside(polygon, lifted(place)) == is_combination(points, place)
    cut = above(polygon, least)
    kept = is_combination(points, place) and all(x >= y for x, y in zip(place, least, strict=True))
    assert (bool(cut) and inside(hull(cut), lifted(place))) == kept
    assert all(is_combination(points, dropped(corner)) for corner in cut)


def test_only_convex_polygons_pass():
    star = [(0, 3), (2, -2), (-3, 1), (3, 1), (-2, -2)][::-1]
    bent = [(0, 0), (2, 0), (1, 1), (2, 2), (0, 2)]
    line = [(0, 0), (1, 1), (2, 2)]
    for points in (star, bent, line, [(0, 0), (0, 1), (1, 0)], [(0, 0), (0, 0)]):
        assert not is_polygon([lifted((F(x), F(y))) for x, y in points])
    assert is_polygon([lifted((F(x), F(y))) for x, y in [(0, 0), (1, 0), (1, 1), (0, 1)]])
    assert is_polygon([])


def test_a_stick_that_is_worse_for_the_punished_passes():
    stage = StageGame.from_matrices([[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]])
    certificate = certify(one_shot(RepeatedGame(stage, "9/10"), carrot_and_stick(stage, (0, 0), (2, 2))))
    assert verify(certificate).valid
    assert [field.name for field in fields(certificate)] == ["repeated", "automaton", "values", "gains"]


def test_support_states_what_was_asked_for():
    certificate = support(RepeatedGame(DILEMMA, "1/4"), points=[(9, 9), ("39/4", 3)], forever=[(0, 0)])
    assert certificate.points == pairs((9, 9), ("39/4", 3))
    assert verify(certificate).valid
