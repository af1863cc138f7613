"""One spelling for comparisons: without case, accents or typography. Never what is stored or shown."""

from __future__ import annotations

import re
import unicodedata

_SAME = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ´`′", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("«»“”„", '"'),
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "º": "°",
        "№": "n°",
    }
)
_SPACES = re.compile(r"\s+")
_BREAKS = re.compile(r"[ \t\n]+")


def plain(text: str) -> str:
    """`text` in lower case, without accents or invisible signs, one kind of apostrophe and dash, single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_SAME))
        text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf"))
        text = text.translate(_SAME)
    return _SPACES.sub(" ", text.casefold()).strip()


def squeeze(text: str) -> str:
    """`text` on one line; the no-break spaces of French typography stay."""
    return _BREAKS.sub(" ", text).strip()
