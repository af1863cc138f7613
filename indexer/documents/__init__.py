"""Documents: the files below a root, and what is read of each.

`walk` lists files; `read` turns one into entries, through the module of its format (`formats/`), then the rules of
titles, dates and types (`assemble.py`). A file of lines can be shared out: `lines_of` opens it, `read_lines` reads some
of its lines, anywhere. All input is hostile: sizes and depths are bounded, and what cannot be read is a reason, never a
crash.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from indexer.documents.assemble import assemble
from indexer.documents.entry import EMPTY_FILE, Entry, Rejected
from indexer.documents.formats import FORMATS, Source, format_of
from indexer.documents.formats.jsonl import Known, Line, Lines, draft_of, drafts, repeated
from indexer.documents.types import TypeRules
from indexer.documents.walk import FileFacts, Unwalkable, os_reason, walk
from indexer.errors import UnreadableDocument

__all__ = [
    "FORMATS", "Entry", "FileFacts", "Line", "Lines", "Rejected", "TypeRules", "Unwalkable",
    "has_lines", "lines_of", "os_reason", "read", "read_lines", "repeated", "walk",
]  # fmt: skip


def read(
    path: str | os.PathLike[str], relative: str, rules: TypeRules, *, max_bytes: int, today: date | None = None
) -> Iterator[Entry | Rejected]:
    """The documents of one file, streamed.

    `max_bytes` bounds a file that is one document; a JSONL of any size is read, line by line. Raises
    UnreadableDocument, its message the reason in French, when the file as a whole cannot be read; for a damaged gzip
    file that may come after entries. `today` (default: the UTC day) bounds dates.
    """
    format_ = format_of(relative)
    if format_ is None:
        ending = PurePosixPath(relative).suffix.lower()
        raise UnreadableDocument(f"format non pris en charge : {ending or 'nom sans extension'}")
    today = today or _today()
    with _opened(path, relative, max_bytes) as source:
        if source.size == 0:
            yield EMPTY_FILE
            return
        for draft in format_.drafts(source):
            yield draft if isinstance(draft, Rejected) else assemble(draft, relative, rules, today)


def has_lines(relative: str) -> bool:
    """True for a file that holds a document a line."""
    format_ = format_of(relative)
    return format_ is not None and format_.drafts is drafts


@contextlib.contextmanager
def lines_of(path: str, relative: str, known: Known | None = None) -> Iterator[Lines]:
    """The lines of a file, looked over, without those that are `known`. Raises UnreadableDocument, as `read` does."""
    with _opened(path, relative, 0) as source:
        yield Lines(source, known)


def read_lines(
    lines: Iterable[Line | Rejected], relative: str, rules: TypeRules, *, today: date | None = None
) -> Iterator[Entry | Rejected]:
    """The documents of some lines of a file."""
    today = today or _today()
    for line in lines:
        draft = line if isinstance(line, Rejected) else draft_of(line)
        yield draft if isinstance(draft, Rejected) else assemble(draft, relative, rules, today)


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str], relative: str, max_bytes: int) -> Iterator[Source]:
    source = Source.open(path, relative, max_bytes)
    try:
        yield source
    except OSError as error:
        raise UnreadableDocument("lecture interrompue par une erreur du disque") from error
    finally:
        source.file.close()


def _today() -> date:
    return datetime.now(UTC).date()
