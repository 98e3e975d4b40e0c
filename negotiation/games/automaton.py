"""Strategies with finite memory, as automata, and the usual ones.

An automaton is in one phase a round. `output[phase]` is the action profile it plays; after the profile
(a0, a1, ...) was in fact played it moves to `transition[phase, a0, a1, ...]`. With public randomisation that is
a row of `lottery`, from which the next phase is drawn in front of everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_count, check_names, check_shares, refusal
from negotiation.games.stage import StageGame

OWNER = "Automaton"
MAX_LENGTH = 10_000
"""Longest punishment: a phase a round, in tables that are solved at once."""
ROUNDING = 1e-12
"""How far the chances of a lottery may add up to something else than 1: the rounding of a long sum."""

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
        The next phase, or the lottery over it, after each profile that may have been played.
    initial : int, default 0
        The phase of round 0, or the lottery over it.
    phases : sequence of str, optional
        Names of the phases; ``0``, ``1``, ... when left out.
    lottery : array_like, shape (lotteries, phases), optional
        Chances of each phase, one public lottery a row; phase k for certain in row k when left out.

    Raises
    ------
    ArgumentError
        If shapes do not fit, an action, phase or lottery lies outside its range, or chances do not add up to 1.
    """

    output: NDArray[np.int64]
    transition: NDArray[np.int64]
    initial: int
    phases: tuple[str, ...]
    lottery: NDArray[np.float64]

    def __init__(
        self,
        output: ArrayLike,
        transition: ArrayLike,
        initial: int = 0,
        *,
        phases: Sequence[str] | None = None,
        lottery: ArrayLike | None = None,
    ) -> None:
        played, moves = _indices("output", output), _indices("transition", transition)
        if played.ndim != 2 or len(played) == 0:
            raise refusal("output", OWNER, "have shape (phases, players)", played.shape)
        num_phases, num_players = played.shape
        if moves.ndim != 1 + num_players or len(moves) != num_phases:
            raise refusal("transition", OWNER, f"have {num_phases} phases and an axis a player", moves.shape)
        if np.any(played < 0) or np.any(played >= moves.shape[1:]):
            raise refusal("output", OWNER, f"hold actions below {moves.shape[1:]}", played.tolist())
        chances = _chances(np.eye(num_phases) if lottery is None else lottery, num_phases)
        kind, last = "phase" if lottery is None else "row", len(chances) - 1
        unknown = moves[(moves < 0) | (moves > last)]
        if unknown.size:
            raise refusal("transition", OWNER, f"hold {kind}s 0 to {last}", int(unknown[0]))
        start = check_count("initial", OWNER, initial, 0)
        if start > last:
            raise refusal("initial", OWNER, f"be a {kind} from 0 to {last}", initial)
        names = [str(k) for k in range(num_phases)] if phases is None else phases
        object.__setattr__(self, "output", played)
        object.__setattr__(self, "transition", moves)
        object.__setattr__(self, "initial", start)
        object.__setattr__(self, "phases", check_names("phases", OWNER, names, num_phases))
        object.__setattr__(self, "lottery", chances)

    @property
    def draws_lots(self) -> bool:
        """Whether a move leads to a lottery over phases, and not from each phase to one other for certain."""
        return not np.array_equal(self.lottery, np.eye(len(self.output)))

    def next_phases(self) -> NDArray[np.int64]:
        """Return the phase, or the lottery, that follows each phase while everybody obeys, shape (phases,)."""
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


def _chances(lottery: ArrayLike, num_phases: int) -> NDArray[np.float64]:
    chances = check_shares("lottery", OWNER, lottery)
    if chances.ndim != 2 or len(chances) == 0 or chances.shape[1] != num_phases:
        raise refusal("lottery", OWNER, f"have shape (lotteries, {num_phases})", chances.shape)
    sums = chances.sum(axis=1)
    if np.any(np.abs(sums - 1) > ROUNDING):
        raise refusal("lottery", OWNER, "hold rows that add up to 1", sums.tolist())
    return chances


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
