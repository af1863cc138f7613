"""Writing the documents of a draft generation with Whoosh's own segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from whoosh import index

from indexer.columnar import stored
from indexer.columnar.schema import STEM, SURFACE, field_name, schema
from indexer.french import Word
from indexer.model import Document

# Megabytes of postings held before Whoosh sorts them to disk. 512 indexes 28 % faster than 128 (research on 20,000
# documents) and 256 most of that; a run's memory stays under 600 MB.
_POOL_MB = 256
_WRITE_LOCK = "MAIN_WRITELOCK"


class Writer:
    """Adds and removes documents in a draft; nothing is there before `commit`."""

    def __init__(self, draft: Path, *, fresh: bool) -> None:
        self._draft = draft
        self._index = index.create_in(str(draft), schema()) if fresh else index.open_dir(str(draft))
        self._added: set[str] = set()
        self._opened: Any = None

    @property
    def _writer(self) -> Any:
        """Whoosh's writer, opened by the first change: opening leaves files, even when nothing is written."""
        if self._opened is None:
            self._opened = self._index.writer(limitmb=_POOL_MB)
        return self._opened

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove documents of the base generation by their numbers in it."""
        for number in numbers:
            self._writer.delete_document(number)

    def add(self, document: Document, title: Sequence[Word], body: Sequence[Word]) -> None:
        """Add a document with its analysed title and text. Each id once: Whoosh would keep both copies."""
        if document.id in self._added:
            raise ValueError(f"document {document.id!r} was already added in this run")
        self._added.add(document.id)
        terms = {}
        for field, words in (("title", title), ("body", body)):
            terms[field_name(field, SURFACE)] = [word.surface for word in words]
            terms[field_name(field, STEM)] = [word.stem for word in words]
        self._writer.add_document(
            id=document.id,
            type=document.type,
            date=document.date.key if document.date else 0,
            title_key=sort_key(title, document.title).encode(errors="replace"),
            file=file_key(document).encode(errors="replace"),
            digest=document.digest.encode(),
            first_seen=document.first_seen.encode(),
            document=stored.pack(document),
            **terms,
        )

    def commit(self) -> None:
        """Write the segments and the table of contents into the draft."""
        if self._opened is not None:
            self._opened.commit()
        self._index.close()
        (self._draft / _WRITE_LOCK).unlink(missing_ok=True)

    def cancel(self) -> None:
        """Give everything up. An added document must never be half there: Whoosh commits ghosts otherwise."""
        if self._opened is not None and not self._opened.is_closed:
            self._opened.cancel()


def file_key(document: Document) -> str:
    """Root and file of a document, without the `#id` of a line: what a run compares with the disk."""
    path = document.path.removesuffix(f"#{document.id}")
    return f"{document.root}/{path}"


def sort_key(title: Sequence[Word], text: str) -> str:
    """The key that orders titles as French dictionaries do: folded words first, accents and case to break ties."""
    return " ".join(word.surface[0] for word in title) + "\0" + text
