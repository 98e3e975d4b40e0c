"""Exact arithmetic that several solvers share: linear systems, polytopes and linear programmes in integers.

A mixed action is a tuple of fractions, one probability an action, that add up to 1.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm

from negotiation.games import StageGame

MixedAction = tuple[Fraction, ...]


def pure_action(action: int, count: int) -> MixedAction:
    """Return the mixed action that plays `action`, one of `count`, for sure."""
    return tuple(Fraction(int(k == action)) for k in range(count))


def describe(mixture: MixedAction, names: Sequence[str]) -> str:
    """Word a mixed action: the name of a pure action, or every action played with its probability.

    Examples
    --------
    >>> describe((Fraction(1, 3), Fraction(2, 3), Fraction(0)), ["hold", "break", "wait"])
    '1/3 hold + 2/3 break'
    """
    played = [(weight, name) for weight, name in zip(mixture, names, strict=True) if weight]
    return played[0][1] if len(played) == 1 else " + ".join(f"{weight} {name}" for weight, name in played)


def describe_profile(stage: StageGame, mixed_profile: Sequence[MixedAction]) -> str:
    """Word a mixed profile with the names of the players and of their actions."""
    parts = zip(stage.players, mixed_profile, stage.actions, strict=True)
    return "; ".join(f"{player}: {describe(mixture, names)}" for player, mixture, names in parts)


def normalised(weights: Sequence[Fraction | int]) -> MixedAction:
    """Divide non-negative weights by their sum."""
    total = sum(weights)
    return tuple(Fraction(weight) / total for weight in weights)


def positive_integers(rows: Iterable[Iterable[Fraction]]) -> list[list[int]]:
    """Map a matrix to integers of at least 1 by a positive affine transformation.

    Notes
    -----
    Such a transformation of a player's payoffs changes neither best replies nor equilibria.

    Examples
    --------
    >>> positive_integers([[Fraction(-1, 2), Fraction(0)], [Fraction(1, 3), Fraction(-1, 2)]])
    [[1, 4], [6, 1]]
    """
    entries = [list(row) for row in rows]
    scale = lcm(*(entry.denominator for row in entries for entry in row))
    whole = [[entry.numerator * (scale // entry.denominator) for entry in row] for row in entries]
    lowest = min(map(min, whole))
    step = gcd(*(entry - lowest for row in whole for entry in row)) or 1
    return [[(entry - lowest) // step + 1 for entry in row] for row in whole]


def solve(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> tuple[list[int], int] | None:
    """Solve a square system of linear equations with integer coefficients.

    Parameters
    ----------
    matrix, right : sequences of int
        The system ``matrix @ z == right``.

    Returns
    -------
    tuple of (list of int, int), or None
        Numerators and their common positive denominator; None if the matrix is singular.

    Notes
    -----
    Fraction-free elimination [Bareiss68]_ in the form that clears the column above the pivot as well: every
    division leaves no remainder, and every diagonal entry ends as the determinant.

    References
    ----------
    .. [Bareiss68] E. H. Bareiss (1968), Sylvester's identity and multistep integer-preserving Gaussian
       elimination, Mathematics of Computation 22, 565-578.

    Examples
    --------
    >>> solve([[2, 1], [1, 3]], [1, 1])
    ([2, 1], 5)
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    denominator = 1
    for column in range(len(rows)):
        found = next((k for k in range(column, len(rows)) if rows[k][column]), None)
        if found is None:
            return None
        rows[column], rows[found] = rows[found], rows[column]
        denominator = _clear_column(rows, column, column, denominator)
    sign = 1 if denominator > 0 else -1
    return [sign * row[-1] for row in rows], sign * denominator


def maximise(
    objective: Sequence[Fraction], rows: Sequence[Sequence[Fraction]], bounds: Sequence[Fraction]
) -> tuple[Fraction, ...]:
    """Maximise a linear function over all z >= 0 with ``rows @ z <= bounds``.

    Parameters
    ----------
    objective : sequence of Fraction
    rows : sequence of sequences of Fraction
    bounds : sequence of Fraction
        Not negative, so that 0 is feasible; the objective must be bounded above.

    Returns
    -------
    tuple of Fraction
        An optimal vertex.

    Notes
    -----
    The simplex method in integers, with the pivoting rule of [Bland77]_, which does not cycle.

    References
    ----------
    .. [Bland77] R. G. Bland (1977), New finite pivoting rules for the simplex method, Mathematics of
       Operations Research 2, 103-107.

    Examples
    --------
    >>> [str(z) for z in maximise([Fraction(1)] * 2, [[Fraction(3), Fraction(1)], [Fraction(1), Fraction(3)]],
    ...                           [Fraction(1)] * 2)]
    ['1/4', '1/4']
    """
    tableau = _tableau(objective, rows, bounds)
    basis = list(range(len(objective), len(objective) + len(rows)))
    denominator = 1
    while (pivot := _next_pivot(tableau, basis)) is not None:
        denominator = _clear_column(tableau, *pivot, denominator)
        basis[pivot[0]] = pivot[1]
    return _solution(tableau, basis, denominator, len(objective))


