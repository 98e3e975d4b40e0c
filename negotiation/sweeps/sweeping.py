"""A function at many points: in this process, in local processes or on a cluster."""

import sys
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import lazy_loader

from negotiation._checks import check_count, refusal
from negotiation.sweeps.executors import crew_of
from negotiation.sweeps.measures import ArrayMeasure, Measure, PointMeasure
from negotiation.sweeps.names import CHUNK_SIZE
from negotiation.sweeps.plan import Plan, usual_chunk
from negotiation.sweeps.points import Points
from negotiation.sweeps.run import Run
from negotiation.sweeps.saving import check_path
from negotiation.sweeps.store import Memory, Store
from negotiation.sweeps.sweep_file import SweepFile, recorded

if TYPE_CHECKING:
    import xarray

tqdm = lazy_loader.load("tqdm")


def sweep(
    measure: Measure,
    points: Points,
    *,
    path: str | PathLike[str] | None = None,
    executor: Executor | None = None,
    chunk_size: int | None = None,
    progress: bool = True,
) -> "xarray.Dataset":
    """Evaluate a function at many points.

    Parameters
    ----------
    measure : PointMeasure or ArrayMeasure
        The function, and what it returns.
    points : Points
        Where: a grid or a table of draws.
    path : str or path, optional
        A netCDF file, which ends in .nc, for the results. A file of the same sweep is gone on with: what it holds
        is not computed again. Memory does not grow with the number of points then.
    executor : concurrent.futures.Executor, optional
        Who computes, such as ``Client(...).get_executor()`` of a Dask cluster; it is not shut down. When left
        out, a `PointMeasure` is computed by one local process a core, which stay for a while to serve the next
        sweep, and an `ArrayMeasure` by this process.
    chunk_size : int, optional
        Number of points that a worker takes at a time. When left out, a 256th part of the points of a
        `PointMeasure`, and 32,768 at most. A file that is gone on with keeps the size that it was begun with.
    progress : bool, default True
        Whether to show a progress bar on the standard error stream.

    Returns
    -------
    xarray.Dataset
        One variable an output, along the parameters of a grid or along `draw`, then along its own axes.
        Attributes hold the name of the function, the fixed arguments as JSON, the seed and the version. With a
        path, values are read from the file when used.

    Raises
    ------
    ArgumentError
        If an argument is refused, or the file holds another sweep; before anything is computed.
    SweepError
        If the function raises an exception, or returns something else than described, at a point, or if a chunk
        crashes its worker whenever it is tried. The points are named, and the file keeps all else that is done.
    OSError
        If the file cannot be written, as on a full disk; what is in it stays.
    KeyboardInterrupt
        On Ctrl-C; the file keeps what is done.

    Warns
    -----
    RuntimeWarning
        If a worker crashed; the chunks concerned are computed again, one at a time.

    Notes
    -----
    The numbers do not depend on executor and chunk size: the randomness of a point follows from the seed and the
    number of the point alone. A file knows its sweep by the name of the function, the fixed arguments, the seed,
    the points and the version; it does not notice that the function was edited.

    Examples
    --------
    >>> from negotiation.sweeps import ArrayMeasure, Output, Points, sweep
    >>> def slack(tau, harm):
    ...     return {"slack": 0.5 * harm - tau}
    >>> measure = ArrayMeasure(slack, {"slack": Output(units="points a year")})
    >>> found = sweep(measure, Points.grid({"tau": [2.0, 3.0], "harm": [4.0, 6.0, 8.0]}), progress=False)
    >>> found["slack"].to_numpy().tolist()
    [[0.0, 1.0, 2.0], [-1.0, 0.0, 1.0]]
    """
    if not isinstance(measure, PointMeasure | ArrayMeasure):
        way_out = "As in PointMeasure(function, {'slack': Output()})."
        raise refusal("measure", "sweep", "be a PointMeasure or an ArrayMeasure", repr(measure), way_out)
    if not isinstance(points, Points):
        way_out = "As in Points.grid({'tau_us': [2.0, 3.0]})."
        raise refusal("points", "sweep", "be Points", repr(points), way_out)
    file = None if path is None else check_path(path, "sweep")
    plan = Plan(measure, points, _chunk_size(chunk_size, file, measure, len(points)))
    crew = crew_of(executor, cheap=isinstance(measure, ArrayMeasure), chunk_size=plan.chunk_size)
    store: Store = Memory.of(plan) if file is None else SweepFile.at(file, plan)
    done = len(points) - plan.count(store.missing())
    with tqdm.tqdm(total=len(points), initial=done, unit=" points", file=sys.stderr, disable=not progress) as bar:
        Run(plan, store, crew, bar.update).go()
    return store.results()


def _chunk_size(asked: int | None, file: Path | None, measure: Measure, count: int) -> int:
    if asked is not None:
        return check_count("chunk_size", "sweep", asked)
    if file is not None and file.exists():
        return int(recorded(file)[CHUNK_SIZE])
    return usual_chunk(measure, count)
