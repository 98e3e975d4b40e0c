"""The texts of the tuner as HTML; everything that a link or a box may hold is escaped."""

import html
import textwrap
from collections.abc import Iterable, Mapping

from negotiation.evidence import FOUNDINGS, Evidence, Parameter
from negotiation.report import patience_text, side_rows, terms_text
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
.answer { font-size: 19px; font-weight: 600; padding: 6px 12px; border-left: 6px solid; }
.yes { border-color: #009e73; background: #e8f5f0; }
.no { border-color: #d55e00; background: #fbeee5; }
.faults, .caution { border-left: 6px solid #d55e00; background: #fbeee5; padding: 4px 12px; }
.caution { border-color: #999; background: #f2f2f2; flex: 1 1 280px; }
.beside { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; }
.card { border: 1px solid #ccc; border-radius: 4px; margin-bottom: 8px; padding: 0 10px 6px; }
.card > summary { font-size: 15px; font-weight: 600; padding: 8px 0 2px; }
.row { padding: 6px 0; border-top: 1px solid #eee; }
.inputs { display: flex; align-items: center; gap: 12px; margin: 2px 0; }
.inputs input[type=range] { flex: 1; accent-color: #0072b2; }
.inputs input[type=text] { width: 84px; font: inherit; padding: 3px 6px; box-sizing: border-box; }
.founding { border: 1px solid #999; border-radius: 3px; padding: 0 4px; }
.stated, .derived { background: #dcecf7; }
.sign { background: #fff4d6; }
.assumed { background: #f4dede; }
"""


Answers = Mapping[str, Mapping[str, str]]


def answer_html(verdict: Verdict, answers: Answers) -> str:
    """Return whether the truce holds today, each side's numbers, and that most sizes are assumptions.

    `answers` are those of `verdict_answers`.
    """
    holds, rests = answers["Does it hold?"], answers["What does it rest on?"]
    kind = "yes" if verdict.supportable else "no"
    return (
        f'<div class="answer {kind}">Holds today? {html.escape(_capital(holds["Supportable"]))}.</div>'
        f'<div class="beside">{_sides_html(verdict)}'
        f'<div class="caution">{html.escape(rests["Caution"])} {html.escape(rests["Numbers"])}</div></div>'
    )


def reasons_html(truce: Truce, verdict: Verdict, answers: Answers, changed: Mapping[str, float]) -> str:
    """Return how long it lasts, how sure that is, what breaks it and what was changed, a sentence each."""
    holds, breaks = answers["Does it hold?"], answers["What breaks it first?"]
    differs = ", ".join(f"{name} = {value:g}" for name, value in changed.items())
    rows = {
        "How long?": _capital(holds["Pathwise"]),
        "How sure?": _capital(holds["Robust"]),
        "What breaks it first?": _capital(breaks["First"]),
        "Nearest change": breaks["Nearest"],
        "If the court annuls": _capital(breaks["Annulment"]),
        "Erosion": _capital(breaks["Erosion"]),
        "Patience and terms": _capital(patience_text(verdict)),
        "Bargaining": terms_text(truce),
        "Changed": differs or "nothing: these are the values of the reading",
    }
    listed = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}.</dd>" for name, text in rows.items())
    return f"<dl>{listed}</dl>"


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


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
