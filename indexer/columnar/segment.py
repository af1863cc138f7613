"""One segment: the arrays of a file, read as fields, columns and stored documents.

    <field>.blob/.blocks/.count   terms of title_surface, title_stem, body_surface, body_stem (terms.py)
    <field>.records/.gaps…/…      their posting lists (postings.py); positions for surfaces alone
    <field>.lengths               terms of each document in that field
    mention.…                     a field as these, where it is asked for: the dates that documents name (mentions.py)
    id, type, format, language,
    file, first_seen              tables of strings (terms.py) with `.ords`: for each document the ordinal of its string
    id.docs                       for each ordinal of an id its document
    date.keys, date.ords          distinct date keys (yyyymmdd, missing parts 0; 0 unknown), sorted; ordinals as above
    digest                        the SHA-256 of what each document was read from (32 bytes)
    sketch                        what its text says, to be compared with others (64 bytes, sketch.py)
    title.ords, title.keys…       rank of each document by title, and the keys that were ranked (sortkeys.py)
    stored.…                      texts, compressed in pieces (stored.py)

Documents are numbered from 0. A segment file never changes; what is deleted of it stands in a file of its own beside
it, one for each generation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from indexer.columnar.arrays import Array, ArraysFile, ArraysWriter, DamagedArrays
from indexer.columnar.postings import PostingLists
from indexer.columnar.terms import TermTable

SUFFIX = ".seg"
DEAD_SUFFIX = ".dead"
_FEW = 1024


@dataclass(frozen=True, slots=True)
class Field:
    """An indexed field: its terms, their lists in the same order, the length of each document and their sum."""

    terms: TermTable
    lists: PostingLists
    lengths: Array
    total_length: int


class Keywords:
    """A column of strings: the distinct ones sorted, and for each document the ordinal of its own."""

    def __init__(self, values: TermTable, ords: Array) -> None:
        self.values = values
        self.ords = ords

    def of(self, document: int) -> str:
        """The string of a document."""
        ordinal = self.ords.item(document)
        few = self._few
        return self.values[ordinal].decode() if few is None else few[ordinal]

    @cached_property
    def _few(self) -> list[str] | None:
        """All strings when they are so few that they are kept once one is asked for: types, dates of runs, files with
        many documents."""
        return [string.decode() for string in self.values] if len(self.values) <= _FEW else None

    def of_all(self, documents: Array) -> list[str]:
        """The string of each of many documents."""
        return [string.decode() for string in self.values.get_all(self.ords[documents].astype(np.int64))]


class Segment:
    """An open segment. Raises DamagedArrays or OSError on opening; arrays are read when first asked for."""

    def __init__(self, path: Path) -> None:
        self.file = ArraysFile(path)
        try:
            self.documents = int(self.file.facts["documents"])
            self._totals = {str(name): int(total) for name, total in self.file.facts["lengths"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DamagedArrays("faits du segment illisibles") from error
        self._fields: dict[str, Field] = {}

    @property
    def field_names(self) -> tuple[str, ...]:
        """The indexed fields."""
        return tuple(self._totals)

    def field(self, name: str) -> Field:
        """An indexed field by name (`body_stem`)."""
        field = self._fields.get(name)
        if field is None:
            lengths = self.file.array(f"{name}.lengths")
            field = Field(TermTable(self.file, name), PostingLists(self.file, name), lengths, self._totals[name])
            self._fields[name] = field
        return field

    @cached_property
    def ids(self) -> Keywords:
        """The id of each document. Sorted: the ordinal of an id is its rank."""
        return self.keywords("id")

    @cached_property
    def types(self) -> Keywords:
        """The type of each document."""
        return self.keywords("type")

    @cached_property
    def formats(self) -> Keywords:
        """How each document was read: « PDF », « Markdown »."""
        return self.keywords("format")

    @cached_property
    def languages(self) -> Keywords:
        """The language of each document (ISO 639-1), empty when there is no telling."""
        return self.keywords("language")

    @cached_property
    def files(self) -> Keywords:
        """Root and file of each document, and behind INSIDE the place of a part of a file: what a run compares."""
        return self.keywords("file")

    @cached_property
    def first_seen(self) -> Keywords:
        """When each document was first indexed (ISO 8601)."""
        return self.keywords("first_seen")

    @cached_property
    def date_keys(self) -> Array:
        """The distinct date keys, ascending."""
        return self.file.array("date.keys")

    @cached_property
    def date_ords(self) -> Array:
        """For each document the place of its date in `date_keys`."""
        return self.file.array("date.ords")

    @cached_property
    def title_ords(self) -> Array:
        """The rank of each document by title; equal titles have the same."""
        return self.file.array("title.ords")

    def digest(self, document: int) -> str:
        """The content hash of a document, in hexadecimal."""
        digest: bytes = self._digests[document].tobytes()
        return digest.hex()

    def digests(self, documents: Array) -> list[str]:
        """The content hashes of many documents, in hexadecimal."""
        joined = self._digests[documents].tobytes().hex()
        return [joined[start : start + 64] for start in range(0, len(joined), 64)]

    @cached_property
    def _digests(self) -> Array:
        return self.file.array("digest")

    @cached_property
    def sketches(self) -> Array:
        """The sketch of each document, a row of bytes."""
        return self.file.array("sketch")

    def number(self, id: str) -> int | None:
        """The document with this id, deleted or not; None when there is none."""
        ordinal = self.ids.values.find(id.encode(errors="replace"))
        return None if ordinal < 0 else int(self.file.array("id.docs")[ordinal])

    def keywords(self, name: str) -> Keywords:
        """A column of strings by name; not kept."""
        return Keywords(TermTable(self.file, name), self.file.array(f"{name}.ords"))


def write_dead(path: Path, dead: Array) -> None:
    """Write which documents of a segment are deleted (bool each)."""
    out = ArraysWriter(path)
    out.add("dead", np.packbits(dead))
    out.close()


def dead_of(path: Path, segment: Segment, documents: int, deleted: int) -> Array | None:
    """Which documents of the segment at `path` are deleted; None when none is. Both counts are those of the table of
    contents: raises DamagedArrays when the files hold others, or OSError."""
    dead = read_dead(path.with_suffix(DEAD_SUFFIX), segment.documents) if deleted else None
    if (segment.documents, 0 if dead is None else int(dead.sum())) != (documents, deleted):
        raise DamagedArrays(f"nombre de documents inattendu dans {path.stem}")
    return dead


def read_dead(path: Path, documents: int) -> Array:
    """Which documents of a segment are deleted (bool each). Raises DamagedArrays or OSError."""
    bits = ArraysFile(path).array("dead")
    if len(bits) != -(-documents // 8):
        raise DamagedArrays("nombre de documents inattendu")
    return np.unpackbits(bits, count=documents).astype(bool)
