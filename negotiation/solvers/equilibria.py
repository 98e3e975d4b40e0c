"""The equilibria of a two-player game as a set: its corners, its convex pieces and its connected parts.

The equilibria of a two-player game are a finite union of products of polytopes. Their corners, the extreme
equilibria, are pairs of vertices of the two best-response polytopes; a game with finitely many equilibria has no
others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import refusal
from negotiation.games import StageGame
from negotiation.solvers.deviation import regret
from negotiation.solvers.exact import MixedAction, describe, describe_profile
from negotiation.solvers.solution import Status

NashSubset = tuple[tuple[MixedAction, ...], tuple[MixedAction, ...]]


@final
@dataclass(frozen=True, eq=False)
class Tie:
    """A mixed action with more pure best replies than actions that it plays: it makes the game degenerate.

    Parameters
    ----------
    stage : StageGame
        The game.
    player : int
        Who plays the mixed action.
    mixture : MixedAction
        The mixed action.
    best_replies : tuple of int
        The other player's pure best replies.
    """

    stage: StageGame
    player: int
    mixture: MixedAction
    best_replies: tuple[int, ...]

    def __str__(self) -> str:
        other = 1 - self.player
        played = describe(self.mixture, self.stage.actions[self.player])
        names = self.stage.actions[other]
        replies = ", ".join(names[reply] for reply in self.best_replies)
        count = len(self.best_replies)
        return f"{self.stage.players[other]} has {count} best replies to {played}: {replies}"


@final
@dataclass(frozen=True, eq=False)
class Equilibria:
    """The extreme equilibria of a two-player game, and how all other equilibria lie between them.

    Parameters
    ----------
    stage : StageGame
        The game.
    profiles : tuple of tuple of MixedAction
        One pair of mixed actions an extreme equilibrium, as fractions.
    payoffs : tuple of tuple of Fraction
        What each player earns in each of them.
    ties : tuple of Tie
        Every vertex of a best-response polytope that makes the game degenerate; empty if the game is not.
    complete : bool
        Whether these are all extreme equilibria. If not, the subsets, components and ties are those of the part
        that was searched.
    status : Status
        How the list was obtained.

    References
    ----------
    .. [Avis10] D. Avis, G. D. Rosenberg, R. Savani, B. von Stengel (2010), Enumeration of Nash equilibria for
       two-player games, Economic Theory 42, 9-37.
    """

    stage: StageGame
    profiles: tuple[tuple[MixedAction, ...], ...]
    payoffs: tuple[tuple[Fraction, ...], ...]
    ties: tuple[Tie, ...]
    complete: bool
    status: Status

    @property
    def degenerate(self) -> bool:
        """Whether some mixed action has more pure best replies than actions that it plays.

        A game that is not degenerate has finitely many equilibria, and all are listed. The equilibria of a
        degenerate game may fill segments and larger sets between listed ones.
        """
        return bool(self.ties)

    @property
    def pure(self) -> tuple[tuple[int, ...], ...]:
        """The equilibria in pure actions, as action profiles."""
        sure = [profile for profile in self.profiles if all(1 in mixture for mixture in profile)]
        return tuple(tuple(mixture.index(Fraction(1)) for mixture in profile) for profile in sure)

    @cached_property
    def subsets(self) -> tuple[NashSubset, ...]:
        """The maximal Nash subsets, each a pair of tuples of mixed actions, one tuple a player.

        Any mixture over the first tuple with any mixture over the second is an equilibrium, and every equilibrium
        is of this form in some subset.

        Notes
        -----
        As in [Avis10], the maximal complete bipartite subgraphs of the graph whose edges are the extreme
        equilibria. A game can have exponentially many; the time is of the order of their number.
        """
        partners: dict[MixedAction, set[MixedAction]] = {}
        for x, y in self.profiles:
            partners.setdefault(x, set()).add(y)
        closed: set[frozenset[MixedAction]] = set()
        for own in partners.values():
            closed |= {common for known in closed if (common := known & own)}
            closed.add(frozenset(own))
        pairs = [
            (tuple(x for x, own in partners.items() if common <= own), tuple(sorted(common, reverse=True)))
            for common in closed
        ]
        return tuple(sorted(pairs, reverse=True))

    @cached_property
    def components(self) -> tuple[tuple[int, ...], ...]:
        """The connected parts of the set of equilibria, each as the places of its extreme equilibria."""
        sharing: dict[tuple[int, MixedAction], list[int]] = {}
        for k, profile in enumerate(self.profiles):
            for action in enumerate(profile):
                sharing.setdefault(action, []).append(k)
        groups, seen = [], set[int]()
        for start in range(len(self)):
            group, waiting = [], [start]
            while waiting:
                k = waiting.pop()
                if k not in seen:
                    seen.add(k)
                    group.append(k)
                    waiting += [other for action in enumerate(self.profiles[k]) for other in sharing[action]]
            if group:
                groups.append(tuple(sorted(group)))
        return tuple(groups)

    @cached_property
    def regrets(self) -> NDArray[np.object_]:
        """What each player could gain by leaving each extreme equilibrium alone, as fractions: zeros.

        Shape (number of extreme equilibria, 2), in the unit of the payoffs; computed from the payoffs of the game.
        """
        gains = np.empty((len(self), 2), dtype=object)
        for k, profile in enumerate(self.profiles):
            gains[k] = regret(self.stage, profile)
        gains.setflags(write=False)
        return gains

    def worst(self) -> tuple[Fraction, ...]:
        """Return each player's lowest payoff in any equilibrium, listed or between listed ones.

        Raises
        ------
        ArgumentError
            If the list is not complete.

        Notes
        -----
        On each polytope of equilibria a player's payoff is linear in the other player's mixed action, so that it
        is lowest at an extreme equilibrium.
        """
        if not self.complete:
            raise refusal(
                "equilibria",
                "Equilibria.worst",
                "be complete",
                f"{len(self)} extreme equilibria, {self.status.value}",
                "Raise max_work of nash_equilibria, or drop actions that iterated_dominance eliminates.",
            )
        return tuple(min(earned) for earned in zip(*self.payoffs, strict=True))

    def __len__(self) -> int:
        return len(self.profiles)

    def __iter__(self) -> Iterator[tuple[MixedAction, ...]]:
        return iter(self.profiles)

    def __str__(self) -> str:
        kind = "degenerate" if self.degenerate else "non-degenerate"
        noun = "equilibrium" if len(self) == 1 else "equilibria"
        share = "all" if self.complete else "not all"
        lines = [f"{len(self)} extreme {noun} of a {kind} game, {share} of them:"]
        for profile, payoffs in zip(self.profiles, self.payoffs, strict=True):
            earned = ", ".join(map(str, payoffs))
            lines.append(f"  {describe_profile(self.stage, profile)} (payoffs {earned})")
        return "\n".join(lines)
