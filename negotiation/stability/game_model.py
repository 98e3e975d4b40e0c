"""Models whose parameters build a game: the agreement holds where the path of play is kept to."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, final

from negotiation._checks import check_fraction, check_known, refusal
from negotiation.games import RepeatedGame, StageGame, Target
from negotiation.games.repeated import Delta
from negotiation.stability.critical import critical_discount
from negotiation.stability.model import Bounds, Model, PerPoint, Range
from negotiation.stability.threats import PUNISHMENTS, Punishment

if TYPE_CHECKING:
    from negotiation.evidence import Evidence

OWNER = "game_model"


def game_model(
    build: Callable[..., StageGame | RepeatedGame],
    ranges: Mapping[str, Range | Bounds],
    target: Target,
    *,
    delta: Delta | None = None,
    punishment: Punishment = "grim",
    exact: bool = False,
    evidence: "Evidence | None" = None,
) -> Model:
    """Make a model of a function from numbers to a game.

    Parameters
    ----------
    build : callable
        ``build(**parameters)`` returns the game of one round, or a `RepeatedGame`.
    ranges, evidence
        As in `Model`.
    target : action profile, sequence of action profiles, OutcomePath or Automaton
        What is to be played, as in `critical_discount`.
    delta : number or text, optional
        Discount factor of all players; left out if `build` returns a `RepeatedGame`.
    punishment : {"grim", "optimal", "transfers"}, default "grim"
        As in `critical_discount`.
    exact : bool, default False
        Whether `build` does exact arithmetic. If so, it is called with fractions, floats counting as the decimals
        that they print as, and tipping points that are fractions are found as such.

    Returns
    -------
    Model
        The measure is the discount factor less the critical one, which counts as 1 where no discount factor below
        1 sustains the target.

    Raises
    ------
    ArgumentError
        If the target is a longer path, which larger discount factors need not sustain; at a point, if the game
        does not fit, its players discount differently, or its critical discount factor stays open.

    Examples
    --------
    >>> from negotiation.stability.tipping import tipping_point
    >>> def build(gain):
    ...     return StageGame.from_matrices([[3, 0], [3 + gain, 1]], [[3, 3 + gain], [0, 1]])
    >>> model = game_model(build, {"gain": (0.5, 1, 4)}, (0, 0), delta=0.4, exact=True)
    >>> print(tipping_point(model, "gain"))
    agreement holds at gain = 1 (0.5 to 4)
    fails above 4/3 = 1.33333333
    """
    check_known("punishment", OWNER, punishment, PUNISHMENTS)
    fixed = None if delta is None else check_fraction("delta", OWNER, delta)
    played = _Played(build, target, fixed, punishment)
    if exact:
        return Model(ranges, PerPoint(_InFractions(played)), evidence=evidence, exact=_AsTuple(played))  # type: ignore[arg-type]
    return Model(ranges, PerPoint(played), evidence=evidence)  # type: ignore[arg-type]


@final
@dataclass(frozen=True, eq=False)
class _Played:
    build: Callable[..., StageGame | RepeatedGame]
    target: Target
    delta: Fraction | None
    punishment: Punishment

    def __call__(self, **parameters: Any) -> Fraction | float:
        repeated = self._repeated(self.build(**parameters))
        if len(set(repeated.exact_deltas)) > 1:
            raise refusal("delta", OWNER, "be common to all players", repeated.deltas.tolist())
        found = critical_discount(repeated.stage, self.target, punishment=self.punishment)
        if len(found.target.prefix) + len(found.target.cycle) > 1:
            way_out = "switches(...) follows a longer path at single discount factors."
            raise refusal("target", OWNER, "be one profile for ever", found.target.describe(found.stage), way_out)
        patience = repeated.exact_deltas[0]
        if found.low < patience and found.high == math.inf:
            raise refusal(
                "delta", OWNER, f"be at most {found.low:g}, up to which punishments were tried", patience
            )
        needed = found.exact if found.exact is not None else min(found.high, 1.0)
        return patience - needed

    def _repeated(self, game: StageGame | RepeatedGame) -> RepeatedGame:
        if isinstance(game, RepeatedGame) and self.delta is None:
            return game
        if isinstance(game, StageGame) and self.delta is not None:
            return RepeatedGame(game, self.delta)
        rule = "return a StageGame, with 'delta' given, or a RepeatedGame, without"
        raise refusal("build", OWNER, rule, type(game).__name__)


@final
@dataclass(frozen=True, eq=False)
class _InFractions:
    played: _Played

    def __call__(self, **parameters: float) -> float:
        return float(self.played(**{name: Fraction(repr(value)) for name, value in parameters.items()}))


@final
@dataclass(frozen=True, eq=False)
class _AsTuple:
    played: _Played

    def __call__(self, **parameters: Fraction) -> tuple[Fraction | float]:
        return (self.played(**parameters),)
