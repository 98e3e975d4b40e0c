"""Sweeps that end early: nothing is lost, nothing is done twice, and the next call goes on."""

import errno
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from io import RawIOBase
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from numpy.typing import NDArray

from negotiation import ArgumentError
from negotiation.sweeps import (
    ArrayMeasure,
    Output,
    PointMeasure,
    Points,
    SerialExecutor,
    SweepError,
    load_sweep,
    sweep,
    sweep_file,
)
from negotiation.sweeps.plan import Plan
from negotiation.sweeps.run import Crew, Run
from negotiation.sweeps.store import Memory
from tests.sweeps.functions import (
    LINE,
    NOISY,
    NUMBER,
    double,
    interrupted_once,
    killed_always,
    killed_once,
    logged,
    told,
)

ANSWER = [2.0 * x for x in range(12)]
ROOT = Path(__file__).resolve().parents[2]


def _sweep(function: Any, tmp_path: Path, executor: Executor | None = None, **fixed: Any) -> xarray.Dataset:
    measure = PointMeasure(function, NUMBER, {"log": str(tmp_path / "log")} | fixed)
    return sweep(measure, LINE, path=tmp_path / "x.nc", executor=executor, chunk_size=1, progress=False)


def _values(found: xarray.Dataset) -> list[float]:
    with found:
        return found["y"].to_numpy().tolist()


def test_a_sweep_that_is_done_is_read_and_not_computed(tmp_path: Path) -> None:
    for _ in range(2):
        assert _values(_sweep(logged, tmp_path, SerialExecutor())) == ANSWER
    assert told(tmp_path / "log") == list(range(12))


