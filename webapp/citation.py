"""How a passage is cited: who, « what », where and when it was published, which page and paragraph, and its address.

The address is the document's own, without the query: it stays the same across rebuilds of the index. Nothing says when
it was looked at, so that the page of a generation is always the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer import Document, date_text, document_url, page_text, quoted, whole_number
from webapp.typography import NO_BREAK, number

CITE = "citer"
UNDATED = f"s.{NO_BREAK}d."
_SEVERAL = 3  # authors named; of more the first alone
_SPACES = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")
# « Guillemets » inside of others are “of the other kind”.
_INNER_OPEN, _INNER_CLOSE = re.compile(r"«\s*"), re.compile(r"\s*»")


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation to be copied, of a paragraph (0: of the whole document)."""

    paragraph: int
    text: str


def head_of(document: Document) -> str:
    """What every citation of a document begins with; `citation.js` puts the place and the address behind it."""
    title = _one_line(document.title)
    if "«" in title:
        title = _INNER_OPEN.sub("“", _INNER_CLOSE.sub("”", title))
    date = date_text(document.date) if document.date else UNDATED
    parts = (_authors(document.authors), quoted(title), _one_line(document.source or ""), date)
    return ", ".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def place_text(page: int | None, paragraph: int | None) -> str:
    """Where in a document: « p. 12, § 45 »; empty when nobody knows."""
    parts = (page_text(page) if page else "", f"§{NO_BREAK}{number(paragraph)}" if paragraph else "")
    return ", ".join(part for part in parts if part)


def citation(document: Document, paragraph: int, page: int | None, root: str) -> Citation:
    """The citation of a paragraph (0: of the whole); `root` is the site's own address."""
    place = place_text(page, paragraph) if paragraph else ""
    anchor = f"#p{paragraph}" if paragraph else ""
    text = ", ".join(part for part in (head_of(document), place, f"{root}{document_url(document.id)}{anchor}") if part)
    return Citation(paragraph, text)


def read_cited(args: Mapping[str, Sequence[str]]) -> int | None:
    """The paragraph whose citation is asked, 0 for the whole document. None when none is. Raises RequestError."""
    text = next(iter(args.get(CITE, ())), "").strip()
    if not text:
        return None
    return whole_number(text, CITE, "Le paragraphe à citer est un nombre entier.", least=0)


def _authors(authors: Sequence[str]) -> str:
    return _one_line(", ".join(authors) if len(authors) <= _SEVERAL else f"{authors[0]} et al.")


def _one_line(text: str) -> str:
    """The text without line ends, runs of spaces and what no one sees; no-break spaces stay."""
    if text.isprintable() and "  " not in text:  # nearly all are
        return text.strip()
    return _SPACES.sub(" ", text).strip()
