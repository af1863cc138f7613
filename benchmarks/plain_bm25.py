"""The ranking to be measured against: BM25 as a textbook has it (Robertson and Zaragoza, 2009), and nothing else.

One field, the text of a document and its title three times; any word of the query; accents folded, Snowball's French
stems, our stop words; no phrases, synonyms or corrections. It shares no line with the search that is measured.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

import numpy as np
import snowballstemmer

from indexer.columnar.arrays import Array

K1 = 1.2
B = 0.75
_TITLES = 3
_WORD = re.compile(r"[^\W_]+")
_STEMMER = snowballstemmer.stemmer("french")


class PlainBM25:
    """An index in memory of documents given as (id, title, text). Stop words are given folded."""

    def __init__(self, documents: Iterable[tuple[str, str, str]], stop_words: Collection[str] = ()) -> None:
        self._stop_words = stop_words
        self._ids: list[str] = []
        lengths: list[int] = []
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, (id, title, text) in enumerate(documents):
            self._ids.append(id)
            counts = Counter(self._stems(f"{title} " * _TITLES + text))
            lengths.append(counts.total())
            for stem, count in counts.items():
                postings[stem].append((number, count))
        self._postings = {stem: np.array(found).T for stem, found in postings.items()}
        self._norms = K1 * (1 - B + B * np.array(lengths) / (sum(lengths) / max(1, len(lengths)) or 1))

    def ranked(self, text: str, depth: int) -> Sequence[str]:
        """The ids of the documents that have a word of the text, best first, equal ones as they were given."""
        scores = np.zeros(len(self._ids))
        for stem in self._stems(text):
            if stem in self._postings:
                docs, counts = self._postings[stem]
                scores[docs] += self._scores(docs, counts)
        order = np.argsort(-scores, kind="stable")[:depth]
        return [self._ids[number] for number in order.tolist() if scores[number] > 0]

    def _scores(self, docs: Array, counts: Array) -> Array:
        """What one word gives each of the documents that have it, so many times."""
        rarity = np.log(1 + (len(self._ids) - len(docs) + 0.5) / (len(docs) + 0.5))
        scores: Array = rarity * counts * (K1 + 1) / (counts + self._norms[docs])
        return scores

    def _stems(self, text: str) -> list[str]:
        """The stems of the words of a text that say something, in order."""
        return [_stem(word) for word in map(_folded, _WORD.findall(text.lower())) if word not in self._stop_words]


def _folded(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


@lru_cache(maxsize=1 << 20)
def _stem(word: str) -> str:
    stem: str = _STEMMER.stemWord(word)
    return stem
