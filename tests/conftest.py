"""Fixtures of all tests: the real analysis, a real index in a temporary folder, a small corpus."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from indexer.french import Analyzer, WordLists

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
