"""Whoosh reads our segments: searches, sorts, groups and counts what a plain look at the documents finds.

These tests run on whoosh3 and, by `make test-codec`, on whoosh-reloaded.
"""

from __future__ import annotations

import pickle
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import formats, index, query, sorting
from whoosh.filedb.filestore import FileStorage
from whoosh.matching import ReadTooFar
from whoosh.reading import TermNotFound
from whoosh.writing import CLEAR

from indexer.columnar.arrays import ArraysWriter, DamagedArrays
from indexer.columnar.codec import ColumnCodec, SegmentEntry, read_toc, write_toc
from indexer.columnar.codec_terms import ColumnMatcher, Hits
from indexer.columnar.schema import FIELDS, ReadOnlyIndex, schema
from indexer.french import Analyzer, WordLists
from indexer.model import PartialDate, Position
from tests.columnar.compile import AtLeast, compile_tree, walk
from tests.columnar.making import RANKING, TYPES, WEIGHTING, analysed, made_document, made_engine, made_tree, write
from tests.columnar.naive import Analysed, Naive
from tests.columnar.plain_segment import lay
from tests.columnar.topics import bursts

SEED = 20261123


def opened(folder: Path) -> Any:
    return index.open_dir(str(folder)).searcher(weighting=WEIGHTING)


class Shelf:
    """120 documents in three segments, some deleted; and what Whoosh says of them, as ids."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        rng = random.Random(SEED)
        documents = [made_document(number, rng) for number in range(120)]
        self.all = analysed(documents, analyzer)
        self.deleted = {d.id for d in rng.sample(documents, 25)}
        self.live = [d for d in self.all if d.document.id not in self.deleted]
        self.searcher = opened(lay(folder, [self.all[:50], self.all[50:60], self.all[60:]], self.deleted))

    @property
    def reader(self) -> Any:
        return self.searcher.reader()

    def found(self, asked: query.Query) -> set[str]:
        return {self.all[number].document.id for number, _ in walk(self.searcher, asked)}

    def where(self, holds: Callable[[Analysed], bool]) -> set[str]:
        return {d.document.id for d in self.live if holds(d)}

    def ordered(self, **options: Any) -> list[str]:
        hits = self.searcher.search(query.Every(), limit=None, **options)
        return [hit["id"] for hit in hits]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf") / "index", analyzer)


def surfaces(d: Analysed, field: str) -> list[str]:
    return [term for terms in d.terms(field, "surface") for term in terms]


def has(*words: str, field: str = "body") -> Callable[[Analysed], bool]:
    return lambda d: set(words) <= set(surfaces(d, field))


def term(word: str, field: str = "body_surface", **options: Any) -> query.Query:
    return query.Term(field, word, **options)


# --- searching -------------------------------------------------------------------------------------------------------


def blocks(short: int, long: int) -> list[Any]:
    """Numbers of blocks of trees: the first in every run, the others in `make test-deep`."""
    return [*range(short), *(pytest.param(n, marks=pytest.mark.deep) for n in range(short, long))]


@pytest.mark.parametrize("block", blocks(4, 80))
def test_generated_trees_match_and_score_like_the_naive_matcher(block: int, shelf: Shelf, analyzer: Analyzer) -> None:
    rng = random.Random(SEED + block)
    naive = Naive(shelf.all, RANKING, shelf.deleted)
    for _ in range(60):
        tree = made_tree(rng, analyzer)
        found = {shelf.all[n].document.id: score for n, score in walk(shelf.searcher, compile_tree(tree, RANKING))}
        expected = naive.matches(tree)
        assert found.keys() == expected.keys(), tree
        for id, score in found.items():
            assert score == pytest.approx(expected[id], rel=1e-9, abs=1e-12), (tree, id)


def test_whoosh_combines_words_with_its_own_queries(shelf: Shelf) -> None:
    peace, mali = term("paix"), term("mali")
    assert shelf.found(peace) == shelf.where(has("paix"))
    assert shelf.found(query.And([peace, mali])) == shelf.where(has("paix", "mali"))
    assert shelf.found(query.Or([peace, mali])) == shelf.where(has("paix")) | shelf.where(has("mali"))
    assert shelf.found(query.AndMaybe(peace, mali)) == shelf.where(has("paix"))
    assert shelf.found(query.DisjunctionMax([peace, term("mali", "title_surface")])) == shelf.where(
        has("paix")
    ) | shelf.where(has("mali", field="title"))
    assert shelf.found(term("absente")) == set()
    assert shelf.found(term("paix", "nulle_part")) == set()


def test_not_finds_all_others_where_nothing_is_deleted(tmp_path: Path, shelf: Shelf) -> None:
    """Among deleted documents Whoosh's Not is wrong (test_whoosh_faults.py)."""
    searcher = opened(lay(tmp_path / "index", [shelf.all[:50], shelf.all[50:]]))
    others = {n for n, d in enumerate(shelf.all) if not has("paix")(d)}
    assert {n for n, _ in walk(searcher, query.Not(term("paix")))} == others


