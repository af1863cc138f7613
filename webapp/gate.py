"""How many requests are at work at once, how many may wait, and for how long: the rest is refused at once.

Under more load than a process can carry, a queue without an end makes every answer late and in the end useless. Here a
request that comes when the places at work and in the queue are taken is told so within a millisecond or two, and those
within are answered as fast as ever.
"""

from __future__ import annotations

import threading
from collections import deque


class Gate:
    """`places` at work, `waiting` in the queue, first come first served, none longer than `patience_s`."""

    def __init__(self, places: int, waiting: int, patience_s: float) -> None:
        self.places = places
        self.waiting = waiting
        self._patience_s = patience_s
        self._busy = 0
        self._queue: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @property
    def at_work(self) -> int:
        """Requests that are being answered."""
        return self._busy

    @property
    def queued(self) -> int:
        """Requests that wait for a place."""
        return len(self._queue)

    def enter(self) -> bool:
        """Take a place, waiting for one if need be. False when there is none to be had; True asks for `leave`."""
        with self._lock:
            if self._busy < self.places:
                self._busy += 1
                return True
            if len(self._queue) >= self.waiting:
                return False
            turn = threading.Lock()
            turn.acquire()
            self._queue.append(turn)
        if turn.acquire(timeout=self._patience_s):
            return True
        with self._lock:
            if turn not in self._queue:
                return True  # it was our turn in the very moment we lost patience
            self._queue.remove(turn)
            return False

    def leave(self) -> None:
        """Give the place to the one who has waited longest."""
        with self._lock:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._busy -= 1
