"""Sets of continuation payoffs that generate themselves: what makes average payoffs equilibrium payoffs.

Pure actions, perfect monitoring and public randomisation; two players. With g(a) the payoffs of profile a and
h_i(a) the most that player i gains by leaving a for one round, a set W of continuation payoffs generates

    B(W) = co U_a { (1 - delta) g(a) + delta w : w in W, w_i >= u_i + ((1 - delta) / delta) h_i(a) },

where u_i is the least that W gives player i: the promise w must outweigh the temptation, and a deviator gets
his worst point of W. Every point of a bounded set with W inside B(W) is the payoff of an equilibrium.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negotiation._checks import check_array, check_class, refusal
from negotiation._kernels.supporting import measure
from negotiation.games import RepeatedGame
from negotiation.solvers.deviation import exact_best_deviation_payoffs
from negotiation.solvers.polygon import Points, clip, convex_hull, distance_to

TOLERANCE = 1e-10
"""Default tolerance, as a share of each player's range of stage payoffs."""


@final
@dataclass(frozen=True, eq=False)
class Rescaled:
    """A two-player game in units in which each player's stage payoffs run from 0 to 1.

    Parameters
    ----------
    profiles : array, shape (m, 4)
        One action profile a row, in row-major order: its payoffs, and how far a promise must lie above the
        worst one for either player, ((1 - delta) / delta) h_i(a).
    minmax : array, shape (2,)
        Pure minmax payoffs.
    deltas : array, shape (2,)
        Discount factors.
    low, spread : arrays, shape (2,)
        The lowest payoff of each player and the range, in the unit of the payoffs; the range counts as 1 where
        all payoffs are equal.
    """

    profiles: Points
    minmax: NDArray[np.float64]
    deltas: NDArray[np.float64]
    low: NDArray[np.float64]
    spread: NDArray[np.float64]

    @property
    def payoffs(self) -> Points:
        """Stage payoffs, shape (m, 2), one action profile a row."""
        return self.profiles[:, :2]

    @property
    def required(self) -> Points:
        """How far a promise must lie above the worst one, shape (m, 2)."""
        return self.profiles[:, 2:]

    def inward(self, points: Points) -> Points:
        """Bring payoffs into these units."""
        return (points - self.low) / self.spread

    def outward(self, points: Points) -> Points:
        """Bring payoffs back into their own unit."""
        return self.low + self.spread * points

    def averaged(self, payoffs: Points, promises: Points) -> Points:
        """Return the average payoffs of one round of `payoffs` followed by `promises`."""
        return (1 - self.deltas) * payoffs + self.deltas * promises


def rescale(repeated: RepeatedGame) -> Rescaled:
    """Measure the payoffs of a two-player game in units of their range; exact but for a rounding or two."""
    profiles, minmax, low, spread, sharp = measure(repeated.stage.payoffs, repeated.deltas)
    if not sharp:
        profiles, minmax, low, spread = _measured_exactly(repeated)
    return Rescaled(profiles, minmax, repeated.deltas, low, spread)


def _measured_exactly(repeated: RepeatedGame) -> tuple[Points, Points, Points, Points]:
    stage, deltas = repeated.stage, repeated.deltas
    exact, best = stage.exact_payoffs, exact_best_deviation_payoffs(stage)
    low = exact.min(axis=(0, 1))
    spread = exact.max(axis=(0, 1)) - low
    spread[spread == 0] = 1
    shares = [(exact - low) / spread, (best - exact) / spread, (best.min(axis=(0, 1)) - low) / spread]
    payoffs, temptations, minmax = (share.astype(np.float64) for share in shares)
    profiles = np.concatenate((payoffs, (1 - deltas) / deltas * temptations), axis=2).reshape(-1, 4)
    return profiles, minmax, low.astype(np.float64), spread.astype(np.float64)


def generate(W: ArrayLike, repeated: RepeatedGame, *, tolerance: float = TOLERANCE) -> Points:
    """Compute the average payoffs B(W) that promises from a set W can support.

    Parameters
    ----------
    W : array_like, shape (k, 2)
        Points whose convex hull is the set of average payoffs that can be promised.
    repeated : RepeatedGame
        A game of two players; they may discount differently.
    tolerance : float, default 1e-10
        An incentive that is violated by no more than this share of the player's range of stage payoffs counts
        as met.

    Returns
    -------
    array, shape (m, 2)
        Vertices of B(W), counter-clockwise.

    Raises
    ------
    ArgumentError
        If `W` does not hold pairs of finite numbers or the game does not have two players.

    Notes
    -----
    The operator of [APS90]_ for perfect monitoring, by cutting polygons; O(m k) for m profiles and k vertices.

    References
    ----------
    .. [APS90] D. Abreu, D. Pearce and E. Stacchetti (1990), Toward a theory of discounted repeated games with
       imperfect monitoring, Econometrica 58, 1041-1063.

    Examples
    --------
    >>> from negotiation.games import StageGame
    >>> dilemma = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> generate([[3, 3], [9, 9]], RepeatedGame(dilemma, 0.2)).round(6).tolist()
    [[3.0, 3.0], [9.0, 9.0]]
    """
    scale, promises = _checked("generate", W, repeated)
    return scale.outward(_generated(scale, promises, tolerance))


def is_self_generating(W: ArrayLike, repeated: RepeatedGame, *, tolerance: float = TOLERANCE) -> bool:
    """Return whether W lies in B(W), which makes each of its points an equilibrium payoff.

    Parameters
    ----------
    W : array_like, shape (k, 2)
        Points whose convex hull is the set.
    repeated : RepeatedGame
        A game of two players; they may discount differently.
    tolerance : float, default 1e-10
        How far W may reach beyond B(W), as a share of each player's range of stage payoffs, and as in
        `generate`.

    Raises
    ------
    ArgumentError
        If `W` does not hold pairs of finite numbers or the game does not have two players.
    """
    scale, promises = _checked("is_self_generating", W, repeated)
    outside = distance_to(_generated(scale, promises, tolerance), promises)
    return bool(outside.max(initial=0.0) <= tolerance)


def _checked(owner: str, W: ArrayLike, repeated: RepeatedGame) -> tuple[Rescaled, Points]:
    check_class("repeated", owner, repeated, RepeatedGame)
    if repeated.stage.num_players != 2:
        raise refusal("repeated", owner, "have two players", repeated.stage.num_players)
    points = check_array("W", owner, W)
    points = points.reshape(-1, 2) if points.size == 0 else points
    if points.ndim != 2 or points.shape[1] != 2:
        raise refusal("W", owner, "have shape (k, 2)", points.shape)
    scale = rescale(repeated)
    return scale, convex_hull(scale.inward(points))


def _generated(scale: Rescaled, promises: Points, margin: float) -> Points:
    if len(promises) == 0:
        return promises
    needed = promises.min(axis=0) + scale.required
    parts = [
        scale.averaged(payoffs, clip(clip(promises, 0, least[0], margin), 1, least[1], margin))
        for payoffs, least in zip(scale.payoffs, needed, strict=True)
    ]
    return convex_hull(np.concatenate(parts))