def test_whoosh_finds_words_by_their_spelling(shelf: Shelf) -> None:
    def any_word(test: Callable[[str], bool]) -> set[str]:
        return shelf.where(lambda d: any(map(test, surfaces(d, "body"))))

    assert shelf.found(query.Prefix("body_surface", "ma")) == any_word(lambda word: word.startswith("ma"))
    assert shelf.found(query.Wildcard("body_surface", "m*s")) == any_word(lambda w: w[0] == "m" and w[-1] == "s")
    assert shelf.found(query.TermRange("body_surface", "gao", "mali")) == any_word(lambda w: "gao" <= w <= "mali")
    assert shelf.found(query.FuzzyTerm("body_surface", "missoon", maxdist=1)) == any_word(lambda w: w == "mission")
    assert shelf.found(query.Every("body_surface")) == any_word(lambda word: True)


@pytest.mark.parametrize("slop", [1, 3])
def test_whoosh_finds_phrases(shelf: Shelf, slop: int) -> None:
    def together(d: Analysed) -> bool:
        places = d.terms("body", "surface")
        after = [set().union(*places[at + 1 : at + 1 + slop]) for at in range(len(places))]
        return any("casques" in terms and "bleus" in after[at] for at, terms in enumerate(places))

    found = shelf.found(query.Phrase("body_surface", ["casques", "bleus"], slop=slop))
    assert found == shelf.where(together) != set()
    with pytest.raises(query.QueryError):
        shelf.found(query.Phrase("body_stem", ["casqu", "bleu"]))


def test_keywords_are_searched_whole(shelf: Shelf) -> None:
    for kind in TYPES:
        assert shelf.found(term(kind, "type")) == shelf.where(lambda d, kind=kind: d.document.type == kind)
    assert shelf.found(term("corpus/70.txt", "file")) == shelf.where(lambda d: d.document.path == "70.txt") != set()
    assert shelf.found(query.Prefix("id", "d001")) == shelf.where(lambda d: d.document.id.startswith("d001"))


def test_the_default_collector_of_whoosh_loses_nothing_here(tmp_path: Path) -> None:
    """It does on stock segments (test_whoosh_faults.py)."""
    corpus = [plain(f"d{n:04}", title, body) for n, (title, body) in enumerate(bursts(2000))]
    searcher = opened(lay(tmp_path / "index", [corpus]))
    for first, second in (("alpha", "beta"), ("alpha", "gamma"), ("beta", "gamma")):
        for weight in (0.3, 1.0, 2.0):
            terms = [term(w, "title_surface", boost=weight) for w in (first, second)] + [term(first), term(second)]
            asked = query.Or(terms)
            asked.matcher_type = query.Or.DEFAULT_MATCHER  # what Whoosh itself takes above 5,000 documents
            best = sorted((score for _, score in walk(searcher, AtLeast(terms, 1))), reverse=True)[:10]
            assert [hit.score for hit in searcher.search(asked, limit=10)] == pytest.approx(best)


