"""What a given discount factor can carry: how much slack, how large a temptation, how small a punishment."""

from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_class, check_known, refusal
from negotiation.games import RepeatedGame, StageGame, Target, outcome_path
from negotiation.solvers.transfers import transfer_schedule
from negotiation.stability.critical import WIDTH
from negotiation.stability.incentive_path import Incentives
from negotiation.stability.threats import PUNISHMENTS, Punishment, threats


def incentive_slack(
    stage: StageGame, target: Target, delta: float, *, punishment: Literal["grim", "optimal"] = "grim"
) -> NDArray[np.float64]:
    """Compute by how much each player prefers to keep to a path of play, on average a round.

    Parameters
    ----------
    stage, target
        As in `critical_discount`.
    delta : float
        Discount factor of all players.
    punishment : {"grim", "optimal"}, default "grim"
        As in `critical_discount`. With transfers the incentives of single players do not count.

    Returns
    -------
    array, shape (n,), in the unit of the payoffs
        The least over all rounds of U - (1 - delta) c - delta min(v, U'), with the average payoffs U and U' of the
        path from this round on and from the next; the target is sustained iff no entry is negative.
    """
    check_class("stage", "incentive_slack", stage, StageGame)
    check_known("punishment", "incentive_slack", punishment, PUNISHMENTS[:2])
    repeated, path = RepeatedGame(stage, delta), outcome_path(stage, target)
    incentives = Incentives.of(stage, path)
    threat = np.array(threats(repeated, punishment), dtype=np.float64)
    low = stage.payoffs.min(axis=tuple(range(stage.num_players)))
    kept, best = ((np.array(rows, dtype=np.float64).T - low) for rows in (incentives.kept, incentives.best))
    here = _averages(kept, len(path.prefix), repeated.delta)
    following = np.concatenate([here[1:], here[len(path.prefix) : len(path.prefix) + 1]])
    later = np.minimum(threat - low, following)
    slack = here - (1 - repeated.delta) * best - repeated.delta * later
    least: NDArray[np.float64] = slack.min(axis=0)
    return least


def supports(repeated: RepeatedGame, target: Target, *, punishment: Punishment = "grim") -> bool:
    """Return whether a path of play is kept to at given discount factors.

    Parameters
    ----------
    repeated : RepeatedGame
        The game; under "grim" the players may discount differently.
    target, punishment
        As in `critical_discount`. A discount factor meets a critical one that rounds to it; under "optimal" it
        may fall short by `WIDTH`.
    """
    check_class("repeated", "supports", repeated, RepeatedGame)
    check_known("punishment", "supports", punishment, PUNISHMENTS)
    incentives = Incentives.of(repeated.stage, outcome_path(repeated.stage, target))
    if punishment == "transfers":
        plan = transfer_schedule(repeated.stage).at(repeated.delta)
        return plan is not None and _meets(incentives.joint(), sum(plan.punishment_payoffs), repeated.delta, 0.0)
    margin = WIDTH if punishment == "optimal" else 0.0
    return all(
        _meets(incentives.of_player(player), threat, delta, margin)
        for player, (threat, delta) in enumerate(
            zip(threats(repeated, punishment), repeated.deltas.tolist(), strict=True)
        )
    )


def largest_gains(
    repeated: RepeatedGame, profile: Target, *, punishment: Literal["grim", "optimal"] = "grim"
) -> NDArray[np.float64]:
    """Compute the largest gain from one deviation that each player could be offered and still keep to a profile.

    Parameters
    ----------
    repeated : RepeatedGame
        The game.
    profile : sequence of str or int
        An action profile that is played for ever.
    punishment : {"grim", "optimal"}, default "grim"
        As in `critical_discount`.

    Returns
    -------
    array, shape (n,), in the unit of the payoffs
        delta / (1 - delta) (g_i - v_i), at least 0: the deviation gain c_i - g_i that this discount factor just
        carries.

    Examples
    --------
    >>> dilemma = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]])
    >>> largest_gains(RepeatedGame(dilemma, 0.5), (0, 0))
    array([3., 3.])
    """
    check_class("repeated", "largest_gains", repeated, RepeatedGame)
    check_known("punishment", "largest_gains", punishment, PUNISHMENTS[:2])
    kept = repeated.stage.payoffs[_profile(repeated.stage, profile, "largest_gains")]
    threat = np.array(threats(repeated, punishment), dtype=np.float64)
    gains: NDArray[np.float64] = repeated.deltas / (1 - repeated.deltas) * np.maximum(kept - threat, 0)
    return gains


def smallest_punishments(repeated: RepeatedGame, profile: Target) -> NDArray[np.float64]:
    """Compute the smallest loss that must follow a deviation for each player to keep to a profile.

    Parameters
    ----------
    repeated : RepeatedGame
        The game.
    profile : sequence of str or int
        An action profile that is played for ever.

    Returns
    -------
    array, shape (n,), in the unit of the payoffs, on average a round
        (1 - delta) / delta (c_i - g_i): how far the threat must lie below the payoff of the profile.

    Examples
    --------
    >>> dilemma = StageGame.from_matrices([[4, -1], [6, 1]], [[4, 6], [-1, 1]])
    >>> smallest_punishments(RepeatedGame(dilemma, 0.5), (0, 0))
    array([2., 2.])
    """
    check_class("repeated", "smallest_punishments", repeated, RepeatedGame)
    chosen = _profile(repeated.stage, profile, "smallest_punishments")
    incentives = Incentives.of(repeated.stage, outcome_path(repeated.stage, chosen))
    gains = np.array([most[0] - own[0] for own, most in zip(incentives.kept, incentives.best, strict=True)])
    losses: NDArray[np.float64] = (1 - repeated.deltas) / repeated.deltas * gains.astype(np.float64)
    return losses


def _meets(incentives: Incentives, threat: Fraction | float, delta: float, margin: float) -> bool:
    return float(incentives.first_delta([threat], Fraction(repr(delta)))[1]) <= delta + margin


def _averages(kept: NDArray[np.float64], num_once: int, delta: float) -> NDArray[np.float64]:
    """Return the average payoffs from each round on, shape (rounds, n)."""
    length = len(kept) - num_once
    weights = (1 - delta) / (1 - delta**length) * delta ** np.arange(length)
    here = np.empty_like(kept)
    for t in reversed(range(len(kept))):
        if t < num_once:
            here[t] = (1 - delta) * kept[t] + delta * here[t + 1]
        else:
            here[t] = weights @ np.roll(kept[num_once:], num_once - t, axis=0)
    return here


def _profile(stage: StageGame, target: Target, owner: str) -> tuple[int, ...]:
    path = outcome_path(stage, target)
    if path.prefix or len(path.cycle) > 1:
        raise refusal("profile", owner, "be one action profile", path.describe(stage))
    return path.cycle[0]
