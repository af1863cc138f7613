"""Documents: the files below a root, and what is read of each.

`walk` lists files; `read` turns one into entries, through the module of its format (`formats/`), then the rules of
titles, dates and types (`assemble.py`). All input is hostile: sizes and depths are bounded, and what cannot be read is
a reason, never a crash.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from indexer.documents.assemble import assemble
from indexer.documents.dates import parse_date
from indexer.documents.entry import Entry, Rejected
from indexer.documents.formats import FORMATS, Source, format_of
from indexer.documents.types import TypeRules
from indexer.documents.walk import FileFacts, Unwalkable, walk
from indexer.errors import UnreadableDocument

__all__ = ["FORMATS", "Entry", "FileFacts", "Rejected", "TypeRules", "Unwalkable", "parse_date", "read", "walk"]


def read(
    path: Path, relative: str, rules: TypeRules, *, max_bytes: int, today: date | None = None
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
    today = today or datetime.now(UTC).date()
    source = Source.open(path, relative, max_bytes)
    try:
        if source.size == 0:
            yield Rejected(None, None, "fichier vide", empty=True)
            return
        for draft in format_.drafts(source):
            yield draft if isinstance(draft, Rejected) else assemble(draft, relative, rules, today)
    except OSError as error:
        raise UnreadableDocument("lecture interrompue par une erreur du disque") from error
    finally:
        source.file.close()