# --- columns ---------------------------------------------------------------------------------------------------------


def test_hits_are_grouped_by_type_and_date(shelf: Shelf) -> None:
    hits = shelf.searcher.search(term("mali"), limit=None, groupedby=["type", "date"])
    expected = [d.document for d in shelf.live if has("mali")(d)]
    for column, key in (("type", lambda d: d.type), ("date", lambda d: d.date.key if d.date else 0)):
        counts = {name: len(numbers) for name, numbers in hits.groups(column).items()}
        assert counts == Counter(map(key, expected)), column


KEYS: dict[str, Callable[[Analysed], Any]] = {
    "id": lambda d: d.document.id,
    "type": lambda d: d.document.type,
    "date": lambda d: d.document.date.key if d.document.date else 0,
    "title": lambda d: (" ".join(p.surface[0] for p in d.fields["title"]), d.document.title),
}


@pytest.mark.parametrize("column", KEYS)
def test_hits_are_sorted_by_a_column_over_all_segments_and_both_ways(shelf: Shelf, column: str) -> None:
    upwards = sorted(shelf.live, key=KEYS[column])
    assert shelf.ordered(sortedby=column) == [d.document.id for d in upwards]
    downwards = sorted(shelf.live, key=KEYS[column], reverse=True)
    assert shelf.ordered(sortedby=sorting.FieldFacet(column, reverse=True)) == [d.document.id for d in downwards]


def test_columns_hold_a_value_for_each_document(shelf: Shelf) -> None:
    for leaf, first in shelf.reader.leaf_readers():
        corpus = [d.document for d in shelf.all[first : first + leaf.doc_count_all()]]
        values = {name: list(leaf.column_reader(name)) for name in schema().names() if leaf.has_column(name)}
        assert values["id"] == [d.id for d in corpus]
        assert values["type"] == [d.type for d in corpus]
        assert values["date"] == [d.date.key if d.date else 0 for d in corpus]
        assert values["file"] == [f"{d.root}/{d.path}" for d in corpus]
        assert values["first_seen"] == [d.first_seen.encode() for d in corpus]
        assert values["digest"] == [bytes.fromhex(d.digest) for d in corpus]
        assert [key.decode().split("\0")[1] for key in values["title"]] == [d.title for d in corpus]
        assert not leaf.has_column("body_stem")


# --- documents -------------------------------------------------------------------------------------------------------


def test_a_document_is_found_by_its_id_unless_it_is_deleted(shelf: Shelf) -> None:
    for number, d in enumerate(shelf.all):
        live = d.document.id not in shelf.deleted
        assert shelf.searcher.document_number(id=d.document.id) == (number if live else None)
        assert shelf.reader.is_deleted(number) is not live
        assert shelf.reader.stored_fields(number)["document"] == d.document
    assert shelf.searcher.document_number(id="absent") is None
    assert shelf.reader.doc_count() == len(shelf.live)
    assert shelf.reader.doc_count_all() == len(shelf.all)
    assert shelf.reader.has_deletions()
    assert {stored["id"] for stored in shelf.reader.all_stored_fields()} == {d.document.id for d in shelf.live}


def test_a_document_deleted_and_added_again_is_the_new_one(tmp_path: Path, analyzer: Analyzer) -> None:
    old = made_document(1, random.Random(1))
    new = replace(old, type="nouveau")
    lay(tmp_path / "index", [analysed([old], analyzer), analysed([new], analyzer)])
    out = ArraysWriter(tmp_path / "index" / f"{0:016x}.dead")
    out.add("dead", np.packbits([True]))
    out.close()
    write_toc(tmp_path / "index", [SegmentEntry(f"{0:016x}", 1, 1), SegmentEntry(f"{1:016x}", 1, 0)])
    searcher = opened(tmp_path / "index")
    assert searcher.document_number(id=old.id) == 1
    assert searcher.document(id=old.id)["type"] == "nouveau"


