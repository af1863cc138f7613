"""One run, from the comparison of disk and index to the published generation."""

from __future__ import annotations

import base64
import hashlib
import os
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from indexer import documents
from indexer.columnar.durable import sha256
from indexer.documents import Entry, FileFacts, Rejected, TypeRules
from indexer.engines.base import Known, Update
from indexer.errors import CorpusError, UnreadableDocument
from indexer.model import Document, Root
from indexer.reindex.files import FileRecord, record_of
from indexer.reindex.report import Problem, Report
from indexer.settings import Settings

# Problems kept for one file (a table with a million bad lines must not fill the report).
_MAX_PROBLEMS = 1000
# Documents held back at the same time because their id is taken, in case it becomes free in the same run.
_MAX_WAITING = 10_000

# Called with files done, files in all, documents written so far, and what is being done.
Progress = Callable[[int, int, int, str], None]


@dataclass(frozen=True, slots=True)
class Scope:
    """A root to look at; `below` limits the look to one file or folder of it (relative, empty for all)."""

    root: Root
    below: str = ""

    def covers(self, path: str) -> bool:
        """True for a relative path that this scope looks at."""
        return not self.below or path == self.below or path.startswith(self.below + "/")

    def contains(self, other: Scope) -> bool:
        """True when `other` is a smaller part of the same root."""
        return self != other and self.root == other.root and self.covers(other.below)


