"""The kind of a file: its content says so where that is clear, its name among texts."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Entry, Rejected, has_lines, read
from indexer.documents.formats import FORMATS
from indexer.documents.formats.kinds import kind_of
from indexer.errors import UnreadableDocument

from .reading import BODY, RULES, TODAY, entry_of, read_all

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def zip_of(**files: bytes | str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def compound(*streams: str) -> bytes:
    """The beginning of a compound file whose directory has these streams."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return bytes(header) + bytes(512) + entries


def refusal(folder, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    with pytest.raises(UnreadableDocument) as refused:
        read_all(folder / name)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\r\n\r\n%PDF-1.4\n1 0 obj", "PDF"),  # some programs write something before
        (b"Le format %PDF-1.4 est ancien.", ""),  # what is written about it is not one
        (b"{\\rtf1\\ansi", "RTF"),
        (zip_of(**{"mimetype": "application/epub+zip", "OPF": ""}), "EPUB"),
        (zip_of(**{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "ODT"),
        (zip_of(**{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "classeur OpenDocument"),
        (zip_of(**{"[Content_Types].xml": "", "word/document.xml": ""}), "DOCX"),
        (zip_of(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "classeur Excel"),
        (zip_of(**{"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "présentation PowerPoint"),
        (zip_of(**{"un/word/document.xml": "", "a.txt": ""}), "ZIP"),
        (zip_of(), "ZIP"),
        (zip_of(**{"a.txt": BODY})[:60], "ZIP"),
        (compound("1Table", "WordDocument"), "DOC"),
        (compound("Workbook", "WordDocument"), "classeur Excel (.xls)"),  # with a text inside of it
        (compound("__properties_version1.0"), "message Outlook (.msg)"),
        (compound(), "ancien document Office"),
        (b"\xd0\xcf\x11\xe0", "ancien document Office"),
        (gzip.compress(b"texte"), "gzip"),
        (gzip.compress(bytes(257) + b"ustar"), "TAR"),
        (b"\x1f\x8b\x08damaged", "gzip"),
        (b"<!DOCTYPE html><p>", "HTML"),
        (b"Message-ID: <1@exemple.org>\r\nFrom: a@exemple.org\r\n\r\nBonjour", "courriel"),
        (b"From: la direction\nDate: lundi\n\nBonjour", ""),  # people write this too
        (b"From a@exemple.org Fri Jun 30 10:00:00 2023\nFrom: a@exemple.org\n\nBonjour", "MBOX"),
        (b"From the beginning\nthere was text", ""),
        (PNG, "image PNG"),
        (b"BM le maire", ""),
        (b"RIFF\0\0\0\0WAVEfmt ", "son"),
        (b"\0\0\0\x18ftypheic", "image HEIF"),
        (b"SQLite format 3\0", "base de données"),
        (b"", ""),
        (b"Bonjour", ""),
    ],
)
def test_content_tells_the_kind(content, kind):
    file = io.BytesIO(content)
    assert kind_of(file) == kind
    assert file.tell() == 0


def test_an_office_document_behind_a_password_says_so(tmp_path):
    assert refusal(tmp_path, "a.docx", compound("EncryptedPackage")) == "protégé par un mot de passe"


def test_a_wrong_name_never_wins_over_clear_content(tmp_path):
    found = entry_of(tmp_path, "a.txt", f"<!DOCTYPE html><title>Fin de la mission</title><p>{BODY}")
    assert (found.title, found.text, found.format) == ("Fin de la mission", BODY, "HTML")
    assert found.warnings == ("nommé .txt, c’est du HTML",)
    found = entry_of(tmp_path, "b.pdf", f"<!DOCTYPE html><title>Fin de la mission</title><p>{BODY}")
    assert found.warnings == ("nommé .pdf, c’est du HTML",)


@pytest.mark.parametrize("name", ["LISEZMOI", "notes.2023", "article.xyz", "a.srt2"])
def test_text_under_a_name_that_says_nothing_is_plain_text(tmp_path, name):
    found = entry_of(tmp_path, name, f"Fin de la mission\n\n{BODY}")
    assert (found.title, found.format, found.warnings) == ("Fin de la mission", "texte", ())


def test_a_page_or_an_export_under_a_name_that_says_nothing_is_read_as_such(tmp_path):
    assert entry_of(tmp_path, "page", f"<html><h1>Fin de la mission</h1><p>{BODY}").format == "HTML"
    assert entry_of(tmp_path, "page.php", f"<html><h1>Fin de la mission</h1><p>{BODY}").warnings == ()
    assert entry_of(tmp_path, "export", '{"titre": "Fin de la mission", "texte": "Le Conseil."}').format == "JSON"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.py", b"import os", "programme"),
        ("a.css", b"p { margin: 0 }", "feuille de style"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "fichier XML"),
        ("a", b"<?xml version='1.0'?><a/>", "fichier XML"),
        ("a.log", b"10:00 start", "journal technique"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(40), "image JPEG"),
        ("a.txt", PNG, "image PNG"),
        ("a.xlsx", zip_of(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "classeur Excel"),
        ("a.xyz", bytes(range(256)), ".xyz"),
        ("a", bytes(range(256)), "nom sans extension"),
    ],
)
def test_what_is_no_document_is_refused_by_the_name_of_its_kind(tmp_path, name, content, kind):
    assert refusal(tmp_path, name, content) == f"format non pris en charge : {kind}"


def test_an_empty_file_is_empty_whatever_its_name(tmp_path):
    (tmp_path / "a.png").touch()
    assert read_all(tmp_path / "a.png") == [Rejected(None, None, "fichier vide", empty=True)]


def test_lines_are_told_by_the_name_unless_the_content_is_clearly_other(tmp_path):
    path = tmp_path / "a.jsonl"
    assert has_lines("a.jsonl")
    assert has_lines("dossier/A.JSONL.GZ")
    assert not has_lines("a.json")
    path.write_bytes(gzip.compress(b'{"id": 1, "text": "Bonjour"}'))
    assert has_lines("a.jsonl", path)
    path.write_bytes(PNG)
    assert not has_lines("a.jsonl", path)
    path.write_bytes(b"<!DOCTYPE html><p>")
    assert not has_lines("a.jsonl", path)
    assert has_lines("a.jsonl", tmp_path / "absent.jsonl")  # the reason is told where it is read


NAMES = ["a", "a.xyz", "a.png"] + [f"a{ending}" for format_ in FORMATS for ending in format_.endings]
STARTS = [
    b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\xd0\xcf\x11\xe0", b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd", b"%PDF-", b"{\\rtf", b"From a Fri Jun 30 10:00:00 2023\nA: b\n\n", b"Message-ID: 1\nFrom: a\n",
    b"Message-ID: 1\nFrom: a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n", b'{"a":', b'[{"text":', b"text,id\n",
    zip_of(**{"a.txt": "Bonjour à tous"}), zip_of(**{"a.zip": zip_of(**{"a.eml": "Subject: a\n\nBonjour"})}),
]  # fmt: skip


@given(start=st.sampled_from(STARTS), content=st.binary(max_size=400), name=st.sampled_from(NAMES))
def test_any_bytes_under_any_name_give_documents_or_reasons(tmp_path_factory, start, content, name):
    path = tmp_path_factory.mktemp("octets") / name
    path.write_bytes(start + content)
    try:
        found = list(read(path, name, RULES, max_bytes=10_000, today=TODAY))
    except UnreadableDocument:
        return
    assert all(isinstance(one, (Entry, Rejected)) for one in found)
