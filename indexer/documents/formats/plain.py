"""Plain text. What is HTML inside is read as HTML."""

from __future__ import annotations

from indexer.documents.decode import decode
from indexer.documents.entry import Draft
from indexer.documents.formats import html
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.documents.paragraphs import paragraphs_of


def drafts(source: Source) -> Drafts:
    """The one document of the file."""
    content = source.whole()
    if html.looks_like_html(content):
        yield html.draft_of(content)
    else:
        yield Draft(tuple(paragraphs_of(decode(content), source.choices.joins)), digest_of(content))
