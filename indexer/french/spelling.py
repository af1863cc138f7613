"""One spelling for comparisons: without case, accents or typography. Never what is stored or shown."""

from __future__ import annotations

import re
import unicodedata

_SAME = {
    **dict.fromkeys("’‘ʼ´`′", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("«»“”„", '"'),
    **dict.fromkeys("œŒ", "oe"),
    **dict.fromkeys("æÆ", "ae"),
    "º": "°",
    "№": "n°",
    **{fraction: unicodedata.normalize("NFKD", fraction) for fraction in "¼½¾"},
    "µ": "μ",
}
# Combining accents, soft hyphens, zero-width and direction signs.
_UNSEEN = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+"
)
_WORDS = re.compile(r"[^\W_]+")
_BREAKS = re.compile(r"[ \t\n]+")
# What NFKD and _UNSEEN make of each sign of Latin-1 that has none of _SAME: a sign of Latin-1, or nothing.
_LATIN = [_UNSEEN.sub("", unicodedata.normalize("NFKD", chr(code))) for code in range(256)]
_BASE = bytes(ord(base) if len(base) == 1 and base < "\u0100" else ord("?") for base in _LATIN)
_NO_BASE = bytes(code for code, base in enumerate(_LATIN) if not base)


def plain(text: str) -> str:
    """`text` in lower case, without accents or invisible signs, one kind of apostrophe and dash, single spaces."""
    if not text.isascii():
        for sign, same in _SAME.items():  # three times faster than str.translate, which calls for each character
            if sign in text:
                text = text.replace(sign, same)
        try:  # nearly all French is Latin-1 by now, and done ten times faster as such
            text = text.encode("latin-1").translate(_BASE, _NO_BASE).decode("latin-1")
        except UnicodeEncodeError:
            text = _UNSEEN.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(text.casefold().split())


def bare(text: str) -> str:
    """The words of `plain(text)`, single spaces between: what names are compared by (`article-de-presse`)."""
    return " ".join(_WORDS.findall(plain(text)))


def squeeze(text: str) -> str:
    """`text` on one line; the no-break spaces of French typography stay."""
    if "  " in text or "\n" in text or "\t" in text:
        text = _BREAKS.sub(" ", text)
    return text.strip()
