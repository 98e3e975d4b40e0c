"""Nash equilibria of a stage game, exactly."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_count, refusal
from negotiation.games import StageGame
from negotiation.solvers.deviation import exact_best_deviation_payoffs
from negotiation.solvers.equilibria import Equilibria, Tie
from negotiation.solvers.exact import MixedAction, normalised, positive_integers
from negotiation.solvers.solution import Status
from negotiation.solvers.vertices import polytope_vertices, vertex

MAX_WORK = 20_000_000  # for either player about a second in floats, 10 to 20 in whole numbers
WORD = 62  # labels to one 64-bit integer when many sets of labels are compared at once


def nash_equilibria(stage: StageGame, *, max_work: int = MAX_WORK) -> Equilibria:
    """Find all extreme equilibria of a two-player game, exactly, degenerate games included.

    Parameters
    ----------
    stage : StageGame
        A game of two players.
    max_work : int, default 20 million
        Bound on the number of tableau entries to compute for either player: about the product of the two numbers
        of actions for each vertex of a best-response polytope.

    Returns
    -------
    Equilibria
        In descending lexicographic order of the mixed actions. If the bound on work was reached, `complete` is
        False and the status `Status.CUT_OFF`; every equilibrium listed is one nevertheless.

    Raises
    ------
    ArgumentError
        If the game does not have two players.

    Notes
    -----
    Algorithm 3.5 of [Nisan07]_: (1) list the vertices of both best-response polytopes, (2) keep the pairs in which
    every action of either player is unplayed or a best reply, (3) divide each vertex by its sum. The algorithm is
    stated there for games that are not degenerate; in the others the pairs that it keeps are the extreme
    equilibria [Avis10]_. Whether the game is degenerate is told from the vertices (Definition 1 of [Avis10]_).

    The vertices are found in floats and proved to be vertices, and all of them, by error bounds and by walking
    along every edge; where floats cannot decide, in whole numbers. The vertices that make up equilibria are then
    solved for exactly. A random 12 x 12 game has some thousand vertices a player.

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
    check_class("stage", "nash_equilibria", stage, StageGame)
    _check_players(stage)
    max_work = check_count("max_work", "nash_equilibria", max_work)
    # Step 1. Label i < num_rows is the row player's action i, label num_rows + j the other's action j.
    polytopes = [_Polytope(stage, player, max_work) for player in range(2)]
    # Steps 2 and 3.
    pairs = _complementary([list(polytope.bases) for polytope in polytopes], stage.shape)
    found = []
    for x, y in pairs:
        (own, earned_by_other), (others, earned) = polytopes[0].corner(x), polytopes[1].corner(y)
        found.append(((own, others), (earned, earned_by_other)))
    found.sort(reverse=True)
    complete = all(polytope.complete for polytope in polytopes)
    return Equilibria(
        stage=stage,
        profiles=tuple(profile for profile, _ in found),
        payoffs=tuple(payoffs for _, payoffs in found),
        ties=tuple(tie for polytope in polytopes for tie in polytope.ties()),
        complete=complete,
        status=Status.EXACT if complete else Status.CUT_OFF,
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
    check_class("stage", "pure_equilibria", stage, StageGame)
    stays = np.all(stage.exact_payoffs == exact_best_deviation_payoffs(stage), axis=-1)
    return tuple(tuple(int(a) for a in profile) for profile in np.argwhere(stays))


@final
class _Polytope:
    """The best-response polytope of the mixed actions of `player`, with the labels of the whole game."""

    def __init__(self, stage: StageGame, player: int, max_work: int) -> None:
        self.stage, self.player = stage, player
        self.own, self.others = stage.shape[player], stage.shape[1 - player]
        self.other_payoffs = np.moveaxis(stage.exact_payoffs[..., 1 - player], player, 1)
        self.rows = positive_integers(self.other_payoffs)
        vertices = polytope_vertices(self.rows, max_work)
        self.complete = vertices.complete
        self.bases = vertices.bases
        if player == 1:
            own, low = self.own, (1 << self.own) - 1
            self.bases = {(k & low) << self.others | k >> own: basis for k, basis in vertices.bases.items()}

    def corner(self, labels: int) -> tuple[MixedAction, Fraction]:
        """Return a vertex as a mixed action, and what the best replies to it earn."""
        basis = self.bases[labels]
        mixture = normalised(vertex(self.rows, basis)[0])
        reply = (basis >> self.own).bit_length() - 1
        played = [(weight, j) for j, weight in enumerate(mixture) if weight]
        return mixture, sum((weight * self.other_payoffs[reply, j] for weight, j in played), Fraction(0))

    def ties(self) -> Iterator[Tie]:
        """Yield the vertices with more labels than there are dimensions."""
        for labels, basis in self.bases.items():
            if labels.bit_count() > self.own:
                mixture = normalised(vertex(self.rows, basis)[0])
                first = 0 if self.player else self.own
                replies = [j for j in range(self.others) if labels >> first + j & 1]
                yield Tie(self.stage, self.player, mixture, tuple(replies))


def _complementary(labels: Sequence[Sequence[int]], shape: Sequence[int]) -> list[tuple[int, int]]:
    """Pair the vertices of two polytopes that have all labels between them."""
    count = sum(shape)
    every = (1 << count) - 1
    (simple, tied), (others_simple, others_tied) = (
        ([entry for entry in side if entry.bit_count() == size], [e for e in side if e.bit_count() > size])
        for side, size in zip(labels, shape, strict=True)
    )
    partners = set(others_simple)
    pairs = [(entry, every ^ entry) for entry in simple if every ^ entry in partners]
    pairs += _covering(tied, labels[1], count)
    pairs += _covering(simple, others_tied, count)
    return pairs


def _covering(first: Sequence[int], second: Sequence[int], count: int) -> list[tuple[int, int]]:
    """List the pairs of label sets whose union is all of `count` labels."""
    if not first or not second:
        return []
    if len(first) > len(second):
        return [(entry, other) for other, entry in _covering(second, first, count)]
    one, two = _words(first, count), _words(second, count)
    every = _words([(1 << count) - 1], count)
    found = []
    for entry, bits in zip(first, one, strict=True):
        matching = np.flatnonzero(np.all(bits | two == every, axis=1))
        found += [(entry, second[k]) for k in matching.tolist()]
    return found


def _words(labels: Sequence[int], count: int) -> NDArray[np.int64]:
    mask = (1 << WORD) - 1
    return np.array([[entry >> start & mask for start in range(0, count, WORD)] for entry in labels])


def _check_players(stage: StageGame) -> None:
    if stage.num_players != 2:
        raise refusal(
            "stage",
            "nash_equilibria",
            "have two players",
            f"{stage.num_players}",
            "pure_equilibria finds the equilibria in pure actions for any number of players.",
        )
