"""A sorted table of distinct byte strings: the terms of a field, the ids, the types, the files.

The strings stand one after the other between 0xff bytes, which UTF-8 never contains, so a string may hold anything
else, line ends included. The place of every 64th is known: a look-up is a bisection of these, then one search in the
few hundred bytes between two of them. Nothing is loaded when a table is opened.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import ge
from typing import Protocol

import numpy as np

from indexer.columnar.arrays import Array, ArraysFile, ArraysWriter, narrowed

SEPARATOR = b"\xff"
_BLOCK = 64
_WRITE_BYTES = 1 << 20


class TermTable:
    """The strings of an array file under a name; ordinals are their places in sorted order, from 0."""

    def __init__(self, file: ArraysFile, name: str) -> None:
        self._map = file.map
        self._base = file.start(f"{name}.blob")
        # Start of each block in the blob, then the place of the closing separator; the number of strings stands apart.
        self._blocks = file.array(f"{name}.blocks")
        self._count = int(file.array(f"{name}.count")[0])

    def __len__(self) -> int:
        return self._count

    def find(self, term: bytes) -> int:
        """The ordinal of a string, -1 when it is not there."""
        heads, starts = self._heads
        block = bisect_right(heads, term) - 1
        if block < 0:
            return -1
        content = self._map[starts[block] : starts[block + 1] + 1]
        place = content.find(SEPARATOR + term + SEPARATOR)
        return -1 if place < 0 else block * _BLOCK + content.count(SEPARATOR, 0, place)

    def find_all(self, terms: Iterable[bytes]) -> Iterator[int]:
        """The ordinal of each string, -1 for one that is not there; quickest for sorted ones, a few µs a block."""
        block, strings = -1, {}
        for term in terms:
            mine = bisect_right(self._heads[0], term) - 1
            if mine != block and mine >= 0:
                block = mine
                strings = {string: number for number, string in enumerate(self._strings(block), block * _BLOCK)}
            yield strings.get(term, -1) if mine >= 0 else -1

    def insertion(self, term: bytes) -> int:
        """The ordinal of the first string that is not below `term`; the length of the table when all are."""
        block = bisect_left(self._heads[0], term) - 1
        return 0 if block < 0 else block * _BLOCK + bisect_left(self._strings(block), term)

    def starting_with(self, prefix: bytes) -> range:
        """The ordinals of the strings that begin so."""
        return range(self.insertion(prefix), self.insertion(prefix + SEPARATOR))

    def __getitem__(self, ordinal: int) -> bytes:
        if not 0 <= ordinal < self._count:
            raise IndexError(ordinal)
        block, place = divmod(ordinal, _BLOCK)
        content = self._content(block)
        # Nothing stands before the first separator and after the last.
        if place < _BLOCK // 2:
            return content.split(SEPARATOR, place + 2)[place + 1]
        return content.rsplit(SEPARATOR, min(_BLOCK, self._count - ordinal + place) - place + 1)[1]

    def get_all(self, ordinals: Array) -> list[bytes]:
        """The strings of many ordinals; each block is split once."""
        distinct, places = np.unique(ordinals, return_inverse=True)
        found: list[bytes] = []
        for block, first, count in zip(*_runs(distinct // _BLOCK), strict=True):
            strings = self._strings(block)
            found += [strings[place] for place in (distinct[first : first + count] % _BLOCK).tolist()]
        return [found[place] for place in places.tolist()]

    def __iter__(self) -> Iterator[bytes]:
        return self.iterate(0)

    def iterate(self, first: int, end: int | None = None) -> Iterator[bytes]:
        """The strings from one ordinal to before another, in order."""
        end = self._count if end is None else end
        for block in range(first // _BLOCK, -(-end // _BLOCK)):
            yield from self._strings(block)[max(first - block * _BLOCK, 0) : end - block * _BLOCK]

    @cached_property
    def _heads(self) -> tuple[list[bytes], list[int]]:
        """The first string of each block, and where each begins in the file; made at the first look-up: 15,000 slices
        for a million strings."""
        starts = (self._blocks.astype(np.int64) + self._base).tolist()
        find, content = self._map.find, self._map
        return [content[start + 1 : find(SEPARATOR, start + 1)] for start in starts[:-1]], starts

    def _content(self, block: int) -> bytes:
        """A block with its separators, the first and the last included."""
        base, blocks = self._base, self._blocks
        return self._map[base + blocks.item(block) : base + blocks.item(block + 1) + 1]

    def _strings(self, block: int) -> list[bytes]:
        return self._content(block)[1:-1].split(SEPARATOR)


def _runs(values: Array) -> tuple[list[int], list[int], list[int]]:
    """The runs of equal values: the value, where it begins, how long it is."""
    firsts = np.flatnonzero(np.diff(values, prepend=-1))
    return values[firsts].tolist(), firsts.tolist(), np.diff(firsts, append=len(values)).tolist()


class Strings(Protocol):
    """Sorted distinct strings that can be gone through from any of them on: a TermTable, or SortedKeys."""

    def __len__(self) -> int: ...

    def iterate(self, first: int, end: int | None = None) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Share:
    """What one table has of a stretch of the union: its ordinals from `first` on are the strings at `places`."""

    first: int
    places: Array

    @property
    def end(self) -> int:
        """The ordinal after its last one."""
        return self.first + len(self.places)


def union(tables: Sequence[Strings], at_once: int = 4096) -> Iterator[tuple[list[bytes], list[Share]]]:
    """The distinct strings of all tables in order, some at a time, each time with the share of each table."""
    firsts = [0] * len(tables)
    ahead: list[list[bytes]] = [[] for _ in tables]
    while True:
        for table, first, strings in zip(tables, firsts, ahead, strict=True):
            if len(strings) < at_once:
                strings += table.iterate(first + len(strings), min(first + at_once, len(table)))
        # Past the last string of a table that has more, something of it might be missing.
        unfinished = [a[-1] for t, f, a in zip(tables, firsts, ahead, strict=True) if f + len(a) < len(t)]
        counts = [bisect_right(strings, min(unfinished)) if unfinished else len(strings) for strings in ahead]
        taken = [strings[:count] for strings, count in zip(ahead, counts, strict=True)]
        together = sorted(set().union(*taken))
        if not together:
            return
        place = {string: number for number, string in enumerate(together)}
        places = (np.fromiter(map(place.__getitem__, some), np.int64, len(some)) for some in taken)
        yield together, [Share(first, mine) for first, mine in zip(firsts, places, strict=True)]
        firsts = [first + count for first, count in zip(firsts, counts, strict=True)]
        ahead = [strings[count:] for strings, count in zip(ahead, counts, strict=True)]


def write_terms(out: ArraysWriter, name: str, terms: Iterable[bytes]) -> int:
    """Write a table of strings that come sorted and distinct; their number. ValueError when they are not so."""
    writer = _TableWriter()
    out.stream(f"{name}.blob", np.dtype("<u1"), writer.parts(terms))
    out.add(f"{name}.blocks", narrowed(writer.blocks))
    out.add(f"{name}.count", np.array([writer.count], "<u8"))
    return writer.count


class _TableWriter:
    """Turns sorted strings into the bytes of a blob, and remembers where its blocks begin."""

    def __init__(self) -> None:
        self.blocks: list[int] = []
        self.count = 0

    def parts(self, terms: Iterable[bytes]) -> Iterator[Array]:
        place, last, waiting, size = 0, None, [], 0
        strings = iter(terms)
        while block := list(islice(strings, _BLOCK)):
            row = block if last is None else [last, *block]
            if any(map(ge, row, row[1:])):
                raise ValueError("strings are not sorted and distinct")
            content = SEPARATOR + SEPARATOR.join(block)
            if content.count(SEPARATOR) > len(block):
                raise ValueError("a string holds the byte 0xff, which UTF-8 never does")
            self.blocks.append(place)
            self.count += len(block)
            place, last, size = place + len(content), block[-1], size + len(content)
            waiting.append(content)
            if size >= _WRITE_BYTES:
                yield np.frombuffer(b"".join(waiting), "<u1")
                waiting, size = [], 0
        self.blocks.append(place)
        yield np.frombuffer(b"".join([*waiting, SEPARATOR]), "<u1")
