"""Every answer is a labelled dataset that a file keeps, with what made it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from negotiation import stability
from negotiation.stability import Model, Range
from negotiation.sweeps import load_sweep, save_sweep
from negotiation.truce import Truce

TRUCE = Truce.central()
ALWAYS = Model({"x": Range(0, 1, 2, "points"), "y": (0, 1, 2)}, lambda x, y: x + y + 1)
DRAWN = {"draws": 50, "seed": 3}

ANSWERS: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "uncertainty": (lambda: stability.uncertainty(TRUCE, **DRAWN), DRAWN),
    "sensitivity": (lambda: stability.sensitivity(TRUCE, points=4, seed=3), {"points": 4, "seed": 3}),
    "scenarios": (lambda: stability.scenarios(TRUCE, draws=500, seed=3), {"draws": 500, "seed": 3}),
    "claims": (lambda: stability.claim_effects(TRUCE, **DRAWN), DRAWN),
    "articles": (lambda: stability.article_effects(TRUCE, **DRAWN), DRAWN),
    "disagreements": (lambda: stability.disagreement_effects(TRUCE, **DRAWN), DRAWN),
    "frontier": (lambda: stability.frontier(TRUCE, "omega", "tau_us", cells=8), {"sense": "alone"}),
    "no frontier": (lambda: stability.frontier(ALWAYS, "x", "y", cells=4), {"sense": "agreement"}),
    "tipping point": (lambda: stability.tipping_point(TRUCE, "tau_us"), {"parameter": "tau_us", "sense": "alone"}),
    "no tipping point": (lambda: stability.tipping_point(ALWAYS, "x"), {"parameter": "x"}),
    "radius": (lambda: stability.robustness_radius(TRUCE), {"sense": "alone"}),
    "no radius": (lambda: stability.robustness_radius(ALWAYS), {"sense": "agreement"}),
    "levers": (lambda: stability.survival_levers(TRUCE), {}),
    "survival": (lambda: TRUCE.survival(), {}),
    "linkages": (
        lambda: stability.linkages(
            [[3], [1], [1]], [[4], [6], [2]], patience=0.6, issues=["hard", "easy", "fair"]
        ),
        {"patience": 0.6},
    ),
}
WITHOUT_MODEL = ("survival", "linkages")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_kept_in_a_file_with_what_made_it(name: str, tmp_path: Path) -> None:
    ask, expected = ANSWERS[name]
    table = ask().to_dataset()
    save_sweep(table, tmp_path / "x.nc")
    with load_sweep(tmp_path / "x.nc") as read:
        assert read.load().equals(table)
        assert {key: read.attrs[key] for key in expected} == expected and read.attrs["version"]
        model = ALWAYS if name.startswith("no ") else TRUCE.model()
        if name not in WITHOUT_MODEL:
            assert {key: read.attrs[key] for key in model.central} == model.central
        for one, found in table.variables.items():
            assert read[one].attrs == found.attrs
        assert len(read.to_dataframe()) == np.prod(list(table.sizes.values()))


def test_flips_of_a_tipping_point_stand_in_its_table() -> None:
    ring = Model({"x": Range(-3, 0, 3, "points"), "y": (-3, 1, 3)}, lambda x, y: 5 - x**2 - y**2)
    table = stability.tipping_point(ring, "x").to_dataset()
    assert table["value"].to_numpy() == pytest.approx([-2, 2])
    assert table["holds_above"].to_numpy().tolist() == [True, False]
    assert table["value"].attrs["units"] == "points" and float(table["current"]) == 0 and bool(table["holds"])


def test_the_worst_direction_stands_in_the_table_of_the_radius() -> None:
    model = Model({"harm": Range(4, 6, 9, "points"), "gain": (1, 3, 5)}, lambda harm, gain: 0.6 * harm - gain)
    table = stability.robustness_radius(model).to_dataset()
    assert float(table["radius"]) == pytest.approx(0.1875)
    assert float(table["worst"].sel(parameter="harm")) == pytest.approx(5.625)
    assert str(table["unit"].sel(parameter="harm").item()) == "points"


def test_survival_by_year_stands_in_its_table() -> None:
    curve = stability.survival({"turnover": 0.1, "shock": [0.5, 0.0]}, 2)
    table = curve.to_dataset()
    assert table["survival"].to_numpy() == pytest.approx([0.45, 0.405])
    assert table["hazard"].sel(cause="shock").to_numpy().tolist() == [0.5, 0.0]
    assert float((table["survival"] + table["ended_by"].sum("cause")).sel(year=2)) == pytest.approx(1)
