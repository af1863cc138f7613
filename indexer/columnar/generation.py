"""One generation, open for reading: its segments in order, what is deleted of them, and where a document is."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np

from indexer.columnar.alike import read_alike
from indexer.columnar.arrays import Array, DamagedArrays
from indexer.columnar.codec import read_toc
from indexer.columnar.schema import INSIDE
from indexer.columnar.segment import SUFFIX, Segment, dead_of
from indexer.columnar.stored import Stored
from indexer.errors import IndexDamaged
from indexer.model import Document

# What reading lets through when bytes are not what was written: places outside of arrays, text that is no UTF-8, …
_DAMAGE = (DamagedArrays, OSError, LookupError, ValueError, OverflowError, struct.error)

_BEHIND_INSIDE = bytes([ord(INSIDE) + 1])

# A file by device and inode: hard links in two generations are one.
Identity = tuple[int, int]


class Part:
    """A segment in its generation. `first`: the generation's number of its document 0. `dead`: a bool for each
    document, True when it is deleted; None when none is."""

    def __init__(self, name: str, segment: Segment, first: int, dead: Array | None) -> None:
        self.name = name
        self.segment = segment
        self.first = first
        self.dead = dead

    @cached_property
    def stored(self) -> Stored:
        """The texts of the segment."""
        return Stored(self.segment.file)

    @property
    def live(self) -> int:
        """How many documents are not deleted."""
        return self.segment.documents - (0 if self.dead is None else int(self.dead.sum()))

    def find(self, id: str) -> int | None:
        """The live document with this id, by its number in the segment."""
        number = self.segment.number(id)
        return None if number is None or (self.dead is not None and self.dead[number]) else number

    def of_file(self, file: str) -> Array:
        """The live documents of a file (its root, `/`, path) and of its members, ascending within each."""
        # A file and its members (file, INSIDE, place) follow each other; what follows has a greater sign than INSIDE.
        values, name = self.segment.files.values, file.encode(errors="replace")
        ordinals = values.insertion(name), values.insertion(name + _BEHIND_INSIDE)
        ords, order = self.segment.files.ords, self._by_file
        first, end = np.searchsorted(ords, ordinals, sorter=order)
        numbers = order[first:end]
        return numbers if self.dead is None else numbers[~self.dead[numbers]]

    def wanted(self, *, undated: bool) -> Array:
        """The live documents, or those of them without a date, ascending."""
        wanted = np.ones(self.segment.documents, bool) if self.dead is None else ~self.dead
        if undated:
            wanted = wanted & (self.segment.date_keys == 0).take(self.segment.date_ords)
        return np.flatnonzero(wanted)

    @cached_property
    def _by_file(self) -> Array:
        """All documents, those of one file together: made at the first look-up (1 s for ten million)."""
        return np.argsort(self.segment.files.ords, kind="stable")

    def without(self, numbers: Array) -> Part:
        """The same with these documents deleted too (by their numbers in the generation, ascending)."""
        first, end = numbers.searchsorted((self.first, self.first + self.segment.documents))
        if first == end:
            return self
        dead = np.zeros(self.segment.documents, bool) if self.dead is None else self.dead.copy()
        dead[numbers[first:end] - self.first] = True
        return Part(self.name, self.segment, self.first, dead)

    def document(self, number: int) -> Document:
        """A whole document by its number in the segment, deleted or not."""
        return self.stored.document(self.segment, number)


class OpenGeneration:
    """The parts of a generation, in order. Immutable, and safe to share between threads.

    `documents` counts deleted documents too, until they are merged away; `live` does not. `alike` says which documents
    are the same. Segments that `earlier` (the generation before) has open are shared with it: the same files are not
    mapped twice. Raises IndexDamaged.
    """

    def __init__(self, folder: Path, earlier: OpenGeneration | None = None) -> None:
        self.folder = folder
        self._open: dict[Identity, Segment] = {}
        self.documents = 0
        parts = []
        with self.damage_named():
            for entry in read_toc(folder):
                path = folder / f"{entry.name}{SUFFIX}"
                segment = self._segment(path, earlier)
                dead = dead_of(path, segment, entry.documents, entry.deleted)
                parts.append(Part(entry.name, segment, self.documents, dead))
                self.documents += segment.documents
            self.alike = read_alike(folder)
        self.parts = tuple(parts)

    def _segment(self, path: Path, earlier: OpenGeneration | None) -> Segment:
        facts = path.stat()
        identity = facts.st_dev, facts.st_ino
        shared = earlier._open.get(identity) if earlier else None
        self._open[identity] = segment = shared or Segment(path)
        return segment

    @property
    def live(self) -> int:
        """How many documents are not deleted."""
        return sum(part.live for part in self.parts)

    @cached_property
    def searched(self) -> tuple[Part, ...]:
        """The parts as a search sees them: a copy of another document counts as deleted."""
        return tuple(part.without(self.alike.copies) for part in self.parts)

    def find(self, id: str) -> tuple[Part, int] | None:
        """The live document with this id: its part and its number there."""
        with self.damage_named():
            for part in self.parts:
                number = part.find(id)
                if number is not None:
                    return part, number
        return None

    def document(self, id: str) -> Document | None:
        """The live document with this id."""
        found = self.find(id)
        if found is None:
            return None
        with self.damage_named():
            return found[0].document(found[1])

    @contextlib.contextmanager
    def damage_named(self) -> Iterator[None]:
        """What reading damaged files raises becomes IndexDamaged, never an empty answer."""
        try:
            yield
        except _DAMAGE as error:
            raise IndexDamaged(
                f"L’index est illisible dans {self.folder} ({type(error).__name__} : {error}). "
                "Reconstruisez-le : trouvaille reindex --full"
            ) from error
