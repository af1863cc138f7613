"""Finding what a query asked in a text.

The sieve names the few chunks of a text that may hold something asked; a Marker analyses each distinct one once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indexer.french import Analyzer, Words, glued
from indexer.highlight.passages import Match, choose, lead_of, pieces_of, render
from indexer.highlight.sieve import Sieve
from indexer.model import PARAGRAPH_END, Fragment
from indexer.query.tree import Leaf, Near, Node, Phrase, Prefix, Word, positive_leaves

# A longer chunk is data, not prose: nothing is marked in it, and it is not analysed for each request.
_DATA_CHARS = 10_000
_CHUNK = re.compile(r"\S+")
# Fragments are chosen among so many matches when these hold everything asked, and never among more than that.
_ENOUGH_MATCHES = 1_000
_MAX_MATCHES = 20_000

_Sequence = tuple[tuple[str, ...], int]


class _Asked(NamedTuple):
    """A word of a chunk with what it was asked by: `leaves` for itself, `phrases` that may begin with it.

    Places are relative to the chunk; it is its word number `at`.
    """

    start: int
    end: int
    leaves: int
    phrases: tuple[_Sequence, ...]
    at: int


class Marker:
    """Marks what the positive leaves of a query ask: words that share a surface or a stem, phrases where they stand in
    full, prefixes, the words of a Near. Threads may share it.
    """

    def __init__(self, asked: Node | Iterable[Leaf], analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._surfaces: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        self._phrases: dict[str, tuple[_Sequence, ...]] = {}  # by first word
        bits: dict[object, int] = {}
        for leaf in asked if isinstance(asked, Iterable) else positive_leaves(asked):
            # The phrase and the joined form of one compound have one text, and count as one thing found.
            name = leaf.text if isinstance(leaf, Word | Phrase) else leaf
            self._add(leaf, bits.setdefault(name, 1 << len(bits)))
        self._all = (1 << len(bits)) - 1
        self._sieve = Sieve(analyzer, {*self._surfaces, *self._phrases}, self._stems, tuple(self._prefixes))
        sequences = [word for phrases in self._phrases.values() for words, _ in phrases for word in words]
        self._numeric = any(map(str.isdigit, "".join((*self._surfaces, *self._stems, *self._prefixes, *sequences))))
        self._words: dict[str, Words] = {}
        self._known: dict[str, Sequence[_Asked]] = {}

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
                self._phrases[leaf.words[0]] = (*self._phrases.get(leaf.words[0], ()), (leaf.words, bit))
            case Prefix():
                self._prefixes[leaf.prefix] = self._prefixes.get(leaf.prefix, 0) | bit
        for surface in surfaces:
            self._surfaces[surface] = self._surfaces.get(surface, 0) | bit

    def mark(self, text: str) -> Fragment:
        """The whole text in pieces; the pieces in a row are the text."""
        return self.mark_all((text,))[0]

    def mark_all(self, texts: Sequence[str]) -> list[Fragment]:
        """The whole of each text in pieces, as `mark` does: quicker than one by one."""
        found = zip(texts, self._matches(texts), strict=True)
        return [tuple(pieces_of(text, 0, len(text), matches)) for text, matches in found]

    def fragments(self, text: str, *, count: int = 3, max_chars: int = 240) -> tuple[Fragment, ...]:
        """See `passages`."""
        found = self.passages((text,), count=count, max_chars=max_chars)[0]
        return tuple(fragment for _, fragment in found)

    def passages(
        self, texts: Sequence[str], *, count: int = 3, max_chars: int = 240
    ) -> list[tuple[tuple[int, Fragment], ...]]:
        """Of each text up to `count` fragments of about `max_chars` characters, in its order, without overlap.

        A fragment is whole sentences of one paragraph, or the part of a long sentence around its matches, cut between
        words and with an ellipsis, as a piece of its own, at each cut end. Those with most of what is not shown yet
        are chosen first, then those with most different matches, then most matches, then the earlier. A text without a
        match gives its first sentences, an empty one nothing. Only a chunk of over `max_chars` / 2 is ever cut inside.
        With each comes the place in the text of its first match, else of its beginning.
        """
        found = zip(texts, self._matches(texts), strict=True)
        return [self._passages(text, self._enough(matches), count, max_chars) for text, matches in found]

    def _passages(
        self, text: str, matches: Sequence[Match], count: int, max_chars: int
    ) -> tuple[tuple[int, Fragment], ...]:
        if not matches:
            lead = lead_of(text, max_chars)
            return ((lead.start, render(text, lead)),) if lead else ()
        chosen = choose(text, matches, count, max_chars)
        return tuple([(passage.matches[0][0], render(text, passage)) for passage in chosen])

    def _enough(self, matches: list[Match]) -> list[Match]:
        """The matches to choose fragments from: all, but of very many the first that show every leaf."""
        if len(matches) <= _ENOUGH_MATCHES:
            return matches
        shown = 0
        for number, (_, _, leaves) in enumerate(matches[:_MAX_MATCHES], start=1):
            shown |= leaves
            if number >= _ENOUGH_MATCHES and shown == self._all:
                return matches[:number]
        return matches[:_MAX_MATCHES]

    def _matches(self, texts: Sequence[str]) -> Iterator[list[Match]]:
        """Everything asked in each text, in order and without overlap: a phrase and its words are one match."""
        # They are looked through as one: a look costs as much as a line of text.
        joined = PARAGRAPH_END.join(texts)
        if self._numeric:
            joined = glued(joined)
        chunks = self._sieve.chunks(joined)
        base = first = 0
        for text in texts:
            end = base + len(text)
            last = bisect_left(chunks, (end, 0), first)
            yield _apart(self._matches_among(joined, chunks[first:last], base))
            base, first = end + len(PARAGRAPH_END), last

    def _matches_among(self, text: str, chunks: Iterable[tuple[int, int]], base: int) -> list[Match]:
        """Everything asked in some chunks of a text, in order; places are counted from `base`."""
        matches: list[Match] = []
        known = self._known
        for start, end in chunks:
            raw = text[start:end]
            asked = known.get(raw)
            if asked is None:
                asked = known[raw] = self._asked_in(raw)
            for first, last, leaves, phrases, at in asked:
                place = start - base
                if leaves:
                    matches.append((place + first, place + last, leaves))
                for words, bit in phrases:
                    if phrase_end := self._end_of_phrase(text, words, start, end, at):
                        matches.append((place + first, phrase_end - base, bit))
        return matches

    def _asked_in(self, raw: str) -> Sequence[_Asked]:
        if len(raw) > _DATA_CHARS:
            return ()
        words = self._words_of(raw)
        asked: list[_Asked] = []
        for at, word in enumerate(words.words):
            leaves = self._leaves(word.surface, word.stem)
            phrases: tuple[_Sequence, ...] = ()
            if self._phrases:
                phrases = tuple([phrase for form in word.surface for phrase in self._phrases.get(form, ())])
            if leaves or phrases:
                end = word.end
                # The last form is that of the whole compound: when it is what was asked, all of it is marked.
                if words.joined and at == 0 and self._leaves(word.surface[-1:], word.stem[1:]):
                    end = words.words[-1].end
                asked.append(_Asked(word.start, end, leaves, phrases, at))
        return asked

    def _leaves(self, forms: Iterable[str], stems: Iterable[str]) -> int:
        leaves = 0
        for form in forms:
            leaves |= self._surfaces.get(form, 0)
            for prefix, bit in self._prefixes.items():
                leaves |= bit if form.startswith(prefix) else 0
        for stem in stems:
            leaves |= self._stems.get(stem, 0)
        return leaves

    def _words_of(self, raw: str) -> Words:
        words = self._words.get(raw)
        if words is None:
            words = self._words[raw] = self._analyzer.chunk(raw[:_DATA_CHARS])
        return words

    def _end_of_phrase(self, text: str, phrase: tuple[str, ...], start: int, end: int, at: int) -> int:
        """Where the phrase ends that begins with word `at` of this chunk; 0 when it does not stand there."""
        expected = 0
        while True:
            for word in self._words_of(text[start:end]).words[at:]:
                if phrase[expected] not in word.surface:
                    return 0
                expected += 1
                if expected == len(phrase):
                    return start + word.end
            following = _CHUNK.search(text, end)
            if not following or text.find(PARAGRAPH_END, end, following.start()) >= 0:
                return 0
            (start, end), at = following.span(), 0


def _apart(matches: list[Match]) -> list[Match]:
    """Matches in the order of their starts, those that overlap made one."""
    apart: list[Match] = []
    held = 0  # the end of the last
    for match in matches:
        start, end, leaves = match
        if start < held:
            first, _, others = apart.pop()
            end = max(held, end)
            match = first, end, others | leaves
        apart.append(match)
        held = end
    return apart
