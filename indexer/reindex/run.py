"""One run, from the comparison of disk and index to the published generation."""

from __future__ import annotations

import base64
import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from indexer import documents
from indexer.documents import NOTHING_SAID, FileFacts, Line, Rejected, Said, TypeRules, place_inside
from indexer.engines.base import Batch, Known, Place, Update
from indexer.errors import CorpusError, UnreadableDocument
from indexer.model import Document, Problem, Root
from indexer.reindex.claims import FREED, Claims
from indexer.reindex.comparison import Comparison, FileToRead, compare, with_moves
from indexer.reindex.crew import Crew, Job
from indexer.reindex.held import Held
from indexer.reindex.report import Report
from indexer.reindex.roots import Roots, Scope
from indexer.reindex.table import FileRecord, FileTable, Mask, NextTable
from indexer.reindex.work import Copies, Done, Files, FileTask, Found, Lines, Outcome, Reader, Unit, hash_of
from indexer.settings import Settings

# Problems kept for one file (a table with a million bad lines must not fill the report).
_MAX_PROBLEMS = 1000
# Documents that wait at the same time for their id to become free in the same run, and the bytes of their lines.
_MAX_WAITING = 10_000
_MAX_WAITING_BYTES = 64_000_000
# A unit of work: enough for what is done once for each not to count, little enough for several to be in memory.
_UNIT_BYTES = 1_000_000
_UNIT_ITEMS = 1_000
# What a small file costs beside its text, in bytes of text.
_FILE_WEIGHT = 20_000

# Called with files done, files in all, documents written so far, and what is being done.
Progress = Callable[[int, int, int, str], None]


@dataclass(slots=True, eq=False)
class _Reading:
    """A file that this run reads.

    `number` is its number in the table of files; `held_as` the key under which the index has documents of it (its own,
    or that of the file it was before it moved), empty when there are none. `anew`: they are written again even if their
    bytes are the same, because it has moved, or a table says other things of it (`said`). `documents` counts those that
    the index will have of it, `members` where in it they were found. `waits`: an id of it may become free before the
    end of the run.
    """

    root: Root
    facts: FileFacts
    number: int | None
    held_as: str
    anew: bool
    said: Said = field(default_factory=lambda: NOTHING_SAID)
    held: Held = field(default_factory=lambda: Held(()))
    read_ns: int = 0
    sha256: str = ""
    documents: int = 0
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[Problem] = field(default_factory=list)
    waits: bool = False
    members: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        """Root and path: what documents name as their file."""
        return f"{self.root.name}/{self.facts.relative}"


