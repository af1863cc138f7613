"""Named values to a document: the columns of a table, the fields of an object. What they are called, settings say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from html import unescape

from indexer.documents.assemble import web_address
from indexer.documents.decode import clean
from indexer.documents.entry import Draft
from indexer.documents.formats import html
from indexer.documents.paragraphs import paragraphs_of
from indexer.errors import UnreadableDocument
from indexer.french.spelling import bare, squeeze
from indexer.french.typography import NARROW, NO_BREAK, quoted
from indexer.settings import Columns

_MAX_VALUE = 2000
_MAX_ID_CHARS = 200
_NAMES_SHOWN = 12
_MARKUP = re.compile(r"</(?:p|div|h[1-6]|li|a|span|strong|em|b|i)>|<br ?/?>", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*[;|\n]\s*")

# A field of ours → the names that stand for it in a file, best first; of `text` all of them count.
Mapped = Mapping[str, Sequence[str]]


def mapped(names: Iterable[str], columns: Columns) -> Mapped:
    """Which of the names of a file stand for which field."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(bare(name[:_MAX_ID_CHARS]), name)
    return {
        field: found
        for field, wanted in _wanted(columns)
        if (found := [known[name] for name in wanted if name in known])
    }


@lru_cache(maxsize=8)
def _wanted(columns: Columns) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((field, tuple(map(bare, names))) for field, names in asdict(columns).items())


def is_document(found: Mapped) -> bool:
    """True when these fields make a document: there is a text or a title."""
    return "text" in found or "title" in found


def refuse(names: Sequence[str], what: str) -> UnreadableDocument:
    """The refusal of a file that has no text and no title; it names what the file has, and how to map it."""
    shown = ", ".join(squeeze(clean(name[:40])) for name in names[:_NAMES_SHOWN])
    more = ", …" if len(names) > _NAMES_SHOWN else ""
    return UnreadableDocument(
        f"{what} ne s’appelle texte ni titre, parmi{NO_BREAK}: {shown}{more}{NARROW}; "
        'dites lequel dans la configuration : [columns] text = ["…"]'
    )


def draft_of(values: Mapping[str, str], found: Mapped) -> Draft:
    """The draft of the values of one document; its digest is that of what was taken of them."""
    taken = {
        field: [value for name in names if (value := clean(values.get(name, "")))] for field, names in found.items()
    }
    one = {field: given[0][:_MAX_VALUE].strip() for field, given in taken.items() if given and field != "text"}
    url = one.get("url")
    return Draft(
        tuple(paragraph for text in taken.get("text", ()) for paragraph in _paragraphs(text)),
        sha256(json.dumps(taken, sort_keys=True).encode()).hexdigest(),
        title=squeeze(_without_markup(one.get("title", ""))) or None,
        title_rule=f"champ {quoted(found['title'][0][:40])}" if "title" in found else "",
        dates=(one["date"],) if one.get("date") else (),
        type=one.get("type") or None,
        url=url or None,
        source=one.get("source") or None,
        authors=tuple(name for name in _SEVERAL.split(one.get("authors", "")) if name),
        language=one.get("language") or None,
        warnings=() if not url or web_address(url) else ("adresse ignorée : elle n’est ni http ni https",),
    )


def place_of(id: str, digest: str) -> str:
    """What names a row inside of its file: its id, or else what it says, which no other row moves."""
    shown = squeeze(clean(id))[:_MAX_ID_CHARS]
    return f"#{shown or digest[:12]}"


def _paragraphs(text: str) -> Iterable[str]:
    if _MARKUP.search(text):
        try:
            return html.draft_of(f"\ufeff<body>{text}".encode()).paragraphs
        except UnreadableDocument:
            pass
    return paragraphs_of(text)


def _without_markup(title: str) -> str:
    return unescape(" ".join(_paragraphs(title)) if _MARKUP.search(title) else title)
