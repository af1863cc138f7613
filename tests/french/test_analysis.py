"""What holds for every text: offsets, spellings, size of terms, and what the analyzer promises to the rest."""

from __future__ import annotations

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unidecode import unidecode

from indexer.french import CHAIN_VERSION, MAX_TERM, Analyzer, WordLists
from indexer.model import Position

FRENCH = "abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûüÿ"
TRICKY = "'’-‑.,:/()·&@#°№«» \u00a0\u202f\u00ad\u200b\u2060\u0301\u0327_+*%²ᵉ½0123456789ABCÉXIVLlnsdeſﬁßİıΣςé"

texts = st.text() | st.text(alphabet=FRENCH + TRICKY) | st.text(alphabet=TRICKY)
words = st.text(alphabet=FRENCH, min_size=2, max_size=20)


def terms(positions: list[Position]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(position.surface, position.stem) for position in positions]


@settings(deadline=None, max_examples=600)
@given(texts)
@example("l'l'l'l'l'l'a")
@example("e" + "\u0301\u0327" * 50)
@example("A/-/1")
@example("https://")
@example("www.")
@example("1 234 567 x 2 100")
def test_any_text_is_analysed_and_offsets_show_what_the_author_wrote(analyzer: Analyzer, text: str) -> None:
    positions = analyzer.analyze(text)
    for position in positions:
        assert 0 <= position.start < position.end <= len(text)
        assert text[position.start : position.end].strip()
        assert position.surface
        assert position.stem
        assert all(0 < len(term) <= MAX_TERM for term in (*position.surface, *position.stem))
        assert not any(char.isspace() for term in position.surface for char in term)
    for before, after in pairwise(positions):
        assert before.end <= after.start


@settings(deadline=None, max_examples=400)
@given(st.text(alphabet="0123456789.,-", min_size=1, max_size=30) | st.text(alphabet="(«0123456789.,-»);", min_size=1))
@example("5,70")
@example("1.234.567")
@example("16.06.2023")
@example("(10-15),")
@example("2231-2-1")
@example("0" * 300)
def test_figures_are_read_directly_as_the_scanner_finds_them(analyzer: Analyzer, text: str) -> None:
    tokenizer = analyzer._tokenizer
    assert tokenizer.tokens(text) == tokenizer.scanned(text)


@settings(deadline=None, max_examples=400)
@given(texts)
def test_chunks_hold_the_same_positions_as_the_whole_text(analyzer: Analyzer, text: str) -> None:
    chunks = list(analyzer.chunks(text))
    placed = [(chunk.start, word) for chunk in chunks for word in chunk.words]
    positions = [Position(word.surface, word.stem, at + word.start, at + word.end) for at, word in placed]
    assert positions == analyzer.analyze(text)
    for chunk in chunks:
        assert text[chunk.start : chunk.end].strip() == text[chunk.start : chunk.end]
        assert all(word.start >= 0 and word.end <= chunk.end - chunk.start for word in chunk.words)
        assert not chunk.joined or (len(chunk.words) > 1 and len(chunk.words[0].surface) == 2)


@settings(deadline=None, max_examples=600)
@given(texts)
@example("\u1112\u1161\u11ab\u1100\u1173\u11af")  # Hangul letters compose without being marks
@example("\u0340\u0374\u1fef")
@example("À0 000")
def test_composed_and_decomposed_text_give_the_same_terms(analyzer: Analyzer, text: str) -> None:
    composed = analyzer.analyze(unicodedata.normalize("NFC", text))
    assert terms(composed) == terms(analyzer.analyze(unicodedata.normalize("NFD", text)))


@settings(deadline=None, max_examples=600)
@given(words)
def test_word_in_capitals_or_without_accents_gives_the_same_terms(analyzer: Analyzer, word: str) -> None:
    expected = terms(analyzer.analyze(word))
    assert terms(analyzer.analyze(unidecode(word))) == expected
    if len(word.upper()) < 5:  # Ve and XIe are ordinals when in capitals
        return
    assert [p.surface[0] for p in analyzer.analyze(word.upper())] == [surface[0] for surface, _ in expected]
    assert terms(analyzer.analyze(word.capitalize())) == expected


