"""Trouvaille itself, at two levels: the engine (a tree in, documents and counts out), and the whole service.

The index of the queries is made by four runs of unequal size, as time makes them, so that it has several segments.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.engines.base import HITS, SNIPPET_CHARS, Answer, Op, Question
from indexer.assembly import create_service, engine, type_rules, word_lists
from indexer.engines.base import EngineQuery
from indexer.highlight import Marker
from indexer.model import SearchRequest
from indexer.query import positive_leaves
from indexer.reindex import reindex
from indexer.settings import Settings, load_settings

_HOUSE = Path(__file__).parents[2]
# The share of the files that each run finds, in hundredths.
_RUNS = (80, 90, 96, 100)


def settings_of(folder: Path) -> Settings:
    """Our default settings, the index in this folder."""
    return load_settings(index=folder / "index", environ={})


def run(corpus: Path, folder: Path) -> None:
    """One `reindex` of a folder of documents. Raises ValueError when a document was not taken."""
    settings = settings_of(folder)
    report = reindex(engine(settings), settings, type_rules(settings), word_lists(settings), [corpus])
    if report.problems:
        raise ValueError(f"{len(report.problems)} documents were not taken: {report.problems[0]}")


class _Trouvaille:
    def version(self) -> str:
        """The working tree's: there is no other."""
        return "working tree"

    def build(self, corpus: Corpus, folder: Path) -> None:
        """Index by four runs, each of which finds more files."""
        grown = folder / "documents"
        grown.mkdir(parents=True)
        for share in _RUNS:
            for path in corpus.files[: -(-len(corpus.files) * share // 100)]:
                if not (grown / path.name).exists():
                    os.link(path, grown / path.name)
            run(grown, folder)

    def sources(self) -> Sequence[Path]:
        """The whole indexer and what it is configured with."""
        return [
            *sorted((_HOUSE / "indexer").rglob("*.py")),
            *sorted(path for path in (_HOUSE / "config").rglob("*") if path.suffix in (".toml", ".tsv", ".txt")),
            Path(__file__),
        ]


class Ours(_Trouvaille):
    """The embedded engine."""

    name = "ours"
    note = "the engine: tree in; documents, counts by type and year out; snippets by our Marker"
    ops = frozenset(Op)

    def open(self, folder: Path) -> OurIndex:
        """Open the generation in service."""
        return OurIndex(settings_of(folder))


class OurIndex:
    """The engine over one generation."""

    def __init__(self, settings: Settings) -> None:
        self._snapshot = engine(settings).snapshot()

    def search(self, question: Question) -> Answer:
        """See Index."""
        found = self._snapshot.search(EngineQuery(question.tree, limit=HITS))
        snippets: list[object] = []
        if question.snippets:
            marker = Marker(positive_leaves(question.tree), self._snapshot.analyzer)
            snippets = [marker.fragments(hit.text, count=1, max_chars=SNIPPET_CHARS) for hit, _ in found.hits]
        hits = [(hit.id, hit.title) for hit, _ in found.hits]
        return Answer(found.total, hits, found.types, found.dates, snippets)


class Service(_Trouvaille):
    """All that stands behind a page or its JSON: reading the query, the rule, labels, three fragments a hit."""

    name = "service"
    note = (
        "our whole SearchService.search: the query as typed is parsed, titles are marked, up to three snippets a hit, "
        "facet labels; always with snippets, and two searches where our rule or its relaxation asks for them"
    )
    ops = frozenset((Op.ALL, Op.RULE))

    def open(self, folder: Path) -> ServiceIndex:
        """A service over the generation in service."""
        return ServiceIndex(settings_of(folder))


class ServiceIndex:
    """The service of one process."""

    def __init__(self, settings: Settings) -> None:
        self._service = create_service(settings)
        self._service.status()

    def search(self, question: Question) -> Answer:
        """See Index."""
        asked = SearchRequest(question.text, per_page=HITS, all_words=question.op is Op.ALL)
        page = self._service.search(asked)
        hits = [(hit.document.id, hit.document.title) for hit in page.hits]
        types = {value.value: value.count for value in page.types}
        years = {int(value.value) if value.value.isdigit() else 0: value.count for value in page.dates}
        snippets = [hit.fragments for hit in page.hits]
        return Answer(page.total, hits, types, years, snippets, exact=question.op is Op.ALL)
