"""The part of a run that can be done anywhere, several at a time: read files or lines, analyse their documents.

A unit of work says what to read; what comes back says what was found, with the documents made ready for the index.
Nothing here knows the index.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from indexer import documents
from indexer.columnar.durable import sha256
from indexer.documents import Entry, Line, Rejected, TypeRules
from indexer.engines.base import Batch, Preparer
from indexer.errors import UnreadableDocument
from indexer.model import Document


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to read, unless its bytes have this SHA-256 ("": whatever they are)."""

    path: str
    relative: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Files:
    """Some whole files."""

    tasks: tuple[FileTask, ...]

    @property
    def first(self) -> str:
        """What this is about."""
        return self.tasks[0].relative


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a file."""

    relative: str
    lines: tuple[Line | Rejected, ...]

    @property
    def first(self) -> str:
        """What this is about."""
        return self.relative


@dataclass(frozen=True, slots=True)
class Copies:
    """Documents of the index that are to be analysed again as they are."""

    documents: tuple[Document, ...]

    @property
    def first(self) -> str:
        """What this is about."""
        return self.documents[0].path


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
    make no document beyond `items`. `same`: it has the SHA-256 that the task knew, and was not read.
    """

    items: tuple[Found | Rejected, ...] = ()
    read_ns: int = 0
    sha256: str = ""
    same: bool = False
    unopened: str = ""
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of each file of a unit, and the documents found in all of them; no batch when none was asked for."""

    outcomes: tuple[Outcome, ...]
    batch: Batch | None


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

    def __call__(self, unit: Unit) -> Done:
        """Do one unit."""
        entries: list[Entry] = []
        match unit:
            case Files(tasks):
                outcomes = tuple(self._file(task, entries) for task in tasks)
            case Lines(relative, lines):
                outcomes = (Outcome(tuple(_items(documents.read_lines(lines, relative, self._rules), entries))),)
            case Copies(copied):
                entries = [Entry.of(document) for document in copied]
                outcomes = ()
        return Done(outcomes, self._prepare(entries))

    def _file(self, task: FileTask, entries: list[Entry]) -> Outcome:
        read_ns = time.time_ns()
        digest, unopened = hash_of(task.path)
        if unopened:
            return Outcome(unopened=unopened)
        if digest == task.sha256:
            return Outcome(read_ns=read_ns, sha256=digest, same=True)
        items: list[Found | Rejected] = []
        unreadable = ""
        try:
            found = documents.read(
                task.path, task.relative, self._rules, max_bytes=self._max_bytes, choices=self._choices
            )
            items.extend(_items(found, entries))
        except UnreadableDocument as error:
            unreadable = str(error)
        return Outcome(tuple(items), read_ns, digest, unreadable=unreadable)

    def _prepare(self, entries: list[Entry]) -> Batch | None:
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
        else:
            entries.append(item)
            yield Found(item.key, item.digest, item.warnings, item.member)
