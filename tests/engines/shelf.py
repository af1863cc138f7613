"""A generation of small segments, some documents deleted, beside the naive matcher over the same documents."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from indexer.columnar.generation import OpenGeneration
from indexer.engines.base import EngineQuery
from indexer.engines.collection import Collection
from indexer.engines.evaluate import Found, find
from indexer.french import Analyzer
from indexer.model import DateFilter, Document, Sort
from tests.columnar.making import RANKING, TYPES, analysed
from tests.columnar.naive import Naive
from tests.columnar.plain_segment import lay

DATES = (
    None,
    *map(DateFilter.parse, ("2013", "2013-06", "2012-03..2014-05-15", "2014-02..2014-08", "..2013", "inconnue")),
)


class Shelf:
    """Documents in segments of these sizes, in this order."""

    def __init__(
        self,
        folder: Path,
        documents: Sequence[Document],
        sizes: Sequence[int],
        analyzer: Analyzer,
        deleted: Iterable[str] = (),
    ) -> None:
        self.analyzer = analyzer
        self.documents = documents
        corpus = analysed(documents, analyzer)
        ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
        segments = [corpus[end - size : end] for end, size in zip(ends, sizes, strict=True)]
        self.deleted = frozenset(deleted)
        self.folder = lay(folder, segments, self.deleted)
        self.collection = Collection(OpenGeneration(self.folder).parts)
        self.naive = Naive(corpus, RANKING, self.deleted, analyzer.stem)

    def find(self, query: EngineQuery) -> Found:
        """What the search says."""
        return find(self.collection, query, RANKING, self.analyzer.stem)

    def ids(self, query: EngineQuery) -> list[str]:
        """The hits of a query, in order."""
        return [self.documents[number].id for number, _ in self.find(query).hits]

    def order(self, sort: Sort, scores: dict[str, float]) -> Callable[[Document], object]:
        """The key that puts documents in an order, worked out from the documents themselves."""
        match sort:
            case Sort.RELEVANCE:
                return lambda d: (-round(scores[d.id], 10), d.id)
            case Sort.NEWEST:
                return lambda d: (-(d.date.key if d.date else 0), d.id)
            case Sort.OLDEST:
                return lambda d: (d.date is None, d.date.key if d.date else 0, d.id)
            case Sort.TITLE:
                return lambda d: ([p.surface[0] for p in self.analyzer.analyze(d.title)], d.title, d.id)


def made_query(rng: random.Random, tree: object) -> EngineQuery:
    """A query for a tree with random filters, order and page."""
    return EngineQuery(
        tree,  # type: ignore[arg-type]
        types=tuple(rng.sample(TYPES, rng.choice((0, 0, 1, 2)))),
        date=rng.choice((None, *DATES)),
        languages=rng.choice(((), (), ("en",), ("fr", ""), ("xx",))),
        sort=rng.choice((Sort.RELEVANCE, *Sort)),
        offset=rng.choice((0, 0, 0, 7, 40)),
        limit=rng.choice((0, 3, 10, 500)),
    )
