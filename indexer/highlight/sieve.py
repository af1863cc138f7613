"""Where in a text the words of a query may stand: a quick look that stops too often, never too rarely.

Whether a word is one that was asked, the analysis decides; the sieve says which chunks to ask it about. Nearly all
chunks are *plain*: one word in letters of Windows-1252, perhaps with an elided article before it and punctuation around
it. The surface of such a word is its letters, and its stem begins as it does, but for endings and families that are
known: a plain chunk that has none of these beginnings is passed over. Of the others (one in a hundred: celui-ci,
salarié(e)s, œuvre, O.N.U.) none is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache
from weakref import WeakKeyDictionary

from indexer.french import Analyzer
from indexer.french.fold import fold

# --- characters ------------------------------------------------------------------------------------------------------

# A byte for each character, so that places stay the same, by a codec that is ten times as fast as `str.translate`.
_CODE_PAGE = "cp1252"
_NOT_PLAIN, _SIGN, _OPENING, _APOSTROPHE, _DIGIT = "?-('0"
_KINDS = {**dict.fromkeys('(«"“[', _OPENING), **dict.fromkeys("'’‘´`", _APOSTROPHE)}
_KINDS |= dict.fromkeys("°ºª", _NOT_PLAIN)  # n° is a word, numéro


def _kind(char: str) -> str:
    """An ASCII letter is itself, one with an accent é or ç as it is a vowel or not; for others the kind of sign."""
    folded = fold(char)
    if char.isspace():
        return " "
    if char in _KINDS or not folded:
        return _KINDS.get(char, _SIGN)
    if len(folded) > 1 or not folded.isascii():  # œ, and all that is foreign
        return _NOT_PLAIN
    if folded.isdigit():
        return _DIGIT
    kind = char if char.isascii() else "é" if folded in "aeiouy" else "ç"
    return kind.upper() if char.isupper() else kind


@lru_cache(10_000)
def _stand_in(char: str) -> str:
    """What Windows-1252 has instead of a character that it has not: never a plain letter."""
    kind = _kind(char)
    return kind if kind in (" ", _SIGN) else "œ"


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError), "it is for encoding"
    return "".join(map(_stand_in, error.object[error.start : error.end])), error.end


_STAND_IN = "trouvaille.stand-in"
codecs.register_error(_STAND_IN, _replace)

_CHARACTERS = bytes(range(256)).decode(_CODE_PAGE, "replace")
_TO_KINDS = "".join(map(_kind, _CHARACTERS)).encode(_CODE_PAGE)
# Letters in lower case without accents, and spaces; everything else is no letter.
_TO_LETTERS = bytes(
    ord(fold(c) if k.isalpha() else k if k == " " else _SIGN)
    for c, k in zip(_CHARACTERS, _TO_KINDS.decode(_CODE_PAGE), strict=True)
)
_SPACE, _FIRST_LETTER = b" a"

# --- chunks that are not plain ---------------------------------------------------------------------------------------

_LETTER = "[A-Za-zÉéÇç]"
_VOWEL = "[AEIOUYHaeiouyhÉé]"  # as articles see it: l'homme


def _not_plain(analyzer: Analyzer) -> tuple[str, ...]:
    """Patterns of which one is found in every chunk that is not plain, but for YouTube (two words without a sign).

    Each begins with one character, which `re` finds ten times as fast as one of several.
    """
    lists = analyzer.lists
    elided = [f"(?<![ (]{word}')" for word in _any_case(lists.elided_before_any)]
    elided += [f"(?<![ (]{word}'(?={_VOWEL}))" for word in _any_case(lists.elided_before_vowel)]
    return (
        rf"\{_NOT_PLAIN}",
        f"{_SIGN}{_LETTER}",
        rf"\{_OPENING}(?<=[^ ].)",
        f"{_APOSTROPHE}(?={_LETTER}){''.join(elided)}",
    )


# 2 100, 3,5, 1er, and XXIe, which is also 21e.
_NUMBERS = (_DIGIT, f"[IVX](?<!{_LETTER}.)[IVX]*[eré]")


def _any_case(words: Iterable[str]) -> list[str]:
    plain = (word for word in sorted(words) if word.isascii() and word.isalpha())
    return ["".join(f"[{char}{char.upper()}]" for char in word) for word in plain]


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[bytes], ...]:
    return tuple(re.compile(pattern.encode(_CODE_PAGE)) for pattern in patterns)


# --- what words begin with -------------------------------------------------------------------------------------------

# A stem begins as all its forms do, but for what the stemmer puts in place of an ending: -trice → -teur, -ication →
# -iqu, -emment → -ent, -ence → -ent, -aux → -al, -euse → -eux, -oyer → -oi, -asse → -asser.
_PUT = re.compile("(?<=.)(?:(?<=t)eur|qu|n?t|[ilrx])$")
# Letters of irregular forms, of which a verb may have fifty: tien-, tend-, tint-, tenu-.
_MAX_IRREGULAR = 3


class _Language:
    """What one set of word lists says of plain chunks; made once, in a few milliseconds."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.not_plain = _compiled(_not_plain(analyzer))
        self.numbers = _compiled(_NUMBERS)
        self._irregular: dict[str, set[str]] = {}
        for form, head in analyzer.lists.heads.items():
            if len(form) > 1:  # one of a single letter is never looked up
                self._irregular.setdefault(head, set()).add(_PUT.sub("", form)[:_MAX_IRREGULAR])
        for short, full in analyzer.lists.abbreviations.items():
            self._irregular.setdefault(analyzer.stem(full), set()).add(short)

    def beginnings(self, stem: str) -> set[str]:
        """Each form of the stem begins with one of these."""
        return {_PUT.sub("", stem), *self._irregular.get(stem, ())}


