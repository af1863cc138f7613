"""Accents as they were typed, looked for in texts as they are stored.

The index folds accents away, so that none is needed to find a document. Of two that are found by the same folded word,
the one that has it as it was typed is meant: le marché, not la marche. A word that was typed without accents prefers
nothing, and a text in capitals without accents leaves open what it means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indexer.french.fold import fold
from indexer.query.tree import BODY, TITLE, Near, Node, Phrase, Word, typed_leaves

# Occurrences of a word that are looked at: a text seldom writes one word in two ways.
_OCCURRENCES = 4

# A byte for each character, so that places stay the same: the letters and digits, folded, and a space for all else.
# Latin-1 has every accented letter of French, and is by far the quickest to encode.
_CODE_PAGE = "latin-1"
_CHARACTERS = bytes(range(256)).decode(_CODE_PAGE)
_FOLDED = bytes(ord(base) if len(base := fold(char)) == 1 and base.isascii() else ord(" ") for char in _CHARACTERS)
# Accents of French that stand apart from their letters in decomposed texts.
_APART = "\u0300\u0301\u0302\u0308\u0327"

_TYPED = re.compile(r"[^\W_]+(?![\w'’])")  # l' and qu' are no words of their own
# What stands between words: signs, and an elided article that the query did not have.
_BETWEEN = rb" +(?:[a-z]{1,2} +)?"


class _Form(NamedTuple):
    """Words in a row as typed, in lower case, one of them accented; `pattern` finds them in a folded text."""

    words: tuple[str, ...]
    pattern: re.Pattern[bytes]
    field: str

    def agreements(self, text: str, folded: bytes) -> Iterator[int]:
        """Of each occurrence: 1 when it has the accents, 0 when capitals leave it open, -1 when it has others."""
        for match in self.pattern.finditer(folded):
            if not match.start() or folded[match.start() - 1] == ord(" "):
                written = [text[slice(*match.span(number))] for number in range(1, len(self.words) + 1)]
                yield min(_agreement(*pair) for pair in zip(written, self.words, strict=True))


class Accents:
    """The accents that the words of a tree were typed with; false when there are none.

    `most` is what a text with the accents as typed gains on one that has the words with others alone.
    """

    def __init__(self, tree: Node, most: float) -> None:
        self.most = most
        typed = dict.fromkeys((words, leaf.field) for leaf in typed_leaves(tree) for words in _typed(leaf))
        self._forms = [_Form(words, _pattern(words), field) for words, field in typed]

    def __bool__(self) -> bool:
        return bool(self._forms)

    def bonus(self, title: str, text: str) -> float:
        """What to multiply the score of a document by: 1 + `most`, down to 1 for one that has every word with other
        accents. One that has them in other forms alone, or in capitals, loses nothing."""
        seen = [(field, *_seen(part)) for field, part in ((TITLE, title), (BODY, text))]
        losses = [min(0.0, _mean(self._agreements(form, seen))) for form in self._forms]
        return 1 + self.most * (1 + _mean(losses))

    def _agreements(self, form: _Form, seen: Sequence[tuple[str, str, bytes]]) -> list[int]:
        found: list[int] = []
        for field, text, folded in seen:
            if form.field in ("", field):
                for agreement in form.agreements(text, folded):
                    found.append(agreement)
                    if len(found) == _OCCURRENCES:
                        return found
        return found


def _typed(leaf: Node) -> Iterator[tuple[str, ...]]:
    """The rows of words of a leaf that have an accent."""
    if not isinstance(leaf, Word | Phrase | Near):
        return
    words = tuple(_TYPED.findall(leaf.text.lower()))
    for row in ((word,) for word in words) if isinstance(leaf, Near) else (words,):
        plain = all(len(word.encode(_CODE_PAGE, "ignore")) == len(word) == len(fold(word)) for word in row)
        if plain and any(map(_is_accented, row)):
            yield row


def _is_accented(word: str) -> bool:
    return not word.isascii() and fold(word) != word


def _pattern(words: Iterable[str]) -> re.Pattern[bytes]:
    return re.compile(_BETWEEN.join(b"(%b)" % fold(word).encode() for word in words) + b"(?![a-z0-9])")


def _seen(text: str) -> tuple[str, bytes]:
    """The text composed, and folded character by character."""
    if any(accent in text for accent in _APART):  # ten times as fast as one search for all of them
        text = unicodedata.normalize("NFC", text)
    return text, text.encode(_CODE_PAGE, "replace").translate(_FOLDED)


def _agreement(written: str, typed: str) -> int:
    if written.lower() == typed or not _is_accented(typed):
        return 1
    for own, asked in zip(written, typed, strict=True):
        if own.lower() != asked and not (own.isascii() and own.isupper()):
            return -1
    return 0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
