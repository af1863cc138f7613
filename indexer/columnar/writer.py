"""Writing a draft generation: batches in, segments out, deletions beside them, small segments merged at the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from indexer.columnar.alike import ALIKE, find_alike, write_alike
from indexer.columnar.batch import WordBatch
from indexer.columnar.codec import SegmentEntry, write_toc
from indexer.columnar.draft import DraftSegment, Placed
from indexer.columnar.generation import OpenGeneration, Part
from indexer.columnar.merge import merge
from indexer.columnar.schema import MENTION
from indexer.columnar.segment import DEAD_SUFFIX, SUFFIX, Segment, write_dead
from indexer.columnar.terms import union
from indexer.columnar.tiers import Weight, to_merge


class Writer:
    """Adds and removes documents in a draft that holds the files of `base`; nothing counts before `commit`."""

    def __init__(self, draft: Path, base: OpenGeneration | None) -> None:
        self._folder = draft
        self._parts = {part.name: part for part in base.parts} if base else {}
        self._base = frozenset(self._parts)
        self._changed: set[str] = set()  # the segments of the base of which this run removed documents
        self._draft = DraftSegment(draft)

    def remove(self, ids: Iterable[str]) -> None:
        """Remove documents of the base. KeyError for an id that is not there, or not any more."""
        for id in ids:
            name, number = self._find(id)
            if name not in self._changed:
                self._changed.add(name)
                self._parts[name] = _to_be_changed(self._parts[name])
            dead = self._parts[name].dead
            assert dead is not None
            dead[number] = True

    def _find(self, id: str) -> tuple[str, int]:
        for name in self._base:
            number = self._parts[name].find(id)
            if number is not None:
                return name, number
        raise KeyError(id)

    def add(self, batch: WordBatch, places: Sequence[Placed | None]) -> None:
        """Add the documents that have a place; ids are looked up in the base when a segment is written.

        ValueError for an id that was added before, or that the base still has.
        """
        seen: set[bytes] = set()
        for place in places:
            if place is not None:
                if place.id in self._draft or place.id in seen:
                    raise _added_twice(place.id)
                seen.add(place.id)
        self._draft.add(batch, places)
        if self._draft.full:
            self._flush()

    def _flush(self) -> None:
        """Write the segment that has gathered."""
        ids = sorted(self._draft.ids)
        for part in map(self._parts.__getitem__, self._base):
            self._refuse_taken(ids, part)
        path = self._new_path()
        self._draft.write(path)
        self._open(path)
        self._draft = DraftSegment(self._folder)

    @staticmethod
    def _refuse_taken(ids: Sequence[bytes], part: Part) -> None:
        documents = part.segment.file.array("id.docs")
        for id, ordinal in zip(ids, part.segment.ids.values.find_all(ids), strict=True):
            if ordinal >= 0 and (part.dead is None or not part.dead[documents[ordinal]]):
                raise _added_twice(id)

    def commit(self) -> int:
        """Write what is left, merge, write deletions, contents and what is alike; the number of live documents.

        ValueError when an id was added twice, or while the base still had it.
        """
        if len(self._draft):
            self._flush()
        self._refuse_double()
        for part in [part for part in self._parts.values() if not part.live]:
            self._drop(part)
        while chosen := to_merge([_weight(part) for part in self._parts.values()]):
            self._merge([list(self._parts.values())[place] for place in chosen])
        for name in self._changed & self._parts.keys():
            self._write_dead(self._parts[name])
        mentions = any(MENTION in part.segment.field_names for part in self._parts.values())
        write_toc(self._folder, [_entry(part) for part in self._parts.values()], mentions=mentions)
        (self._folder / ALIKE).unlink(missing_ok=True)  # the one linked from the generation before belongs to that too
        write_alike(self._folder, find_alike([(part.segment, part.dead) for part in self._parts.values()]))
        return sum(part.live for part in self._parts.values())

    def _refuse_double(self) -> None:
        """Ids that are in two segments of this run: each was refused within its own."""
        new = [part.segment.ids.values for name, part in self._parts.items() if name not in self._base]
        for ids, shares in union(new) if len(new) > 1 else ():
            if sum(len(share.places) for share in shares) > len(ids):
                times = np.bincount(np.concatenate([share.places for share in shares]))
                raise _added_twice(ids[int(times.argmax())])

    def _merge(self, parts: Sequence[Part]) -> None:
        path = self._new_path()
        merge(path, parts)
        for part in parts:
            self._drop(part)
        self._open(path)

    def _new_path(self) -> Path:
        return self._folder / f"{secrets.token_hex(8)}{SUFFIX}"

    def _open(self, path: Path) -> None:
        self._parts[path.stem] = Part(path.stem, Segment(path), 0, None)

    def _drop(self, part: Part) -> None:
        del self._parts[part.name]
        for suffix in (SUFFIX, DEAD_SUFFIX):
            (self._folder / f"{part.name}{suffix}").unlink(missing_ok=True)

    def _write_dead(self, part: Part) -> None:
        """A new file: the one that is linked from the generation before belongs to that too."""
        path = self._folder / f"{part.name}{DEAD_SUFFIX}"
        path.unlink(missing_ok=True)
        assert part.dead is not None
        write_dead(path, part.dead)


def _to_be_changed(part: Part) -> Part:
    """The same part with deletions of its own."""
    dead = np.zeros(part.segment.documents, bool) if part.dead is None else part.dead.copy()
    return Part(part.name, part.segment, part.first, dead)


def _weight(part: Part) -> Weight:
    share = part.live / part.segment.documents
    return Weight(int(part.segment.file.size * share), 1 - share)


def _entry(part: Part) -> SegmentEntry:
    return SegmentEntry(part.name, part.segment.documents, part.segment.documents - part.live)


def _added_twice(id: bytes) -> ValueError:
    return ValueError(f"document {id.decode()!r} was already added in this run, or is still there")
