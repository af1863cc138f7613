"""What the index holds of one file: which of its lines need not be read again, which of its documents are to go."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

from indexer.engines.base import Known

_HALF = 8


class Held:
    """The documents of a file, by number. Each is settled when the run has found it again, or written it anew."""

    def __init__(self, documents: Sequence[Known]) -> None:
        self._documents = documents
        self._settled = bytearray(len(documents))
        self._digests: tuple[array[int], array[int], array[int]] | None = None
        self._members: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._documents)

    def __getitem__(self, number: int) -> Known:
        return self._documents[number]

    def of_member(self, member: str) -> Known | None:
        """The document of this part of the file; of the whole file for ""."""
        number = self._member(member)
        return None if number is None else self._documents[number]

    def _member(self, member: str) -> int | None:
        if self._members is None:
            self._members = {known.member: number for number, known in enumerate(self._documents)}
        return self._members.get(member)

    def line(self, digest: bytes) -> int:
        """The document that was read from a line with this SHA-256; -1 when there is none."""
        first, second, numbers = self._digests = self._digests or self._by_digest()
        wanted = int.from_bytes(digest[:_HALF], "little")
        place = bisect_left(first, wanted)
        while place < len(first) and first[place] == wanted:
            if second[place] == int.from_bytes(digest[_HALF : 2 * _HALF], "little"):
                return numbers[place]
            place += 1
        return -1

    def _by_digest(self) -> tuple[array[int], array[int], array[int]]:
        """Half of each digest (128 bits) in two columns sorted by the first, and whose it is: 20 bytes a document."""
        digests = b"".join(bytes.fromhex(known.digest)[: 2 * _HALF] for known in self._documents)
        halves = np.frombuffer(digests, "<u8").reshape(-1, 2)
        order = np.argsort(halves[:, 0], kind="stable")
        first, second = (array("Q", halves[order, column].tobytes()) for column in (0, 1))
        return first, second, array("i", order.astype(np.intc).tobytes())

    def settle(self, number: int) -> None:
        """This document stays, or stands again."""
        self._settled[number] = True

    def settle_known(self, known: Known) -> None:
        """This document stays, or stands again; nothing when it is not one of the file."""
        if not self._documents:
            return
        # Of two members with the same bytes each is itself; lines never have the same bytes, for they hold their ids.
        # Lines of a member have its place and bytes of their own.
        numbers = [self._member(known.member)] if known.member else []
        for number in (*numbers, self.line(bytes.fromhex(known.digest))):
            if number is not None and number >= 0 and self._documents[number].id == known.id:
                self._settled[number] = True
                return

    def unsettled(self) -> Iterator[Known]:
        """The documents that the run has not found again."""
        for number, settled in enumerate(self._settled):
            if not settled:
                yield self._documents[number]
