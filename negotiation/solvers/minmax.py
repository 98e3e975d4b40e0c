"""The lowest payoff to which the other players can hold each player.

In pure actions the others pick one action profile and the punished player replies best to it. In mixed
actions the others may randomise and the punished player sees only the probabilities, so that the mixed minmax
payoff is never above the pure one. Equilibria of a repeated game in which all players use pure actions pay
nobody less than the pure minmax payoff; when mixed actions are allowed only the mixed one is a bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, refusal
from negotiation.games import StageGame
from negotiation.solvers.deviation import action_payoffs, exact_best_deviation_payoffs
from negotiation.solvers.exact import MixedAction, describe_profile, maximise, normalised, pure_action


@final
@dataclass(frozen=True, eq=False)
class Minmax:
    """Minmax payoffs and how the players are held to them.

    Parameters
    ----------
    stage : StageGame
        The game.
    exact_values : tuple of Fraction
        The minmax payoff of each player.
    profiles : tuple of tuple of MixedAction
        ``profiles[i][j]`` is what player j plays while player i is punished; ``profiles[i][i]`` is a best
        reply of player i, in pure actions.
    """

    stage: StageGame
    exact_values: tuple[Fraction, ...]
    profiles: tuple[tuple[MixedAction, ...], ...]

    @property
    def values(self) -> NDArray[np.float64]:
        """The minmax payoff of each player, shape (n,), in the unit of the payoffs."""
        return np.array(self.exact_values, dtype=np.float64)

    def __str__(self) -> str:
        parts = zip(self.stage.players, self.exact_values, self.profiles, strict=True)
        return "\n".join(
            f"{player} is held to {value} by {describe_profile(self.stage, profile)}"
            for player, value, profile in parts
        )


def pure_minmax(stage: StageGame) -> Minmax:
    """Compute the lowest payoff to which the others can hold each player in pure actions.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.

    Returns
    -------
    Minmax
        The profiles are those of `pure_minmax_profiles`.

    Notes
    -----
    The payoff ``min over a_-i of max over a_i of g_i(a_i, a_-i)``, in the notation of [FudMas86]_.

    References
    ----------
    .. [FudMas86] D. Fudenberg, E. Maskin (1986), The folk theorem in repeated games with discounting or with
       incomplete information, Econometrica 54, 533-554.

    Examples
    --------
    >>> pennies = StageGame.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> pure_minmax(pennies).values
    array([1., 1.])
    """
    check_class("stage", "pure_minmax", stage, StageGame)
    profiles = pure_minmax_profiles(stage)
    return Minmax(
        stage,
        tuple(stage.exact_payoffs[(*profile, player)] for player, profile in enumerate(profiles)),
        tuple(
            tuple(pure_action(action, count) for action, count in zip(profile, stage.shape, strict=True))
            for profile in profiles
        ),
    )


def pure_minmax_profiles(stage: StageGame) -> tuple[tuple[int, ...], ...]:
    """Find for each player a pure profile that holds it to its pure minmax payoff.

    Returns
    -------
    tuple of action profiles, one a player
        In profile i the others minimise the best-reply payoff of player i, who plays a best reply; the first
        such profile in lexicographic order.
    """
    check_class("stage", "pure_minmax_profiles", stage, StageGame)
    best = exact_best_deviation_payoffs(stage)
    profiles = list(product(*map(range, stage.shape)))
    punishing = []
    for player in range(stage.num_players):
        replies = [p for p in profiles if stage.exact_payoffs[(*p, player)] == best[(*p, player)]]
        punishing.append(min(replies, key=lambda p: best[(*p, player)]))
    return tuple(punishing)


def mixed_minmax(stage: StageGame) -> Minmax:
    """Compute the lowest payoff to which the other player can hold each player in mixed actions.

    Parameters
    ----------
    stage : StageGame
        A game of two players.

    Returns
    -------
    Minmax
        With one optimal punishing action a player; there may be others.

    Raises
    ------
    ArgumentError
        If the game does not have two players.

    Notes
    -----
    The value of a zero-sum game, from its linear programme, solved in integers: no tolerance is involved.
    With three players or more the others' mixed actions multiply and the problem is no longer convex.

    Examples
    --------
    >>> pennies = StageGame.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> print(mixed_minmax(pennies))
    player 0 is held to 0 by player 0: 0; player 1: 1/2 0 + 1/2 1
    player 1 is held to 0 by player 0: 1/2 0 + 1/2 1; player 1: 0
    """
    check_class("stage", "mixed_minmax", stage, StageGame)
    if stage.num_players != 2:
        raise refusal(
            "stage",
            "mixed_minmax",
            "have two players, because with more the problem is not convex",
            f"{stage.num_players}",
            "pure_minmax bounds the answer from above, correlated_minmax from below, for any number of players.",
        )
    values, profiles = [], []
    for player in range(2):
        own_first = np.moveaxis(stage.exact_payoffs[..., player], player, 0)
        profile = [_punishing_mixture(own_first)] * 2
        earned = list(action_payoffs(stage, profile, player))
        values.append(max(earned))
        profile[player] = pure_action(earned.index(max(earned)), len(earned))
        profiles.append(tuple(profile))
    return Minmax(stage, tuple(values), tuple(profiles))


@final
@dataclass(frozen=True, eq=False)
class CorrelatedMinmax:
    """How low the others can hold each player when they draw their actions together.

    Parameters
    ----------
    stage : StageGame
        The game.
    exact_values : tuple of Fraction
        The correlated minmax payoff of each player.
    punishments : tuple of arrays of Fraction, one a player
        For each player the probability of every profile of the others' actions, one axis for each of the others.
    """

    stage: StageGame
    exact_values: tuple[Fraction, ...]
    punishments: tuple[NDArray[np.object_], ...]

    @property
    def values(self) -> NDArray[np.float64]:
        """The correlated minmax payoff of each player, shape (n,), in the unit of the payoffs."""
        return np.array(self.exact_values, dtype=np.float64)


def correlated_minmax(stage: StageGame) -> CorrelatedMinmax:
    """Compute the lowest payoff to which the others can hold each player by a joint draw of their actions.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.

    Returns
    -------
    CorrelatedMinmax

    Notes
    -----
    The others count as one player, so that a linear programme answers, in integers: no tolerance is involved. With
    two players this is the mixed minmax payoff; with more, the payoff to which independent mixtures can hold a
    player lies between this and `pure_minmax`.

    Examples
    --------
    Two players hold the third to 0 if both do the same and it does the other thing. By independent mixtures they
    can hold it to 3/4 only.

    >>> third = [[[int(not a == b != c) for c in range(2)] for b in range(2)] for a in range(2)]
    >>> game = StageGame([[[[0, 0, pay] for pay in row] for row in table] for table in third])
    >>> str(correlated_minmax(game).exact_values[2])
    '1/2'
    """
    check_class("stage", "correlated_minmax", stage, StageGame)
    values, punishments = [], []
    for player in range(stage.num_players):
        own_first = np.moveaxis(stage.exact_payoffs[..., player], player, 0)
        table = own_first.reshape(len(own_first), -1)
        punishment = np.array(_punishing_mixture(table), dtype=object)
        values.append(max(table @ punishment))
        shaped = punishment.reshape(own_first.shape[1:])
        shaped.setflags(write=False)
        punishments.append(shaped)
    return CorrelatedMinmax(stage, tuple(values), tuple(punishments))


def _punishing_mixture(payoffs: Sequence[Sequence[Fraction]] | NDArray[np.object_]) -> MixedAction:
    lowest = min(min(row) for row in payoffs)
    rows = [[entry - lowest + 1 for entry in row] for row in payoffs]
    one = Fraction(1)
    return normalised(maximise([one] * len(rows[0]), rows, [one] * len(rows)))
