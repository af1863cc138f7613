"""Word documents from before DOCX, through the extra `office`: the format is dying out, its library is large."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.documents.formats.flow import Flow
from indexer.documents.formats.properties import Properties, draft_of
from indexer.documents.formats.source import Drafts, Source
from indexer.errors import UnreadableDocument

if TYPE_CHECKING:
    from kreuzberg import ExtractionResult

_OLE = b"\xd0\xcf\x11\xe0"
_KIND = "application/msword"
# What the library lets through of fields: how a link or a line of a table of contents is made.
_FIELD = re.compile(r'\s?\b(?:HYPERLINK|PAGEREF|TOC|REF)(?:\s+(?:\\[a-z*]|"[^"\n]*"|_\w+)(?=[\s"]|\b|$))+\s?')
_NO_EXTRA = 'format .doc : installez l’extra office (pip install "trouvaille[office]")'


def drafts(source: Source) -> Drafts:
    """The one document of the file."""
    content = source.whole()
    if not content.startswith(_OLE):
        raise UnreadableDocument("le contenu n’est pas un document Word")
    found = _extracted(content)
    flow = Flow()
    for line in _FIELD.sub(" ", found.content).split("\n"):
        for piece in line.split("\t\t"):  # a line is a paragraph, or the rows of a table
            flow.sign(piece)
            flow.end_paragraph()
    yield draft_of(content, source.relative, flow.done(), _said(found))


def _extracted(content: bytes) -> ExtractionResult:
    try:
        from kreuzberg import ExtractionConfig, KreuzbergError, extract_bytes_sync
    except ImportError as error:
        raise UnreadableDocument(_NO_EXTRA) from error
    config = ExtractionConfig(use_cache=False, enable_quality_processing=False)  # it would keep texts on the disk
    try:
        return extract_bytes_sync(content, _KIND, config)
    except KreuzbergError as error:
        raise UnreadableDocument("document Word endommagé, ou d’une version trop ancienne") from error


def _said(found: ExtractionResult) -> Properties:
    """What the library tells of the properties: no dates."""
    title, authors = found.metadata.get("title"), found.metadata.get("authors")
    return Properties(
        title=title if isinstance(title, str) else "",
        authors=[str(author) for author in authors] if isinstance(authors, list) else [],
    )
