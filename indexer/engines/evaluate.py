"""One query over one generation: match, filter, count, order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.columnar.arrays import Array
from indexer.engines.accents import MOST_BONUS, Accents
from indexer.engines.base import EngineQuery
from indexer.engines.closeness import WINDOW, Closeness
from indexer.engines.collection import Collection
from indexer.engines.excerpts import Reader
from indexer.engines.lists import Terms
from indexer.engines.matching import Matcher
from indexer.engines.ordering import best, in_order
from indexer.engines.scoring import Scorer
from indexer.engines.window import reordered
from indexer.model import DateFilter, Sort
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
        hits=_page(
            collection,
            query,
            docs,
            Scorer(terms, matcher, ranking),
            Closeness(collection, terms, matcher, ranking),
            reader,
        ),
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
    collection: Collection, query: EngineQuery, docs: Array, scorer: Scorer, closeness: Closeness, reader: Reader
) -> list[tuple[int, float]]:
    """The hits asked for, as numbers and scores. By relevance all are scored, in another order those of the page."""
    stop = min(query.offset + query.limit, len(docs))
    if query.offset >= stop:
        return []
    if query.sort is Sort.RELEVANCE:
        accents = Accents(query.tree) if query.accents else None
        if accents or len(query.words) > 1:
            hits = _closest(collection, query, docs, scorer, closeness, stop)
            return (_preferring(accents, hits, reader, stop) if accents else hits)[query.offset : stop]
        docs, scores = scorer.contenders(query.tree, docs, stop)
        page = best(collection, docs, scores, query.offset, stop)
        return list(zip(page, scores[docs.searchsorted(page)].tolist(), strict=True))
    page = in_order(collection, docs, query.sort, query.offset, stop)
    places = np.argsort(page)
    scores = np.zeros(len(page))
    scores[places] = scorer.scores(query.tree, np.array(page)[places])
    return list(zip(page, scores.tolist(), strict=True))


def _closest(
    collection: Collection, query: EngineQuery, docs: Array, scorer: Scorer, closeness: Closeness, stop: int
) -> list[tuple[int, float]]:
    """The hits up to `stop`, and all of the window, whose order is that of their adjusted scores.

    The window is the same whatever page is asked, so pages never overlap. What comes after it keeps its order, its
    scores scaled so that none is above those of the window.
    """
    reach = min(max(stop, WINDOW), len(docs))
    docs, scores = scorer.contenders(query.tree, docs, reach)
    ranked = best(collection, docs, scores, 0, reach)
    window = np.sort(np.array(ranked[:WINDOW]))
    adjusted = closeness.adjusted(query.words, window, scores[docs.searchsorted(window)])
    first = best(collection, window, adjusted, 0, len(window))
    found = list(zip(first, adjusted[window.searchsorted(first)].tolist(), strict=True))
    after = scores[docs.searchsorted(ranked[WINDOW:])] if stop > WINDOW else np.zeros(0)
    if len(after):
        after *= min(1.0, found[-1][1] / after[0]) if after[0] else 1.0
    return found + list(zip(ranked[WINDOW:], after.tolist(), strict=True)) if len(after) else found


def _preferring(
    accents: Accents, hits: Sequence[tuple[int, float]], reader: Reader, stop: int
) -> list[tuple[int, float]]:
    """The first `stop` hits, those of the window in their order once each has its bonus for accents."""

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
