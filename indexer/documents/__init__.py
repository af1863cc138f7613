"""Documents: the files below a root, and what is read of each.

`walk` lists files; `read` turns one into entries, through the module of its format (`formats/`), then the rules of
titles, dates and types (`assemble.py`). A file of lines can be shared out: `lines_of` opens it, `read_lines` reads some
of its lines, anywhere. All input is hostile: sizes and depths are bounded, and what cannot be read is a reason, never a
crash.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from indexer.documents.assemble import assemble
from indexer.documents.entry import EMPTY_FILE, Draft, Entry, LeftAside, Member, Rejected
from indexer.documents.formats import (
    FORMATS,
    JSONL,
    MARKDOWN,
    TEXT,
    Choices,
    Format,
    OtherKind,
    Source,
    format_of,
    named_format,
)
from indexer.documents.formats.jsonl import Known, Line, Lines, draft_of, repeated
from indexer.documents.given import NOTHING_SAID, Inventory, Said, given_of, mark_of, not_met
from indexer.documents.types import TypeRules
from indexer.documents.walk import (
    METADATA,
    FileFacts,
    FolderMetadata,
    Unwalkable,
    is_metadata,
    name_of,
    os_reason,
    passed_over,
    walk,
)
from indexer.documents.why import format_rule, inventory_above, language_rule
from indexer.errors import UnreadableDocument
from indexer.french.typography import NO_BREAK, number
from indexer.model import place_inside

__all__ = [
    "FORMATS", "METADATA", "NOTHING_SAID", "Choices", "Entry", "FileFacts", "FolderMetadata", "Inventory", "Line",
    "Lines", "Rejected", "Said", "TypeRules", "Unwalkable", "format_rule", "has_lines", "inventory_above",
    "is_metadata", "is_plain", "language_rule", "lines_of", "mark_of", "name_of", "not_met", "os_reason", "passed_over",
    "place_inside", "read", "read_lines", "refusal", "repeated", "walk",
]  # fmt: skip

# Kinds of files inside of a file, not read, that a report names.
_KINDS_NAMED = 5
# Formats without foreign code in them.
_PLAIN = (TEXT, MARKDOWN, JSONL)


def read(
    path: str | os.PathLike[str],
    relative: str,
    rules: TypeRules,
    *,
    max_bytes: int,
    today: date | None = None,
    choices: Choices | None = None,
    said: Said = NOTHING_SAID,
) -> Iterator[Entry | Rejected]:
    """The documents of one file and, when it holds files, of these, streamed.

    `max_bytes` bounds a file that is one document; a JSONL of any size is read, line by line. Raises
    UnreadableDocument, its message the reason in French, when the file as a whole cannot be read; for a damaged gzip
    file that may come after entries. A file inside that cannot be read is a Rejected; pictures and the like inside are
    one Rejected together, as empty ones. `today` (default: the UTC day) bounds dates; without `choices` columns are
    called what they usually are. What is `said` of the file from outside wins.
    """
    with _opened(path, relative, max_bytes, choices) as source:
        reading = _Reading(rules, today or _today(), said)
        yield from reading.documents(source, "")
        yield from reading.left_aside()


@dataclass(slots=True)
class _Reading:
    """One file while it is read, with the files inside of it; `aside` counts what inside is no document, by kind."""

    rules: TypeRules
    today: date
    said: Said
    aside: Counter[str] = field(default_factory=Counter)

    def documents(self, source: Source, member: str) -> Iterator[Entry | Rejected]:
        """The documents of the file, or of one inside of it (`member`: where)."""
        if source.size == 0:
            yield replace(EMPTY_FILE, member=member)
            return
        format_, warnings = format_of(source)
        for found in format_.drafts(source):
            match found:
                case Member():
                    yield from self._member(source, member, found)
                case LeftAside(kind):
                    self.aside[kind] += 1
                case Rejected():
                    yield replace(found, member=place_inside(member, found.member))
                case Draft():
                    yield self._entry(source, place_inside(member, found.member), found, format_, warnings)

    def _entry(
        self, source: Source, member: str, draft: Draft, format_: Format, warnings: tuple[str, ...]
    ) -> Entry | Rejected:
        draft = draft._replace(format=draft.format or format_.name, warnings=warnings + draft.warnings)
        given = given_of(self.said, member, alone=draft.key is None)
        entry = assemble(draft, source.relative, self.rules, self.today, given)
        if isinstance(entry, Rejected):
            return replace(entry, member=member)
        return entry._replace(member=member)

    def _member(self, source: Source, member: str, found: Member) -> Iterator[Entry | Rejected]:
        """The documents of a file inside of another; what cannot be read of it is a Rejected."""
        inside = place_inside(member, found.name)
        try:
            yield from self.documents(source.inside(found), inside)
        except OtherKind as error:
            self.aside[error.kind] += 1
        except UnreadableDocument as error:
            yield Rejected(None, None, str(error), empty=False, member=inside)

    def left_aside(self) -> Iterator[Rejected]:
        """What was inside of the file and is no document, in one line: an album of 5,000 photographs has no faults."""
        if not self.aside:
            return
        total = self.aside.total()
        files = (
            f"{number(total)} fichiers d’autres formats laissés" if total > 1 else "un fichier d’un autre format laissé"
        )
        kinds = [
            kind if total == 1 else f"{kind} ({number(times)})" for kind, times in self.aside.most_common(_KINDS_NAMED)
        ]
        more = ", …" if len(self.aside) > _KINDS_NAMED else ""
        yield Rejected(None, None, f"{files} de côté{NO_BREAK}: {', '.join(kinds)}{more}", empty=True)


def has_lines(relative: str, path: str | os.PathLike[str] | None = None) -> bool:
    """True for a file that holds a document a line, by its name; with `path`, not when its content is clearly other."""
    format_ = named_format(relative)
    if format_ is None or format_.name != JSONL:
        return False
    try:
        with _opened(path or "", relative, 0) if path else contextlib.nullcontext() as source:
            return source is None or format_of(source)[0] is format_
    except OtherKind:
        return False
    except UnreadableDocument:
        return True  # whoever opens its lines is told why not


def refusal(path: str | os.PathLike[str], relative: str, *, max_bytes: int) -> str:
    """Why a file is refused for its kind or its size alone (French), without reading all of it; "" for all others."""
    try:
        with _opened(path, relative, max_bytes) as source:
            format_, _ = format_of(source)
            if source.size > max_bytes:  # formats that want all of it say so first
                next(format_.drafts(source), None)
    except UnreadableDocument as error:
        return str(error)
    return ""


def is_plain(path: str | os.PathLike[str], relative: str) -> bool:
    """True for a file that our own code alone reads (text, Markdown, JSONL), by its name and its first bytes."""
    try:
        with _opened(path, relative, 0) as source:
            return format_of(source)[0].name in _PLAIN
    except UnreadableDocument:
        return False


@contextlib.contextmanager
def lines_of(path: str, relative: str, known: Known | None = None) -> Iterator[Lines]:
    """The lines of a file, looked over, without those that are `known`. Raises UnreadableDocument, as `read` does."""
    with _opened(path, relative, 0) as source:
        yield Lines(source, known)


def read_lines(
    lines: Iterable[Line | Rejected],
    relative: str,
    rules: TypeRules,
    *,
    today: date | None = None,
    said: Said = NOTHING_SAID,
) -> Iterator[Entry | Rejected]:
    """The documents of some lines of a file."""
    today = today or _today()
    given = given_of(said, "", alone=False)
    for line in lines:
        draft = line if isinstance(line, Rejected) else draft_of(line)
        entry = draft if isinstance(draft, Rejected) else assemble(draft, relative, rules, today, given)
        yield entry if isinstance(entry, Rejected) else entry._replace(format=JSONL)


@contextlib.contextmanager
def _opened(
    path: str | os.PathLike[str], relative: str, max_bytes: int, choices: Choices | None = None
) -> Iterator[Source]:
    source = Source.open(path, relative, max_bytes, choices)
    try:
        yield source
    except OSError as error:
        raise UnreadableDocument("lecture interrompue par une erreur du disque") from error
    finally:
        source.file.close()


def _today() -> date:
    return datetime.now(UTC).date()
