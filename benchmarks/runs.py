"""Runs of `trouvaille reindex` with nothing or little to do, as commands, start-up included. Part `runs`."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.measuring import Used, median, reindexed, tell
from benchmarks.workshop import Workshop

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


def _runs(corpus: Path, change: Any) -> dict[str, Any]:
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
        report = json.loads(changed[-1].said)
        if report["changed"] != 1:
            raise ValueError(f"one document was changed, the run says {report}")
    return {"first": _summary([first]), "nothing changed": _summary(unchanged), "one changed": _summary(changed)}


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
