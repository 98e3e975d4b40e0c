"""Conversion to and from nashpy, whose games are two matrices, both row player x column player."""

from typing import Any

import lazy_loader

from negotiation._checks import refusal
from negotiation.games.stage import StageGame

nashpy = lazy_loader.load("nashpy")


def to_nashpy(stage: StageGame) -> Any:
    """Return a two-player game as a `nashpy.Game`; names and exact payoffs are not carried over.

    Raises
    ------
    ArgumentError
        If the game does not have two players.
    """
    if stage.num_players != 2:
        raise refusal("stage", "to_nashpy", "have two players", stage.num_players)
    return nashpy.Game(stage.payoffs[..., 0], stage.payoffs[..., 1])


def from_nashpy(game: Any) -> StageGame:
    """Return a `nashpy.Game` as a stage game with players and actions named by number.

    Examples
    --------
    >>> import nashpy
    >>> from_nashpy(nashpy.Game([[1, 0], [0, 1]])).payoffs[0, 0]
    array([ 1., -1.])
    """
    row, column = game.payoff_matrices
    return StageGame.from_matrices(row, column)
