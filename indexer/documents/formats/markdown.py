"""Markdown: front matter, then a small converter to plain paragraphs. Marks go, words stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from html import unescape
from typing import Any

import yaml

from indexer.documents.decode import clean, decode
from indexer.documents.entry import Draft
from indexer.documents.formats import html
from indexer.documents.formats.properties import real_authors
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.french.spelling import squeeze

MAX_FRONT_MATTER = 64 * 1024
_MAX_VALUE = 2000
_DATE_KEYS = ("date", "published", "publishdate", "datepublished")
_FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def drafts(source: Source) -> Drafts:
    """The one document of the file."""
    content = source.whole()
    if html.looks_like_html(content):
        yield html.draft_of(content)
        return
    front, body, warnings = _split_front(decode(content).lstrip("\ufeff"))
    heading, paragraphs = _plain(body)
    title = _value(front, "title", "titre")
    yield Draft(
        tuple(paragraphs),
        digest_of(content),
        title=title or heading,
        title_rule="métadonnées (en-tête du Markdown)" if title else "titre « # » du Markdown",
        dates=tuple(found for name in _DATE_KEYS if (found := _value(front, name))),
        type=_value(front, "type"),
        url=_value(front, "url", "canonical", "canonical_url", "lien"),
        source=_value(front, "source", "publisher", "éditeur"),
        symbol=_value(front, "symbol", "symbole", "cote"),
        warnings=warnings,
        authors=_names(front, "authors", "author", "auteurs", "auteur"),
        language=_value(front, "lang", "language", "langue"),
    )


# --- front matter --------------------------------------------------------------------------------------------------


class _FrontMatterLoader(yaml.SafeLoader):
    """The safe loader, without aliases: twenty lines of them can stand for a billion values."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)


def _split_front(text: str) -> tuple[Mapping[str, Any], str, tuple[str, ...]]:
    """(values by key in lower case, body, warnings)."""
    match = _FRONT.match(text[: MAX_FRONT_MATTER + 10]) if text.startswith("---") else None
    if not match:
        return {}, text, ()
    body = text[match.end() :]
    try:
        found = yaml.load(match[1], _FrontMatterLoader)  # noqa: S506 - a subclass of SafeLoader
    # yaml lets ValueError (dates such as 2023-13-45), RecursionError and others of its constructors through.
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return _lines_of(match[1]), body, ("en-tête du Markdown lu ligne par ligne : ce n’est pas du YAML valide",)
    if found is None:
        return {}, body, ()
    if not isinstance(found, dict):
        # « --- » may also be a thematic break with text below
        return {}, text, ()
    return {key.lower(): value for key, value in found.items() if isinstance(key, str)}, body, ()


def _lines_of(front: str) -> dict[str, Any]:
    """`key: value` lines of front matter that is no YAML, often for one colon or date too many."""
    found = {}
    for line in front.split("\n"):
        key, colon, value = line.partition(":")
        if colon and key.strip().isalpha():
            found[key.strip().lower()] = value.strip().strip("\"'")
    return found


def _names(front: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """The people in the first of these values that names any: a text, or a list of texts or of `name:` values."""
    for name in names:
        value = front.get(name)
        several = value if isinstance(value, list) else [value]
        texts = (one.get("name") or one.get("nom") if isinstance(one, dict) else one for one in several)
        if found := real_authors(text for text in texts if isinstance(text, str)):
            return found
    return ()


def _value(front: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = front.get(name)
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, date):  # a datetime is one
            return value.isoformat()
        if isinstance(value, (str, float)) or (isinstance(value, int) and abs(value) < 10**18):
            text = clean(str(value)[:_MAX_VALUE]).strip()
            if text:
                return text
    return None


# --- body ----------------------------------------------------------------------------------------------------------

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?:[ \t]+(.*))?$")
_SETEXT = re.compile(r"[ ]{0,3}(=+|-+)[ \t]*$")
_BREAK = re.compile(r"[ ]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]+)?")
_QUOTE = re.compile(r"^[ ]{0,3}(?:>[ ]?)+")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(r"[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]*\S")
_COMPONENT = re.compile(r"[ \t]*:{2,}[\w-]*[ \t]*(?:\{[^}\n]*\})?[ \t]*$")
_FOOTNOTE = re.compile(r"^[ ]{0,3}\[\^[^\]\n]{1,50}\]:[ \t]*")


