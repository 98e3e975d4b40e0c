"""Tables of the propositions; each opens with the statement and its claims."""

import numpy as np
from cells import Cells, cell, grid, ids, number, patience
from numpy.typing import NDArray

from negotiation.stability import (
    implied_weight,
    largest_hazard,
    largest_pending_risk,
    monitoring_gap,
    nash_terms,
    punishment_length,
    yearly_rate,
)
from negotiation.truce import Truce, dossier, payoffs

TRUCE = Truce.central()
SIDES = ["", *dossier().parties]
GRID = 0.04
"""Step of the search that P9 shows beside the exact answer."""


def critical_rho() -> NDArray[np.float64]:
    """Return the chance of fresh negotiations at which each side stops holding."""
    return largest_hazard(TRUCE.temptation(), TRUCE.harm(), TRUCE.vary(rho=0).patience)


def proposition(id: str, *tables: str) -> str:
    """Return the statement and claims of a proposition, then its tables."""
    found = dossier().proposition(id)
    return "\n\n".join([f"**{found.statement}** Claims: {ids(found.claims)}.", *tables])


def p1() -> str:
    """Both hold today."""
    needed, present = patience(TRUCE.critical_patience()), TRUCE.slack() / (1 - TRUCE.patience)
    today = [
        ["harm, points a year", *TRUCE.harm()],
        ["patience needed", *needed],
        ["patience there", *patience([TRUCE.patience] * 2)],
        ["slack, points a year", *TRUCE.slack()],
        ["slack, present value in points", *present],
    ]
    rows = [[omega, TRUCE.vary(omega=omega).harm()[0], min(TRUCE.vary(omega=omega).slack())]
            for omega in (0.4, 0.6, 0.9, 1.5)]  # fmt: skip
    return proposition("P1", grid(SIDES, today), grid(["omega", "harm to the US", "smaller slack"], rows))


def p2() -> str:
    """Erosion of the US deterrent."""
    still, halves = TRUCE.vary(entrench=0.0), (3, 5, 7.5, 10)
    path = patience(still.critical_patience(year=t)[0] for t in range(10))
    rows = [[f"{years:g}", *crossings(still.vary(half_life=years))] for years in halves]
    rows += [["5, with entrenchment as in the central values", *crossings(TRUCE)]]
    slow = np.log(2) / -np.log1p(-float(still.parameters.gamma_res))
    rows += [[f"{slow:.1f}, the pace of the share of reserves", *crossings(still.vary(half_life=slow))]]
    return proposition(
        "P2",
        grid(["year", *range(10)], [["patience the US needs", *path]]),
        grid(["half-life in years", "crossing year, linear", "CES"], rows),
    )


def crossings(truce: Truce) -> list[str]:
    """Return the two crossing years of a truce."""
    return [number(truce.crossing_year(bite), 1) for bite in ("linear", "ces")]


def p3() -> str:
    """Annulment."""
    gone = TRUCE.slack(annulled=True)[1] - float(TRUCE.parameters.soy)
    rows: list[Cells] = [
        ["harm to China", *(TRUCE.harm(annulled=a)[1] for a in (False, True))],
        ["patience that China needs", *patience(TRUCE.critical_patience(annulled=a)[1] for a in (False, True))],
        ["pooled patience needed", *patience(TRUCE.pooled_critical_patience(annulled=a) for a in (False, True))],
        ["slack of the US at terms 0", *(TRUCE.slack(annulled=a)[0] for a in (False, True))],
        ["slack of China at terms 0", *(TRUCE.slack(annulled=a)[1] for a in (False, True))],
        ["slack of China at the terms reported",
         *(TRUCE.slack(annulled=a)[1] + TRUCE.observed_terms() for a in (False, True))],
        ["slack of China with the tariff cut gone", "", gone],
        ["transfer band", *(TRUCE.transfer_band(annulled=a) for a in (False, True))],
        ["Nash terms", *(TRUCE.nash_terms(annulled=a) for a in (False, True))],
    ]  # fmt: skip
    value = TRUCE.surplus() / (1 - TRUCE.patience)
    left = TRUCE.patience * (1 - float(TRUCE.parameters.p_court)) * value - TRUCE.temptation()
    risks = patience(largest_pending_risk(TRUCE.temptation(), TRUCE.harm(), TRUCE.patience))
    before: list[Cells] = [["breaks before the ruling from a chance of", *risks],
                           ["present slack at the central chance", *left]]  # fmt: skip
    return proposition("P3", grid(["", "before", "after annulment"], rows), grid(SIDES, before))