def test_what_the_engine_wrote_is_a_whoosh_index_with_whole_documents(tmp_path: Path, lists: WordLists) -> None:
    rng = random.Random(SEED)
    held = {d.id: d for d in (made_document(number, rng) for number in range(30))}
    engine = made_engine(tmp_path / "index")
    write(engine, lists, list(held.values()))
    added, gone = made_document(99, rng), held.pop("d0003")
    write(engine, lists, [added], [gone.id])
    held[added.id] = added
    searcher = opened(tmp_path / "index" / "generations" / "000002")
    found = [searcher.stored_fields(number)["document"] for number, _ in walk(searcher, query.Every())]
    assert {d.id: d for d in found} == held
    by_title = [hit["document"].title for hit in searcher.search(query.Every(), limit=None, sortedby="title")]
    assert by_title[0] == min(d.title for d in held.values()) == ""
    assert Counter(by_title) == Counter(d.title for d in held.values())


# --- statistics ------------------------------------------------------------------------------------------------------


def test_statistics_are_exact_and_count_deleted_documents(shelf: Shelf) -> None:
    for name in (f"{field}_{form}" for field in FIELDS for form in ("surface", "stem")):
        counts = [Counter(t for terms in d.terms(*name.split("_")) for t in terms) for d in shelf.all]
        lengths = [sum(count.values()) for count in counts]
        assert [shelf.reader.doc_field_length(n, name) for n in range(len(counts))] == lengths
        assert shelf.reader.field_length(name) == sum(lengths)
        assert shelf.reader.min_field_length(name) == min(lengths)
        assert shelf.reader.max_field_length(name) == max(lengths)
        terms = sorted({word.encode() for count in counts for word in count})
        assert list(shelf.reader.lexicon(name)) == terms
        for word in (text.decode() for text in terms):
            where = [n for n, count in enumerate(counts) if count[word]]
            info = shelf.reader.term_info(name, word)
            assert shelf.reader.frequency(name, word) == info.weight() == sum(count[word] for count in counts)
            assert shelf.reader.doc_frequency(name, word) == info.doc_frequency() == len(where)
            assert (info.min_id(), info.max_id()) == (where[0], where[-1])
            assert (info.min_length(), info.max_length()) == (
                min(lengths[n] for n in where),
                max(lengths[n] for n in where),
            )
            assert info.max_weight() == max(count[word] for count in counts)
        assert shelf.reader.frequency(name, "absente") == shelf.reader.doc_frequency(name, "absente") == 0
        with pytest.raises(TermNotFound):
            shelf.reader.term_info(name, "absente")


def test_terms_are_listed_in_order_from_anywhere(shelf: Shelf) -> None:
    everything = list(shelf.reader.all_terms())
    assert everything == sorted(set(everything))
    assert {name for name, _ in everything} == set(shelf.reader.indexed_field_names())
    for name, text in (("body_stem", b""), ("body_surface", b"mali"), ("type", b"zzz"), ("file", b"a\xc3\xa9")):
        assert list(shelf.reader.terms_from(name, text)) == [one for one in everything if one >= (name, text)]
    assert list(shelf.reader.expand_prefix("body_surface", "man")) == [b"mandat", b"mandats"]
    assert [text for text, _ in shelf.reader.iter_prefix("body_surface", "man")] == [b"mandat", b"mandats"]
    leaf = shelf.reader.leaf_readers()[0][0]
    cursor = leaf.cursor("body_surface")
    assert cursor.first() == cursor.text() == next(leaf.lexicon("body_surface")).decode()
    assert cursor.find("mandb") == "mission"
    assert cursor.term_info().weight() == leaf.frequency("body_surface", "mission")
    assert cursor.next() == "missions"
    assert cursor.find("zzzz") is cursor.text() is cursor.term_info() is None
    assert not cursor.is_valid()


