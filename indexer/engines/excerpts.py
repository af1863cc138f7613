"""The documents of a page of hits: whole, or of a long one the pieces of its text with most of what was asked.

What is asked is looked up in the positions of surfaces, so that of 300 pages only those to be shown are unpacked. When
a text has a word in other forms alone, these are found among the terms that begin like its stem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.generation import Part
from indexer.columnar.schema import SURFACE, field_name
from indexer.engines.collection import Collection, surfaces_beginning
from indexer.engines.lists import Terms
from indexer.engines.positions import phrase_positions, positions_in
from indexer.model import Document
from indexer.query.tree import TITLE, Leaf, Near, Node, Phrase, Prefix, Word, positive_leaves

_BODY = field_name("body", SURFACE)
# Pieces that are read of a long text, 16 KB in all; one of so many pieces is read whole.
_PIECES = 4


class Reader:
    """Reads the hits of one query."""

    def __init__(self, collection: Collection, terms: Terms, stem: Callable[[str], str], tree: Node) -> None:
        self._collection = collection
        self._terms = terms
        self._stem = stem
        self._tree = tree
        self._begun: dict[tuple[Prefix, str], list[str]] = {}
        self._documents: dict[int, Document] = {}

    def read(self, number: int) -> Document:
        """The document with this number in the collection; again the same when it was read before."""
        document = self._documents.get(number)
        if document is None:
            document = self._documents[number] = self._read(number)
        return document

    def _read(self, number: int) -> Document:
        part, own = self._collection.locate(number)
        pieces = part.stored.pieces(own)
        if len(pieces) <= _PIECES:
            return part.document(own)
        chosen = self._chosen(part, number, part.stored.first_positions(own))
        return part.stored.document(part.segment, own, [pieces[place] for place in chosen])

    def _chosen(self, part: Part, number: int, firsts: Array) -> list[int]:
        """Which pieces of a document to read, in order: those that show most of what the others do not."""
        leaves = [leaf for leaf in dict.fromkeys(positive_leaves(self._tree)) if leaf.field != TITLE]
        counts = np.zeros((len(leaves), len(firsts)), np.int64)
        for row, leaf in zip(counts, leaves, strict=True):
            places = firsts.searchsorted(self._positions(part, number, leaf), "right") - 1
            row += np.bincount(places, minlength=len(firsts))
        there, totals = counts > 0, counts.sum(axis=0)
        missing = np.ones(len(leaves), bool)
        chosen: list[int] = []
        while len(chosen) < _PIECES and totals.any():
            # The last key counts most; of equal pieces the earlier.
            order = np.lexsort(
                (-np.arange(len(firsts)), totals, there.sum(axis=0), there[missing].sum(axis=0), totals > 0)
            )
            chosen.append(int(order[-1]))
            missing &= ~there[:, chosen[-1]]
            totals[chosen[-1]] = 0
        return sorted(chosen) or list(range(_PIECES))

    def _positions(self, part: Part, number: int, leaf: Leaf) -> Array:
        """Where a leaf stands in the body of a document."""
        if isinstance(leaf, Phrase):
            return phrase_positions(self._terms.find_all(_BODY, leaf.words), number)
        surfaces = {Word: "surfaces", Near: "words"}.get(type(leaf))
        positions = self._all(getattr(leaf, surfaces), number) if surfaces else np.zeros(0, np.int64)
        if not len(positions) and isinstance(leaf, Word | Prefix):
            positions = self._all(self._other_forms(part, leaf), number)
        return positions

    def _all(self, surfaces: Iterable[str], number: int) -> Array:
        found = [self._terms.find(_BODY, surface) for surface in surfaces]
        return np.concatenate([np.zeros(0, np.int64), *(positions_in(one, number) for one in found if one)])

    def _other_forms(self, part: Part, leaf: Word | Prefix) -> Iterable[str]:
        """Surfaces that a word or, in a segment, a prefix means."""
        if isinstance(leaf, Word):
            return dict.fromkeys(form for stem in leaf.stems for form in self._collection.forms(stem, self._stem))
        key = leaf, part.name
        if key not in self._begun:
            self._begun[key] = surfaces_beginning(part.segment, leaf.prefix)
        return self._begun[key]
