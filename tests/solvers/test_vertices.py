"""The vertices of best-response polytopes: floats against whole numbers, and both against brute force."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from negotiation._kernels import vertices as kernel
from negotiation.solvers import vertices as module
from negotiation.solvers.vertices import _in_whole_numbers, _proved_in_floats, polytope_vertices, vertex

MANY = 10**6


def random_rows(rng, high, count):
    for _ in range(count):
        shape = rng.integers(1, 8, 2)
        yield rng.integers(1, high + 1, shape).tolist()


def label_sets(rows):
    """Labels of all vertices, from every choice of as many equations as there are dimensions."""
    dimension = len(rows[0])
    equations = [([int(j == k) for k in range(dimension)], 0) for j in range(dimension)]
    equations += [(row, 1) for row in rows]
    found = set()
    for chosen in combinations(equations, dimension):
        matrix = [[Fraction(a) for a in row] + [Fraction(value)] for row, value in chosen]
        point = _solve(matrix)
        if point is None or min(point) < 0:
            continue
        heights = [sum(a * z for a, z in zip(row, point, strict=True)) for row in rows]
        if max(heights) <= 1 and any(point):
            equal = [z == 0 for z in point] + [height == 1 for height in heights]
            found.add(sum(1 << k for k, holds in enumerate(equal) if holds))
    return found


def _solve(rows):
    for k in range(len(rows)):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k]), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r in range(len(rows)):
            if r != k:
                rows[r] = [a - rows[r][k] * b for a, b in zip(rows[r], rows[k], strict=True)]
    return [row[-1] for row in rows]


@pytest.mark.parametrize("high", [1, 2, 3, 100])
def test_vertices_are_those_of_brute_force_in_floats_and_in_whole_numbers(high):
    rng = np.random.default_rng(high)
    for _ in range(25):
        rows = rng.integers(1, high + 1, rng.integers(1, 5, 2)).tolist()
        expected = label_sets(rows)
        assert set(_in_whole_numbers(rows, MANY).bases) == expected
        assert set(_proved_in_floats(rows, MANY).bases) == expected


@pytest.mark.parametrize("high", [2, 3, 5, 100, 10**6])
def test_floats_and_whole_numbers_agree_on_larger_polytopes(high):
    for rows in random_rows(np.random.default_rng(high), high, 40):
        proved, whole = _proved_in_floats(rows, MANY), _in_whole_numbers(rows, MANY)
        assert proved.complete and whole.complete
        assert set(proved.bases) == set(whole.bases)


def test_every_basis_determines_the_vertex_with_its_labels():
    for rows in random_rows(np.random.default_rng(1), 3, 40):
        dimension = len(rows[0])
        for labels, basis in polytope_vertices(rows, MANY).bases.items():
            assert basis & labels == basis and basis.bit_count() == dimension
            numerators, denominator = vertex(rows, basis)
            heights = [sum(a * z for a, z in zip(row, numerators, strict=True)) for row in rows]
            equal = [z == 0 for z in numerators] + [height == denominator for height in heights]
            assert labels == sum(1 << k for k, holds in enumerate(equal) if holds)
            assert min(numerators) >= 0 and max(heights) == denominator


def slacks_after_perturbation(rows, basis):
    """All coordinates and slacks at a basis when row i has the right-hand side 1 + e**i, e a millionth."""
    dimension = len(rows[0])
    right = [1 + Fraction(1, 10**6) ** (i + 1) for i in range(len(rows))]
    equations = [([Fraction(int(j == k)) for k in range(dimension)], Fraction(0)) for j in range(dimension)]
    equations += [(list(map(Fraction, row)), value) for row, value in zip(rows, right, strict=True)]
    point = _solve([[*row, value] for k, (row, value) in enumerate(equations) if basis >> k & 1])
    heights = [sum(a * z for a, z in zip(row, point, strict=True)) for row in rows]
    levels = [*point, *(value - height for value, height in zip(right, heights, strict=True))]
    return [level for k, level in enumerate(levels) if not basis >> k & 1]


@pytest.mark.parametrize("high", [1, 2, 3])
def test_ties_are_broken_as_by_a_small_perturbation(high):
    rng = np.random.default_rng(30 + high)
    for _ in range(25):
        rows = rng.integers(1, high + 1, rng.integers(2, 6, 2)).tolist()
        visited = kernel.walk(np.array(rows, dtype=float), MANY)[0][1:].tolist()
        for basis in [*visited, *_in_whole_numbers(rows, MANY).bases.values()]:
            assert min(slacks_after_perturbation(rows, basis)) > 0


@pytest.mark.parametrize(("gap", "decided"), [(1, False), (100, True)])
def test_what_floats_cannot_tell_from_a_tie_is_left_to_whole_numbers(gap, decided):
    large = 10**15
    rows = [[large, 1, 1], [large + gap, 1, 2], [1, 2, 3]]
    assert (_proved_in_floats(rows, MANY) is not None) == decided
    rows = [[*row, 1, 1, 1] for row in rows]
    assert set(polytope_vertices(rows, MANY).bases) == set(_in_whole_numbers(rows, MANY).bases)


def test_entries_beyond_floats_and_more_labels_than_bits_are_left_to_whole_numbers(monkeypatch):
    monkeypatch.setattr(kernel, "walk", None)
    assert _proved_in_floats([[2**53 + 1] * 5] * 5, MANY) is None
    assert _proved_in_floats([[1] * 40] * 23, MANY) is None


def test_as_many_labels_as_bits_fit():
    rows = np.random.default_rng(9).integers(1, 100, (3, 59)).tolist()
    found = _proved_in_floats(rows, MANY)
    assert set(found.bases) == set(_in_whole_numbers(rows, MANY).bases)


def test_a_wrong_guess_in_floats_is_never_accepted(monkeypatch):
    rows = [[1, 2, 3], [3, 1, 2], [2, 3, 1]]
    array = np.array(rows, dtype=float)
    monkeypatch.setattr(kernel, "_leaving", lambda *_: 0)
    for name in ("_visit", "walk"):
        monkeypatch.setattr(kernel, name, getattr(kernel, name).py_func)
    bases, _, outcome = kernel.walk(array, MANY)
    assert outcome == kernel.UNPROVED
    assert set(bases[1:].tolist()) <= set(_in_whole_numbers(rows, MANY).bases)


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_the_limit_counts_bases_and_what_was_found_is_right(limit):
    rows = np.random.default_rng(4).integers(1, 4, (6, 6)).tolist()
    every = set(_in_whole_numbers(rows, MANY).bases)
    for found in (_proved_in_floats(rows, limit), _in_whole_numbers(rows, limit)):
        assert not found.complete
        assert len(found.bases) < limit
        assert set(found.bases) <= every


def test_small_polytopes_load_no_compiled_code(monkeypatch):
    monkeypatch.setattr(module, "_proved_in_floats", None)
    assert len(polytope_vertices([[1, 2, 3, 4]] * 4, MANY).bases) == 4
