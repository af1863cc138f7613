"""A ZIP file unpacked within bounds, for archives and for the formats that are one inside (DOCX, ODT, EPUB).

What a ZIP says of its sizes is a claim: it is checked first, then counted while unpacking.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from indexer.documents.formats.source import MAX_MEMBERS, Budget
from indexer.errors import UnreadableDocument

# Text grows 3 to 20 times, XML of tables 50 times; deflate can make 1,030 bytes of one. Small files are let be: a page
# of blanks grows as much and hurts nobody.
MAX_RATIO = 100
FREE_BYTES = 10_000_000
# Beyond what MAX_MEMBERS entries take. zipfile makes half a kilobyte of objects of the 46 bytes of an entry.
_MAX_DIRECTORY = 4_000_000
_UNSOUND = "archive ZIP endommagée ou incomplète"
_CHUNK = 256 * 1024
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1
# What zipfile lets through besides its own error, of a damaged file.
_DAMAGE = (BadZipFile, zlib.error, struct.error, EOFError, ValueError, OverflowError, NotImplementedError)


class Unzipped:
    """The files in a ZIP. What is unpacked is taken from `budget`.

    Raises UnreadableDocument, the reason in French, for what is no sound ZIP or is made to grow: a directory that is
    damaged or too large, entries that share their bytes. An OSError of the disk passes through.
    """

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._budget = budget
        try:
            self._zip = ZipFile(_Guarded(file))
        except (*_DAMAGE, OSError) as error:
            raise UnreadableDocument(_UNSOUND) from error
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise UnreadableDocument(f"plus de {MAX_MEMBERS} fichiers à l’intérieur")
        _refuse_overlaps(infos, self._zip.start_dir)
        self.entries = tuple(info for info in infos if not info.filename.endswith("/"))  # is_dir fails on ""
        self._by_name = {info.filename: info for info in self.entries}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def names(self) -> tuple[str, ...]:
        """The names as they stand in the file, in its order, folders left out; a name may come twice."""
        return tuple(info.filename for info in self.entries)

    def read(self, entry: str | ZipInfo, most: int) -> bytes:
        """The content of an entry (of a name: the last one that has it), of at most `most` bytes; see `chunks`."""
        return b"".join(self.chunks(entry, most))

    def chunks(self, entry: str | ZipInfo, most: int) -> Iterator[bytes]:
        """The content of an entry, piece by piece.

        Raises UnreadableDocument when there is none of that name, when it is encrypted, damaged (perhaps after some
        pieces), more than `most` bytes, grown more than MAX_RATIO times, or past the budget.
        """
        info = self._by_name.get(entry) if isinstance(entry, str) else entry
        if info is None:
            raise UnreadableDocument(f"archive ZIP incomplète : il y manque « {entry} »")
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableDocument("protégé par un mot de passe")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # zipfile bounds the growth of no other method
            raise UnreadableDocument(f"méthode de compression ZIP non prise en charge : {info.compress_type}")
        if info.file_size > most:
            raise _too_large(most)
        size = 0
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._budget.take(len(chunk))
                    if size > most:
                        raise _too_large(most)
                    if size > FREE_BYTES and size > MAX_RATIO * info.compress_size:
                        raise UnreadableDocument(f"refusé : il grossit plus de {MAX_RATIO} fois une fois décompressé")
                    yield chunk
        except (*_DAMAGE, RuntimeError) as error:
            raise UnreadableDocument(_UNSOUND) from error


class _Guarded:
    """The file as zipfile reads it: never much at once, whatever size a directory claims to have."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _MAX_DIRECTORY:
            raise UnreadableDocument("archive ZIP refusée : sa table des matières est démesurée")
        return self._file.read(size if size >= 0 else _MAX_DIRECTORY)  # -1: the last 64 KB of the file


def _refuse_overlaps(infos: list[ZipInfo], end: int) -> None:
    """Raise UnreadableDocument when entries share bytes: a few megabytes then hold the same terabyte many times."""
    spans = sorted((info.header_offset, info.compress_size) for info in infos)
    for (start, size), (following, _) in pairwise([*spans, (end, 0)]):
        if start < 0 or start + _LOCAL_HEADER + size > following:
            raise UnreadableDocument("archive ZIP refusée : des fichiers s’y chevauchent")


def _too_large(most: int) -> UnreadableDocument:
    return UnreadableDocument(f"plus de {most // 1_000_000} Mo une fois décompressé")
