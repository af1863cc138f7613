"""Generations: each run that changes something leaves a new, immutable directory; `CURRENT` names the one in service.

    index-trouvaille/
      lock                       held by the one writer (flock: the kernel frees it when the process dies)
      CURRENT                    the number in service, twice, replaced by one atomic rename
      generations/000042/        segments, table of contents, word lists, file table, manifest.json
      generations/.draft/        what a run is writing; left by a killed run, removed by the next

Unchanged files of the previous generation are hard links in the next one. Nothing in a published directory is ever
written again, so a reader needs no lock: what it opened stays whole even when it is collected meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from indexer.columnar import durable
from indexer.errors import IndexDamaged, IndexIncompatible, IndexLocked, IndexMissing, IndexProblem
from indexer.model import FileProblem, Root

# The layout of a generation directory, the Whoosh schema and the class paths that its table of contents names.
FORMAT = 3
MANIFEST = "manifest.json"
_KEEP_S = 60
# File systems tell the time in steps of some milliseconds; what changed longer ago than this cannot change again within
# one step.
_SETTLED_NS = 100_000_000
# No manifest vouches for CURRENT and the manifest: the number stands twice in the one, the other ends with the SHA-256
# of what is before its `sum`. One flipped bit or a cut end is seen in either.
_CURRENT = re.compile(rb"([0-9]{6,}) \1\n")
_SEAL = b',\n "sum": "'
# What Manifest.from_json raises for content that is no manifest.
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size and SHA-256 of one file of a generation."""

    bytes: int
    sha256: str


class FileState(NamedTuple):
    """A file that was read and had this SHA-256: it need not be read again while it is the same file."""

    sha256: str
    device: int
    inode: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself.

    `built_with` names the versions of everything that the terms depend on (analysis chain, word lists, type rules):
    when one differs, `reindex` rebuilds.
    """

    generation: int
    published: str
    documents: int
    built_with: Mapping[str, str]
    roots: tuple[Root, ...]
    last_run: Mapping[str, Any]
    files: Mapping[str, FileSum]

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.bytes for file in self.files.values())

    def to_json(self) -> bytes:
        """The content of manifest.json, sealed."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1)
        body = text.removesuffix("\n}").encode()
        return body + _SEAL + _seal(body)

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        """Read manifest.json; IndexIncompatible for another format, one of `_MALFORMED` when it is none."""
        data = json.loads(content)
        if data["format"] != FORMAT:
            raise IndexIncompatible(
                f"L’index est au format {data['format']}, ce programme lit le format {FORMAT}. "
                "Reconstruisez-le : trouvaille reindex --full"
            )
        body, _, seal = content.rpartition(_SEAL)
        if seal != _seal(body):
            raise ValueError("contenu altéré")
        return cls(
            generation=data["generation"],
            published=data["published"],
            documents=data["documents"],
            built_with=dict(data["built_with"]),
            roots=_roots(data),
            last_run=dict(data["last_run"]),
            files={name: FileSum(**sums) for name, sums in data["files"].items()},
        )


