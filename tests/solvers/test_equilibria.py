"""The set of equilibria: maximal Nash subsets, components, ties, against definitions applied by brute force."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from negotiation.games import StageGame
from negotiation.solvers.deviation import regret
from negotiation.solvers.nash import nash_equilibria


def tied_games(seed, count, high=3):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield StageGame(rng.integers(0, high, (*rng.integers(1, 5, 2), 2)).tolist())


def bicliques(profiles):
    """All maximal complete bipartite subgraphs, by trying every set of first mixed actions."""
    edges = set(profiles)
    firsts = list(dict.fromkeys(x for x, _ in profiles))
    seconds = list(dict.fromkeys(y for _, y in profiles))
    found = set()
    for size in range(1, len(firsts) + 1):
        for chosen in combinations(firsts, size):
            common = frozenset(y for y in seconds if all((x, y) in edges for x in chosen))
            if common:
                every = frozenset(x for x in firsts if all((x, y) in edges for y in common))
                found.add((every, common))
    return found


def test_subsets_are_the_maximal_bicliques_and_all_their_mixtures_are_equilibria():
    checked = 0
    for stage in tied_games(1, 60):
        found = nash_equilibria(stage)
        if len({x for x, _ in found}) > 10:
            continue
        checked += 1
        assert {(frozenset(a), frozenset(b)) for a, b in found.subsets} == bicliques(found.profiles)
        assert len(set(found.subsets)) == len(found.subsets)
        for corners in found.subsets:
            weights = [[Fraction(k + 1) for k in range(len(side))] for side in corners]
            middle = [
                [sum(w * c[a] for w, c in zip(ws, side, strict=True)) / sum(ws) for a in range(len(side[0]))]
                for ws, side in zip(weights, corners, strict=True)
            ]
            assert not any(regret(stage, middle))
    assert checked > 40


def test_components_are_the_parts_that_subsets_link():
    for stage in tied_games(2, 60):
        found = nash_equilibria(stage)
        parts = [set(product(*subset)) for subset in found.subsets]
        merged = []
        for part in parts:
            touching = [m for m in merged if any(p[0] == q[0] or p[1] == q[1] for p in part for q in m)]
            merged = [m for m in merged if m not in touching] + [part.union(*touching)]
        assert {frozenset(found.profiles[k] for k in group) for group in found.components} == {
            frozenset(part) for part in merged
        }
        assert sorted(k for group in found.components for k in group) == list(range(len(found)))


def test_every_tie_has_more_best_replies_than_played_actions():
    for stage in tied_games(3, 60):
        for tie in nash_equilibria(stage).ties:
            payoffs = np.moveaxis(stage.exact_payoffs[..., 1 - tie.player], tie.player, 0)
            earned = np.array(tie.mixture, dtype=object) @ payoffs
            assert tie.best_replies == tuple(np.flatnonzero(earned == max(earned)))
            assert len(tie.best_replies) > sum(weight > 0 for weight in tie.mixture)


def test_a_pure_tie_is_never_overlooked():
    for stage in tied_games(4, 100, high=6):
        row, column = stage.exact_payoffs[..., 0], stage.exact_payoffs[..., 1]
        tied = any(sum(r == max(r)) > 1 for r in column) or any(sum(c == max(c)) > 1 for c in row.T)
        found = nash_equilibria(stage)
        pure = [tie for tie in found.ties if 1 in tie.mixture]
        assert bool(pure) == tied
        assert found.degenerate >= tied


def test_ties_are_worded_with_names():
    stage = StageGame.from_matrices([[1, 1]], [[2, 2]], ["US", "China"], [["hold"], ["buy", "wait"]])
    assert [str(tie) for tie in nash_equilibria(stage).ties] == ["China has 2 best replies to hold: buy, wait"]


def test_an_all_tie_game_is_one_subset_and_one_component():
    found = nash_equilibria(StageGame(np.zeros((4, 3, 2))))
    assert len(found) == 12
    assert [tuple(map(len, pair)) for pair in found.subsets] == [(4, 3)]
    assert found.components == (tuple(range(12)),)


def test_many_linked_pieces_are_listed_once_each():
    # Both players want to differ: action i against action j is an equilibrium if and only if i != j.
    size = 6
    stage = StageGame(np.repeat(1 - np.eye(size, dtype=int)[..., None], 2, axis=2).tolist())
    found = nash_equilibria(stage)
    assert all(len(a) + len(b) <= len(found) for a, b in found.subsets)
    assert {(frozenset(a), frozenset(b)) for a, b in found.subsets} == _closed(found.profiles)


def _closed(profiles):
    edges = set(profiles)
    return {(frozenset(a), frozenset(b)) for a, b in nash_subsets_by_extension(edges)}


def nash_subsets_by_extension(edges):
    """Grow every extreme equilibrium to maximal products, one mixed action at a time."""
    firsts, seconds = {x for x, _ in edges}, {y for _, y in edges}
    waiting = [(frozenset([x]), frozenset([y])) for x, y in edges]
    seen = set(waiting)
    maximal = set()
    while waiting:
        a, b = waiting.pop()
        larger = [(a | {x}, b) for x in firsts - a if all((x, y) in edges for y in b)]
        larger += [(a, b | {y}) for y in seconds - b if all((x, y) in edges for x in a)]
        if not larger:
            maximal.add((a, b))
        fresh = [pair for pair in larger if pair not in seen]
        seen.update(fresh)
        waiting += fresh
    return maximal


def test_regrets_are_those_of_the_profiles():
    stage = StageGame.from_matrices([[0, 6], [1, 4]], [[0, 1], [6, 4]])
    found = nash_equilibria(stage)
    assert found.regrets.shape == (3, 2)
    assert not found.regrets.any()
    with pytest.raises(ValueError, match="read-only"):
        found.regrets[0, 0] = 1
