"""SQLite FTS5, of Python's standard library.

Four columns of terms, indexed without a copy; the text stands once, in a table that `snippet()` reads. It marks by the
number of a word: where our analysis cuts words differently from SQLite's, its marks stand beside them. Totals, counts
and the ten best come from one pass over the matches.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from benchmarks.analysis import FIELDS, load
from benchmarks.corpus import Corpus
from benchmarks.engines.base import HITS, Answer, Op, Question, fold
from indexer.query import Phrase, Prefix, Word
from indexer.settings import Ranking, load_settings

# Every sign but white space belongs to a term: the terms are made already.
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT, title TEXT, text TEXT, type INTEGER, year INTEGER);
CREATE TABLE types (number INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE counted (number INTEGER PRIMARY KEY, type INTEGER, year INTEGER);
CREATE VIEW shown AS SELECT number, title AS title_surface, '' AS title_stem, text AS body_surface, '' AS body_stem
  FROM documents;
CREATE VIRTUAL TABLE terms USING fts5(
  title_surface, title_stem, body_surface, body_stem, content = 'shown', content_rowid = 'number',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M* P* S*'"
);
"""
_SNIPPET_WORDS = 32


class Sqlite:
    """See the module."""

    name = "sqlite"
    note = "FTS5, no rule of its own: our rule is asked as any word; its snippet() marks by word number"
    ops = frozenset((Op.ALL, Op.ANY))

    def version(self) -> str:
        """The library that this Python is linked with."""
        return sqlite3.sqlite_version

    def build(self, corpus: Corpus, folder: Path) -> None:
        """See Engine."""
        folder.mkdir(parents=True)
        connection = sqlite3.connect(folder / "index.db")
        connection.executescript(_SCHEMA)
        types: dict[str, int] = {}
        fields = ", ".join(FIELDS)
        for number, document in enumerate(load(corpus.folder), start=1):
            kind = types.setdefault(document.type, len(types))
            shown = (number, document.id, document.title, document.text, kind, document.year)
            connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", shown)
            connection.execute("INSERT INTO counted VALUES (?, ?, ?)", (number, kind, document.year))
            terms = (number, *(getattr(document, field) for field in FIELDS))
            connection.execute(f"INSERT INTO terms (rowid, {fields}) VALUES (?, ?, ?, ?, ?)", terms)
        connection.executemany("INSERT INTO types VALUES (?, ?)", [(number, name) for name, number in types.items()])
        connection.execute("INSERT INTO terms (terms) VALUES ('optimize')")
        connection.commit()
        connection.close()

    def open(self, folder: Path) -> SqliteIndex:
        """See Engine."""
        return SqliteIndex(folder / "index.db", load_settings(environ={}).ranking)

    def sources(self) -> Sequence[Path]:
        """See Engine."""
        return [Path(__file__)]


class SqliteIndex:
    """An open database; one connection, used by one thread."""

    def __init__(self, path: Path, ranking: Ranking) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._connection.execute(f"PRAGMA mmap_size = {2**33}")
        self._types = dict(self._connection.execute("SELECT number, name FROM types"))
        weights = [getattr(ranking, field) * getattr(ranking, form) for field, form in (f.split("_") for f in FIELDS)]
        bm25 = f"bm25(terms, {', '.join(map(str, weights))})"
        self._matches = (
            f"SELECT terms.rowid, {bm25} AS score, type, year "
            "FROM terms JOIN counted ON counted.number = terms.rowid WHERE terms MATCH ?"
        )

    def search(self, question: Question) -> Answer:
        """See Index."""
        match = fold(question.tree, _word, _prefix, _phrase, _at_least)
        matches = self._connection.execute(self._matches, (match,)).fetchall()
        types, years = Counter(map(itemgetter(2), matches)), Counter(map(itemgetter(3), matches))
        matches.sort(key=itemgetter(1, 0))
        best = [found[0] for found in matches[:HITS]]
        hits = [self._shown(number) for number in best]
        snippets = list(self._snippets(match, best)) if question.snippets else []
        names = self._types
        return Answer(len(matches), hits, {names[kind]: count for kind, count in types.items()}, years, snippets)

    def _shown(self, number: int) -> tuple[str, str]:
        found: tuple[str, str] = self._connection.execute(
            "SELECT id, title FROM documents WHERE number = ?", (number,)
        ).fetchone()
        return found

    def _snippets(self, match: str, best: Sequence[int]) -> Iterator[str]:
        column = FIELDS.index("body_surface")
        statement = (
            f"SELECT snippet(terms, {column}, '[', ']', '…', {_SNIPPET_WORDS}) FROM terms "
            "WHERE terms MATCH ? AND rowid = ?"
        )
        for number in best:
            yield self._connection.execute(statement, (match, number)).fetchone()[0]


def _word(word: Word) -> str:
    surfaces = " OR ".join(map(_quoted, word.surfaces))
    stems = " OR ".join(map(_quoted, word.stems))
    return f"({{title_surface body_surface}} : ({surfaces}) OR {{title_stem body_stem}} : ({stems}))"


def _prefix(prefix: Prefix) -> str:
    return f"({{title_surface body_surface}} : {_quoted(prefix.prefix)} *)"


def _phrase(phrase: Phrase) -> str:
    return f"({{title_surface body_surface}} : {_quoted(' '.join(phrase.words))})"


def _at_least(parts: list[str], minimum: int) -> str:
    if minimum not in (1, len(parts)):
        raise ValueError("FTS5 requires one word or all")
    return f"({(' AND ' if minimum == len(parts) else ' OR ').join(parts)})"


def _quoted(terms: str) -> str:
    return '"' + terms.replace('"', '""') + '"'