class Run:
    """One run, from the comparison to the published generation. `jobs`: processes that read, when it is worth any."""

    def __init__(
        self,
        update: Update,
        settings: Settings,
        rules: TypeRules,
        *,
        rebuild: bool,
        check: bool,
        dry_run: bool,
        jobs: int,
    ) -> None:
        self.report = Report(generation=update.generation)
        self._update = update
        self._settings = settings
        self._rebuild = rebuild
        self._check = check
        self._dry_run = dry_run
        self._jobs = jobs
        corpus = settings.corpus
        choices = documents.Choices(settings.columns, corpus.ignore, update.joints())
        self._reader = Reader(rules, corpus.max_file_bytes, None if dry_run else update.preparer(), choices)
        self._now = datetime.now(UTC).isoformat(timespec="seconds")
        self._roots = Roots(update.roots)
        self._table = FileTable(update.files())
        self._next = NextTable(self._table)
        self._to_read: list[tuple[Root, FileToRead, str]] = []
        # Files that the index knows and that are still to be read: they may give up ids.
        self._unfinished: set[str] = set()
        self._moved: dict[str, str] = {}
        self._claims = Claims()
        self._keys: list[str] = []
        self._waiting: list[tuple[_Reading, Unit]] = []
        self._waiting_bytes = 0
        self._late: list[_Reading] = []
        self._to_copy: list[Sequence[Known]] = []
        self._replaced: list[str] = []
        self._started = False
        self._dirty = False
        self._written = self._files_done = 0
        self._progress: Progress = lambda done, total, written, what: None

    def choose(self, paths: Sequence[Path], forget: Sequence[Path], *, new_roots: bool) -> list[Scope]:
        """The roots, or parts of roots, that this run looks at; see Roots.choose."""
        configured = self._settings.corpus.paths
        return self._roots.choose(paths, forget, configured, rebuild=self._rebuild, new_roots=new_roots)

    def go(self, scopes: Sequence[Scope], progress: Progress) -> None:
        """Walk, compare, read, write, publish."""
        self._progress = progress
        self._tell("Parcours des dossiers")
        looks = self._looks(scopes)
        self._dirty = self._roots.changed
        if self.report.missing and not looks and not self._dirty:
            return
        self._dirty |= self._rebuild
        self._settle_what_is_not_read(looks)
        with Crew(self._jobs, self._reader) as crew:
            crew.run(self._first_jobs())
            crew.run(self._last_jobs())
        for reading in self._late:
            self._remember(reading)
        self.report.problems += self._next.problems()
        self.report.problems.sort(key=lambda problem: problem.path)
        problems = self._told([look.scope for look in looks])
        self._dirty |= self._next.changed or problems != self._update.problems()
        if self._dirty and not self._dry_run:
            self._tell("Écriture de l’index")
            self._publish(problems)

    def _tell(self, what: str) -> None:
        self._progress(self._files_done, len(self._to_read), self._written, what)

    # --- what is not read ------------------------------------------------------------------------------------------

    def _looks(self, scopes: Sequence[Scope]) -> list[Comparison]:
        """What the disk shows of the scopes: files that moved inside a root are known, whatever part they moved to."""
        looks: dict[str, list[Comparison]] = {}
        for scope in scopes:
            if (look := self._look(scope)) is not None:
                looks.setdefault(scope.root.name, []).append(look)
        return [look for name, several in looks.items() for look in with_moves(several, self._table.root(name))]

    def _look(self, scope: Scope) -> Comparison | None:
        """A look at a root; None, and a line in the report, when it cannot be believed."""
        try:
            look = compare(
                scope,
                self._table.root(scope.root.name),
                ignore=self._settings.corpus.ignore,
                outside=self._settings.index.directory,
                trust_times=not (self._check or self._rebuild),
            )
        except CorpusError as error:
            self.report.missing.append(Problem(scope.root.path, f"{error} Ses documents sont gardés."))
            return None
        self.report.problems += look.problems
        self.report.warnings += look.warnings
        return look

    def _settle_what_is_not_read(self, looks: Sequence[Comparison]) -> None:
        """Keep what is unchanged or was not looked at, drop what is gone, note what is to be read."""
        kept = {name: np.ones(len(files), bool) for name, files in self._table.roots.items()}
        for name in kept.keys() - {root.name for root in self._roots.all}:
            kept[name][:] = False
            self._drop(name, range(len(kept[name])))
        for look in looks:
            name = look.scope.root.name
            files = self._table.root(name)
            if name in kept:
                kept[name] &= ~files.below(look.scope.below)
                kept[name] |= look.kept
            self._drop(name, look.gone)
            for file in look.to_read:
                number = file.number if file.moved_from is None else file.moved_from
                held_as = "" if number is None else f"{name}/{files.paths[number]}"
                if held_as:
                    key = f"{name}/{file.facts.relative}"
                    self._unfinished.add(key)
                    if key != held_as:
                        self._moved[held_as] = key
                self._to_read.append((look.scope.root, file, held_as))
        for name, mask in kept.items():
            self._keep(name, mask)

    def _keep(self, root: str, files: Mask) -> None:
        """These files stay as they are; a rebuild takes their documents from the index."""
        self._next.keep(root, files)
        table = self._table.root(root)
        self.report.unchanged += table.documents(files)
        if self._rebuild:
            self._to_copy += [self._update.of_file(f"{root}/{table.paths[n]}") for n in np.flatnonzero(files).tolist()]

    def _drop(self, root: str, files: Iterable[int]) -> None:
        paths = self._table.root(root).paths
        for number in files:
            self._remove(self._update.of_file(f"{root}/{paths[number]}"))

    def _remove(self, gone: Iterable[Known]) -> None:
        ids = [known.id for known in gone]
        for id in ids:
            self._claims.set(id, FREED)
        self.report.removed += len(ids)
        if ids:
            self._dirty = True
            if not self._dry_run and not self._rebuild:
                self._begin()
                self._update.remove(ids)

    # --- the work --------------------------------------------------------------------------------------------------

    def _first_jobs(self) -> Iterator[Job]:
        """What there is to do, in the order of the walk."""
        yield from self._copies()
        group: list[_Reading] = []
        weight = 0
        for root, file, held_as in self._to_read:
            facts = file.facts
            moved = bool(held_as) and file.number is None
            reading = _Reading(root, facts, file.number, held_as, moved or file.said_anew, file.said)
            if documents.has_lines(facts.relative, facts.path):
                if group:
                    yield self._files_job(group, weight)
                    group, weight = [], 0
                yield from self._lines_jobs(reading)
                continue
            group.append(reading)
            weight += facts.size + _FILE_WEIGHT
            if weight >= _UNIT_BYTES:
                yield self._files_job(group, weight)
                group, weight = [], 0
        if group:
            yield self._files_job(group, weight)

    def _last_jobs(self) -> Iterator[Job]:
        """What had to wait for all files to be read."""
        yield from self._copies()
        waiting, self._waiting = self._waiting, []
        for reading, unit in waiting:
            weight = reading.facts.size if isinstance(unit, Files) else _size(unit)
            yield Job(partial(self._take_waiting, reading), unit, weight)

    def _copies(self) -> Iterator[Job]:
        """Documents of the index, to be written again."""
        copied, self._to_copy = self._to_copy, []
        group: list[Document] = []
        weight = 0
        for known in (known for several in copied for known in several):
            group.append(self._update.stored(known.id))
            weight += len(group[-1].text)
            if weight >= _UNIT_BYTES or len(group) == _UNIT_ITEMS:
                yield self._copies_job(group, weight)
                group, weight = [], 0
        if group:
            yield self._copies_job(group, weight)

    def _copies_job(self, copied: list[Document], weight: int) -> Job:
        places = list(map(Place.of, copied))
        return Job(partial(self._take_copies, iter(places)), Copies(tuple(copied)), weight)

    def _files_job(self, group: list[_Reading], weight: int) -> Job:
        tasks = tuple(_task(one, self._known_hash(one)) for one in group)
        return Job(partial(self._take_files, deque(group)), Files(tasks), weight)

    def _known_hash(self, reading: _Reading) -> str:
        """The hash that makes it needless to read a file; none where it is to be read anyway."""
        if reading.number is None or reading.anew or self._rebuild:
            return ""
        return self._table.root(reading.root.name).sha256(reading.number)

    def _lines_jobs(self, reading: _Reading) -> Iterator[Job]:
        """A file of lines is looked over here; the lines that are new are shared out."""
        facts = reading.facts
        reading.read_ns = time.time_ns()
        reading.sha256, unopened = hash_of(facts.path)
        if unopened:
            yield Job(lambda done: self._keep_unopened(reading, unopened))
            return
        if reading.sha256 == self._known_hash(reading):
            yield Job(lambda done: self._keep_touched(reading))
            return
        reading.held = self._held(reading)
        known = None if self._rebuild or reading.anew else reading.held.line
        try:
            with documents.lines_of(facts.path, facts.relative, known) as lines:
                yield Job(lambda done: self._take_kept(reading, lines))
                for group in _grouped(lines.read() if lines.to_read else ()):
                    unit = Lines(facts.relative, group, reading.said)
                    yield Job(partial(self._take_lines, reading, iter(group)), unit, _size(unit))
        except UnreadableDocument as error:
            reason = str(error)
            yield Job(lambda done: self._finish(reading, reason))
        else:
            yield Job(lambda done: self._finish(reading))

    def _held(self, reading: _Reading) -> Held:
        return Held(self._update.of_file(reading.held_as) if reading.held_as else ())

    # --- what was found --------------------------------------------------------------------------------------------

    def _take_files(self, group: deque[_Reading], done: Done) -> None:
        """What became of the next files of a group; those that are ended leave it."""
        places: list[Place | None] = []
        for outcome in done.outcomes:
            reading = group[0]
            if not reading.read_ns:
                reading.held = self._held(reading)
            reading.sha256, reading.read_ns = outcome.sha256, outcome.read_ns
            if outcome.unopened:
                self._keep_unopened(reading, outcome.unopened)
            elif outcome.same:
                self._keep_touched(reading)
            else:
                places += self._places(reading, outcome, partial(_whole_file, reading))
                if reading.said:
                    reading.members.update(item.member for item in outcome.items)
                if not outcome.more:
                    self._finish(reading, outcome.unreadable)
            if not outcome.more:
                group.popleft()
        self._write(done.batch, places, reading.facts.relative)

    def _take_kept(self, reading: _Reading, lines: documents.Lines) -> None:
        """Lines that the index has already."""
        for kept in lines.kept():
            reading.held.settle(kept.document)
            reading.documents += 1
            self.report.unchanged += 1
            if kept.times > 1:
                self._warn(reading, documents.repeated(kept.times, kept.number))

    def _take_lines(self, reading: _Reading, coming: Iterator[Line | Rejected], done: Done) -> None:
        """What became of the next lines of a group."""
        (outcome,) = done.outcomes
        lines = tuple(islice(coming, len(outcome.items)))
        places = self._places(reading, outcome, partial(_one_line, reading, lines))
        self._write(done.batch, places, reading.facts.relative)

    def _take_copies(self, coming: Iterator[Place], done: Done) -> None:
        """The next documents of the index that are to be written again."""
        places = list(islice(coming, len(done.batch))) if done.batch else []
        self._write(done.batch, places, places[-1].path if places else "")

    def _take_waiting(self, reading: _Reading, done: Done) -> None:
        """What was read again at the end, for an id that may be free by now."""
        places = [place for outcome in done.outcomes for place in self._places(reading, outcome, None)]
        self._write(done.batch, places, reading.facts.relative)

    def _places(self, reading: _Reading, outcome: Outcome, again: Callable[[int], Unit] | None) -> list[Place | None]:
        """Where the documents that were found go; `again` gives the unit that reads an item again."""
        places: list[Place | None] = []
        for number, item in enumerate(outcome.items):
            if isinstance(item, Found):
                if again:
                    for warning in item.warnings:
                        self._warn(reading, warning)
                places.append(self._claim(reading, item, partial(again, number) if again else None))
            elif again and len(reading.problems) < _MAX_PROBLEMS:
                reading.problems.append(_problem(reading.facts.relative, item))
        return places

    def _claim(self, reading: _Reading, item: Found, again: Callable[[], Unit] | None) -> Place | None:
        """Where a document goes: nowhere when the index has it, or when another file has its id.

        That file may lose it later in the run: the document is then read again at the end.
        """
        id = self._id(reading, item)
        claimed = self._claims.get(id)
        known = self._update.known(id) if claimed is None else None
        owner = self._owner(claimed, known)
        if owner and owner != reading.key:
            if again is None or owner not in self._unfinished or not self._wait(reading, again()):
                self._conflict(reading, item, f"l’identifiant « {id} » est déjà pris par {owner}")
            return None
        if owner and known is None:
            # Twice in an archive; of lines, the file was changed while it was read, and the next run reads it again.
            if item.member and again and len(reading.problems) < _MAX_PROBLEMS:
                reason = f"l’identifiant « {id} » est déjà pris par un autre document du même fichier"
                reading.problems.append(Problem(_path(reading.facts.relative, item), reason))
            return None
        if not self._keys or self._keys[-1] != reading.key:
            self._keys.append(reading.key)
        self._claims.set(id, len(self._keys) - 1)
        reading.documents += 1
        if known is None:
            self.report.added += 1
            return _place_of(reading, item, id, self._now)
        reading.held.settle_known(known)
        if known.digest == item.digest and not reading.anew:
            self.report.unchanged += 1
            if not self._rebuild:
                return None
        else:
            self.report.changed += 1
        self._replaced.append(id)
        return _place_of(reading, item, id, known.first_seen)

    def _id(self, reading: _Reading, item: Found) -> str:
        """The id of a document: its own in a JSONL file, else the one it has, else made from root and path."""
        if item.key is not None:
            return item.key
        held = reading.held.of_member(item.member)
        return held.id if held else document_id(reading.root.name, place_inside(reading.facts.relative, item.member))

    def _owner(self, claimed: int | None, known: Known | None) -> str:
        """The file that has an id; empty when it is free."""
        if claimed is not None:
            return "" if claimed == FREED else self._keys[claimed]
        return "" if known is None else self._moved.get(known.file, known.file)

    def _wait(self, reading: _Reading, unit: Unit) -> bool:
        """Put a document off to the end; False when too many wait already."""
        weight = _size(unit) if isinstance(unit, Lines) else 0
        if len(self._waiting) >= _MAX_WAITING or self._waiting_bytes + weight > _MAX_WAITING_BYTES:
            return False
        self._waiting.append((reading, unit))
        self._waiting_bytes += weight
        reading.waits = True
        return True

    def _conflict(self, reading: _Reading, item: Found, reason: str) -> None:
        if len(reading.conflicts) < _MAX_PROBLEMS:
            reading.conflicts.append(Problem(_path(reading.facts.relative, item), reason))

    def _warn(self, reading: _Reading, warning: str) -> None:
        self.report.warnings.append(f"{reading.facts.relative} : {warning}")

    # --- the end of a file -----------------------------------------------------------------------------------------

    def _keep_unopened(self, reading: _Reading, reason: str) -> None:
        """It may be readable again tomorrow: what the index has of it stays, and it is tried again next time."""
        self.report.problems.append(Problem(reading.facts.relative, reason, root=reading.root.name))
        self._done(reading)
        if reading.number is not None:
            mask = np.zeros(len(self._table.root(reading.root.name)), bool)
            mask[reading.number] = True
            self._keep(reading.root.name, mask)

    def _keep_touched(self, reading: _Reading) -> None:
        """Its bytes are those that the index holds."""
        assert reading.number is not None
        table = self._table.root(reading.root.name)
        reading.documents = table.documents(np.array([reading.number]))
        reading.problems = list(table.problems_of(reading.number))
        self.report.unchanged += reading.documents
        self._done(reading)
        self._remember(reading)

    def _finish(self, reading: _Reading, unreadable: str = "") -> None:
        """All of a file was read, or all that could be: what was not found again goes, or stays."""
        if unreadable:
            # Perhaps a copy in progress: what the index has of the file stays, beyond what could be read.
            reading.problems.append(Problem(reading.facts.relative, unreadable))
            rest = list(reading.held.unsettled())
            reading.documents += len(rest)
            self.report.unchanged += len(rest)
            if self._rebuild:
                self._to_copy.append(rest)
        else:
            self._remove(reading.held.unsettled())
        for missing in documents.not_met(reading.said, reading.members):
            self._warn(reading, f"« {missing} », que nomme {documents.METADATA}, n’est pas dans ce fichier")
        self._done(reading)
        if reading.waits or reading.conflicts:
            self._late.append(reading)
        else:
            self._remember(reading)
        reading.held = Held(())

    def _done(self, reading: _Reading) -> None:
        self._unfinished.discard(reading.key)
        self._files_done += 1

    def _remember(self, reading: _Reading) -> None:
        """A file with an id that another place has is read at each run, until one of the two gives way."""
        problems = tuple(reading.problems + reading.conflicts)
        read_ns, sha256 = (0, "") if reading.conflicts else (reading.read_ns, reading.sha256)
        given = documents.mark_of(reading.said)
        record = FileRecord(reading.facts, read_ns, sha256, reading.documents, problems, given)
        self._next.put(reading.root.name, record, reading.number)

    # --- writing ---------------------------------------------------------------------------------------------------

    def _write(self, batch: Batch | None, places: Sequence[Place | None], what: str) -> None:
        wanted = sum(place is not None for place in places)
        if wanted:
            self._dirty = True
        if wanted and not self._dry_run:
            assert batch is not None
            self._begin()
            if not self._rebuild:
                self._update.remove(self._replaced)
            self._update.add(batch, places)
            self._written += wanted
        self._replaced = []
        self._tell(what)

    def _begin(self) -> None:
        if not self._started:
            self._update.start(rebuild=self._rebuild)
            self._started = True

    def _told(self, scopes: Sequence[Scope]) -> tuple[Problem, ...]:
        """What could not be indexed of any root: what this run says, and what was said of places that it left alone."""
        roots = {root.name for root in self._roots.all}
        seen = [problem for problem in self.report.problems if problem.root in roots]
        left = [
            problem
            for problem in self._update.problems()
            if problem.root in roots and not any(scope.tells_of(problem) for scope in scopes)
        ]
        told = {(problem.root, problem.path, problem.reason): problem for problem in left + seen}
        return tuple(told[key] for key in sorted(told))

    def _publish(self, problems: Sequence[Problem]) -> None:
        self._begin()
        run = {
            "at": self._now,
            **{name: getattr(self.report, name) for name in ("added", "changed", "removed", "unchanged")},
            "failed": sum(not problem.empty for problem in self.report.problems),
            "empty": sum(problem.empty for problem in self.report.problems),
        }
        self.report.generation = self._update.publish(
            files=self._next.to_bytes(), roots=self._roots.all, last_run=run, problems=problems
        )
        self.report.published = True


