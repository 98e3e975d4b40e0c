"""The same numbers from every executor, and what a call refuses."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest
import xarray
from dask.distributed import Client, LocalCluster

from negotiation import ArgumentError
from negotiation.sweeps import PointMeasure, Points, SerialExecutor, SweepError, load_sweep, save_sweep, sweep
from tests.sweeps.functions import (
    ARRAYS,
    GRID,
    LINE,
    NOISY,
    NUMBER,
    PLAYERS,
    double,
    killed_once,
    plain_loop,
    told,
)

CLUSTER = {
    "distributed.scheduler.allowed-failures": 0,  # the sweep retries, and not the cluster
    "distributed.comm.timeouts.connect": "3s",  # to a worker that was killed
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    """The executor of a Dask cluster of two processes."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with dask.config.set(CLUSTER), LocalCluster(**options) as started, Client(started) as client:
        yield client.get_executor()


@pytest.fixture(params=["serial", "threads", "processes", "loky", "dask"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor | None]:
    match request.param:
        case "serial":
            yield SerialExecutor()
        case "threads":
            with ThreadPoolExecutor(2) as pool:
                yield pool
        case "processes":
            with ProcessPoolExecutor(2, get_context("spawn")) as pool:
                yield pool
        case "loky":
            yield None
        case "dask":
            yield request.getfixturevalue("cluster")


def _check(found: xarray.Dataset) -> None:
    for name, values in plain_loop().items():
        np.testing.assert_array_equal(found[name], values)


def test_numbers_do_not_depend_on_the_executor(executor: Executor | None, tmp_path: Path) -> None:
    with sweep(NOISY, GRID, executor=executor, chunk_size=5, path=tmp_path / "x.nc", progress=False) as found:
        _check(found)


@pytest.mark.parametrize("chunk_size", [None, 1, 7, 18, 1000])
def test_numbers_do_not_depend_on_the_chunk_size(chunk_size: int | None) -> None:
    _check(sweep(NOISY, GRID, executor=SerialExecutor(), chunk_size=chunk_size, progress=False))


def test_another_seed_gives_other_numbers() -> None:
    other = PointMeasure(NOISY.function, NOISY.outputs, NOISY.fixed, seed=8)
    found = sweep(other, GRID, executor=SerialExecutor(), progress=False)
    assert (found["noise"].to_numpy() != plain_loop()["noise"]).all()


@pytest.mark.parametrize("chunk_size", [None, 1, 7])
def test_arrays_give_what_points_give(chunk_size: int | None) -> None:
    found, expected = sweep(ARRAYS, GRID, chunk_size=chunk_size, progress=False), plain_loop()
    np.testing.assert_array_equal(found["slack"], expected["slack"])
    np.testing.assert_array_equal(found["holds"], expected["holds"])


def test_results_are_labelled() -> None:
    found = sweep(NOISY, GRID, executor=SerialExecutor(), progress=False)
    assert found["slack"].dims == ("tau", "rounds", "reading", "player")
    assert found["slack"].sel(tau=2.5, rounds=2, reading="central", player="US").item() == 6.0 - 2.5 * 2
    assert found["slack"].units == found["tau"].units == "points a year"
    assert found.attrs == {
        "function": "tests.sweeps.functions.noisy",
        "version": found.attrs["version"],
        "fixed": '{"harm": 6.0}',
        "seed": 7,
    }
    frame = found.to_dataframe()
    assert frame.loc[(2.5, 2, "central", "US"), "slack"] == 1.0
    assert len(frame) == found["slack"].size


def test_results_of_draws_keep_their_parameters() -> None:
    points = Points.draws({"x": [3.0, 3.0, 1.0]}, units={"x": "m"})
    found = sweep(PointMeasure(double, NUMBER), points, executor=SerialExecutor(), progress=False)
    assert found["y"].dims == ("draw",)
    assert found.to_dataframe().to_dict("list") == {"x": [3.0, 3.0, 1.0], "y": [6.0, 6.0, 2.0]}
    assert found["x"].units == "m"


@pytest.mark.parametrize("points", [GRID, Points.draws(GRID.part(0, len(GRID)), units={"tau": "points a year"})])
def test_files_of_either_kind_give_back_the_results(points: Points, tmp_path: Path) -> None:
    found = sweep(NOISY, points, executor=SerialExecutor(), progress=False)
    save_sweep(found, tmp_path / "saved.nc")
    sweep(NOISY, points, executor=SerialExecutor(), path=tmp_path / "swept.nc", progress=False).close()
    for name in ("saved.nc", "swept.nc"):
        with load_sweep(tmp_path / name) as again:
            xarray.testing.assert_identical(again.load(), found)
            assert {name: again[name].dtype.kind for name in again} == {"slack": "f", "holds": "b", "noise": "f"}
            assert again["slack"].sel(player=PLAYERS["player"][1]).shape == points.shape


def test_a_killed_worker_of_a_cluster_is_replaced(cluster: Executor, tmp_path: Path) -> None:
    fixed = {"mark": str(tmp_path / "mark"), "log": str(tmp_path / "log")}
    with pytest.warns(RuntimeWarning, match="A worker crashed") as caught:
        found = sweep(
            PointMeasure(killed_once, NUMBER, fixed), LINE, executor=cluster, chunk_size=1, progress=False
        )
    np.testing.assert_array_equal(found["y"], [2.0 * x for x in range(12)])
    assert len([one for one in caught if one.category is RuntimeWarning]) == 1
    assert set(told(tmp_path / "log")) == set(range(12))


def test_the_serial_executor_keeps_exceptions_in_the_future() -> None:
    assert isinstance(SerialExecutor().submit(divmod, 1, 0).exception(), ZeroDivisionError)
    assert SerialExecutor().submit(divmod, 7, 2).result() == (3, 1)


def test_progress_is_shown_on_the_error_stream_or_not_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    sweep(PointMeasure(double, NUMBER), LINE, executor=SerialExecutor())
    shown = capsys.readouterr()
    assert "12/12" in shown.err
    assert not shown.out
    sweep(PointMeasure(double, NUMBER), LINE, executor=SerialExecutor(), progress=False)
    assert not capsys.readouterr().err


DOUBLE = PointMeasure(double, NUMBER)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((double, LINE), {}, "'measure' of sweep must be a PointMeasure or an ArrayMeasure"),
        ((DOUBLE, {"x": [1.0]}), {}, "'points' of sweep must be Points, got {'x': [1.0]}. As in Points.grid"),
        (
            (DOUBLE, Points.grid({"y": [1.0]})),
            {},
            "'points' of sweep must differ in name from outputs, their axes",
        ),
        ((DOUBLE, LINE), {"executor": 4}, "'executor' of sweep must be a concurrent.futures.Executor, got 4."),
        ((DOUBLE, LINE), {"chunk_size": 0}, "'chunk_size' of sweep must be a whole number of at least 1, got 0"),
        ((DOUBLE, LINE), {"chunk_size": 2.0}, "'chunk_size' of sweep must be a whole number of at least 1"),
        ((DOUBLE, LINE), {"path": "x.csv"}, "'path' of sweep must name a file that ends in .nc, got 'x.csv'"),
        ((DOUBLE, LINE), {"path": "no/x.nc"}, "'path' of sweep must lie in a folder that exists"),
    ],
)
def test_a_bad_call_is_refused(
    arguments: Any, options: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArgumentError) as caught:
        sweep(*arguments, **options)
    assert message in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_function_of_unknown_parameters_fails_at_the_first_point() -> None:
    with pytest.raises(SweepError, match=r"double raised TypeError at point 0 \(z=1.0\)"):
        sweep(DOUBLE, Points.grid({"z": [1.0]}), executor=SerialExecutor(), progress=False)
