"""Does units of work in processes, and hands out what becomes of them in the order in which they were given.

A document may be made to crash what reads it, to keep it busy for ever or to fill the memory, so reading is done in
processes that have limits (`limits`). One that is lost is replaced. A few bytes that both sides see tell what it was
at: what it had ended stays, what it had not begun is shared out again, and the file at hand is tried once more, alone,
first thing in the new process. When that is lost too, the file is refused, and all goes on.

Processes are started anew (« spawn »), not forked: a fork takes along locks and threads in whatever state they are, and
on macOS system libraries do not bear it. That takes 0.35 s, so a small run of plain text, Markdown and JSONL is done
here: our own code alone reads these, and it is bounded. Every other format goes to a process, be it one file.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from queue import Queue, SimpleQueue
from types import TracebackType
from typing import Any, Protocol

from indexer.errors import IndexProblem
from indexer.reindex.limits import ALL, OUT_OF_MEMORY, At, Limits, unwatched
from indexer.reindex.work import Done, Unit

# Work below this is done here: 4 MB of text are a second.
_ENOUGH_BYTES = 4_000_000
# Units that a process has been given and not done, and their bytes: it goes on with them while the run writes a
# segment, for a second. One it has in any case; a line may have 16 MB.
_IN_FLIGHT = 4
_IN_FLIGHT_BYTES = 8_000_000
# Characters of what came back and waits for its turn past which no more is taken but what the first waits for: an
# archive of some kilobytes may hold 200 MB.
_MOST_WAITING = 16_000_000
# Results that a process has ready and that nobody takes, after which it waits.
_UNSENT = 4
_END_S = 5.0
# Processes in a row that end before they have begun anything: that is no file's doing.
_MOST_STILLBORN = 3
# Where a process is that has nothing to do.
_IDLE = -2
# New objects that make Python look for cycles among them, in processes that read. Documents are thousands of objects
# without any; Python's own 700 cost 5 % of reading and analysing.
_LOOK_FOR_CYCLES = 100_000


def usable_cores() -> int:
    """How many processes can run at the same time (a container may have fewer cores than its machine)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Reads(Protocol):
    """What does units, in one piece or several, and tells `at` what is at hand. It is sent to the processes."""

    def __call__(self, unit: Unit, at: At = unwatched) -> Iterator[Done]:
        """Do one unit."""


@dataclass(frozen=True, slots=True)
class Job:
    """A unit of work, what it weighs (bytes of text, about), and what to do then with each piece of what became of it.

    Without a unit there is only something to do when its turn comes.
    """

    then: Callable[[Done], None]
    unit: Unit | None = None
    weight: int = 0


NOTHING = Done((), None)