def document_id(root: str, relative: str) -> str:
    """16 base32 characters of the SHA-256 of root name, `/` and relative path."""
    digest = hashlib.sha256(f"{root}/{relative}".encode(errors="surrogateescape")).digest()
    return base64.b32encode(digest)[:16].decode().lower()


def _grouped(lines: Iterable[Line | Rejected]) -> Iterator[tuple[Line | Rejected, ...]]:
    """The lines of each unit of work."""
    group: list[Line | Rejected] = []
    weight = 0
    for line in lines:
        group.append(line)
        weight += 0 if isinstance(line, Rejected) else len(line.content)
        if weight >= _UNIT_BYTES or len(group) == _UNIT_ITEMS:
            yield tuple(group)
            group, weight = [], 0
    if group:
        yield tuple(group)


def _task(reading: _Reading, sha256: str = "") -> FileTask:
    facts = reading.facts
    return FileTask(facts.path, facts.relative, sha256, facts.size, reading.said)


def _whole_file(reading: _Reading, item: int) -> Unit:
    """What reads again what an item of a file was read from."""
    return Files((_task(reading),))


def _one_line(reading: _Reading, lines: Sequence[Line | Rejected], item: int) -> Unit:
    """What reads again what an item of some lines was read from."""
    return Lines(reading.facts.relative, (lines[item],), reading.said)


def _size(unit: Unit) -> int:
    """The bytes of some lines."""
    return sum(len(line.content) for line in unit.lines if isinstance(line, Line)) if isinstance(unit, Lines) else 0


def _place_of(reading: _Reading, item: Found, id: str, first_seen: str) -> Place:
    line = item.key is not None
    return Place(id, reading.root.name, reading.facts.relative, first_seen, line, item.member)


def _path(relative: str, item: Found | Rejected) -> str:
    """The path of what was found in a file, as it is shown."""
    inside = place_inside(relative, item.member)
    return inside if item.key is None else f"{inside}#{item.key}"


def _problem(relative: str, item: Rejected) -> Problem:
    reason = item.reason if item.line is None or "ligne" in item.reason else f"ligne {item.line} : {item.reason}"
    return Problem(_path(relative, item), reason, item.empty)
