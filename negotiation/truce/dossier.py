"""The evidence behind the truce, read once from the data files of this room."""

from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path

from negotiation._checks import check_number, nearest, refusal
from negotiation.evidence import Evidence, Reading, load_evidence, read_reading
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


def check_reading(reading: str) -> None:
    """Refuse an unknown name of a reading; the nearest one is named."""
    known = ["central", *(one.id for one in dossier().readings)]
    if reading not in known:
        hint = f"{nearest(reading, known)} A file of your own ends in .toml."
        rule = f"be one of the {len(known)} known names"
        raise refusal("reading", "Truce.from_reading", rule, repr(reading), hint)


def own_reading(path: str | PathLike[str]) -> Reading:
    """Return the reading in a file, or refuse one that takes the name of the central values."""
    own = read_reading(Path(path), dossier())
    if own.id == "central":
        raise refusal("id", str(path), "differ from 'central', which names the central values", repr(own.id))
    return own
