"""The slider and the box of one parameter, with its founding and its claims."""

import math
from collections.abc import Callable
from typing import final

import panel

from negotiation.evidence import Evidence, Parameter
from negotiation.tuner.link import digits
from negotiation.tuner.markup import STYLE, grounds_html, heading_html

STEPS = 200
"""A slider crosses its plausible range in at least this many steps."""

ROUND = (5, 2, 1)
"""Leading digits of a step, so that the values reached are short."""

NEARLY = 1e-9
"""Part of a step that is rounding."""


@final
class Control:
    """A slider over the plausible range of a parameter and a box for any value, side by side.

    Parameters
    ----------
    parameter : Parameter
        The parameter.
    evidence : Evidence
        Where its claims stand.
    value : float
        Its present value.
    asked : callable
        Called with the name and the number or the text that the user asks for.
    used : bool
        Whether some number of the tuner depends on the parameter.
    """

    def __init__(
        self,
        parameter: Parameter,
        evidence: Evidence,
        value: float,
        asked: Callable[[str, float | str], None],
        *,
        used: bool,
    ) -> None:
        self._name, self._range, self._asked, self._value = parameter.name, parameter.quantity, asked, value
        self._step, self._places = step_of(self._range.low, self._range.high)
        self.slider = panel.widgets.FloatSlider(
            step=self._step,
            show_value=False,
            tooltips=False,
            sizing_mode="stretch_width",
            margin=(6, 14),
            **self._ends(value),
        )
        self.box = panel.widgets.TextInput(value=digits(value), width=88, margin=(0, 6))
        self.slider.param.watch(lambda event: self._slid(event.new), "value")
        self.box.param.watch(lambda event: self._typed(event.new), "value")
        head, grounds = heading_html(parameter, used=used), grounds_html(parameter, evidence)
        self.row = panel.Column(
            panel.pane.HTML(head, stylesheets=[STYLE], margin=(6, 6, 0, 6), sizing_mode="stretch_width"),
            panel.Row(self.slider, self.box, sizing_mode="stretch_width", margin=0),
            panel.pane.HTML(grounds, stylesheets=[STYLE], margin=(0, 6, 4, 6), sizing_mode="stretch_width"),
            sizing_mode="stretch_width",
            margin=0,
        )

    def show(self, value: float) -> None:
        """Show a value; the slider widens to it where it lies outside the plausible range."""
        self._value = value
        if abs(self.slider.value - value) > NEARLY * self._step:
            self.slider.param.update(**self._ends(value))
        self.box.value = digits(value)

    def _ends(self, value: float) -> dict[str, float]:
        high = max(self._range.high, self._range.low + self._step)
        return {"start": min(self._range.low, value), "end": max(high, value), "value": value}

    def _slid(self, value: float) -> None:
        if value != self._value:
            self._asked(self._name, round(value, self._places))

    def _typed(self, text: str) -> None:
        if text != digits(self._value):
            self._asked(self._name, text)


def step_of(low: float, high: float) -> tuple[float, int]:
    """Return the step of a slider and the decimal places that its values need.

    The step is the largest of 1, 2 or 5 times a power of ten that crosses the range in at least `STEPS` steps; a
    range of no width has steps of 1.
    """
    if low == high:
        return 1.0, 0
    finest = (high - low) / STEPS * (1 + NEARLY)
    power = math.floor(math.log10(finest))
    lead = next(lead for lead in ROUND if lead * 10.0**power <= finest)
    return lead * 10.0**power, max(0, -power)
