"""JSONL: one JSON object a line, streamed, so that a file larger than memory can be read; gzip too.

A file is looked over first: the id of each line says which of several lines with one id is the last. Whoever already
has some of the lines says so then, and they are not given out to be read.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b, sha256
from io import BufferedReader
from itertools import islice
from typing import IO, Any, NamedTuple

import numpy as np

from indexer.documents.assemble import web_address
from indexer.documents.decode import clean, refuse_other_kinds
from indexer.documents.entry import EMPTY_FILE, Draft, Rejected
from indexer.documents.formats.properties import real_authors
from indexer.documents.formats.source import Drafts, Source, digest_of
from indexer.documents.paragraphs import paragraphs_of
from indexer.errors import UnreadableDocument

MAX_LINE_BYTES = 16 * 1024 * 1024
MAX_ID_CHARS = 512
# A line that is longer than some has no more values than that: in Python, sixteen megabytes of `[],` take 400.
MAX_VALUES = 200_000
_LONG_LINE_BYTES = 256 * 1024
# Of each line with an id 16 bytes are kept while the file is read.
MAX_LINES = 20_000_000
# French text shrinks 3 to 10 times, lists of like lines 50 times; gzip can do 1,000, and that is an attack.
_MAX_EXPANSION = 200
_FREE_EXPANSION = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_BUFFER = 1024 * 1024
# The lines of a file are held up to so many bytes in memory, where each takes so many beside its own.
_HELD_BYTES = 4 * 1024 * 1024
_LINE_BYTES = 150
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Texts, also one without an end, and what stands before a value.
_SIGNS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[,\[{]', re.DOTALL)
_PLAIN_ID = re.compile(rb'"id"[ \t]*:[ \t]*(?:"([^"\\\x00-\x1f]+)"|([1-9][0-9]*|0))[ \t]*[,}]')

# Says which document, by a number of the caller's own, was read from a line with this SHA-256; -1: none is known.
Known = Callable[[bytes], int]


class Line(NamedTuple):
    """A line to be read: its number from 1, its bytes without the line end, and how many lines have its id."""

    number: int
    content: bytes
    times: int = 1


class Kept(NamedTuple):
    """A line that need not be read: the caller's number of its document, its own number, how many have its id."""

    document: int
    number: int
    times: int


class Lines:
    """The lines of one file, looked over; of lines with the same id the last alone counts.

    Raises UnreadableDocument for a file that is no JSONL, for a damaged gzip file, and past MAX_LINES.
    """

    def __init__(self, source: Source, known: Known | None = None) -> None:
        start = source.file.read(4096)
        if not start.startswith(_GZIP):
            refuse_other_kinds(start)
            if b"\0" in start:
                raise UnreadableDocument("contenu binaire ou en UTF-16 : un JSONL doit être en UTF-8")
        self._source = source
        # Of each line that has an id: its number, a 64-bit mark of the id, its document if the caller has it (else -1).
        # Ten million lines make 160 MB here; as a dict of texts they would make two gigabytes.
        self._numbers, self._marks, self._documents = array("I"), array("Q"), array("i")
        self.to_read = int(source.size == 0)  # how many `read` will give
        self._held: list[tuple[int, bytes | None]] | None = []  # all lines of a small file; a larger one is read again
        self._look_over(known)
        # For each mark that several lines have: how many do, and the number of the last.
        self._times: Counter[int] = Counter()
        self._last: dict[int, int] = {}
        self._settle_repeated()

    def _look_over(self, known: Known | None) -> None:
        size = 0
        for number, content in _lines(self._source):
            if number > MAX_LINES:
                raise UnreadableDocument(f"plus de {MAX_LINES // 1_000_000} millions de lignes : découpez le fichier")
            if self._held is not None:
                self._held.append((number, content))
                size += len(content or b"") + _LINE_BYTES
                if size > _HELD_BYTES:
                    self._held = None
            document = -1 if known is None or content is None else known(sha256(content).digest())
            mark = 0 if content is None else _likely_mark(content)
            self.to_read += document < 0
            if mark:
                self._numbers.append(number)
                self._marks.append(mark)
                self._documents.append(document)

    def _settle_repeated(self) -> None:
        """Which line is the last of its id. Only now are lines whose ids look alike read as JSON to be sure."""
        ordered = np.sort(np.frombuffer(self._marks, np.uint64)) if self._marks else np.empty(0, np.uint64)
        alike = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
        if not alike:
            return
        for number, content in self._all():
            place = self._place(number)
            if place is None or self._marks[place] not in alike:
                continue
            if self._documents[place] < 0:
                self._marks[place] = mark = _mark_of(_read_key(content))
                if not mark:
                    continue
            self._times[self._marks[place]] += 1
            self._last[self._marks[place]] = number
        for number, mark, document in zip(self._numbers, self._marks, self._documents, strict=True):
            if mark in self._last and document < 0 and self._last[mark] != number:
                self.to_read -= 1

    def _all(self) -> Iterable[tuple[int, bytes | None]]:
        return _lines(self._source) if self._held is None else self._held

    def _place(self, number: int) -> int | None:
        place = bisect_left(self._numbers, number)
        return place if place < len(self._numbers) and self._numbers[place] == number else None

    def kept(self) -> Iterator[Kept]:
        """The lines whose document the caller has, and that count."""
        for number, mark, document in zip(self._numbers, self._marks, self._documents, strict=True):
            if document >= 0 and self._last.get(mark, number) == number:
                yield Kept(document, number, self._times.get(mark, 1))

    def read(self) -> Iterator[Line | Rejected]:
        """The other lines that count; a Rejected for one that is too long."""
        if self._source.size == 0:
            yield EMPTY_FILE
        place, marked = 0, len(self._numbers)
        for number, content in self._all():
            times = 1
            if place < marked and self._numbers[place] == number:
                mark, document = self._marks[place], self._documents[place]
                place += 1
                if document >= 0 or self._last.get(mark, number) != number:
                    continue
                times = self._times.get(mark, 1)
            if content is None:
                reason = f"ligne {number} : plus de {MAX_LINE_BYTES // 1024**2} Mo"
                yield Rejected(None, number, reason, empty=False)
            else:
                yield Line(number, content, times)


