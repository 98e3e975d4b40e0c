"""The command line as a user meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from negotiation.cli import main
from negotiation.truce import Parameters, Truce, Verdict

READINGS = ("central", "awani", "cn-01", "newsletter", "reex", "asia-times")


def test_verdict_fits_one_screen_and_answers_every_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verdict"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) <= 36
    assert max(map(len, text.splitlines())) <= 100
    for words in (
        "yes: both sides hold; US is the tighter one",
        "0.835",
        "0.405",
        "no: both hold in 0.6",
        "court ruling",
        "turnover of leaders",
        "22 only a sign or an order",
        "assumptions",
        "forecasts no event",
    ):
        assert words in " ".join(text.split())


def test_verdict_prints_json_that_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            ["verdict", "--json", "--reading", "asia-times", "--set", "omega=0.6", "--draws", "200", "--seed", "4"]
        )
        == 0
    )
    expected = Truce.from_reading("asia-times").vary(omega=0.6).verdict(draws=200, seed=4)
    printed = capsys.readouterr().out
    assert json.loads(printed)["parameters"]["omega"] == 0.6
    assert Verdict.from_json(printed) == expected


def test_verdict_says_what_was_changed_and_who_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verdict", "--set", "tau_us=5", "--set", "tau_cn=9", "--draws", "50"]) == 0
    text = capsys.readouterr().out
    assert "Differs from the central values in tau_us = 5, tau_cn = 9." in text
    assert "no: US and China would break" in text


def test_verdict_reads_a_reading_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    fields = 'id = "mine"\ntitle = "Mine"\nsource = "reex"\nrationale = "A test."\noverrides = { omega = 0.2 }\n'
    file.write_text(f"[[reading]]\n{fields}")
    assert main(["verdict", "--reading", str(file), "--draws", "10"]) == 0
    assert "mine values" in capsys.readouterr().out


def test_claims_shows_all_claims_by_article(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims"]) == 0
    text = capsys.readouterr().out
    for claim in ("C59", "M46", "R24", "T34", "W27"):
        assert f"  {claim} " in text


def test_claims_of_a_parameter_shows_its_range_founding_and_disagreements(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["claims", "--parameter", "omega"]) == 0
    text = capsys.readouterr().out
    assert "0.3 to 0.95, central 0.6" in text
    assert "sign" in text
    assert "D11" in text
    assert all(f"  {claim} " in text for claim in ("M03", "M06", "W07", "C17"))
    assert "C01" not in text


def test_claims_ends_with_the_disagreements(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims"]) == 0
    assert "  D19 " in capsys.readouterr().out.partition("The articles disagree:")[2]


def test_parameters_lists_what_may_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parameters", "--reading", "newsletter"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split() for line in lines[1:39]]
    assert [row[0] for row in rows] == list(Parameters.names())
    assert rows[1][:5] == ["omega", "0.5", "0.3", "to", "0.95"]
    assert any(line.startswith("sign: ") for line in lines)


def test_a_directory_is_no_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out.png").mkdir()
    assert main(["verdict", "--figure", str(tmp_path / "out.png")]) == 2
    assert "name a file" in capsys.readouterr().err


def test_a_terminal_without_unicode_gets_escapes(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[reading]]\nid = "hé"\ntitle = "M"\nrationale = "A test."\noverrides = { omega = 0.5 }\n', "utf-8"
    )
    words = [sys.executable, "-c", "from negotiation.cli import main; main()", "verdict", "--draws", "5"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*words, "--reading", str(file)], capture_output=True, env=environment, check=True)
    assert rb"h\xe9 values" in done.stdout
    assert not done.stderr


def test_interruption_is_one_line_and_status_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Truce, "verdict", interrupt)
    assert main(["verdict"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_compare_puts_all_readings_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--draws", "100"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:8]] == list(READINGS)
    assert max(map(len, lines)) <= 105


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_verdict_draws_a_figure(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    assert main(["verdict", "--draws", "50", "--figure", str(tmp_path / f"out{suffix}")]) == 0
    assert (tmp_path / f"out{suffix}").stat().st_size > 1000
    assert [file.name for file in tmp_path.iterdir()] == [f"out{suffix}"]
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verdict", "--reading", "asia"], ["'asia'", "Did you mean 'asia-times'?"]),
        (["verdict", "--set", "omga=0.5"], ["'omga'", "Did you mean 'omega'?"]),
        (["verdict", "--set", "omega=-1"], ["'omega'", "strictly between 0 and", "-1", "0.3 to 0.95"]),
        (["verdict", "--set", "omega=nan"], ["'omega'", "finite", "nan"]),
        (["verdict", "--set", "omega=much"], ["'omega'", "number", "'much'"]),
        (["verdict", "--set", "omega"], ["--set", "NAME=VALUE", "'omega'"]),
        (["verdict", "--set", "delta=1"], ["'delta'", "strictly between 0 and 1"]),
        (["verdict", "--set", "eps1=0"], ["'eps1'", "at least eps0"]),
        (["verdict", "--draws", "0"], ["'draws'", "0"]),
        (["verdict", "--draws", "many"], ["--draws", "many"]),
        (["verdict", "--reading", "missing.toml"], ["missing.toml", "read"]),
        (["verdict", "--figure", "missing/out.png"], ["'figure'", "missing/out.png"]),
        (["verdict", "--figure", "out.bmp"], ["'figure'", ".png", "out.bmp"]),
        (["verdict", "--reading", "."], ["'.'", ".toml"]),
        (["verdict", "--set", "omega=0.5", "--set", "omega=0.6"], ["'--set'", "once", "'omega'"]),
        (["verdict", "--set", "h_cn=1e308"], ["'h_cn'", "1000"]),
        (["verdict", "--set", "half_life=1e-300"], ["'half_life'", "0.1"]),
        (["verdict", "--set", "gamma_3=0.9"], ["gamma_3", "below 1", "1.03"]),
        (["verdict", "--draws", "99999999999999"], ["'draws'", "5,000,000"]),
        (["claims", "--parameter", "omeg"], ["'omeg'", "Did you mean 'omega'?"]),
        (["compare", "--set", "zeta=1"], ["'zeta'", "Did you mean 'zeta_cn' or 'zeta_us'?"]),
        (["tune", "--port", "70000"], ["'port'", "65,535"]),
        (["tune", "--set", "omega=-1"], ["'omega'", "0.3 to 0.95"]),
        (["judge"], ["judge", "verdict"]),
        ([], ["VERB"]),
    ],
)
def test_a_bad_argument_is_one_line_and_status_2(
    arguments: list[str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert all(word in printed.err for word in words), printed.err
    assert not list(tmp_path.iterdir())


def test_without_panel_the_tuner_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("negotiation.tuner.installed.find_spec", lambda _: None)
    assert main(["tune"]) == 2
    assert "pip install 'negotiation[tuner]'" in capsys.readouterr().err


def test_a_faulty_file_is_reported_fault_by_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[reading]]\nid = "mine"\nsource = "rex"\nrationale = "A test."\noverrides = { omeg = 0.2 }\n'
    )
    assert main(["verdict", "--reading", str(file)]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) >= 3
    assert "title" in error
    assert "Did you mean 'reex'?" in error
    assert "Did you mean 'omega'?" in error


def test_the_figure_is_not_left_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = pytest.importorskip("matplotlib.figure")

    def fail(self: object, path: Path, **_: object) -> None:
        Path(path).write_text("half")
        raise OSError("No space left on device")

    monkeypatch.setattr(figure.Figure, "savefig", fail)
    assert main(["verdict", "--draws", "5", "--figure", str(tmp_path / "out.png")]) == 1
    assert not list(tmp_path.iterdir())


def test_the_command_runs_as_a_module_and_stops_quietly_when_the_reader_leaves() -> None:
    script = "import sys; from negotiation.cli import main; sys.exit(main(['claims']))"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("negotiation ")
