"""The C shim from Python: building it, what it is asked to do, and the record that it writes."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
# struct record of shim.c: kind, lengths of the two paths, outcome, offset, bytes.
_HEAD = struct.Struct("<IIIIqq")


class Mode(IntEnum):
    """What happens at operation n (enum mode of shim.c)."""

    WATCH = 0
    KILL = 1
    FAIL_ONCE = 2
    DISK_FULL = 3


class Kind(StrEnum):
    """What an operation does (enum kind of shim.c)."""

    OPEN = "o"
    WRITE = "w"
    TRUNCATE = "t"
    ALLOCATE = "a"
    SYNC = "s"
    RENAME = "r"
    LINK = "l"
    UNLINK = "u"
    MAKE_FOLDER = "m"
    REMOVE_FOLDER = "d"


class Outcome(IntEnum):
    """How an operation ended (enum outcome of shim.c). EMPTIED: an open of a file that is new or was cut to nothing."""

    FAILED = 0
    DONE = 1
    EMPTIED = 2


@dataclass(frozen=True)
class Fault:
    """What is done to one run: `mode` at operation `at` (from 1), with `error` where it fails."""

    mode: Mode = Mode.WATCH
    at: int = 0
    error: int = 0

    @classmethod
    def kill(cls, at: int) -> Fault:
        """SIGKILL before operation `at`."""
        return cls(Mode.KILL, at)

    @classmethod
    def disk_full(cls, at: int) -> Fault:
        """No space for anything from operation `at` on; half of a write still fits."""
        return cls(Mode.DISK_FULL, at, errno.ENOSPC)

    @classmethod
    def bad_sector(cls, at: int) -> Fault:
        """One EIO."""
        return cls(Mode.FAIL_ONCE, at, errno.EIO)


@dataclass(frozen=True)
class Operation:
    """One operation; paths are relative to the watched folder, itself empty; `other` is a new name."""

    kind: Kind
    path: str
    other: str
    outcome: Outcome
    offset: int
    size: int
    data: bytes


def build(folder: Path) -> Path:
    """Compile the shim. Raises FileNotFoundError without a compiler, OSError for a platform that it is not for."""
    library = folder / "shim.so"
    done = subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library, SOURCE],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise OSError(f"shim.c does not compile here: {done.stderr.strip()}")
    return library


class Shim:
    """The loaded library, in the process that is to be watched."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.shim_counter.restype = ctypes.POINTER(ctypes.c_long)
        self._library.shim_start.argtypes = [
            ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_char_p,
        ]  # fmt: skip
        self._counter = self._library.shim_counter()

    @property
    def count(self) -> int:
        """Operations so far, in this process and those forked from it."""
        return int(self._counter[0])

    @count.setter
    def count(self, value: int) -> None:
        self._counter[0] = value

    def start(self, folder: Path, fault: Fault, record: Path | None = None) -> None:
        """Watch this process for good. Raises OSError where the system does not let us."""
        asked = asdict(fault)
        failed = self._library.shim_start(
            os.fsencode(folder.resolve()), asked["mode"], asked["at"], asked["error"], os.fsencode(record or "")
        )
        if failed:
            raise OSError(failed, os.strerror(failed))


def read_record(record: Path, folder: Path) -> Iterator[Operation]:
    """The operations below `folder`, in order: number n of a fault is the n-th."""
    content = record.read_bytes()
    root = str(folder.resolve())
    at = 0
    while at < len(content):
        kind, path, other, outcome, offset, size = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        paths = content[at : at + path + other]
        at += path + other
        kind = Kind(chr(kind))
        data = content[at : at + size] if kind is Kind.WRITE else b""
        at += len(data)
        yield Operation(
            kind,
            os.fsdecode(paths[:path]).removeprefix(root).removeprefix("/"),
            os.fsdecode(paths[path:]).removeprefix(root).removeprefix("/"),
            Outcome(outcome),
            offset,
            size,
            data,
        )
