"""Files that survive a power cut: write, sync, rename, sync the folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

_CHUNK_BYTES = 128 * 1024


def sync(path: Path) -> None:
    """Force a file's bytes, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        # macOS keeps synced bytes in the drive's cache unless F_FULLFSYNC is asked for (man 2 fsync).
        if hasattr(fcntl, "F_FULLFSYNC"):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        else:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(path: Path, content: bytes) -> None:
    """Write a new file and force it to the disk; its name is safe once the folder is synced."""
    path.write_bytes(content)
    sync(path)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it that are missing; when this returns a power cut cannot undo it."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode, exist_ok=True)
        sync(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Give `path` this content in one atomic step: at any moment it holds the old bytes or the new ones.

    The new ones are safe once the folder is synced.
    """
    temporary = path.with_name(path.name + ".new")
    write(temporary, content)
    temporary.replace(path)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    # hashlib.file_digest fills 256 KB with zeros first: of a short file it takes three times as long.
    with path.open("rb", buffering=0) as file:
        while content := file.read(_CHUNK_BYTES):
            digest.update(content)
    return digest.hexdigest()
