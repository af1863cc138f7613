"""What the texts of a collection say next: the words that follow some others, as their authors wrote them.

Postings know where a word is, not which word comes after it: a few of the documents that have the words are read for
that. The sieve says where to look in a text, and the analysis what stands there.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.engines.collection import Collection
from indexer.engines.lists import TermList
from indexer.engines.positions import phrase_positions
from indexer.french import Analyzer
from indexer.highlight.sieve import Sieve

# Words in a row, by their surfaces.
Words = tuple[str, ...]

# Words that an expression may have after those asked, and the characters that mostly hold them.
_MORE = 4
_AHEAD = 60
# A text of so few characters, as titles are, is analysed as fast as it is looked through.
_SHORT = 120
# Characters of a word, and of what may begin a sentence before it.
_BEHIND = 18
_LOOK_BACK = 8
# What no expression goes across: any sign but spaces, hyphens and apostrophes (congés d’ancienneté).
_HELPING = frozenset(("est", "etre", "avoir", "aller", "devoir", "faire", "falloir", "pouvoir", "venir", "vouloir"))
_BREAK = re.compile(r"[^\w\s'’‑-]|\n")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;•|«\n])[\W_]*$")


@dataclass(slots=True)
class Seen:
    """An expression met in texts: in which documents, and how it is written there."""

    documents: set[int] = field(default_factory=set)
    inside: Counter[str] = field(default_factory=Counter)
    # Where a sentence or a title begins a capital says nothing.
    leading: Counter[str] = field(default_factory=Counter)

    def add(self, document: int, written: str, leading: bool) -> None:
        """One place more."""
        self.documents.add(document)
        (self.leading if leading else self.inside)[written] += 1

    @property
    def text(self) -> str:
        """As most often written inside of sentences."""
        return _commonest(self.inside) if self.inside else _uncapitalized(_commonest(self.leading))


def _commonest(written: Counter[str]) -> str:
    return min(written, key=lambda text: (-written[text], text))


def _uncapitalized(text: str) -> str:
    """« Congé parental » as inside a sentence; a first word with another capital stays (CDD)."""
    first = text.split(" ", 1)[0]
    return text[0].lower() + text[1:] if first[1:].islower() or len(first) == 1 else text


class Texts:
    """The titles and bodies of one collection, to be read in parts."""

    def __init__(self, collection: Collection, analyzer: Analyzer) -> None:
        self._collection = collection
        self._analyzer = analyzer

    def following(
        self, words: Words, titles: Iterable[int], bodies: Iterable[int], lists: Sequence[TermList]
    ) -> dict[Words, Seen]:
        """The expressions that begin with these words, the words alone included, in these titles and bodies.

        `lists` are the postings of the words in bodies. No expression ends with a stop word or goes across signs.
        """
        reading = _Reading(self._analyzer, words)
        for document in titles:
            reading.read(self._title(document), document)
        for document in bodies:
            reading.read(self._body(document, lists), document)
        return reading.found

    def _title(self, document: int) -> str:
        part, own = self._collection.locate(document)
        return part.stored.opening(own)[0]

    def _body(self, document: int, lists: Sequence[TermList]) -> str:
        """The text of a document, or of a long one the first piece in which the words stand."""
        part, own = self._collection.locate(document)
        pieces = part.stored.pieces(own)
        if len(pieces) == 1:
            return part.stored.opening(own)[1]
        places = phrase_positions(lists, document)[:1]
        found = part.stored.first_positions(own).searchsorted(places, "right") - 1
        return "".join(part.stored.text(pieces[place]) for place in found.tolist())


class _Met(NamedTuple):
    """A word of a text: its surface and its place."""

    surface: str
    start: int
    end: int


class _Reading:
    """Collects what follows some words in a row."""

    def __init__(self, analyzer: Analyzer, words: Words) -> None:
        self.found: dict[Words, Seen] = defaultdict(Seen)
        self._analyzer = analyzer
        self._words = words
        # The longest word, which is mostly the rarest, is what is looked for.
        self._before = max(range(len(words)), key=lambda number: len(words[number]))
        self._sieve = Sieve(analyzer, (words[self._before],), (), ())

    def read(self, text: str, document: int) -> None:
        """Add what follows the words in a text, where they first stand."""
        if len(text) <= _SHORT:
            self._look(text, 0, len(text), document)
            return
        for start, end in self._sieve.chunks(text):
            there = self._is_there(text, start, end)
            if there and self._look(text, self._first(text, start), _window_end(text, end), document):
                return

    def _look(self, text: str, start: int, end: int, document: int) -> bool:
        """Add what follows the words in a stretch of a text; whether they are there."""
        met = list(self._met(text, start, end))
        place = _place(met, self._words)
        if place >= 0:
            self._add(text, met[place:], document)
        return place >= 0

    def _is_there(self, text: str, start: int, end: int) -> bool:
        """Whether a chunk is the word looked for, and those before it stand there: a glance at few words tells."""
        if self._before:
            met = list(self._met(text, self._first(text, start), end))
            return _place(met, self._words[: self._before + 1]) >= 0
        return any(word.surface[0] == self._words[0] for word in self._analyzer.chunk(text[start:end]).words)

    def _first(self, text: str, start: int) -> int:
        """Where a stretch begins that holds the words before the one at `start`."""
        back = start - _BEHIND * self._before
        return start if back == start else text.find(" ", back, start) + 1 if back > 0 else 0

    def _met(self, text: str, start: int, end: int) -> Iterator[_Met]:
        """The words of a stretch of text."""
        for place, chunk in self._analyzer.words(text[start:end]):
            for word in chunk.words:
                yield _Met(word.surface[0], start + place + word.start, start + place + word.end)

    def _add(self, text: str, met: Sequence[_Met], document: int) -> None:
        size, begin = len(self._words), met[0].start
        leading = _SENTENCE_START.search(text, max(0, begin - _LOOK_BACK), begin) is not None
        for end in range(1, min(size + _MORE, len(met)) + 1):
            last = met[end - 1]
            if end > 1 and _BREAK.search(text, met[end - 2].end, last.start):
                return
            if end >= size and not is_dull(last.surface, self._analyzer):
                written = " ".join(text[begin : last.end].split()).replace("'", "’")
                self.found[tuple(word.surface for word in met[:end])].add(document, written, leading)


def is_dull(surface: str, analyzer: Analyzer) -> bool:
    """True for a word that no expression ends with: a letter, a stop word, a form of a verb that helps others."""
    return len(surface) == 1 or surface in analyzer.lists.stop_words or analyzer.stem(surface) in _HELPING


def _window_end(text: str, end: int) -> int:
    """Where the stretch ends that begins before the end of a word: with the paragraph, or after some words."""
    most = end + _AHEAD
    line_end = text.find("\n", end, most)
    if line_end >= 0:
        return line_end
    return max(text.rfind(" ", end, most), end) if most < len(text) else len(text)


def _place(met: Sequence[_Met], words: Words) -> int:
    """Where the words stand in a row among others; -1 when they do not."""
    for place in range(len(met) - len(words) + 1):
        if all(met[place + number].surface == word for number, word in enumerate(words)):
            return place
    return -1
