import json
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from negotiation._kernels import state_fall
from negotiation.games import RepeatedGame, StageGame
from negotiation.games.stochastic import StochasticGame
from negotiation.solvers.certificate import StateExclusionCertificate, StateSelfGenerationCertificate
from negotiation.solvers.certificate_json import certificate_from_json, certificate_to_json
from negotiation.solvers.certification import certified_gap, certify
from negotiation.solvers.claims import CertificationError
from negotiation.solvers.exact_plane import dropped, lifted, weighted_mean
from negotiation.solvers.payoff_sets import payoff_set
from negotiation.solvers.policy_values import Measured
from negotiation.solvers.polygon import distance
from negotiation.solvers.solution import Status
from negotiation.solvers.state_exclusion import exclude_from_states
from negotiation.solvers.stochastic_payoff_sets import game_arrays, state_payoff_sets
from negotiation.solvers.verification import verify
from tests.strategies import refused

F = Fraction
CLOSE = 1e-7  # of the payoff range, as what is rounded inward adds up near delta = 1; most gaps are below 1e-10


def pairs(*points):
    return tuple((F(x), F(y)) for x, y in points)


def truce(delta, mended="1/4"):
    """Keeping preserves the truce, breaking leads to war, from which one comes back with chance `mended`."""
    return StochasticGame(
        ["truce", "war"],
        payoffs=[[[[2, 2], [-1, 3]], [[3, -1], [0, 0]]], [[[0, 0]]]],
        transitions=[[[[1, 0], [0, 1]], [[0, 1], [0, 1]]], [[[mended, 1 - F(mended)]]]],
        delta=F(delta),
    )


def by_hand(delta="1/3"):
    """At delta = 1/3 keeping is just supported: 2 = (2/3) 3 + (1/3) 0."""
    war = F(2) * F(delta) / 4 / (1 - F(delta) * 3 / 4)
    return StateSelfGenerationCertificate(
        truce(delta),
        (pairs((0, 0), (2, 2)), pairs((0, 0), (war, war))),
        (((1, 1), (0, 0)), ((0, 0), (0, 0))),
        ((pairs((0, 0)), pairs((2, 2))), (pairs((0, 0), (0, 0)), pairs((2, 2), (war, war)))),
        pairs((0, 0), (0, 0)),
    )


def two_state_dilemma(delta):
    dilemma = np.array([[[1, 1], [-1, 2]], [[2, -1], [0, 0]]])
    third, half = F(1, 3), F(1, 2)
    stay, leave, mixed = [third, 1 - third], [1 - third, third], [half, half]
    moves = [[[stay, mixed], [mixed, stay]], [[leave, mixed], [mixed, leave]]]
    return StochasticGame(["poor", "rich"], [dilemma, dilemma + 2], moves, F(delta))


def random_game(seed, delta):
    """Draw a game with small whole payoffs, few next states and many ties."""
    rng = np.random.default_rng(seed)
    num_states, top = int(rng.integers(1, 4)), int(rng.choice([1, 2, 5]))
    payoffs, transitions = [], []
    for _ in range(num_states):
        shape = tuple(rng.integers(1, 4, 2))
        payoffs.append(rng.integers(0, top + 1, (*shape, 2)).tolist())
        weights = rng.integers(1, 4, (*shape, num_states)) * (rng.random((*shape, num_states)) < 0.6)
        weights[..., 0] += weights.sum(axis=-1) == 0
        exact = np.empty(weights.shape, dtype=object)
        for place in np.ndindex(weights.shape):
            exact[place] = F(int(weights[place]), int(weights[place[:-1]].sum()))
        transitions.append(exact)
    return StochasticGame([f"s{k}" for k in range(num_states)], payoffs, transitions, F(delta))


def is_combination(points, target):
    """Carathéodory: some triple of the points holds the target, by barycentric coordinates."""
    for a, b, c in product(points, repeat=3):
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area == 0:
            run, gone = [b[i] - a[i] for i in range(2)], [target[i] - a[i] for i in range(2)]
            if run[0] * gone[1] == run[1] * gone[0]:
                along = next((gone[i] / run[i] for i in range(2) if run[i]), F(0) if gone == [0, 0] else F(-1))
                if 0 <= along <= 1:
                    return True
            continue
        t = ((target[0] - a[0]) * (c[1] - a[1]) - (target[1] - a[1]) * (c[0] - a[0])) / area
        s = ((b[0] - a[0]) * (target[1] - a[1]) - (b[1] - a[1]) * (target[0] - a[0])) / area
        if t >= 0 and s >= 0 and t + s <= 1:
            return True
    return False


