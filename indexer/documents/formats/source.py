"""An open file as the formats see it: read whole within a bound, or streamed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import BinaryIO

from indexer.documents.entry import Draft, LeftAside, Member, Rejected
from indexer.documents.hyphens import Joins, unknown
from indexer.documents.walk import os_reason
from indexer.errors import UnreadableDocument
from indexer.settings import Columns, packaged_columns

Drafts = Iterator[Draft | Member | Rejected | LeftAside]

# What may be unpacked of one file, all in all, and how deep archives may stand in each other.
MAX_UNPACKED = 200_000_000
MAX_MEMBERS = 10_000
MAX_DEPTH = 3
# An archive of a gigabyte may hold more than that: reports in PDF hardly shrink, texts do three to ten times.
_USUAL_RATIO = 10


@dataclass(slots=True)
class Budget:
    """What may still be unpacked of a file: bytes and files inside of it, those of archives in archives included."""

    unpacked: int = MAX_UNPACKED
    members: int = MAX_MEMBERS
    most: int = MAX_UNPACKED

    @classmethod
    def of(cls, size: int) -> Budget:
        """That of a file of `size` bytes."""
        most = max(MAX_UNPACKED, _USUAL_RATIO * size)
        return cls(most, most=most)

    def take(self, size: int, members: int = 0) -> None:
        """Use some of it up. Raises UnreadableDocument past the end."""
        self.unpacked -= size
        self.members -= members
        if self.unpacked < 0:
            raise UnreadableDocument(f"plus de {_megabytes(self.most)} une fois décompressé")
        if self.members < 0:
            raise UnreadableDocument(f"plus de {MAX_MEMBERS} fichiers à l’intérieur")


@dataclass(frozen=True, slots=True)
class Choices:
    """What reading is told: what columns and fields are called, which names are passed over (see `walk`), and how the
    index writes words that are cut at line ends (see `hyphens`)."""

    columns: Columns = field(default_factory=packaged_columns)
    ignore: tuple[str, ...] = ()
    joins: Joins = unknown


@dataclass(frozen=True, slots=True)
class Source:
    """A regular file, or one inside of another, open at its beginning.

    `max_bytes` bounds what may be held in memory of it, `budget` what may be unpacked of it. `depth` counts the files
    around it.
    """

    file: BinaryIO
    relative: str
    size: int
    max_bytes: int
    budget: Budget = field(default_factory=Budget)
    depth: int = 0
    choices: Choices = field(default_factory=Choices)

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], relative: str, max_bytes: int, choices: Choices | None = None
    ) -> Source:
        """Open `path`; raises UnreadableDocument for what is no readable regular file, and never waits for a pipe."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise UnreadableDocument(f"lecture impossible : {os_reason(error)}") from error
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            os.close(handle)
            raise UnreadableDocument("ce n’est pas un fichier ordinaire")
        size = facts.st_size
        return cls(os.fdopen(handle, "rb"), relative, size, max_bytes, Budget.of(size), choices=choices or Choices())

    def whole(self) -> bytes:
        """All bytes; raises UnreadableDocument when they are more than `max_bytes`, also of a file that grows."""
        if self.size <= self.max_bytes:
            content = self.file.read(self.max_bytes + 1)
            if len(content) <= self.max_bytes:
                return content
        raise UnreadableDocument(f"fichier trop gros : {_megabytes(self.size)}, au plus {_megabytes(self.max_bytes)}")

    def inside(self, member: Member) -> Source:
        """A file inside of this one. Raises UnreadableDocument when it stands too deep."""
        if self.depth == MAX_DEPTH:
            raise UnreadableDocument(f"plus de {MAX_DEPTH} archives l’une dans l’autre")
        content = member.content
        relative = f"{self.relative}!/{member.name}"
        return replace(self, file=BytesIO(content), relative=relative, size=len(content), depth=self.depth + 1)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: the endings of its names and the function that reads it."""

    name: str
    endings: tuple[str, ...]
    drafts: Callable[[Source], Drafts]


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _megabytes(size: int) -> str:
    if size < 1_000_000:
        return f"{size / 1000:.0f} Ko"
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")
