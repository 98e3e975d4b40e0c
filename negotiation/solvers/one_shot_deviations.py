"""The independent judge of strategies: nobody may gain by deviating once.

A strategy profile with finitely many phases is a subgame-perfect equilibrium of a discounted repeated game if
and only if in no phase a player gains by leaving the prescribed action for one round and obeying from then on.
This file shares no code with the solvers whose answers it judges.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_number, refusal
from negotiation.games import Automaton, RepeatedGame

OWNER = "one_shot"
TOLERANCE = 1e-9
"""Default tolerance, as a share of a player's range of stage payoffs: far above rounding, far below a motive."""

DIGITS = 1e-13
"""A slack below this share of the range of stage payoffs is the rounding of floats, and printed as 0."""


@final
@dataclass(frozen=True, eq=False)
class Judgement:
    """What obeying and what one deviation pays, in every phase of an automaton.

    Parameters
    ----------
    repeated : RepeatedGame
        The game.
    automaton : Automaton
        The strategy profile that was judged.
    values : array, shape (phases, n)
        Average payoff of each player from each phase on, if everybody obeys.
    one_shot_gain : array, shape (phases, n)
        What the best single deviation adds to it; minus infinity where a player has only one action.
    deviations : array of int, shape (phases, n)
        The best deviating action; the prescribed one where there is no other.
    """

    repeated: RepeatedGame
    automaton: Automaton
    values: NDArray[np.float64]
    one_shot_gain: NDArray[np.float64]
    deviations: NDArray[np.int64]

    @property
    def slack(self) -> NDArray[np.float64]:
        """What the best deviation loses, shape (phases, n): the negative of the gain."""
        return -self.one_shot_gain

    @property
    def start(self) -> NDArray[np.float64]:
        """Average payoff of each player from round 0 on, if everybody obeys, shape (n,)."""
        expected: NDArray[np.float64] = self.automaton.lottery[self.automaton.initial] @ self.values
        return expected

    @property
    def tightest(self) -> tuple[int, int]:
        """The phase and the player with the least slack as a share of the player's range of stage payoffs."""
        phase, player = np.unravel_index(np.argmax(self._shares()), self.one_shot_gain.shape)
        return int(phase), int(player)

    def is_equilibrium(self, tolerance: float = TOLERANCE) -> bool:
        """Return whether the strategy profile is a subgame-perfect equilibrium.

        Parameters
        ----------
        tolerance : float, default 1e-9
            Largest gain that counts as none, as a share of the player's range of stage payoffs.
        """
        allowed = check_number("tolerance", "Judgement.is_equilibrium", tolerance)
        return bool(np.all(self._shares() <= allowed))

    def __str__(self) -> str:
        stage, names = self.repeated.stage, self.automaton.phases
        phase, player = self.tightest
        verdict = "an equilibrium" if self.is_equilibrium() else "no equilibrium"
        head = f"{verdict}; tightest: {stage.players[player]} in phase '{names[phase]}'"
        shares = self._shares()
        rows = [("phase", "player", "plays", "earns", "best deviation", "slack")]
        for k, i in np.ndindex(self.values.shape):
            prescribed, deviation = self.automaton.output[k, i], self.deviations[k, i]
            actions = stage.actions[i]
            value, slack = f"{self.values[k, i]:.6g}", f"{self.slack[k, i] * (abs(shares[k, i]) > DIGITS):.6g}"
            rows.append((names[k], stage.players[i], actions[prescribed], value, actions[deviation], slack))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([head, *(line.rstrip() for line in lines)])

    def _shares(self) -> NDArray[np.float64]:
        payoffs = self.repeated.stage.payoffs
        spread = np.ptp(payoffs.reshape(-1, payoffs.shape[-1]), axis=0)
        return np.asarray(self.one_shot_gain / np.where(spread > 0, spread, 1.0))


