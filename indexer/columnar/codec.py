"""Our segments as a Whoosh codec, and the table of contents that lists them: what makes a generation a Whoosh index.

`whoosh.index.open_dir(generation).searcher()` reads it like any other: terms, phrases, prefixes, sorts, groups. Nothing
is written through Whoosh but its table of contents. The API is what whoosh3 3.54 and whoosh-reloaded 2.7.5 have in
common.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC

from indexer.columnar.arrays import Array, DamagedArrays
from indexer.columnar.codec_documents import ColumnDocuments
from indexer.columnar.codec_terms import ColumnTerms
from indexer.columnar.schema import refuse, schema
from indexer.columnar.segment import SUFFIX, Segment, dead_of

# The name Whoosh gives an index that is given none. Files that begin with it and an underscore are Whoosh's to delete.
_INDEX = "MAIN"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# A table of 10,000 segments takes 1 MB.
_MOST_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment in the table of contents. `documents` counts deleted ones too."""

    name: str
    documents: int
    deleted: int


class ColumnSegment(base.Segment):
    """A segment as Whoosh's table of contents names it, pickled there: its class path and attributes are the format."""

    def __init__(self, entry: SegmentEntry) -> None:
        super().__init__(_INDEX)
        # Whoosh draws a random name; the same entries make the same bytes.
        self.segid = entry.name
        self.documents = entry.documents
        self.deleted = entry.deleted

    def segment_id(self) -> str:
        """The name of its files, without suffix."""
        return str(self.segid)

    def codec(self) -> ColumnCodec:
        """What reads it."""
        return ColumnCodec()

    def doc_count_all(self) -> int:
        """All documents."""
        return self.documents

    def deleted_count(self) -> int:
        """Deleted documents."""
        return self.deleted

    def should_assemble(self) -> bool:
        """It is one file already."""
        return False

    def set_doc_count(self, doccount: int) -> NoReturn:
        """Whoosh's way of writing."""
        refuse()

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:
        """Whoosh's way of deleting."""
        refuse()

    def is_deleted(self, docnum: int) -> NoReturn:
        """Only Whoosh's writer asks a segment; readers ask ColumnDocuments."""
        refuse()

    def deleted_docs(self) -> NoReturn:
        """See is_deleted."""
        refuse()


class ColumnCodec(base.Codec):
    """Opens segments for Whoosh's readers. Raises DamagedArrays or OSError, and ReadOnlyIndex for any writing."""

    def terms_reader(self, storage: FileStorage, segment: ColumnSegment) -> ColumnTerms:
        """The terms of a segment."""
        return ColumnTerms(_open(storage, segment)[0])

    def per_document_reader(self, storage: FileStorage, segment: ColumnSegment) -> ColumnDocuments:
        """The documents of a segment."""
        return ColumnDocuments(*_open(storage, segment))

    def new_segment(self, storage: Any, indexname: str) -> NoReturn:
        """Whoosh's way of writing, as are the following."""
        refuse()

    def per_document_writer(self, storage: Any, segment: Any) -> NoReturn:
        """See new_segment."""
        refuse()

    def field_writer(self, storage: Any, segment: Any) -> NoReturn:
        """See new_segment."""
        refuse()

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> NoReturn:
        """See new_segment."""
        refuse()

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> NoReturn:
        """Only codecs that keep postings in a file of their own have one."""
        raise NotImplementedError("posting lists are read through terms_reader(…).matcher(…)")


def _open(storage: FileStorage, segment: ColumnSegment) -> tuple[Segment, Array | None]:
    """An open segment, and which of its documents are deleted."""
    path = Path(storage.folder) / f"{segment.segment_id()}{SUFFIX}"
    opened = Segment(path)
    return opened, dead_of(path, opened, segment.documents, segment.deleted)


def write_toc(folder: Path, segments: Sequence[SegmentEntry], *, mentions: bool = False) -> None:
    """Write Whoosh's table of contents into a folder, replacing any; the bytes are not synced yet. `mentions`: the
    segments have the dates that documents name."""
    # A draft may hold the link to the one of the generation before. Whoosh replaces none.
    (folder / f"_{_INDEX}_0.toc").unlink(missing_ok=True)
    storage = FileStorage(str(folder))
    TOC(schema(mentions=mentions), [ColumnSegment(entry) for entry in segments], 0).write(storage, _INDEX)


def read_toc(folder: Path) -> tuple[SegmentEntry, ...]:
    """The segments of a folder. Raises DamagedArrays for whatever is wrong with its table of contents.

    Unlike Whoosh's own reading, it makes nothing of the pickles in it but segments: a forged table runs no code.
    """
    try:
        # The schema is given, so that the one in the file is passed over.
        segments = TOC.read(_TocStorage(str(folder), readonly=True), _INDEX, gen=0, schema=schema()).segments
        return tuple(_entries(segments))
    except Exception as error:  # damaged bytes make Whoosh and pickle raise nearly anything
        raise DamagedArrays("table des segments illisible") from error


def _entries(segments: Any) -> Iterator[SegmentEntry]:
    seen = set()
    for segment in segments:
        entry = SegmentEntry(segment.segment_id(), segment.documents, segment.deleted)
        # Names become paths.
        if not _NAME.fullmatch(entry.name) or entry.name in seen:
            raise ValueError(f"segment name {entry.name!r}")
        if not (type(entry.documents) is type(entry.deleted) is int and 0 <= entry.deleted <= entry.documents):
            raise ValueError(f"numbers of documents {entry.documents!r}, {entry.deleted!r}")
        seen.add(entry.name)
        yield entry


class _TocStorage(FileStorage):
    def open_file(self, name: str, **_: Any) -> _TocFile:
        path = Path(self.folder) / name
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("table of contents too long")
        return _TocFile(path.open("rb"), name=name)


class _TocFile(StructFile):
    def read_pickle(self) -> Any:
        return _SegmentsOnly(self.file).load()


class _SegmentsOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        if (module, name) != (ColumnSegment.__module__, ColumnSegment.__qualname__):
            raise pickle.UnpicklingError(f"{module}.{name} in a table of contents")
        return ColumnSegment
