"""The texts of the tuner as HTML; everything that a link or a box may hold is escaped."""

import html
import textwrap
from collections.abc import Iterable

from negotiation.evidence import FOUNDINGS, Evidence, Parameter
from negotiation.report import patience_text, side_rows, terms_text, verdict_answers, verdict_text
from negotiation.report.text import SHORT
from negotiation.truce import Truce, Verdict

SHOWN_FAULTS = 5
FAULT_WIDTH = 240
"""How many refusals are shown, and how many characters of each: a link can hold anything."""

STYLE = """
:host { font-family: system-ui, sans-serif; font-size: 14px; line-height: 1.4; }
h1 { font-size: 20px; margin: 0; }
p { margin: 2px 0 6px; }
ul { margin: 4px 0; padding-left: 20px; }
dl { margin: 8px 0; display: grid; grid-template-columns: max-content 1fr; gap: 3px 12px; }
dt { font-weight: 600; }
dd { margin: 0; }
table { border-collapse: collapse; margin: 8px 0; }
td, th { padding: 1px 16px 1px 0; text-align: left; }
td + td, th + th { text-align: right; }
small { color: #555; }
summary { cursor: pointer; font-size: 12px; }
details p, details li { font-size: 12px; }
pre { font-size: 12px; overflow-x: auto; }
.answer { font-size: 19px; font-weight: 600; padding: 6px 12px; border-left: 6px solid; }
.yes { border-color: #009e73; background: #e8f5f0; }
.no, .faults { border-color: #d55e00; background: #fbeee5; }
.faults, .caution { border-left: 6px solid; padding: 4px 12px; margin-bottom: 6px; }
.caution { border-color: #999; background: #f2f2f2; }
.founding { border: 1px solid #999; border-radius: 3px; padding: 0 4px; }
.stated, .derived { background: #dcecf7; }
.sign { background: #fff4d6; }
.assumed { background: #f4dede; }
"""


def answer_html(truce: Truce, verdict: Verdict) -> str:
    """Return whether the truce holds, how long, how sure and what breaks it, and what that rests on."""
    answers = verdict_answers(verdict)
    holds, breaks, rests = answers.values()
    first = holds["Supportable"]
    rows = {
        "How long?": holds["Pathwise"],
        "How sure?": holds["Robust"],
        "What breaks it first?": breaks["First"],
        "Nearest change": breaks["Nearest"],
        "If the court annuls": breaks["Annulment"],
        "Erosion": breaks["Erosion"],
        "Patience and terms": patience_text(verdict),
        "Bargaining": terms_text(truce),
    }
    listed = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in rows.items())
    return (
        f'<div class="answer {"yes" if verdict.supportable else "no"}">Holds today? {html.escape(first)}.</div>'
        f'{_sides_html(verdict)}<div class="caution">{html.escape(rests["Caution"])} '
        f"{html.escape(rests['Numbers'])}</div><dl>{listed}</dl>"
    )


def details_html(verdict: Verdict) -> str:
    """Return the whole verdict as its text, folded."""
    return f"<details><summary>The verdict in full</summary><pre>{html.escape(verdict_text(verdict))}</pre></details>"


def faults_html(faults: Iterable[str]) -> str:
    """Return refusals as a list, each shortened to what a reader can take in; nothing if there are none."""
    every = [html.escape(textwrap.shorten(fault, FAULT_WIDTH, placeholder=" ...")) for fault in faults]
    more = [f"and {len(every) - SHOWN_FAULTS} more"] if len(every) > SHOWN_FAULTS else []
    items = "".join(f"<div>{fault}</div>" for fault in [*every[:SHOWN_FAULTS], *more])
    return f'<div class="faults" role="alert">{items}</div>' if items else ""


def heading_html(parameter: Parameter, *, used: bool) -> str:
    """Return what a parameter is, its plausible range and unit, and whether a number of the tuner uses it."""
    quantity = parameter.quantity
    idle = "" if used else " <em>No number here depends on it.</em>"
    return (
        f"<b>{parameter.name}</b> {html.escape(parameter.meaning)}.{idle} "
        f"<small>{quantity.low:g} to {quantity.high:g} {html.escape(quantity.unit)}</small>"
    )


def grounds_html(parameter: Parameter, evidence: Evidence) -> str:
    """Return how a parameter is founded and the ids of its claims; unfolded, what they say and who disagrees."""
    founding = parameter.quantity.founding
    claims = evidence.claims_for(parameter.name)
    items = [
        f"<li><b>{one.id}</b> {html.escape(one.paraphrase)} <small>{html.escape(one.source)}</small></li>"
        for one in claims
    ]
    items += [
        f"<li><b>{one.id}</b> <em>disputed:</em> {html.escape(one.topic)}. {html.escape(one.treatment)}</li>"
        for one in evidence.disagreements_for(parameter.name)
    ]
    return (
        f'<details><summary><span class="founding {founding}">{SHORT[founding]}</span> '
        f"{', '.join(one.id for one in claims)}</summary>"
        f"<p>{FOUNDINGS[founding]}</p><ul>{''.join(items)}</ul></details>"
    )


def _sides_html(verdict: Verdict) -> str:
    names = "".join(f"<th>{html.escape(side.name)}</th>" for side in verdict.sides)
    rows = "".join(
        f"<tr><td>{html.escape(label)}</td>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
        for label, cells in side_rows(verdict)
    )
    return f"<table><tr><th></th>{names}</tr>{rows}</table>"
