import pickle
import tomllib
import zipfile
from collections.abc import Callable
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from pydantic_core import ErrorDetails

from negotiation._checks import ArgumentError
from negotiation.evidence import Evidence, EvidenceError, load_evidence, read_reading
from negotiation.evidence.faults import words_of

RIVER = Path(__file__).parent / "river"
TREATY = RIVER.joinpath("treaty.toml").read_text(encoding="utf-8")
ONE_FAULT = tomllib.loads((Path(__file__).parent / "faults.toml").read_text(encoding="utf-8"))["fault"]
MINE = """
[[reading]]
id = "mine"
title = "My own reading"
overrides = { flow = 0.5 }
rationale = "I have seen the river."
"""


def changed(*swaps: tuple[str, str]) -> str:
    """Return the text of the treaty with the first place of each old string replaced."""
    text = TREATY
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def lay(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        folder.joinpath(f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: str | Path | Traversable) -> list[str]:
    with pytest.raises(EvidenceError) as refused:
        load_evidence(folder)
    return str(refused.value).split("\n")


@pytest.fixture
def river() -> Evidence:
    return load_evidence(RIVER)


def test_whole_treaty_is_read(river: Evidence) -> None:
    assert river.parties == ("North", "South")
    assert isinstance(river.claims, tuple)
    counts = {name: len(getattr(river, name)) for name in Evidence.model_fields}
    assert counts == {
        "parties": 2,
        "sources": 1,
        "claims": 2,
        "parameters": 2,
        "disagreements": 1,
        "readings": 1,
        "issues": 1,
        "events": 1,
        "tiers": 1,
        "propositions": 1,
    }
    assert river.claim("G01").informs == ("flow", "dam", "P1", "D1")


def test_folder_may_be_a_string() -> None:
    assert load_evidence(str(RIVER)) == load_evidence(RIVER)


def test_folder_may_be_a_resource_inside_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "river.zip", "w") as archive:
        archive.writestr("data/deep/treaty.toml", TREATY)
    with zipfile.ZipFile(tmp_path / "river.zip") as archive:
        assert load_evidence(zipfile.Path(archive) / "data") == load_evidence(RIVER)


