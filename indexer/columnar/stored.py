"""The texts of a segment, compressed in pieces: what a hit, a snippet and a document page are made from.

    stored.blob, .starts            pieces one after the other, each a zstd frame; where each begins, and the end
    stored.firsts                   the first piece of each document, and the end (absent when each has one)
    stored.positions                the body position of the first word of each piece (absent with `firsts`: all 0)
    stored.dictionary               which dictionary each piece was compressed with (absent when all the same one)
    stored.dictionaries.blob/.starts    the dictionaries, one after the other; an empty one stands for none
    stored.limit                    the bytes of the greatest piece: what unpacking may never pass

A text of a few pages is one piece. A longer one is cut where no word is, so that a hit in 300 pages needs only the
pieces that hold its words, and the pieces put together are the text again. The first piece of a document begins with a
line of JSON, its head: what no column holds.

French documents of 1.6 KB take 0.48 of their size each on their own, 0.31 with a dictionary trained on their segment.
Bytes are copied from segment to segment when these merge, with the dictionaries they need.
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from indexer.columnar.arrays import Array, ArraysFile, ArraysWriter, DamagedArrays, narrowed
from indexer.columnar.schema import INSIDE
from indexer.columnar.segment import Segment
from indexer.model import DateSource, Document, PartialDate, paragraphs, place_inside

# Characters: a text up to WHOLE is one piece; a longer one is cut into pieces of at most PIECE where that can be.
WHOLE = 6_000
PIECE = 4_000

_LEVEL = 3
# Level 3 packs 160 MB/s. A dictionary of 64 KB pays for itself on a segment of a few megabytes; a small segment gets
# one of a 64th of its size, and below 4 KB none.
_DICTIONARY_BYTES = 1 << 16
_TEXT_PER_DICTIONARY = 64
_LEAST_DICTIONARY = 1 << 12
_SAMPLE_BYTES = 32 * _DICTIONARY_BYTES
_SAMPLE_MOST = 1 << 13
# The least packed bytes of texts that a dictionary is made for.
WORTH_A_DICTIONARY = _LEAST_DICTIONARY * _TEXT_PER_DICTIONARY // 2
_PACKED_AT_ONCE = 1_000  # pieces
_COPIED_AT_ONCE = 1 << 20  # bytes

# What unpacking raises when bytes or places are not what was written.
_MALFORMED = (zstandard.ZstdError, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)

_read_json = json.JSONDecoder().raw_decode  # `decode` without its search for white space around

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s")
# A white space between digits may join them to one number (french/tokenize.py).
_SAFE_SPACE = re.compile(r"(?<!\d)\s(?!\d)")


def cut(text: str) -> list[str]:
    """The pieces of a text, at least one; put together they are the text, and no chunk of the analysis is in two."""
    if len(text) <= WHOLE:
        return [text]
    pieces, start = [], 0
    while len(text) - start > WHOLE:
        end = _piece_end(text, start)
        pieces.append(text[start:end])
        start = end
    return [*pieces, text[start:]] if start < len(text) else pieces


def _piece_end(text: str, start: int) -> int:
    """Where the piece that begins at `start` ends: after a paragraph, else a line, a sentence, a word, or all."""
    least, most = start + PIECE // 2, start + PIECE
    for end_of in ("\n\n", "\n"):
        place = text.rfind(end_of, least, most)
        if place >= 0:
            return place + len(end_of)
    for pattern in (_SENTENCE_END, _SAFE_SPACE):
        ends = [match.end() for match in pattern.finditer(text, least, most)]
        if ends:
            return ends[-1]
    beyond = _SAFE_SPACE.search(text, most)
    return beyond.end() if beyond else len(text)


def pages_by_piece(pages: Sequence[int], pieces: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Places in a text, ascending, as places in each of its pieces; nothing when there are none at all."""
    if not pages:
        return ()
    starts = list(accumulate(map(len, pieces[:-1]), initial=0))
    bounds = [0, *(bisect_left(pages, start) for start in starts[1:]), len(pages)]
    return tuple(
        tuple(page - start for page in pages[first:end])
        for start, (first, end) in zip(starts, pairwise(bounds), strict=True)
    )


def paragraphs_by_piece(text: str, pieces: Sequence[str]) -> tuple[int, ...]:
    """The number (from 1) of the paragraph that each piece of a text begins in; nothing when there is one piece."""
    if len(pieces) == 1:
        return ()
    starts = [start for start, _ in paragraphs(text)]
    begin = accumulate(map(len, pieces[:-1]), initial=0)
    leads = (len(piece) - len(piece.lstrip()) for piece in pieces)
    return tuple(bisect_right(starts, start + lead) for start, lead in zip(begin, leads, strict=True))


