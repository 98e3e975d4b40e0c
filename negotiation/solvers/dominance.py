"""Actions that no player with a better alternative would use: dominance, once and iterated."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_known
from negotiation.games import StageGame
from negotiation.solvers.exact import MixedAction, describe, maximise, normalised, pure_action


@final
@dataclass(frozen=True, eq=False)
class Elimination:
    """One action eliminated.

    Parameters
    ----------
    step : int
        In which pass over all players it went, from 1.
    player, action : int
        Whose action it is, and which.
    dominator : MixedAction
        A mixed action over all actions of the player that dominates it against all actions of the other
        players that survived the passes before.
    """

    step: int
    player: int
    action: int
    dominator: MixedAction


@final
@dataclass(frozen=True, eq=False)
class Dominance:
    """What iterated dominance leaves over.

    Parameters
    ----------
    stage : StageGame
        The game.
    survivors : tuple of tuple of int
        The actions of each player that are left.
    eliminations : tuple of Elimination
        In order of elimination.
    """

    stage: StageGame
    survivors: tuple[tuple[int, ...], ...]
    eliminations: tuple[Elimination, ...]

    def __str__(self) -> str:
        lines = []
        for gone in self.eliminations:
            names = self.stage.actions[gone.player]
            lines.append(
                f"{gone.step}. {self.stage.players[gone.player]}: {names[gone.action]} is dominated by "
                f"{describe(gone.dominator, names)}"
            )
        for player, left in enumerate(self.survivors):
            names = self.stage.actions[player]
            lines.append(f"left to {self.stage.players[player]}: {', '.join(names[a] for a in left)}")
        return "\n".join(lines)


def iterated_dominance(
    stage: StageGame, *, strict: bool = True, by: Literal["mixed", "pure"] = "mixed"
) -> Dominance:
    """Eliminate dominated actions until none is left, exactly, for any number of players.

    Parameters
    ----------
    stage : StageGame
        The game.
    strict : bool, default True
        Whether a dominator must earn more against everything that the others may do, or, if False, nowhere
        less and somewhere more.
    by : {"mixed", "pure"}, default "mixed"
        Whether dominators may be mixed actions. A pure one is named where there is one.

    Returns
    -------
    Dominance
        With the order of elimination. Each pass eliminates all dominated actions of all players at once.

    Raises
    ------
    ArgumentError
        If `by` is neither ``"mixed"`` nor ``"pure"``.

    Notes
    -----
    Iterated strict dominance as defined in [FudTir91]_: the survivors do not depend on the order of
    elimination and every equilibrium is played on them. With ``strict=False`` they depend on the order, and
    equilibria may be lost. Each test for a mixed dominator is a linear programme solved in integers.

    References
    ----------
    .. [FudTir91] D. Fudenberg, J. Tirole (1991), Game Theory, MIT Press.

    Examples
    --------
    >>> game = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]], actions=[["hold", "break"]] * 2)
    >>> print(iterated_dominance(game))
    1. player 0: hold is dominated by break
    1. player 1: hold is dominated by break
    left to player 0: break
    left to player 1: break
    """
    check_class("stage", "iterated_dominance", stage, StageGame)
    check_known("by", "iterated_dominance", by, ["mixed", "pure"])
    left = [tuple(range(count)) for count in stage.shape]
    gone: list[Elimination] = []
    step = 0
    while found := _dominated(stage, left, strict, by == "mixed"):
        step += 1
        gone += [Elimination(step, player, action, mixture) for player, action, mixture in found]
        dropped = {(player, action) for player, action, _ in found}
        left = [tuple(a for a in one if (player, a) not in dropped) for player, one in enumerate(left)]
    return Dominance(stage, tuple(left), tuple(gone))


def dominant_actions(stage: StageGame, *, strict: bool = True) -> tuple[tuple[int, ...], ...]:
    """Find each player's dominant actions.

    Parameters
    ----------
    stage : StageGame
        A game with any number of players.
    strict : bool, default True
        Whether a dominant action must earn more than every other against everything that the others may do,
        or, if False, no less.

    Returns
    -------
    tuple of tuple of int, one a player
        At most one action each if `strict`.

    Examples
    --------
    >>> dominant_actions(StageGame.from_matrices([[4, -1], [6, 1]], [[4, 0], [-1, 1]]))
    ((1,), ())
    """
    check_class("stage", "dominant_actions", stage, StageGame)
    everything = [tuple(range(count)) for count in stage.shape]
    dominant = []
    for player, actions in enumerate(everything):
        payoffs = _payoffs(stage, everything, player)
        # A best reply to everything; if strict, the only one to everything.
        best = payoffs == payoffs.max(axis=0)
        if strict:
            best &= best.sum(axis=0) == 1
        dominant.append(tuple(a for a in actions if best[a].all()))
    return tuple(dominant)


def _dominated(
    stage: StageGame, left: list[tuple[int, ...]], strict: bool, mixed: bool
) -> list[tuple[int, int, MixedAction]]:
    found = []
    for player, actions in enumerate(left):
        payoffs = _payoffs(stage, left, player)
        for k, action in enumerate(actions):
            weights = _dominator(payoffs - payoffs[k], strict, mixed)
            if weights is not None:
                spread = dict(zip(actions, weights, strict=True))
                full = tuple(spread.get(a, Fraction(0)) for a in range(stage.shape[player]))
                found.append((player, action, full))
    return found


def _payoffs(stage: StageGame, left: list[tuple[int, ...]], player: int) -> NDArray[np.object_]:
    kept = stage.exact_payoffs[..., player][np.ix_(*left)]
    return np.moveaxis(kept, player, 0).reshape(len(left[player]), -1)


def _dominator(gains: NDArray[np.object_], strict: bool, mixed: bool) -> MixedAction | None:
    """Return weights with which the rows dominate 0, or None; a row of zeros does not."""
    nowhere_less = np.all(gains > 0 if strict else gains >= 0, axis=1)
    pure = nowhere_less & np.any(gains > 0, axis=1)
    if pure.any():
        return pure_action(int(pure.argmax()), len(gains))
    return _mixed_dominator(gains, strict) if mixed else None


def _mixed_dominator(gains: NDArray[np.object_], strict: bool) -> MixedAction | None:
    """Maximise the smallest gain (if strict) or the sum of gains none of which is negative."""
    one, zero = Fraction(1), Fraction(0)
    count = len(gains)
    objective = [*([zero] * count if strict else gains.sum(axis=1)), one if strict else zero]
    rows = [[*-column, one if strict else zero] for column in gains.T]
    weights = maximise(objective, [*rows, [one] * count + [zero]], [zero] * len(rows) + [one])
    gained = sum(c * w for c, w in zip(objective, weights, strict=True))
    return normalised(weights[:-1]) if gained > 0 else None
