"""One file holds all references: what is cited is in it, what is in it is cited, and both say the same."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.richtext import Text

ROOT = Path(__file__).resolve().parents[1]
CITED = re.compile(r"\[(?P<key>[A-Z]\w+)\]_")
QUOTED = re.compile(r"\.\. \[(?P<key>\w+)\] (?P<text>.*?)(?=\n\s*\n|\n\s*\.\. \[|\s*\"\"\")", re.DOTALL)
LINKED = re.compile(r"references\.md#(?P<key>\w+)")
MENTIONED = re.compile(r"(?<=[\w-] )(?:\((?P<year>\d{4})\)|(?P<linked>\d{4})\]\(references\.md)")
INITIAL = re.compile(r"\b[A-Z]\. ")


@pytest.fixture(scope="module")
def works() -> BibliographyData:
    return parse_file(ROOT / "docs" / "references.bib")


@pytest.fixture(scope="module")
def code() -> str:
    return "\n\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "negotiation").rglob("*.py")))


@pytest.fixture(scope="module")
def prose() -> str:
    pages = [page for page in (ROOT / "docs").glob("*.md") if page.name != "references.md"]
    cells = [
        "".join(cell["source"])
        for notebook in sorted((ROOT / "examples").glob("*.ipynb"))
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    return "\n\n".join([*[page.read_text(encoding="utf-8") for page in pages], *cells])


def test_what_is_cited_is_in_the_file_and_the_other_way_round(
    works: BibliographyData, code: str, prose: str
) -> None:
    in_code = {found["key"] for pattern in (CITED, QUOTED) for found in pattern.finditer(code)}
    in_prose = {found["key"] for found in LINKED.finditer(prose)}
    assert in_code - set(works.entries.keys()) == set()
    assert in_prose - {key.lower() for key in works.entries} == set()
    assert {key for key in works.entries if key not in in_code and key.lower() not in in_prose} == set()


def test_docstrings_quote_authors_year_and_title_as_the_file_does(works: BibliographyData, code: str) -> None:
    for found in QUOTED.finditer(code):
        entry, text = works.entries[found["key"]], _plain(found["text"])
        title = str(Text.from_latex(entry.fields["title"])).partition(":")[0]
        for said in (*_surnames(entry), entry.fields.get("year", ""), title):
            assert _plain(said) in text, (found["key"], said)


def test_works_named_by_author_and_year_are_in_the_file(works: BibliographyData, prose: str) -> None:
    for found in MENTIONED.finditer(prose):
        year, before = found["year"] or found["linked"], _plain(INITIAL.sub("", prose[: found.start()][-200:]))
        published = [entry for entry in works.entries.values() if entry.fields.get("year") == year]
        assert any(before.endswith(_listed(_surnames(entry))) for entry in published), (before[-60:], year)


def _listed(names: list[str]) -> str:
    return _plain(" and ".join(filter(None, [", ".join(names[:-1]), names[-1]])))


def _surnames(entry: Entry) -> list[str]:
    people = entry.persons.get("author", entry.persons.get("editor", []))
    return [" ".join(map(str, person.rich_prelast_names + person.rich_last_names)) for person in people]


def _plain(text: str) -> str:
    """Return the text in small letters, without accents and line breaks."""
    letters = unicodedata.normalize("NFKD", text.replace("ü", "ue"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).lower().split())
