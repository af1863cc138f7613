"""What a person may be about to type: words, expressions and titles of the collection that go on where a text ends.

Nothing is made ready for it when a collection is opened. The last word, unless a space follows it, may be the beginning
of any word: the commonest are taken from the tables of terms, and those that stand behind the other words are told by
positions in some of the documents. What comes after them is read in a few (`phrases.py`), and counted in all. Titles
that begin so are a range of their order (`titles.py`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from indexer.columnar.arrays import Array
from indexer.columnar.schema import SURFACE, field_name
from indexer.engines import titles
from indexer.engines.collection import Collection
from indexer.engines.lists import IndexedField, TermList, Terms
from indexer.engines.matching import Matcher
from indexer.engines.memory import Memory
from indexer.engines.phrases import Seen, Texts, Words, is_dull
from indexer.engines.positions import docs_with_all, phrase_docs_among, spread
from indexer.french import Analyzer
from indexer.model import Position, Suggestion, SuggestionKind
from indexer.query.tree import And, Phrase, Word

MOST = 8
_MOST_TITLES = 3
_MOST_TOGETHER = 3
# Nobody completes a text of more words, and one of fewer letters says nothing.
_MOST_WORDS = 24
_LEAST_LETTERS = 2

_TITLE, _BODY = field_name("title", SURFACE), field_name("body", SURFACE)
# A title says what its document is about: a word there counts as so many in bodies.
_TITLE_WEIGHT = 8
# Words that are considered as the last one, by field and segment; those that are likely in the company of the others;
# those that are gone on with.
_CONSIDERED = 24
_LIKELY = 5
_CONTINUED = 5
# Documents in which the words before are looked for in a row, with the last one; those that are read for what comes
# next, in all.
_BEFORE = 1500
_LOOKED_AT = 128
_READ = 16
_READ_TO_SPELL = 4
# An expression is met in so many documents at least, and shown in its longer form when it nearly always goes on so.
_LEAST_MET = 2
_NEARLY_ALWAYS = 0.7

_NONE = np.zeros(0, np.int64)

# What is kept between texts, and about what a word or a suggestion of that takes.
_REMEMBERED_BYTES = 8_000_000
_ITEM_BYTES = 200

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: whole words, then the beginning of another (`prefix`, empty when a space follows the last word).

    `text` is what stands before that beginning, as it was typed.
    """

    text: str
    words: tuple[Position, ...]
    prefix: str

    @classmethod
    def read(cls, text: str, analyzer: Analyzer) -> Typed:
        """Read any text."""
        words = tuple(analyzer.analyze(text))
        if not words or words[-1].end < len(text):
            return cls(text, words, "")
        *whole, last = words
        # Only folded: « pr » is the beginning of prud’hommes here, not short for professeur. Numbers are 13, not 13e.
        prefix = last.surface[0] if last.surface[0].isdigit() else analyzer.fold(text[last.start :])
        return cls(text[: last.start], tuple(whole), prefix)

    @property
    def surfaces(self) -> Words:
        """The whole words."""
        return tuple(position.surface[0] for position in self.words)

    @property
    def folded(self) -> Words:
        """All words, the last one as far as it goes."""
        return (*self.surfaces, self.prefix) if self.prefix else self.surfaces


@dataclass(frozen=True, slots=True)
class _Start:
    """Words in a row, the last one whole: documents that have them so, and how many each of these stands for."""

    words: Words
    docs: Array
    share: float

    @property
    def estimate(self) -> float:
        """About how many documents there are."""
        return len(self.docs) * self.share


@dataclass(frozen=True, slots=True)
class _Likely:
    """A word that may come next: its postings, and those of its documents that have the words before it."""

    word: str
    postings: TermList
    docs: Array


@dataclass(frozen=True, slots=True)
class _Expression:
    """Words in a row as texts write them, and about how many documents have them."""

    words: Words
    text: str
    estimate: float


