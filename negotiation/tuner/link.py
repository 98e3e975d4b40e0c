"""A setting of the tuner as the query of a link, and back: the reading and what differs from it."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from negotiation._checks import ArgumentError, check_known, check_number, refusal
from negotiation.truce import Parameters, Truce, dossier

OWNER = "the link"
READING = "reading"


def readings(truce: Truce) -> dict[str, Truce]:
    """Return the readings that can be chosen: those of the evidence, and that of `truce` if it is another one."""
    names = ["central", *(one.id for one in dossier().readings)]
    known = {name: Truce.from_reading(name) for name in names}
    return known if truce.reading in known else known | {truce.reading: truce}


def changes(truce: Truce, base: Truce) -> dict[str, float]:
    """Return the parameters of `truce` that differ from those of `base`."""
    values, old = truce.parameters.as_mapping(), base.parameters.as_mapping()
    return {name: float(value) for name, value in values.items() if value != old[name]}


def digits(value: float) -> str:
    """Write a number with as many digits as bring it back, and no more."""
    return repr(float(value)).removesuffix(".0")


def query(truce: Truce, base: Truce) -> str:
    """Return the query of the link to a setting, such as ``?reading=central&omega=0.5``.

    Parameters
    ----------
    truce : Truce
        The setting.
    base : Truce
        Its reading, unchanged.
    """
    differing = {name: digits(value) for name, value in changes(truce, base).items()}
    return f"?{urlencode({READING: truce.reading} | differing)}"


def restored(link: str, known: Mapping[str, Truce]) -> tuple[Truce, tuple[str, ...]]:
    """Return the setting that a link asks for, and a sentence for each part of it that was refused.

    Parameters
    ----------
    link : str
        Address or its query; the central reading is meant where none is named.
    known : mapping from str to Truce
        The readings, as from `readings`.

    Returns
    -------
    tuple of Truce and tuple of str
        Everything in the link that could be kept, and why the rest was not.
    """
    reading, faults = "central", []
    asked: dict[str, float] = {}
    for name, text in parse_qsl(link.rpartition("?")[2], keep_blank_values=True):
        try:
            if name == READING:
                reading = check_known(READING, OWNER, text, known)
            elif name in asked:
                raise refusal(name, OWNER, "be given once", repr(text))
            else:
                check_known("parameter", OWNER, name, Parameters.names())
                asked[name] = dossier().parameter(name).check(check_number(name, OWNER, text), OWNER)
        except ArgumentError as fault:
            faults.append(str(fault))
    truce, refused = varied(known[reading], asked)
    return truce, (*faults, *refused)


def varied(base: Truce, asked: Mapping[str, float]) -> tuple[Truce, tuple[str, ...]]:
    """Return `base` with as many of the changes as go together, and a sentence for each that does not."""
    try:
        return base.vary(**asked), ()
    except ArgumentError:
        pass
    truce, refused, before = base, dict.fromkeys(asked, ""), len(asked) + 1
    while len(refused) < before:  # a change may go only after another one
        before, refused = len(refused), {}
        for name, value in asked.items():
            try:
                truce = truce.vary(**{name: value})
            except ArgumentError as fault:
                refused[name] = str(fault)
    return truce, tuple(refused.values())
