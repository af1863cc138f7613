"""Folds a word to the form under which it is indexed: no case, no accents, letters and digits only.

The only importer of unidecode, which is called per character and for Latin script alone: elsewhere it invents (`北京`
becomes `Bei Jing `, with spaces inside a term), and it turns `n°` into `ndeg`.
"""

from __future__ import annotations

import unicodedata

from unidecode import unidecode

# No term is longer (in characters); what a hostile text has beyond is cut off.
MAX_TERM = 255


def fold(word: str) -> str:
    """Return the folded form of one word, empty when it has no letter or digit.

    Latin letters become a-z (`Œuvre` → `oeuvre`, `Łódź` → `lodz`, `straße` → `strasse`); other scripts keep their own
    letters and marks, lower-cased.
    """
    word = word[:MAX_TERM]
    if word.isascii():
        return word.lower() if word.isalnum() else "".join(filter(str.isalnum, word.lower()))
    # Compatibility forms first (ligature ﬁ, superscripts, full width, µ), again after the case, which can undo it.
    compatible = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return compatible.translate(_FOLDED)[:MAX_TERM]


class _Folded(dict[int, str]):
    """What `str.translate` puts for a lower-case character; filled as characters are met (Unicode bounds it)."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_character(chr(code))
        return folded


def _fold_character(char: str) -> str:
    if unicodedata.name(char, "").startswith("LATIN "):
        return "".join(c for c in unidecode(char).lower() if c.isascii() and c.isalnum())
    category = unicodedata.category(char)
    if category.startswith(("L", "N")):
        return char
    # Marks carry vowels in Indic scripts and belong to the word; a Latin accent that nothing composed is dropped.
    return char if category.startswith("M") and unicodedata.name(char, "")[:9] not in ("COMBINING", "") else ""


_FOLDED = _Folded()
