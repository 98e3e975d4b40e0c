"""Incentives along a path of play, as polynomials of the discount factor.

A player who leaves the path in round t takes the best deviation payoff c_t once and v, the threat, from then on.
With U_t the player's average payoff of the path from round t on, staying is best iff U_t >= (1 - delta) c_t +
delta v. For a path that ends in a cycle of k rounds both sides times (1 - delta^k) / (1 - delta) are polynomials
of delta. A round without temptation asks for nothing, since its deviations may go unanswered.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self, TypeAlias, final

from negotiation.games import OutcomePath, StageGame
from negotiation.solvers.deviation import exact_best_deviation_payoffs
from negotiation.solvers.polynomial import Polynomial, add, evaluate, multiply, next_root, polynomial

Amount: TypeAlias = Fraction | float

FINEST = Fraction(1, 10**12)
"""Width to which roots that are not rational are enclosed."""


@final
@dataclass(frozen=True, eq=False)
class Incentives:
    """What the players earn along a path of play, and by leaving it.

    Parameters
    ----------
    kept, best : tuple of tuple of Fraction, one a player
        Stage payoffs and best deviation payoffs, round by round, up to the end of the first turn of the cycle.
    num_once : int
        Number of rounds before the cycle.
    """

    kept: tuple[tuple[Fraction, ...], ...]
    best: tuple[tuple[Fraction, ...], ...]
    num_once: int

    @classmethod
    def of(cls, stage: StageGame, path: OutcomePath) -> Self:
        """Read the incentives of every player along a path."""
        kept, best = (
            tuple(zip(*(payoffs[profile] for profile in path.rounds), strict=True))
            for payoffs in (stage.exact_payoffs, exact_best_deviation_payoffs(stage))
        )
        return cls(kept, best, len(path.prefix))

    def of_player(self, player: int) -> Self:
        """Return the incentives of one player alone."""
        return replace(self, kept=(self.kept[player],), best=(self.best[player],))

    def joint(self) -> Self:
        """Return the incentives of all players as one, who may pay each other."""
        return replace(self, kept=(_summed(self.kept),), best=(_summed(self.best),))

    @property
    def tempted(self) -> tuple[bool, ...]:
        """Whether each player gains by a deviation in some round."""
        return tuple(own != most for own, most in zip(self.kept, self.best, strict=True))

    def first_delta(self, threats: Sequence[Amount], start: Fraction = Fraction(0)) -> tuple[Amount, Amount]:
        """Enclose the smallest discount factor at which everybody stays on the path.

        Parameters
        ----------
        threats : sequence of Fraction or float
            Average payoff of each player after a deviation; infinite for a player whom nothing threatens.
        start : Fraction, default 0
            Discount factors below it are left out.

        Returns
        -------
        low, high : Fraction, or infinity if there is none below 1
            The upper end sustains the path; the lower one does not, unless the ends are equal and so exact. A
            single irrational discount factor between two intervals that do not sustain the path is passed over.
        """
        if any(held and threat == math.inf for held, threat in zip(self.tempted, threats, strict=True)):
            return math.inf, math.inf
        polynomials = self._polynomials(threats)
        low = high = start
        while (violated := next((one for one in polynomials if _negative_after(one, high)), None)) is not None:
            found = next_root(violated, high, Fraction(1), FINEST)
            if found is None or found[1] >= 1:
                return math.inf, math.inf
            low, high = found
        return low, high

    def _polynomials(self, threats: Sequence[Amount]) -> list[Polynomial]:
        """Return polynomials of delta that are all at least 0 iff everybody stays: one a temptation."""
        return [
            self._polynomial(own, most[t], t, Fraction(threat))
            for own, most, threat in zip(self.kept, self.best, threats, strict=True)
            for t in range(len(own))
            if most[t] > own[t]
        ]

    def _polynomial(self, own: Sequence[Fraction], most: Fraction, t: int, threat: Fraction) -> Polynomial:
        """(1 - d^k) (sum_{s < once} d^s g_{t+s} - c) + d^once sum_{s < k} d^s g_s - (d + ... + d^k) v."""
        cycle, once, turn = own[self.num_once :], max(self.num_once - t, 0), max(t - self.num_once, 0)
        shrink = polynomial([1, *[0] * (len(cycle) - 1), -1])
        lead = add(polynomial(own[t : t + once]), polynomial([most]), -1)
        later = polynomial([*[0] * once, *cycle[turn:], *cycle[:turn]])
        return add(add(multiply(shrink, lead), later), polynomial([0, *[threat] * len(cycle)]), -1)


def _summed(rows: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    return tuple(sum(column, start=Fraction(0)) for column in zip(*rows, strict=True))


def _negative_after(one: Polynomial, at: Fraction) -> bool:
    """Return whether a polynomial is negative at `at`; at 0, which is no discount factor, just above it."""
    value = evaluate(one, at) if at else next((c for c in one if c), Fraction(0))
    return value < 0
