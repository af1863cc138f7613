"""One query over one generation: match, filter, count, order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.columnar.arrays import Array
from indexer.engines.base import EngineQuery
from indexer.engines.closeness import Closeness
from indexer.engines.collection import Collection
from indexer.engines.excerpts import Reader
from indexer.engines.explain import Explainer
from indexer.engines.lists import Terms
from indexer.engines.matching import Matcher
from indexer.engines.mentions import mention_counts, naming
from indexer.engines.ranked import Ranker, reasons_with, texts_of
from indexer.engines.reprises import Reprises, repeats_of
from indexer.engines.scoring import Scorer
from indexer.model import Contribution, DateFilter, Repeats
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
    languages: Mapping[str, int] = field(default_factory=dict)
    mentions: Mapping[int, int] = field(default_factory=dict)
    reasons: Sequence[tuple[Contribution, ...]] = ()
    repeats: Sequence[Repeats] = ()
    reprises: int = 0


def find(collection: Collection, query: EngineQuery, ranking: Ranking, stem: Callable[[str], str]) -> Found:
    """Answer a query. `stem` gives the stem of a surface, as the collection was analysed."""
    terms = Terms(collection.fields)
    reader = Reader(collection, terms, stem, query.tree)
    if not collection.documents:
        return Found(reader, every=None if query.every is None else 0)
    matcher = Matcher(collection, terms, stem)
    filters = _Filters(collection, query, terms)
    matched = collection.living(matcher.docs(query.tree))
    citing = filters.by_mention(matched)
    spoken = filters.by_language(citing)
    right_type, right_date = filters.by_type(spoken), filters.by_date(spoken)
    docs = filters.by_date(right_type)
    any_language = docs if spoken is citing else filters.by_date(filters.by_type(citing))
    any_mention = docs if citing is matched else filters.by_date(filters.by_type(filters.by_language(matched)))
    scorer, closeness = Scorer(terms, matcher, ranking), Closeness(collection, terms, matcher, ranking)
    reprises = Reprises(collection, docs if query.grouped else docs[:0])
    hits = Ranker(collection, scorer, closeness, reader, ranking).page(query, docs, reprises)
    reasons: Sequence[tuple[Contribution, ...]] = ((),) * len(hits)
    if query.explain:
        told = Explainer(terms, matcher, ranking).reasons(query.tree, [hit.number for hit in hits])
        reasons = [reasons_with(hit, one, texts_of(query)) for hit, one in zip(hits, told, strict=True)]
    if right_date is right_type is any_language:  # as without filters
        types, dates, languages = collection.facets.counts(docs)
    else:
        types, languages = collection.types.counts(right_date), collection.languages.counts(any_language)
        dates = _date_counts(collection, right_type, query.date)
    return Found(
        reader=reader,
        matched=len(matched),
        total=len(docs),
        every=_every(collection, query, matcher, filters, len(docs)),
        hits=[(hit.number, hit.score) for hit in hits],
        types=types,
        dates=dates,
        languages=languages,
        mentions=mention_counts(collection.named_years, any_mention, terms, query.mention),
        reasons=reasons,
        repeats=[repeats_of(collection, hit.number, reprises.others(hit.number)) for hit in hits],
        reprises=reprises.beneath,
    )


class _Filters:
    """The filters of a query, as tables over the distinct values of a column; that of mentions is a posting list."""

    def __init__(self, collection: Collection, query: EngineQuery, terms: Terms) -> None:
        self._collection = collection
        self._mention = query.mention
        self._naming = naming(terms, query.mention) if query.mention else None
        self._types = self._dates = self._languages = None
        if query.types:
            self._types = np.isin(np.array(collection.types.values, object), query.types)
        if query.date:
            self._dates = collection.periods.taken_by(query.date)
        if query.languages:
            self._languages = np.isin(np.array(collection.languages.values, object), query.languages)

    def by_all(self, docs: Array) -> Array:
        """Those of the documents that pass every filter."""
        return self.by_date(self.by_type(self.by_language(self.by_mention(docs))))

    def by_mention(self, docs: Array) -> Array:
        """Those of the documents that name the date."""
        if self._mention is None:
            return docs
        return docs[:0] if self._naming is None else docs[self._naming.contains(docs)]

    def by_language(self, docs: Array) -> Array:
        """Those of the documents that are in one of the languages."""
        if self._languages is None:
            return docs
        return docs[self._languages.take(self._collection.languages.ords.take(docs))]

    def by_type(self, docs: Array) -> Array:
        """Those of the documents that have one of the types."""
        return docs if self._types is None else docs[self._types.take(self._collection.types.ords.take(docs))]

    def by_date(self, docs: Array) -> Array:
        """Those of the documents whose date passes."""
        return docs if self._dates is None else docs[self._dates.take(self._collection.dates.ords.take(docs))]


def _every(collection: Collection, query: EngineQuery, matcher: Matcher, filters: _Filters, total: int) -> int | None:
    if query.every is None or query.every == query.tree:
        return None if query.every is None else total
    return len(filters.by_all(collection.living(matcher.docs(query.every))))


def _date_counts(collection: Collection, docs: Array, date: DateFilter | None) -> dict[int, int]:
    """Documents by year (yyyy0000, 0 unknown), and by date inside the year that the filter opens."""
    counts = collection.years.counts(docs)
    opened = date.opened if date else None
    if opened and counts.pop(opened.year * 10_000, 0):
        place = collection.years.values.index(opened.year * 10_000)
        counts |= collection.dates.counts(docs[collection.years.ords.take(docs) == place])
    return counts
