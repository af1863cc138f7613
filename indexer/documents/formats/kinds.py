"""What kind of file this is: by its content where that is clear, by the ending of its name among texts.

`kind_of` names a Format by what the bytes are, or a kind that is not read; `named` says what an ending stands for that
no Format has. The names of kinds are French: they are shown.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from indexer.documents.formats import html
from indexer.documents.formats.unpack import DAMAGED, unpacking
from indexer.documents.signatures import COMPRESSED, OLE, PDF, RTF, START_BYTES, ZIP, kind_of_start
from indexer.errors import UnreadableDocument

HTML, JSON, MAIL, MBOX, TAR = "HTML", "JSON", "courriel", "MBOX", "TAR"
PASSWORD = "protégé par un mot de passe"  # noqa: S105 - a reason that is shown


class OtherKind(UnreadableDocument):
    """A file of a kind that is not read; `kind` names it."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"format non pris en charge : {kind}")
        self.kind = kind


# --- names ---------------------------------------------------------------------------------------------------------

# Endings of what is no document, or of documents that are not read. What stands here is not taken for plain text.
_OTHERS = {
    "programme": "asp aspx bat c cc class cmd cpp cs exe dll go h hpp java js jsx mjs cjs jsp kt lua php pl pm ps1 py"
    " pyc r rb rs scala sh so sql swift ts tsx vb vbs wasm",
    "feuille de style": "css less sass scss map",
    "fichier XML": "xml xsd xsl xslt rdf rss atom svg kml gpx opml xlf",
    "fichier de réglages": "cfg conf ini json5 lock plist properties reg toml yaml yml desktop lnk url webloc",
    "journal technique": "log",
    "agenda ou contacts": "ics vcf",
    "signature": "p7s sig",
    "image": "ai bmp dng eps gif heic ico indd jfif jp2 jpe jpeg jpg nef png psd raw tif tiff webp xcf",
    "vidéo": "3gp avi flv m4v mkv mov mp4 mpeg mpg mts ogv webm wmv",
    "son": "aac aif aiff amr flac m4a mid mp3 oga ogg opus wav wma",
    "police de caractères": "eot otf ttf woff woff2",
    "base de données": "accdb db dbf mdb parquet sqlite sqlite3",
    "classeur": "numbers ods xls xlsb xlsm xlsx",
    "présentation": "key odp pps ppsx ppt pptm pptx",
    "archive": "7z cab dmg iso jar rar",
    "message Outlook": "msg pst ost",
}
# Endings of documents that a Format may have.
DOCUMENTS = {
    "PDF": "pdf",
    "DOCX": "docx docm dotx dotm",
    "ODT": "odt ott fodt",
    "RTF": "rtf",
    "DOC": "doc dot",
    "EPUB": "epub",
}
_KINDS = {ending: kind for kind, endings in (_OTHERS | DOCUMENTS).items() for ending in endings.split()}


def named(name: str) -> str:
    """The kind that the ending of a name stands for when no Format has it; "" for an unknown one, and for none."""
    _, dot, ending = name.rpartition(".")
    return _KINDS.get(ending.lower(), "") if dot else ""


# --- content -------------------------------------------------------------------------------------------------------


def kind_of(file: BinaryIO) -> str:
    """What the content clearly is: the name of a Format, or a kind that is not read; "" when it does not tell.

    The file is left at its beginning. Raises UnreadableDocument for an Office document behind a password.
    """
    start = file.read(START_BYTES)
    kind = _start_kind(start)
    if kind == ZIP:
        kind = _in_zip(file, start)
    elif kind == OLE:
        kind = _in_ole(file, start)
    elif kind in COMPRESSED:
        kind = TAR if kind_of_start(_first_unpacked(file, kind)) == TAR else kind
    file.seek(0)
    return kind


def other_kind(name: str, start: bytes) -> str:
    """The kind of a file that is not read whatever else it holds, by its beginning and its name; "" for all others.

    A file inside of an archive need not be unpacked to be left aside.
    """
    kind = _start_kind(start)
    if kind:
        return "" if kind in _READ or kind in COMPRESSED else kind
    kind = named(name)
    return "" if kind in DOCUMENTS else kind


_READ = {PDF, RTF, ZIP, OLE, TAR, HTML, MAIL, MBOX}


def _start_kind(start: bytes) -> str:
    return kind_of_start(start) or (HTML if html.looks_like_html(start) else _mail_kind(start))


_SEPARATOR = re.compile(rb"From [^\r\n]{3,300}\r?\n(?:>?[A-Za-z][\w-]{1,60}:|[ \t])")
_HEADER = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,60}):(?=[ \t\r\n])", re.MULTILINE)
# Every mail has one of these, which no one types; and one of those, which people write in texts too.
_BY_PROGRAMS = {b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"x-mailer"}
_BY_PEOPLE = {b"from", b"to", b"subject", b"date"}


