"""Our query tree → Whoosh queries, and the walk that finds all their hits: the second oracle, over real segments.

Whoosh's Term, Or and Phrase find and score the words. What combines them is computed here, exhaustively, by small
query classes: Whoosh lacks at least k of n, prefixes with a constant score and proximity in any order, and its AndNot
keeps an excluded document that comes first in a segment (whoosh3 3.54, `AndNotMatcher._find_first` tests equality only;
test_whoosh_faults.py shows it).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from whoosh import matching, query

from indexer.columnar.schema import STEM, SURFACE, field_name
from indexer.french.spelling import bare
from indexer.model import DateFilter, PartialDate
from indexer.query.tree import (
    All,
    And,
    Either,
    Keyword,
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
from tests.columnar.naive import PREFIX_SCORE, fields_of


def walk(searcher: Any, asked: query.Query) -> list[tuple[int, float]]:
    """Every hit of a Whoosh query with its score: each segment's matcher, walked to its end.

    Whoosh's own collectors skip blocks by quality and lose documents of two-field OR queries, rank one included
    (3 of 25 queries at 20,000 documents, whoosh 2.7.4 to whoosh3 3.54).
    """
    found = []
    for segment, offset in searcher.leaf_searchers():
        matcher = asked.matcher(segment, searcher.context())
        while matcher.is_active():
            found.append((offset + matcher.id(), matcher.score()))
            matcher.next()
    return found


def compile_tree(node: Node, ranking: Ranking) -> query.Query:
    """The Whoosh query that matches and scores as the tree says."""
    match node:
        case Word():
            return _word(node, ranking)
        case Phrase():
            return _together(node, lambda field: query.Phrase(field, list(node.words)), ranking)
        case Near():
            return _together(node, lambda field: Window(field, node.words, node.distance), ranking)
        case Prefix():
            return PrefixAnywhere(node)
        case Range():
            return InPeriod(node.dates)
        case Type():
            return OfType(node.name)
        case Keyword():
            return OfColumn(node.column, node.value)
        case All():
            return Everything()
        case Not():
            return Combined([Everything()], excluded=[compile_tree(node.child, ranking)])
        case Weighted():
            return Scaled(compile_tree(node.child, ranking), node.weight)
        case Either():
            return Greatest([compile_tree(child, ranking) for child in node.children])
        case Or():
            children = [compile_tree(child, ranking) for child in node.children]
            return AtLeast(children, node.at_least) if node.at_least else Combined([Everything()], optional=children)
        case And():
            return _and(node, ranking)


def _word(word: Word, ranking: Ranking) -> query.Query:
    forms = ((SURFACE, word.surfaces, ranking.surface), (STEM, word.stems, ranking.stem))
    return query.Or(
        [
            query.Term(field_name(field, form), term, boost=getattr(ranking, field) * weight)
            for field in fields_of(word)
            for form, terms, weight in forms
            for term in terms
        ]
    )


def _together(node: Phrase | Near, make: Any, ranking: Ranking) -> query.Query:
    """The surfaces of a field or any, weighted by field; they count like a whole word, since no stem adds to them."""
    parts = []
    for field in fields_of(node):
        part = make(field_name(field, SURFACE))
        part.boost = getattr(ranking, field) * (ranking.surface + ranking.stem)
        parts.append(part)
    return query.Or(parts)


def _and(node: And, ranking: Ranking) -> query.Query:
    """Required children, then what only adds to the score, then what excludes."""
    parts: dict[str, list[query.Query]] = {"required": [], "optional": [], "excluded": []}
    for child in node.children:
        if isinstance(child, Not):
            parts["excluded"].append(compile_tree(child.child, ranking))
        elif isinstance(child, Or) and child.at_least == 0:
            parts["optional"] += [compile_tree(grandchild, ranking) for grandchild in child.children]
        else:
            parts["required"].append(compile_tree(child, ranking))
    return Combined(parts["required"] or [Everything()], parts["optional"], parts["excluded"])


class Computed(query.Query):
    """A query whose hits in a segment are computed at once, as document number → score."""

    boost = 1.0

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """Live documents of the segment and their scores."""
        raise NotImplementedError

    def matcher(self, searcher: Any, context: Any = None) -> matching.Matcher:
        """Whoosh's entry point."""
        found = sorted(self.hits(searcher, context).items())
        if not found:
            return matching.NullMatcher()
        return matching.ListMatcher([n for n, _ in found], weights=[self.boost * score for _, score in found])

    def estimate_size(self, reader: Any) -> int:
        """An upper bound, which Whoosh uses to order clauses."""
        return int(reader.doc_count())


def _live(reader: Any, numbers: Iterable[int]) -> Iterator[int]:
    return (number for number in numbers if not reader.is_deleted(number))


def _scores(part: query.Query, searcher: Any, context: Any) -> dict[int, float]:
    """All hits of a subquery in a segment."""
    matcher = part.matcher(searcher, context)
    scores: dict[int, float] = {}
    while matcher.is_active():
        scores[matcher.id()] = matcher.score()
        matcher.next()
    return scores


