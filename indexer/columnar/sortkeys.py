"""The distinct keys that titles were ranked by, sorted and compressed in blocks.

Searching needs ranks alone; the keys themselves order hits of different segments, and merge segments.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import zstandard

from indexer.columnar.arrays import ArraysFile, ArraysWriter, DamagedArrays, narrowed
from indexer.columnar.terms import SEPARATOR

_BLOCK = 128
_LEVEL = 3


class SortedKeys:
    """The keys of an array file under a name, by rank. Raises DamagedArrays when the bytes are not what was written."""

    def __init__(self, file: ArraysFile, name: str) -> None:
        self._blob = file.array(f"{name}.blob")
        self._starts = file.array(f"{name}.starts")
        self._count, self._limit = map(int, file.array(f"{name}.bounds"))
        self._heads: dict[int, bytes] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, rank: int) -> bytes:
        if not 0 <= rank < self._count:
            raise IndexError(rank)
        return self._keys(rank // _BLOCK)[rank % _BLOCK]

    def starting_with(self, prefix: bytes) -> range:
        """The ranks of the keys that begin so."""
        return range(self._insertion(prefix), self._insertion(prefix + SEPARATOR))

    def _insertion(self, key: bytes) -> int:
        """The rank of the first key that is not below `key`; their number when all are."""
        block = bisect_left(range(len(self._starts) - 1), key, key=self._head) - 1
        return 0 if block < 0 else block * _BLOCK + bisect_left(self._keys(block), key)

    def _head(self, block: int) -> bytes:
        """The first key of a block. Remembered: unpacking takes 20 µs, and every look-up asks for the same few."""
        head = self._heads.get(block)
        if head is None:
            head = self._heads[block] = self._keys(block)[0]
        return head

    def iterate(self, first: int, end: int | None = None) -> Iterator[bytes]:
        """The keys from one rank to before another, in order."""
        end = self._count if end is None else end
        for block in range(first // _BLOCK, -(-end // _BLOCK)):
            yield from self._keys(block)[max(first - block * _BLOCK, 0) : end - block * _BLOCK]

    def _keys(self, block: int) -> list[bytes]:
        frame = bytes(self._blob[int(self._starts[block]) : int(self._starts[block + 1])].data)
        try:
            if not 0 <= zstandard.frame_content_size(frame) <= self._limit:
                raise DamagedArrays("clés de tri illisibles")
            keys = zstandard.ZstdDecompressor().decompress(frame).split(SEPARATOR)
        except zstandard.ZstdError as error:
            raise DamagedArrays("clés de tri illisibles") from error
        if len(keys) != min(_BLOCK, self._count - block * _BLOCK):
            raise DamagedArrays("clés de tri illisibles")
        return keys


def write_sorted_keys(out: ArraysWriter, name: str, keys: Iterable[bytes]) -> int:
    """Write keys that come sorted and distinct; their number."""
    starts, count, limit = [0], 0, 0

    def frames() -> Iterator[np.ndarray[tuple[int], np.dtype[np.uint8]]]:
        nonlocal count, limit
        compressor = zstandard.ZstdCompressor(_LEVEL)
        rest = iter(keys)
        while block := list(islice(rest, _BLOCK)):
            content = SEPARATOR.join(block)
            frame = compressor.compress(content)
            count, limit = count + len(block), max(limit, len(content))
            starts.append(starts[-1] + len(frame))
            yield np.frombuffer(frame, "<u1")

    out.stream(f"{name}.blob", np.dtype("<u1"), frames())
    out.add(f"{name}.starts", narrowed(starts))
    out.add(f"{name}.bounds", np.array([count, limit], "<u8"))
    return count
