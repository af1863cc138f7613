"""What may be typed next, from a small collection: words, expressions, titles, and what is never offered."""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.local import LocalEngine, LocalSnapshot
from indexer.errors import IndexDamaged
from indexer.french import WordLists
from indexer.model import Document, Suggestion, SuggestionKind
from tests.columnar.making import made_document, made_engine, write

# Title and text. Equal titles and repeated sentences are on purpose.
TEXTS = (
    ("Congé parental", "Le congé parental d’éducation. Un congé parental de trois ans."),
    ("Congé parental", "Après un congé parental, l’indemnité de licenciement reste due au salarié."),
    ("Congés payés : calcul", "L'indemnité de licenciement et l'indemnité de préavis. Les congés payés annuels."),
    ("La Minusma à Gao", "La Minusma quitte Gao. Le départ de la Minusma est prévu ; la Minusma le confirme."),
    ("Retrait de la Minusma", "Le mandat de la Minusma prend fin. Ses casques bleus partent de Gao."),
    ("Élections à Mopti", "Les élections communales. Les Élections Communales de Mopti, des élections communales."),
    ("Conseil de prud'hommes", "Saisir le conseil de prud’hommes. Le conseil de prud’hommes statue."),
    ("Prud’hommes", "Un conseiller du conseil de prud'hommes. La période d’essai, une période d'essai courte."),
    ("Rupture", "La période d’essai rompue. Un licenciement économique. Un cessez-le-feu durable."),
    ("Licenciement", "Un licenciement économique, un licenciement sans cause. Un cessez-le-feu durable."),
)


def collection(texts: Sequence[tuple[str, str]] = TEXTS) -> list[Document]:
    base = made_document(0, random.Random(1))
    return [
        replace(base, id=f"d{number}", title=title, text=text, path=f"{number}.txt", digest=f"{number:064x}")
        for number, (title, text) in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, lists: WordLists) -> LocalSnapshot:
    """The collection in two segments."""
    engine = made_engine(tmp_path_factory.mktemp("completion") / "index")
    write(engine, lists, collection()[:6])
    write(engine, lists, collection()[6:])
    return engine.snapshot()


def texts(found: Sequence[Suggestion], kind: SuggestionKind | None = None) -> list[str]:
    return [one.text for one in found if kind in (None, one.kind)]


@pytest.mark.parametrize(
    ("typed", "kind", "text", "count"),
    [
        ("lic", SuggestionKind.WORD, "licenciement", 4),
        ("indemn", SuggestionKind.EXPRESSION, "indemnité de licenciement", 2),
        ("indemnité de lic", SuggestionKind.EXPRESSION, "indemnité de licenciement", 2),
        ("l'indemnité de l", SuggestionKind.EXPRESSION, "indemnité de licenciement", 2),  # the article is no word
        ("indemnité ", SuggestionKind.EXPRESSION, "indemnité de licenciement", 2),
        ("conge p", SuggestionKind.EXPRESSION, "congé parental", 2),  # which is a title too: the commoner one stays
        ("RETRAIT DE", SuggestionKind.TITLE, "Retrait de la Minusma", 1),
        ("elections a", SuggestionKind.TITLE, "Élections à Mopti", 1),
        ("elec", SuggestionKind.WORD, "élections", 1),  # no accent needed; not as in a headline
        ("la min", SuggestionKind.WORD, "la Minusma", 2),  # a name keeps its capital
        ("min", SuggestionKind.TITLE, "La Minusma à Gao", 1),  # anywhere in a title
        ("prud'h", SuggestionKind.WORD, "prud’hommes", 2),
        ("prudh", SuggestionKind.WORD, "prud’hommes", 2),
        ("prudh", SuggestionKind.TITLE, "Conseil de prud'hommes", 1),  # as it is written
        ("conseil de pr", SuggestionKind.EXPRESSION, "conseil de prud’hommes", 2),  # not pr., professeur
        ("période d", SuggestionKind.EXPRESSION, "période d’essai", 2),  # d may be an article that begins
        ("periode d’e", SuggestionKind.EXPRESSION, "période d’essai", 2),
        ("cessez-le-f", SuggestionKind.EXPRESSION, "cessez-le-feu", 2),
        ("licenciement gao", None, "", 0),
    ],
)
def test_what_goes_on_is_offered(
    snapshot: LocalSnapshot, typed: str, kind: SuggestionKind | None, text: str, count: int
) -> None:
    found = snapshot.suggestions(typed)
    if kind is None:
        assert not found
    else:
        assert Suggestion(text, kind, count) in found, found


def test_words_that_stand_apart_end_the_last_one(snapshot: LocalSnapshot) -> None:
    assert Suggestion("casques minusma", SuggestionKind.WORD, 1) not in snapshot.suggestions("casques minusma")
    assert Suggestion("casques Minusma", SuggestionKind.WORD, 1) in snapshot.suggestions("casques minu")