@dataclass(frozen=True, slots=True)
class _Kept:
    """Something worked out for a text."""

    value: Any

    def forget(self) -> None:
        """See Keeps: nothing is kept beside the thing itself."""


class Completion:
    """Completes texts from one collection. What one text needed is kept for the next, which is a letter longer, and
    never changes an answer. Threads may share it."""

    def __init__(self, collection: Collection, analyzer: Analyzer) -> None:
        self.collection = collection
        self.analyzer = analyzer
        self.texts = Texts(collection, analyzer)
        self._memory: Memory[_Kept] = Memory(_REMEMBERED_BYTES)

    def suggestions(self, text: str) -> tuple[Suggestion, ...]:
        """At most MOST suggestions, best first, no two of the same words."""
        typed = Typed.read(text, self.analyzer)
        letters = sum(map(len, typed.folded))
        if letters < _LEAST_LETTERS or len(typed.folded) > _MOST_WORDS or not self.collection.documents:
            return ()
        return self.remembered(("answer", typed), lambda: _Completer(self, typed).suggestions())

    def remembered(self, key: tuple[Any, ...], make: Callable[[], Value]) -> Value:
        """What is kept under a key, made now if need be."""
        # An lru_cache of a method is a cycle: it would hold on to a collection long after the next one is in service.
        known = self._memory.get(key)
        if known is None:
            known = _Kept(make())
            made = known.value
            size = made.nbytes if isinstance(made, np.ndarray) else _ITEM_BYTES * len(made)
            self._memory.grew(key, known, _ITEM_BYTES + size)
        value: Value = known.value
        return value

    def terms(self) -> Terms:
        """Terms to be looked up."""
        return Terms(self.collection.fields)

    def bare(self, words: Words) -> Words:
        """Words without the stop words that come first."""
        stop_words = self.analyzer.lists.stop_words
        first = next((number for number, word in enumerate(words) if word not in stop_words), len(words) - 1)
        return words[first:]

    def word(self, surface: str) -> Word:
        """A word in any of its forms."""
        return Word((surface,), (self.analyzer.stem(surface),), surface)

    def ends(self, prefix: str) -> tuple[str, ...]:
        """The commonest words that begin so."""
        return self.remembered(("ends", prefix), lambda: self._ends(prefix))

    def before(self, words: Words) -> Array:
        """The documents with some words in a row, so many of them at most."""
        return self.remembered(("before", words), lambda: self._before(words))

    def count(self, words: Words) -> int:
        """How many documents have the words in a row, or one word in any of its forms. Articles that come first do not
        count: « le contrat » would take 5 ms, and asks for what « contrat » does."""
        bare = self.bare(words)
        return self.remembered(("count", bare), lambda: (self._count(bare),))[0]

    def _ends(self, prefix: str) -> tuple[str, ...]:
        counts: Counter[str] = Counter()
        for name, weight in ((_TITLE, _TITLE_WEIGHT), (_BODY, 1)):
            for word, df in _commonest(self.collection.fields[name], prefix.encode(errors="replace")):
                counts[word] += df * weight
        return tuple(sorted(counts, key=lambda word: (-counts[word], word)))

    def _before(self, words: Words) -> Array:
        lists = self.terms().find_all(_BODY, words)
        return phrase_docs_among(lists, spread(docs_with_all(lists), _BEFORE)) if lists else _NONE

    def _count(self, words: Words) -> int:
        matcher = Matcher(self.collection, self.terms(), self.analyzer.stem)
        return len(self.collection.living(matcher.docs(Phrase(words, "") if len(words) > 1 else self.word(words[0]))))