def test_postings_decode_with_the_formats_of_whoosh(shelf: Shelf) -> None:
    leaf = shelf.reader.leaf_readers()[0][0]
    gone = set(leaf.deleted_docs_set)
    for name, form in (("body_surface", "surface"), ("body_stem", "stem")):
        decoder = schema()[name].format
        for word in ("mali", "conflit"):
            expected = {
                number: [at for at, terms in enumerate(d.terms("body", form)) if word in terms]
                for number, d in enumerate(shelf.all[:50])
                if number not in gone and any(word in terms for terms in d.terms("body", form))
            }
            values = dict(leaf.postings(name, word).all_items())
            assert {n: decoder.decode_frequency(v) for n, v in values.items()} == {
                number: len(places) for number, places in expected.items()
            }
            assert dict(leaf.postings(name, word).items_as("weight")) == {n: len(p) for n, p in expected.items()}
            if form == "surface":
                assert {n: decoder.decode_positions(v) for n, v in values.items()} == expected
                assert dict(leaf.postings(name, word).items_as("positions")) == expected


@given(
    docs=st.sets(st.integers(0, 60), min_size=1),
    steps=st.lists(st.one_of(st.none(), st.integers(0, 70)), max_size=20),
)
def test_a_matcher_steps_and_skips_as_along_a_list(docs: set[int], steps: list[int | None]) -> None:
    left = sorted(docs)
    ones = np.ones(len(left), np.int64)
    matcher = ColumnMatcher(Hits(np.array(left), ones, ones), formats.Existence(), None, ("type", b"x"))
    for step in steps:
        if not left:
            with pytest.raises(ReadTooFar):
                matcher.next() if step is None else matcher.skip_to(step)
            break
        if step is None:
            matcher.next()
            left = left[1:]
        else:
            matcher.skip_to(step)
            left = [number for number in left if number >= step]
        assert matcher.is_active() == bool(left)
        assert list(matcher.copy().all_ids()) == left
        assert not left or matcher.id() == left[0]
    matcher.reset()
    assert list(matcher.all_ids()) == sorted(docs)


# --- odd documents ---------------------------------------------------------------------------------------------------


def plain(id: str, title: str, body: str | Sequence[str], **facts: Any) -> Analysed:
    """A document whose words are its terms."""
    document = replace(made_document(0, random.Random(0)), id=id, title=title, text="", **facts)
    words = body.split() if isinstance(body, str) else body
    positions = {"title": title.split(), "body": words}
    return Analysed(document, {name: [Position((w,), (w,), 0, 0) for w in found] for name, found in positions.items()})


def test_a_phrase_is_found_past_position_65535(tmp_path: Path) -> None:
    words = ["mot"] * 140_000
    words[70_000:70_002] = ["fin", "rare"]
    words[66_000], words[131_000] = "fin", "rare"
    searcher = opened(lay(tmp_path / "index", [[plain("long", "", words), plain("court", "", "rare fin")]]))
    assert [n for n, _ in walk(searcher, query.Phrase("body_surface", ["fin", "rare"]))] == [0]
    matcher = searcher.reader().postings("body_surface", "rare")
    assert matcher.value_as("positions") == [70_001, 131_000]
    assert searcher.reader().doc_field_length(0, "body_surface") == 140_000
    assert searcher.reader().frequency("body_surface", "mot") == 139_996
    assert searcher.reader().postings("body_surface", "mot").weight() == 139_996


