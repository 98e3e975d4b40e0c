"""Where pictures and pages may be written; checked before anything is computed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from os import PathLike
from pathlib import Path

from negotiation._checks import refusal

FORMATS = (".png", ".pdf", ".svg")
PAGES = (".html", ".htm")


def check_figure_path(path: str | PathLike[str]) -> Path:
    """Return the path of a figure to be written, or refuse it before anything is computed.

    Raises
    ------
    ArgumentError
        If the ending is not one of .png, .pdf and .svg, the folder does not exist or cannot be written to, or
        Matplotlib is not installed.
    """
    return _checked(path, "figure", "verdict", FORMATS, {"matplotlib": "Matplotlib"})


def check_report_path(path: str | PathLike[str]) -> Path:
    """Return the path of a report to be written, or refuse it before anything is computed.

    Raises
    ------
    ArgumentError
        If the ending is neither .html nor .htm, the folder does not exist or cannot be written to, or Matplotlib
        or Jinja2 is not installed.
    """
    return _checked(path, "out", "report", PAGES, {"matplotlib": "Matplotlib", "jinja2": "Jinja2"})


@contextmanager
def written(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to, which takes its place when all is written, and goes otherwise."""
    partial = target.with_name(f".{target.stem}.partial{target.suffix}")
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _checked(
    path: str | PathLike[str], name: str, owner: str, endings: tuple[str, ...], needs: dict[str, str]
) -> Path:
    target = Path(path)
    if target.is_dir():
        raise refusal(name, owner, "name a file", repr(str(path)))
    if target.suffix.lower() not in endings:
        raise refusal(name, owner, f"end in {', '.join(endings)}", repr(str(path)))
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise refusal(name, owner, "lie in a folder that exists and can be written to", repr(str(path)))
    for package, title in needs.items():
        if find_spec(package) is None:
            raise refusal(name, owner, f"have {title}", "none", f"Install it by: pip install {package}.")
    return target
