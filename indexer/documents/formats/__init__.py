"""One module a format: bytes → drafts. A new format is a module with a `drafts` function and a line here.

`drafts(source)` yields a Draft for each document of the file, a Member for each file inside of it, a Rejected for a
part of it that gives none, a LeftAside for one that is no document, and raises UnreadableDocument when the file as a
whole cannot be read.
"""

from __future__ import annotations

from indexer.documents.decode import decode
from indexer.documents.formats import (
    archive,
    csv,
    doc,
    docx,
    epub,
    html,
    json,
    jsonl,
    kinds,
    mail,
    markdown,
    odt,
    pdf,
    plain,
    rtf,
)
from indexer.documents.formats.kinds import OtherKind
from indexer.documents.formats.source import Choices, Format, Source
from indexer.documents.signatures import COMPRESSED, OLE, START_BYTES
from indexer.errors import UnreadableDocument

__all__ = [
    "FORMATS",
    "JSONL",
    "MARKDOWN",
    "TEXT",
    "Choices",
    "Format",
    "OtherKind",
    "Source",
    "format_of",
    "named_format",
]

TEXT = "texte"
MARKDOWN = "Markdown"
JSONL = "JSONL"
_COMPRESSED = "fichier compressé"

FORMATS = (
    Format(TEXT, (".txt", ".text"), plain.drafts),
    Format(MARKDOWN, (".md", ".markdown"), markdown.drafts),
    Format(kinds.HTML, (".html", ".htm", ".xhtml"), html.drafts),
    Format("PDF", (".pdf",), pdf.drafts),
    Format("DOCX", (".docx", ".docm", ".dotx", ".dotm"), docx.drafts),
    Format("DOC", (".doc", ".dot"), doc.drafts),
    Format("ODT", (".odt", ".ott", ".fodt"), odt.drafts),
    Format("RTF", (".rtf",), rtf.drafts),
    Format("EPUB", (".epub",), epub.drafts),
    Format(JSONL, (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"), jsonl.drafts),
    Format(kinds.JSON, (".json",), json.drafts),
    Format("CSV", (".csv", ".tsv", ".tab"), csv.drafts),
    Format(kinds.MAIL, (".eml", ".mht", ".mhtml"), mail.drafts),
    Format(kinds.MBOX, (".mbox", ".mbx"), mail.messages),
    Format("ZIP", (".zip",), archive.zipped),
    Format(
        kinds.TAR,
        (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst"),
        archive.tarred,
    ),
    Format(_COMPRESSED, (".gz", ".bz2", ".xz", ".zst"), archive.compressed),
)
_BY_NAME = {format_.name: format_ for format_ in FORMATS} | dict.fromkeys(COMPRESSED, FORMATS[-1])

# Kinds that files of these formats are of as well: whether one is whole its own reader says best.
_INSIDE = {OLE: ("DOC",)} | dict.fromkeys(COMPRESSED, (JSONL, kinds.TAR))

# How a kind is called after « c’est »; all others are « un … ».
_CALLED = {
    kinds.HTML: "du HTML",
    "RTF": "du RTF",
    "ZIP": "une archive ZIP",
    kinds.TAR: "une archive TAR",
    kinds.MBOX: "une boîte aux lettres MBOX",
}


def named_format(relative: str) -> Format | None:
    """The format that the file's name says, whatever its case."""
    name = relative.rsplit("/", 1)[-1].lower()
    return next((format_ for format_ in FORMATS if name.endswith(format_.endings)), None)


def format_of(source: Source) -> tuple[Format, tuple[str, ...]]:
    """How a file is to be read, and what is odd about its name (a French warning).

    Its content says so where that is clear, its name among texts; what has no telling name is plain text if it is text.
    Raises OtherKind for what is not read.
    """
    kind = kinds.kind_of(source.file)
    by_name = named_format(source.relative)
    if kind:
        if by_name and by_name.name in _INSIDE.get(kind, ()):
            return by_name, ()
        by_content = _BY_NAME.get(kind)
        if by_content is None:
            raise OtherKind(kind)
        return by_content, _misnamed(source.relative, by_content, by_name)
    return by_name or _of_text(source), ()


def _misnamed(relative: str, found: Format, by_name: Format | None) -> tuple[str, ...]:
    name = relative.rsplit("/", 1)[-1]
    if found is by_name or not (by_name or kinds.named(name) in kinds.DOCUMENTS):
        return ()
    ending = name[name.rindex(".") :].lower()
    return (f"nommé {ending}, c’est {_CALLED.get(found.name, f'un {found.name}')}",)


def _of_text(source: Source) -> Format:
    """The format of a file whose name tells none, and that is text if it is anything."""
    name = source.relative.rsplit("/", 1)[-1]
    _, dot, ending = name.rpartition(".")
    start = source.file.read(START_BYTES)
    source.file.seek(0)
    if other := kinds.named(name) or kinds.kind_of_nameless(start):
        if other in _BY_NAME:
            return _BY_NAME[other]
        raise OtherKind(other)
    try:
        decode(start)
    except UnreadableDocument as error:
        raise OtherKind(f".{ending.lower()[:20]}" if dot else "nom sans extension") from error
    return FORMATS[0]