def test_ids_and_types_may_hold_anything(tmp_path: Path) -> None:
    ids = ["a\nb", "a", "b", "\n", "", "é", "\0", "a\tb", "𝒳", "ÿ", "a b"]
    corpus = [plain(id, "titre", "mot", type=f"type {id}") for id in ids]
    searcher = opened(lay(tmp_path / "index", [corpus[:5], corpus[5:]]))
    for number, id in enumerate(ids):
        assert searcher.document_number(id=id) == number
        assert [n for n, _ in walk(searcher, query.Term("type", f"type {id}"))] == [number]
        assert searcher.stored_fields(number)["id"] == id
    assert [hit["id"] for hit in searcher.search(query.Every(), limit=None, sortedby="id")] == sorted(ids)


def test_documents_may_have_no_date_no_title_and_no_words(tmp_path: Path) -> None:
    corpus = [
        plain("vide", "", "", date=None),
        plain("daté", "un titre", "", date=PartialDate(2023, 6)),
        plain("texte", "", "un texte", date=None),
    ]
    searcher = opened(lay(tmp_path / "index", [corpus]))
    assert [n for n, _ in walk(searcher, query.Or([term("un"), term("un", "title_surface")]))] == [1, 2]
    assert [hit["id"] for hit in searcher.search(query.Every(), limit=None, sortedby="date")] == [
        "vide",
        "texte",
        "daté",
    ]
    assert [searcher.reader().doc_field_length(n, "body_stem") for n in range(3)] == [0, 0, 2]
    nothing = opened(lay(tmp_path / "empty", [[plain("vide", "", "")]]))
    assert walk(nothing, term("un")) == []
    assert nothing.reader().min_field_length("body_stem") == nothing.reader().max_field_length("body_stem") == 0
    assert [n for n, _ in walk(nothing, query.Every())] == [0]


def test_an_index_without_segments_is_empty(tmp_path: Path) -> None:
    searcher = opened(lay(tmp_path / "index", []))
    assert searcher.doc_count_all() == 0
    assert walk(searcher, term("mot")) == []
    assert read_toc(tmp_path / "index") == ()


def test_every_term_of_a_large_dictionary_is_found_and_no_other(tmp_path: Path) -> None:
    words = [f"m{number:x}" for number in range(60_000)]
    searcher = opened(lay(tmp_path / "index", [[plain(f"d{n}", "", words[n::4]) for n in range(4)]]))
    reader = searcher.reader()
    assert list(reader.lexicon("body_surface")) == sorted(word.encode() for word in words)
    for number in range(0, len(words), 97):
        assert list(reader.postings("body_surface", words[number]).all_ids()) == [number % 4]
        assert ("body_surface", f"{words[number]}g".encode()) not in reader
    assert list(reader.expand_prefix("body_surface", "mea5")) == [b"mea5", *(b"mea5%x" % n for n in range(16))]


# --- writing, damage -------------------------------------------------------------------------------------------------


def test_whoosh_cannot_write_into_our_index(tmp_path: Path) -> None:
    folder = lay(tmp_path / "index", [[plain("un", "un titre", "un texte"), plain("deux", "", "deux")]])
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for fields in ({"id": "trois"}, {"body_surface": ["trois"]}, {"type": "autre", "date": 0}):
        writer = index.open_dir(str(folder)).writer()
        with pytest.raises(ReadOnlyIndex):
            writer.add_document(**fields)
        writer.cancel()
    for change in (
        lambda writer: writer.delete_document(0),
        lambda writer: writer.commit(),
        lambda writer: writer.commit(optimize=True),
        lambda writer: writer.commit(mergetype=CLEAR),
    ):
        writer = index.open_dir(str(folder)).writer()
        with pytest.raises(ReadOnlyIndex):
            change(writer)
        if not writer.is_closed:
            writer.cancel()
    with pytest.raises(ReadOnlyIndex):
        index.open_dir(str(folder)).writer(codec=ColumnCodec())
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert [path.name for path in folder.glob("*.toc")] == ["_MAIN_0.toc"]


