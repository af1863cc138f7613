"""A model of what a disk holds when the power goes: bytes and names as they are, and as they were last synced.

A file's bytes are safe once it was synced, a name once the folder that has it was; neither does the other's work. What
was not synced may be there, or not, or be damaged: an image is one possible outcome, written out as real files.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.faults.shim import Kind, Operation, Outcome


@dataclass(eq=False)
class File:
    """Bytes now, and those that were last synced."""

    data: bytearray = field(default_factory=bytearray)
    synced: bytes = b""

    def sync(self) -> None:
        self.synced = bytes(self.data)

    @property
    def safe(self) -> bool:
        return self.data == self.synced


@dataclass(eq=False)
class Folder:
    """Names now, and those that were last synced."""

    names: dict[str, File | Folder] = field(default_factory=dict)
    synced: dict[str, File | Folder] = field(default_factory=dict)

    def sync(self) -> None:
        self.synced = dict(self.names)


# Which names of a folder survive, and which bytes of a file (None: the file is lost).
Names = Callable[[Folder], dict[str, File | Folder]]
Bytes = Callable[[File], bytes | None]


class Disk:
    """A watched folder, changed by recorded operations."""

    def __init__(self) -> None:
        self.root = Folder()

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """What lies in a folder, all of it synced; names of one file share it."""
        disk = cls()
        files: dict[int, File] = {}

        def load(path: Path) -> Folder:
            made = Folder()
            for entry in path.iterdir():
                if entry.is_dir():
                    made.names[entry.name] = load(entry)
                else:
                    inode = entry.stat().st_ino
                    if inode not in files:
                        files[inode] = File(bytearray(entry.read_bytes()))
                        files[inode].sync()
                    made.names[entry.name] = files[inode]
            made.sync()
            return made

        disk.root = load(folder)
        return disk

    # --- operations ------------------------------------------------------------------------------------------------

    def apply(self, done: Operation) -> None:
        """Do what a recorded operation did. What is done to a file without a name cannot be seen and is passed over."""
        if done.outcome is Outcome.FAILED or done.path.endswith(" (deleted)"):
            return
        folder, name = self._parent(done.path)
        match done.kind:
            case Kind.OPEN:
                if done.outcome is Outcome.EMPTIED:
                    self._file(folder.names.setdefault(name, File())).data.clear()
            case Kind.MAKE_FOLDER:
                folder.names[name] = Folder()
            case Kind.RENAME:
                other, new_name = self._parent(done.other)
                other.names[new_name] = folder.names.pop(name)
            case Kind.LINK:
                other, new_name = self._parent(done.other)
                other.names[new_name] = folder.names[name]
            case Kind.UNLINK | Kind.REMOVE_FOLDER:
                del folder.names[name]
            case Kind.SYNC:
                (folder.names[name] if name else self.root).sync()
            case Kind.WRITE:
                data = self._file(folder.names[name]).data
                data.extend(bytes(max(0, done.offset - len(data))))
                data[done.offset : done.offset + len(done.data)] = done.data
            case Kind.TRUNCATE | Kind.ALLOCATE:
                data = self._file(folder.names[name]).data
                if done.kind is Kind.TRUNCATE:
                    del data[done.size :]
                data.extend(bytes(max(0, done.size - len(data))))

    def _parent(self, path: str) -> tuple[Folder, str]:
        """The folder that has, or is to have, the last name of a path; no name for the watched folder itself."""
        *above, name = PurePosixPath(path).parts or ("",)
        folder = self.root
        for part in above:
            below = folder.names[part]
            assert isinstance(below, Folder), path
            folder = below
        return folder, name

    @staticmethod
    def _file(node: File | Folder) -> File:
        assert isinstance(node, File)
        return node

    # --- images ----------------------------------------------------------------------------------------------------

    def now(self) -> Image:
        """Everything as a process sees it."""
        return Image.of(self.root, lambda folder: folder.names, lambda file: bytes(file.data))

    def strict(self) -> Image:
        """Only what was synced: bytes, and names."""
        return Image.of(self.root, lambda folder: folder.synced, lambda file: file.synced)

    def lazy(self) -> Image:
        """All names, as a journal of names alone keeps them, and only synced bytes."""
        return Image.of(self.root, lambda folder: folder.names, lambda file: file.synced)

    def shuffled(self, rng: random.Random) -> Image:
        """Each name that was not synced there or not; each file that was not synced with one of six damages."""

        def names(folder: Folder) -> dict[str, File | Folder]:
            survivors: dict[str, File | Folder] = {}
            for name in sorted(folder.names.keys() | folder.synced.keys()):
                node = rng.choice((folder.names, folder.synced)).get(name)
                # A rename of a folder is atomic, whatever else is lost: it does not stand under two names.
                if node is not None and not (isinstance(node, Folder) and node in survivors.values()):
                    survivors[name] = node
            return survivors

        return Image.of(self.root, names, lambda file: bytes(file.data) if file.safe else _damaged(file, rng))


def _damaged(file: File, rng: random.Random) -> bytes | None:
    """A file after a crash: lost, zeroed, cut in half, whole, with one bit flipped, or empty (Lucene's six)."""
    data = bytearray(file.data)
    match rng.randrange(6):
        case 0:
            return None
        case 1:
            return bytes(len(data))
        case 2:
            return bytes(data[: len(data) // 2])
        case 3:
            return bytes(data)
        case 4 if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            return bytes(data)
        case _:
            return b""


@dataclass(frozen=True)
class Image:
    """Folders, and files with their bytes and all their names; equal images are the same disk."""

    folders: frozenset[str]
    files: frozenset[tuple[tuple[str, ...], bytes]]

    @classmethod
    def of(cls, root: Folder, names: Names, content: Bytes) -> Image:
        """What survives below a folder by these choices, made once for each folder and file."""
        folders: set[str] = set()
        found: dict[File, list[str]] = {}

        def walk(folder: Folder, path: str) -> Iterator[tuple[File, str]]:
            for name, node in names(folder).items():
                if isinstance(node, File):
                    yield node, path + name
                else:
                    folders.add(path + name)
                    yield from walk(node, f"{path}{name}/")

        for file, path in walk(root, ""):
            found.setdefault(file, []).append(path)
        kept = ((tuple(sorted(paths)), content(file)) for file, paths in found.items())
        return cls(frozenset(folders), frozenset((paths, data) for paths, data in kept if data is not None))

    def write(self, target: Path) -> None:
        """Make the files, below a folder that is not there yet."""
        target.mkdir()
        for folder in sorted(self.folders):
            (target / folder).mkdir(mode=0o700)
        for (first, *others), data in self.files:
            (target / first).write_bytes(data)
            for other in others:
                os.link(target / first, target / other)
