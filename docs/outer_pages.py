"""Let Sphinx read pages that stand outside `docs`, and derive its contents from the tables of the index.

The pages are plain Markdown with links that work where the files stand. Sphinx reads one folder only, so before a
build the front page and the notebooks are copied into `_copies`, and while a page is read each of its links is
turned to where its target stands for Sphinx.
"""

import re
import shutil
from os.path import relpath
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
COPIES, REFERENCE = DOCS / "_copies", DOCS / "api"
LINK = re.compile(r"(?<=\]\()(?P<path>[^)\s:#]+)(?=[)#])")
ROW = re.compile(r"^\|.*\[(?P<title>[^]]+)\]\((?P<path>[^)\s:#]+\.(?:md|ipynb))\) \|$", re.MULTILINE)
SECTION = re.compile(r"^## (?P<title>.+?)\n(?P<body>.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Join the build."""
    app.connect("config-inited", lambda app, config: copy_outer_pages())
    app.connect("source-read", _read)
    return {"parallel_read_safe": True}


def outer_pages() -> dict[Path, Path]:
    """Return where the copy of each outer page stands."""
    return {
        page: COPIES / page.name for page in [ROOT / "README.md", *sorted((ROOT / "examples").glob("*.ipynb"))]
    }


def copy_outer_pages() -> None:
    """Copy the outer pages, after clearing away what an earlier build has left."""
    for folder in (COPIES, REFERENCE):
        shutil.rmtree(folder, ignore_errors=True)
    COPIES.mkdir()
    for page, copy in outer_pages().items():
        shutil.copy(page, copy)


def turn_links(text: str, page: Path, shown: Path) -> str:
    """Return the text of a page with each link to a file of the project turned to where Sphinx finds the file.

    Parameters
    ----------
    text : str
        The text.
    page, shown : Path
        Where the page stands, and where Sphinx reads it.
    """

    def turned(found: re.Match[str]) -> str:
        target = (page.parent / found["path"]).resolve()
        return relpath(copies.get(target, target), shown.parent) if target.exists() else found["path"]

    copies = outer_pages()
    return LINK.sub(turned, text)


def contents(index: str) -> str:
    """Return the toctrees of an index: one for each table of pages, in the order of its rows."""
    trees = []
    for section in SECTION.finditer(index):
        pages = [f"{one['title'].capitalize()} <{one['path']}>" for one in ROW.finditer(section["body"])]
        if pages:
            listed = "\n".join(pages)
            trees.append(f"```{{toctree}}\n:hidden:\n:caption: {section['title']}\n\n{listed}\n```\n")
    return "\n".join(trees)


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    shown = app.env.doc2path(name)
    pages = {copy: page for page, copy in outer_pages().items()}
    source[0] = turn_links(source[0], pages.get(shown, shown), shown)
    if name == app.config.root_doc:
        source[0] += "\n" + contents(source[0])
