"""Penance: answers to a deviation that the players have no reason to talk each other out of.

A target profile is played for ever. A unilateral deviation of player i, wherever it happens, starts the penance of
player i: a profile that costs him and that the rival likes at least as well as the target. Deviations of both at
once go unanswered. All continuation payoffs lie on a chain, from player 0's penance over the target to player 1's,
along which player 0's payoff rises and player 1's falls: none strictly dominates another. Exact arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal, final

import numpy as np

from negotiation.games import Automaton, StageGame
from negotiation.solvers.certificate import Point
from negotiation.solvers.deviation import exact_best_deviation_payoffs

Profile = tuple[int, int]
Chances = tuple[Fraction, Fraction, Fraction]

Kind = Literal["rounds", "lottery", "alternating"]
NEVER, ALWAYS = Fraction(0), Fraction(1)


@final
@dataclass(frozen=True, eq=False)
class Aim:
    """A profile to be played for ever in a game of two players.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : tuple of int
        The profile.
    payoffs : dict from profile to pair of Fraction
        Stage payoffs.
    best : dict from profile to pair of Fraction
        Best-deviation payoffs: what each player earns by the best reply to the other's action.
    """

    stage: StageGame
    target: Profile
    payoffs: dict[Profile, Point]
    best: dict[Profile, Point]

    @classmethod
    def of(cls, stage: StageGame, target: Sequence[str | int]) -> "Aim":
        """Collect the payoffs of a game; the target is given by names or indices."""
        first, second = stage.profile(*target)
        profiles = list(product(*map(range, stage.shape)))
        deviations = exact_best_deviation_payoffs(stage)
        payoffs = {(a, b): (stage.exact_payoffs[a, b, 0], stage.exact_payoffs[a, b, 1]) for a, b in profiles}
        best = {(a, b): (deviations[a, b, 0], deviations[a, b, 1]) for a, b in profiles}
        return cls(stage, (first, second), payoffs, best)

    @property
    def value(self) -> Point:
        """The payoffs of the target."""
        return self.payoffs[self.target]

    def tempted(self, player: int) -> bool:
        """Return whether a player gains by leaving the target for one round."""
        return self.best[self.target][player] > self.value[player]

    def ceiling(self, player: int, delta: Fraction) -> Fraction:
        """Return the largest payoff after a deviation that keeps a player to the target."""
        tempting = self.best[self.target][player]
        return tempting - (tempting - self.value[player]) / delta

    def candidates(self, player: int) -> list[Profile]:
        """List the profiles that can begin the penance of a player at some discount factor.

        They hold the player below the target's payoff and give the rival no less than it. A player without
        temptation may also be held to it exactly: the target itself is then a candidate.
        """
        rival, tempted = 1 - player, self.tempted(player)
        return [
            a
            for a, earned in self.payoffs.items()
            if earned[rival] >= self.value[rival]
            and (self.best[a][player] < self.value[player] or (not tempted and self._holds_to_value(a, player)))
        ]

    def name(self, profile: Profile) -> str:
        """Word a profile with the names of its actions."""
        return f"({self.stage.actions[0][profile[0]]}, {self.stage.actions[1][profile[1]]})"

    def _holds_to_value(self, profile: Profile, player: int) -> bool:
        return self.best[profile][player] == self.value[player]


@final
@dataclass(frozen=True, eq=False)
class Penance:
    """A strategy profile that plays a target for ever and answers deviations by penance.

    Parameters
    ----------
    stage : StageGame
        The game of one round.
    target : tuple of int
        The profile on the path of play.
    delta : Fraction
        The discount factor.
    kind : {"rounds", "lottery", "alternating"}
        How a penance ends: after a number of rounds, by a lottery after every round, or by a lottery that may
        start the penance of the rival before the target is played again.
    profiles : tuple of profiles, one a player
        What is played in the penance of each player; the target itself where his deviations go unanswered.
    lengths : tuple of int, one a player
        Rounds of a penance of the kind "rounds"; 1 for the other kinds, which draw after each round.
    chances : tuple of (Fraction, Fraction, Fraction), one a player
        After the last of these rounds: the chances of the target, of the same penance, of the rival's penance.
    payoffs : tuple of (Fraction, Fraction), one a player
        Average payoffs of both players at the start of the penance of each player.
    """

    stage: StageGame
    target: Profile
    delta: Fraction
    kind: Kind
    profiles: tuple[Profile, Profile]
    lengths: tuple[int, int]
    chances: tuple[Chances, Chances]
    payoffs: tuple[Point, Point]

    @property
    def automaton(self) -> Automaton | None:
        """The strategy profile as an automaton; None if it draws lots."""
        if any(chance not in (NEVER, ALWAYS) for one in self.chances for chance in one):
            return None
        starts = tuple(
            start if length else 0 for start, length in zip((1, 1 + self.lengths[0]), self.lengths, strict=True)
        )
        played, following, names = [self.target], [0], ["target"]
        for player, (start, length) in enumerate(zip(starts, self.lengths, strict=True)):
            after = (0, start, starts[1 - player])[self.chances[player].index(ALWAYS)]
            played += [self.profiles[player]] * length
            following += [*range(start + 1, start + length), after][:length]
            names += [f"penance of {self.stage.players[player]} {k + 1}" for k in range(length)]
        transition = np.empty((len(played), *self.stage.shape), dtype=np.int64)
        for phase, profile in enumerate(played):
            transition[phase] = following[phase]
            transition[phase, :, profile[1]] = starts[0]
            transition[phase, profile[0], :] = starts[1]
            transition[(phase, *profile)] = following[phase]
        return Automaton(played, transition, phases=names)

    def __str__(self) -> str:
        aim = Aim.of(self.stage, self.target)
        lines = [f"play {aim.name(self.target)}"]
        for player, name in enumerate(self.stage.players):
            lines.append(f"after a deviation of {name}: {self._answer(aim, player)}")
        return "\n".join(lines)

    def _answer(self, aim: Aim, player: int) -> str:
        profile, (back, again, rival) = self.profiles[player], self.chances[player]
        if not self.lengths[player]:
            return "no answer"
        if again == ALWAYS:
            return f"{aim.name(profile)} for ever"
        if back == ALWAYS:
            length = self.lengths[player]
            return f"{aim.name(profile)} for {length} round{'s' if length > 1 else ''}"
        other = self.stage.players[1 - player]
        ends = [(back, "back"), (again, "once more"), (rival, f"on to the answer to {other}")]
        return f"{aim.name(profile)}, then " + ", ".join(f"{word} with chance {c}" for c, word in ends if c)
