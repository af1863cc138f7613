"""What a measured process does: analyse a corpus, build an index, or open one and answer. JSON on standard output."""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import analysis
from benchmarks.corpus import Corpus, load_corpus
from benchmarks.engines import NAMES, engine
from benchmarks.engines.base import Op
from benchmarks.measuring import anonymous_mb
from benchmarks.queries import Asked
from indexer.assembly import analyzer
from indexer.query import parse
from indexer.settings import load_settings


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    doors = parser.add_subparsers(dest="door", required=True)
    door = doors.add_parser("analyse")
    door.add_argument("corpus", type=Path)
    door = doors.add_parser("build")
    door.add_argument("engine", choices=NAMES)
    door.add_argument("corpus", type=Path)
    door.add_argument("folder", type=Path)
    door = doors.add_parser("answer")
    door.add_argument("engine", choices=NAMES)
    door.add_argument("folder", type=Path)
    door.add_argument("texts", type=Path)
    given = parser.parse_args()
    match given.door:
        case "analyse":
            print(json.dumps({"cpu_s": _analyse(load_corpus(given.corpus))}))
        case "build":
            engine(given.engine).build(load_corpus(given.corpus), given.folder)
        case "answer":
            print(json.dumps(_answer(given.engine, given.folder, json.loads(given.texts.read_text()))))


def _analyse(corpus: Corpus) -> float:
    """Keep the analysed documents; CPU seconds of reading and analysing them, without the keeping."""
    spent = 0.0

    def timed() -> Iterator[analysis.Analysed]:
        nonlocal spent
        documents = analysis.analyse(corpus)
        while True:
            started = time.process_time()
            document = next(documents, None)
            spent += time.process_time() - started
            if document is None:
                return
            yield document

    analysis.save(timed(), corpus.folder)
    return spent


def _answer(name: str, folder: Path, texts: list[str]) -> dict[str, Any]:
    """Open an index and answer every question once, as a serving process would: times and memory of it."""
    french = analyzer(load_settings(environ={}))
    asked = [Asked("", text, parse(text, french)) for text in texts]
    made = engine(name)
    gc.collect()
    before_mb = anonymous_mb(os.getpid())
    started, started_cpu = time.perf_counter(), time.process_time()
    index = made.open(folder)
    opened_ms = (time.perf_counter() - started) * 1000
    opened_cpu_ms = (time.process_time() - started_cpu) * 1000
    first = time.process_time()
    index.search(asked[0].question(Op.ALL, snippets=True))
    first_cpu_ms = (time.process_time() - first) * 1000
    for one in asked:
        for op in sorted(made.ops & {Op.ALL, Op.RULE}):
            index.search(one.question(op, snippets=True))
    return {
        "open_ms": opened_ms,
        "open_cpu_ms": opened_cpu_ms,
        "first_cpu_ms": first_cpu_ms,
        "before_mb": before_mb,
        "anon_mb": anonymous_mb(os.getpid()),
    }


if __name__ == "__main__":
    main()
