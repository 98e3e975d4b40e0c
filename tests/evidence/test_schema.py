import copy
import datetime
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from negotiation._checks import ArgumentError
from negotiation.evidence import (
    FOUNDINGS,
    Claim,
    Event,
    Evidence,
    Issue,
    Parameter,
    Proposition,
    Quantity,
    Reading,
    Source,
    load_evidence,
)

SHARE = Quantity(low=0.8, central=0.9, high=0.95, unit="share", founding="stated")
FLOW = {"name": "flow", "symbol": "f", "meaning": "share", "quantity": SHARE, "claims": ["G01"], "drawn": True}
CLAIM = {
    "id": "G01",
    "source": "gauge",
    "place": "page 2",
    "paraphrase": "North controls the flow.",
    "helps": "North",
    "direction": "-",
    "core": True,
}
EVENT = {"id": "vote", "what": "an election", "claims": [], "kind": "election"}
SOURCE = {"id": "gauge", "title": "The gauge reports", "author": "R. Bank", "outlet": "River Review"}


def parameter(**changes: object) -> Parameter:
    return Parameter.model_validate({**FLOW, **changes})


@pytest.fixture
def river() -> Evidence:
    return load_evidence(Path(__file__).parent / "river")


def test_quantity_out_of_order_is_refused_with_its_three_values() -> None:
    with pytest.raises(ValidationError, match=r"low <= central <= high, got low 2, central 1.5, high 3"):
        Quantity(low=2, central=1.5, high=3, unit="share", founding="stated")


def test_quantity_may_be_a_single_point() -> None:
    assert Quantity(low=1, central=1, high=1, unit="year", founding="derived").high == 1.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1", True])
def test_quantity_refuses_what_is_no_finite_number(value: object) -> None:
    fields = {"low": 0, "central": 1, "high": value, "unit": "share", "founding": "stated"}
    with pytest.raises(ValidationError, match=r"\nhigh\n"):
        Quantity.model_validate(fields)


def test_every_founding_has_one_sentence() -> None:
    assert list(FOUNDINGS) == ["stated", "derived", "sign", "assumed"]
    assert all(sentence.endswith(".") for sentence in FOUNDINGS.values())


def test_records_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        SHARE.low = 0.1  # type: ignore[misc]


def test_records_refuse_unknown_keys() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Claim.model_validate({**CLAIM, "colour": "blue"})


@pytest.mark.parametrize("text", ["", "  \n", 3])
def test_texts_must_be_strings_that_say_something(text: object) -> None:
    with pytest.raises(ValidationError, match="paraphrase"):
        Claim.model_validate({**CLAIM, "paraphrase": text})


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_weight_of_a_source_lies_between_zero_and_one(weight: float) -> None:
    assert Source.model_validate(SOURCE).weight == 1.0
    with pytest.raises(ValidationError, match="weight"):
        Source.model_validate({**SOURCE, "weight": weight})


@pytest.mark.parametrize("name", ["flow rate", "2nd", "lambda"])
def test_parameter_name_must_be_usable_as_a_keyword(name: str) -> None:
    with pytest.raises(ValidationError, match=f"must be a Python identifier, got '{name}'"):
        parameter(name=name)


def test_parameter_range_must_lie_inside_its_domain() -> None:
    with pytest.raises(ValidationError, match=r"low and high be at most 0\.9, got 0.8 and 0.95"):
        parameter(highest=0.9)
    with pytest.raises(ValidationError, match=r"low and high be less than 0\.95"):
        parameter(highest=0.95, strict_domain=True)
    with pytest.raises(ValidationError, match=r"low and high be at least 0\.9, got 0\.8 and 0\.95"):
        parameter(lowest=0.9)
    assert parameter(lowest=0.8, highest=0.95).highest == 0.95


def test_parameter_domain_must_not_be_reversed() -> None:
    with pytest.raises(ValidationError, match="lowest < highest, got lowest 1, highest 0"):
        parameter(lowest=1, highest=0)


def test_parameter_returns_a_value_inside_its_domain() -> None:
    assert parameter(lowest=0, highest=1).check(1, "set_flow") == 1.0
    assert parameter().check(-1e9, "set_flow") == -1e9


