"""How a query is understood: corrections and other names, what is never touched, and how each is undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import QueryTooLarge
from indexer.french import Analyzer
from indexer.model import BETWEEN_NAMES, InterpretationKind
from indexer.query import Limits, Query, parse
from indexer.query.expand import Knowledge, Understood, replaced, understand
from indexer.query.synonyms import Synonyms, read_synonyms
from indexer.query.tree import Either, Node, Phrase, Weighted, Word, positive_leaves, text_of, typed_leaves
from tests.query.test_spelling import edits_between

RULES = read_synonyms(
    "ONU = Nations unies\nCDD = contrat à durée déterminée\nUA = Union africaine\nUE = Union européenne\n"
    "Daech = Daesh\nmission -> opération de maintien de la paix\n".encode(),
    "test",
)
# The words of a corpus, and how many documents have each.
WORDS = {
    "securite": 90, "mandat": 80, "mali": 70, "resolution": 60, "harcelement": 50, "cas": 200, "travail": 300,
    "paix": 40, "nations": 30, "unies": 30, "onu": 30, "mission": 80, "rebelles": 12, "contrat": 20, "union": 9,
}  # fmt: skip
SPELLED = {"securite": "sécurité", "resolution": "résolution", "harcelement": "harcèlement", "mali": "Mali"}


class Lexicon:
    """The words above."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.stem = analyzer.stem

    def frequency(self, surface: str) -> int:
        return WORDS.get(surface, 0)

    def stem_frequency(self, stem: str) -> int:
        return max((count for word, count in WORDS.items() if self.stem(word) == stem), default=0)

    def near(self, surface: str, edits: int) -> Iterable[tuple[str, int]]:
        return [(word, count) for word, count in WORDS.items() if edits_between(surface, word) <= edits]

    def alike(self, surface: str) -> Iterable[tuple[str, int]]:
        return ()

    def spelled(self, surface: str) -> str:
        return SPELLED.get(surface, surface)


@pytest.fixture(scope="module")
def known(analyzer: Analyzer) -> Knowledge:
    def documents(node: Node) -> int:
        words = node.words if isinstance(node, Phrase) else getattr(node, "surfaces", ("",))
        content = [word for word in words if word not in analyzer.lists.stop_words]
        return min((WORDS.get(word, 5) for word in content), default=0) if "daesh" not in words else 0

    return Knowledge(
        analyzer=analyzer,
        lexicon=Lexicon(analyzer),
        synonyms=Synonyms(RULES, analyzer),
        documents=documents,
        synonym=0.5,
        corrections=True,
    )


def understood(text: str, known: Knowledge, *literal: str, limits: Limits | None = None) -> Understood:
    return understand(text, lambda text: parse(text, known.analyzer, limits or Limits()), known, literal)


def said(found: Understood) -> list[tuple[str, str, str]]:
    return [(str(change.kind), change.source, BETWEEN_NAMES.join(change.targets)) for change in found.changes]


# --- corrections -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "as_searched", "changes"),
    [
        ("securtié mali", "sécurité, mali", [("correction", "securtié", "sécurité")]),
        (
            "la securtié du mandta",
            "sécurité, mandat",
            [("correction", "securtié", "sécurité"), ("correction", "mandta", "mandat")],
        ),
        ("l’harcelemnt", "harcèlement", [("correction", "harcelemnt", "harcèlement")]),
        ("SECURTIÉ AU MALI", "SÉCURITÉ, MALI", [("correction", "SECURTIÉ", "SÉCURITÉ")]),
        ("securtié ET mali", "sécurité ET mali", [("correction", "securtié", "sécurité")]),
        ("(securtié OU mandat) -mali", "(sécurité OU mandat) SAUF mali", [("correction", "securtié", "sécurité")]),
        ("titre:securtié", "titre : sécurité", [("correction", "securtié", "sécurité")]),
        ('securtié "securtié"', "sécurité ET « securtié »", [("correction", "securtié", "sécurité")]),
        ("securtié securtié", "sécurité", [("correction", "securtié", "sécurité")]),
        ("securtié-mandta", "securtié-mandta", []),
        ('"securtié"', "« securtié »", []),
        ("securt*", "securt*", []),
        ("mali -securtié", "mali SAUF securtié", []),
        ("MINUSME mali", "MINUSME, mali", []),
        ("sécurité", "sécurité", []),
        ("zzzzzz", "zzzzzz", []),
    ],
)  # fmt: skip
def test_a_word_that_no_document_has_is_replaced_where_it_stands_alone(
    text: str, as_searched: str, changes: list[tuple[str, str, str]], known: Knowledge
) -> None:
    found = understood(text, known)
    assert found.query.understood.replace("\u00a0", " ") == as_searched
    assert said(found) == changes
    assert not found.offer


def test_a_rare_word_stays_and_its_common_neighbour_is_offered(
    known: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WORDS, "caz", 1)
    monkeypatch.setitem(WORDS, "travial", 1)
    found = understood("travial et securtié", known)
    assert found.query.understood == "travial, sécurité"
    assert found.offer == "travail et sécurité"


