"""Brings a chunk of text to composed Unicode with plain apostrophes and hyphens, and knows where each character was.

This has to come before any folding: unidecode turns a zero-width space into a space, `\\w` breaks `éléments` at each
combining accent, and the elision rules know one apostrophe only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_APOSTROPHES = "’ʼ‘′´`＇ʻ‛ʹ"
_HYPHENS = "‐‑‒⁃﹣－"
_FRACTIONS = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅟↉"  # digits to Python; compatibility would read ½ as 12
_ONE_TO_ONE = str.maketrans(
    _APOSTROPHES + _HYPHENS + _FRACTIONS, "'" * len(_APOSTROPHES) + "-" * len(_HYPHENS) + " " * len(_FRACTIONS)
)

# Soft hyphen, zero-width and bidirectional controls, word joiner, byte order mark, variation selectors.
_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
INVISIBLE = re.compile(f"[{_INVISIBLE}]")

# Characters that stay as they are: nearly every chunk holds only these.
_NORMAL = re.compile("[\x00-_a-\xac\xae-\xb3\xb5-\xbb\xbf-\u02b8\u02c0-\u02ff\u2013-\u2017\u201a\u201c-\u2027]*")
# Characters that are composed already, visible, and stay one character.
_PLAIN = re.compile("[\x00-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*")

# Stream-safe text (UAX #15) has at most 30 marks after a letter. Longer runs are hostile: Python sorts marks in
# quadratic time, so the rest is dropped.
_MAX_MARKS = 30

# Characters that begin a cluster of their own (combining class 0) and yet compose with the one before: Hangul vowels
# and finals, and second halves of vowels in Bengali, Oriya, Tamil, Telugu, Kannada, Malayalam, Sinhala, Burmese,
# Balinese and, beyond U+FFFF, Grantha, Tirhuta, Siddham and Dives Akuru.
_COMPOSING_STARTERS = frozenset(
    "".join(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))))
    + "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35"
    + "\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930"
)


class Normalized(NamedTuple):
    """A chunk in normal form: `text[i]` stands for the original characters from `starts[i]` to `ends[i]`.

    `starts` and `ends` are empty when every character kept its place.
    """

    text: str
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of `text[start:end]`, which must not be empty."""
        if not self.starts:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalize(chunk: str) -> Normalized:
    """Compose (NFC), delete the invisible, make every apostrophe `'`, every hyphen `-`, every fraction a space."""
    if (same := in_place(chunk)) is not None:
        return Normalized(same)
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(chunk):
        composed = unicodedata.normalize("NFC", INVISIBLE.sub("", chunk[start : start + 1 + _MAX_MARKS][: end - start]))
        text.append(composed)
        starts += [start] * len(composed)
        ends += [end] * len(composed)
    return Normalized("".join(text).translate(_ONE_TO_ONE), tuple(starts), tuple(ends))


def in_place(chunk: str) -> str | None:
    """The normal form of a chunk in which every character keeps its place; None for another."""
    if _NORMAL.fullmatch(chunk):
        return chunk
    if _NORMAL.fullmatch(plain := chunk.replace("’", "'")):  # most others; `translate` takes ten times as long
        return plain
    return chunk.translate(_ONE_TO_ONE) if _PLAIN.fullmatch(chunk) else None


def _clusters(chunk: str) -> Iterator[tuple[int, int]]:
    """Spans of a character with the marks that belong to it; invisible characters ride along."""
    start = 0
    for place, char in enumerate(chunk):
        if place == start or unicodedata.combining(char) or INVISIBLE.match(char):
            continue
        if char in _COMPOSING_STARTERS and place - start < _MAX_MARKS:
            continue
        yield start, place
        start = place
    if chunk:
        yield start, len(chunk)
