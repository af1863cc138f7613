"""The oracle: matches and scores documents as the tree says, one by one, over plain lists."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from indexer.french.spelling import bare
from indexer.model import Document, Position
from indexer.query.tree import (
    All,
    And,
    Either,
    Keyword,
    Leaf,
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

FIELDS = ("title", "body")
FORMS = ("surface", "stem")
# What a prefix adds to the score of a document that has it: its words are many, so their rarity says nothing.
PREFIX_SCORE = 1.0


def fields_of(leaf: Leaf) -> tuple[str, ...]:
    """The fields that a leaf is looked for in."""
    return (leaf.field,) if leaf.field else FIELDS


@dataclass(frozen=True)
class Analysed:
    """A document with the positions of its fields."""

    document: Document
    fields: dict[str, Sequence[Position]]

    def terms(self, field: str, form: str) -> list[tuple[str, ...]]:
        return [getattr(position, form) for position in self.fields[field]]


class Naive:
    """All documents in a list; `matches` gives {document id: score}.

    The `deleted` ones match nothing and are counted by every statistic, as until their segments are merged.
    """

    def __init__(
        self,
        corpus: Sequence[Analysed],
        ranking: Ranking,
        deleted: Iterable[str] = (),
        stem: Callable[[str], str] = str,
    ) -> None:
        self.corpus = corpus
        self._stem = stem
        self._deleted = frozenset(deleted)
        self.ranking = ranking
        self._counts = {
            (d.document.id, field, form): Counter(term for terms in d.terms(field, form) for term in set(terms))
            for d in corpus
            for field in FIELDS
            for form in FORMS
        }
        self._documents: Counter[tuple[str, str, str]] = Counter()
        for (_, field, form), counts in self._counts.items():
            self._documents.update((field, form, term) for term in counts)
        self._average = {
            (field, form): sum(len(terms) for d in corpus for terms in d.terms(field, form)) / len(corpus) or 1
            for field in FIELDS
            for form in FORMS
        }

    def matches(self, node: Node) -> dict[str, float]:
        live = (d for d in self.corpus if d.document.id not in self._deleted)
        scored = ((d.document.id, self.score(node, d)) for d in live)
        return {id: score for id, score in scored if score is not None}

    def score(self, node: Node, d: Analysed) -> float | None:
        """None when the document does not match."""
        match node:
            case Word():
                weights = {"surface": self.ranking.surface, "stem": self.ranking.stem}
                parts = [
                    (field, form, term, weights[form] * getattr(self.ranking, field))
                    for field in fields_of(node)
                    for form, terms in (("surface", node.surfaces), ("stem", node.stems))
                    for term in terms
                ]
                return self._sum(parts, d)
            case Phrase() | Near():
                found = [field for field in fields_of(node) if self._together(node, d.terms(field, "surface"))]
                if not found:
                    return None
                weight = self.ranking.surface + self.ranking.stem
                return sum(
                    self._bm25(field, "surface", word, d) * weight * getattr(self.ranking, field)
                    for field in found
                    for word in node.words
                )
            case Prefix():
                surfaces = (term for field in fields_of(node) for terms in d.terms(field, "surface") for term in terms)
                return PREFIX_SCORE if any(term.startswith(node.prefix) for term in surfaces) else None
            case Range():
                return 0.0 if node.dates.matches(d.document.date) else None
            case Type():
                return 0.0 if d.document.type in self._types_named(node.name) else None
            case Keyword():
                return 0.0 if bare(getattr(d.document, node.column)) == node.value else None
            case All():
                return 0.0
            case Not():
                return 0.0 if self.score(node.child, d) is None else None
            case Weighted():
                score = self.score(node.child, d)
                return None if score is None else score * node.weight
            case Either():
                return max((s for child in node.children if (s := self.score(child, d)) is not None), default=None)
            case Or():
                scores = [s for child in node.children if (s := self.score(child, d)) is not None]
                return sum(scores) if len(scores) >= node.at_least else None
            case And():
                scores = [self.score(child, d) for child in node.children]
                return None if None in scores else sum(s for s in scores if s is not None)

    def _types_named(self, name: str) -> set[str]:
        """The types written so, else those whose words have the same stems."""
        types = {d.document.type for d in self.corpus}
        return {t for t in types if bare(t) == name} or {t for t in types if self._stems(bare(t)) == self._stems(name)}

    def _stems(self, name: str) -> list[str]:
        return [self._stem(word) for word in name.split()]

    def _sum(self, parts: list[tuple[str, str, str, float]], d: Analysed) -> float | None:
        present = [p for p in parts if self._counts[d.document.id, p[0], p[1]][p[2]]]
        return sum(self._bm25(f, form, term, d) * weight for f, form, term, weight in present) if present else None

    def _bm25(self, field: str, form: str, term: str, d: Analysed) -> float:
        frequency = self._counts[d.document.id, field, form][term]
        documents = self._documents[field, form, term]
        length = sum(len(terms) for terms in d.terms(field, form))
        idf = math.log(len(self.corpus) / (documents + 1)) + 1
        k1, b = self.ranking.k1, self.ranking.title_b if field == "title" else self.ranking.b
        return idf * frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * length / self._average[field, form]))

    def _together(self, node: Phrase | Near, positions: list[tuple[str, ...]]) -> bool:
        places = [[i for i, terms in enumerate(positions) if word in terms] for word in node.words]
        if isinstance(node, Phrase):
            return any(all(start + n in p for n, p in enumerate(places)) for start in places[0])
        return any(
            max(chosen) - min(chosen) <= node.distance and len(set(chosen)) == len(chosen)
            for chosen in product(*places)
        )