@dataclass(frozen=True, slots=True)
class Head:
    """What the index keeps of a document beside its columns and its text. `line`: it is a line of its file.

    `pages` has for each piece of the text the places in it where a page begins; nothing for what has no pages.
    `paragraphs` has for each of several pieces the number of the paragraph that it begins in: a hit read in part can be
    cited. (An index that was written before it was kept has none.)
    """

    title: str
    title_rule: str = ""
    type_rule: str = ""
    date_source: str = DateSource.NONE.value
    url: str | None = None
    source: str | None = None
    line: bool = False
    authors: tuple[str, ...] = ()
    pages: tuple[tuple[int, ...], ...] = ()
    paragraphs: tuple[int, ...] = ()

    def to_json(self) -> bytes:
        """One line, without its end. Lone surrogates become question marks."""
        rest = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        return _encode({"title": self.title} | rest).encode(errors="replace")


# json.dumps with an option makes an encoder at each call.
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Stored:
    """The stored texts of a segment, unpacked as they are asked for. Threads may share it.

    Everything raises DamagedArrays when the bytes are not what was written.
    """

    def __init__(self, file: ArraysFile) -> None:
        self._file = file
        self._blob_start = file.start("stored.blob")
        self._starts = file.array("stored.starts")
        self._firsts = file.array("stored.firsts") if "stored.firsts" in file else None
        self._dictionary = file.array("stored.dictionary") if "stored.dictionary" in file else None
        self._lock = threading.Lock()  # a decompressor serves one thread at a time; a piece takes 3 µs

    def document(self, segment: Segment, number: int, pieces: Sequence[int] | None = None) -> Document:
        """A document of the segment of this file, with its whole text or these pieces of it and blank lines between."""
        try:
            head, text = self._opened(number)
            parts: dict[int, str] = {}
            first, gap = self.pieces(number).start, ""
            stretches: tuple[tuple[int, int], ...] = ()
            if pieces is not None:
                parts, gap = {piece - first: self.text(piece) for piece in pieces}, "\n\n"
                text = gap.join(map(str.strip, parts.values()))
                alone = (1,) if len(self.pieces(number)) == 1 else ()
                stretches = tuple(_stretches(head.get("paragraphs", alone), parts, gap))
            elif self._firsts is not None:
                parts = {0: text, **{piece - first: self.text(piece) for piece in self.pieces(number)[1:]}}
                text = "".join(parts.values())
            pages = tuple(_pages(head["pages"], parts or {0: text}, gap)) if "pages" in head else ()
            return _document(segment, number, head, text, pages, stretches)
        except _MALFORMED as error:
            raise DamagedArrays("document illisible") from error

    def opening(self, number: int) -> tuple[str, str]:
        """The title of a document, and the text of its first piece."""
        head, text = self._opened(number)
        return head.get("title", ""), text

    def pieces(self, number: int) -> range:
        """The pieces of a document's text, at least one."""
        if self._firsts is None:
            return range(number, number + 1)
        return range(int(self._firsts[number]), int(self._firsts[number + 1]))

    def first_positions(self, number: int) -> Array:
        """For each piece of a document the body position of its first word."""
        pieces = self.pieces(number)
        if self._firsts is None:
            return np.zeros(len(pieces), np.int64)
        return self._file.array("stored.positions")[pieces.start : pieces.stop].astype(np.int64)

    def text(self, piece: int) -> str:
        """The text of a piece, without the head of its document."""
        try:
            content = self.content(piece)
            if self._firsts is None or self._begins_document(piece):
                content = content.partition(b"\n")[2]
            return content.decode()
        except _MALFORMED as error:
            raise DamagedArrays("texte illisible") from error

    def _begins_document(self, piece: int) -> bool:
        assert self._firsts is not None
        place = int(np.searchsorted(self._firsts, piece))
        return place < len(self._firsts) and int(self._firsts[place]) == piece

    def _opened(self, number: int) -> tuple[dict[str, Any], str]:
        """Head of a document (what Head has, where it is not the default) and text of its first piece."""
        try:
            content = self.content(number if self._firsts is None else self._firsts.item(number))
            head, _, text = content.partition(b"\n")
            return _read_json(head.decode())[0], text.decode()
        except _MALFORMED as error:
            raise DamagedArrays("document illisible") from error

    def content(self, piece: int) -> bytes:
        """A piece unpacked, the head with it when it is a first one."""
        start = self._blob_start
        frame = self._file.map[start + self._starts.item(piece) : start + self._starts.item(piece + 1)]
        # The frame says how much room unpacking takes before anything is unpacked.
        if not 0 <= zstandard.frame_content_size(frame) <= self.limit:
            raise DamagedArrays("texte plus long que permis")
        number = 0 if self._dictionary is None else self._dictionary.item(piece)
        with self._lock:
            return self._decompressors[number].decompress(frame)

    # What merging needs, for all pieces at once.

    @property
    def layout(self) -> Layout:
        """How the pieces belong to documents."""
        if self._firsts is None:
            documents = len(self._starts) - 1
            return Layout(np.ones(documents, np.int64), np.zeros(documents, np.int64))
        return Layout(np.diff(self._firsts.astype(np.int64)), self._file.array("stored.positions").astype(np.int64))

    @property
    def sizes(self) -> Array:
        """The packed bytes of each piece."""
        return np.diff(self._starts.astype(np.int64))

    @property
    def dictionary(self) -> Array:
        """Which of `dictionaries` each piece was packed with."""
        return np.zeros(len(self._starts) - 1, np.uint8) if self._dictionary is None else self._dictionary

    def frames(self, keep: Array) -> Iterator[Frames]:
        """The packed pieces for which `keep` is True."""
        starts = self._starts.astype(np.int64)
        edges = np.flatnonzero(np.diff(keep, prepend=False, append=False))
        for first, end in edges.reshape(-1, 2).tolist():
            while first < end:
                stop = max(first + 1, min(end, int(np.searchsorted(starts, starts[first] + _COPIED_AT_ONCE))))
                yield self._blob[starts[first] : starts[stop]], np.diff(starts[first : stop + 1])
                first = stop

    @cached_property
    def _blob(self) -> Array:
        return self._file.array("stored.blob")

    @cached_property
    def limit(self) -> int:
        """The bytes of the greatest piece."""
        return int(self._file.array("stored.limit")[0])

    @cached_property
    def dictionaries(self) -> list[bytes]:
        """The dictionaries, b"" for none."""
        blob = self._file.array("stored.dictionaries.blob")
        starts = self._file.array("stored.dictionaries.starts").tolist()
        return [bytes(blob[start:end].data) for start, end in pairwise(starts)]

    @cached_property
    def _decompressors(self) -> list[zstandard.ZstdDecompressor]:
        return [_decompressor(dictionary) for dictionary in self.dictionaries]