class AtLeast(Computed):
    """Documents that at least `minimum` of the parts match; the score is the sum over those that do."""

    def __init__(self, parts: list[query.Query], minimum: int) -> None:
        self.parts = parts
        self.minimum = minimum

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        totals: dict[int, float] = defaultdict(float)
        counts: dict[int, int] = defaultdict(int)
        for part in self.parts:
            for number, score in _scores(part, searcher, context).items():
                totals[number] += score
                counts[number] += 1
        return {number: totals[number] for number, count in counts.items() if count >= self.minimum}


class Combined(Computed):
    """Documents that every `required` part matches and no `excluded` one; `optional` parts add to the score."""

    def __init__(
        self,
        required: list[query.Query],
        optional: Sequence[query.Query] = (),
        excluded: Sequence[query.Query] = (),
    ) -> None:
        self.required = required
        self.optional = optional
        self.excluded = excluded

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        found = AtLeast(self.required, len(self.required)).hits(searcher, context)
        for part in self.excluded:
            for number in _scores(part, searcher, context):
                found.pop(number, None)
        for part in self.optional:
            for number, score in _scores(part, searcher, context).items():
                if number in found:
                    found[number] += score
        return found


class Greatest(Computed):
    """Documents that any part matches; the score is the greatest of theirs."""

    def __init__(self, parts: list[query.Query]) -> None:
        self.parts = parts

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        found: dict[int, float] = {}
        for part in self.parts:
            for number, score in _scores(part, searcher, context).items():
                found[number] = max(score, found.get(number, score))
        return found


class Scaled(Computed):
    """What a part matches, its score multiplied by a weight."""

    def __init__(self, part: query.Query, weight: float) -> None:
        self.part = part
        self.weight = weight

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        return {number: score * self.weight for number, score in _scores(self.part, searcher, context).items()}


class Everything(Computed):
    """All live documents, score 0."""

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        reader = searcher.reader()
        return dict.fromkeys(_live(reader, range(reader.doc_count_all())), 0.0)


class InPeriod(Computed):
    """Documents whose date a filter takes, score 0."""

    def __init__(self, dates: DateFilter) -> None:
        self.dates = dates

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        reader = searcher.reader()
        column = reader.column_reader("date")
        return {
            number: 0.0
            for number in _live(reader, range(reader.doc_count_all()))
            if self.dates.matches(PartialDate.from_key(column[number]))
        }


class OfType(Computed):
    """Documents of the types written so, score 0. Other forms of a name are left to the naive matcher."""

    def __init__(self, name: str) -> None:
        self.name = name

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        reader = searcher.reader()
        column = reader.column_reader("type")
        numbers = _live(reader, range(reader.doc_count_all()))
        return {number: 0.0 for number in numbers if bare(column[number]) == self.name}


class OfColumn(Computed):
    """Documents with this value in a column of keywords, score 0."""

    def __init__(self, column: str, value: str) -> None:
        self.column = column
        self.value = value

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        reader = searcher.reader()
        column = reader.column_reader(self.column)
        numbers = _live(reader, range(reader.doc_count_all()))
        return {number: 0.0 for number in numbers if bare(column[number]) == self.value}


class PrefixAnywhere(Computed):
    """Documents with a surface that begins so, in its field or any."""

    def __init__(self, asked: Prefix) -> None:
        self.asked = asked

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed."""
        reader = searcher.reader()
        found: dict[int, float] = {}
        for name in (field_name(field, SURFACE) for field in fields_of(self.asked)):
            for term in reader.expand_prefix(name, self.asked.prefix):
                found.update(dict.fromkeys(reader.postings(name, term).all_ids(), PREFIX_SCORE))
        return found


class Window(Computed):
    """Documents that hold the words within `distance` positions of each other, in any order, in one field."""

    def __init__(self, field: str, words: tuple[str, ...], distance: int) -> None:
        self.field = field
        self.words = words
        self.distance = distance

    def hits(self, searcher: Any, context: Any) -> dict[int, float]:
        """See Computed. The score is the sum over the words."""
        postings: list[dict[int, tuple[list[int], float]]] = []
        for word in self.words:
            matcher = query.Term(self.field, word).matcher(searcher, context)
            places = {}
            while matcher.is_active():
                places[matcher.id()] = (matcher.value_as("positions"), matcher.score())
                matcher.next()
            postings.append(places)
        common = set(postings[0]).intersection(*postings[1:])
        return {
            number: sum(places[number][1] for places in postings)
            for number in common
            if self._close([places[number][0] for places in postings])
        }

    def _close(self, places: list[list[int]]) -> bool:
        """One place for each word, all different, the outermost at most `distance` apart."""
        return any(
            max(chosen) - min(chosen) <= self.distance and len(set(chosen)) == len(chosen)
            for chosen in product(*places)
        )
