"""The embedded engine: generations of a Whoosh index on the local disk."""

from __future__ import annotations

import contextlib
import heapq
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from indexer.columnar.generations import IndexDirectory, Manifest
from indexer.columnar.reader import Reader
from indexer.columnar.writer import Writer
from indexer.engines.base import EngineAnswer, EngineQuery, Known
from indexer.errors import IndexDamaged, IndexIncompatible, IndexMissing, IndexProblem
from indexer.french import CHAIN_VERSION, Analyzer, Word, WordLists
from indexer.model import DateFilter, Document, FileProblem, PartialDate, Root, Sort, Status
from indexer.settings import Ranking

_FILES = "files.jsonl"
_WORDS = "words-"
_ATTEMPTS = 5


class LocalSnapshot:
    """One generation, open. See engines.base.Snapshot."""

    def __init__(self, folder: Path, manifest: Manifest, ranking: Ranking) -> None:
        self.manifest = manifest
        self._folder = folder
        self.reader = Reader(folder, ranking)

    @property
    def status(self) -> Status:
        """See engines.base.Snapshot."""
        manifest = self.manifest
        return Status(
            generation=manifest.generation,
            published=manifest.published,
            documents=manifest.documents,
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
        names = (name for name in self.manifest.files if name.startswith(_WORDS))
        content = {name.removeprefix(_WORDS): (self._folder / name).read_bytes() for name in names}
        return _analyzer(tuple(sorted(content.items())))

    def files(self) -> list[dict[str, Any]]:
        """The file table that the run of this generation left."""
        try:
            with (self._folder / _FILES).open(encoding="utf-8") as lines:
                return [json.loads(line) for line in lines]
        except (OSError, ValueError) as error:
            raise IndexDamaged(
                f"La table des fichiers est illisible ({error}). Reconstruisez : trouvaille reindex --full"
            ) from error

    def search(self, query: EngineQuery) -> EngineAnswer:
        """See engines.base.Snapshot."""
        reader = self.reader
        matches = reader.matches(query.tree)
        accepts = _date_test(query.date)
        wanted = frozenset(query.types)
        types: Counter[str] = Counter()
        dates: Counter[int] = Counter()
        hits: list[tuple[int, float]] = []
        for number, score in matches:
            kind, date = reader.types[number], reader.dates[number]
            right_type, right_date = not wanted or kind in wanted, accepts(date)
            types[kind] += right_date
            dates[date] += right_type
            if right_type and right_date:
                hits.append((number, score))
        best = heapq.nsmallest(query.offset + query.limit, hits, key=self._order(query.sort))[query.offset :]
        return EngineAnswer(
            matched=len(matches),
            total=len(hits),
            hits=tuple((reader.document(number), score) for number, score in best),
            types=+types,
            dates=+dates,
        )

    def count(self, query: EngineQuery) -> int:
        """See engines.base.Snapshot."""
        accepts = _date_test(query.date)
        types, dates = self.reader.types, self.reader.dates
        return sum(
            (not query.types or types[number] in query.types) and accepts(dates[number])
            for number, _ in self.reader.matches(query.tree)
        )

    def get(self, id: str) -> Document | None:
        """See engines.base.Snapshot."""
        number = self.reader.number(id)
        return None if number is None else self.reader.document(number)

    def _order(self, sort: Sort) -> Callable[[tuple[int, float]], Any]:
        """The key of a hit in an order; unknown dates come last both ways, ids break every tie."""
        reader = self.reader
        ids, dates = reader.ids, reader.dates
        match sort:
            case Sort.RELEVANCE:
                # Scores are sums of floats whose order may differ between runs: what differs past the tenth digit ties.
                return lambda hit: (-round(hit[1], 10), ids[hit[0]])
            case Sort.NEWEST:
                return lambda hit: (-dates[hit[0]], ids[hit[0]])
            case Sort.OLDEST:
                return lambda hit: (dates[hit[0]] == 0, dates[hit[0]], ids[hit[0]])
            case Sort.TITLE:
                titles = reader.title_keys
                return lambda hit: (titles[hit[0]], ids[hit[0]])


def _date_test(date: DateFilter | None) -> Callable[[int], bool]:
    """Whether a date key passes the filter; each distinct date is worked out once."""
    if date is None:
        return lambda key: True
    return lru_cache(maxsize=None)(lambda key: date.matches(PartialDate.from_key(key)))


@lru_cache(maxsize=2)
def _analyzer(content: tuple[tuple[str, bytes], ...]) -> Analyzer:
    """One Analyzer per set of lists: generations that share their lists share its memo."""
    return Analyzer(WordLists.from_files(dict(content)))


class LocalUpdate:
    """A run under the write lock. See engines.base.Update."""

    def __init__(
        self,
        directory: IndexDirectory,
        base: LocalSnapshot | None,
        roots: tuple[Root, ...],
        outdated: str,
        lists: WordLists,
        rules_digest: str,
    ) -> None:
        self._directory = directory
        self._base = base
        self.roots = roots
        self._lists = lists
        self._built_with = _built_with(lists, rules_digest)
        self._writer: Writer | None = None
        self._continued: Manifest | None = None  # the generation that this run writes on top of
        self._documents = 0
        self.outdated = outdated

    @cached_property
    def _analyzer(self) -> Analyzer:
        """Made when the first document is added: most runs add none."""
        return Analyzer(self._lists)

    def known(self) -> Iterable[Known]:
        """See engines.base.Update."""
        if self._base is None:
            return
        reader = self._base.reader
        files, digests, seen = (reader.text_column(name) for name in ("file", "digest", "first_seen"))
        for number in reader.live_numbers():
            yield Known(reader.ids[number], files[number], digests[number], seen[number])

    def files(self) -> Sequence[Mapping[str, Any]]:
        """See engines.base.Update."""
        return self._base.files() if self._base else []

    @property
    def generation(self) -> int:
        """The number of the generation in service, 0 when there is none."""
        return self._base.manifest.generation if self._base else 0

    def start(self, *, rebuild: bool) -> None:
        """See engines.base.Update."""
        self._continued = None if rebuild or self._base is None else self._base.manifest
        draft = self._directory.begin(self._continued)
        self._documents = self._continued.documents if self._continued else 0
        self._writer = Writer(draft, fresh=self._continued is None)

    def add(self, document: Document) -> None:
        """See engines.base.Update."""
        assert self._writer is not None
        self._writer.add(document, self._words(document.title), self._words(document.text))
        self._documents += 1

    def _words(self, text: str) -> list[Word]:
        return [word for _, found in self._analyzer.words(text) for word in found.words]

    def remove(self, ids: Iterable[str]) -> None:
        """See engines.base.Update."""
        if self._continued is None:
            return
        assert self._writer is not None
        numbers = [self._numbers[id] for id in ids]
        self._writer.remove(numbers)
        self._documents -= len(numbers)

    def stored(self, id: str) -> Document:
        """See engines.base.Update."""
        assert self._base is not None
        return self._base.reader.document(self._numbers[id])

    @cached_property
    def _numbers(self) -> dict[str, int]:
        assert self._base is not None
        return {self._base.reader.ids[number]: number for number in self._base.reader.live_numbers()}

    def publish(
        self, *, files: Iterable[Mapping[str, Any]], roots: tuple[Root, ...], last_run: Mapping[str, Any]
    ) -> int:
        """See engines.base.Update."""
        assert self._writer is not None
        self._writer.commit()
        draft = self._directory.draft
        # A new file each time: the linked one belongs to the previous generation too.
        (draft / _FILES).unlink(missing_ok=True)
        with (draft / _FILES).open("w", encoding="utf-8", errors="replace") as out:
            out.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in files)
        if self._continued is None:
            for name, content in self._lists.files.items():
                (draft / f"{_WORDS}{name}").write_bytes(content)
        manifest = self._directory.publish(
            base=self._continued,
            published=datetime.now(UTC).isoformat(timespec="seconds"),
            documents=self._documents,
            built_with=self._built_with,
            roots=roots,
            last_run=last_run,
        )
        return manifest.generation

    def cancel(self) -> None:
        """Give up what was begun."""
        if self._writer is not None:
            self._writer.cancel()


