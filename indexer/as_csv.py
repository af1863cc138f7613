"""Lists as CSV, for people who open them in a spreadsheet; written piece by piece, however long they are.

A French spreadsheet takes `;` for the separator and needs the byte order mark to read UTF-8. What a document or a file
is called is never to be run as a formula: a text that a spreadsheet might take for one gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from indexer.links import document_url
from indexer.model import Document, Export, Problem, StatusList, StatusReport

_MARK = "\ufeff"
_AT_ONCE = 100
# What begins a formula, in the letters of East Asian keyboards too; spaces in front may be passed over on opening.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
# What no cell can hold; a line end can stand in one that is quoted.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

PROBLEM_COLUMNS = ("racine", "chemin", "raison")
DOCUMENT_COLUMNS = (
    "identifiant", "titre", "date", "origine de la date", "type", "format", "langue", "auteurs", "source", "adresse",
    "racine", "chemin", "dans le fonds depuis",
)  # fmt: skip


EXPORT_COLUMNS = ("rang", *DOCUMENT_COLUMNS, "lien")


def status_csv(
    which: StatusList, report: StatusReport, documents: Callable[[bool], Iterable[Document]]
) -> Iterator[str]:
    """One of the lists of a status. `documents` gives those of the index: all, or (True) those without a date."""
    match which:
        case StatusList.FAILED:
            return problems_csv(report.failed)
        case StatusList.EMPTY:
            return problems_csv(report.empty)
        case StatusList.UNDATED:
            return documents_csv(documents(True))
        case StatusList.DOCUMENTS:
            return documents_csv(documents(False))


def problems_csv(problems: Iterable[Problem]) -> Iterator[str]:
    """Files that are not in the index, each with the reason."""
    return _csv(PROBLEM_COLUMNS, ((one.root, one.path, one.reason) for one in problems))


def documents_csv(documents: Iterable[Document]) -> Iterator[str]:
    """What is known of documents, but for their text."""
    return _csv(DOCUMENT_COLUMNS, map(_document_row, documents))


def export_csv(export: Export, root: str) -> Iterator[str]:
    """What a search found, in order, with the address of each document's page on the site at `root`."""
    rows = (
        (str(rank), *_document_row(document), root + document_url(document.id))
        for rank, document in enumerate(export.documents, start=1)
    )
    return _csv(EXPORT_COLUMNS, rows)


def _document_row(document: Document) -> tuple[str, ...]:
    return (
        document.id,
        document.title,
        str(document.date or ""),
        str(document.date_source) if document.date else "",
        document.type,
        document.format,
        document.language,
        ", ".join(document.authors),
        document.source or "",
        document.url or "",
        document.root,
        document.path,
        document.first_seen,
    )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _MARK + _lines([columns])
    left = iter(rows)
    while several := list(islice(left, _AT_ONCE)):
        yield _lines(several)


def _lines(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(map(_cell, row) for row in rows)
    return out.getvalue()


def _cell(text: str) -> str:
    text = _CONTROLS.sub("\ufffd", text)
    return f"'{text}" if _FORMULA.match(text) else text
