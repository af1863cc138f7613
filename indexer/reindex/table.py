"""What a run remembers of each file, to tell at the next one whether it changed.

A row of numbers for each file, in arrays: a run over 100,000 unchanged files makes no object for any of them.
"""

from __future__ import annotations

import json
import struct
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import numpy.typing as npt

from indexer.documents import FileFacts
from indexer.errors import IndexDamaged
from indexer.model import Problem

_FORMAT = 2
# A file changed within this time of its reading may have changed again without a trace in its times (the clock of a
# file system ticks up to 2 s): it is hashed at the next run.
_RACY_NS = 2_000_000_000
_ROW = np.dtype(
    [
        ("size", "<i8"), ("mtime_ns", "<i8"), ("ctime_ns", "<i8"), ("inode", "<u8"),
        ("read_ns", "<i8"), ("documents", "<i8"), ("sha256", "S64"), ("given", "<u8"),
    ]
)  # fmt: skip
_PACKED = struct.Struct("<qqqQqq64sQ")

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as a run found it: when its reading began (0: it is read again at the next run), the SHA-256 of its bytes
    ("" when they were not read, or killed who read them: it is read again when it changes or all is checked), how many
    documents the index has of it, what could not be indexed, and the mark of what was said of it by a table of metadata
    (0: nothing)."""

    facts: FileFacts
    read_ns: int
    sha256: str
    documents: int
    problems: tuple[Problem, ...] = ()
    given: int = 0

    def row(self) -> tuple[int | bytes, ...]:
        """Its numbers, in the order of the columns."""
        facts = self.facts
        numbers = (facts.size, facts.mtime_ns, facts.ctime_ns, facts.inode, self.read_ns, self.documents)
        return (*numbers, self.sha256.encode(), self.given)


class RootFiles:
    """The files of one root, ordered by path. A file goes by its number."""

    def __init__(
        self, paths: list[str], rows: npt.NDArray[np.void], problems: Mapping[str, tuple[Problem, ...]]
    ) -> None:
        self.paths = paths
        self.problems = problems
        self.array = rows
        columns = [rows[name] for name in ("size", "mtime_ns", "ctime_ns", "inode")]
        self._newest = np.maximum(columns[1], columns[2])
        self._settled = self._newest < rows["read_ns"] - _RACY_NS
        self._facts = columns
        self._given = rows["given"]

    def __len__(self) -> int:
        return len(self.paths)

    def below(self, path: str) -> Mask:
        """Which files are at or below a path; all are below ""."""
        mask = np.full(len(self), not path)
        if path:
            at = bisect_left(self.paths, path)
            mask[at : at + 1] = self.paths[at : at + 1] == [path]
            # The sign after « / » ends what begins with path and « / ».
            mask[bisect_left(self.paths, path + "/") : bisect_left(self.paths, path + "0")] = True
        return mask

    def same_on_disk(self, number: int, facts: FileFacts) -> bool:
        """True when the file cannot have changed since it was read."""
        size, mtime_ns, ctime_ns, inode = self._facts
        return bool(
            self._settled[number]
            and facts.mtime_ns == mtime_ns[number]
            and facts.size == size[number]
            and facts.ctime_ns == ctime_ns[number]
            and facts.inode == inode[number]
        )

    def given(self, number: int) -> int:
        """The mark of what was said of a file when it was read."""
        return int(self._given[number])

    def size(self, number: int) -> int:
        """The bytes of a file."""
        return int(self._facts[0][number])

    def sha256(self, number: int) -> str:
        """The hash of a file's bytes, in hexadecimal."""
        return bytes(self.array["sha256"][number]).decode("ascii")

    def documents(self, files: Mask | int) -> int:
        """How many documents the index has of these files."""
        return int(np.sum(self.array["documents"][files]))

    def problems_of(self, number: int) -> tuple[Problem, ...]:
        """What could not be indexed of a file."""
        return self.problems.get(self.paths[number], ())

    def holds(self, number: int, record: FileRecord) -> bool:
        """True when the record says what is known of the file already."""
        return self.array[number].item() == record.row() and self.problems_of(number) == record.problems

    def taken(self, files: Mask) -> RootFiles:
        """These files alone."""
        paths = list(compress(self.paths, files.tolist()))
        problems = {path: self.problems[path] for path in paths if path in self.problems} if self.problems else {}
        return RootFiles(paths, self.array[files], problems)

    def names(self) -> bytes:
        """The paths, as the table stores them."""
        return "\0".join(self.paths).encode()

    def rows(self) -> bytes:
        """The numbers, as the table stores them."""
        return self.array.tobytes()


