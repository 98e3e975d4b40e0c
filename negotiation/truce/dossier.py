"""The evidence behind the truce, read once from the data files of this room."""

from functools import cache
from importlib.resources import files

from negotiation.evidence import Evidence, load_evidence


@cache
def dossier() -> Evidence:
    """Return the claims, parameters, disagreements, readings, issues, tiers and calendar of the truce.

    Examples
    --------
    >>> dossier().parameter("tau_us").quantity.central
    2.5
    """
    return load_evidence(files("negotiation.truce") / "data")
