"""The notebooks run, and what they print is what is committed."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_prints_what_is_committed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a notebook shows its pictures by a backend of its own
    committed = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(fresh, timeout=300, resources={"metadata": {"path": str(EXAMPLES)}}).execute()
    assert _printed(fresh) == _printed(committed)
    assert all(_shown(cell) for cell in committed.cells if cell.cell_type == "code")


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01_truce_in_ten_minutes",
        "02_leverage_race",
        "03_renegotiation",
        "04_your_own_agreement",
        "05_stability_and_uncertainty",
        "06_linkage_and_compartments",
        "07_which_claims_matter",
        "08_replications",
        "09_scaling_out",
    ]


def _shown(cell: Any) -> bool:
    return cell.execution_count is not None


def _printed(notebook: Any) -> list[str]:
    """Return what every cell puts out, as one text; of a picture, only that it is one."""
    return ["".join(map(_text, cell.outputs)) for cell in notebook.cells if cell.cell_type == "code"]


def _text(output: Any) -> str:
    return str(output.get("text") or ("picture" if "image/png" in output.data else output.data["text/plain"]))
