"""Names of 2x2 games: what action 0 (cooperate) and action 1 (break) are worth against each other."""

from enum import Enum

from negotiation._checks import refusal
from negotiation.games.stage import StageGame


class GameClass(Enum):
    """The class of a 2x2 game for one player, by reward R, temptation T, sucker's payoff S and penalty P."""

    PRISONERS_DILEMMA = "prisoner's dilemma"  # T > R > P > S
    CHICKEN = "chicken"  # T > R, S > P
    STAG_HUNT = "stag hunt"  # R > T, P > S
    HARMONY = "harmony"  # R > T, S > P
    DEADLOCK = "deadlock"  # T > R, P > S, P > R
    BOUNDARY = "boundary"  # a tie between two classes


def game_class(stage: StageGame) -> tuple[GameClass, GameClass]:
    """Name the class of a 2x2 game for each player.

    Parameters
    ----------
    stage : StageGame, 2x2
        Action 0 of each player is to cooperate.

    Returns
    -------
    tuple of two GameClass
        One a player; they differ where the game looks different from the two sides.

    Raises
    ------
    ArgumentError
        If the game is not 2x2.

    Examples
    --------
    >>> game = StageGame.from_matrices([[3, 0], [4, 1]], [[3, 4], [0, 1]])
    >>> [one.value for one in game_class(game)]
    ["prisoner's dilemma", "prisoner's dilemma"]
    """
    if stage.shape != (2, 2):
        raise refusal("stage", "game_class", "have two players with two actions each", stage.shape)
    own = [stage.payoffs[..., 0], stage.payoffs[..., 1].T]
    row, column = (_classify(*(float(entry) for entry in table.flat)) for table in own)
    return row, column


def _classify(reward: float, sucker: float, temptation: float, penalty: float) -> GameClass:
    if temptation == reward or sucker == penalty:
        return GameClass.BOUNDARY
    if temptation < reward:
        return GameClass.HARMONY if sucker > penalty else GameClass.STAG_HUNT
    if sucker > penalty:
        return GameClass.CHICKEN
    if reward == penalty:
        return GameClass.BOUNDARY
    return GameClass.PRISONERS_DILEMMA if reward > penalty else GameClass.DEADLOCK