def test_files_are_read_in_order_of_their_paths_below_the_folder(tmp_path: Path) -> None:
    source = '[[source]]\nid = "{0}"\ntitle = "T"\nauthor = "A"\noutlet = "O"\n'
    tmp_path.joinpath("annex").mkdir()
    lay(tmp_path / "annex", deep=source.format("deep"))
    lay(tmp_path, zone=source.format("zone"), river=TREATY, alps=source.format("alps"))
    tmp_path.joinpath("notes.txt").write_text("not evidence", encoding="utf-8")
    assert [found.id for found in load_evidence(tmp_path).sources] == ["alps", "deep", "gauge", "zone"]


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    tmp_path.joinpath("river.toml").write_bytes(TREATY.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_evidence(tmp_path) == load_evidence(RIVER)


def test_missing_folder_is_reported(tmp_path: Path) -> None:
    assert faults(tmp_path / "lake") == [f"{tmp_path / 'lake'}: must be a folder, got nothing there"]


def test_file_in_place_of_the_folder_is_reported() -> None:
    assert faults(RIVER / "treaty.toml") == [f"{RIVER / 'treaty.toml'}: must be a folder, got a file"]


def test_folder_without_files_is_reported(tmp_path: Path) -> None:
    assert faults(tmp_path) == [f"{tmp_path}: must hold a .toml file, got none"]


def test_unreadable_file_is_reported(tmp_path: Path) -> None:
    lay(tmp_path, river=TREATY)
    tmp_path.joinpath("lost.toml").symlink_to(tmp_path / "nowhere")
    assert faults(tmp_path) == ["lost.toml: must be a file that can be read, got No such file or directory"]


def test_file_that_is_not_text_is_reported(tmp_path: Path) -> None:
    lay(tmp_path, river=TREATY)
    tmp_path.joinpath("picture.toml").write_bytes(b'a = "\xff"')
    assert faults(tmp_path) == ["picture.toml: must be UTF-8 text, got byte 0xff at place 5"]


def test_broken_toml_is_reported_with_its_line(tmp_path: Path) -> None:
    lay(tmp_path, river=TREATY, broken='# a comment\n[[claim]]\nid == "G09"\n')
    (line,) = faults(tmp_path)
    assert line.startswith("""broken.toml: line 3: must be TOML, got 'id == "G09"'. """)


def test_toml_that_ends_too_early_is_reported_at_its_last_line(tmp_path: Path) -> None:
    lay(tmp_path, river=TREATY, broken="[[claim]]\nid = \n\n")
    (line,) = faults(tmp_path)
    assert line.startswith("broken.toml: line 2: must be TOML, got 'id ='. ")


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_toml_beyond_the_limits_of_python_is_reported(tmp_path: Path, text: str) -> None:
    (line,) = faults(lay(tmp_path, river=TREATY, vast=text))
    assert line.startswith(f"vast.toml: must be TOML that can be read, got '{text[:30]}")


def test_names_that_a_broken_file_might_hold_are_not_reported_as_unknown(tmp_path: Path) -> None:
    lay(tmp_path, river=changed(('claims = ["G01"]', 'claims = ["Z99"]'), ('symbol = "f"', 'symbol = ""')))
    assert len(faults(tmp_path)) == 2
    lay(tmp_path, broken="[[claim]")
    assert [line.split(": must")[0] for line in faults(tmp_path)] == [
        "broken.toml: line 1",
        "river.toml: parameter[0] (flow).symbol",
    ]


def test_five_faults_of_one_file_fill_five_lines(tmp_path: Path) -> None:
    text = changed(
        ('paraphrase = "South can close its port."', 'paraphrase = ""'),
        ("low = 0.8, central = 0.9", "low = 0.9, central = 0.8"),
        ('symbol = "p"', 'symbol = "p"\nsymbool = "p"'),
        ('source = "gauge"\noverrides', 'source = "gage"\noverrides'),
        ("included = true", 'included = "yes"'),
    )
    assert faults(lay(tmp_path, river=text)) == [
        "river.toml: claim[1] (G02).paraphrase: must not be empty, got ''",
        "river.toml: parameter[0] (flow).quantity: must have low <= central <= high,"
        " got low 0.9, central 0.8, high 0.95",
        "river.toml: parameter[1] (breach): must hold known keys only, got 'symbool'. Did you mean 'symbol'?",
        "river.toml: reading[0] (calm).source: must be the id of a source, got 'gage'. Did you mean 'gauge'?",
        "river.toml: issue[0] (dam).included: must be true or false, got 'yes'",
    ]


@pytest.mark.parametrize("fault", ONE_FAULT, ids=[fault["name"] for fault in ONE_FAULT])
def test_one_fault_is_one_line_that_says_what_and_where(tmp_path: Path, fault: dict[str, str]) -> None:
    text = changed((fault["old"], fault["new"]))
    assert faults(lay(tmp_path, river=text)) == [f"river.toml: {fault['line']}"]


def test_faulty_name_of_a_parameter_is_reported_and_still_known(tmp_path: Path) -> None:
    text = TREATY.replace("breach", "lambda")
    assert faults(lay(tmp_path, river=text)) == [
        "river.toml: parameter[1] (lambda).name: must be a Python identifier, got 'lambda'"
    ]


def test_entry_without_an_id_is_placed_by_its_number(tmp_path: Path) -> None:
    text = changed(('[[proposition]]\nid = "P1"', "[[proposition]]"))
    assert faults(lay(tmp_path, river=text)) == ["river.toml: proposition[0].id: must be given"]


def test_table_that_holds_no_tables_is_reported(tmp_path: Path) -> None:
    lay(tmp_path, river=TREATY, odd='tier = 3\nevent = ["vote"]')
    assert faults(tmp_path) == [
        "odd.toml: event[0]: must be a table, got 'vote'",
        "odd.toml: tier: must be a list of tables, got 3. Head each entry [[tier]].",
    ]


def test_faulty_entry_shows_its_broken_links_as_well(tmp_path: Path) -> None:
    text = changed(('paraphrase = "South can close its port."\nhelps = "South"', 'paraphrase = ""\nhelps = "Sud"'))
    assert faults(lay(tmp_path, river=text)) == [
        "river.toml: claim[1] (G02).paraphrase: must not be empty, got ''",
        "river.toml: claim[1] (G02).helps: must be a party, 'both', 'third' or 'none', got 'Sud'."
        " Did you mean 'South'?",
    ]


def test_faulty_entry_of_a_list_does_not_shift_the_places_of_others(tmp_path: Path) -> None:
    text = changed(('claims = ["G01", "G02"]', 'claims = [3, "G01", "", "G09"]'))
    assert [line.split(": must")[0] for line in faults(lay(tmp_path, river=text))] == [
        "river.toml: issue[0] (dam).claims[0]",
        "river.toml: issue[0] (dam).claims[2]",
        "river.toml: issue[0] (dam).claims[3]",
    ]


def test_id_given_twice_names_both_files(tmp_path: Path) -> None:
    tier = "[[tier]]" + TREATY.split("[[tier]]")[1].split("[[")[0]
    parameter = "[[parameter]]" + TREATY.split("[[parameter]]")[1].split("[[")[0]
    lay(tmp_path, river=TREATY, sea=tier + parameter)
    assert faults(tmp_path) == [
        "sea.toml: parameter[0] (flow).name: must be new, got 'flow', which river.toml: parameter[0] (flow)"
        " has already",
        "sea.toml: tier[0] (pumps).id: must be new, got 'pumps', which river.toml: tier[0] (pumps) has already",
    ]


def test_entries_of_two_kinds_may_share_an_id(tmp_path: Path) -> None:
    lay(tmp_path, river=changed(('id = "P1"', 'id = "dam"')))
    assert load_evidence(tmp_path).informed_by("G01") == ("flow", "dam", "D1")


def test_unknown_name_far_from_all_of_many_is_reported_without_a_list(tmp_path: Path) -> None:
    claims = TREATY[TREATY.index('[[claim]]\nid = "G02"') : TREATY.index("[[parameter]]")]
    lay(tmp_path, more="".join(claims.replace("G02", f"G{number}") for number in range(10, 30)))
    lay(tmp_path, river=changed(('claims = ["G01", "G02"]', 'claims = ["G01", "xyz"]')))
    assert faults(tmp_path) == ["river.toml: issue[0] (dam).claims[1]: must be the id of a claim, got 'xyz'"]


def test_missing_parties_are_reported(tmp_path: Path) -> None:
    lay(tmp_path, river=changed(('parties = ["North", "South"]', "")))
    assert faults(tmp_path) == [f"{tmp_path}: must hold parties = [...] in one file, got it in none"]


def test_parties_in_two_files_name_both_files(tmp_path: Path) -> None:
    lay(tmp_path, river=TREATY, sea='parties = ["East", "West"]')
    assert faults(tmp_path) == ["sea.toml: parties must be given once, got it here and in river.toml"]


@pytest.mark.parametrize(
    "parties", ['"North"', '["North"]', '["North", ""]', '["A", "A"]', '["North", "both"]', "[1, 2]"]
)
def test_parties_must_be_distinct_names(tmp_path: Path, parties: str) -> None:
    lay(tmp_path, river=changed(('["North", "South"]', parties)))
    (line,) = faults(tmp_path)
    rule = "be a list of at least two distinct names, none of them 'both', 'third' or 'none'"
    assert line == f"river.toml: parties: must {rule}, got {parties.replace(chr(34), chr(39))}"


def test_faults_of_all_files_are_reported_in_order(tmp_path: Path) -> None:
    lay(tmp_path, river=changed(('symbol = "f"', 'symbol = ""')), b="[[", a='parties = "x"')
    assert [line.split(":")[0] for line in faults(tmp_path)] == ["a.toml", "b.toml", "river.toml", "river.toml"]


def test_fault_of_a_kind_that_is_not_foreseen_keeps_the_words_of_pydantic() -> None:
    error = ErrorDetails(type="new_kind", loc=("claims", 2), msg="Value is odd", input=7)
    assert words_of(error, []) == ("claims[2]", "value is odd, got 7")


def test_error_holds_its_lines_and_survives_pickling(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError) as refused:
        load_evidence(lay(tmp_path, a="[[", b="[["))
    error = refused.value
    assert isinstance(error, EvidenceError)
    assert len(error.faults) == 2
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


def test_own_reading_is_read_without_a_source(tmp_path: Path, river: Evidence) -> None:
    reading = read_reading(lay(tmp_path, mine=MINE) / "mine.toml", river)
    assert (reading.id, reading.source, dict(reading.overrides)) == ("mine", None, {"flow": 0.5})
    assert read_reading(str(tmp_path / "mine.toml"), river) == reading


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            lambda text: text.replace("flow", "flov"),
            "must be the name of a parameter, got 'flov'. Did you mean 'flow'?",
        ),
        (lambda text: text.replace("0.5", "5"), "must be between 0 and 1, got 5. Its plausible range is"),
        (
            lambda text: text.replace("0.5", '"half"'),
            "reading[0] (mine).overrides.flow: must be a number, got 'half'",
        ),
        (lambda text: text.replace("mine", "calm"), "id: must be new, got 'calm', which the evidence has already"),
        (lambda text: text + 'source = "gouge"', "source: must be the id of a source, got 'gouge'"),
        (
            lambda text: text.replace("title", "titel"),
            "must hold known keys only, got 'titel'. Did you mean 'title'?",
        ),
        (lambda text: text + MINE.replace("mine", "ours"), "must hold one [[reading]] only, got 2 [[reading]]"),
        (lambda text: "", "must hold one [[reading]] only, got nothing"),
        (lambda text: "parties = 3\n" + text, "must hold one [[reading]] only, got 'parties', 1 [[reading]]"),
        (lambda text: text.replace("[[reading]]", "[[reding]]"), "got 'reding'. Did you mean 'reading'?"),
        (lambda text: text + "[[", "line 7: must be TOML, got '[['"),
    ],
)
def test_faults_of_an_own_reading_name_the_file_and_the_place(
    tmp_path: Path, river: Evidence, change: Callable[[str], str], line: str
) -> None:
    path = lay(tmp_path, mine=change(MINE)) / "mine.toml"
    with pytest.raises(EvidenceError) as refused:
        read_reading(path, river)
    assert all(fault.startswith(f"{path}: ") for fault in refused.value.faults)
    assert line in str(refused.value)


def test_missing_file_of_an_own_reading_is_reported(tmp_path: Path, river: Evidence) -> None:
    with pytest.raises(EvidenceError, match=r"mine.toml: must be a file that can be read, got No such file"):
        read_reading(tmp_path / "mine.toml", river)


def test_all_faults_of_an_own_reading_are_reported_at_once(tmp_path: Path, river: Evidence) -> None:
    text = MINE.replace("flow = 0.5", "flow = 5, breach = nan, flov = 1").replace("title", "titel")
    with pytest.raises(EvidenceError) as refused:
        read_reading(lay(tmp_path, mine=text) / "mine.toml", river)
    assert len(refused.value.faults) == 5
