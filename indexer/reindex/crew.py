"""Does units of work in processes, and hands out what becomes of them in the order in which they were given.

Processes are started only when there is enough to do: small runs are over before one has started (0.35 s). They are
started anew (« spawn »), not forked: a fork takes along locks and threads in whatever state they are, and on macOS
system libraries do not bear it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from types import TracebackType
from typing import Any, NoReturn

from indexer.errors import IndexProblem
from indexer.reindex.work import Done, Unit

# Work below this is done here: 4 MB of text are a second.
_ENOUGH_BYTES = 4_000_000
# Units that a process has been given and not done: it goes on with them while the run writes a segment, for a second.
_IN_FLIGHT = 4
_END_S = 5.0
# New objects that make Python look for cycles among them, in processes that read. Documents are thousands of objects
# without any; Python's own 700 cost 5 % of reading and analysing.
_LOOK_FOR_CYCLES = 100_000


def usable_cores() -> int:
    """How many processes can run at the same time (a container may have fewer cores than its machine)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Job:
    """A unit of work, what it weighs (bytes of text, about), and what to do then, with what became of it.

    Without a unit there is only something to do when its turn comes.
    """

    then: Callable[[Done], None]
    unit: Unit | None = None
    weight: int = 0


NOTHING = Done((), None)


class Crew:
    """Up to `jobs` processes; one means that all is done in this one. Leaving the context ends them."""

    def __init__(self, jobs: int, reader: Callable[[Unit], Done]) -> None:
        self._jobs = jobs
        self._reader = reader
        self._workers: list[_Worker] = []
        self._usual = gc.get_threshold()

    def __enter__(self) -> Crew:
        gc.set_threshold(_LOOK_FOR_CYCLES)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        gc.set_threshold(*self._usual)
        for worker in self._workers:
            worker.end()
        self._workers = []

    def run(self, jobs: Iterable[Job]) -> None:
        """Do all; `then` is called in this process, in order. Raises IndexProblem when a process is lost."""
        coming = iter(jobs)
        if self._jobs > 1 and not self._workers:
            first, weight = [], 0
            for job in coming:
                first.append(job)
                weight += job.weight
                if weight > _ENOUGH_BYTES:
                    self._workers = [_Worker(self._reader) for _ in range(self._jobs)]
                    break
            coming = chain(first, coming)
        if self._workers:
            self._share_out(coming)
        else:
            for job in coming:
                job.then(self._reader(job.unit) if job.unit else NOTHING)

    def _share_out(self, coming: Iterator[Job]) -> None:
        """Jobs wait for their turn in a queue that is bounded, so that a slow one does not let the others pile up."""
        most = _IN_FLIGHT * len(self._workers)
        queue: deque[_Ticket] = deque()
        while True:
            while len(queue) < most and (job := next(coming, None)):
                queue.append(ticket := _Ticket(job))
                if job.unit:
                    min(self._workers, key=lambda worker: len(worker.tickets)).give(ticket, job.unit)
                else:
                    ticket.done = NOTHING
            if not queue:
                return
            if queue[0].done is None:
                self._receive()
            while queue and (done := queue[0].done):
                queue.popleft().job.then(done)

    def _receive(self) -> None:
        """Wait for a process to have done something."""
        busy: dict[Any, _Worker] = {worker.connection: worker for worker in self._workers if worker.tickets}
        for connection in wait(list(busy)):
            busy[connection].take()


@dataclass(slots=True, eq=False)
class _Ticket:
    """A job in the queue, and what became of it."""

    job: Job
    done: Done | None = None

    @property
    def first(self) -> str:
        """What the unit is about."""
        return self.job.unit.first if self.job.unit else ""


class _Worker:
    """A process and the tickets that it has, in the order in which it will do them."""

    def __init__(self, reader: Callable[[Unit], Done]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.tickets: deque[_Ticket] = deque()
        self._process: BaseProcess = context.Process(target=_work, args=(theirs, reader), daemon=True)
        # Ctrl-C goes to all processes of a terminal; this one alone answers. What is blocked stays so in the new one,
        # provided that the tracker which a first start starts too is there: starting it unblocks SIGINT (CPython 3.11).
        resource_tracker.ensure_running()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()

    def give(self, ticket: _Ticket, unit: Unit) -> None:
        """Send work; the process takes it in at once, whatever it is doing."""
        self.tickets.append(ticket)
        try:
            self.connection.send(unit)
        except OSError:
            self._lost()

    def take(self) -> None:
        """Receive what became of its first ticket."""
        try:
            done = self.connection.recv()
        except (EOFError, OSError):
            self._lost()
        if isinstance(done, str):
            raise RuntimeError(f"a worker failed:\n{done}")
        self.tickets.popleft().done = done

    def _lost(self) -> NoReturn:
        near = " ou ".join(dict.fromkeys(f"« {ticket.first} »" for ticket in self.tickets))
        raise IndexProblem(
            f"Un processus de lecture s’est arrêté (tué, ou à court de mémoire), près de {near}. "
            "L’index reste dans son état précédent ; recommencez, au besoin avec --jobs 1."
        )

    def end(self) -> None:
        """Stop the process, whatever it is doing: it has nothing to lose."""
        self.connection.close()
        self._process.terminate()
        self._process.join(_END_S)


def _work(connection: Connection, reader: Callable[[Unit], Done]) -> None:
    """What a process does until the other end of the connection is closed."""
    gc.set_threshold(_LOOK_FOR_CYCLES)
    units: SimpleQueue[Unit] = SimpleQueue()
    results: SimpleQueue[Done | str] = SimpleQueue()
    threading.Thread(target=_take_in, args=(connection, units), daemon=True).start()
    threading.Thread(target=_give_back, args=(connection, results), daemon=True).start()
    while True:
        unit = units.get()
        try:
            results.put(reader(unit))
        except MemoryError:
            os._exit(1)
        except Exception:
            results.put(traceback.format_exc())


def _take_in(connection: Connection, units: SimpleQueue[Unit]) -> None:
    """Units are taken in by a thread: neither end ever waits for the other to read, and an end that dies is noticed."""
    while True:
        try:
            units.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)


def _give_back(connection: Connection, results: SimpleQueue[Done | str]) -> None:
    """Results are sent by a thread: the next unit is done while the run is busy writing."""
    while True:
        try:
            connection.send(results.get())
        except BaseException:
            os._exit(1)
