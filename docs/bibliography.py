"""The list of cited works, written from `references.bib`."""

import re
from pathlib import Path

from pybtex.database import BibliographyData, parse_file
from pybtex.plugin import find_plugin

FILE = Path(__file__).resolve().parent / "references.bib"
ESCAPE = re.compile(r"\\([.()\-])")  # pybtex escapes more than Markdown needs


def works() -> BibliographyData:
    """Read the file of references."""
    return parse_file(FILE)


def references() -> str:
    """Write all works, sorted by author, each under its key."""
    style = find_plugin("pybtex.style.formatting", "plain")()
    markdown = find_plugin("pybtex.backends", "markdown")()
    read = works()
    written = [(one.key, one.text.render(markdown)) for one in style.format_entries(read.entries.values(), read)]
    return "\n\n".join(f"## {key}\n\n{_plain(text)}" for key, text in written)


def _plain(text: str) -> str:
    return ESCAPE.sub(r"\1", " ".join(text.split()))
