"""What a tree gives to the documents it matches: BM25 for each field and form, summed.

Only documents that are asked for are scored: those that matched and passed the filters, and none when another order was
asked. The words of a tree are gathered first; then each list that is common adds to the scores of all documents in a
row, and all rare lists together add to those that have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import FIELDS, STEM, SURFACE, field_name
from indexer.engines.lists import IndexedField, TermList, Terms, found_in
from indexer.engines.matching import Matcher
from indexer.engines.ordering import SLACK, lower_bound
from indexer.query.tree import All, And, Either, Near, Node, Not, Or, Phrase, Prefix, Range, Weighted, Word
from indexer.settings import Ranking

# What a prefix adds to the score of a document that has it: its words are many, so their rarity says nothing.
PREFIX_SCORE = 1.0
# With fewer than so many documents on one side, a list is met with the documents by search, else through a table.
_SEARCHED = 1_000
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
            case Range() | All() | Not():
                pass

    def _word(self, word: Word, factor: float) -> list[Share]:
        ranking = self._ranking
        shares: list[Share] = []
        for field in FIELDS:
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
        for field in FIELDS:
            places, there = found_in(docs, self._matcher.docs_in_field(node, field))
            places = places[there]
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
        rare: dict[IndexedField, list[tuple[Share, Array, Array]]] = {}
        for share in shares:
            found = share.found
            field = found.field
            if min(found.df, len(docs)) < _SEARCHED:
                rare.setdefault(field, []).append((share, *_met(found, docs)))
                continue
            scores += self._of_common(share, docs, norms)
        for field, met in rare.items():
            places = np.concatenate([places for _, places, _ in met])
            tf = np.concatenate([tf for _, _, tf in met])
            weights = np.repeat([share.weight for share, _, _ in met], [len(tf) for _, _, tf in met])
            np.add.at(scores, places, _saturated(tf, self._norm(field, docs.take(places)), weights))

    def _of_common(self, share: Share, docs: Array, norms: dict[IndexedField, Array]) -> Array:
        """What a common list gives to these documents. `norms` keeps those of the documents by field."""
        field = share.found.field
        norm = norms.get(field)
        if norm is None:
            norm = norms[field] = self._norm(field, docs)
        return _saturated(share.found.make_table().take(docs), norm, share.weight)

    def _norm(self, field: IndexedField, docs: Array) -> Array:
        """What long documents weigh in the denominator."""
        k1, b = self._ranking.k1, self._ranking.b
        norm = field.lengths.take(docs) * (k1 * b / field.average)
        norm += k1 * (1 - b)
        return norm


def _saturated(tf: Array, norm: Array, weight: float | Array) -> Array:
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


def _met(found: TermList, docs: Array) -> tuple[Array, Array]:
    """The places in `docs` of those that have the term, and how often they have it."""
    if found.table is not None:
        tf = found.table.take(docs)
        places = tf.nonzero()[0]
        return places, tf[places]
    if found.df < len(docs):
        places, there = found_in(docs, found.docs)
        places, own = places[there], there.nonzero()[0]
    else:
        own, there = found_in(found.docs, docs)
        own, places = own[there], there.nonzero()[0]
    return places, np.ones(len(places), "u1") if found.tf is None else found.tf.take(own)
