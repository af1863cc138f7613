"""The postings of a term over all segments of a generation, decoded when they are needed, and how to search in them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indexer.columnar.arrays import Array, DamagedArrays, narrowest
from indexer.columnar.generation import Part
from indexer.columnar.postings import Entry, PostingLists
from indexer.columnar.terms import TermTable
from indexer.engines.memory import Memory

# A list with more than one document in so many is worked on through a table of a byte for each document: a posting
# costs 1.4 ns there, 10 to 60 ns when sorted or searched, and a byte of the table 0.02 ns.
DENSE = 32
# Terms that a field remembers: 0.4 KB each for each segment.
_MAX_TERMS = 4096
# A list of fewer documents is short.
_SHORT = 1_000


class FieldPart(NamedTuple):
    """A field in one segment."""

    terms: TermTable
    lists: PostingLists
    first: int
    documents: int


# A list of a segment, and the number in the collection of the segment's first document.
TermPart = tuple[PostingLists, Entry, int]


class Decoded(NamedTuple):
    """What is kept of decoded lists. Short ones have a memory of their own: thousands of them take less than a few long
    ones, and to decode one costs more for each byte."""

    short: Memory[TermList]
    long: Memory[TermList]


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

    __slots__ = ("_docs", "_memory", "_starts", "_table", "_tf", "df", "field", "idf", "parts")

    def __init__(self, field: IndexedField, parts: Sequence[TermPart], decoded: Decoded) -> None:
        self.field = field
        self.parts = parts
        self.df = sum([entry.df for _, entry, _ in parts])
        # How rare the term is, as Whoosh counts it.
        self.idf = math.log(field.documents / (self.df + 1)) + 1
        self._memory = decoded.short if self.df < _SHORT else decoded.long
        self.forget()

    def asked_for(self) -> None:
        """Have what was decoded be kept longer than that of lists which were not asked for since."""
        self._memory.get(self)

    def forget(self) -> None:
        """Let go of what was decoded."""
        self._docs: Array | None = None
        self._tf: tuple[Array | None] | None = None
        self._table: Array | None = None
        self._starts: Array | None = None

    @property
    def is_dense(self) -> bool:
        """Whether a table over all documents is worth its size."""
        return self.df * DENSE > self.field.documents

    @property
    def docs(self) -> Array:
        """The documents, ascending."""
        docs = self._docs
        if docs is None:
            docs = self._docs = self._joined_docs()
            self._memory.grew(self, self, docs.nbytes)
        return docs

    def _joined_docs(self) -> Array:
        joined, end = np.empty(self.df, np.int64), 0
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

    @property
    def starts(self) -> Array | None:
        """Where the positions of each document begin among those of all, and their number (unsigned); None when each
        has one."""
        starts = self._starts
        if starts is None and (tf := self.tf) is not None:
            starts = np.zeros(self.df + 1, narrowest(self.df * np.iinfo(tf.dtype).max))
            np.add.accumulate(tf, 0, starts.dtype, starts[1:])
            self._starts = starts
            self._memory.grew(self, self, starts.nbytes)
        return starts

    def reach(self, places: Array) -> tuple[Array, Array]:
        """Where the positions of the documents at these places begin among those of all, and where they end (int64)."""
        starts = self.starts
        if starts is None:
            return places, places + 1
        return starts.take(places).astype(np.int64), starts.take(places + 1).astype(np.int64)

    def positions(self, wanted: Array) -> Array:
        """Some positions of the term, by their places (ascending) among those of all its documents (int64)."""
        starts, found, first, done = self.starts, np.empty(len(wanted), np.int64), 0, 0
        for lists, entry, _ in self.parts:
            before, first = first, first + entry.df
            begin, end = (before, first) if starts is None else (starts.item(before), starts.item(first))
            until = int(wanted.searchsorted(end))
            if done < until:
                found[done:until] = lists.positions(entry, 0, end - begin).take(wanted[done:until] - begin)
                done = until
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
    def table(self) -> Array | None:
        """For each document of the collection how often the term occurs there, once it was worth making."""
        return self._table

    def make_table(self) -> Array:
        """The same, made now if need be."""
        table = self._table
        if table is None:
            tf = self.tf
            table = np.zeros(self.field.documents, "u1" if tf is None else tf.dtype)
            table[self.docs] = 1 if tf is None else tf
            self._table = table
            self._memory.grew(self, self, table.nbytes)
        return table

    def places(self, docs: Array) -> Array:
        """Where these documents (ascending), which all have the term, stand among its own."""
        own = self.docs
        if len(docs) * 8 < self.df or len(docs) * DENSE < self.field.documents:
            return own.searchsorted(docs)
        wanted = np.zeros(self.field.documents, bool)
        wanted[docs] = True
        found: Array = wanted.take(own).nonzero()[0]
        return found

    def contains(self, docs: Array) -> Array:
        """Which of these documents (ascending) have the term."""
        if self._table is None and len(docs) * 8 < self.df:
            return found_in(self.docs, docs)[1]
        if self._table is None and not self.is_dense:
            mask = np.zeros(len(docs), bool)
            places, there = found_in(docs, self.docs)
            mask[places[there]] = True
            return mask
        found: Array = self.make_table().take(docs) != 0
        return found


def found_in(where: Array, what: Array) -> tuple[Array, Array]:
    """For each of `what` its place in `where`, which ascends without repetition, and whether it is there. Quickest when
    `what` ascends too."""
    places = where.searchsorted(what)
    if not len(where):
        return places, np.zeros(len(what), bool)
    np.minimum(places, len(where) - 1, out=places)
    return places, where.take(places) == what


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
