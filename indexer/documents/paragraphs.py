"""Plain text to paragraphs: which line ends are the author's, and which came from a narrow window."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from indexer.french.spelling import squeeze

# A text wrapped by hand or by a mail program stays within this; longer lines are whole paragraphs.
_WIDEST = 120
_NARROWEST = 40
_MARKED = re.compile(r"\s*(?:[-–—•·*▪◦○●>]\s|\(?\d{1,3}[.)°]|\(?[a-zA-Z]\)|[IVXivx]{1,5}[.)])")
_ENDED = re.compile(r"[.!?:;…»”\"]\s*$")
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of plain text.

    A blank line ends one. A line end inside a block is a space when the text is hard-wrapped and the next line's first
    word had no room on this one; otherwise each line is a paragraph (titles, lists, addresses).
    """
    lines = _tidy_lines(text)
    if not _NARROWEST <= max(map(len, lines), default=0) <= _WIDEST:
        return [line.replace("\u00ad\u00ad", "") for line in lines] if "\u00ad" in text else lines
    return _unwrapped([block for piece in _BLANK_LINES.split(text) if (block := _tidy_lines(piece))])


def _tidy_lines(text: str) -> list[str]:
    """The lines that are not blank, with single spaces."""
    lines = text.split("\n")
    if "  " in text or "\t" in text:
        lines = list(map(squeeze, lines))
    return [tidy for line in lines if (tidy := line.strip())]


def _unwrapped(blocks: list[list[str]]) -> list[str]:
    """The paragraphs of blocks of lines that may have been wrapped."""
    width = _wrap_width(blocks)
    paragraphs: list[list[str]] = []
    for lines in blocks:
        for number, line in enumerate(lines):
            if number and _continues(lines[number - 1], line, width):
                paragraphs[-1] += _seam(lines[number - 1], line), line
            else:
                paragraphs.append([line])
    return ["".join(pieces).replace("\u00ad\u00ad", "") for pieces in paragraphs]


def text_of(paragraphs: Iterable[str]) -> str:
    """The paragraphs as stored: one blank line between two."""
    return "\n\n".join(paragraphs)


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
    if width is None or _MARKED.match(following):
        return False
    if _is_full(line, following, width):
        return True
    return following[0].islower() and not _ENDED.search(line)


def _seam(line: str, following: str) -> str:
    """What stands between two lines that are one paragraph."""
    if line.endswith("\u00ad"):
        return "\u00ad"  # a soft hyphen that did its work: the pair goes
    if line.endswith("-") and line[-2:-1].isalpha() and following[0].isalpha():
        return ""  # « Saint-\nLouis »; a word cut in two keeps its hyphen, there is no telling
    return " "
