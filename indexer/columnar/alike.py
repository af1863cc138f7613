"""Which documents of a generation are the same, and which say nearly the same.

    copies, copies.first          documents read from the same bytes as another one, and which one
    members, members.group        documents whose texts are nearly those of others, and the number of their group

All are numbers of documents in the generation; copies and members ascend. They are worked out anew from the digests and
sketches of the live documents whenever a generation is written, so they depend on the documents that are there, not on
the runs that brought them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.columnar.arrays import Array, ArraysFile, ArraysWriter, narrowed, starts_of
from indexer.columnar.segment import Segment
from indexer.columnar.sketch import SKETCH_BYTES

ALIKE = "alike.arrays"

# How many of 64 bytes two sketches have in common for their texts to be joined, and how many each has with the sketch
# of the first of its group: .66 and .59 of the shingles. Below, legal texts of one pattern come together; above, a
# dispatch without its last third is not found any more (benchmarks/alike.py). The second keeps a chain of small
# differences from leading to quite another text.
_JOINED = 42
_HELD = 38
# Compared are sketches that have all the bytes of a band in common: of texts that share .7 of their shingles 99 in 100
# do in one of sixteen bands, of those that share .2 one in 40.
_BAND = np.dtype("<u4")
_BANDS = SKETCH_BYTES // _BAND.itemsize
# Times that the texts near the first one are cut out of what hangs together; what is left of a longer chain of variants
# is in no group.
_MOST_ROUNDS = 32
# Sketches compared at once: some 10 MB.
_AT_ONCE = 1 << 16
_HALF, _LOW = np.uint64(32), np.uint64(2**32 - 1)


@dataclass(frozen=True, slots=True)
class Alike:
    """Copies, and for each the document that is shown; members of groups, and for each its group. See the file."""

    copies: Array
    firsts: Array
    members: Array
    groups: Array

    def same_as(self, number: int) -> Array:
        """All documents read from the same bytes as this one, itself too; nothing when there is no other."""
        first = self._first(number)
        copies: Array = self.copies[self.firsts == first]
        return np.array([*copies.tolist(), first]) if len(copies) else copies

    def near(self, number: int) -> Array:
        """The other documents of the group of this one, or of the one that it is a copy of; ascending."""
        first = self._first(number)
        group = self.groups[self.members == first]
        others: Array = self.members[self.groups == group[0]] if len(group) else self.members[:0]
        alone: Array = others[others != first]
        return alone

    def _first(self, number: int) -> int:
        """The document itself, or the one that it is a copy of."""
        place = int(self.copies.searchsorted(number))
        return int(self.firsts[place]) if place < len(self.copies) and self.copies[place] == number else number


_NONE = np.zeros(0, np.int64)
NONE_ALIKE = Alike(_NONE, _NONE, _NONE, _NONE)


def write_alike(folder: Path, alike: Alike) -> None:
    """Write the file of a generation."""
    out = ArraysWriter(folder / ALIKE)
    out.add("copies", narrowed(alike.copies))
    out.add("copies.first", narrowed(alike.firsts))
    out.add("members", narrowed(alike.members))
    out.add("members.group", narrowed(alike.groups))
    out.close()


def read_alike(folder: Path) -> Alike:
    """What the file of a generation says; nothing is alike where there is none. Raises DamagedArrays or OSError."""
    path = folder / ALIKE
    if not path.exists():
        return NONE_ALIKE
    file = ArraysFile(path)
    return Alike(*(file.array(name) for name in ("copies", "copies.first", "members", "members.group")))


def find_alike(segments: Sequence[tuple[Segment, Array | None]]) -> Alike:
    """What is alike in the segments of a generation, each with its deleted documents (None: none is)."""
    living = _Living(segments)
    copies, firsts = _copies(living)
    return Alike(copies, firsts, *_groups(living, copies))


class _Living:
    """The live documents of some segments, by their `numbers` in the generation, in the order of their digests: the
    same documents come in the same order, whatever segments hold them."""

    def __init__(self, segments: Sequence[tuple[Segment, Array | None]]) -> None:
        self._segments = [segment for segment, _ in segments]
        self._firsts = starts_of(np.array([segment.documents for segment in self._segments], np.int64))
        dead = [np.zeros(s.documents, bool) if gone is None else gone for s, gone in segments]
        live = (~np.concatenate([np.zeros(0, bool), *dead])).nonzero()[0]
        digests = [segment.file.array("digest").view("<u8")[:, 0] for segment in self._segments]
        keys = np.concatenate([np.zeros(0, np.uint64), *digests]).take(live)
        order = keys.argsort()
        self.numbers: Array = live.take(order)
        self.keys: Array = keys.take(order)  # the first eight bytes of the digest of each

    def located(self, number: int) -> tuple[Segment, int]:
        """The segment of a document, and its number there."""
        place = int(self._firsts.searchsorted(number, "right")) - 1
        return self._segments[place], number - int(self._firsts[place])

    def band(self, band: int, numbers: Array) -> Array:
        """A band of the sketches of these documents, as integers."""
        columns = [segment.sketches.view(_BAND)[:, band] for segment in self._segments]
        column: Array = np.concatenate([np.zeros(0, _BAND), *columns]).take(numbers)
        return column

    @property
    def sketched(self) -> Array:
        """Whether each document of the generation, deleted or not, has a sketch."""
        firsts = [segment.sketches[:, 0] > 0 for segment in self._segments]
        there: Array = np.concatenate([np.zeros(0, bool), *firsts])
        return there

    def in_common(self, some: Array, others: Array) -> Array:
        """How many bytes the sketches of each two documents have in common."""
        counts = np.zeros(len(some), np.int64)
        for start in range(0, len(some), _AT_ONCE):
            stretch = slice(start, start + _AT_ONCE)
            counts[stretch] = (self._sketches(some[stretch]) == self._sketches(others[stretch])).sum(axis=1)
        return counts

    def _sketches(self, numbers: Array) -> Array:
        rows = np.zeros((len(numbers), SKETCH_BYTES), np.uint8)
        places = self._firsts.searchsorted(numbers, "right") - 1
        for place in np.unique(places).tolist():
            mine = places == place
            rows[mine] = self._segments[place].sketches[numbers[mine] - self._firsts[place]]
        return rows


# --- copies --------------------------------------------------------------------------------------------------------


def _copies(living: _Living) -> tuple[Array, Array]:
    """The documents that are another one again, ascending, and for each the one seen first, of these that of the least
    place: a copy that comes later changes nothing."""
    same = living.keys[1:] == living.keys[:-1]
    suspects = np.union1d(living.numbers[1:][same], living.numbers[:-1][same])
    places: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for number in suspects.tolist():
        segment, own = living.located(number)
        places[segment.digest(own)].append((segment.first_seen.of(own), segment.files.of(own), number))
    found = np.array(sorted(_with_first(places.values())), np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _with_first(alike: Iterable[list[tuple[str, str, int]]]) -> Iterator[tuple[int, int]]:
    for places in alike:
        (*_, first), *others = sorted(places)
        for *_, number in others:
            yield number, first


# --- groups --------------------------------------------------------------------------------------------------------


def _groups(living: _Living, copies: Array) -> tuple[Array, Array]:
    """The documents that say nearly the same as others, ascending, and for each the number of its group."""
    asked = living.sketched
    asked[copies] = False
    numbers = living.numbers[asked.take(living.numbers)]
    leaders = _led(living, numbers, _joined(living, numbers))
    followed = np.bincount(leaders, minlength=len(numbers)) > 1
    members = followed.take(leaders).nonzero()[0]
    _, groups = np.unique(leaders[members], return_inverse=True)
    order = numbers[members].argsort()
    return numbers[members][order], groups[order]


def _joined(living: _Living, numbers: Array) -> Array:
    """For each of these documents the first that it hangs together with, by its place among them.

    Of the documents that have a band in common, each is compared with its neighbour only: a band that all documents of
    a pattern share costs no more than another.
    """
    labels = np.arange(len(numbers))
    places = labels.astype(np.uint64)
    for band in range(_BANDS):
        keys = living.band(band, numbers).astype(np.uint64) << _HALF | places
        keys.sort()
        near = (keys[1:] >> _HALF == keys[:-1] >> _HALF).nonzero()[0]
        some, others = ((keys[near + step] & _LOW).astype(np.int64) for step in (0, 1))
        apart = labels[some] != labels[others]
        some, others = some[apart], others[apart]
        alike = living.in_common(numbers[some], numbers[others]) >= _JOINED
        _join(labels, some[alike], others[alike])
    return labels


def _join(labels: Array, some: Array, others: Array) -> None:
    """Give all that hangs together by these pairs one label, the least. Each label has itself for a label."""
    while len(some):
        ones, twos = labels[some], labels[others]
        apart = ones != twos
        some, others, ones, twos = some[apart], others[apart], ones[apart], twos[apart]
        np.minimum.at(labels, np.maximum(ones, twos), np.minimum(ones, twos))
        while not np.array_equal(through := labels[labels], labels):
            labels[:] = through


def _led(living: _Living, numbers: Array, joined: Array) -> Array:
    """For each document the first of its group (itself when it is in none), all by their places.

    The first of all that hang together leads those that are near to it; so do, in turn, those that are left.
    """
    leaders = np.arange(len(numbers))
    rest = (np.bincount(joined, minlength=len(numbers)) > 1).take(joined).nonzero()[0]
    for _ in range(_MOST_ROUNDS):
        _, firsts, which = np.unique(joined[rest], return_index=True, return_inverse=True)
        led_by = rest[firsts][which]
        near = living.in_common(numbers[rest], numbers[led_by]) >= _HELD
        leaders[rest[near]] = led_by[near]
        rest = rest[~near]
    return leaders
