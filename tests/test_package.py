"""The package as a whole: what its import loads, its public names, its layers."""

import subprocess
import sys

import negotiation

HEAVY = ("scipy", "pydantic", "nashpy", "xarray", "matplotlib", "pandas", "networkx", "panel", "bokeh")


def _loaded_by(statement: str) -> set[str]:
    """Return the packages of which a module was loaded; one that waits to be used has none."""
    script = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules if '.' in name}})"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_import_loads_no_heavy_part() -> None:
    assert not _loaded_by("import negotiation") & set(HEAVY)


def test_games_and_the_command_line_load_what_they_need_only() -> None:
    assert not _loaded_by("from negotiation import StageGame") & set(HEAVY)
    loaded_by_numba = {"scipy"}
    assert not _loaded_by("import negotiation.cli") & (set(HEAVY) - {"pydantic"} - loaded_by_numba)


def test_every_public_name_can_be_reached_and_has_a_docstring() -> None:
    for name in negotiation.__all__:
        assert (getattr(negotiation, name).__doc__ or "").strip(), name
