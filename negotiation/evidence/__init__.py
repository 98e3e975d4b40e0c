"""What is known about an agreement: sources, claims, and the numbers that rest on them, as frozen data."""

from negotiation.evidence.collection import Evidence
from negotiation.evidence.faults import EvidenceError
from negotiation.evidence.fields import FrozenMapping
from negotiation.evidence.loading import load_evidence, read_reading
from negotiation.evidence.schema import (
    FOUNDINGS,
    Claim,
    Direction,
    Disagreement,
    Event,
    Founding,
    Issue,
    Parameter,
    Position,
    Proposition,
    Quantity,
    Reading,
    Source,
    Tier,
)

__all__ = [
    "FOUNDINGS",
    "Claim",
    "Direction",
    "Disagreement",
    "Event",
    "Evidence",
    "EvidenceError",
    "Founding",
    "FrozenMapping",
    "Issue",
    "Parameter",
    "Position",
    "Proposition",
    "Quantity",
    "Reading",
    "Source",
    "Tier",
    "load_evidence",
    "read_reading",
]