_LANGUAGES: WeakKeyDictionary[Analyzer, _Language] = WeakKeyDictionary()


class Sieve:
    """Finds the chunks that may hold one of some surfaces, a form of one of some stems, or a prefix."""

    def __init__(
        self, analyzer: Analyzer, surfaces: Iterable[str], stems: Iterable[str], prefixes: tuple[str, ...]
    ) -> None:
        language = _LANGUAGES.get(analyzer)
        if language is None:
            language = _LANGUAGES[analyzer] = _Language(analyzer)
        exact = set(surfaces)
        begun = {beginning for stem in stems for beginning in language.beginnings(stem)}.union(prefixes)
        for short, full in analyzer.lists.abbreviations.items():
            if full in exact or full.startswith(prefixes):
                begun.add(short)
        numeric = any(map(str.isdigit, "".join((*begun, *exact))))
        self._others = language.not_plain + (language.numbers if numeric else ())
        self._everything = "" in begun
        begun = set(filter(None, map(_letters, begun)))
        begun = {word for word in begun if not word.startswith(tuple(begun - {word}))}
        exact = {word for word in map(_letters, exact) if word and not word.startswith(tuple(begun))}
        self._words = [(word.encode(), word in exact) for word in sorted(begun | exact)]

    def chunks(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each, in order; no two overlap."""
        encoded = text.encode(_CODE_PAGE, _STAND_IN) + b" "
        letters = encoded.translate(_TO_LETTERS)
        if self._everything:
            return [match.span() for match in _CHUNK.finditer(letters)]
        found: dict[int, int] = {}
        self._find_words(encoded, letters, found)
        kinds = encoded.translate(_TO_KINDS)
        for pattern in self._others:
            other = pattern.search(kinds)
            while other:
                end = letters.find(b" ", other.start())
                found[letters.rfind(b" ", 0, other.start()) + 1] = end
                other = pattern.search(kinds, end)
        return sorted(found.items())

    def _find_words(self, encoded: bytes, letters: bytes, found: dict[int, int]) -> None:
        """Add the chunks in which one of the beginnings begins a word, or one of the words is one."""
        find, find_back = letters.find, letters.rfind
        for word, exact in self._words:
            size = len(word)
            at = find(word)
            while at >= 0:
                # Not inside a word; a capital begins a new one (YouTube). What is "before" the text is its last space.
                before = letters[at - 1]
                if (before >= _FIRST_LETTER and encoded[at] == letters[at]) or (
                    exact and letters[at + size] >= _FIRST_LETTER and encoded[at + size] == letters[at + size]
                ):
                    at = find(word, at + 1)
                else:
                    end = find(b" ", at)
                    found[at if before == _SPACE else find_back(b" ", 0, at) + 1] = end
                    at = find(word, end)


_CHUNK = re.compile(b"[^ ]+")
_OF_LETTERS = re.compile(r"([a-z]+)\W*")


def _letters(word: str) -> str:
    """The letters of mandat and c++; nothing for words that no plain chunk has: 2100, r&d, un.org."""
    found = _OF_LETTERS.fullmatch(word)
    return found[1] if found else ""
