"""One module a format: bytes → drafts. A new format is a module with a `drafts` function and a line here.

`drafts(source)` yields a Draft for each document of the file, a Member for each file inside of it, or a Rejected for a
part of it that gives none, and raises UnreadableDocument when the file as a whole cannot be read.
"""

from __future__ import annotations

from indexer.documents.formats import docx, html, jsonl, markdown, odt, pdf, plain, rtf
from indexer.documents.formats.source import Format, Source

__all__ = ["FORMATS", "JSONL", "Format", "Source", "format_of"]

JSONL = "JSONL"

FORMATS = (
    Format("texte", (".txt", ".text"), plain.drafts),
    Format("Markdown", (".md", ".markdown"), markdown.drafts),
    Format("HTML", (".html", ".htm", ".xhtml"), html.drafts),
    Format("PDF", (".pdf",), pdf.drafts),
    Format("DOCX", (".docx", ".docm", ".dotx", ".dotm"), docx.drafts),
    Format("ODT", (".odt", ".ott", ".fodt"), odt.drafts),
    Format("RTF", (".rtf",), rtf.drafts),
    Format(JSONL, (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"), jsonl.drafts),
)


def format_of(relative: str) -> Format | None:
    """The format that the file's name says, whatever its case."""
    name = relative.rsplit("/", 1)[-1].lower()
    return next((format_ for format_ in FORMATS if name.endswith(format_.endings)), None)
