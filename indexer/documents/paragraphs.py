"""Plain text to paragraphs: which line ends are the author's, and which came from a narrow window."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from indexer.documents.hyphens import Joins, Seams, unknown
from indexer.french.spelling import squeeze

# A text wrapped by hand or by a mail program stays within this; longer lines are whole paragraphs.
_WIDEST = 120
_NARROWEST = 40
MARKED = re.compile(r"\s*(?:[-–—•·*▪◦○●>]\s|\(?\d{1,3}[.)°]|\(?[a-zA-Z]\)|[IVXivx]{1,5}[.)])")
_ENDS = (".", "!", "?", ":", ";", "…", "»", "”", '"')
BLANK_LINE = "\n\n"
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")


def paragraphs_of(text: str, joins: Joins = unknown) -> list[str]:
    """The paragraphs of plain text.

    A blank line ends one. A line end inside a block is a space when the text is hard-wrapped and the next line's first
    word had no room on this one; otherwise each line is a paragraph (titles, lists, addresses). `joins` helps to put
    words together again that are cut at line ends (see `hyphens`).
    """
    lines = _tidy_lines(text)
    if not _NARROWEST <= max(map(len, lines), default=0) <= _WIDEST:
        return lines
    blocks = [block for piece in _BLANK_LINES.split(text) if (block := _tidy_lines(piece))]
    return _unwrapped(blocks, Seams(text, joins))


def _tidy_lines(text: str) -> list[str]:
    """The lines that are not blank, with single spaces."""
    lines = text.split("\n")
    if "  " in text or "\t" in text:
        lines = list(map(squeeze, lines))
    return [tidy for line in lines if (tidy := line.strip())]


def _unwrapped(blocks: list[list[str]], seams: Seams) -> list[str]:
    """The paragraphs of blocks of lines that may have been wrapped."""
    width = _wrap_width(blocks)
    paragraphs: list[list[str]] = []
    for lines in blocks:
        for number, line in enumerate(lines):
            if number and _continues(lines[number - 1], line, width):
                add_line(paragraphs[-1], line, seams)
            else:
                paragraphs.append([line])
    return list(map("".join, paragraphs))


def text_of(paragraphs: Iterable[str]) -> str:
    """The paragraphs as stored: one blank line between two."""
    return BLANK_LINE.join(paragraphs)


def _wrap_width(blocks: list[list[str]]) -> int | None:
    """The width (of the longest line) the text was wrapped at, or None when its line ends are the author's.

    A program that wraps fills its lines: the next first word would not have fitted. Most line ends of a wrapped text
    are so; in verses, lists and text of one line a paragraph few are.
    """
    width = max(len(line) for lines in blocks for line in lines)
    pairs = [(one, two) for lines in blocks for one, two in pairwise(lines)]
    full = sum(1 for one, two in pairs if _is_full(one, two, width))
    return width if full >= 2 and full >= len(pairs) * 0.5 else None


def _is_full(line: str, following: str, width: int) -> bool:
    # 15 % of slack: some programs wrap at a width in bytes, or leave a ragged edge.
    return len(line) + 1 + len(following.split(" ", 1)[0]) > width * 0.85


def _continues(line: str, following: str, width: int | None) -> bool:
    """True when a line goes on with the one below it, in a text that was wrapped at `width` (None: in none)."""
    if width is None or MARKED.match(following):
        return False
    if _is_full(line, following, width):
        return True
    return following[0].islower() and not has_ended(line)


def has_ended(line: str) -> bool:
    """True for a tidy line that ends as sentences do."""
    return line.endswith(_ENDS)


def add_line(pieces: list[str], line: str, seams: Seams) -> None:
    """Go on with a paragraph: a word that its last line cut is whole again, another seam is a space."""
    joined = seams.joined(pieces[-1], line)
    if joined is None:
        pieces += " ", line
    else:
        pieces[-1] = joined
        pieces.append(line)
