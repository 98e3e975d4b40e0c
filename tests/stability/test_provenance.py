"""Claims, articles and disagreements of a small agreement, whose shares are known in closed form."""

import numpy as np
import pytest

from negotiation.evidence import Evidence
from negotiation.stability import Model, Range, article_effects, claim_effects, disagreement_effects, uncertainty
from tests.strategies import refused

DRAWS = 40_000
ERROR = 4 * 0.5 / np.sqrt(DRAWS)
"""Four standard errors of a share."""


def record(name, claims):
    quantity = {"low": 0, "central": 0, "high": 1, "unit": "share", "founding": "sign"}
    return {"name": name, "symbol": name, "meaning": name, "quantity": quantity, "claims": claims, "drawn": True}


def claim(id, source):
    found = {"id": id, "source": source, "place": "1", "paraphrase": id}
    return found | {"helps": "both", "direction": "+", "core": False}


EVIDENCE = Evidence.model_validate(
    {
        "parties": ["A", "B"],
        "sources": [
            {"id": "post", "title": "t", "author": "a", "outlet": "o", "weight": 0.5},
            {"id": "times", "title": "t", "author": "a", "outlet": "o", "weight": 1.0},
        ],
        "claims": [claim("P1", "post"), claim("P2", "post"), claim("T1", "times"), claim("T2", "times")],
        "parameters": [record("x", ["P1"]), record("y", ["P2", "T1"]), record("z", [])],
        "readings": [
            {"id": "post", "title": "t", "source": "post", "overrides": {"x": 1.0}, "rationale": "r"},
            {"id": "times", "title": "t", "source": "times", "overrides": {"y": 2.0}, "rationale": "r"},
        ],
        "disagreements": [
            {
                "id": "D1",
                "topic": "y",
                "positions": [{"view": "low", "claims": ["P2"]}, {"view": "high", "claims": ["T1"]}],
                "treatment": "t",
            },
            {"id": "D2", "topic": "none", "positions": [{"view": "one", "claims": ["P1"]}], "treatment": "t"},
        ],
    }
)
RANGES = {name: Range(0, 0, 1) for name in "xyz"}


def model(measure):
    return Model(RANGES, measure, evidence=EVIDENCE)


def of(effects, **asked):
    (found,) = [one for one in effects.effects if all(getattr(one, key) == value for key, value in asked.items())]
    return found


BY_X = model(lambda x, y, z: 0.5 - x)  # holds with 3/4 of the falling triangle, with 1/2 of the whole range
BY_Y = model(lambda x, y, z: 0.5 - y)


def test_a_parameter_that_rests_on_one_claim_goes_back_to_the_whole_range_without_it():
    found = claim_effects(BY_X, draws=DRAWS)
    assert found.baseline == uncertainty(BY_X, draws=DRAWS).shares["agreement"]
    dropped = of(found, id="P1")
    assert dropped.parameters == ("x",) and dropped.kind == "claim dropped"
    assert dropped.share.value == pytest.approx(1 / 2, abs=ERROR)
    assert dropped.change.value == pytest.approx(-1 / 4, abs=ERROR)
    assert dropped.change.value == pytest.approx(dropped.share.value - found.baseline.value)
    assert next(one.id for one in found.effects) == "P1"
    assert {one.id for one in found.effects} == {"P1", "P2", "T1"}  # T2 stands behind no parameter


def test_a_claim_takes_its_part_of_the_weight_with_it():
    found = claim_effects(BY_Y, draws=DRAWS)
    for id, part in (("P2", 1 / 3), ("T1", 2 / 3)):
        assert of(found, id=id).share.value == pytest.approx(3 / 4 - part / 4, abs=ERROR)
    assert of(found, id="P1").change.value == 0


def test_an_article_is_left_out_with_all_its_claims_or_believed_with_its_values():
    found = article_effects(model(lambda x, y, z: 0.5 - np.maximum(x, y)), draws=DRAWS)
    assert found.baseline.value == pytest.approx(9 / 16, abs=ERROR)
    post = of(found, kind="article left out", id="post")
    assert post.parameters == ("x", "y")
    assert post.share.value == pytest.approx(1 / 2 * (3 / 4 - 1 / 12), abs=ERROR)
    assert of(found, kind="article left out", id="times").share.value == pytest.approx(3 / 4 * 7 / 12, abs=ERROR)
    believed = of(found, kind="article believed", id="post")
    assert believed.parameters == ("x",)
    assert believed.share.value == pytest.approx(1 / 4 * 3 / 4, abs=ERROR)  # the triangle rises
    wide = of(found, kind="article believed", id="times")  # the range of y reaches to 2
    assert wide.share.value == pytest.approx(3 / 4 * 1 / 16, abs=ERROR)


def test_an_article_believed_is_the_model_around_its_values():
    moved = Model(RANGES | {"x": RANGES["x"].moved(1.0)}, BY_X.measure)
    believed = of(article_effects(BY_X, draws=500), kind="article believed", id="post")
    assert believed.share == uncertainty(moved, draws=500).shares["agreement"]


def test_a_side_of_a_disagreement_drops_the_other_and_reads_its_articles():
    found = disagreement_effects(BY_Y, draws=DRAWS)
    assert {one.id for one in found.effects} == {"D1"}  # the other has one side only
    low, high = of(found, view="low"), of(found, view="high")
    assert low.share.value == pytest.approx(1 / 3 * 3 / 4 + 2 / 3 * 1 / 2, abs=ERROR)
    assert high.share.value == pytest.approx(2 / 3 * 1 / 16 + 1 / 3 * 1 / 4, abs=ERROR)  # mode and end at 2
    assert found.spread("D1") == pytest.approx(low.share.value - high.share.value)


def test_a_parameter_that_is_not_drawn_moves_with_an_article_and_not_with_a_claim():
    fixed = Model(RANGES | {"x": Range(0, 0, 1, law="fixed")}, lambda x, y, z: 0.5 - x - 0 * y, evidence=EVIDENCE)
    assert {one.id for one in claim_effects(fixed, draws=50).effects} == {"P2", "T1"}
    believed = of(article_effects(fixed, draws=50), kind="article believed", id="post")
    assert (believed.parameters, believed.share.value) == (("x",), 0)


def test_effects_have_a_dataset():
    found = article_effects(BY_X, draws=200, seed=3)
    table = found.to_dataset()
    assert table["id"].to_numpy().tolist() == [one.id for one in found.effects]
    assert table["change"].to_numpy().tolist() == [one.change.value for one in found.effects]
    assert (table.attrs["seed"], table.attrs["baseline"]) == (3, found.baseline.value)


def test_models_without_evidence_are_refused():
    for ask in (claim_effects, article_effects, disagreement_effects):
        with refused(f"'model' of {ask.__name__} must have evidence, got none."):
            ask(Model(RANGES, lambda x, y, z: x))
