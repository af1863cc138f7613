"""EPUB: the chapters of a book in the order of reading, each read as the page of HTML that it is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote

from indexer.documents.decode import clean
from indexer.documents.entry import Draft
from indexer.documents.formats import html
from indexer.documents.formats.properties import real_authors, real_title
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.documents.formats.unzip import Unzipped
from indexer.documents.formats.xml import Attributes, value, walk
from indexer.errors import UnreadableDocument
from indexer.french.spelling import squeeze

_MOST = 50_000_000
_MAX_CHAPTERS = 5_000
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# Elements that are no text around an article on the web are notes and titles in a book.
_OF_THE_WEB = re.compile(rb"<(/?)(?:aside|header|footer)(?=[\s>/])")


def drafts(source: Source) -> Drafts:
    """The one document of the file: the book."""
    content = source.whole()
    archive = Unzipped(BytesIO(content), source.budget)
    book = _Book(archive)
    paragraphs: list[str] = []
    warnings: list[str] = []
    for chapter in book.chapters():
        try:
            page = _OF_THE_WEB.sub(rb"<\1section", archive.read(chapter, _MOST))
            paragraphs += html.draft_of(page).paragraphs
        except UnreadableDocument as error:
            warnings.append(f"chapitre illisible : « {clean(chapter)} », {error}")
    if warnings and not paragraphs:
        raise UnreadableDocument(warnings[0])
    title = real_title(book.first("dc:title"), source.relative)
    yield Draft(
        tuple(paragraphs),
        digest_of(content),
        title=title,
        title_rule="métadonnées du livre (EPUB)" if title else "",
        dates=tuple(book.dates[:4]),
        source=squeeze(book.first("dc:publisher")) or None,
        url=next((found for found in book.all("dc:identifier", "dc:source") if found.startswith("http")), None),
        warnings=tuple(warnings[:20]),
        last_dates=tuple(book.saved[:1]),
        authors=real_authors(book.all("dc:creator")),
        language=book.first("dc:language")[:40] or None,
    )


class _Book:
    """What the package file says: of the book, and of where its chapters are."""

    def __init__(self, archive: Unzipped) -> None:
        self.dates: list[str] = []
        self.saved: list[str] = []
        self._encrypted: set[str] = set()
        self._said: dict[str, list[str]] = {}
        self._place = ""
        self._items: dict[str, str] = {}  # the pages, by id
        self._spine: list[str] = []
        self._event = ""
        self._texts: list[str] = []
        self._archive = archive
        walk(archive.chunks(_CONTAINER, _MOST), self)
        if not self._place:
            raise UnreadableDocument("livre EPUB incomplet : il ne dit pas où est son contenu")
        walk(archive.chunks(self._place, _MOST), self)
        if _ENCRYPTION in archive:
            walk(archive.chunks(_ENCRYPTION, _MOST), self)
        if not self._encrypted.isdisjoint(self._items.values()):  # fonts may be, in a way that protects nothing
            raise UnreadableDocument("livre protégé (DRM)")

    def first(self, name: str) -> str:
        """The first that is said under a name, or ""."""
        return next(iter(self._said.get(name, ())), "")

    def all(self, *names: str) -> list[str]:
        """All that is said under these names."""
        return [text for name in names for text in self._said.get(name, ())]

    def chapters(self) -> Iterator[str]:
        """The names of the pages in the order of reading; what the spine names and is not there is passed over."""
        chapters = [self._items[item] for item in dict.fromkeys(self._spine) if item in self._items]
        return iter([name for name in chapters if name in self._archive][:_MAX_CHAPTERS])

    def start(self, name: str, attributes: Attributes) -> None:
        self._texts = []
        name = name.removeprefix("opf:")  # which the oldest books leave out
        if name == "container:rootfile" and not self._place:
            self._place = attributes.get("full-path", "")
        elif name == "enc:CipherReference":
            self._encrypted.add(unquote(attributes.get("URI", "")))
        elif name == "item":
            self._item(attributes)
        elif name == "itemref" and attributes.get("linear") != "no":
            self._spine.append(attributes.get("idref", ""))
        else:
            self._event = value(attributes, "opf:event") or attributes.get("property", "")

    def _item(self, attributes: Attributes) -> None:
        kind, path = attributes.get("media-type", ""), unquote(attributes.get("href", ""))
        if "html" in kind and "nav" not in attributes.get("properties", "").split():
            folder = posixpath.dirname(self._place)
            self._items[attributes.get("id", "")] = posixpath.normpath(posixpath.join(folder, path))

    def text(self, text: str) -> None:
        self._texts.append(text)

    def end(self, name: str) -> None:
        text = clean("".join(self._texts)).strip()[:2_000]
        self._texts = []
        if not text:
            return
        if name == "dc:date":
            self._date(text)
        elif name.endswith("meta") and self._event == "dcterms:modified":
            self.saved.append(text)
        elif name.startswith("dc:"):
            self._said.setdefault(name, []).append(text)

    def _date(self, text: str) -> None:
        """A date of the book, or of its file. Year 101 is what calibre writes for none."""
        if self._event in ("modification", "conversion", "creation"):
            self.saved.append(text)
        elif not text.startswith("0"):
            self.dates.append(text)
