"""The Whoosh schema: what Whoosh can ask of our segments.

The class paths of this module and of codec.py stand in the table of contents of every index: they are part of
`generations.FORMAT`.
"""

from __future__ import annotations

from typing import Any, NoReturn

from whoosh import columns, fields, formats

FIELDS = ("title", "body")
SURFACE = "surface"
STEM = "stem"
# Columns of strings that can also be searched, and the attribute of a Segment that holds each.
KEYWORDS = {"file": "files", "id": "ids", "type": "types", "format": "formats", "language": "languages"}
# The dates that documents name, where they are looked for.
MENTION = "mention"
DIGEST_BYTES = 32
# Stands between a file and the place inside it of a document that is a part of it; no path of a system holds it.
INSIDE = "\0"


class ReadOnlyIndex(Exception):
    """Whoosh was asked to write what only `columnar.writer` writes."""


def field_name(field: str, form: str) -> str:
    """The indexed field of a form of a field: `body_stem`."""
    return f"{field}_{form}"


def refuse() -> NoReturn:
    """Answer one of Whoosh's ways of writing."""
    raise ReadOnlyIndex("this index is written by `trouvaille reindex`, not through Whoosh's writer")


class _Indexed(fields.FieldType):
    """A field that Whoosh searches but never fills. Its terms are looked for as they are: it has no analyzer."""

    _was_read = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._was_read = True

    def index(self, value: Any, **_: Any) -> NoReturn:
        """Whoosh's way of adding a document."""
        refuse()

    def clean(self) -> None:
        """Called when a table of contents is to be written, and only then (whoosh3 3.54, whoosh-reloaded 2.7.5).

        One whose schema was itself read from a table is Whoosh's writer's, and would replace the table of our segments.
        """
        if self._was_read:
            refuse()
        super().clean()


class Terms(_Indexed):
    """The terms of a form of a field: with positions for surfaces (phrases), frequencies alone for stems."""

    def __init__(self, *, positions: bool) -> None:
        super().__init__(formats.Positions() if positions else formats.Frequency(), analyzer=None, scorable=True)


class Keyword(_Indexed):
    """A string of each document, whole: can be searched, sorted by and grouped by."""

    def __init__(self, *, unique: bool = False) -> None:
        super().__init__(formats.Existence(), analyzer=None, unique=unique, sortable=True)


class Mentions(_Indexed):
    """The dates that a document names, each under its year, its month and its day: can be searched."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), analyzer=None)


def schema(*, mentions: bool = False) -> fields.Schema:
    """Terms of title and body in both forms, the columns that filters and orders read, and the stored document.

    `date` holds date keys (yyyymmdd, 0 unknown); `title` the keys that order titles, not the titles. `mentions`: the
    dates that documents name were looked for.
    """
    named = {MENTION: Mentions()} if mentions else {}
    text = {field_name(field, form): Terms(positions=form == SURFACE) for field in FIELDS for form in (SURFACE, STEM)}
    keywords = {name: Keyword(unique=name == "id") for name in KEYWORDS}
    return fields.Schema(
        date=fields.COLUMN(columns.NumericColumn("I", default=0)),
        title=fields.COLUMN(columns.VarBytesColumn()),
        first_seen=fields.COLUMN(columns.VarBytesColumn()),
        digest=fields.COLUMN(columns.FixedBytesColumn(DIGEST_BYTES)),
        document=fields.STORED(),
        **keywords,
        **text,
        **named,
    )
