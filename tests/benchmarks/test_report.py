"""The report says what was measured, whatever part was run."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.measuring import quantile
from benchmarks.packages import Package, PackageProblem, fetch
from benchmarks.querying import ROWS
from benchmarks.report import markdown

HEAD: dict[str, Any] = {
    "at": "2023-11-30T00:00:00+00:00",
    "command": "python -m benchmarks.speed",
    "machine": {"system": "s", "cores": "2", "processor": "p", "memory": "m", "python": "3.11"},
    "documents": 1000,
    "text_mb": 10.0,
    "file_mb": 12.0,
    "engines": {"ours": {"version": "1", "note": "n"}, "tantivy": {"version": "2", "note": "n"}},
    "missing": ["xapian"],
}


def measured(ours_ms: float, tantivy_ms: float) -> dict[str, Any]:
    """A part `queries` in which every row has these medians."""
    engines = {
        "ours": {"n": 160, "ms": [ours_ms] * 3, "ratio": [1.0] * 3, "p50_ratio": ours_ms / tantivy_ms},
        "tantivy": {"n": 160, "ms": [tantivy_ms] * 3, "ratio": [1.0] * 3, "p50_ratio": 1.0},
    }
    rows = [{"name": row.name, "engines": engines} for row in ROWS]
    facts = {"questions": {"2 words": 160}, "differences": [], "processes": {}}
    return facts | {"rows": rows, "first_calls": rows, "kinds": rows[:1]}


@pytest.mark.parametrize(("ours_ms", "reached"), [(0.6, "yes"), (0.9, "**no**"), (5.0, "**no**")])
def test_a_target_is_reached_or_not_as_measured(ours_ms: float, reached: str) -> None:
    text = markdown(HEAD | {"queries": measured(ours_ms, 1.0)})
    line = next(line for line in text.splitlines() if "our matching rule against any word, p50" in line)
    assert line.endswith(f"| ≤ 0.7 × | {reached} |")
    assert f"{ours_ms:.2f} ms" in line


def test_the_indexing_target_counts_megabytes_of_text_per_cpu_second() -> None:
    cost = {"wall_s": 1.0, "cpu_s": 4.0, "peak_anon_mb": None, "bytes": 9_000_000}
    text = markdown(HEAD | {"index": {"analysis_cpu_s": 1.0, "engines": {"ours": cost, "tantivy": cost}}})
    assert "| 2.0 with our analysis, 2.5 without | 2.5 | ≥ 5 | **no** |" in text
    assert "| 0.90 | 0.90 | ≤ 1.2 | yes |" in text


@pytest.mark.parametrize(("datasette", "ratio", "reached"), [(20.0, "15.00", "yes"), (20.1, "14.93", "**no**")])
def test_pages_are_compared_with_each_site_that_took_part(datasette: float, ratio: str, reached: str) -> None:
    figures = ("p50_ms", "p99_ms", "cpu_ms_per_page", "bytes_per_page", "largest_process_mb")
    served = {"ours": 300.0, "datasette": datasette}
    http = {name: dict.fromkeys(figures, 1.0) | {"pages_per_s": speed} for name, speed in served.items()}
    text = markdown(HEAD | {"http": http})
    assert f"| datasette: 20/s | 300/s, × {ratio} | ≥ 15 × | {reached} |" in text
    assert "≥ 0.8 ×" not in text, "tantivy took no part"


def test_what_took_no_part_is_named_and_no_target_is_claimed() -> None:
    text = markdown(HEAD)
    assert "**xapian** is not installed here and took no part." in text
    assert "## Targets" not in text


def test_quantiles_are_interpolated() -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert quantile([7.0], 0.99) == 7.0


def test_an_archive_that_is_not_the_pinned_one_is_refused(tmp_path: Any) -> None:
    package = Package("@a/b", "1.0.0", "AAAA")
    (tmp_path / package.archive).write_bytes(b"something else")
    with pytest.raises(PackageProblem, match="not the pinned archive"):
        fetch(package, tmp_path)
