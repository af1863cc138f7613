"""Whoosh's view of the terms of a segment: dictionaries, statistics of terms, posting lists."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from whoosh import formats
from whoosh.codec import base
from whoosh.matching.mcore import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from indexer.columnar.arrays import Array, starts_of
from indexer.columnar.schema import KEYWORDS
from indexer.columnar.segment import Field, Keywords, Segment
from indexer.columnar.terms import TermTable

# A field and a term of it.
Term = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Hits:
    """One posting list: documents ascending, how often the term occurs in each, and the length of the field there.

    `positions(first, count)` reads positions, counted over all documents; None when there are none.
    """

    docs: Array
    tf: Array
    lengths: Array
    positions: Callable[[int, int], Array] | None = None


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The terms of an indexed field, and what finds the posting list of each ordinal."""

    terms: TermTable
    hits: Callable[[int], Hits]


def dictionaries(segment: Segment) -> dict[str, Dictionary]:
    """The indexed fields of a segment by name, sorted: its texts, and its columns of strings."""
    found = {name: _of_text(segment.field(name)) for name in segment.field_names}
    found |= {name: _of_keyword(segment, name) for name in KEYWORDS}
    return dict(sorted(found.items()))


def _of_text(field: Field) -> Dictionary:
    def hits(ordinal: int) -> Hits:
        entry = field.lists.entry(ordinal)
        docs, tf = field.lists.docs(entry), field.lists.tf(entry)
        tf = np.ones(len(docs), np.int64) if tf is None else tf.astype(np.int64)
        positions = (lambda first, count: field.lists.positions(entry, first, count)) if entry.places else None
        return Hits(docs, tf, field.lengths[docs], positions)

    return Dictionary(field.terms, hits)


def _of_keyword(segment: Segment, name: str) -> Dictionary:
    keywords: Keywords = getattr(segment, KEYWORDS[name])

    def hits(ordinal: int) -> Hits:
        if name == "id":  # each document has its own
            docs = segment.file.array("id.docs")[ordinal : ordinal + 1].astype(np.int64)
        else:
            docs = np.flatnonzero(keywords.ords == ordinal)
        ones = np.ones(len(docs), np.int64)
        return Hits(docs, ones, ones)

    return Dictionary(keywords.values, hits)


