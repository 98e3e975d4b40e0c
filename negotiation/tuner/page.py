"""The tuner itself: sliders on the left, the verdict and its charts on the right."""

from collections.abc import Iterable
from typing import final

import panel
from panel.viewable import Viewable, Viewer

from negotiation._checks import ArgumentError, check_number
from negotiation.truce import SUBJECTS, Parameters, Truce, Verdict, dossier
from negotiation.truce.verdict import POINT, TITLE
from negotiation.tuner.charts import StabilityChart, SurvivalChart
from negotiation.tuner.control import Control
from negotiation.tuner.link import query, readings, restored
from negotiation.tuner.markup import STYLE, answer_html, details_html, faults_html

DRAWS = 5_000
"""Random draws behind every answer: shares to within 0.014, and quick enough to answer a moving slider."""

BESIDE_THE_VERDICT = ("beta_cn", "soy", "tariff_cut")
"""Parameters that move the sentence on the terms, which is no part of the verdict."""

OPEN = ("What breaking gains", "What the other side can do")
"""Subjects whose sliders are in sight at the start."""

TALL = {"max-height": "97vh", "overflow-y": "auto"}


@final
class Tuner(Viewer):
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
        super().__init__()
        start = truce or Truce.central()
        self._known = readings(start)
        self._truce, faults = restored(link, self._known) if link else (start, ())
        self._wishes: dict[str, float | str] = {}
        verdict = self._truce.verdict(draws=DRAWS)
        self._controls = {name: self._control(name, verdict) for name in Parameters.names()}
        self._stability, self._survival = StabilityChart(self._truce), SurvivalChart(verdict)
        self._charts = [
            panel.pane.Bokeh(chart.figure, sizing_mode="stretch_width", styles={"flex": "1 1 320px"})
            for chart in (self._stability, self._survival)
        ]
        self._reading = panel.widgets.Select(
            name="Reading", options=list(self._known), value=self._truce.reading, width=150
        )
        self._reset = panel.widgets.Button(name="Reset to the reading", align="end", width=170)
        self._faults, self._answer, self._details = (
            panel.pane.HTML(stylesheets=[STYLE], sizing_mode="stretch_width", margin=(4, 8)) for _ in range(3)
        )
        self.address = panel.widgets.TextInput(visible=False)
        self._reading.param.watch(lambda event: self._read(event.new), "value")
        self._reset.on_click(lambda _: self._read(self._reading.value))
        self._show_verdict(verdict)
        self._faults.object = faults_html(faults)

    @property
    def truce(self) -> Truce:
        """The truce as the sliders stand."""
        return self._truce

    @property
    def link(self) -> str:
        """What restores the setting, such as ``?reading=central&omega=0.5``."""
        return query(self._truce, self._known[self._truce.reading])

    def __panel__(self) -> Viewable:
        """Return the layout."""
        head = panel.pane.HTML(
            f"<h1>{TITLE}</h1><p>{POINT}</p>", stylesheets=[STYLE], sizing_mode="stretch_width", margin=(4, 8)
        )
        cards = [
            panel.Card(
                *(self._controls[name].row for name in names),
                title=subject,
                collapsed=subject not in OPEN,
                sizing_mode="stretch_width",
                margin=(4, 4),
            )
            for subject, names in SUBJECTS.items()
        ]
        left = panel.Column(
            head, panel.Row(self._reading, self._reset), *cards, self.address, styles=TALL | {"flex": "0 1 460px"}
        )
        charts = panel.FlexBox(*self._charts, sizing_mode="stretch_width")
        right = panel.Column(
            self._faults, self._answer, charts, self._details, styles=TALL | {"flex": "1 1 600px"}
        )
        return panel.FlexBox(left, right, sizing_mode="stretch_width")

    def _control(self, name: str, verdict: Verdict) -> Control:
        value = float(self._truce.parameters.as_mapping()[name])
        used = name in verdict.rests_on or name in BESIDE_THE_VERDICT
        return Control(dossier().parameter(name), dossier(), value, self._ask, used=used)

    def _ask(self, name: str, value: float | str) -> None:
        """Note what is asked for; moves of a slider that come in while an answer is computed become one."""
        self._wishes[name] = value
        if len(self._wishes) == 1:
            panel.state.execute(self._grant, schedule=True)

    def _grant(self) -> None:
        wishes, self._wishes = self._wishes, {}
        truce, faults = self._truce, []
        for name, value in wishes.items():
            try:
                truce = truce.vary(**{name: check_number(name, "Truce", value)})
            except ArgumentError as fault:
                faults.append(str(fault))
        self._show(truce, wishes, faults)

    def _read(self, reading: str) -> None:
        self._wishes.clear()
        self._show(self._known[reading], self._controls, [])

    def _show(self, truce: Truce, names: Iterable[str], faults: Iterable[str]) -> None:
        self._truce = truce
        values = truce.parameters.as_mapping()
        with panel.io.hold():
            for name in names:
                self._controls[name].show(float(values[name]))
            self._show_verdict(truce.verdict(draws=DRAWS))
            self._stability.show(truce)
            self._faults.object = faults_html(faults)
        panel.io.push_notebook(*self._charts)

    def _show_verdict(self, verdict: Verdict) -> None:
        self._survival.show(verdict)
        self._answer.object = answer_html(self._truce, verdict)
        self._details.object = details_html(verdict)
        self.address.value = self.link
