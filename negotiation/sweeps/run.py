"""How a sweep runs: chunks go out to workers and come back in any order; what fails is retried, kept or named."""

import warnings
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import dataclass, field
from pickle import PicklingError
from queue import SimpleQueue
from typing import Any, final

from negotiation.sweeps.evaluation import Fault, Values, evaluate
from negotiation.sweeps.plan import Plan
from negotiation.sweeps.store import Store

TRIES = 2
"""How often a chunk that may have crashed its worker is tried again, by itself."""
MOST_LOST = 4
"""Number of lost chunks from which a sweep gives up, if they outnumber those that were computed."""
MOST_NAMED = 8
"""Number of lost chunks that an error names."""
NOT_SENT = (PicklingError, AttributeError, TypeError, ImportError)
"""What executors raise when a function cannot be sent to a worker."""


class SweepError(RuntimeError):
    """A sweep ended early; the message names the points at fault and says what is kept."""


@final
@dataclass(frozen=True, eq=False)
class Crew:
    """Who computes.

    Parameters
    ----------
    executor : callable
        Returns the executor, a new one if the last is broken and can be replaced.
    replaces : bool
        Whether a broken executor is replaced.
    window : int
        Largest number of chunks that are out at a time.
    stop : callable
        Called when the sweep ends early, to end the chunks that are being computed.
    """

    executor: Callable[[], Executor]
    replaces: bool
    window: int
    stop: Callable[[], None]


