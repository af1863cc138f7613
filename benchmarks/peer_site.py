"""A web service on tantivy with our own pages: the same routes, templates and server, another engine behind.

So the comparison over HTTP is of engines: what Flask, Jinja2 and granian cost is the same on both sides.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from benchmarks.engines.base import Op
from benchmarks.engines.tantivy import Tantivy, TantivyIndex
from benchmarks.queries import Asked
from indexer.assembly import analyzer, engine, type_rules
from indexer.model import (
    DateSource,
    Document,
    Fragment,
    Hit,
    Match,
    PartialDate,
    SearchPage,
    SearchRequest,
    Status,
)
from indexer.query import parse
from indexer.searcher import SearchService, date_facet, type_facet
from indexer.settings import Settings, load_settings
from webapp import create_app
from webapp.processors import keep_to_one
from webapp.server import PROCESSORS, threads


class TantivyService(SearchService):
    """Answers relevance searches of words without filters, first page; that is all that is measured."""

    def __init__(self, index: TantivyIndex, documents: int, settings: Settings) -> None:
        super().__init__(engine(settings), type_rules(settings), settings)
        self._index = index
        self._french = analyzer(settings)
        self._documents = documents

    def status(self) -> Status:
        """What the page head shows."""
        return Status(1, "2023-11-30T00:00:00+00:00", self._documents, 0, ())

    def search(self, request: SearchRequest) -> SearchPage:
        """The first page, with counts over all hits."""
        started = time.perf_counter()
        query = parse(request.text, self._french)
        op = Op.ALL if request.all_words else Op.RULE
        answer, documents = self._index.found(Asked("", request.text, query).question(op, snippets=True))
        words = len(query.words)
        required = words if request.all_words else query.required_words
        dates = {year * 10_000: count for year, count in answer.years().items()}
        return SearchPage(
            request=request,
            understood=query.understood,
            match=Match(words, required, answer.total),
            total=answer.total,
            hits=tuple(_hit(*pair) for pair in zip(documents, answer.snippets, strict=True)),
            types=type_facet(answer.types, (), self._rules),
            dates=date_facet(dates, None),
            generation=1,
            took_ms=(time.perf_counter() - started) * 1000,
        )


def _hit(stored: Any, snippet: tuple[str, list[Any]]) -> Hit:
    year = stored["year"][0]
    document = Document(
        id=stored["id"][0],
        title=stored["title"][0],
        text="",
        type=stored["type"][0],
        date=PartialDate.from_key(year * 10_000),
        date_source=DateSource.METADATA,
        root="",
        path="",
        digest="",
        first_seen="",
    )
    return Hit(document, 1.0, ((document.title, False),), (_fragment(*snippet),), pages=(None,), paragraphs=(None,))


def _fragment(text: str, ranges: list[Any]) -> Fragment:
    """The snippet in pieces; tantivy counts bytes."""
    encoded = text.encode()
    pieces: list[tuple[str, bool]] = []
    place = 0
    for one in ranges:
        pieces.append((encoded[place : one.start].decode(), False))
        pieces.append((encoded[one.start : one.end].decode(), True))
        place = one.end
    pieces.append((encoded[place:].decode(), False))
    return tuple(piece for piece in pieces if piece[0])


def application(folder: Path, documents: int) -> Flask:
    """The WSGI application of one process."""
    settings = load_settings(index=folder / "none")
    return create_app(TantivyService(Tantivy().open(folder), documents, settings))


def main(folder: str, documents: str, port: str, workers: str) -> None:
    """Serve as our own `serve` does, until SIGTERM."""
    ours = load_settings().server
    server = Granian(
        "benchmarks.peer_site",
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=threads(ours.at_work, ours.waiting),
        log_level=LogLevels.warning,
    )
    with tempfile.TemporaryDirectory() as shared:
        server.serve(target_loader=partial(_load, folder, int(documents), int(workers), shared), wrap_loader=False)


def _load(folder: str, documents: int, workers: int, shared: str) -> Flask:
    app = application(Path(folder), documents)
    keep_to_one(workers, Path(shared, PROCESSORS))
    return app


if __name__ == "__main__":
    main(*sys.argv[1:])
