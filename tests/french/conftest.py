"""One analyzer, with the lists that the project ships, for all tests of French."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.french import Analyzer, WordLists

LISTS = Path(__file__).parents[2] / "config" / "french"


@pytest.fixture(scope="session")
def lists() -> WordLists:
    return WordLists.load(LISTS)


@pytest.fixture(scope="session")
def analyzer(lists: WordLists) -> Analyzer:
    return Analyzer(lists)
