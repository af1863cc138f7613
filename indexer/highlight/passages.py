"""Which parts of a text to show: whole sentences around what was found, chosen for what they add to each other."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indexer.highlight.sentences import sentences
from indexer.model import PARAGRAPH_END, Fragment, Piece

ELLIPSIS = "…"


# Start and end of one thing asked, and the bits of the leaves that asked it. (A plain tuple, as a page has a hundred.)
Match = tuple[int, int, int]


class Passage(NamedTuple):
    """A part of a text that may become a fragment, with what was found in it."""

    start: int
    end: int
    matches: Sequence[Match] = ()
    cut_start: bool = False
    cut_end: bool = False


# A passage with matches, or a whole paragraph that is not cut into some yet: how many leaves and matches it has, both
# negative, itself, the bits of its leaves, and whether it is whole. Of two the lesser shows more; no passage shows more
# than its paragraph.
_Candidate = tuple[int, int, Passage, int, bool]


def choose(text: str, matches: Sequence[Match], count: int, max_chars: int) -> list[Passage]:
    """Up to `count` passages with matches, in the order of the text and without overlap: each adds the most to those
    before it, then has most different matches, then most matches. Only paragraphs that come up are cut into passages:
    of a hit of 16 KB a few in fifty. (Each one cut is a look at all that is left: a text of megabytes takes long.)"""
    paragraphs = _paragraphs(text, matches)
    if len(matches) <= count:  # a passage has one at least
        return [passage for _, _, paragraph, *_ in paragraphs for passage in _passages(text, paragraph, max_chars)]
    ranked = sorted(paragraphs)
    missing = 0
    for _, _, _, leaves, _ in ranked:
        missing |= leaves
    chosen: list[Passage] = []
    while ranked and len(chosen) < count:
        best = ranked[0]
        if missing & ~best[3]:
            best = max(ranked, key=lambda one: (one[3] & missing).bit_count())
        ranked.remove(best)
        _, _, passage, leaves, whole = best
        if whole:
            passage, *others = _passages(text, passage, max_chars)
            if others:
                for one in (passage, *others):
                    insort(ranked, _candidate(one))
                continue
        missing &= ~leaves
        chosen.append(passage)
    return sorted(chosen)


def _candidate(passage: Passage) -> _Candidate:
    leaves = 0
    for _, _, bits in passage.matches:
        leaves |= bits
    return -leaves.bit_count(), -len(passage.matches), passage, leaves, False


def _paragraphs(text: str, matches: Sequence[Match]) -> Iterator[_Candidate]:
    """Each paragraph in which there are matches."""
    at = 0
    while at < len(matches):
        place, _, leaves = matches[at]
        start, end = _paragraph(text, place)
        until = at + 1
        while until < len(matches) and matches[until][0] < end:
            leaves |= matches[until][2]
            until += 1
        yield -leaves.bit_count(), at - until, Passage(start, end, matches[at:until]), leaves, True
        at = until


def _paragraph(text: str, place: int) -> tuple[int, int]:
    """The paragraph around a place, without the white space at its ends."""
    before = text.rfind(PARAGRAPH_END, 0, place)
    after = text.find(PARAGRAPH_END, place)
    start = 0 if before < 0 else before + len(PARAGRAPH_END)
    end = len(text) if after < 0 else after
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


def _passages(text: str, paragraph: Passage, max_chars: int) -> Iterator[Passage]:
    """The passages of a paragraph: one or more sentences, or parts of a long one."""
    matches = paragraph.matches
    begun: tuple[int, int] | None = None  # where the passage at hand begins, and its first match
    passage_end = 0
    first: int | None = None
    at = until = 0
    for start, end in sentences(text, paragraph.start, paragraph.end):
        if end - start == paragraph.end - paragraph.start:  # one sentence, as of most paragraphs
            yield from (paragraph,) if end - start <= max_chars else _cut(text, start, end, matches, max_chars)
            return
        first = start if first is None else first
        while until < len(matches) and matches[until][0] < end:
            until += 1
        if until > at and matches[until - 1][1] > end:
            continue  # a phrase runs from this sentence into the next: they are one
        # A neighbour without a match is context, for a passage that is short.
        if begun and (until > at or passage_end - begun[0] < max_chars // 2) and end - begun[0] <= max_chars:
            passage_end = end
        else:
            if begun:
                yield Passage(begun[0], passage_end, matches[begun[1] : at])
                begun = None
            if until > at and end - first <= max_chars:
                begun, passage_end = (first, at), end
            elif until > at:
                yield from _cut(text, first, end, matches[at:until], max_chars)
        at, first = until, None
        if at == len(matches) and not (begun and passage_end - begun[0] < max_chars // 2):
            break
    if begun:
        yield Passage(begun[0], passage_end, matches[begun[1] : at])


# Rather a few characters more than an ellipsis for one word.
_NEAR_START = 20
_SPACES = re.compile(r"\s*")


def _cut(text: str, start: int, end: int, matches: Sequence[Match], max_chars: int) -> Iterator[Passage]:
    """Parts of a sentence that is too long: matches that are near each other, and as much around them on both sides."""
    spans = [_whole_chunks(text, match, start, end, max_chars // 2) for match in matches]
    at, lower = 0, start  # `lower` is where a word begins
    while at < len(matches):
        first = max(lower, spans[at][0])
        until = at + 1
        while until < len(matches) and spans[until][1] - first <= max_chars * 3 // 4:
            until += 1
        last = max([span[1] for span in spans[at:until]])
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
        yield Passage(left, right, matches[at:until], cut_start=left > start, cut_end=right < end)
        at, lower = until, _SPACES.match(text, right).end()  # type: ignore[union-attr]  # it can be empty


def _whole_chunks(text: str, match: Match, start: int, end: int, reach: int) -> tuple[int, int]:
    """The match with the rest of its chunks: l’ before ONU, the comma after it. Not what is further than `reach`."""
    match_start, match_end, _ = match
    first, last = match_start, match_end
    while first > max(start, match_start - reach) and not _breaks(text[first - 1]):
        first -= 1
    while last < min(end, match_end + reach) and not _breaks(text[last]):
        last += 1
    return (
        first if first == start or _breaks(text[first - 1]) else match_start,
        last if last == end or _breaks(text[last]) else match_end,
    )


# As far as one looks back for the end of a word at first.
_LONG_WORD = 30
# A no-break space holds together « mots », 2 100 and 5 %; so does a plain one in a number. (The pattern begins with one
# character, as in sieve.py: it is found sooner.)
_NO_BREAKS = "\u00a0\u202f\u2009"
_BREAK = re.compile(rf"[^\S{_NO_BREAKS}](?:(?<![0-9]\s)|(?![0-9]{{3}}))[^\S{_NO_BREAKS}]*")


def _breaks(char: str) -> bool:
    return char.isspace() and char not in _NO_BREAKS


def _word_start(text: str, place: int, limit: int) -> int:
    """The first place from `place` on where a word begins, up to `limit`, where one does."""
    found = _BREAK.search(text, place - 1, limit)
    return found.end() if found else limit


def _word_end(text: str, limit: int, place: int) -> int:
    """The last place up to `place` where a word ends, from `limit` on, where one does."""
    for start in (max(limit, place - _LONG_WORD), limit):
        ends = [found.start() for found in _BREAK.finditer(text, start, place + 1)]
        if ends and ends[-1] > start:  # at `start` itself, the white space may have begun before
            return ends[-1]
    return limit


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


def render(text: str, passage: Passage) -> Fragment:
    """The passage in pieces, with an ellipsis at each cut end."""
    pieces = pieces_of(text, passage.start, passage.end, passage.matches)
    if passage.cut_start:
        pieces.insert(0, (f"{ELLIPSIS} ", False))
    if passage.cut_end:
        pieces.append((f" {ELLIPSIS}", False))
    return tuple(pieces)


def pieces_of(text: str, start: int, end: int, matches: Iterable[Match]) -> list[Piece]:
    """`text[start:end]` in pieces, the matches that begin in it marked."""
    pieces: list[Piece] = []
    place = start
    for match_start, match_end, _ in matches:
        if match_start >= end:
            break
        if match_start > place:
            pieces.append((text[place:match_start], False))
        place = min(match_end, end)
        pieces.append((text[match_start:place], True))
    if place < end:
        pieces.append((text[place:end], False))
    return pieces
