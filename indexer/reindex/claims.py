"""Which file of a run has which id, in 12 bytes an id: a run may bring ten million."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b

import numpy as np

# What an id that the index had belongs to once its document was removed.
FREED = -1
# Ids held in a dict before they are sorted into the arrays.
_MOST_RECENT = 100_000


class Claims:
    """Numbers of files by id. Ids are told apart by 64 bits: of ten million, two are alike once in 400,000 runs."""

    def __init__(self) -> None:
        self._recent: dict[int, int] = {}
        self._marks = array("Q")
        self._files = array("i")

    def get(self, id: str) -> int | None:
        """The file that has an id, FREED, or None when this run has not met it."""
        mark = mark_of(id)
        found = self._recent.get(mark)
        if found is not None:
            return found
        place = bisect_left(self._marks, mark)
        return self._files[place] if place < len(self._marks) and self._marks[place] == mark else None

    def set(self, id: str, file: int) -> None:
        """An id belongs to this file from now on."""
        self._recent[mark_of(id)] = file
        if len(self._recent) > _MOST_RECENT:
            self._sort()

    def _sort(self) -> None:
        recent = len(self._recent)
        # The recent ones stand first: of equal marks `unique` takes the first.
        marks = np.concatenate([np.fromiter(self._recent.keys(), np.uint64, recent), np.frombuffer(self._marks, "Q")])
        files = np.concatenate([np.fromiter(self._recent.values(), np.intc, recent), np.frombuffer(self._files, "i")])
        sorted_marks, first = np.unique(marks, return_index=True)
        self._marks, self._files = array("Q", sorted_marks.tobytes()), array("i", files[first].tobytes())
        self._recent = {}


def mark_of(id: str) -> int:
    """64 bits that stand for an id."""
    return int.from_bytes(blake2b(id.encode(errors="surrogateescape"), digest_size=8).digest(), "big")
