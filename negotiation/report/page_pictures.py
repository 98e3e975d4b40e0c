"""The pictures of the report, each as an address that holds all of it."""

import base64
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from negotiation.report.course_charts import band_chart, endings_chart, erosion_chart, survival_chart
from negotiation.report.evidence_charts import evidence_graph
from negotiation.report.game_charts import automaton_chart, payoff_set_chart
from negotiation.report.race_charts import race_chart
from negotiation.report.stability_charts import frontier_chart, sobol_chart, stability_chart, tornado_chart
from negotiation.report.style import look
from negotiation.stability import Frontier, Sensitivity
from negotiation.truce import Outlook, RaceAnswer, Survey, Truce, Verdict

NEAREST = 3
"""Number of tipping points whose evidence is drawn claim by claim and shown open."""

LARGEST = 8
"""Number of parameters whose Sobol indices are drawn."""

KEY = "S stated, D derived, O only a sign or an order, X assumed."

UNDATED = {"Date": None, "Creator": None}
"""Leave the time out of a picture, so that the same verdict gives the same page."""


@dataclass(frozen=True)
class Picture:
    """A picture and its texts.

    Parameters
    ----------
    source : str
        An address that holds the whole picture.
    alt, caption : str
        What stands for it, and what stands below it.
    wide : bool
        Whether it takes the whole width of the page.
    """

    source: str
    alt: str
    caption: str
    wide: bool


def pictures(truce: Truce, verdict: Verdict, ahead: Outlook, further: Survey) -> list[Picture]:
    """Return the pictures of a verdict, in the order of the page."""
    return [
        *_today(truce, verdict),
        *([] if further.frontier is None else [_frontier(further.frontier, further.verdicts)]),
        _sobol(further.sensitivity),
        *_ahead(truce, verdict, ahead),
        *_behind(truce, verdict, ahead),
    ]


def race_picture(race: RaceAnswer) -> Picture:
    """Return the picture of the leverage race."""
    return _drawn(
        lambda axes: race_chart(race, axes),
        "Chance that the truce is kept along the leverage race, and what has ended it",
        "Each bar adds up to one. Terms are averages over the states in which bargained ones keep the truce.",
        size=(10, 5.2),
        wide=True,
    )


def _frontier(curve: Frontier, verdicts: Mapping[tuple[float, float], bool]) -> Picture:
    ranges = [curve.model.ranges[name] for name in (curve.x, curve.y)]
    (left, right), (low, high) = ((one.low, one.high) for one in ranges)
    current = (ranges[0].central, ranges[1].central)
    return _drawn(
        lambda axes: frontier_chart(
            curve.branches,
            axes,
            names=(curve.x, curve.y),
            ranges=((left, right), (low, high)),
            current=current,
            verdicts=verdicts,
        ),
        f"Where the answer flips as {curve.x} and {curve.y} move together",
        "The mark is this truce. These two flip the answer first of all parameters that are drawn; the rest stay.",
    )


def _sobol(found: Sensitivity) -> Picture:
    rows = [found.names.index(name) for name in found.ranked()[:LARGEST]]
    return _drawn(
        lambda axes: sobol_chart(
            [found.names[k] for k in rows],
            found.first[rows],
            found.total[rows],
            axes,
            first_interval=found.first_interval[:, rows],
            total_interval=found.total_interval[:, rows],
        ),
        "Which parameters the smaller slack is uncertain about",
        f"Sobol indices of the smaller slack of the two sides, with intervals of 95 percent: the {len(rows)} "
        f"largest of {len(found.names)} parameters.",
    )


def _today(truce: Truce, verdict: Verdict) -> list[Picture]:
    return [
        _drawn(
            lambda axes: stability_chart(truce, axes, seed=verdict.seed),
            "Patience against the patience that each side needs",
            "A side holds below the line. Large: this truce. Open: the articles' readings, with arms over the "
            "middle four fifths of the draws around each. Dots: draws around this truce.",
            size=(6.6, 5.8),
        ),
        _drawn(
            lambda axes: tornado_chart(verdict.tips, axes),
            "How far each parameter alone may move before the answer flips",
            "From the value now, in the middle, to the value that flips the answer, at the end of the bar.",
            size=(6.6, 5.8),
        ),
    ]


