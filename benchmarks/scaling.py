"""How cost grows with the corpus: one run of indexing, common words, rare words. Part `scaling`.

Common words are in a twentieth to two fifths of the documents, rare ones in three to thirty of them, whatever the size.
"""

from __future__ import annotations

import gc
import random
import shutil
import time
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.engines import engine
from benchmarks.engines.base import Index, Op
from benchmarks.measuring import median, quantile, reindexed, tell
from benchmarks.queries import COMMON, RARE, Asked
from benchmarks.workshop import Workshop, cost_of
from indexer.assembly import analyzer
from indexer.french import Analyzer
from indexer.query import parse
from indexer.settings import load_settings

SIZES = (10_000, 50_000, 100_000, 400_000)
_WORDS = 40
_ROUNDS = 5
_SEED = 99
_TRIES = 20_000
_EVERY = 97  # documents between those that words are taken from


def measure(workshop: Workshop, sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """For each size what its index cost and what words cost in it."""
    return {str(size): _measure(workshop, workshop.corpus_of(size)) for size in sizes}


def _measure(workshop: Workshop, corpus: Corpus) -> dict[str, Any]:
    folder = workshop.cache / "indexes" / "scaling"
    shutil.rmtree(folder, ignore_errors=True)
    tell(f"scaling: indexing {corpus.documents} documents")
    cost = cost_of(reindexed(folder / "index", corpus.root), folder)
    index = engine("ours").open(folder)
    common, rare = _words(corpus, index, analyzer(load_settings(environ={})))
    gc.collect()
    found = {
        "text_mb": corpus.text_bytes / 1e6,
        "cpu_s": cost.cpu_s,
        "wall_s": cost.wall_s,
        "peak_anon_mb": cost.peak_anon_mb,
        "index_mb": cost.bytes / 1e6,
        "common": _times(index, common),
        "rare": _times(index, rare),
    }
    shutil.rmtree(folder)
    return found


def _words(corpus: Corpus, index: Index, french: Analyzer) -> tuple[list[Asked], list[Asked]]:
    """Words of the corpus that the index itself counts as common, and as rare."""
    chance = random.Random(_SEED)
    texts = (line.text for number, line in enumerate(corpus.lines()) if number % _EVERY == 0)
    candidates = sorted({word for text in texts for word in text.split()})
    chance.shuffle(candidates)
    common: list[Asked] = []
    rare: list[Asked] = []
    for text in candidates[:_TRIES]:
        asked = Asked("word", text, parse(text, french)) if text.isalpha() and len(text) > 2 else None
        if asked is None or len(asked.query.words) != 1 or asked.query.skipped:
            continue
        total = index.search(asked.question(Op.ALL, snippets=False)).total
        if COMMON[0] <= total / corpus.documents <= COMMON[1] and len(common) < _WORDS:
            common.append(asked)
        if RARE[0] <= total <= RARE[1] and len(rare) < _WORDS:
            rare.append(asked)
        if len(common) == len(rare) == _WORDS:
            break
    return common, rare


def _times(index: Index, words: list[Asked]) -> dict[str, float]:
    best = []
    for asked in words:
        question = asked.question(Op.ALL, snippets=False)
        rounds = []
        for _ in range(_ROUNDS):
            started = time.process_time_ns()
            answer = index.search(question)
            rounds.append((time.process_time_ns() - started) / 1e6)
        best.append((min(rounds), answer.total))
    times = [ms for ms, _ in best]
    return {
        "n": len(best),
        "hits": median([total for _, total in best]),
        "p50_ms": median(times),
        "p95_ms": quantile(times, 0.95),
    }
