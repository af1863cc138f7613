"""What a query asked, marked in a text: whole titles and paragraphs, or the few fragments that show most of it.

A Marker is made once for a request and used for all its hits. It looks up each distinct chunk of a text once among
terms remembered from earlier requests, and touches only the chunks that hold something asked: ten texts of 3 KB are ten
calls of `str.split`, set operations, and a little work per match. No HTML here: a fragment is pieces of the text as the
author wrote it, each marked or not.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary, ref

from indexer.french import Analyzer, Words
from indexer.french.tokenize import split_chunks
from indexer.model import Fragment, Piece
from indexer.query.tree import Leaf, Near, Node, Phrase, Prefix, Word, positive_leaves

ELLIPSIS = "…"
_PARAGRAPH = "\n\n"


def mark(text: str, asked: Node | Iterable[Leaf], analyzer: Analyzer) -> Fragment:
    """The whole text in pieces, what a tree or leaves ask marked; the pieces in a row are the text."""
    return Marker(asked, analyzer).mark(text)


def fragments(
    text: str, asked: Node | Iterable[Leaf], analyzer: Analyzer, *, count: int = 3, max_chars: int = 240
) -> tuple[Fragment, ...]:
    """Up to `count` fragments of the text; see Marker.fragments."""
    return Marker(asked, analyzer).fragments(text, count=count, max_chars=max_chars)


# --- finding ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Match:
    """`text[start:end]` is one thing asked; `leaves` has the bit of each leaf that asked it."""

    start: int
    end: int
    leaves: int


class _Terms(dict[str, tuple[str, ...]]):
    """All terms of a chunk, surfaces and stems, remembered across requests: the quick way past most of a text."""

    # Some 150 bytes an entry, the terms themselves being shared with the analyzer's memory.
    _MAX_REMEMBERED = 50_000
    _MAX_REMEMBERED_CHARS = 200

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = ref(analyzer)  # weak: `_TERMS` would else keep its own keys alive

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        if len(chunk) > _DATA_CHARS:
            return ()
        analyzer = self._analyzer()
        assert analyzer is not None, "a Marker holds its analyzer"
        words = (word for _, found in analyzer.words(chunk) for word in found.words)
        terms = tuple(dict.fromkeys(term for word in words for term in (*word.surface, *word.stem)))
        if len(self) < self._MAX_REMEMBERED and len(chunk) <= self._MAX_REMEMBERED_CHARS:
            self[chunk] = terms
        return terms


_TERMS: WeakKeyDictionary[Analyzer, _Terms] = WeakKeyDictionary()

# A longer chunk is data, not prose: nothing is marked in it, and it is not analysed for each request.
_DATA_CHARS = 10_000
# Where the analysis may join chunks into one number, 2 100.
_PERHAPS_THOUSANDS = re.compile(r"[0-9]\s[0-9]{3}")
# Texts are read in blocks of whole paragraphs, to hold the words of one block at a time.
_BLOCK_CHARS = 1 << 16
# Fragments are chosen among so many matches when these hold everything asked, and never among more than that.
_ENOUGH_MATCHES = 1_000
_MAX_MATCHES = 20_000


class Marker:
    """Marks what the positive leaves of a query ask: words that share a surface or a stem, phrases where they stand in
    full, prefixes, the words of a Near. Threads may share it.
    """

    def __init__(self, asked: Node | Iterable[Leaf], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._terms = _TERMS.setdefault(analyzer, _Terms(analyzer))
        self._surfaces: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}  # by first word
        bits: dict[object, int] = {}
        for leaf in asked if isinstance(asked, Iterable) else positive_leaves(asked):
            # The phrase and the joined form of one compound have one text, and count as one thing found.
            name = leaf.text if isinstance(leaf, Word | Phrase) else leaf
            self._add(leaf, bits.setdefault(name, 1 << len(bits)))
        self._all = (1 << len(bits)) - 1
        self._wanted = frozenset((*self._surfaces, *self._stems, *self._phrases))
        sequences = [words for phrases in self._phrases.values() for words, _ in phrases]
        spelled = "".join((*self._wanted, *self._prefixes, *map("".join, sequences)))
        self._numeric = any(map(str.isdigit, spelled))

    def _add(self, leaf: Leaf, bit: int) -> None:
        surfaces: tuple[str, ...] = ()
        match leaf:
            case Word():
                surfaces = leaf.surfaces
                for stem in leaf.stems:
                    self._stems[stem] = self._stems.get(stem, 0) | bit
            case Near() | Phrase(words=(_,)):
                surfaces = leaf.words
            case Phrase() if leaf.words:
                self._phrases.setdefault(leaf.words[0], []).append((leaf.words, bit))
            case Prefix():
                self._prefixes[leaf.prefix] = self._prefixes.get(leaf.prefix, 0) | bit
        for surface in surfaces:
            self._surfaces[surface] = self._surfaces.get(surface, 0) | bit

    def mark(self, text: str) -> Fragment:
        """The whole text in pieces; the pieces in a row are the text."""
        return tuple(_pieces(text, 0, len(text), list(self._matches(text))))

    def fragments(self, text: str, *, count: int = 3, max_chars: int = 240) -> tuple[Fragment, ...]:
        """Up to `count` fragments of about `max_chars` characters, in the order of the text, without overlap.

        A fragment is whole sentences of one paragraph, or the part of a long sentence around its matches, cut between
        words and with an ellipsis, as a piece of its own, at each cut end. Those with most of what is not shown yet
        are chosen first, then those with most different matches, then most matches, then the earlier. A text without a
        match gives its first sentences, an empty one nothing. Only a chunk of over `max_chars` / 2 is ever cut inside.
        """
        matches = self._enough_matches(text)
        if not matches:
            lead = _lead(text, max_chars)
            return (_render(text, lead, []),) if lead else ()
        chosen = _choose(list(_passages(text, matches, max_chars)), count)
        return tuple(_render(text, passage, matches) for passage in chosen)

    def _matches(self, text: str) -> Iterator[_Match]:
        """Everything asked, in order and without overlap."""
        held: _Match | None = None
        start = 0 if self._wanted or self._prefixes else len(text)
        while start < len(text):
            end = text.find(_PARAGRAPH, start + _BLOCK_CHARS)
            end = len(text) if end < 0 else end
            for match in self._matches_of_block(text[start:end]):
                found = _Match(start + match.start, start + match.end, match.leaves)
                if held and found.start < held.end:
                    found = _Match(held.start, max(held.end, found.end), held.leaves | found.leaves)
                elif held:
                    yield held
                held = found
            start = end
        if held:
            yield held

    def _enough_matches(self, text: str) -> list[_Match]:
        """The matches to choose fragments from: all, but of a very long text the first that show every leaf."""
        matches: list[_Match] = []
        shown = 0
        for match in self._matches(text):
            matches.append(match)
            shown |= match.leaves
            if len(matches) >= _ENOUGH_MATCHES and (shown == self._all or len(matches) >= _MAX_MATCHES):
                break
        return matches

    def _matches_of_block(self, block: str) -> Iterator[_Match]:
        """The matches of some paragraphs, by their starts; a phrase and its words overlap."""
        chunks = _Chunks(block, self._analyzer, self._numeric)
        terms, nothing_of = self._terms, self._wanted.isdisjoint
        distinct = set(chunks.raw)
        hot = {raw for raw in distinct if not nothing_of(terms[raw])}
        if self._prefixes:
            prefixes = tuple(self._prefixes)
            hot |= {raw for raw in distinct if any(term.startswith(prefixes) for term in terms[raw])}
        if not hot:
            return
        spans = {raw: list(self._spans(chunks.words(raw))) for raw in hot}
        for index, start in chunks.places(hot):
            for first, last, leaves, phrases, at in spans[chunks.raw[index]]:
                if leaves:
                    yield _Match(start + first, start + last, leaves)
                for words, bit in phrases:
                    if end := chunks.end_of_phrase(words, index, start, at):
                        yield _Match(start + first, end, bit)

    def _spans(self, words: Words) -> Iterator[tuple[int, int, int, Sequence[tuple[tuple[str, ...], int]], int]]:
        """Start, end and leaves of each word of a chunk, the phrases that may begin there, and its number."""
        for at, word in enumerate(words.words):
            forms, stems, joined = word.surface, word.stem, 0
            if at == 0 and words.joined:
                # The last form is that of the whole compound: when it is what was asked, all of it is marked.
                joined = self._leaves(forms[-1:], stems[1:])
                forms, stems = forms[:-1], stems[:1]
            leaves = joined | self._leaves(forms, stems)
            phrases = [phrase for form in word.surface for phrase in self._phrases.get(form, ())]
            if leaves or phrases:
                yield word.start, words.words[-1].end if joined else word.end, leaves, phrases, at

    def _leaves(self, forms: Iterable[str], stems: Iterable[str]) -> int:
        leaves = 0
        for form in forms:
            leaves |= self._surfaces.get(form, 0)
            for prefix, bit in self._prefixes.items():
                leaves |= bit if form.startswith(prefix) else 0
        for stem in stems:
            leaves |= self._stems.get(stem, 0)
        return leaves


class _Chunks:
    """The chunks of a block, found again in it only where they are needed."""

    def __init__(self, block: str, analyzer: Analyzer, numeric: bool) -> None:
        self._block = block
        self._analyzer = analyzer
        self._words: dict[str, Words] = {}
        self._starts: list[int] | None = None
        if numeric and _PERHAPS_THOUSANDS.search(block):
            found = list(split_chunks(block))
            self._starts = [start for start, _ in found]
            self.raw = [raw for _, raw in found]
        else:  # without a number asked, it does not matter whether 2 100 is one
            self.raw = block.split()

    def words(self, raw: str) -> Words:
        """The words of a chunk."""
        found = self._words.get(raw)
        if found is None:
            known = self._analyzer.words(raw[:_DATA_CHARS])
            found = self._words[raw] = next(words for _, words in known)
        return found

    def places(self, wanted: set[str]) -> Iterator[tuple[int, int]]:
        """The number and the start of each chunk that is wanted, in order."""
        numbers = [number for number, raw in enumerate(self.raw) if raw in wanted]
        if self._starts is not None:
            yield from ((number, self._starts[number]) for number in numbers)
            return
        # No wanted chunk is passed over: the next place where this one stands between white space is its own.
        block, end = self._block, 0
        for number in numbers:
            raw = self.raw[number]
            start = block.find(raw, end)
            end = start + len(raw)
            while not _stands_alone(block, start, end):
                start = block.find(raw, start + 1)
                end = start + len(raw)
            yield number, start

    def end_of_phrase(self, phrase: Sequence[str], number: int, start: int, at: int) -> int:
        """Where the phrase ends that begins with word `at` of this chunk; 0 when it does not stand there."""
        block = self._block
        expected = 0
        while True:
            raw = self.raw[number]
            for word in self.words(raw).words[at:]:
                if phrase[expected] not in word.surface:
                    return 0
                expected += 1
                if expected == len(phrase):
                    return start + word.end
            end, number, at = start + len(raw), number + 1, 0
            if number == len(self.raw):
                return 0
            start = self._starts[number] if self._starts else block.find(self.raw[number], end)
            if block.find(_PARAGRAPH, end, start) >= 0:
                return 0


def _stands_alone(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())


# --- sentences -------------------------------------------------------------------------------------------------------

# After these a full stop ends no sentence; titles as written here only, « il me. » is no « Me Diallo ». Single capitals
# (J. Dupont, S.E.M.) are told by their shape.
_ABBREVIATION = re.compile(
    "(?i:av|bd|boul|cf|cit|coll|dir|dr|ed|env|ex|éd|hab|ibid|mgr|mlles?|mm|mmes?|op|pr|préf|suppl|tél|trad|vs)"
    "|Adj|Am|Cap|Cdt|Cne|Col|Gal|Gén|Lt|Me|Prof|Sgt|Ste?"
)
_BEFORE_NUMBER = re.compile(
    "(?i:al|arts?|avr|ch|chap|déc|fasc|févr?|fig|fol|janv|juil|l|nos?|n|nov|obs|oct|par|paragr|pp?|r|réf|sept|t|vol)"
)
_END = re.compile(r"""[.!?…]+(?:[ \u00a0\u202f]?»|["”’')\]])*\s+""")
_LAST_WORD = re.compile(r"""[^\s.,;:!?…'’()«»"/-]*$""")
_LOOK_BACK = 20
_ROMAN = re.compile("[IVXLC]+")
_NUMBER = re.compile(r"[0-9]|[IVXLC]+\b")


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of `text[start:end]`, a paragraph, without the white space around them."""
    first = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _goes_on(text, first, match):
            yield first, match.start() + len(match[0].rstrip())
            first = match.end()
    if first < end:
        yield first, end


def _goes_on(text: str, first: int, match: re.Match[str]) -> bool:
    """True when this sign does not end the sentence that began at `first`: M. Diop, « Quoi ? » dit-il, 1. Mandat."""
    following = text[match.end()]
    if following.islower() or following in "»”)]":
        return True
    sign = match.start()
    if match[0].rstrip() != ".":
        return False
    word = _LAST_WORD.search(text, max(first, sign - _LOOK_BACK), sign)
    last = unicodedata.normalize("NFC", word[0]) if word else ""
    if sign - first <= _LOOK_BACK and (last.isdigit() or _ROMAN.fullmatch(last)) and text[first:sign].strip() == last:
        return True  # the number of an item
    if _ABBREVIATION.fullmatch(last) or (len(last) == 1 and last.isupper()):
        return True
    return bool(_BEFORE_NUMBER.fullmatch(last) and _NUMBER.match(text, match.end()))


# --- passages --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Passage:
    """A part of a text that may become a fragment, with the leaves and the number of matches in it."""

    start: int
    end: int
    leaves: int = 0
    matches: int = 0
    cut_start: bool = False
    cut_end: bool = False

    def take(self, matches: Sequence[_Match]) -> None:
        """Count these matches in."""
        self.matches += len(matches)
        for match in matches:
            self.leaves |= match.leaves


def _passages(text: str, matches: list[_Match], max_chars: int) -> Iterator[_Passage]:
    """Passages with matches, in order and without overlap: one or more sentences, or parts of a long one."""
    at = 0
    while at < len(matches):
        start, end = _paragraph(text, matches[at].start)
        until = bisect_left(matches, end, at, key=lambda match: match.start)
        yield from _passages_of_paragraph(text, (start, end), matches[at:until], max_chars)
        at = until


def _paragraph(text: str, place: int) -> tuple[int, int]:
    """The paragraph around a place, without the white space at its ends."""
    before = text.rfind(_PARAGRAPH, 0, place)
    after = text.find(_PARAGRAPH, place)
    start = 0 if before < 0 else before + len(_PARAGRAPH)
    end = len(text) if after < 0 else after
    paragraph = text[start:end]
    return end - len(paragraph.lstrip()), start + len(paragraph.rstrip())


def _passages_of_paragraph(
    text: str, paragraph: tuple[int, int], matches: list[_Match], max_chars: int
) -> Iterator[_Passage]:
    passage: _Passage | None = None
    at = 0
    for start, end in _unbroken(_sentences(text, *paragraph), matches):
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
            passage = _Passage(start, end)
            passage.take(here)
        elif here:
            yield from _cut(text, start, end, here, max_chars)
        if at == len(matches) and not passage:
            return
    if passage:
        yield passage


def _unbroken(sentences: Iterator[tuple[int, int]], matches: list[_Match]) -> Iterator[tuple[int, int]]:
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


def _cut(text: str, start: int, end: int, matches: list[_Match], max_chars: int) -> Iterator[_Passage]:
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
        passage = _Passage(left, right, cut_start=left > start, cut_end=right < end)
        passage.take(matches[at:until])
        yield passage
        at, lower = until, _SPACES.match(text, right).end()  # type: ignore[union-attr]  # it can be empty


def _whole_chunks(text: str, match: _Match, start: int, end: int, reach: int) -> tuple[int, int]:
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


def _choose(passages: list[_Passage], count: int) -> list[_Passage]:
    """The passages to show, in the order of the text: each adds the most to those before it."""
    chosen: list[_Passage] = []
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


def _lead(text: str, max_chars: int) -> _Passage | None:
    """The first sentences of the text, for a hit that has its matches elsewhere; None for an empty text."""
    start = len(text) - len(text.lstrip())
    if start == len(text):
        return None
    _, paragraph_end = _paragraph(text, start)
    lead: _Passage | None = None
    for first, end in _sentences(text, start, min(paragraph_end, start + 2 * max_chars)):
        if end - start > max_chars:
            break
        lead = _Passage(first if lead is None else start, end)
    if lead:
        return lead
    end = _word_end(text, start, start + max_chars)
    return _Passage(start, end if end > start else start + max_chars, cut_end=True)


# --- pieces ----------------------------------------------------------------------------------------------------------


def _render(text: str, passage: _Passage, matches: list[_Match]) -> Fragment:
    """The passage in pieces, with an ellipsis at each cut end."""
    before = [(f"{ELLIPSIS} ", False)] if passage.cut_start else []
    after = [(f" {ELLIPSIS}", False)] if passage.cut_end else []
    return (*before, *_pieces(text, passage.start, passage.end, matches), *after)


def _pieces(text: str, start: int, end: int, matches: list[_Match]) -> Iterator[Piece]:
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
