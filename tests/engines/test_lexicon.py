"""The words of an index for corrections: the real stack, on the sample corpus and on small ones."""

from __future__ import annotations

import gc
import random
import weakref
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.assembly import type_rules
from indexer.engines import vocabulary
from indexer.engines.local import LocalEngine, LocalSnapshot
from indexer.engines.vocabulary import _signatures, signature_of, vocabulary_of
from indexer.errors import IndexDamaged
from indexer.french import Analyzer, WordLists
from indexer.model import Document
from indexer.query.spelling import MOST_LETTERS, correction, sound_of, within
from indexer.reindex import reindex
from indexer.settings import load_settings
from tests.columnar.making import made_document, made_engine, write
from tests.conftest import ROOT, House
from tests.query.test_spelling import edits_between

LETTERS = st.text("abcdeilnorstuvz", min_size=1, max_size=12)


def texts(*texts: str, title: str = "", first: int = 0) -> list[Document]:
    """A document for each text."""
    base = made_document(0, random.Random(0))
    return [
        replace(base, id=f"t{number}", path=f"{number}.txt", digest=f"{number:064x}", title=title, text=text)
        for number, text in enumerate(texts, start=first)
    ]


def snapshot_of(folder: Path, lists: WordLists, *batches: Sequence[Document]) -> LocalSnapshot:
    """An index with a segment for each batch."""
    engine = made_engine(folder / "index")
    for batch in batches:
        write(engine, lists, batch)
    return engine.snapshot()


# --- signatures ------------------------------------------------------------------------------------------------------


@given(LETTERS, LETTERS)
def test_an_edit_changes_two_bits_of_a_signature_at_most_one_on_either_side(one: str, other: str) -> None:
    edits, mine, theirs = edits_between(one, other), signature_of(one), signature_of(other)
    assert (mine ^ theirs).bit_count() <= 2 * edits
    assert max((mine & ~theirs).bit_count(), (theirs & ~mine).bit_count()) <= edits


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=15), min_size=1))
def test_signatures_of_many_words_are_those_of_each(words: list[str]) -> None:
    letters = np.frombuffer("".join(f".{word}" for word in words).encode(), np.uint8)
    starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    assert _signatures(letters, starts).tolist() == [signature_of(word) for word in words]


# --- the sample corpus -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, lists: WordLists) -> LocalSnapshot:
    """The corpus of the project and the words that the table of French difficulties expects, in two segments."""
    folder = tmp_path_factory.mktemp("samples")
    settings = load_settings(index=folder / "index", environ={})
    engine = LocalEngine(settings.index.directory, settings.ranking)
    (folder / "words").mkdir()
    (folder / "words" / "mots.txt").write_text("Quelques mots\n\n" + " ".join(row["expected"] for row in suggested()))
    rules = type_rules(settings)
    for root in (ROOT / "corpus", folder / "words"):
        reindex(engine, settings, rules, lists, (root,))
    return engine.snapshot()


def suggested() -> list[dict[str, str]]:
    """The rows of the table about corrections."""
    header, *lines = (ROOT / "tests/french/cases.tsv").read_bytes().decode().rstrip("\n").split("\n")
    table = (dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines)
    return [row for row in table if row["kind"] == "suggest"]


def words_of(snapshot: LocalSnapshot) -> dict[str, int]:
    """Every word of letters and about how many documents have it, from the term tables read one by one."""
    found: Counter[str] = Counter()
    for part in snapshot.generation.parts:
        mine: dict[str, int] = {}
        for name in ("title_surface", "body_surface"):
            field = part.segment.field(name)
            mine |= {term.decode(): field.lists.entry(number).df for number, term in enumerate(field.terms)}
        found.update(mine)
    return {w: df for w, df in found.items() if w.isascii() and w.isalpha() and 2 <= len(w) <= MOST_LETTERS}


# goverment lacks three letters of gouvernement.
OUT_OF_REACH = {"goverment"}


def test_mistakes_of_the_table_are_corrected(samples: LocalSnapshot) -> None:
    missed = set()
    for row in suggested():
        surface = samples.analyzer.fold(row["input"])
        known = samples.lexicon.stem_frequency(samples.analyzer.stem(surface))
        found = correction(row["input"], surface, known, samples.lexicon)
        if found is None or (found.display, found.certain) != (row["expected"], True):
            missed.add(row["input"])
    assert missed == OUT_OF_REACH