@pytest.mark.parametrize("executor", [SerialExecutor(), None], ids=["serial", "processes"])
def test_an_interrupted_sweep_goes_on_where_it_stood(executor: Executor | None, tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    with pytest.raises(KeyboardInterrupt, match=r"of 12 chunks are kept in '.*x.nc': call sweep again") as caught:
        _sweep(interrupted_once, tmp_path, executor, mark=mark)
    kept = int(str(caught.value).split(". ")[1].split()[0])
    before = len(told(tmp_path / "log"))
    assert _values(_sweep(interrupted_once, tmp_path, executor, mark=mark)) == ANSWER
    again = told(tmp_path / "log")[before:]
    assert len(again) == len(set(again)) == 12 - kept
    assert set(told(tmp_path / "log")) == set(range(12))
    if executor is not None:
        assert told(tmp_path / "log") == list(range(12))


class Batches(Executor):
    """Computes four calls at a time."""

    def __init__(self) -> None:
        self.held: list[tuple[Future[Any], Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.held.append((future := Future(), lambda: fn(*args, **kwargs)))
        if len(self.held) == 4:
            for one, call in self.held:
                try:
                    one.set_result(call())
                except BaseException as error:
                    one.set_exception(error)
            self.held = []
        return future


def test_what_came_back_with_an_interruption_is_kept(tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    with pytest.raises(KeyboardInterrupt, match="7 of 12 chunks are kept"):
        _sweep(interrupted_once, tmp_path, Batches(), mark=mark)
    assert _values(_sweep(interrupted_once, tmp_path, SerialExecutor(), mark=mark)) == ANSWER
    assert told(tmp_path / "log") == [0, 1, 2, 3, 4, 6, 7, 5, 8, 9, 10, 11]


def test_what_came_back_with_an_error_is_kept(tmp_path: Path) -> None:
    def five(x: float, log: str) -> dict[str, float]:
        return logged(x, log) if x != 5 else {}

    with pytest.raises(SweepError, match=r"at point 5 \(x=5.0\)\. 7 of 12 chunks are kept"):
        _sweep(five, tmp_path, Batches())
    with xarray.open_dataset(tmp_path / "x.nc", engine="scipy") as part:
        assert part["finished"].to_numpy().tolist() == [1] * 5 + [0] + [1] * 2 + [0] * 4


class BrokenAtFirst(Executor):
    """Takes no work."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise BrokenExecutor


@pytest.mark.parametrize("broken", [1, 2])
def test_an_executor_that_breaks_before_it_takes_work_is_replaced(broken: int) -> None:
    plan = Plan(PointMeasure(double, NUMBER), LINE, chunk_size=1)
    executors = iter([*[BrokenAtFirst()] * broken, *[SerialExecutor()] * 12])
    store, points = Memory.of(plan), []
    Run(plan, store, Crew(lambda: next(executors), replaces=True, window=3, stop=lambda: None), points.append).go()
    assert store.results()["y"].to_numpy().tolist() == ANSWER
    assert points == [1] * 12


def test_an_executor_that_stays_broken_ends_the_sweep() -> None:
    plan = Plan(PointMeasure(double, NUMBER), LINE, chunk_size=1)
    crew = Crew(BrokenAtFirst, replaces=True, window=3, stop=lambda: None)
    with pytest.raises(SweepError, match="The executor takes no more work"):
        Run(plan, Memory.of(plan), crew, int).go()


def test_what_is_not_written_to_a_file_is_said_to_be_lost(tmp_path: Path) -> None:
    fixed = {"log": str(tmp_path / "log"), "mark": str(tmp_path / "mark")}
    measure = PointMeasure(interrupted_once, NUMBER, fixed)
    with pytest.raises(KeyboardInterrupt, match="Nothing is kept: name a `path` to keep what is done"):
        sweep(measure, LINE, executor=SerialExecutor(), progress=False)


SCRIPT = """
import signal
import sys
from pathlib import Path
from tests.sweeps.test_resuming import slow, _sweep
from negotiation.sweeps import SerialExecutor
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a parent in the background leaves ignored
_sweep(slow, Path(sys.argv[1]), SerialExecutor())
"""


def slow(x: float, log: str) -> dict[str, float]:
    time.sleep(0.05)
    return logged(x, log)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_is_killed_loses_the_chunk_in_flight_only(how: signal.Signals, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL)
    log = tmp_path / "log"
    while child.poll() is None and not (log.exists() and len(told(log)) >= 4):
        time.sleep(0.01)
    child.send_signal(how)
    assert child.wait() == -how
    done = told(log)
    assert 4 <= len(done) < 12
    assert _values(_sweep(slow, tmp_path, SerialExecutor())) == ANSWER
    assert sorted(set(told(log))) == list(range(12))
    assert len(told(log)) <= 13


def test_a_killed_worker_is_replaced_and_its_chunk_computed_again(tmp_path: Path) -> None:
    with pytest.warns(
        RuntimeWarning, match=r"A worker crashed .*Computed again, one at a time: .*point 5 \(x=5.0\)"
    ):
        assert _values(_sweep(killed_once, tmp_path, mark=str(tmp_path / "mark"))) == ANSWER
    assert set(told(tmp_path / "log")) == set(range(12))


def test_chunks_that_crash_every_time_are_named_and_the_others_kept(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="A worker crashed"), pytest.raises(SweepError) as caught:
        _sweep(killed_always, tmp_path)
    message = str(caught.value)
    assert "Crashed the worker at every try: chunk 5, point 5 (x=5.0)" in message
    assert "; chunk 8, point 8 (x=8.0)" in message
    assert "10 of 12 chunks are kept" in message
    with pytest.raises(ArgumentError, match=r"'path' of load_sweep must hold every point, got 10 of 12 chunks"):
        load_sweep(tmp_path / "x.nc")
    with xarray.open_dataset(tmp_path / "x.nc", engine="scipy") as part:
        np.testing.assert_array_equal(part["y"], [np.nan if x in (5, 8) else 2.0 * x for x in range(12)])


def test_a_function_that_always_crashes_ends_the_sweep_soon(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="A worker crashed"), pytest.raises(SweepError, match="at every try"):
        sweep(PointMeasure(kill, NUMBER), Points.grid({"x": range(1000)}), chunk_size=1, progress=False)


def kill(x: float) -> dict[str, float]:
    os.kill(os.getpid(), signal.SIGKILL)
    return double(x)


def test_a_broken_executor_of_others_ends_the_sweep(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        with (
            pytest.warns(RuntimeWarning, match="A worker crashed"),
            pytest.raises(SweepError, match=r"The executor takes no more work \(BrokenProcessPool.*are kept"),
        ):
            _sweep(killed_once, tmp_path, pool, mark=str(tmp_path / "mark"))
        assert _values(_sweep(killed_once, tmp_path, mark=str(tmp_path / "mark"))) == ANSWER


def test_an_executor_that_was_shut_down_is_an_error(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1) as pool:
        pass
    with pytest.raises(SweepError, match="The executor takes no more work"):
        _sweep(logged, tmp_path, pool)


def test_a_function_that_cannot_be_sent_is_an_error(tmp_path: Path) -> None:
    with (
        ProcessPoolExecutor(1, get_context("spawn")) as pool,
        pytest.raises(SweepError, match="could not be sent"),
    ):
        sweep(PointMeasure(lambda x: {"y": x}, NUMBER), LINE, executor=pool, progress=False)


def test_a_function_that_fails_at_a_point_keeps_the_other_chunks(tmp_path: Path) -> None:
    def seven(x: float, log: str) -> dict[str, float]:
        if x == 7:
            raise ValueError
        return logged(x, log)

    with pytest.raises(SweepError, match=r"raised ValueError at point 7 \(x=7.0\):.* 7 of 12 chunks are kept"):
        _sweep(seven, tmp_path, SerialExecutor())
    assert told(tmp_path / "log") == list(range(7))


class FullDisk:
    """Writes until a number of bytes is reached, and half of what comes then."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.write_at = sweep_file.write_at

    def __call__(self, file: RawIOBase, place: int, content: bytes) -> None:
        self.room -= len(content)
        self.write_at(file, place, content if self.room >= 0 else content[: len(content) // 2])
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("kept", [0, 3, 11])
def test_a_full_disk_leaves_a_file_that_is_gone_on_with(
    kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stop_before_the_first(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(sweep_file, "write_at", FullDisk(kept * (8 + 1) + 4))
        with pytest.raises(OSError, match=f"chunk {kept}, .* could not be written. {kept} of 12") as caught:
            _sweep(logged, tmp_path, SerialExecutor())
    assert caught.value.errno == errno.ENOSPC
    assert _values(_sweep(logged, tmp_path, SerialExecutor())) == ANSWER
    assert told(tmp_path / "log") == [*range(kept + 1), *range(kept, 12)]


def _stop_before_the_first(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1) as pool:
        pass
    with pytest.raises(SweepError, match=" 0 of 12 chunks are kept"):
        _sweep(logged, tmp_path, pool)


def test_a_disk_without_room_for_the_file_is_met_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_file, "write_at", FullDisk(300))
    with pytest.raises(OSError, match=r"the file of this sweep takes [0-9]+ bytes"):
        _sweep(logged, tmp_path, SerialExecutor())
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_sweep_is_refused_and_left_alone(tmp_path: Path) -> None:
    path, options = tmp_path / "x.nc", {"executor": SerialExecutor(), "progress": False}
    points = Points.draws({"tau": [1.0, 2.0], "rounds": [1, 2], "reading": ["a", "b"]})
    sweep(NOISY, points, path=path, chunk_size=1, **options).close()
    before = path.read_bytes()
    function, outputs, fixed = NOISY.function, NOISY.outputs, NOISY.fixed
    moved = Points.draws({"tau": [1.0, 2.5], "rounds": [1, 2], "reading": ["a", "b"]})
    renamed = dict(outputs) | {"noise": Output(units="m")}
    for measure, where, size, message in [
        (PointMeasure(function, outputs, fixed, seed=8), points, 1, ": seed 7 in place of 8. Name another file"),
        (PointMeasure(function, outputs, {"harm": 5.0}, seed=7), points, 1, 'fixed {"harm": 6.0} in place of'),
        (
            PointMeasure(double, outputs, fixed, seed=7),
            points,
            1,
            "function tests.sweeps.functions.noisy in place",
        ),
        (PointMeasure(function, renamed, fixed, seed=7), points, 1, ": other outputs or labels."),
        (PointMeasure(function, outputs, fixed), points, 1, ": seed 7 in place of none."),
        (NOISY, moved, 1, ": other points."),
        (NOISY, points, 2, ": chunk_size 1 in place of 2."),
    ]:
        with pytest.raises(ArgumentError) as caught:
            sweep(measure, where, path=path, chunk_size=size, **options)
        assert "'path' of sweep must name a new file or one of the same sweep" in str(caught.value)
        assert message in str(caught.value)
    assert path.read_bytes() == before
    sweep(NOISY, points, path=path, **options).close()


def test_a_file_that_is_no_sweep_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.nc"
    path.write_bytes(b"my thesis")
    for call in (lambda: _sweep(logged, tmp_path), lambda: load_sweep(path)):
        with pytest.raises(ArgumentError, match=r"'path' of \w+ must hold a sweep"):
            call()
    assert path.read_bytes() == b"my thesis"
    xarray.Dataset({"y": 1.0}).to_netcdf(path, engine="scipy")
    with pytest.raises(ArgumentError, match="must name a new file or one that sweep wrote"):
        _sweep(logged, tmp_path)
    with pytest.raises(ArgumentError, match="'path' of load_sweep must name a file that exists"):
        load_sweep(tmp_path / "none.nc")


def test_a_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    _sweep(logged, tmp_path, SerialExecutor()).close()
    os.truncate(tmp_path / "x.nc", (tmp_path / "x.nc").stat().st_size - 4)
    with pytest.raises(ArgumentError, match="'path' of sweep must hold a sweep"):
        _sweep(logged, tmp_path, SerialExecutor())


def shares(x: NDArray[np.float64], y: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    return {"sum": x + y, "pair": np.stack([x, y], axis=-1)}


def test_memory_does_not_grow_with_the_number_of_points(tmp_path: Path) -> None:
    measure = ArrayMeasure(shares, {"sum": Output(), "pair": Output({"player": ["US", "CN"]})})
    peaks = []
    for count in (100, 1000):
        points = Points.grid({"x": np.arange(1000.0), "y": np.arange(float(count))})
        tracemalloc.start()
        sweep(measure, points, path=tmp_path / f"{count}.nc", progress=False).close()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]  # ten times as many points; what is left is one chunk
