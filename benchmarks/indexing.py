"""Indexing: text per CPU second, memory, size. Part `index`.

Ours reads JSONL files, analyses and writes, in one run. Peers are given the terms; what the analysis costs is measured
once and added to theirs, so that both columns start from the same JSONL.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import Any

from benchmarks.measuring import child, tell
from benchmarks.workshop import Workshop, cost_of


def measure(workshop: Workshop) -> dict[str, Any]:
    """For each engine what its index cost; `analysis_cpu_s` is what all share."""
    corpus = workshop.corpus
    analysis_cpu_s = workshop.analysed()
    costs = {}
    for name in workshop.names:
        if name == "service":
            continue
        if name == "ours":
            folder = workshop.cache / "indexes" / "ours-in-one-run"
            shutil.rmtree(folder, ignore_errors=True)
            tell(f"ours: one run over {corpus.documents} documents")
            cost = cost_of(child("reindex", str(corpus.root), str(folder)), folder)
            shutil.rmtree(folder)
        else:
            _, cost = workshop.index(name)
        costs[name] = asdict(cost)
    return {"analysis_cpu_s": analysis_cpu_s, "engines": costs}
