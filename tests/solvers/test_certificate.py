import json
from dataclasses import fields
from fractions import Fraction

import pytest

from negotiation.games import Automaton, RepeatedGame, StageGame, grim_trigger
from negotiation.solvers.certificate import (
    ExclusionCertificate,
    NashCertificate,
    SelfGenerationCertificate,
    StrategyCertificate,
)
from negotiation.solvers.certificate_json import (
    certificate_from_json,
    certificate_to_json,
    load_certificate,
    save_certificate,
)
from tests.strategies import refused

F = Fraction
STAGE = StageGame.from_matrices(
    [["1/3", 1], [10, "2.5"]], [[9, 10], [1, 3]], ["Ä", "B"], [["keep", "break"], ["stay", "go"]]
)
GAME = RepeatedGame(STAGE, ["1/7", "2/5"])
CERTIFICATES = [
    SelfGenerationCertificate(
        GAME, ((F(1, 3), F(2)),), ((1, 1),), ((F(5, 7), F(1)),), (F(0), F(-1, 9)), ((F(1), F(2)),), ((0, 1),)
    ),
    ExclusionCertificate(
        GAME, (((F(0), F(1)), (F(2), F(3, 4))), ()), ((F(1), F(1)),), ((1, 0),), ((0, 0), (1, 1))
    ),
    StrategyCertificate(
        GAME, grim_trigger(STAGE, (0, 0), (1, 1)), ((F(1), F(2)), (F(3), F(4))), ((None, F(-1)), (F(0), F(-2, 3)))
    ),
    NashCertificate(STAGE, (((F(1, 3), F(2, 3)), (F(0), F(1))),), ((F(2), F(1, 7)),)),
]


def plain(value):
    match value:
        case StageGame():
            return value.exact_payoffs.tolist(), value.players, value.actions
        case RepeatedGame():
            return plain(value.stage), value.exact_deltas
        case Automaton():
            return value.output.tolist(), value.transition.tolist(), value.initial, value.phases
        case _:
            return value


def as_plain(certificate):
    return type(certificate), [plain(getattr(certificate, field.name)) for field in fields(certificate)]


@pytest.mark.parametrize("certificate", CERTIFICATES, ids=lambda one: type(one).__name__)
def test_a_certificate_survives_json_and_files(certificate, tmp_path):
    assert as_plain(certificate_from_json(certificate_to_json(certificate))) == as_plain(certificate)
    save_certificate(certificate, tmp_path / "proof.json")
    assert as_plain(load_certificate(str(tmp_path / "proof.json"))) == as_plain(certificate)
    assert str(certificate)


@pytest.mark.parametrize("certificate", CERTIFICATES, ids=lambda one: type(one).__name__)
def test_each_missing_and_each_unknown_key_is_refused(certificate):
    data = json.loads(certificate_to_json(certificate))
    for key in data:
        rest = {name: entry for name, entry in data.items() if name != key}
        words = (
            "'kind' of certificate_from_json must be one of"
            if key == "kind"
            else "'text' of certificate_from_json"
        )
        with refused(words):
            certificate_from_json(json.dumps(rest))
    with refused("'text' of certificate_from_json must hold the keys"):
        certificate_from_json(json.dumps(data | {"thread": 1}))


def test_every_entry_of_another_form_is_refused():
    for certificate in CERTIFICATES:
        data = json.loads(certificate_to_json(certificate))
        for place in paths(data):
            for junk in (0.5, "x", {"a": 1}, True):
                if place[-1:] in [("version",), ("players",), ("actions",), ("phases",)] and junk == "x":
                    continue
                if names_something(place) and junk == "x":
                    continue
                with pytest.raises(ValueError, match=r"'.*' of .* must "):
                    certificate_from_json(json.dumps(replaced(data, place, junk)))


def names_something(place):
    return any(part in ("version", "players", "actions", "phases") for part in place)


def paths(data, place=()):
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, entry in pairs:
        yield (*place, key)
        yield from paths(entry, (*place, key))


def replaced(data, place, junk):
    copy = json.loads(json.dumps(data))
    inner = copy
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = junk
    return copy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'text' of certificate_from_json must be JSON"),
        ("[1]", "'text' of certificate_from_json must hold an object, got list"),
        ("{" * 10, "'text' of certificate_from_json must be JSON"),
        ("[" * 100_000, "'text' of certificate_from_json must be JSON"),
        ('{"kind": "x"}', "'kind' of certificate_from_json must be one of"),
        (
            '{"kind": "Nash", "kind": "Nash"}',
            "'text' of certificate_from_json must hold each key once, got 'kind'",
        ),
        ('{"kind": NaN}', "'text' of certificate_from_json must hold finite numbers, got NaN"),
    ],
)
def test_what_is_no_certificate_is_refused(text, words):
    with refused(words):
        certificate_from_json(text)


@pytest.mark.parametrize("number", ["1/0", "1e5", "0.5", " 1", "1/-2", "--1", "9" * 5000, "٣"])
def test_numbers_are_plain_fractions(number):
    data = json.loads(certificate_to_json(CERTIFICATES[0]))
    data["threat"][0] = number
    with refused("'threat[0]' of certificate_from_json must be a fraction in text such as '1/7'"):
        certificate_from_json(json.dumps(data))


def test_what_is_no_certificate_is_not_written():
    with refused("'certificate' of certificate_to_json must be a certificate, got int"):
        certificate_to_json(3)
    long = NashCertificate(STAGE, (), ((F(1, 7**9000), F(0)),))
    with refused("'certificate' of certificate_to_json must hold numbers of at most"):
        certificate_to_json(long)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00")
    with refused("'path' of load_certificate must be a file of text in UTF-8"):
        load_certificate(tmp_path / "x")


def test_the_text_of_a_certificate_says_what_it_claims():
    generation, exclusion, strategy, nash = map(str, CERTIFICATES)
    assert generation == (
        "each point of {(0.333333, 2)} is an equilibrium payoff at delta = 1/7, 2/5; "
        "given by an equilibrium: (1, 2); played for ever by an equilibrium: keep-go"
    )
    assert exclusion == (
        "by 2 outer sets at delta = 1/7, 2/5; given by no equilibrium: (1, 1); "
        "played by no equilibrium: break-stay; played for ever by no equilibrium: keep-stay, break-go"
    )
    assert str(ExclusionCertificate(GAME, ((),))).endswith("there is no equilibrium")
    assert strategy == "a strategy of 2 phases is a subgame-perfect equilibrium at delta = 1/7, 2/5"
    assert nash == "Nash equilibria of the stage game: 1 mixed profiles"
