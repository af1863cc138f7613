"""How many requests are at work at once, how many may wait, and for how long: the rest is refused at once.

Under more load than a process can carry, a queue without an end makes every answer late and in the end useless. Here a
request that comes when the places at work and in the queue are taken is told so within a millisecond or two, and those
within are answered as fast as ever.

Of two requests at work, each takes the interpreter from the other again and again: both take longer together than one
after the other. So a second place opens only beside a request that has been at work for long, which others need not
wait for.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from math import inf

# A request at work for longer lets others by. A page takes some milliseconds.
LONG_S = 0.03


class Turn:
    """A request that came in: at work since `begun`, or waiting for `called`."""

    __slots__ = ("begun", "called")

    def __init__(self) -> None:
        self.begun = 0.0
        self.called = threading.Lock()


class Gate:
    """`places` at work, `waiting` in the queue, first come first served, none longer than `patience_s`."""

    def __init__(self, places: int, waiting: int, patience_s: float, long_s: float = LONG_S) -> None:
        self.places = places
        self.waiting = waiting
        self._patience_s = patience_s
        self._long_s = long_s
        self._busy: list[Turn] = []  # as they began
        self._queue: deque[Turn] = deque()
        self._lock = threading.Lock()

    @property
    def at_work(self) -> int:
        """Requests that are being answered."""
        return len(self._busy)

    @property
    def queued(self) -> int:
        """Requests that wait for a place."""
        return len(self._queue)

    def enter(self) -> Turn | None:
        """Take a place, waiting for one if need be; it is given back by `leave`. None when there is none to be had."""
        turn = Turn()
        with self._lock:
            self._call()
            if not self._queue and self._open():
                self._begin(turn)
                return turn
            if len(self._queue) >= self.waiting:
                return None
            turn.called.acquire()
            self._queue.append(turn)
        return turn if self._wait(turn) else None

    def _wait(self, turn: Turn) -> bool:
        """True once it is this one's turn, False when that took too long.

        It looks by itself whether a place has opened, for nobody else may come by: the later, the more stand before it.
        """
        until, place = time.monotonic() + self._patience_s, self.queued
        while not turn.called.acquire(timeout=max(0.0, min(place * self._long_s or inf, until - time.monotonic()))):
            with self._lock:
                self._call()
                if turn.begun:
                    return True
                if time.monotonic() >= until:
                    self._queue.remove(turn)
                    return False
                place = self._queue.index(turn) + 1
        return True

    def leave(self, turn: Turn) -> None:
        """Give the place to the one who has waited longest."""
        with self._lock:
            self._busy.remove(turn)
            self._call()

    def _call(self) -> None:
        """Let those in whom there is a place for."""
        while self._queue and self._open():
            turn = self._queue.popleft()
            self._begin(turn)
            turn.called.release()

    def _open(self) -> bool:
        """True when there is a place."""
        if not self._busy:
            return True
        return len(self._busy) < self.places and time.monotonic() - self._busy[-1].begun >= self._long_s

    def _begin(self, turn: Turn) -> None:
        turn.begun = time.monotonic()
        self._busy.append(turn)