def test_near_and_alike_are_exactly_the_words_that_the_definitions_give(samples: LocalSnapshot) -> None:
    rng, words = random.Random(4), words_of(samples)
    asked = [*rng.sample(sorted(words), 30), "securtie", "resolusion", "zzzz", "ab", "a", "x" * MOST_LETTERS]
    for typed in asked:
        at = rng.randrange(len(typed))
        for word in (typed, typed[:at] + rng.choice("aeiz") + typed[at + 1 :]):
            sound = sound_of(word)
            assert dict(samples.lexicon.alike(word)) == {w: df for w, df in words.items() if sound_of(w) == sound}
            for edits in range(3):
                expected = {w: df for w, df in words.items() if within(word, w, edits)}
                assert dict(samples.lexicon.near(word, edits)) == expected, (word, edits)


def test_words_that_are_none_have_no_neighbours(samples: LocalSnapshot) -> None:
    for word in ("2690", "мандат", "", "a" * (MOST_LETTERS + 1), "vice-president"):
        assert list(samples.lexicon.near(word, 2)) == list(samples.lexicon.alike(word)) == []


@pytest.mark.parametrize(
    ("surface", "spelled"),
    [
        ("securite", "sécurité"),
        ("bamako", "Bamako"),
        ("algerie", "Algérie"),
        ("conseil", "conseil"),
        ("elements", "éléments"),
        ("minusma", "MINUSMA"),
        ("oeuvre", "œuvre"),
        ("cheflieu", "chef-lieu"),
        ("inconnue", "inconnue"),
        ("zzzz", "zzzz"),
    ],
)
def test_a_word_is_shown_as_most_texts_write_it(samples: LocalSnapshot, surface: str, spelled: str) -> None:
    assert samples.lexicon.spelled(surface) == spelled


def test_frequencies_are_those_of_the_field_that_most_documents_have_it_in(tmp_path: Path, lists: WordLists) -> None:
    titled = texts("le mandat", "la paix", title="Un mandat", first=10)
    lexicon = snapshot_of(tmp_path, lists, texts("le mandat", "les mandats", "rien"), titled).lexicon
    assert [lexicon.frequency(word) for word in ("mandat", "mandats", "mandt")] == [2, 1, 0]
    assert lexicon.stem_frequency("mandat") == 3


@given(st.text(max_size=12), st.text(max_size=12))
def test_whatever_was_typed_is_corrected_or_left_alone(samples: LocalSnapshot, typed: str, surface: str) -> None:
    for word in (surface, samples.analyzer.fold(typed)):
        found = correction(typed, word, 0, samples.lexicon)
        assert found is None or samples.lexicon.frequency(found.surface)


# --- how words are written -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "surface", "spelled"),
    [
        ("Sécurité partout. Sécurité d’abord.", "securite", "sécurité"),
        ("Pour la sécurité. Sécurité partout. Sécurité !", "securite", "sécurité"),
        ("Bamako change. On va à Bamako.", "bamako", "Bamako"),
        ("À l’Élysée et l’Elysée, l’Élysée.", "elysee", "Élysée"),
        ("Le Conseil et le Conseil ; un conseil.", "conseil", "conseil"),
        ("LA SECURITE DU MALI\n\nLa sécurité compte.", "securite", "sécurité"),
        ("La MINUSMA part.", "minusma", "MINUSMA"),
        ("« Prud'homal » est un mot ; un prud'homal.", "prudhomal", "prud’homal"),
        ("un cessez-le-feu", "cessezlefeu", "cessez-le-feu"),
        ("la se\u0301curite\u0301", "securite", "sécurité"),
        ("un·e surveillant(e)", "surveillante", "surveillante"),
    ],
)
def test_the_writing_inside_sentences_counts(
    tmp_path: Path, lists: WordLists, written: str, surface: str, spelled: str
) -> None:
    assert snapshot_of(tmp_path, lists, texts(written)).lexicon.spelled(surface) == spelled


def test_a_word_of_titles_alone_is_read_there(tmp_path: Path, lists: WordLists) -> None:
    assert snapshot_of(tmp_path, lists, texts("rien", title="La rébellion")).lexicon.spelled("rebellion") == "rébellion"


def test_a_word_deep_in_a_long_text_is_read_where_it_stands(tmp_path: Path, lists: WordLists) -> None:
    long = "\n\n".join(["Rien à dire ici, vraiment rien du tout. " * 40] * 40)
    snapshot = snapshot_of(tmp_path, lists, texts(f"{long}\n\nEnfin la médiathèque.\n\n{long}"))
    assert snapshot.lexicon.spelled("mediatheque") == "médiathèque"


