"""The questions: drawn from the corpus with a fixed seed, so that every machine and every engine gets the same.

One word common, middling and rare; two to five words that stand in one document; phrases of two to four words;
prefixes of four to six letters; and questions, those that titles of public service pages ask.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.analysis import SEPARATOR, Analysed
from benchmarks.engines.base import Op, Question
from indexer.french import Analyzer
from indexer.query import And, Node, Or, Phrase, Prefix, Query, Word, parse, positive_leaves

_SEED = 4_711
_A_KIND = 20
_TRIES = 8_000
# Shares of the documents that have a word. Rare is « in a few documents », whatever the size of the corpus.
COMMON, MIDDLING = (0.05, 0.40), (0.005, 0.05)
RARE = (3, 30)
WORD_KINDS = ("common word", "middling word", "rare word", "2 words", "3 words", "4 words", "5 words", "question")
KINDS = (*WORD_KINDS, "phrase", "prefix")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its kind, its text as typed and what our parser reads in it."""

    kind: str
    text: str
    query: Query

    def question(self, op: Op, *, snippets: bool) -> Question:
        """The question for an engine, its words required as `op` says."""
        words = len(self.query.words)
        needed = {Op.ALL: words, Op.RULE: self.query.required_words, Op.ANY: 1}[op]
        return Question(self.text, _plain(self.query.tree(needed)), op, snippets)


def _plain(tree: Node) -> Node:
    """An Or that requires every part, as an And: what an engine does best with it."""
    if isinstance(tree, Or) and tree.at_least == len(tree.children):
        return And(tree.children)
    return tree


def draw(documents: Iterable[Analysed], french: Analyzer) -> list[Asked]:
    """Twenty questions of each kind that the corpus has enough of, mixed."""
    chance = random.Random(_SEED)
    drawer = _Drawer(list(documents), french, chance)
    makers: dict[str, Callable[[], str | None]] = {
        "common word": lambda: drawer.word(COMMON),
        "middling word": lambda: drawer.word(MIDDLING),
        "rare word": drawer.rare_word,
        **{f"{count} words": lambda count=count: drawer.words(count) for count in (2, 3, 4, 5)},  # type: ignore[misc]
        "question": drawer.title_question,
        "phrase": drawer.phrase,
        "prefix": drawer.prefix,
    }
    asked = [one for kind, make in makers.items() for one in drawer.some(kind, make)]
    chance.shuffle(asked)
    return asked


class _Drawer:
    """Draws words, phrases and titles of documents."""

    def __init__(self, documents: Sequence[Analysed], french: Analyzer, chance: random.Random) -> None:
        self._documents = documents
        self._french = french
        self._chance = chance
        self._frequency = Counter(
            stem for document in documents for stem in {*document.body_stem.split(), *document.title_stem.split()}
        )
        # A phrase of words that stand anywhere as the second form of a position would match differently elsewhere.
        self._second_forms = frozenset(_second_forms(documents))

    def some(self, kind: str, make: Callable[[], str | None]) -> Iterator[Asked]:
        """Up to `_A_KIND` different questions that our parser reads as what they are meant to be."""
        seen: set[str] = set()
        found = 0
        for _ in range(_TRIES):
            text = make()
            if text is None or text in seen:
                continue
            seen.add(text)
            query = parse(text, self._french)
            if _as_meant(kind, query):
                found += 1
                yield Asked(kind, text, query)
            if found == _A_KIND:
                return

    def _document(self) -> Analysed:
        return self._documents[self._chance.randrange(len(self._documents))]

    def _plain_words(self, least: float, most: float) -> list[str]:
        """Different words of a random document whose stems so many documents have, as one would type them."""
        words = {
            word
            for word in self._document().body_surface.partition(f" {SEPARATOR}")[0].split()
            if len(word) > 2 and word.isalpha() and least <= self._frequency[self._french.stem(word)] <= most
        }
        return sorted(word for word in words if word not in self._french.lists.stop_words)

    def word(self, band: tuple[float, float]) -> str | None:
        """A word that this share of the documents has."""
        found = self._plain_words(*(share * len(self._documents) for share in band))
        return self._chance.choice(found) if found else None

    def rare_word(self) -> str | None:
        """A word of a few documents."""
        found = self._plain_words(*RARE)
        return self._chance.choice(found) if found else None

    def words(self, count: int) -> str | None:
        """Words of one document, common to rare."""
        found = self._plain_words(RARE[0], COMMON[1] * len(self._documents))
        return " ".join(self._chance.sample(found, count)) if len(found) >= count else None

    def title_question(self) -> str | None:
        """A title that asks something."""
        title = self._document().title
        return title if title.endswith("?") else None

    def phrase(self) -> str | None:
        """Two to four words in a row, at least one of them no stop word."""
        words = self._document().body_surface.partition(f" {SEPARATOR}")[0].split()
        length = self._chance.choice((2, 2, 3, 4))
        if len(words) < length:
            return None
        start = self._chance.randrange(len(words) - length + 1)
        chosen = words[start : start + length]
        good = all(word.isalpha() and len(word) > 1 for word in chosen) and self._second_forms.isdisjoint(chosen)
        telling = any(word not in self._french.lists.stop_words for word in chosen)
        return f'"{" ".join(chosen)}"' if good and telling else None

    def prefix(self) -> str | None:
        """The first four to six letters of a word."""
        word = self.word((MIDDLING[0] / 10, MIDDLING[1]))
        length = self._chance.choice((4, 5, 6))
        return f"{word[:length]}*" if word and len(word) > length else None


def _second_forms(documents: Iterable[Analysed]) -> Iterator[str]:
    for document in documents:
        for terms in (document.title_surface, document.body_surface):
            if SEPARATOR in terms:
                yield from terms.partition(f" {SEPARATOR} ")[2].split(f" {SEPARATOR} ")


def _as_meant(kind: str, query: Query) -> bool:
    """Whether the parser's leaves are of the kind; words are counted without stop words."""
    leaves = list(positive_leaves(query.tree(len(query.words))))
    if kind == "phrase":
        return len(leaves) == 1 and isinstance(leaves[0], Phrase) and len(leaves[0].words) > 1
    if kind == "prefix":
        return len(leaves) == 1 and isinstance(leaves[0], Prefix)
    if kind == "question":
        return len(query.words) >= 2 and not query.required
    return all(isinstance(leaf, Word) for leaf in leaves) and len(leaves) == int(kind[0] if kind[0].isdigit() else "1")
