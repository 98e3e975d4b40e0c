"""Whether the parts that the tuner needs are installed; asked before any of them is imported."""

from importlib.util import find_spec

from negotiation._checks import refusal


def check_installed() -> None:
    """Refuse to go on without Panel."""
    if find_spec("panel") is None:
        raise refusal(
            "tune", "negotiation", "have Panel", "none", "Install it by: pip install 'negotiation[tuner]'."
        )
