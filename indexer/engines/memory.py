"""What was decoded lately, kept for the queries to come, by bytes.

Who pages, filters or relaxes asks for the same words again, and the common words of different queries are the same.
This is no memory of answers: every query is evaluated, on lists that need not be decoded anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from indexer.columnar.arrays import Array


class Keeps(Protocol):
    """Something that holds on to what it decoded."""

    def forget(self) -> None:
        """Let it go; it is decoded again when it is asked for."""


@dataclass(frozen=True, slots=True)
class KeptArray:
    """An array that is made again when it is asked for and no memory holds it."""

    array: Array

    def forget(self) -> None:
        """See Keeps: nothing is kept beside the array itself."""


Kept = TypeVar("Kept", bound=Keeps)


class Memory(Generic[Kept]):
    """The things asked for last, as many as stay below a number of bytes together. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        """What is kept under a key."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def grew(self, key: Hashable, thing: Kept, size: int) -> None:
        """Say that a thing holds so many bytes more. It is kept, and others that were not asked for lately forget.

        The last one that grew is always kept, however large: a query that needs it would decode it again and again.
        """
        with self._lock:
            known, before = self._kept.pop(key, (thing, 0))
            if known is not thing:  # two threads decoded the same
                self._bytes -= before
                before = 0
            self._kept[key] = thing, before + size
            self._bytes += size
            while self._bytes > self._most and len(self._kept) > 1:
                _, (oldest, freed) = self._kept.popitem(last=False)
                self._bytes -= freed
                oldest.forget()
