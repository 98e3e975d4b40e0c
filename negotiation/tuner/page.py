"""The tuner itself: sliders on the left, the verdict and its charts on the right."""

from collections.abc import Iterable, Mapping
from typing import final

import panel
from panel.viewable import Viewable

from negotiation._checks import ArgumentError, check_number
from negotiation.report import verdict_answers
from negotiation.truce import Truce, Verdict
from negotiation.truce.verdict import POINT, TITLE
from negotiation.tuner.charts import StabilityChart, SurvivalChart
from negotiation.tuner.link import changes, query, readings, restored
from negotiation.tuner.markup import STYLE, answer_html, faults_html, reasons_html
from negotiation.tuner.sliders import sliders

DRAWS = 2_000
"""Random draws behind every answer: shares to within 0.022, and quick enough to answer a moving slider."""

BESIDE_THE_VERDICT = ("beta_cn", "soy", "tariff_cut")
"""Parameters that move the sentence on the terms, which is no part of the verdict."""

TALL = {"max-height": "97vh", "overflow-y": "auto"}
SIDE_BY_SIDE = {"display": "grid", "grid-template-columns": "repeat(auto-fit, minmax(320px, 1fr))"}


@final
class Tuner:
    """Sliders for every parameter of the truce, and the verdict that answers them.

    A notebook shows it after ``panel.extension(inline=True)``; `serve` makes it a page.

    Parameters
    ----------
    truce : Truce, optional
        Where the sliders start; the central values when left out.
    link : str, default ""
        A link that the tuner gave, or its part from the question mark on; its setting replaces the start. What
        cannot be kept of it is refused in sight.
    """

    def __init__(self, truce: Truce | None = None, *, link: str = "") -> None:
        start = truce or Truce.central()
        self._known = readings(start)
        self._truce, faults = restored(link, self._known) if link else (start, ())
        verdict = self._truce.verdict(draws=DRAWS)
        self._sliders = sliders(self._truce, {*verdict.rests_on, *BESIDE_THE_VERDICT}, self._ask)
        self._stability, self._survival = StabilityChart(self._truce), SurvivalChart(verdict)
        self._charts = [
            panel.pane.Bokeh(chart.figure, sizing_mode="stretch_width")
            for chart in (self._stability, self._survival)
        ]
        self._reading = panel.widgets.Select(
            label="Reading", options=list(self._known), value=self._truce.reading, width=150
        )
        self._reset = panel.widgets.Button(label="Reset to the reading", align="end", width=170)
        self._faults, self._answer, self._reasons = (
            panel.pane.HTML(stylesheets=[STYLE], sizing_mode="stretch_width", margin=(4, 8)) for _ in range(3)
        )
        self.address = panel.widgets.TextInput(visible=False)
        self._reading.param.watch(lambda event: self._show(self._known[event.new]), "value")
        self._reset.on_click(lambda _: self._show(self._known[self._truce.reading]))
        self._show_verdict(verdict)
        self._faults.object = faults_html(faults)
        self._layout = self._laid_out()

    @property
    def truce(self) -> Truce:
        """The truce as the sliders stand."""
        return self._truce

    @property
    def link(self) -> str:
        """What restores the setting, such as ``?reading=central&omega=0.5``."""
        return query(self._truce, self._known[self._truce.reading])

    def __panel__(self) -> Viewable:
        """Return what Panel shows."""
        return self._layout

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> object:
        """Return what a notebook shows."""
        return self._layout._repr_mimebundle_(include, exclude)

    def _laid_out(self) -> Viewable:
        head = panel.pane.HTML(
            f"<h1>{TITLE}</h1><p>{POINT}</p>", stylesheets=[STYLE], sizing_mode="stretch_width", margin=(4, 8)
        )
        chooser = panel.Row(self._reading, self._reset)
        left = panel.Column(head, chooser, self._sliders, self.address, styles=TALL | {"flex": "1 1 420px"})
        charts = panel.Row(*self._charts, sizing_mode="stretch_width", styles=SIDE_BY_SIDE)
        right = panel.Column(
            self._faults, self._answer, charts, self._reasons, styles=TALL | {"flex": "9 1 600px"}
        )
        return panel.FlexBox(
            left, right, flex_wrap="wrap-reverse", align_items="flex-end", sizing_mode="stretch_width"
        )

    def _ask(self, wishes: Mapping[str, str]) -> None:
        """Change parameters to what the sliders or the boxes say; what is refused leaves the verdict as it is."""
        truce, faults = self._truce, []
        for name, text in wishes.items():
            try:
                truce = truce.vary(**{name: check_number(name, "Truce", text)})
            except ArgumentError as fault:
                faults.append(str(fault))
        self._show(truce, faults)

    def _show(self, truce: Truce, faults: Iterable[str] = ()) -> None:
        self._truce = truce
        with panel.io.hold():
            self._sliders.answer(truce)
            self._show_verdict(truce.verdict(draws=DRAWS))
            self._stability.show(truce)
            self._faults.object = faults_html(faults)
        panel.io.push_notebook(*self._charts)

    def _show_verdict(self, verdict: Verdict) -> None:
        self._survival.show(verdict)
        answers = verdict_answers(verdict)
        changed = changes(self._truce, self._known[self._truce.reading])
        self._answer.object = answer_html(verdict, answers)
        self._reasons.object = reasons_html(self._truce, verdict, answers, changed)
        self.address.value = self.link
