"""Posting lists in plain arrays: for each term its documents in order, how often it occurs there, and where.

Documents are kept as gaps, and each list of a term (gaps, frequencies, positions) in the narrowest of three arrays
(1, 2 or 4 bytes a value) that holds its greatest value. Frequencies that are all 1 are not stored. Common words have
small gaps and rare words few postings, so nearly everything takes one or two bytes a value, and reading a list back is
one `cumsum`, which also gives the type that numpy wants of indices. A record of fixed size per term says where its
lists begin.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from indexer.columnar.arrays import Array, ArraysFile, narrowest, starts_of

WIDTHS = ("<u1", "<u2", "<u4")
_MOST = 1 << 32


@dataclass(frozen=True, slots=True)
class Postings:
    """The lists of consecutive terms, decoded: `df[i]` documents for term i, with `docs` and `tf` one after the other.

    All int64. `positions` has sum(tf) values, in the order of documents; None for a field without positions.
    """

    df: Array
    docs: Array
    tf: Array
    positions: Array | None


class Entry(NamedTuple):
    """Where the lists of one term are: `df` values from `docs` in the gaps of class `gaps` (0, 1, 2), and so on."""

    df: int
    code: int
    docs: int
    tf: int
    positions: int

    @property
    def gaps(self) -> int:
        """The class of the gaps."""
        return self.code & 3

    @property
    def freqs(self) -> int:
        """1 + the class of the frequencies; 0 when none are stored, because all are 1."""
        return self.code >> 2 & 3

    @property
    def places(self) -> int:
        """1 + the class of the positions; 0 in a field without."""
        return self.code >> 4


class PostingLists:
    """The lists of one field in an array file."""

    def __init__(self, file: ArraysFile, name: str) -> None:
        self.records = file.array(f"{name}.records")
        self._map = file.map
        self._start = file.start(f"{name}.records")
        self._struct = struct.Struct(
            "<" + "".join(_CODES[kind.str] for kind in map(self.records.dtype.__getitem__, _NAMES))
        )
        self._gaps = [file.array(f"{name}.gaps{width}") for width in WIDTHS]
        self._freqs = [file.array(f"{name}.tf{width}") for width in WIDTHS]
        self.has_positions = f"{name}.pos{WIDTHS[0]}" in file
        self._positions = [file.array(f"{name}.pos{width}") for width in WIDTHS] if self.has_positions else []

    def __len__(self) -> int:
        return len(self.records)

    def entry(self, term: int) -> Entry:
        """Where the lists of a term (its ordinal) are."""
        return Entry(*self._struct.unpack_from(self._map, self._start + term * self._struct.size))

    def docs(self, entry: Entry, out: Array | None = None) -> Array:
        """The documents of a term, ascending (int64); in `out` when given, which has room for exactly these and a type
        that holds them."""
        gaps = self._gaps[entry.code & 3][entry.docs : entry.docs + entry.df]
        # np.cumsum without its 2 µs of Python.
        docs: Array = np.add.accumulate(gaps, 0, np.int64 if out is None else out.dtype, out)
        return docs

    def tf(self, entry: Entry) -> Array | None:
        """How often the term occurs in each of its documents, as stored; None when once in all."""
        kind = entry.code >> 2 & 3
        return self._freqs[kind - 1][entry.tf : entry.tf + entry.df] if kind else None

    def positions(self, entry: Entry, first: int, count: int) -> Array:
        """`count` positions of a term from the `first` on, counted over all of its documents, as stored."""
        start = entry.positions + first
        found: Array = self._positions[entry.places - 1][start : start + count]
        return found

    def postings(self, first: int, end: int) -> int:
        """How many postings the terms from one ordinal to before another have together."""
        return int(self.records["df"][first:end].sum(dtype=np.int64))

    def documents(self, first: int, end: int, at_most: int) -> Iterator[Array]:
        """The documents of the terms from one ordinal to before another, one list after the other, and repeated where
        several terms have them; in parts of about `at_most` postings (a single term may have more)."""
        until = np.cumsum(self.records["df"][first:end], dtype=np.int64)
        start, held = 0, 0
        while start < len(until):
            stop = max(start + 1, int(np.searchsorted(until, held + at_most, "right")))
            records = self.records[first + start : first + stop]
            df = records["df"].astype(np.int64)
            yield _undo_gaps(_gather(self._gaps, records["code"] & 3, records["docs"], df, np.int64(0)), df)
            start, held = stop, int(until[stop - 1])

    def stretches(self, term: int, at_once: int) -> Iterator[Postings]:
        """The lists of one term, so many documents at a time: for terms that are in nearly every document."""
        entry = self.entry(term)
        gaps, stored_tf, before, place = self._gaps[entry.gaps], self.tf(entry), 0, 0
        for start in range(0, entry.df, at_once):
            end = min(start + at_once, entry.df)
            docs = np.cumsum(gaps[entry.docs + start : entry.docs + end], dtype=np.int64) + before
            tf = np.ones(len(docs), np.int64) if stored_tf is None else stored_tf[start:end].astype(np.int64)
            count = int(tf.sum())
            positions = self.positions(entry, place, count).astype(np.int64) if self.has_positions else None
            yield Postings(np.array([len(docs)]), docs, tf, positions)
            before, place = int(docs[-1]), place + count

    def decode(self, first: int, end: int) -> Postings:
        """The lists of the terms from one ordinal to before another, in memory at once."""
        records = self.records[first:end]
        df = records["df"].astype(np.int64)
        code = records["code"]
        gaps = _gather(self._gaps, code & 3, records["docs"], df, np.int64(0))
        tf = _gather(self._freqs, (code >> 2 & 3).astype(np.int8) - 1, records["tf"], df, np.int64(1))
        positions = None
        if self.has_positions:
            cf = np.add.reduceat(tf, starts_of(df)) if len(df) else df
            positions = _gather(self._positions, (code >> 4).astype(np.int8) - 1, records["positions"], cf, np.int64(0))
        return Postings(df, _undo_gaps(gaps, df), tf, positions)


_NAMES = ("df", "code", "docs", "tf", "positions")
_CODES = {"<u4": "I", "<u8": "Q", "|u1": "B"}


def _undo_gaps(gaps: Array, df: Array) -> Array:
    total = np.cumsum(gaps)
    starts = starts_of(df)
    before = np.where(starts > 0, total[starts - 1], 0) if len(df) else starts
    docs: Array = total - np.repeat(before, df)
    return docs


def _gather(arrays: list[Array], classes: Array, starts: Array, counts: Array, default: np.int64) -> Array:
    """The values of consecutive terms, each in the array of its class (negative: `default` for all of them).

    Terms of one class stand in term order in its array, so those of a range are one slice of it.
    """
    out = np.full(int(counts.sum()), default)
    per_value = np.repeat(classes, counts)
    for number, array in enumerate(arrays):
        mine = np.flatnonzero(classes == number)
        if len(mine):
            begin = int(starts[mine[0]])
            length = int(starts[mine[-1]]) + int(counts[mine[-1]]) - begin
            out[per_value == number] = array[begin : begin + length]
    return out


class PostingEncoder:
    """Turns decoded lists into the arrays of a field, part by part in term order.

    Both ways to encode give, for each array name suffix, what to append to it; `records` among them.
    """

    def __init__(self, *, positions: bool) -> None:
        self._with_positions = positions
        self._sizes: dict[str, int] = {f"{kind}{width}": 0 for kind in self._kinds for width in WIDTHS}

    @property
    def _kinds(self) -> tuple[str, ...]:
        return ("gaps", "tf", "pos") if self._with_positions else ("gaps", "tf")

    @property
    def names(self) -> list[str]:
        """The suffixes of the arrays, `records` apart."""
        return list(self._sizes)

    def encode(self, part: Postings) -> dict[str, Array]:
        """The values to append to each array for these terms, which come after those encoded before.

        Every term has a posting, documents ascend, frequencies are at least 1. ValueError for a value past 32 bits.
        """
        df, starts = part.df, starts_of(part.df)
        if not len(df):
            return {}
        gaps = np.diff(part.docs, prepend=0)
        gaps[starts] = part.docs[starts]
        records = np.zeros(len(df), RECORD)
        records["df"] = df
        gap_class = _classes(gaps, starts)
        tf_class = np.where(np.maximum.reduceat(part.tf, starts) > 1, _classes(part.tf, starts) + 1, 0)
        code = gap_class | tf_class << 2
        appended = self._append("gaps", "docs", records, gaps, gap_class, df)
        appended |= self._append("tf", "tf", records, part.tf, tf_class - 1, df)
        if self._with_positions:
            assert part.positions is not None
            cf = np.add.reduceat(part.tf, starts)
            place_class = _classes(part.positions, starts_of(cf))
            code |= place_class + 1 << 4
            appended |= self._append("pos", "positions", records, part.positions, place_class, cf)
        records["code"] = code
        return appended | {RECORDS: records}

    def encode_long(self, stretches: Callable[[], Iterable[Postings]]) -> Iterator[dict[str, Array]]:
        """The same for the lists of one term that come in stretches, in order of documents; gone through twice."""
        df = gap = tf = place = last = 0
        for part in stretches():
            df, tf = df + len(part.docs), max(tf, int(part.tf.max(initial=0)))
            gap = max(gap, int(np.diff(part.docs, prepend=last).max(initial=0)))
            place = max(place, int(part.positions.max(initial=0))) if part.positions is not None else 0
            last = int(part.docs[-1]) if len(part.docs) else last
        if not df:
            return
        gap_class, tf_class, place_class = (int(_classes(np.array([n]), np.array([0]))[0]) for n in (gap, tf, place))
        names = {"docs": f"gaps{WIDTHS[gap_class]}"}
        code = gap_class
        if tf > 1:
            names["tf"] = f"tf{WIDTHS[tf_class]}"
            code |= tf_class + 1 << 2
        if self._with_positions:
            names["positions"] = f"pos{WIDTHS[place_class]}"
            code |= place_class + 1 << 4
        record = np.zeros(1, RECORD)
        record["df"], record["code"] = df, code
        for column, name in names.items():
            record[column] = self._sizes[name]
        yield {RECORDS: record}
        last = 0
        for part in stretches():
            lists = {"docs": np.diff(part.docs, prepend=last), "tf": part.tf, "positions": part.positions}
            appended = {name: np.asarray(lists[column]).astype(name[-3:]) for column, name in names.items()}
            for name, values in appended.items():
                self._sizes[name] += len(values)
            last = int(part.docs[-1]) if len(part.docs) else last
            yield appended

    def _append(
        self, kind: str, column: str, records: Array, values: Array, classes: Array, counts: Array
    ) -> dict[str, Array]:
        appended = {}
        per_value = np.repeat(classes, counts)
        for number, width in enumerate(WIDTHS):
            mine = classes == number
            if mine.any():
                name = f"{kind}{width}"
                records[column][mine] = self._sizes[name] + starts_of(counts[mine])
                appended[name] = values[per_value == number].astype(width)
                self._sizes[name] += len(appended[name])
        return appended

    @property
    def record_type(self) -> np.dtype[Any]:
        """What records are stored as: places take 4 bytes each unless an array is longer than that."""
        place = "<u4" if narrowest(max(self._sizes.values())).itemsize <= 4 else "<u8"
        return np.dtype([("df", "<u4"), ("code", "|u1"), *((name, place) for name in ("docs", "tf", "positions"))])


# The suffix of the records, and what they are while they are made.
RECORDS = "records"
RECORD: np.dtype[Any] = np.dtype([("df", "<u4"), ("code", "|u1"), ("docs", "<u8"), ("tf", "<u8"), ("positions", "<u8")])


def _classes(values: Array, starts: Array) -> Array:
    """For each run of values, which of WIDTHS holds its greatest."""
    greatest = np.maximum.reduceat(values, starts)
    if len(greatest) and int(greatest.max()) >= _MOST:
        raise ValueError("a value of a posting list does not fit in 32 bits")
    return (greatest > 0xFF).astype(np.int64) + (greatest > 0xFFFF)
