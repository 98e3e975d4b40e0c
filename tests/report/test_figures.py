"""The figure of a verdict shows the verdict that it is given."""

from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from negotiation.report import save_verdict_figure, verdict_figure
from negotiation.truce import Truce

TRUCE = Truce.central()
VERDICT = TRUCE.verdict(draws=50)


def test_figure_has_two_panels_and_says_that_sizes_are_assumed() -> None:
    drawn = verdict_figure(TRUCE, VERDICT)
    assert [ax.get_title(loc="left") for ax in drawn.axes] == ["Self-enforcing?", "How long?"]
    assert "assumptions" in drawn.get_supxlabel()


def test_a_figure_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object, path: Path, **__: object) -> None:
        path.write_text("half of it")
        raise OSError("no space left")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", full)
    (tmp_path / "out.png").write_text("the one before")
    with pytest.raises(OSError, match="no space left"):
        save_verdict_figure(TRUCE, VERDICT, tmp_path / "out.png")
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]
    assert (tmp_path / "out.png").read_text() == "the one before"
