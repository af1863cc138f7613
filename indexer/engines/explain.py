"""Why documents have the scores that they have: what each word of a tree adds, by field and by form.

BM25 is summed over fields and forms, each with its weight. So what counts in one field is what the Scorer gives when
the other fields weigh nothing, and what counts in one form is what it gives to the word in that form alone. No formula
stands here again: the parts add up to the score because the Scorer makes them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import FIELDS, STEM, SURFACE, field_name
from indexer.engines.lists import Terms, found_in
from indexer.engines.matching import Matcher
from indexer.engines.positions import phrase_positions
from indexer.engines.scoring import Scorer
from indexer.model import Contribution
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


class Explainer:
    """Explains scores for the trees of one query."""

    def __init__(self, terms: Terms, matcher: Matcher, ranking: Ranking) -> None:
        self._terms = terms
        self._matcher = matcher
        self._scorer = Scorer(terms, matcher, ranking)
        self._by_field = {
            name: Scorer(terms, matcher, replace(ranking, **{other: 0.0 for other in FIELDS if other != name}))
            for name in FIELDS
        }

    def reasons(self, node: Node, numbers: Sequence[int]) -> list[tuple[Contribution, ...]]:
        """For each of these documents, which all match the node, what adds to its score: the greatest part first."""
        found = _Found()
        self._explain(node, np.unique(np.asarray(numbers, np.int64)), 1.0, found)
        return [found.of(number) for number in numbers]

    def _explain(self, node: Node, docs: Array, factor: float, found: _Found) -> None:
        """Gather what a node gives to those of the documents (ascending) that it matches."""
        docs = docs[self._matcher.holds(node, docs)]
        if not len(docs):
            return
        match node:
            case Word():
                self._explain_word(node, docs, factor, found)
            case Phrase() | Near():
                self._explain_together(node, docs, factor, found)
            case Prefix():
                scores = factor * self._scorer.scores(node, docs)
                found.add((f"{node.prefix}*", node.field, "prefix"), docs, np.zeros(len(docs), np.int64), scores)
            case Weighted():
                self._explain(node.child, docs, factor * node.weight, found)
            case And() | Or():
                for child in node.children:
                    self._explain(child, docs, factor, found)
            case Either():
                best = np.argmax([self._scores(child, docs) for child in node.children], axis=0)
                for number, child in enumerate(node.children):
                    self._explain(child, docs[best == number], factor, found)
            case Range() | Type() | Keyword() | Mention() | All() | Not():
                pass

    def _scores(self, node: Node, docs: Array) -> Array:
        """What a node gives to each of the documents, 0 to those that it does not match."""
        return self._scorer.scores(Or((node,), 0), docs)

    def _explain_word(self, word: Word, docs: Array, factor: float, found: _Found) -> None:
        forms = ((SURFACE, replace(word, stems=()), word.surfaces), (STEM, replace(word, surfaces=()), word.stems))
        for name, scorer in self._by_field.items():
            # A form whose weight is 0 is told where the word counts, not where it is not asked.
            counted = docs[scorer.scores(word, docs) > 0]
            for form, part, terms in forms:
                frequencies = self._frequencies(field_name(name, form), terms, counted)
                found.add((word.text, name, form), counted, frequencies, factor * scorer.scores(part, counted))

    def _explain_together(self, node: Phrase | Near, docs: Array, factor: float, found: _Found) -> None:
        form = "phrase" if isinstance(node, Phrase) else "near"
        for name, scorer in self._by_field.items():
            scores = scorer.scores(node, docs)
            counted = docs[scores > 0]
            frequencies = np.array([self._occurrences(node, name, number) for number in counted.tolist()], np.int64)
            found.add((node.text, name, form), counted, frequencies, factor * scores[scores > 0])

    def _frequencies(self, name: str, terms: Sequence[str], docs: Array) -> Array:
        """How often the most frequent of some terms occurs in each of the documents."""
        greatest = np.zeros(len(docs), np.int64)
        for term in terms:
            if found := self._terms.find(name, term):
                places, there = found_in(found.docs, docs)
                tf = 1 if found.tf is None else found.tf.take(places, mode="clip")
                np.maximum(greatest, np.where(there, tf, 0), out=greatest)
        return greatest

    def _occurrences(self, node: Phrase | Near, name: str, number: int) -> int:
        """How often a phrase stands in a field of a document; 0 for words that are only close: it is not counted."""
        if isinstance(node, Near):
            return 0
        return len(phrase_positions(self._terms.find_all(field_name(name, SURFACE), node.words), number))


@dataclass(slots=True)
class _Found:
    """The contributions found, by document; those of one text, field and form are one."""

    _by_document: dict[int, dict[tuple[str, str, str], Contribution]] = field(default_factory=dict)

    def add(self, key: tuple[str, str, str], docs: Array, frequencies: Array, scores: Array) -> None:
        """Add what one text, in a field and a form, gives to these documents. Nothing where it adds nothing and does
        not occur."""
        for number, frequency, score in zip(docs.tolist(), frequencies.tolist(), scores.tolist(), strict=True):
            if score > 0 or frequency:
                found = self._by_document.setdefault(number, {})
                earlier = found.get(key, Contribution(*key, 0, 0.0))
                found[key] = Contribution(*key, max(frequency, earlier.frequency), score + earlier.score)

    def of(self, number: int) -> tuple[Contribution, ...]:
        """Those of one document, the greatest first."""
        found = self._by_document.get(number, {})
        return tuple(sorted(found.values(), key=lambda one: one.score, reverse=True))
