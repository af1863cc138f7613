"""The search finds, scores, counts and orders exactly what the naive matcher and Whoosh's exhaustive walk find."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from whoosh import index

from indexer.documents import Entry
from indexer.engines import lists, matching
from indexer.engines import scoring as our_scoring
from indexer.engines.base import EngineQuery
from indexer.engines.collection import Collection
from indexer.french import Analyzer
from indexer.model import Document
from indexer.query.tree import Near, Or, Phrase, Prefix, Weighted, Word
from tests.columnar.compile import compile_tree, walk
from tests.columnar.making import RANKING, WEIGHTING, made_document, made_tree
from tests.conftest import ROOT
from tests.documents.reading import read_all
from tests.engines.shelf import Shelf, made_query

SEED = 20261123
# Each algorithm has two ways, for common and for rare terms: both must hold for everything.
WAYS = {
    "as measured": None,
    "through tables": (1 << 40, 0, 0, 1, 0),
    "by searching": (0, 1 << 40, 1 << 40, 1 << 40, 1 << 40),
}


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> str:
    monkeypatch.setattr(shelf, "collection", Collection(shelf.collection.parts))  # what was kept went the other way
    if chosen := WAYS[request.param]:
        dense, searched, few, shown, short = chosen
        monkeypatch.setattr(lists, "DENSE", dense)
        monkeypatch.setattr(lists, "_SHORT", short)
        monkeypatch.setattr(matching, "DENSE", dense)
        monkeypatch.setattr(our_scoring, "DENSE", dense)
        monkeypatch.setattr(our_scoring, "_SCATTERED", dense)
        monkeypatch.setattr(our_scoring, "_SEARCHED", searched)
        monkeypatch.setattr(our_scoring, "_FEW", few)
        monkeypatch.setattr(our_scoring, "_SHOWN", shown)
    return str(request.param)


@pytest.fixture(scope="module")
def shelf(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    rng = random.Random(SEED)
    documents = [made_document(number, rng) for number in range(120)]
    rng.shuffle(documents)
    deleted = {d.id for d in rng.sample(documents, 15)}
    return Shelf(tmp_path_factory.mktemp("oracle") / "index", documents, (70, 40, 10), analyzer, deleted)


def blocks(short: int, long: int) -> list[object]:
    """Numbers of blocks of trees: the first in every run, the others in `make test-deep`."""
    return [*range(short), *(pytest.param(n, marks=pytest.mark.deep) for n in range(short, long))]


@pytest.mark.parametrize("block", blocks(4, 100))
def test_generated_trees_match_score_count_and_order_like_the_naive_matcher(block: int, shelf: Shelf, way: str) -> None:
    rng = random.Random(SEED + block)
    for _ in range(40):
        tree = made_tree(rng, shelf.analyzer)
        every = made_tree(rng, shelf.analyzer)
        check(shelf, replace(made_query(rng, tree), every=rng.choice((None, tree, every))))


def check(shelf: Shelf, query: EngineQuery) -> None:
    """One query, in everything that it says."""
    scores = shelf.naive.matches(query.tree)
    matching = [d for d in shelf.documents if d.id in scores]
    spoken = [d for d in matching if not query.languages or d.language in query.languages]
    right_type = [d for d in spoken if not query.types or d.type in query.types]
    right_date = [d for d in spoken if query.date is None or query.date.matches(d.date)]
    hits = sorted((d for d in right_type if d in right_date), key=shelf.order(query.sort, scores))
    found = shelf.find(query)
    assert (found.matched, found.total) == (len(matching), len(hits)), query
    page = hits[query.offset : query.offset + query.limit]
    assert [shelf.documents[number].id for number, _ in found.hits] == [d.id for d in page], query
    for number, score in found.hits:
        assert score == pytest.approx(scores[shelf.documents[number].id], rel=1e-9, abs=1e-12), query
    assert found.types == Counter(d.type for d in right_date), query
    assert found.languages == Counter(
        d.language
        for d in matching
        if (not query.types or d.type in query.types) and (query.date is None or query.date.matches(d.date))
    ), query
    opened = query.date.opened if query.date else None
    keys = [d.date.key if d.date else 0 for d in right_type]
    assert found.dates == Counter(
        key if opened and key // 10_000 == opened.year else key // 10_000 * 10_000 for key in keys
    ), query
    if query.every is None:
        assert found.every is None
    else:
        also = shelf.naive.matches(query.every)
        chosen = [d for d in shelf.documents if d.id in also and (not query.types or d.type in query.types)]
        chosen = [d for d in chosen if not query.languages or d.language in query.languages]
        assert found.every == sum(query.date is None or query.date.matches(d.date) for d in chosen), query


@pytest.mark.parametrize("block", blocks(1, 10))
def test_generated_trees_match_and_score_like_whooshs_exhaustive_walk(block: int, shelf: Shelf) -> None:
    rng = random.Random(SEED - block)
    opened = index.open_dir(str(shelf.folder)).searcher(weighting=WEIGHTING)
    for _ in range(60):
        tree = made_tree(rng, shelf.analyzer)
        expected = dict(walk(opened, compile_tree(tree, RANKING)))
        assert dict(shelf.find(EngineQuery(tree, limit=1_000)).hits) == pytest.approx(expected, rel=1e-9, abs=1e-12), (
            tree
        )


# --- real text -------------------------------------------------------------------------------------------------------


def real_documents() -> Iterator[Document]:
    corpus = ROOT / "corpus"
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and path.name not in ("README.md", "metadata.csv"):
            for number, entry in enumerate(read_all(path, path.relative_to(corpus).as_posix())):
                if isinstance(entry, Entry):
                    yield Document(
                        id=f"{path.name}-{number}",
                        title=entry.title,
                        text=entry.text,
                        type=entry.type,
                        date=entry.date,
                        date_source=entry.date_source,
                        root="corpus",
                        path=path.name,
                        digest=f"{number:064x}",
                        first_seen="2026-01-01",
                    )


@pytest.fixture(scope="module")
def real(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    documents = list(real_documents())
    sizes = (len(documents) // 2, len(documents) - len(documents) // 2)
    return Shelf(tmp_path_factory.mktemp("real") / "index", documents, sizes, analyzer)


@pytest.mark.parametrize("block", blocks(1, 20))
def test_words_and_phrases_of_real_texts_match_and_score_alike(block: int, real: Shelf) -> None:
    rng = random.Random(SEED + block)
    for _ in range(25):
        position = real.analyzer.analyze(rng.choice(real.documents).text)
        start = rng.randrange(len(position) - 4)
        words = [Word(p.surface, p.stem, p.surface[0]) for p in rng.sample(position, rng.randint(1, 5))]
        surfaces = tuple(p.surface[0] for p in position[start : start + rng.randint(2, 4)])
        extra = rng.choice(
            (
                Phrase(surfaces, " ".join(surfaces)),
                Near(tuple(rng.sample(surfaces, 2)), rng.randint(1, 8)),
                Prefix(position[start].surface[0][:4]),
                Weighted(words[0], 0.5),
            )
        )
        check(real, replace(made_query(rng, Or((*words, extra), rng.randint(1, 3))), every=Or((*words, extra), 4)))


# --- long documents --------------------------------------------------------------------------------------------------


def test_words_past_position_65_535_are_found_together_and_apart(analyzer: Analyzer, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    filler = " ".join(rng.choices(("mission", "paix"), k=66_000))
    base = [made_document(number, rng) for number in range(2)]
    texts = (f"{filler} casques bleus", f"casques {filler} bleus")
    shelf = Shelf(tmp_path / "i", [replace(d, text=t) for d, t in zip(base, texts, strict=True)], (1, 1), analyzer)
    assert shelf.ids(EngineQuery(Phrase(("casques", "bleus"), ""))) == [base[0].id]
    assert shelf.ids(EngineQuery(Near(("bleus", "casques"), 66_000))) == [base[0].id]
    assert len(shelf.ids(EngineQuery(Near(("bleus", "casques"), 66_001)))) == 2