def _plain(body: str) -> tuple[str | None, list[str]]:
    """(text of the first `#` heading, paragraphs) of Markdown."""
    title: str | None = None
    paragraphs: list[str] = []
    first_block = True
    for kind, lines in _blocks(_HIDDEN.sub("", _COMMENT.sub("", body))):
        if kind == "code":
            text = "\n".join(line for line in lines if line.strip())
        elif kind == "table":
            text = _row(lines[0])
        else:
            text = _paragraph(lines)
        if not text.strip():
            continue
        if title is None and (kind == "h1" or (kind.startswith("h") and first_block)):
            title = text.replace("\n", " ")
        first_block = False
        paragraphs.append(text)
    return title, paragraphs


def _blocks(body: str) -> Iterator[tuple[str, list[str]]]:
    """(kind, lines) of each block: `h1`…`h6`, `p`, `table` (one row) or `code`."""
    lines: list[str] = []
    fence = ""
    for line in body.split("\n"):
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                yield "code", lines
                lines, fence = [], ""
            else:
                lines.append(line)
            continue
        first = line.lstrip()[:1]
        if first.isalpha():  # most lines: what is a mark begins with a sign or a number
            lines.append(line)
            continue
        if not first:
            if lines:
                yield "p", lines
                lines = []
            continue
        line = _QUOTE.sub("", line, count=1)
        opened = _FENCE.match(line)
        heading = _HEADING.match(line)
        setext = _SETEXT.match(line) if lines else None
        if setext:
            yield ("h1" if setext[1][0] == "=" else "h2"), lines
            lines = []
            continue
        alone = opened or heading or _BREAK.match(line) or _COMPONENT.match(line) or _is_row(line)
        if lines and (alone or not line.strip() or _ITEM.match(line)):
            yield "p", lines
            lines = []
        if opened:
            fence = opened[1]
        elif heading:
            text = (heading[2] or "").rstrip()
            closing = text.rstrip("#")
            yield f"h{len(heading[1])}", [closing if closing.endswith((" ", "\t")) else text]
        elif _FOOTNOTE.match(line):
            lines.append(_FOOTNOTE.sub("", line))
        elif alone and _is_row(line) and not _TABLE_RULE.match(line):
            yield "table", [line]
        elif line.strip() and not alone and not _DEFINITION.match(line):
            lines.append(_ITEM.sub("", line, count=1))
    if lines:
        yield ("code" if fence else "p"), lines


def _is_row(line: str) -> bool:
    """A table row of the usual shape, with a bar at its beginning, or the rule below a header."""
    return line.lstrip().startswith("|") or ("|" in line and bool(_TABLE_RULE.match(line)))


def _row(line: str) -> str:
    cells = [_inline(cell).replace("\n", " ").strip() for cell in _CELL_END.split(line.strip().strip("|"))]
    return " · ".join(cell for cell in cells if cell)


def _paragraph(lines: list[str]) -> str:
    """The lines joined with spaces, but where the author asked for a line end: two spaces, a backslash, `<br>`."""
    text = ""
    for line in lines:
        stripped = line.strip()
        hard = line.endswith(("  ", "\\"))
        text += (stripped[:-1] if stripped.endswith("\\") else stripped) + ("\n" if hard else " ")
    plain = _inline(text.strip())
    return "\n".join(tidy for line in plain.split("\n") if (tidy := squeeze(line)))


_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN = re.compile("[\ue000-\ue07f]")
_TARGET = r"(?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\[[^\[\]\n]{0,200}\])"
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,2000})\]" + _TARGET)
_LINK = re.compile(r"\[([^\[\]\n]{0,2000})\]" + _TARGET)
_NOTE_CALL = re.compile(r"\[\^[^\[\]\n]{1,50}\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_LINE_BREAK = re.compile(r"<br[^<>]{0,50}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,4000}>")
_STRONG = re.compile(r"(?<![\s*])\*{1,3}|\*{1,3}(?![\s*])")
_STAR_PRODUCT = re.compile(r"(?<=\d)\*(?=\d)")
_UNDERSCORES = re.compile(r"(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])")


def _inline(text: str) -> str:
    """`text` without the marks of links, images, emphasis and code; what a backslash protects stays."""
    hides = "\\" in text or "*" in text
    if "\\" in text:
        text = _ESCAPED.sub(lambda match: chr(0xE000 + ord(match[1])), text)
    if "[" in text:
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))
        text = _NOTE_CALL.sub("", text)
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
        text = _LINE_BREAK.sub("\n", text)
        text = _TAG.sub("", text)
    if "*" in text:
        text = _STRONG.sub("", _STAR_PRODUCT.sub(chr(0xE000 + ord("*")), text))
    if "_" in text:
        text = _UNDERSCORES.sub("", text)
    text = text.replace("`", "").replace("~~", "")
    if "&" in text:
        text = clean(unescape(text))
    return _HIDDEN.sub(lambda match: chr(ord(match[0]) - 0xE000), text) if hides else text
