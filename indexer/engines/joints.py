"""How the documents of an index write two halves of a word: as one word, or with a hyphen between.

Asked by those who read files, in whatever process, of words that are cut at line ends (documents/hyphens.py).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from indexer.columnar.generation import OpenGeneration
from indexer.columnar.schema import SURFACE, field_name
from indexer.engines.collection import Collection
from indexer.engines.lists import Terms
from indexer.engines.positions import docs_with_all, positions_in, spread
from indexer.errors import IndexDamaged
from indexer.french.fold import fold

_BODY = field_name("body", SURFACE)
# Documents that are looked at to tell a word from a compound, which is found as one word too.
_DOCUMENTS = 4


class Joints:
    """What the generation in a folder says; it is opened at the first question. A Joins of documents/hyphens.py."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: OpenGeneration | None = None
        self._collection: Collection | None = None

    def __reduce__(self) -> tuple[type[Joints], tuple[Path]]:
        """Sent to another process, it opens the generation there."""
        return Joints, (self._folder,)

    def __call__(self, first: str, second: str) -> bool | None:
        """True when it has the halves as one word, False with a hyphen alone, None when it has neither.

        What cannot be read of the index is nothing that is known: the run will say so when it writes.
        """
        with suppress(IndexDamaged):
            if self._opened is None or self._collection is None:
                self._opened = OpenGeneration(self._folder)
                self._collection = Collection(self._opened.parts)
            with self._opened.damage_named():
                return _in(self._collection, fold(first), fold(second))
        return None


def _in(collection: Collection, first: str, second: str) -> bool | None:
    terms = Terms(collection.fields)
    whole, half = terms.find(_BODY, first + second), terms.find(_BODY, first)
    if whole is None:
        return None
    some = spread(whole.docs, _DOCUMENTS)
    if half is None or len(docs_with_all([half], some)) < len(some):
        return True
    # A compound is at the place of its first part.
    return not all(set(positions_in(whole, d)) <= set(positions_in(half, d)) for d in some.tolist())