class _Completer:
    """Completes one text."""

    def __init__(self, completion: Completion, typed: Typed) -> None:
        self._completion = completion
        self._collection, self._analyzer = completion.collection, completion.analyzer
        self._typed = typed
        self._terms = completion.terms()
        self._matcher = Matcher(self._collection, self._terms, self._analyzer.stem)

    def suggestions(self) -> tuple[Suggestion, ...]:
        """What goes on in texts, then titles; the text with its last word ended where these are few."""
        titles = self._titles()
        found = self._going_on(MOST - len(titles)) + titles
        if not found or found[0].kind is SuggestionKind.TITLE:
            found = self._together() + titles
        chosen: dict[Words, Suggestion] = {}
        for one in found:
            words = tuple(position.surface[0] for position in self._analyzer.analyze(one.text))
            if words != self._typed.folded:
                chosen.setdefault(words, one)
        return tuple(chosen.values())[:MOST]

    # --- words and expressions that go on -----------------------------------------------------------------------------

    def _going_on(self, most: int) -> list[Suggestion]:
        """What starts with the words in a row, commonest first."""
        starts = self._starts(self._typed.surfaces, self._typed.prefix)
        met = [one for start in starts for one in self._met(start, _READ // len(starts)) if self._goes_on(one)]
        best = islice(self._distinct(sorted(met, key=lambda one: (-one.estimate, one.words))), most)
        counted = [(self._completion.count(one.words), one) for one in best]
        counted.sort(key=lambda one: (-one[0], one[1].words))
        return [Suggestion(one.text, self._kind(one.words), count) for count, one in counted if count]

    def _kind(self, words: Words) -> SuggestionKind:
        return SuggestionKind.WORD if len(self._completion.bare(words)) == 1 else SuggestionKind.EXPRESSION

    def _goes_on(self, one: _Expression) -> bool:
        """Whether an expression is more than the letters typed, « période d » going on with « d’essai » too."""
        typed = "".join(self._typed.folded)
        written = ("".join(one.words), self._analyzer.fold(one.text))
        return one.words != self._typed.folded and any(letters.startswith(typed) for letters in written)

    def _distinct(self, met: Iterable[_Expression]) -> Iterator[_Expression]:
        """The first of each family of words."""
        families: set[Words] = set()
        for one in met:
            family = tuple(map(self._analyzer.stem, one.words))
            if family not in families:
                families.add(family)
                yield one

    def _starts(self, words: Words, prefix: str) -> list[_Start]:
        """Words with the likeliest ends of the last one, as far as they stand in a row. A function of both alone."""
        before = words if prefix else words[:-1]
        ends = self._completion.ends(prefix) if prefix else words[-1:]
        if not before:
            kept = [word for word in ends if not is_dull(word, self._analyzer)]
            return [_Start((word,), self._docs(word), 1.0) for word in kept[:_CONTINUED]]
        found = [self._start(before, one) for one in self._likely(self._completion.before(before), ends)]
        starts = sorted((one for one in found if one), key=lambda start: (-start.estimate, start.words))[:_CONTINUED]
        if prefix in self._analyzer.lists.elided_before_any:
            starts += self._starts(before, "")
        return starts

    def _docs(self, word: str) -> Array:
        one = self._terms.find(_BODY, word)
        return one.docs if one else _NONE

    def _start(self, before: Words, likely: _Likely) -> _Start | None:
        """Some words and a likely last one, if they stand in a row somewhere."""
        some = spread(likely.docs, _LOOKED_AT)
        docs = phrase_docs_among([*self._terms.find_all(_BODY, before), likely.postings], some)
        return _Start((*before, likely.word), docs, len(likely.docs) / len(some)) if len(docs) else None

    def _likely(self, docs: Array, words: Iterable[str]) -> list[_Likely]:
        """Those of some words that stand in these documents rather than in others, the likeliest first."""
        if not len(docs):
            return []
        there = np.zeros(self._collection.documents, bool)
        there[docs] = True
        found = []
        for word in words:
            one = self._terms.find(_BODY, word)
            if one:
                both = one.docs[there.take(one.docs)]
                expected = len(docs) * one.df / self._collection.documents
                found.append((len(both) * math.log1p(len(both) / expected), _Likely(word, one, both)))
        found.sort(key=lambda one: (-one[0], one[1].word))
        return [one for value, one in found[:_LIKELY] if value]

    def _met(self, start: _Start, most: int) -> tuple[_Expression, ...]:
        """The expressions that start so, from so many documents."""
        return self._completion.remembered(("met", start.words, most), lambda: tuple(self._read(start, most)))

    def _read(self, start: _Start, most: int) -> Iterator[_Expression]:
        in_titles = self._terms.find(_TITLE, start.words[0]) if len(start.words) == 1 else None
        alive = self._completion.collection.living
        titles = spread(alive(in_titles.docs), most // 2).tolist() if in_titles else []
        bodies = spread(alive(start.docs), most - len(titles)).tolist()
        found = self._completion.texts.following(start.words, titles, bodies, self._terms.find_all(_BODY, start.words))
        share = start.estimate / max(len(titles) + len(bodies), 1)
        for words, seen in found.items():
            if words == start.words or _stands(words, found):
                yield _Expression(words, seen.text, share * len(seen.documents))

    # --- words that stand together ------------------------------------------------------------------------------------

    def _together(self) -> list[Suggestion]:
        """The text with its last word ended, in documents that have all its words somewhere.

        Not behind a stop word, where only what stands in a row reads well.
        """
        words = self._said()
        if not self._typed.prefix or not words or words[-1] != self._typed.words[-1]:
            return []
        nodes = tuple(Word(word.surface, word.stem, word.surface[0]) for word in words)
        docs = self._completion.collection.living(self._matcher.docs(And(nodes)))
        ends = (word for word in self._completion.ends(self._typed.prefix) if not is_dull(word, self._analyzer))
        families: dict[str, str] = {}
        for one in self._likely(docs, ends):
            families.setdefault(self._analyzer.stem(one.word), one.word)
        return [
            Suggestion(
                self._typed.text + self._written(word),
                SuggestionKind.WORD,
                int(self._matcher.holds(self._completion.word(word), docs).sum()),
            )
            for word in islice(families.values(), _MOST_TOGETHER)
        ]

    def _said(self) -> list[Position]:
        """The whole words typed that are no stop words."""
        return [word for word in self._typed.words if not self._analyzer.is_stop_word(word)]

    def _written(self, word: str) -> str:
        """A word as texts write it."""
        met = self._met(_Start((word,), self._docs(word), 1.0), _READ_TO_SPELL)
        return next((one.text for one in met if one.words == (word,)), word)

    # --- titles -------------------------------------------------------------------------------------------------------

    def _titles(self) -> list[Suggestion]:
        """Titles that begin so, then those that have the words."""
        typed = self._typed
        found = titles.beginning(self._collection, " ".join(typed.folded) + ("" if typed.prefix else " "))
        best = _best(found)
        if len(best) < _MOST_TITLES:
            words = [word.stem for word in self._said()]
            known = words or typed.prefix
            others = titles.holding(self._matcher, self._collection, words, typed.prefix) if known else {}
            best += _best({title: count for title, count in others.items() if title not in found})
        return [Suggestion(title, SuggestionKind.TITLE, count) for title, count in best[:_MOST_TITLES]]


def _best(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], len(one[0]), one[0]))


def _commonest(field: IndexedField, prefix: bytes) -> Iterator[tuple[str, int]]:
    """The terms of each segment that begin so and are in most documents, with how many."""
    for part in field.parts:
        terms = part.terms.starting_with(prefix)
        df = part.lists.records["df"][terms.start : terms.stop]
        places = np.argpartition(df, -_CONSIDERED)[-_CONSIDERED:] if len(df) > _CONSIDERED else np.arange(len(df))
        for place in places.tolist():
            yield part.terms[terms.start + place].decode(errors="replace"), df.item(place)


def _stands(words: Words, found: dict[Words, Seen]) -> bool:
    """Whether an expression is met often enough, and not nearly always as the beginning of another."""
    times = len(found[words].documents)
    longer = (len(seen.documents) for other, seen in found.items() if other[: len(words)] == words and other != words)
    return times >= _LEAST_MET and max(longer, default=0) < _NEARLY_ALWAYS * times
