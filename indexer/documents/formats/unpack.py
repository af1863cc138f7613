"""Files that are compressed as a whole: their bytes unpacked piece by piece, in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

import zstandard

from indexer.documents.signatures import BZIP2, GZIP, XZ, ZSTD

# A window of xz or zstandard may take so much memory, whatever the file asks for.
MAX_WINDOW = 128 * 1024 * 1024
# What damaged bytes raise while they are unpacked.
DAMAGED = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


class Readable(Protocol):
    """What gives the next bytes, at most so many; none at the end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""


def unpacking(file: BinaryIO, kind: str) -> Readable:
    """What reads the unpacked bytes of a compressed file; reading raises one of DAMAGED."""
    return _OPENERS[kind](file)


def _zstd(file: BinaryIO) -> Readable:
    made = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    return made.stream_reader(file, read_across_frames=True, closefd=False)


class _XzFile:
    """The bytes of an xz file, within MAX_WINDOW: LZMAFile takes the memory that the file asks for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, MAX_WINDOW)

    def read(self, size: int, /) -> bytes:
        """See Readable."""
        while not self._unpacker.eof:
            packed = self._file.read(1 << 16) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not packed:
                raise EOFError
            if unpacked := self._unpacker.decompress(packed, size):
                return unpacked
        return b""


_OPENERS: dict[str, Callable[[BinaryIO], Readable]] = {
    GZIP: lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    BZIP2: bz2.BZ2File,
    XZ: _XzFile,
    ZSTD: _zstd,
}
