"""What whoever keeps a folder says of its files, in `metadata.csv`: it wins over what the files say.

A row names a file by its path from the folder of the table, or a file inside of one (`x.zip!/b.pdf`), and says some of
title, date, type, source, address, authors and language; an empty cell says nothing. A row for a file that holds many
documents says of each of them what is not one document's own: all but title and address.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from hashlib import blake2b
from typing import NamedTuple

from indexer.documents.assemble import web_address
from indexer.documents.dates import is_plausible
from indexer.documents.decode import decode
from indexer.documents.entry import NOTHING_GIVEN, Given
from indexer.documents.formats.source import Source
from indexer.documents.titles import MAX_TITLE, shorten
from indexer.documents.types import normal
from indexer.errors import UnreadableDocument
from indexer.french.dates import parse_date
from indexer.french.languages import language_named
from indexer.french.spelling import plain, squeeze

# What is said of one file: of the file itself (""), and of files inside of it.
Said = Mapping[str, Given]
NOTHING_SAID: Said = {}

_MAX_BYTES = 100_000_000
_MAX_AUTHORS = 50
_DELIMITERS = ";,\t|"
_FILE = "file"
_COLUMNS = {
    **dict.fromkeys(("file", "filename", "path", "fichier", "nom du fichier", "chemin"), _FILE),
    **dict.fromkeys(("title", "titre"), "title"),
    "date": "date",
    "type": "type",
    "source": "source",
    **dict.fromkeys(("url", "lien", "adresse"), "url"),
    **dict.fromkeys(("authors", "author", "auteurs", "auteur"), "authors"),
    **dict.fromkeys(("language", "langue", "lang"), "language"),
}


def given_of(said: Said, member: str, *, alone: bool) -> Given:
    """What is said of a document at this place of a file ("": the file), `alone` when nothing else stands there.

    What is said of an archive holds for all that is in it, unless its own row says otherwise.
    """
    if not said:
        return NOTHING_GIVEN
    found = NOTHING_GIVEN
    inside = member.split("!/") if member else []
    for depth in range(len(inside) + 1):
        row = said.get("!/".join(inside[:depth]), NOTHING_GIVEN)
        own = alone and depth == len(inside)
        found = (row if own else row._replace(title="", url="")).over(found)
    return found


class _Row(NamedTuple):
    """A row of a table: the file, the place inside of it, what is said, and where (for people)."""

    file: str
    member: str
    given: Given
    where: str


class Inventory:
    """The tables of a root. Each is to be added before the files of its folder are looked up."""

    def __init__(self, today: date | None = None) -> None:
        self.warnings: list[str] = []
        self._today = today or datetime.now(UTC).date()
        self._said: dict[str, dict[str, Given]] = {}
        self._where: dict[str, str] = {}  # of files that were not looked up

    def add(self, path: str, relative: str) -> None:
        """Read the table at `path`; what is wrong in it becomes a warning. The nearest table has the last word."""
        try:
            source = Source.open(path, relative, _MAX_BYTES)
            with source.file:
                text = decode(source.whole())
        except (UnreadableDocument, OSError) as error:
            self.warnings.append(f"{relative} : {error}")
            return
        met: set[tuple[str, str]] = set()
        for row in self._rows(text, relative):
            if (row.file, row.member) in met:
                self.warnings.append(f"{row.where} : « {row.file} » y figure plusieurs fois, la dernière ligne compte")
            met.add((row.file, row.member))
            self._said.setdefault(row.file, {})[row.member] = row.given
            self._where[row.file] = row.where

    def of(self, relative: str) -> Said:
        """What is said of a file that is there."""
        if relative not in self._said:
            return NOTHING_SAID
        self._where.pop(relative, None)
        return self._said[relative]

    def warn_of_absent(self, covers: Callable[[str], bool]) -> None:
        """Warn of each file that `covers` takes, that a table names and that was not looked up."""
        for file, where in self._where.items():
            if covers(file):
                self.warnings.append(f"{where} : « {file} » n’est pas parmi les fichiers lus")

    def _rows(self, text: str, relative: str) -> Iterator[_Row]:
        folder = relative.rpartition("/")[0]
        head, _, rest = text.partition("\n")
        text = rest if head.lower().startswith("sep=") else text  # as Excel begins a table
        delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        columns: list[str] | None = None
        try:
            for cells in reader:
                where = f"{relative}, ligne {reader.line_num}"
                if not any(cell.strip() for cell in cells):
                    continue
                if columns is None:
                    columns = self._columns(cells, relative)
                    if _FILE not in columns:
                        self.warnings.append(
                            f"{relative} : pas de colonne « file » (ou « fichier ») : rien n’en est lu"
                        )
                        return
                elif (row := self._row(columns, cells, folder, where)) is not None:
                    yield row
        except csv.Error as error:
            self.warnings.append(f"{relative} : illisible à partir de la ligne {reader.line_num} ({error})")

    def _columns(self, cells: list[str], relative: str) -> list[str]:
        """The columns by our names, "" for others."""
        names = [squeeze(cell).lstrip("\ufeff") for cell in cells]
        for name in names:
            near = get_close_matches(plain(name), list(_COLUMNS), n=1, cutoff=0.8)
            if near and plain(name) not in _COLUMNS:
                self.warnings.append(f"{relative} : colonne « {name} » inconnue. Vouliez-vous dire « {near[0]} » ?")
        return [_COLUMNS.get(plain(name), "") for name in names]

    def _row(self, columns: list[str], cells: list[str], folder: str, where: str) -> _Row | None:
        found = {name: squeeze(cell) for name, cell in zip(columns, cells, strict=False) if name and squeeze(cell)}
        path = unicodedata.normalize("NFC", found.get(_FILE, "")).replace("\\", "/").removeprefix("./")
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            self.warnings.append(f"{where} : plus de cellules que de colonnes")
        if not path or path.startswith("/") or ".." in path.split("/"):
            reason = f"« {path} » n’est pas dans ce dossier" if path else "aucun fichier n’y est nommé"
            self.warnings.append(f"{where} : {reason}")
            return None
        file, _, member = path.partition("!/")
        return _Row(f"{folder}/{file}" if folder else file, member, self._given(found, where), where)

    def _given(self, found: Mapping[str, str], where: str) -> Given:
        authors = tuple(author for part in found.get("authors", "").split(";") if (author := part.strip()))
        return Given(
            title=shorten(found.get("title", ""), MAX_TITLE),
            date=self._taken(found, "date", where, self._date),
            type=self._taken(found, "type", where, normal),
            source=found.get("source", ""),
            url=self._taken(found, "url", where, web_address),
            authors=authors[:_MAX_AUTHORS],
            language=self._taken(found, "language", where, language_named),
        )

    def _date(self, written: str) -> str:
        parsed = parse_date(written)
        return str(parsed) if parsed and is_plausible(parsed, self._today) else ""

    def _taken(self, found: Mapping[str, str], column: str, where: str, read: Callable[[str], str | None]) -> str:
        """What a cell says; "" and a warning when it makes no sense."""
        written = found.get(column, "")
        value = read(written) if written else ""
        if written and not value:
            self.warnings.append(f"{where} : {_IGNORED[column]} : « {shorten(written, 60)} »")
        return value or ""


_IGNORED = {"date": "date ignorée", "type": "type ignoré", "url": "adresse ignorée", "language": "langue ignorée"}


def not_met(said: Said, members: Collection[str]) -> list[str]:
    """The places inside of a file of which something is said and where nothing was found."""
    return [
        place
        for place in said
        if place and not any(member == place or member.startswith(f"{place}!/") for member in members)
    ]


def mark_of(said: Said) -> int:
    """64 bits that change with what is said of a file; 0 when nothing is."""
    if not said:
        return 0
    written = repr(sorted(said.items())).encode(errors="backslashreplace")
    return int.from_bytes(blake2b(written, digest_size=8).digest(), "little") or 1
