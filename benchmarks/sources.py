"""What the packages hold, as articles: law and labour agreements as trees, public service pages as XML in JSON.

Each package has its own shape, so each has its own reader; all give Articles in the order of the package.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.packages import FICHES, KALI, LEGI, fetch, members

_BREAK = re.compile(r"</(?:p|div|li|tr|h[1-6]|table|blockquote)>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"\s+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FAR_FUTURE = "2100"  # 2999-01-01 stands for « no end » in these data


@dataclass(frozen=True, slots=True)
class Article:
    """One article: `work` is the law, agreement or page it belongs to; `date` is `2023-06-30`, empty when unknown."""

    work: str
    title: str
    type: str
    date: str
    paragraphs: tuple[str, ...]


def articles(cache: Path) -> Iterator[Article]:
    """Everything the three packages hold. Raises PackageProblem."""
    yield from _law(fetch(LEGI, cache))
    yield from _agreements(fetch(KALI, cache))
    yield from _pages(fetch(FICHES, cache))


def _law(archive: Path) -> Iterator[Article]:
    for name, content in members(archive):
        if not name.startswith("LEGITEXT"):
            continue
        tree = json.loads(content)
        work = _clean(tree["data"]["title"])
        for data, path in _walk(tree, ()):
            title = " – ".join(filter(None, (work, path[-1] if path else "", f"article {data['num']}")))
            yield Article(work, title, work.lower(), _day_of(data["dateDebut"]), _paragraphs(data["texteHtml"]))


_KINDS = (("Texte de base", "convention collective"), ("Textes Salaires", "accord de salaires"))


def _agreements(archive: Path) -> Iterator[Article]:
    for name, content in members(archive):
        if not name.startswith("KALICONT"):
            continue
        tree = json.loads(content)
        work = _clean(tree["data"].get("shortTitle") or tree["data"]["title"])
        for data, path in _walk(tree, ()):
            first = path[0] if path else ""
            kind = next((kind for start, kind in _KINDS if first.startswith(start)), "accord ou avenant")
            parts = (work, path[-1] if path else "", data.get("surtitre") or f"article {data.get('num', '')}".strip())
            days = [str(link.get("dateSignaTexte")) for link in data["lstLienModification"]]
            known = [day for day in days if _DAY.fullmatch(day) and day < _FAR_FUTURE]
            title = " – ".join(_clean(part) for part in parts if part)
            yield Article(work, title, kind, max(known, default=""), _paragraphs(data["content"]))


def _walk(node: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """The data of each article below a node, with the titles of the sections it stands in."""
    for child in node.get("children") or ():
        if child["type"] == "article":
            yield child["data"], path
        else:
            yield from _walk(child, (*path, _clean(child["data"].get("title") or "")))


# What a page says of itself rather than to its reader.
_APART = re.compile(r"dc:.*|Audience|Canal|FilDAriane|Theme|SousTheme.*|DossierPere|SousDossierPere|Reference|SurTitre")
_BLOCKS = frozenset(("Paragraphe", "Titre", "Item", "Cellule", "LienWeb", "ServiceEnLigne", "Fiche", "Definition"))


def _pages(archive: Path) -> Iterator[Article]:
    for name, content in members(archive):
        if "/" not in name or name.endswith("index.json"):
            continue
        page = json.loads(content)
        for publication in page.get("children", ()) if isinstance(page, dict) else ():
            about = {child.get("name"): _clean(_text(child)) for child in publication.get("children", ())}
            body = [child for child in publication.get("children", ()) if not _APART.fullmatch(child.get("name", ""))]
            paragraphs = [about.get("dc:description", ""), *(line for child in body for line in _lines(child))]
            title, kind = about.get("dc:title", ""), about.get("dc:type", "").rstrip(".").lower()
            day = _DAY.search(about.get("dc:date", ""))
            kept = tuple(dict.fromkeys(filter(None, paragraphs)))
            yield Article(title, title, kind, day[0] if day else "", kept)


def _lines(node: Any) -> Iterator[str]:
    """The paragraphs of a page's element."""
    inner = any(_holds_block(child) for child in node.get("children") or ())
    if not inner:
        yield _clean(_text(node))
        return
    for child in node.get("children") or ():
        yield from _lines(child)


def _holds_block(node: Any) -> bool:
    return node.get("name") in _BLOCKS or any(_holds_block(child) for child in node.get("children") or ())


def _text(node: Any) -> str:
    if node.get("type") == "text":
        return str(node["text"])
    return " ".join(_text(child) for child in node.get("children") or ())


def _paragraphs(marked: str) -> tuple[str, ...]:
    """The paragraphs of a piece of HTML."""
    lines = _BREAK.sub("\n", marked or "").split("\n")
    return tuple(filter(None, (_clean(html.unescape(_TAG.sub(" ", line))) for line in lines)))


def _clean(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _day_of(milliseconds: int) -> str:
    day = datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()
    return day if day < _FAR_FUTURE else ""
