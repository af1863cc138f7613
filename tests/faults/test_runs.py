"""Faults during a run: killed, out of space, or refused once, at each operation on the disk.

In `make test` a sample of the operations, which has all those outside the draft (its renaming, `CURRENT`, the lock, the
collection's first ones); in `make test-deep` every one.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.shim import Fault
from tests.faults.stage import Workload, held

Make = Callable[[str], Workload]

# Operations of each workload that `make test` fails, of each kind of fault.
_SAMPLE = 5
EVERY = pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.deep)], ids=["sample", "every"])


def numbers(workload: Workload, every: bool) -> list[int]:
    """The operations to fail, counted from 1."""
    last = len(workload.operations)
    if every:
        return list(range(1, last + 1))
    spread = {1 + place * (last - 1) // (_SAMPLE - 1) for place in range(_SAMPLE)}
    return sorted(spread | set(_around_the_commit(workload)))


def _around_the_commit(workload: Workload) -> Iterable[int]:
    """From the renaming of the draft to the first file that the collection removes."""
    paths = [operation.path for operation in workload.operations]
    renamed = next(
        number
        for number, path in enumerate(paths, 1)
        if path.endswith("generations/.draft") and workload.operations[number - 1].other
    )
    return range(renamed, min(renamed + 9, len(paths)) + 1)


def violations(workload: Workload, faults: Iterable[Fault], tried: Callable[[Workload, Fault], str]) -> list[str]:
    """What went wrong, for each fault that broke the invariant; the lanes work side by side."""

    def trial(fault: Fault) -> str:
        problem = tried(workload, fault)
        place = workload.operations[min(fault.at, len(workload.operations)) - 1]
        return problem and f"{workload.name}, {fault} ({place.kind.name} {place.path}): {problem}"

    with ThreadPoolExecutor(workload.lanes.count) as pool:
        return [problem for problem in pool.map(trial, faults) if problem]


def killed(workload: Workload, fault: Fault) -> str:
    """Kill the run, and check."""
    with workload.copy() as watched:
        ran = workload.run(watched, fault)
        if ran.code == 0:  # this run had fewer operations than the recorded one
            return workload.broken(watched, [workload.after])
        if ran.code != -signal.SIGKILL:
            return f"not killed: {ran}"
        return workload.broken(watched, [workload.before, workload.after])


def refused(workload: Workload, fault: Fault) -> str:
    """Let the run fail by an error of the system, and check what it says too."""
    with workload.copy() as watched:
        ran = workload.run(watched, fault)
        if ran.code == 0:  # what failed can be done without
            return workload.broken(watched, [workload.after])
        if ran.code != 2 or not ran.err.startswith("trouvaille : ") or os.strerror(fault.error) not in ran.err:
            return f"ends with {ran.code} and says: {ran.err}"
        if "précédent reste en service" in ran.err and held(watched, workload.config) != workload.before:
            return f"another state is in service, and it says: {ran.err}"
        return workload.broken(watched, [workload.before, workload.after])


@EVERY
def test_a_run_killed_at_any_operation_loses_nothing_acknowledged(workload: Workload, every: bool) -> None:
    assert not violations(workload, map(Fault.kill, numbers(workload, every)), killed)


@EVERY
def test_a_full_disk_is_said_and_the_run_succeeds_once_there_is_space(workload: Workload, every: bool) -> None:
    assert not violations(workload, map(Fault.disk_full, numbers(workload, every)), refused)


@EVERY
def test_one_bad_sector_is_said_or_made_up_for(workload: Workload, every: bool) -> None:
    assert not violations(workload, map(Fault.bad_sector, numbers(workload, every)), refused)


@pytest.mark.parametrize("trials", [12, pytest.param(300, marks=pytest.mark.deep)])
def test_a_fault_while_recovering_from_a_fault_does_no_more(trials: int, workload_of: Make) -> None:
    workload = workload_of("update")

    def any_fault(rng: random.Random) -> Fault:
        make = rng.choice((Fault.kill, Fault.disk_full, Fault.bad_sector))
        return make(rng.randint(1, len(workload.operations)))

    def twice(workload: Workload, fault: Fault) -> str:
        again = any_fault(random.Random(repr(fault)))
        with workload.copy() as watched:
            workload.run(watched, fault)
            recovery = workload.reindex(watched, fault=again)
            allowed = [workload.after] if recovery.code == 0 else [workload.before, workload.after]
            problem = workload.broken(watched, allowed)
            return problem and f"then {again}: {problem}"

    rng = random.Random(trials)
    assert not violations(workload, [any_fault(rng) for _ in range(trials)], twice)