@pytest.mark.parametrize("typed", ["", " ", "c", "é", "l’", "—", "« »", "xyzzy", "mot " * 30])
def test_what_says_nothing_yet_has_no_suggestions(snapshot: LocalSnapshot, typed: str) -> None:
    assert snapshot.suggestions(typed) == ()


def test_what_was_typed_already_is_not_offered(snapshot: LocalSnapshot) -> None:
    assert "Congé parental" not in texts(snapshot.suggestions("conge parental"))
    assert "licenciement" not in texts(snapshot.suggestions("licenciement"))


def test_no_expression_ends_with_a_stop_word_or_goes_across_punctuation(snapshot: LocalSnapshot) -> None:
    for typed in ("min", "la minusma ", "licenciement ", "congé parental ", "gao"):
        for text in texts(snapshot.suggestions(typed), SuggestionKind.EXPRESSION):
            last = snapshot.analyzer.analyze(text)[-1]
            assert not snapshot.analyzer.is_stop_word(last), text
            assert not set(text) & set(".,;:!?«»"), text


def test_words_of_one_family_are_offered_once(snapshot: LocalSnapshot) -> None:
    words = texts(snapshot.suggestions("con"), SuggestionKind.WORD)
    stems = [snapshot.analyzer.analyze(word)[0].stem for word in words]
    assert len(set(stems)) == len(stems), words


def test_answers_do_not_depend_on_what_was_asked_before(snapshot: LocalSnapshot, tmp_path: Path) -> None:
    typed = [text[:end] for title, _ in TEXTS for text in (title, title.lower()) for end in range(2, len(title) + 1)]
    first = [snapshot.suggestions(text) for text in typed]
    again = LocalEngine(snapshot.generation.folder.parent.parent, snapshot._ranking).snapshot()
    assert [again.suggestions(text) for text in reversed(typed)] == first[::-1]


def test_deleted_documents_are_neither_offered_nor_counted(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, collection())
    write(engine, lists, [], remove=["d1", "d3", "d4"])
    assert Suggestion("congé parental", SuggestionKind.EXPRESSION, 1) in engine.snapshot().suggestions("congé p")
    assert engine.snapshot().suggestions("minus") == ()


def test_a_title_in_several_segments_is_one_suggestion(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    title = "Compte rendu de la réunion du comité"
    base = collection([(title, "Rien."), (title, "Rien."), (title, "Rien.")])
    for document in base:
        write(engine, lists, [document])
    assert engine.snapshot().suggestions("compte rendu de la réunion") == (Suggestion(title, SuggestionKind.TITLE, 3),)


def test_an_expression_deep_in_a_long_text_is_read_there(tmp_path: Path, lists: WordLists) -> None:
    filler = "Une phrase sans rien de plus que des mots.\n\n" * 400
    engine = made_engine(tmp_path / "index")
    write(engine, lists, collection([("A", f"{filler}Un sabre zébré."), ("B", f"{filler}Le sabre zébré.")]))
    assert Suggestion("sabre zébré", SuggestionKind.EXPRESSION, 2) in engine.snapshot().suggestions("sabr")


def test_what_is_remembered_goes_with_its_generation(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, collection())
    assert engine.snapshot().suggestions("congé p")
    gc.disable()
    try:
        held = weakref.ref(engine.snapshot()._collection)
        write(engine, lists, [], remove=["d1"])
        assert engine.snapshot().suggestions("congé p")
        assert held() is None, "kept until the garbage collector comes by"
    finally:
        gc.enable()


def test_an_empty_collection_has_no_suggestions(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, [])
    assert engine.snapshot().suggestions("congé") == ()


@given(st.text(max_size=60))
def test_any_text_has_at_most_eight_different_suggestions(snapshot: LocalSnapshot, typed: str) -> None:
    found = snapshot.suggestions(typed)
    folded = [tuple(position.surface[0] for position in snapshot.analyzer.analyze(one.text)) for one in found]
    assert len(found) <= 8
    assert len(set(folded)) == len(folded)
    assert all(one.count > 0 and one.text.strip() for one in found)


@given(st.sampled_from([word for pair in TEXTS for text in pair for word in text.split()]), st.integers(1, 12))
def test_any_beginning_of_a_word_is_answered(snapshot: LocalSnapshot, word: str, letters: int) -> None:
    assert all(one.count > 0 for one in snapshot.suggestions(word[:letters]))


def test_damage_is_an_error_and_not_an_empty_list(tmp_path: Path, lists: WordLists) -> None:
    engine = made_engine(tmp_path / "index")
    write(engine, lists, collection())
    (segment,) = (tmp_path / "index" / "generations").glob("*/*.seg")
    content = bytearray(segment.read_bytes())
    place = content.find(b"\x28\xb5\x2f\xfd")  # a zstd frame
    while place >= 0:
        content[place : place + 4] = b"\0\0\0\0"
        place = content.find(b"\x28\xb5\x2f\xfd", place)
    segment.chmod(0o600)
    segment.write_bytes(content)
    with pytest.raises(IndexDamaged):
        made_engine(tmp_path / "index").snapshot().suggestions("congé")
