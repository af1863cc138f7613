"""What the rest of Trouvaille asks of a search engine: search, count, get, status; and a way to write a generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from indexer.documents import Entry
from indexer.documents.hyphens import Joins
from indexer.french import Analyzer, Learned, WordLists
from indexer.model import (
    Contribution,
    DateFilter,
    Document,
    FileProblem,
    Holdings,
    PartialDate,
    Problem,
    Repeats,
    Root,
    RunRecord,
    Similar,
    Sort,
    Status,
    Suggestion,
)
from indexer.query.spelling import Lexicon
from indexer.query.tree import Node


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """What to find: a tree, filters on top of it, an order, and which slice of the ordered hits to return.

    `every` is a second tree to be counted in the same go: a request that asks for two of five words also says how many
    documents have all five, and the words are looked up once for both. `explain` asks for the reasons of the hits.
    `mention` asks for documents that name this date, or one inside it; none does where mentions are not looked for.

    `words` are what was asked, in order: by relevance, the best documents are looked at again, and those that have more
    of them, closer together, come first (engines.closeness). `accents` prefers, among these, texts with the accents
    that were typed (engines.accents). `grouped` shows of documents that say nearly the same the first alone.
    `by_arrival` puts what was first seen last before all else, whatever `sort` says.
    """

    tree: Node
    types: tuple[str, ...] = ()
    date: DateFilter | None = None
    languages: tuple[str, ...] = ()
    mention: PartialDate | None = None
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10
    every: Node | None = None
    words: tuple[Node, ...] = ()
    explain: bool = False
    accents: bool = False
    grouped: bool = False
    by_arrival: bool = False


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """What was found.

    `matched` counts the documents of the tree before filters, `total` those that pass the filters too, `every` those of
    the second tree that pass them (None when there is none). `types`, `dates` and `languages` count documents that pass
    every filter but the one of their own group; `dates` by year (the key yyyy0000, 0 unknown), and by date key inside
    the year that the filter opens (DateFilter.opened). Equal scores and keys are ordered by id, so pages never overlap.

    `mentions` counts so, by date key, the documents that name a date: by year, by month in the year and by day in the
    month that the filter is in. A document counts under each date that it names. None when they are not looked for.

    The `text` of a hit is what its passages are chosen from: the whole text or, of a long one, the parts of it with
    most of what was asked, joined by a blank line. `Snapshot.get` gives whole texts. `reasons`
    holds, for each hit, what adds up to its score, the greatest first; nothing of any when the query did not ask.

    `repeats` holds for each hit where else its text is. When the query asked for groups, its reprises are those of the
    documents found that are no hits because of it, `reprises` in all; otherwise none.
    """

    matched: int
    total: int
    every: int | None
    hits: tuple[tuple[Document, float], ...]
    types: Mapping[str, int]
    dates: Mapping[int, int]
    languages: Mapping[str, int]
    mentions: Mapping[int, int] | None
    reasons: tuple[tuple[Contribution, ...], ...]
    repeats: tuple[Repeats, ...]
    reprises: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the index holds of one document, for a run to compare with the disk.

    `file` is the key of its file (root, `/`, path), `member` its place inside that when it is a part of it.
    """

    id: str
    file: str
    digest: str
    first_seen: str
    member: str = ""


class Snapshot(Protocol):
    """One generation, open for reading and never changing; safe to share between threads."""

    @property
    def status(self) -> Status:
        """Its number, size and roots."""

    @property
    def analyzer(self) -> Analyzer:
        """The French analysis with the word lists that this generation was built with."""

    @property
    def lexicon(self) -> Lexicon:
        """The words of its documents, to correct what was typed by."""

    @property
    def sigles(self) -> tuple[Learned, ...]:
        """What the documents say their sigles stand for; the same object as long as a new generation has the same."""

    @property
    def mentions(self) -> bool:
        """Whether it knows which dates its documents name."""

    @property
    def holdings(self) -> Holdings:
        """How many documents there are of each kind; counted once."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be indexed, by root and path; read once."""

    def documents(self, *, undated: bool = False) -> Iterator[Document]:
        """Every document, or those without a date, in no order that means anything; read one by one."""

    def search(self, query: EngineQuery) -> EngineAnswer:
        """Find, count and order."""

    def heads(self, query: EngineQuery) -> Iterator[Document]:
        """The hits of a query in order, without their texts; found at once, read one by one as they are taken."""

    def get(self, id: str) -> Document | None:
        """The document with this id."""

    def repeats(self, id: str) -> Repeats:
        """Where else its text is, whatever else is asked; nowhere when there is no such document."""

    def similar(self, document: Document, count: int) -> tuple[Similar, ...]:
        """The documents most like one of this generation, the nearest first; none that says nearly the same."""

    def suggestions(self, text: str) -> tuple[Suggestion, ...]:
        """What a person who typed this may be about to type, best first, no two of the same words."""


