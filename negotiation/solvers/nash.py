"""Nash equilibria of a stage game, exactly.

The equilibria of a two-player game are a finite union of products of polytopes. Their corners, the extreme
equilibria, are pairs of vertices of the two best-response polytopes; a game with finitely many equilibria has
no others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count, refusal
from negotiation.games import StageGame
from negotiation.solvers.deviation import action_payoffs, exact_best_deviation_payoffs
from negotiation.solvers.exact import (
    MixedAction,
    describe_profile,
    normalised,
    num_bases,
    polytope_vertices,
    positive_integers,
)
from negotiation.solvers.solution import Status

MAX_BASES = 200_000  # about 10 seconds of elimination on one core
ROUNDING = Fraction(1, 10**9)  # how far the sum of probabilities given as floats may be from 1


@final
@dataclass(frozen=True, eq=False)
class Equilibria:
    """The extreme equilibria of a two-player game.

    Parameters
    ----------
    stage : StageGame
        The game.
    profiles : tuple of tuple of MixedAction
        One pair of mixed actions an extreme equilibrium, as fractions.
    payoffs : tuple of tuple of Fraction
        What each player earns in each of them.
    complete : bool
        Whether these are all extreme equilibria.
    degenerate : bool
        Whether some mixed action has more pure best replies than actions that it plays with positive
        probability. A game that is not degenerate has finitely many equilibria, and all are listed. The
        equilibria of a degenerate game may fill segments and larger sets between listed ones.
    status : Status
        How the list was obtained.
    """

    stage: StageGame
    profiles: tuple[tuple[MixedAction, ...], ...]
    payoffs: tuple[tuple[Fraction, ...], ...]
    complete: bool
    degenerate: bool
    status: Status

    def worst(self) -> tuple[Fraction, ...]:
        """Return each player's lowest payoff in any equilibrium, listed or between listed ones.

        Notes
        -----
        On each polytope of equilibria a player's payoff is linear in the other player's mixed action, so
        that it is lowest at an extreme equilibrium.
        """
        return tuple(min(earned) for earned in zip(*self.payoffs, strict=True))

    @property
    def pure(self) -> tuple[tuple[int, ...], ...]:
        """The equilibria in pure actions, as action profiles."""
        sure = [profile for profile in self.profiles if all(1 in mixture for mixture in profile)]
        return tuple(tuple(mixture.index(Fraction(1)) for mixture in profile) for profile in sure)

    def __len__(self) -> int:
        return len(self.profiles)

    def __iter__(self) -> Iterator[tuple[MixedAction, ...]]:
        return iter(self.profiles)

    def __str__(self) -> str:
        kind = "degenerate" if self.degenerate else "non-degenerate"
        noun = "equilibrium" if len(self) == 1 else "equilibria"
        share = "all" if self.complete else "not all"
        lines = [f"{len(self)} extreme {noun} of a {kind} game, {share} of them:"]
        for profile, payoffs in zip(self.profiles, self.payoffs, strict=True):
            earned = ", ".join(map(str, payoffs))
            lines.append(f"  {describe_profile(self.stage, profile)} (payoffs {earned})")
        return "\n".join(lines)


def nash_equilibria(stage: StageGame, *, max_bases: int = MAX_BASES) -> Equilibria:
    """Find all extreme equilibria of a two-player game, exactly, degenerate games included.

    Parameters
    ----------
    stage : StageGame
        A game of two players.
    max_bases : int, default 200,000
        Largest number of linear systems to solve.

    Returns
    -------
    Equilibria
        In descending lexicographic order of the mixed actions.

    Raises
    ------
    ArgumentError
        If the game does not have two players, or, before any work is done, if it needs more than `max_bases`
        linear systems.

    Notes
    -----
    Algorithm 3.5 of [Nisan07]_, in integers: (1) list the vertices of both best-response polytopes, (2) keep
    the pairs in which every action of either player is unplayed or a best reply, (3) divide each vertex by
    its sum. The algorithm is stated there for games that are not degenerate; in the others the pairs that it
    keeps are the extreme equilibria [Avis10]_. Whether the game is degenerate is told from the vertices
    (Definition 1 of [Avis10]_). An m x n game has up to 2 ((m + n)! / (m! n!) - 1) bases.

    References
    ----------
    .. [Nisan07] N. Nisan, T. Roughgarden, E. Tardos, V. V. Vazirani, eds. (2007), Algorithmic Game Theory,
       Cambridge University Press; chapter 3 by B. von Stengel.
    .. [Avis10] D. Avis, G. D. Rosenberg, R. Savani, B. von Stengel (2010), Enumeration of Nash equilibria for
       two-player games, Economic Theory 42, 9-37.

    Examples
    --------
    >>> game = StageGame.from_matrices([[0, 6], [1, 4]], [[0, 1], [6, 4]], ["A", "B"], [["fight", "yield"]] * 2)
    >>> print(nash_equilibria(game))
    3 extreme equilibria of a non-degenerate game, all of them:
      A: fight; B: yield (payoffs 6, 1)
      A: 2/3 fight + 1/3 yield; B: 2/3 fight + 1/3 yield (payoffs 2, 2)
      A: yield; B: fight (payoffs 1, 6)
    """
    _check_size(stage, max_bases)
    num_rows, num_columns = stage.shape
    row, column = stage.exact_payoffs[..., 0], stage.exact_payoffs[..., 1]
    # Step 1. Label i < num_rows is the row player's action i, label num_rows + j the other's action j.
    first = list(polytope_vertices(positive_integers(column.T)))
    own_first = (1 << num_columns) - 1
    second = [
        (vertex, (labels & own_first) << num_rows | labels >> num_columns)
        for vertex, labels in polytope_vertices(positive_integers(row))
    ]
    # Steps 2 and 3.
    complete = (1 << num_rows + num_columns) - 1
    profiles = sorted(((x, y) for x, a in first for y, b in second if a | b == complete), reverse=True)
    return Equilibria(
        stage=stage,
        profiles=tuple(profiles),
        payoffs=tuple((max(row @ y), max(x @ column)) for x, y in profiles),
        complete=True,
        degenerate=any(labels.bit_count() > num_rows for _, labels in first)
        or any(labels.bit_count() > num_columns for _, labels in second),
        status=Status.EXACT,
    )


def pure_equilibria(stage: StageGame) -> tuple[tuple[int, ...], ...]:
    """Find all equilibria in pure actions of a game with any number of players, by exact comparisons.

    Returns
    -------
    tuple of action profiles
        In lexicographic order; empty if there is none.

    Examples
    --------
    >>> pure_equilibria(StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]]))
    ((1, 1),)
    """
    stays = np.all(stage.exact_payoffs == exact_best_deviation_payoffs(stage), axis=-1)
    return tuple(tuple(int(a) for a in profile) for profile in np.argwhere(stays))


def regret(stage: StageGame, mixed_profile: Sequence[Sequence[object]]) -> NDArray[np.object_]:
    """Compute what each player could gain by leaving a mixed profile alone.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.
    mixed_profile : sequence of sequences of numbers, one a player
        Probabilities of the actions, as int, float, `Fraction`, `Decimal` or text such as ``"1/3"``. A float
        counts as the decimal that it prints as; probabilities are divided by their sum if rounding moved it
        from 1 by no more than 1e-9.

    Returns
    -------
    array of Fraction, shape (n,), in the unit of the payoffs
        All zero if and only if the profile is an equilibrium.

    Raises
    ------
    ArgumentError
        If the probabilities do not fit the game, are negative or do not add up to 1.

    Examples
    --------
    >>> game = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]])
    >>> [str(gain) for gain in regret(game, [[1, 0], ["1/2", "1/2"]])]
    ['2', '1']
    """
    if len(mixed_profile) != stage.num_players:
        raise refusal("mixed_profile", "regret", f"hold {stage.num_players} mixed actions", len(mixed_profile))
    mixtures = [_mixture(player, given, stage) for player, given in enumerate(mixed_profile)]
    gains = np.empty(stage.num_players, dtype=object)
    for player, mixture in enumerate(mixtures):
        earned = action_payoffs(stage, mixtures, player)
        gains[player] = max(earned) - sum(p * payoff for p, payoff in zip(mixture, earned, strict=True))
    return gains


def _check_size(stage: StageGame, max_bases: int) -> None:
    if stage.num_players != 2:
        raise refusal(
            "stage",
            "nash_equilibria",
            "have two players",
            f"{stage.num_players}",
            "pure_equilibria finds the equilibria in pure actions for any number of players.",
        )
    bound = check_count("max_bases", "nash_equilibria", max_bases)
    needed = 2 * num_bases(*stage.shape)
    if needed > bound:
        raise refusal(
            "stage",
            "nash_equilibria",
            f"need at most max_bases = {bound} linear systems",
            f"{needed} for {stage.shape[0]} x {stage.shape[1]} actions",
            f"Pass max_bases={needed}, drop actions that iterated_dominance eliminates, or call pure_equilibria.",
        )


def _mixture(player: int, given: Sequence[object], stage: StageGame) -> MixedAction:
    name = f"mixed_profile[{player}]"
    weights = [_probability(f"{name}[{k}]", entry) for k, entry in enumerate(given)]
    if len(weights) != stage.shape[player]:
        raise refusal(name, "regret", f"hold {stage.shape[player]} probabilities", len(weights))
    total = sum(weights, start=Fraction(0))
    if abs(total - 1) > ROUNDING:
        raise refusal(name, "regret", "add up to 1", f"the sum {float(total):g}")
    return normalised(weights)


def _probability(name: str, entry: object) -> Fraction:
    try:
        number = entry.item() if isinstance(entry, np.generic) else entry
        if isinstance(number, int | float | Fraction | Decimal | str):
            weight = Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
            if weight >= 0:
                return weight
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    raise refusal(name, "regret", "be a probability", repr(entry))