def repeated(times: int, number: int) -> str:
    """The warning of a document whose id several lines have."""
    return f"id présent {times} fois dans le fichier : la dernière ligne ({number}) est gardée"


def drafts(source: Source) -> Drafts:
    """A Draft or a Rejected for each line that is not blank; of lines with the same id the last alone.

    Raises UnreadableDocument, as `Lines` does.
    """
    for line in Lines(source).read():
        yield line if isinstance(line, Rejected) else draft_of(line)


def draft_of(line: Line) -> Draft | Rejected:
    """What one line says."""
    number = line.number
    found = _object(line.content, number)
    if isinstance(found, Rejected):
        return found
    key = _key(found)
    if key is None:
        reason = f"ligne {number} : « id » manque ou n’est ni un texte ni un entier"
        return Rejected(None, number, reason, empty=False)
    return _draft(found, key, line)


def _draft(found: dict[str, Any], key: str, line: Line) -> Draft | Rejected:
    number, text = line.number, found.get("text")
    if not isinstance(text, str):
        return Rejected(key, number, f"ligne {number} : « text » manque ou n’est pas un texte", empty=False)
    warnings = []
    if line.times > 1:
        warnings.append(repeated(line.times, number))
    values: dict[str, str | None] = {}
    for name in ("title", "type", "url", "source", "symbol"):
        value = found.get(name)
        values[name] = _text(found, name)
        if value is not None and not isinstance(value, str):
            warnings.append(f"« {name} » ignoré : ce n’est pas un texte")
    if values["url"] and not web_address(values["url"]):
        warnings.append("« url » ignorée : ce n’est pas une adresse http ou https")
    day = found.get("date")
    if isinstance(day, int) and not isinstance(day, bool):
        day = str(day)
    if day is not None and not isinstance(day, str):
        warnings.append("date ignorée : ce n’est pas un texte")
    return Draft(
        tuple(paragraphs_of(clean(text))),
        digest_of(line.content),
        key=key,
        line=number,
        title=values["title"],
        title_rule="champ « title »",
        dates=(clean(day),) if isinstance(day, str) and day.strip() else (),
        type=values["type"],
        url=values["url"],
        source=values["source"],
        symbol=values["symbol"],
        warnings=tuple(warnings),
        authors=_authors(found),
        language=_text(found, "language"),
    )


def _authors(found: dict[str, Any]) -> tuple[str, ...]:
    """The names in `authors` or `author`: a list, or a text with semicolons between them."""
    given = found.get("authors") or found.get("author")
    names = given if isinstance(given, list) else [given]
    return real_authors(name for name in names if isinstance(name, str))


