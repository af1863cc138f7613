"""One query over one generation: match, filter, count, order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from indexer.columnar.arrays import Array
from indexer.engines.base import EngineQuery
from indexer.engines.closeness import WINDOW, Closeness
from indexer.engines.collection import Collection
from indexer.engines.explain import Explainer
from indexer.engines.lists import Terms
from indexer.engines.matching import Matcher
from indexer.engines.ordering import best, in_order
from indexer.engines.scoring import Scorer
from indexer.model import Contribution, DateFilter, Sort
from indexer.query.tree import text_of
from indexer.settings import Ranking


@dataclass(frozen=True, slots=True)
class Found:
    """What EngineAnswer says, with the hits as numbers of documents in the collection, and their scores.

    `terms` are those that were looked up on the way.
    """

    terms: Terms
    matched: int = 0
    total: int = 0
    every: int | None = None
    hits: Sequence[tuple[int, float]] = ()
    types: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[int, int] = field(default_factory=dict)
    reasons: Sequence[tuple[Contribution, ...]] = ()


def find(collection: Collection, query: EngineQuery, ranking: Ranking, stem: Callable[[str], str]) -> Found:
    """Answer a query. `stem` gives the stem of a surface, as the collection was analysed."""
    terms = Terms(collection.fields, collection.memory)
    if not collection.documents:
        return Found(terms, every=None if query.every is None else 0)
    matcher = Matcher(collection, terms, stem)
    filters = _Filters(collection, query)
    matched = _alive(collection, matcher.docs(query.tree))
    right_type, right_date = filters.by_type(matched), filters.by_date(matched)
    docs = filters.by_date(right_type)
    hits = _page(
        collection, query, docs, Scorer(terms, matcher, ranking), Closeness(collection, terms, matcher, ranking)
    )
    reasons: Sequence[tuple[Contribution, ...]] = ((),) * len(hits)
    if query.explain:
        told = Explainer(terms, matcher, ranking).reasons(query.tree, [hit.number for hit in hits])
        together = " ".join(dict.fromkeys(map(text_of, query.words)))
        reasons = [_adjusted(hit, one, together) for hit, one in zip(hits, told, strict=True)]
    return Found(
        terms=terms,
        matched=len(matched),
        total=len(docs),
        every=_every(collection, query, matcher, filters, len(docs)),
        hits=[(hit.number, hit.score) for hit in hits],
        types=collection.types.counts(right_date),
        dates=_date_counts(collection, right_type, query.date),
        reasons=reasons,
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


class _Ranked(NamedTuple):
    """A hit: its number and its score, which is what its tree gives times `factor`, and `bonus` for closeness."""

    number: int
    score: float
    factor: float = 1.0
    bonus: float = 0.0


def _page(
    collection: Collection, query: EngineQuery, docs: Array, scorer: Scorer, closeness: Closeness
) -> list[_Ranked]:
    """The hits asked for. By relevance all are scored, in another order those of the page."""
    stop = min(query.offset + query.limit, len(docs))
    if query.offset >= stop:
        return []
    if query.sort is Sort.RELEVANCE:
        if len(query.words) > 1:
            return _closest(collection, query, docs, scorer, closeness, stop)[query.offset :]
        docs, scores = scorer.contenders(query.tree, docs, stop)
        page = best(collection, docs, scores, query.offset, stop)
        return list(map(_Ranked, page, scores[docs.searchsorted(page)].tolist()))
    page = in_order(collection, docs, query.sort, query.offset, stop)
    places = np.argsort(page)
    scores = np.zeros(len(page))
    scores[places] = scorer.scores(query.tree, np.array(page)[places])
    return list(map(_Ranked, page, scores.tolist()))


def _closest(
    collection: Collection, query: EngineQuery, docs: Array, scorer: Scorer, closeness: Closeness, stop: int
) -> list[_Ranked]:
    """The hits up to `stop`, the first of them in the order of their adjusted scores.

    The window is the same whatever page is asked, so pages never overlap. What comes after it keeps its order, its
    scores scaled so that none is above those of the window.
    """
    docs, scores = scorer.contenders(query.tree, docs, min(max(stop, WINDOW), len(docs)))
    ranked = best(collection, docs, scores, 0, min(max(stop, WINDOW), len(docs)))
    window = np.sort(np.array(ranked[:WINDOW]))
    plain = scores[docs.searchsorted(window)]
    factors, bonuses = closeness.adjustments(query.words, window)
    adjusted = plain * factors + bonuses
    order = window.searchsorted(best(collection, window, adjusted, 0, len(window)))
    columns = (column[order].tolist() for column in (window, adjusted, factors, bonuses))
    found = list(map(_Ranked, *columns))
    if stop > WINDOW:
        after = scores[docs.searchsorted(ranked[WINDOW:stop])]
        factor = min(1.0, found[-1].score / after[0]) if after[0] else 1.0
        found += [
            _Ranked(number, score * factor, factor)
            for number, score in zip(ranked[WINDOW:stop], after.tolist(), strict=True)
        ]
    return found[:stop]


def _adjusted(hit: _Ranked, reasons: Sequence[Contribution], together: str) -> tuple[Contribution, ...]:
    """The reasons of a hit as they make up its score, the greatest first; `together` is what stands close."""
    found = [replace(one, score=one.score * hit.factor) for one in reasons]
    if hit.bonus:
        found.append(Contribution(together, "body", "closeness", 0, hit.bonus))
    return tuple(sorted(found, key=lambda one: one.score, reverse=True))


def _date_counts(collection: Collection, docs: Array, date: DateFilter | None) -> dict[int, int]:
    """Documents by year (yyyy0000, 0 unknown), and by date inside the year that the filter opens."""
    counts = collection.years.counts(docs)
    opened = date.opened if date else None
    if opened and counts.pop(opened.year * 10_000, 0):
        place = collection.years.values.index(opened.year * 10_000)
        counts |= collection.dates.counts(docs[collection.years.ords.take(docs) == place])
    return counts
