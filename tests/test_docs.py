"""The pages run: tables are up to date, code gives the output shown, links lead somewhere.

Blocks of a page run in order, in one namespace and an empty folder. A ``toml`` block that opens with a comment
``# name.toml`` becomes that file, a ``text`` block after a ``python`` block is what the code prints, and lines
``$ negotiation ...`` of a ``console`` block run as commands.
"""

import contextlib
import doctest
import io
import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import pytest

from negotiation.cli import main as command

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<target>[^)\s]+)\)")
FILE = re.compile(r"# (?P<name>[\w/.-]+\.toml)\n")
COMMAND = re.compile(r"^\$ negotiation (?P<words>.*)$", re.MULTILINE)
TEST = re.compile(r"`(?P<name>test_\w+)`")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def test_tables_are_up_to_date(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    script = runpy.run_path(str(ROOT / "docs" / "tables.py"))
    assert script["main"](["--check"]) == 0, capsys.readouterr().out


@every_page
def test_blocks_run_and_print_what_is_shown(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": page.stem}
    text = page.read_text(encoding="utf-8")
    blocks = list(FENCE.finditer(text))
    for k, block in enumerate(blocks):
        match block["language"]:
            case "toml":
                _write(block["body"])
            case "python":
                printed = _run(block["body"], names, f"{page.name}:{text[: block.start()].count(chr(10)) + 1}")
                if k + 1 < len(blocks) and _shows_output(text, block, blocks[k + 1]):
                    _compare(printed, blocks[k + 1]["body"])
            case "console":
                _obey(block["body"])


@every_page
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for found in LINK.finditer(FENCE.sub("", page.read_text(encoding="utf-8"))):
        path, _, heading = found["target"].partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), found["target"]
        assert not heading or heading in _headings(target), found["target"]


def test_the_index_leads_to_every_page_and_notebook() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / found["target"]).resolve() for found in LINK.finditer(index.read_text(encoding="utf-8"))
    }
    assert {*PAGES, *(ROOT / "examples").glob("*.ipynb")} - linked == {index}


def test_the_reference_lists_every_room() -> None:
    stub = (ROOT / "negotiation" / "__init__.pyi").read_text(encoding="utf-8")
    rooms = re.findall(r"^from \. import (\w+) as", stub, re.MULTILINE)
    listed = re.findall(r"^   negotiation\.(\w+)$", (ROOT / "docs" / "reference.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(rooms)


@every_page
def test_tests_named_on_a_page_exist(page: Path) -> None:
    named = {found["name"] for found in TEST.finditer(page.read_text(encoding="utf-8"))}
    defined = {
        found
        for path in (ROOT / "tests").rglob("test_*.py")
        for found in [path.stem, *re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)]
    }
    assert not named - defined


def test_a_table_that_is_out_of_date_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    script = runpy.run_path(str(ROOT / "docs" / "tables.py"))
    monkeypatch.setitem(script["outdated"].__globals__, "PAGES", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- table:p4 -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    assert script["main"](["--check"]) == 1
    assert "page.md is out of date" in capsys.readouterr().out
    assert script["main"]([]) == 0
    assert script["main"](["--check"]) == 0
    assert page.read_text(encoding="utf-8").startswith("before\n<!-- table:p4 -->\n\n**The observed terms")


def _write(body: str) -> None:
    if named := FILE.match(body):
        path = Path(named["name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")


def _run(body: str, names: dict[str, Any], place: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(body, place, "exec"), names)
    return printed.getvalue()


def _shows_output(text: str, code: re.Match[str], following: re.Match[str]) -> bool:
    return following["language"] == "text" and not text[code.end() : following.start()].strip()


def _compare(printed: str, shown: str) -> None:
    same = doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert same, f"printed:\n{printed}\nshown:\n{shown}"


def _obey(body: str) -> None:
    for found in COMMAND.finditer(body):
        with contextlib.redirect_stdout(io.StringIO()):
            assert command(shlex.split(found["words"])) == 0, found["words"]


def _headings(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
