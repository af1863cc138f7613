"""Documents about the same things as one: those that share its weightiest words.

What a word weighs is how often the text has its stem and how rare that is in the collection (tf-idf). The weightiest
are searched as one query, of which a document must have a few. What says nearly the same is left out, for the page of
a document lists it as its reprises.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import STEM, field_name
from indexer.engines.collection import Collection
from indexer.engines.lists import Terms
from indexer.engines.matching import Matcher
from indexer.engines.ordering import best
from indexer.engines.scoring import Scorer
from indexer.french import Analyzer
from indexer.model import Document, Similar
from indexer.query.tree import BODY, Or, Weighted, Word
from indexer.settings import Ranking

_STEMS = field_name(BODY, STEM)
# Words that are searched, and how many of them a document must have.
_WORDS = 20
_LEAST = 3
# Characters that are read of a text: its beginning says what it is about, and analysing more of a book takes longer.
_READ = 4_000
# A stem of more documents than one in so many (and more than the fewest) says too little.
_COMMON = 50
_FEWEST = 20
# A document that is less like this one, as a part of what it is like itself, is no neighbour.
_LEAST_SHARE = 0.15
# Documents looked at for each that is shown: others may be of the same group.
_AHEAD = 4


def similar(
    collection: Collection, ranking: Ranking, analyzer: Analyzer, document: Document, number: int, count: int
) -> tuple[Similar, ...]:
    """The `count` documents most like this one (`number` in the collection), the nearest first; fewer when there are
    no more, none of its own group, and one of any other."""
    terms = Terms(collection.fields)
    words = _weightiest(terms, analyzer, document, collection.documents)
    if len(words) < _LEAST:
        return ()
    tree = Or(tuple(Weighted(Word((), (stem,), stem, BODY), weight) for stem, weight in words), _LEAST)
    matcher = Matcher(collection, terms, analyzer.stem)
    docs = collection.living(matcher.docs(tree))
    docs = docs[~np.isin(docs, [number, *collection.alike.near(number).tolist(), *_copies(collection, number)])]
    if not len(docs):
        return ()
    scorer = Scorer(terms, matcher, ranking)
    own = scorer.scores(tree, np.array([number])).item()
    reach = min(count * _AHEAD, len(docs))
    docs, scores = scorer.contenders(tree, docs, reach)
    own = max(own, scores.max())  # of a text whose weightiest words stand in its title alone
    near = [(one, scores.item(int(docs.searchsorted(one))) / own) for one in best(collection, docs, scores, 0, reach)]
    shown = _one_of_each_group(collection, [one for one in near if one[1] >= _LEAST_SHARE])
    return tuple(_told(collection, *one) for one in islice(shown, count))


def _weightiest(terms: Terms, analyzer: Analyzer, document: Document, documents: int) -> Sequence[tuple[str, float]]:
    """The stems to search, each with its weight."""
    text = f"{document.title}\n\n{document.text[:_READ]}"
    words = (position for position in analyzer.analyze(text) if not analyzer.is_stop_word(position))
    counts = Counter(stem for word in words for stem in word.stem)
    most = max(documents // _COMMON, _FEWEST)
    weighed = []
    for stem, frequency in counts.items():
        found = terms.find(_STEMS, stem)
        if found and 2 <= found.df <= most:
            weighed.append((stem, (1 + math.log(frequency)) * found.idf))
    return sorted(weighed, key=lambda one: (-one[1], one[0]))[:_WORDS]


def _copies(collection: Collection, number: int) -> Sequence[int]:
    copies: list[int] = collection.alike.same_as(number).tolist()
    return copies


def _one_of_each_group(collection: Collection, near: Sequence[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    groups: Array | None = collection.groups
    seen: set[int] = set()
    for number, share in near:
        group = 0 if groups is None else groups.item(number)
        if group not in seen:
            yield number, share
        if group:
            seen.add(group)


def _told(collection: Collection, number: int, share: float) -> Similar:
    document = collection.head(number)
    return Similar(document.id, document.title, document.path, document.type, document.source, document.date, share)
