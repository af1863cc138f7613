"""The embedded engine as a whole: long hits, orders, swaps between generations, threads, damage."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import EngineQuery
from indexer.engines.columns import Periods
from indexer.engines.local import LocalEngine
from indexer.errors import IndexDamaged
from indexer.french import Analyzer, WordLists
from indexer.model import DateFilter, Document, PartialDate, Sort
from indexer.query.tree import All, Near, Node, Or, Phrase, Prefix, Word
from tests.columnar.making import made_document, made_engine, made_tree, write


def documents(count: int, seed: int = 1) -> list[Document]:
    rng = random.Random(seed)
    return [made_document(number, rng) for number in range(count)]


# --- orders ----------------------------------------------------------------------------------------------------------


def test_titles_sort_as_in_a_french_dictionary_across_segments(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    titles = ["Zèbre", "École", "eau", "Œuvre", "édit", "obus", "Cote", "Côté", "côte", "10 mots"]
    base = [replace(d, title=t) for d, t in zip(documents(len(titles)), titles, strict=True)]
    write(engine, lists, base[:4])
    write(engine, lists, base[4:])
    found = [d.title for d, _ in engine.snapshot().search(EngineQuery(All(), sort=Sort.TITLE, limit=20)).hits]
    assert found == ["10 mots", "Cote", "Côté", "côte", "eau", "École", "édit", "obus", "Œuvre", "Zèbre"]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_never_overlap_and_together_hold_every_hit_in_order(sort: Sort, tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    made = documents(60)
    write(engine, lists, made[:40])
    write(engine, lists, made[40:], [d.id for d in made[:5]])
    snapshot = engine.snapshot()

    def ids(offset: int, limit: int) -> list[str]:
        return [d.id for d, _ in snapshot.search(EngineQuery(All(), sort=sort, offset=offset, limit=limit)).hits]

    whole = ids(0, 1000)
    assert sorted(whole) == [d.id for d in made[5:]]
    assert [id for offset in range(0, 62, 7) for id in ids(offset, 7)] == whole


@given(st.lists(st.tuples(st.integers(1, 9999), st.integers(0, 12), st.integers(0, 31)), min_size=1), st.data())
def test_periods_pass_a_filter_exactly_when_their_dates_do(
    parts: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    dates: list[PartialDate | None] = [None]
    for year, month, day in parts:
        try:
            dates.append(PartialDate(year, month or None, (day or None) if month else None))
        except ValueError:
            dates.append(PartialDate(year))
    first, last = data.draw(st.sampled_from(dates)), data.draw(st.sampled_from(dates))
    filters = [DateFilter(first, last), DateFilter(first), DateFilter(None, last), DateFilter(unknown=True)]
    periods = Periods(np.array([date.key if date else 0 for date in dates]))
    for asked in filters:
        assert periods.taken_by(asked).tolist() == [asked.matches(date) for date in dates], asked


# --- hits in long texts ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long(lists: WordLists, tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    """A text of some hundred pages that says three things once, far from each other, and others."""
    rng = random.Random(3)
    words = ["paix", "conflit", "résolution", "Alger", "mission", "président", "Mali", "accord"]
    paragraphs = [" ".join(rng.choices(words, k=80)) + "." for _ in range(500)]
    paragraphs[123] += " Les chevaux passent la rivière."
    paragraphs[250] += " Un cessez-le-feu est signé."
    paragraphs[400] += " La fin du mandat approche."
    paragraphs[401] += " Le mandat prend fin."
    engine = made_engine(tmp_path_factory.mktemp("long") / "index")
    base = documents(8)
    write(engine, lists, [*base[1:], replace(base[0], id="long", text="\n\n".join(paragraphs))])
    return engine


def word(text: str, analyzer: Analyzer) -> Word:
    (position,) = analyzer.analyze(text)
    return Word(position.surface, position.stem, text)


def shown(engine: LocalEngine, tree: Node) -> str:
    (found,) = [d for d, _ in engine.snapshot().search(EngineQuery(tree, limit=100)).hits if d.id == "long"]
    return found.text


def test_a_hit_in_a_long_text_holds_the_parts_with_what_was_asked(long: LocalEngine, analyzer: Analyzer) -> None:
    text = shown(long, Or((word("chevaux", analyzer), word("mandat", analyzer), word("rivière", analyzer))))
    assert "Les chevaux passent la rivière." in text
    assert "La fin du mandat approche." in text
    assert len(text) < 20_000


def test_a_word_that_stands_in_another_form_alone_is_shown_too(long: LocalEngine, analyzer: Analyzer) -> None:
    assert "Les chevaux passent" in shown(long, word("cheval", analyzer))


def test_a_phrase_is_shown_where_it_stands_and_not_where_its_words_do(long: LocalEngine, analyzer: Analyzer) -> None:
    text = shown(long, Phrase(("fin", "du", "mandat"), "fin du mandat"))
    assert "La fin du mandat approche." in text
    assert len(text) < 6_000


@pytest.mark.parametrize("tree", [Prefix("cheva"), Near(("chevaux", "riviere"), 5)])
def test_prefixes_and_near_words_are_shown(tree: Node, long: LocalEngine) -> None:
    assert "Les chevaux passent" in shown(long, tree)


def test_nothing_asked_shows_how_a_long_text_begins(long: LocalEngine) -> None:
    whole = long.snapshot().get("long")
    assert whole is not None
    assert len(whole.text) > 200_000
    text = shown(long, All())
    assert len(text) < 20_000
    assert whole.text.startswith(text[:3_000])


# --- generations -----------------------------------------------------------------------------------------------------


def test_a_new_generation_shares_the_segments_that_did_not_change(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    made = documents(30)
    write(engine, lists, made[:20])
    before = engine.snapshot()
    write(engine, lists, [], [made[0].id])
    after = engine.snapshot()
    assert [part.segment for part in after.generation.parts] == [part.segment for part in before.generation.parts]
    assert before.get(made[0].id) is not None
    assert after.get(made[0].id) is None
    assert after.search(EngineQuery(All(), limit=0)).total == 19


def test_an_index_without_documents_finds_nothing(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, [])
    answer = engine.snapshot().search(EngineQuery(All(), every=All()))
    assert (answer.total, answer.every, answer.hits, answer.types, answer.dates) == (0, 0, (), {}, {})


def test_threads_that_share_a_snapshot_get_the_answers_of_one(
    tmp_path: Path, lists: WordLists, analyzer: Analyzer
) -> None:
    rng = random.Random(5)
    trees = [made_tree(rng, analyzer) for _ in range(60)]
    engine = made_engine(tmp_path / "index")
    write(engine, lists, documents(80))

    def answers(trees: Sequence[Node]) -> list[object]:
        return [engine.snapshot().search(EngineQuery(tree)) for tree in trees]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(answers, [trees] * 4))
    assert together == [answers(trees)] * 4


def test_a_damaged_segment_is_named_and_never_an_empty_answer(
    tmp_path: Path, lists: WordLists, analyzer: Analyzer
) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, documents(40))
    (segment,) = (tmp_path / "index").glob("generations/*/*.seg")
    whole = segment.read_bytes()
    expected = engine.snapshot().search(EngineQuery(word("mandat", analyzer)))
    assert expected.total
    refused = 0
    for start in range(64, len(whole) - 4096, 512):
        # Lists, lengths and columns full of their greatest values: places outside of everything.
        segment.write_bytes(whole[:start] + b"\xff" * 64 + whole[start + 64 :])
        try:
            answer = made_engine(tmp_path / "index").snapshot().search(EngineQuery(word("mandat", analyzer)))
        except IndexDamaged:
            refused += 1
        else:
            assert answer.total
    assert refused