def test_a_correction_is_undone_by_its_word_whatever_its_accents_and_case(known: Knowledge) -> None:
    for literal in ("securtié", "Securtie", "SECURTIÉ"):
        found = understood("securtié mandta", known, literal)
        assert found.query.understood == "securtié, mandat"
        assert [change.source for change in found.changes] == ["mandta"]


def test_a_correction_never_makes_a_text_too_long(known: Knowledge) -> None:
    text = "harcelment " + "x" * 9
    found = understood(text, known, limits=Limits(max_chars=len(text)))
    assert found.query.understood.startswith("harcelment")
    assert (found.changes, found.offer) == ((), "")


def test_what_passes_a_limit_as_typed_is_refused_as_ever(known: Knowledge) -> None:
    with pytest.raises(QueryTooLarge):
        understood("a" * 1001, known)


# --- other names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("ONU", [("synonym", "ONU", "Nations unies")]),
        ("mandat de l’ONU", [("synonym", "ONU", "Nations unies")]),
        ("nation unie", [("synonym", "nation unie", "ONU")]),
        ("contrat à durée déterminée", [("synonym", "contrat durée déterminée", "CDD")]),
        ("mission au mali", [("synonym", "mission", "opération de maintien de la paix")]),
        ("opération de maintien de la paix", []),
        ("Daech", []),
        ('"Nations unies"', []),
        ("ONU ET mali", []),
        ("-ONU mali", []),
    ],
)
def test_other_names_are_found_beside_what_was_typed(
    text: str, changes: list[tuple[str, str, str]], known: Knowledge
) -> None:
    assert said(understood(text, known)) == changes


def test_a_name_counts_less_than_what_was_typed_and_a_phrase_as_one_word(known: Knowledge) -> None:
    (word,) = understood("CDD", known).query.words
    assert isinstance(word, Either)
    typed, other = word.children
    assert text_of(typed) == "CDD"
    assert other == Weighted(Phrase(("contrat", "a", "duree", "determinee"), "contrat à durée déterminée"), 0.5 / 3)


def test_each_word_of_an_expression_is_also_found_by_its_sigle_so_that_the_rule_counts_words_as_typed(
    known: Knowledge,
) -> None:
    query = understood("Union africaine et Union européenne", known).query
    others = {
        text_of(word): [text_of(child) for child in word.children[1:]]
        for word in query.words
        if isinstance(word, Either)
    }
    assert others == {"Union": ["UA", "UE"], "africaine": ["UA"], "européenne": ["UE"]}


def test_other_names_are_undone_by_what_was_typed(known: Knowledge) -> None:
    assert not understood("Nations unies", known, "nations unies").changes
    assert understood("Nations unies", known, "nations").changes


def test_a_corrected_word_is_also_found_under_its_other_names(known: Knowledge) -> None:
    assert said(understood("misson", known)) == [
        ("correction", "misson", "mission"),
        ("synonym", "mission", "opération de maintien de la paix"),
    ]


def test_what_was_typed_is_told_apart_from_what_was_added(known: Knowledge) -> None:
    tree = understood("ONU mali", known).query.tree(2)
    assert [text_of(leaf) for leaf in typed_leaves(tree)] == ["ONU", "mali"]
    assert [text_of(leaf) for leaf in positive_leaves(tree)] == ["ONU", "Nations unies", "mali"]


def test_switched_off_nothing_is_changed(known: Knowledge) -> None:
    off = replace(known, synonym=0.0, corrections=False)
    for text in ("securtié de l’ONU", "Nations unies"):
        assert understood(text, off).query == parse(text, known.analyzer)


# --- any text --------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["securtié", "ONU", "Nations", "unies", '"', "«", "»", "(", ")", "-", "ET", "OU", "titre:", "*", "l’", "mandta"]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map(" ".join))
def test_any_text_is_understood(known: Knowledge, text: str) -> None:
    found = understood(text, known)
    literal = [change.source for change in found.changes]
    for _ in range(4):  # a corrected word has other names, which are undone in their turn
        again = understood(text, known, *literal)
        literal += [change.source for change in again.changes]
    assert not understood(text, known, *literal).changes
    assert all(change.kind in InterpretationKind for change in found.changes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mot", "X"),
        ("un mot, des mots", "un X, des mots"),
        ("l’mot d'mot", "l’X d'X"),
        ('mot "le mot" «mot» “mot” mot', 'X "le mot" «mot» “mot” X'),
        ('mot "mot', 'X "mot'),
        ("(mot) titre:mot -mot", "(X) titre:X -X"),
        ("motmot amot mot1 mot_mot", "motmot amot mot1 X_X"),
    ],
)
def test_a_word_is_replaced_as_a_word_outside_quotes(text: str, expected: str) -> None:
    assert replaced(text, "mot", "X") == expected


def test_a_query_keeps_its_other_parts(known: Knowledge) -> None:
    found = understood('ONU "paix" -mali type:communiqué', known).query
    plain = parse('ONU "paix" -mali type:communiqué', known.analyzer)
    assert isinstance(found, Query)
    assert (found.required, found.excluded) == (plain.required, plain.excluded)
    assert isinstance(plain.words[0], Word)