class Crew:
    """Up to `jobs` processes that read; none for little that is plain. Leaving the context ends them."""

    def __init__(self, jobs: int, reader: Reads, limits: Limits | None = None) -> None:
        self._jobs = jobs
        self._reader = reader
        self._limits = limits or Limits()
        self._workers: list[_Worker] = []
        self._queue: deque[_Ticket] = deque()
        self._stillborn = 0
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
        """Do all; `then` is called in this process, in order. Raises IndexProblem when no process can be kept."""
        coming = iter(jobs)
        if len(self._workers) < self._jobs:
            first, wanted = self._look_ahead(coming)
            self._workers += [_Worker(self._reader, self._limits) for _ in range(wanted - len(self._workers))]
            coming = chain(first, coming)
        if self._workers:
            self._share_out(coming)
            return
        for job in coming:
            for done in self._reader(job.unit) if job.unit else (NOTHING,):
                job.then(done)

    def _look_ahead(self, coming: Iterator[Job]) -> tuple[list[Job], int]:
        """The first jobs, and how many processes they are worth."""
        first: list[Job] = []
        weight, plain = 0, True
        for job in coming:
            first.append(job)
            weight += job.weight
            plain = plain and (job.unit is None or job.unit.plain)
            if weight > _ENOUGH_BYTES:
                return first, self._jobs
        return first, 0 if plain else 1

    def _share_out(self, coming: Iterator[Job]) -> None:
        """Jobs wait for their turn in a queue that is bounded, so that a slow one does not let the others pile up."""
        while True:
            while self._has_room() and (job := next(coming, None)):
                self._queue.append(ticket := _Ticket(job))
                for part in ticket.parts:
                    self._give(part)
            if not self._queue:
                return
            if not self._queue[0].ready:
                self._receive()
            while self._queue and self._queue[0].settle():
                self._queue.popleft()

    def _has_room(self) -> bool:
        given, most = len(self._queue), len(self._workers)
        weight = sum(ticket.job.weight for ticket in self._queue)
        return given < most or (given < _IN_FLIGHT * most and weight < _IN_FLIGHT_BYTES * most)

    def _give(self, part: _Part) -> None:
        min(self._workers, key=lambda worker: len(worker.parts)).give(part)

    def _receive(self) -> None:
        """Wait for a process to have done something, or to be lost."""
        first = self._queue[0].parts
        full = sum(part.waiting for ticket in self._queue for part in ticket.parts) > _MOST_WAITING
        busy: dict[Any, _Worker] = {
            worker.connection: worker
            for worker in self._workers
            if worker.parts and (not full or any(part in worker.parts for part in first))
        }
        for connection in wait(list(busy)):
            if not busy[connection].take():
                self._replace(busy[connection])

    def _replace(self, lost: _Worker) -> None:
        """Put a new process in the place of a lost one, and give out again what that one had."""
        why, again = lost.bury()
        self._stillborn = 0 if lost.begun else self._stillborn + 1
        if self._stillborn == _MOST_STILLBORN:
            raise IndexProblem(
                f"Les processus de lecture s’arrêtent aussitôt lancés : {why} (voir ci-dessus). L’index reste dans "
                "son état précédent ; si la mémoire manque, libérez-en, puis recommencez."
            )
        new = self._workers[self._workers.index(lost)] = _Worker(self._reader, self._limits)
        part = lost.at_hand
        if part:
            lost.parts.remove(part)
            if part.suspect:
                part.refuse(why, again=again)
            else:
                rest = part.cut(lost.item)
                self._ticket_of(part).go_on_with(part, rest)
                for suspect in (one for one in rest if one.suspect):
                    new.give(suspect)
                for other in (one for one in rest if not one.suspect):
                    self._give(other)
        for other in lost.parts:
            self._give(other)

    def _ticket_of(self, part: _Part) -> _Ticket:
        return next(ticket for ticket in self._queue if part in ticket.parts)


@dataclass(slots=True, eq=False)
class _Part:
    """Some of a unit, with what has come of it that has not been settled yet. `suspect`: a process was lost over it.

    `files` counts the files that were ended, `pieces` what came of the next one; `known` pieces came already when it
    was read for the first time, and are passed over.
    """

    unit: Unit
    suspect: bool = False
    known: int = 0
    done: deque[Done] = field(default_factory=deque)
    ended: bool = False
    files: int = 0
    pieces: int = 0

    @property
    def waiting(self) -> int:
        """The characters that wait here."""
        return sum(done.chars for done in self.done)

    def receive(self, done: Done) -> None:
        """Take in the next of what came of it."""
        self.ended = not done.more
        for outcome in done.outcomes:
            self.files, self.pieces = (self.files, self.pieces + 1) if outcome.more else (self.files + 1, 0)
        if done.more and self.known:
            self.known -= 1
        else:
            self.done.append(done)

    def cut(self, item: int) -> list[_Part]:
        """What is left to be done when a process was lost over an item, which becomes a part of its own.

        ALL: over any that is not ended. Nothing more comes of this part.
        """
        self.ended = True
        unit, end = self.unit, len(self.unit)
        if item == ALL:
            return [_Part(unit.part(number, number + 1), suspect=True) for number in range(self.files, end)]
        before = _Part(unit.part(self.files, item))
        at_hand = _Part(unit.part(item, item + 1), suspect=True, known=self.pieces if item == self.files else 0)
        return [part for part in (before, at_hand, _Part(unit.part(item + 1, end))) if len(part.unit)]

    def refuse(self, why: str, *, again: bool) -> None:
        """It cannot be done. Raises IndexProblem for what cannot be left out."""
        refused = self.unit.refused(why, again=again)
        if refused is None:
            raise IndexProblem(
                f"Un processus de lecture s’est arrêté deux fois sur « {self.unit.first} » : {why}. "
                "L’index reste dans son état précédent."
            )
        self.done.append(refused)
        self.ended = True


