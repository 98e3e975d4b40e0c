"""Tables of the evidence: parameters, issues, tiers, articles, disagreements and readings."""

from functools import cache

from cells import Cells, grid, ids, number, patience

from negotiation.evidence import FOUNDINGS
from negotiation.truce import Parameters, Truce, Verdict, dossier

DRAWS, SEED = 20_000, 2025
"""Of `Truce.verdict`."""


def parameters() -> str:
    """Every parameter with its range, founding and claims."""
    return grid(
        ["name", "symbol", "what it is", "low", "central", "high", "unit", "founding", "drawn", "claims"],
        [
            [
                f"`{p.name}`", p.symbol, p.meaning, *(f"{x:g}" for x in (q.low, q.central, q.high)),
                q.unit, q.founding, p.drawn, ids(p.claims),
            ]
            for p in dossier().parameters
            for q in [p.quantity]
        ],
    )  # fmt: skip


def issues() -> str:
    """The central split of temptations and harms over the issues."""
    parties = dossier().parties
    sized = [
        [kind[party].central if party in kind else 0.0 for party in parties for kind in (one.temptation, one.harm)]
        for one in dossier().issues
    ]
    chosen = [row for one, row in zip(dossier().issues, sized, strict=True) if one.included]
    rows: list[Cells] = [
        [one.id, one.title, *(size or "" for size in row), one.included, ids(one.claims)]
        for one, row in zip(dossier().issues, sized, strict=True)
    ]
    heads = [f"{word}, {party}" for party in parties for word in ("temptation", "harm")]
    total = ["", "sum of those in the bundle", *map(sum, zip(*chosen, strict=True)), "", ""]
    return grid(["id", "issue", *heads, "in the bundle", "claims"], [*rows, total])


def tiers() -> str:
    """Shares of the chain by tier."""
    return grid(
        ["id", "tier", "low", "central", "high", "founding", "claims"],
        [
            [one.id, one.title, share.low, share.central, share.high, share.founding, ids(one.claims)]
            for one in dossier().tiers
            for share in [one.share]
        ],
    )


def foundings() -> str:
    """How many parameters and issue sizes have each founding."""
    p = dossier().founding_counts(Parameters.names())
    sizes = [q.founding for one in dossier().issues for q in (*one.temptation.values(), *one.harm.values())]
    return grid(
        ["founding", "what it says", "parameters", "sizes of issues"],
        [[f"`{word}`", rule, len(p[word]), sizes.count(word)] for word, rule in FOUNDINGS.items()],
    )


def sources() -> str:
    """The articles, their claims and what to beware of."""
    claims = {one.id: [claim for claim in dossier().claims if claim.source == one.id] for one in dossier().sources}
    return grid(
        ["id", "article", "claims", "listed by an entry", "with a number", "beware"],
        [
            [
                f"`{one.id}`",
                f"{one.author}, *{one.title}*",
                len(claims[one.id]),
                sum(bool(claim.informs) for claim in claims[one.id]),
                sum(bool(claim.value) for claim in claims[one.id]),
                one.caution or "",
            ]
            for one in dossier().sources
        ],
    )


def disagreements() -> str:
    """The points on which the articles differ."""
    return grid(
        ["id", "topic", "positions", "how the model treats it"],
        [
            [one.id, one.topic, "; ".join(f"{x.view} ({ids(x.claims)})" for x in one.positions), one.treatment]
            for one in dossier().disagreements
        ],
    )


@cache
def verdicts() -> dict[str, tuple[Truce, Verdict]]:
    """Return the truce and its verdict under every reading."""
    truces = {name: Truce.from_reading(name) for name in ("central", *(one.id for one in dossier().readings))}
    return {name: (truce, truce.verdict(draws=DRAWS, seed=SEED)) for name, truce in truces.items()}


def readings() -> str:
    """What each reading changes."""
    return grid(
        ["reading", "title", "changes", "why"],
        [
            [f"`{one.id}`", one.title, ", ".join(f"{k} = {v:g}" for k, v in one.overrides.items()), one.rationale]
            for one in dossier().readings
        ],
    )


def comparison() -> str:
    """The readings side by side."""
    head = [
        "reading", "patience needed, US", "China", "patience there", "slack, US", "China", "share of draws",
        "crossing, linear", "CES", "band after annulment", "Nash terms today", "Nash terms after annulment",
    ]  # fmt: skip
    return grid(
        head,
        [
            [
                f"`{name}`", *patience([side.critical_patience for side in v.sides]), *patience([v.patience]),
                *(side.slack for side in v.sides), *patience([v.share.value]), number(v.crossing_linear, 1),
                number(v.crossing_ces, 1), v.ruling.band, t.nash_terms(), t.nash_terms(annulled=True),
            ]
            for name, (t, v) in verdicts().items()
        ],
    )  # fmt: skip
