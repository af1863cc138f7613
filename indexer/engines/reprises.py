"""Documents that say nearly the same: of those found one is shown, the others beneath it.

The first in the order that was asked stands for its group. Filters come before: what they leave out is beneath nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import INSIDE
from indexer.engines.collection import Collection
from indexer.engines.ordering import in_order
from indexer.model import NO_REPEATS, Document, Repeats, Reprise, Sort, place_inside

# Of one document; how many more there are is told.
MOST = 20

_T = TypeVar("_T")


class Reprises:
    """The groups of which a query found several documents (`docs`, ascending). False when there are none."""

    def __init__(self, collection: Collection, docs: Array) -> None:
        self._collection = collection
        self._docs: Array = docs[:0]
        self._groups: Array = docs[:0]
        self.beneath = 0  # how many are beneath another
        if collection.groups is not None:
            groups = collection.groups.take(docs)
            there = (groups > 0).nonzero()[0]  # of bools twice as fast
            self._docs, self._groups = docs.take(there), groups.take(there)
            self.beneath = len(there) - int(np.count_nonzero(np.bincount(self._groups)))

    def __bool__(self) -> bool:
        return self.beneath > 0

    def firsts(self, ordered: Callable[[int], Iterable[_T]], count: int, number: Callable[[_T], int]) -> list[_T]:
        """The first `count` hits that are the first of their group; `ordered` gives so many hits or more, in order, and
        `number` the document of a hit. There are as many."""
        if not self:
            return list(islice(ordered(count), count))
        reach, last = 2 * count, count + self.beneath  # asking for a few more costs less than asking twice
        while True:
            found = list(islice(self._firsts(ordered(min(reach, last)), number), count))
            if len(found) == count:
                return found
            reach *= 8  # where the best are reprises of each other, there are many

    def _firsts(self, hits: Iterable[_T], number: Callable[[_T], int]) -> Iterator[_T]:
        groups = self._collection.groups
        seen: set[int] = set()
        for hit in hits:
            group = 0 if groups is None else groups.item(number(hit))
            if group not in seen:
                yield hit
            if group:
                seen.add(group)

    def others(self, number: int) -> Array:
        """The documents beneath one that is shown, ascending."""
        groups = self._collection.groups
        group = 0 if groups is None or not self else groups.item(number)
        if not group:
            return self._docs[:0]
        others: Array = self._docs[(self._groups == group) & (self._docs != number)]
        return others


def repeats_of(collection: Collection, number: int, others: Array) -> Repeats:
    """Where else a document is, and what is to be told of others that say nearly the same."""
    alike = collection.alike
    if not len(others) and not len(alike.copies):
        return NO_REPEATS
    places = [_place(collection, other) for other in alike.same_as(number).tolist() if other != number]
    root = _place(collection, number)[0] if places else ""
    return Repeats(
        places=tuple(sorted(path if own == root else f"{own}/{path}" for own, path in places)[:MOST]),
        places_count=len(places),
        reprises=tuple(map(_reprise, _told(collection, others))),
        reprises_count=len(others),
    )


def all_repeats_of(collection: Collection, number: int) -> Repeats:
    """The same of any document, copies too, whatever is asked."""
    return repeats_of(collection, number, collection.alike.near(number))


def _place(collection: Collection, number: int) -> tuple[str, str]:
    """The root of a document and its path."""
    part, own = collection.locate(number)
    root, _, path = part.segment.files.of(own).partition("/")
    file, _, member = path.partition(INSIDE)
    return root, place_inside(file, member)


def _told(collection: Collection, others: Array) -> list[Document]:
    """The oldest of some documents, oldest first. Mostly they are a few, all told: numpy would take twice as long."""
    few = len(others) <= MOST
    heads = map(collection.head, others.tolist() if few else in_order(collection, others, Sort.OLDEST, 0, MOST))
    return sorted(heads, key=_age) if few else list(heads)


def _age(document: Document) -> tuple[bool, int, str]:
    """As Sort.OLDEST has it: unknown dates are last, ties by id."""
    date = document.date
    return date is None, date.key if date else 0, document.id


def _reprise(document: Document) -> Reprise:
    return Reprise(document.id, document.title, document.path, document.source, document.date, document.url)
