"""Sigles that a text explains: « Mission des Nations unies (MINUSMA) », and « MINUSMA (Mission des Nations unies) ».

A sigle is believed when its letters are, in order, the beginnings of the words beside it:

    Communauté économique des États de l’Afrique de l’Ouest (CEDEAO)       C E D E A O: a small word may give its letter
    Mission multidimensionnelle intégrée … pour la stabilisation au Mali   M · I N U S MA: in a long sigle, a word may
                                                                           give several letters, and one word none

Precision comes first, because a wrong pair would be searched for. All is linear in the text: a window beside each
parenthesis, and a few hundred steps in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from indexer.french.fold import fold


class Pair(NamedTuple):
    """A sigle and what it stands for, as a text writes them: capitals and accents; without the dots of O.N.U."""

    sigle: str
    meaning: str


class Learned(NamedTuple):
    """A pair, and in how many documents it was read."""

    sigle: str
    meaning: str
    documents: int


_MIN_LETTERS, _MAX_LETTERS = 2, 12
# A name has this many characters a letter of its sigle, and some more: 76 for a sigle of four letters.
_CHARS_A_LETTER, _MORE_CHARS = 14, 20
_MAX_CHARS = _CHARS_A_LETTER * _MAX_LETTERS + _MORE_CHARS
# The letters that a word may give. From so many letters on, one may be none's first (AERP: … en propreté), or two
# (DIRECCTE); a long sigle may also leave out a word (MINUSMA).
_MOST_GIVEN = 3
_MEDIUM, _LONG = 4, 6
# Parentheses looked at in one text; a book of 500 pages has some thousands.
_MAX_TRIED = 10_000

# Words that may give their letter or none (TVA: taxe sur la valeur ajoutée; CEDEAO: des États).
_FRENCH = "l d la le les de du des un une et ou en a au aux pour par sur dans sans sous avec contre entre vers s n"
_ENGLISH = "of the for and in on to"
_SMALL = frozenset((*_FRENCH.split(), *_ENGLISH.split()))

_UPPER, _LETTER = "A-ZÀ-ÖØ-ÞŒ", "A-Za-zÀ-ÖØ-öø-ÿŒœ"
# ONU, C2D, O.N.U., CGT-FO, Minusma, FAMa. Other words have this shape (Mali, Article): no name spells them.
_SIGLE = rf"[{_UPPER}](?:\.?[{_LETTER}0-9]|[&'’-][{_UPPER}]){{1,15}}\.?"
# (ONU) · (ci-après l’« ONU ») · (ONU, à New York); or, behind a capital, (Organisation des Nations unies). One pattern
# that begins with a plain sign: it is searched for as fast as the sign is.
_LED_IN = r"(?:(?:ou|dite?s?|ci-après|en abrégé)\s+)?(?:l['’]|l[ae]s?\s+)?"
_INSIDE = rf"[«“\"]?\s?{_LED_IN}[«“\"]?\s?({_SIGLE})[\s»”\"]*[),;:/–]"
_EXPLAINED = rf"(?<=[{_UPPER}0-9] \()([{_LETTER}«“\"][^()]{{5,{_MAX_CHARS}}})\)"
_CANDIDATE = re.compile(rf"\((?:{_INSIDE}|{_EXPLAINED})")
_SPLIT_BEFORE = re.compile(r"[\s'’(«\"/]")
_WHOLE_SIGLE = re.compile(_SIGLE)
_PLURAL = re.compile(rf"(?<=[{_UPPER}]{{2}})s$")
_WORD = re.compile(r"[^\W_]+")
# What no name goes across.
_BREAK = re.compile(r"[.;:!?()\[\]{}|•«“\"–—]|\n\n")
_CLOSING = " \t\n\u00a0\u202f»”\"'’"
_PART_END = re.compile(r"[,;:–—]")

# The words of names are few: what they fold to is looked up.
_folded = lru_cache(maxsize=8192)(fold)


def find_pairs(text: str) -> list[Pair]:
    """The sigles that a text explains, in order, each as often as it does. Never raises."""
    if "(" not in text:
        return []
    pairs = []
    for match in islice(_CANDIDATE.finditer(text), _MAX_TRIED):
        inside, explained = match.groups()
        if inside:
            sigle = _plain(inside)
            meaning = sigle and _meaning_before(text, match.start(), sigle)
        else:
            sigle = _sigle_before(text, match.start())
            meaning = sigle and _meaning_inside(explained, sigle)
        if meaning:
            pairs.append(Pair(sigle, meaning))
    return pairs


@lru_cache(maxsize=8192)
def _plain(written: str) -> str:
    """A sigle without its dots and the s of a plural; empty when it has too few capitals or letters to be one."""
    sigle = _PLURAL.sub("", written.replace(".", ""))
    capitals = sum(map(str.isupper, sigle))
    enough = capitals > 1 or (capitals == 1 and len(sigle) > 3)  # Smic is one; La, Mme and Art begin sentences
    return sigle if enough and _MIN_LETTERS <= len(fold(sigle)) <= _MAX_LETTERS else ""


def _sigle_before(text: str, parenthesis: int) -> str:
    """The word before a space and this parenthesis, when it is a sigle; else empty."""
    word = _SPLIT_BEFORE.split(text[max(0, parenthesis - 1 - 2 * _MAX_LETTERS) : parenthesis - 1])[-1]
    return _plain(word) if _WHOLE_SIGLE.fullmatch(word) else ""


def _meaning_before(text: str, end: int, sigle: str) -> str:
    """The words that end at `end` and spell the sigle; empty when none do."""
    window = text[max(0, end - _CHARS_A_LETTER * len(sigle) - _MORE_CHARS) : end].rstrip(_CLOSING)
    return _meaning_at_end(_BREAK.split(window)[-1], sigle)


@lru_cache(maxsize=8192)
def _meaning_at_end(stretch: str, sigle: str) -> str:
    """The end of a stretch of text that spells the sigle. Texts repeat themselves: half of these were met before."""
    stretch = _composed(stretch)
    words = _WORD.findall(stretch)
    first = _first_word(list(map(_folded, words)), _folded(sigle))
    if first is None:
        return ""
    if len(sigle) >= _LONG and first and words[first].islower() and words[first - 1][0] == words[first][0].upper():
        first -= 1  # the M of MINUSMA is of Mission, not of multidimensionnelle
    return _from_word(stretch, words, first)


def _meaning_inside(content: str, sigle: str) -> str:
    """The content of a parenthesis, or its first part, when all of it spells the sigle; empty otherwise."""
    for stretch in (content, _PART_END.split(content, maxsplit=1)[0]):
        words = _WORD.findall(stretch := _composed(stretch))
        folded = list(map(_folded, words))
        first = _first_word(folded, _folded(sigle))
        if first is not None and _SMALL.issuperset(folded[:first]):
            return _from_word(stretch, words, first)
    return ""


def _composed(stretch: str) -> str:
    return stretch if stretch.isascii() else unicodedata.normalize("NFC", stretch)


def _from_word(stretch: str, words: Sequence[str], first: int) -> str:
    """What a stretch of text has from one of its words to its last."""
    end = start = len(stretch)
    for place in range(len(words) - 1, first - 1, -1):
        start = stretch.rindex(words[place], 0, start)
        if place == len(words) - 1:
            end = start + len(words[place])
    return " ".join(stretch[start:end].split())


def _first_word(words: Sequence[str], letters: str) -> int | None:
    """The first of the words that spell these letters and end with the last word; None when none do."""
    # Most candidates that are none end here.
    if len(words) < 2 or letters[-1] not in words[-1][:_MOST_GIVEN]:
        return None
    first = _initials(words, letters)
    if first is None:
        first = _Spelling(words, letters).first()
    return first if first is not None and len(set(words[first:]) - _SMALL) > 1 else None


def _initials(words: Sequence[str], letters: str) -> int | None:
    """What the search below tries first and mostly finds: each word gives its first letter, small ones give none."""
    left = len(letters)
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        if word in _SMALL:
            if place == len(words) - 1:
                return None
        elif word[:1] != letters[left - 1]:
            return None
        else:
            left -= 1
            if not left:
                return place
    return None


class _Spelling:
    """Words against the letters of a sigle, from the last to the first."""

    def __init__(self, words: Sequence[str], letters: str) -> None:
        self._words = words
        self._letters = letters
        self._failed: set[tuple[int, int, int, int]] = set()

    def first(self) -> int | None:
        """The first word; one may be passed over only where nothing else fits."""
        size = len(self._letters)
        more = 0 if size < _MEDIUM else 1 if size < _LONG else 2
        first = self._before(len(self._words), size, more, 0)
        return self._before(len(self._words), size, more, 1) if first is None and size >= _LONG else first

    def _before(self, end: int, size: int, more: int, passed: int) -> int | None:
        """The first of the words up to `end` that spell the first `size` letters; None when none do.

        A word gives its first letter, and further ones out of `more`; a small word none, or one; `passed` other words
        give none.
        """
        state = (end, size, more, passed)
        if end == 0 or state in self._failed:
            return None
        word = self._words[end - 1]
        found = None
        if word in _SMALL:
            if end < len(self._words):
                found = self._before(end - 1, size, more, passed)
            if found is None and size > 1 and word[:1] == self._letters[size - 1]:
                found = self._before(end - 1, size - 1, more, passed)
        else:
            found = self._with(word, end, size, more, passed)
            if found is None and passed and end < len(self._words):
                found = self._before(end - 1, size, more, passed - 1)
        if found is None:
            self._failed.add(state)
        return found

    def _with(self, word: str, end: int, size: int, more: int, passed: int) -> int | None:
        """The same when the last of the words gives some letters."""
        for given in range(1, min(_MOST_GIVEN, more + 1, size) + 1):
            if word[:given] == self._letters[size - given : size]:
                if given == size:
                    return end - 1
                found = self._before(end - 1, size - given, more - given + 1, passed)
                if found is not None:
                    return found
        return None


def fold_words(text: str) -> str:
    """A name without case, accents, apostrophes and hyphens, to tell whether two spellings are the same one."""
    return " ".join(filter(None, map(_folded, _WORD.findall(_composed(text)))))
