"""The documents of a segment to be written: gathered batch by batch, then written in one pass."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.columnar.arrays import Array, ArraysWriter, narrowed, starts_of, sums_of
from indexer.columnar.batch import WORD_END, Tokens, WordBatch
from indexer.columnar.fields import write_field
from indexer.columnar.inversion import FieldWords, Vocabulary, invert
from indexer.columnar.mentions import mention_lists
from indexer.columnar.schema import FIELDS, MENTION, STEM, SURFACE, field_name
from indexer.columnar.sortkeys import write_sorted_keys
from indexer.columnar.stored import Layout, Pieces
from indexer.columnar.terms import write_terms

# A segment is worth writing when it has so many bytes of text, words or documents: these bounds set the memory of the
# process that writes, 200 MB. 28 MB of French have 4.5 million words.
_FULL_BYTES = 28_000_000
_FULL_WORDS = 5_000_000
_FULL_DOCUMENTS = 200_000

_WORD_END = WORD_END.encode()


class Placed(NamedTuple):
    """What a document is filed under, as bytes. `line`: it is a line of its file."""

    id: bytes
    file: bytes
    first_seen: bytes
    line: bool


class DraftSegment:
    """The documents of a segment, numbered in the order in which they are added. `folder` takes temporary files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._words = _Numbers()
        self._tokens: dict[str, list[Tokens]] = {field: [] for field in FIELDS}
        self._pieces = Pieces(folder)
        self._piece_counts: list[Array] = []
        self._dates: list[Array] = []
        self._digests: list[bytes] = []
        self._sketches: list[Array] = []
        self._mentions: list[Array] = []  # none at all when they are not looked for
        self._ids = _Column()
        self._types, self._formats, self._languages = _Column(), _Column(), _Column()
        self._files, self._first_seen, self._title_keys = _Column(), _Column(), _Column()
        self._word_count = 0

    def __len__(self) -> int:
        return len(self._ids.ords)

    def __contains__(self, id: bytes) -> bool:
        return id in self._ids.numbers

    @property
    def ids(self) -> Iterable[bytes]:
        """The ids of its documents, in the order of their numbers."""
        return self._ids.numbers

    @property
    def full(self) -> bool:
        """True when it is worth writing."""
        return self._pieces.size >= _FULL_BYTES or self._word_count >= _FULL_WORDS or len(self) >= _FULL_DOCUMENTS

    def add(self, batch: WordBatch, places: Sequence[Placed | None]) -> None:
        """Take in the documents of a batch that have a place; their ids are new here."""
        keep = np.array([place is not None for place in places], bool)
        if batch.mentions is not None:
            self._mentions.append(_renumbered(batch.mentions, keep, len(self)))
        self._take_words(batch, keep)
        self._take_texts(batch, places)
        self._dates.append(batch.dates[keep])
        self._digests += [batch.digests[32 * number : 32 * number + 32] for number in np.flatnonzero(keep).tolist()]
        self._sketches.append(batch.sketches[keep])
        for column, values in (
            (self._types, batch.types), (self._formats, batch.formats), (self._languages, batch.languages)
        ):  # fmt: skip
            column.extend(value.encode(errors="replace") for value in compress(values, keep))
        self._title_keys.extend(compress(batch.title_keys, keep))
        placed = [place for place in places if place is not None]
        self._ids.extend(place.id for place in placed)
        self._files.extend(place.file for place in placed)
        self._first_seen.extend(place.first_seen for place in placed)

    def _take_words(self, batch: WordBatch, keep: Array) -> None:
        table = batch.words.split(_WORD_END) if batch.words else []
        numbers = np.array(list(map(self._words.__getitem__, table)), np.int32)
        keep_piece = np.repeat(keep, batch.piece_counts)
        self._piece_counts.append(batch.piece_counts[keep])
        for field, tokens, kept in (("title", batch.titles, keep), ("body", batch.bodies, keep_piece)):
            mine = tokens if kept.all() else tokens.only(kept)
            self._tokens[field].append(Tokens(numbers[mine.words], mine.counts))
            self._word_count += len(mine.words)

    def _take_texts(self, batch: WordBatch, places: Sequence[Placed | None]) -> None:
        texts = iter(batch.texts)
        for place, head, count in zip(places, batch.heads, batch.piece_counts.tolist(), strict=True):
            first, *others = islice(texts, count)
            if place is not None:
                self._pieces.append((_of_line(head) if place.line else head) + b"\n" + first)
                for text in others:
                    self._pieces.append(text)

    def write(self, path: Path) -> None:
        """Write the segment file; nothing can be added afterwards."""
        out = ArraysWriter(path)
        try:
            counts = np.concatenate(self._piece_counts)
            pieces, titles = _together(self._tokens.pop("body")), _together(self._tokens.pop("title"))
            layout = Layout(counts, _positions(pieces.counts, counts))
            bodies = FieldWords(pieces.words, sums_of(pieces.counts, counts))
            lengths = self._write_fields(out, {"title": FieldWords(titles.words, titles.counts), "body": bodies})
            self._write_columns(out)
            self._pieces.write(out, layout)
            out.close({"documents": len(self), "lengths": lengths})
        except BaseException:
            out.abandon()
            raise
        finally:
            self._pieces.close()

    def _write_fields(self, out: ArraysWriter, fields: dict[str, FieldWords]) -> dict[str, int]:
        """Write all indexed fields; the sum of the lengths of each."""
        words = list(self._words)
        lengths = {}
        for number, form in enumerate((SURFACE, STEM)):
            vocabulary = Vocabulary.of(words, number)
            positions = form == SURFACE
            for field, found in fields.items():
                name = field_name(field, form)
                parts = invert(found, vocabulary, positions=positions)
                length = found.lengths(vocabulary)
                lengths[name] = write_field(out, name, parts, length, self._folder, positions=positions)
        if self._mentions:
            named, counts = mention_lists(np.concatenate(self._mentions), len(self))
            lengths[MENTION] = write_field(out, MENTION, named, counts, self._folder, positions=False)
        return lengths

    def _write_columns(self, out: ArraysWriter) -> None:
        columns = {
            "id": self._ids,
            "type": self._types,
            "format": self._formats,
            "language": self._languages,
            "file": self._files,
            "first_seen": self._first_seen,
        }
        for name, column in columns.items():
            ords = column.ranks()
            write_terms(out, name, sorted(column.numbers))
            out.add(f"{name}.ords", narrowed(ords))
            if column is self._ids:
                out.add("id.docs", narrowed(np.argsort(ords)))
        write_sorted_keys(out, "title.keys", sorted(self._title_keys.numbers))
        out.add("title.ords", narrowed(self._title_keys.ranks()))
        keys, ords = np.unique(np.concatenate(self._dates), return_inverse=True)
        out.add("date.keys", keys.astype("<u4"))
        out.add("date.ords", narrowed(ords))
        out.add("digest", np.frombuffer(b"".join(self._digests), "<u1").reshape(-1, 32))
        out.add("sketch", np.concatenate(self._sketches))


