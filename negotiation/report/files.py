"""Where pictures may be written; checked before anything is computed."""

import os
from importlib.util import find_spec
from os import PathLike
from pathlib import Path

from negotiation._checks import refusal

FORMATS = (".png", ".pdf", ".svg")


def check_figure_path(path: str | PathLike[str]) -> Path:
    """Return the path of a figure to be written, or refuse it before anything is computed.

    Raises
    ------
    ArgumentError
        If the ending is not one of .png, .pdf and .svg, the folder does not exist or cannot be written to, or
        Matplotlib is not installed.
    """
    target = Path(path)
    if target.is_dir():
        raise refusal("figure", "verdict", "name a file", repr(str(path)))
    if target.suffix.lower() not in FORMATS:
        raise refusal("figure", "verdict", f"end in {', '.join(FORMATS)}", repr(str(path)))
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise refusal("figure", "verdict", "lie in a folder that exists and can be written to", repr(str(path)))
    if find_spec("matplotlib") is None:
        raise refusal("figure", "verdict", "have Matplotlib", "none", "Install it by: pip install matplotlib.")
    return target
