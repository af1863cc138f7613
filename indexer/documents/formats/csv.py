"""CSV: a row is a document. Which column is what, settings say ([columns]); the delimiter is found out.

A row's place is `table.csv#12` with the id of its id column, which is its own in this file only: tables number their
rows 1, 2, 3. Without such a column it is named by what it says, so that rows put in or taken out move no other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice

from indexer.documents.decode import decode
from indexer.documents.entry import Rejected
from indexer.documents.formats.fields import Mapped, draft_of, is_document, mapped, place_of, refuse
from indexer.documents.formats.names import Names
from indexer.documents.formats.source import Drafts, Source
from indexer.errors import UnreadableDocument
from indexer.settings import Columns

# Held in memory as a whole, three times over while it is read.
MAX_BYTES = 100_000_000
_DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 64 * 1024
_MAX_BAD_ROWS = 1000

csv.field_size_limit(16 * 1024 * 1024)  # for the process: nothing else of ours reads CSV with a smaller one


def drafts(source: Source) -> Drafts:
    """A Draft for each row below the header; a row with nothing in its text and title is a Rejected that is empty."""
    if source.size > MAX_BYTES:
        raise UnreadableDocument(f"CSV de plus de {MAX_BYTES // 1_000_000} Mo : découpez-le, ou faites-en un JSONL")
    text = decode(source.whole())
    start = 0
    if text[:4].lower() == "sep=":  # what Excel writes above the header
        start = text.find("\n") + 1 or len(text)
    header = _header(text[start : start + _SAMPLE_CHARS], source.choices.columns)
    yield from _rows(csv.reader(_lines(text, start), delimiter=header), source.choices.columns)


def _rows(reader: Iterator[list[str]], columns: Columns) -> Drafts:
    names: list[str] | None = None
    found: Mapped = {}
    places = Names()
    bad = rows = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            bad += 1
            if names is None or bad > _MAX_BAD_ROWS:
                raise UnreadableDocument(f"CSV illisible : {_REASON}") from error
            yield Rejected(None, reader.line_num, _REASON, empty=False)  # type: ignore[attr-defined]
            continue
        if row is None:
            break
        if not any(map(str.strip, row)):
            continue
        if names is None:
            names = [name.strip() for name in row]
            found = mapped(names, columns)
            if not is_document(found):
                raise refuse([name for name in names if name], "aucune colonne")
            numbers = {name: names.index(name) for wanted in found.values() for name in wanted}
            continue
        values = {name: row[number] for name, number in numbers.items() if number < len(row)}
        draft = draft_of(values, found)
        id = next((values.get(name, "") for name in found.get("id", ())), "")
        rows += 1
        yield draft._replace(member=places.unique(place_of(id, draft.digest)))
    if not rows and not bad:
        yield Rejected(None, None, "aucune ligne sous l’en-tête", empty=True)


_REASON = "cellule de plus de 16 Mo, ou guillemet qui n’est pas refermé"


def _header(sample: str, columns: Columns) -> str:
    """The delimiter that gives the first row most columns that we know, then most columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        row = _first_row(sample, delimiter)
        return len(mapped(row, columns)), len(row)

    return max(_DELIMITERS, key=worth)


def _first_row(sample: str, delimiter: str) -> Sequence[str]:
    try:
        rows = (row for row in csv.reader(_lines(sample, 0), delimiter=delimiter) if any(map(str.strip, row)))
        return next(islice(rows, 1), ())
    except csv.Error:
        return ()


def _lines(text: str, start: int) -> Iterator[str]:
    """The lines with their ends, one at a time: a list of them would double what is in memory."""
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