def p4() -> str:
    """Terms."""
    observed = TRUCE.observed_terms()
    views = {
        "today's leverage": TRUCE.surplus(),
        "with the court expected": TRUCE.expected_surplus(),
        "with court and midterms expected": TRUCE.expected_surplus(midterm=True),
    }
    rows = [[view, nash_terms(gain), observed, implied_weight(observed, gain)] for view, gain in views.items()]
    return proposition("P4", grid(["surplus", "Nash terms", "terms reported", "implied weight of China"], rows))


def p5() -> str:
    """Time."""
    truce = TRUCE.vary(entrench=0.0, eta=0.0)
    gain = float(nash_terms(truce.expected_surplus())) - truce.nash_terms()
    loss = float(yearly_rate(truce.parameters.half_life)) * truce.harm()[0] / 2
    rows: list[Cells] = [
        ["what the court is worth to China, points a year", gain],
        ["what the first year of erosion costs China, points a year", loss],
        ["reversal horizon, years", number(truce.reversal_horizon(), 1)],
        ["the same at the pace of the first year, years", number(gain / loss, 1)],
        ["the same with entrenchment as in the central values, years", number(TRUCE.reversal_horizon(), 1)],
    ]
    years = (0, 1, 2, 3, 4, 5, 6, 7, 12)
    terms = [nash_terms(truce.expected_surplus(year=t)) for t in years]
    return proposition(
        "P5", grid(["figure", "value"], rows), grid(["year", *years], [["expected Nash terms", *terms]])
    )


def p6() -> str:
    """Striking first."""
    hazards = largest_hazard(TRUCE.temptation(), TRUCE.harm(), TRUCE.lasting_patience)
    rows: list[Cells] = [
        ["yearly chance of completion from which it breaks", *patience(hazards)],
        ["that chance at the central values", *patience([float(TRUCE.parameters.p_div)] * 2)],
        ["slack after annulment", *TRUCE.slack(annulled=True)],
    ]
    return proposition("P6", grid(SIDES, rows))


def p7() -> str:
    """Linkage."""
    included = [one.id for one in dossier().issues if one.included]
    bundles = {
        "rare earths alone": ["rare-earths"], "tariff alone": ["tariff"], "port fees alone": ["port-fees"],
        "rare earths and tariff": ["rare-earths", "tariff"], "all but technology": included,
        "all with technology": [*included, "tech-controls"],
    }  # fmt: skip
    found = {name: TRUCE.linkage([bundle]) for name, bundle in bundles.items()}
    rows = [[name, *patience(one.critical[0]), one.holds[0]] for name, one in found.items()]
    core, rest = ["rare-earths", "tariff"], ["soybeans", "precursors", "fentanyl-tariff"]
    alarms = {"tariff": 0.05, "soybeans": 0.20}
    noise: list[Cells] = [
        [label, ", ".join(map(cell, one.holds)), number(one.total_value, 1)]
        for label, one in {
            "two compartments": TRUCE.linkage([core, rest], false_alarms=alarms),
            "one bundle": TRUCE.linkage([core + rest], false_alarms=alarms),
        }.items()
    ]
    harms = [one.harm["US"].central for one in dossier().issues if one.included and "US" in one.harm]
    limit = TRUCE.patience * sum(harms) - TRUCE.temptation()[0]
    return proposition(
        "P7",
        grid(["bundle", "patience needed, US", "China", "holds"], rows),
        f"Technology breaks the bundle from a US temptation of {limit:.2f} points a year on.",
        grid(["with false alarms", "holds", "present value, points"], noise),
    )


