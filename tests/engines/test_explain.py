"""Every score is told apart into what each word adds, by field and form."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from indexer.engines.base import EngineQuery
from indexer.engines.evaluate import find
from indexer.french import Analyzer
from indexer.model import Contribution, Document
from indexer.query.tree import And, Either, Near, Node, Not, Or, Phrase, Prefix, Weighted, Word
from tests.columnar.making import RANKING, made_document, made_tree
from tests.columnar.naive import FIELDS, FORMS, Naive
from tests.engines.shelf import Shelf, made_query

SEED = 20261128


@pytest.fixture(scope="module")
def shelf(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    rng = random.Random(SEED)
    documents = [made_document(number, rng) for number in range(90)]
    deleted = {d.id for d in rng.sample(documents, 10)}
    return Shelf(tmp_path_factory.mktemp("explain") / "index", documents, (50, 30, 10), analyzer, deleted)


@pytest.mark.parametrize("block", [0, 1, *(pytest.param(n, marks=pytest.mark.deep) for n in range(2, 60))])
def test_reasons_of_generated_trees_add_up_to_the_score(block: int, shelf: Shelf) -> None:
    rng = random.Random(SEED + block)
    for _ in range(100):
        query = replace(made_query(rng, made_tree(rng, shelf.analyzer)), explain=True)
        found = shelf.find(query)
        assert len(found.reasons) == len(found.hits)
        for (_, score), reasons in zip(found.hits, found.reasons, strict=True):
            assert sum(one.score for one in reasons) == pytest.approx(score, rel=1e-9, abs=1e-12), query
            assert [one.score for one in reasons] == sorted((one.score for one in reasons), reverse=True), query
            assert len({(one.text, one.field, one.form) for one in reasons}) == len(reasons), query


def test_each_part_of_a_word_is_what_the_naive_matcher_gives_when_the_others_weigh_nothing(shelf: Shelf) -> None:
    checked = 0
    for name, form in product(FIELDS, FORMS):
        others = {other: 0.0 for other in (*FIELDS, *FORMS) if other not in (name, form)}
        naive = Naive(shelf.naive.corpus, replace(RANKING, **others), shelf.deleted)
        for position in map(shelf.analyzer.analyze, ("mandat", "présidente", "d’Alger")):
            tree = Weighted(Word(position[-1].surface, position[-1].stem, "mot"), 0.8)
            found, scores = shelf.find(EngineQuery(tree, limit=100, explain=True)), naive.matches(tree)
            for (number, _), parts in zip(found.hits, found.reasons, strict=True):
                part = sum(one.score for one in parts if (one.field, one.form) == (name, form))
                assert part == pytest.approx(scores[shelf.documents[number].id], rel=1e-9)
                checked += part > 0
    assert checked > 50


def test_nothing_is_explained_that_was_not_asked_for(shelf: Shelf) -> None:
    found = shelf.find(EngineQuery(word("mandat")))
    assert found.hits
    assert not any(found.reasons)


# --- one document, told ----------------------------------------------------------------------------------------------

TITLE = "Fin du mandat"
TEXT = "Les mandats de la mission. Un mandat de paix, la paix du Mali ; la paix des civils."


@pytest.fixture(scope="module")
def small(analyzer: Analyzer, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    rng = random.Random(SEED)
    told = replace(made_document(0, rng), title=TITLE, text=TEXT)
    others = [replace(made_document(number, rng), title="", text="Rien.") for number in range(1, 6)]
    return Shelf(tmp_path_factory.mktemp("told") / "index", [told, *others], (4, 2), analyzer)


def word(text: str) -> Word:
    """One of the words here that are their own stems."""
    return Word((text,), (text,), text)


def reasons(shelf: Shelf, tree: Node) -> list[Contribution]:
    """Those of the one document that says something, by text, field and form."""
    found = shelf.find(EngineQuery(tree, explain=True))
    told = dict(zip((number for number, _ in found.hits), found.reasons, strict=True))
    return sorted(told[0], key=lambda one: (one.text, one.field, one.form))


def where(found: list[Contribution]) -> list[tuple[str, str, str, int]]:
    return [(one.text, one.field, one.form, one.frequency) for one in found]


def test_a_word_is_told_by_field_and_form_with_its_frequencies(small: Shelf) -> None:
    assert where(reasons(small, word("mandat"))) == [
        ("mandat", "body", "stem", 2),
        ("mandat", "body", "surface", 1),
        ("mandat", "title", "stem", 1),
        ("mandat", "title", "surface", 1),
    ]


def test_a_word_asked_twice_is_told_once_with_both_parts(small: Shelf) -> None:
    once, twice = ([one.score for one in reasons(small, tree)] for tree in (word("paix"), Or((word("paix"),) * 2)))
    assert twice == pytest.approx([2 * score for score in once])


def test_a_phrase_is_told_where_it_stands_and_how_often(small: Shelf) -> None:
    assert where(reasons(small, Phrase(("la", "paix"), "la paix"))) == [("la paix", "body", "phrase", 2)]
    assert where(reasons(small, Phrase(("fin", "du"), "fin du"))) == [("fin du", "title", "phrase", 1)]


def test_words_that_are_close_are_told_where_they_are(small: Shelf) -> None:
    assert where(reasons(small, Near(("paix", "civils"), 3, "paix civils"))) == [("paix civils", "body", "near", 0)]


def test_a_prefix_is_told_without_a_field(small: Shelf) -> None:
    assert reasons(small, Prefix("civ")) == [Contribution("civ*", "", "prefix", 0, 1.0)]


def test_a_weight_multiplies_what_is_told(small: Shelf) -> None:
    plain, weighted = (reasons(small, tree) for tree in (word("paix"), Weighted(word("paix"), 0.25)))
    assert [one.score for one in weighted] == pytest.approx([one.score / 4 for one in plain])


def test_of_several_ways_to_mean_a_word_only_the_best_is_told(small: Shelf) -> None:
    tree = Either((Weighted(word("paix"), 0.01), word("mali"), word("absent")))
    assert {one.text for one in reasons(small, tree)} == {"mali"}


def test_the_best_way_to_mean_a_word_is_chosen_for_each_document(analyzer: Analyzer, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    texts = ("paix", "mali")
    documents: list[Document] = [replace(made_document(n, rng), title="", text=t) for n, t in enumerate(texts)]
    shelf = Shelf(tmp_path / "index", documents, (2,), analyzer)
    found = shelf.find(EngineQuery(Either((word("paix"), word("mali"))), explain=True))
    assert [(n, {one.text for one in r}) for (n, _), r in zip(found.hits, found.reasons, strict=True)] == [
        (0, {"paix"}),
        (1, {"mali"}),
    ]


def test_what_only_filters_is_not_told(small: Shelf) -> None:
    assert reasons(small, Not(word("absent"))) == []


def test_children_that_do_not_match_are_not_told(small: Shelf) -> None:
    both = And((word("paix"), word("absent")))
    assert {one.text for one in reasons(small, Or((both, word("mali"))))} == {"mali"}


def test_a_form_that_weighs_nothing_is_told_with_no_score(small: Shelf) -> None:
    ranking = replace(RANKING, surface=0.0)
    found = find(small.collection, EngineQuery(word("mali"), explain=True), ranking, small.analyzer.stem)
    assert [(one.form, one.score > 0) for one in found.reasons[0]] == [("stem", True), ("surface", False)]
