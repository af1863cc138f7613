"""`python -m benchmarks.ingestion [SAMPLES]`: what becomes of real files, by format.

SAMPLES is a folder with a MANIFEST.tsv that says of each file which phrase it holds and, where they are known, its
date, title and language. The files are indexed as `trouvaille reindex` does, into an index of their own; then each
phrase is searched as an exact quotation, and the file must be among the hits.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measuring import HOUSE, tell
from indexer.assembly import service_over
from indexer.french.spelling import plain
from indexer.model import Document, SearchRequest
from indexer.searcher import SearchService
from indexer.settings import load_settings

SAMPLES = HOUSE.parent / "shared" / "samples"
MANIFEST = "MANIFEST.tsv"
MEASURES = ("phrase", "date", "title", "language")
_PER_PAGE = 100
_QUOTES = re.compile('[«»"“”„]')


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a file; an empty text is not known."""

    file: str
    format: str
    phrase: str
    date: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is known of a file, and what the index has in its place (`found`, for people)."""

    expected: Expected
    measure: str
    right: bool
    found: str


def manifest(folder: Path) -> tuple[Expected, ...]:
    """The files that a folder's MANIFEST.tsv tells of. Raises OSError when there is none."""
    with (folder / MANIFEST).open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Expected(
                row["file"],
                row["format"],
                row["phrase"],
                row["expected_date"],
                row["expected_title"],
                row["language"],
            )
            for row in rows
        )


def alike(wanted: str, found: str) -> bool:
    """True when four words of five of the expected title are there, and they are at least half of the found one."""
    expected, got = (set(re.findall(r"\w+", plain(text))) for text in (wanted, found))
    common = len(expected & got)
    return common >= 0.8 * len(expected) and common >= 0.5 * len(got)


def checked(folder: Path, files: Iterable[Expected]) -> list[Check]:
    """Index a folder and check what is known of its files. Raises TrouvailleError when it cannot be read."""
    with service_over(load_settings(environ={}), folder, lambda done, total, written, what: None) as service:
        documents = dict(_found(service, ""))
        return [check for file in files for check in _checks(service, file, documents.get(file.file))]


def _checks(service: SearchService, file: Expected, document: Document | None) -> Iterator[Check]:
    """What is known of one file, each checked; `document` is what the index has of it."""
    if file.phrase:
        hit = any(file.file == path for text in _quotations(file.phrase) for path, _ in _found(service, text))
        yield Check(file, "phrase", hit, "not found" if document else "not in the index")
    date = str(document.date or "") if document else ""
    title = document.title if document else ""
    language = document.language if document else ""
    if file.date:
        yield Check(file, "date", date == file.date, date)
    if file.title:
        yield Check(file, "title", alike(file.title, title), title)
    if file.language:
        yield Check(file, "language", language == file.language, language)


def _quotations(phrase: str) -> Iterator[str]:
    """The phrase as an exact quotation; then without its last word, without its first: some were cut within a word, and
    « otion de censure », « prévue à l » are no words of their texts."""
    words = _QUOTES.sub(" ", phrase).split()
    yield from (f'"{" ".join(kept)}"' for kept in (words, words[:-1], words[1:]) if kept)


def _found(service: SearchService, text: str) -> Iterator[tuple[str, Document]]:
    """Every document that a query finds, by the path of each of its copies."""
    request = SearchRequest(text=text, per_page=_PER_PAGE, apart=True)
    page = service.search(request)
    for number in range(1, page.last_page + 1):
        if number > 1:
            page = service.search(replace(request, page=number))
        for hit in page.hits:
            for path in (hit.document.path, *hit.repeats.places):
                yield path, hit.document


def table(checks: Iterable[Check]) -> str:
    """How many were right of those that are known, by format, as a Markdown table."""
    cells: dict[tuple[str, str], list[bool]] = {}
    for check in checks:
        for format_ in (check.expected.format, "all"):
            cells.setdefault((format_, check.measure), []).append(check.right)
    formats = sorted({format_ for format_, _ in cells} - {"all"})
    lines = [f"| format | {' | '.join(MEASURES)} |", f"| --- |{' ---: |' * len(MEASURES)}"]
    for format_ in (*formats, "all"):
        shown = (_share(cells.get((format_, measure), [])) for measure in MEASURES)
        lines.append(f"| {format_} | {' | '.join(shown)} |")
    return "\n".join(lines)


def _share(rights: list[bool]) -> str:
    """`13 of 14, 92.9 %`."""
    return f"{sum(rights)} of {len(rights)}, {100 * sum(rights) / len(rights):.1f} %" if rights else "–"


def misses(checks: Iterable[Check]) -> Iterator[str]:
    """A line for each thing that was not right."""
    for check in checks:
        if not check.right:
            wanted = getattr(check.expected, check.measure)
            yield f"{check.measure}: {check.expected.file}: expected « {wanted} », found « {check.found} »"


def main() -> None:
    """Print the table and the misses."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingestion", description=__doc__)
    parser.add_argument("samples", type=Path, nargs="?", default=SAMPLES)
    given = parser.parse_args()
    if not (given.samples / MANIFEST).is_file():
        sys.exit(f"No {MANIFEST} in {given.samples}: name a folder that has one.")
    files = manifest(given.samples)
    tell(f"{len(files)} files")
    checks = checked(given.samples, files)
    print(table(checks))
    for line in misses(checks):
        print(line)


if __name__ == "__main__":
    main()