class IndexDirectory:
    """The index root on disk; holds no open file outside `writing`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._generations = path / "generations"
        self._current = path / "CURRENT"
        self._known: tuple[tuple[int, ...], int] | None = None  # the state of CURRENT and what it named then

    # --- reading ---------------------------------------------------------------------------------------------------

    def current(self) -> int:
        """The number of the generation in service, for what asking the state of one file costs. Raises IndexMissing."""
        known = self._known
        try:
            found = self._current.stat()
            state = (found.st_ino, found.st_size, found.st_ctime_ns)
            if known and known[0] == state:
                return known[1]
            content = self._current.read_bytes()
        except FileNotFoundError as error:
            raise IndexMissing(
                f"Il n’y a pas encore d’index dans {self.path}. Créez-le : trouvaille reindex"
            ) from error
        except OSError as error:
            raise self._damaged(self._current, f"illisible : {error.strerror or error}") from error
        number = _CURRENT.fullmatch(content)
        if number is None:
            raise self._damaged(self._current, "contenu altéré")
        # A file that changed just now may change again without its time telling.
        self._known = (state, int(number[1])) if time.time_ns() - found.st_ctime_ns > _SETTLED_NS else None
        return int(number[1])

    def _put_in_service(self, generation: int) -> None:
        """Make CURRENT name a generation. Raises OSError when it does not, IndexProblem when that may not last."""
        durable.replace(self._current, f"{generation:06} {generation:06}\n".encode())
        try:
            durable.sync(self.path)
        except OSError as error:
            raise IndexProblem(
                f"La génération {generation} est en service, mais le disque ne confirme pas l’avoir gardée : "
                f"{error.strerror or error}. Vérifiez le disque, puis recommencez."
            ) from error

    def folder(self, generation: int) -> Path:
        """Where a generation lies."""
        return self._generations / f"{generation:06}"

    def manifest(self, generation: int) -> Manifest:
        """The checked manifest of a generation: every file there, in its size. FileNotFoundError if it was collected.

        It is read before anything else is opened, because Whoosh's table of contents is a pickle: a directory that
        others can write, or a table whose bytes are not the recorded ones, is refused.
        """
        self._refuse_if_others_write()
        folder = self.folder(generation)
        content = (folder / MANIFEST).read_bytes()
        try:
            manifest = Manifest.from_json(content)
        except _MALFORMED as error:
            raise self._damaged(folder / MANIFEST, "contenu illisible") from error
        for name, sums in manifest.files.items():
            file = folder / name
            if not file.exists() and not folder.exists():
                raise FileNotFoundError(folder)
            if not file.exists() or file.stat().st_size != sums.bytes:
                raise self._damaged(file, "absent ou de taille inattendue")
            if name.endswith(".toc") and durable.sha256(file) != sums.sha256:
                raise self._damaged(file, "contenu altéré")
        return manifest

    def verify(self, generation: int, sound: set[FileState] | None = None) -> tuple[FileProblem, ...]:
        """Every file of a generation that is not what its manifest says, byte for byte; empty when it is sound.

        `sound` holds the states of files found sound before, which are not read again; those found now are added.
        """
        self._refuse_if_others_write()
        folder = self.folder(generation)
        try:
            manifest = Manifest.from_json((folder / MANIFEST).read_bytes())
        except (OSError, *_MALFORMED) as error:
            return (FileProblem(MANIFEST, f"illisible ({error})"),)
        problems = [
            FileProblem(name, problem)
            for name, sums in manifest.files.items()
            if (problem := _difference(folder / name, sums, sound))
        ]
        known = {MANIFEST, *manifest.files}
        strange = sorted(entry.name for entry in folder.iterdir() if entry.name not in known)
        return (*problems, *(FileProblem(name, "étranger à l’index") for name in strange))

    def rescued_roots(self) -> tuple[Root, ...]:
        """The roots that the newest readable manifest names, for the repair of an index that cannot be opened."""
        for _, folder in reversed(self._numbered()):
            with contextlib.suppress(OSError, *_MALFORMED):
                content = (folder / MANIFEST).read_bytes()
                try:
                    return Manifest.from_json(content).roots
                except IndexIncompatible:  # roots are written so in every format
                    return _roots(json.loads(content))
        return ()

    def _refuse_if_others_write(self) -> None:
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError as error:
            raise IndexMissing(f"Il n’y a pas d’index dans {self.path}. Créez-le : trouvaille reindex") from error
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise IndexProblem(
                f"D’autres que son propriétaire peuvent écrire dans {self.path} : l’index n’est pas ouvert. "
                f"Retirez ce droit : chmod go-w {self.path}"
            )

    @staticmethod
    def _damaged(file: Path, what: str) -> IndexDamaged:
        return IndexDamaged(f"L’index est endommagé : {file} ({what}). Reconstruisez-le : trouvaille reindex --full")

    # --- writing ---------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock; left-overs of a killed run are removed first. Raises IndexLocked at once if taken."""
        durable.make_folder(self.path, 0o700)
        self._generations.mkdir(mode=0o700, exist_ok=True)
        with (self.path / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.seek(0)
                holder = lock.read(20).strip() or "inconnu"
                raise IndexLocked(
                    f"Une autre mise à jour de {self.path} est en cours (processus {holder}). Attendez qu’elle finisse."
                ) from error
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            shutil.rmtree(self.draft, ignore_errors=True)
            # A run killed after it replaced CURRENT did not sync it; this one may build on it, and change nothing.
            durable.sync(self.path)
            try:
                yield
            finally:
                shutil.rmtree(self.draft, ignore_errors=True)

    @property
    def draft(self) -> Path:
        """Where the writer works until `publish`."""
        return self._generations / ".draft"

    def begin(self, base: Manifest | None) -> Path:
        """An empty draft, or one that holds the files of `base`, linked (copied where the file system cannot link)."""
        self.draft.mkdir(mode=0o700)
        if base is not None:
            folder = self.folder(base.generation)
            for name in base.files:
                _link_or_copy(folder / name, self.draft / name)
        return self.draft

    def publish(
        self,
        *,
        base: Manifest | None,
        published: str,
        documents: int,
        built_with: Mapping[str, str],
        roots: tuple[Root, ...],
        last_run: Mapping[str, Any],
    ) -> Manifest:
        """Make the draft the generation in service. When this returns, a power cut cannot undo it."""
        generation = max((number for number, _ in self._numbered()), default=0) + 1
        if base is not None:
            self._refuse_damage_that_was_read(base)
        manifest = Manifest(
            generation=generation,
            published=published,
            documents=documents,
            built_with=built_with,
            roots=roots,
            last_run={**last_run, "generation": generation},
            files={file.name: self._sum(file, base) for file in sorted(self.draft.iterdir())},
        )
        durable.write(self.draft / MANIFEST, manifest.to_json())
        durable.sync(self.draft)
        self.draft.rename(self.folder(generation))
        durable.sync(self._generations)
        self._put_in_service(generation)
        self._collect(generation)
        return manifest

    def rollback(self) -> int:
        """Put the generation before the one in service back, and return its number; the lock must be held.

        The newer one stays on disk, so that its number is not given again. Raises IndexMissing when there is none
        before.
        """
        current = self.current()
        earlier = [number for number, folder in self._numbered() if number < current and (folder / MANIFEST).exists()]
        if not earlier:
            raise IndexMissing(f"Il n’y a pas de génération avant la {current} : rien n’a été changé.")
        self.manifest(earlier[-1])  # a damaged one is refused
        self._put_in_service(earlier[-1])
        return earlier[-1]

    def _refuse_damage_that_was_read(self, base: Manifest) -> None:
        """Compare what the draft does not link from `base` with its manifest. Raises IndexDamaged.

        The draft holds what the run made of those files (merged, rewritten, copied). New sums would vouch for damage.
        """
        for name, sums in base.files.items():
            old = self.folder(base.generation) / name
            if not _is_link(self.draft / name, old) and (problem := _difference(old, sums)):
                raise self._damaged(old, problem)

    def _sum(self, file: Path, base: Manifest | None) -> FileSum:
        """The recorded sum of a file linked from `base`; a new file is synced and hashed."""
        if base and file.name in base.files and _is_link(file, self.folder(base.generation) / file.name):
            return base.files[file.name]
        durable.sync(file)
        return FileSum(file.stat().st_size, durable.sha256(file))

    def _numbered(self) -> list[tuple[int, Path]]:
        """Published generations, oldest first."""
        found = [(int(entry.name), entry) for entry in self._generations.iterdir() if entry.name.isdecimal()]
        return sorted(found)

    def _collect(self, current: int) -> None:
        """Remove generations that two newer ones follow, 60 s after the first of these came.

        The delay is for readers that have read CURRENT and not yet opened the files. The highest number always stays,
        so that numbers are never given twice.
        """
        numbered = self._numbered()
        for (number, folder), (_, successor) in pairwise(numbered[:-1]):
            with contextlib.suppress(OSError):
                if number != current and time.time() - (successor / MANIFEST).stat().st_mtime >= _KEEP_S:
                    shutil.rmtree(folder)


def _difference(file: Path, sums: FileSum, sound: set[FileState] | None = None) -> str:
    """How a file differs from what was written; empty when it does not."""
    try:
        facts = file.stat()
        if facts.st_size != sums.bytes:
            return f"taille {facts.st_size} au lieu de {sums.bytes}"
        state = FileState(sums.sha256, facts.st_dev, facts.st_ino, facts.st_mtime_ns)
        if sound is not None and state in sound:
            return ""
        if durable.sha256(file) != sums.sha256:
            return "contenu altéré"
        if sound is not None:
            sound.add(state)
        return ""
    except FileNotFoundError:
        return "absent"
    except OSError as error:
        return f"illisible ({error.strerror or error})"


def _roots(manifest: Mapping[str, Any]) -> tuple[Root, ...]:
    return tuple(Root(**root) for root in manifest["roots"])


def _seal(body: bytes) -> bytes:
    return f'{hashlib.sha256(body).hexdigest()}"\n}}'.encode()


def _is_link(file: Path, other: Path) -> bool:
    return file.exists() and other.exists() and file.samefile(other)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
