"""What a tree gives to the documents it matches: BM25 for each field and form, summed.

Only documents that are asked for are scored: those that matched and passed the filters, and none when another order was
asked. The words of a tree are gathered first; then each list that is common adds to the scores of all documents in a
row, and all rare lists together add to those that have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import STEM, SURFACE, field_name
from indexer.engines.lists import DENSE, IndexedField, TermList, Terms, found_in
from indexer.engines.matching import Matcher, fields_of
from indexer.engines.ordering import SLACK, lower_bound
from indexer.query.tree import (
    All,
    And,
    Either,
    Keyword,
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
from indexer.settings import Ranking

_TITLES = frozenset(field_name("title", form) for form in (SURFACE, STEM))
# What a prefix adds to the score of a document that has it: its words are many, so their rarity says nothing.
PREFIX_SCORE = 1.0
# With fewer than so many documents on one side, a list that is not dense is met with the documents by search, else
# through a table.
_SEARCHED = 1_000
# The frequencies of a shorter list that has none, because all are 1.
_ONCE = np.ones(_SEARCHED, np.uint8)
# Documents are numbered in a table when more than one place in so many of them is wanted, and when the table (of which
# only what is written or read takes time) has no more than so many entries for each; else they are searched.
_SCATTERED = 16
_FAR_APART = 256
# Below so many documents, or when more than one in so many is to be shown, all are scored in full.
_FEW = 2_000
_SHOWN = 64


@dataclass(slots=True)
class Share:
    """What one list adds: `weight` times its saturated frequency, in documents that have the term.

    `late` is for a surface whose stem is asked too. A document has it no more often than its stem, so it adds at most
    a known part of what the stem adds (`gain`, on the share of the stem): it need not be read for documents that could
    not come up to the best even so.
    """

    found: TermList
    weight: float
    late: bool = False
    gain: float = 0.0


class Scorer:
    """Scores documents for the trees of one query."""

    def __init__(self, terms: Terms, matcher: Matcher, ranking: Ranking) -> None:
        self._terms = terms
        self._matcher = matcher
        self._ranking = ranking

    def scores(self, node: Node, docs: Array) -> Array:
        """The score of each of these documents (ascending), which all match the node."""
        scores = np.zeros(len(docs))
        shares: list[Share] = []
        self._gather(node, docs, 1.0, shares, scores, sure=True)
        self._add(shares, docs, scores)
        return scores

    def contenders(self, node: Node, docs: Array, count: int) -> tuple[Array, Array]:
        """Those of the documents that may be among the `count` best, and their scores; all match the node."""
        if len(docs) < max(_FEW, count * _SHOWN):
            return docs, self.scores(node, docs)
        scores = np.zeros(len(docs))
        shares: list[Share] = []
        self._gather(node, docs, 1.0, shares, scores, sure=True)
        self._add([share for share in shares if share.found.df < _SEARCHED], docs, scores)
        return self._contend([share for share in shares if share.found.df >= _SEARCHED], docs, scores, count)

    def _contend(self, shares: Sequence[Share], docs: Array, scores: Array, count: int) -> tuple[Array, Array]:
        """The same with the shares of common lists, which are still to be added to the scores.

        The one that may give most comes first. Documents that could not come up to the best even with all that the
        others may give are left behind: usually that is nearly all of them, before the longest lists are read.
        """
        late = [share for share in shares if share.late]
        early = sorted((share for share in shares if not share.late), key=lambda share: share.weight)
        gain = max((share.gain for share in early), default=0.0)
        missing, later = (sum(share.weight for share in some) for some in (early, late))
        norms: dict[IndexedField, Array] = {}

        def needed(best: float) -> float:
            # What late shares may give is bounded twice: by their weights, and by what their stems give.
            return max(best - missing - later, best / (1 + gain) - missing) - SLACK

        while len(docs) >= _FEW:
            if needed(scores.max()) > 0:
                near = (scores >= needed(lower_bound(scores, count))).nonzero()[0]
                if len(near) * 4 < len(docs) * 3:
                    docs, scores = docs.take(near), scores.take(near)
                    norms.clear()
            if not early:
                break
            share = early.pop()
            missing -= share.weight
            scores += self._of_common(share, docs, norms)
        self._add([*early, *late], docs, scores)
        return docs, scores

    def _gather(
        self, node: Node, docs: Array, factor: float, shares: list[Share], scores: Array, *, sure: bool
    ) -> None:
        """Add what a node gives to the shares or, where it depends on more than the terms there, to the scores.

        `sure`: every document matches it. Else those that do not gain nothing.
        """
        match node:
            case Word():
                shares += self._word(node, factor)
            case Weighted():
                self._gather(node.child, docs, factor * node.weight, shares, scores, sure=sure)
            case Or() if sure or node.at_least <= 1:
                for child in node.children:
                    self._gather(child, docs, factor, shares, scores, sure=False)
            case And() if sure:
                for child in node.children:
                    self._gather(child, docs, factor, shares, scores, sure=True)
            case And() | Or():
                there = np.flatnonzero(self._matcher.holds(node, docs))
                scores[there] += factor * self.scores(node, docs[there])
            case Either():
                scores += factor * self._greatest(node, docs)
            case Phrase() | Near():
                self._together(node, docs, factor, scores)
            case Prefix():
                scores[self._matcher.holds(node, docs)] += factor * PREFIX_SCORE
            case Range() | Type() | Keyword() | Mention() | All() | Not():
                pass

    def _word(self, word: Word, factor: float) -> list[Share]:
        ranking = self._ranking
        shares: list[Share] = []
        for field in fields_of(word):
            weight = factor * getattr(ranking, field)
            stems = {}
            for term in word.stems:
                if found := self._terms.find(field_name(field, STEM), term):
                    stems[term] = self._share(found, weight * ranking.stem)
            shares += stems.values()
            for term in word.surfaces:
                if found := self._terms.find(field_name(field, SURFACE), term):
                    share = self._share(found, weight * ranking.surface)
                    _bind(share, stems.get(self._matcher.stem(term)))
                    shares.append(share)
        return shares

    def _share(self, found: TermList, weight: float) -> Share:
        return Share(found, weight * found.idf * (self._ranking.k1 + 1))

    def _together(self, node: Phrase | Near, docs: Array, factor: float, scores: Array) -> None:
        """The words count in the fields where they stand together, like whole words: no stem adds to them."""
        ranking = self._ranking
        for field in fields_of(node):
            places, there = found_in(docs, self._matcher.docs_in_field(node, field))
            places = places[there]
            if not len(places):
                continue
            weight = factor * (ranking.surface + ranking.stem) * getattr(ranking, field)
            found = [self._terms.find(field_name(field, SURFACE), word) for word in node.words]
            own = np.zeros(len(places))
            self._add([self._share(one, weight) for one in found if one], docs[places], own)
            scores[places] += own

    def _greatest(self, node: Either, docs: Array) -> Array:
        greatest = np.zeros(len(docs))
        for child in node.children:
            there = np.flatnonzero(self._matcher.holds(child, docs))
            greatest[there] = np.maximum(greatest[there], self.scores(child, docs[there]))
        return greatest

    # --- lists -----------------------------------------------------------------------------------------------------

    def _add(self, shares: Sequence[Share], docs: Array, scores: Array) -> None:
        """Add what lists give to the scores of these documents."""
        norms: dict[IndexedField, Array] = {}
        short: list[Share] = []
        for share in shares:
            found = share.found
            # Whether a list has a table by now does not count: sums would differ in the last digit.
            if min(found.df, len(docs)) >= _SEARCHED or (found.is_dense and len(docs) * DENSE > found.df):
                scores += self._of_common(share, docs, norms)
            elif found.df <= len(docs):
                short.append(share)
            else:
                own, there = found.found(docs)
                places = there.nonzero()[0]
                tf = 1 if found.tf is None else found.tf.take(own.take(places))
                norm = self._norm_of(found.field, docs, norms).take(places)
                scores[places] += _saturated(tf, norm, share.weight)
        if short:
            self._add_short(sorted(short, key=lambda share: share.found.field.name), docs, scores)

    def _add_short(self, shares: Sequence[Share], docs: Array, scores: Array) -> None:
        """The same for lists that are shorter than the documents, those of a field together, all in one go: a call to
        numpy costs as much as a hundred postings."""
        lists = [share.found for share in shares]
        sizes = [one.df for one in lists]
        found = np.concatenate([one.docs for one in lists])
        places, met = _met(docs, found, lists[0].field.documents)
        there = met.nonzero()[0]
        places, found = places.take(there), found.take(there)
        tf = np.concatenate([_ONCE[: one.df] if one.tf is None else one.tf for one in lists]).take(there)
        weights = np.array([share.weight for share in shares]).repeat(sizes).take(there)
        norm, start, end = np.empty(len(found)), 0, 0
        for field, some in groupby(lists, key=lambda one: one.field):
            end += sum(one.df for one in some)
            stop = int(there.searchsorted(end))
            norm[start:stop] = self._norm(field, found[start:stop])
            start = stop
        scores += np.bincount(places, _saturated(tf, norm, weights), len(docs))

    def _of_common(self, share: Share, docs: Array, norms: dict[IndexedField, Array]) -> Array:
        """What a common list gives to these documents. `norms` keeps those of the documents by field."""
        norm = self._norm_of(share.found.field, docs, norms)
        return _saturated(share.found.table.take(docs), norm, share.weight)

    def _norm_of(self, field: IndexedField, docs: Array, norms: dict[IndexedField, Array]) -> Array:
        """What the lengths of these documents weigh in the denominator; kept in `norms`."""
        norm = norms.get(field)
        if norm is None:
            norm = norms[field] = self._norm(field, docs)
        return norm

    def _norm(self, field: IndexedField, docs: Array) -> Array:
        k1, b = self._ranking.k1, self._ranking.title_b if field.name in _TITLES else self._ranking.b
        norm = field.lengths.take(docs) * (k1 * b / field.average)
        norm += k1 * (1 - b)
        return norm


def _met(docs: Array, wanted: Array, documents: int) -> tuple[Array, Array]:
    """As `found_in`, for many wanted in any order, with a table where that is quicker. `documents` is how many the
    collection has; of one that is not there, the place may be anything."""
    if len(wanted) * _SCATTERED < len(docs) or documents > len(docs) * _FAR_APART:
        return found_in(docs, wanted)
    table = np.empty(documents, np.int32)
    table[docs] = np.arange(len(docs), dtype=np.int32)
    places = table.take(wanted)
    return places, docs.take(places, mode="clip") == wanted


def _saturated(tf: Array | int, norm: Array, weight: float | Array) -> Array:
    value: Array = tf + norm
    np.divide(tf, value, out=value)
    value *= weight
    return value


def _bind(surface: Share, stem: Share | None) -> None:
    """Have a surface wait for what its stem gives, which bounds what it gives itself."""
    if stem is None or stem.weight <= 0 or surface.found.df < _SEARCHED:
        return
    # Terms of a position have no more stems than surfaces: a document is at least as long in surfaces, and the norm
    # of its length at least this part of the norm in stems.
    least_norm = min(1.0, stem.found.field.average / surface.found.field.average)
    surface.late = True
    stem.gain += surface.weight / (stem.weight * least_norm)
