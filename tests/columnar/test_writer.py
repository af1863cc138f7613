"""The writer: what it writes is what writing the slow and obvious way gives, in whatever portions it comes."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.columnar import batch as batch_module
from indexer.columnar import draft as draft_module
from indexer.columnar import inversion as inversion_module
from indexer.columnar.batch import FORM_END, TERM_END, WORD_END, Tokens, WordsPreparer
from indexer.columnar.generation import OpenGeneration
from indexer.columnar.segment import Segment
from indexer.columnar.writer import Writer
from indexer.documents import Entry
from indexer.engines.base import Place
from indexer.engines.local import LocalEngine
from indexer.errors import IndexDamaged
from indexer.french import Analyzer, WordLists
from indexer.model import Document
from tests.columnar.contents import (
    columns,
    documents_of,
    held,
    placed,
    postings,
    prepared,
    write_generation,
    write_segment,
)
from tests.columnar.making import analysed, made_document, made_engine, write
from tests.columnar.plain_segment import write_plain_segment


@pytest.fixture(scope="module")
def preparer(lists: WordLists) -> WordsPreparer:
    return WordsPreparer(dict(lists.files))


def assert_written_as_plain(
    tmp_path: Path, preparer: WordsPreparer, analyzer: Analyzer, documents: list[Document], *, batch: int = 7
) -> Segment:
    """A segment of the writer and one of the obvious way hold the same."""
    written = write_segment(tmp_path / "written.seg", documents, preparer, batch=batch)
    write_plain_segment(tmp_path / "plain.seg", analysed(documents, analyzer))
    plain = Segment(tmp_path / "plain.seg")
    assert postings(written) == postings(plain)
    assert columns(written) == columns(plain)
    assert documents_of(written) == documents
    return written


# --- batches -------------------------------------------------------------------------------------------------------

# What the fast way through a text could get wrong: punctuation, elision, compounds, numbers, marks, other scripts.
chunks = st.sampled_from(
    (  # noqa: SIM905 - easier to read and to add to
        "(l’article), Article ARTICLE « l’ONU » O.N.U. vice-président salarié·e·s S/RES/2690 2 100 12 345,67 XXIe 1er "
        "www.un.org a@b.fr #SauvonsLeMali n°5 e\u0301te\u0301 ½ don't l' 'l qu’ l’l’l’a St-Denis 北京 ‹x› … - ’ "
        "\u200b x\u00adу _a_ 1.000.000 est-il"
    ).split(" ")
)
texts = st.lists(chunks | st.text(max_size=8), max_size=12).map(" ".join)


@settings(max_examples=150)
@given(titles=st.lists(texts, min_size=1, max_size=4), data=st.data())
def test_a_batch_has_the_words_that_the_analysis_finds(
    preparer: WordsPreparer, analyzer: Analyzer, titles: list[str], data: st.DataObject
) -> None:
    documents = [
        replace(made_document(n, random.Random(n)), title=title, text=data.draw(texts))
        for n, title in enumerate(titles)
    ]
    batch = pickle.loads(pickle.dumps(preparer.prepare([Entry.of(document) for document in documents])))
    assert len(batch) == len(documents)
    words = [
        tuple(tuple(form.split(TERM_END)) for form in w.split(FORM_END)) for w in batch.words.decode().split(WORD_END)
    ]
    for tokens, whole in ((batch.titles, [d.title for d in documents]), (batch.bodies, [d.text for d in documents])):
        expected = [[(p.surface, p.stem) for p in analyzer.analyze(text)] for text in whole]
        ends = np.cumsum(tokens.counts).tolist()
        found = [
            tokens.words[end - count : end].tolist() for end, count in zip(ends, tokens.counts.tolist(), strict=True)
        ]
        assert [[words[number] for number in row] for row in found] == expected


def test_a_memo_that_is_full_starts_anew(
    lists: WordLists, analyzer: Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "_MOST_CHUNKS", 10)
    rng = random.Random(1)
    documents = [made_document(number, rng) for number in range(40)]
    assert_written_as_plain(tmp_path, WordsPreparer(dict(lists.files)), analyzer, documents)


# --- segments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(n, marks=pytest.mark.deep) for n in range(6, 60))])
def test_a_segment_holds_what_the_obvious_way_writes(
    tmp_path: Path, preparer: WordsPreparer, analyzer: Analyzer, seed: int
) -> None:
    rng = random.Random(seed)
    longest = rng.choice((5, 60, 1_500))
    documents = [made_document(number, rng, longest=longest) for number in range(rng.randint(1, 60))]
    assert_written_as_plain(tmp_path, preparer, analyzer, documents, batch=rng.randint(1, 60))


def test_words_ordered_in_many_stretches_are_the_same(
    tmp_path: Path, preparer: WordsPreparer, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inversion_module, "_AT_ONCE", 10)
    monkeypatch.setattr(inversion_module, "_RANKS_AT_ONCE", 3)
    rng = random.Random(1)
    assert_written_as_plain(tmp_path, preparer, analyzer, [made_document(number, rng) for number in range(50)])


def test_a_document_of_over_65535_words_keeps_every_position(
    tmp_path: Path, preparer: WordsPreparer, analyzer: Analyzer
) -> None:
    rng = random.Random(1)
    long = replace(made_document(1, rng), text="mandat de la mission " * 17_500 + "fin rare")
    segment = assert_written_as_plain(tmp_path, preparer, analyzer, [made_document(0, rng), long])
    assert postings(segment)["body_surface"][b"rare"] == [(1, 1, (70_001,))]


def test_ids_with_line_ends_missing_dates_and_empty_documents_are_documents(
    tmp_path: Path, preparer: WordsPreparer, analyzer: Analyzer
) -> None:
    rng = random.Random(1)
    documents = [
        replace(made_document(1, rng), id="a\nb", date=None),
        replace(made_document(2, rng), id="a", title="", text=""),
        replace(made_document(3, rng), id="é\0", title="", text="…", date=None),
    ]
    segment = assert_written_as_plain(tmp_path, preparer, analyzer, documents)
    assert [segment.number(d.id) for d in documents] == [0, 1, 2]
    assert_written_as_plain(tmp_path / "..", preparer, analyzer, [documents[1]])


def test_documents_without_a_place_are_left_out(tmp_path: Path, preparer: WordsPreparer) -> None:
    rng = random.Random(1)
    documents = [made_document(number, rng, longest=2_000) for number in range(30)]
    kept = documents[::3]
    draft = draft_module.DraftSegment(tmp_path)
    batch, places = prepared(preparer, documents)
    draft.add(batch, [place if number % 3 == 0 else None for number, place in enumerate(places)])
    draft.write(tmp_path / "some.seg")
    some, all_of_them = Segment(tmp_path / "some.seg"), write_segment(tmp_path / "kept.seg", kept, preparer)
    assert documents_of(some) == kept
    assert postings(some) == postings(all_of_them)
    assert columns(some) == columns(all_of_them)


@pytest.mark.parametrize("terms", [100_000, pytest.param(1_000_000, marks=pytest.mark.deep)])
def test_a_large_dictionary_is_written_and_looked_up(tmp_path: Path, preparer: WordsPreparer, terms: int) -> None:
    """Analysing so many distinct words takes a minute: the batches are made here."""
    documents = [made_document(n, random.Random(n)) for n in range(terms // 10_000)]
    draft = draft_module.DraftSegment(tmp_path)
    for n, document in enumerate(documents):
        batch, places = prepared(preparer, [replace(document, title="")])
        words = WORD_END.join(f"{10**7 + 10**4 * n + m}{FORM_END}{10**7 + 10**4 * n + m}" for m in range(10_000))
        bodies = Tokens(np.arange(10_000, dtype=np.int32), np.array([10_000]))
        draft.add(replace(batch, words=words.encode(), bodies=bodies), places)
    draft.write(tmp_path / "a.seg")
    field = Segment(tmp_path / "a.seg").field("body_stem")
    assert len(field.terms) == terms
    for n, m in ((0, 0), (5, 1_234), (len(documents) - 1, 9_999)):
        ordinal = field.terms.find(f"{10**7 + 10**4 * n + m}".encode())
        assert field.lists.docs(field.lists.entry(ordinal)).tolist() == [n]
    assert field.terms.find(b"9999999") == -1


# --- generations ---------------------------------------------------------------------------------------------------


def test_a_generation_without_documents_opens(tmp_path: Path, preparer: WordsPreparer) -> None:
    generation = write_generation(tmp_path / "1", preparer)
    assert (generation.parts, generation.documents, generation.live) == ((), 0, 0)
    assert generation.find("a") is None


def test_a_generation_from_which_everything_was_removed_is_empty(tmp_path: Path, preparer: WordsPreparer) -> None:
    documents = [made_document(number, random.Random(number)) for number in range(9)]
    first = write_generation(tmp_path / "1", preparer, documents)
    second = write_generation(tmp_path / "2", preparer, base=first, remove=[d.id for d in documents])
    assert second.live == 0
    assert list((tmp_path / "2").glob("*.seg")) == []
    assert held(first) == {d.id: d for d in documents}


def test_removing_writes_a_new_bitmap_and_leaves_the_generation_before_alone(
    tmp_path: Path, preparer: WordsPreparer
) -> None:
    documents = [made_document(number, random.Random(number)) for number in range(40)]
    first = write_generation(tmp_path / "1", preparer, documents)
    second = write_generation(tmp_path / "2", preparer, base=first, remove=["d0001"])
    third = write_generation(tmp_path / "3", preparer, base=second, remove=["d0002"])
    assert [OpenGeneration(tmp_path / n).live for n in "123"] == [40, 39, 38]
    assert third.parts[0].segment is first.parts[0].segment  # the same file stays open
    assert third.find("d0002") is None
    assert second.find("d0002") is not None
    assert third.documents == 40  # statistics count it until it is merged away


def test_a_segment_with_many_deletions_is_written_again_without_them(tmp_path: Path, preparer: WordsPreparer) -> None:
    documents = [made_document(number, random.Random(number)) for number in range(40)]
    first = write_generation(tmp_path / "1", preparer, documents)
    second = write_generation(tmp_path / "2", preparer, base=first, remove=[d.id for d in documents[:15]])
    assert second.documents == second.live == 25
    assert held(second) == {d.id: d for d in documents[15:]}


def test_any_split_into_batches_and_segments_holds_the_same_documents(
    tmp_path: Path, preparer: WordsPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(5)
    documents = [made_document(number, rng) for number in range(90)]
    whole = write_segment(tmp_path / "whole.seg", documents, preparer)
    for full, batch in ((1_000, 1), (3_000, 10), (1_000_000, 90)):
        monkeypatch.setattr(draft_module, "_FULL_BYTES", full)
        generation = write_generation(tmp_path / str(full), preparer, documents, batch=batch)
        assert len(generation.parts) <= 5
        assert held(generation) == {d.id: d for d in documents}
        terms = [set(part.segment.field("body_stem").terms) for part in generation.parts]
        assert set().union(*terms) == set(whole.field("body_stem").terms)


def test_an_id_that_is_added_twice_is_refused(
    tmp_path: Path, preparer: WordsPreparer, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = made_document(1, random.Random(1))
    writer = Writer(tmp_path, None)
    with pytest.raises(ValueError, match="already added"):
        writer.add(*prepared(preparer, [document, document]))
    writer.add(*prepared(preparer, [document]))
    with pytest.raises(ValueError, match="already added"):
        writer.add(*prepared(preparer, [document]))
    monkeypatch.setattr(draft_module, "_FULL_BYTES", 1)
    writer = Writer(tmp_path, None)
    writer.add(*prepared(preparer, [document]))  # a segment of its own
    writer.add(*prepared(preparer, [document]))
    with pytest.raises(ValueError, match="already added"):
        writer.commit()


def test_an_id_that_the_generation_still_has_is_refused(tmp_path: Path, preparer: WordsPreparer) -> None:
    documents = [made_document(number, random.Random(number)) for number in range(9)]
    base = write_generation(tmp_path / "1", preparer, documents)
    with pytest.raises(ValueError, match="still there"):
        write_generation(tmp_path / "2", preparer, documents[3:4], base=base)
    changed = replace(documents[3], text="autre")
    second = write_generation(tmp_path / "3", preparer, [changed], base=base, remove=["d0003"])
    assert held(second)["d0003"] == changed


def test_removing_what_is_not_there_is_an_error(tmp_path: Path, preparer: WordsPreparer) -> None:
    base = write_generation(tmp_path / "1", preparer, [made_document(n, random.Random(n)) for n in range(9)])
    writer = Writer(tmp_path, base)
    writer.remove(["d0001"])
    for id in ("d0001", "inconnu"):
        with pytest.raises(KeyError):
            writer.remove([id])


@pytest.mark.parametrize("suffix", [".seg", ".dead", ".toc"])
def test_a_generation_that_lacks_a_file_or_has_another_ones_is_damaged(
    tmp_path: Path, preparer: WordsPreparer, suffix: str
) -> None:
    base = write_generation(tmp_path / "1", preparer, [made_document(n, random.Random(n)) for n in range(40)])
    write_generation(
        tmp_path / "2", preparer, [made_document(40, random.Random(4))], base=base, remove=["d0001", "d0002"]
    )
    for file in (tmp_path / "2").glob(f"*{suffix}"):
        content = file.read_bytes()
        for damage in (b"", content[:-9], b"\0" * len(content)):
            file.unlink()
            file.write_bytes(damage)
            with pytest.raises(IndexDamaged, match="reindex --full"):
                OpenGeneration(tmp_path / "2")
        file.unlink()
        with pytest.raises(IndexDamaged, match="reindex --full"):
            OpenGeneration(tmp_path / "2")
        file.write_bytes(content)
    OpenGeneration(tmp_path / "2")


# --- updates -------------------------------------------------------------------------------------------------------


@pytest.fixture
def engine(tmp_path: Path, lists: WordLists) -> Iterator[LocalEngine]:
    """Two generations: five lines of one file and two files, then one more line and one less."""
    engine = made_engine(tmp_path / "index")
    made = [made_document(number, random.Random(number)) for number in range(7)]
    lines = [replace(d, path=f"docs.jsonl#{d.id}") for d in made[:5]]
    write(engine, lists, [*lines, *made[5:]])
    write(engine, lists, [replace(made_document(7, random.Random(7)), path="docs.jsonl#d0007")], ["d0001"])
    return engine


def test_an_update_knows_what_the_index_holds_of_an_id_and_of_a_file(engine: LocalEngine, lists: WordLists) -> None:
    with engine.update(lists, "rules") as update:
        known = update.known("d0002")
        assert known is not None
        assert (known.id, known.file, known.digest) == ("d0002", "corpus/docs.jsonl", f"{2:064x}")
        assert known.first_seen == "2026-01-01T00:00:00+00:00"
        assert update.known("d0001") is None
        assert update.known("inconnu") is None
        of_file = update.of_file("corpus/docs.jsonl")
        assert [known.id for known in of_file] == ["d0000", "d0002", "d0003", "d0004", "d0007"]
        assert [of_file[place].id for place in (0, 4, -1, -5)] == ["d0000", "d0007", "d0007", "d0000"]
        assert [known.id for known in of_file[1:3]] == ["d0002", "d0003"]
        assert len(of_file) == 5
        with pytest.raises(IndexError):
            of_file[5]
        with pytest.raises(IndexError):
            of_file[-6]
        assert [known.id for known in update.of_file("corpus/5.txt")] == ["d0005"]
        assert list(update.of_file("corpus/inconnu.txt")) == []
        assert update.stored("d0005") == made_document(5, random.Random(5))
        with pytest.raises(KeyError):
            update.stored("d0001")


def test_a_part_of_a_file_is_found_with_that_file_and_with_no_other(tmp_path: Path, lists: WordLists) -> None:
    """Names that sort right before and after, and a folder that is called as the place of a part is shown."""
    engine = made_engine(tmp_path / "index")
    names = ("a.zi", "a.zip", "a.zip!/lettre.txt", "a.zip-2", "a.zip2", "a/b.txt")
    files = [replace(made_document(n, random.Random(n)), path=name) for n, name in enumerate(names)]
    members = ("lettre.txt", "annexes/b.zip!/note.txt")
    parts = [
        replace(made_document(10 + n, random.Random(n)), path=f"a.zip!/{name}", member=name)
        for n, name in enumerate(members)
    ]
    line = replace(made_document(20, random.Random(20)), path="a.zip!/docs.jsonl#d0020", member="docs.jsonl")
    write(engine, lists, [*files, *parts, line])
    with engine.update(lists, "rules") as update:
        assert {known.id: known.member for known in update.of_file("corpus/a.zip")} == {
            "d0001": "", "d0010": "lettre.txt", "d0011": "annexes/b.zip!/note.txt", "d0020": "docs.jsonl"
        }  # fmt: skip
        for number, name in enumerate(names):
            if name != "a.zip":
                assert [known.id for known in update.of_file(f"corpus/{name}")] == [f"d{number:04}"]
        known = update.known("d0011")
        assert known is not None
        assert (known.file, known.member) == ("corpus/a.zip", "annexes/b.zip!/note.txt")
        for document in [*files, *parts, line]:
            stored = update.stored(document.id)
            assert stored == document
            assert Place.of(stored) == (
                document.id, "corpus", "a.zip" if document.member else document.path, document.first_seen,
                document is line, document.member,
            )  # fmt: skip


def test_what_a_document_says_of_itself_is_stored(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    document = replace(
        made_document(1, random.Random(1)),
        format="PDF", language="en", authors=("Aminata Traoré", "J. Diallo"), pages=(10, 20),
    )  # fmt: skip
    write(engine, lists, [document, made_document(2, random.Random(2))])
    assert engine.snapshot().get("d0001") == document


def test_the_file_table_of_a_run_is_there_for_the_next(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    for table in (b"un", b"", b"\xff\n"):
        with engine.update(lists, "rules") as update:
            update.start(rebuild=False)
            update.publish(files=table, roots=(), last_run={})
        with engine.update(lists, "rules") as update:
            assert update.files() == table


def test_a_rebuild_starts_from_nothing_and_removes_nothing(engine: LocalEngine, lists: WordLists) -> None:
    with engine.update(lists, "rules") as update:
        document = update.stored("d0005")
        update.start(rebuild=True)
        update.remove(["d0005"])
        update.add(update.preparer()().prepare([Entry.of(document)]), [Place(document.id, "corpus", "6.txt", "2026")])
        update.publish(files=b"", roots=(), last_run={})
    snapshot = engine.snapshot()
    assert snapshot.status.documents == 1
    assert snapshot.get("d0005") == replace(document, path="6.txt", first_seen="2026")


def test_what_makes_a_preparer_can_be_sent_to_another_process(engine: LocalEngine, lists: WordLists) -> None:
    with engine.update(lists, "rules") as update:
        made = pickle.loads(pickle.dumps(update.preparer()))()
    assert len(made.prepare([Entry.of(made_document(1, random.Random(1)))])) == 1


def test_a_place_tells_lines_of_a_file_from_files() -> None:
    document = made_document(1, random.Random(1))
    assert placed(replace(document, path="a#b.jsonl#d0001")).line
    assert not placed(replace(document, path="a#b.txt")).line
