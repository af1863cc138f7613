"""An engine in memory: what runs write, without the cost of writing it. The protocol of engines.base, by the letter."""

from __future__ import annotations

import contextlib
import copy
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.documents import Entry, TypeRules, place_inside
from indexer.documents.hyphens import Joins, unknown
from indexer.engines.base import Known, Place
from indexer.french import WordLists
from indexer.model import Document, Problem, Root, RunRecord
from indexer.reindex import Report, reindex
from indexer.settings import Settings, load_settings
from tests.conftest import ROOT

RULES = TypeRules.from_toml((ROOT / "config" / "types.toml").read_bytes())


class Entries(tuple[Entry, ...]):
    """A batch that is its entries."""


class EntriesPreparer:
    def prepare(self, entries: Sequence[Entry]) -> Entries:
        return Entries(entries)


@dataclass
class State:
    """A generation."""

    documents: dict[str, Document] = field(default_factory=dict)
    files: bytes = b""
    roots: tuple[Root, ...] = ()
    number: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass
class MemoryUpdate:
    base: State
    publish_to: Callable[[State], None]
    outdated: str = ""
    next: State | None = None

    @property
    def roots(self) -> tuple[Root, ...]:
        return self.base.roots

    @property
    def generation(self) -> int:
        return self.base.number

    def known(self, id: str) -> Known | None:
        document = self.base.documents.get(id)
        return None if document is None else _known(document)

    def of_file(self, file: str) -> list[Known]:
        found = (self.known(id) for id, document in self.base.documents.items() if file_of(document) == file)
        return [known for known in found if known]

    def files(self) -> bytes:
        return self.base.files

    def joints(self) -> Joins:
        return unknown

    def preparer(self) -> Callable[[], EntriesPreparer]:
        return EntriesPreparer

    def start(self, *, rebuild: bool) -> None:
        assert self.next is None
        self.next = State() if rebuild else copy.deepcopy(self.base)

    def add(self, batch: Entries, places: Sequence[Place | None]) -> None:
        assert self.next is not None
        for entry, place in zip(batch, places, strict=True):
            if place is not None:
                assert place.id not in self.next.documents
                self.next.documents[place.id] = document_of(entry, place)

    def remove(self, ids: Iterable[str]) -> None:
        assert self.next is not None
        for id in ids:
            del self.next.documents[id]

    def stored(self, id: str) -> Document:
        return self.base.documents[id]

    def problems(self) -> tuple[Problem, ...]:
        return self.base.problems

    def publish(
        self, *, files: bytes, roots: tuple[Root, ...], last_run: Mapping[str, Any], problems: Sequence[Problem] = ()
    ) -> int:
        assert self.next is not None
        self.next.problems = tuple(problems)
        self.next.files, self.next.roots, self.next.number = files, roots, self.base.number + 1
        self.publish_to(self.next)
        return self.next.number


@dataclass
class MemoryEngine:
    """Holds one state; `reindex` runs on it."""

    settings: Settings
    lists: WordLists
    state: State = field(default_factory=State)
    remembered: list[RunRecord] = field(default_factory=list)

    @contextlib.contextmanager
    def update(
        self, lists: WordLists, rules_digest: str, *, mentions: bool = False, full: bool = False
    ) -> Iterator[MemoryUpdate]:
        yield MemoryUpdate(self.state, self._put)

    def warnings(self) -> tuple[str, ...]:
        return ()

    def current(self) -> int:
        return self.state.number

    def remember(self, run: RunRecord) -> None:
        self.remembered.append(run)

    def runs(self) -> tuple[RunRecord, ...]:
        return tuple(reversed(self.remembered))

    def _put(self, state: State) -> None:
        self.state = state

    def reindex(self, *paths: Path, **options: Any) -> Report:
        return reindex(self, self.settings, RULES, self.lists, paths, **options)  # type: ignore[arg-type]

    def copied(self) -> MemoryEngine:
        """Another one that stands where this one stands now."""
        return MemoryEngine(self.settings, self.lists, copy.deepcopy(self.state))


def engine_in(folder: Path, lists: WordLists) -> MemoryEngine:
    return MemoryEngine(load_settings(index=folder / "index"), lists)


def file_of(document: Document) -> str:
    return f"{document.root}/{document.file}"


def _known(document: Document) -> Known:
    return Known(document.id, file_of(document), document.digest, document.first_seen, document.member)


def document_of(entry: Entry, place: Place) -> Document:
    return Document(
        id=place.id,
        title=entry.title,
        text=entry.text,
        type=entry.type,
        date=entry.date,
        date_source=entry.date_source,
        root=place.root,
        path=place_inside(place.path, place.member) + (f"#{place.id}" if place.line else ""),
        digest=entry.digest,
        first_seen=place.first_seen,
        member=place.member,
        format=entry.format,
        language=entry.language,
    )


class Folder:
    """A folder, and an index of it."""

    def __init__(self, folder: Path, lists: WordLists) -> None:
        self.folder = folder / "corpus"
        self.folder.mkdir()
        self.engine = engine_in(folder, lists)
        self.clock = 0

    def write(self, name: str, content: str | bytes) -> None:
        """A file with another time at each writing; none of them is just now."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.clock += 1
        then = path.stat().st_mtime - 3600 + self.clock
        os.utime(path, (then, then))

    def reindex(self, **options: Any) -> Report:
        return self.engine.reindex(self.folder, **options)
