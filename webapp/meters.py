"""What the processes of a service count, as Prometheus reads it: `/metriques`.

Each process has a row of numbers in one small mapped file, and any of them can add the rows up; a row is held by a lock
that the kernel frees when its process dies, so that the next one counts on where that ended. Twelve numbers of a few
routes need no library (prometheus_client keeps a file per process and metric, and never takes one away).
"""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import IO

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# A status that is none of these counts as the last of its hundred here, or as 500.
STATUSES = (200, 206, 303, 304, 308, 400, 403, 404, 405, 409, 410, 414, 416, 500, 503)
# Seconds. Pages take a few milliseconds; what takes longer than the last bound counts in "+Inf" alone.
BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5)
OTHER_ROUTE = "autre"
_NUMBER_BYTES = 8
_CACHE = ("hit", "miss", "not-modified")
_REFUSED = ("queue", "streams")


class Meters:
    """The row of one process, and the sum of all rows.

    `routes` are the rules that requests are counted under. `file` is shared by the processes; without it the process
    counts alone. Raises OSError when more processes count than the file has rows for.
    """

    def __init__(self, routes: Iterable[str], file: Path | None = None, rows: int = 1) -> None:
        self.routes = (*routes, OTHER_ROUTE)
        names = [
            *(("requests", route, str(status)) for route, status in product(self.routes, STATUSES)),
            *(("seconds", route, str(bound)) for route, bound in product(self.routes, (*BOUNDS_S, "+Inf"))),
            *(("seconds_sum", route) for route in self.routes),
            *(("cache", outcome) for outcome in _CACHE),
            *(("refused", why) for why in _REFUSED),
        ]
        self._place = {name: place for place, name in enumerate(names)}
        self._lock = threading.Lock()
        self._rows = rows
        self._numbers = memoryview(self._mapped(file)).cast("d")
        row = claimed(self._file, range(rows))
        if row is None:
            raise OSError(f"more than {rows} processes count in one file")
        self._row = row * len(names)

    def _mapped(self, file: Path | None) -> mmap.mmap:
        size = self._rows * len(self._place) * _NUMBER_BYTES
        self._file = file.open("r+b", buffering=0) if file else tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        if os.fstat(self._file.fileno()).st_size < size:
            self._file.truncate(size)
        return mmap.mmap(self._file.fileno(), size)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count a request under its route."""
        route = route if route in self.routes else OTHER_ROUTE
        bound = BOUNDS_S[place] if (place := bisect_left(BOUNDS_S, seconds)) < len(BOUNDS_S) else "+Inf"
        known = status if status in STATUSES else _nearest(status)
        with self._lock:
            self._add(("requests", route, str(known)), 1)
            self._add(("seconds", route, str(bound)), 1)
            self._add(("seconds_sum", route), seconds)

    def cached(self, outcome: str) -> None:
        """Count what the cache did for a request: "hit", "miss" or "not-modified"."""
        with self._lock:
            self._add(("cache", outcome), 1)

    def refused(self, why: str) -> None:
        """Count a request that was refused: "queue" or "streams"."""
        with self._lock:
            self._add(("refused", why), 1)

    def _add(self, name: tuple[str, ...], much: float) -> None:
        self._numbers[self._row + self._place[name]] += much

    def _sum(self, *name: str) -> float:
        place, width = self._place[name], len(self._place)
        return float(sum(self._numbers[row * width + place] for row in range(self._rows)))

    def text(self, gauges: Sequence[tuple[str, str, Callable[[], float]]] = ()) -> str:
        """All that was counted by all processes, and `gauges` (name, what it is, its value now) of this one."""
        lines: list[str] = []

        def metric(name: str, kind: str, told: str, values: Iterable[tuple[Mapping[str, str], float]]) -> None:
            lines.extend((f"# HELP trouvaille_{name} {told}", f"# TYPE trouvaille_{name} {kind}"))
            lines.extend(f"trouvaille_{name}{_labels(labels)} {value:.12g}" for labels, value in values)

        counted = [
            ({"route": route, "status": str(status)}, self._sum("requests", route, str(status)))
            for route, status in product(self.routes, STATUSES)
        ]
        metric("requests_total", "counter", "Requests answered.", (one for one in counted if one[1]))
        lines.extend(self._histogram())
        cached = (({"outcome": outcome}, self._sum("cache", outcome)) for outcome in _CACHE)
        metric("cache_total", "counter", "Answers that may be kept, by what became of them.", cached)
        refused = (({"reason": why}, self._sum("refused", why)) for why in _REFUSED)
        metric("refused_total", "counter", "Requests refused because too many were at work.", refused)
        for name, told, value in gauges:
            metric(name, "gauge", told, [({}, value())])
        return "\n".join(lines) + "\n"

    def _histogram(self) -> Iterable[str]:
        yield "# HELP trouvaille_request_seconds How long answers took, waiting included."
        yield "# TYPE trouvaille_request_seconds histogram"
        for route in self.routes:
            counts = [self._sum("seconds", route, str(bound)) for bound in (*BOUNDS_S, "+Inf")]
            if not sum(counts):
                continue
            so_far = 0.0
            for bound, count in zip((*BOUNDS_S, "+Inf"), counts, strict=True):
                so_far += count
                yield f"trouvaille_request_seconds_bucket{_labels({'route': route, 'le': str(bound)})} {so_far:.12g}"
            yield f"trouvaille_request_seconds_sum{_labels({'route': route})} {self._sum('seconds_sum', route):.12g}"
            yield f"trouvaille_request_seconds_count{_labels({'route': route})} {so_far:.12g}"


def claimed(file: int | IO[bytes], numbers: Iterable[int]) -> int | None:
    """The first of these numbers that no living process holds in a file, held from now on until this process ends or
    closes the file; None when there is none left."""
    for number in numbers:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            continue
        return number
    return None


def _nearest(status: int) -> int:
    return max((one for one in STATUSES if one // 100 == status // 100), default=500)


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{_quoted(value)}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
