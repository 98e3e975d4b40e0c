"""Verdicts, comparisons and evidence as plain text."""

import math
from collections.abc import Iterable, Sequence

from negotiation.evidence import FOUNDINGS, Claim, Evidence, Founding, Parameter
from negotiation.report.layout import CAUTION, labelled, number, wrapped
from negotiation.truce import Truce, Verdict, dossier
from negotiation.truce.verdict import POINT, ROBUST_RADIUS, ROBUST_SHARE, TITLE

SHORT: dict[Founding, str] = {
    "stated": "stated in an article",
    "derived": "derived from stated numbers",
    "sign": "only a sign or an order",
    "assumed": "assumed",
}


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as one screen of plain text.

    Parameters
    ----------
    verdict : Verdict
        The answer.

    Returns
    -------
    str
        Lines of at most 100 characters.
    """
    return "\n\n".join([_headline(verdict), _today(verdict), *_sections(verdict)])


def verdict_answers(verdict: Verdict) -> dict[str, dict[str, str]]:
    """Return the sentences of a verdict by question and label.

    Parameters
    ----------
    verdict : Verdict
        The answer.

    Returns
    -------
    dict of str to dict of str to str
        As in ``answers["Does it hold?"]["Robust"]``.
    """
    return {
        "Does it hold?": _senses(verdict),
        "What breaks it first?": _breaks(verdict),
        "What does it rest on?": _founding(verdict),
    }


def side_rows(verdict: Verdict) -> list[tuple[str, list[str]]]:
    """Return what the verdict says about each side, one row a measure: its name and a cell for each side."""
    return [
        ("the year's game, as it sees it", [side.game_class for side in verdict.sides]),
        ("temptation to break, points a year", [f"{side.temptation:.2f}" for side in verdict.sides]),
        ("deterrent, points a year", [f"{side.deterrent:.2f}" for side in verdict.sides]),
        ("patience needed", [patience_words(side.critical_patience) for side in verdict.sides]),
        ("slack, points a year", [f"{side.slack:+.2f}" for side in verdict.sides]),
        ("joint adverse error it survives", [f"{side.radius:.1%}" for side in verdict.sides]),
    ]


def patience_text(verdict: Verdict) -> str:
    """Return the patience that is there, what side payments would need, and the band of terms."""
    pooled = patience_words(verdict.pooled_critical_patience)
    return f"patience there is {verdict.patience:.3f}; needed with side payments {pooled} ({_payments(verdict)})"


def terms_text(truce: Truce) -> str:
    """Return the terms on which Nash bargaining settles and those reported, in one sentence."""
    payer, payee = truce.evidence.parties
    return (
        f"Nash bargaining would settle on {truce.nash_terms():+.2f} points a year from {payer} to {payee}; "
        f"the terms as reported are worth {truce.observed_terms():+.2f}"
    )


def _headline(verdict: Verdict) -> str:
    lines = [f"{TITLE}, {verdict.reading} values (negotiation {verdict.version})"]
    lines += wrapped(POINT)
    if verdict.changed():
        changed = ", ".join(f"{name} = {value:g}" for name, value in verdict.changed().items())
        lines += wrapped(f"Differs from the central values in {changed}.")
    return "\n".join(lines)


def _today(verdict: Verdict) -> str:
    lines = [f"{'':34}" + "".join(f"{side.name:>20}" for side in verdict.sides)]
    lines += [f"{label:34}" + "".join(f"{cell:>20}" for cell in cells) for label, cells in side_rows(verdict)]
    lines += wrapped(patience_text(verdict))
    grim, optimal = max(side.critical_patience for side in verdict.sides), verdict.optimal_critical_patience
    if min(grim, optimal) < 1 and not math.isclose(optimal, grim, abs_tol=1e-5):
        lines += [f"needed if a break met the harshest credible answer {patience_words(optimal)}"]
    return "\n".join(lines)


def _payments(verdict: Verdict) -> str:
    if verdict.transfer_band is None:
        return "no band of terms is given: open conflict is no equilibrium of the year"
    low, high = verdict.transfer_band
    payer, payee = (side.name for side in verdict.sides)
    return f"{payer} to {payee} from {low:+.2f} to {high:+.2f} a year" if low <= high else "none would do"


def _sections(verdict: Verdict) -> list[str]:
    return [
        "\n".join([question, *(line for label, text in said.items() for line in labelled(label, text))])
        for question, said in verdict_answers(verdict).items()
    ]


def _senses(verdict: Verdict) -> dict[str, str]:
    first = _supportable(verdict)
    share, paid = verdict.share, verdict.share_with_transfers
    second = (
        f"unbroken through review 1 with chance {verdict.rebargained.survival[0]:.3f}, through review "
        f"{len(verdict.rebargained.survival)} {verdict.rebargained.survival[-1]:.3f} if terms are re-bargained "
        f"after a shock; {verdict.fixed.survival[0]:.3f} and {verdict.fixed.survival[-1]:.3f} at fixed terms"
    )
    third = (
        f"{'yes' if verdict.robust else 'no'}: both hold in {share.value:.3f} of {share.draws:,} draws "
        f"({share.low:.3f} to {share.high:.3f}), {ROBUST_SHARE:.2f} asked; {paid.value:.3f} with side payments; "
        f"by the other yardstick {'yes' if verdict.robust_by_radius else 'no'}: it survives a joint error of "
        f"{verdict.radius:.1%}, {ROBUST_RADIUS:.0%} asked"
    )
    return {"Supportable": first, "Pathwise": second, "Robust": third}


def _supportable(verdict: Verdict) -> str:
    if verdict.supportable:
        tight = verdict.tighter.name if verdict.tighter else "neither"
        return f"yes: both sides hold; {tight} is the tighter one"
    failing = " and ".join(side.name for side in verdict.sides if not side.holds)
    ways = [
        ("a harsher credible answer", verdict.supportable_by_optimal),
        ("side payments", verdict.supportable_with_transfers),
    ]
    saved = " or ".join(way for way, keeps in ways if keeps)
    if not saved:
        return f"no: {failing} would break"
    return f"no: {failing} would break if the year's worst equilibrium is the answer; {saved} could keep it"


def _breaks(verdict: Verdict) -> dict[str, str]:
    ruling, years = verdict.ruling, len(verdict.fixed.survival)
    kept = f"transfers{_range(ruling.band)} keep it" if ruling.kept_by_transfers else "no transfer keeps it"
    after = (
        f"{' and '.join(ruling.fails)} would break without a transfer; {kept}"
        if ruling.fails
        else "both still hold"
    )
    causes = (
        f"at fixed terms (zero) {verdict.fixed.cause} ({verdict.fixed.chance:.2f} by review {years}); "
        f"re-bargained, {verdict.rebargained.cause} ({verdict.rebargained.chance:.2f})"
    )
    erosion = (
        f"years until the {verdict.sides[0].name} is no longer deterred: {number(verdict.crossing_linear, 1)} "
        f"if harm is linear in dependence, {number(verdict.crossing_ces, 1)} if convex (CES)"
    )
    tips = "; ".join(
        f"{tip.name} at {tip.value:.4g} (now {tip.current:.4g}, {tip.distance:.0%} of its range away; "
        f"{dossier().parameter(tip.name).quantity.founding})"
        for tip in verdict.tips[:3]
    )
    return {
        "First": causes,
        "Annulment": f"chance {ruling.chance:.2f}; afterwards {after}",
        "Erosion": erosion,
        "Nearest": tips or "no single parameter flips the answer within its plausible range",
    }


def _range(band: tuple[float, float] | None) -> str:
    return f" of {band[0]:+.2f} to {band[1]:+.2f}" if band else ""


def _founding(verdict: Verdict) -> dict[str, str]:
    counts = ", ".join(
        f"{len(names)} {SHORT[founding]}" for founding, names in verdict.founding().items() if names
    )
    disputes = ", ".join(one.id for one in verdict.disagreements())
    numbers = (
        f"{len(verdict.rests_on)} parameters: {counts}. They rest on {len(verdict.claims())} claims of "
        f"{len(verdict.sources())} articles, which disagree on {disputes}."
    )
    return {"Numbers": numbers, "Caution": CAUTION}


def comparison_text(truces: Sequence[tuple[Truce, Verdict]]) -> str:
    """Return readings side by side, one row each.

    Parameters
    ----------
    truces : sequence of (Truce, Verdict)
        The readings.
    """
    head = (
        f"{'reading':12}{'patience needed':>18}{'there':>7}{'slack':>15}{'holds':>7}{'share':>7}"
        f"{'crossing':>12}{'after annulment':>18}{'Nash':>7}"
    )
    first, second = (side.name for side in truces[0][1].sides)
    units = (
        f"{'':12}{first:>9}{second:>9}{'':7}{first:>8}{second:>7}{'':14}"
        f"{'linear/CES':>12}{'terms from, to':>18}{'terms':>7}"
    )
    rows = []
    for truce, verdict in truces:
        us, cn = verdict.sides
        band = verdict.ruling.band
        terms = f"{band[0]:+.2f}, {band[1]:+.2f}" if band else "none"
        years = f"{number(verdict.crossing_linear, 1)}/{number(verdict.crossing_ces, 1)}"
        rows.append(
            f"{verdict.reading:12}{patience_words(us.critical_patience):>9}{patience_words(cn.critical_patience):>9}"
            f"{verdict.patience:7.3f}{us.slack:+8.2f}{cn.slack:+7.2f}{'yes' if verdict.supportable else 'no':>7}"
            f"{verdict.share.value:7.3f}{years:>12}{terms:>18}{truce.nash_terms():+7.2f}"
        )
    note = wrapped(
        f"Slack and terms in points a year, terms from {first} to {second}; share of the draws in which both "
        f"hold; crossing in years until erosion ends the deterrent on {first}. The sizes of the overrides are "
        "assumptions."
    )
    return "\n".join([head, units, *rows, "", *note])


def claims_text(claims: Iterable[Claim], evidence: Evidence) -> str:
    """Return claims article by article."""
    lines: list[str] = []
    source = ""
    for claim in claims:
        if claim.source != source:
            source = claim.source
            found = evidence.source(source)
            lines += [""] * bool(lines) + [f"{found.id}: {found.author}, {found.title}"]
        value = f" [{claim.value}{' ' + claim.unit if claim.unit else ''}]" if claim.value else ""
        informs = f" -> {', '.join(claim.informs)}" if claim.informs else ""
        lines += labelled(f"{claim.id} {claim.direction}", f"{claim.paraphrase}{value} ({claim.place}){informs}")
    return "\n".join(lines)


def disagreements_text(evidence: Evidence) -> str:
    """Return the points on which the articles differ, and how the model treats them."""
    lines = ["The articles disagree:"]
    for one in evidence.disagreements:
        views = "; ".join(f"{position.view} ({', '.join(position.claims)})" for position in one.positions)
        lines += labelled(one.id, f"{one.topic}. {views}. {one.treatment}")
    return "\n".join(lines)


def parameters_text(truce: Truce) -> str:
    """Return every parameter with its value, plausible range and founding."""
    values = truce.parameters.as_mapping()
    lines = [f"{'parameter':14}{'value':>8}{'range':>18}  founding"]
    for one in truce.evidence.parameters:
        quantity = one.quantity
        bounds = f"{quantity.low:g} to {quantity.high:g}"
        lines.append(f"{one.name:14}{values[one.name]:>8g}{bounds:>18}  {quantity.founding:9} {one.meaning}")
    notes = [f"{founding}: {meaning}" for founding, meaning in FOUNDINGS.items()]
    return "\n".join([*lines, "", *notes])


def parameter_text(parameter: Parameter, evidence: Evidence) -> str:
    """Return one parameter with its range, founding, claims and the disagreements that touch it."""
    quantity = parameter.quantity
    lines = [
        f"{parameter.name} ({parameter.symbol}): {parameter.meaning}",
        f"  {quantity.low:g} to {quantity.high:g}, central {quantity.central:g} {quantity.unit}; "
        f"{quantity.founding}: {FOUNDINGS[quantity.founding]}",
    ]
    disputes = evidence.disagreements_for(parameter.name)
    lines += [line for one in disputes for line in labelled(one.id, f"{one.topic}. {one.treatment}")]
    return "\n".join([*lines, "", claims_text(evidence.claims_for(parameter.name), evidence)])


def patience_words(value: float) -> str:
    """Return the patience that a side needs; "never" where no patience is enough."""
    return f"{value:.3f}" if value < 1 else "never"