def _text(found: dict[str, Any], name: str) -> str | None:
    value = found.get(name)
    return clean(value).strip() or None if isinstance(value, str) else None


def _object(line: bytes, number: int) -> dict[str, Any] | Rejected:
    if len(line) > _LONG_LINE_BYTES and _has_many_values(line):
        return Rejected(None, number, f"ligne {number} : plus de {MAX_VALUES // 1000} 000 valeurs JSON", empty=False)
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return Rejected(None, number, f"ligne {number} : ce n’est pas de l’UTF-8", empty=False)
    except RecursionError:
        return Rejected(None, number, f"ligne {number} : JSON trop imbriqué", empty=False)
    except json.JSONDecodeError as error:
        return Rejected(None, number, f"ligne {number} : JSON invalide (colonne {error.colno})", empty=False)
    except ValueError:  # a number of thousands of digits
        return Rejected(None, number, f"ligne {number} : JSON invalide (nombre trop long)", empty=False)
    if not isinstance(found, dict):
        return Rejected(None, number, f"ligne {number} : ce n’est pas un objet JSON", empty=False)
    return found


def _has_many_values(line: bytes) -> bool:
    """True for a line of more than MAX_VALUES texts in a list, or twice as many numbers; only so far is it read."""
    return sum(1 for _ in islice(_SIGNS.finditer(line), 2 * MAX_VALUES + 1)) > 2 * MAX_VALUES


def _key(found: dict[str, Any]) -> str | None:
    key = found.get("id")
    if isinstance(key, bool):
        return None
    if isinstance(key, int):
        key = str(key)
    if not isinstance(key, str) or not key.strip() or len(key) > MAX_ID_CHARS:
        return None
    return None if _SURROGATE.search(key) or _CONTROL.search(key) else key


def _mark_of(key: str | None) -> int:
    """64 bits of a key; 0 for no key."""
    return 0 if key is None else _mark(key.encode())


def _mark(key: bytes) -> int:
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big") or 1


def _likely_mark(line: bytes) -> int:
    """The mark of a line's id, 0 for a line without.

    When a line holds the name of the field once, what follows is the id, if the line is right at all: a line that is no
    JSON, or has its only `id` deeper down, may get a mark that is not its own, but none is missed.
    """
    match = _PLAIN_ID.match(line, max(line.find(b'"id"'), 0))
    if match and line.find(b'"id"', match.end()) < 0 and b"\\u006" not in line:  # the name can be escaped too
        return _mark(match[1] or match[2])
    return _mark_of(_read_key(line))


def _read_key(line: bytes | None) -> str | None:
    found = None if line is None else _object(line, 0)
    return _key(found) if isinstance(found, dict) else None


def _lines(source: Source) -> Iterator[tuple[int, bytes | None]]:
    """(number from 1, bytes without the line end) of each line that is not blank; None for one that is too long."""
    source.file.seek(0)
    if source.file.read(2) == _GZIP:
        source.file.seek(0)
        try:
            with gzip.GzipFile(fileobj=source.file, mode="rb") as stream:
                # GzipFile is written in Python: its own readline costs twenty times that of the buffer
                yield from _split(BufferedReader(stream, _BUFFER), _FREE_EXPANSION + _MAX_EXPANSION * source.size)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableDocument("fichier gzip endommagé ou incomplet") from error
    else:
        source.file.seek(0)
        yield from _split(source.file, None)


def _split(stream: IO[bytes], most: int | None) -> Iterator[tuple[int, bytes | None]]:
    number = read = 0
    while line := stream.readline(MAX_LINE_BYTES + 2):
        number += 1
        read += len(line)
        if number == 1:
            line = line.removeprefix(_MARK)
        too_long = len(line) > MAX_LINE_BYTES and len(line.rstrip(b"\r\n")) > MAX_LINE_BYTES
        while too_long and line and not line.endswith(b"\n"):
            line = stream.readline(1024 * 1024)
            read += len(line)
            if most is not None and read > most:
                break
        if most is not None and read > most:
            raise UnreadableDocument("fichier gzip refusé : il grossit plus de deux cents fois une fois ouvert")
        if too_long:
            yield number, None
        elif stripped := line.strip():
            yield number, stripped
