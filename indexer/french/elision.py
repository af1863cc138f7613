"""Elided articles and pronouns (l', d', qu'…) and the other uses of the apostrophe inside a word."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Letters that a word with elision in front begins with; h and digits too (l'homme, d'1 an).
_VOWELS = "aeiouyhàâäáãåæéèêëíìîïóòôöõøœúùûüýÿ"

# d'l'homme happens in transcribed speech; a longer run is not French.
_MAX_ELISIONS = 3


class Elision:
    """Finds where a word begins behind its elided articles."""

    def __init__(self, before_vowel: Iterable[str], before_any: Iterable[str]) -> None:
        vowels = f"(?=[{_VOWELS}{_VOWELS.upper()}0-9])"
        always = r"(?=[^\W_])"
        self.pattern = f"(?:(?:{_any_case(before_vowel)})'{vowels}|(?:{_any_case(before_any)})'{always})"
        self._prefix = re.compile(self.pattern + f"{{0,{_MAX_ELISIONS}}}")
        self._alone = re.compile(f"(?:{_any_case([*before_vowel, *before_any])})")

    def skip(self, text: str, start: int, end: int) -> int:
        """The place where the word of `text[start:end]` begins once its elided articles are taken off."""
        match = self._prefix.match(text, start, end)
        return match.end() if match else start

    def left_alone(self, text: str, start: int, end: int) -> bool:
        """True for an article cut off from its word by punctuation, as the l of `l'«ONU»`."""
        return (
            text[end : end + 1] == "'"
            and text[start - 1 : start] != "'"  # 'd' in quotes is a letter of its own
            and self._alone.fullmatch(text, start, end) is not None
        )


def without_possessive(text: str, start: int, end: int) -> int:
    """The end of the word without an English 's (McDonald's); a word of one letter keeps it."""
    if end - start > 3 and text[end - 2 : end] in ("'s", "'S"):
        return end - 2
    return end


def _any_case(words: Iterable[str]) -> str:
    # Longest first: qu' must be tried before a shorter word that begins it.
    return "|".join("".join(f"[{c}{c.upper()}]" for c in word) for word in sorted(words, key=len, reverse=True))
