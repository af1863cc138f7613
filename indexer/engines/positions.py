"""Documents in which words stand together: in a row, or close to each other in any order.

A place is a 64-bit key, document and position, so that places of all documents are compared at once. Documents are
intersected first; positions are read for those alone that have every word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from indexer.columnar.arrays import Array
from indexer.engines.lists import TermList, distinct, found_in, merged

# Positions take 32 bits (columnar/postings.py); one more, so that no shift or window leaves its document.
POSITION_BITS = 33
_MAX_DISTANCE = 1 << 32
_NONE = np.zeros(0, np.int64)


def phrase_docs(words: Sequence[TermList]) -> Array:
    """The documents in which the words stand at successive positions, ascending."""
    return phrase_docs_among(words, docs_with_all(words))


def phrase_docs_among(words: Sequence[TermList], docs: Array) -> Array:
    """Those of some documents (ascending, each with every word) in which the words stand at successive positions."""
    return docs if len(words) == 1 or not len(docs) else _documents(_phrase_keys(words, docs))


def docs_with_all(words: Sequence[TermList], among: Array | None = None) -> Array:
    """The documents (of some, when these are given) that have every word, ascending; there is at least one word."""
    by_rarity = sorted(set(words), key=lambda word: word.df)
    docs = by_rarity.pop(0).docs if among is None else among
    for word in by_rarity:
        docs = docs[word.contains(docs)]
    return docs


def phrase_positions(words: Sequence[TermList], document: int) -> Array:
    """Where the words stand at successive positions in one document: the positions of the first."""
    if not words or not all(word.contains(np.array([document]))[0] for word in words):
        return np.zeros(0, np.int64)
    ends = _phrase_keys(words, np.array([document]))
    return _positions(ends) - (len(words) - 1)


def positions_in(word: TermList, document: int) -> Array:
    """Where a word stands in one document."""
    return phrase_positions((word,), document)


def spread(docs: Array, most: int) -> Array:
    """So many of these documents, spread over all of them."""
    return docs if len(docs) <= most else docs[np.arange(most) * len(docs) // most]


def _phrase_keys(words: Sequence[TermList], docs: Array) -> Array:
    """The last place of each occurrence, in documents that all have every word, ascending."""
    last = len(words) - 1
    starts: Array | None = None
    # A word further back is shifted less: all keys of one occurrence of the phrase are then equal.
    for number in sorted(range(len(words)), key=lambda number: words[number].df):
        keys = _keys(words[number], docs) + (last - number)
        if starts is not None:
            keys = starts[found_in(keys, starts)[1]]
        starts = keys
        docs = _documents(starts)
    assert starts is not None, "a phrase has a word"
    return starts


def keys_in(asked: Iterable[tuple[TermList, Array, Array]]) -> Array:
    """The places of some words, each in those of its documents (ascending) that have it, one word after the other.

    A place is a key: the number that stands for the document (the third of what is asked), shifted by POSITION_BITS,
    and the position. All words at once: in a few documents each has a few places, and a call to numpy costs as much as
    a hundred.
    """
    found, numbers, begins, ends = [], [_NONE], [_NONE], [_NONE]
    for word, docs, own in asked:
        places, there = word.found(docs)
        places = places[there]
        if len(places):
            begin, end = word.reach(places)
            found.append((word, len(places)))
            numbers.append(own[there])
            begins.append(begin)
            ends.append(end)
    begin, counts = np.concatenate(begins, dtype=np.int64), np.concatenate(ends, dtype=np.int64)
    counts -= begin
    until = counts.cumsum()
    wanted = _ranges(begin, counts, until)
    keys: Array = np.concatenate(numbers).repeat(counts) << POSITION_BITS
    documents = start = 0
    for word, more in found:
        documents += more
        end = until.item(documents - 1)
        keys[start:end] += word.positions(wanted[start:end])
        start = end
    return keys


def phrase_keys_in(words: Sequence[TermList], docs: Array, numbers: Array) -> Array:
    """The same for the last word of each place where the words stand at successive positions, in documents that all
    have such a place."""
    keys = _phrase_keys(words, docs)
    placed: Array = numbers.take(docs.searchsorted(keys >> POSITION_BITS)) << POSITION_BITS | _positions(keys)
    return placed


def near_docs(words: Sequence[TermList], distance: int) -> Array:
    """The documents with a place of its own for each word, the outermost at most `distance` apart, ascending."""
    docs = docs_with_all(words)
    if len(words) == 1 or not len(docs):
        return docs
    distance = min(distance, _MAX_DISTANCE)
    distinct = list(dict.fromkeys(words))
    places = [_keys(word, docs) for word in distinct]
    wanted = [words.count(word) for word in distinct]
    firsts, shared = _distinct_and_shared(places)
    for found, count in zip(places, wanted, strict=True):
        # The last of as many places as the word is asked for, counted from the first place of the window.
        ends = np.searchsorted(found, firsts) + (count - 1)
        inside = ends < len(found)
        inside[inside] = found[ends[inside]] <= firsts[inside] + distance
        firsts = firsts[inside]
    doubtful = _hold_any(firsts, distance, shared)
    seated = [first for first in firsts[doubtful].tolist() if _all_seated(first, distance, places, wanted)]
    return _documents(np.sort(np.concatenate([firsts[~doubtful], np.array(seated, np.int64)])))


def _documents(keys: Array) -> Array:
    return distinct(keys >> POSITION_BITS)


def _positions(keys: Array) -> Array:
    positions: Array = keys & ((1 << POSITION_BITS) - 1)
    return positions


def _keys(word: TermList, docs: Array) -> Array:
    """The places of a word in documents that all have it, ascending."""
    places, keys = word.places(docs), docs << POSITION_BITS
    if word.tf is not None:
        begin, end = word.reach(places)
        counts = end - begin
        places = _ranges(begin, counts, counts.cumsum())
        keys = keys.repeat(counts)
    keys += word.positions(places)
    return keys


def _ranges(begins: Array, counts: Array, until: Array) -> Array:
    """So many numbers from each of these on, one after the other; `until` are the counts summed up."""
    numbers: Array = (begins - (until - counts)).repeat(counts)
    numbers += np.arange(len(numbers))
    return numbers


def _distinct_and_shared(places: Sequence[Array]) -> tuple[Array, Array]:
    """The places where any of the words stand, and those where several do (a place may hold several), ascending."""
    together = merged(places)
    new = np.concatenate(([True], together[1:] != together[:-1]))
    return together[new], together[~new]


def _hold_any(firsts: Array, distance: int, places: Array) -> Array:
    """Which windows hold one of these places."""
    held: Array = np.searchsorted(places, firsts) < np.searchsorted(places, firsts + distance, "right")
    return held


def _all_seated(first: int, distance: int, places: Sequence[Array], wanted: Sequence[int]) -> bool:
    """Whether each word can have places of its own in a window, where a place may be that of several words."""
    options = []
    for found, count in zip(places, wanted, strict=True):
        start, end = np.searchsorted(found, [first, first + distance + 1])
        options += [found[start:end].tolist()] * count
    taken: dict[int, int] = {}

    def seat(word: int, tried: set[int]) -> bool:
        for place in options[word]:
            if place not in tried:
                tried.add(place)
                if place not in taken or seat(taken[place], tried):
                    taken[place] = word
                    return True
        return False

    return all(seat(word, set()) for word in range(len(options)))