class ColumnTerms(base.TermsReader):
    """The terms of a segment. Statistics count deleted documents, as everywhere."""

    def __init__(self, segment: Segment) -> None:
        self._fields = dictionaries(segment)

    def __contains__(self, term: Term) -> bool:
        return self._ordinal(*term) >= 0

    def indexed_field_names(self) -> list[str]:
        """The fields that have terms."""
        return list(self._fields)

    def cursor(self, fieldname: str, fieldobj: Any) -> ColumnCursor:
        """A cursor over the terms of a field."""
        return ColumnCursor(self._fields[fieldname], fieldobj)

    def terms(self) -> Iterator[Term]:
        """Every term, field by field."""
        return self._from(next(iter(self._fields)), b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """Every term from this one on, the following fields included."""
        return self._from(fieldname, prefix)

    def _from(self, fieldname: str, text: bytes) -> Iterator[Term]:
        for name, field in self._fields.items():
            if name >= fieldname:
                first = field.terms.insertion(text) if name == fieldname else 0
                yield from ((name, term) for term in field.terms.iterate(first))

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        """Every term with its statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        """Every term from this one on, with its statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term. Raises TermNotFound."""
        return _term_info(self._hits(fieldname, text))

    def frequency(self, fieldname: str, text: bytes) -> int:
        """How often a term occurs in all, 0 when it is not there."""
        return int(self._hits(fieldname, text).tf.sum()) if (fieldname, text) in self else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """In how many documents a term occurs, 0 when it is not there."""
        return len(self._hits(fieldname, text).docs) if (fieldname, text) in self else 0

    def matcher(self, fieldname: str, text: bytes, format_: formats.Format, scorer: Any = None) -> ColumnMatcher:
        """The documents of a term, deleted ones included (Whoosh takes them out). Raises TermNotFound."""
        return ColumnMatcher(self._hits(fieldname, text), format_, scorer, (fieldname, text))

    def _ordinal(self, fieldname: str, text: bytes) -> int:
        field = self._fields.get(fieldname)
        return -1 if field is None else field.terms.find(text)

    def _hits(self, fieldname: str, text: bytes) -> Hits:
        ordinal = self._ordinal(fieldname, text)
        if ordinal < 0:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return self._fields[fieldname].hits(ordinal)


def _term_info(hits: Hits) -> TermInfo:
    return TermInfo(
        weight=float(hits.tf.sum()),
        df=len(hits.docs),
        minlength=int(hits.lengths.min()),
        maxlength=int(hits.lengths.max()),
        maxweight=float(hits.tf.max()),
        minid=int(hits.docs[0]),
        maxid=int(hits.docs[-1]),
    )


class ColumnCursor(base.FieldCursor):
    """Walks the terms of a field in order; Whoosh's fuzzy queries do. Terms come as text."""

    def __init__(self, field: Dictionary, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._at = 0

    def first(self) -> str | None:
        """Go to the first term."""
        return self._go(0)

    def find(self, term: str | bytes) -> str | None:
        """Go to the first term that is not below this one."""
        return self._go(self._field.terms.insertion(self._fieldobj.to_bytes(term)))

    def next(self) -> str | None:
        """Go to the next term."""
        return self._go(self._at + 1)

    def _go(self, place: int) -> str | None:
        self._at = place
        return self.text()

    def text(self) -> str | None:
        """The term here, None past the end."""
        return str(self._fieldobj.from_bytes(self._field.terms[self._at])) if self.is_valid() else None

    # Two names for the same thing: Whoosh's base class says `term`, those who use it say `text`.
    term = text

    def term_info(self) -> TermInfo | None:
        """The statistics of the term here, None past the end."""
        return _term_info(self._field.hits(self._at)) if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._at < len(self._field.terms)


class ColumnMatcher(LeafMatcher):
    """Walks a posting list. It has no quality to skip by: Whoosh's collectors lose documents that way."""

    def __init__(self, hits: Hits, format_: formats.Format, scorer: Any, term: Term) -> None:
        self._hits = hits
        self._term = term
        self.format = format_
        self.scorer = scorer
        self._at = 0

    def is_active(self) -> bool:
        """Whether there is a document here."""
        return self._at < len(self._hits.docs)

    def reset(self) -> None:
        """Go back to the first document."""
        self._at = 0

    def copy(self) -> ColumnMatcher:
        """Another matcher at the same place."""
        return copy.copy(self)

    def id(self) -> int:
        """The document here."""
        return int(self._hits.docs[self._at])

    def all_ids(self) -> Iterator[int]:
        """The documents from here on."""
        return iter(self._hits.docs[self._at :].tolist())

    def next(self) -> None:
        """Go to the next document."""
        self._must_be_active()
        self._at += 1

    def skip_to(self, id: int) -> None:
        """Go forward to the first document that is not below this one."""
        self._must_be_active()
        self._at += int(np.searchsorted(self._hits.docs[self._at :], id))

    def _must_be_active(self) -> None:
        if not self.is_active():
            raise ReadTooFar

    def weight(self) -> float:
        """How often the term occurs in the document here."""
        return float(self._hits.tf[self._at])

    def value(self) -> bytes:
        """The posting here as Whoosh's own formats encode it."""
        if self.supports("positions"):
            return bytes(self.format.encode(self._positions()))
        return bytes(formats.pack_uint(int(self.weight()))) if isinstance(self.format, formats.Frequency) else b""

    def value_as(self, astype: str) -> Any:
        """The posting here, decoded; positions without the pickle that Whoosh's format makes of them."""
        return self._positions() if astype == "positions" else super().value_as(astype)

    def supports_block_quality(self) -> bool:
        """See the class."""
        return False

    def max_quality(self) -> float:
        """No bound, so that no union is simplified by comparing scores with it: that loses documents too."""
        return math.inf

    def _positions(self) -> list[int]:
        assert self._hits.positions is not None
        first = int(self._starts[self._at])
        return list(map(int, self._hits.positions(first, int(self._hits.tf[self._at]))))

    @cached_property
    def _starts(self) -> Array:
        """Where the positions of each document begin among those of the term."""
        return starts_of(self._hits.tf)
