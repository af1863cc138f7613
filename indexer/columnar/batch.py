"""Documents made ready for the index: analysed, cut and encoded. The part of writing that can run in any process.

A word here is what the analysis finds at one position: its surfaces and their stems. A batch lists its distinct words
once, as text, and has a number for each position, so it is small to send and quick to take in. Chunks that were met
before cost one look-up in a dict, which is nearly all of them; everything after that is array arithmetic.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.columnar.arrays import Array, places_within, sums_of
from indexer.columnar.sketch import sketches, word_hash
from indexer.columnar.stored import Head, cut, pages_by_piece, paragraphs_by_piece
from indexer.documents import Entry
from indexer.french import Analyzer, Pair, WordLists, bare_chunks, find_pairs
from indexer.french.mentions import mentions_of

# Inside the text of a word table: white space of a kind that no chunk, hence no term, holds.
TERM_END, FORM_END, WORD_END = "\t", "\x1f", "\n"

# The memo of a preparer starts anew past so many chunks or characters: some 60 MB. 18 MB of text hold 88,000 distinct
# chunks; what is past the bounds is data or addresses, not met again.
_MOST_CHUNKS = 300_000
_MOST_CHARACTERS = 8_000_000
# Chunks looked up at once, while they are in the processor's cache.
_SLICE = 1_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of many stretches of text (titles, or pieces of bodies), one after the other.

    `words` has the number of each word (int32), `counts` how many words each stretch has (int64).
    """

    words: Array
    counts: Array

    def only(self, keep: Array) -> Tokens:
        """The stretches for which `keep` is True."""
        return Tokens(self.words[np.repeat(keep, self.counts)], self.counts[keep])


@dataclass(frozen=True, slots=True)
class WordBatch:
    """Analysed documents, in the order of their entries. Everything in it is bytes or plain arrays.

    `words` lists the distinct words: each is its surfaces, then its stems (see WORD_END), in UTF-8. `titles` has a
    stretch for each document, `bodies` one for each piece of text, `piece_counts` says how many pieces each document
    has. `texts` has the bytes of each piece, `heads` those of each document's head. `title_keys` order documents by
    title, `types`, `formats`, `languages`, `dates` (keys, 0 unknown), `digests` (32 bytes each) and
    `sketches` (rows of bytes) are columns.
    `sigles` has the pairs that a document explains, behind the number of the document; `mentions` a row for each date
    that one names: its number and the key of the date (int64). None when these are not looked for.
    """

    words: bytes
    titles: Tokens
    bodies: Tokens
    piece_counts: Array
    texts: tuple[bytes, ...]
    heads: tuple[bytes, ...]
    title_keys: tuple[bytes, ...]
    types: tuple[str, ...]
    formats: tuple[str, ...]
    languages: tuple[str, ...]
    dates: Array
    digests: bytes
    sketches: Array
    sigles: tuple[tuple[int, Pair], ...] = ()
    mentions: Array | None = None

    def __len__(self) -> int:
        """How many documents."""
        return len(self.heads)


class WordsPreparer:
    """Prepares documents with the word lists of these files (by name, as an index keeps them); with `mentions`, the
    dates that they name are looked for too."""

    def __init__(self, lists_files: Mapping[str, bytes], *, mentions: bool = False) -> None:
        self._analyzer = Analyzer(WordLists.from_files(lists_files))
        self._mentions = mentions
        self._memo = _Memo(self._analyzer)

    def prepare(self, entries: Sequence[Entry]) -> WordBatch:
        """Analyse documents; the memo lives on from batch to batch."""
        if self._memo.full:
            self._memo = _Memo(self._analyzer)
        memo = self._memo
        cuts = [cut(entry.text) for entry in entries]
        titles = memo.tokens([entry.title for entry in entries])
        bodies = memo.tokens([piece for pieces in cuts for piece in pieces])
        piece_counts = np.array([len(pieces) for pieces in cuts], np.int64)
        made = sketches(memo.hashes_of(bodies.words), sums_of(bodies.counts, piece_counts))
        title_keys = tuple(_title_keys(entries, titles, memo.first_surfaces))
        used, titles, bodies = _renumbered(titles, bodies, memo.word_count)
        return WordBatch(
            words=WORD_END.join(map(memo.words.__getitem__, used)).encode(errors="replace"),
            titles=titles,
            bodies=bodies,
            piece_counts=piece_counts,
            texts=tuple(piece.encode(errors="replace") for pieces in cuts for piece in pieces),
            heads=tuple(_head(*both).to_json() for both in zip(entries, cuts, strict=True)),
            title_keys=title_keys,
            types=tuple(entry.type for entry in entries),
            formats=tuple(entry.format for entry in entries),
            languages=tuple(entry.language for entry in entries),
            dates=np.array([entry.date.key if entry.date else 0 for entry in entries], np.int64),
            digests=b"".join(bytes.fromhex(entry.digest) for entry in entries),
            sketches=made,
            sigles=tuple(_sigles(entries)),
            mentions=_mentions(entries) if self._mentions else None,
        )


