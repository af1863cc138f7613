"""The file that a document was read from, to be handed out: only what the index read, byte for byte.

A document names its file; nobody else does. The file is opened from its recorded root down, name by name, and no link
is followed on the way, so what is opened lies below the root whatever happens to the folders meanwhile. It is read once
before anything is handed out, to see that it still is what was indexed, and compared again while it goes out.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from indexer.documents import name_of
from indexer.errors import OriginalChanged, OriginalGone, OriginalPart
from indexer.model import Document

_AT_ONCE = 1 << 18
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Original:
    """An open file that is what was indexed. `name` is its own, without folders; close `file` when done."""

    name: str
    size: int
    digest: str
    file: BinaryIO

    def chunks(self) -> Iterator[bytes]:
        """Its bytes. The last ones come only when all are those that were indexed: a file that changes meanwhile comes
        out too short, and raises OriginalChanged."""
        sha256, left, held = hashlib.sha256(), self.size, b""
        self.file.seek(0)
        while left and (chunk := self.file.read(min(_AT_ONCE, left))):
            if held:
                yield held
            sha256.update(chunk)
            held, left = chunk, left - len(chunk)
        if left or sha256.hexdigest() != self.digest:
            raise OriginalChanged
        if held:
            yield held


def is_whole_file(document: Document) -> bool:
    """True when a document is all of a file, and not a line or a part of one that holds others."""
    return not document.is_line and not document.member


def open_original(root: Path, document: Document, max_bytes: int) -> Original:
    """The file of a document of this root. Raises OriginalPart, OriginalGone or OriginalChanged."""
    if not is_whole_file(document):
        raise OriginalPart
    with ExitStack() as stack:
        try:
            file = stack.enter_context(os.fdopen(_open_below(root, document.file), "rb"))
            size = os.fstat(file.fileno()).st_size
            if size > max_bytes or _digest(file, size) != document.digest:
                raise OriginalChanged
        except OSError as error:
            raise OriginalGone from error
        stack.pop_all()
    return Original(document.file.rpartition("/")[2], size, document.digest, file)


def _digest(file: BinaryIO, size: int) -> str:
    """The SHA-256 of the first `size` bytes: a file that grows without end is read no further."""
    sha256, left = hashlib.sha256(), size
    while left and (chunk := file.read(min(_AT_ONCE, left))):
        sha256.update(chunk)
        left -= len(chunk)
    return sha256.hexdigest()


def _open_below(root: Path, relative: str) -> int:
    """A descriptor of the regular file at a path below a root, or of the root that is itself a file. OSError when it is
    not there, or something on the way is a link."""
    names = relative.split("/")
    if any(name.startswith(".") or not name for name in names):  # no walk takes such a one
        raise FileNotFoundError(relative)
    # The root itself may be a link to a folder.
    folder = os.open(root if root.is_dir() else root.parent, _FOLDER)
    try:
        if not root.is_dir() and relative != name_of(root.name):
            raise FileNotFoundError(relative)
        for name in names[:-1]:
            below = _open_in(folder, name, _FOLDER | os.O_NOFOLLOW)
            os.close(folder)
            folder = below
        found = _open_in(folder, names[-1], _FILE)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise FileNotFoundError(relative)
    return found


def _open_in(folder: int, name: str, flags: int) -> int:
    """Open what has this name (as the index writes names: NFC) in an open folder."""
    try:
        return os.open(name, flags, dir_fd=folder)
    except (FileNotFoundError, UnicodeEncodeError):
        for own in os.listdir(folder):
            if own != name and name_of(own) == name:
                return os.open(own, flags, dir_fd=folder)
        raise FileNotFoundError(name) from None
