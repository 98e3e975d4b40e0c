"""The tuner without a browser: what its sliders hold and how it answers."""

import pytest

pytest.importorskip("panel")

from negotiation.evidence import Parameter
from negotiation.truce import Parameters, Truce, dossier
from negotiation.tuner import Tuner
from negotiation.tuner.markup import faults_html
from negotiation.tuner.sliders import STEPS, step_of


def texts(tuner: Tuner) -> list[str]:
    return [tuner._answer.object, tuner._reasons.object]


def rows(tuner: Tuner) -> dict[str, dict[str, str]]:
    return {row["name"]: row for subject in tuner._sliders.subjects for row in subject["rows"]}


def test_every_slider_spans_the_plausible_range_of_its_parameter() -> None:
    shown = Tuner()._sliders.shown["rows"]
    for one in dossier().parameters:
        assert shown[one.name] == (one.quantity.low, one.quantity.high, one.quantity.central)


def test_every_slider_shows_unit_founding_claims_and_what_they_say() -> None:
    shown = rows(Tuner())
    for one in dossier().parameters:
        row = shown[one.name]
        assert one.quantity.unit in row["head"]
        assert f'class="founding {one.quantity.founding}"' in row["grounds"]
        assert all(claim in row["grounds"] for claim in one.claims)


def test_a_value_outside_the_plausible_range_widens_the_slider_and_a_return_narrows_it() -> None:
    tuner = Tuner()
    tuner._ask({"tau_us": "7.25"})
    assert tuner._sliders.shown["rows"]["tau_us"] == (1.0, 7.25, 7.25)
    tuner._ask({"tau_us": "2"})
    assert tuner._sliders.shown["rows"]["tau_us"] == (1.0, 4.5, 2.0)


@pytest.mark.parametrize("text", ["-5000", "much", "nan", "", "<b>1</b>"])
def test_a_refused_value_is_one_sentence_and_leaves_the_verdict(text: str) -> None:
    tuner = Tuner()
    before, answer = texts(tuner), tuner._sliders.shown["answer"]
    tuner._ask({"tau_us": text})
    assert texts(tuner) == before
    assert tuner.truce.parameters.tau_us == 2.5
    assert "'tau_us' of Truce must" in tuner._faults.object.replace("&#x27;", "'")
    assert "<b>" not in tuner._faults.object
    assert tuner._sliders.shown["answer"] == answer + 1  # the browser waits for it
    tuner._ask({"tau_us": "3"})
    assert tuner._faults.object == ""


def test_the_verdict_the_charts_and_the_link_follow_the_sliders() -> None:
    tuner = Tuner()
    tuner._ask({"tau_us": "4.5", "omega": "0.5"})
    truce = Truce.central().vary(tau_us=4.5, omega=0.5)
    verdict = truce.verdict(draws=2_000)
    assert "Holds today? No: US would break" in texts(tuner)[0]
    assert f"{verdict.sides[0].slack:+.2f}" in texts(tuner)[0]
    assert f"{verdict.share.value:.3f} of 2,000 draws" in texts(tuner)[1]
    assert tuner._survival._source.data["fixed"] == [1.0, *verdict.fixed.survival]
    assert tuner._stability._now.data["US"] == [truce.critical_patience()[0]]
    assert tuner.link == tuner.address.value == "?reading=central&omega=0.5&tau_us=4.5"
    assert "most sizes are assumptions" in texts(tuner)[0].lower()


def test_a_reading_moves_every_slider_and_reset_returns_to_it() -> None:
    tuner = Tuner(link="?reading=reex&omega=0.4")
    assert tuner._reading.value == "reex"
    tuner._reset.clicks += 1
    assert tuner.link == "?reading=reex"
    tuner._reading.value = "asia-times"
    expected = Truce.from_reading("asia-times").parameters.as_mapping()
    assert {name: row[2] for name, row in tuner._sliders.shown["rows"].items()} == expected


@pytest.mark.parametrize("name", Parameters.names())
def test_a_slider_says_whether_anything_here_depends_on_it(name: str) -> None:
    tuner = Tuner()
    idle = "No number here depends on it" in rows(tuner)[name]["head"]
    one = dossier().parameter(name)
    before, seen = _numbers(tuner), set()
    for value in (one.quantity.low, one.quantity.high, one.quantity.central + 0.05):
        tuner._ask({name: repr(value)})
        seen.add(_numbers(tuner))
    assert (seen == {before}) is idle


def _numbers(tuner: Tuner) -> str:
    return "".join(texts(tuner)).partition("<dt>Changed")[0]


def test_a_link_full_of_faults_is_cut_to_what_can_be_read() -> None:
    shown = faults_html([f"{k} <script>{'word ' * 200}" for k in range(50)])
    assert "<script>" not in shown
    assert len(shown) < 2500
    assert "and 45 more" in shown


@pytest.mark.parametrize("one", dossier().parameters, ids=lambda one: one.name)
def test_the_steps_of_a_slider_are_round_and_fine(one: Parameter) -> None:
    low, high = one.quantity.low, one.quantity.high
    step = step_of(low, high)
    assert f"{step:e}"[0] in "125"
    assert low == high or STEPS <= (high - low) / step * (1 + 1e-6) <= 2.5 * STEPS * (1 + 1e-6)
