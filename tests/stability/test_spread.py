"""Questions give the same answers whoever evaluates the model, and go on from their files."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dask.distributed import Client, LocalCluster

from negotiation.games import StageGame
from negotiation.stability import (
    Model,
    Range,
    evaluate,
    frontier,
    game_model,
    point_model,
    scenarios,
    sensitivity,
    tipping_points,
    uncertainty,
)
from negotiation.stability.spread import identity
from negotiation.sweeps import SerialExecutor, SweepError
from tests.strategies import refused

RANGES = {"harm": Range(4, 6, 9, "points a year"), "gain": Range(1, 3, 5), "cost": Range(0, 1, 2, law="fixed")}


def slack(harm: float, gain: float, cost: float) -> tuple[float, float]:
    return 0.6 * harm - gain, 0.6 * harm - gain - cost


def slacks(harm: Any, gain: Any, cost: Any) -> Any:
    return np.stack(np.broadcast_arrays(0.6 * harm - gain, 0.6 * harm - gain - cost), axis=-1)


def build(gain: float) -> StageGame:
    return StageGame.from_matrices([[3, 0], [3 + gain, 1]], [[3, 3 + gain], [0, 1]])


def broken(x: float) -> float:
    return float("nan") if x > 1.9 else x


def failing(x: float) -> float:
    if x > 1.9:
        raise ValueError("no game")
    return x


def logged(x: float) -> float:
    """Write down that a point was measured, and be interrupted when told so."""
    with open(os.environ["SPREAD_LOG"], "a", encoding="utf-8") as file:
        file.write(f"{x!r}\n")
    if "SPREAD_STOP" in os.environ and x > 1.9:
        raise KeyboardInterrupt
    return x - 0.7


LEVELS = {"today": 0.0, "robust": 0.5}
BY_POINT = point_model(slack, RANGES, levels=LEVELS)
BY_ARRAY = Model(RANGES, slacks, LEVELS)
GAME = game_model(build, {"gain": (0.5, 1, 4)}, (0, 0), delta=0.4)
LINE = {"x": Range(0, 1, 2, law="uniform")}


@pytest.fixture(scope="module", params=["serial", "processes", "dask"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    match request.param:
        case "serial":
            yield SerialExecutor()
        case "processes":
            with ProcessPoolExecutor(2, get_context("spawn")) as pool:
                yield pool
        case "dask":
            options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
            with LocalCluster(**options) as cluster, Client(cluster) as client:
                yield client.get_executor()


@pytest.mark.parametrize("plain", [BY_POINT, BY_ARRAY, GAME], ids=["points", "arrays", "games"])
def test_uncertainty_is_the_same_whoever_computes(plain: Model, executor: Executor, tmp_path: Path) -> None:
    expected = uncertainty(plain, draws=60)
    for chunk_size, folder in ((7, None), (40, tmp_path), (60, tmp_path)):
        moved = plain.on(executor, folder=folder, chunk_size=chunk_size, progress=False)
        assert uncertainty(moved, draws=60).to_dataset().identical(expected.to_dataset())


def test_every_question_is_the_same_over_sweeps(tmp_path: Path) -> None:
    moved = BY_POINT.on(SerialExecutor(), folder=tmp_path, progress=False)
    for ask in (
        lambda model: sensitivity(model, points=16),
        lambda model: scenarios(model, sense="robust", draws=200, density=0.6),
        lambda model: frontier(model, "harm", "gain", cells=4),
    ):
        for _ in range(2):
            assert ask(moved).to_dataset().identical(ask(BY_POINT).to_dataset())
    assert list(map(str, tipping_points(moved, points=5))) == list(map(str, tipping_points(BY_POINT, points=5)))


def test_local_processes_compute_when_nobody_is_named() -> None:
    points = {"harm": np.linspace(4, 9, 9)}
    np.testing.assert_array_equal(evaluate(BY_POINT.on(progress=False), points), evaluate(BY_POINT, points))


@pytest.mark.parametrize("measure", [broken, failing])
def test_a_draw_without_an_answer_is_named_with_its_parameters(measure: Any, executor: Executor) -> None:
    xs = np.array([0.5, 1.0, 1.95, 0.2])
    with pytest.raises(SweepError, match=r"at point 2 \(x=1.95\): .*(finite|no game)"):
        evaluate(point_model(measure, LINE).on(executor, chunk_size=2, progress=False), {"x": xs})


def test_an_array_without_an_answer_is_named_too() -> None:
    model = Model(LINE, lambda x: np.where(x > 1.9, np.inf, x)).on(SerialExecutor(), progress=False)
    with pytest.raises(SweepError, match=r"at point 2 \(x=1.95\): 'measure' of Model must be finite in the sense"):
        evaluate(model, {"x": np.array([0.5, 1.0, 1.95, 0.2])})


def test_interrupted_uncertainty_goes_on_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv("SPREAD_LOG", str(log))
    expected = uncertainty(point_model(logged, LINE), draws=80)
    log.unlink()
    folder = tmp_path / "files"
    folder.mkdir()
    model = point_model(logged, LINE).on(SerialExecutor(), folder=folder, chunk_size=1, progress=False)
    monkeypatch.setenv("SPREAD_STOP", "1")
    with pytest.raises(KeyboardInterrupt, match="of 80 chunks are kept in"):
        uncertainty(model, draws=80)
    before = log.read_text().split()
    assert 0 < len(before) < 80
    monkeypatch.delenv("SPREAD_STOP")
    found = uncertainty(model, draws=80)
    assert found.to_dataset().identical(expected.to_dataset())
    again = log.read_text().split()[len(before) :]
    assert set(again) & set(before) == {before[-1]}  # the one at which it was interrupted
    assert len(again) == 81 - len(before) + 1  # 80 draws and the central point
    assert uncertainty(model, draws=80).shares == found.shares
    assert len(log.read_text().split()) == len(before) + len(again)


def test_a_folder_keeps_models_apart_that_differ_in_code_settings_or_other_parameters(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Scaled:
        factor: float

        def __call__(self, x: float, y: float) -> float:
            return self.factor * x + y

    xs = {"x": np.array([1.0, 2.0])}
    ranges = LINE | {"y": Range(0, 1, 2, law="fixed")}
    models = [
        point_model(lambda x, y: x, ranges),
        point_model(lambda x, y: 2 * x, ranges),
        point_model(lambda x, y: x + y, ranges),
        point_model(lambda x, y: x - y, ranges),
        point_model(lambda x, y: x + y, ranges | {"y": Range(0, 2, 2)}),
        point_model(Scaled(3.0), ranges),
        point_model(Scaled(4.0), ranges),
        game_model(build, {"gain": (0.5, 1, 4)}, (0, 0), delta=0.4),
        game_model(build, {"gain": (0.5, 1, 4)}, (0, 0), delta=0.5),
        game_model(build, {"gain": (0.5, 1, 4)}, (0, 0), delta=0.5, punishment="transfers"),
    ]
    for count, model in enumerate(models, start=1):
        points = xs if "x" in model.ranges else {"gain": xs["x"]}
        moved = model.on(SerialExecutor(), folder=tmp_path, progress=False)
        np.testing.assert_array_equal(evaluate(moved, points), evaluate(model, points))
        assert len(list(tmp_path.glob("*.nc"))) == count


def test_a_function_is_known_by_its_code() -> None:
    assert identity(slack) == identity(slack) != identity(slacks)
    one, other = (eval(f"lambda x: (lambda y: y in {{'a', 'b', {letter!r}}})(x)") for letter in "cd")
    assert identity(one) != identity(other)


def test_a_function_without_a_lasting_name_is_refused_before_a_file_is_made(tmp_path: Path) -> None:
    factor = 2.0
    model = point_model(lambda x: factor * x, LINE).on(SerialExecutor(), folder=tmp_path, progress=False)
    with refused("'folder' of Model.on must come with a function at the top of a module, or a dataclass"):
        uncertainty(model, draws=5)
    assert not list(tmp_path.iterdir())


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    with refused("'folder' of Model.on must be a folder that exists and can be written to"):
        BY_POINT.on(folder=tmp_path / "missing")
    with refused("'executor' of Model.on must be a concurrent.futures.Executor"):
        BY_POINT.on(4)  # type: ignore[arg-type]
    with refused("'chunk_size' of Model.on must be a whole number of at least 1, got 0."):
        BY_POINT.on(chunk_size=0)


def test_progress_is_shown_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for progress in (False, True):
        evaluate(BY_POINT.on(SerialExecutor(), progress=progress), {"harm": np.array([5.0, 6.0])})
        assert ("2/2" in capsys.readouterr().err) == progress
