"""Putting the parts together: from settings to an engine, rules, lists and the service that answers.

Every part is made here and nowhere else, so that the command line, the web service and the tests run the same thing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.documents import TypeRules
from indexer.engines.base import Engine
from indexer.engines.local import LocalEngine
from indexer.errors import ConfigError
from indexer.french import Analyzer, WordLists
from indexer.query.synonyms import SynonymRule, read_synonyms
from indexer.searcher import SearchService
from indexer.settings import Index, Settings, packaged

if TYPE_CHECKING:
    from indexer.reindex import Progress

_SYNONYMS = "synonymes.txt"


def engine(settings: Settings) -> Engine:
    """The search engine of the configured index; opens nothing yet."""
    return LocalEngine(settings.index.directory, settings.ranking)


def type_rules(settings: Settings) -> TypeRules:
    """The document types in force. Raises ConfigError."""
    return TypeRules.from_toml(settings.resource("types.toml").read_bytes())


def word_lists(settings: Settings) -> WordLists:
    """The French word lists in force. Raises ConfigError."""
    return WordLists.load(settings.resource("french"))


def analyzer(settings: Settings) -> Analyzer:
    """The French analysis with the lists in force (an index is searched with the lists it was built with)."""
    return Analyzer(word_lists(settings))


def synonyms(settings: Settings) -> tuple[SynonymRule, ...]:
    """The synonyms in force, ours when the user's folder has no list of them. Raises ConfigError.

    They serve searches only: no index depends on them, and no change of them makes one out of date.
    """
    file = settings.resource("french") / _SYNONYMS
    if not file.is_file():
        file = packaged() / "french" / _SYNONYMS
    try:
        return read_synonyms(file.read_bytes(), str(file))
    except OSError as error:
        raise ConfigError(f"{file} : lecture impossible ({error.strerror}).") from error


def create_service(settings: Settings) -> SearchService:
    """The service that answers requests; it opens the index at the first one."""
    return SearchService(engine(settings), type_rules(settings), settings, synonyms(settings))


@contextmanager
def service_over(settings: Settings, corpus: Path, progress: Progress) -> Iterator[SearchService]:
    """The same service over an index of its own, made of one folder or file and removed afterwards.

    Raises TrouvailleError when the corpus cannot be read.
    """
    from indexer.reindex import reindex  # a search does without the write path

    with tempfile.TemporaryDirectory(prefix="trouvaille-") as folder:
        apart = replace(settings, index=Index(Path(folder) / "index"))
        reindex(engine(apart), apart, type_rules(apart), word_lists(apart), [corpus], progress=progress)
        yield create_service(apart)
