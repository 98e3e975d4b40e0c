"""The evidence of the truce is complete, linked and in the project's own words."""

import os
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from negotiation.truce import Parameters, dossier

RUN = 6
"""Six words in a row count as a quotation."""

ARTICLES = os.environ.get("NEGOTIATION_ARTICLES")


def test_every_parameter_of_the_evidence_is_a_field_of_the_truce_and_the_other_way_round() -> None:
    assert [one.name for one in dossier().parameters] == [field.name for field in fields(Parameters)]
    for one in dossier().parameters:
        assert f"    {one.name} : float or array\n" in (Parameters.__doc__ or "")


def test_every_parameter_names_existing_claims() -> None:
    known = {claim.id for claim in dossier().claims}
    for parameter in dossier().parameters:
        assert parameter.claims
        assert set(parameter.claims) <= known


def test_every_claim_of_the_core_feeds_something() -> None:
    core = [claim for claim in dossier().claims if claim.core]
    assert len(core) > 100
    assert not [claim.id for claim in core if not claim.informs]


def test_every_article_has_its_claims_and_one_reading() -> None:
    counts = {
        source.id: sum(claim.source == source.id for claim in dossier().claims) for source in dossier().sources
    }
    assert counts == {"awani": 27, "cn-01": 59, "newsletter": 46, "reex": 24, "asia-times": 34}
    assert sorted(reading.source for reading in dossier().readings) == sorted(counts)


def test_the_central_split_over_issues_adds_up_to_the_central_aggregate() -> None:
    included = [issue for issue in dossier().issues if issue.included]
    sums = {
        (table, party): sum(
            getattr(issue, table)[party].central for issue in included if party in getattr(issue, table)
        )
        for table in ("temptation", "harm")
        for party in dossier().parties
    }
    assert sums["temptation", "US"] == pytest.approx(2.1)
    assert sums["temptation", "China"] == pytest.approx(2.6)
    assert sums["harm", "US"] == pytest.approx(6.48, abs=0.03)
    assert sums["harm", "China"] == pytest.approx(10.8)


def test_derived_central_values_follow_from_the_numbers_stated() -> None:
    war_gap = 55 + 100 - 47
    assert dossier().parameter("h_cn").quantity.central == pytest.approx(war_gap / 10)
    assert dossier().parameter("p_div").quantity.central == pytest.approx(1 / 7.5, abs=5e-4)
    assert dossier().tier("us-ore").share.central == pytest.approx(0.30 * 0.70)
    assert dossier().parameter("gamma_res").quantity.central == pytest.approx(1 - 0.5 ** (1 / 30), abs=5e-5)
    assert dossier().parameter("lag").quantity.low == pytest.approx(17 / 365, abs=5e-4)


@pytest.mark.skipif(ARTICLES is None, reason="NEGOTIATION_ARTICLES does not name the folder of the articles")
def test_no_text_of_the_evidence_repeats_six_words_in_a_row_of_an_article() -> None:
    articles = sorted(Path(str(ARTICLES)).glob("*.txt"))
    assert len(articles) == 5
    quoted = {run for article in articles for run in _runs(article.read_text(encoding="utf-8"))}
    repeated = {text for text in _texts() if set(_runs(text)) & quoted}
    assert not repeated


def test_the_search_for_repeated_words_finds_a_quotation() -> None:
    article = "China controls over 90% of the global rare earth supply."
    assert set(_runs("it says China controls over 90 percent; controls over 90% of the global supply")) & set(
        _runs(article)
    )
    assert not set(_runs("China controls over 90% of supply")) & set(_runs(article))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("u.s.", "us"))
    return zip(*(words[k:] for k in range(RUN)), strict=False)


def _texts() -> Iterator[str]:
    evidence = dossier()
    for claim in evidence.claims:
        yield claim.paraphrase
        yield claim.note or ""
    for parameter in evidence.parameters:
        yield parameter.meaning
    for dispute in evidence.disagreements:
        yield dispute.topic
        yield dispute.treatment
        yield from (position.view for position in dispute.positions)
    for reading in evidence.readings:
        yield reading.title
        yield reading.rationale
    for event in evidence.events:
        yield event.what
    for proposition in evidence.propositions:
        yield proposition.statement
