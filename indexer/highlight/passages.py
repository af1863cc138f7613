"""Which parts of a text to show: whole sentences around what was found, chosen for what they add to each other."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.highlight.sentences import sentences
from indexer.model import Fragment, Piece

ELLIPSIS = "…"
PARAGRAPH = "\n\n"


@dataclass(frozen=True, slots=True)
class Match:
    """`text[start:end]` is one thing asked; `leaves` has the bit of each leaf that asked it."""

    start: int
    end: int
    leaves: int


@dataclass(slots=True)
class Passage:
    """A part of a text that may become a fragment, with the leaves and the number of matches in it."""

    start: int
    end: int
    leaves: int = 0
    matches: int = 0
    cut_start: bool = False
    cut_end: bool = False

    def take(self, matches: Sequence[Match]) -> None:
        """Count these matches in."""
        self.matches += len(matches)
        for match in matches:
            self.leaves |= match.leaves


def passages_of(text: str, matches: list[Match], max_chars: int) -> Iterator[Passage]:
    """Passages with matches, in order and without overlap: one or more sentences, or parts of a long one."""
    at = 0
    while at < len(matches):
        start, end = _paragraph(text, matches[at].start)
        until = bisect_left(matches, end, at, key=lambda match: match.start)
        yield from _passages_of_paragraph(text, (start, end), matches[at:until], max_chars)
        at = until


def _paragraph(text: str, place: int) -> tuple[int, int]:
    """The paragraph around a place, without the white space at its ends."""
    before = text.rfind(PARAGRAPH, 0, place)
    after = text.find(PARAGRAPH, place)
    start = 0 if before < 0 else before + len(PARAGRAPH)
    end = len(text) if after < 0 else after
    paragraph = text[start:end]
    return end - len(paragraph.lstrip()), start + len(paragraph.rstrip())


def _passages_of_paragraph(
    text: str, paragraph: tuple[int, int], matches: list[Match], max_chars: int
) -> Iterator[Passage]:
    passage: Passage | None = None
    at = 0
    for start, end in _unbroken(sentences(text, *paragraph), matches):
        until = at
        while until < len(matches) and matches[until].start < end:
            until += 1
        here, at = matches[at:until], until
        # A neighbour without a match is context, for a passage that is short.
        short = passage and passage.end - passage.start < max_chars // 2
        if passage and (here or short) and end - passage.start <= max_chars:
            passage.end = end
            passage.take(here)
            continue
        if passage:
            yield passage
            passage = None
        if here and end - start <= max_chars:
            passage = Passage(start, end)
            passage.take(here)
        elif here:
            yield from _cut(text, start, end, here, max_chars)
        if at == len(matches) and not passage:
            return
    if passage:
        yield passage


def _unbroken(sentences: Iterator[tuple[int, int]], matches: list[Match]) -> Iterator[tuple[int, int]]:
    """The sentences, put together where a phrase runs from one into the next."""
    at = 0
    first: int | None = None
    for start, end in sentences:
        first = start if first is None else first
        while at < len(matches) and matches[at].end <= end:
            at += 1
        if at == len(matches) or matches[at].start >= end:
            yield first, end
            first = None


# Rather a few characters more than an ellipsis for one word.
_NEAR_START = 20
_SPACES = re.compile(r"\s*")


def _cut(text: str, start: int, end: int, matches: list[Match], max_chars: int) -> Iterator[Passage]:
    """Parts of a sentence that is too long: matches that are near each other, and as much around them on both sides."""
    spans = [_whole_chunks(text, match, start, end, max_chars // 2) for match in matches]
    at, lower = 0, start  # `lower` is where a word begins
    while at < len(matches):
        first = max(lower, spans[at][0])
        until = at + 1
        while until < len(matches) and spans[until][1] - first <= max_chars * 3 // 4:
            until += 1
        last = max(span[1] for span in spans[at:until])
        left = max(lower, first - max(0, max_chars - (last - first)) // 2)
        left = lower if left - lower < _NEAR_START else left
        right = min(end, max(last, left + max_chars))
        if right == end:
            left = max(lower, min(left, end - max_chars))
        if left > lower:
            left = _word_start(text, left, first)
        while until < len(matches) and spans[until][1] <= right:
            last = max(last, spans[until][1])
            until += 1
        if until < len(matches):
            right = max(last, min(right, spans[until][0]))
        if right < end:
            right = _word_end(text, last, right)
        if right - left > 2 * max_chars:  # a phrase that overlaps itself, mali mali mali …, is one match
            right = _word_end(text, left + max_chars, left + 2 * max_chars)
        passage = Passage(left, right, cut_start=left > start, cut_end=right < end)
        passage.take(matches[at:until])
        yield passage
        at, lower = until, _SPACES.match(text, right).end()  # type: ignore[union-attr]  # it can be empty


def _whole_chunks(text: str, match: Match, start: int, end: int, reach: int) -> tuple[int, int]:
    """The match with the rest of its chunks: l’ before ONU, the comma after it. Not what is further than `reach`."""
    first, last = match.start, match.end
    while first > max(start, match.start - reach) and not _breaks(text[first - 1]):
        first -= 1
    while last < min(end, match.end + reach) and not _breaks(text[last]):
        last += 1
    return (
        first if first == start or _breaks(text[first - 1]) else match.start,
        last if last == end or _breaks(text[last]) else match.end,
    )


# A no-break space holds together « mots », 2 100 and 5 %; so does a plain one in a number.
_NO_BREAKS = "\u00a0\u202f\u2009"
_BREAK = re.compile(rf"(?:(?<![0-9])|(?!\s[0-9]{{3}}))[^\S{_NO_BREAKS}]+")


def _breaks(char: str) -> bool:
    return char.isspace() and char not in _NO_BREAKS


def _word_start(text: str, place: int, limit: int) -> int:
    """The first place from `place` on where a word begins, up to `limit`, where one does."""
    found = _BREAK.search(text, place - 1, limit)
    return found.end() if found else limit


def _word_end(text: str, limit: int, place: int) -> int:
    """The last place up to `place` where a word ends, from `limit` on, where one does."""
    ends = [found.start() for found in _BREAK.finditer(text, limit, place + 1)]
    return ends[-1] if ends else limit


def choose(passages: list[Passage], count: int) -> list[Passage]:
    """The passages to show, in the order of the text: each adds the most to those before it."""
    chosen: list[Passage] = []
    shown = 0
    while passages and len(chosen) < count:
        best = max(
            range(len(passages)),
            key=lambda place: (
                (passages[place].leaves & ~shown).bit_count(),
                passages[place].leaves.bit_count(),
                passages[place].matches,
                -place,
            ),
        )
        shown |= passages[best].leaves
        chosen.append(passages.pop(best))
    return sorted(chosen, key=lambda passage: passage.start)


def lead_of(text: str, max_chars: int) -> Passage | None:
    """The first sentences of the text, for a hit that has its matches elsewhere; None for an empty text."""
    start = len(text) - len(text.lstrip())
    if start == len(text):
        return None
    _, paragraph_end = _paragraph(text, start)
    lead: Passage | None = None
    for first, end in sentences(text, start, min(paragraph_end, start + 2 * max_chars)):
        if end - start > max_chars:
            break
        lead = Passage(first if lead is None else start, end)
    if lead:
        return lead
    end = _word_end(text, start, start + max_chars)
    return Passage(start, end if end > start else start + max_chars, cut_end=True)


def render(text: str, passage: Passage, matches: list[Match]) -> Fragment:
    """The passage in pieces, with an ellipsis at each cut end."""
    before = [(f"{ELLIPSIS} ", False)] if passage.cut_start else []
    after = [(f" {ELLIPSIS}", False)] if passage.cut_end else []
    return (*before, *pieces_of(text, passage.start, passage.end, matches), *after)


def pieces_of(text: str, start: int, end: int, matches: list[Match]) -> Iterator[Piece]:
    place = start
    at = bisect_left(matches, start, key=lambda match: match.start)
    until = bisect_left(matches, end, at, key=lambda match: match.start)
    for match in matches[at:until]:
        if match.start > place:
            yield text[place : match.start], False
        place = min(match.end, end)
        yield text[match.start : place], True
    if place < end:
        yield text[place:end], False
