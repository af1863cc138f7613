"""Reading one generation through Whoosh: which documents match with which score, columns, stored documents."""

from __future__ import annotations

import contextlib
import pickle
import struct
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from whoosh import index, reading, scoring
from whoosh.filedb.filetables import FileFormatError

from indexer.columnar import stored
from indexer.columnar.compile import compile_tree
from indexer.errors import IndexDamaged
from indexer.model import Document
from indexer.query.tree import Node
from indexer.settings import Ranking

# What Whoosh lets through when its files are not what they should be (seen on 120 damaged segments, 300 flipped bits).
_DAMAGE = (
    index.IndexError,
    reading.CorruptIndexError,
    FileFormatError,
    pickle.UnpicklingError,
    struct.error,
    zlib.error,
    EOFError,
    OSError,
    AttributeError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)


class Reader:
    """One generation, opened. Immutable and safe to share between threads; files stay open until it is collected.

    A new generation gets a new Reader: `Searcher.refresh()` and `reader(reuse=…)` lose or resurrect documents
    (whoosh3 3.54), and so does the default collector's block skipping (see `matches`).
    """

    def __init__(self, folder: Path, ranking: Ranking) -> None:
        self._folder = folder
        self._ranking = ranking
        with self._damage_named():
            opened = index.open_dir(folder, readonly=True)
            self._searcher = opened.searcher(weighting=scoring.BM25F(B=ranking.b, K1=ranking.k1))
            self._reader = self._searcher.reader()

    @property
    def count(self) -> int:
        """Live documents."""
        return int(self._reader.doc_count())

    def matches(self, tree: Node) -> list[tuple[int, float]]:
        """Every live document that the tree matches, as (number, score), in order of number."""
        with self._damage_named():
            return self.walk(self._searcher, compile_tree(tree, self._ranking))

    @staticmethod
    def walk(searcher: Any, query: Any) -> list[tuple[int, float]]:
        """Every hit of a Whoosh query with its score: each segment's matcher, walked to its end.

        Whoosh's own collectors skip blocks by quality and lose documents of two-field OR queries, rank one included
        (3 of 25 queries at 20,000 documents, whoosh 2.7.4 to whoosh3 3.54).
        """
        found = []
        for segment, offset in searcher.leaf_searchers():
            matcher = query.matcher(segment, searcher.context())
            while matcher.is_active():
                found.append((offset + matcher.id(), matcher.score()))
                matcher.next()
        return found

    def document(self, number: int) -> Document:
        """The stored document of a number."""
        with self._damage_named():
            return stored.unpack(self._reader.stored_fields(number)["document"])

    def number(self, id: str) -> int | None:
        """The number of the live document with this id."""
        with self._damage_named():
            number = self._searcher.document_number(id=id)
        return None if number is None else int(number)

    def live_numbers(self) -> Iterator[int]:
        """Numbers of live documents, ascending."""
        return (number for number in range(self._reader.doc_count_all()) if not self._reader.is_deleted(number))

    @cached_property
    def dates(self) -> list[int]:
        """The date key of each document number, 0 for none."""
        return self._column("date")

    @cached_property
    def types(self) -> list[str]:
        """The type of each document number."""
        return self._column("type")

    @cached_property
    def ids(self) -> list[str]:
        """The id of each document number."""
        return self._column("id")

    @cached_property
    def title_keys(self) -> list[bytes]:
        """The key that orders each document number by title."""
        return self._column("title_key")

    def text_column(self, name: str) -> list[str]:
        """A column of text that only `reindex` reads, per document number."""
        return [value.decode() for value in self._column(name)]

    def _column(self, name: str) -> list[Any]:
        values: list[Any] = []
        with self._damage_named():
            for leaf, _ in self._reader.leaf_readers():
                values.extend(leaf.column_reader(name))
        return values

    @contextlib.contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGE as error:
            raise IndexDamaged(
                f"L’index est illisible dans {self._folder} ({type(error).__name__} : {error}). "
                "Reconstruisez-le : trouvaille reindex --full"
            ) from error