@settings(deadline=None, max_examples=400)
@given(words)
def test_stem_is_a_function_of_the_folded_form(analyzer: Analyzer, word: str) -> None:
    [position] = analyzer.analyze(word) or [None]
    assert position is not None
    assert position.stem == tuple(dict.fromkeys(analyzer.stem(form) for form in position.surface))
    assert analyzer.stem(position.surface[0]) == analyzer.stem(analyzer.fold(position.surface[0]))


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        *((unit, 1_000_000) for unit in ("a", "é", "e\u0301", "l'", "\u0301\u0327", "\u200b", "a-")),
        *((unit, 200_000) for unit in ("a.", "1.", "1,", "(", "·e", "x@", "a/", "A/1", "#", "_", "a(e)", "ﷺ", "北")),
        *((unit, 200_000) for unit in ("Aa", "\u1100\u1161", "www.", "https://", "1\u2060")),
    ],
)
def test_megabyte_without_a_space_gives_bounded_positions_and_terms(lists: WordLists, unit: str, size: int) -> None:
    text = unit * (size // len(unit))
    positions = Analyzer(lists).analyze(text)
    assert len(positions) <= len(text)
    assert all(len(term) <= MAX_TERM for position in positions for term in (*position.surface, *position.stem))
    assert all(position.end <= len(text) for position in positions)


def test_mali_is_never_mal(analyzer: Analyzer) -> None:
    mali, mal, maux = analyzer.analyze("Mali mal maux")
    assert not {*mali.surface, *mali.stem} & {*mal.surface, *mal.stem, *maux.surface, *maux.stem}
    assert mali.stem == ("mali",)


def test_thousands_joined_over_a_space_cover_the_characters_as_written(analyzer: Analyzer) -> None:
    text = "près de 2\u202f100 civils, 1 234 567 morts"
    shown = [text[p.start : p.end] for p in analyzer.analyze(text)]
    assert shown == ["près", "de", "2\u202f100", "civils", "1 234 567", "morts"]
    assert [chunk.joined for chunk in analyzer.chunks("2 100")] == [False]


def test_offsets_stay_true_behind_invisible_and_decomposed_characters(analyzer: Analyzer) -> None:
    text = "l\u2019e\u0301le\u0301\u00adment\u200b, (cœur)"
    assert [text[p.start : p.end] for p in analyzer.analyze(text)] == ["e\u0301le\u0301\u00adment\u200b", "cœur"]


@pytest.mark.parametrize(
    ("chunk", "joined"),
    [
        ("vice-président", "vicepresident"), ("S/RES/2690", "s/res/2690"), ("#SauvonsLeMali", "sauvonslemali"),
        ("un.org", "un.org"), ("contact@un.org", "contact@un.org"), ("l’arc-en-ciel,", "arcenciel"),
        ("est-il", None), ("rendez-vous", None), ("10-15", None), ("St-Denis", None), ("Mali", None),
        ("2690/2023", None), ("(vice-président/ministre)", None),
    ],
)  # fmt: skip
def test_compound_says_that_it_is_joined_and_under_which_form(
    analyzer: Analyzer, chunk: str, joined: str | None
) -> None:
    [found] = analyzer.chunks(chunk)
    assert found.joined == (joined is not None)
    if joined:
        assert found.words[0].surface[-1] == joined


def test_stop_words_are_skipped_with_or_without_accents_but_names_and_nouns_are_not(analyzer: Analyzer) -> None:
    def stop(text: str) -> list[bool]:
        return [analyzer.is_stop_word(position) for position in analyzer.analyze(text)]

    assert all(stop("le la à ou où du dû LE Des qu’il"))
    assert not any(stop("été son Est or car entre plus sous contre fin mal point tout"))
    assert not any(stop("avoir être mars sommes avions as Mali"))


def test_folding_a_prefix_looks_at_no_elision(analyzer: Analyzer) -> None:
    assert [analyzer.fold(word) for word in ("Élys", "l'él", "COTE", "e\u0301l", "sé\u00adcu", "")] == [
        "elys", "lel", "cote", "el", "secu", "",
    ]  # fmt: skip


def test_threads_that_share_an_analyzer_get_the_same_terms(lists: WordLists) -> None:
    text = " ".join(sorted(lists.heads) + sorted(lists.names))
    expected = terms(Analyzer(lists).analyze(text))
    shared = Analyzer(lists)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(lambda _: terms(shared.analyze(text)), range(8)))


def test_what_is_remembered_is_bounded(lists: WordLists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.french.analyzer._MAX_REMEMBERED", 10)
    analyzer = Analyzer(lists)
    analyzer.analyze(" ".join(f"mot{number} lettre{'a' * number}" for number in range(50)) + " " + "x" * 201)
    assert len(analyzer._chunks) == len(analyzer._stems) == 10


def test_chain_version_changes_with_what_the_stemmer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    import snowballstemmer
    from snowballstemmer.french_stemmer import FrenchStemmer

    from indexer.french.stem import snowball_version

    assert CHAIN_VERSION.endswith(snowball_version())
    monkeypatch.setattr(snowballstemmer, "stemmer", lambda _: FrenchStemmer())
    assert CHAIN_VERSION.endswith(snowball_version())  # pure Python or PyStemmer: the same chain
    monkeypatch.setattr(FrenchStemmer, "stemWord", lambda _, word: word)
    assert not CHAIN_VERSION.endswith(snowball_version())


def test_pure_python_stemmer_gives_the_same_stems_as_pystemmer(lists: WordLists) -> None:
    pytest.importorskip("Stemmer", reason="PyStemmer is not installed, so there is nothing to compare")
    from snowballstemmer.french_stemmer import FrenchStemmer

    from indexer.french.stem import Stemmer

    forms = sorted({*lists.heads, *lists.nouns_ent, *lists.stop_words, *lists.invariable_s})
    variants = [form + ending for form in forms[::8] for ending in ("", "s", "ment", "ite", "ee", "erent")]
    # Snowball alone too: most forms of the lists never reach it.
    from Stemmer import Stemmer as CStemmer

    c, python = CStemmer("french"), FrenchStemmer()
    assert len(variants) > 5_000
    assert [c.stemWord(form) for form in variants] == [python.stemWord(form) for form in variants]
    fast, slow = Stemmer(lists, c), Stemmer(lists, python)
    assert [fast.stem(form) for form in variants] == [slow.stem(form) for form in variants]


def test_only_fold_imports_unidecode() -> None:
    package = sys.modules["indexer.french.fold"]
    importers = {name for name, module in sys.modules.items() if name.startswith("indexer.french") and
                 "unidecode" in vars(module)}  # fmt: skip
    assert importers == {package.__name__}
