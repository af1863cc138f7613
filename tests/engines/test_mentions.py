"""Dates that documents name, in the index: the filter and the counts are those that the texts give, one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from whoosh import index, query

from indexer.columnar.schema import MENTION
from indexer.columnar.segment import Segment
from indexer.engines import mentions
from indexer.engines.base import EngineQuery
from indexer.engines.local import LocalEngine
from indexer.french import WordLists
from indexer.french.mentions import mentions_of
from indexer.model import DateFilter, Document, PartialDate
from indexer.query.tree import All, And, Mention, Node, Not, Or, Prefix
from tests.columnar.making import TYPES, add, made_document, made_engine

DAYS = ("3 mai 2021", "30 juin 2023", "1er juin 2023", "juin 2023", "mai 2021")
CHOICES = (None, PartialDate(2023), PartialDate(2023, 6), PartialDate(2023, 6, 30), PartialDate(1999))


def documents(count: int) -> list[Document]:
    rng = random.Random(count)

    def named() -> str:
        return f"le {rng.choice(DAYS)}" if rng.random() < 0.5 else f"en {rng.randint(2010, 2024)}"

    made = [made_document(number, rng, longest=10) for number in range(count)]
    return [replace(one, text=f"{one.text} {', '.join(named() for _ in range(rng.randint(0, 5)))}.") for one in made]


@cache
def named_by(document: Document) -> str:
    return " ".join(map(str, mentions_of(document.title, document.text)))


def names(document: Document, date: PartialDate) -> bool:
    return f" {date}" in f" {named_by(document)}"


def write(
    engine: LocalEngine, lists: WordLists, some: Sequence[Document], remove: Sequence[str] = (), *, on: bool = True
) -> None:
    with engine.update(lists, "rules", mentions=on) as update:
        update.start(rebuild=bool(update.outdated))
        update.remove(remove)
        add(update, some)
        update.publish(files=b"", roots=(), last_run={})


ALL = documents(400)
GONE = {one.id for one in ALL[::7]}
LIVE = [one for one in ALL if one.id not in GONE]


@pytest.fixture(scope="module")
def engine(lists: WordLists, tmp_path_factory: pytest.TempPathFactory) -> LocalEngine:
    """Three segments, of which documents were removed."""
    engine = made_engine(tmp_path_factory.mktemp("mentions") / "index")
    write(engine, lists, ALL[:300])
    write(engine, lists, ALL[300:380])
    write(engine, lists, ALL[380:], sorted(one.id for one in ALL[:380:7]))
    write(engine, lists, (), sorted(one.id for one in ALL[380:] if one.id in GONE))
    return engine


@pytest.fixture(params=(0, 1 << 30), ids=("by documents", "by lists"))
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mentions, "_MANY", request.param)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("chosen", CHOICES, ids=str)
@pytest.mark.parametrize("types", [(), TYPES[:1]])
@pytest.mark.parametrize("tree", [All(), Prefix("man")], ids=("everything", "some"))
def test_filters_and_counts_are_those_of_the_texts(
    engine: LocalEngine, tree: Node, types: tuple[str, ...], chosen: PartialDate | None
) -> None:
    plain = engine.snapshot().search(EngineQuery(tree, limit=500))
    matching = [one for one in LIVE if one.id in {document.id for document, _ in plain.hits}]
    dates = DateFilter.parse("2013..")
    right = [one for one in matching if dates.matches(one.date) and (not types or one.type in types)]
    hits = [one for one in right if chosen is None or names(one, chosen)]
    found = engine.snapshot().search(EngineQuery(tree, types, dates, mention=chosen, limit=500, every=All()))
    assert {document.id for document, _ in found.hits} == {one.id for one in hits}
    assert (found.matched, found.total) == (len(matching), len(hits))
    assert found.types == Counter(
        one.type for one in matching if dates.matches(one.date) and (chosen is None or names(one, chosen))
    )
    assert found.mentions == counted(right, chosen)


def counted(some: Sequence[Document], chosen: PartialDate | None) -> dict[int, int]:
    asked = [PartialDate(year) for year in range(1900, 2200)]
    if chosen:
        asked += [PartialDate(chosen.year, month) for month in range(1, 13)]
        asked += [PartialDate(chosen.year, chosen.month, day) for day in range(1, 29)] if chosen.month else []
        asked += [PartialDate(2023, 6, 30)] if chosen.month else []
    counts = {date.key: sum(names(one, date) for one in some) for date in asked}
    return {key: count for key, count in counts.items() if count}


def test_trees_ask_for_them_beside_anything_else(engine: LocalEngine) -> None:
    june, year = Mention(PartialDate(2023, 6)), Mention(PartialDate(2021))
    for tree, wanted in (
        (june, lambda one: names(one, june.date)),
        (And((june, year)), lambda one: names(one, june.date) and names(one, year.date)),
        (Or((june, year)), lambda one: names(one, june.date) or names(one, year.date)),
        (And((All(), Not(june))), lambda one: not names(one, june.date)),
        (Mention(PartialDate(1999)), lambda one: False),
    ):
        found = engine.snapshot().search(EngineQuery(tree, limit=500))
        assert {document.id for document, _ in found.hits} == {one.id for one in LIVE if wanted(one)}, tree


def test_whoosh_finds_them_too(engine: LocalEngine) -> None:
    opened = index.open_dir(str(engine.snapshot().generation.folder)).searcher()
    for term in ("2023", "2023-06", "2023-06-30", "1999"):
        ids = {hit["id"] for hit in opened.search(query.Term(MENTION, term), limit=None, scored=False, sortedby="id")}
        assert ids == {one.id for one in LIVE if names(one, PartialDate.parse(term))}, term
    opened.close()


def test_a_merge_gives_what_writing_at_once_gives(lists: WordLists, tmp_path: Path) -> None:
    one, several = made_engine(tmp_path / "one"), made_engine(tmp_path / "several")
    write(one, lists, ALL[:200])
    for first in range(0, 200, 20):
        write(several, lists, ALL[first : first + 20])
    assert len(several.snapshot().generation.parts) < 10
    assert not several.verify(several.current())
    for chosen in CHOICES:
        asked = EngineQuery(All(), mention=chosen, limit=0)
        assert several.snapshot().search(asked).mentions == one.snapshot().search(asked).mentions


def test_where_they_are_not_looked_for_nothing_is_written(lists: WordLists, tmp_path: Path) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, ALL[:20], on=False)
    snapshot = engine.snapshot()
    assert not snapshot.mentions
    assert snapshot.search(EngineQuery(All())).mentions is None
    assert snapshot.search(EngineQuery(All(), mention=PartialDate(2023))).total == 0
    assert MENTION not in index.open_dir(str(snapshot.generation.folder)).schema.names()
    segment = Segment(next(snapshot.generation.folder.glob("*.seg")))
    assert MENTION not in segment.field_names


def test_documents_that_name_none_are_written_and_merged_as_others(lists: WordLists, tmp_path: Path) -> None:
    engine = made_engine(tmp_path / "index")
    for number in range(10):
        write(engine, lists, [replace(made_document(number, random.Random(1)), id=f"x{number}")])
    snapshot = engine.snapshot()
    assert snapshot.mentions
    assert snapshot.search(EngineQuery(All())).mentions == {}
    assert np.array_equal(snapshot.generation.parts[0].segment.field(MENTION).lengths.nonzero()[0], [])


def test_a_change_of_the_setting_makes_the_index_out_of_date(lists: WordLists, tmp_path: Path) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, ALL[:5], on=False)
    with engine.update(lists, "rules") as update:
        assert not update.outdated
    with engine.update(lists, "rules", mentions=True) as update:
        assert "dates citées" in update.outdated
