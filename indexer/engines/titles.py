"""Titles that go on where a text ends, or hold its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.generation import Part
from indexer.columnar.schema import SURFACE, field_name
from indexer.engines.collection import Collection
from indexer.engines.matching import Matcher
from indexer.query.tree import TITLE, And, Node, Prefix, Word

_SURFACES = field_name("title", SURFACE)
# Titles that are considered in each segment; longer ones than so many characters are no suggestions.
_CONSIDERED = 6
_MAX_CHARS = 160
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


def holding(matcher: Matcher, collection: Collection, words: Sequence[Sequence[str]], prefix: str) -> dict[str, int]:
    """Titles with every word, each given by its stems, and one that begins with `prefix` (any, when it is empty).

    One of both must be there.
    """
    asked: list[Node] = [Word((), tuple(stems), "", TITLE) for stems in words]
    if prefix:
        asked.append(Prefix(prefix, TITLE))
    docs = matcher.docs(And(tuple(asked)))
    counts: Counter[str] = Counter()
    for part in collection.parts if len(docs) else ():
        _count(part, _own(part, docs), counts)
    return counts


def _own(part: Part, docs: Array) -> Array:
    """Those of some documents that a segment holds, by their numbers there."""
    first, end = docs.searchsorted((part.first, part.first + part.segment.documents))
    return docs[first:end] - part.first


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
