"""Who computes unless somebody else is asked to: this process, or local processes."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar, final

import lazy_loader

from negotiation._checks import refusal
from negotiation.sweeps.run import Crew

loky = lazy_loader.load("loky")

T = TypeVar("T")
POINTS_OUT = 2**18
"""Largest number of points that are out at a time with an executor of unknown size, which bounds the memory."""
FEWEST_OUT, MOST_OUT = 8, 1024
"""Bounds on the number of chunks that are out at a time with an executor of unknown size."""


@final
class SerialExecutor(Executor):
    """An executor that computes in this process, before `submit` returns: for cheap functions and debuggers."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Call a function at once and return what came of it."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def crew_of(executor: Executor | None, *, cheap: bool, chunk_size: int) -> Crew:
    """Return who computes: the given executor, else this process if it is cheap, else local processes.

    Raises
    ------
    ArgumentError
        If `executor` is none.
    """
    if executor is None and cheap:
        executor = SerialExecutor()
    if executor is None:
        return Crew(loky.get_reusable_executor, replaces=True, window=2 * loky.cpu_count(), stop=_kill)
    if not isinstance(executor, Executor):
        way_out = "That of a Dask cluster is Client(...).get_executor()."
        raise refusal("executor", "sweep", "be a concurrent.futures.Executor", repr(executor), way_out)
    given = executor
    window = min(max(POINTS_OUT // chunk_size, FEWEST_OUT), MOST_OUT)
    return Crew(lambda: given, replaces=False, window=window, stop=_leave)


def _kill() -> None:
    loky.get_reusable_executor().shutdown(kill_workers=True)


def _leave() -> None:
    """Leave the workers of others alone; chunks that wait for one are cancelled."""
