"""Tables of figures at the central values and over the draws."""

import numpy as np
from cells import grid, number, patience
from evidence_tables import DRAWS, SEED, verdicts

from negotiation import critical_discount, pure_equilibria, strategic_risk
from negotiation.stability import (
    implied_weight,
    largest_hazard,
    largest_pending_risk,
    nash_terms,
    patience_with_lag,
    share_of,
)
from negotiation.truce import Parameters, Truce, dossier, measures, payoffs
from negotiation.truce.judge import draw
from negotiation.truce.verdict import ROBUST_SHARE

TRUCE = Truce.central()
HOLD = ("Hold", "Hold")


def year() -> str:
    """Payoffs of the year with a squeeze; its corners are the 2x2 year."""
    game = TRUCE.stage(squeeze=True)
    rows = [
        [f"**{name}**", *(", ".join(number(float(x), 2) for x in game.payoffs[a, b]) for b in range(3))]
        for a, name in enumerate(game.actions[0])
    ]
    return grid(["US \\ China", *game.actions[1]], rows)


def forms() -> str:
    """The closed forms at the central values."""
    t, p = TRUCE, TRUCE.parameters
    lag = patience_with_lag(t.temptation(), t.harm(), float(p.lag))
    phi = 1 - t.temptation()[1] / (t.patience * t.harm()[1])
    review = largest_hazard(t.temptation(), t.harm(), t.vary(rho=0).patience)
    pending = largest_pending_risk(t.temptation(), t.harm(), t.patience)
    return grid(
        ["form", "US", "China", "both"],
        [
            ["temptation", *t.temptation(), ""],
            ["deterrent", *t.deterrent(), ""],
            ["patience $S$", "", "", *patience([t.patience])],
            ["lasting patience $s$", "", "", *patience([t.lasting_patience])],
            ["critical patience", *patience(t.critical_patience()), *patience([t.pooled_critical_patience()])],
            ["slack", *t.slack(), float(t.slack().sum())],
            ["transfer band", "", "", t.transfer_band()],
            ["Nash terms; weight implied by the terms reported", "", "",
             f"{t.nash_terms():.2f}; {float(implied_weight(t.observed_terms(), t.surplus())):.2f}"],
            ["preventive hazard", *patience(largest_hazard(t.temptation(), t.harm(), t.lasting_patience)), ""],
            ["critical review hazard", *patience(review), ""],
            ["critical cut by the court", "", number(phi, 3), ""],
            ["largest pending risk", *patience(pending), ""],
            ["crossing year, linear and CES", ", ".join(number(t.crossing_year(b), 1) for b in ("linear", "ces")),
             "", ""],
            ["patience needed with the answer after `lag` years", *patience(lag), ""],
            ["robustness radius", *patience(side.radius for side in verdicts()["central"][1].sides), ""],
        ],
    )  # fmt: skip


def variants() -> str:
    """Two variants."""
    lasting = TRUCE.vary(floor=0.5)
    chicken = TRUCE.vary(zeta_us=2.61, zeta_cn=3.11)
    equilibria = ["/".join(chicken.stage().actions[0][a] for a in profile) for profile in
                  pure_equilibria(chicken.stage())]  # fmt: skip
    return grid(
        ["variant", "figure", "value"],
        [
            ["half of the dependence lasts, `floor = 0.5`", "patience the US needs in the end",
             number(lasting.critical_patience(year=200)[0], 3)],
            ["", "patience there while levers last", number(lasting.lasting_patience, 3)],
            ["", "crossing year", number(lasting.crossing_year(), 1)],
            ["", "crossing year at `floor = 0.48`", number(lasting.vary(floor=0.48).crossing_year(), 1)],
            ["open conflict costs more, `zeta_us = 2.61`, `zeta_cn = 3.11`", "class",
             chicken.stage_class()[0].value],
            ["", "pure equilibria of the year, US/China", ", ".join(equilibria)],
            ["", "patience needed, US and China", ", ".join(patience(chicken.critical_patience()))],
        ],
    )  # fmt: skip


