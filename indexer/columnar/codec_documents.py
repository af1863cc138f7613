"""Whoosh's view of the documents of a segment: columns, lengths, deletions, what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.codec import base

from indexer.columnar.arrays import Array
from indexer.columnar.schema import KEYWORDS
from indexer.columnar.segment import Keywords, Segment
from indexer.columnar.sortkeys import SortedKeys
from indexer.columnar.stored import Stored


class ColumnDocuments(base.PerDocumentReader):
    """The documents of a segment; `dead` says which are deleted, None when none is."""

    def __init__(self, segment: Segment, dead: Array | None) -> None:
        self._segment = segment
        self._dead = dead
        self._lengths = {name: segment.field(name).lengths for name in segment.field_names}
        self._stored = Stored(segment.file)

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return self.doc_count_all() - (0 if self._dead is None else int(self._dead.sum()))

    def doc_count_all(self) -> int:
        """All documents."""
        return self._segment.documents

    def has_deletions(self) -> bool:
        """Whether a document is deleted."""
        return self._dead is not None

    def is_deleted(self, docnum: int) -> bool:
        """Whether this document is deleted. Whoosh's Not also asks for the one after the last: it is not."""
        return self._dead is not None and docnum < len(self._dead) and bool(self._dead[docnum])

    def deleted_docs(self) -> Iterator[int]:
        """The documents that are deleted."""
        return iter([] if self._dead is None else np.flatnonzero(self._dead).tolist())

    def supports_columns(self) -> bool:
        """It does."""
        return True

    def list_columns(self) -> list[str]:
        """The names of the columns."""
        return list(_COLUMNS)

    def has_column(self, fieldname: str) -> bool:
        """Whether there is a column of this name."""
        return fieldname in _COLUMNS

    def column_reader(self, fieldname: str, column: columns.Column) -> ColumnValues:
        """A column; what Whoosh knows of its format on disk does not matter."""
        return _COLUMNS[fieldname](self._segment)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The terms of a document in a field of text, exactly; `default` for any other field."""
        lengths = self._lengths.get(fieldname)
        return default if lengths is None else int(lengths[docnum])

    def field_length(self, fieldname: str) -> int:
        """The terms of all documents in a field."""
        return self._segment.field(fieldname).total_length if fieldname in self._lengths else 0

    def min_field_length(self, fieldname: str) -> int:
        """The least length of a document in a field."""
        lengths = self._lengths.get(fieldname, ())
        return int(min(lengths, default=0))

    def max_field_length(self, fieldname: str) -> int:
        """The greatest length of a document in a field."""
        lengths = self._lengths.get(fieldname, ())
        return int(max(lengths, default=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The `Document`, and beside it the fields of its name that Whoosh's hits are asked for."""
        document = self._stored.document(self._segment, docnum)
        return {
            "document": document,
            "id": document.id,
            "type": document.type,
            "file": self._segment.files.of(docnum),
            "date": document.date.key if document.date else 0,
        }


class ColumnValues(columns.ColumnReader):
    """A column as distinct values and, for each document, the ordinal of its own."""

    def __init__(self, values: Callable[[int], Any], ords: Sequence[int] | Array) -> None:
        self._values = values
        self._ords = ords
        self._reverse = False

    def __len__(self) -> int:
        return len(self._ords)

    def __getitem__(self, docnum: int) -> Any:
        return self._values(int(self._ords[docnum]))

    def __iter__(self) -> Iterator[Any]:
        return (self[docnum] for docnum in range(len(self)))

    def sort_key(self, docnum: int) -> Any:
        """What orders documents by this column."""
        return 0 - self[docnum] if self._reverse else self[docnum]

    def set_reverse(self) -> None:
        """Turn the order around. Whoosh asks it of columns of numbers alone."""
        self._reverse = True


def _keyword_column(held: str) -> Callable[[Segment], ColumnValues]:
    def column(segment: Segment) -> ColumnValues:
        keywords: Keywords = getattr(segment, held)
        return ColumnValues(keywords.values.__getitem__, keywords.ords)

    return column


def _dates(segment: Segment) -> ColumnValues:
    return ColumnValues(lambda ordinal: int(segment.date_keys[ordinal]), segment.date_ords)


def _titles(segment: Segment) -> ColumnValues:
    # The keys, not their ranks: these order the documents of one segment only.
    return ColumnValues(SortedKeys(segment.file, "title.keys").__getitem__, segment.title_ords)


def _digests(segment: Segment) -> ColumnValues:
    return ColumnValues(lambda number: bytes.fromhex(segment.digest(number)), range(segment.documents))


_COLUMNS: dict[str, Callable[[Segment], ColumnValues]] = {
    **{name: _keyword_column(held) for name, held in KEYWORDS.items()},
    "first_seen": _keyword_column("first_seen"),
    "date": _dates,
    "title": _titles,
    "digest": _digests,
}
