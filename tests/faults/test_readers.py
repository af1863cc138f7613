"""Readers open the index while runs, rebuilds and rollbacks follow each other: none fails, none sees a mixture."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.lane import Lanes
from tests.faults.reader import seen
from tests.faults.stage import Corpus, beginning, index_of, reindex_args

_READERS = 2
# A generation is collected when two newer ones have stood for a minute; here, for this long.
_KEEP_S = 3


@pytest.mark.parametrize("opens", [240, pytest.param(10_000, marks=pytest.mark.deep)])
def test_readers_never_fail_while_generations_come_go_and_come_back(
    opens: int, tmp_path: Path, config: Path, lanes: Lanes
) -> None:
    corpus = Corpus(tmp_path / "corpus")
    beginning(corpus)
    watched = tmp_path / "watched"
    watched.mkdir()
    index = index_of(watched)
    run = reindex_args(corpus.folder, watched, config)
    assert lanes.run(run, watched).code == 0
    expected = dict([seen(config, index)])
    readers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.reader", config, index, str(opens // _READERS)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(_READERS)
    ]
    rng = random.Random(opens)
    number = swaps = 0
    while any(reader.poll() is None for reader in readers):
        kind = rng.choice(("run", "run", "run", "rebuild", "rollback"))
        if kind == "rollback":
            ran = lanes.run(["rollback", "--index", index, "--config", config], watched)
            assert ran.code == 0 or "avant la" in ran.err, ran.err
        else:
            number += 1
            corpus.article(10 + number % 60, f"Passage {number}.")
            ran = lanes.run([*run, *(["--full"] if kind == "rebuild" else [])], watched)
            assert ran.code == 0, ran.err
        swaps += 1
        generation, answer = seen(config, index)
        assert expected.setdefault(generation, answer) == answer, f"generation {generation} changed"
        _age(index)
    outcomes = [json.loads(reader.communicate()[0]) for reader in readers]
    assert [outcome["errors"] for outcome in outcomes] == [[]] * _READERS
    generations = {generation for outcome in outcomes for generation, _ in outcome["answers"]}
    for outcome in outcomes:
        for generation, answer in outcome["answers"]:
            assert tuple(answer) == expected[generation], f"generation {generation} of {swaps} swaps"
    assert len(generations) >= 3


def _age(index: Path) -> None:
    """Let a minute pass for the generations that are `_KEEP_S` old."""
    for manifest in (index / "generations").glob("*/manifest.json"):
        written = manifest.stat().st_mtime
        if _KEEP_S < time.time() - written < 60:
            os.utime(manifest, (written - 60, written - 60))
