"""The report is one page that needs nothing else, holds the verdict, and runs nothing that it is given."""

import re
from base64 import b64decode
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from negotiation.cli import main
from negotiation.report import report_html, verdict_text
from negotiation.truce import Truce, Verdict, solve_race

VOID = {"meta", "img", "br", "hr", "link", "input"}
LARGEST = 3_000_000
EVIL = "<script>alert(1)</script>"


class Page(HTMLParser):
    """Collects elements, attributes and text, and checks that every element is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in self.open:
            self.texts[tag] = self.texts.get(tag, "") + data

    def addresses(self):
        return [
            attrs[key] for _, attrs in self.elements for key in ("src", "href", "action", "data") if key in attrs
        ]


@pytest.fixture(scope="module")
def made():
    truce = Truce.from_reading("reex").vary(omega=0.5125)
    verdict = truce.verdict(draws=300, seed=7)
    text = report_html(truce, verdict)
    return verdict, text, Page(text)


def test_page_is_well_formed_and_small(made) -> None:
    _, text, page = made
    assert page.open == [] and text.startswith("<!DOCTYPE html>")
    assert len(text.encode()) < LARGEST


def test_page_asks_for_nothing_from_outside(made) -> None:
    _, text, page = made
    assert all(address.startswith(("#", "data:image/svg+xml;base64,")) for address in page.addresses())
    assert not re.search(r"https?://|@import|url\(|<script|<link|<iframe", text)
    policy = [attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv")]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_links_within_the_page_lead_somewhere(made) -> None:
    _, _, page = made
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.addresses() if address.startswith("#")} <= set(ids)


def test_pictures_are_whole_and_described(made) -> None:
    _, _, page = made
    pictures = [attrs for tag, attrs in page.elements if tag == "img"]
    assert len(pictures) == 14
    for one in pictures:
        drawn = b64decode(one["src"].partition(",")[2]).decode()
        assert ElementTree.fromstring(drawn).tag.endswith("svg")
        assert not re.search(r"(href|src)=\"(?!#|data:)", drawn) and "<script" not in drawn
        assert one["alt"]


def test_numbers_are_those_of_the_verdict(made) -> None:
    verdict, _, page = made
    assert verdict_text(verdict) in page.texts["pre"]
    assert Verdict.from_json(page.texts["pre"][page.texts["pre"].index("{") :]) == verdict
    said = page.texts["section"]
    for number in (
        verdict.patience,
        verdict.share.low,
        verdict.rebargained.survival[-1],
        verdict.fixed.survival[-1],
    ):
        assert f"{number:.3f}" in said.partition("Pictures")[0]


def test_changes_and_every_assumption_stand_in_the_page(made) -> None:
    verdict, text, page = made
    assert "omega = 0.5125" in page.texts["section"]
    rows = re.findall(r"<tr( class=\"changed\")?><td><code>(\w+)</code></td>.*?number\">([^<]*)</td>", text)
    assert {name: float(value) for _, name, value in rows} == pytest.approx(verdict.parameters, rel=1e-5)
    assert {name for mark, name, _ in rows if mark} == set(verdict.changed())


def test_every_claim_behind_the_verdict_stands_with_its_article_and_place(made) -> None:
    verdict, _, page = made
    for claim in verdict.claims():
        assert claim.id in page.texts["table"] and claim.place in page.texts["table"]
        assert claim.paraphrase in page.texts["table"]
    for source in verdict.sources():
        assert source.title in page.texts["li"]


def test_the_same_verdict_gives_the_same_page(made) -> None:
    verdict, text, _ = made
    assert report_html(Truce.from_reading("reex").vary(omega=0.5125), verdict) == text


def test_every_state_of_the_race_stands_in_the_page_with_four_concepts(made) -> None:
    _, text, _ = made
    answer = solve_race(Truce.from_reading("reex").vary(omega=0.5125).leverage_race())
    section = text.partition('<section id="race">')[2].partition("</section>")[0]
    rows = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in section.split("<tr>")[2:]]
    assert len(rows) == len(answer.states) > 4
    for row, state in zip(rows, answer.states, strict=True):
        parts, (fixed, bargained, negotiated, proof), numbers = row[:-7], row[-7:-3], row[-3:]
        number = answer.race.game.state(state)
        assert ", ".join(["truce", *parts]) == state
        assert (fixed, bargained) == tuple(
            "yes" if one.upheld[number] else "no" for one in (answer.fixed, answer.rebargained)
        )
        assert negotiated == {True: "yes", False: "no", None: "open"}[answer.negotiated_holds(state)]
        assert proof == {"PROOF": "yes", "NOT": "no", "UNDETERMINED": "open"}[answer.proven(state).name]
        slacks = answer.fixed.slacks[number] / (1 - answer.race.game.delta)
        assert [float(one) for one in numbers[:2]] == pytest.approx(slacks.tolist(), abs=0.0051)  # two decimals
        terms = answer.rebargained.terms[number]
        assert numbers[2] == "none" if np.isnan(terms) else float(numbers[2]) == pytest.approx(terms, abs=0.0051)


def test_a_race_that_is_refused_is_told_so_in_the_page() -> None:
    truce = Truce.central().vary(eta=0.5)
    text = report_html(truce, truce.verdict(draws=20))
    assert re.search("None is followed at these parameters: .*leave steps of at least the yearly fall", text)


@pytest.mark.parametrize(("zeta", "cautious"), [(0.0, False), (5.0, True)])
def test_answers_of_the_race_that_are_no_equilibria_come_with_a_caution(zeta, cautious) -> None:
    truce = Truce.central().vary(zeta_us=zeta)
    text = report_html(truce, truce.verdict(draws=20))
    assert ("<b>Caution: the threat of open conflict is not credible" in text) == cautious


@pytest.mark.parametrize(
    "changes", [{"zeta_us": 3.0}, {"tau_us": 990.0, "h_cn": 990.0, "p_court": 0.0, "half_life": 999.0}]
)
def test_page_of_every_kind_of_truce_can_be_made(changes) -> None:
    truce = Truce.central().vary(**changes)
    text = report_html(truce, truce.verdict(draws=20))
    Page(text)
    assert not re.search(r"\b(nan|inf)\b", re.sub(r"base64,[^\"]*", "", text))


def report(*words: str) -> int:
    return main(["report", *words, "--draws", "20"])


def test_report_writes_the_page_that_it_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert report("--out", str(out), "--reading", "awani", "--set", "omega=0.7125", "--seed", "4") == 0
    assert capsys.readouterr().out == f"Written to {out}.\n"
    page = Page(out.read_text("utf-8"))
    expected = Truce.from_reading("awani").vary(omega=0.7125).verdict(draws=20, seed=4)
    assert verdict_text(expected) in page.texts["pre"] and "omega = 0.7125" in page.texts["p"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.html"]


def test_text_is_escaped_wherever_it_comes_from() -> None:
    truce = replace(Truce.central(), reading=EVIL)
    text = report_html(truce, truce.verdict(draws=20))
    assert "<script" not in text
    assert f"<title>The US-China truce, {escape(EVIL)} values</title>" in text


def test_a_reading_with_an_id_of_markup_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"[[reading]]\nid = '{EVIL}'\ntitle = 'T'\nrationale = 'R'\noverrides = {{ omega = 0.2 }}\n")
    assert report("--out", str(tmp_path / "out.html"), "--reading", str(file)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


@pytest.mark.parametrize(
    ("out", "rule"),
    [
        ("out.pdf", "end in .html, .htm"),
        ("missing/out.html", "lie in a folder that exists"),
        ("", "name a file"),
    ],
)
def test_a_bad_path_is_refused_before_anything_is_computed(
    out: str, rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Truce, "verdict", lambda *_, **__: pytest.fail("computed"))
    assert report("--out", str(tmp_path / out)) == 2
    assert f"'out' of report must {rule}" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_bad_value_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    assert report("--out", str(tmp_path / "out.html"), "--set", "omega=-1") == 2
    assert not list(tmp_path.iterdir())
