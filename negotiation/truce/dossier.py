"""The evidence behind the truce, read once from the data files of this room."""

from functools import cache
from importlib.resources import files

from negotiation._checks import check_number, refusal
from negotiation.evidence import Evidence, load_evidence
from negotiation.truce.parameters import Parameters


@cache
def dossier() -> Evidence:
    """Return the claims, parameters, disagreements, readings, issues, tiers and calendar of the truce.

    Examples
    --------
    >>> dossier().parameter("tau_us").quantity.central
    2.5
    """
    return load_evidence(files("negotiation.truce") / "data")


def checked(p: Parameters) -> Parameters:
    """Return parameters as floats, each inside its domain, or refuse them."""
    if not isinstance(p, Parameters):
        raise refusal("parameters", "Truce", "be Parameters", repr(p), "Start from Truce.central() and vary it.")
    values = {
        name: dossier().parameter(name).check(check_number(name, "Truce", value), "Truce")
        for name, value in p.as_mapping().items()
    }
    if values["eps1"] < values["eps0"]:
        raise refusal("eps1", "Truce", f"be at least eps0 = {values['eps0']:g}", f"{values['eps1']:g}")
    return Parameters(**values)
