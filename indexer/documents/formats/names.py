"""Names of files inside of files: labels to show and to tell them apart by. Nothing is ever written under them."""

from __future__ import annotations

import re
import unicodedata

from indexer.documents.walk import is_metadata, passed_over

_MOST_CHARS = 500
_NAMELESS = "sans nom"
# Controls, lone surrogates, and the marks that turn the direction of what follows or cannot be seen.
_HARMFUL = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]+")


def harmless(name: str) -> str:
    """`name` in NFC with `/` between folders, never absolute, without `..` and without signs that deceive."""
    name = unicodedata.normalize("NFC", _HARMFUL.sub(" ", name)).replace("\\", "/")
    parts = [part.strip() for part in name.split("/")]
    return "/".join(part for part in parts if part not in ("", ".", ".."))[-_MOST_CHARS:].lstrip("/") or _NAMELESS


class Names:
    """The names of the files inside of one file: harmless, no two alike, and which of them are passed over.

    A second `a.txt` is `a (2).txt`. Names with a hidden part, or that match a pattern of `ignore`, are passed over, as
    they are in a folder.
    """

    def __init__(self, ignore: tuple[str, ...] = ()) -> None:
        self._passed_over = passed_over(ignore)
        self._times: dict[str, int] = {}

    def is_passed_over(self, name: str) -> bool:
        """True for a name that no walk looks at, and for a table of metadata, which is no document here either."""
        return is_metadata(name) or self._passed_over(name)

    def unique(self, name: str) -> str:
        """`name`, or a variant of it that was not given yet."""
        wanted = name
        while wanted in self._times:
            self._times[name] += 1
            folder, slash, last = name.rpartition("/")
            stem, _, ending = last.rpartition(".")
            numbered = f"{stem or ending} ({self._times[name]})" + (f".{ending}" if stem else "")
            wanted = f"{folder}{slash}{numbered}"
        self._times[wanted] = 1
        return wanted
