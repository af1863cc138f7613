"""`python -m benchmarks.speed`: measures, and writes a table under `benchmarks/results/`.

A full run at 100,000 documents takes an hour or two, most of it stock Whoosh's. Parts and engines can be chosen.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import indexing, querying, runs, scaling, serving
from benchmarks.engines import NAMES, REFERENCE, engine
from benchmarks.engines.base import Unavailable
from benchmarks.measuring import machine, tell
from benchmarks.report import markdown
from benchmarks.workshop import Part, Workshop

_HERE = Path(__file__).parent
PARTS: dict[str, Part] = {
    "index": indexing.measure,
    "queries": querying.measure,
    "http": serving.measure,
    "runs": runs.measure,
    "scaling": scaling.measure,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """See the module."""
    given = _parser().parse_args(arguments)
    names = _available(given.engines)
    workshop = Workshop(given.cache, given.documents, names, fresh=given.fresh)
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join(["python -m benchmarks.speed", *(sys.argv[1:] if arguments is None else arguments)]),
        "machine": machine(),
        "documents": workshop.corpus.documents,
        "text_mb": workshop.corpus.text_bytes / 1e6,
        "file_mb": workshop.corpus.file_bytes / 1e6,
        "engines": {name: {"version": made.version(), "note": made.note} for name, made in workshop.engines.items()},
        "missing": sorted(set(given.engines) - set(names)),
    }
    path = _new_result(given.results)
    for part in given.only:
        tell(f"part {part}")
        found[part] = PARTS[part](workshop)
        # After each part: an hour of measuring must not be lost to a fault in the next.
        path.with_suffix(".json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        path.write_text(markdown(found), encoding="utf-8")
    print(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description="Trouvaille beside its peers.")
    parser.add_argument("--documents", type=int, default=100_000, help="size of the corpus (100000)")
    parser.add_argument("--only", type=_list_of(PARTS), default=list(PARTS), help=f"parts: {','.join(PARTS)}")
    parser.add_argument("--engines", type=_list_of(NAMES), default=list(NAMES), help=f"engines: {','.join(NAMES)}")
    parser.add_argument("--fresh", action="store_true", help="build every index anew")
    parser.add_argument("--cache", type=Path, default=_HERE / "cache", help="where packages, corpora and indexes lie")
    parser.add_argument("--results", type=Path, default=_HERE / "results", help="where the table goes")
    return parser


def _list_of(allowed: Sequence[str] | dict[str, Part]) -> Any:
    def read(text: str) -> list[str]:
        wanted = text.split(",")
        for name in wanted:
            if name not in allowed:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(allowed)}")
        return wanted

    return read


def _available(names: Sequence[str]) -> list[str]:
    """The engines that are installed here; the others are named on standard error."""
    found = []
    for name in names:
        try:
            engine(name).version()
        except Unavailable as missing:
            tell(f"left out: {missing}")
        else:
            found.append(name)
    if REFERENCE not in found:
        tell(f"{REFERENCE} takes no part: no ratios")
    return found


def _new_result(folder: Path) -> Path:
    """The first free `<date>-<n>.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    numbers = range(1, 1000)
    return next(path for number in numbers if not (path := folder / f"{day}-{number}.md").exists())


if __name__ == "__main__":
    main()