def generates_itself(certificate):
    """The definition, with a convex combination searched for by solving for its weights."""
    game, sets = certificate.game, certificate.vertices
    deltas = game.exact_deltas
    for s, polygon in enumerate(sets):
        payoffs, chances = game.exact_payoffs[s], game.transitions.exact(s)
        for k, vertex in enumerate(polygon):
            profile = certificate.profiles[s][k]
            if any(a >= count for a, count in zip(profile, game.shapes[s], strict=True)):
                return False
            following = [t for t in range(game.num_states) if chances[(*profile, t)] > 0]
            if len(following) != len(certificate.promises[s][k]):
                return False
            promises = dict(zip(following, certificate.promises[s][k], strict=True))
            if not all(is_combination(sets[t], promise) for t, promise in promises.items()):
                return False
            for i in range(2):
                later = sum(chances[(*profile, t)] * promise[i] for t, promise in promises.items())
                if vertex[i] != (1 - deltas[i]) * payoffs[(*profile, i)] + deltas[i] * later:
                    return False
                for action in range(game.shapes[s][i]):
                    left = (action, profile[1]) if i == 0 else (profile[0], action)
                    reached = [t for t in range(game.num_states) if chances[(*left, t)] > 0]
                    if not all(sets[t] for t in reached):
                        return False
                    worst = sum(chances[(*left, t)] * min(v[i] for v in sets[t]) for t in reached)
                    if vertex[i] < (1 - deltas[i]) * payoffs[(*left, i)] + deltas[i] * worst:
                        return False
    return True


def test_a_certificate_written_by_hand_is_accepted():
    found = verify(by_hand())
    assert found.valid and str(found) == f"valid: {found.lines} lines hold"
    assert str(by_hand()) == (
        "equilibrium payoffs at delta = 1/3 fill, from truce: {(0, 0), (2, 2)}; "
        "from war: {(0, 0), (0.222222, 0.222222)}"
    )


def test_a_little_less_patience_is_refused_with_the_line_that_fails():
    found = verify(by_hand(F(1, 3) - F(1, 10**30)))
    assert not found.valid
    assert found.fault.startswith("vertex 1 of truce: the payoff of player 0 against action 1 must be at least ")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"vertices": by_hand().vertices[:1]}, "vertices must hold 2 entries, got 1"),
        ({"vertices": ((), ())}, "profiles of truce must hold 0 entries, got 2"),
        (
            {"vertices": (pairs((0, 0), (3, 3)), by_hand().vertices[1])},
            "vertex 1 of truce must be (2, 2), got (3, 3)",
        ),
        ({"vertices": (pairs((0, 0), (0, 0)), by_hand().vertices[1])}, "vertices of truce must run counter-clock"),
        (
            {"vertices": (((F(0),), (F(2),)), by_hand().vertices[1])},
            "vertices of truce must hold points of two numbers",
        ),
        ({"profiles": (((1, 1), (0, 2)), ((0, 0), (0, 0)))}, "profiles of truce must be below (2, 2), got (0, 2)"),
        ({"profiles": (((1, 1), (-1, 0)), ((0, 0), (0, 0)))}, "profiles of truce must be below (2, 2)"),
        ({"threats": pairs((0, 0), (0, -1))}, "threats of war must be (0, 0), got (0, -1)"),
        ({"threats": (pairs((0, 0))[0], None)}, "threats of war must be (0, 0), got none"),
        (
            {"promises": ((pairs((0, 0)), ()), by_hand().promises[1])},
            "vertex 1 of truce: promises must hold 1 points, got 0",
        ),
        (
            {"promises": ((pairs((0, 0)), pairs((3, 3))), by_hand().promises[1])},
            "vertex 1 of truce: the promise in truce must lie in its polygon, got (3, 3)",
        ),
    ],
)
def test_each_tampered_field_is_refused_with_its_line(change, fault):
    found = verify(replace(by_hand(), **change))
    assert not found.valid and found.fault.startswith(fault), found.fault


