"""Finding what a query asked in a text.

A Marker looks up each distinct chunk of a text once among terms remembered from earlier requests, and touches only the
chunks that hold something asked: ten texts of 3 KB are ten calls of `str.split`, set operations, and a little work per
match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from weakref import WeakKeyDictionary, ref

from indexer.french import Analyzer, Words, split_chunks
from indexer.highlight.passages import PARAGRAPH, Match, choose, lead_of, passages_of, pieces_of, render
from indexer.model import Fragment
from indexer.query.tree import Leaf, Near, Node, Phrase, Prefix, Word, positive_leaves


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
        return tuple(pieces_of(text, 0, len(text), list(self._matches(text))))

    def fragments(self, text: str, *, count: int = 3, max_chars: int = 240) -> tuple[Fragment, ...]:
        """Up to `count` fragments of about `max_chars` characters, in the order of the text, without overlap.

        A fragment is whole sentences of one paragraph, or the part of a long sentence around its matches, cut between
        words and with an ellipsis, as a piece of its own, at each cut end. Those with most of what is not shown yet
        are chosen first, then those with most different matches, then most matches, then the earlier. A text without a
        match gives its first sentences, an empty one nothing. Only a chunk of over `max_chars` / 2 is ever cut inside.
        """
        matches = self._enough_matches(text)
        if not matches:
            lead = lead_of(text, max_chars)
            return (render(text, lead, []),) if lead else ()
        chosen = choose(list(passages_of(text, matches, max_chars)), count)
        return tuple(render(text, passage, matches) for passage in chosen)

    def _matches(self, text: str) -> Iterator[Match]:
        """Everything asked, in order and without overlap."""
        held: Match | None = None
        start = 0 if self._wanted or self._prefixes else len(text)
        while start < len(text):
            end = text.find(PARAGRAPH, start + _BLOCK_CHARS)
            end = len(text) if end < 0 else end
            for match in self._matches_of_block(text[start:end]):
                found = Match(start + match.start, start + match.end, match.leaves)
                if held and found.start < held.end:
                    found = Match(held.start, max(held.end, found.end), held.leaves | found.leaves)
                elif held:
                    yield held
                held = found
            start = end
        if held:
            yield held

    def _enough_matches(self, text: str) -> list[Match]:
        """The matches to choose fragments from: all, but of a very long text the first that show every leaf."""
        matches: list[Match] = []
        shown = 0
        for match in self._matches(text):
            matches.append(match)
            shown |= match.leaves
            if len(matches) >= _ENOUGH_MATCHES and (shown == self._all or len(matches) >= _MAX_MATCHES):
                break
        return matches

    def _matches_of_block(self, block: str) -> Iterator[Match]:
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
                    yield Match(start + first, start + last, leaves)
                for words, bit in phrases:
                    if end := chunks.end_of_phrase(words, index, start, at):
                        yield Match(start + first, end, bit)

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
            if block.find(PARAGRAPH, end, start) >= 0:
                return 0


def _stands_alone(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())