def test_a_table_of_contents_gives_back_its_segments(tmp_path: Path) -> None:
    entries = (
        SegmentEntry("0123456789abcdef", 1 << 40, 3),
        SegmentEntry("000042-1", 7, 7),
        SegmentEntry("a.b_c", 0, 0),
    )
    for some in (entries, entries[:1], ()):
        write_toc(tmp_path, some)
        assert read_toc(tmp_path) == some
    assert [path.name for path in tmp_path.iterdir()] == ["_MAIN_0.toc"]
    written = (tmp_path / "_MAIN_0.toc").read_bytes()
    write_toc(tmp_path, ())
    assert (tmp_path / "_MAIN_0.toc").read_bytes() == written


@pytest.mark.parametrize(
    "entry",
    [
        SegmentEntry("../ailleurs", 1, 0),
        SegmentEntry("", 1, 0),
        SegmentEntry("a/b", 1, 0),
        SegmentEntry("x" * 101, 1, 0),
        SegmentEntry("nom\n", 1, 0),
        SegmentEntry("négatif", -1, 0),
        SegmentEntry("trop", 1, 2),
        SegmentEntry("texte", "1", "0"),  # type: ignore[arg-type]
    ],
)
def test_a_table_of_contents_with_impossible_segments_is_damaged(tmp_path: Path, entry: SegmentEntry) -> None:
    write_toc(tmp_path, [entry])
    with pytest.raises(DamagedArrays):
        read_toc(tmp_path)


def test_a_damaged_table_of_contents_is_said_to_be_or_lists_segments(tmp_path: Path) -> None:
    path = tmp_path / "_MAIN_0.toc"
    with pytest.raises(DamagedArrays):
        read_toc(tmp_path)
    entries = (SegmentEntry("0123456789abcdef", 1000, 3), SegmentEntry("fedcba9876543210", 1000, 0))
    write_toc(tmp_path, entries)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedArrays):
            read_toc(tmp_path)
    rng = random.Random(SEED)
    refused = 0
    for _ in range(400):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            assert all(isinstance(entry, SegmentEntry) for entry in read_toc(tmp_path))
        except DamagedArrays:
            refused += 1
    assert refused > 20
    path.write_bytes(whole + bytes(1 << 24))
    with pytest.raises(DamagedArrays):
        read_toc(tmp_path)


class Intruder:
    """Unpickled, it would make a file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.trace,)


def test_a_forged_table_of_contents_runs_no_code(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    index.TOC(schema(), [Intruder(trace)], 0).write(FileStorage(str(tmp_path)), "MAIN")
    with pytest.raises(DamagedArrays):
        read_toc(tmp_path)
    assert not trace.exists()
    # The schema in the file is passed over, not unpickled.
    write_toc(tmp_path, [SegmentEntry("un", 1, 0)])
    path = tmp_path / "_MAIN_0.toc"
    honest = pickle.dumps(schema(), 2)
    forged = pickle.dumps(Intruder(trace), 2)
    assert honest in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(honest, forged + honest[len(forged) :]))
    assert read_toc(tmp_path) == (SegmentEntry("un", 1, 0),)
    assert not trace.exists()


def test_segments_that_are_not_what_the_table_says_do_not_open(tmp_path: Path) -> None:
    folder = lay(tmp_path / "index", [[plain("un", "", "un"), plain("deux", "", "deux")]], deleted=["un"])
    name = read_toc(folder)[0].name
    for wrong in (SegmentEntry(name, 3, 1), SegmentEntry(name, 1, 1), SegmentEntry(name, 2, 2)):
        write_toc(folder, [wrong])
        with pytest.raises(DamagedArrays):
            opened(folder)
    write_toc(folder, [SegmentEntry(name, 2, 1)])
    assert opened(folder).doc_count() == 1
    segment = folder / f"{name}.seg"
    segment.write_bytes(segment.read_bytes()[:-1])
    with pytest.raises(DamagedArrays):
        opened(folder)
    segment.unlink()
    with pytest.raises(FileNotFoundError):
        opened(folder)
