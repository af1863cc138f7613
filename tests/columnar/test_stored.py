"""Stored texts: cut where no word is, packed, read back whole or in pieces."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.columnar.arrays import DamagedArrays
from indexer.columnar.batch import WordsPreparer
from indexer.columnar.segment import Segment
from indexer.columnar.stored import PIECE, WHOLE, Stored, cut
from indexer.french import Analyzer, WordLists
from indexer.model import DateSource, Document
from tests.columnar.contents import documents_of, write_segment
from tests.columnar.making import made_document


@pytest.fixture(scope="module")
def preparer(lists: WordLists) -> WordsPreparer:
    return WordsPreparer(dict(lists.files))


def document_of(text: str, number: int = 1) -> Document:
    return replace(made_document(number, random.Random(number)), text=text)


# --- cutting -------------------------------------------------------------------------------------------------------

# Long texts of what makes cutting hard: numbers with spaces, no spaces, odd white space, marks.
words = st.sampled_from(
    [
        "mandat",
        "l’ONU.",
        "2",
        "100",
        "2 100",
        "12 345 678",
        "\u00a0",
        "\u202f",
        "…",
        "a" * 300,
        "é",
        "e\u0301",
        "«",
        "!",
        "1.",
    ]
)
spaces = st.sampled_from([" ", " ", " ", "\n", "\n\n", "\u00a0", "\u202f", "\u2028", ""])
long_texts = st.lists(st.tuples(words, spaces), min_size=1, max_size=60).map(
    lambda rows: "".join(word + space for word, space in rows) * 60
)


@settings(max_examples=60)
@given(text=long_texts)
def test_pieces_together_are_the_text_and_have_its_words(analyzer: Analyzer, text: str) -> None:
    pieces = cut(text)
    assert "".join(pieces) == text
    assert all(pieces)
    terms = [(p.surface, p.stem) for piece in pieces for p in analyzer.analyze(piece)]
    assert terms == [(p.surface, p.stem) for p in analyzer.analyze(text)]


def test_a_text_of_a_few_pages_is_one_piece() -> None:
    assert cut("") == [""]
    assert cut("a " * (WHOLE // 2)) == ["a " * (WHOLE // 2)]


@pytest.mark.parametrize(
    ("between", "end"),
    [("\n\n", "\n\n"), ("\n", "\n"), (". ", ". "), (" ", " ")],
    ids=["paragraph", "line", "sentence", "word"],
)
def test_a_long_text_is_cut_after_a_paragraph_else_a_line_a_sentence_a_word(between: str, end: str) -> None:
    text = between.join(["mot " * 20 + "fin"] * 400)
    pieces = cut(text)
    assert len(pieces) > 5
    assert all(piece.endswith(end) and len(piece) <= PIECE for piece in pieces[:-1])


def test_a_text_with_no_place_to_cut_stays_whole() -> None:
    assert len(cut("a" * 50_000)) == 1
    assert len(cut("1 " * 50_000)) == 1


# --- reading -------------------------------------------------------------------------------------------------------


def test_a_document_comes_back_as_it_was(tmp_path: Path, preparer: WordsPreparer) -> None:
    documents = [
        Document(
            id="a\nb",
            title="Un titre\nsur deux lignes",
            text="Premier.\n\n{second}",
            type="résolution",
            date=None,
            date_source=DateSource.NONE,
            root="racine",
            path="a/b#c.jsonl#a\nb",
            digest="ab" * 32,
            first_seen="2026-01-01T00:00:00+00:00",
            title_rule="métadonnée",
            type_rule="métadonnée",
            url="https://example.org/?a=1",
            source="L’Essor",
        ),
        document_of("", 2),
        replace(document_of("Mali", 3), title=""),
        document_of("long " * 10_000, 4),
        *(made_document(number, random.Random(number)) for number in range(5, 40)),
    ]
    segment = write_segment(tmp_path / "a.seg", documents, preparer)
    assert documents_of(segment) == documents


def test_lone_surrogates_become_question_marks(tmp_path: Path, preparer: WordsPreparer) -> None:
    document = replace(document_of("le \ud800 mandat"), title="a\udfff", source="\ud801")
    found = documents_of(write_segment(tmp_path / "a.seg", [document], preparer))
    assert found == [replace(document, text="le ? mandat", title="a?", source="?")]


def test_each_piece_knows_the_position_of_its_first_word(
    tmp_path: Path, preparer: WordsPreparer, analyzer: Analyzer
) -> None:
    rng = random.Random(1)
    documents = [replace(made_document(n, rng), text=made_document(n, rng, longest=9_000).text) for n in range(8)]
    segment = write_segment(tmp_path / "a.seg", documents, preparer)
    stored = Stored(segment.file)
    several = 0
    for number, document in enumerate(documents):
        texts = [stored.text(piece) for piece in stored.pieces(number)]
        several += len(texts) > 1
        assert "".join(texts) == document.text
        counts = [len(analyzer.analyze(text)) for text in texts]
        assert stored.first_positions(number).tolist() == [sum(counts[:n]) for n in range(len(counts))]
        assert stored.document(segment, number).title == document.title
    assert several > 2


def paged(page_sizes: list[int]) -> Document:
    """A text of pages that name themselves, each of so many words."""
    texts = [f"page{number} " * size for number, size in enumerate(page_sizes, start=1)]
    starts = [sum(map(len, texts[:number])) for number in range(1, len(texts))]
    return replace(document_of("".join(texts)), pages=tuple(starts))


@pytest.mark.parametrize("sizes", [[20, 30, 10], [700, 40, 900, 0, 3, 2_000, 1, 1, 600, 0], [5_000, 1]])
def test_a_document_comes_back_with_its_pages(sizes: list[int], tmp_path: Path, preparer: WordsPreparer) -> None:
    document = paged(sizes)
    assert documents_of(write_segment(tmp_path / "a.seg", [document], preparer)) == [document]


@given(st.lists(st.integers(0, 900), min_size=30, max_size=60), st.sets(st.integers(0, 8), min_size=1))
@settings(max_examples=30)
def test_each_word_of_some_pieces_knows_its_page(
    tmp_path_factory: pytest.TempPathFactory, preparer: WordsPreparer, sizes: list[int], chosen: set[int]
) -> None:
    path = tmp_path_factory.mktemp("pages") / "a.seg"
    segment = write_segment(path, [paged(sizes)], preparer)
    stored = Stored(segment.file)
    pieces = stored.pieces(0)
    part = stored.document(segment, 0, [pieces[place] for place in sorted(chosen) if place < len(pieces)])
    for word in re.finditer(r"page(\d+)", part.text):
        assert part.page_at(word.start()) == int(word[1])


@given(
    st.lists(st.tuples(st.integers(1, 400), st.sampled_from([" ", "\n"])), min_size=20, max_size=30),
    st.sets(st.integers(0, 8), min_size=1),
)
@settings(max_examples=15)
def test_each_word_of_some_pieces_knows_its_paragraph(
    tmp_path_factory: pytest.TempPathFactory,
    preparer: WordsPreparer,
    sizes: list[tuple[int, str]],
    chosen: set[int],
) -> None:
    text = "\n\n".join(
        space.join([f"paragraphe{number}"] * size) for number, (size, space) in enumerate(sizes, start=1)
    )
    path = tmp_path_factory.mktemp("paragraphs") / "a.seg"
    segment = write_segment(path, [document_of(text)], preparer)
    stored = Stored(segment.file)
    pieces = stored.pieces(0)
    for part in (
        stored.document(segment, 0),
        stored.document(segment, 0, [pieces[place] for place in sorted(chosen) if place < len(pieces)]),
    ):
        for word in re.finditer(r"paragraphe(\d+)", part.text):
            assert part.paragraph_at(word.start()) == int(word[1])


def test_texts_that_are_alike_are_packed_with_a_dictionary(tmp_path: Path, preparer: WordsPreparer) -> None:
    rng = random.Random(1)
    documents = [made_document(number, rng, longest=200) for number in range(600)]
    segment = write_segment(tmp_path / "a.seg", documents, preparer, batch=100)
    assert [len(dictionary) > 0 for dictionary in Stored(segment.file).dictionaries] == [True]
    assert documents_of(segment) == documents


# --- damage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stored.blob", "stored.starts", "stored.firsts", "stored.limit"])
def test_damaged_texts_are_named_or_come_out_never_another_error(
    tmp_path: Path, preparer: WordsPreparer, name: str
) -> None:
    rng = random.Random(2)
    documents = [made_document(0, rng), *(made_document(n, rng, longest=3_000) for n in range(1, 12))]
    path = tmp_path / "a.seg"
    file = write_segment(path, documents, preparer).file
    content, start = path.read_bytes(), file.start(name)
    size = file.array(name).nbytes
    named = 0
    for place in rng.choices(range(start, start + size), k=120):
        damaged = bytearray(content)
        damaged[place] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            documents_of(Segment(path))
        except DamagedArrays:
            named += 1
    assert named > 10


def test_unpacking_never_takes_more_room_than_the_greatest_piece(tmp_path: Path, preparer: WordsPreparer) -> None:
    """A forged frame that says it holds a gigabyte is refused before anything is unpacked."""
    path = tmp_path / "a.seg"
    file = write_segment(path, [document_of("a" * 4_000)], preparer).file
    bomb = zstandard.ZstdCompressor().compress(bytes(5_000))
    content = bytearray(path.read_bytes())
    assert len(bomb) <= len(file.array("stored.blob"))
    content[file.start("stored.blob") : file.start("stored.blob") + len(bomb)] = bomb
    path.write_bytes(content)
    with pytest.raises(DamagedArrays, match="plus long"):
        documents_of(Segment(path))


def test_a_document_that_is_not_there_is_no_document(tmp_path: Path, preparer: WordsPreparer) -> None:
    segment = write_segment(tmp_path / "a.seg", [document_of("Mali")], preparer)
    with pytest.raises(DamagedArrays):
        Stored(segment.file).document(segment, 1)
    assert np.array_equal(Stored(segment.file).first_positions(0), [0])
