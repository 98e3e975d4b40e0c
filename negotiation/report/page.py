"""The report: one self-contained page of HTML with a verdict, its pictures, its evidence and its assumptions."""

from dataclasses import dataclass
from os import PathLike

from jinja2 import Environment, PackageLoader, StrictUndefined

from negotiation.evidence import FOUNDINGS
from negotiation.report.evidence_charts import LETTERS
from negotiation.report.files import check_report_path, written
from negotiation.report.page_pictures import NEAREST, pictures, race_picture
from negotiation.report.page_race import race_table
from negotiation.report.text import patience_words, verdict_text
from negotiation.truce import Truce, Verdict, outlook, survey
from negotiation.truce.verdict import POINT, ROBUST_SHARE, TITLE


@dataclass(frozen=True)
class _Answer:
    """One of the three senses of "holds": its name, the answer in a word or number, and what stands behind it."""

    name: str
    short: str
    text: str


def report_html(truce: Truce, verdict: Verdict) -> str:
    """Return a verdict as one page of HTML that needs no other file and no network.

    Parameters
    ----------
    truce : Truce
        The truce.
    verdict : Verdict
        Its verdict.

    Returns
    -------
    str
        The page: the verdict, pictures of it as SVG inside the page, the leverage race, every assumption, and the
        claims behind each parameter with their article and place. All text is escaped.
    """
    environment = Environment(
        loader=PackageLoader("negotiation.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    further = survey(truce, verdict.tips, seed=verdict.seed)
    return environment.get_template("page.html.jinja").render(
        title=TITLE,
        point=POINT,
        verdict=verdict,
        answers=_answers(verdict),
        changed=verdict.changed(),
        text=verdict_text(verdict),
        pictures=pictures(truce, verdict, outlook(truce), further),
        race=None if further.race is None else race_table(further.race),
        race_picture=None if further.race is None else race_picture(further.race),
        no_race=further.no_race,
        foundings=FOUNDINGS,
        letters=LETTERS,
        parameters=truce.evidence.parameters,
        opened=[tip.name for tip in verdict.tips[:NEAREST]],
        evidence=truce.evidence,
        sources=verdict.sources(),
    )


def save_report(truce: Truce, verdict: Verdict, path: str | PathLike[str]) -> None:
    """Write a verdict as one page of HTML, whole or not at all.

    Parameters
    ----------
    truce, verdict
        As in `report_html`.
    path : path-like
        Ends in .html or .htm.

    Raises
    ------
    ArgumentError
        As in `check_report_path`.
    """
    target = check_report_path(path)
    page = report_html(truce, verdict)
    with written(target) as partial:
        partial.write_text(page, encoding="utf-8")


def _answers(verdict: Verdict) -> list[_Answer]:
    needed = " and ".join(f"{side.name} {patience_words(side.critical_patience)}" for side in verdict.sides)
    first, last = (verdict.rebargained.survival[k] for k in (0, -1))
    share, reviews = verdict.share, len(verdict.rebargained.survival)
    return [
        _Answer(
            "Supportable", _word(verdict.supportable), f"Patience is {verdict.patience:.3f}; needed: {needed}."
        ),
        _Answer(
            f"Unbroken through review {reviews}",
            f"{last:.3f}",
            f"Through review 1 {first:.3f}. At fixed terms {verdict.fixed.survival[-1]:.3f}.",
        ),
        _Answer(
            "Robust",
            _word(verdict.robust),
            f"Both hold in {share.value:.3f} of the draws, {share.low:.3f} to {share.high:.3f}; "
            f"{ROBUST_SHARE:.2f} asked.",
        ),
    ]


def _word(holds: bool) -> str:
    return "yes" if holds else "no"