class Place(NamedTuple):
    """Where a prepared document goes: its id, the root and path it was read from, and when it was first indexed.

    `path` is that of the file; `line`: it is a line of it; `member`: its place inside, when it is a part of it.
    """

    id: str
    root: str
    path: str
    first_seen: str
    line: bool = False
    member: str = ""

    @classmethod
    def of(cls, document: Document) -> Place:
        """Where a document of the index is."""
        root, file, member = document.root, document.file, document.member
        return cls(document.id, root, file, document.first_seen, document.is_line, member)


class Batch(Protocol):
    """Documents made ready by a Preparer, in the order given to it; can be sent between processes."""

    def __len__(self) -> int:
        """How many documents."""


class Preparer(Protocol):
    """The part of writing that needs no index: analysis. It can run in any process, several at a time."""

    def prepare(self, entries: Sequence[Entry]) -> Batch:
        """Analyse documents; a few hundred at a time, or a megabyte or so of text."""


class Update(Protocol):
    """A run that writes the next generation. Nothing is visible before `publish`; left without it, nothing changes."""

    # The roots of the generation in service.
    roots: tuple[Root, ...]
    # Why everything has to be rebuilt (« les listes de mots ont changé »); empty when it need not be.
    outdated: str

    @property
    def generation(self) -> int:
        """The number of the generation in service, 0 when there is none."""

    def known(self, id: str) -> Known | None:
        """What the generation in service holds under an id."""

    def of_file(self, file: str) -> Sequence[Known]:
        """The documents that the generation in service holds of a file (its key: root, `/`, path)."""

    def files(self) -> bytes:
        """The file table that the previous run left, as it was given to `publish`; empty when there is none."""

    def problems(self) -> tuple[Problem, ...]:
        """What could not be indexed, as it was given to `publish` by the previous run."""

    def preparer(self) -> Callable[[], Preparer]:
        """What makes a Preparer with the word lists of this run; can be sent to another process."""

    def joints(self) -> Joins:
        """What the generation in service knows of words that are cut in two; can be sent to another process."""

    def start(self, *, rebuild: bool) -> None:
        """Begin to write, on top of the generation in service or from nothing."""

    def add(self, batch: Batch, places: Sequence[Place | None]) -> None:
        """Write the documents of a batch that have a place; their ids must be free (removed, or never there)."""

    def remove(self, ids: Iterable[str]) -> None:
        """Remove documents of the generation in service."""

    def stored(self, id: str) -> Document:
        """A document of the generation in service, to be added again by a rebuild."""

    def publish(
        self, *, files: bytes, roots: tuple[Root, ...], last_run: Mapping[str, Any], problems: Sequence[Problem] = ()
    ) -> int:
        """Put the new generation in service and return its number."""


class Engine(Protocol):
    """A store of generations."""

    def snapshot(self) -> Snapshot:
        """The generation in service now. Raises IndexProblem."""

    def current(self) -> int:
        """The number of the generation in service. Raises IndexMissing."""

    def verify(self, generation: int, sound: set[Any] | None = None) -> tuple[FileProblem, ...]:
        """The files of a generation that are damaged, all bytes read. Raises IndexMissing when there is no index.

        `sound` remembers the files found sound between calls, so that each is read once.
        """

    def warnings(self) -> tuple[str, ...]:
        """What makes the place of the index unsafe, in French sentences: a network file system."""

    def runs(self) -> tuple[RunRecord, ...]:
        """The last runs that were remembered, the last one first. Never raises: nothing depends on them."""

    def remember(self, run: RunRecord) -> None:
        """Remember a run, if that can be done; needs no lock."""

    def rollback(self) -> int:
        """Put the generation before the one in service back; its number. Raises IndexLocked, IndexMissing."""

    def update(
        self, lists: WordLists, rules_digest: str, *, mentions: bool = False, full: bool = False
    ) -> AbstractContextManager[Update]:
        """Hold the write lock for a run that is to use these word lists and type rules and, with `mentions`, looks for
        the dates that documents name.

        Raises IndexLocked, and IndexProblem for an index that cannot be read, unless the run is a `full` one, whose
        rebuild is the repair.
        """
