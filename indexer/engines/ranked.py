"""The hits of a page in the order asked, each with what makes up its score.

By relevance the best documents by BM25, the window, are looked at again: for words that stand close (closeness), for
documents that are another one again (twins), and for accents as typed (accents), which only texts tell. The window is
the same whatever page is asked, so pages never overlap. What comes after it keeps its order, its scores scaled so that
none is above those of the window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from heapq import heappop, heappush
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from indexer.columnar.arrays import Array
from indexer.engines.accents import Accents
from indexer.engines.base import EngineQuery
from indexer.engines.closeness import WINDOW, Closeness
from indexer.engines.collection import Collection
from indexer.engines.excerpts import Reader
from indexer.engines.ordering import best, by_arrival, in_order
from indexer.engines.reprises import Reprises
from indexer.engines.scoring import Scorer
from indexer.engines.twins import repeated
from indexer.model import Contribution, Sort
from indexer.query.tree import Node, text_of
from indexer.settings import Ranking


class Ranked(NamedTuple):
    """A hit: its number and its score, which is what its tree gives times `factor`, and `bonus` for closeness."""

    number: int
    score: float
    factor: float = 1.0
    bonus: float = 0.0

    def times(self, factor: float) -> Ranked:
        """The same with all of its score multiplied."""
        return Ranked(self.number, self.score * factor, self.factor * factor, self.bonus * factor)


class Ranker:
    """Orders the hits of one query."""

    def __init__(
        self, collection: Collection, scorer: Scorer, closeness: Closeness, reader: Reader, ranking: Ranking
    ) -> None:
        self._collection = collection
        self._ranking = ranking
        self._scorer = scorer
        self._closeness = closeness
        self._reader = reader

    def page(self, query: EngineQuery, docs: Array, reprises: Reprises) -> list[Ranked]:
        """The hits asked for, of documents (ascending) that match and pass the filters; a group shows its first. By
        relevance all are scored, in another order those of the page."""
        stop = min(query.offset + query.limit, len(docs) - reprises.beneath)
        if query.offset >= stop:
            return []
        if query.sort is Sort.RELEVANCE and not query.by_arrival:
            found = reprises.firsts(lambda reach: self._by_relevance(query, docs, reach), stop, _number)
            return found[query.offset :]
        page = self._in_order(query, docs, stop, reprises)
        places = np.argsort(page)
        scores = np.zeros(len(page))
        scores[places] = self._scorer.scores(query.tree, np.array(page)[places])
        return list(map(Ranked, page, scores.tolist()))

    def _in_order(self, query: EngineQuery, docs: Array, stop: int, reprises: Reprises) -> list[int]:
        """The documents of a page by date, title or arrival."""

        def first(reach: int, offset: int = 0) -> list[int]:
            if query.by_arrival:
                return by_arrival(self._collection, docs, offset, reach)
            return in_order(self._collection, docs, query.sort, offset, reach)

        if not reprises:  # what comes before the page need not be put in order
            return first(stop, query.offset)
        return reprises.firsts(first, stop, int)[query.offset :]

    def _by_relevance(self, query: EngineQuery, docs: Array, reach: int) -> Iterator[Ranked]:
        """The first hits, `reach` of them or more; no more is read of texts than the hits that are taken need."""
        accents = Accents(query.tree, self._ranking.accents) if query.accents and self._ranking.accents else None
        if not accents and not query.words:
            docs, scores = self._scorer.contenders(query.tree, docs, reach)
            page = best(self._collection, docs, scores, 0, reach)
            return map(Ranked, page, scores[docs.searchsorted(page)].tolist())
        found = self._close_together(query, docs, reach)
        if not accents:
            return iter(found)
        return chain(self._preferring(accents, found[:WINDOW]), found[WINDOW:])

    def _close_together(self, query: EngineQuery, docs: Array, stop: int) -> list[Ranked]:
        """The hits up to `stop`, and all of the window, in the order of their adjusted scores."""
        reach = min(max(stop, WINDOW), len(docs))
        docs, scores = self._scorer.contenders(query.tree, docs, reach)
        ranked = best(self._collection, docs, scores, 0, reach)
        found = self._without_echo(self._adjusted(query.words, ranked[:WINDOW], docs, scores))
        if len(ranked) > WINDOW:
            after = scores[docs.searchsorted(ranked[WINDOW:])]
            factor = min(1.0, found[-1].score / after.item(0)) if after[0] else 1.0
            found += [Ranked(*hit).times(factor) for hit in zip(ranked[WINDOW:], after.tolist(), strict=True)]
        return found

    def _adjusted(self, words: Sequence[Node], ranked: list[int], docs: Array, scores: Array) -> list[Ranked]:
        """The window in the order of its adjusted scores."""
        if len(words) == 1:  # it stands close to nothing
            return list(map(Ranked, ranked, scores[docs.searchsorted(ranked)].tolist()))
        window = np.sort(np.array(ranked))
        factors, bonuses = self._closeness.adjustments(words, window)
        adjusted = scores[docs.searchsorted(window)] * factors + bonuses
        order = window.searchsorted(best(self._collection, window, adjusted, 0, len(window)))
        return list(map(Ranked, *(column[order].tolist() for column in (window, adjusted, factors, bonuses))))

    def _without_echo(self, hits: list[Ranked]) -> list[Ranked]:
        """The hits with those that are another again behind."""
        again = repeated(self._collection, [hit.number for hit in hits], [hit.score for hit in hits])
        if not any(again):
            return hits
        lowered = [hit.times(self._ranking.repeated) if twin else hit for hit, twin in zip(hits, again, strict=True)]
        return sorted(lowered, key=lambda hit: -hit.score)

    def _preferring(self, accents: Accents, hits: Sequence[Ranked]) -> Iterator[Ranked]:
        """The hits once each has its bonus for accents."""

        def bonus(number: int) -> float:
            document = self._reader.read(number)
            return accents.bonus(document.title, document.text)

        return reordered(hits, bonus, 1 + accents.most)


def reordered(hits: Sequence[Ranked], bonus: Callable[[int], float], most: float) -> Iterator[Ranked]:
    """Hits (best first) in their order when the score of each is multiplied by a bonus from 1 to `most`.

    Equal ones keep their order. Bonuses are asked for from the best hit on, and no further than one can still come up:
    when the first ten have all that a bonus gives, no other is asked for until an eleventh is taken.
    """
    waiting: list[tuple[float, int, Ranked]] = []
    for place, hit in enumerate(hits):
        while waiting and -waiting[0][0] >= hit.score * most:
            yield heappop(waiting)[2]
        raised = hit.times(bonus(hit.number))
        heappush(waiting, (-raised.score, place, raised))
    while waiting:
        yield heappop(waiting)[2]


_number = attrgetter("number")


def reasons_with(hit: Ranked, reasons: Sequence[Contribution], words: str) -> tuple[Contribution, ...]:
    """What makes up the score of a hit, greatest first, from what its tree gives; `words` are what stands close."""
    found = [replace(one, score=one.score * hit.factor) for one in reasons]
    if hit.bonus:
        found.append(Contribution(words, "body", "closeness", 0, hit.bonus))
    return tuple(sorted(found, key=lambda one: one.score, reverse=True))


def texts_of(query: EngineQuery) -> str:
    """The words asked, as they were typed."""
    return " ".join(dict.fromkeys(map(text_of, query.words)))
