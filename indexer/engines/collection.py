"""The segments of a generation seen as one: fields and columns over documents that are numbered through.

Documents are numbered from 0 over all segments in order, deleted ones included: they count in the statistics until a
merge drops them. Nothing is read when a collection is made; columns over all documents are put together when the first
query asks for them, and kept. What belongs to one query is in its own `lists.Terms`, so threads share a collection.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence, Sized
from functools import cached_property

import numpy as np

from indexer.columnar.alike import NONE_ALIKE, Alike
from indexer.columnar.arrays import Array, narrowed, narrowest
from indexer.columnar.generation import Part
from indexer.columnar.schema import FIELDS, MENTION, STEM, SURFACE, field_name
from indexer.columnar.segment import Keywords, Segment
from indexer.columnar.sortkeys import SortedKeys
from indexer.engines.columns import Column, Periods, Together
from indexer.engines.lists import Decoded, IndexedField, joined
from indexer.engines.memory import KeptArray, Memory
from indexer.engines.mentions import NamedYears
from indexer.french.spelling import bare
from indexer.model import Document
from indexer.query.tree import LANGUAGE

_BODY = field_name("body", SURFACE)
# What is kept of decoded lists: a worker of the web service stays below 150 MB. In a large collection it is as much as
# the documents of the longest list take, and a few tables.
_SHORT_BYTES = 6_000_000
_LONG_BYTES = 32_000_000
_TABLE_BYTES = 4_000_000
_PREFIX_BYTES = 1 << 22
# Other forms of a word are looked for among so many terms that begin like its stem, of which the last letters may be
# those of one form alone (cheval, chevaux). Stems whose forms are remembered: some 0.3 KB each.
_MOST_ALIKE = 200
_ENDING = 2
_LEAST_LETTERS = 3
_MAX_FORMS = 4096


def surfaces_beginning(segment: Segment, letters: str) -> list[str]:
    """The surfaces of the bodies of a segment that begin so, the first few hundred of them."""
    terms = segment.field(_BODY).terms
    ordinals = terms.starting_with(letters.encode(errors="replace"))
    found = terms.iterate(ordinals.start, min(ordinals.stop, ordinals.start + _MOST_ALIKE))
    return [form.decode(errors="replace") for form in found]


class Collection:
    """The documents of the parts of a generation, in order; `alike` says which say nearly the same."""

    def __init__(self, parts: Sequence[Part], alike: Alike = NONE_ALIKE) -> None:
        self.parts = tuple(parts)
        self.alike = alike
        self.documents = sum(part.segment.documents for part in self.parts)
        self._firsts = [part.first for part in self.parts]
        self.firsts: Array = np.array(self._firsts, np.int64)
        names = [field_name(field, form) for field in FIELDS for form in (SURFACE, STEM)]
        decoded = Decoded(
            short=Memory(_SHORT_BYTES),
            long=Memory(max(_LONG_BYTES, self.documents * 4)),
            tables=Memory(max(_TABLE_BYTES, self.documents * 4)),
        )
        self.fields = {name: IndexedField(name, self.parts, self.documents, decoded) for name in names}
        naming = [part for part in self.parts if MENTION in part.segment.field_names]
        self.fields[MENTION] = IndexedField(MENTION, naming, self.documents, decoded)
        self._title_keys: dict[str, SortedKeys] = {}
        self._forms: dict[str, tuple[str, ...]] = {}
        # The documents with any of the words that begin in some way, ascending.
        self.prefixes: Memory[KeptArray] = Memory(_PREFIX_BYTES)

    def forms(self, stem: str, stem_of: Callable[[str], str]) -> tuple[str, ...]:
        """The surfaces of bodies that have a stem and begin like it, but for its last letters, the commonest first;
        remembered."""
        found = self._forms.get(stem)
        if found is None:
            if len(self._forms) >= _MAX_FORMS:
                self._forms.clear()
            begin = stem[: max(_LEAST_LETTERS, len(stem) - _ENDING)]
            alike = {form for part in self.parts for form in surfaces_beginning(part.segment, begin)}
            own = [form for form in sorted(alike) if stem_of(form) == stem]
            found = self._forms[stem] = tuple(sorted(own, key=self._bodies_with, reverse=True))
        return found

    def _bodies_with(self, surface: str) -> int:
        found = self.fields[_BODY].find(surface)
        return found.df if found else 0

    def title_keys(self, part: Part) -> SortedKeys:
        """What the titles of a part were ordered by."""
        keys = self._title_keys.get(part.name)
        if keys is None:
            keys = self._title_keys[part.name] = SortedKeys(part.segment.file, "title.keys")
        return keys

    def locate(self, document: int) -> tuple[Part, int]:
        """The part that holds a document, and its number there."""
        part = self.parts[bisect_right(self._firsts, document) - 1]
        return part, document - part.first

    def head(self, document: int) -> Document:
        """A document without its text."""
        part, own = self.locate(document)
        return part.stored.document(part.segment, own, ())

    def living(self, docs: Array) -> Array:
        """Those of the documents that are not deleted."""
        return docs if self.alive is None else docs[self.alive.take(docs)]

    @cached_property
    def alive(self) -> Array | None:
        """Which documents are not deleted; None when none is."""
        if all(part.dead is None for part in self.parts):
            return None
        alive = np.ones(self.documents, bool)
        for part in self.parts:
            if part.dead is not None:
                alive[part.first : part.first + part.segment.documents] = ~part.dead
        return alive

    @cached_property
    def groups(self) -> Array | None:
        """For each document 1 more than the number of its group of documents that say nearly the same, 0 when it is in
        none; None when there is no group."""
        if not len(self.alike.members):
            return None
        groups = np.zeros(self.documents, narrowest(int(self.alike.groups.max()) + 1))
        groups[self.alike.members] = self.alike.groups.astype(groups.dtype) + 1
        return groups

    @cached_property
    def types(self) -> Column:
        """The type of each document."""
        return self._keywords(lambda segment: segment.types)

    @cached_property
    def formats(self) -> Column:
        """How each document was read."""
        return self._keywords(lambda segment: segment.formats)

    @cached_property
    def first_seen(self) -> Column:
        """When each document was first indexed; the moments are all written alike, so they order as they are."""
        return self._keywords(lambda segment: segment.first_seen)

    @cached_property
    def languages(self) -> Column:
        """The language of each document, empty when there is no telling."""
        return self._keywords(lambda segment: segment.languages)

    @cached_property
    def type_names(self) -> list[str]:
        """The distinct types in the order of their column, each as a Type names it."""
        return [bare(value) for value in self.types.values]

    def keywords(self, column: str) -> tuple[Column, list[str]]:
        """The column that a Keyword is about, and its distinct values as a Keyword writes them."""
        found = self.languages if column == LANGUAGE else self.formats
        return found, [bare(value) for value in found.values]

    @cached_property
    def dates(self) -> Column:
        """The date key of each document, 0 for none."""
        keys = [np.asarray(part.segment.date_keys, np.int64) for part in self.parts]
        values, places = np.unique(np.concatenate(keys), return_inverse=True)
        return Column(values.tolist(), self._mapped(keys, places, lambda segment: segment.date_ords))

    @cached_property
    def date_keys(self) -> Array:
        """The distinct date keys (int64), in the order of their column."""
        return np.asarray(self.dates.values, np.int64)

    @cached_property
    def periods(self) -> Periods:
        """The period of each of the distinct dates."""
        return Periods(self.date_keys)

    @cached_property
    def years(self) -> Column:
        """The year of each document's date as a date key (yyyy0000), 0 for none."""
        values, places = np.unique(self.date_keys - self.date_keys % 10_000, return_inverse=True)
        return Column(values.tolist(), narrowed(places).take(self.dates.ords))

    @cached_property
    def facets(self) -> Together:
        """What is counted of every answer: types, years and languages."""
        return Together((self.types, self.years, self.languages))

    @cached_property
    def named_years(self) -> NamedYears:
        """The years that each document names; none where mentions were not looked for."""
        return NamedYears(self.fields[MENTION])

    def _keywords(self, column: Callable[[Segment], Keywords]) -> Column:
        lists = [[value.decode() for value in column(part.segment).values] for part in self.parts]
        values = sorted(set().union(*lists))
        place = {value: number for number, value in enumerate(values)}
        places = np.array([place[value] for values_of_part in lists for value in values_of_part], np.int64)
        return Column(values, self._mapped(lists, places, lambda segment: column(segment).ords))

    def _mapped(self, values: Sequence[Sized], places: Array, ords: Callable[[Segment], Array]) -> Array:
        """The ordinals of all segments, each through where its values are among those of the collection."""
        narrow, end, columns = narrowed(places), 0, []
        for part, own in zip(self.parts, values, strict=True):
            start, end = end, end + len(own)
            columns.append(narrow[start:end].take(ords(part.segment)))
        return joined(columns, self.documents)
