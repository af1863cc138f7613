"""Power loss: only what was synced is sure to be there; whatever else survives, no acknowledged run is lost.

A history of runs is recorded from an empty folder on. After each operation, images of the disk as it could be after a
cut are written out, and the invariant is checked on them: strict (synced bytes under synced names), lazy (all names,
synced bytes only) and shuffled (each unsynced name there or not, each unsynced file with one of six damages).
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.disk import Disk, Image
from tests.faults.lane import Lanes
from tests.faults.shim import Fault, Kind, read_record
from tests.faults.stage import Corpus, Held, Plan, Workload, beginning, changes, nothing, one_more, recorded_runs

SHORT = Plan((beginning, one_more(5), changes, nothing), ("--full",))
# A dozen more, so that segments are merged and generations collected.
LONG = Plan((*SHORT.steps[:-1], *(one_more(number) for number in range(20, 33)), nothing), ("--full",))


@dataclass(frozen=True)
class Cut:
    """The disk after an operation of a history, and the states that an index may be in."""

    image: Image
    allowed: tuple[Held | None, ...]
    when: str


class History:
    """A plan, played once and recorded."""

    def __init__(self, plan: Plan, folder: Path, config: Path, lanes: Lanes) -> None:
        corpus = Corpus(folder / "corpus")
        playing = folder / "playing"
        playing.mkdir()
        self.runs = list(recorded_runs(plan, corpus, playing, config, lanes))
        last = self.runs[-1]
        self.workload = Workload("power", lanes, corpus.folder, config, playing, (), None, last.after, last.operations)

    def cuts(self, kind: str) -> Iterator[Cut]:
        """The images of one kind after each operation; what was seen before is not yielded again."""
        disk, seen, rng = Disk(), set(), random.Random(kind)
        before: Held | None = None
        for number, run in enumerate(self.runs, 1):
            for place, operation in enumerate(run.operations, 1):
                disk.apply(operation)
                acknowledged = place == len(run.operations)
                image = disk.shuffled(rng) if kind == "shuffled" else getattr(disk, kind)()
                allowed = (run.after,) if acknowledged else (before, run.after)
                if (image, allowed) not in seen:
                    seen.add((image, allowed))
                    yield Cut(image, allowed, f"{kind}, run {number}, after operation {place} of {len(run.operations)}")
            before = run.after

    def broken(self, cut: Cut, folder: Path) -> str:
        """How the invariant is broken after a cut; empty when it holds."""
        cut.image.write(folder)
        problem = self.workload.broken(folder, cut.allowed)
        shutil.rmtree(folder)
        return problem and f"{cut.when}: {problem}"


def spread(cuts: list[Cut], count: int) -> list[Cut]:
    """As many, evenly spread, with the last: there everything is acknowledged."""
    return [cuts[place * (len(cuts) - 1) // (count - 1)] for place in range(count)] if len(cuts) > count else cuts


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory, config: Path, lanes: Lanes) -> History:
    return History(SHORT, tmp_path_factory.mktemp("short"), config, lanes)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory, config: Path, lanes: Lanes) -> History:
    return History(LONG, tmp_path_factory.mktemp("long"), config, lanes)


KINDS = pytest.mark.parametrize("kind", ["strict", "lazy", "shuffled"])


def check(history: History, cuts: list[Cut], folder: Path) -> None:
    numbered = [(cut, folder / str(number)) for number, cut in enumerate(cuts)]
    with ThreadPoolExecutor(history.workload.lanes.count) as pool:
        problems = [problem for problem in pool.map(lambda each: history.broken(*each), numbered) if problem]
    assert not problems, f"{len(problems)} of {len(cuts)}"


@KINDS
def test_a_power_cut_loses_no_acknowledged_run(kind: str, short: History, tmp_path: Path) -> None:
    check(short, spread(list(short.cuts(kind)), 14), tmp_path)


@pytest.mark.deep
@KINDS
def test_a_power_cut_in_a_long_history_loses_no_acknowledged_run(kind: str, long: History, tmp_path: Path) -> None:
    cuts = list(long.cuts(kind))
    assert len(cuts) > 50  # strictly, a disk changes only when something is synced
    check(long, spread(cuts, 1000), tmp_path)


def test_what_a_run_finds_done_by_a_killed_one_it_makes_safe(workload_of: Callable[[str], Workload]) -> None:
    """Killed after `CURRENT` was replaced and before that was synced; the next run writes nothing."""
    workload = workload_of("update")
    changed = max(file.stat().st_ctime for file in workload.corpus.iterdir())
    time.sleep(max(0.0, changed + 2.1 - time.time()))  # what was read sooner than 2 s after its change is read again
    replaced = next(n for n, done in enumerate(workload.operations, 1) if done.other.endswith("CURRENT"))
    with workload.copy() as watched:
        disk, record = Disk.of(watched), watched.with_name(f"{watched.name}-record")
        assert workload.run(watched, Fault.kill(replaced + 1), record).code == -signal.SIGKILL
        assert workload.reindex(watched, record=record).code == 0
        operations = list(read_record(record, watched))
        assert sum(done.kind is Kind.RENAME for done in operations[replaced:]) == 0, "the next run wrote something"
        for operation in operations:
            disk.apply(operation)
        cut = watched.with_name(f"{watched.name}-cut")
        disk.strict().write(cut)
        assert not workload.broken(cut, [workload.after])
