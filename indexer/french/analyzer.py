"""The analysis of documents and queries alike: text → positions, each with its folded forms, their stems, its offsets.

Equal chunks are analysed once: on labour-law text 96.5 % of chunks are met again, so one
look-up replaces everything the other modules do. What is remembered is relative to the chunk; offsets cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from indexer.french.fold import fold
from indexer.french.lists import WordLists
from indexer.french.normalize import in_place, normalize
from indexer.french.stem import Stemmer, snowball_version
from indexer.french.tokenize import Tokenizer, split_chunks
from indexer.model import Position

# Raised with every change of code that gives any word another term; the lists have a digest of their own.
_CHAIN = 2
CHAIN_VERSION = f"{_CHAIN}-{snowball_version()}"

# 282 bytes an entry, some 80 MB when full; 18 MB of text hold 88,000 distinct chunks.
_MAX_REMEMBERED = 300_000
_DIGITS = frozenset("0123456789")
# Longer chunks are data or addresses, not met again.
_MAX_REMEMBERED_CHARS = 200


# Position(…) of a frozen dataclass sets each field through object.__setattr__: 1.2 µs, which was half the time of
# `analyze`. The descriptors of the slots do the same in 0.5 µs.
_new_position = Position.__new__
_set_surface = vars(Position)["surface"].__set__
_set_stem = vars(Position)["stem"].__set__
_set_start = vars(Position)["start"].__set__
_set_end = vars(Position)["end"].__set__


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a chunk: as Position, with places relative to the chunk."""

    surface: tuple[str, ...]
    stem: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """All words of a chunk; see Chunk for `joined`."""

    words: tuple[Word, ...]
    joined: bool


class Chunk(NamedTuple):
    """What white space separates: `text[start:end]` and the words in it, none for mere punctuation.

    `joined` is True for a compound (vice-président, S/RES/2690, #SauvonsLeMali, un.org): the last surface of its first
    word is then the form of the whole, and the chunk means `phrase(parts) OR joined`.
    """

    start: int
    end: int
    words: tuple[Word, ...]
    joined: bool


class Analyzer:
    """Analyses with one set of word lists. Threads may share it: what it remembers is only ever added to."""

    def __init__(self, lists: WordLists) -> None:
        self.lists = lists
        self._tokenizer = Tokenizer(lists)
        self._stemmer = Stemmer(lists)
        self._chunks: dict[str, Words] = {}
        self._stems: dict[str, str] = {}

    def words(self, text: str) -> Iterator[tuple[int, Words]]:
        """Each chunk's place and its words, which are shared between equal chunks: the fast way through a document."""
        remembered = self._chunks.get
        for start, raw in split_chunks(text):
            yield start, remembered(raw) or self._analyze(raw)

    def chunks(self, text: str) -> Iterator[Chunk]:
        """The chunks of the text, in order."""
        for start, raw in split_chunks(text):
            found = self._chunks.get(raw) or self._analyze(raw)
            yield Chunk(start, start + len(raw), found.words, found.joined)

    def analyze(self, text: str) -> list[Position]:
        """All positions of the text, in order."""
        positions: list[Position] = []
        remembered = self._chunks.get
        for start, raw in split_chunks(text):
            for word in (remembered(raw) or self._analyze(raw)).words:
                position = _new_position(Position)
                _set_surface(position, word.surface)
                _set_stem(position, word.stem)
                _set_start(position, start + word.start)
                _set_end(position, start + word.end)
                positions.append(position)
        return positions

    def is_stop_word(self, word: Position | Word) -> bool:
        """True when a query may pass over a word: every form it has is a stop word."""
        return self.lists.stop_words.issuperset(word.surface)

    def fold(self, word: str) -> str:
        """The surface of one plain word, as for the prefix `mot*`: only folded, whatever apostrophes it has."""
        return fold(normalize(word).text)

    def stem(self, form: str) -> str:
        """The stem of a folded form."""
        if form[:1] in _DIGITS:  # as the stemmer has it; numbers are not worth remembering
            return form
        stem = self._stems.get(form)
        if stem is None:
            stem = self._stemmer.stem(form)
            if len(self._stems) < _MAX_REMEMBERED:
                self._stems[form] = stem
        return stem

    def chunk(self, raw: str) -> Words:
        """The words of one chunk, as `split_chunks` cuts them; equal chunks are worked out once."""
        return self._chunks.get(raw) or self._analyze(raw)

    def reduced(self, chunk: str) -> str | list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """What a chunk comes down to: a simpler chunk that has the same terms (`article` for `(l’article),`), else the
        surfaces and stems of each of its words, worked out and not remembered.
        """
        text = in_place(chunk) or normalize(chunk).text
        core = self._tokenizer.core(text)
        if core is None:
            tokens = self._tokenizer.scanned(text)
        elif core[1] != chunk:
            return core[1]
        else:
            tokens = self._tokenizer.of_core(core)
        return [(token.forms, self._stems_of(token.forms)) for token in tokens.words]

    def _stems_of(self, forms: tuple[str, ...]) -> tuple[str, ...]:
        if len(forms) == 1:
            return (self.stem(forms[0]),)
        return tuple(dict.fromkeys(map(self.stem, forms)))

    def _analyze(self, raw: str) -> Words:
        chunk = normalize(raw)
        tokens = self._tokenizer.tokens(chunk.text)
        words = tuple(
            Word(token.forms, self._stems_of(token.forms), *chunk.span(token.start, token.end))
            for token in tokens.words
        )
        found = Words(words, tokens.joined)
        if len(raw) <= _MAX_REMEMBERED_CHARS and len(self._chunks) < _MAX_REMEMBERED:
            self._chunks[raw] = found
        return found