def maximise_near(
    objective: Sequence[Fraction],
    rows: Sequence[Sequence[Fraction]],
    bounds: Sequence[Fraction],
    guess: tuple[Sequence[int], Sequence[int]],
    *,
    max_pivots: int,
) -> tuple[Fraction, ...] | None:
    """Do what `maximise` does, from a vertex that is guessed to be optimal.

    Parameters
    ----------
    objective, rows, bounds
        As in `maximise`.
    guess : tuple of two sequences of int
        Which coordinates are positive there, and which rows hold with equality, the most important first.
    max_pivots : int
        Largest number of pivots.

    Returns
    -------
    tuple of Fraction, or None
        An optimal vertex, whether the guess is right or not; None if the pivots do not suffice.
    """
    tableau = _tableau(objective, rows, bounds)
    basis = list(range(len(objective), len(objective) + len(rows)))
    denominator = _enter(tableau, basis, guess)
    if any(row[-1] < 0 for row in tableau[:-1]):
        tableau, denominator = _tableau(objective, rows, bounds), 1
        basis = list(range(len(objective), len(objective) + len(rows)))
    for _ in range(max_pivots):
        pivot = _next_pivot(tableau, basis)
        if pivot is None:
            return _solution(tableau, basis, denominator, len(objective))
        denominator = _clear_column(tableau, *pivot, denominator)
        basis[pivot[0]] = pivot[1]
    return None


def _enter(tableau: list[list[int]], basis: list[int], guess: tuple[Sequence[int], Sequence[int]]) -> int:
    denominator, free = 1, list(guess[1])
    for column in guess[0]:
        row = next((k for k in free if tableau[k][column]), None)
        if row is not None:
            free.remove(row)
            denominator = _clear_column(tableau, row, column, denominator)
            basis[row] = column
            if denominator < 0:
                denominator = -denominator
                tableau[:] = [[-entry for entry in entries] for entries in tableau]
    return denominator


def _next_pivot(tableau: list[list[int]], basis: list[int]) -> tuple[int, int] | None:
    """Return the row and the column of the pivot that Bland's rule asks for; None at an optimum."""
    entering = next((j for j, cost in enumerate(tableau[-1][:-1]) if cost < 0), None)
    if entering is None:
        return None
    leaving = min(
        (k for k in range(len(basis)) if tableau[k][entering] > 0),
        key=lambda k: (Fraction(tableau[k][-1], tableau[k][entering]), basis[k]),
    )
    return leaving, entering


def _solution(tableau: list[list[int]], basis: list[int], denominator: int, count: int) -> tuple[Fraction, ...]:
    values = {variable: Fraction(row[-1], denominator) for variable, row in zip(basis, tableau, strict=False)}
    return tuple(values.get(j, Fraction(0)) for j in range(count))


def _tableau(
    objective: Sequence[Fraction], rows: Sequence[Sequence[Fraction]], bounds: Sequence[Fraction]
) -> list[list[int]]:
    tableau = []
    for k, (row, bound) in enumerate(zip(rows, bounds, strict=True)):
        scale = lcm(*(entry.denominator for entry in (*row, bound)))
        slack = [int(j == k) for j in range(len(rows))]
        tableau.append([*(int(entry * scale) for entry in row), *slack, int(bound * scale)])
    scale = lcm(*(entry.denominator for entry in objective))
    return [*tableau, [*(-int(entry * scale) for entry in objective), *[0] * (len(rows) + 1)]]


def _clear_column(rows: list[list[int]], pivot_row: int, column: int, denominator: int) -> int:
    pivot = rows[pivot_row][column]
    for k, row in enumerate(rows):
        if k != pivot_row:
            factor = row[column]
            rows[k] = [(pivot * a - factor * b) // denominator for a, b in zip(row, rows[pivot_row], strict=True)]
    return pivot
