"""Lines of text of one width."""

import math
import textwrap

WIDTH = 100

CAUTION = (
    "Most sizes are assumptions and the articles fix little more than signs: read this as incentives under stated "
    "assumptions. It forecasts no event."
)
"""What every answer says about itself."""


def number(value: float, digits: int) -> str:
    """Return a number with some decimals, or that it never comes."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "never"


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return a text in lines."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def labelled(label: str, text: str) -> list[str]:
    """Return a text in lines beside a label."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"  {label:<12}", subsequent_indent=" " * 14, break_on_hyphens=False
    )
