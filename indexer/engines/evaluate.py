"""One query over one generation: match, filter, count, order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.columnar.arrays import Array
from indexer.engines.accents import MOST_BONUS, Accents
from indexer.engines.base import EngineQuery
from indexer.engines.collection import Collection
from indexer.engines.excerpts import Reader
from indexer.engines.lists import Terms
from indexer.engines.matching import Matcher
from indexer.engines.ordering import best, in_order
from indexer.engines.scoring import Scorer
from indexer.engines.window import WINDOW, reordered
from indexer.model import DateFilter, Sort
from indexer.query.tree import Node
from indexer.settings import Ranking


@dataclass(frozen=True, slots=True)
class Found:
    """What EngineAnswer says, with the hits as numbers of documents in the collection, and their scores.

    `reader` reads them.
    """

    reader: Reader
    matched: int = 0
    total: int = 0
    every: int | None = None
    hits: Sequence[tuple[int, float]] = ()
    types: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[int, int] = field(default_factory=dict)


def find(collection: Collection, query: EngineQuery, ranking: Ranking, stem: Callable[[str], str]) -> Found:
    """Answer a query. `stem` gives the stem of a surface, as the collection was analysed."""
    terms = Terms(collection.fields, collection.memory)
    reader = Reader(collection, terms, stem, query.tree)
    if not collection.documents:
        return Found(reader, every=None if query.every is None else 0)
    matcher = Matcher(collection, terms, stem)
    filters = _Filters(collection, query)
    matched = _alive(collection, matcher.docs(query.tree))
    right_type, right_date = filters.by_type(matched), filters.by_date(matched)
    docs = filters.by_date(right_type)
    return Found(
        reader=reader,
        matched=len(matched),
        total=len(docs),
        every=_every(collection, query, matcher, filters, len(docs)),
        hits=_page(collection, query, docs, Scorer(terms, matcher, ranking), reader),
        types=collection.types.counts(right_date),
        dates=_date_counts(collection, right_type, query.date),
    )


class _Filters:
    """The filters of a query, as tables over the distinct values of a column."""

    def __init__(self, collection: Collection, query: EngineQuery) -> None:
        self._collection = collection
        self._types = self._dates = None
        if query.types:
            self._types = np.isin(np.array(collection.types.values, object), query.types)
        if query.date:
            self._dates = collection.periods.taken_by(query.date)

    def by_type(self, docs: Array) -> Array:
        """Those of the documents that have one of the types."""
        return docs if self._types is None else docs[self._types.take(self._collection.types.ords.take(docs))]

    def by_date(self, docs: Array) -> Array:
        """Those of the documents whose date passes."""
        return docs if self._dates is None else docs[self._dates.take(self._collection.dates.ords.take(docs))]


def _alive(collection: Collection, docs: Array) -> Array:
    return docs if collection.alive is None else docs[collection.alive.take(docs)]


def _every(collection: Collection, query: EngineQuery, matcher: Matcher, filters: _Filters, total: int) -> int | None:
    if query.every is None or query.every == query.tree:
        return None if query.every is None else total
    return len(filters.by_date(filters.by_type(_alive(collection, matcher.docs(query.every)))))


def _page(
    collection: Collection, query: EngineQuery, docs: Array, scorer: Scorer, reader: Reader
) -> list[tuple[int, float]]:
    """The hits asked for, as numbers and scores. By relevance all are scored, in another order those of the page."""
    stop = min(query.offset + query.limit, len(docs))
    if query.offset >= stop:
        return []
    if query.sort is Sort.RELEVANCE:
        accents = Accents(query.tree) if query.accents and query.offset < WINDOW else None
        if not accents:
            return _best(collection, query.tree, docs, scorer, query.offset, stop)
        hits = _best(collection, query.tree, docs, scorer, 0, max(stop, min(WINDOW, len(docs))))
        return _preferring(accents, hits, reader, stop)[query.offset :]
    page = in_order(collection, docs, query.sort, query.offset, stop)
    places = np.argsort(page)
    scores = np.zeros(len(page))
    scores[places] = scorer.scores(query.tree, np.array(page)[places])
    return list(zip(page, scores.tolist(), strict=True))


def _best(
    collection: Collection, tree: Node, docs: Array, scorer: Scorer, offset: int, stop: int
) -> list[tuple[int, float]]:
    docs, scores = scorer.contenders(tree, docs, stop)
    page = best(collection, docs, scores, offset, stop)
    return list(zip(page, scores[docs.searchsorted(page)].tolist(), strict=True))


def _preferring(
    accents: Accents, hits: Sequence[tuple[int, float]], reader: Reader, stop: int
) -> list[tuple[int, float]]:
    """The first `stop` hits, of which the first WINDOW get a bonus for their accents."""

    def bonus(number: int) -> float:
        document = reader.read(number)
        return accents.bonus(document.title, document.text)

    return [*reordered(hits[:WINDOW], min(stop, WINDOW), bonus, 1 + MOST_BONUS), *hits[WINDOW:stop]]


def _date_counts(collection: Collection, docs: Array, date: DateFilter | None) -> dict[int, int]:
    """Documents by year (yyyy0000, 0 unknown), and by date inside the year that the filter opens."""
    counts = collection.years.counts(docs)
    opened = date.opened if date else None
    if opened and counts.pop(opened.year * 10_000, 0):
        place = collection.years.values.index(opened.year * 10_000)
        counts |= collection.dates.counts(docs[collection.years.ords.take(docs) == place])
    return counts