def test_a_deviation_to_a_state_without_a_set_is_refused():
    game = truce("1/2")
    alone = StateSelfGenerationCertificate(
        game, (pairs((2, 2)), ()), (((0, 0),), ()), ((pairs((2, 2)),), ()), (*pairs((2, 2)), None)
    )
    assert verify(alone).fault == (
        "vertex 0 of truce: the payoff of player 0 against action 1 must have an equilibrium after it, got 2"
    )
    empty = replace(alone, vertices=((), ()), profiles=((), ()), promises=((), ()), threats=(None, None))
    assert verify(empty).fault == "vertices must hold at least one point, got none at all"


def places(data, place=()):
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, entry in inside:
        if isinstance(entry, (str, int)) and not {"kind", "version", "states", "players", "actions"} & {
            *place,
            key,
        }:
            yield (*place, key)
        yield from places(entry, (*place, key))


def tampered(certificate, place, change):
    data = json.loads(certificate_to_json(certificate))
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    entry = inner[place[-1]]
    inner[place[-1]] = str(F(entry) + change) if isinstance(entry, str) else entry ^ 1
    return json.dumps(data)


@pytest.mark.parametrize("change", [F(1, 10**40), F(-1, 3)])
@pytest.mark.parametrize("game", [truce("1/3"), two_state_dilemma("2/3"), random_game(3, "1/2")])
def test_every_tampered_number_is_refused_or_the_claim_still_holds_by_definition(game, change):
    certificate = certify(state_payoff_sets(game))
    assert verify(certificate).valid and generates_itself(certificate)
    for place in places(json.loads(certificate_to_json(certificate))):
        try:
            other = certificate_from_json(tampered(certificate, place, change))
        except ValueError:  # chances that do not add up to 1, actions that are not there
            assert place[0] == "game", place
            continue
        if place[0] in ("game", "profiles"):  # another profile may do the same
            assert verify(other).valid == generates_itself(other), place
        else:
            assert not verify(other).valid, place


def test_a_certificate_is_read_back_as_it_was_written():
    for certificate in (by_hand(), exclude_from_states(truce("0.33"), profiles=[("truce", (0, 0))])):
        text = certificate_to_json(certificate)
        again = certificate_from_json(text)
        assert certificate_to_json(again) == text and verify(again).valid and str(again) == str(certificate)


@pytest.mark.parametrize(
    ("place", "entry", "rule"),
    [
        (("transitions", 0), [[0, "1/2"]], "lead to states below 2 with chances that add up to 1"),
        (("transitions", 0), [[2, "1"]], "lead to states below 2"),
        (("transitions", 0), [[0, "1/2"], [0, "1/2"]], "name each next state once"),
        (("transitions", 0), [["1/2"]], "be a list of two entries"),
        (("transitions",), [], "hold one row for each of 5 action profiles"),
    ],
)
def test_a_game_of_another_form_is_refused(place, entry, rule):
    data = json.loads(certificate_to_json(by_hand()))
    inner = data["game"]
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = entry
    with pytest.raises(ValueError, match=rule):
        certificate_from_json(json.dumps(data))


def test_known_sets_come_out_as_fractions():
    certificate = certify(state_payoff_sets(two_state_dilemma("2/3")))
    low, high = F(8, 11), F(19, 11)
    steep, tilted = (F(479, 220), low), (F(119, 60), F(4, 3))
    assert set(certificate.vertices[0]) == {
        (low, low), steep, tilted, (high, high), tilted[::-1], steep[::-1]
    }  # fmt: skip
    assert certificate.threats[0] == (low, low)


def test_what_is_supported_within_the_tolerance_alone_is_left_out():
    below = F(1, 3) - F(1, 10**15)
    found = state_payoff_sets(truce(below))
    assert found.contains("truce", (2, 2))
    assert certify(found).vertices == (pairs((0, 0)), pairs((0, 0)))


