"""EPUB: the chapters in the order of reading, and what the book says of itself."""

from __future__ import annotations

import pytest

from indexer.documents.formats.epub import drafts
from indexer.model import DateSource

from .packing import damaged, epub, outcome, refusal, zipped
from .reading import BODY, entry_of

METADATA = (
    "<dc:title>La Fin de la mission</dc:title><dc:creator>Awa Keïta</dc:creator><dc:creator>Jean Dupont</dc:creator>"
    '<dc:date opf:event="modification">2024-01-01</dc:date><dc:date>2019-04</dc:date>'
    "<dc:publisher>Le Livre</dc:publisher>"
    "<dc:language>fr</dc:language><dc:identifier>urn:isbn:1</dc:identifier>"
    "<dc:identifier>https://exemple.org/livre</dc:identifier>"
)


def test_a_book_is_one_document_with_what_it_says_of_itself(tmp_path):
    found = entry_of(
        tmp_path, "a.epub", epub(f"<h1>Un</h1><p>{BODY}</p>", "<h1>Deux</h1><p>Fin.</p>", metadata=METADATA)
    )
    assert (found.title, found.title_rule) == ("La Fin de la mission", "métadonnées du livre (EPUB)")
    assert (str(found.date), found.date_source) == ("2019-04", DateSource.METADATA)
    assert (found.source, found.url) == ("Le Livre", "https://exemple.org/livre")
    assert found.authors == ("Awa Keïta", "Jean Dupont")
    assert found.text.split("\n\n") == ["Un", BODY, "Deux", "Fin."]


def test_the_date_a_book_was_saved_is_the_last_resort(tmp_path):
    saved = '<dc:date>0101-01-01T00:00:00+00:00</dc:date><meta property="dcterms:modified">2024-02-03T00:00:00Z</meta>'
    found = entry_of(tmp_path, "a.epub", epub(f"<p>{BODY}</p>", metadata=saved))
    assert (str(found.date), found.date_rule) == ("2024-02-03", "propriétés du fichier, à défaut d’autre date")
    assert not found.warnings


def test_notes_and_headers_of_chapters_are_text_and_navigation_is_not(tmp_path):
    chapter = f"<header><h1>Un</h1></header><p>{BODY}</p><aside><p>1. Une note.</p></aside>"
    listed = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    found = entry_of(tmp_path, "a.epub", epub(chapter, manifest=listed, more=(("O/nav.xhtml", "<p>table</p>"),)))
    assert (found.title, found.text.split("\n\n")) == ("Un", [BODY, "1. Une note."])


def test_a_chapter_that_cannot_be_read_is_a_warning(tmp_path):
    found = entry_of(tmp_path, "a.epub", epub(f"<p>{BODY}</p>", b"%PDF-1.4", "<p>Fin.</p>"))
    assert found.text.split("\n\n") == [BODY, "Fin."]
    assert found.warnings == ("chapitre illisible : « O/ch 1.xhtml », le contenu n’est pas du texte : PDF",)


def encryption(name: str) -> tuple[tuple[str, str], ...]:
    listed = f'<e:CipherReference xmlns:e="http://www.w3.org/2001/04/xmlenc#" URI="{name}"/>'
    return (("META-INF/encryption.xml", listed),)


def test_fonts_may_be_encrypted(tmp_path):
    assert entry_of(tmp_path, "a.epub", epub(f"<p>{BODY}</p>", more=encryption("O/police.otf"))).text == BODY


ENTITIES = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
REFUSED = [
    (epub(BODY, more=encryption("O/ch%200.xhtml")), "DRM"),
    (epub(b"%PDF-1.4"), "chapitre illisible"),
    (zipped(("META-INF/container.xml", "<container/>")), "ne dit pas où est son contenu"),
    (zipped(("META-INF/container.xml", ENTITIES)), "XML refusé"),
    (b"PK", "archive ZIP endommagée"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED, ids=[row[1] for row in REFUSED])
def test_what_cannot_be_read_says_why(content, reason):
    assert reason in refusal(drafts, content)


def test_a_chapter_named_a_thousand_times_is_read_once(tmp_path):
    again = "</manifest><spine>" + '<itemref idref="c0"/>' * 1_000 + "</spine><manifest>"
    assert entry_of(tmp_path, "a.epub", epub(f"<p>{BODY}</p>", manifest=again)).text == BODY


def test_damaged_files_are_read_or_refused_and_nothing_else():
    for content in damaged(epub(f"<p>{BODY}</p>" * 20, "<p>Fin.</p>", metadata=METADATA), 4):
        outcome(drafts, content)