class LocalEngine:
    """The store of generations below one directory. See engines.base.Engine."""

    def __init__(self, directory: Path, ranking: Ranking) -> None:
        self._directory = IndexDirectory(directory)
        self._ranking = ranking
        self._snapshot: LocalSnapshot | None = None
        self._swap = threading.Lock()

    def snapshot(self) -> LocalSnapshot:
        """The generation in service now; reading CURRENT is all it costs when that has not changed."""
        current = self._directory.current()
        held = self._snapshot
        if held is not None and held.manifest.generation == current:
            return held
        with self._swap:
            if self._snapshot is None or self._snapshot.manifest.generation != current:
                self._snapshot = self._open()
            return self._snapshot

    def _open(self) -> LocalSnapshot:
        """Open what CURRENT names; again when it was replaced and collected in between."""
        for _ in range(_ATTEMPTS):
            generation = self._directory.current()
            try:
                manifest = self._directory.manifest(generation)
                return LocalSnapshot(self._directory.folder(generation), manifest, self._ranking)
            except (FileNotFoundError, IndexDamaged) as error:
                if self._directory.current() == generation:
                    if isinstance(error, IndexDamaged):
                        raise
                    raise IndexDamaged(
                        f"La génération {generation} manque dans {self._directory.path}. "
                        "Reconstruisez-la : trouvaille reindex --full"
                    ) from error
        raise IndexProblem("L’index change sans cesse : réessayez dans un instant.")

    def verify(self) -> tuple[FileProblem, ...]:
        """See engines.base.Engine."""
        return self._directory.verify(self._directory.current())

    def rollback(self) -> int:
        """See engines.base.Engine."""
        self._directory.current()  # no lock file is made where there is no index
        with self._directory.writing():
            return self._directory.rollback()

    @contextlib.contextmanager
    def update(self, lists: WordLists, rules_digest: str, *, full: bool = False) -> Iterator[LocalUpdate]:
        """See engines.base.Engine."""
        with self._directory.writing():
            base, roots = self._base(full)
            outdated = _outdated(base.manifest, _built_with(lists, rules_digest)) if base else ""
            update = LocalUpdate(self._directory, base, roots, outdated, lists, rules_digest)
            try:
                yield update
            finally:
                update.cancel()

    def _base(self, full: bool) -> tuple[LocalSnapshot | None, tuple[Root, ...]]:
        """The generation in service and its roots. A full rebuild does without one that cannot be opened."""
        try:
            base = self._open()
            return base, base.manifest.roots
        except IndexMissing:
            return None, ()
        except IndexProblem:
            if not full:
                raise
            return None, self._directory.rescued_roots()


_REASONS = {
    "chain": "l’analyse du français a changé de version",
    "words": "les listes de mots ont changé",
    "types": "les règles de types ont changé",
}


def _outdated(manifest: Manifest, now: Mapping[str, str]) -> str:
    """Why a generation has to be rebuilt, in French; empty when it need not be."""
    return " ; ".join(reason for key, reason in _REASONS.items() if manifest.built_with.get(key) != now[key])


def _built_with(lists: WordLists, rules_digest: str) -> dict[str, str]:
    return {"chain": CHAIN_VERSION, "words": lists.digest, "types": rules_digest}