class Run:
    """One run, from the comparison to the published generation."""

    def __init__(
        self, update: Update, settings: Settings, rules: TypeRules, *, rebuild: bool, check: bool, dry_run: bool
    ) -> None:
        self.report = Report(generation=update.generation)
        self._update = update
        self._settings = settings
        self._rules = rules
        self._rebuild = rebuild
        self._check = check
        self._dry_run = dry_run
        self._now = datetime.now(UTC).isoformat(timespec="seconds")
        self._roots = list(update.roots)
        self._records = {record.key: record for record in map(FileRecord.from_json, update.files())}
        self._before = dict(self._records)
        self._next_records: dict[str, FileRecord] = {}
        self._known: dict[str, Known] = {known.id: known for known in update.known()}
        self._by_file: dict[str, list[Known]] = {}
        for known in self._known.values():
            self._by_file.setdefault(known.file, []).append(known)
        # Where each id belongs: in the index, then as claimed by the files read in this run.
        self._owner = {known.id: known.file for known in self._known.values()}
        self._waiting: list[tuple[Entry, str, FileFacts, Root]] = []
        self._conflicts: dict[str, list[Problem]] = {}
        self._moved: set[str] = set()
        self._started = False
        self._dirty = False
        self._written = 0
        self._progress: Callable[[int, str], None] = lambda written, what: None

    # --- what to look at -------------------------------------------------------------------------------------------

    def choose(self, paths: list[Path], forget: list[Path]) -> list[Scope]:
        """The roots, or parts of roots, that this run looks at; new paths become roots, forgotten ones go."""
        for path in forget:
            self._forget(path)
        if paths:
            scopes = [self._scope(path) for path in paths]
        elif self._roots or forget:
            scopes = [] if forget and not self._rebuild else [Scope(root) for root in self._roots]
        else:
            scopes = [self._scope(path) for path in self._settings.corpus.paths]
            if not scopes:
                raise CorpusError("Aucun dossier à indexer. Donnez-en un : trouvaille reindex DOSSIER")
        if self._rebuild:
            chosen = {scope.root.name for scope in scopes}
            scopes = [Scope(scope.root) for scope in scopes]
            scopes += [Scope(root) for root in self._roots if root.name not in chosen]
        return [scope for scope in dict.fromkeys(scopes) if not any(other.contains(scope) for other in scopes)]

    def _scope(self, path: Path) -> Scope:
        path = Path(os.path.abspath(path))
        for root in self._roots:
            if path == Path(root.path):
                return Scope(root)
            if path.is_relative_to(root.path):
                return Scope(root, unicodedata.normalize("NFC", path.relative_to(root.path).as_posix()))
            if Path(root.path).is_relative_to(path):
                raise CorpusError(
                    f"{path} contient la racine {root.path}, déjà indexée. "
                    f"Oubliez-la d’abord : trouvaille reindex --forget {root.path}"
                )
        if not path.exists():
            raise CorpusError(f"{path} n’existe pas : rien n’a été changé.")
        root = Root(self._free_name(path.name or "racine"), str(path))
        self._roots.append(root)
        self._dirty = True
        return Scope(root)

    def _free_name(self, name: str) -> str:
        """The folder's own name, so that ids do not depend on where it lies; numbered when two roots share it."""
        taken = {root.name for root in self._roots}
        names = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
        return next(candidate for candidate in names if candidate not in taken)

    def _forget(self, path: Path) -> None:
        wanted = os.path.abspath(path)
        for root in self._roots:
            if wanted == root.path or str(path) == root.name:
                self._roots.remove(root)
                for key in [key for key, record in self._records.items() if record.root == root.name]:
                    self._drop_file(key)
                self._dirty = True
                return
        known = ", ".join(root.path for root in self._roots) or "aucune"
        raise CorpusError(f"{path} n’est pas une racine de l’index (racines : {known}).")

    # --- the run ---------------------------------------------------------------------------------------------------

    def go(self, scopes: list[Scope], progress: Progress) -> None:
        """Walk, compare, read, write, publish."""
        progress(0, 0, 0, "Parcours des dossiers")
        plan = [(scope, found) for scope in scopes if (found := self._walk(scope)) is not None]
        if self.report.missing and not plan and not self._dirty:
            return
        self._dirty |= self._rebuild
        self._keep_what_is_not_looked_at([scope for scope, _ in plan])
        to_read: list[tuple[Root, FileFacts]] = []
        for scope, found in plan:
            to_read += self._compare(scope, found)
        total = len(to_read)
        for done, (root, facts) in enumerate(to_read):
            self._progress = partial(progress, done, total)
            self._tell(facts.relative)
            self._read(root, facts)
        for waiting in self._waiting:
            self._claim(*waiting, last_chance=True)
        self._remember_conflicts()
        self._dirty |= self._next_records != self._before
        self.report.problems += [problem for record in self._next_records.values() for problem in record.problems]
        self.report.problems.sort(key=lambda problem: problem.path)
        if self._dirty and not self._dry_run:
            progress(total, total, self._written, "Écriture de l’index")
            self._publish()

    def _remember_conflicts(self) -> None:
        """A file with an id that another place has is read at each run, until one of the two gives way."""
        for key, conflicts in self._conflicts.items():
            record = self._next_records[key]
            self._next_records[key] = replace(record, sha256="", read_ns=0, problems=record.problems + tuple(conflicts))

    def _tell(self, what: str) -> None:
        self._progress(self._written, what)

    def _walk(self, scope: Scope) -> dict[str, FileFacts] | None:
        """The files of a root by key; None, and a line in the report, when it cannot be believed."""
        root = Path(scope.root.path)
        found: dict[str, FileFacts] = {}
        try:
            for item in documents.walk(root, self._settings.corpus.ignore):
                if not scope.covers(item.relative):
                    continue
                if isinstance(item, FileFacts):
                    if not item.path.is_relative_to(self._settings.index.directory):
                        found[f"{scope.root.name}/{item.relative}"] = item
                else:
                    self.report.problems.append(Problem(item.relative, item.reason))
                    if f"{scope.root.name}/{item.relative}" not in found:
                        self._keep_below(scope.root, item.relative)
        except CorpusError as error:
            self.report.missing.append(Problem(scope.root.path, f"{error} Ses documents sont gardés."))
            return None
        had = any(record.root == scope.root.name and scope.covers(record.path) for record in self._records.values())
        if not found and had and not scope.below:
            self.report.missing.append(
                Problem(scope.root.path, "la racine est vide alors qu’elle ne l’était pas ; ses documents sont gardés")
            )
            return None
        return found

    def _keep_below(self, root: Root, relative: str) -> None:
        """A folder that cannot be listed says nothing of its files: keep them."""
        below = Scope(root, relative)
        for key, record in self._records.items():
            if record.root == root.name and below.covers(record.path):
                self._keep_file(key)

    def _keep_what_is_not_looked_at(self, scopes: list[Scope]) -> None:
        """Files of other roots, of roots that are missing, and outside the asked part of a root stay as they are."""
        for key, record in self._records.items():
            if not any(scope.root.name == record.root and scope.covers(record.path) for scope in scopes):
                self._keep_file(key)

    def _compare(self, scope: Scope, found: Mapping[str, FileFacts]) -> Iterator[tuple[Root, FileFacts]]:
        """Settle unchanged, moved and vanished files; yield those to read."""
        mine = {
            key: record
            for key, record in self._records.items()
            if record.root == scope.root.name and scope.covers(record.path) and key not in self._next_records
        }
        vanished = {key: record for key, record in mine.items() if key not in found}
        for key, facts in found.items():
            record = mine.get(key)
            if record is None:
                self._recognise_move(key, facts, vanished)
                yield scope.root, facts
            elif self._rebuild:
                yield scope.root, facts
            elif record.same_on_disk(facts) and not self._check:
                self._keep_file(key)
            elif not self._only_touched(key, scope.root, facts):
                yield scope.root, facts
        for key in vanished:
            self._drop_file(key)

    def _only_touched(self, key: str, root: Root, facts: FileFacts) -> bool:
        """True, with the new times remembered, when the file's bytes are those that the index holds."""
        record, read_ns = self._records[key], time.time_ns()
        try:
            if sha256(facts.path) != record.sha256:
                return False
        except OSError:
            return False  # reading it will say why
        self._keep_file(key, record_of(root, facts, record.sha256, read_ns, record.problems))
        return True

    def _recognise_move(self, key: str, facts: FileFacts, vanished: dict[str, FileRecord]) -> None:
        """A new file with the bytes of a vanished one is that file: its documents keep ids and first-seen dates."""
        candidates = [old for old, record in vanished.items() if record.size == facts.size]
        try:
            digest = sha256(facts.path) if candidates else ""
        except OSError:
            return  # reading it will say why
        for old in candidates:
            if vanished[old].sha256 == digest:
                moved = [replace(known, file=key) for known in self._by_file.pop(old, ())]
                self._by_file[key] = moved
                for known in moved:
                    self._known[known.id] = known
                    self._owner[known.id] = key
                self._moved.add(key)
                del vanished[old], self._records[old]
                return

    # --- one file --------------------------------------------------------------------------------------------------

    def _keep_file(self, key: str, record: FileRecord | None = None) -> None:
        """Nothing to do for this file; a rebuild takes its documents from the index."""
        kept = self._by_file.get(key, ())
        self.report.unchanged += len(kept)
        self._next_records[key] = record or self._records[key]
        if self._rebuild:
            for known in kept:
                self._write(self._update.stored(known.id), replacing=False)

    def _drop_file(self, key: str) -> None:
        self._records.pop(key, None)
        self._remove(self._by_file.pop(key, ()))

    def _remove(self, gone: Iterable[Known]) -> None:
        ids = [known.id for known in gone]
        for id in ids:
            if self._owner.get(id) == self._known[id].file:
                del self._owner[id]
            del self._known[id]
        self.report.removed += len(ids)
        if ids and not self._dry_run:
            self._begin()
            self._update.remove(ids)

    def _read(self, root: Root, facts: FileFacts) -> None:
        """Read a new or changed file and write what changed of it."""
        key = f"{root.name}/{facts.relative}"
        read_ns = time.time_ns()
        try:
            digest = sha256(facts.path)
        except OSError as error:
            # It may be readable again tomorrow: what the index has of it stays, and it is tried again next time.
            self.report.problems.append(Problem(facts.relative, f"lecture impossible : {error.strerror or error}"))
            if key in self._records:
                self._keep_file(key)
            return
        problems: list[Problem] = []
        seen: set[str] = set()
        try:
            for item in documents.read(
                facts.path, facts.relative, self._rules, max_bytes=self._settings.corpus.max_file_bytes
            ):
                if isinstance(item, Entry):
                    self.report.warnings += [f"{facts.relative} : {warning}" for warning in item.warnings]
                    id = self._id(root, facts, item)
                    seen.add(id)
                    self._claim(item, id, facts, root)
                elif len(problems) < _MAX_PROBLEMS:
                    problems.append(_problem(facts.relative, item))
        except UnreadableDocument as error:
            # Perhaps a copy in progress: what the index has of the file stays, beyond what could be read.
            problems.append(Problem(facts.relative, str(error)))
            self._keep_rest(key, seen)
        else:
            rest = self._by_file.get(key, ())
            self._remove([known for known in rest if known.id not in seen and known.id in self._known])
        self._next_records[key] = record_of(root, facts, digest, read_ns, tuple(problems))

    def _keep_rest(self, key: str, seen: set[str]) -> None:
        """Keep what the index has of a file beyond the documents that were read."""
        rest = [known for known in self._by_file.get(key, ()) if known.id not in seen]
        self.report.unchanged += len(rest)
        if self._rebuild:
            for known in rest:
                self._write(self._update.stored(known.id), replacing=False)

    def _id(self, root: Root, facts: FileFacts, entry: Entry) -> str:
        """The id of a document: its own in a JSONL file, else the one it has, else made from root and path."""
        if entry.key is not None:
            return entry.key
        held = self._by_file.get(f"{root.name}/{facts.relative}")
        return held[0].id if held else document_id(root.name, facts.relative)

    def _claim(self, entry: Entry, id: str, facts: FileFacts, root: Root, *, last_chance: bool = False) -> None:
        """Write an entry under its id, unless another place has it.

        That place may lose it later in the run: the entry then waits for the end.
        """
        key = f"{root.name}/{facts.relative}"
        owner = self._owner.get(id, key)
        if owner != key and not last_chance and len(self._waiting) < _MAX_WAITING:
            self._waiting.append((entry, id, facts, root))
            return
        if owner != key:
            conflicts = self._conflicts.setdefault(key, [])
            if len(conflicts) < _MAX_PROBLEMS:
                reason = f"l’identifiant « {id} » est déjà pris par {owner}"
                conflicts.append(Problem(_place(facts.relative, entry.key), reason))
            return
        self._owner[id] = key
        known = self._known.get(id)
        if known is None:
            self.report.added += 1
        elif known.digest == entry.digest and key not in self._moved:
            self.report.unchanged += 1
            if not self._rebuild:
                return
        else:
            self.report.changed += 1
        first_seen = known.first_seen if known else self._now
        self._write(_document(entry, id, facts, root, first_seen), replacing=known is not None)

    # --- writing ---------------------------------------------------------------------------------------------------

    def _write(self, document: Document, *, replacing: bool) -> None:
        self._dirty = True
        if self._dry_run:
            return
        self._begin()
        self._written += 1
        self._tell(document.path)
        if replacing:
            self._update.remove([document.id])
        self._update.add(document)

    def _begin(self) -> None:
        if not self._started:
            self._update.start(rebuild=self._rebuild)
            self._started = True

    def _publish(self) -> None:
        self._begin()
        run = {
            "at": self._now,
            **{name: getattr(self.report, name) for name in ("added", "changed", "removed", "unchanged")},
            "failed": sum(not problem.empty for problem in self.report.problems),
            "empty": sum(problem.empty for problem in self.report.problems),
        }
        records = sorted(self._next_records.items())
        self.report.generation = self._update.publish(
            files=(asdict(record) for _, record in records), roots=tuple(self._roots), last_run=run
        )


def document_id(root: str, relative: str) -> str:
    """16 base32 characters of the SHA-256 of root name, `/` and relative path."""
    digest = hashlib.sha256(f"{root}/{relative}".encode(errors="surrogateescape")).digest()
    return base64.b32encode(digest)[:16].decode().lower()


def _document(entry: Entry, id: str, facts: FileFacts, root: Root, first_seen: str) -> Document:
    return Document(
        id=id,
        title=entry.title,
        text=entry.text,
        type=entry.type,
        date=entry.date,
        date_source=entry.date_source,
        root=root.name,
        path=_place(facts.relative, entry.key),
        digest=entry.digest,
        first_seen=first_seen,
        title_rule=entry.title_rule,
        type_rule=entry.type_rule,
        url=entry.url,
        source=entry.source,
    )


def _place(relative: str, key: str | None) -> str:
    return relative if key is None else f"{relative}#{key}"


def _problem(relative: str, item: Rejected) -> Problem:
    reason = item.reason if item.line is None or "ligne" in item.reason else f"ligne {item.line} : {item.reason}"
    return Problem(_place(relative, item.key), reason, item.empty)
