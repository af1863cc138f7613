"""Runs of `trouvaille reindex` with nothing or little to do, as commands, start-up included. Part `runs`.

The last are those of one command that stays (`--watch`): on the clock, from the moment before a file is saved until the
run that it caused is published.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.measuring import HOUSE, Used, cpu_s, descendants, median, reindexed, tell
from benchmarks.workshop import Workshop

Change = Callable[[Path, int], None]

TIMES = 5
SINGLE_FILES = 10_000
# A file that changed less than two seconds before it was read is read again by the next run.
_SETTLED_S = 2.2


def measure(workshop: Workshop) -> dict[str, Any]:
    """Runs over the corpus as JSONL, and over its first 10,000 documents as a file each."""
    folder = workshop.cache / "runs"
    shutil.rmtree(folder, ignore_errors=True)
    many = shutil.copytree(workshop.corpus.root, folder / "jsonl")
    single = _single_files(workshop.corpus, folder / "single")
    found = {
        f"{workshop.corpus.documents} documents in {len(workshop.corpus.files)} JSONL files": _runs(many, _change_line),
        f"{len(list(single.iterdir()))} files of one document": _runs(single, _change_file),
    }
    shutil.rmtree(folder)
    return found


def _single_files(corpus: Corpus, folder: Path) -> Path:
    folder.mkdir()
    for number, line in enumerate(corpus.lines()):
        if number == SINGLE_FILES:
            break
        (folder / f"{number:05}.txt").write_text(f"{line.title}\n\n{line.text}\n", encoding="utf-8")
    return folder


def _runs(corpus: Path, change: Change) -> dict[str, Any]:
    index = corpus.with_name(corpus.name + "-index")
    tell(f"runs over {corpus.name}: the first")
    time.sleep(_SETTLED_S)
    first = reindexed(index, corpus)
    tell(f"runs over {corpus.name}: nothing changed, one changed")
    unchanged = [reindexed(index) for _ in range(TIMES)]
    changed = []
    for number in range(TIMES):
        change(corpus, number)
        time.sleep(_SETTLED_S)
        changed.append(reindexed(index))
        _check(changed[-1].said)
    tell(f"runs over {corpus.name}: followed")
    return {
        "first": _summary([first]),
        "nothing changed": _summary(unchanged),
        "one changed": _summary(changed),
        "one changed, followed": _summary(_followed(index, corpus, change)),
    }


def _followed(index: Path, corpus: Path, change: Change) -> list[Used]:
    used = []
    with _following(index) as process:
        for number in range(TIMES, 2 * TIMES):
            time.sleep(_SETTLED_S)
            started, before = time.perf_counter(), cpu_s(descendants(process.pid))
            change(corpus, number)
            said = process.stdout.readline() if process.stdout else ""
            used.append(
                Used(time.perf_counter() - started, cpu_s(descendants(process.pid)) - before, None, said),
            )
            _check(said)
    return used


@contextmanager
def _following(index: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that follows the index's roots, from the moment when it has ended its first run."""
    command = [sys.executable, "-m", "indexer", "reindex", "--watch", "--json", "--index", str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=HOUSE, text=True) as process:
        try:
            if process.stdout:
                process.stdout.readline()
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def _check(said: str) -> None:
    """Raise ValueError when a run did not do what it was measured for."""
    if json.loads(said)["changed"] != 1:
        raise ValueError(f"one document was changed, the run says {said}")


def _summary(runs: list[Used]) -> dict[str, float | None]:
    memory = [run.peak_anon_mb for run in runs if run.peak_anon_mb is not None]
    return {
        "wall_s": median([run.wall_s for run in runs]),
        "cpu_s": median([run.cpu_s for run in runs]),
        "peak_anon_mb": max(memory, default=None),
    }


def _change_line(corpus: Path, number: int) -> None:
    """One more sentence in the first document of a file."""
    path = sorted(corpus.iterdir())[number]
    first, *others = path.read_text(encoding="utf-8").splitlines(keepends=True)
    line = json.loads(first)
    line["text"] += " Une phrase de plus."
    path.write_text("".join((json.dumps(line, ensure_ascii=False) + "\n", *others)), encoding="utf-8")


def _change_file(corpus: Path, number: int) -> None:
    path = sorted(corpus.iterdir())[number]
    path.write_text(path.read_text(encoding="utf-8") + "Une phrase de plus.\n", encoding="utf-8")