@dataclass(frozen=True, slots=True)
class Layout:
    """How pieces belong to documents: how many each document has, and the body position of each piece's first word."""

    piece_counts: Array
    positions: Array


# Bytes of some packed pieces, one after the other, and the size of each.
Frames = tuple[Array, Array]


class Pieces:
    """The pieces of documents to be stored, in order, on their way through a nameless temporary file."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - held open until `close`
        self._sizes = array("Q")
        self.size = 0  # the bytes of all pieces

    def append(self, content: bytes) -> None:
        """Add a piece; the first of a document begins with its head and a line end."""
        self._file.write(content)
        self._sizes.append(len(content))
        self.size += len(content)

    def close(self) -> None:
        """Give the file up."""
        self._file.close()

    def write(self, out: ArraysWriter, layout: Layout) -> None:
        """Pack the pieces and write them."""
        dictionary = self._train()
        limit = max(self._sizes, default=0)
        frames = self._packed(dictionary)
        write_stored(out, frames, layout, dictionaries=[dictionary], dictionary=None, limit=limit)

    def _packed(self, dictionary: bytes) -> Iterator[Frames]:
        made = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        compressor = zstandard.ZstdCompressor(_LEVEL, dict_data=made, write_dict_id=False)
        self._file.seek(0)
        frames = map(compressor.compress, map(self._file.read, self._sizes))
        while some := list(islice(frames, _PACKED_AT_ONCE)):
            yield np.frombuffer(b"".join(some), "<u1"), np.array(list(map(len, some)), np.int64)

    def _train(self) -> bytes:
        """A dictionary for these pieces; b"" when they are too few to have one."""
        size = min(_DICTIONARY_BYTES, self.size // _TEXT_PER_DICTIONARY)
        if size < _LEAST_DICTIONARY:
            return b""
        step = max(1, self.size // _SAMPLE_BYTES)
        starts = [0, *accumulate(self._sizes)]
        sample: list[bytes | bytearray | memoryview[int]] = []
        for number in range(0, len(self._sizes), step):
            self._file.seek(starts[number])
            sample.append(self._file.read(min(self._sizes[number], _SAMPLE_MOST)))
        try:
            # 0.02 s; a sample of 12 MB takes 0.15 s and packs 1 % better (measured on 30 MB of legal texts).
            return zstandard.train_dictionary(size, sample, k=200, d=8, f=18, accel=4).as_bytes()
        except zstandard.ZstdError:
            return b""  # all alike, or too few of them


def write_stored(
    out: ArraysWriter,
    frames: Iterable[Frames],
    layout: Layout,
    *,
    dictionaries: Sequence[bytes],
    dictionary: Array | None,
    limit: int,
) -> None:
    """Write packed pieces; `dictionary` says which one each needs (None: all the first), `limit` the bytes of the
    greatest piece."""
    sizes: list[Array] = [np.zeros(1, np.int64)]

    def blob() -> Iterator[Array]:
        for content, of_each in frames:
            sizes.append(of_each)
            yield content

    out.stream("stored.blob", np.dtype("<u1"), blob())
    out.add("stored.starts", narrowed(np.cumsum(np.concatenate(sizes))))
    if (layout.piece_counts != 1).any():
        out.add("stored.firsts", narrowed(np.concatenate(([0], np.cumsum(layout.piece_counts)))))
        out.add("stored.positions", narrowed(layout.positions))
    if dictionary is not None and dictionary.any():
        out.add("stored.dictionary", narrowed(dictionary))
    out.add("stored.dictionaries.blob", np.frombuffer(b"".join(dictionaries), "<u1"))
    out.add("stored.dictionaries.starts", narrowed([0, *accumulate(map(len, dictionaries))]))
    out.add("stored.limit", np.array([limit], "<u8"))


def _decompressor(dictionary: bytes) -> zstandard.ZstdDecompressor:
    if not dictionary:
        return zstandard.ZstdDecompressor()
    return zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(dictionary))


# Document(…) sets each of its fields through object.__setattr__: 10 µs; the descriptors of its slots take 1.
_new_document = Document.__new__
_SET = {name: vars(Document)[name].__set__ for name in Document.__slots__}
_set_id, _set_title, _set_text, _set_type = (_SET[name] for name in ("id", "title", "text", "type"))
_set_date, _set_date_source, _set_root, _set_path = (_SET[name] for name in ("date", "date_source", "root", "path"))
_set_digest, _set_first_seen, _set_title_rule = (_SET[name] for name in ("digest", "first_seen", "title_rule"))
_set_type_rule, _set_url, _set_source = (_SET[name] for name in ("type_rule", "url", "source"))
_set_member, _set_format, _set_language = (_SET[name] for name in ("member", "format", "language"))
_set_authors, _set_pages, _set_stretches = (_SET[name] for name in ("authors", "pages", "stretches"))
_DATE_SOURCES = {source.value: source for source in DateSource}
_date = lru_cache(maxsize=1 << 14)(PartialDate.from_key)


def _pages(by_piece: Sequence[Sequence[int]], parts: Mapping[int, str], gap: str) -> list[int]:
    """Where pages begin in some pieces of a text, put together with `gap` between and then without space around them.

    Those that begin in a piece which is not there begin with the next one.
    """
    starts: list[int] = []
    at = waiting = 0
    for number, places in enumerate(by_piece):
        part = parts.get(number)
        if part is None:
            waiting += len(places)
            continue
        starts += [at] * waiting
        waiting = 0
        lead = len(part) - len(part.lstrip()) if gap else 0
        size = len(part.strip()) if gap else len(part)
        starts += [at + min(max(0, place - lead), size) for place in places]
        at += size + len(gap)
    return starts + [max(0, at - len(gap))] * waiting


def _stretches(by_piece: Sequence[int], parts: Mapping[int, str], gap: str) -> Iterator[tuple[int, int]]:
    """Where pieces begin in a text that is put together as for `_pages`, and the paragraph of the whole there."""
    at = 0
    for number, part in parts.items():
        yield at, by_piece[number] if by_piece else 0
        at += len(part.strip()) + len(gap)


def _document(
    segment: Segment,
    number: int,
    head: Mapping[str, Any],
    text: str,
    pages: tuple[int, ...],
    stretches: tuple[tuple[int, int], ...],
) -> Document:
    id = segment.ids.of(number)
    root, _, path = segment.files.of(number).partition("/")
    path, inside, member = path.partition(INSIDE)
    if inside:
        path = place_inside(path, member)
    made = _new_document(Document)
    _set_id(made, id)
    _set_title(made, head["title"])
    _set_text(made, text)
    _set_type(made, segment.types.of(number))
    _set_date(made, _date(segment.date_keys.item(segment.date_ords.item(number))))
    _set_date_source(made, _DATE_SOURCES[head.get("date_source", "none")])
    _set_root(made, root)
    _set_path(made, f"{path}#{id}" if head.get("line") else path)
    _set_digest(made, segment.digest(number))
    _set_first_seen(made, segment.first_seen.of(number))
    _set_title_rule(made, head.get("title_rule", ""))
    _set_type_rule(made, head.get("type_rule", ""))
    _set_url(made, head.get("url"))
    _set_source(made, head.get("source"))
    _set_member(made, member)
    _set_format(made, segment.formats.of(number))
    _set_language(made, segment.languages.of(number))
    _set_authors(made, tuple(head.get("authors", ())))
    _set_pages(made, pages)
    _set_stretches(made, stretches)
    return made
