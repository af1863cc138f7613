"""Which hits a page shows: the best by score, date or title, ties by id, found without sorting all hits.

Scores and dates compare across segments; ids and titles are ranks within a segment, so hits that tie are ordered by
rank in each segment first, and the strings themselves decide between segments, for as many as the page needs. A page
costs in proportion to how deep it lies, beside one pass over the hits.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import islice, pairwise

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.generation import Part
from indexer.columnar.sortkeys import SortedKeys
from indexer.engines.collection import Collection
from indexer.model import Sort

# Scores are sums of floats whose order may differ between runs: what differs past this digit ties, and nothing further
# apart than the slack does.
_DIGITS = 10
SLACK = 1e-9
_LATEST = 1 << 40
# Rows of the table of hits whose columns' greatest scores are compared first.
_ROWS = 64


def best(collection: Collection, docs: Array, scores: Array, offset: int, stop: int) -> list[int]:
    """The documents (of `docs`, ascending) from place `offset` to `stop` by their scores; there are as many."""
    if stop * 2 < len(docs):
        near = (scores >= lower_bound(scores, stop) - SLACK).nonzero()[0]
        docs, scores = docs.take(near), scores.take(near)
    return _by_value(collection, docs, scores.round(_DIGITS), offset, stop)


def in_order(collection: Collection, docs: Array, sort: Sort, offset: int, stop: int) -> list[int]:
    """The documents (of `docs`, ascending) from place `offset` to `stop` by date or title; there are as many."""
    if sort is Sort.TITLE:
        return _by_rank(collection, docs, _TITLES, offset, stop)
    values = collection.date_keys.take(collection.dates.ords.take(docs))
    if sort is Sort.OLDEST:
        values = np.where(values > 0, -values, -_LATEST)  # unknown dates are last both ways
    near = (values >= lower_bound(values, stop)).nonzero()[0]
    return _by_value(collection, docs[near], values[near], offset, stop)


def by_arrival(collection: Collection, docs: Array, offset: int, stop: int) -> list[int]:
    """The documents (of `docs`, ascending) from place `offset` to `stop`, those first seen last in front; there are as
    many."""
    values = collection.first_seen.ords.take(docs).astype(np.int64)
    near = (values >= lower_bound(values, stop)).nonzero()[0]
    return _by_value(collection, docs[near], values[near], offset, stop)


def lower_bound(values: Array, count: int) -> float:
    """A value that at least `count` of these reach, and not many more; there are at least as many.

    The greatest of each column of a table of the values are compared: as many columns hold one at least as high as
    the `count`-th of these. Two passes over the values, where np.partition takes ten times as long.
    """
    rows = min(_ROWS, len(values) // (2 * count))
    if rows < 2:
        return float(values.min())
    columns = len(values) // rows
    greatest = values[: rows * columns].reshape(rows, columns).max(axis=0)
    greatest.partition(columns - count)
    return float(greatest[columns - count])


def _by_value(collection: Collection, docs: Array, values: Array, offset: int, stop: int) -> list[int]:
    """The documents from place `offset` to `stop`, greatest value first, ties by id."""
    keys = -values
    order = keys.argsort(kind="stable")
    docs, keys = docs.take(order), keys.take(order)
    first = int(keys.searchsorted(keys[offset])) if offset else 0
    last = int(keys.searchsorted(keys[stop - 1], "right")) if stop < len(keys) else stop
    keys = keys[first:last]
    new = keys[1:] != keys[:-1]
    if new.all():
        page: list[int] = docs[offset:stop].tolist()
        return page
    edges = [first, *(new.nonzero()[0] + (first + 1)).tolist(), last]
    found: list[int] = []
    for start, end in pairwise(edges):
        if end - start == 1:
            found.append(docs.item(start))
        else:
            found += _by_rank(collection, docs[start:end], _IDS, max(offset - start, 0), min(stop, end) - start)
    return found


# --- ranks --------------------------------------------------------------------------------------------------------


class _ByIds:
    """Order by id."""

    def ranks(self, part: Part, numbers: Array) -> Array:
        """An integer for each document of a segment that orders them."""
        return part.segment.ids.ords.take(numbers).astype(np.int64)

    def key(self, part: Part) -> Callable[[int], tuple[bytes, ...]]:
        """What orders the documents of all segments, from the number in its own."""
        ids = part.segment.ids
        return lambda number: (ids.values[int(ids.ords[number])],)


class _ByTitles(_ByIds):
    """Order by title, then by id."""

    def ranks(self, part: Part, numbers: Array) -> Array:
        """See _ByIds."""
        ids = super().ranks(part, numbers)
        return part.segment.title_ords.take(numbers) * np.int64(part.segment.documents) + ids

    def key(self, part: Part) -> Callable[[int], tuple[bytes, ...]]:
        """See _ByIds."""
        titles, ords, id = SortedKeys(part.segment.file, "title.keys"), part.segment.title_ords, super().key(part)
        return lambda number: (titles[int(ords[number])], *id(number))


_IDS, _TITLES = _ByIds(), _ByTitles()


def _by_rank(collection: Collection, docs: Array, order: _ByIds, offset: int, stop: int) -> list[int]:
    """The documents (ascending) from place `offset` to `stop` in an order that segments have ranks for."""
    streams = []
    edges = [*docs.searchsorted(collection.firsts).tolist(), len(docs)]
    for part, (start, end) in zip(collection.parts, pairwise(edges), strict=True):
        if start < end:
            streams.append((part, _first_by_rank(part, docs[start:end] - part.first, order, stop)))
    if len(streams) == 1:
        part, numbers = streams[0]
        return [number + part.first for number in numbers[offset:stop].tolist()]
    merged = heapq.merge(*(_keyed(part, numbers, order) for part, numbers in streams))
    return [number for _, number in islice(merged, offset, stop)]


def _first_by_rank(part: Part, numbers: Array, order: _ByIds, stop: int) -> Array:
    """The first `stop` documents of a segment, in order, and a few more."""
    ranks = order.ranks(part, numbers)
    if stop * 4 < len(ranks):
        near = (ranks <= -lower_bound(-ranks, stop)).nonzero()[0]
        numbers, ranks = numbers.take(near), ranks.take(near)
    return numbers.take(ranks.argsort())


def _keyed(part: Part, numbers: Array, order: _ByIds) -> Iterator[tuple[tuple[bytes, ...], int]]:
    key = order.key(part)
    return ((key(number), number + part.first) for number in numbers.tolist())
