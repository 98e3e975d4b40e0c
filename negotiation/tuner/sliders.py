"""A slider and a box for every parameter, with its founding and its claims, by subject."""

import math
from collections.abc import Callable, Collection, Mapping
from importlib.resources import files
from typing import ClassVar, final

import param
from panel.custom import JSComponent

from negotiation.truce import SUBJECTS, Parameters, Truce, dossier
from negotiation.tuner.markup import STYLE, grounds_html, heading_html

STEPS = 200
"""A slider crosses its plausible range in at least this many steps."""

ROUND = (5, 2, 1)
"""Leading digits of a step, so that the values reached are short."""

ROUNDING = 1e-9

OPEN = 2
"""Subjects whose sliders are in sight at the start."""


@final
class Sliders(JSComponent):
    """The sliders as the browser shows them; `sliders.js` draws them and sends what the user asks for."""

    subjects = param.List(doc="What is said of each parameter, by subject; never changes.")
    shown = param.Dict(doc="Number of the answer, and the ends and the value of each slider.")

    _esm: ClassVar[str] = files("negotiation.tuner").joinpath("sliders.js").read_text(encoding="utf-8")

    def answer(self, truce: Truce) -> None:
        """Show the values of a truce as the answer to what was asked for last."""
        self.shown = _shown(truce, self.shown["answer"] + 1)


def sliders(truce: Truce, used: Collection[str], asked: Callable[[Mapping[str, str]], None]) -> Sliders:
    """Return the sliders of a truce.

    Parameters
    ----------
    truce : Truce
        What they show first.
    used : collection of str
        Parameters on which some number of the tuner depends.
    asked : callable
        Called with the texts that the user asks for, by name of the parameter.
    """
    subjects = [
        {"title": title, "open": k < OPEN, "rows": [_row(name, name in used) for name in names]}
        for k, (title, names) in enumerate(SUBJECTS.items())
    ]
    made = Sliders(
        subjects=subjects, shown=_shown(truce, 0), stylesheets=[STYLE], sizing_mode="stretch_width", margin=4
    )
    made.on_msg(lambda event: asked(event.data))
    return made


def _row(name: str, used: bool) -> dict[str, object]:
    parameter = dossier().parameter(name)
    return {
        "name": name,
        "head": heading_html(parameter, used=used),
        "grounds": grounds_html(parameter, dossier()),
        "step": step_of(parameter.quantity.low, parameter.quantity.high),
    }


def _shown(truce: Truce, answer: int) -> dict[str, object]:
    return {"answer": answer, "rows": {name: span(truce, name) for name in Parameters.names()}}


def span(truce: Truce, name: str) -> tuple[float, float, float]:
    """Return the ends and the value of a slider: the plausible range, widened to a value outside it."""
    value, quantity = float(truce.parameters.as_mapping()[name]), dossier().parameter(name).quantity
    return min(quantity.low, value), max(quantity.high, value), value


def step_of(low: float, high: float) -> float:
    """Return the step of a slider: the largest of 1, 2 or 5 times a power of ten that makes `STEPS` steps or more.

    A range of no width has steps of 1.
    """
    if low == high:
        return 1.0
    finest = (high - low) / STEPS * (1 + ROUNDING)
    power = math.floor(math.log10(finest))
    return next(float(f"{lead}e{power}") for lead in ROUND if float(f"{lead}e{power}") <= finest)