def test_deleted_documents_do_not_say_how_a_word_is_written(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    made = texts("le marché", "un marché", "il marche", *["autre chose"] * 20)
    write(engine, lists, made)
    assert engine.snapshot().lexicon.spelled("marche") == "marché"
    write(engine, lists, [], ["t0", "t1"])
    assert engine.snapshot().lexicon.spelled("marche") == "marche"


# --- life ------------------------------------------------------------------------------------------------------------


def test_words_of_all_segments_count_together(tmp_path: Path, lists: WordLists) -> None:
    batches = [texts("le mandat expire", "le mandat", first=10 * number) for number in range(3)]
    lexicon = snapshot_of(tmp_path, lists, *batches).lexicon
    assert len(lexicon.vocabularies) > 1 or lexicon.frequency("mandat") == 6
    assert dict(lexicon.near("mandt", 1)) == {"mandat": 6}


def test_a_segment_is_read_once_for_all_generations_and_its_words_go_with_it(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, texts("le mandat", *["la paix"] * 20))
    before = engine.snapshot()
    (known,) = before.lexicon.vocabularies
    write(engine, lists, [], ["t1"])
    assert engine.snapshot() is not before
    assert engine.snapshot().lexicon.vocabularies == [known]
    gone = weakref.ref(known)
    del known, before, engine
    gc.collect()
    assert gone() is None


def test_only_the_commonest_words_of_a_great_vocabulary_are_kept(
    tmp_path: Path, lists: WordLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "MOST_WORDS", 4)
    lexicon = snapshot_of(tmp_path, lists, texts("mandat paix", "mandat paix guerre", "mandat retrait désert")).lexicon
    assert dict(lexicon.near("mandt", 1)) == {"mandat": 3}
    assert dict(lexicon.near("paux", 1)) == {"paix": 2}
    assert list(lexicon.near("retrat", 1)) == []
    assert lexicon.frequency("retrait") == 1


def test_tables_of_several_blocks_are_read_whole(
    tmp_path: Path, lists: WordLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "_AT_ONCE", 64)
    rng = random.Random(2)
    made = ["".join(rng.choices("abcdeilnorstu", k=rng.randint(1, 20))) for _ in range(400)]
    snapshot = snapshot_of(tmp_path, lists, texts(" ".join(made) + " 12 3e4 Ωmega"))
    words = words_of(snapshot)
    assert len(vocabulary_of(snapshot.generation.parts[0].segment)) == len(words)
    for word in rng.sample(sorted(words), 40):
        assert dict(snapshot.lexicon.near(word, 1)) == {w: df for w, df in words.items() if within(word, w, 1)}


def test_an_index_without_words_corrects_nothing(tmp_path: Path, lists: WordLists) -> None:
    for batches in ([], [texts("2690 12 %")]):
        lexicon = snapshot_of(tmp_path / str(len(batches)), lists, *batches or [[]]).lexicon
        assert correction("mandt", "mandt", 0, lexicon) is None
        assert lexicon.spelled("mandat") == "mandat"


def test_threads_that_share_a_lexicon_get_the_answers_of_one(samples: LocalSnapshot) -> None:
    typed = random.Random(6).sample(sorted(words_of(samples)), 40)

    def answers(words: Sequence[str]) -> list[object]:
        lexicon = samples.lexicon
        return [correction(word[:-2] + word[-1], word[:-2] + word[-1], 0, lexicon) for word in words]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(answers, [typed] * 4))
    assert together == [answers(typed)] * 4


def test_a_damaged_table_is_named_and_never_a_silent_correction(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, texts("le mandat de la mission", "la paix et la sécurité"))
    (segment,) = (tmp_path / "index").glob("generations/*/*.seg")
    place = segment.read_bytes().index(b"\xffmandat\xff")
    with segment.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 8)
    with pytest.raises(IndexDamaged):
        made_engine(tmp_path / "index").snapshot().lexicon.near("mandt", 1)


def test_corrections_of_the_service_come_from_the_words_of_its_index(house: House, analyzer: Analyzer) -> None:
    house.write("a.txt", "Le mandat de la mission à Bamako.")
    house.reindex()
    lexicon = house.engine().snapshot().lexicon
    assert [correction(word, word.lower(), 0, lexicon).display for word in ("Bamaco", "misison")] == [  # type: ignore[union-attr]
        "Bamako",
        "mission",
    ]