def measured() -> str:
    """Measures of stability at the central values."""
    risk, verdict = strategic_risk(TRUCE.stage(), TRUCE.patience), verdicts()["central"][1]
    curve, fixed = TRUCE.survival(5), TRUCE.survival(5, rebargained=False)
    grim = critical_discount(TRUCE.stage(), HOLD)
    paid = critical_discount(TRUCE.stage(), HOLD, punishment="transfers")
    return grid(
        ["measure", "US", "China", "both"],
        [
            ["critical discount factor, grim punishment", *patience(grim.by_player), number(grim.value, 3)],
            ["critical discount factor with transfers", "", "", number(paid.value, 3)],
            ["slack, points a year", *TRUCE.slack(), ""],
            ["robustness radius", *patience(side.radius for side in verdict.sides), number(verdict.radius, 3)],
            ["belief needed to join (SizeBAD)", *patience(risk.size_bad), ""],
            ["product of losses, grim against breaking", "", "",
             f"{risk.cooperation_product:.2f} against {risk.breaking_product:.2f}"],
            ["hazard of the first year, re-bargained and fixed", "", "",
             ", ".join(patience([curve.hazard[0], fixed.hazard[0]]))],
            ["mean life in years, re-bargained and fixed", "", "",
             ", ".join(number(one.mean_life, 1) for one in (curve, fixed))],
            [f"share of draws in which it holds ({ROBUST_SHARE:.2f} asked)", "", "",
             number(verdict.share.value, 3)],
            ["the same with side payments", "", "", number(verdict.share_with_transfers.value, 3)],
        ],
    )  # fmt: skip


def shares() -> str:
    """Shares of the draws in which statements are true."""
    drawn = draws()
    slacks, annulled = measures.slacks(drawn), measures.slacks(drawn, annulled=True)
    today = (slacks >= 0).all(axis=-1)
    static = nash_terms(measures.surplus(drawn))
    expected = nash_terms(measures.expected_surplus(drawn, midterm=True))
    observed = np.asarray(measures.observed_terms(drawn))
    needed = payoffs.temptation(drawn) / payoffs.deterrent(drawn, payoffs.harm(drawn))
    linear, ces = measures.crossing(drawn, "linear")[today], measures.crossing(drawn, "ces")[today]
    flags = {
        "the US holds": slacks[:, 0] >= 0,
        "China holds": slacks[:, 1] >= 0,
        "both hold (P1)": today,
        "side payments make both hold": slacks.sum(axis=-1) >= 0,
        "the US needs more patience than China (P1)": needed[:, 0] > needed[:, 1],
        "crossing in 3 to 10 years, linear; given the truce today (P2)": (linear >= 3) & (linear <= 10),
        "crossing in 3 to 10 years, CES; given the truce today (P2)": (ces >= 3) & (ces <= 10),
        "China fails after annulment; given the truce today (P3)": annulled[today, 1] < 0,
        "side payments keep it then; given the truce today (P3)": annulled[today].sum(axis=-1) >= 0,
        "static Nash terms favour China": static > 0,
        "expected Nash terms favour China": expected > 0,
        "terms reported exceed the static Nash terms (P4)": observed > static,
        "terms reported exceed the expected Nash terms (P4)": observed > expected,
    }
    found = {name: share_of(np.asarray(flag)) for name, flag in flags.items()}
    rows = [[name, *patience([one.value, one.low, one.high]), one.draws] for name, one in found.items()]
    return grid(["statement", "share", "low", "high", "of draws"], rows)


def draws() -> Parameters:
    """Return the draws of the central verdict."""
    return draw(TRUCE.parameters, DRAWS, SEED, "docs")


def correlations() -> str:
    """What moves the smaller slack most, by rank correlation over the draws."""
    drawn = draws()
    ranks = np.argsort(np.argsort(measures.slacks(drawn).min(axis=-1)))
    found = {
        one.name: float(np.corrcoef(np.argsort(np.argsort(getattr(drawn, one.name))), ranks)[0, 1])
        for one in dossier().parameters
        if one.drawn
    }
    most = sorted(found, key=lambda name: -abs(found[name]))[:10]
    return grid(["parameter", *(f"`{name}`" for name in most)], [["correlation", *(found[name] for name in most)]])
