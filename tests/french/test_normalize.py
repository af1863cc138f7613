"""Normal form: what is normal is passed on as it is, by a test that must not let anything else through."""

from __future__ import annotations

import unicodedata

from indexer.french.normalize import INVISIBLE, normalize

# What is not itself in normal form, but for invisible signs.
APOSTROPHES, HYPHENS = "’ʼ‘′´`ʻ‛ʹ", "‐‑‒⁃"


def test_every_sign_below_the_combining_marks_and_of_typography_is_brought_to_its_normal_form() -> None:
    for char in map(chr, (*range(0x300), *range(0x2010, 0x2028), *range(0x2030, 0x205F))):
        wanted = "'" if char in APOSTROPHES else "-" if char in HYPHENS else " " if char in "¼½¾" else char
        if INVISIBLE.match(char):
            wanted = ""
        assert normalize(f"a{char}b").text == f"a{wanted}b"


def test_normal_text_keeps_its_places_and_other_text_says_where_it_was() -> None:
    assert normalize("l’été").text == "l'été"
    assert normalize("l’été").span(2, 5) == (2, 5)
    decomposed = unicodedata.normalize("NFD", "l’été")
    assert normalize(decomposed).text == "l'été"
    assert normalize(decomposed).span(2, 5) == (2, len(decomposed))
