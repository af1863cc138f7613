"""Sigles that a text explains: which pairs are found, which are not, and that any text is read in linear time."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.french import Pair, find_pairs

# Text, sigle and meaning as written, and why the row is there.
FOUND = [
    ("l’Organisation des Nations unies (ONU) a", "ONU", "Organisation des Nations unies", "small words give nothing"),
    ("L'ORGANISATION DES NATIONS UNIES (ONU)", "ONU", "ORGANISATION DES NATIONS UNIES", "capitals"),
    ("« Organisation des Nations unies » (ONU)", "ONU", "Organisation des Nations unies", "behind a quote"),
    ("Organisation des Nations unies (O.N.U.)", "ONU", "Organisation des Nations unies", "dots"),
    ("des organisations non gouvernementales (ONG)", "ONG", "organisations non gouvernementales", "plural"),
    ("des organisations non gouvernementales (ONGs)", "ONG", "organisations non gouvernementales", "English plural"),
    ("la taxe sur la valeur ajoutée (TVA)", "TVA", "taxe sur la valeur ajoutée", "small words inside"),
    (
        "la Communauté économique des États de l’Afrique de l’Ouest (CEDEAO)",
        "CEDEAO",
        "Communauté économique des États de l’Afrique de l’Ouest",
        "a small word gives a letter",
    ),
    (
        "la Mission multidimensionnelle intégrée des Nations unies pour la stabilisation au Mali (MINUSMA)",
        "MINUSMA",
        "Mission multidimensionnelle intégrée des Nations unies pour la stabilisation au Mali",
        "a word passed over, two letters of another, and the word before begins with the same letter",
    ),
    (
        "de la Mission des Nations unies pour l’organisation d’un référendum au Sahara occidental (MINURSO)",
        "MINURSO",
        "Mission des Nations unies pour l’organisation d’un référendum au Sahara occidental",
        "two letters of the first word",
    ),
    (
        "la Force intérimaire des Nations unies au Liban (FINUL)",
        "FINUL",
        "Force intérimaire des Nations unies au Liban",
        "pure initials",
    ),
    ("Al-Qaida au Maghreb islamique (AQMI)", "AQMI", "Al-Qaida au Maghreb islamique", "hyphen, a small word left out"),
    (
        "le Programme des Nations unies pour le développement (Pnud)",
        "Pnud",
        "Programme des Nations unies pour le développement",
        "one capital",
    ),
    ("les Forces armées maliennes (FAMa)", "FAMa", "Forces armées maliennes", "two letters of the last word"),
    ("l’Union économique et monétaire ouest-africaine (UEMOA)", "UEMOA",
     "Union économique et monétaire ouest-africaine", "hyphen"),
    ("la direction départementale des territoires (DDT)", "DDT", "direction départementale des territoires",
     "des could give the D: the whole name is taken"),
    ("une déclaration d’utilité publique (DUP)", "DUP", "déclaration d’utilité publique", "d’ could give the D"),
    ("les actes d’anesthésie (ADA)", "ADA", "actes d’anesthésie", "d’ does give the D"),
    ("the United Nations High Commissioner for Refugees (UNHCR)", "UNHCR",
     "United Nations High Commissioner for Refugees", "English inside a French text"),
    ("la Cour pénale internationale (ci-après la « CPI »)", "CPI", "Cour pénale internationale", "led in"),
    ("la Cour pénale internationale (CPI, à La Haye)", "CPI", "Cour pénale internationale", "something follows"),
    ("la Cour pénale\ninternationale (CPI)", "CPI", "Cour pénale internationale", "a line end"),
    ("L’OMS (Organisation mondiale de la santé) a", "OMS", "Organisation mondiale de la santé", "the other way round"),
    ("la CPI (la Cour pénale internationale, à La Haye)", "CPI", "Cour pénale internationale", "its first part"),
    ("l'UNSA (« Union nationale des syndicats autonomes »)", "UNSA", "Union nationale des syndicats autonomes",
     "quotes"),
    ("l’École nationale d’administration (ÉNA)", "ÉNA", "École nationale d’administration", "accents"),
    ("le Centre 2 Développement (C2D)", "C2D", "Centre 2 Développement", "a digit"),
]  # fmt: skip

NOT_FOUND = [
    ("dans le nord du pays (Mali)", "a place that no word spells"),
    ("les forces armées (Gao)", "a place"),
    ("Conformément à l’article 3 (Art. 5)", "an abbreviation"),
    ("un retrait (ONU)", "other words"),
    ("Organisation. Des Nations unies (ONU)", "a sentence ends in between"),
    ("Organisation (des) Nations unies (ONU)", "a parenthesis in between"),
    ("Organisation\n\nNations unies (ONU)", "a paragraph in between"),
    ("l’administration (AD)", "one word is no name"),
    ("de la (DL)", "small words only"),
    ("l’Organisation mondiale du commerce (ONU)", "one letter is another"),
    ("ONU (voir plus bas)", "words that spell nothing"),
    ("CPI (pour la Cour pénale et internationale de justice)", "more than the name"),
    ("les Nations unies (onu)", "no capital"),
    ("Centre Développement (CED)", "a short sigle has first letters only"),
    ("A B C D E F G H I J K L M (ABCDEFGHIJKLM)", "too many letters"),
    ("(ONU)", "nothing before"),
    ("", "nothing"),
]


@pytest.mark.parametrize(("text", "sigle", "meaning", "why"), FOUND, ids=[row[3] for row in FOUND])
def test_pair_is_found_as_written(text: str, sigle: str, meaning: str, why: str) -> None:
    assert find_pairs(text) == [Pair(sigle, meaning)], why


@pytest.mark.parametrize(("text", "why"), NOT_FOUND, ids=[row[1] for row in NOT_FOUND])
def test_what_only_looks_like_a_pair_is_left_alone(text: str, why: str) -> None:
    assert find_pairs(text) == [], why


def test_decomposed_text_gives_the_composed_pair() -> None:
    text = "la Cour pénale européenne (CPE)"
    assert find_pairs(unicodedata.normalize("NFD", text)) == [Pair("CPE", "Cour pénale européenne")]


def test_pairs_come_as_often_as_the_text_gives_them() -> None:
    text = "la Cour pénale internationale (CPI). "
    assert len(find_pairs(3 * text)) == 3


@given(st.text(alphabet=st.sampled_from("(ABCÉabcé’'-. ,«»)\n\u0301")) | st.text())
def test_no_text_is_too_strange(text: str) -> None:
    for sigle, meaning in find_pairs(text):
        assert 2 <= len(sigle) <= 20
        assert meaning == " ".join(meaning.split())
        assert len(meaning) <= 250


@pytest.mark.parametrize(
    "piece",
    ["(", "()", "(A", "(AB)", "A (", "A (b", "AB (a b c ", "a b (AB)", "A.", "AAAAAA (", "(AAAAAAAAAAAA",
     "a a a (AAA)", "de d’a a (AAAAAAAAAAAA)", "« (« A", "(l’AB\u00a0"],
)  # fmt: skip
def test_hostile_text_costs_linear_time(piece: str) -> None:
    """A million characters, 4 s at the very most on a slow machine: what was quadratic would take hours."""
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    find_pairs(text)
    assert time.process_time() - start < 4