def _mail_kind(start: bytes) -> str:
    if _SEPARATOR.match(start):
        return MBOX
    head = re.split(rb"\r?\n\r?\n", start.removeprefix(b"\xef\xbb\xbf"), maxsplit=1)[0]
    if not _HEADER.match(head):
        return ""
    names = {name.lower() for name in _HEADER.findall(head)}
    return MAIL if names & _BY_PROGRAMS and names & _BY_PEOPLE else ""


_JSON_START = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}(?:\{\s{0,99}\"|\[\s{0,99}\{\s{0,99}\")")


def kind_of_nameless(start: bytes) -> str:
    """What a text without a telling name looks like: JSON, XML or, for "", plain text."""
    if _JSON_START.match(start):
        return JSON
    return "fichier XML" if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml") else ""


# --- ZIP -----------------------------------------------------------------------------------------------------------

_MIMETYPES = {
    b"application/epub+zip": "EPUB",
    b"application/vnd.oasis.opendocument.text": "ODT",
    b"application/vnd.oasis.opendocument.spreadsheet": "classeur OpenDocument",
    b"application/vnd.oasis.opendocument.presentation": "présentation OpenDocument",
    b"application/vnd.oasis.opendocument.graphics": "dessin OpenDocument",
}
_OFFICE = {"word/": "DOCX", "xl/": "classeur Excel", "ppt/": "présentation PowerPoint", "visio/": "dessin Visio"}
_END = b"PK\5\6"
_END_BYTES = 22 + 65_535
_DIRECTORY_BYTES = 1 << 18
_ENTRY = struct.Struct("<4x24xHHH12x")


def _in_zip(file: BinaryIO, start: bytes) -> str:
    """What a ZIP is: a document in several parts says so by the names of these."""
    if start[30:38] == b"mimetype" and start[8:10] == b"\0\0":
        mimetype = start[38 : 38 + 100].split(b"PK", 1)[0].strip()
        for known, kind in _MIMETYPES.items():
            if mimetype.startswith(known):
                return kind
    names = set(_names_in_zip(file))
    if "[Content_Types].xml" in names:
        for folder, kind in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return kind
    if "word/document.xml" in names:
        return "DOCX"
    if "META-INF/container.xml" in names:
        return "EPUB"
    return "ODT" if {"content.xml", "META-INF/manifest.xml"} <= names else ZIP


def _names_in_zip(file: BinaryIO) -> Iterator[str]:
    """The first names of the directory at the end of a ZIP, as far as it can be read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES))
    tail = file.read(_END_BYTES)
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < 22:
        return
    length, offset = struct.unpack_from("<II", tail, end + 12)
    before = size - len(tail) + end - length - offset  # what stands before the archive (a program that unpacks it)
    if not 0 <= before + offset <= size:
        return
    file.seek(before + offset)
    directory = file.read(min(length, _DIRECTORY_BYTES))
    place = 0
    while directory[place : place + 4] == b"PK\1\2" and place + 46 <= len(directory):
        name, extra, comment = _ENTRY.unpack_from(directory, place)
        yield directory[place + 46 : place + 46 + name].decode("utf-8", "replace")
        place += 46 + name + extra + comment


# --- old Office ----------------------------------------------------------------------------------------------------

_STREAMS = {
    "WordDocument": "DOC",
    "Workbook": "classeur Excel (.xls)",
    "Book": "classeur Excel (.xls)",
    "PowerPoint Document": "présentation PowerPoint (.ppt)",
    "__properties_version1.0": "message Outlook (.msg)",
    "VisioDocument": "dessin Visio",
    "EncryptedPackage": "",
}
_STREAMS_AS_WRITTEN = {name.encode("utf-16-le") + b"\0\0": kind for name, kind in _STREAMS.items()}
_OLE_HEADER = 512
_OLE_DIRECTORY_BYTES = 64 * 1024


def _in_ole(file: BinaryIO, start: bytes) -> str:
    """The kind of document that a compound file holds: the stream that its directory names first."""
    if len(start) < _OLE_HEADER:
        return OLE
    shift, directory = struct.unpack_from("<H", start, 30)[0], struct.unpack_from("<I", start, 48)[0]
    if shift not in (9, 12):
        return OLE
    file.seek((directory + 1) << shift)
    entries = file.read(_OLE_DIRECTORY_BYTES)
    places = {entries.find(name): kind for name, kind in _STREAMS_AS_WRITTEN.items() if name in entries}
    if not places:
        return OLE
    kind = places[min(places)]
    if not kind:
        raise UnreadableDocument(PASSWORD)
    return kind


# --- what is compressed --------------------------------------------------------------------------------------------


def _first_unpacked(file: BinaryIO, kind: str) -> bytes:
    file.seek(0)
    try:
        return unpacking(file, kind).read(START_BYTES)
    except DAMAGED:
        return b""