@final
@dataclass(eq=False)
class Run:
    """The state of a running sweep.

    A worker that dies can take the results of other workers with it, and nobody says which chunk was to blame. So
    every chunk that was out then is computed again, alone: one that crashes alone `TRIES` times is lost, and named
    when all others are kept.

    Parameters
    ----------
    plan : Plan
        The sweep.
    store : Store
        Where results are kept.
    crew : Crew
        Who computes.
    advance : callable
        Told the number of points of every chunk that is kept.
    """

    plan: Plan
    store: Store
    crew: Crew
    advance: Callable[[int], object]
    waiting: deque[int] = field(init=False)
    suspects: deque[int] = field(default_factory=deque)
    out: dict[Future[Any], int] = field(default_factory=dict)
    back: "SimpleQueue[Future[Any]]" = field(default_factory=SimpleQueue)
    crashes: dict[int, int] = field(default_factory=dict)
    lost: dict[int, BaseException] = field(default_factory=dict)
    untold: BaseException | None = None
    refusals: int = 0
    kept: int = 0

    def __post_init__(self) -> None:
        self.waiting = deque(self.store.missing())
        self.kept = self.plan.num_chunks - len(self.waiting)

    def go(self) -> None:
        """Compute and keep every missing chunk.

        Raises
        ------
        SweepError
            If the function fails at a point, or chunks or the executor are lost; everything else is kept.
        OSError
            If results cannot be written.
        KeyboardInterrupt
            On Ctrl-C; what is done is kept.
        """
        try:
            while self.waiting or self.suspects or self.out:
                self._send()
                if self.out:
                    self._receive(self.back.get())
            if self.lost:
                raise self._crashed_always()
        except KeyboardInterrupt:
            self._keep_what_is_back()
            raise KeyboardInterrupt(f"The sweep was interrupted. {self._state()}") from None
        except SweepError as error:
            self._keep_what_is_back()
            error.args = (f"{error} {self._state()}",)
            raise
        finally:
            self._abandon()

    def _send(self) -> None:
        """Send chunks until enough are out or one is back; a suspect goes alone."""
        if self.untold and not self.out:
            self._tell(self.untold)
        queue = self.suspects or self.waiting
        most = 1 if self.suspects else self.crew.window
        while queue and len(self.out) < most and self.back.empty():
            if not self._submit(queue[0]):
                return
            queue.popleft()

    def _submit(self, chunk: int) -> bool:
        """Send one chunk; False if the executor broke in the meantime and is replaced."""
        attempt = self.crashes[chunk] + 1 if chunk in self.crashes else 0
        try:
            future = self.crew.executor().submit(evaluate, self.plan.measure, self.plan.task(chunk, attempt))
        except NOT_SENT as error:
            raise self._not_sent(error) from error
        except RuntimeError as error:
            self.refusals += 1
            if isinstance(error, BrokenExecutor) and self.crew.replaces and self.refusals <= TRIES:
                return False
            way_out = "Give another, or none: local processes that die are replaced."
            raise SweepError(f"The executor takes no more work ({_words(error)}). {way_out}") from error
        self.out[future] = chunk
        future.add_done_callback(self.back.put)
        return True

    def _receive(self, future: "Future[Any]") -> None:
        chunk = self.out.pop(future)
        error = CancelledError("cancelled") if future.cancelled() else future.exception()
        if error is None:
            self._accept(chunk, future.result())
        elif isinstance(error, KeyboardInterrupt):
            raise error
        elif isinstance(error, NOT_SENT):
            raise self._not_sent(error) from error
        else:
            self._crashed(chunk, error)

    def _accept(self, chunk: int, found: dict[str, Values] | Fault) -> None:
        if isinstance(found, Fault):
            error = SweepError(found.why)
            if found.trace:
                error.add_note(found.trace)
            raise error
        try:
            self.store.keep(chunk, found)
        except OSError as error:
            why = f"{error.strerror}: {self.plan.words(chunk)} could not be written. {self._state()}"
            raise OSError(error.errno, why) from error
        self.refusals = 0
        self.kept += 1
        start, stop = self.plan.bounds(chunk)
        self.advance(stop - start)

    def _crashed(self, chunk: int, error: BaseException) -> None:
        """Mark a chunk for another try alone, or as lost after too many."""
        alone = chunk in self.crashes
        self.crashes[chunk] = self.crashes.get(chunk, 0) + alone
        if self.crashes[chunk] < TRIES:
            self.suspects.append(chunk)
            self.untold = error
        else:
            self.lost[chunk] = error
            if len(self.lost) >= MOST_LOST and len(self.lost) > self.kept:
                raise self._crashed_always()

    def _tell(self, error: BaseException) -> None:
        self.untold = None
        named = "; ".join(self.plan.words(chunk) for chunk in self.suspects)
        told = f"A worker crashed ({_words(error)}). Computed again, one at a time: {named}."
        warnings.warn(told, RuntimeWarning, stacklevel=5)

    def _keep_what_is_back(self) -> None:
        while not self.back.empty():
            future = self.back.get()
            chunk = self.out.pop(future, None)
            done = chunk is not None and not future.cancelled() and future.exception() is None
            if chunk is not None and done and not isinstance(future.result(), Fault):
                self._accept(chunk, future.result())

    def _abandon(self) -> None:
        if self.out:
            for future in self.out:
                future.cancel()
            self.crew.stop()

    def _not_sent(self, error: BaseException) -> SweepError:
        way_out = "Define the function in a module that the workers can import."
        return SweepError(f"{self.plan.measure.name} could not be sent to a worker ({_words(error)}). {way_out}")

    def _crashed_always(self) -> SweepError:
        named = [f"{self.plan.words(chunk)}: {_words(error)}" for chunk, error in sorted(self.lost.items())]
        more = f"; and {len(named) - MOST_NAMED:,} more chunks" if len(named) > MOST_NAMED else ""
        return SweepError(f"Crashed the worker at every try: {'; '.join(named[:MOST_NAMED])}{more}.")

    def _state(self) -> str:
        if not self.store.place:
            return "Nothing is kept: name a `path` to keep what is done."
        counted = f"{self.kept:,} of {self.plan.num_chunks:,} chunks are kept in {self.store.place}"
        return f"{counted}: call sweep again with the same arguments to compute the others."


def _words(error: BaseException) -> str:
    """Write the first sentence of an exception on one line."""
    first = str(error).partition(". ")[0]
    return f"{type(error).__name__}: {' '.join(first.split()).rstrip('.')}"
