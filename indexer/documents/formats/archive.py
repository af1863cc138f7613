"""Archives: ZIP, TAR, and single files that are compressed. What is inside is read as files of a folder are.

Nothing is ever written to disk: names are labels. What is unpacked is counted while it is unpacked, a member at a time.
TAR is read here rather than by `tarfile`, which a few bytes of header can make loop or search for hours (Python 3.11.7:
negative sizes, the expression for extended headers); what is needed of the format are 60 lines.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import NamedTuple
from zipfile import ZipInfo

from indexer.documents.entry import LeftAside, Member, Rejected
from indexer.documents.formats.kinds import other_kind
from indexer.documents.formats.names import Names, harmless
from indexer.documents.formats.source import Drafts, Source
from indexer.documents.formats.unpack import DAMAGED, unpacking
from indexer.documents.formats.unzip import FREE_BYTES, MAX_RATIO, Unzipped
from indexer.documents.signatures import COMPRESSED, START_BYTES, kind_of_start
from indexer.errors import UnreadableDocument

LINK, SPECIAL = "lien", "fichier spécial"


# --- ZIP -----------------------------------------------------------------------------------------------------------

_UTF8_NAME = 0x800


def zipped(source: Source) -> Drafts:
    """The files of a ZIP archive."""
    archive = Unzipped(source.file, source.budget)
    names = Names(source.choices.ignore)
    if not archive.entries:
        yield Rejected(None, None, "archive vide", empty=True)
    for info in archive.entries:
        name = harmless(_name_in_zip(info))
        if names.is_passed_over(name):
            continue
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            yield LeftAside(LINK)
            continue
        source.budget.take(0, 1)
        try:
            yield _zip_member(archive, info, name, names, source)
        except UnreadableDocument as error:
            if source.budget.unpacked < 0:
                raise
            yield Rejected(None, None, str(error), empty=False, member=names.unique(name))


def _zip_member(archive: Unzipped, info: ZipInfo, name: str, names: Names, source: Source) -> Member | LeftAside:
    chunks = archive.chunks(info, source.max_bytes)
    start = next(chunks, b"")
    if kind := other_kind(name, start[:START_BYTES]):
        return LeftAside(kind)
    content = b"".join([start, *chunks])
    return Member(names.unique(name), content)


def _name_in_zip(info: ZipInfo) -> str:
    """The name. zipfile reads what is not said to be UTF-8 as an American DOS did; many programs do not say so."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        return _decoded(info.filename.encode("cp437"), "cp850")
    except UnicodeEncodeError:
        return info.filename


def _decoded(name: bytes, otherwise: str) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode(otherwise, "replace")


# --- what is compressed --------------------------------------------------------------------------------------------


def compressed(source: Source) -> Drafts:
    """The one file that was compressed."""
    name = source.relative.rsplit("/", 1)[-1]
    stem, dot, _ = name.rpartition(".")
    content = _Stream(source).read(source.max_bytes + 1)
    if len(content) > source.max_bytes:
        raise UnreadableDocument(f"plus de {source.max_bytes // 1_000_000} Mo une fois décompressé")
    yield Member(harmless(stem if dot else name), content)


class _Stream:
    """The bytes of a file, unpacked when it is compressed. Raises UnreadableDocument when it is damaged or a bomb."""

    def __init__(self, source: Source) -> None:
        kind = kind_of_start(source.file.read(START_BYTES))
        source.file.seek(0)
        self._source = source
        self._is_packed = kind in COMPRESSED
        self._file = unpacking(source.file, kind) if self._is_packed else source.file
        self._most = FREE_BYTES + MAX_RATIO * source.size
        self._read = 0

    def read(self, size: int) -> bytes:
        """The next bytes, to be kept; fewer than `size` only at the end."""
        return b"".join(self._chunks(size, kept=True))

    def skip(self, size: int) -> None:
        """Pass over the next bytes."""
        if self._is_packed:
            for _ in self._chunks(size, kept=False):
                pass
        elif size > 0:
            file = self._source.file
            file.seek(min(file.tell() + size, self._source.size))

    def _chunks(self, size: int, *, kept: bool) -> Iterator[bytes]:
        while size > 0:
            try:
                chunk = self._file.read(min(size, 1 << 18))
            except DAMAGED as error:
                raise UnreadableDocument("fichier compressé endommagé ou incomplet") from error
            if not chunk:
                return
            size -= len(chunk)
            self._read += len(chunk)
            if self._is_packed and self._read > self._most:
                raise UnreadableDocument(f"refusé : il grossit plus de {MAX_RATIO} fois une fois décompressé")
            if self._is_packed and kept:
                self._source.budget.take(len(chunk))
            yield chunk