@given(st.integers(0, 10**6), st.integers(1, 19))
@example(114, 8)
@settings(max_examples=25, deadline=None)
def test_random_sets_are_certified_near_what_was_found(seed, twentieths):
    found = state_payoff_sets(random_game(seed, F(twentieths, 20)))
    certificate = certify(found)
    if isinstance(certificate, StateExclusionCertificate):
        assert all(len(part) == 0 for part in found.vertices) and len(certificate.states) == found.game.num_states
    else:
        assert generates_itself(certificate)
        assert certified_gap(certificate, found) < CLOSE


@given(st.integers(0, 10**6), st.integers(1, 19))
@settings(max_examples=30, deadline=None)
def test_with_one_state_the_certificate_is_that_of_the_repeated_game(seed, twentieths):
    table, delta = np.random.default_rng(seed).integers(0, 4, (2, 3, 2)).tolist(), F(twentieths, 20)
    repeated = payoff_set(RepeatedGame(StageGame(table), delta))
    found = state_payoff_sets(StochasticGame(["always"], [table], [np.ones((2, 3, 1), dtype=int)], delta))
    if repeated.is_empty:
        assert isinstance(certify(found), StateExclusionCertificate)
        return
    one, other = certify(repeated).vertices, certify(found).vertices[0]
    assert len(one) == len(other)
    span = np.ptp(np.array(table), axis=(0, 1)).max() or 1
    gaps = [
        max(abs(x - y) for x, y in zip(a, b, strict=True)) for a, b in zip(sorted(one), sorted(other), strict=True)
    ]
    assert max(gaps) / span < CLOSE
    plain = [x.denominator < 10**6 for vertex in one for x in vertex]
    assert not all(plain) or set(one) == set(other)


def test_a_profile_is_excluded_just_below_its_critical_discount_factor():
    below = truce(F(1, 3) - F(1, 10**6))
    certificate = exclude_from_states(below, points=[("truce", (2, 2))], profiles=[("truce", (0, 0))])
    assert verify(certificate).valid
    assert "given by no equilibrium: (2, 2) from truce; played by no equilibrium: 0-0 in truce" in str(certificate)
    with pytest.raises(CertificationError, match=r"settled: the profile \(0, 0\) of truce is supported"):
        exclude_from_states(truce("1/3"), profiles=[("truce", (0, 0))])
    with pytest.raises(CertificationError, match="by 2 outer sets a state, which still move"):
        exclude_from_states(below, profiles=[("truce", (0, 0))], max_steps=2)


def test_each_tampered_exclusion_is_refused_with_its_line():
    certificate = exclude_from_states(truce("0.33"), profiles=[("truce", (0, 0))])
    first = certificate.outer[0]
    for change, fault in (
        ({"outer": ()}, "outer must hold at least one list of sets, got 0"),
        ({"outer": (first[:1],)}, "outer sets 0 must hold 2 sets, got 1"),
        ({"outer": ((pairs((-1, -1), (3, -1), (3, 3)), first[1]),)}, "outer set 0 of truce must hold all"),
        ({"outer": ((first[0][::-1], first[1]),)}, "outer set 0 of truce must run counter-clockwise"),
        ({"outer": (first, (pairs((0, 0)), pairs((0, 0))))}, "outer set 1 of truce must hold all that it has to"),
        ({"outer": (first,)}, "profile (0, 0) of truce must be supported by no promise of the last sets"),
        ({"game": truce("0.34")}, "outer set 1"),
        ({"profiles": ()}, "the certificate must claim something, got nothing"),
        ({"profiles": ((2, (0, 0)),)}, "a state must be below 2, got 2"),
        ({"profiles": ((0, (0, 5)),)}, "profiles of truce must be below (2, 2), got (0, 5)"),
        ({"points": ((0, (F(0), F(0))),)}, "the point of truce must lie outside the last set, got (0, 0)"),
        ({"states": (0,)}, "the last set of truce must be empty"),
    ):
        found = verify(replace(certificate, **change))
        assert not found.valid and found.fault.startswith(fault), found.fault


