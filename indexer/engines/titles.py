"""Titles that go on where a text ends, or hold its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.generation import Part
from indexer.columnar.schema import STEM, SURFACE, field_name
from indexer.engines.collection import Collection, PrefixDocs
from indexer.engines.lists import TermList, Terms, found_in

_SURFACES, _STEMS = field_name("title", SURFACE), field_name("title", STEM)
# Titles that are considered in each segment; longer ones than so many characters are no suggestions.
_CONSIDERED = 6
_MAX_CHARS = 160
_AT_ONCE = 1 << 20
_NONE = np.zeros(0, np.int64)
# More words than any title of so many characters has.
_LONGEST = 1 << 10


def beginning(collection: Collection, folded: str) -> dict[str, int]:
    """Titles whose folded words, joined by spaces, begin so; each with the number of its documents."""
    counts: Counter[str] = Counter()
    for part in collection.parts:
        ranks = collection.title_keys(part).starting_with(folded.encode(errors="replace"))
        if ranks:
            ords = part.segment.title_ords
            _count(part, ((ords >= ranks.start) & (ords < ranks.stop)).nonzero()[0], counts)
    return counts


def holding(collection: Collection, terms: Terms, words: Sequence[Sequence[str]], prefix: str) -> dict[str, int]:
    """Titles with every word, each given by its stems, and one that begins with `prefix` (any, when it is empty).

    One of both must be there.
    """
    lists = [[one for stem in stems if (one := terms.find(_STEMS, stem))] for stems in words]
    docs = _with_all(lists) if lists else _with_prefix(collection, prefix)
    if prefix and lists and len(docs):
        docs = docs[found_in(_with_prefix(collection, prefix), docs)[1]]
    counts: Counter[str] = Counter()
    for part in collection.parts if len(docs) else ():
        _count(part, _own(part, docs), counts)
    return counts


def _with_all(words: Sequence[Sequence[TermList]]) -> Array:
    """The documents that have one of the lists of each word, ascending."""
    rarest, *others = sorted(words, key=lambda lists: sum(one.df for one in lists))
    docs = rarest[0].docs if len(rarest) == 1 else np.unique(np.concatenate([_NONE, *(one.docs for one in rarest)]))
    for lists in others:
        there = np.zeros(len(docs), bool)
        for one in lists:
            there |= one.contains(docs)
        docs = docs[there]
    return docs


def _own(part: Part, docs: Array) -> Array:
    """Those of some documents that a segment holds, by their numbers there."""
    first, end = docs.searchsorted((part.first, part.first + part.segment.documents))
    return docs[first:end] - part.first


def _with_prefix(collection: Collection, prefix: str) -> Array:
    """The documents whose title has a word that begins so, ascending. Remembered: one letter begins many searches."""
    key = _SURFACES, prefix
    known = collection.prefixes.get(key)
    if known is None:
        there = np.zeros(collection.documents, bool)
        for terms, lists, first, _ in collection.fields[_SURFACES].parts:
            found = terms.starting_with(prefix.encode(errors="replace"))
            for some in lists.documents(found.start, found.stop, _AT_ONCE):
                there[some + first] = True
        known = PrefixDocs(there.nonzero()[0])
        collection.prefixes.grew(key, known, known.docs.nbytes)
    return known.docs


def _count(part: Part, docs: Array, counts: Counter[str]) -> None:
    """Add the titles of some documents of a segment: the most frequent, of these the shortest."""
    if part.dead is not None:
        docs = docs[~part.dead.take(docs)]
    if not len(docs):
        return
    ranks = part.segment.title_ords.take(docs).astype(np.int64)
    ranks -= ranks.min()
    times = np.bincount(ranks)
    holders = np.zeros(len(times), np.int64)
    holders[ranks] = docs
    distinct = times.nonzero()[0]
    times, holders = times.take(distinct), holders.take(distinct)
    lengths = part.segment.field(_SURFACES).lengths.take(holders).astype(np.int64)
    worst_first = times * _LONGEST - np.minimum(lengths, _LONGEST - 1)
    for place in worst_first.argsort(kind="stable")[-_CONSIDERED:].tolist():
        title = part.stored.opening(holders.item(place))[0]
        if 0 < len(title) <= _MAX_CHARS:
            counts[title] += times.item(place)
