"""The leverage race as plain text."""

import math
from collections.abc import Sequence

from negotiation.report.layout import CAUTION, labelled, wrapped
from negotiation.solvers import Proofness
from negotiation.truce import Lever, RaceAnswer
from negotiation.truce.verdict import POINT

SENSES = (
    "Upheld: nobody gains by breaking or squeezing. 'fixed': on terms of zero for good. 'bargained': on the "
    "self-enforcing terms nearest to those of Nash bargaining in each state. 'negotiated': in repeated "
    "negotiation, where each fresh negotiation divides the surplus anew; no where the best equilibrium plays "
    "otherwise. 'proof': renegotiation-proof, as no continuation of the best plan with payments is worse for both "
    "than another, before paying or before acting. Slack: what each side's best deviation loses on fixed terms, "
    "present value in points. Terms: from the United States to China, points a year."
)


PROVEN = {Proofness.PROOF: "yes", Proofness.NOT: "no", Proofness.UNDETERMINED: "open"}


def race_text(answer: RaceAnswer, levers: Sequence[Lever] = ()) -> str:
    """Return the answers of the leverage race by state and by year as plain text.

    Parameters
    ----------
    answer : RaceAnswer
        As from `solve_race`.
    levers : sequence of Lever, optional
        As from `levers`; left out when empty.
    """
    parts = [_headline(answer), _by_state(answer), _by_year(answer), _ends(answer)]
    if levers:
        parts.append(_levers(levers))
    return "\n\n".join([*parts, _foot(answer)])


def _headline(answer: RaceAnswer) -> str:
    race = answer.race
    lines = [f"The leverage race, {race.truce.reading} values: {race.game.num_states} states from year 0 on"]
    lines += wrapped(POINT)
    if not answer.settled:
        lines += wrapped("The sides' choices to invest do not come to rest: what follows uses the last ones.")
    return "\n".join(lines)


def _by_state(answer: RaceAnswer) -> str:
    race = answer.race
    names = [name for name in race.components[race.start] if name != "standing"]
    cells = [[race.components[state][name] for name in names] for state in answer.states]
    widths = [max(map(len, column)) + 2 for column in zip(*cells, strict=True)]
    head = "".join(f"{'':{width}}" for width in widths)
    lines = [
        f"{head}{'fixed':>6}{'bargained':>10}{'negotiated':>11}{'proof':>6}{'slack':>15}{'terms':>7}",
        *(
            "".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + _answers(answer, state)
            for row, state in zip(cells, answer.states, strict=True)
        ),
    ]
    return "\n".join(["By state of the truce", *lines, *wrapped(SENSES)])


def _answers(answer: RaceAnswer, state: str) -> str:
    number = answer.race.game.state(state)
    held = answer.negotiated_holds(state)
    us, cn = answer.fixed.slacks[number] / (1 - answer.race.game.delta)
    terms = answer.rebargained.terms[number]
    return (
        f"{_yes(answer.fixed.holds(state)):>6}{_yes(answer.rebargained.holds(state)):>10}"
        f"{'open' if held is None else _yes(held):>11}{PROVEN[answer.proven(state)]:>6}{us:+8.2f}{cn:+7.2f}"
        f"{'none' if math.isnan(terms) else f'{terms:+.2f}':>7}"
    )


def _by_year(answer: RaceAnswer) -> str:
    fixed, bargained = answer.fixed_course, answer.rebargained_course
    terms = bargained.expected(answer.rebargained.terms)
    harms = bargained.expected(answer.race.harms)
    us, cn = ("US", "China")
    lines = [
        f"{'year':>4}{'kept, fixed':>13}{'bargained':>11}{'terms':>8}"
        f"{'harm to US':>12}{'to China':>10}{f'{us} strikes':>12}{f'{cn} strikes':>15}"
    ]
    for year in range(answer.years + 1):
        lines.append(
            f"{year:>4}{fixed.survival[year]:13.3f}{bargained.survival[year]:11.3f}{_shown(terms[year]):>8}"
            f"{_shown(harms[year, 0]):>12}{_shown(harms[year, 1]):>10}"
            f"{answer.strikes[year, 0]:12.3f}{answer.strikes[year, 1]:15.3f}"
        )
    note = (
        "Kept: chance that the truce has not ended by the start of the year. Terms and harms: averages while it "
        "is kept on bargained terms. Strikes: chance that the side has had reason to strike first on fixed terms."
    )
    return "\n".join(["By year", *lines, *wrapped(note)])


def _ends(answer: RaceAnswer) -> str:
    lines = []
    for name, course in (("Fixed", answer.fixed_course), ("Bargained", answer.rebargained_course)):
        shares = sorted(zip(course.ended_by[-1], course.causes, strict=True), reverse=True)
        ended = ", ".join(f"{cause} {chance:.3f}" for chance, cause in shares if chance >= 0.0005)
        lines += labelled(name, f"kept {course.mean_life:.1f} years on average; ended by {ended or 'nothing'}")
    return "\n".join([f"What ends it by year {answer.years}", *lines])


def incredible(answer: RaceAnswer) -> str:
    """Say that the answers on fixed and bargained terms are no equilibria; nothing if they are."""
    if answer.fixed.credible and answer.rebargained.credible:
        return ""
    return (
        "the threat of open conflict is not credible in some state, so that the answers on fixed and bargained "
        "terms are no equilibria"
    )


def _levers(levers: Sequence[Lever]) -> str:
    lines = [f"{'':18}{'fixed':>6}{'bargained':>10}{'slack':>15}{'years kept':>12}{'joint value':>13}  sets"]
    for lever in levers:
        answer = lever.answer
        start = answer.race.start
        us, cn = answer.fixed.slacks[0] / (1 - answer.race.game.delta)
        changes = ", ".join(f"{name} = {value:.3g}" for name, value in lever.changes.items())
        lines.append(
            f"{lever.name:18}{_yes(answer.fixed.holds(start)):>6}{_yes(answer.rebargained.holds(start)):>10}"
            f"{us:+8.2f}{cn:+7.2f}{lever.course.mean_life:12.2f}{lever.joint_value:13.2f}  {changes}".rstrip()
        )
    note = (
        "Upheld and slack in year 0; years kept, and the two sides' present value in points, open conflict "
        "included, on bargained terms."
    )
    return "\n".join(["What each lever is worth", *lines, *wrapped(note)])


def _foot(answer: RaceAnswer) -> str:
    checks = incredible(answer) or "fixed and bargained answers satisfy every incentive of their equilibrium"
    negotiated = answer.negotiated.status.value
    lines = labelled("Checked", f"{checks}; repeated negotiation {negotiated}.") + labelled("Caution", CAUTION)
    return "\n".join(["How sure is it?", *lines])


def _shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
