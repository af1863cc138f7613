"""Datasette beside us: the same documents as a SQLite table with FTS5 and facets by type and year, on its own server.

Its page asks for all words, by its own tokens and without stems: it is measured for what a page costs, not for what is
found. Datasette runs in one process with threads of its own.
"""

from __future__ import annotations

import importlib.util
import sqlite3
import sys
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.measuring import tell

PAGE = "/documents/documents?_facet=type&_facet=year&_size=10&_search="
_PATIENCE_MS = "5000"  # it would leave facets out, and counts, of what takes longer
_SCHEMA = """
CREATE TABLE documents (id TEXT PRIMARY KEY, title TEXT, text TEXT, type TEXT, year TEXT);
CREATE VIRTUAL TABLE documents_fts USING fts5(
  title, text, content="documents", tokenize = "unicode61 remove_diacritics 2"
);
"""


def available() -> bool:
    """True where Datasette is installed."""
    return importlib.util.find_spec("datasette") is not None


def command(corpus: Corpus, cache: Path) -> list[str]:
    """What serves the documents of a corpus on `{port}`; the database is made when it is not there yet."""
    database = cache / "datasette" / corpus.digest[:16] / "documents.db"
    if not database.exists():
        tell(f"datasette: indexing {corpus.documents} documents")
        _build(corpus, database)
    limits = ["--setting", "facet_time_limit_ms", _PATIENCE_MS, "--setting", "sql_time_limit_ms", _PATIENCE_MS]
    return [sys.executable, "-m", "datasette", "serve", str(database), *limits, "--port", "{port}"]


def _build(corpus: Corpus, database: Path) -> None:
    database.parent.mkdir(parents=True, exist_ok=True)
    made = database.with_suffix(".part")
    made.unlink(missing_ok=True)
    connection = sqlite3.connect(made)
    connection.executescript(_SCHEMA)
    rows = ((line.id, line.title, line.text, line.type, (line.date or "")[:4]) for line in corpus.lines())
    connection.executemany("INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('rebuild')")
    connection.commit()
    connection.close()
    made.rename(database)
