"""Indexing: text per CPU second, memory, size. Part `index`.

Ours is the command `trouvaille reindex`, start-up included: it reads JSONL files, analyses and writes, in one run of
all cores, and in one of a single process. Of three runs of each the middle one counts: what Python does is slowed by
neighbours on a shared machine. Peers are given the terms; what the analysis costs is measured once and added to
theirs, so that both columns start from the same JSONL.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import Any

from benchmarks.measuring import reindexed, tell
from benchmarks.workshop import Cost, Workshop, cost_of

_TIMES = 3


def measure(workshop: Workshop) -> dict[str, Any]:
    """For each engine what its index cost; `analysis_cpu_s` is what all share."""
    analysis_cpu_s = workshop.analysed()
    costs = {}
    for name in workshop.names:
        if name == "service":
            continue
        if name == "ours":
            costs["ours"] = asdict(_run(workshop))
            costs["ours --jobs 1"] = asdict(_run(workshop, "--jobs", "1"))
        else:
            costs[name] = asdict(workshop.index(name)[1])
    return {"analysis_cpu_s": analysis_cpu_s, "engines": costs}


def _run(workshop: Workshop, *options: str) -> Cost:
    """What a first run over the corpus costs: of several the one in the middle."""
    folder = workshop.cache / "indexes" / "ours-in-one-run"
    costs = []
    for _ in range(_TIMES):
        shutil.rmtree(folder, ignore_errors=True)
        tell(" ".join((f"ours: one run over {workshop.corpus.documents} documents", *options)))
        costs.append(cost_of(reindexed(folder / "index", *options, workshop.corpus.root), folder))
    shutil.rmtree(folder)
    return sorted(costs, key=lambda cost: cost.cpu_s)[_TIMES // 2]
