"""Proof of a critical discount factor: a certificate on either side of it."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from negotiation._checks import check_between, check_class, refusal
from negotiation.games import RepeatedGame
from negotiation.solvers.certificate import ExclusionCertificate, SelfGenerationCertificate
from negotiation.solvers.certification import exclude, support
from negotiation.stability.critical import CriticalDiscount

OWNER = "prove_critical"

MARGIN = 1e-6
"""Default distance of the proofs from the bracket."""


@final
@dataclass(frozen=True, eq=False)
class CriticalProof:
    """A discount factor at which a profile cannot be played for ever, and a larger one at which it can.

    Parameters
    ----------
    below : ExclusionCertificate or None
        No equilibrium plays the profile for ever at the lower discount factor; None where every one sustains it.
    above : SelfGenerationCertificate
        Some equilibrium plays it for ever at the upper one.
    """

    below: ExclusionCertificate | None
    above: SelfGenerationCertificate

    @property
    def low(self) -> Fraction:
        """The discount factor of `below`, 0 if there is none."""
        return self.below.repeated.exact_deltas[0] if self.below else Fraction(0)

    @property
    def high(self) -> Fraction:
        """The discount factor of `above`."""
        return self.above.repeated.exact_deltas[0]


def prove_critical(found: CriticalDiscount, *, margin: float = MARGIN) -> CriticalProof:
    """Prove on both sides that a critical discount factor is right.

    Parameters
    ----------
    found : CriticalDiscount
        Of a profile of two players under the optimal punishment.
    margin : float, default 1e-6
        How far below `found.low` the profile is to be excluded, and how far above `found.high` supported, where
        the answer is a bracket; an exact answer is supported itself. Close to the critical discount factor the
        exclusion takes many steps.

    Returns
    -------
    CriticalProof
        Two certificates, each accepted by `verify`.

    Raises
    ------
    ArgumentError
        If the target is a longer path, the punishment another one, or no discount factor was found.
    CertificationError
        If one side could not be proved; certificates know pure actions only, so that no proof exists where an
        equilibrium of the stage game in mixed actions is the harshest threat.

    Notes
    -----
    More is sustained at a larger discount factor, so that the two certificates enclose the critical one.

    Examples
    --------
    >>> from negotiation.games import StageGame
    >>> from negotiation.stability import critical_discount
    >>> dilemma = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
    >>> proof = prove_critical(critical_discount(dilemma, (0, 0), punishment="optimal"))
    >>> print(proof.above)
    each point of {(3, 3), (9, 9)} is an equilibrium payoff at delta = 1/7; played for ever by an equilibrium: 0-0
    """
    check_class("found", OWNER, found, CriticalDiscount)
    apart = Fraction(repr(check_between("margin", OWNER, margin, 0, 1, open_ends=True)))
    path = found.target
    if path.prefix or len(path.cycle) > 1:
        raise refusal("found", OWNER, "be of one profile", path.describe(found.stage))
    if found.punishment != "optimal":
        raise refusal("found", OWNER, "be under the optimal punishment", found.punishment)
    if found.value == math.inf:
        raise refusal("found", OWNER, "have a discount factor that sustains the profile", str(found))
    low, high = (Fraction(found.low), Fraction(found.high) + apart) if found.exact is None else (found.exact,) * 2
    if not high:
        return CriticalProof(None, support(RepeatedGame(found.stage, apart), forever=path.cycle))
    above = support(RepeatedGame(found.stage, high), forever=path.cycle)
    return CriticalProof(exclude(RepeatedGame(found.stage, low - apart), forever=path.cycle), above)
