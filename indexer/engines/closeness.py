"""A second look at the best documents: those that have more of the words asked, closer together, come first.

BM25 adds what each word gives, wherever it stands. A text that says one word twenty times can so pass one that says
all of them, and the words of a title or a phrase count no more than the same words pages apart. What is added here
was measured on judged queries (`make relevance`); twenty documents are enough to find the ten that are shown.

- *coverage*: the score is multiplied by the share of the words that the document has, each weighed by its rarity,
  to a power below one;
- *pairs*: for two words in a row in the query, how often the second follows the first within three words of the body,
  saturated as BM25 saturates frequencies, times the rarity of the commoner one;
- *passage*: the greatest share of the words, weighed the same way, that stands in forty words of the body.

A document that has a word in another form has the word: positions are those of the commonest surfaces of the stem.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import SURFACE, field_name
from indexer.engines.collection import Collection
from indexer.engines.lists import TermList, Terms, distinct, found_in, merged
from indexer.engines.matching import Matcher
from indexer.engines.positions import POSITION_BITS, keys_in, phrase_keys_in
from indexer.query.tree import BODY, TITLE, And, Either, Near, Node, Or, Phrase, Prefix, Weighted, Word
from indexer.settings import Ranking

# How many of the best documents are looked at again.
WINDOW = 20
# Words from one to the next of a pair, and of a passage.
_NEXT = 3
_PASSAGE = 40
# Forms of a word whose places are read: of fifty forms of a verb the others are rare.
_MOST_FORMS = 4

_BODY = field_name("body", SURFACE)


class Closeness:
    """Scores the best documents of one query anew."""

    def __init__(self, collection: Collection, terms: Terms, matcher: Matcher, ranking: Ranking) -> None:
        self._collection = collection
        self._terms = terms
        self._matcher = matcher
        self._ranking = ranking

    def adjustments(self, words: Sequence[Node], docs: Array) -> tuple[Array, Array]:
        """For each of these documents (ascending) what its score is to be multiplied by, and what is then added, when
        these words were asked, in order."""
        rarities = np.array([self._rarity(word) for word in words] if len(words) > 1 else [])
        total = float(rarities.sum())
        if not total:
            return np.ones(len(docs)), np.zeros(len(docs))
        there = np.array([self._matcher.holds(word, docs) for word in words])
        coverage = (there * rarities[:, None]).sum(axis=0) / total
        keys = self._keys(words, there, docs)
        if not len(keys):
            return coverage**self._ranking.coverage, np.zeros(len(docs))
        bonuses = self._ranking.pairs * _pairs(keys, rarities, len(docs))
        bonuses += self._ranking.passage * _passages(keys, rarities, len(docs)) / total
        return coverage**self._ranking.coverage, bonuses

    def _rarity(self, node: Node) -> float:
        """How rare what a node asks is, as BM25 weighs a word; 0 for what no document has or that has no place."""
        match node:
            case Word():
                # In all fields, whichever is asked. No surface is in more documents than its stem.
                lists = self._matcher.lists(replace(node, field="") if node.field else node)
                df = max([one.df for one in lists], default=0)
                return math.log(self._collection.documents / (df + 1)) + 1 if df else 0.0
            case Phrase() | Near():
                return max((self._rarity(Word((word,), (), word)) for word in node.words), default=0.0)
            case Weighted():
                return self._rarity(node.child)
            case Or() | Either():
                return min(filter(None, map(self._rarity, node.children)), default=0.0)
            case And():
                return max(map(self._rarity, node.children), default=0.0)
            case Prefix():
                return 1.0
            case _:
                return 0.0

    def _keys(self, words: Sequence[Node], holding: Array, docs: Array) -> Array:
        """Where the words stand in the bodies of those documents that have them (a row of `holding` for each word):
        keys, ascending and distinct, of the number of the word times that of the documents, plus the place of its own.
        """
        phrases, forms = [np.zeros(0, np.int64)], []
        for number, (word, has) in enumerate(zip(words, holding, strict=True)):
            rows = has.nonzero()[0]
            own, rows = docs.take(rows), rows + number * len(docs)
            for leaf in _in_bodies(word):
                if isinstance(leaf, Word):
                    forms += [(form, own, rows) for form in self._forms(leaf)]
                    continue
                there = found_in(self._matcher.docs_in_field(leaf, BODY), own)[1]
                if there.any():
                    lists = self._terms.find_all(_BODY, leaf.words)
                    phrases.append(phrase_keys_in(lists, own[there], rows[there]))
        return distinct(merged([keys_in(forms), *phrases]))

    def _forms(self, word: Word) -> Sequence[TermList]:
        """The lists of the surfaces that a word means, the commonest of them."""
        forms = dict.fromkeys(word.surfaces)
        for stem in word.stems:
            forms |= dict.fromkeys(self._collection.forms(stem, self._matcher.stem)[:_MOST_FORMS])
        found = [one for form in forms if (one := self._terms.find(_BODY, form))]
        return sorted(found, key=lambda one: one.df, reverse=True)[:_MOST_FORMS]


def _in_bodies(node: Node) -> Iterator[Word | Phrase]:
    """What a node asks that stands in bodies."""
    match node:
        case Word() | Phrase() if node.field != TITLE:
            yield node
        case Weighted():
            yield from _in_bodies(node.child)
        case Or() | Either():
            for child in node.children:
                yield from _in_bodies(child)
        case _:
            pass


def _pairs(keys: Array, rarities: Array, documents: int) -> Array:
    """For each document what its pairs of words that follow each other give."""
    step, pairs = documents << POSITION_BITS, len(rarities) - 1
    firsts = keys[: keys.searchsorted(pairs * step)]
    seconds = firsts + step
    after = keys.take(keys.searchsorted(seconds, "right"), mode="clip")
    follows = (after > seconds) & (after <= seconds + _NEXT)
    counts = np.bincount(firsts[follows] >> POSITION_BITS, minlength=pairs * documents).reshape(pairs, documents)
    given: Array = (np.minimum(rarities[:-1], rarities[1:])[:, None] * counts / (counts + 1)).sum(axis=0)
    return given


def _passages(keys: Array, rarities: Array, documents: int) -> Array:
    """For each document the greatest sum of rarities of the words in a passage of its body."""
    step = documents << POSITION_BITS
    starts, sums = keys % step, np.zeros(len(keys))
    for number, rarity in enumerate(rarities.tolist()):  # not as one table: long texts and many words would fill memory
        wanted = starts + number * step
        after = keys.take(keys.searchsorted(wanted), mode="clip")
        sums += rarity * ((after >= wanted) & (after <= wanted + _PASSAGE))
    greatest = np.zeros(documents)
    np.maximum.at(greatest, starts >> POSITION_BITS, sums)
    return greatest
