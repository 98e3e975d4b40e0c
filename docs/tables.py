"""Rewrite the tables of the pages from the evidence and the code.

A table stands between ``<!-- table:NAME -->`` and ``<!-- end -->``. ``python docs/tables.py`` rewrites all of
them in place; ``python docs/tables.py --check`` changes nothing, names the pages that are out of date and exits
with 1 if there are any.
"""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import bibliography
import evidence_tables as evidence
import figure_tables as figures
import proposition_tables as propositions

PAGES = Path(__file__).resolve().parent
BLOCK = re.compile(r"(?P<open><!-- table:(?P<name>[\w-]+) -->\n).*?(?P<close><!-- end -->)", re.DOTALL)


def main(arguments: Sequence[str]) -> int:
    """Rewrite the pages, or check them; return the exit status."""
    stale = outdated()
    for page, text in stale.items():
        if "--check" in arguments:
            sys.stdout.write(f"{page.name} is out of date; run python docs/tables.py\n")
        else:
            page.write_text(text, encoding="utf-8")
    return int("--check" in arguments and bool(stale))


def outdated() -> dict[Path, str]:
    """Return the new text of every page whose tables differ from what the code gives."""
    pages = {page: page.read_text(encoding="utf-8") for page in sorted(PAGES.glob("*.md"))}
    fresh = {page: BLOCK.sub(_rewritten, text) for page, text in pages.items()}
    return {page: text for page, text in fresh.items() if text != pages[page]}


def _rewritten(found: re.Match[str]) -> str:
    return f"{found['open']}\n{TABLES[found['name']]()}\n\n{found['close']}"


TABLES: dict[str, Callable[[], str]] = {
    one.__name__: one
    for one in (
        evidence.parameters,
        evidence.issues,
        evidence.tiers,
        evidence.foundings,
        evidence.sources,
        evidence.disagreements,
        evidence.readings,
        evidence.comparison,
        figures.year,
        figures.forms,
        figures.variants,
        figures.measured,
        figures.shares,
        figures.correlations,
        propositions.p1,
        propositions.p2,
        propositions.p3,
        propositions.p4,
        propositions.p5,
        propositions.p6,
        propositions.p7,
        propositions.p8,
        propositions.p9,
        propositions.p10,
        propositions.p11,
        propositions.p12,
        bibliography.references,
    )
}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
