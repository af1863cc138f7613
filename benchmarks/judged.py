"""Judged sets, and how well the search ranks them under any settings.

Two sets: the questions of the public about labour law, which stand beside the project (`shared/relevance/cdtn`), and a
small one of our own over the documents that ship with it. Ours names documents by path, which is what a person can
read; the ids are those of the run that indexes `corpus/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measuring import HOUSE
from indexer import documents
from indexer.assembly import engine, service_over, synonyms, type_rules
from indexer.documents import Entry, FileFacts
from indexer.evaluation import Evaluation, Measures, Query, corpus_of, evaluate, queries_of
from indexer.model import SearchRequest
from indexer.reindex import Progress
from indexer.reindex.run import document_id
from indexer.searcher import SearchService
from indexer.settings import Ranking, Search, Settings

PUBLIC = HOUSE.parent / "shared" / "relevance" / "cdtn"
OWN = HOUSE / "benchmarks" / "relevance-corpus"
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Queries whose relevant documents are known, the folder or file of documents, and what must be reached."""

    name: str
    corpus: Path
    queries: tuple[Query, ...]
    floors: Measures


def public_set(folder: Path, floors: Measures) -> JudgedSet:
    """A set as `trouvaille evaluate` reads it. Raises TrouvailleError."""
    return JudgedSet(folder.name, corpus_of(folder), queries_of(folder), floors)


def own_set(settings: Settings, floors: Measures) -> JudgedSet:
    """Ours, over `corpus/`. Raises TrouvailleError, and ValueError for a judgment of a document that is not there."""
    corpus = HOUSE / "corpus"
    ids = {path: id for path, id, _ in entries(settings, corpus)}
    return JudgedSet("corpus", corpus, tuple(_by_id(query, ids) for query in queries_of(OWN)), floors)


def _by_id(query: Query, ids: Mapping[str, str]) -> Query:
    unknown = query.grades.keys() - ids.keys()
    if unknown:
        raise ValueError(f"{OWN / 'qrels.tsv'}: {query.id} judges {', '.join(sorted(unknown))}, which {HOUSE} lacks")
    return replace(query, grades={ids[path]: grade for path, grade in query.grades.items()})


def entries(settings: Settings, corpus: Path) -> Iterator[tuple[str, str, Entry]]:
    """The documents of a folder or file: path as hits show it, id, content."""
    rules = type_rules(settings)
    for facts in documents.walk(corpus, settings.corpus.ignore):
        if isinstance(facts, FileFacts):
            read = documents.read(facts.path, facts.relative, rules, max_bytes=settings.corpus.max_file_bytes)
            for entry in read:
                if isinstance(entry, Entry):
                    path = f"{facts.relative}#{entry.key}" if entry.key else facts.relative
                    yield path, entry.key or document_id(corpus.name, facts.relative), entry


@dataclass(frozen=True, slots=True)
class Setup:
    """What the search runs with: two sections of the settings, and whether it has the list of synonyms."""

    ranking: Ranking
    search: Search
    listed: bool = True


class Trials:
    """Measures one judged set under any setup, each once: an index is made once, what ranks is cheap to change."""

    def __init__(self, judged: JudgedSet, settings: Settings) -> None:
        self.judged = judged
        self._settings = settings
        self._found: dict[tuple[Setup, int], Evaluation] = {}

    @property
    def whole(self) -> Setup:
        """What is in force."""
        return Setup(self._settings.ranking, self._settings.search)

    def measured(self, setup: Setup, depth: int = _SHOWN) -> Evaluation:
        """The measures of each query; those of recall are true to `depth` documents only."""
        if (setup, depth) not in self._found:
            service = self._service(setup)
            self._found[setup, depth] = evaluate(
                self.judged.queries, lambda text: service.ranked(SearchRequest(text=text, per_page=depth))
            )
        return self._found[setup, depth]

    def _service(self, setup: Setup) -> SearchService:
        """What `trouvaille` answers with, under this setup, on the index of these trials."""
        settings = replace(self._settings, ranking=setup.ranking, search=setup.search)
        listed = synonyms(settings) if setup.listed else ()
        return SearchService(engine(settings), type_rules(settings), settings, listed)


@contextmanager
def trials_over(judged: JudgedSet, settings: Settings, progress: Progress) -> Iterator[Trials]:
    """Trials of a set, on an index of its own that is removed afterwards. Raises TrouvailleError."""
    with service_over(settings, judged.corpus, progress) as service:
        yield Trials(judged, service.settings)
