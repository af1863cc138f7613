"""The embedded engine: generations of column segments on the local disk, searched with numpy."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from indexer.columnar.generation import OpenGeneration
from indexer.columnar.generations import FileState, IndexDirectory, Manifest
from indexer.columnar.history import History
from indexer.columnar.network import network_file_system
from indexer.engines.base import EngineAnswer, EngineQuery
from indexer.engines.collection import Collection
from indexer.engines.completion import Completion
from indexer.engines.evaluate import find
from indexer.engines.holdings import holdings_of
from indexer.engines.lexicon import LocalLexicon
from indexer.engines.problems import PROBLEMS, printable, problems_from
from indexer.engines.reprises import all_repeats_of
from indexer.engines.sigles import SIGLES, learned_from
from indexer.engines.similar import similar
from indexer.engines.update import MENTIONS, WORDS, LocalUpdate
from indexer.errors import IndexDamaged, IndexIncompatible, IndexMissing, IndexProblem
from indexer.french import CHAIN_VERSION, Analyzer, Learned, WordLists
from indexer.model import (
    NO_REPEATS,
    Document,
    FileProblem,
    Holdings,
    Problem,
    Repeats,
    Root,
    RunRecord,
    Similar,
    Status,
    Suggestion,
)
from indexer.settings import Ranking

_ATTEMPTS = 5


class LocalSnapshot:
    """One generation, open. See engines.base.Snapshot."""

    def __init__(self, folder: Path, manifest: Manifest, ranking: Ranking, earlier: LocalSnapshot | None) -> None:
        self.manifest = manifest
        self._folder = folder
        self._ranking = ranking
        self.generation: OpenGeneration = OpenGeneration(folder, earlier.generation if earlier else None)
        self._collection = Collection(self.generation.searched, self.generation.alike)

    @cached_property
    def status(self) -> Status:
        """See engines.base.Snapshot."""
        manifest, copies = self.manifest, len(self.generation.alike.copies)
        return Status(
            generation=manifest.generation,
            published=manifest.published,
            documents=manifest.documents - copies,
            copies=copies,
            bytes=manifest.size,
            roots=manifest.roots,
            last_run=manifest.last_run,
        )

    @cached_property
    def analyzer(self) -> Analyzer:
        """See engines.base.Snapshot."""
        if self.manifest.built_with["chain"] != CHAIN_VERSION:
            raise IndexIncompatible(
                "L’index a été construit par une autre version de l’analyse du français "
                f"({self.manifest.built_with['chain']}, ici {CHAIN_VERSION}). Reconstruisez-le : trouvaille reindex"
            )
        names = (name for name in self.manifest.files if name.startswith(WORDS))
        content = {name.removeprefix(WORDS): (self._folder / name).read_bytes() for name in names}
        return _analyzer(tuple(sorted(content.items())))

    @cached_property
    def lexicon(self) -> LocalLexicon:
        """See engines.base.Snapshot."""
        return LocalLexicon(self.generation, self._collection, self.analyzer)

    @cached_property
    def sigles(self) -> tuple[Learned, ...]:
        """See engines.base.Snapshot. An index that was written before there were any has none."""
        return _learned((self._folder / SIGLES).read_bytes()) if SIGLES in self.manifest.files else ()

    @property
    def mentions(self) -> bool:
        """See engines.base.Snapshot."""
        return MENTIONS in self.manifest.built_with

    @cached_property
    def holdings(self) -> Holdings:
        """See engines.base.Snapshot."""
        with self.generation.damage_named():
            return holdings_of(self._collection)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """See engines.base.Snapshot."""
        with self.generation.damage_named():
            content = (self._folder / PROBLEMS).read_bytes() if PROBLEMS in self.manifest.files else b""
            return tuple(map(printable, problems_from(content)))

    def documents(self, *, undated: bool = False) -> Iterator[Document]:
        """See engines.base.Snapshot."""
        for part in self.generation.parts:
            with self.generation.damage_named():
                wanted = part.wanted(undated=undated).tolist()
            for number in wanted:
                with self.generation.damage_named():
                    document = part.document(number)
                yield document

    def search(self, query: EngineQuery) -> EngineAnswer:
        """See engines.base.Snapshot."""
        stem = self.analyzer.stem
        with self.generation.damage_named():
            found = find(self._collection, query, self._ranking, stem)
            return EngineAnswer(
                matched=found.matched,
                total=found.total,
                every=found.every,
                hits=tuple((found.reader.read(number), score) for number, score in found.hits),
                types=found.types,
                dates=found.dates,
                languages=found.languages,
                mentions=found.mentions if self.mentions else None,
                reasons=tuple(found.reasons),
                repeats=tuple(found.repeats),
                reprises=found.reprises,
            )

    def heads(self, query: EngineQuery) -> Iterator[Document]:
        """See engines.base.Snapshot."""
        with self.generation.damage_named():
            found = find(self._collection, query, self._ranking, self.analyzer.stem)
        return map(self._head, (number for number, _ in found.hits))

    def _head(self, number: int) -> Document:
        with self.generation.damage_named():
            return self._collection.head(number)

    def get(self, id: str) -> Document | None:
        """See engines.base.Snapshot."""
        return self.generation.document(id)

    def repeats(self, id: str) -> Repeats:
        """See engines.base.Snapshot."""
        found = self.generation.find(id)
        if found is None:
            return NO_REPEATS
        part, number = found
        with self.generation.damage_named():
            return all_repeats_of(self._collection, part.first + number)

    def similar(self, document: Document, count: int) -> tuple[Similar, ...]:
        """See engines.base.Snapshot."""
        found = self.generation.find(document.id)
        if found is None:
            return ()
        part, number = found
        with self.generation.damage_named():
            return similar(self._collection, self._ranking, self.analyzer, document, part.first + number, count)

    def suggestions(self, text: str) -> tuple[Suggestion, ...]:
        """See engines.base.Snapshot."""
        with self.generation.damage_named():
            return self._completion.suggestions(text)

    @cached_property
    def _completion(self) -> Completion:
        return Completion(self._collection, self.analyzer)


@lru_cache(maxsize=2)
def _analyzer(content: tuple[tuple[str, bytes], ...]) -> Analyzer:
    """One Analyzer per set of lists: generations that share their lists share its memo."""
    return Analyzer(WordLists.from_files(dict(content)))


# One tuple per content: generations that say the same share it. The second is for requests on the one before.
_learned = lru_cache(maxsize=2)(learned_from)


class LocalEngine:
    """The store of generations below one directory. See engines.base.Engine."""

    def __init__(self, directory: Path, ranking: Ranking) -> None:
        self._directory = IndexDirectory(directory)
        self._history = History(directory)
        self._ranking = ranking
        self._snapshot: LocalSnapshot | None = None
        self._swap = threading.Lock()

    def current(self) -> int:
        """See engines.base.Engine."""
        return self._directory.current()

    def snapshot(self) -> LocalSnapshot:
        """The generation in service now; reading CURRENT is all it costs when that has not changed.

        Segments that the new generation shares with the one before stay open.
        """
        current = self._directory.current()
        held = self._snapshot
        if held is not None and held.manifest.generation == current:
            return held
        with self._swap:
            if self._snapshot is None or self._snapshot.manifest.generation != current:
                self._snapshot = self._open(self._snapshot)
            return self._snapshot

    def _open(self, earlier: LocalSnapshot | None = None) -> LocalSnapshot:
        """Open what CURRENT names; again when it was replaced and collected in between."""
        for _ in range(_ATTEMPTS):
            generation = self._directory.current()
            try:
                manifest = self._directory.manifest(generation)
                return LocalSnapshot(self._directory.folder(generation), manifest, self._ranking, earlier)
            except (FileNotFoundError, IndexDamaged) as error:
                if self._directory.current() == generation:
                    if isinstance(error, IndexDamaged):
                        raise
                    raise IndexDamaged(
                        f"La génération {generation} manque dans {self._directory.path}. "
                        "Reconstruisez-la : trouvaille reindex --full"
                    ) from error
        raise IndexProblem("L’index change sans cesse : réessayez dans un instant.")

    def verify(self, generation: int, sound: set[FileState] | None = None) -> tuple[FileProblem, ...]:
        """See engines.base.Engine."""
        return self._directory.verify(generation, sound)

    def warnings(self) -> tuple[str, ...]:
        """See engines.base.Engine."""
        path = self._directory.path
        system = network_file_system(path)
        if system is None:
            return ()
        return (
            f"L’index {path} est sur un disque en réseau ({system}) : une coupure pendant une recherche peut arrêter "
            "le service. Un disque local est plus sûr.",
        )

    def runs(self) -> tuple[RunRecord, ...]:
        """See engines.base.Engine."""
        return self._history.runs()

    def remember(self, run: RunRecord) -> None:
        """See engines.base.Engine."""
        self._history.add(run)

    def rollback(self) -> int:
        """See engines.base.Engine."""
        self._directory.current()  # no lock file is made where there is no index
        with self._directory.writing():
            return self._directory.rollback()

    @contextlib.contextmanager
    def update(
        self, lists: WordLists, rules_digest: str, *, mentions: bool = False, full: bool = False
    ) -> Iterator[LocalUpdate]:
        """See engines.base.Engine."""
        with self._directory.writing():
            base, roots = self._base(full)
            manifest, generation = (base.manifest, base.generation) if base else (None, None)
            yield LocalUpdate(self._directory, manifest, generation, roots, lists, rules_digest, mentions)

    def _base(self, full: bool) -> tuple[LocalSnapshot | None, tuple[Root, ...]]:
        """The generation in service and its roots. A full rebuild is the repair: it does without a damaged one."""
        try:
            base = self._open()
            damaged = full and self._directory.verify(base.manifest.generation)
            return None if damaged else base, base.manifest.roots
        except IndexMissing:
            return None, ()
        except IndexProblem:
            if not full:
                raise
            return None, self._directory.rescued_roots()
