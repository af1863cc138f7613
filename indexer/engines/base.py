"""What the rest of Trouvaille asks of a search engine: search, count, get, status; and a way to write a generation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from indexer.french import Analyzer, WordLists
from indexer.model import DateFilter, Document, FileProblem, Root, Sort, Status
from indexer.query.tree import Node


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """What to find: a tree, filters on top of it, an order, and which slice of the ordered hits to return."""

    tree: Node
    types: tuple[str, ...] = ()
    date: DateFilter | None = None
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What was found.

    `matched` counts the documents of the tree before filters, `total` those that pass the filters too. `types` and
    `dates` (by date key, 0 unknown) count documents that pass every filter but the one of their own group. Equal scores
    and keys are ordered by id, so pages never overlap.
    """

    matched: int
    total: int
    hits: tuple[tuple[Document, float], ...]
    types: Mapping[str, int]
    dates: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What the index holds of one document, for a run to compare with the disk."""

    id: str
    file: str
    digest: str
    first_seen: str


class Snapshot(Protocol):
    """One generation, open for reading and never changing; safe to share between threads."""

    @property
    def status(self) -> Status:
        """Its number, size and roots."""

    @property
    def analyzer(self) -> Analyzer:
        """The French analysis with the word lists that this generation was built with."""

    def search(self, query: EngineQuery) -> EngineAnswer:
        """Find, count and order."""

    def count(self, query: EngineQuery) -> int:
        """How many documents `search` would find in all."""

    def get(self, id: str) -> Document | None:
        """The document with this id."""


class Update(Protocol):
    """A run that writes the next generation. Nothing is visible before `publish`; left without it, nothing changes."""

    def known(self) -> Iterable[Known]:
        """The documents of the generation in service."""

    def files(self) -> Sequence[Mapping[str, Any]]:
        """The file table that the previous run left; empty when there is none."""

    # The roots of the generation in service.
    roots: tuple[Root, ...]
    # Why everything has to be rebuilt (« les listes de mots ont changé »); empty when it need not be.
    outdated: str

    @property
    def generation(self) -> int:
        """The number of the generation in service, 0 when there is none."""

    def start(self, *, rebuild: bool) -> None:
        """Begin to write, on top of the generation in service or from nothing."""

    def add(self, document: Document) -> None:
        """Analyse and add a document; its id must be free (removed, or never there)."""

    def remove(self, ids: Iterable[str]) -> None:
        """Remove documents of the generation in service."""

    def stored(self, id: str) -> Document:
        """A document of the generation in service, to be added again by a rebuild."""

    def publish(
        self, *, files: Iterable[Mapping[str, Any]], roots: tuple[Root, ...], last_run: Mapping[str, Any]
    ) -> int:
        """Put the new generation in service and return its number."""


class Engine(Protocol):
    """A store of generations."""

    def snapshot(self) -> Snapshot:
        """The generation in service now. Raises IndexProblem."""

    def verify(self) -> tuple[FileProblem, ...]:
        """The files of the generation in service that are damaged. Raises IndexMissing when there is none."""

    def rollback(self) -> int:
        """Put the generation before the one in service back; its number. Raises IndexLocked, IndexMissing."""

    def update(self, lists: WordLists, rules_digest: str, *, full: bool = False) -> AbstractContextManager[Update]:
        """Hold the write lock for a run that is to use these word lists and type rules.

        Raises IndexLocked, and IndexProblem for an index that cannot be read, unless the run is a `full` one, whose
        rebuild is the repair.
        """
