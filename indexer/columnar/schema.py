"""The Whoosh schema.

The class paths of this module stand in the table of contents of every index: they are part of `generations.FORMAT`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from whoosh import columns, fields, formats

FIELDS = ("title", "body")
SURFACE = "surface"
STEM = "stem"


def field_name(field: str, form: str) -> str:
    """The indexed field of a form of a field: `body_stem`."""
    return f"{field}_{form}"


class Terms(fields.FieldType):
    """A field that takes the terms of each position, analysed beforehand, instead of text.

    With positions for surfaces (phrases), frequencies alone for stems.
    """

    def __init__(self, *, positions: bool) -> None:
        super().__init__(formats.Positions() if positions else formats.Frequency(), analyzer=None, scorable=True)
        self.positions = positions

    def index(self, value: Sequence[Sequence[str]], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """For each term of a sequence of positions: its bytes, frequency, weight and encoded posting."""
        places: dict[str, list[int]] = defaultdict(list)
        for position, terms in enumerate(value):
            for term in terms:
                places[term].append(position)
        for term, found in places.items():
            encoded = self.format.encode(found) if self.positions else formats.pack_uint(len(found))
            yield term.encode(), len(found), float(len(found)), encoded


def schema() -> fields.Schema:
    """Terms of title and body in both forms, the columns that filters and orders read, and the stored document."""
    text = {field_name(field, form): Terms(positions=form == SURFACE) for field in FIELDS for form in (SURFACE, STEM)}
    return fields.Schema(
        id=fields.ID(unique=True, sortable=True),
        type=fields.ID(sortable=True),
        date=fields.NUMERIC(int, bits=32, signed=False, sortable=True, default=0),
        title_key=fields.COLUMN(columns.VarBytesColumn()),
        file=fields.COLUMN(columns.VarBytesColumn()),
        digest=fields.COLUMN(columns.VarBytesColumn()),
        first_seen=fields.COLUMN(columns.VarBytesColumn()),
        document=fields.STORED(),
        **text,
    )
