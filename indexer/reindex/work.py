"""The part of a run that can be done anywhere, several at a time: read files or lines, analyse their documents.

A unit of work says what to read; what comes back says what was found, with the documents made ready for the index.
A file that holds much comes back in several pieces, so that nobody has to hold all of it. Nothing here knows the index.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from indexer import documents
from indexer.columnar.durable import sha256
from indexer.documents import Entry, Line, Rejected, Said, TypeRules
from indexer.engines.base import Batch, Preparer
from indexer.errors import UnreadableDocument
from indexer.model import Document
from indexer.reindex.limits import ALL, At, unwatched

# A document with more text than that is data: the longest novels have ten million characters. The process that writes
# holds some seven times as much of each.
_MAX_CHARS = 20_000_000
# Text of one file after which what was found goes back: it is twice as large by then, and is held by two processes.
_PIECE_CHARS = 4_000_000
# A file that is larger is looked at before it is hashed: it may be a film.
_BIG_BYTES = 4_000_000
_TOO_LONG = f"plus de {_MAX_CHARS // 1_000_000} millions de signes de texte"


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to read, unless its bytes have this SHA-256 ("": whatever they are); `size` in bytes, as it was listed.

    `said` is what a table of metadata says of it.
    """

    path: str
    relative: str
    sha256: str
    size: int = 0
    said: Said = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Files:
    """Some whole files."""

    tasks: tuple[FileTask, ...]

    @property
    def first(self) -> str:
        """What this is about."""
        return self.tasks[0].relative

    @property
    def plain(self) -> bool:
        """True when our own code alone reads this."""
        return all(documents.is_plain(task.path, task.relative) for task in self.tasks)

    def __len__(self) -> int:
        """How many files."""
        return len(self.tasks)

    def part(self, start: int, end: int) -> Files:
        """Some of the files."""
        return Files(self.tasks[start:end])

    def refused(self, reason: str, *, again: bool) -> Done:
        """What is said when no process could read this; `again`: at the next run it is tried again."""
        return Done(tuple(Outcome(read_ns=0 if again else time.time_ns(), unreadable=reason) for _ in self.tasks), None)


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a file."""

    relative: str
    lines: tuple[Line | Rejected, ...]
    said: Said = field(default_factory=dict)

    plain = True

    @property
    def first(self) -> str:
        """What this is about."""
        return self.relative

    def __len__(self) -> int:
        """How many lines."""
        return len(self.lines)

    def part(self, start: int, end: int) -> Lines:
        """Some of the lines."""
        return Lines(self.relative, self.lines[start:end], self.said)

    def refused(self, reason: str, *, again: bool) -> Done:
        """What is said when no process could read this."""
        items = (
            line if isinstance(line, Rejected) else Rejected(None, line.number, reason, empty=False)
            for line in self.lines
        )
        return Done((Outcome(tuple(items)),), None)


@dataclass(frozen=True, slots=True)
class Copies:
    """Documents of the index that are to be analysed again as they are."""

    documents: tuple[Document, ...]

    plain = True

    @property
    def first(self) -> str:
        """What this is about."""
        return self.documents[0].path

    def __len__(self) -> int:
        """How many documents."""
        return len(self.documents)

    def part(self, start: int, end: int) -> Copies:
        """Some of the documents."""
        return Copies(self.documents[start:end])

    def refused(self, reason: str, *, again: bool) -> None:
        """The index had them: there is nothing to report, and nothing to leave out."""


Unit = Files | Lines | Copies


class Found(NamedTuple):
    """A document that was read: what a run has to know of it. The document itself is in the batch, in this order.

    A tuple with names, because it is sent from one process to another by the thousand.
    """

    key: str | None
    digest: str
    warnings: tuple[str, ...]
    member: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file, or of some lines of it.

    `unopened` and `unreadable` are reasons (French, empty when all went well): its bytes could not be read at all, or
    make no document beyond `items`. `same`: it has the SHA-256 that the task knew, and was not read. `more`: this is
    not all, the next outcome is of the same file.
    """

    items: tuple[Found | Rejected, ...] = ()
    read_ns: int = 0
    sha256: str = ""
    same: bool = False
    unopened: str = ""
    unreadable: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What became of each file of a unit, and the documents found in all of them; no batch when none was asked for.

    `chars` counts their characters. `more`: this is not all of the unit, another follows.
    """

    outcomes: tuple[Outcome, ...]
    batch: Batch | None
    chars: int = 0
    more: bool = False


class Reader:
    """Does units of work. `preparer` makes what analyses documents; None when they are only to be counted."""

    def __init__(
        self,
        rules: TypeRules,
        max_bytes: int,
        preparer: Callable[[], Preparer] | None,
        choices: documents.Choices | None = None,
    ) -> None:
        self._rules = rules
        self._choices = choices
        self._max_bytes = max_bytes
        self._make = preparer
        self._preparer: Preparer | None = None

    def __call__(self, unit: Unit, at: At = unwatched) -> Iterator[Done]:
        """Do one unit, in one piece or several; `at` is told what is at hand."""
        match unit:
            case Files(tasks):
                yield from self._files(tasks, at)
            case Lines(relative, lines, said):
                at(ALL, sum(len(line.content) for line in lines if isinstance(line, Line)))
                entries: list[Entry] = []
                items = tuple(_items(documents.read_lines(lines, relative, self._rules, said=said), entries))
                yield self._done([Outcome(items)], entries)
            case Copies(copied):
                at(ALL, sum(len(document.text) for document in copied))
                yield self._done([], [Entry.of(document) for document in copied])

    def _files(self, tasks: Sequence[FileTask], at: At) -> Iterator[Done]:
        outcomes: list[Outcome] = []
        entries: list[Entry] = []
        for number, task in enumerate(tasks):
            at(number, task.size)
            for outcome in self._file(task, entries):
                outcomes.append(outcome)
                if outcome.more:
                    yield replace(self._done(outcomes, entries), more=True)
                    outcomes.clear()
                    entries.clear()
                    at(number, task.size)
        at(ALL, _chars(entries))
        yield self._done(outcomes, entries)

    def _file(self, task: FileTask, entries: list[Entry]) -> Iterator[Outcome]:
        """What becomes of a file; where `entries` are taken away between two outcomes depends on it alone."""
        read_ns = time.time_ns()
        if task.size > _BIG_BYTES and (refused := self._refusal(task)):
            yield Outcome(read_ns=read_ns, unreadable=refused)
            return
        digest, unopened = hash_of(task.path)
        if unopened or digest == task.sha256:
            yield Outcome(read_ns=read_ns, sha256=digest, same=not unopened, unopened=unopened)
            return
        items: list[Found | Rejected] = []
        unreadable = ""
        chars = 0
        try:
            found = documents.read(
                task.path,
                task.relative,
                self._rules,
                max_bytes=self._max_bytes,
                choices=self._choices,
                said=task.said,
            )
            for item in _items(found, entries):
                items.append(item)
                chars += len(entries[-1].text) if isinstance(item, Found) else 0
                if chars >= _PIECE_CHARS:
                    yield Outcome(tuple(items), read_ns, digest, more=True)
                    items, chars = [], 0
        except UnreadableDocument as error:
            unreadable = str(error)
        except MemoryError:
            raise
        except Exception as error:
            # The last resort: a library that fails on a damaged file in a way that its format did not foresee.
            unreadable = f"erreur inattendue à la lecture : {_fault(error)}"
        yield Outcome(tuple(items), read_ns, digest, unreadable=unreadable)

    def _refusal(self, task: FileTask) -> str:
        return documents.refusal(task.path, task.relative, max_bytes=self._max_bytes)

    def _done(self, outcomes: Sequence[Outcome], entries: Sequence[Entry]) -> Done:
        return Done(tuple(outcomes), self._prepare(entries), _chars(entries))

    def _prepare(self, entries: Sequence[Entry]) -> Batch | None:
        if self._make is None or not entries:
            return None
        if self._preparer is None:
            self._preparer = self._make()
        return self._preparer.prepare(entries)


def hash_of(path: str) -> tuple[str, str]:
    """The SHA-256 of a file, or why it cannot be read (French)."""
    try:
        return sha256(Path(path)), ""
    except OSError as error:
        return "", f"lecture impossible : {documents.os_reason(error)}"


def _items(found: Iterable[Entry | Rejected], entries: list[Entry]) -> Iterator[Found | Rejected]:
    for item in found:
        if isinstance(item, Rejected):
            yield item
        elif len(item.text) > _MAX_CHARS:
            yield Rejected(item.key, None, _TOO_LONG, empty=False, member=item.member)
        else:
            entries.append(item)
            yield Found(item.key, item.digest, item.warnings, item.member)


def _chars(entries: Iterable[Entry]) -> int:
    return sum(len(entry.text) for entry in entries)


def _fault(error: Exception) -> str:
    """What failed, and where."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} ({Path(at.filename).name}, ligne {at.lineno})"
