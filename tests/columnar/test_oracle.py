"""The search finds, scores and orders exactly what a naive matcher over plain lists finds."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.engines.base import EngineQuery
from indexer.engines.local import LocalEngine
from indexer.french import Analyzer, WordLists
from indexer.model import DateFilter, Document, PartialDate, Sort
from indexer.query.tree import All
from tests.columnar.making import RANKING, TYPES, analysed, made_document, made_engine, made_tree, write
from tests.columnar.naive import Naive

SEED = 20260119


@pytest.fixture(scope="module")
def corpus() -> list[Document]:
    rng = random.Random(SEED)
    return [made_document(number, rng) for number in range(120)]


@pytest.fixture(scope="module")
def engine(corpus: list[Document], lists: WordLists, tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    """The corpus in several segments."""
    made = made_engine(tmp_path_factory.mktemp("oracle") / "index")
    for start in range(0, len(corpus), 40):
        write(made, lists, corpus[start : start + 40])
    return made


@pytest.fixture(scope="module")
def naive(corpus: list[Document], analyzer: Analyzer) -> Naive:
    return Naive(analysed(corpus, analyzer), RANKING)


def blocks(short: int, long: int) -> list[object]:
    """Numbers of blocks of trees: the first in every run, the others in `make test-deep`."""
    return [*range(short), *(pytest.param(n, marks=pytest.mark.deep) for n in range(short, long))]


@pytest.mark.parametrize("block", blocks(10, 200))
def test_generated_trees_match_and_score_like_the_naive_matcher(
    block: int, engine: LocalEngine, naive: Naive, analyzer: Analyzer
) -> None:
    rng = random.Random(SEED + block)
    snapshot = engine.snapshot()
    for _ in range(60):
        tree = made_tree(rng, analyzer)
        answer = snapshot.search(EngineQuery(tree, limit=1000))
        expected = naive.matches(tree)
        assert {d.id for d, _ in answer.hits} == set(expected), tree
        assert answer.total == answer.matched == len(expected), tree
        for document, score in answer.hits:
            assert score == pytest.approx(expected[document.id], rel=1e-9, abs=1e-12), (tree, document.id)


def test_filters_facets_and_counts_agree_with_counting_by_hand(
    engine: LocalEngine, naive: Naive, analyzer: Analyzer, corpus: list[Document]
) -> None:
    rng = random.Random(SEED)
    snapshot = engine.snapshot()
    for _ in range(60):
        tree = made_tree(rng, analyzer)
        types = tuple(rng.sample(TYPES, rng.randint(0, 2)))
        date = rng.choice(
            [None, *map(DateFilter.parse, ("2013", "2013-06", "2012-03..2014-05-15", "..2013", "inconnue"))]
        )
        matching = naive.matches(tree)
        right_type = {d.id for d in corpus if not types or d.type in types}
        right_date = {d.id for d in corpus if date is None or date.matches(d.date)}
        query = EngineQuery(tree, types, date, limit=1000)
        answer = snapshot.search(query)
        hits = matching.keys() & right_type & right_date
        assert {d.id for d, _ in answer.hits} == hits
        assert answer.total == snapshot.count(query) == len(hits)
        assert answer.matched == len(matching)
        for kind in TYPES:
            chosen = [d for d in corpus if d.id in matching.keys() & right_date and d.type == kind]
            assert answer.types.get(kind, 0) == len(chosen)
        for key, count in answer.dates.items():
            chosen = [d for d in corpus if d.id in matching.keys() & right_type and d.date == PartialDate.from_key(key)]
            assert count == len(chosen)
        assert sum(answer.dates.values()) == len(matching.keys() & right_type)


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_never_overlap_and_together_hold_every_hit_in_order(sort: Sort, engine: LocalEngine) -> None:
    snapshot = engine.snapshot()
    whole = [d.id for d, _ in snapshot.search(EngineQuery(All(), sort=sort, limit=1000)).hits]
    pages = [
        d.id
        for offset in range(0, len(whole) + 7, 7)
        for d, _ in snapshot.search(EngineQuery(All(), sort=sort, offset=offset, limit=7)).hits
    ]
    assert pages == whole


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_documents_without_a_date_come_last_whichever_way_dates_run(sort: Sort, engine: LocalEngine) -> None:
    dates = [d.date for d, _ in engine.snapshot().search(EngineQuery(All(), sort=sort, limit=1000)).hits]
    known = [date for date in dates if date]
    assert dates == known + [None] * (len(dates) - len(known))
    assert [d.key for d in known] == sorted((d.key for d in known), reverse=sort is Sort.NEWEST)


def test_titles_sort_as_in_a_french_dictionary(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    titles = ["Zèbre", "École", "eau", "Œuvre", "édit", "obus", "Cote", "Côté", "côte", "10 mots"]
    rng = random.Random(1)
    base = [made_document(n, rng) for n in range(len(titles))]
    write(engine, lists, [replace(d, title=t) for d, t in zip(base, titles, strict=True)])
    found = [d.title for d, _ in engine.snapshot().search(EngineQuery(All(), sort=Sort.TITLE, limit=20)).hits]
    assert found == ["10 mots", "Cote", "Côté", "côte", "eau", "École", "édit", "obus", "Œuvre", "Zèbre"]
