"""CPU time, memory, sizes, and the statistics of many measurements.

CPU time, not time on the clock: a shared machine changes it little. A child's covers the processes that it started.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parent.parent
_SAMPLE_S = 0.02


class ChildFailed(Exception):
    """A measured process ended badly; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a process and its children used. `peak_anon_mb` sums private memory (RssAnon); None where unknown."""

    wall_s: float
    cpu_s: float
    peak_anon_mb: float | None
    said: str

    @property
    def answer(self) -> Any:
        """The JSON on the last line of its standard output."""
        return json.loads(self.said.splitlines()[-1])


def child(*arguments: str) -> Used:
    """Run `python -m benchmarks.child …` and measure it. Raises ChildFailed."""
    return measured([sys.executable, "-m", "benchmarks.child", *arguments])


def reindexed(index: Path, *arguments: str | Path) -> Used:
    """Run the command `trouvaille reindex`, which must find nothing wrong, and measure it. Raises ChildFailed."""
    return measured([sys.executable, "-m", "indexer", "reindex", "--json", "--index", str(index), *map(str, arguments)])


def _environment() -> dict[str, str]:
    """Ours, but for what would have every start compile the program anew, as no installed program does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measured(command: Sequence[str], expected: tuple[int, ...] = (0,)) -> Used:
    """Run a command to its end and measure it. Raises ChildFailed when its exit code is not an expected one."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=HOUSE, text=True, env=_environment()
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said: list[str] = []
    complained: list[str] = []
    readers = [
        threading.Thread(target=lambda: said.append(process.stdout.read())),  # type: ignore[union-attr]
        threading.Thread(target=lambda: complained.append(process.stderr.read())),  # type: ignore[union-attr]
    ]
    for reader in readers:
        reader.start()
    peak = _Peak(process.pid)
    peak.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    peak.stop()
    for reader in readers:
        reader.join()
    process.stdout.close()
    process.stderr.close()
    if process.returncode not in expected:
        raise ChildFailed(f"{' '.join(command[1:])}: exit code {process.returncode}\n{complained[0][-2000:]}")
    return Used(wall_s, usage.ru_utime + usage.ru_stime, peak.mb, said[0])


class _Peak(threading.Thread):
    """Looks at the memory of a process and its descendants until it is told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._stop_asked = threading.Event()
        self.mb: float | None = None

    def run(self) -> None:
        """See Thread."""
        while not self._stop_asked.wait(_SAMPLE_S):
            found = [anonymous_mb(pid) for pid in descendants(self._pid)]
            known = [mb for mb in found if mb is not None]
            if known:
                self.mb = max(self.mb or 0.0, sum(known))

    def stop(self) -> None:
        """End and wait for the end."""
        self._stop_asked.set()
        self.join()


def anonymous_mb(pid: int) -> float | None:
    """Private memory of a process in MB (RssAnon); None where the system does not say, or the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("RssAnon")]
    return int(found[0]) / 1000 if found else None


def descendants(pid: int) -> list[int]:
    """A process and all that it started, as far as they live."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        lists = []
    return [pid, *(found for one in " ".join(lists).split() for found in descendants(int(one)))]


def cpu_s(pids: Sequence[int]) -> float:
    """CPU seconds that living processes have used so far (Linux)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def size(folder: Path) -> int:
    """Bytes of all files below a folder, linked ones once."""
    found = {(stat.st_dev, stat.st_ino): stat.st_size for stat in map(os.stat, _files(folder))}
    return sum(found.values())


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies, interpolated; the values must not be empty."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    """The middle of the values."""
    return quantile(values, 0.5)


def machine() -> dict[str, str]:
    """What kind of machine this is, without its name."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "processor": _first("/proc/cpuinfo", "model name"),
        "memory": _first("/proc/meminfo", "MemTotal"),
        "python": platform.python_version(),
    }


def _first(path: str, key: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "unknown")


def tell(message: str) -> None:
    """Progress, to standard error."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)
