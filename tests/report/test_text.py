"""Texts say what the results hold and nothing else."""

import re

import numpy as np
import pytest

from negotiation.report import claims_text, comparison_text, parameter_text, verdict_text
from negotiation.truce import Truce, dossier

TRUCE = Truce.central()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tau_us": 5.0},
        {"tau_us": -2.0, "tau_cn": -3.0},
        {"zeta_us": 3.0},
        {"zeta_us": 3.0, "tau_us": -1.0},
        {"tau_us": 990.0, "h_cn": 990.0},
        {"tau_us": 11.0, "tau_cn": 15.0},
        {"phi": 1.0},
        {"half_life": 50.0},
        {"p_court": 0.0},
    ],
)
def test_verdict_text_prints_every_variant_within_its_width(changes: dict[str, float]) -> None:
    verdict = TRUCE.vary(**changes).verdict(draws=20)
    lines = verdict_text(verdict).splitlines()
    assert max(map(len, lines)) <= 100
    assert not re.search(r"\b(nan|inf)\b", verdict_text(verdict))
    for side in verdict.sides:
        assert f"{side.slack:+.2f}" in verdict_text(verdict)


def test_verdict_text_says_when_the_year_alone_does_not_punish() -> None:
    assert "harshest credible answer" in verdict_text(TRUCE.vary(zeta_us=3.0).verdict(draws=1))
    assert "harshest credible answer" not in verdict_text(TRUCE.verdict(draws=1))


def test_verdict_text_says_what_could_keep_a_truce_that_the_year_does_not_keep() -> None:
    texts = {
        "zeta_us": TRUCE.vary(zeta_us=3.0, tau_us=-1.0),
        "tau_us": TRUCE.vary(tau_us=5.0),
        "both": TRUCE.vary(tau_us=7.0, tau_cn=8.0),
    }
    said = {name: " ".join(verdict_text(truce.verdict(draws=1)).split()) for name, truce in texts.items()}
    assert "a harsher credible answer or side payments could keep it" in said["zeta_us"]
    assert "no band of terms is given: open conflict is no equilibrium of the year" in said["zeta_us"]
    assert "US would break if the year's worst equilibrium is the answer; side payments could" in said["tau_us"]
    assert "no: US and China would break " in said["both"] and "could keep it" not in said["both"]


def test_a_side_that_prefers_open_conflict_never_holds_in_the_text() -> None:
    verdict = TRUCE.vary(tau_us=11.0, tau_cn=15.0).verdict(draws=1)
    assert verdict.sides[0].critical_patience > 1
    assert "harshest credible answer" not in verdict_text(verdict)


def test_verdict_text_says_when_no_transfer_saves_the_truce_after_a_ruling() -> None:
    text = " ".join(verdict_text(TRUCE.vary(tau_us=4.0).verdict(draws=1)).split())
    assert "China would break without a transfer; no transfer keeps it" in text
    assert "both still hold" in verdict_text(TRUCE.vary(phi=0.1).verdict(draws=1))


def test_comparison_text_has_one_row_a_truce() -> None:
    truces = [TRUCE, TRUCE.vary(half_life=100.0, entrench=0.05)]
    text = comparison_text([(one, one.verdict(draws=5)) for one in truces])
    assert text.count("central") == 2
    assert "never" in text


def test_every_parameter_and_claim_can_be_printed() -> None:
    evidence = dossier()
    for parameter in evidence.parameters:
        text = parameter_text(parameter, evidence)
        assert f"central {parameter.quantity.central:g}" in text
        assert all(claim in text for claim in parameter.claims)
    text = claims_text(evidence.claims, evidence)
    assert len(re.findall(r"^  [A-Z]\d\d ", text, flags=re.MULTILINE)) == len(evidence.claims)


def test_numbers_in_the_text_are_those_of_the_verdict() -> None:
    verdict = TRUCE.verdict(draws=100, seed=5)
    text = verdict_text(verdict)
    for number in (verdict.patience, verdict.share.value, verdict.share.low, *verdict.fixed.survival[:1]):
        assert f"{number:.3f}" in text
    assert np.isclose(float(re.findall(r"patience there is (\d\.\d+)", text)[0]), verdict.patience, atol=5e-4)
