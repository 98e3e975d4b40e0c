"""Strategies with finite memory, as automata, and the usual ones.

An automaton is in one phase a round. `output[phase]` is the action profile it plays; after the profile
(a0, a1, ...) was in fact played it moves to `transition[phase, a0, a1, ...]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_count, check_names, refusal
from negotiation.games.stage import StageGame

OWNER = "Automaton"
MAX_LENGTH = 10_000
"""Longest punishment: a phase a round, in tables that are solved at once."""

Profile = Sequence[str | int]


@final
@dataclass(frozen=True, eq=False, init=False)
class Automaton:
    """A strategy profile with finitely many phases.

    Parameters
    ----------
    output : array_like of int, shape (phases, n)
        The action profile played in each phase.
    transition : array_like of int, shape (phases, n0, n1, ...)
        The next phase after each profile that may have been played.
    initial : int, default 0
        The phase of round 0.
    phases : sequence of str, optional
        Names of the phases; ``0``, ``1``, ... when left out.

    Raises
    ------
    ArgumentError
        If shapes do not fit, or an action or phase lies outside its range.
    """

    output: NDArray[np.int64]
    transition: NDArray[np.int64]
    initial: int
    phases: tuple[str, ...]

    def __init__(
        self,
        output: ArrayLike,
        transition: ArrayLike,
        initial: int = 0,
        *,
        phases: Sequence[str] | None = None,
    ) -> None:
        played, moves = _indices("output", output), _indices("transition", transition)
        if played.ndim != 2 or len(played) == 0:
            raise refusal("output", OWNER, "have shape (phases, players)", played.shape)
        num_phases, num_players = played.shape
        if moves.ndim != 1 + num_players or len(moves) != num_phases:
            raise refusal("transition", OWNER, f"have {num_phases} phases and an axis a player", moves.shape)
        if np.any(played < 0) or np.any(played >= moves.shape[1:]):
            raise refusal("output", OWNER, f"hold actions below {moves.shape[1:]}", played.tolist())
        unknown = moves[(moves < 0) | (moves >= num_phases)]
        if unknown.size:
            raise refusal("transition", OWNER, f"hold phases 0 to {num_phases - 1}", int(unknown[0]))
        start = check_count("initial", OWNER, initial, 0)
        if start >= num_phases:
            raise refusal("initial", OWNER, f"be a phase from 0 to {num_phases - 1}", initial)
        names = [str(k) for k in range(num_phases)] if phases is None else phases
        object.__setattr__(self, "output", played)
        object.__setattr__(self, "transition", moves)
        object.__setattr__(self, "initial", start)
        object.__setattr__(self, "phases", check_names("phases", OWNER, names, num_phases))

    def next_phases(self) -> NDArray[np.int64]:
        """Return the phase that follows each phase while everybody obeys, shape (phases,)."""
        following: NDArray[np.int64] = self.transition[(np.arange(len(self.output)), *self.output.T)]
        return following


def grim_trigger(stage: StageGame, target: Profile, punishment: Profile) -> Automaton:
    """Build the strategy that plays `target` until somebody leaves it, then `punishment` for ever.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target, punishment : sequence of str or int
        Action profiles, by name or index.

    Examples
    --------
    >>> game = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]])
    >>> grim_trigger(game, (0, 0), (1, 1)).phases
    ('target', 'punishment')
    """
    played = [stage.profile(*target), stage.profile(*punishment)]
    transition = np.ones((2, *stage.shape), dtype=np.int64)
    transition[(0, *played[0])] = 0
    return Automaton(played, transition, phases=("target", "punishment"))


def limited_punishment(stage: StageGame, target: Profile, punishment: Profile, length: int) -> Automaton:
    """Build the strategy that answers any deviation from `target` by `length` rounds of `punishment`.

    A deviation during the punishment goes unanswered: the rounds are counted, not the obedience, so that
    `punishment` should be an equilibrium of the stage game.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target, punishment : sequence of str or int
        Action profiles, by name or index.
    length : int
        Number of rounds of punishment, at least 1.
    """
    rounds = check_count("length", "limited_punishment", length)
    if rounds > MAX_LENGTH:
        raise refusal("length", "limited_punishment", f"be at most {MAX_LENGTH:,}", length, "Use grim_trigger.")
    played = [stage.profile(*target)] + [stage.profile(*punishment)] * rounds
    transition = np.empty((rounds + 1, *stage.shape), dtype=np.int64)
    transition[0] = 1
    transition[(0, *played[0])] = 0
    for phase in range(1, rounds + 1):
        transition[phase] = (phase + 1) % (rounds + 1)
    return Automaton(played, transition, phases=("target", *(f"punishment {k + 1}" for k in range(rounds))))


def carrot_and_stick(stage: StageGame, carrot: Profile, stick: Profile) -> Automaton:
    """Build the strategy that answers any deviation by one round of `stick`, then returns to `carrot`.

    A deviation from the stick is answered by the stick again.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    carrot, stick : sequence of str or int
        Action profiles, by name or index.

    References
    ----------
    .. [Abr86] D. Abreu (1986), Extremal equilibria of oligopolistic supergames, Journal of Economic Theory
       39, 191-225.
    """
    played = [stage.profile(*carrot), stage.profile(*stick)]
    transition = np.ones((2, *stage.shape), dtype=np.int64)
    for phase, profile in enumerate(played):
        transition[(phase, *profile)] = 0
    return Automaton(played, transition, phases=("carrot", "stick"))


def tit_for_tat(stage: StageGame) -> Automaton:
    """Build the strategy of a 2x2 game in which each player repeats the other's last action, from action 0.

    Raises
    ------
    ArgumentError
        If the game is not 2x2.
    """
    if stage.shape != (2, 2):
        raise refusal("stage", "tit_for_tat", "have two players with two actions each", stage.shape)
    played = [(a, b) for a in range(2) for b in range(2)]
    transition = [[[2 * b + a for b in range(2)] for a in range(2)]] * 4
    return Automaton(played, transition, phases=tuple(", ".join(_names(stage, profile)) for profile in played))


def path_with_punishments(
    stage: StageGame, path: Sequence[Profile], punishments: Sequence[Sequence[Profile]]
) -> Automaton:
    """Build a simple strategy profile: one path of play and one punishment path a player.

    A unilateral deviation by player i starts punishment path i from its first profile, wherever it happens;
    when several players deviate at once the play goes on as if none had. The last profile of each path is
    repeated for ever.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    path : sequence of profiles
        The path of play from round 0.
    punishments : sequence of sequences of profiles, one a player
        The punishment path of each player.

    Notes
    -----
    The simple strategy profiles of [Abr88]_.

    References
    ----------
    .. [Abr88] D. Abreu (1988), On the theory of infinitely repeated games with discounting, Econometrica 56,
       383-396.
    """
    if len(punishments) != stage.num_players:
        raise refusal("punishments", "path_with_punishments", f"hold {stage.num_players} paths", len(punishments))
    paths = [[stage.profile(*profile) for profile in one] for one in (path, *punishments)]
    for k, one in enumerate(paths):
        if not one:
            name = f"punishments[{k - 1}]" if k else "path"
            raise refusal(name, "path_with_punishments", "hold at least one profile", one)
    starts = np.concatenate([[0], np.cumsum([len(one) for one in paths])])
    played = [profile for one in paths for profile in one]
    names = [f"path {k}" for k in range(len(path))]
    for player, one in enumerate(paths[1:]):
        names += [f"punish {stage.players[player]} {k}" for k in range(len(one))]
    transition = np.empty((len(played), *stage.shape), dtype=np.int64)
    for start, end in pairwise(starts):
        for phase in range(start, end):
            transition[phase] = min(phase + 1, end - 1)
            _send_deviators(transition[phase], played[phase], starts[1:-1])
    return Automaton(played, transition, phases=names)


def _send_deviators(transition: NDArray[np.int64], profile: tuple[int, ...], starts: NDArray[np.int64]) -> None:
    stay = transition[profile]
    for player, start in enumerate(starts):
        line: list[int | slice] = list(profile)
        line[player] = slice(None)
        transition[tuple(line)] = start
    transition[profile] = stay


def _names(stage: StageGame, profile: tuple[int, ...]) -> list[str]:
    return [names[action] for names, action in zip(stage.actions, profile, strict=True)]


def _indices(name: str, values: ArrayLike) -> NDArray[np.int64]:
    try:
        array = np.array(values)
    except ValueError:
        raise refusal(name, OWNER, "be rectangular", values) from None
    if array.dtype.kind not in "iu":
        raise refusal(name, OWNER, "hold whole numbers", array.tolist())
    indices = array.astype(np.int64)
    indices.setflags(write=False)
    return indices