class _Ticket:
    """A job in the queue, and the parts of it that are not settled, in order."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.parts = [_Part(job.unit)] if job.unit else []

    @property
    def ready(self) -> bool:
        """True when something of it can be settled."""
        return not self.parts or bool(self.parts[0].done) or self.parts[0].ended

    def settle(self) -> bool:
        """Do what is to be done with what has come; True at its end."""
        if not self.job.unit:
            self.job.then(NOTHING)
        while self.parts:
            part = self.parts[0]
            while part.done:
                self.job.then(part.done.popleft())
            if not part.ended:
                return False
            self.parts.pop(0)
        return True

    def go_on_with(self, part: _Part, rest: list[_Part]) -> None:
        """Some parts come behind one."""
        place = self.parts.index(part) + 1
        self.parts[place:place] = rest


class _Worker:
    """A process and the parts that it has, in the order in which it will do them."""

    def __init__(self, reader: Reads, limits: Limits) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.parts: deque[_Part] = deque()
        self._ended = 0
        self._limits = limits
        # How many parts the process has begun, and the item of the last that is at hand, or _IDLE. It is read when the
        # process is dead: a message might not have left it.
        self._place = context.RawArray("q", [0, _IDLE])
        # What is handed to `Process` must fit into a pipe: starting waits for ever for a process that died before it
        # had read all (CPython 3.11 to 3.14), and the reader has the word lists.
        what = (theirs, limits, self._place)
        self._process: BaseProcess = context.Process(target=_work, args=what, daemon=True)
        # Ctrl-C goes to all processes of a terminal; this one alone answers. What is blocked stays so in the new one,
        # provided that the tracker which a first start starts too is there: starting it unblocks SIGINT (CPython 3.11).
        resource_tracker.ensure_running()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()
        self._send(reader)

    def give(self, part: _Part) -> None:
        """Send work; the process takes it in at once, whatever it is doing. That it is lost is seen when receiving."""
        self.parts.append(part)
        self._send(part.unit)

    def _send(self, what: object) -> None:
        with contextlib.suppress(OSError):
            self.connection.send(what)

    def take(self) -> bool:
        """Receive what became of its first part, or some of it; False when the process is lost."""
        try:
            done = self.connection.recv()
        except (EOFError, OSError):
            return False
        if isinstance(done, str):
            raise RuntimeError(f"a worker failed:\n{done}")
        self.parts[0].receive(done)
        if self.parts[0].ended:
            self.parts.popleft()
            self._ended += 1
        return True

    @property
    def begun(self) -> bool:
        """True when it has begun something in its life."""
        return bool(self._place[0] > 0)

    @property
    def at_hand(self) -> _Part | None:
        """The part that it was at; those before were ended, but did not come back."""
        number = self._place[0] - self._ended - 1
        return None if self._place[1] == _IDLE or number < 0 else self.parts[number]

    @property
    def item(self) -> int:
        """What it was at of that part."""
        return int(self._place[1])

    def bury(self) -> tuple[str, bool]:
        """Why it was lost (French), and whether that may be otherwise at the next run."""
        self._process.join(_END_S)
        code = self._process.exitcode
        self.end()
        return self._limits.reason(code), code in (None, -signal.SIGKILL, -signal.SIGTERM)

    def end(self) -> None:
        """Stop the process, whatever it is doing: it has nothing to lose."""
        self.connection.close()
        self._process.kill()
        self._process.join(_END_S)


def _work(connection: Connection, limits: Limits, place: Any) -> None:
    """What a process does until the other end of the connection is closed; what reads comes first."""
    reader: Reads = connection.recv()
    gc.set_threshold(_LOOK_FOR_CYCLES)
    os.dup2(sys.stderr.fileno(), 1)  # what foreign code prints is no part of a result
    limits.impose()
    units: SimpleQueue[Unit] = SimpleQueue()
    results: Queue[memoryview] = Queue(_UNSENT)
    threading.Thread(target=_take_in, args=(connection, units), daemon=True).start()
    threading.Thread(target=_give_back, args=(connection, results), daemon=True).start()

    def at(item: int, size: int) -> None:
        place[1] = item
        limits.begin(size)

    while True:
        unit = units.get()
        place[0] += 1
        at(ALL, 0)
        try:
            for done in reader(unit, at):
                result = ForkingPickler.dumps(done)  # here, where it counts for what is at hand
                limits.end()
                results.put(result)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except Exception:
            limits.end()
            results.put(ForkingPickler.dumps(traceback.format_exc()))
        place[1] = _IDLE


def _take_in(connection: Connection, units: SimpleQueue[Unit]) -> None:
    """Units are taken in by a thread: neither end ever waits for the other to read, and an end that dies is noticed."""
    while True:
        try:
            units.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)


def _give_back(connection: Connection, results: Queue[memoryview]) -> None:
    """Results are sent by a thread: the next unit is done while the run is busy writing."""
    while True:
        try:
            connection.send_bytes(results.get())
        except BaseException:
            os._exit(1)