class _Memo(dict[str, int]):
    """Chunk → the number of its word; for a chunk of none or several words -n, the nth row has their numbers.

    Word numbers count the distinct words met, in `words` (as a batch writes them) and `first_surfaces`.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._numbers: dict[str, int] = {}
        self.words: list[str] = []
        self.first_surfaces: list[str] = []
        self._hashes = array("I")
        self._rows: list[list[int]] = []
        self._characters = 0

    @property
    def full(self) -> bool:
        """True when it has grown past its bounds and is to be replaced."""
        return len(self) > _MOST_CHUNKS or self._characters > _MOST_CHARACTERS

    @property
    def word_count(self) -> int:
        """How many distinct words were met."""
        return len(self.words)

    def __missing__(self, chunk: str) -> int:
        found = self._analyzer.reduced(chunk)
        # Most new chunks are known words in new punctuation.
        code = self[found] if isinstance(found, str) else self._number_row(found)
        self[chunk] = code
        self._characters += len(chunk)
        return code

    def _number_row(self, words: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> int:
        row = [self._number(*terms) for terms in words]
        if len(row) == 1:
            return row[0]
        self._rows.append(row)
        return -len(self._rows)

    def _number(self, surfaces: tuple[str, ...], stems: tuple[str, ...]) -> int:
        word = TERM_END.join(surfaces) + FORM_END + TERM_END.join(stems)
        number = self._numbers.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
            self.first_surfaces.append(surfaces[0])
            self._hashes.append(word_hash(surfaces[0]))
            self._characters += 2 * len(word)
        return number

    def hashes_of(self, words: Array) -> Array:
        """What sketches are made of, for words by their numbers."""
        return np.frombuffer(self._hashes, np.uint32).take(words).astype(np.uint64)

    def tokens(self, texts: Iterable[str]) -> Tokens:
        """The words of stretches of text."""
        ends, codes, waiting = [0], [np.zeros(0, np.int32)], []
        total = 0
        for text in texts:
            chunks = bare_chunks(text)
            waiting += chunks
            total += len(chunks)
            ends.append(total)
            if len(waiting) >= _SLICE:
                codes.append(self._codes(waiting))
                waiting = []
        codes.append(self._codes(waiting))
        return self._expanded(np.concatenate(codes), np.array(ends, np.int64))

    def _codes(self, chunks: list[str]) -> Array:
        return np.array(list(map(self.__getitem__, chunks)), np.int32)  # np.fromiter takes 30 ns more a chunk

    def _expanded(self, codes: Array, ends: Array) -> Tokens:
        """Word numbers from the codes of chunks; `ends` are the places, among the chunks, where stretches end."""
        special = np.flatnonzero(codes < 0)
        rows = [self._rows[-1 - code] for code in codes[special].tolist()]
        counts = np.ones(len(codes), np.int64)
        counts[special] = lengths = np.array([len(row) for row in rows], np.int64)
        words = np.repeat(codes, counts)
        places = np.concatenate(([0], np.cumsum(counts)))
        words[np.repeat(places[special], lengths) + places_within(lengths)] = [word for row in rows for word in row]
        return Tokens(words, np.diff(places[ends]))


def _renumbered(titles: Tokens, bodies: Tokens, word_count: int) -> tuple[list[int], Tokens, Tokens]:
    """The words that a batch uses, and its tokens by their places among these."""
    used = np.zeros(word_count, bool)
    used[titles.words] = True
    used[bodies.words] = True
    places = (np.cumsum(used) - 1).astype(np.int32)
    return (
        np.flatnonzero(used).tolist(),
        Tokens(places[titles.words], titles.counts),
        Tokens(places[bodies.words], bodies.counts),
    )


def _head(entry: Entry, pieces: Sequence[str]) -> Head:
    return Head(
        title=entry.title,
        title_rule=entry.title_rule,
        type_rule=entry.type_rule,
        date_source=entry.date_source.value,
        url=entry.url,
        source=entry.source,
        authors=entry.authors,
        pages=pages_by_piece(entry.pages, pieces),
        paragraphs=paragraphs_by_piece(entry.text, pieces),
    )


def _sigles(entries: Sequence[Entry]) -> Iterable[tuple[int, Pair]]:
    """The pairs of each document, each once."""
    for number, entry in enumerate(entries):
        for pair in dict.fromkeys(find_pairs(entry.title) + find_pairs(entry.text)):
            yield number, pair


def _mentions(entries: Sequence[Entry]) -> Array:
    """A row for each date of each document."""
    rows = [(number, date.key) for number, entry in enumerate(entries) for date in mentions_of(entry.title, entry.text)]
    return np.array(rows, np.int64).reshape(-1, 2)


def _title_keys(entries: Sequence[Entry], titles: Tokens, first_surfaces: Sequence[str]) -> Iterable[bytes]:
    """The keys that order titles as French dictionaries do: folded words first, accents and case to break ties."""
    words = list(map(first_surfaces.__getitem__, titles.words.tolist()))
    start = 0
    for entry, count in zip(entries, titles.counts.tolist(), strict=True):
        folded = " ".join(words[start : start + count])
        yield f"{folded}\0{entry.title}".encode(errors="replace")
        start += count
