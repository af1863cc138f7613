"""`python -m benchmarks.profile`: where the time of our own searches goes, as cProfile sees it.

A profiler makes many small calls look dearer than they are: read shares, not milliseconds.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
from pathlib import Path

from benchmarks.engines.base import Index, Op
from benchmarks.queries import Asked
from benchmarks.workshop import Workshop

_HERE = Path(__file__).parent
_LINES = 25
_ROUNDS = 5


def main() -> None:
    """Profile the engine and the whole service, with and without snippets, on the questions of the benchmarks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--cache", type=Path, default=_HERE / "cache")
    parser.add_argument("--lines", type=int, default=_LINES)
    given = parser.parse_args()
    workshop = Workshop(given.cache, given.documents, ["ours", "service"])
    asked = workshop.questions()
    for name, snippets in (("ours", False), ("ours", True), ("service", True)):
        index = workshop.engines[name].open(workshop.index(name)[0])
        for op in (Op.ALL, Op.RULE):
            _ask(index, asked, op, snippets, rounds=1)  # fills the caches
            profile = cProfile.Profile()
            profile.runcall(_ask, index, asked, op, snippets, rounds=_ROUNDS)
            print(f"## {name}, {op} words{', snippets' if snippets else ''}, {len(asked) * _ROUNDS} searches")
            print(_top(profile, given.lines))


def _ask(index: Index, asked: list[Asked], op: Op, snippets: bool, rounds: int) -> None:
    questions = [one.question(op, snippets=snippets) for one in asked]
    for _ in range(rounds):
        for question in questions:
            index.search(question)


def _top(profile: cProfile.Profile, lines: int) -> str:
    """The functions with most time of their own, paths below the project made short."""
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(lines)
    return text.getvalue().replace(f"{_HERE.parent}/", "")


if __name__ == "__main__":
    main()
