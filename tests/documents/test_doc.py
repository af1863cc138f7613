"""Word documents from before DOCX: what is asked of the library, and what is said without it."""

from __future__ import annotations

import sys

import pytest

from indexer.documents.formats.doc import _FIELD, drafts

from .packing import refusal

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_without_the_extra_the_repair_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "kreuzberg", None)
    repair = 'format .doc : installez l’extra office (pip install "trouvaille[office]")'
    assert refusal(drafts, OLE + bytes(600)) == repair


def test_what_cannot_be_read_says_why():
    assert refusal(drafts, OLE + bytes(600)) == "document Word endommagé, ou d’une version trop ancienne"
    assert refusal(drafts, b"PK\3\4") == "le contenu n’est pas un document Word"


FIELDS = [
    ('après HYPERLINK "http://x.org/"lien', "après lien"),
    ('HYPERLINK \\l "_Toc12" Introduction PAGEREF _Toc12 \\h 3', "Introduction 3"),
    ('TOC \\o "1-3" \\h \\z \\u Introduction', "Introduction"),
    ("le mot HYPERLINK est un mot", "le mot HYPERLINK est un mot"),
]


@pytest.mark.parametrize(("text", "expected"), FIELDS)
def test_what_makes_a_field_is_no_text(text, expected):
    assert _FIELD.sub(" ", text).strip() == expected
