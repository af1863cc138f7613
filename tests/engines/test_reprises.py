"""Documents that say nearly the same: one is a hit, the others are beneath it. Copies are no hits at all."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import EngineAnswer, EngineQuery
from indexer.engines.local import LocalEngine, LocalSnapshot
from indexer.french import Analyzer, WordLists
from indexer.model import Document, Sort
from indexer.query import parse
from tests.columnar.making import WORDS, made_document, made_engine, made_tree, write
from tests.engines.shelf import made_query

ALL = 1_000


def dispatches(rng: random.Random, count: int) -> list[Document]:
    """Random documents, of which two in three have the text of another, but for a few words."""
    made: list[Document] = []
    for number in range(count):
        one = replace(made_document(number, rng), digest=f"{number:064x}")
        words = rng.choices(WORDS, k=rng.choice((20, 60, 120)))
        if made and rng.random() < 0.65:
            words = rng.choice(made).text.split()
            for _ in range(rng.choice((0, 1, 2))):
                words[rng.randrange(len(words))] = rng.choice(WORDS)
        made.append(replace(one, text=" ".join(words), source=rng.choice((None, "Agence")), url=None))
    return made


def groups_of(snapshot: LocalSnapshot, documents: list[Document]) -> dict[str, frozenset[str]]:
    """The group of each document, itself in it."""
    return {d.id: frozenset({d.id, *(one.id for one in snapshot.repeats(d.id).reprises)}) for d in documents}


def collapsed(ids: list[str], groups: dict[str, frozenset[str]]) -> list[str]:
    """The definition: of each group the first."""
    return [id for place, id in enumerate(ids) if not groups[id].intersection(ids[:place])]


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory, lists: WordLists) -> tuple[LocalEngine, list[Document]]:
    """Two hundred documents written by three runs, some of them removed again."""
    documents = dispatches(random.Random(20_261_128), 200)
    engine = made_engine(tmp_path_factory.mktemp("press") / "index")
    for run in range(3):
        write(engine, lists, documents[run::3])
    gone = {d.id for d in documents[::17]}
    write(engine, lists, [], remove=sorted(gone))
    return engine, [d for d in documents if d.id not in gone]


@settings(max_examples=150)
@given(rng=st.randoms(use_true_random=False))
def test_pages_are_those_of_all_hits_with_the_first_of_each_group(
    press: tuple[LocalEngine, list[Document]], analyzer: Analyzer, rng: random.Random
) -> None:
    engine, documents = press
    snapshot = engine.snapshot()
    groups = groups_of(snapshot, documents)
    typed = parse(" ".join(rng.choices(WORDS, k=rng.randint(1, 4))), analyzer)
    tree = rng.choice((typed.tree(1), made_tree(rng, analyzer)))
    query = replace(made_query(rng, tree), words=rng.choice(((), typed.asked)), accents=rng.random() < 0.5)

    every = snapshot.search(replace(query, offset=0, limit=ALL))
    ids = [document.id for document, _ in every.hits]
    assert len(ids) == every.total
    expected = collapsed(ids, groups)
    found = snapshot.search(replace(query, grouped=True))
    assert [d.id for d, _ in found.hits] == expected[query.offset : query.offset + query.limit]
    assert (found.total, found.types, found.dates) == (every.total, every.types, every.dates)
    assert found.reprises == len(ids) - len(expected)
    assert dict(found.hits).items() <= dict(every.hits).items()
    for (document, _), repeats in zip(found.hits, found.repeats, strict=True):
        beneath = groups[document.id].intersection(ids) - {document.id}
        assert repeats.reprises_count == len(beneath)
        assert {one.id for one in repeats.reprises} <= beneath


def test_the_corpus_of_these_tests_has_groups_of_many_sizes(press: tuple[LocalEngine, list[Document]]) -> None:
    engine, documents = press
    sizes = Counter(map(len, groups_of(engine.snapshot(), documents).values()))
    assert sizes[1] > 10
    assert len(sizes) > 4


@pytest.mark.parametrize("sort", Sort)
def test_pages_one_after_the_other_show_every_group_once(
    press: tuple[LocalEngine, list[Document]], analyzer: Analyzer, sort: Sort
) -> None:
    snapshot = press[0].snapshot()
    typed = parse("mission retrait", analyzer)
    query = EngineQuery(typed.tree(1), sort=sort, words=typed.asked, accents=True, grouped=True, limit=7)
    whole = snapshot.search(replace(query, limit=ALL))
    pages: list[str] = []
    while page := snapshot.search(replace(query, offset=len(pages))).hits:
        pages += [document.id for document, _ in page]
    assert pages == [document.id for document, _ in whole.hits]
    beneath = [one.id for repeats in whole.repeats for one in repeats.reprises]
    assert len(pages) == whole.total - whole.reprises
    assert len({*pages, *beneath}) == len(pages) + len(beneath)


# --- a few by hand ---------------------------------------------------------------------------------------------------

TEXT = (
    "Le Conseil de sécurité a mis fin vendredi au mandat de la mission au Mali, après dix ans de présence. Les casques "
    "bleus ont six mois pour quitter le pays, ont indiqué des diplomates à New York, où le vote a été unanime."
)


@pytest.fixture
def few(tmp_path: Path, lists: WordLists) -> LocalSnapshot:
    """A dispatch, three reprises of other dates and types, a copy of the first, and another document."""
    first = replace(made_document(0, random.Random(0)), title="Fin de mandat", text=TEXT, type="dépêche", date=None)
    other = replace(first, id="autre", path="autre.txt", text="Le mandat de la mission.", digest="f" * 64)
    reprises = [
        replace(first, id=f"r{n}", path=f"r{n}.txt", text=f"{TEXT} Avec agence {n}.", digest=f"{n}" * 64, title=f"R{n}")
        for n in range(1, 4)
    ]
    copies = [
        replace(first, id="copie", path="a/copie.txt", first_seen="2026-02-01T00:00:00+00:00"),
        replace(first, id="ailleurs", root="autre", first_seen="2026-03-01T00:00:00+00:00"),
    ]
    reprises[0] = replace(reprises[0], type="résolution")
    engine = made_engine(tmp_path / "index")
    write(engine, lists, [*copies, other])
    write(engine, lists, [*reprises, first])
    return engine.snapshot()


def asked(snapshot: LocalSnapshot, analyzer: Analyzer, **options: object) -> EngineAnswer:
    typed = parse("mandat", analyzer)
    return snapshot.search(replace(EngineQuery(typed.tree(1), words=typed.asked, grouped=True), **options))  # type: ignore[arg-type]


def test_a_copy_is_no_hit_and_is_counted_nowhere(few: LocalSnapshot, analyzer: Analyzer) -> None:
    found = asked(few, analyzer, grouped=False)
    assert {d.id for d, _ in found.hits} == {"d0000", "autre", "r1", "r2", "r3"}
    assert found.total == 5
    assert found.types == {"dépêche": 4, "résolution": 1}
    assert (few.status.documents, few.status.copies) == (5, 2)
    assert few.suggestions("fin de mand")[0].count == 2  # documents have this title, beside the copies


def test_a_hit_tells_where_its_copies_are(few: LocalSnapshot, analyzer: Analyzer) -> None:
    found = asked(few, analyzer, grouped=False)
    repeats = {document.id: repeats for (document, _), repeats in zip(found.hits, found.repeats, strict=True)}
    assert repeats["d0000"].places == ("a/copie.txt", "autre/0.txt")
    assert repeats["d0000"].places_count == 2
    assert repeats["r1"].places == ()


def test_a_copy_can_still_be_read_and_tells_the_others(few: LocalSnapshot) -> None:
    copy = few.get("copie")
    assert copy is not None
    assert copy.path == "a/copie.txt"
    assert few.repeats("copie").places == ("0.txt", "autre/0.txt")
    assert {one.id for one in few.repeats("copie").reprises} == {"r1", "r2", "r3"}
    assert few.repeats("inconnu").places == ()


def test_filters_come_before_groups(few: LocalSnapshot, analyzer: Analyzer) -> None:
    found = asked(few, analyzer, types=("résolution",))
    assert [d.id for d, _ in found.hits] == ["r1"]
    assert (found.total, found.reprises, found.repeats[0].reprises_count) == (1, 0, 0)
    found = asked(few, analyzer, types=("dépêche",))
    assert found.reprises == 2
    assert sorted(repeats.reprises_count for repeats in found.repeats) == [0, 2]


def test_without_groups_every_document_is_a_hit(few: LocalSnapshot, analyzer: Analyzer) -> None:
    found = asked(few, analyzer, grouped=False)
    assert (len(found.hits), found.reprises) == (5, 0)
    assert not any(repeats.reprises for repeats in found.repeats)
    found = asked(few, analyzer)
    assert (len(found.hits), found.reprises) == (2, 3)


def test_when_the_first_goes_the_next_copy_takes_its_place(
    tmp_path: Path, lists: WordLists, analyzer: Analyzer
) -> None:
    engine = made_engine(tmp_path / "index")
    one = replace(made_document(0, random.Random(0)), id="b", path="b.txt", text=TEXT)
    earlier = replace(one, id="a", path="a.txt", first_seen="2025-01-01T00:00:00+00:00")
    later = replace(one, id="c", path="c.txt", first_seen="2027-01-01T00:00:00+00:00")
    shown = []
    for add, remove in (([one], []), ([later], []), ([earlier], []), ([], ["a"]), ([], ["b"])):
        write(engine, lists, add, remove)
        shown += [document.id for document, _ in asked(engine.snapshot(), analyzer).hits]
    assert shown == ["b", "b", "a", "b", "c"]