def p8() -> str:
    """Squeezes."""
    game, p = TRUCE.stage(squeeze=True), TRUCE.parameters
    gain = np.array([game["Squeeze", "Hold"][0], game["Hold", "Squeeze"][1]]) - game["Hold", "Hold"]
    pairs = list(zip(gain, game["Hold", "Hold"] - game["Break", "Break"], strict=True))
    rows: list[Cells] = [["gain of a squeezed year", *gain]]
    rows += [["cost of a year of conflict", *(cost for _, cost in pairs)]]
    for gap in (p.eps1 - p.eps0, 0.3, 0.2):
        lengths = [punishment_length(*pair, TRUCE.patience, float(p.eps0), float(p.eps0 + gap)) for pair in pairs]
        rows += [[f"years of conflict needed, alarm {gap:.2f} likelier when squeezed", *lengths]]
    gaps = [monitoring_gap(*pair, TRUCE.patience, float(p.eps0)) for pair in pairs]
    return proposition("P8", grid(SIDES, [*rows, ["smallest gap that deters", *patience(gaps)]]))


def p9() -> str:
    """Calibration."""
    delta, base = float(TRUCE.parameters.delta), float(yearly_rate(TRUCE.parameters.half_life))
    uses, rows = np.arange(0, 1 + GRID / 2, GRID), []
    for rate in (0, 0.1, 0.25, 0.5, 1):
        worth = payoffs.pressure_gain(uses) / (1 - delta * (1 - base - rate * uses))
        rows += [[rate, TRUCE.vary(gamma_x=rate).best_tightness(), uses[worth.argmax()]]]
    return proposition("P9", grid(["erosion per use", "best use", f"best on a grid of step {GRID}"], rows))


def p10() -> str:
    """The yearly clock."""
    chances = (1, 0.95, 0.85, 0.70)
    margins = [number(TRUCE.investor_horizon(chance), 1) for chance in chances]
    halved = TRUCE.vary(omega=TRUCE.parameters.omega / 2)
    shocks = {
        "half of the lever lost": halved.transfer_band(),
        "annulled": TRUCE.transfer_band(annulled=True),
        "half lost and annulled": halved.transfer_band(annulled=True),
    }
    pooled = [
        halved.pooled_critical_patience(),
        *(one.pooled_critical_patience(annulled=True) for one in (TRUCE, halved)),
    ]
    steady = TRUCE.vary(entrench=0.0, eta=0.0)
    return proposition(
        "P10",
        grid(SIDES, [["breaks from a chance of fresh negotiations of", *patience(critical_rho())]]),
        grid(["chance of renewal", *chances], [["years of margin an investor may count on", *margins]]),
        grid(
            ["after", "pooled patience needed", "transfer band"],
            [[name, number(need, 3), band] for need, (name, band) in zip(pooled, shocks.items(), strict=True)],
        ),
        grid(
            ["year of a steady decline", *(years := (0, 2, 4, 5, 6, 7))],
            [["transfer band after annulment", *(steady.transfer_band(year=t, annulled=True) for t in years)]],
        ),
    )


def p11() -> str:
    """Poison pills."""
    rows = [
        [eta, *patience(TRUCE.vary(eta=eta).critical_patience(year=5, annulled=a)[1] for a in (False, True))]
        for eta in (0, 0.02, 0.05, 0.10)
    ]
    return proposition("P11", grid(["eta", "patience China needs in year 5", "and after annulment"], rows))


def p12() -> str:
    """Survival and the tie between leaders."""
    curves = {"terms re-bargained": TRUCE.survival(5), "terms fixed": TRUCE.survival(5, rebargained=False)}
    rows = [[name, *patience(curve.survival), number(curve.mean_life, 1)] for name, curve in curves.items()]
    changes = [{"psi": 0.4}, {"psi": 0.9}, {"turnover": 0.03}, {"turnover": 0.2}]
    rows += [
        [f"re-bargained, {name} = {value:g}", *patience(curve.survival), number(curve.mean_life, 1)]
        for change in changes
        for name, value in change.items()
        for curve in [TRUCE.vary(**change).survival(5)]
    ]
    return proposition("P12", grid(["survival through review", 1, 2, 3, 4, 5, "mean life, years"], rows))
