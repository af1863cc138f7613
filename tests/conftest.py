"""Fixtures of all tests: the real analysis, a real index in a temporary folder, a small corpus."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from indexer import documents
from indexer.assembly import type_rules
from indexer.documents import TypeRules
from indexer.engines.local import LocalEngine
from indexer.french import Analyzer, WordLists
from indexer.model import SearchPage, SearchRequest
from indexer.reindex import Report, reindex
from indexer.searcher import SearchService
from indexer.settings import Settings, load_settings

# Started in the background by a shell, tests would have what they start take no notice of Ctrl-C, which some send.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

# Seeds are fixed in CI, so that a red run is red again; a failing example is printed and becomes a row in a table.
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def lists() -> WordLists:
    return WordLists.load(ROOT / "config" / "french")


@pytest.fixture(scope="session")
def analyzer(lists: WordLists) -> Analyzer:
    return Analyzer(lists)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's TROUVAILLE_… variables must not change what the tests see."""
    for name in list(os.environ):
        if name.startswith("TROUVAILLE_"):
            monkeypatch.delenv(name)


@dataclass
class House:
    """A corpus folder, an index beside it, and everything that works on them."""

    folder: Path
    settings: Settings
    rules: TypeRules
    lists: WordLists

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    def write(self, name: str, text: str | bytes, *, age_s: float = 60) -> Path:
        """A file of the corpus, last changed `age_s` ago (so that a run need not hash it again)."""
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        then = time.time() - age_s
        os.utime(path, (then, then))
        return path

    def reindex(self, *paths: Path, **options: Any) -> Report:
        return reindex(self.engine(), self.settings, self.rules, self.lists, paths or (self.corpus,), **options)

    def engine(self) -> LocalEngine:
        return LocalEngine(self.settings.index.directory, self.settings.ranking)

    def service(self) -> SearchService:
        return SearchService(self.engine(), self.rules, self.settings)

    def search(self, text: str = "", **options: Any) -> SearchPage:
        return self.service().search(SearchRequest(text, **options))

    def titles(self, text: str = "", **options: Any) -> list[str]:
        return [hit.document.title for hit in self.search(text, **options).hits]


@pytest.fixture
def house(tmp_path: Path, lists: WordLists, monkeypatch: pytest.MonkeyPatch) -> House:
    """An empty corpus, no index yet."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    made = load_settings(index=tmp_path / "index")
    return House(tmp_path, made, type_rules(made), lists)


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that runs read."""
    seen: list[str] = []
    real: Callable[..., object] = documents.read

    def watched(path: Path, relative: str, *args: object, **options: object) -> object:
        seen.append(relative)
        return real(path, relative, *args, **options)

    monkeypatch.setattr(documents, "read", watched)
    return seen
