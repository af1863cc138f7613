"""Text in any encoding a French file may have, and nothing that is not text."""

from __future__ import annotations

import codecs
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents.decode import clean, decode
from indexer.errors import UnreadableDocument

TEXT = (
    "L’été dernier, à Ségou, le cœur du Mali : « où êtes-vous ? » demanda-t-elle.\n"
    "Ça coûte 25 € ; c’est trop cher pour un maïs qui n’a pas mûri.\n"
) * 3

ENCODINGS = [
    ("utf-8", TEXT, "today's"),
    ("utf-8-sig", TEXT, "Windows notepad"),
    ("utf-16", TEXT, "Windows, with its mark"),
    ("utf-16-le", TEXT, "no mark: NULs tell"),
    ("utf-16-be", TEXT, "no mark, the other way round"),
    ("cp1252", TEXT, "old Windows"),
    ("latin-1", TEXT.replace("’", "'").replace("œ", "oe").replace("€", "F"), "old Unix"),
    ("mac_roman", TEXT, "old Mac"),
]


@pytest.mark.parametrize(("encoding", "text", "why"), ENCODINGS)
def test_french_comes_out_right_of_every_encoding(encoding, text, why):
    assert decode(text.encode(encoding)) == text, why


def test_utf_32_with_its_mark_is_not_taken_for_utf_16():
    assert decode(codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le")) == TEXT
    assert decode(codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be")) == TEXT


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_every_line_end_becomes_one(line_end):
    assert decode(f"un{line_end}deux{line_end}{line_end}trois".encode()) == "un\ndeux\n\ntrois"


def test_a_page_end_ends_the_paragraph():
    assert clean("un\fdeux") == "un\n\ndeux"


def test_the_authors_accents_keep_their_form():
    apart = unicodedata.normalize("NFD", "été")
    assert decode(apart.encode()) == apart


def test_control_signs_and_lone_surrogates_do_not_reach_the_index():
    assert clean("a\0b\x07c\x1bd\ud800e\tf") == "abcd\ufffde\tf"
    assert clean("a\x0bb") == "a b"


def test_utf_8_with_a_bad_byte_stays_utf_8():
    assert decode((TEXT * 5).encode() + b"\xff fin").endswith("\ufffd fin")


def test_a_text_cut_inside_a_letter_stays_utf_8():
    assert decode((TEXT * 5).encode() + "é".encode()[:1]).startswith("L’été")


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ("iso-8859-1", "read as cp1252, as browsers do"),
        ("ascii", "the same"),
        ("latin1", "alias"),
        ("windows-1252", "so"),
    ],
)
def test_declared_latin_1_is_read_as_cp1252(declared, why):
    assert decode("l’œuvre à 25 €".encode("cp1252"), declared) == "l’œuvre à 25 €", why


def test_a_declaration_that_lies_does_not_spoil_utf_8():
    assert decode("l’œuvre".encode(), "iso-8859-1") == "l’œuvre"


@pytest.mark.parametrize("declared", ["utf-7", "base64", "idna", "x-inconnu", "rot13", "undefined", "a" * 40])
def test_an_absurd_declaration_is_passed_over(declared):
    assert decode("l’été à Ségou".encode("cp1252"), declared) == "l’été à Ségou"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"\xd0\xcf\x11\xe0....", "Office"),
        (b"{\\rtf1 bonjour}", "RTF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (bytes(range(256)) * 50, "texte illisible"),
        (b"\0" * 1000, "texte illisible"),
    ],
)
def test_what_is_no_text_is_refused_by_its_name(content, words):
    with pytest.raises(UnreadableDocument, match=words):
        decode(content)


@given(st.binary(max_size=2000), st.one_of(st.none(), st.text(max_size=20)))
def test_any_bytes_give_clean_text_or_a_reason(content, declared):
    try:
        text = decode(content, declared)
    except UnreadableDocument:
        return
    assert text == clean(text)
    text.encode()
    assert not set(text) & {chr(code) for code in range(32) if code not in (9, 10)}


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
