"""The best documents looked at again: more of the words, closer together, come first."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from indexer.engines.base import EngineQuery
from indexer.french import Analyzer, WordLists
from indexer.model import Sort
from indexer.query.tree import Node, Or, Word
from tests.columnar.making import RANKING, WORDS, made_document, made_engine, write
from tests.columnar.naive import Analysed
from tests.engines.shelf import Shelf, made_query

SEED = 20261128


@pytest.fixture(scope="module")
def shelf(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    rng = random.Random(SEED)
    documents = [made_document(number, rng) for number in range(150)]
    return Shelf(tmp_path_factory.mktemp("closeness") / "index", documents, (90, 40, 20), analyzer, {"d0007", "d0040"})


def made_words(rng: random.Random, analyzer: Analyzer) -> tuple[Word, ...]:
    """One to four different words of the vocabulary."""
    positions = [rng.choice(analyzer.analyze(word)) for word in rng.sample(WORDS, rng.randint(1, 4))]
    words = {position.stem: Word(position.surface, position.stem, position.surface[0]) for position in positions}
    return tuple(words.values())


def adjusted(shelf: Shelf, words: Sequence[Word], d: Analysed, score: float) -> float:
    """The score of one document, worked out from its words one by one, as engines.closeness says."""
    body = d.fields["body"]
    has = [[p for p, at in enumerate(body) if any_form(word, at.stem, at.surface)] for word in words]
    rarity = [rarity_of(shelf, word) for word in words]
    total = sum(rarity)
    if len(words) < 2 or not total:
        return score
    there = [shelf.naive.score(word, d) is not None for word in words]
    covered = sum(r for r, yes in zip(rarity, there, strict=True) if yes) / total
    pairs = 0.0
    for n in range(len(words) - 1):
        count = sum(any(p < q <= p + 3 for q in has[n + 1]) for p in has[n])
        pairs += min(rarity[n], rarity[n + 1]) * count / (count + 1)
    starts = [p for places in has for p in places]
    passage = max(
        (
            sum(r for r, places in zip(rarity, has, strict=True) if any(p <= q <= p + 40 for q in places))
            for p in starts
        ),
        default=0.0,
    )
    return score * covered**RANKING.coverage + RANKING.pairs * pairs + RANKING.passage * passage / total


def behind_their_twins(ranked: list[str], scores: dict[str, float], by_id: dict[str, Analysed]) -> list[str]:
    """The documents in order once those that are an earlier one again have lost their part of the score, and its new
    scores."""
    again = [
        any(are_twins(by_id[id], by_id[other], scores[id] / scores[other]) for other in ranked[:place])
        for place, id in enumerate(ranked)
    ]
    for id, twin in zip(ranked, again, strict=True):
        scores[id] *= RANKING.repeated if twin else 1
    return sorted(ranked, key=lambda id: -scores[id])


def are_twins(later: Analysed, earlier: Analysed, ratio: float) -> bool:
    one, other = len(later.fields["body"]), len(earlier.fields["body"])
    same = later.document.title == earlier.document.title and bool(later.fields["title"])
    return same and min(one, other) >= 20 and min(one, other) >= 0.98 * max(one, other) and ratio >= 0.9


def any_form(word: Word, stems: Sequence[str], surfaces: Sequence[str]) -> bool:
    return bool(set(word.stems) & set(stems) or set(word.surfaces) & set(surfaces))


def rarity_of(shelf: Shelf, word: Word) -> float:
    counts = [
        sum(any(term in terms for terms in d.terms(field, form)) for d in shelf.naive.corpus)
        for field in ("title", "body")
        for form, own in (("stem", word.stems), ("surface", word.surfaces))
        for term in own
    ]
    return math.log(len(shelf.naive.corpus) / (max(counts) + 1)) + 1 if max(counts) else 0.0


@pytest.mark.parametrize("window", [5, 40, 1000])
def test_the_best_documents_are_scored_anew_and_the_others_come_after_them(
    window: int, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.engines.ranked.WINDOW", window)
    rng = random.Random(SEED + window)
    by_id = {d.document.id: d for d in shelf.naive.corpus}
    for _ in range(60):
        words = made_words(rng, shelf.analyzer)
        query = replace(made_query(rng, Or(words)), words=words, sort=Sort.RELEVANCE)
        plain = shelf.find(replace(query, words=(), offset=0, limit=1000)).hits
        first = {shelf.documents[n].id: score for n, score in plain[:window]}
        new = {id: adjusted(shelf, words, by_id[id], score) for id, score in first.items()}
        ranked = behind_their_twins(sorted(new, key=lambda id: (-round(new[id], 10), id)), new, by_id)
        expected = ranked + [shelf.documents[n].id for n, _ in plain[len(first) :]]
        found = shelf.find(query)
        page = slice(query.offset, query.offset + query.limit)
        assert [shelf.documents[n].id for n, _ in found.hits] == expected[page], query
        for n, score in found.hits:
            if (id := shelf.documents[n].id) in new:
                assert score == pytest.approx(new[id], rel=1e-9), query
        scores = [score for _, score in shelf.find(replace(query, offset=0, limit=1000)).hits]
        assert all(b <= a * (1 + 1e-9) for a, b in pairwise(scores)), "no page is better than the page before"


def test_a_text_with_both_words_passes_one_that_repeats_the_commoner(tmp_path: Path, lists: WordLists) -> None:
    check(tmp_path, lists, ["La laïcité au travail.", "Le travail, encore le travail, toujours le travail."])


def test_a_text_with_the_words_side_by_side_passes_one_that_has_them_pages_apart(
    tmp_path: Path, lists: WordLists
) -> None:
    far = "La laïcité. " + "Une autre phrase sans rien de commun. " * 20 + "Le travail."
    near = "Une autre phrase sans rien de commun. " * 20 + "La laïcité au travail."
    check(tmp_path, lists, [near, far])


def check(folder: Path, lists: WordLists, texts: Sequence[str]) -> None:
    """The first text comes before the second for « laïcité travail »."""
    rng = random.Random(SEED)
    others = [replace(made_document(number, rng), title="") for number in range(20)]
    wanted = [
        replace(others[0], id=f"w{n}", digest=f"{100 + n:064x}", text=text) for n, text in enumerate(reversed(texts))
    ]
    engine = made_engine(folder / "index")
    write(engine, lists, [*others, *wanted])
    snapshot = engine.snapshot()
    words: tuple[Node, ...] = tuple(
        Word(p.surface, p.stem, p.surface[0]) for p in snapshot.analyzer.analyze("laïcité travail")
    )
    last = f"w{len(texts) - 1}"
    assert next(d.id for d, _ in snapshot.search(EngineQuery(Or(words, 1), words=words)).hits) == last


def test_only_relevance_looks_again(shelf: Shelf) -> None:
    rng = random.Random(SEED)
    words = made_words(rng, shelf.analyzer)
    query = EngineQuery(Or(words), sort=Sort.NEWEST)
    assert shelf.find(query).hits == shelf.find(replace(query, words=words)).hits
