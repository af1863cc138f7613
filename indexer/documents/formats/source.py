"""An open file as the formats see it: read whole within a bound, or streamed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from indexer.documents.entry import Draft, Rejected
from indexer.documents.walk import os_reason
from indexer.errors import UnreadableDocument

Drafts = Iterator[Draft | Rejected]


@dataclass(frozen=True, slots=True)
class Source:
    """A regular file, open at its beginning; `max_bytes` bounds what may be held in memory of it."""

    file: BinaryIO
    relative: str
    size: int
    max_bytes: int

    @classmethod
    def open(cls, path: str | os.PathLike[str], relative: str, max_bytes: int) -> Source:
        """Open `path`; raises UnreadableDocument for what is no readable regular file, and never waits for a pipe."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise UnreadableDocument(f"lecture impossible : {os_reason(error)}") from error
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            os.close(handle)
            raise UnreadableDocument("ce n’est pas un fichier ordinaire")
        return cls(os.fdopen(handle, "rb"), relative, facts.st_size, max_bytes)

    def whole(self) -> bytes:
        """All bytes; raises UnreadableDocument when they are more than `max_bytes`, also of a file that grows."""
        if self.size <= self.max_bytes:
            content = self.file.read(self.max_bytes + 1)
            if len(content) <= self.max_bytes:
                return content
        raise UnreadableDocument(f"fichier trop gros : {_megabytes(self.size)}, au plus {_megabytes(self.max_bytes)}")


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
