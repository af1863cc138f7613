"""The words of a generation, for corrections: how many documents have one, which are near it, how texts write it.

See query/spelling.py for what is asked and why. How many documents have a word is a look-up in the term tables; the
arrays of vocabulary.py are made when the first word is looked for that no document has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.generation import OpenGeneration
from indexer.columnar.schema import FIELDS, STEM, SURFACE, field_name
from indexer.engines.collection import Collection
from indexer.engines.vocabulary import Vocabulary, signature_of, vocabulary_of
from indexer.engines.writings import Writings
from indexer.french import Analyzer
from indexer.query.spelling import MOST_LETTERS, SEPARATOR, sound_of, within

_SEPARATOR = SEPARATOR.decode("latin-1")
# Corrections are few and come again: with every page and facet of a query.
_REMEMBERED = 1_000


class LocalLexicon:
    """The words of one generation. See query.spelling.Lexicon."""

    def __init__(self, generation: OpenGeneration, collection: Collection, analyzer: Analyzer) -> None:
        self._generation = generation
        self._fields = collection.fields
        self._stem = analyzer.stem
        self._spelled = lru_cache(_REMEMBERED)(Writings(collection, analyzer).commonest)

    @cached_property
    def vocabularies(self) -> list[Vocabulary]:
        """The words of each segment, for what no document has."""
        return [vocabulary_of(part.segment) for part in self._generation.parts]

    def frequency(self, surface: str) -> int:
        """See query.spelling.Lexicon."""
        return self._documents(SURFACE, surface)

    def stem_frequency(self, stem: str) -> int:
        """See query.spelling.Lexicon."""
        return self._documents(STEM, stem)

    def _documents(self, form: str, term: str) -> int:
        """How many documents have a term in the field where most have it."""
        fields = (self._fields[field_name(field, form)] for field in FIELDS)
        with self._generation.damage_named():
            return max(found.df if (found := field.find(term)) else 0 for field in fields)

    def near(self, surface: str, edits: int) -> Iterable[tuple[str, int]]:
        """See query.spelling.Lexicon."""
        if not _is_word(surface):
            return ()
        size, signature = len(surface), signature_of(surface)
        letters = np.frombuffer(surface.encode(), np.uint8)
        with self._generation.damage_named():
            places = [vocabulary.near(signature, size, edits) for vocabulary in self.vocabularies]
            words = self._words(places, edits, size + edits + 1, lambda rows: _may_line_up(rows, letters, edits))
        return [(word, documents) for word, documents in words.items() if within(surface, word, edits)]

    def alike(self, surface: str) -> Iterable[tuple[str, int]]:
        """See query.spelling.Lexicon."""
        if not _is_word(surface):
            return ()
        key = sound_of(surface)
        with self._generation.damage_named():
            places = [vocabulary.alike(crc32(key)) for vocabulary in self.vocabularies]
            words = self._words(places, 0, MOST_LETTERS + 1)
        return [(word, documents) for word, documents in words.items() if sound_of(word) == key]

    def _words(
        self, places: Iterable[Array], before: int, size: int, test: Callable[[Array], Array] | None = None
    ) -> Counter[str]:
        """The words at these places of the vocabularies and how many documents have each; those alone whose rows (see
        Vocabulary.texts) pass a test."""
        found = [(v, mine) for v, mine in zip(self.vocabularies, places, strict=True) if len(mine)]
        words: Counter[str] = Counter()
        if not found:
            return words
        rows = np.concatenate([vocabulary.texts(mine, before, size) for vocabulary, mine in found])
        documents = np.concatenate([vocabulary.documents(mine) for vocabulary, mine in found])
        if test:
            passed = test(rows).nonzero()[0]
            rows, documents = rows[passed], documents[passed]
        text = rows[:, before:].tobytes().decode("latin-1")
        for start, df in zip(range(0, len(text), size), documents.tolist(), strict=True):
            words[text[start : start + size].partition(_SEPARATOR)[0]] += df
        return words

    def stem(self, surface: str) -> str:
        """See query.spelling.Lexicon."""
        return self._stem(surface)

    def spelled(self, surface: str) -> str:
        """See query.spelling.Lexicon."""
        with self._generation.damage_named():
            return self._spelled(surface)


def _is_word(surface: str) -> bool:
    return len(surface) <= MOST_LETTERS and surface.isascii() and surface.isalpha() and surface.islower()


def _may_line_up(rows: Array, letters: Array, edits: int) -> Array:
    """Which rows may be so many edits from a word: a letter that no edit touches stands at most so many places away.
    Rows have as many bytes before their word; what stands there or behind it only lets some more pass."""
    size = len(letters)
    there = np.zeros((len(rows), size), bool)
    for shift in range(2 * edits + 1):
        there |= rows[:, shift : shift + size] == letters
    passed: Array = np.count_nonzero(there, axis=1) >= size - edits
    return passed
