"""What a run remembers of each file, to tell at the next one whether it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indexer.documents import FileFacts
from indexer.model import Root
from indexer.reindex.report import Problem

# A file changed within this time of its reading may have changed again without a trace in its times (the clock of a
# file system ticks up to 2 s): it is hashed at the next run.
_RACY_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a run remembers of a file, to tell at the next one whether it changed."""

    root: str
    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: str
    read_ns: int
    problems: tuple[Problem, ...] = ()

    @property
    def key(self) -> str:
        """Root and path: what documents name as their file."""
        return f"{self.root}/{self.path}"

    def same_on_disk(self, facts: FileFacts) -> bool:
        """True when the file cannot have changed since it was read."""
        times = (facts.size, facts.mtime_ns, facts.ctime_ns, facts.inode)
        racy = max(facts.mtime_ns, facts.ctime_ns) >= self.read_ns - _RACY_NS
        return not racy and times == (self.size, self.mtime_ns, self.ctime_ns, self.inode)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FileRecord:
        """A line of the file table."""
        return cls(**{**data, "problems": tuple(Problem(**problem) for problem in data["problems"])})


def record_of(root: Root, facts: FileFacts, digest: str, read_ns: int, problems: tuple[Problem, ...]) -> FileRecord:
    """The record of a file whose reading began at `read_ns`."""
    return FileRecord(
        root=root.name,
        path=facts.relative,
        size=facts.size,
        mtime_ns=facts.mtime_ns,
        ctime_ns=facts.ctime_ns,
        inode=facts.inode,
        sha256=digest,
        read_ns=read_ns,
        problems=problems,
    )
