"""Paths of play that end in a cycle: what is played while everybody obeys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from negotiation._checks import refusal
from negotiation.games.automaton import Automaton
from negotiation.games.stage import StageGame

ActionProfile: TypeAlias = tuple[int, ...]


@final
@dataclass(frozen=True)
class OutcomePath:
    """A path of play: some profiles once, then others over and over.

    Parameters
    ----------
    prefix : tuple of action profiles
        What is played first, one profile a round; may be empty.
    cycle : tuple of action profiles
        What is repeated for ever after.
    """

    prefix: tuple[ActionProfile, ...]
    cycle: tuple[ActionProfile, ...]

    @property
    def rounds(self) -> tuple[ActionProfile, ...]:
        """The profiles up to the end of the first turn of the cycle."""
        return self.prefix + self.cycle

    def describe(self, stage: StageGame) -> str:
        """Word the path with the names of the actions."""
        once, repeated = (" ".join(_named(stage, one) for one in part) for part in (self.prefix, self.cycle))
        lead = f"{once}, then " if once else ""
        return f"{lead}{repeated}{' in turn' if len(self.cycle) > 1 else ''}"


Target: TypeAlias = Sequence[str | int] | Sequence[Sequence[str | int]] | OutcomePath | Automaton


def outcome_path(stage: StageGame, target: Target) -> OutcomePath:
    """Return the path of play that a target stands for.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : action profile, sequence of action profiles, OutcomePath or Automaton
        One profile played for ever, a cycle of profiles, a path, or a strategy profile whose path is meant;
        actions by name or index.

    Raises
    ------
    ArgumentError
        If the target holds no profile, or one that is not of the game.

    Examples
    --------
    >>> game = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]], actions=[["C", "D"]] * 2)
    >>> outcome_path(game, [("C", "D"), ("D", "C")])
    OutcomePath(prefix=(), cycle=((0, 1), (1, 0)))
    >>> outcome_path(game, ("C", "C")).describe(game)
    '(C, C)'
    """
    if isinstance(target, OutcomePath):
        prefix, cycle = (tuple(stage.profile(*one) for one in part) for part in (target.prefix, target.cycle))
    elif isinstance(target, Automaton):
        prefix, cycle = _obeyed(stage, target)
    elif not np.iterable(target) or isinstance(target, str):
        rule = "be an action profile, a sequence of them, an OutcomePath or an Automaton"
        raise refusal("target", "outcome_path", rule, repr(target))
    elif any(isinstance(one, Sequence) and not isinstance(one, str) for one in target):
        prefix, cycle = (), tuple(stage.profile(*one) for one in target)  # type: ignore[misc]
    else:
        prefix, cycle = (), (stage.profile(*target),)
    if not cycle:
        raise refusal("target", "outcome_path", "hold a profile that is repeated", target)
    return OutcomePath(prefix, cycle)


def _obeyed(stage: StageGame, automaton: Automaton) -> tuple[tuple[ActionProfile, ...], tuple[ActionProfile, ...]]:
    if automaton.draws_lots:
        raise refusal("target", "outcome_path", "have one path of play", "an automaton that draws lots")
    if automaton.transition.shape[1:] != stage.shape:
        shape = automaton.transition.shape[1:]
        raise refusal("target", "outcome_path", f"have {stage.shape} actions, as the game has", shape)
    following = automaton.next_phases().tolist()
    visited = [automaton.initial]
    while (phase := following[visited[-1]]) not in visited:
        visited.append(phase)
    played = [stage.profile(*automaton.output[phase].tolist()) for phase in visited]
    start = visited.index(phase)
    return tuple(played[:start]), tuple(played[start:])


def _named(stage: StageGame, profile: ActionProfile) -> str:
    return f"({', '.join(names[a] for names, a in zip(stage.actions, profile, strict=True))})"