@given(st.integers(0, 10**6), st.sampled_from(["1/10", "3/10", "1/2", "7/10"]))
@settings(max_examples=15, deadline=None)
def test_nothing_that_is_certified_is_ever_excluded(seed, delta):
    game = random_game(seed, delta)
    inner, top = certify(state_payoff_sets(game)), max(table.max() for table in game.exact_payoffs)
    outer = exclude_from_states(game, points=[(0, (top + 1, top + 1))]).outer
    if isinstance(inner, StateSelfGenerationCertificate):
        played = [(s, profile) for s, listed in enumerate(inner.profiles) for profile in listed]
        with pytest.raises(CertificationError):
            exclude_from_states(game, profiles=played[:1], max_steps=4)
        for s, polygon in enumerate(inner.vertices):
            for point in polygon[:1]:
                with pytest.raises(CertificationError):
                    exclude_from_states(game, points=[(s, point)], max_steps=4)
                assert is_combination(outer[-1][s], point)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_the_mean_of_polygons_is_the_hull_of_all_means_of_corners(seed):
    rng = np.random.default_rng(seed)
    polygons = [[lifted((F(1), F(2)))]]
    for _ in range(2):
        drawn = [lifted((F(int(x)), F(int(y)))) for x, y in rng.integers(0, 4, (int(rng.integers(1, 6)), 2))]
        polygons.append(slow_hull(drawn))
    weights = [F(1, 2), F(1, 3), F(1, 6)]
    mean = {dropped(point) for point in weighted_mean(polygons, weights)}
    sums = [
        tuple(sum(w * p[i] for w, p in zip(weights, choice, strict=True)) for i in range(2))
        for choice in product(*([dropped(point) for point in polygon] for polygon in polygons))
    ]
    assert mean <= set(sums)
    assert all(is_combination(sorted(mean), point) for point in sums)


def slow_hull(points):
    """Corners counter-clockwise: those that no triple of the others holds, by angle around their middle."""
    places = sorted({dropped(point) for point in points})
    corners = (
        [p for p in places if not is_combination([q for q in places if q != p], p)] if len(places) > 1 else places
    )
    middle = [float(sum(p[i] for p in corners) / len(corners)) for i in range(2)]
    corners.sort(key=lambda p: np.arctan2(float(p[1]) - middle[1], float(p[0]) - middle[0]))
    return [lifted(p) for p in corners]


@pytest.mark.parametrize("delta", ["9/10", "19/20", "99/100"])
def test_near_delta_one_the_limit_is_solved_for_and_certified(delta):
    found = state_payoff_sets(two_state_dilemma(F(delta)))
    assert found.status is Status.SETTLED
    assert certified_gap(certify(found), found) < 1e-9


@given(st.integers(0, 10**6), st.sampled_from(["7/10", "19/20", "97/100"]))
@example(460, "3/4")
@settings(max_examples=15, deadline=None)
def test_short_cuts_end_where_plain_iteration_does(seed, delta):
    game = random_game(seed, delta)
    found = state_payoff_sets(game)
    units = Measured(game)
    slack = max(found.tolerance * (1 - float(game.deltas[0])), 4e-15 / (1 - float(game.deltas[0])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state_fall, "advanced", lambda game, points, ends, *_: (points, ends, np.inf))
        points, ends, *_, settled = state_fall.fall.py_func(game_arrays(units, slack), 0.0, slack, 10**5)
    assert not settled
    low, spread = np.array(units.low, dtype=float), np.array(units.spread, dtype=float)
    for s, part in enumerate(found.vertices):
        plain = low + spread * points[ends[s] : ends[s + 1], :2]
        assert distance(part / spread, plain / spread) < 1e-9


def test_bad_arguments_are_refused():
    with refused("'points' of exclude_from_states must name something to exclude, got nothing"):
        exclude_from_states(truce("1/2"))
    with refused("'points[0]' of exclude_from_states must hold two payoffs, got (1,)"):
        exclude_from_states(truce("1/2"), points=[("truce", (1,))])
    three = StochasticGame(["one"], [np.zeros((1, 1, 1, 3))], [np.ones((1, 1, 1, 1))], 0.5)
    with refused("'game' of exclude_from_states must have two players, got 3"):
        exclude_from_states(three, states=[0])
    with refused("'found' of certified_gap must be an answer that a StateSelfGenerationCertificate is made of"):
        certified_gap(by_hand(), payoff_set(RepeatedGame(StageGame([[[0, 0]]]), 0.5)))
