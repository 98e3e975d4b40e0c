"""What the makers of certificates share: the exact check of what they have made, and exact points."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from negotiation._checks import check_fraction, refusal
from negotiation.solvers.certificate import Certificate, Point
from negotiation.solvers.verification import verify

Proof = TypeVar("Proof", bound=Certificate)


class CertificationError(ValueError):
    """No certificate could be made; the message says which line of it fails."""


def certified(certificate: Proof) -> Proof:
    """Return a certificate after its check; raise a `CertificationError` with the line that fails."""
    verification = verify(certificate)
    if not verification.valid:
        raise CertificationError(f"The exact check refuses the answer: {verification.fault}.")
    return certificate


def exact_point(name: str, owner: str, point: Sequence[object]) -> Point:
    """Return a pair of numbers as fractions, or refuse it."""
    entries = list(point) if np.iterable(point) and not isinstance(point, str) else [point]
    if len(entries) != 2:
        raise refusal(name, owner, "hold two payoffs", repr(point))
    first, second = (check_fraction(f"{name}[{i}]", owner, entry) for i, entry in enumerate(entries))
    return first, second
