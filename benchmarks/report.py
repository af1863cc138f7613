"""What was found, as Markdown: first the table of targets, then each part in full.

`_TARGETS` are the numbers to reach, « ours, first »: they stand beside what was measured, never instead of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.engines import REFERENCE
from benchmarks.serving import DATASETTE

Found = Mapping[str, Any]
_NONE = "–"


@dataclass(frozen=True, slots=True)
class Target:
    """A number to reach: what was found for ours, what the reference had, and whether it is reached.

    `find` gives (ours, reference, reached), each text, or None when the part was not run.
    """

    name: str
    first: str
    find: Callable[[Found], tuple[str, str, bool] | None]


def markdown(found: Found) -> str:
    """The whole report."""
    lines = [*_head(found), *_targets(found)]
    for key, part in (
        ("index", _indexing),
        ("queries", _querying),
        ("http", _serving),
        ("runs", _runs),
        ("scaling", _scaling),
    ):
        if key in found:
            lines += part(found)
    return "\n".join(lines) + "\n"


def _head(found: Found) -> Iterator[str]:
    machine = found["machine"]
    yield f"# Trouvaille beside its peers, {found['documents']:,} documents, {found['at'][:10]}"
    yield ""
    yield f"`{found['command']}`"
    yield ""
    yield (
        f"{found['text_mb']:.0f} MB of titles and texts ({found['file_mb']:.0f} MB of JSONL). {machine['processor']}, "
        f"{machine['cores']} cores, {machine['memory']}, {machine['system']}, Python {machine['python']}. "
        "Times are CPU times unless said otherwise. All engines have the same documents, fields (title and body, each "
        "as surfaces and stems) and terms; a word matches in any of the four, BM25 is summed; "
        "counts are by type and year."
    )
    yield ""
    for name, facts in found["engines"].items():
        yield f"- **{name}** {facts['version']}: {facts['note']}"
    for name in found["missing"]:
        yield f"- **{name}** is not installed here and took no part."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ""
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cells)} |"


# --- targets -------------------------------------------------------------------------------------------------------


def _both(found: Found, name: str) -> dict[str, Any]:
    """What the engines took for a row of the queries; empty unless ours and the reference were asked."""
    rows = {row["name"]: row["engines"] for row in found.get("queries", {}).get("rows", ())}
    engines: dict[str, Any] = rows.get(name, {})
    return engines if {"ours", REFERENCE} <= engines.keys() else {}


def _row(name: str, most: float) -> Callable[[Found], tuple[str, str, bool] | None]:
    def find(found: Found) -> tuple[str, str, bool] | None:
        engines = _both(found, name)
        if not engines:
            return None
        ratio = engines["ours"]["p50_ratio"]
        ours = f"{engines['ours']['ms'][0]:.2f} ms, × {ratio:.2f}"
        return ours, f"{engines[REFERENCE]['ms'][0]:.2f} ms", ratio <= most

    return find


def _tail(name: str, most: float) -> Callable[[Found], tuple[str, str, bool] | None]:
    def find(found: Found) -> tuple[str, str, bool] | None:
        engines = _both(found, name)
        if not engines:
            return None
        ours, theirs = engines["ours"]["ms"][1:], engines[REFERENCE]["ms"][1:]
        reached = all(one <= most * other for one, other in zip(ours, theirs, strict=True))
        return f"{ours[0]:.2f} / {ours[1]:.2f} ms", f"{theirs[0]:.2f} / {theirs[1]:.2f} ms", reached

    return find


def _index_speed(found: Found) -> tuple[str, str, bool] | None:
    engines = found.get("index", {}).get("engines", {})
    if "ours" not in engines:
        return None
    speed = found["text_mb"] / engines["ours"]["cpu_s"]
    theirs = _NONE
    if REFERENCE in engines:
        alone = engines[REFERENCE]["cpu_s"]
        both = alone + found["index"]["analysis_cpu_s"]
        theirs = f"{found['text_mb'] / both:.1f} with our analysis, {found['text_mb'] / alone:.1f} without"
    return f"{speed:.1f}", theirs, speed >= 5


def _index_size(found: Found) -> tuple[str, str, bool] | None:
    engines = found.get("index", {}).get("engines", {})
    if "ours" not in engines:
        return None
    share = engines["ours"]["bytes"] / 1e6 / found["text_mb"]
    theirs = engines[REFERENCE]["bytes"] / 1e6 / found["text_mb"] if REFERENCE in engines else None
    return f"{share:.2f}", _number(theirs, 2), share <= 1.2


def _pages(other: str, least: float) -> Callable[[Found], tuple[str, str, bool] | None]:
    def find(found: Found) -> tuple[str, str, bool] | None:
        services = found.get("http", {})
        if not {"ours", other} <= services.keys():
            return None
        ours, theirs = (services[name]["pages_per_s"] for name in ("ours", other))
        told = "" if other == REFERENCE else f"{other}: "
        return f"{ours:.0f}/s, × {ours / theirs:.2f}", f"{told}{theirs:.0f}/s", ours >= least * theirs

    return find


def _run(place: int, name: str, most_s: float) -> Callable[[Found], tuple[str, str, bool] | None]:
    def find(found: Found) -> tuple[str, str, bool] | None:
        corpora = list(found.get("runs", {}).values())
        if not corpora:
            return None
        run = corpora[place][name]
        return f"{run['wall_s']:.2f} s (CPU {run['cpu_s']:.2f})", _NONE, run["wall_s"] <= most_s

    return find


def _memory(found: Found) -> tuple[str, str, bool] | None:
    processes = found.get("queries", {}).get("processes", {})
    ours = processes.get("service", processes.get("ours", {})).get("anon_mb")
    if ours is None:
        return None
    theirs = processes.get(REFERENCE, {}).get("anon_mb")
    return f"{ours:.0f} MB", f"{_number(theirs, 0)} MB", ours <= 150


def _run_memory(found: Found) -> tuple[str, str, bool] | None:
    engines = found.get("index", {}).get("engines", {})
    ours = engines.get("ours", {}).get("peak_anon_mb")
    if ours is None:
        return None
    return f"{ours:.0f} MB", f"{_number(engines.get(REFERENCE, {}).get('peak_anon_mb'), 0)} MB", ours <= 400


_ALL, _RULE = "ten best + counts, all words", "ten best + counts, our rule (peers: any word)"
_ALL_SHOWN, _RULE_SHOWN = "the same + ten snippets, all words", "the same + ten snippets, our rule (peers: any word)"
_TARGETS = (
    Target("ten best + facets over all hits, all words, p50", "≤ 1.0 ×", _row(_ALL, 1.0)),
    Target("the same, p95 / p99", "< 3 ×", _tail(_ALL, 3.0)),
    Target("the same, our matching rule against any word, p50", "≤ 0.7 ×", _row(_RULE, 0.7)),
    Target("the same, p95 / p99", "< 3 ×", _tail(_RULE, 3.0)),
    Target("with ten snippets, all words, p50", "≤ 1.0 ×", _row(_ALL_SHOWN, 1.0)),
    Target("with ten snippets, our rule against any word, p50", "≤ 1.0 ×", _row(_RULE_SHOWN, 1.0)),
    Target("index from JSONL, MB of text per CPU second", "≥ 5", _index_speed),
    Target("index / text, stored text included", "≤ 1.2", _index_size),
    Target("result pages over HTTP, 8 clients, 2 workers", "≥ 0.8 ×", _pages(REFERENCE, 0.8)),
    Target("the same, beside Datasette's at 100,000 documents", "≥ 15 ×", _pages(DATASETTE, 15)),
    Target("`reindex`, nothing changed, 10,000 files", "≤ 1 s", _run(1, "nothing changed", 1.0)),
    Target("one document changed, of the corpus in JSONL", "≤ 2 s", _run(0, "one changed", 2.0)),
    Target("anonymous memory of a serving process", "≤ 150 MB", _memory),
    Target("anonymous memory of `reindex`", "≤ 400 MB", _run_memory),
)


def _targets(found: Found) -> Iterator[str]:
    rows = []
    for target in _TARGETS:
        known = target.find(found)
        if known:
            ours, theirs, reached = known
            rows.append((target.name, theirs, ours, target.first, "yes" if reached else "**no**"))
    if rows:
        yield ""
        yield "## Targets"
        yield from _table(("measure", REFERENCE, "ours", "ours, first", "reached"), rows)


# --- parts ---------------------------------------------------------------------------------------------------------


def _indexing(found: Found) -> Iterator[str]:
    part = found["index"]
    yield ""
    yield "## Indexing"
    yield ""
    yield (
        f"Reading the JSONL and analysing it takes {part['analysis_cpu_s']:.1f} s of CPU. Ours includes that; peers "
        "are given the terms, and have the same seconds added in the third column."
    )
    rows = []
    for name, cost in part["engines"].items():
        whole = name.startswith("ours")
        both = cost["cpu_s"] + (0 if whole else part["analysis_cpu_s"])
        rows.append(
            (
                name,
                _NONE if whole else f"{cost['cpu_s']:.1f}",
                f"{both:.1f}",
                f"{found['text_mb'] / both:.1f}",
                f"{cost['wall_s']:.1f}",
                _number(cost["peak_anon_mb"], 0),
                f"{cost['bytes'] / 1e6:.0f}",
                f"{cost['bytes'] / 1e6 / found['text_mb']:.2f}",
            )
        )
    head = ("engine", "its own CPU s", "from JSONL, CPU s", "MB of text / CPU s", "wall s", "peak RssAnon MB")
    yield from _table((*head, "index MB", "index / text"), rows)


def _querying(found: Found) -> Iterator[str]:
    part = found["queries"]
    yield ""
    yield "## Queries"
    yield ""
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(part["questions"].items()))
    yield (
        f"Questions: {kinds}. CPU ms p50 / p95 / p99; then the quartiles of the ratio to {REFERENCE}, question by "
        "question; n where an engine was asked fewer."
    )
    asked = sum(part["questions"].values())
    names = list(found["engines"])
    yield from _table(("what", *names), [_measures(row, names, asked) for row in part["rows"]])
    yield ""
    yield "The very first time that each question was asked so:"
    yield from _table(("what", *names), [_measures(row, names, asked) for row in part["first_calls"]])
    yield ""
    yield "By kind of question, all words, ten best + counts:"
    rows = [_measures(row, [name for name in names if name != "service"], asked) for row in part["kinds"]]
    yield from _table(("what", *(name for name in names if name != "service")), rows)
    yield ""
    yield "A process that opens the index and answers every question, after that (Python and our analysis included):"
    numbers = ("open_ms", "open_cpu_ms", "first_cpu_ms", "before_mb", "anon_mb")
    rows = [[name, *(_number(one[key], 1) for key in numbers)] for name, one in part["processes"].items()]
    head = ("engine", "open, wall ms", "open, CPU ms", "first question, CPU ms", "RssAnon MB before", "and after")
    yield from _table(head, rows)
    yield ""
    differences = part["differences"]
    yield f"Totals and counts that differ between engines asked the same: {len(differences) or 'none'}."
    yield from (f"- {difference}" for difference in differences[:50])


def _measures(row: Found, names: Sequence[str], asked: int) -> list[str]:
    cells = [row["name"]]
    full = max((facts["n"] for facts in row["engines"].values()), default=asked)
    for name in names:
        facts = row["engines"].get(name)
        if facts is None:
            cells.append(_NONE)
            continue
        cell = " / ".join(f"{ms:.2f}" for ms in facts["ms"])
        if facts["ratio"] and name != REFERENCE:
            cell += f"<br>× {' / '.join(f'{ratio:.2f}' for ratio in facts['ratio'])}"
        if facts["n"] < full:
            cell += f"<br>n = {facts['n']}"
        cells.append(cell)
    return cells


def _serving(found: Found) -> Iterator[str]:
    yield ""
    yield "## Result pages over HTTP"
    yield ""
    yield "8 clients, 2 workers, the same pages and server; pages a second on the clock, clients on the same machine."
    yield "Datasette (SQLite FTS5, all words, two facets) has its own pages and server, in one process."
    rows = [
        (
            name,
            f"{one['pages_per_s']:.0f}",
            f"{one['p50_ms']:.1f} / {one['p99_ms']:.1f}",
            f"{one['cpu_ms_per_page']:.2f}",
            f"{one['bytes_per_page'] / 1000:.1f}",
            f"{one['largest_process_mb']:.0f}",
        )
        for name, one in found["http"].items()
    ]
    head = ("service", "pages / s", "wall ms p50 / p99", "CPU ms / page", "KB / page", "RssAnon of a worker MB")
    yield from _table(head, rows)


def _runs(found: Found) -> Iterator[str]:
    yield ""
    yield "## Runs of `trouvaille reindex`, start-up included"
    rows = [
        (corpus, run, f"{used['wall_s']:.2f}", f"{used['cpu_s']:.2f}", _number(used["peak_anon_mb"], 0))
        for corpus, runs in found["runs"].items()
        for run, used in runs.items()
    ]
    yield from _table(("corpus", "run", "wall s", "CPU s", "peak RssAnon MB"), rows)


def _scaling(found: Found) -> Iterator[str]:
    yield ""
    yield "## Growth"
    yield ""
    yield "One run of indexing; words alone, ten best + counts. What is beyond the packages is made of their sentences."
    rows = [
        (
            f"{int(size):,}",
            f"{one['text_mb']:.0f}",
            f"{one['cpu_s']:.1f}",
            f"{one['text_mb'] / one['cpu_s']:.1f}",
            _number(one["peak_anon_mb"], 0),
            f"{one['index_mb']:.0f}",
            f"{one['common']['hits']:.0f}: {one['common']['p50_ms']:.2f} / {one['common']['p95_ms']:.2f}",
            f"{one['rare']['hits']:.0f}: {one['rare']['p50_ms']:.2f} / {one['rare']['p95_ms']:.2f}",
        )
        for size, one in found["scaling"].items()
    ]
    head = ("documents", "text MB", "indexing CPU s", "MB / CPU s", "peak RssAnon MB", "index MB")
    yield from _table((*head, "common word, hits: ms p50 / p95", "rare word, hits: ms p50 / p95"), rows)


def _number(value: float | None, digits: int) -> str:
    return _NONE if value is None else f"{value:.{digits}f}"
