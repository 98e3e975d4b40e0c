"""Why an action profile of a stochastic game can be sustained by transfers, or why not."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray


@final
@dataclass(frozen=True, eq=False)
class ProfileTable:
    """Every action profile of one state, in the order of ``itertools.product``.

    Parameters
    ----------
    state : str
        The state.
    players : tuple of str
        Names of the players.
    profiles : tuple of tuples of str
        The action profiles, by name.
    joint_values : array, shape (k,)
        The sum of the players' average payoffs if the profile is played now and the best equilibrium follows.
    deviation_values : array, shape (k, n)
        The largest average payoff of each player who leaves the profile, or keeps to it, and is then punished.
    slacks : array, shape (k,)
        Joint value less the sum of deviation values, up to rounding: negative where the profile does not work.
    temptations : array, shape (k, n)
        What each player gains by the best other action if punished in any case, at least 0.
    works : array of bool, shape (k,)
        Whether the profile can be sustained.
    """

    state: str
    players: tuple[str, ...]
    profiles: tuple[tuple[str, ...], ...]
    joint_values: NDArray[np.float64]
    deviation_values: NDArray[np.float64]
    slacks: NDArray[np.float64]
    temptations: NDArray[np.float64]
    works: NDArray[np.bool_]

    def reason(self, row: int) -> str:
        """Say why the profile number `row` can be sustained, or why not."""
        temptations = self.temptations[row]
        if self.works[row]:
            return "works" if temptations.any() else "works: nobody is tempted"
        if np.isnan(self.slacks[row]):
            return "no equilibrium in pure actions follows"
        tempted = [
            f"{player} by {gain:.4g}" for player, gain in zip(self.players, temptations, strict=True) if gain > 0
        ]
        shared = self.slacks[row] + temptations.sum()
        return f"too tempting ({', '.join(tempted)}) for a surplus of {shared:.4g}"

    def __str__(self) -> str:
        names = [f"({', '.join(profile)})" for profile in self.profiles]
        heads = ["joint", *(f"{player} deviates" for player in self.players), "slack"]
        width = max(map(len, [self.state, *names]))
        lines = [f"{self.state:<{width}}  " + "  ".join(heads)]
        for row, name in enumerate(names):
            numbers = [self.joint_values[row], *self.deviation_values[row], self.slacks[row]]
            cells = [f"{number:>{len(head)}.4g}" for number, head in zip(numbers, heads, strict=True)]
            lines.append(f"{name:<{width}}  " + "  ".join(cells) + f"  {self.reason(row)}")
        return "\n".join(lines)