# --- TAR -----------------------------------------------------------------------------------------------------------

_BLOCK = 512
_DAMAGED_TAR = "archive TAR endommagée ou incomplète"
# An extended header holds a long name and times; a thousandth of this is usual.
_MOST_HEADER = 64 * 1024
_FILE, _FOLDER = b"0\0007", b"5"
_LINKS = b"12"


class _Header(NamedTuple):
    """One file of a TAR archive: `kind` is the sign of its type."""

    name: bytes
    size: int
    kind: bytes


def tarred(source: Source) -> Drafts:
    """The files of a TAR archive, which may be compressed as a whole."""
    stream = _Stream(source)
    names = Names(source.choices.ignore)
    for header in _headers(stream):
        name = harmless(_decoded(header.name, "cp1252"))
        padded = -(-header.size // _BLOCK) * _BLOCK
        if header.kind not in _FILE:
            if header.kind not in _FOLDER and not names.is_passed_over(name):
                yield LeftAside(LINK if header.kind in _LINKS else SPECIAL)
            stream.skip(padded)
        elif names.is_passed_over(name) or header.name.endswith(b"/"):
            stream.skip(padded)
        else:
            source.budget.take(0, 1)
            yield from _tar_member(stream, header.size, names, name, source.max_bytes)
            stream.skip(padded - header.size)


def _tar_member(stream: _Stream, size: int, names: Names, name: str, max_bytes: int) -> Drafts:
    start = stream.read(min(size, START_BYTES))
    rest = size - len(start)
    if kind := other_kind(name, start):
        stream.skip(rest)
        yield LeftAside(kind)
    elif size > max_bytes:
        stream.skip(rest)
        reason = f"plus de {max_bytes // 1_000_000} Mo une fois décompressé"
        yield Rejected(None, None, reason, empty=False, member=names.unique(name))
    else:
        content = start + stream.read(rest)
        if len(content) < size:
            raise UnreadableDocument(_DAMAGED_TAR)
        yield Member(names.unique(name), content)


def _headers(stream: _Stream) -> Iterator[_Header]:
    """The files, links and folders of the archive; whoever takes one reads or skips its content before the next."""
    given: dict[str, bytes] = {}
    first = True
    while block := stream.read(_BLOCK):
        if not block.strip(b"\0"):
            return
        header = _header(block, first)
        first = False
        if header.kind in b"xgLK":
            if header.size > _MOST_HEADER:
                raise UnreadableDocument(_DAMAGED_TAR)
            content = stream.read(header.size)
            stream.skip(-header.size % _BLOCK)
            if header.kind == b"x":
                given |= _extended(content)
            elif header.kind == b"L":
                given["path"] = content.rstrip(b"\0")
            continue
        size = given.get("size", b"")
        yield header._replace(
            name=given.get("path", header.name), size=int(size) if size.isdigit() and len(size) < 20 else header.size
        )
        given = {}


def _header(block: bytes, first: bool) -> _Header:
    try:
        total = int(block[148:156].strip(b"\0 "), 8)
        size = int.from_bytes(block[125:136]) if block[124] == 0x80 else int(block[124:136].strip(b"\0 ") or b"0", 8)
    except (ValueError, IndexError):
        total = size = -1
    if size < 0 or len(block) < _BLOCK or total != sum(block[:148]) + sum(block[156:]) + 8 * ord(" "):
        raise UnreadableDocument("ce n’est pas une archive TAR" if first else _DAMAGED_TAR)
    name, prefix = (block[place].split(b"\0", 1)[0] for place in (slice(0, 100), slice(345, 500)))
    if prefix and block[257:263] == b"ustar\0":
        name = prefix + b"/" + name
    return _Header(name, size, block[156:157])


def _extended(content: bytes) -> dict[str, bytes]:
    """Path and size that an extended header gives: records of `16 path=a/b.txt\\n`, which begin with their length."""
    found = {}
    start = 0
    while start < len(content):
        length, space, _ = content[start : start + 20].partition(b" ")
        if not space or not length.isdigit() or int(length) < 1:
            break
        key, _, value = content[start + len(length) + 1 : start + int(length) - 1].partition(b"=")
        if key in (b"path", b"size"):
            found[key.decode()] = value
        start += int(length)
    return found
