"""A search as an Atom feed (RFC 4287): what came into the index last, each document once.

Ids are `tag:` URIs (RFC 4151) of the site's name and the document's id, and moments are when a document was first seen:
both outlive a rebuild of the index, so that no reader sees an entry twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from indexer import FEED_PATH, Hit, SearchPage, Sort, date_text, document_url, search_url
from webapp.typography import plain

FEED_TYPE = "application/atom+xml; charset=utf-8"
FEED_ENTRIES = 50
_YEAR = 2026  # when the scheme of these ids was made: part of each
# What XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a feed; `seen` is when it came into the index."""

    id: str
    title: str
    seen: str
    authors: tuple[str, ...]
    type: str
    type_label: str
    url: str
    summary: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A search to follow; `updated` is when its last document came, or when the index was written while it has none."""

    id: str
    title: str
    updated: str
    author: str
    url: str
    page_url: str
    entries: tuple[Entry, ...]


def feed(page: SearchPage, root: str, site: str, published: str, label: Callable[[str], str]) -> Feed:
    """The feed of what a search found, newest first. `root` is the address of the site, `published` that of the moment
    its index was written."""
    # Whatever the order of a list, its feed is the same.
    asked = replace(page.request, sort=Sort.RELEVANCE, apart=False)
    entries = tuple(_entry(hit, asked.text, root, label) for hit in page.hits)
    return Feed(
        id=_tag(root, search_url(asked)),
        title=xml_text(f"{asked.text.strip() or 'Tous les documents'} – {site}"),
        updated=entries[0].seen if entries else _moment(published),
        author=xml_text(site),
        url=root + search_url(asked, FEED_PATH),
        page_url=root + search_url(asked),
        entries=entries,
    )


def _entry(hit: Hit, text: str, root: str, label: Callable[[str], str]) -> Entry:
    document = hit.document
    authors = document.authors or ((document.source,) if document.source else ())
    known = (label(document.type), date_text(document.date) if document.date else "", document.source or "")
    said = " ".join([", ".join(filter(None, known)) + ".", *map(plain, hit.fragments)])
    return Entry(
        id=_tag(root, document_url(document.id)),
        title=xml_text(document.title or document.path),
        seen=_moment(document.first_seen),
        authors=tuple(map(xml_text, authors)),
        type=xml_text(document.type),
        type_label=xml_text(label(document.type)),
        url=root + document_url(document.id, text),
        summary=xml_text(said),
    )


def _tag(root: str, url: str) -> str:
    """An id that does not depend on the port or on TLS."""
    return f"tag:{(urlsplit(root).hostname or 'localhost').replace(':', '-')},{_YEAR}:{url.removeprefix('/')}"


def _moment(text: str) -> str:
    """An ISO 8601 moment as RFC 3339 wants it, in UTC."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return _NEVER


def xml_text(text: str) -> str:
    """The text with a replacement for what no XML can hold."""
    return _NO_XML.sub("\ufffd", text)
