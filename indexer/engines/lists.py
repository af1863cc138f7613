"""The postings of a term over all segments of a generation, decoded when they are needed, and how to search in them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from indexer.columnar.arrays import Array, DamagedArrays, narrowest
from indexer.columnar.generation import Part
from indexer.columnar.postings import Entry, PostingLists
from indexer.columnar.terms import TermTable
from indexer.engines.memory import KeptArray, Memory

# A list with more than one document in so many is worked on through a table of a byte for each document: a posting
# costs 1.4 ns there, 10 to 60 ns when sorted or searched, and a byte of the table 0.02 ns.
DENSE = 32
# Terms that a field remembers: 0.4 KB each for each segment.
_MAX_TERMS = 4096
# A list of fewer documents is short.
_SHORT = 1_000
# Of a long list, frequencies are summed up between the places that are asked for when these are fewer than one in so
# many: a posting takes .3 ns so, 2.3 when it has a sum of its own.
_SUMMED = 8


class FieldPart(NamedTuple):
    """A field in one segment."""

    terms: TermTable
    lists: PostingLists
    first: int
    documents: int


# A list of a segment, and the number in the collection of the segment's first document.
TermPart = tuple[PostingLists, Entry, int]


class Decoded(NamedTuple):
    """What is kept of decoded lists, each by what it costs to have again.

    Short ones have a memory of their own: thousands of them take less than a few long ones, and to decode one costs
    more for each byte. A table takes more room than its list and is soon made again: it is kept for the query at hand.
    """

    short: Memory[TermList]
    long: Memory[TermList]
    tables: Memory[KeptArray]


class IndexedField:
    """A field (`body_stem`) over all segments."""

    def __init__(self, name: str, parts: Sequence[Part], documents: int, decoded: Decoded) -> None:
        self.name = name
        self.documents = documents
        self._parts = parts
        self._decoded = decoded
        self._found: dict[str, TermList | None] = {}

    def find(self, term: str) -> TermList | None:
        """The postings of a term; None when no document has it. Remembered: who pages and filters asks for the same
        words again."""
        try:
            found = self._found[term]
        except KeyError:
            if len(self._found) >= _MAX_TERMS:
                self._found.clear()
            parts = tuple(self._look_up(term.encode(errors="replace")))
            found = self._found[term] = TermList(self, parts, self._decoded) if parts else None
        if found is not None:
            found.asked_for()
        return found

    def _look_up(self, term: bytes) -> Iterator[TermPart]:
        for terms, lists, first, documents in self.parts:
            ordinal = terms.find(term)
            if ordinal >= 0:
                entry = lists.entry(ordinal)
                if entry.df > documents:
                    raise DamagedArrays(f"liste de {self.name} plus longue que permis")
                yield lists, entry, first

    @cached_property
    def parts(self) -> tuple[FieldPart, ...]:
        """The field of each segment."""
        found = []
        for part in self._parts:
            field = part.segment.field(self.name)
            if len(field.terms) != len(field.lists):
                raise DamagedArrays(f"nombre de termes inattendu dans {self.name}")
            found.append(FieldPart(field.terms, field.lists, part.first, part.segment.documents))
        return tuple(found)

    @cached_property
    def average(self) -> float:
        """The average number of terms of a document; 1 when there is none at all."""
        return sum(part.segment.field(self.name).total_length for part in self._parts) / self.documents or 1.0

    @cached_property
    def lengths(self) -> Array:
        """The number of terms of each document."""
        return joined([part.segment.field(self.name).lengths for part in self._parts], self.documents)


class TermList:
    """The postings of one term in one field over all segments, decoded when first asked for.

    Queries share it, and a Memory may have it forget at any moment; an array that was handed out stays.
    """

    __slots__ = ("_docs", "_ends_known", "_kind", "_memory", "_starts", "_tables", "_tf", "df", "field", "idf", "parts")

    def __init__(self, field: IndexedField, parts: Sequence[TermPart], decoded: Decoded) -> None:
        self.field = field
        self.parts = parts
        self.df = sum([entry.df for _, entry, _ in parts])
        # How rare the term is, as Whoosh counts it.
        self.idf = math.log(field.documents / (self.df + 1)) + 1
        self._memory = decoded.short if self.df < _SHORT else decoded.long
        self._tables = decoded.tables
        self._ends_known: Sequence[int] | None = None
        # Documents of long lists take half the room. A short one is as it is worked with.
        self._kind = np.int64 if self.df < _SHORT or field.documents > np.iinfo(np.int32).max else np.int32
        self.forget()

    def asked_for(self) -> None:
        """Have what was decoded be kept longer than that of lists which were not asked for since."""
        self._memory.get(self)

    def forget(self) -> None:
        """Let go of what was decoded."""
        self._docs: Array | None = None
        self._tf: tuple[Array | None] | None = None
        self._starts: Array | None = None

    @property
    def is_dense(self) -> bool:
        """Whether a table over all documents is worth its size."""
        return self.df * DENSE > self.field.documents

    @property
    def docs(self) -> Array:
        """The documents, ascending (int64)."""
        return self._narrow_docs.astype(np.int64, copy=False)

    @property
    def _narrow_docs(self) -> Array:
        """The same as they are kept."""
        docs = self._docs
        if docs is None:
            docs = self._docs = self._joined_docs()
            self._memory.grew(self, self, docs.nbytes)
        return docs

    def _joined_docs(self) -> Array:
        joined, end = np.empty(self.df, self._kind), 0
        for lists, entry, first in self.parts:
            start, end = end, end + entry.df
            docs = lists.docs(entry, joined[start:end])
            if first:
                docs += first
        return joined

    @property
    def tf(self) -> Array | None:
        """How often the term occurs in each of its documents; None when once in all."""
        known = self._tf
        if known is None:
            known = self._tf = (self._joined_tf(),)
            self._memory.grew(self, self, 0 if known[0] is None else known[0].nbytes)
        return known[0]

    def reach(self, places: Array) -> tuple[Array, Array]:
        """Where the positions of the documents at these places (ascending) begin among those of all, and where they end
        (int64)."""
        tf = self.tf
        if tf is None:
            return places, places + 1
        begin = self._begin(places, tf)
        return begin, begin + tf.take(places)

    def _begin(self, places: Array, tf: Array) -> Array:
        if self.df >= _SHORT and len(places) * _SUMMED < self.df:
            return _sums_before(places, tf)
        starts = self._starts
        if starts is None:
            starts = np.zeros(self.df, narrowest(self.df * np.iinfo(tf.dtype).max))
            np.add.accumulate(tf[:-1], 0, starts.dtype, starts[1:])
            # A long list's take four times the room of its frequencies.
            if self.df < _SHORT:
                self._starts = starts
                self._memory.grew(self, self, starts.nbytes)
        return starts.take(places).astype(np.int64)

    @property
    def _ends(self) -> Sequence[int]:
        """Where the positions of each part end among those of all."""
        ends = self._ends_known
        if ends is None:
            counts, tf = [entry.df for _, entry, _ in self.parts], self.tf
            if tf is not None:
                counts = np.add.reduceat(tf, [0, *accumulate(counts[:-1])], 0, np.int64).tolist()
            self._ends_known = ends = list(accumulate(counts))
        return ends

    def positions(self, wanted: Array) -> Array:
        """Some positions of the term, by their places (ascending) among those of all its documents (int64)."""
        ends = self._ends
        found, begin, done = np.empty(len(wanted), np.int64), 0, 0
        for (lists, entry, _), end in zip(self.parts, ends, strict=True):
            until = int(wanted.searchsorted(end)) if end < ends[-1] else len(wanted)
            if done < until:
                found[done:until] = lists.positions(entry, 0, end - begin).take(wanted[done:until] - begin)
            begin, done = end, until
        return found

    def _joined_tf(self) -> Array | None:
        if len(self.parts) == 1:
            return self.parts[0][0].tf(self.parts[0][1])
        stored = [lists.tf(entry) for lists, entry, _ in self.parts]
        greatest = max([0 if tf is None else tf.dtype.itemsize for tf in stored])
        if not greatest:
            return None
        joined, end = np.ones(self.df, f"<u{greatest}"), 0
        for (_, entry, _), tf in zip(self.parts, stored, strict=True):
            start, end = end, end + entry.df
            if tf is not None:
                joined[start:end] = tf
        return joined

    @property
    def table(self) -> Array:
        """For each document of the collection how often the term occurs there."""
        known = self._tables.get(self)
        if known is None:
            tf = self.tf
            table = np.zeros(self.field.documents, "u1" if tf is None else tf.dtype)
            table[self.docs] = 1 if tf is None else tf
            known = KeptArray(table)
            self._tables.grew(self, known, table.nbytes)
        return known.array

    def found(self, docs: Array) -> tuple[Array, Array]:
        """For each of these documents (ascending) its place among those of the term, and whether it is there."""
        own = self._narrow_docs
        return found_in(own, docs.astype(own.dtype, copy=False))

    def places(self, docs: Array) -> Array:
        """Where these documents (ascending), which all have the term, stand among its own."""
        own = self._narrow_docs
        if len(docs) * 8 < self.df or len(docs) * DENSE < self.field.documents:
            return own.searchsorted(docs.astype(own.dtype, copy=False))
        wanted = np.zeros(self.field.documents, bool)
        wanted[docs] = True
        found: Array = wanted.take(self.docs).nonzero()[0]
        return found

    def contains(self, docs: Array) -> Array:
        """Which of these documents (ascending) have the term."""
        if len(docs) * 8 < self.df:
            return self.found(docs)[1]
        if not self.is_dense:
            return held_by(self.docs, docs)
        found: Array = self.table.take(docs) != 0
        return found


def _sums_before(places: Array, values: Array) -> Array:
    """For each of these places (ascending, without repetition) the sum of the values before it (int64)."""
    sums = np.zeros(len(places), np.int64)
    if len(places):
        sums[0] = np.add.reduce(values[: places.item(0)], 0, np.int64)
        np.add.reduceat(values[: places.item(-1)], places[:-1], 0, np.int64, sums[1:])
    return sums.cumsum()


def found_in(where: Array, what: Array) -> tuple[Array, Array]:
    """For each of `what` its place in `where`, which ascends without repetition, and whether it is there; the place of
    one that is not may be past the end. Quickest when `what` ascends too."""
    places = where.searchsorted(what)
    if not len(where):
        return places, np.zeros(len(what), bool)
    return places, where.take(places, mode="clip") == what


def held_by(own: Array, docs: Array) -> Array:
    """Which of these documents are among some `own` (both ascending): the fewer are looked for among the others."""
    if len(docs) < len(own):
        return found_in(own, docs)[1]
    mask = np.zeros(len(docs), bool)
    places, there = found_in(docs, own)
    mask[places[there]] = True
    return mask


def merged(runs: Sequence[Array]) -> Array:
    """Ascending runs as one. A stable sort takes 1.4 ns a value for that, the default one 30."""
    together = np.concatenate(runs)
    together.sort(kind="stable")
    return together


def distinct(values: Array) -> Array:
    """Ascending values without repetition; numpy's `unique` hashes them, thirty times as slow."""
    return values[np.concatenate(([True], values[1:] != values[:-1]))] if len(values) else values


class Terms:
    """The terms that one query asks for, each looked up once."""

    def __init__(self, fields: Mapping[str, IndexedField]) -> None:
        self._fields = fields
        self._found: dict[tuple[str, str], TermList | None] = {}

    def find(self, field: str, term: str) -> TermList | None:
        """The postings of a term in a field; None when no document has it there."""
        key = field, term
        try:
            return self._found[key]
        except KeyError:
            found = self._found[key] = self._fields[field].find(term)
            return found

    def find_all(self, field: str, terms: Iterable[str]) -> list[TermList]:
        """The postings of several terms in a field; none at all when one of them is not there."""
        found = [self.find(field, term) for term in terms]
        lists = [one for one in found if one is not None]
        return lists if len(lists) == len(found) else []


def joined(parts: Iterable[Array], length: int) -> Array:
    """Columns of segments as one; a single one stays the view of the file that it is. DamagedArrays when too short."""
    parts = list(parts)
    joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
    if len(joined) != length:
        raise DamagedArrays("colonne de longueur inattendue")
    return joined
