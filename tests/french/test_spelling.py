"""One spelling for comparisons: the short way through Latin-1 gives what Unicode's own tables give."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.french.spelling import plain


def by_decomposition(char: str) -> str:
    """What is left of a sign of Latin-1 without accents and soft hyphens, in lower case."""
    signs = unicodedata.normalize("NFKD", char)
    return "".join(sign for sign in signs if not unicodedata.combining(sign) and sign != "\u00ad").casefold()


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Œuvre « complète »", 'oeuvre " complete "'),
        ("L’ÉTÉ – déjà", "l'ete - deja"),
        ("1½ µg à 20 ºC", "11⁄2 μg a 20 °c"),
        ("Łódź, Košice", "łodz, kosice"),
        ("e\u0301te\u0301 \u00ad\u200bfin", "ete fin"),
        ("Straße\u00a0\u202f n° 3", "strasse n° 3"),
    ],
)
def test_accents_case_and_typography_do_not_count(written: str, spelled: str) -> None:
    assert plain(written) == spelled


def test_every_sign_of_latin_1_becomes_its_base() -> None:
    others = dict(zip("«»æÆº´", ('"', '"', "ae", "ae", "°", "'"), strict=True))
    for char in map(chr, range(0xA1, 0x100)):
        assert plain(f"a{char}b") == " ".join(f"a{others.get(char) or by_decomposition(char)}b".split())


@given(st.text(st.characters(max_codepoint=0x17F)))
def test_text_is_spelled_alike_alone_and_beside_a_sign_beyond_latin_1(text: str) -> None:
    assert plain(f"é{text} я") == f"{plain(f'é{text}')} я"