@pytest.mark.parametrize(
    ("domain", "value", "rule"),
    [
        ({"lowest": 0, "highest": 1}, 1.5, "be between 0 and 1"),
        ({"lowest": 0, "highest": 1, "strict_domain": True}, 1.0, "be strictly between 0 and 1"),
        ({"lowest": 0}, -1.0, "be at least 0"),
        ({"lowest": 0, "strict_domain": True}, 0.0, "be greater than 0"),
        ({"highest": 1}, 2.0, "be at most 1"),
        ({"highest": 1, "strict_domain": True}, 1.0, "be less than 1"),
        ({}, float("nan"), "be finite"),
        ({}, "much", "be a number"),
    ],
)
def test_parameter_refuses_a_value_outside_its_domain(domain: dict[str, object], value: float, rule: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        parameter(**domain).check(value, "set_flow")
    assert str(refused.value) == (
        f"'flow' of set_flow must {rule}, got {repr(value) if isinstance(value, str) else value}."
        " Its plausible range is 0.8 to 0.95 share."
    )


def test_event_date_is_read_from_a_string_or_a_date() -> None:
    day = datetime.date(2031, 5, 4)
    assert Event.model_validate({**EVENT, "date": "2031-05-04"}).date == day
    assert Event.model_validate({**EVENT, "date": day}).date == day


@pytest.mark.parametrize("date", ["May 2031", 2031, datetime.datetime(2031, 5, 4, 12)])
def test_event_date_must_be_a_day(date: object) -> None:
    with pytest.raises(ValidationError, match="must be a date written as 2024-12-31"):
        Event.model_validate({**EVENT, "date": date})


def test_mappings_of_a_record_cannot_be_changed_and_can_be_hashed() -> None:
    overrides = {"flow": 0.85}
    reading = Reading(id="calm", title="Calm", overrides=overrides, rationale="Quiet years.")
    overrides["flow"] = 0.1
    with pytest.raises(TypeError):
        reading.overrides["flow"] = 0.1  # type: ignore[index]
    assert reading.overrides == {"flow": 0.85}
    assert hash(reading) == hash(copy.deepcopy(reading))
    assert reading.model_dump()["overrides"] == {"flow": 0.85}


def test_issue_finds_quantities_by_party() -> None:
    issue = Issue.model_validate(
        {"id": "dam", "title": "Dam", "temptation": {"North": SHARE}, "harm": {}, "claims": [], "included": True}
    )
    assert issue.temptation["North"] is SHARE
    with pytest.raises(TypeError):
        issue.temptation["North"] = SHARE  # type: ignore[index]
    assert len(issue.harm) == 0
    assert "North" in repr(issue.temptation)


def test_lookups_return_the_entry_with_the_id(river: Evidence) -> None:
    assert river.source("gauge").outlet == "River Review"
    assert river.claim("G01").value == "90"
    assert river.parameter("flow").symbol == "f"
    assert river.disagreement("D1").positions[1].claims == ("G02",)
    assert river.reading("calm").overrides["breach"] == 0.06
    assert river.issue("dam").harm["South"].high == 8.0
    assert river.event("vote").date == datetime.date(2031, 5, 4)
    assert river.tier("pumps").share.founding == "derived"
    assert river.proposition("P1").claims == ("G01",)


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        ("source", "guage", "gauge"),
        ("claim", "G1", "G01"),
        ("parameter", "flows", "flow"),
        ("disagreement", "D11", "D1"),
        ("reading", "calmer", "calm"),
        ("issue", "damn", "dam"),
        ("event", "votes", "vote"),
        ("tier", "pump", "pumps"),
        ("proposition", "P11", "P1"),
    ],
)
def test_lookup_of_an_unknown_id_names_the_nearest(river: Evidence, kind: str, wrong: str, right: str) -> None:
    with pytest.raises(ArgumentError, match=rf"'{kind}' of Evidence .*'{wrong}'\. Did you mean '{right}'\?"):
        getattr(river, kind)(wrong)


def test_claims_and_sources_are_found_for_a_parameter(river: Evidence) -> None:
    assert [claim.id for claim in river.claims_for("flow")] == ["G01"]
    assert [source.id for source in river.sources_for("flow")] == ["gauge"]
    assert river.claims_for("breach") == ()
    assert river.sources_for("breach") == ()


def test_source_of_several_claims_is_returned_once(river: Evidence) -> None:
    flow = river.parameter("flow").model_copy(update={"claims": ("G02", "G01")})
    fields = {name: getattr(river, name) for name in Evidence.model_fields}
    both = Evidence(**{**fields, "parameters": (flow, river.parameter("breach"))})
    assert [claim.id for claim in both.claims_for("flow")] == ["G02", "G01"]
    assert [source.id for source in both.sources_for("flow")] == ["gauge"]


def test_disagreements_are_found_through_a_shared_claim(river: Evidence) -> None:
    assert [found.id for found in river.disagreements_for("flow")] == ["D1"]
    assert river.disagreements_for("breach") == ()


def test_claim_knows_the_entries_that_list_it(river: Evidence) -> None:
    assert river.informed_by("G01") == ("flow", "dam", "P1", "D1")
    assert river.claim("G02").informs == ("dam", "vote", "pumps", "D1")


def test_founding_counts_sort_the_parameters(river: Evidence) -> None:
    assert river.founding_counts(["breach", "flow"]) == {
        "stated": ("flow",),
        "derived": (),
        "sign": (),
        "assumed": ("breach",),
    }
    with pytest.raises(ArgumentError, match="Did you mean 'flow'"):
        river.founding_counts(["flov"])


def test_evidence_survives_pickling(river: Evidence) -> None:
    river.claim("G01")
    copied = pickle.loads(pickle.dumps(river))
    assert copied == river
    assert copied.issue("dam").harm == river.issue("dam").harm


def test_evidence_built_by_hand_fills_in_what_claims_inform() -> None:
    source = Source.model_validate(SOURCE)
    claim = Claim.model_validate({**CLAIM, "informs": ["something else"]})
    statement = Proposition(id="P1", statement="It holds.", claims=("G01",))
    evidence = Evidence(parties=("North", "South"), sources=(source,), claims=(claim,), propositions=(statement,))
    assert evidence.claim("G01").informs == ("P1",)


def test_evidence_built_by_hand_refuses_broken_links() -> None:
    claim = Claim.model_validate(CLAIM)
    with pytest.raises(ValidationError) as refused:
        Evidence(parties=("North", "South"), claims=(claim, claim))
    lines = [line for line in str(refused.value).splitlines() if "claim[" in line]
    assert [line.split(": must")[0].split(" ")[-1] for line in lines] == [
        "(G01).source",
        "(G01).core",
        "(G01).id",
        "(G01).source",
        "(G01).core",
    ]