def one_shot(repeated: RepeatedGame, automaton: Automaton) -> Judgement:
    """Compute what each player gains by the best single deviation in each phase of an automaton.

    Parameters
    ----------
    repeated : RepeatedGame
        A game of any number of players, who may discount differently.
    automaton : Automaton
        A strategy profile of the game.

    Returns
    -------
    Judgement
        Every phase is judged, also one that play never reaches.

    Raises
    ------
    ArgumentError
        If the automaton does not have the players and actions of the game.

    Notes
    -----
    The values solve V_i(k) = (1 - delta_i) g_i(a_k) + delta_i V_i(next phase of k), one linear system a player;
    where the next phase is drawn from a lottery, its expected value counts. Payoffs count from each player's
    lowest one, so that a large constant in them costs no digits.
    Discounting makes the one-shot deviation principle apply [Abr88]_.

    References
    ----------
    .. [Abr88] D. Abreu (1988), On the theory of infinitely repeated games with discounting, Econometrica 56,
       383-396.

    Examples
    --------
    >>> from negotiation.games import StageGame, grim_trigger
    >>> game = StageGame.from_matrices([[2, -1], [3, 0]], [[2, 3], [-1, 0]], ["A", "B"], [["keep", "break"]] * 2)
    >>> judgement = one_shot(RepeatedGame(game, 0.5), grim_trigger(game, (0, 0), (1, 1)))
    >>> judgement.slack.tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    >>> print(judgement)
    an equilibrium; tightest: A in phase 'target'
    phase       player  plays  earns  best deviation  slack
    target      A       keep   2      break           0.5
    target      B       keep   2      break           0.5
    punishment  A       break  0      keep            0.5
    punishment  B       break  0      keep            0.5
    """
    check_class("repeated", OWNER, repeated, RepeatedGame)
    check_class("automaton", OWNER, automaton, Automaton)
    stage = repeated.stage
    if automaton.transition.shape[1:] != stage.shape:
        rule = f"have the actions {stage.shape} of the game"
        raise refusal("automaton", OWNER, rule, automaton.transition.shape[1:])
    low = stage.payoffs.min(axis=tuple(range(stage.num_players)))
    above = _values(repeated, automaton, stage.payoffs - low)
    gains, deviations = np.empty_like(above), np.empty(above.shape, dtype=np.int64)
    for player in range(stage.num_players):
        gain = _gains(repeated, automaton, stage.payoffs[..., player] - low[player], above[:, player], player)
        deviations[:, player] = gain.argmax(axis=1)
        gains[:, player] = gain.max(axis=1)
    values = low + above
    for array in (values, gains, deviations):
        array.setflags(write=False)
    return Judgement(repeated, automaton, values, gains, deviations)


def _values(repeated: RepeatedGame, automaton: Automaton, payoffs: NDArray[np.float64]) -> NDArray[np.float64]:
    played = payoffs[tuple(automaton.output.T)]
    identity = np.eye(len(played))
    following = automaton.lottery[automaton.next_phases()]
    columns = [
        np.linalg.solve(identity - delta * following, (1 - delta) * played[:, player])
        for player, delta in enumerate(repeated.deltas)
    ]
    return np.stack(columns, axis=1)


def _gains(
    repeated: RepeatedGame,
    automaton: Automaton,
    payoffs: NDArray[np.float64],
    values: NDArray[np.float64],
    player: int,
) -> NDArray[np.float64]:
    """Return the gain of each action of one player in each phase, shape (phases, actions)."""
    delta, phases = repeated.deltas[player], np.arange(len(values))
    profile = [column[:, np.newaxis] for column in automaton.output.T]
    profile[player] = np.arange(repeated.stage.shape[player])[np.newaxis]
    later = (automaton.lottery @ values)[automaton.transition[(phases[:, np.newaxis], *profile)]]
    gain: NDArray[np.float64] = (1 - delta) * payoffs[tuple(profile)] + delta * later - values[:, np.newaxis]
    gain[phases, automaton.output[:, player]] = -np.inf
    return gain
