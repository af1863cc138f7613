"""Which documents a tree matches, without their scores.

Two questions are answered for every node: which documents match it (`docs`), and which of these documents do (`holds`).
A conjunction asks the first of its rarest child and the second of the others, so that it costs what its rarest child
costs. Words answer by their stems alone where these cover their surfaces. Lists of common terms are joined and counted
through tables of one byte for each document, rare ones by sorting, so nothing costs time in proportion to the
collection unless what is asked for is common in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import FIELDS, STEM, SURFACE, field_name
from indexer.engines.collection import Collection
from indexer.engines.lists import DENSE, TermList, Terms, distinct, found_in, held_by, merged
from indexer.engines.memory import KeptArray
from indexer.engines.mentions import naming
from indexer.engines.positions import near_docs, phrase_docs
from indexer.query.tree import (
    All,
    And,
    Either,
    Keyword,
    Leaf,
    Mention,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Type,
    Weighted,
    Word,
)

# Postings of the terms of a prefix that are decoded at a time: some 30 MB in all.
_PREFIX_POSTINGS = 1 << 20
# Lists of a word are joined in a table to be counted when the longest is in one document of so many.
_MASKED = 256
# A conjunction is counted over the whole collection when even its rarest child is in one document of so many.
_COUNTED = 8


def fields_of(leaf: Leaf) -> tuple[str, ...]:
    """The fields that a leaf is looked for in."""
    return (leaf.field,) if leaf.field else FIELDS


class Matcher:
    """Matches trees over one collection for one query; what one node needed is kept for the others."""

    def __init__(self, collection: Collection, terms: Terms, stem: Callable[[str], str]) -> None:
        self._collection = collection
        self._terms = terms
        self.stem = stem
        self._documents = collection.documents
        self._covers: dict[Word, list[TermList]] = {}
        self._found: dict[Node, Array] = {}
        self._together: dict[tuple[Node, str], Array] = {}
        self._counted: dict[tuple[Node, ...], Array] = {}

    def docs(self, node: Node) -> Array:
        """The documents that a node matches, ascending."""
        found = self._found.get(node)
        if found is None:
            found = self._found[node] = self._docs(node)
        return found

    def _docs(self, node: Node) -> Array:
        match node:
            case Word():
                return self._union([found.docs for found in self.lists(node)])
            case Phrase() | Near():
                return self._union([self.docs_in_field(node, field) for field in fields_of(node)])
            case Prefix():
                return self._prefix(node)
            case Range() | Type() | Keyword():
                taken, ords = self._of_column(node)
                return np.flatnonzero(taken.take(ords))
            case Mention():
                found = naming(self._terms, node.date)
                return np.zeros(0, np.int64) if found is None else found.docs
            case All():
                return np.arange(self._documents)
            case Not():
                mask = np.ones(self._documents, bool)
                mask[self.docs(node.child)] = False
                return np.flatnonzero(mask)
            case Weighted():
                return self.docs(node.child)
            case Either():
                return self._at_least(node.children, 1)
            case Or():
                return self._at_least(node.children, node.at_least)
            case And():
                return self._all_of(node.children)

    def holds(self, node: Node, docs: Array) -> Array:
        """Which of these documents (ascending) a node matches, as a bool for each."""
        match node:
            case Word():
                return _any(docs, (found.contains(docs) for found in self.lists(node)))
            case Range() | Type() | Keyword():
                taken, ords = self._of_column(node)
                return taken.take(ords.take(docs))
            case All():
                return np.ones(len(docs), bool)
            case Not():
                return ~self.holds(node.child, docs)
            case Weighted():
                return self.holds(node.child, docs)
            case Either():
                return _any(docs, map(partial(self.holds, docs=docs), node.children))
            case Or():
                enough: Array = _count(docs, map(partial(self.holds, docs=docs), node.children)) >= node.at_least
                return enough
            case And():
                every: Array = _count(docs, map(partial(self.holds, docs=docs), node.children)) == len(node.children)
                return every
            case Phrase() | Near() | Prefix() | Mention():
                return held_by(self.docs(node), docs)

    def docs_in_field(self, node: Phrase | Near, field: str) -> Array:
        """The documents in which the words of a node stand together in one field (`title`, `body`)."""
        docs = self._together.get((node, field))
        if docs is None:
            docs = self._together[node, field] = self._docs_in_field(node, field)
        return docs

    def _docs_in_field(self, node: Phrase | Near, field: str) -> Array:
        lists = self._terms.find_all(field_name(field, SURFACE), node.words)
        if not lists:
            return np.zeros(0, np.int64)
        if isinstance(node, Phrase):
            return phrase_docs(lists)
        return near_docs(lists, node.distance)

    def _of_column(self, node: Range | Type | Keyword) -> tuple[Array, Array]:
        """For each distinct value of a column whether the node takes it, and where each document's is among them."""
        if isinstance(node, Range):
            return self._collection.periods.taken_by(node.dates), self._collection.dates.ords
        if isinstance(node, Keyword):
            column, names = self._collection.keywords(node.column)
            return np.array([name == node.value for name in names]), column.ords
        return self._types_named(node.name), self._collection.types.ords

    def _types_named(self, name: str) -> Array:
        """For each type whether it is the one that is meant, as Type says."""
        names = self._collection.type_names
        if name in names:
            return np.array([own == name for own in names])
        return np.array([self._stems_of(own) == self._stems_of(name) for own in names])

    def _stems_of(self, name: str) -> list[str]:
        return [self.stem(word) for word in name.split()]

    # --- words -----------------------------------------------------------------------------------------------------

    def lists(self, word: Word) -> list[TermList]:
        """Lists whose union is what a word matches."""
        lists = self._covers.get(word)
        if lists is None:
            # A position with a surface has its stem too: where a word asks for that stem, its surfaces add nothing.
            strays = [surface for surface in word.surfaces if self.stem(surface) not in word.stems]
            asked = [(STEM, term) for term in word.stems] + [(SURFACE, term) for term in strays]
            found = [
                self._terms.find(field_name(field, form), term) for field in fields_of(word) for form, term in asked
            ]
            lists = self._covers[word] = [one for one in found if one is not None]
        return lists

    def _prefix(self, node: Prefix) -> Array:
        """The documents with any of the terms that begin so."""
        known = self._collection.prefixes.get(node)
        if known is None:
            known = KeptArray(self._gathered(node.prefix.encode(errors="replace"), fields_of(node)))
            self._collection.prefixes.grew(node, known, known.array.nbytes)
        return known.array

    def _gathered(self, prefix: bytes, fields: Iterable[str]) -> Array:
        """The same from the lists: many of them, each document in several."""
        lists = []
        for name in (field_name(field, SURFACE) for field in fields):
            for part in self._collection.fields[name].parts:
                terms = part.terms.starting_with(prefix)
                found = part.lists.documents(terms.start, terms.stop, _PREFIX_POSTINGS)
                lists.append((part.lists.postings(terms.start, terms.stop), part.first, found))
        if self._is_dense(sum(postings for postings, _, _ in lists)):
            mask = np.zeros(self._documents, bool)
            for _, first, found in lists:
                for docs in found:
                    mask[docs + first] = True
            return mask.nonzero()[0]
        all_docs = [docs + first for _, first, found in lists for docs in found]
        return distinct(merged([np.zeros(0, np.int64), *all_docs]))

    # --- combinations ----------------------------------------------------------------------------------------------

    def _is_dense(self, postings: int) -> bool:
        return postings * DENSE > self._documents

    def _union(self, parts: Sequence[Array]) -> Array:
        parts = sorted((part for part in parts if len(part)), key=len)
        if not parts:
            return np.zeros(0, np.int64)
        *smaller, longest = parts
        size = sum(map(len, smaller))
        if size * 4 > len(longest) and self._is_dense(size):
            mask = np.zeros(self._documents, bool)
            for part in parts:
                mask[part] = True
            return mask.nonzero()[0]
        if not smaller:
            return longest
        others = smaller[0] if len(smaller) == 1 else distinct(merged(smaller))
        new = others[~found_in(longest, others)[1]]
        return merged((longest, new)) if len(new) else longest

    def _at_least(self, children: tuple[Node, ...], minimum: int) -> Array:
        if minimum <= 0:
            return np.arange(self._documents)
        if minimum > len(children):
            return np.zeros(0, np.int64)
        if minimum == len(children) and children not in self._counted:
            return self._all_of(children)
        return self._counted_docs(children, minimum)

    def _counted_docs(self, children: tuple[Node, ...], minimum: int) -> Array:
        counts = self._counts(children)
        if counts is not None:
            return (counts >= minimum).nonzero()[0]
        found = [self.docs(child) for child in children]
        if minimum == 1:
            return self._union(found)
        together = merged(found)
        return distinct(together[minimum - 1 :][together[minimum - 1 :] == together[: len(together) - minimum + 1]])

    def _counts(self, children: tuple[Node, ...]) -> Array | None:
        """How many of the children each document of the collection matches; None when they are better sorted."""
        counts = self._counted.get(children)
        if counts is None and self._is_dense(sum(map(self._postings, children))):
            counts = np.zeros(self._documents, np.min_scalar_type(len(children)))
            for child in children:
                self._count_in(child, counts)
            self._counted[children] = counts
        return counts

    def _count_in(self, child: Node, counts: Array) -> None:
        """Add 1 for each document that a child matches."""
        lists = sorted(self.lists(child) if isinstance(child, Word) else [], key=lambda one: one.df, reverse=True)
        if not lists or lists[0].df * _MASKED < self._documents:
            counts[self.docs(child)] += 1
            return
        longest, *others = lists
        if longest.is_dense:
            there = longest.table != 0  # the scores will ask for it too
        else:
            there, others = np.zeros(self._documents, bool), lists
        for found in others:
            there[found.docs] = True
        counts += there.view(np.uint8)

    def _all_of(self, children: tuple[Node, ...]) -> Array:
        positive = tuple(child for child in children if not isinstance(child, Not | Range | Type | Keyword | All))
        tested: list[Node] = [child for child in children if isinstance(child, Not | Range | Type | Keyword)]
        if not positive:
            docs = np.arange(self._documents)
        elif len(positive) > 1 and min(map(self._postings, positive)) * _COUNTED > self._documents:
            docs = self._counted_docs(positive, len(positive))
        else:
            rarest, *others = sorted(positive, key=self._postings)
            docs = self.docs(rarest)
            tested = others + tested
        for child in tested:
            docs = docs[self.holds(child, docs)]
        return docs

    def _postings(self, node: Node) -> int:
        """About how many postings tell what a node matches."""
        match node:
            case Word():
                return sum(found.df for found in self.lists(node))
            case Phrase() | Near():
                return sum(self._rarest(node, field) for field in fields_of(node))
            case Weighted():
                return self._postings(node.child)
            case Either() | Or(at_least=1):
                return sum(map(self._postings, node.children))
            case And():
                return min(map(self._postings, node.children), default=self._documents)
            case Or() if node.at_least > 0:
                return sum(sorted(map(self._postings, node.children))[: len(node.children) - node.at_least + 1])
            case Prefix() | Mention():
                return len(self.docs(node))
            case _:
                return self._documents

    def _rarest(self, node: Phrase | Near, field: str) -> int:
        found = [self._terms.find(field_name(field, SURFACE), word) for word in node.words]
        return min((0 if one is None else one.df for one in found), default=0)


def _any(docs: Array, masks: Iterable[Array]) -> Array:
    there = np.zeros(len(docs), bool)
    for mask in masks:
        there |= mask
    return there


def _count(docs: Array, masks: Iterable[Array]) -> Array:
    counts = np.zeros(len(docs), np.int64)
    for mask in masks:
        counts += mask
    return counts
