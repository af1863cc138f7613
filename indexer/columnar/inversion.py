"""From the words of documents to posting lists: the words of a field, ordered by term, are its posting lists.

Words stand in the order of documents and positions, so a stable order by the rank of their terms is all it takes. Ranks
are sorted a stretch at a time, 16 bits wide: numpy's radix sort, four times as fast as sorting 64-bit keys, and it
holds no more memory than a stretch needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.columnar.arrays import Array, places_within, starts_of
from indexer.columnar.batch import FORM_END, TERM_END
from indexer.columnar.postings import Postings

# Occurrences ordered at once, some 80 bytes each while they are; a term with more stands alone. Half as many take a
# tenth more of the time that a segment takes for 10 MB less, twice as many a twentieth less for 20 MB more.
_AT_ONCE = 1 << 18
_RANKS_AT_ONCE = 1 << 16
_FORM_END, _TERM_END = FORM_END.encode(), TERM_END.encode()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of one form of some words, sorted. Word i has the terms of `ranks[starts[i]:starts[i + 1]]`: one or
    more, distinct."""

    terms: Sequence[bytes]
    ranks: Array
    starts: Array

    @classmethod
    def of(cls, words: Sequence[bytes], form: int) -> Vocabulary:
        """The vocabulary of words as a batch writes them: their surfaces (form 0) or stems (form 1)."""
        heads = [word.split(_FORM_END)[form] for word in words]
        several = [number for number, head in enumerate(heads) if _TERM_END in head]
        others: list[list[bytes]] = []  # what each of these has beside its first term
        for number in several:
            heads[number], *rest = dict.fromkeys(heads[number].split(_TERM_END))
            others.append(rest)
        terms = sorted({*heads, *(term for rest in others for term in rest)})
        rank = {term: number for number, term in enumerate(terms)}
        more = np.array(list(map(len, others)), np.int64)
        starts = np.arange(len(words) + 1)
        starts[1:] += np.bincount(several, more, len(words)).astype(np.int64).cumsum()
        ranks = np.array(list(map(rank.__getitem__, heads)), np.uint32)
        after = np.repeat(np.array(several, np.int64) + 1, more)
        return cls(terms, np.insert(ranks, after, [rank[term] for rest in others for term in rest]), starts)

    @property
    def counts(self) -> Array:
        """How many terms each word has."""
        return np.diff(self.starts)


class FieldWords:
    """The words of one field of all documents, one after the other: their numbers (`words`), and how many each document
    has (`counts`)."""

    def __init__(self, words: Array, counts: Array) -> None:
        self.words = words
        self.counts = counts
        self.documents = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)

    def lengths(self, vocabulary: Vocabulary) -> Array:
        """How many terms of this vocabulary each document has."""
        several = self.with_several(vocabulary)
        more = vocabulary.counts[self.words[several]] - 1
        further = np.bincount(self.documents[several], more, len(self.counts)).astype(np.int64)
        lengths: Array = self.counts + further
        return lengths

    def with_several(self, vocabulary: Vocabulary) -> Array:
        """The places of the words that have several terms."""
        return np.flatnonzero((vocabulary.counts > 1)[self.words])


def invert(field: FieldWords, vocabulary: Vocabulary, *, positions: bool) -> Iterator[tuple[list[bytes], Postings]]:
    """The terms that the field has, in order, with their lists, some at a time."""
    ranks, places = _occurrences(
        field, vocabulary, np.arange(len(field.words), dtype=np.uint32) if positions else field.documents
    )
    starts = starts_of(field.counts)
    bounds = _stretches(ranks, len(vocabulary.terms))
    stretch_of = np.repeat(np.arange(len(bounds), dtype=np.uint32), np.diff(bounds, append=len(vocabulary.terms)))
    stretch = stretch_of.astype(np.uint8 if len(bounds) <= 1 << 8 else np.uint32)[ranks]
    for number, first in enumerate(bounds.tolist()):
        mine = np.flatnonzero(stretch == number)
        if len(mine):
            low = (ranks.take(mine) - np.uint32(first)).astype(np.uint16)
            order = low.argsort(kind="stable")
            # All is looked up in the order of places, which is the order in memory, and put in that of terms then.
            docs = found = places.take(mine)
            within = None
            if positions:
                docs = field.documents.take(found)
                within = (found - starts.take(docs)).take(order)
            yield _part(vocabulary, low.take(order) + np.int64(first), docs.take(order).astype(np.int64), within)


def _occurrences(field: FieldWords, vocabulary: Vocabulary, places: Array) -> tuple[Array, Array]:
    """The rank of each term of each word of the field, in the order of words, and what `places` has for the word."""
    ranks = vocabulary.ranks[vocabulary.starts[:-1]][field.words]
    several = field.with_several(vocabulary)
    if not len(several):
        return ranks, places
    words = field.words[several]
    more = vocabulary.counts[words] - 1
    further = vocabulary.ranks[np.repeat(vocabulary.starts[words] + 1, more) + places_within(more)]
    after = np.repeat(several + 1, more)
    ranks = np.insert(ranks, after, further)  # each has 20 MB: the old one goes before the next is made
    return ranks, np.insert(places, after, np.repeat(places[several], more))


def _stretches(ranks: Array, terms: int) -> Array:
    """The first rank of each stretch, none with more ranks or (unless it is one term) occurrences than allowed."""
    counts = np.zeros(terms, np.int64)
    for start in range(0, len(ranks), _AT_ONCE):  # bincount takes 8 bytes a value
        counts += np.bincount(ranks[start : start + _AT_ONCE], minlength=terms)
    total = np.concatenate(([0], np.cumsum(counts)))
    bounds, first = [], 0
    while first < terms:
        bounds.append(first)
        within = int(np.searchsorted(total, total[first] + _AT_ONCE, "right")) - 1
        first = min(max(first + 1, within), first + _RANKS_AT_ONCE)
    return np.array(bounds, np.int64)


def _part(vocabulary: Vocabulary, ranks: Array, docs: Array, positions: Array | None) -> tuple[list[bytes], Postings]:
    """Lists from sorted ranks with the document of each occurrence."""
    new_term = np.concatenate(([True], ranks[1:] != ranks[:-1]))
    firsts = np.flatnonzero(new_term | np.concatenate(([True], docs[1:] != docs[:-1])))
    heads = np.flatnonzero(new_term[firsts])
    present = ranks[firsts[heads]].tolist()
    tf = np.diff(firsts, append=len(docs))
    df = np.diff(heads, append=len(firsts))
    return [vocabulary.terms[rank] for rank in present], Postings(df, docs[firsts], tf, positions)