class FileTable:
    """The files of all roots, by the name of the root. Raises IndexDamaged for bytes that are no table."""

    def __init__(self, content: bytes) -> None:
        self.roots: dict[str, RootFiles] = {}
        if not content:
            return
        try:
            self._read(content)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamaged(
                f"La table des fichiers est illisible ({error}). Reconstruisez : trouvaille reindex --full"
            ) from error

    def _read(self, content: bytes) -> None:
        end = content.index(b"\n")
        head = json.loads(content[:end])
        if head["format"] != _FORMAT:
            raise ValueError(f"format {head['format']}")
        start = end + 1
        for name, files, length in head["roots"]:
            rows = np.frombuffer(content, _ROW, files, start)
            start += rows.nbytes
            paths = content[start : start + length].decode().split("\0") if files else []
            start += length
            if len(paths) != files or start > len(content):
                raise ValueError("longueur inattendue")
            problems = {path: tuple(Problem(*one) for one in several) for path, several in head["problems"][name]}
            self.roots[name] = RootFiles(paths, rows, problems)

    def root(self, name: str) -> RootFiles:
        """The files of a root; none of one that is not known."""
        return self.roots.get(name) or RootFiles([], np.empty(0, _ROW), {})


class NextTable:
    """The table that a run leaves: files of the table before that are kept as they are, and records of others."""

    def __init__(self, before: FileTable) -> None:
        self._before = before
        self._kept = {name: np.zeros(len(root), bool) for name, root in before.roots.items()}
        self._paths: dict[str, list[str]] = {}
        self._rows: dict[str, bytearray] = {}
        self._problems: dict[str, dict[str, tuple[Problem, ...]]] = {}
        self._changed = False

    def keep(self, root: str, files: Mask) -> None:
        """These files stay as they are."""
        if files.any():
            self._kept[root] |= files

    def put(self, root: str, record: FileRecord, number: int | None = None) -> None:
        """Remember a file; `number`: what it was in the table before. Once for each file of a run."""
        if number is not None and self._before.root(root).holds(number, record):
            self._kept[root][number] = True
            return
        self._changed = True
        self._paths.setdefault(root, []).append(record.facts.relative)
        self._rows.setdefault(root, bytearray()).extend(_PACKED.pack(*record.row()))
        if record.problems:
            self._problems.setdefault(root, {})[record.facts.relative] = record.problems

    @property
    def changed(self) -> bool:
        """True when it is not the table before."""
        return self._changed or not all(kept.all() for kept in self._kept.values())

    def problems(self) -> Iterator[Problem]:
        """What could not be indexed, of all files, each with its root."""
        for name, kept in self._kept.items():
            before = self._before.root(name)
            for path, problems in before.problems.items():
                if kept[bisect_left(before.paths, path)]:
                    yield from (replace(problem, root=name) for problem in problems)
        for name, by_path in self._problems.items():
            for problems in by_path.values():
                yield from (replace(problem, root=name) for problem in problems)

    def to_bytes(self) -> bytes:
        """For the next run to read."""
        roots = [(name, self._merged(name)) for name in sorted(self._kept.keys() | self._paths.keys())]
        names = [root.names() for _, root in roots]
        head = {
            "format": _FORMAT,
            "roots": [(name, len(root), len(paths)) for (name, root), paths in zip(roots, names, strict=True)],
            "problems": {
                name: [
                    (path, [(one.path, one.reason, one.empty) for one in several])
                    for path, several in root.problems.items()
                ]
                for name, root in roots
            },
        }
        columns = [part for (_, root), paths in zip(roots, names, strict=True) for part in (root.rows(), paths)]
        return json.dumps(head, ensure_ascii=True).encode() + b"\n" + b"".join(columns)

    def _merged(self, name: str) -> RootFiles:
        before = self._before.root(name)
        kept = before.taken(self._kept[name]) if name in self._kept else before
        if name not in self._paths:
            return kept
        order = sorted(range(len(self._paths[name])), key=self._paths[name].__getitem__)
        paths = [self._paths[name][place] for place in order]
        rows = np.frombuffer(self._rows[name], _ROW)[order]
        # Few of many files change: what is sorted already is not sorted by one key after the other.
        merged = np.insert(kept.array, [bisect_left(kept.paths, path) for path in paths], rows)
        return RootFiles(sorted(kept.paths + paths), merged, {**kept.problems, **self._problems.get(name, {})})