class _Numbers(dict[bytes, int]):
    """Strings numbered as they come."""

    def __missing__(self, string: bytes) -> int:
        self[string] = number = len(self)
        return number


class _Column:
    """A string for each document, distinct ones kept once."""

    def __init__(self) -> None:
        self.numbers = _Numbers()
        self.ords = array("I")

    def extend(self, strings: Iterable[bytes]) -> None:
        """Add the strings of further documents."""
        self.ords.extend(map(self.numbers.__getitem__, strings))

    def ranks(self) -> Array:
        """For each document the rank of its string in sorted order."""
        order = sorted(self.numbers)
        ranks = np.empty(len(order), np.int64)
        ranks[np.fromiter(map(self.numbers.__getitem__, order), np.int64, len(order))] = np.arange(len(order))
        return ranks[np.frombuffer(self.ords, np.uint32)]


def _of_line(head: bytes) -> bytes:
    """The head of a document that is a line of its file."""
    return b'{"line": true, ' + head[1:]


def _renumbered(mentions: Array, keep: Array, first: int) -> Array:
    """The rows of a batch that belong to documents that are kept, with the numbers of these from `first` on."""
    mine = mentions[keep[mentions[:, 0]]]
    numbers = np.cumsum(keep) - 1 + first
    return np.stack((numbers[mine[:, 0]], mine[:, 1]), axis=1)


def _together(tokens: list[Tokens]) -> Tokens:
    return Tokens(np.concatenate([t.words for t in tokens]), np.concatenate([t.counts for t in tokens]))


def _positions(words: Array, piece_counts: Array) -> Array:
    """The position in its body of the first word of each piece, from the words of each."""
    before = starts_of(words)
    positions: Array = before - np.repeat(before[starts_of(piece_counts)], piece_counts)
    return positions