def _ahead(truce: Truce, verdict: Verdict, ahead: Outlook) -> list[Picture]:
    side = truce.evidence.parties[0]
    linear, ces = "harm linear in dependence", "harm convex (CES)"
    pictures = [
        _drawn(
            lambda axes: survival_chart(verdict, axes),
            "Chance that the truce stands, by review",
            "Re-bargained: a shock ends the truce only where no transfer can save it.",
        ),
        _drawn(
            lambda axes: erosion_chart(
                ahead.years,
                {linear: ahead.needed_linear, ces: ahead.needed_ces},
                ahead.patience,
                axes,
                crossings={linear: ahead.crossing_linear, ces: ahead.crossing_ces},
                side=f"by the {side}",
            ),
            f"Patience that the {side} needs as dependence erodes",
            "Erosion is followed by year, so that patience leaves out the chance of losing the lever at a stroke.",
        ),
        _drawn(
            lambda axes: endings_chart(ahead.rebargained, axes, title="What ends it, terms re-bargained"),
            "What has ended the truce by each review if terms are re-bargained",
            "Each bar adds up to one.",
        ),
        _drawn(
            lambda axes: endings_chart(ahead.fixed, axes, title="What ends it, terms fixed"),
            "What has ended the truce by each review at fixed terms",
            "At terms of zero.",
        ),
    ]
    return pictures + ([_band(truce, ahead)] if ahead.band is not None else [])


def _band(truce: Truce, ahead: Outlook) -> Picture:
    assert ahead.band is not None and ahead.annulled_band is not None
    bands = {"band, tariff authority intact": ahead.band, "band, annulled": ahead.annulled_band}
    terms = {"Nash terms, intact": ahead.nash_terms, "Nash terms, annulled": ahead.annulled_nash_terms}
    payer, payee = truce.evidence.parties
    return _drawn(
        lambda axes: band_chart(ahead.years, bands, axes, terms=terms),
        "Self-enforcing transfers by year",
        f"Transfers from {payer} to {payee}. Erosion is followed by year, as in the picture of erosion.",
        size=(6.4, 4.8),
    )


def _behind(truce: Truce, verdict: Verdict, ahead: Outlook) -> list[Picture]:
    holds = f"both hold: {'yes' if verdict.supportable else 'no'}"
    nearest = [tip.name for tip in verdict.tips[:NEAREST]]
    pictures = [
        _drawn(
            lambda axes: payoff_set_chart(ahead.payoff_set, axes),
            "Equilibrium payoffs of the repeated game",
            "Three actions a side, at this patience. The mark of a corner says what is played first there; a "
            "dotted line leads through it from the payoffs of that profile to what is promised afterwards.",
        )
    ]
    if ahead.plan is not None:
        plan, stage = ahead.plan, truce.stage()
        caption = "The plan that keeps the truce as long as both sides hold today."
        pictures.append(
            _drawn(lambda axes: automaton_chart(plan, stage, axes), "Hold until somebody breaks", caption)
        )
    if nearest:
        caption = f"What {', '.join(nearest)} rest on, which flip the answer first; {KEY}"
        pictures.append(
            _drawn(
                lambda axes: evidence_graph(truce.evidence, nearest, axes, outcome=holds),
                "Evidence behind the nearest tipping points",
                caption,
                size=(10, 4.6),
                wide=True,
            )
        )
    pictures.append(
        _drawn(
            lambda axes: evidence_graph(truce.evidence, verdict.rests_on, axes, outcome=holds),
            "Evidence behind the verdict",
            f"All parameters; a band is as wide as the number of claims in it. {KEY}",
            size=(10, 8),
            wide=True,
        )
    )
    return pictures


def _drawn(
    chart: Callable[[Axes], Axes],
    alt: str,
    caption: str,
    *,
    size: tuple[float, float] = (6.6, 4.4),
    wide: bool = False,
) -> Picture:
    with look():
        figure = Figure(figsize=size, layout="constrained")
        chart(figure.subplots())
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata=UNDATED)
    return Picture(f"data:image/svg+xml;base64,{base64.b64encode(file.getvalue()).decode()}", alt, caption, wide)
