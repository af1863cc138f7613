"""Reprises are found as they were when the thresholds were chosen, and bring nothing else with them."""

from __future__ import annotations

import pytest

from benchmarks.alike import CHANGES, Tally, long_texts, measured, table
from indexer.assembly import type_rules
from indexer.engines.local import LocalEngine
from indexer.french import WordLists
from indexer.reindex import reindex
from indexer.settings import load_settings
from tests.conftest import ROOT

# Percent of the changed texts that are in the group of what they were; None where a text may be called another.
FLOORS = {
    "typography": 100,
    "an introduction": 95,
    "a sixth cut off": 97,
    "both": 90,
    "a third cut off": 75,
    "half cut off": None,
    "a sentence left out": 85,
    "sentences in another order": 97,
    "one word in twenty changed": 80,
    "one word in ten changed": None,
}


@pytest.fixture(scope="module")
def tallies(tmp_path_factory: pytest.TempPathFactory, lists: WordLists) -> dict[str, Tally]:
    settings = load_settings(index=tmp_path_factory.mktemp("alike") / "index", environ={})
    engine = LocalEngine(settings.index.directory, settings.ranking)
    reindex(engine, settings, type_rules(settings), lists, (ROOT / "corpus",))
    return measured(long_texts(engine.snapshot().generation, 1_000), lists)


@pytest.mark.parametrize("name", CHANGES)
def test_texts_changed_so_are_found_to_be_reprises(tallies: dict[str, Tally], name: str) -> None:
    tally, floor = tallies[name], FLOORS[name]
    assert 100 * tally.found >= (floor or 0) * tally.asked, f"\n{table(tallies)}"
    assert tally.mixed == 0, f"\n{table(tallies)}"
