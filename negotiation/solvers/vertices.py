"""The vertices of a best-response polytope: all of them, degenerate or not, with exact answers.

The polytope is that of all z >= 0 with ``rows @ z <= 1``, where the rows hold positive whole numbers. Label j of a
point stands for z[j] = 0, label ``dimension + i`` for equality in row i; sets of labels are kept as the bits of a
whole number. A vertex has at least as many labels as there are dimensions, and more if it is degenerate.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from negotiation.solvers.exact import solve

Rows = Sequence[Sequence[int]]

SMALL = 8  # labels up to which whole numbers are as fast as floats, without the time to load compiled code


@final
@dataclass(frozen=True, eq=False)
class Vertices:
    """Vertices of a best-response polytope, other than 0.

    Parameters
    ----------
    bases : dict from int to int
        For the labels of each vertex, as many of them as there are dimensions that determine it.
    complete : bool
        Whether these are all vertices.
    """

    bases: dict[int, int]
    complete: bool


def polytope_vertices(rows: Rows, max_work: int) -> Vertices:
    """Enumerate the vertices, other than 0, of the polytope of all z >= 0 with ``rows @ z <= 1``.

    Parameters
    ----------
    rows : sequence of sequences of int, k rows of d entries
        Positive whole numbers.
    max_work : int
        Bound on the number of tableau entries, k (d + 1) a basis.

    Notes
    -----
    Compiled code in floats that proves its answer does the work where it can (`negotiation._kernels.vertices`);
    where floats cannot decide, all is done again in whole numbers.
    """
    num_rows, dimension = len(rows), len(rows[0])
    limit = min(max(1, max_work // (num_rows * (dimension + 1))), sys.maxsize)
    if num_rows + dimension > SMALL:
        found = _proved_in_floats(rows, limit)
        if found is not None:
            return found
    return _in_whole_numbers(rows, limit)


def vertex(rows: Rows, basis: int) -> tuple[list[int], int]:
    """Return the coordinates of a vertex, given by a basis, as numerators and a common positive denominator."""
    dimension = len(rows[0])
    support = [j for j in range(dimension) if not basis >> j & 1]
    tight = [i for i in range(len(rows)) if basis >> dimension + i & 1]
    solved = solve([[rows[i][j] for j in support] for i in tight], [1] * len(support))
    if solved is None:
        raise ArithmeticError(f"the labels {basis:b} determine no vertex")
    weights = dict(zip(support, solved[0], strict=True))
    return [weights.get(j, 0) for j in range(dimension)], solved[1]


def _proved_in_floats(rows: Rows, limit: int) -> Vertices | None:
    from negotiation._kernels import vertices as kernel  # only here: loading compiled code takes a while

    num_rows, dimension = len(rows), len(rows[0])
    if num_rows + dimension > kernel.MAX_LABELS or max(map(max, rows)) > kernel.LARGEST_ENTRY:
        return None
    bases, labels, outcome = kernel.walk(np.array(rows, dtype=np.float64), limit)
    if outcome == kernel.UNPROVED:
        return None
    found = dict(zip(labels[1:].tolist(), bases[1:].tolist(), strict=True))
    return Vertices(found, outcome == kernel.COMPLETE)


def _in_whole_numbers(rows: Rows, limit: int) -> Vertices:
    """Walk the graph of the polytope whose row i = 1, 2, ... has the right-hand side 1 + e**i, for small e > 0.

    Notes
    -----
    That polytope is simple; its graph is connected, and every vertex of the given one is the limit of at least one
    of its vertices. Pivots divide without a remainder [Bareiss68]_, ties are broken lexicographically.

    References
    ----------
    .. [Bareiss68] E. H. Bareiss (1968), Sylvester's identity and multistep integer-preserving Gaussian
       elimination, Mathematics of Computation 22, 565-578.
    """
    start = _Tableau.at_zero(rows)
    seen = {start.basis}
    waiting = [(start, -1, -1)]
    found: dict[int, int] = {}
    visited = 0
    while waiting and visited < limit:
        tableau, row, column = waiting.pop()
        if row >= 0:
            tableau = tableau.pivot(row, column)
        visited += 1
        found.setdefault(tableau.labels, tableau.basis)
        for row, column, far_end in tableau.edges():
            if far_end not in seen:
                seen.add(far_end)
                waiting.append((tableau, row, column))
    found.pop(start.basis)
    return Vertices(found, not waiting)


@final
@dataclass(frozen=True, eq=False)
class _Tableau:
    """The system ``rows @ z + slacks == 1`` solved for the basic variables; z comes first, then the slacks.

    ``entries[r]`` holds the coefficients of the non-basic variables in row r, then the right-hand side, all times
    `denominator`.
    """

    entries: list[list[int]]
    basic: list[int]
    nonbasic: list[int]
    denominator: int

    @classmethod
    def at_zero(cls, rows: Rows) -> "_Tableau":
        dimension = len(rows[0])
        slacks = list(range(dimension, dimension + len(rows)))
        return cls([[*row, 1] for row in rows], slacks, list(range(dimension)), 1)

    @property
    def basis(self) -> int:
        return sum(1 << variable for variable in self.nonbasic)

    @property
    def labels(self) -> int:
        zeros = (variable for variable, row in zip(self.basic, self.entries, strict=True) if not row[-1])
        return self.basis + sum(1 << variable for variable in zeros)

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Yield for every edge the row and the column of its pivot and the basis at its far end."""
        basis = self.basis
        for column, entering in enumerate(self.nonbasic):
            row = self._leaving(column)
            yield row, column, basis ^ 1 << entering ^ 1 << self.basic[row]

    def pivot(self, row: int, column: int) -> "_Tableau":
        chosen, denominator = self.entries[row], self.denominator
        divisor = chosen[column]
        entries = []
        for r, old in enumerate(self.entries):
            factor = old[column]
            if r == row:
                new = chosen.copy()
            elif factor:
                new = [(divisor * a - factor * b) // denominator for a, b in zip(old, chosen, strict=True)]
            else:
                new = [divisor * a // denominator for a in old]
            new[column] = denominator if r == row else -factor
            entries.append(new)
        basic, nonbasic = self.basic.copy(), self.nonbasic.copy()
        basic[row], nonbasic[column] = nonbasic[column], basic[row]
        return _Tableau(entries, basic, nonbasic, divisor)

    def _leaving(self, column: int) -> int:
        best = -1
        for r, row in enumerate(self.entries):
            if row[column] > 0:
                if best < 0:
                    best = r
                    continue
                chosen = self.entries[best]
                gap = row[-1] * chosen[column] - chosen[-1] * row[column]
                if gap < 0 or (gap == 0 and self._precedes(r, best, column)):
                    best = r
        return best

    def _precedes(self, row: int, other: int, column: int) -> bool:
        """Compare the responses of two rows to the right-hand sides, the first one first."""
        one, two = self.entries[row], self.entries[other]
        place = {variable: k for k, variable in enumerate(self.nonbasic)}
        for slack in range(len(self.nonbasic), len(self.nonbasic) + len(self.basic)):
            k = place.get(slack)
            if k is not None:
                gap = one[k] * two[column] - two[k] * one[column]
            else:
                gap = (self.basic[row] == slack) - (self.basic[other] == slack)
            if gap:
                return gap < 0
        return False
