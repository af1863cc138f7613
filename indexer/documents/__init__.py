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
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from indexer.documents.assemble import assemble
from indexer.documents.decode import refuse_other_kinds
from indexer.documents.entry import EMPTY_FILE, Entry, Member, Rejected
from indexer.documents.formats import FORMATS, JSONL, Source, format_of, markdown, plain
from indexer.documents.formats.html import looks_like_html
from indexer.documents.formats.jsonl import Known, Line, Lines, draft_of, drafts, repeated
from indexer.documents.hyphens import Joins, unknown
from indexer.documents.types import TypeRules
from indexer.documents.walk import FileFacts, Unwalkable, os_reason, passed_over, walk
from indexer.errors import UnreadableDocument

__all__ = [
    "FORMATS", "Entry", "FileFacts", "Joins", "Line", "Lines", "Rejected", "TypeRules", "Unwalkable",
    "has_lines", "is_plain", "lines_of", "os_reason", "passed_over", "place_inside", "read", "read_lines", "repeated",
    "unknown", "walk",
]  # fmt: skip

# Formats without foreign code in them, and the bytes that tell what else a file may be.
_PLAIN = (plain.drafts, markdown.drafts, drafts)
_START_BYTES = 4096


def read(
    path: str | os.PathLike[str],
    relative: str,
    rules: TypeRules,
    *,
    max_bytes: int,
    today: date | None = None,
    joins: Joins = unknown,
) -> Iterator[Entry | Rejected]:
    """The documents of one file and, when it holds files, of these, streamed.

    `max_bytes` bounds a file that is one document; a JSONL of any size is read, line by line. Raises
    UnreadableDocument, its message the reason in French, when the file as a whole cannot be read; for a damaged gzip
    file that may come after entries. A file inside that cannot be read is a Rejected. `today` (default: the UTC day)
    bounds dates. `joins` says how words that are cut at line ends are written elsewhere.
    """
    with _opened(path, relative, max_bytes, joins) as source:
        yield from _read(source, "", rules, today or _today())


def _read(source: Source, member: str, rules: TypeRules, today: date) -> Iterator[Entry | Rejected]:
    """The documents of a file, or of one inside of it (`member`: where)."""
    format_ = format_of(source.relative)
    if format_ is None:
        ending = PurePosixPath(source.relative).suffix.lower()
        raise UnreadableDocument(f"format non pris en charge : {ending or 'nom sans extension'}")
    if source.size == 0:
        yield EMPTY_FILE
        return
    for found in format_.drafts(source):
        if isinstance(found, Member):
            yield from _read_member(source, member, found, rules, today)
        elif isinstance(found, Rejected):
            yield replace(found, member=place_inside(member, found.member))
        else:
            entry = assemble(found, source.relative, rules, today)
            if isinstance(entry, Rejected):
                yield replace(entry, member=member)
            else:
                yield entry._replace(member=member, format=entry.format or format_.name)


def _read_member(
    source: Source, member: str, found: Member, rules: TypeRules, today: date
) -> Iterator[Entry | Rejected]:
    """The documents of a file inside of another; what cannot be read of it is a Rejected."""
    inside = place_inside(member, found.name)
    try:
        yield from _read(source.inside(found), inside, rules, today)
    except UnreadableDocument as error:
        yield Rejected(None, None, str(error), empty=False, member=inside)


def place_inside(outer: str, inner: str) -> str:
    """The place of a file inside of another, as it is shown: `a.zip!/b.pdf`; either may be empty."""
    return f"{outer}!/{inner}" if outer and inner else outer or inner


def has_lines(relative: str) -> bool:
    """True for a file that holds a document a line."""
    format_ = format_of(relative)
    return format_ is not None and format_.drafts is drafts


def is_plain(path: str | os.PathLike[str], relative: str) -> bool:
    """True for a file that our own code alone reads (text, Markdown, JSONL), by its name and its first bytes."""
    format_ = format_of(relative)
    if format_ is None or format_.drafts not in _PLAIN:
        return False
    try:
        with _opened(path, relative, 0) as source:
            start = source.file.read(_START_BYTES)
            refuse_other_kinds(start)
    except UnreadableDocument:
        return False
    return not looks_like_html(start)


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
        entry = draft if isinstance(draft, Rejected) else assemble(draft, relative, rules, today)
        yield entry if isinstance(entry, Rejected) else entry._replace(format=JSONL)


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str], relative: str, max_bytes: int, joins: Joins = unknown) -> Iterator[Source]:
    source = Source.open(path, relative, max_bytes, joins)
    try:
        yield source
    except OSError as error:
        raise UnreadableDocument("lecture interrompue par une erreur du disque") from error
    finally:
        source.file.close()


def _today() -> date:
    return datetime.now(UTC).date()
